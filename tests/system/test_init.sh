#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From two key servers of the lab to a configuration that polls the whole fleet: what getvpntool
# init writes, where it refuses, and what an exporter makes of it.
# usage: test_init.sh GETVPN_EXPORTER GETVPNTOOL GETVPN_LAB
set -u
exporter=$(realpath "$1")
tool=$(realpath "$2")
lab=$(realpath "$3")
command -v jq >/dev/null || { echo "skipped: no jq"; exit 77; }
. "$(dirname "$0")/common.sh"

# Members listen at 127/8 and are known to their key servers by addresses of the VPN; ghosts
# are only listed.
cat >"$dir/fleet.yml" <<'END'
profiles:
  default:
    snmp: {port: 11610, version: v2c, community: lab-community}
    ssh: {port: 22220, user: monitor, password: lab-password}
groups:
  - {name: G1, id: 3333, kek_lifetime: 86400, tek_lifetime: 3600, kek_left: 50000, ghosts: 3}
  - {name: G2, id: 4444, kek_lifetime: 86400, tek_lifetime: 3600, kek_left: 40000,
     transport: multicast, retransmits: 5, interval: 20}
devices:
  - {name: ks-a, address: 127.51.0.1, ks: [G1, G2], priority: 200, os: ios-xe, format: 17,
     version: 17.09.04a, gdoi_version: 1.0.27,
     restconf: {port: 44310, user: monitor, password: lab-password}}
  - {name: ks-b, address: 127.51.0.2, ks: G1}
  - {name: "gm-#", count: 3, address: 127.51.0.11, gm: G1}
  - {name: gm-x, address: 127.51.0.21, gm: G2}
END
printf 'lab-community\n' >"$dir/community"
printf 'lab-password\n' >"$dir/password"
lab_start "$lab" --exporter-config "$dir/lab.yml" --quiet
cd "$dir" || exit 1
snmp=(--snmp-community-file community --snmp-port 11610)
ssh=(--ssh-user monitor --ssh-password-file password --ssh-port 22220 --known-hosts known_hosts)

restconf=(--restconf-user monitor --restconf-password-file password --restconf-port 44310
    --restconf-authorities "$dir/restconf-authority.pem")

init() { "$tool" init "$@" >out 2>err; }

init "${snmp[@]}" "${ssh[@]}"
check "no key server" same $? 2
init --ks 127.51.0.1
check "no login" same $? 2
init --ks 127.51.0.1 "${snmp[@]}" --snmp-user u
check "two SNMP logins" same $? 2
init --ks 127.51.0.1 --snmp-user u --snmp-auth sha257 --json
check "an unknown digest" same "$? $(jq -r .error.step out)" "1 options"
check "is said" has 'expected one of none, md5' err
init --ks 127.51.0.99 "${snmp[@]}" --output none.yml
check "nobody there" same $? 3
check "nothing written" [ ! -e none.yml ]
printf 'wrong\n' >wrong
init --ks 127.51.0.1 --ssh-user monitor --ssh-password-file wrong --ssh-port 22220 \
    --known-hosts known_hosts --json
check "refused" same "$? $(jq -r .error.step out)" "1 poll"

init --ks 127.51.0.1 --ks 127.51.0.2 --ks 127.51.0.99 "${snmp[@]}" "${ssh[@]}" --output made.yml
check "made, though one is silent" same $? 0
check "and that is said" has '2 key servers answered, 1 did not; 7 members discovered' err
check "for its group at most" same "$(stat -c %a made.yml)" 600
check "what Prometheus needs" has 'targets: \["localhost:10848"\]' out
check "a group with its policy" has '^  - group: "G2".*id 4444' made.yml
check "as told" same "$(grep -A3 'group: "G2"' made.yml | tail -n 3 | tr -d '\n')" \
    "    retransmits: 5    interval: 20s    transport: multicast"
check "a key server by its name" has '^  - name: "ks-a"' made.yml
check "members" same "$(grep -c '^  - address: ' made.yml)" 7
check "with version, state and acknowledgements" \
    has '^  - address: "10\.200\.0\.1"   # [Rr]egistered; GDOI 1\.0\.4; rekeys acknowledged: ' made.yml
check "no secret in it" same "$(grep -cE 'lab-community|lab-password' made.yml out err |
    tr '\n' ' ')" "made.yml:0 out:0 err:0 "
check "it is valid" "$exporter" --config.file=made.yml --config.check >/dev/null
cp made.yml before.yml
init --ks 127.51.0.1 "${snmp[@]}" --output made.yml
check "never over a file" same $? 1
check "not a bit" cmp made.yml before.yml
init --ks 127.51.0.2 "${snmp[@]}" --output made.yml --force
check "but by force" same "$? $(cmp -s made.yml before.yml; echo $?)" "0 1"
check "the other key server is told of" has '^  # - address: .*another key server of G1' made.yml
check "SNMP does not tell N" has "# retransmits: 2 .*IOS's default" made.yml
check "nothing left behind" same "$(echo ./*.new)" "./*.new"
init --ks 127.51.0.1 "${snmp[@]}" "${ssh[@]}"
check "on standard output" same $? 0
cp out piped.yml
check "with the scrape configuration, still valid" "$exporter" --config.file=piped.yml \
    --config.check >/dev/null
check "as a comment" has '^# scrape_configs:' piped.yml
init --ks 127.51.0.1 "${snmp[@]}" "${ssh[@]}" --json
check "no RESTCONF that was not asked for" same "$(grep -c restconf before.yml)" 0
# By RESTCONF too: at whom it answers; alone: at all.
init --ks 127.51.0.1 --ks 127.51.0.2 "${snmp[@]}" "${restconf[@]}" --output both.yml
check "by RESTCONF too" same $? 0
check "at the one that speaks it" same \
    "$(grep -B1 '^    restconf: routers' both.yml | head -n 1 | grep -c '127\.51\.0\.1')" 1
check "and at no other" same "$(grep -c 'restconf: routers' both.yml)" 1
check "valid" "$exporter" --config.file=both.yml --config.check >/dev/null
init --ks 127.51.0.1 "${restconf[@]}" --output rest.yml
check "by RESTCONF alone" same "$? $(grep -c '^  restconf: routers' rest.yml)" "0 1"
check "with the members" has '^  - address: "10\.200\.0\.1"' rest.yml
check "valid too" "$exporter" --config.file=rest.yml --config.check >/dev/null
init --ks 127.51.0.1 --restconf-user monitor --restconf-password-file wrong --restconf-port 44310 \
    --restconf-authorities "$dir/restconf-authority.pem" --json
check "a wrong password" same "$? $(jq -r .error.step out)" "1 poll"
init --ks 127.51.0.1 "${snmp[@]}" "${ssh[@]}" --json
check "JSON" jq -e '.members == 7 and (.configuration | startswith("# Made by")) and
    (.prometheus | startswith("scrape_configs:"))' out >/dev/null

# From the key servers alone: every member is listed, and not one of them is a target.
cat >few.yml <<'END'
credentials:
  snmp: {lab: {version: 2c, community_file: community}}
  ssh: {lab: {user: monitor, password_file: password}}
known_hosts: known_hosts
defaults: {snmp: lab, snmp_port: 11610, ssh: lab, ssh_port: 22220, interval: 5s}
targets:
  - {name: ks-a, address: 127.51.0.1}
  - {name: gm-1, address: 127.51.0.11}
END
"$exporter" --config.file=few.yml --web.listen-address=127.0.0.1:0 2>few.log &
pid=$!
port=$(port_of few.log) || exit 1
for _ in $(seq 300); do
    curl -sS -m 10 "http://127.0.0.1:$port/metrics" >metrics
    [ "$(grep -c '^getvpn_collector_success{.*} 1' metrics)" = 4 ] && break
    sleep 0.1
done
check "five of six are no targets" has '^getvpn_unmonitored_members{group="G1"} 5' metrics
check "of the other group one" has '^getvpn_unmonitored_members{group="G2"} 1' metrics
curl -sS -m 10 "http://127.0.0.1:$port/api/v1/groups/G1" >group
check "in JSON" same "$(jq -c '[.group.members_unmonitored,
    ([.devices[0].ks.members[] | select(.monitored)] | length)]' group)" "[5,1]"
check "each with version, state and acknowledgements" same "$(jq '[.devices[0].ks.members[] |
    select(has("version") and has("state") and has("acks_received"))] | length' group)" 6
check "service discovery" same "$(curl -sS -m 10 "http://127.0.0.1:$port/sd" |
    jq -c '.[0].targets')" '["ks-a","gm-1"]'
finish
