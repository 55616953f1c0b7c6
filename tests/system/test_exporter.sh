#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The daemon as a whole, with targets that do not answer: reloads good and bad, target lists
# that change, shards, a stop in the middle of polls. (Secrets: test_canary.sh.)
# usage: test_exporter.sh GETVPN_EXPORTER GETVPNTOOL
set -u
exporter=$1
tool=$2
. "$(dirname "$0")/common.sh"

fetch() { curl -sS -m 10 "http://127.0.0.1:$port$1"; }
status() { curl -sS -m 10 -o /dev/null -w '%{http_code}' "${@:2}" "http://127.0.0.1:$port$1"; }
reload_metric() { fetch /metrics | sed -n 's/^getvpn_exporter_config_last_reload_successful //p'; }

printf 'canary-community\n' >"$dir/community"
cat >"$dir/good.yml" <<END
credentials:
  snmp:
    lab: {version: 2c, community_file: community}
    usm: {version: 3, user: u, auth: sha256, auth_password: canary-auth-password}
  ssh:
    lab: {user: monitor, password: canary-ssh-password}
defaults: {interval: 5s, deadline: 3s, snmp_timeout: 500ms}
target_files: [lists/*.yml]
targets:
  - {name: dead-1, address: 127.99.0.1, snmp: lab, snmp_port: 9}
  - {name: dead-2, address: 127.99.0.2, snmp: usm, snmp_port: 9, ssh: lab, ssh_port: 9}
END
mkdir "$dir/lists"
cp "$dir/good.yml" "$dir/config.yml"

start() {
    "$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 \
        --log.level=debug 2>>"$dir/log" &
    pid=$!
    for _ in $(seq 100); do
        port=$(sed -n 's/.*listening on [^ ]* port \([0-9]*\).*/\1/p' "$dir/log" | tail -n 1)
        [ -n "$port" ] && return
        sleep 0.1
    done
    echo "FAIL: the exporter did not start"
    cat "$dir/log"
    exit 1
}

start
check "healthy" same "$(status /-/healthy)" 200
check "masked" [ "$(fetch /config | grep -c '"<set>"')" -ge 3 ]
check "list" same "$(fetch /sd)" '[{"targets":["dead-1","dead-2"],"labels":{}}]'
check "unknown target" same "$(status '/probe?target=192.0.2.1')" 404

# A hundred mutations of the file: each is refused, said, and changes nothing.
refused() { grep -c 'was not reloaded' "$dir/log"; }
before=$(fetch /config | cksum)
for i in $(seq 100); do
    at=$((i * 7 % $(stat -c %s "$dir/good.yml")))
    { head -c "$at" "$dir/good.yml"; printf '\x01{'; tail -c +"$((at + 2))" "$dir/good.yml"; } \
        >"$dir/config.yml"
    kill -HUP "$pid"
    for _ in $(seq 100); do [ "$(refused)" -ge "$i" ] && break; sleep 0.05; done
    [ "$(refused)" = "$i" ] || { echo "FAIL: mutation $i was not refused"; failed=1; break; }
    check "mutation $i without effect" same "$(fetch /config | cksum)" "$before"
done
check "said in the metric" same "$(reload_metric)" 0
check "said with its place" has 'config.yml:[0-9]*:[0-9]*: ' "$dir/log"
check "refused by POST" same "$(status /-/reload -X POST)" 500
check "not so soon again" same "$(status /-/reload -X PUT)" 429
cp "$dir/good.yml" "$dir/config.yml"
kill -HUP "$pid"
for _ in $(seq 50); do [ "$(reload_metric)" = 1 ] && break; sleep 0.1; done
check "the good one again" same "$(reload_metric)" 1

# A list that appears is taken by itself.
printf -- '- targets: [127.99.0.3]\n  labels: {name: dead-3, snmp: lab, snmp_port: "9"}\n' \
    >"$dir/lists/a.yml"
for _ in $(seq 150); do fetch /sd | grep -q dead-3 && break; sleep 0.1; done
check "a list appears" same "$(fetch /sd)" '[{"targets":["dead-1","dead-2","dead-3"],"labels":{}}]'

# Another exporter takes this one's targets for its own, and follows them.
printf '%s\n' 'credentials: {snmp: {lab: {version: 2c, community_file: community}}}' \
    'defaults: {snmp: lab, snmp_port: 9, snmp_timeout: 500ms, deadline: 3s}' \
    "target_urls: [{url: 'http://127.0.0.1:$port/sd', refresh: 5s}]" >"$dir/follower.yml"
"$exporter" --config.file="$dir/follower.yml" --web.listen-address=127.0.0.1:0 \
    2>"$dir/follower.log" &
follower=$!
pids=("$follower")
for _ in $(seq 100); do grep -q '3 targets' "$dir/follower.log" && break; sleep 0.1; done
check "a list fetched" has 'configuration loaded: 3 targets' "$dir/follower.log"
printf -- '- targets: [127.99.0.3, 127.99.0.4]\n  labels: {snmp: lab, snmp_port: "9"}\n' \
    >"$dir/lists/a.yml"
for _ in $(seq 200); do grep -q '4 targets' "$dir/follower.log" && break; sleep 0.1; done
check "a list fetched again" has 'configuration loaded: 4 targets' "$dir/follower.log"
printf -- '- targets: [127.99.0.3]\n  labels: {nme: dead-3, snmp: lab}\n' >"$dir/lists/a.yml"
for _ in $(seq 150); do grep -q 'lists/a.yml:2:12: unknown' "$dir/log" && break; sleep 0.1; done
check "a bad list is said" has 'lists/a.yml:2:12: unknown key .*did you mean' "$dir/log"
check "and changes nothing" same "$(fetch /sd)" \
    '[{"targets":["dead-1","dead-2","127.99.0.3","127.99.0.4"],"labels":{}}]'
kill "$follower"
wait "$follower"
check "the follower stops" same $? 0
pids=()
printf -- '- targets: [127.99.0.3]\n  labels: {name: dead-3, snmp: lab, snmp_port: "9"}\n' \
    >"$dir/lists/a.yml"

fetch /metrics >"$dir/metrics"
check "up is 0" has '^getvpn_up{device="dead-1"} 0' "$dir/metrics"

# Stops in the middle of polls, cleanly and soon.
for i in 1 2 3 4 5; do
    begun=$(date +%s%N)
    kill -TERM "$pid"
    wait "$pid"
    check "exit status" same $? 0
    check "within 5 s" [ $((($(date +%s%N) - begun) / 1000000)) -lt 5000 ]
    : >"$dir/log"
    start
    sleep "0.$i"
done

"$exporter" --config.file="$dir/config.yml" --config.check >"$dir/out"
check "check" same $? 0
check "summary" has '^targets: 3 (snmp 3, ssh 1' "$dir/out"
"$exporter" --config.file="$dir/config.yml" --once >"$dir/out" 2>"$dir/err"
check "once fails with dead targets" same $? 1
check "and prints all the same" has '^getvpn_up{device="dead-2"} 0' "$dir/out"
for i in 0 1 2; do
    "$exporter" --config.file="$dir/config.yml" --once --shard=$i/3 2>>"$dir/err"
done | sed -n 's/^getvpn_up{device="\(.*\)"}.*/\1/p' | sort >"$dir/out"
check "each target in one shard" same "$(tr '\n' ' ' <"$dir/out")" 'dead-1 dead-2 dead-3 '
"$exporter" --config.file="$dir/none.yml" --once 2>"$dir/err"
check "no file" same $? 1
"$exporter" --shard=2/2 --config.file="$dir/config.yml" 2>"$dir/err"
check "usage" same $? 2
"$exporter" --web.config.file=x --config.file="$dir/config.yml" 2>"$dir/err"
check "never in the clear" same $? 1

"$tool" poll nobody --config.file "$dir/config.yml" --json >"$dir/out" 2>"$dir/err"
check "no such target" same "$? $(jq -r .error.step <"$dir/out")" '1 target'
"$tool" poll dead-1 --config.file "$dir/none.yml" --json >"$dir/out" 2>"$dir/err"
check "no configuration" same "$? $(jq -r .error.step <"$dir/out")" '1 configuration'
"$tool" poll dead-1 --collector ssh --config.file "$dir/config.yml" --json \
    >"$dir/out" 2>"$dir/err"
check "not its collector" same "$? $(jq -r .error.step <"$dir/out")" '1 collector'
"$tool" ssh-keyscan 127.99.0.1 --port 9 --json >"$dir/out" 2>"$dir/err"
check "no key" same "$? $(jq -c '[.keys, .error.step]' <"$dir/out")" '3 [[],"ssh-keyscan"]'
for command in parse timing version interop poll ssh-keyscan; do
    "$tool" "$command" --help >"$dir/out"
    check "help of $command" same "$? $(grep -c "^  .*getvpntool $command" "$dir/out")" '0 1'
    "$tool" "$command" --json >"$dir/out" 2>"$dir/err"
    check "usage of $command" same "$? $(wc -c <"$dir/out")" '2 0'
done
"$tool" poll dead-1 --config.file "$dir/config.yml" --json >"$dir/out" 2>"$dir/err"
check "unreachable" same $? 3
check "says the step" same "$(jq -r .error.step <"$dir/out")" snmp
"$tool" timing --lifetime 1200 --retransmits 3 --members 2 --json >"$dir/out"
check "lead" same "$(jq -c '[.lead_seconds, .rekey_at_seconds]' <"$dir/out")" '[235,965]'
"$tool" timing --lifetime 300 --members 4000 --json >"$dir/out" 2>"$dir/err"
check "unsound" same "$(jq -c '[.lead_seconds, .rekey_at_seconds]' <"$dir/out")" '[625,0]'
check "warned" has warning "$dir/err"
"$tool" version '' 'nonsense' '15.1(4)M' 1.0.4 --json >"$dir/out"
check "any string" same $? 0
check "versions" same "$(jq -c '[.versions[].behavior]' <"$dir/out")" '["unknown","unknown","old","new"]'
"$tool" version $'\xff' "$(printf 'tab\there')" --json >"$dir/out"
check "no UTF-8" same $? 0
check "is a row too" same "$(jq -c '[.versions[].input]' <"$dir/out")" '["\\xFF","tab\there"]'
# shellcheck disable=SC2046
"$tool" version $(seq 500) --json >"$dir/out"
check "many" same "$(jq '.versions | length' <"$dir/out")" 500
while read -r ks gm want; do
    "$tool" interop --ks "$ks" --gm "$gm" --json >"$dir/out"
    check "interop of $ks with $gm" same \
        "$? $(jq -r '[.outcome, .ks_behavior, .gm_behavior] | join(" ")' <"$dir/out")" "0 $want"
done <<'END'
12.4(24)T 12.4(24)T informational old old
15.2(4)M 12.4(24)T informational new old
03.16.05.S 17.09.04a ok new new
03.04.00.S 03.05.00.S mismatch old new
15.1(4)M 1.0.2 mismatch old new
1.0.1 1.0.4 unknown unknown new
15.1(4)M nonsense unknown old unknown
END
"$tool" interop --ks '12.4(24)T' --gm '15.2(4)M' --json >"$dir/out"
check "mismatch" same "$(jq -r .outcome <"$dir/out")" mismatch
"$tool" timing --lifetime 0 --json >"$dir/out" 2>"$dir/err"
check "usage" same $? 2
check "no document on wrong usage" [ ! -s "$dir/out" ]
"$tool" parse --json "$dir/none" >"$dir/out" 2>"$dir/err"
check "no file" same $? 1
check "one document on failure" same "$(jq -r .error.step <"$dir/out")" read

finish
