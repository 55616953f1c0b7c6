#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A fleet that nobody polls, with only a syslog feed: the mismatched group is found, with its
# evidence; the healthy one is not; and who is no target is counted. A second exporter has only
# the same fleet's SNMP notifications, and finds the same.
# usage: test_syslog.sh GETVPN_EXPORTER GETVPN_LAB
set -u
exporter=$1
lab=$2
. "$(dirname "$0")/common.sh"

get() { curl -sS -m 20 "http://127.0.0.1:$port$1"; }
value() { get /metrics | sed -n "s/^$1 //p"; } # SERIES

# until NAME COMMAND...: until it succeeds, or nothing is left to wait for.
until_ok() {
    for _ in $(seq 300); do
        "${@:2}" && return
        sleep 0.5
    done
    echo "FAIL: $1 did not come"
    exit 1
}
trap_value() { curl -sS -m 20 "http://127.0.0.1:$trap_port/metrics" | sed -n "s/^$1 //p"; }
trap_mismatch() { [ "$(trap_value 'getvpn_interop_mismatch{group="8",ks="ks-old"}')" = 1 ]; }
mismatch() { [ "$(value 'getvpn_interop_mismatch{group="VOICE NET",ks="ks-old"}')" = 1 ]; }
received() { [ "$(value getvpn_exporter_events_total)" -gt "$1" ]; }

# A member registers first 190 to 40 s ahead of the expiry and again up to 80 s after: of sixty,
# some do so soon after the start.
cat >"$dir/fleet.yml" <<'END'
seed: 7
profiles:
  default: {snmp: {version: v2c, community: lab-traps}}
  new: {os: ios-xe, version: 17.09.04a, gdoi_version: 1.0.27}
  old: {os: ios, version: 15.1(4)M12a, gdoi_version: 1.0.1, behaviour: old}
groups:
  - {name: VOICE NET, id: 8, kek_lifetime: 3600, tek_lifetime: 3600, kek_left: 52}
  - {name: HEALTHY, id: 7, kek_lifetime: 3600, tek_lifetime: 3600, rekey_in: 5}
devices:
  - {name: ks-old, like: old, address: 127.35.0.1, ks: VOICE NET}
  - {name: "gm##", like: new, count: 60, address: 127.35.1.1, gm: VOICE NET}
  - {name: ks-new, like: new, address: 127.35.2.1, ks: HEALTHY}
  - {name: "ok##", like: new, count: 5, address: 127.35.3.1, gm: HEALTHY}
END
cat >"$dir/config.yml" <<'END'
syslog: {listen: ["127.0.0.1:0"]}
targets:
  - {name: ks-old, address: 127.35.0.1, collectors: [events]}
  - {name: ks-new, address: 127.35.2.1, collectors: [events]}
END
for i in $(seq 60); do
    echo "  - {name: gm$i, address: 127.35.1.$i, collectors: [events]}"
done >>"$dir/config.yml"
for i in $(seq 4); do
    echo "  - {name: ok$i, address: 127.35.3.$i, collectors: [events]}"
done >>"$dir/config.yml"

{
    printf '%s\n' 'credentials: {snmp: {lab: {version: 2c, community: lab-traps}}}' 'defaults: {snmp: lab}'
    sed 's/^syslog:/traps:/' "$dir/config.yml"
} >"$dir/traps.yml"

"$exporter" --config.file="$dir/traps.yml" --web.listen-address=127.0.0.1:0 2>"$dir/traps.log" &
pids+=($!)
trap_port=$(port_of "$dir/traps.log") || exit 1
traps=$(sed -n 's/.*traps: listening on [^ ]* port \([0-9]*\).*/\1/p' "$dir/traps.log")
[ -n "$traps" ] || { cat "$dir/traps.log"; exit 1; }
"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 2>"$dir/log" &
pid=$!
wait_for 'msg="listening on' "$dir/log"
port=$(sed -n 's/.*msg="listening on [^ ]* port \([0-9]*\).*/\1/p' "$dir/log")
syslog=$(sed -n 's/.*syslog: listening on [^ ]* port \([0-9]*\).*/\1/p' "$dir/log")
[ -n "$syslog" ] || { cat "$dir/log"; exit 1; }
lab_start "$lab" --syslog-to "127.0.0.1:$syslog" --traps-to "127.0.0.1:$traps" --any-port --quiet
until_ok "a first event" received 0
until_ok "the mismatch" mismatch
until_ok "the mismatch by notifications" trap_mismatch
get /api/v1/fleet >"$dir/fleet.json"
check "the healthy group" same \
    "$(jq -c '[.groups[] | select(.group == "HEALTHY") | .interop[] | .outcome == "mismatch"] | any' "$dir/fleet.json")" \
    false
get '/api/v1/groups/VOICE%20NET' >"$dir/group.json"
check "its evidence" same \
    "$(jq -c '[.group.interop[0] | .outcome, .ks_evidence.behavior, .ks_evidence.evidence[0].source]' "$dir/group.json")" \
    '["mismatch","old","syslog"]'
jq -r '.group.interop[0].ks_evidence.evidence[0].text' "$dir/group.json" |
    grep -qE '^gm[0-9]+ registered [0-9]+ s before its KEK expired, .* again [0-9]+ s after$' ||
    { echo "FAIL: the evidence says $(jq -c '.group.interop[0].ks_evidence' "$dir/group.json")"; failed=1; }
[ "$(get /metrics | grep -c '^getvpn_gm_double_registrations_total{.*group="VOICE NET"} [1-9]')" -ge 1 ] ||
    { echo "FAIL: no double registration is counted"; failed=1; }
[ "$(get /metrics | grep -c '^getvpn_events_total{device="gm[0-9]*",group="VOICE NET",event="gm_kek_expired"} [1-9]')" -ge 1 ] ||
    { echo "FAIL: no expiry is counted"; failed=1; }
check "what goes well is not" same "$(get /metrics | grep -c '^getvpn_events_total{.*event="gm_registered"')" 0
check "but in the JSON" same "$(jq -c '[.devices[].events[]?.kind] | index("gm_registered") != null' "$dir/group.json")" true
check "nobody is up or down" same "$(get /metrics | grep -c '^getvpn_up')" 0
[ "$(value getvpn_exporter_unknown_senders_total)" -ge 1 ] ||
    { echo "FAIL: ok5 is no target, and was not counted"; failed=1; }
curl -sS "http://127.0.0.1:$trap_port/api/v1/groups/8" >"$dir/traps.json"
check "its evidence by notifications" same \
    "$(jq -c '[.group.interop[0] | .outcome, .ks_evidence.behavior, (.ks_evidence.evidence[0] | .source, .confidence)]' "$dir/traps.json")" \
    '["mismatch","old","trap","likely"]'
jq -r '.group.interop[0].ks_evidence.evidence[0].text' "$dir/traps.json" |
    grep -qE '^gm[0-9]+ registered anew twice within [0-9]+ s, .*notifications' ||
    { echo "FAIL: the evidence by notifications says $(jq -c '.group.interop[0].ks_evidence' "$dir/traps.json")"; failed=1; }
[ "$(trap_value 'getvpn_exporter_notifications_total')" -ge 4 ] ||
    { echo "FAIL: few notifications: $(trap_value 'getvpn_exporter_notifications_total')"; failed=1; }
check "no notification is refused" same "$(trap_value getvpn_exporter_events_refused_total)" 0
finish
