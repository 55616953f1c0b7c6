#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Probes end to end against key servers of the lab: the tool tells old from new and says why
# it failed; the exporter shows the same, and no restart makes it register more often.
# usage: test_probe.sh GETVPN_EXPORTER GETVPNTOOL GETVPN_LAB CLOCK_STEP
set -u
exporter=$1
tool=$2
lab=$3
clock_step=$4
. "$(dirname "$0")/common.sh"
out=$dir/out # what came out: searched for secrets at the end
mkdir "$out"
json() { # FILE FILTER: true of the one document in it?
    jq -es "length == 1 and (.[0] | $2)" "$out/$1" >/dev/null || {
        echo "  not so: $2"
        cat "$out/$1"
        return 1
    }
}

# A KEK of the new key servers is replaced 245 s before expiry: every 55 s. Of the old ones, at
# expiry; one of them is for the tool, one for the exporter.
cat >"$dir/fleet.yml" <<'END'
profiles:
  default: {snmp: {community: public}}
  new: {os: ios-xe, format: 17, version: 17.09.04a, gdoi_version: 1.0.27}
  old: {os: ios, behaviour: old, version: 15.1(4)M12a, gdoi_version: 1.0.1}
groups:
  - {name: NEW, id: 1, kek_lifetime: 300, tek_lifetime: 1800, rekey_in: 20, retransmits: 4}
  - {name: OLD, id: 2, kek_lifetime: 300, tek_lifetime: 1800, rekey_in: 20, retransmits: 4}
  - {name: ELDER, id: 7, kek_lifetime: 300, tek_lifetime: 1800, rekey_in: 95}
  - {name: ACK, id: 3, kek_lifetime: 300, tek_lifetime: 1800, rekey_in: 20, retransmits: 4}
  - {name: UNASKED, id: 4, kek_lifetime: 300, tek_lifetime: 1800, rekey_in: 20, retransmits: 4}
  - {name: ODD, id: 5, kek_lifetime: 7200, tek_lifetime: 1800}
  - {name: DEAD, id: 6, kek_lifetime: 7200, tek_lifetime: 1800}
devices:
  - {name: k1, like: new, address: 127.35.0.1, ks: NEW, gdoi: {psk: canary-psk-one-of-the-lab}}
  - {name: old, like: old, address: 127.35.0.2, ks: OLD,
     gdoi: {psk: canary-psk-two-of-the-lab}}
  - {name: old2, like: old, address: 127.35.0.7, ks: ELDER,
     gdoi: {psk: canary-psk-two-of-the-lab}}
  - {name: ack, like: new, address: 127.35.0.3, ks: ACK,
     gdoi: {psk: canary-psk-one-of-the-lab, ack: 1}}
  - {name: unasked, like: new, address: 127.35.0.4, ks: UNASKED,
     gdoi: {psk: canary-psk-one-of-the-lab, ack: 1}}
  - {name: odd, like: new, address: 127.35.0.5, ks: ODD,
     gdoi: {psk: canary-psk-one-of-the-lab, suite: 3des-md5-modp1024, reference: true}}
  - {name: dead, like: new, address: 127.35.0.6, ks: DEAD, faults: {hang: true},
     gdoi: {psk: canary-psk-one-of-the-lab}}
END
lab_start "$lab" --any-port --exporter-config "$dir/whole.yml"
check "all there" has '^ready: 7 devices in 7 groups, .* 7 by gdoi' "$dir/ready"
# The generated configuration names everything.
port() { sed -n "/name: \"$1\\.[A-Z]*\"/,/gdoi:/s/^    port: //p" "$dir/whole.yml"; }
at() { sed -n "/name: \"$1\"/,\$s/^    address: //p" "$dir/whole.yml" | head -n 1; }
count() { # KEY-SERVER WHAT: as the lab counted last
    sed -n "s/^ *[0-9.]* $1 gdoi: .*\\b$2 \\([0-9]*\\).*/\\1/p" "$dir/lab.log" | tail -n 1
}
printf 'canary-psk-one-of-the-lab\n' >"$dir/psk"
printf 'canary-psk-two-of-the-lab\r\n' >"$dir/psk2"
printf 'canary-psk-of-nobody-here\n' >"$dir/wrong"
cp "$dir/psk" "$dir/open"
chmod 0644 "$dir/open"

# --- the tool ---
probe() { # NAME KEY-SERVER GROUP OPTION...
    "$tool" probe --ks "$(at "$2"):$(port "$2")" --group "$3" --json "${@:4}" \
        >"$out/$1" 2>"$out/$1.err"
}
probe new k1 1 --psk-file "$dir/psk" --listen 30 & pids+=($!)
probe old old 2 --psk-file "$dir/psk2" --listen 30 & pids+=($!)
probe ack ack 3 --psk-file "$dir/psk" --listen 30 --ack & pids+=($!)
probe unasked unasked 4 --psk-file "$dir/psk" --listen 30 & pids+=($!)
# The wall clock steps by a day, ahead or back, once these are registered.
stepped() { # NAME SECONDS
    (
        export CLOCK_STEP_FILE=$dir/step CLOCK_STEP_S=$2 LD_PRELOAD=$clock_step
        export ASAN_OPTIONS=verify_asan_link_order=0
        exec "$tool" probe --ks "$(at k1):$(port k1)" --group 1 --json --psk-file "$dir/psk" \
            --listen 30 >"$out/$1" 2>"$out/$1.err"
    ) & pids+=($!)
}
stepped ahead 86400
stepped back -86400
for name in ahead back; do wait_for '^getvpntool: registered' "$out/$name.err"; done
stepped_at=$(date +%s)
touch "$dir/step"

while read -r name ks group psk want reason; do
    probe "$name" "$ks" "$group" --psk-file "$dir/$psk" --timeout 3
    check "exit of $name" same $? "$want"
    check "$name says why" json "$name" ".registered == false and .ks_behavior == \"unknown\" and
        .rekeys == [] and .teks == [] and .evidence == [] and (has(\"kek\") | not) and
        (.error.step + \": \" + .error.reason | test(\"$reason\"))"
done <<'END'
wrong-psk k1 1 wrong 1 pre-shared key
no-group k1 99 psk 1 does not exist
refused odd 5 psk 1 refused the proposal; offered: aes256-sha.*modp2048
silent dead 6 psk 3 no answer to message 1
END
"$tool" probe --ks 127.35.0.9:9 --group 1 --psk-file "$dir/psk" --timeout 2 --json \
    >"$out/nobody" 2>"$out/nobody.err"
check "nobody there" same "$? $(jq -r .registered "$out/nobody")" '3 false'
probe open k1 1 --psk-file "$dir/open" --timeout 3
check "a key that everybody can read" same "$? $(jq -r .error.step "$out/open")" \
    '1 pre-shared key'
probe exact odd 5 --psk-file "$dir/psk" --proposal 3des-md5-modp1024
check "exactly what is asked for" same $? 0
check "named as weak" json exact '.registered and (.weak | length > 0) and .rekeys == []'
check "what it does otherwise" json exact '.deviations | index("SAK with six reserved octets")'
"$tool" probe --ks "$(at k1)" --group 1 --json >"$out/usage" 2>"$out/usage.err"
check "usage" same "$? $(wc -c <"$out/usage")" '2 0'

for p in "${pids[@]}"; do
    wait "$p"
    check "a listener" same $? 0
done
pids=()
rekeyed='[.rekeys[] | select(has("lead_seconds"))] | length > 0'
check "new" json new '.registered and .listening and .ks_behavior == "new" and .error == null and
    (.evidence | length > 0 and all(.source == "probe" and .behavior == "new"))'
check "by the book" json new '.deviations == []'
check "its lead" json new "($rekeyed) and (.rekeys | all(.signature == \"valid\")) and
    (.rekeys[0].lead_seconds | . > 235 and . < 255)"
check "its KEKs" json new '(.kek.spi == .rekeys[0].kek_spi) and
    (.rekeys[0].new_kek_spi | test("^0x[0-9A-F]{32}$")) and .rekeys[0].new_kek_spi != .kek.spi'
check "what is said of a KEK" json new '.kek | del(.spi, .lifetime_seconds, .remaining_seconds,
    .cipher, .key_bits, .sig_hash, .sig_key_bits) == {}'
check "old" json old '.registered and .ks_behavior == "old" and
    (.evidence | length == 2 and all(.behavior == "old"))'
check "its lead" json old "($rekeyed) and (.rekeys[0].lead_seconds | . > -20 and . <= 5)"
for row in ahead:86400 back:-86400; do
    check "its lead, the clock stepped ${row%:*}" json "${row%:*}" "($rekeyed) and
        (.rekeys[0].lead_seconds | . > 235 and . < 255) and .ks_behavior == \"new\" and
        (.rekeys[0].received_at - $stepped_at - ${row#*:} | . >= 0 and . < 60)"
done
check "acknowledged" [ "$(count ack acks)" -ge 1 ]
check "well" same "$(count ack bad_acks)" 0
check "not without being told to" same "$(count unasked acks)" 0
check "though it was rekeyed" json unasked "$rekeyed"

# --- the exporter ---
# Two probes of those that were written; the others' key servers are for the tool.
sed '/^probes:/q' "$dir/whole.yml" >"$dir/config.yml"
for name in k1.NEW old2.ELDER; do
    sed -n "/^probes:/,\$p" "$dir/whole.yml" | sed -n "/name: \"$name\"/,/ack:/p"
done >>"$dir/config.yml"
sed -i 's/interval: 10s/interval: 2s/' "$dir/config.yml"

start() { # LOG
    "$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 \
        --log.level=debug 2>"$out/$1" &
    pid=$!
    http=$(port_of "$out/$1") || exit 1
}
stop() {
    kill "$pid"
    wait "$pid"
    check "the exporter ends well" same $? 0
    pid=
}
fetch() { curl -sS -m 20 "http://127.0.0.1:$http$1" >"$out/$2" 2>>"$out/curl"; }
value() { sed -n "s/^$1 //p" "$out/metrics"; }
until_is() { # SERIES VALUE
    for _ in $(seq 300); do
        fetch /metrics metrics
        [ "$(value "$1")" = "$2" ] && return
        sleep 0.3
    done
    echo "FAIL: $1 did not become $2, it is '$(value "$1")'"
    tail -n 5 "$out"/log*
    exit 1
}
new='probe="k1.NEW",ks="k1",group="1"'
old='probe="old2.ELDER",ks="old2",group="7"'

start log
before=$(count k1 registrations)
until_is "getvpn_probe_success{$new}" 1
until_is "getvpn_probe_success{$old}" 1
until_is "getvpn_probe_ks_behavior{$new,behavior=\"new\"}" 1
until_is "getvpn_probe_ks_behavior{$old,behavior=\"old\"}" 1
for _ in $(seq 300); do # the old one's rekey, too
    fetch /metrics metrics
    [ "$(value "getvpn_probe_rekeys_received_total{$old}")" != 0 ] && break
    sleep 0.3
done
check "the new one's lead" [ "$(value "getvpn_probe_rekey_lead_seconds{$new}" | cut -d. -f1)" -gt 235 ]
check "the old one's" [ "$(value "getvpn_probe_rekey_lead_seconds{$old}" | cut -d. -f1)" -le 5 ]
check "both phases" same \
    "$(grep -c "^getvpn_probe_phase_duration_seconds{$new,phase=\"\(phase1\|pull\)\"} 0\.[0-9]" \
        "$out/metrics")" 2
check "the group as configured" has 'getvpn_probe_success{.*group="1"} 1' "$out/metrics"
for ks in k1 old2; do fetch "/api/v1/devices/$ks" "device-$ks"; done
check "evidence, new" json device-k1 \
    '[.. | objects | select(.source? == "probe" and .behavior? == "new")] | length > 0'
check "evidence, old" json device-old2 \
    '[.. | objects | select(.source? == "probe" and .behavior? == "old")] | length > 0'
for path in / /config /api/v1/fleet; do fetch "$path" "page${path//\//-}"; done
check "one registration" same "$(count k1 registrations)" "$((before + 1))"
# The switch.
kill -USR2 "$pid"
wait_for 'probes are switched off' "$out/log"
fetch /api/v1/fleet off
check "off" json off '.probes == []'
kill -HUP "$pid"
wait_for 'configuration loaded' "$out/log"
fetch /api/v1/fleet on
check "on again" json on '[.probes[].probe] == ["k1.NEW", "old2.ELDER"]'
stop

# A restart: what is due first is another probe, whose first time lies behind that of those two.
registered() { echo "$(count k1 registrations) $(count old2 registrations)"; }
before=$(registered)
{
    echo '  - name: next'
    sed -n '/name: "unasked.UNASKED"/,/ack:/p' "$dir/whole.yml" | sed 1d
} >>"$dir/config.yml"
start log-restart
until_is 'getvpn_probe_success{probe="next",ks="unasked",group="4"}' 1
check "no second registration" same "$(registered)" "$before"
check "and none shown" same "$(grep -c '^getvpn_probe_success' "$out/metrics")" 1
stop

# A state that cannot be read: the later one may just have asked as well.
before="$(registered) $(count unasked registrations)"
echo 'nonsense' >"$dir/probes"
start log-bad
polls() { value 'getvpn_exporter_polls_total' | awk '{ n += $1 } END { print n + 0 }'; }
for _ in $(seq 200); do fetch /metrics metrics; [ "$(polls)" -ge 60 ] && break; sleep 0.3; done
check "polls go on" [ "$(polls)" -ge 60 ]
check "said" has 'every key server counts as just asked' "$out/log-bad"
check "no registration" same "$(registered) $(count unasked registrations)" "$before"
stop

check "the keys were where they belong" [ "$(grep -alr canary- "$dir"/*.psk | wc -l)" -ge 2 ]
check "no secret in what came out" same "$(grep -alr canary- "$out")" ""
finish
