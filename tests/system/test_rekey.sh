#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A fleet of the lab across its rekeys, by both collectors: the verdicts, the mismatch of
# exactly one group, one count for one rekey, and no series born or dying.
# usage: test_rekey.sh GETVPN_EXPORTER GETVPN_LAB
set -u
exporter=$1
lab=$2
. "$(dirname "$0")/common.sh"

scrape() { curl -sS -m 20 "${@:2}" "http://127.0.0.1:$port/metrics" >"$dir/$1"; }
value() { sed -n "s/^$1 //p" "$dir/now"; } # SERIES, of the last scrape named now
series() { grep -v '^#' "$dir/$1" | sed 's/ [^ ]*$//' | sort; }

# until SERIES VALUE: scrapes until it has that value.
until_is() {
    for _ in $(seq 400); do
        scrape now
        [ "$(value "$1")" = "$2" ] && return
        sleep 0.5
    done
    echo "FAIL: $1 did not become $2, it is '$(value "$1")'"
    exit 1
}

cat >"$dir/fleet.yml" <<'END'
profiles:
  default: {snmp: {community: public}, ssh: {user: monitor, password: secret}}
  new: {os: ios-xe, format: 17, version: 17.09.04a, gdoi_version: 1.0.27}
  old: {os: ios, format: 15, version: 15.1(4)M12a, gdoi_version: 1.0.1, behaviour: old,
        snmp: {mib_revision: 2010}}
groups:
  - {name: 'Büro "1" G', id: 7, kek_lifetime: 3600, tek_lifetime: 1800, rekey_in: 25}
  - {name: OLD, id: 8, kek_lifetime: 3600, tek_lifetime: 1800, rekey_in: 30}
devices:
  - {name: ks-new, like: new, address: 127.34.0.1, ks: 'Büro "1" G', priority: 100}
  - {name: ks-second, like: new, address: 127.34.0.2, ks: 'Büro "1" G', priority: 50}
  - {name: gm-new, like: new, address: 127.34.0.3, gm: 'Büro "1" G'}
  - {name: gm-15, like: new, os: ios, format: 15, version: 15.7(3)M8, address: 127.34.0.4,
     gm: 'Büro "1" G'}
  - {name: ks-old, like: old, address: 127.34.0.5, ks: OLD}
  - {name: gm-odd, like: new, address: 127.34.0.6, gm: OLD}
END
lab_start "$lab" --any-port --exporter-config "$dir/config.yml" --quiet
sed -i 's/interval: 10s/interval: 2s/' "$dir/config.yml"
"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 2>"$dir/log" &
pid=$!
port=$(port_of "$dir/log") || exit 1

group='group="Büro \\"1\\" G"'
for _ in $(seq 100); do
    curl -fsS -o /dev/null "http://127.0.0.1:$port/-/ready" 2>/dev/null && break
    sleep 0.2
done
sleep 2
scrape now
check "before any rekey" same \
    "$(value "getvpn_kek_rekey_verdict{device=\"ks-new\",$group,verdict=\"unknown\"}")" 1
check "mismatch, before any rekey" same \
    "$(value 'getvpn_interop_mismatch{group="OLD",ks="ks-old"}')" 1
cp "$dir/now" "$dir/before"

until_is "getvpn_kek_rekey_verdict{device=\"ks-new\",$group,verdict=\"on_time\"}" 1
until_is 'getvpn_kek_rekey_verdict{device="ks-old",group="OLD",verdict="after_expiry"}' 1
# The new member of the old key server registers within 80 s. By then the collectors' views
# of the other group's KEKs agree, too.
until_is 'getvpn_gm_registrations_succeeded_total{device="gm-odd",group="OLD"}' 3
until_is 'getvpn_kek_in_sync{device="gm-odd",group="OLD"}' 1
scrape now
check "one rekey" same \
    "$(value "getvpn_kek_rekeys_total{device=\"ks-new\",$group,verdict=\"on_time\"}")" 1
check "one late one" same \
    "$(value 'getvpn_kek_rekeys_total{device="ks-old",group="OLD",verdict="after_expiry"}')" 1
check "no other" same "$(grep -c '^getvpn_kek_rekeys_total.* 1$' "$dir/now")" 2
check "expected lead" same \
    "$(value "getvpn_kek_rekey_lead_expected_seconds{device=\"ks-new\",$group}")" 225
check "one mismatch" same "$(grep '^getvpn_interop_mismatch{.* 1$' "$dir/now")" \
    'getvpn_interop_mismatch{group="OLD",ks="ks-old"} 1'
for gm in gm-new gm-15 gm-odd; do
    check "on the group's KEK" same \
        "$(grep -c "^getvpn_kek_in_sync{device=\"$gm\".* 1$" "$dir/now")" 1
    check "series of $gm" [ "$(grep -c "device=\"$gm\"" "$dir/now")" -le 25 ]
done
check "no series born or dead" same \
    "$(diff <(series before) <(series now) | grep '^[<>]' | grep -v 'collector_failures_total')" ""
scrape now -H 'Accept: application/openmetrics-text; version=1.0.0'
check "the end is marked" same "$(tail -n 1 "$dir/now")" '# EOF'
if command -v promtool >/dev/null; then
    scrape now
    check "promtool" promtool check metrics <"$dir/now"
fi

# The fleet falls silent: what it said is dropped at the configured age, not frozen; what was
# counted stays, once it speaks again.
echo 'limits: {stale_after: 5s, backoff_most: 2s}' >>"$dir/config.yml"
kill -HUP "$pid"
kill -STOP "$lab_pid"
until_is 'getvpn_up{device="ks-new"}' 0
for _ in $(seq 200); do grep -q '^getvpn_kek_' "$dir/now" || break; sleep 0.5; scrape now; done
check "no old KEK of anyone" same "$(grep -c '^getvpn_kek_' "$dir/now")" 0
until_is 'getvpn_collector_success{device="ks-new",collector="snmp"}' 0
check "the reason is said" grep -q '^getvpn_collector_failures_total{device="ks-new"' "$dir/now"
sed -i 's/stale_after: 5s/stale_after: 300s/' "$dir/config.yml"
kill -HUP "$pid"
kill -CONT "$lab_pid"
until_is "getvpn_kek_rekeys_total{device=\"ks-new\",$group,verdict=\"on_time\"}" 1
finish
