#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The SSH collector end to end: the exporter and getvpntool against simulated boxes, each with
# one way to misbehave; the reasons they give, the observations of three generations of show
# output, what was typed, and that no secret shows.
#
# Usage: test_ssh_fleet.sh GETVPN_LAB GETVPN_EXPORTER GETVPNTOOL
set -u
lab=$1
exporter=$2
tool=$3
for program in ssh-keygen jq; do
    command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done

umask 077
dir=$(mktemp -d)
lab_pid=
failed=0
checks=0
trap '[ -n "$lab_pid" ] && kill "$lab_pid" 2>/dev/null; rm -rf "$dir"' EXIT

same() { # NAME GOT WANT
    checks=$((checks + 1))
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    printf "FAIL %s: got '%s', want '%s'\n" "$1" "$2" "$3"
}

has() { # NAME FILE PATTERN
    checks=$((checks + 1))
    grep -aqE -- "$3" "$2" && return
    failed=$((failed + 1))
    printf 'FAIL %s: no match of %s\n' "$1" "$3"
}

# One line a box: NAME | REASON | SSH PROFILE | KEYS OF THE TARGET | KEYS UNDER ssh: | OTHERS.
# REASON is that of getvpn_collector_failures_total; ok: the poll is whole. What is to end by
# its time limit gets a short one.
boxes() {
    local short='ssh_timeout: 3s'
    local noise='pager: true, escapes: true, chatter: true, prompts: true'
    cat <<END
plain        | ok               | lab   | | |
preamble     | ok               | lab   | | preamble_octets: 7000 |
banner       | ok               | lab   | | banner_octets: 1000000 |
slow-login   | ok               | lab   | | login_ms: 2000 |
too-slow     | timeout          | lab   | $short | login_ms: 60000 |
drip         | ok               | lab   | | drip_ms: 1 |
too-drip     | timeout          | lab   | $short | drip_ms: 1000 |
long-line    | too_large        | lab   | | line_octets: 9000 |
cut          | unreachable      | lab   | | cut_octets: 1500 |
endless      | too_large        | lab   | | endless: true |
mute         | timeout          | lab   | $short | mute: true |
stuck        | timeout          | lab   | $short | stuck: true |
pager        | ok               | lab   | | pager: true |
escapes      | ok               | lab   | | escapes: true |
chatter      | ok               | lab   | | chatter: true |
prompts      | ok               | lab   | | prompts: true |
all-noise    | ok               | lab   | | $noise |
unauthorized | authorization    | lab   | | unauthorized: true |
shell-only   | ok               | lab   | | no_commands: true |
keyboard     | ok               | lab   | | keyboard_only: true |
key          | ok               | key   | | authorized_keys: $dir/id.pub, publickey_only: true |
no-key       | authentication   | lab   | | authorized_keys: $dir/id.pub, publickey_only: true |
wrong        | authentication   | wrong | | |
enable       | ok               | lab   | | enable: canary-enable-secret |
not-enabled  | authentication   | wrong-enable | | enable: canary-enable-secret |
lines        | unreachable      | lab   | | vty_lines: 1 |
old          | ok               | lab   | ssh_profile: legacy | legacy: true | $old
old-refused  | key_exchange     | lab   | ssh_profile: modern | legacy: true | $old
refuses      | unreachable      | lab   | | | faults: {refuse: true}
hangs        | timeout          | lab   | $short | | faults: {hang: true}
slow-line    | ok               | lab   | | toward: {delay: 3, jitter: 5}, back: {delay: 3} |
cut-line     | unreachable      | lab   | | back: {cut: 2500} |
no-line      | unreachable      | lab   | | toward: {drop: 1} |
unknown-key  | host_key_unknown | lab   | | |
changed-key  | host_key_changed | lab   | | |
END
}
routers='ks17 ks15 gm17 gm15 gm124 ks-big ks-multi gm-multi'
old='format: 12.4T, version: 12.4(24)T8, behaviour: old'

ssh-keygen -q -t ed25519 -N '' -f "$dir/id" || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$dir/another" || exit 1
boxes | sed 's/ *| */|/g' >"$dir/boxes"

# --- the fleet: a KS, its second with 4,000 members in another group, members, the boxes
{
    cat <<'END'
seed: 7
profiles:
  default:
    ssh: {port: 0, user: monitor, password: canary-login-password}
  xe17: {os: ios-xe, format: 17, version: 17.09.04a, platform: ISR4300, gdoi_version: 1.0.27}
  ios124: {format: 12.4T, version: 12.4(24)T8, behaviour: old, gdoi_version: none}
groups:
  - {name: G1, id: 3333, kek_lifetime: 7200, tek_lifetime: 3600, rekey_in: 6000}
  - {name: BIG, id: 4444, kek_lifetime: 86400, tek_lifetime: 3600, rekey_in: 6000, ghosts: 4000}
  - {name: MULTI, id: 5555, kek_lifetime: 86400, tek_lifetime: 3600, rekey_in: 6000,
     transport: multicast, multicast_to: 239.192.5.5}
devices:
  - {name: ks17, like: xe17, address: 127.33.1.1, ks: G1, priority: 100}
  - {name: ks15, address: 127.33.1.2, ks: G1, priority: 75}
  - {name: gm17, like: xe17, address: 127.33.1.3, gm: G1}
  - {name: gm15, address: 127.33.1.4, gm: G1}
  - {name: gm124, like: ios124, address: 127.33.1.5, gm: G1}
  - {name: ks-big, like: xe17, address: 127.33.1.6, ks: BIG}
  - {name: ks-multi, address: 127.33.1.7, ks: MULTI}
  - {name: gm-multi, like: ios124, address: 127.33.1.8, gm: MULTI}
END
    n=0
    while IFS='|' read -r name _ _ _ quirks others; do
        n=$((n + 1))
        printf '  - {name: %s, address: 127.33.2.%d, gm: G1, %sssh: {%s}}\n' "$name" $n \
            "${others:+$others, }" "$quirks"
    done <"$dir/boxes"
} >"$dir/fleet.yml"

mkdir "$dir/record"
"$lab" --scenario "$dir/fleet.yml" --any-port --state-dir "$dir" --record "$dir/record" \
    >"$dir/lab.out" 2>"$dir/lab.err" &
lab_pid=$!
for _ in $(seq 600); do
    grep -q '^ready' "$dir/lab.out" && break
    sleep 0.1
done
has "lab starts" "$dir/lab.out" '^ready: '

# --- the exporter's configuration
port_of() { sed -n "s/^\[$1\]:\([0-9]*\) .*/\1/p" "$dir/known_hosts" | head -n 1; }
target() { # NAME ADDRESS PROFILE KEYS
    printf '  - {name: %s, address: %s, ssh_port: %s, ssh: %s%s}\n' \
        "$1" "$2" "$(port_of "$2")" "$3" "${4:+, $4}"
}
{
    cat <<END
credentials:
  ssh:
    lab: {user: monitor, password: canary-login-password, enable: canary-enable-secret}
    wrong: {user: monitor, password: canary-wrong-password}
    wrong-enable: {user: monitor, password: canary-login-password, enable: canary-wrong-enable}
    key: {user: monitor, key_file: $dir/id}
known_hosts: $dir/known_hosts
defaults: {interval: 60s, ssh_timeout: 60s, deadline: 90s}
limits: {ssh_in_flight: 20, logins_per_minute: 6000}
targets:
END
    for name in $routers; do
        address=$(sed -n "s/.*name: $name,.*address: \([0-9.]*\),.*/\1/p" "$dir/fleet.yml")
        target $name "$address" lab "$([ $name != gm124 ] || echo ssh_profile: legacy)"
    done
    n=0
    while IFS='|' read -r name _ profile keys _ _; do
        n=$((n + 1))
        target "$name" "127.33.2.$n" "$profile" "$keys"
    done <"$dir/boxes"
} >"$dir/config.yml"
address_of() { sed -n "s/.*name: $1, address: \([0-9.]*\),.*/\1/p" "$dir/config.yml"; }
unknown=$(address_of unknown-key)
changed=$(address_of changed-key)
cp "$dir/known_hosts" "$dir/known_hosts.all"
sed -i -e "/^\[$unknown\]/d" -e "s|^\(\[$changed\]:[0-9]*\) .*|\1 $(cut -d' ' -f1,2 \
    "$dir/another.pub")|" "$dir/known_hosts"
lines=$(address_of lines)
exec 3<>"/dev/tcp/$lines/$(port_of "$lines")" # the one line is taken

# --- the exporter: the reason for each box
"$exporter" --config.file="$dir/config.yml" --config.check >/dev/null 2>"$dir/check.err" || {
    head -n 5 "$dir/check.err"
    exit 1
}
"$exporter" --config.file="$dir/config.yml" --once --log.level=debug >"$dir/metrics" \
    2>"$dir/exporter.err"
same "not all succeeded" $? 1
declare -A counted
while read -r name reason; do
    counted[$name]=$reason
done < <(sed -n 's/^getvpn_collector_failures_total//p' "$dir/metrics" |
    sed -n 's/^{device="\(.*\)",collector="ssh",reason="\(.*\)"} [1-9][0-9]*$/\1 \2/p')
while IFS='|' read -r name reason _; do
    same "counted for $name" "${counted[$name]:-ok}" "$reason"
done <"$dir/boxes"
has "legacy shows" "$dir/metrics" '^getvpn_ssh_profile\{.*device="old".*legacy.*\} 1$'
has "both sides' lists" "$dir/exporter.err" \
    'old-refused: ssh: .*router [^ ]*group14-sha1.*; we curve25519'
has "how to enrol" "$dir/exporter.err" \
    "unknown-key: ssh: .*getvpntool ssh-keyscan $unknown --port [0-9]+ --known-hosts "
has "4,000 members" "$dir/metrics" '^getvpn_ks_members\{device="ks-big",group="BIG"\} 4000$'

# --- getvpntool, all at once: the same reason, and the observation
poll() {
    "$tool" poll "$1" --config.file "$dir/config.yml" --json >"$dir/$1.json" 2>"$dir/$1.err"
    echo $? >"$dir/$1.code"
}
code_of() { cat "$dir/$1.code"; }
pids=()
for name in $routers $(cut -d'|' -f1 "$dir/boxes"); do
    poll "$name" &
    pids+=($!)
done
wait "${pids[@]}"
# What a GM said, without what counts down or differs from box to box.
facts='.groups[0] | [.name, .id, .gm.registered, (.gm.servers // [] | unique), (.keks | length),
    .keks[0].remaining_seconds > 3600, .keks[0].cipher, (.teks | length)]'
declare -A told fact
while read -r name reason text; do
    told[$name]=$reason
    fact[$name]=$text
done < <(jq -rc "(input_filename | sub(\".*/\"; \"\") | sub(\".json\"; \"\")) + \" \" +
    (.error.reason // \"ok\" | sub(\":.*\"; \"\")) + \" \" + ($facts | tojson)" "$dir"/*.json)
while IFS='|' read -r name reason _; do
    case $reason in
    ok) want=0 ;;
    unreachable | timeout) want=3 ;;
    *) want=1 ;;
    esac
    same "getvpntool $name" "$(code_of "$name")" $want
    same "told of $name" "${told[$name]}" "$reason"
    [ "$reason" != ok ] || same "facts of $name" "${fact[$name]}" "${fact[plain]}"
done <"$dir/boxes"
same "facts" "${fact[plain]}" '["G1","3333",true,["10.33.1.1","10.33.1.2"],1,true,"AES",1]'
exec 3>&-

# --- three generations of output: what the scenario says
for name in $routers; do
    same "$name polled" "$(code_of "$name")" 0
done
seen() { # NAME FILTER WANT
    same "$1: $2" "$(jq -c "$2" "$dir/$1.json")" "$3"
}
seen ks17 '.device | [.os, .version]' '["ios-xe","17.09.04a"]'
seen ks15 '.device | [.os, .version]' '["ios","15.2(4)M6"]'
seen gm124 '.device | [.os, .version, .hostname]' '["ios","12.4(24)T8","gm124"]'
for name in ks17 ks15; do
    seen $name '.groups[0] | [.name, .id, .transport]' '["G1","3333","unicast"]'
    seen $name '.groups[0].ks | [.status, .retransmits, .retransmit_interval_seconds]' \
        '["alive",2,10]'
    seen $name '.groups[0].keks[0] | [.lifetime_seconds, .cipher, .key_bits]' '[7200,"AES",256]'
    seen $name '[.groups[0].ks.peers[].status]' '["alive"]'
done
seen ks17 '.groups[0].ks | [.role, .address, .priority]' '["primary","10.33.1.1",100]'
seen ks15 '.groups[0].ks | [.role, .address, .priority]' '["secondary","10.33.1.2",75]'
# Polled last: every GM was asked before it, when the KEK had longer to live.
poll ks17
left=$(jq '.groups[0].keks[0].remaining_seconds' "$dir/ks17.json")
for name in gm17 gm15; do
    seen $name ".groups[0].keks[0].remaining_seconds - $left | . >= 0 and . < 60" true
done
seen gm124 '.groups[0].keks[0].remaining_seconds' 7200 # as it was at the registration
for name in gm17 gm15 gm124; do
    seen $name '.groups[0] | [.name, .id]' '["G1","3333"]'
    seen $name '.groups[0].gm | [.registered, (.registered_with | startswith("10.33.1."))]' \
        '[true,true]'
    seen $name '.groups[0].keks | [length, .[0].cipher, .[0].key_bits]' '[1,"AES",256]'
    seen $name '.groups[0].teks | length > 0' true
    seen $name '.groups[0].ks' null
done
seen ks17 '[.groups[0].ks.members[].id] | contains(["10.33.1.3", "10.33.1.5"])' true
same "one KEK" "$(jq -r '.groups[0].keks[0].spi' "$dir"/ks1[57].json | sort -u | wc -l)" 1
seen ks-big '.groups[0].ks | [.members_registered, (.members | length)]' '[4000,4000]'
seen ks-multi '.groups[0] | [.transport, .id]' '["multicast","5555"]'
seen gm-multi '.groups[0] | [.id, .gm.registered]' '["5555",true]'

# --- enrolling a host key: what the message says to do
port=$(sed -n "s/^\[$unknown\]:\([0-9]*\) .*/\1/p" "$dir/known_hosts.all" | head -n 1)
"$tool" ssh-keyscan "$unknown" --port "$port" --known-hosts "$dir/known_hosts" \
    >"$dir/scan.out" 2>"$dir/scan.err"
same "scan" $? 0
poll unknown-key
same "after enrolling" "$(code_of unknown-key)" 0
"$tool" ssh-keyscan "$changed" --port "$(sed -n "s/^\[$changed\]:\([0-9]*\) .*/\1/p" \
    "$dir/known_hosts.all" | head -n 1)" --known-hosts "$dir/known_hosts" --json \
    >"$dir/scan.json" 2>>"$dir/scan.err"
same "scan of a changed key" $? 1
same "is not enrolled" "$(grep -F "[$changed]" "$dir/known_hosts" | cut -d' ' -f3 | sort -u)" \
    "$(cut -d' ' -f2 "$dir/another.pub")"

# --- the end: everything that was typed, and everything that was printed
kill "$lab_pid"
wait "$lab_pid"
same "lab ends cleanly" $? 0
lab_pid=
# threats 2.2: the set of what was typed, without what may be.
gdoi='show crypto gdoi( gm rekey detail| ks( (policy|members|coop|rekey))?)?'
same "typed" "$(cat "$dir"/record/*.log | tr '\r' '\n' | sort -u | grep -avxE \
    " *(terminal (length|width) 0|show version|$gdoi|show running-config \| section gdoi)?")" \
    "$(printf 'canary-enable-secret\ncanary-wrong-enable\nenable')"
same "enable secret on its boxes only" \
    "$(cd "$dir/record" && grep -la canary- -- *.log | tr '\n' ' ')" \
    'enable.log not-enabled.log '
same "nothing to the untrusted" "$(cat "$dir/record/changed-key.log" | wc -c)" 0
same "no secret in" "$(grep -la -e canary- "$dir"/{metrics,exporter.err,lab.out,lab.err} \
    "$dir"/*.json "$dir"/*.err "$dir"/scan.out)" ''
same "nothing unprintable" "$(cat "$dir"/{metrics,exporter.err} "$dir"/*.json "$dir"/*.err |
    LC_ALL=C tr -d '\n\40-\176' | wc -c)" 0
has "no sanitizer" <(grep -c 'Sanitizer: \|runtime error' "$dir"/*.err | grep -vc ':0$') '^0$'

echo "$checks checks, $failed failed"
[ "$failed" -eq 0 ]
