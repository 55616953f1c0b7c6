#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Notifications of net-snmp's own tools: traps and informs of v1, v2c and v3 are heard; a wrong
# community, a wrong password, SNMPv3 without authentication and strangers are not.
# usage: test_traps.sh GETVPN_EXPORTER
set -u
exporter=$1
command -v snmptrap >/dev/null && command -v snmpinform >/dev/null ||
    { echo "skipped: no snmptrap"; exit 77; }
. "$(dirname "$0")/common.sh"
export MIBS= SNMPCONFPATH=$dir SNMP_PERSISTENT_DIR=$dir

cat >"$dir/config.yml" <<'END'
credentials:
  snmp:
    open: {version: 2c, community: trap-community}
    safe: {version: 3, user: trapper, auth: sha256, auth_password: "trap auth secret",
           priv: aes128, priv_password: "trap priv secret"}
    bare: {version: 3, user: nobody}
traps: {listen: ["127.0.0.1:0"]}
targets:
  - {name: gm-open, address: 127.36.0.1, snmp: open, collectors: [events]}
  - {name: gm-safe, address: 127.36.0.2, snmp: safe, collectors: [events]}
  - {name: gm-bare, address: 127.36.0.3, snmp: bare, collectors: [events]}
END
"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 2>"$dir/log" &
pid=$!
wait_for 'msg="listening on' "$dir/log"
port=$(sed -n 's/.*msg="listening on [^ ]* port \([0-9]*\).*/\1/p' "$dir/log")
traps=$(sed -n 's/.*traps: listening on [^ ]* port \([0-9]*\).*/\1/p' "$dir/log")
[ -n "$traps" ] || { cat "$dir/log"; exit 1; }

value() { curl -sS -m 20 "http://127.0.0.1:$port/metrics" | sed -n "s/^getvpn_exporter_$1 //p"; }
# now: notifications proven, refused, of strangers
now() { echo "$(value notifications_total) $(value events_refused_total) $(value unknown_senders_total)"; }
# comes NAME WANT: the counts become that
comes() {
    local got
    for _ in $(seq 100); do
        got=$(now)
        [ "$got" = "$2" ] && return
        sleep 0.1
    done
    echo "FAIL: $1: counts are '$got', want '$2'"
    failed=1
}

mib=1.3.6.1.4.1.9.9.759
index=11.4.0.0.0.7.1.4.192.0.2.9
binds=("$mib.1.2.2.1.4.$index" i 1 "$mib.1.2.2.1.6.$index" x c0000201)
safe=(-v 3 -u trapper -l authPriv -a SHA-256 -A "trap auth secret" -x AES -X "trap priv secret")
from() { echo "--clientaddr=127.36.0.$1"; }
to=127.0.0.1:$traps
v2() { snmptrap "$(from "$1")" -v 2c -c "$2" "$to" '' "$mib.0.7" "${binds[@]}"; }

v2 1 trap-community
comes "a v2c trap" "1 0 0"
snmptrap "$(from 1)" -v 1 -c trap-community "$to" "$mib" 192.0.2.9 6 6 '' "${binds[@]}"
comes "a v1 trap" "2 0 0"
snmpinform "$(from 1)" -v 2c -c trap-community -t 5 -r 0 "$to" '' "$mib.0.8" "${binds[@]}" ||
    { echo "FAIL: a v2c inform is not confirmed"; failed=1; }
comes "a v2c inform" "3 0 0"
snmptrap "$(from 2)" -e 0x8000000001020304 "${safe[@]}" "$to" '' "$mib.0.7" "${binds[@]}"
comes "a v3 trap" "4 0 0"
timeout 20 snmpinform "$(from 2)" "${safe[@]}" -t 5 -r 0 "$to" '' "$mib.0.6" "${binds[@]}" ||
    { echo "FAIL: a v3 inform is not confirmed"; failed=1; }
comes "a v3 inform" "5 0 0"
v2 1 public
comes "a wrong community" "5 1 0"
v2 2 trap-community
comes "v2c where v3 is configured" "5 2 0"
snmptrap "$(from 2)" -e 0x8000000001020304 -v 3 -u trapper -l authPriv -a SHA-256 \
    -A "another password" -x AES -X "trap priv secret" "$to" '' "$mib.0.7" "${binds[@]}"
comes "a wrong password" "5 3 0"
snmptrap "$(from 2)" -e 0x8000000001020304 -v 3 -u trapper -l noAuthNoPriv "$to" '' "$mib.0.7" \
    "${binds[@]}"
comes "no authentication" "5 4 0"
snmptrap "$(from 3)" -e 0x8000000001020305 -v 3 -u nobody -l noAuthNoPriv "$to" '' "$mib.0.7" \
    "${binds[@]}"
comes "no authentication is configured" "5 5 0"
v2 9 trap-community
comes "a stranger" "5 5 1"
head -c 300 /bin/sh >"$dir/noise"
(exec 3<>"/dev/udp/127.0.0.1/$traps" && cat "$dir/noise" >&3)
comes "noise of a stranger" "5 5 2"

curl -sS "http://127.0.0.1:$port/api/v1/devices/gm-open" >"$dir/device.json"
got=$(jq -c '.device.groups[0] | [.id, .gm.address, .gm.registered_with, ([.events[].kind] | sort)]' \
    "$dir/device.json")
want='["7","192.0.2.9","192.0.2.1",["gm_registered","gm_rekey_received","gm_reregisters"]]'
check "the device" same "$got" "$want"
finish
