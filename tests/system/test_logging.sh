#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The routers' own logs, read by SSH: what stood in them before the exporter was there is
# evidence; and however often they are read, each line is one event.
# usage: test_logging.sh GETVPN_EXPORTER GETVPN_LAB
set -u
exporter=$1
lab=$2
command -v ssh-keygen >/dev/null || { echo "skipped: no ssh-keygen"; exit 77; }
. "$(dirname "$0")/common.sh"

get() { curl -sS -m 30 "http://127.0.0.1:$port$1"; }

# A KEK expires after 200 s of the fleet, which lives twenty times as fast.
cat >"$dir/fleet.yml" <<'END'
seed: 7
speed: 20
profiles:
  new: {os: ios-xe, version: 17.09.04a, gdoi_version: 1.0.27}
  old: {os: ios, version: 15.1(4)M12a, gdoi_version: 1.0.1, behaviour: old}
groups:
  - {name: VOICE NET, id: 8, kek_lifetime: 7200, tek_lifetime: 7200, kek_left: 200}
devices:
  - {name: ks-old, like: old, address: 127.39.0.1, ks: VOICE NET, ssh: {user: lab, password: lab}}
  - {name: gm1, like: new, address: 127.39.1.1, gm: VOICE NET, ssh: {user: lab, password: lab}}
  - {name: gm2, like: new, address: 127.39.1.2, gm: VOICE NET, ssh: {user: lab, password: lab}}
END
lab_start "$lab" --exporter-config "$dir/config.yml" --any-port --syslog "$dir/routers.log"
# Only after the second registration of each is anybody there to read.
for gm in gm1 gm2; do
    for _ in $(seq 900); do
        grep -a "$gm" "$dir/routers.log" | sed '1,/DELETE_EXPIRED/d' | grep -aq REGS_COMPL && break
        sleep 0.1
    done
done
sed -i 's/^    ssh: .*/&\n    ssh_logging: true/' "$dir/config.yml"
check "three logs are read" same "$(grep -c ssh_logging "$dir/config.yml")" 3

"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 2>"$dir/log" &
pid=$!
port=$(port_of "$dir/log") || exit 1
poll() { get "/probe?target=$1" >"$dir/probe" && has 'getvpn_up{device=' "$dir/probe"; }
for device in gm1 gm2 ks-old; do
    check "a poll of $device" poll $device
done
events() { get "/api/v1/devices/$1" | jq -c '[.device.groups[].events[]? | {(.kind): .count}] | add'; }
# told DEVICE KIND: how often, by the lab's account
logged() { grep -a "^$1: .*-$2: " "$dir/routers.log" | wc -l; }

first=$(events gm1)
check "its expiries" same "$(jq .gm_kek_expired <<<"$first")" "$(logged gm1 GM_DELETE_EXPIRED_KEK)"
check "its registrations" same "$(jq .gm_registered <<<"$first")" "$(logged gm1 GM_REGS_COMPL)"
get '/api/v1/groups/VOICE%20NET' >"$dir/group.json"
check "the mismatch" same "$(jq -r '.group.interop[0].outcome' "$dir/group.json")" mismatch
check "its evidence" same \
    "$(jq -c '[.group.interop[0].ks_evidence.evidence[].source] | any(. == "syslog")' "$dir/group.json")" true
[ "$(get /metrics | grep -c '^getvpn_gm_double_registrations_total{.*} 1$')" = 2 ] ||
    { echo "FAIL: not one double registration each"; failed=1; }
sleep 1.1 # what ended less than a second ago is not polled again
check "another poll" poll gm1
check "no line twice" same "$(events gm1 | jq .gm_kek_expired)" "$(jq .gm_kek_expired <<<"$first")"
finish
