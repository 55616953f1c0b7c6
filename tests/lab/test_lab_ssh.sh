#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The lab's SSH face against OpenSSH's client: logins of every kind, a shell with and
# without pages, old algorithms, hostile boxes, bad lines, a clean end.
#
# Usage: test_lab_ssh.sh GETVPN_LAB GETVPN_PROXY
set -u
lab=$1
proxy=$2
command -v ssh >/dev/null || { echo "skipped: no ssh client"; exit 77; }

dir=$(mktemp -d)
lab_pid=
failed=0
checks=0
trap '[ -n "$lab_pid" ] && kill "$lab_pid" 2>/dev/null; rm -rf "$dir"' EXIT

# check NAME TEXT PATTERN: TEXT holds PATTERN, an extended regular expression.
check() {
    checks=$((checks + 1))
    grep -aqE -- "$3" <<<"$2" && return
    failed=$((failed + 1))
    printf 'FAIL %s: no match of %s in:\n%s\n' "$1" "$3" "$(head -c 2000 <<<"$2" | cat -v)"
}

check_not() {
    checks=$((checks + 1))
    grep -aqE -- "$3" <<<"$2" || return
    failed=$((failed + 1))
    printf 'FAIL %s: a match of %s\n' "$1" "$3"
}

# until_holds FILE PATTERN: wait until the file holds a line that matches.
until_holds() {
    for _ in $(seq 600); do
        grep -aqE -- "$2" "$1" 2>/dev/null && return
        sleep 0.05
    done
    failed=$((failed + 1))
    printf 'FAIL: waited in vain for %s in %s\n' "$2" "$1"
}

cat >"$dir/fleet.yml" <<YAML
profiles:
  default:
    ssh: {port: 0, user: admin, password: first-secret}
groups:
  - {name: G1, id: 3333, kek_lifetime: 1200, tek_lifetime: 600, rekey_in: 300}
devices:
  - {name: ks, address: 127.31.0.1, ks: G1, format: 17, os: ios-xe, version: 17.09.04a,
     platform: ISR4300, gdoi_version: 1.0.27,
     ssh: {enable: second-secret, banner: "Keep out.", vty_lines: 16}}
  - {name: gm, address: 127.31.0.2, gm: G1, ssh: {vty_lines: 16}}
  - {name: old, address: 127.31.0.3, gm: G1, format: 12.4T, version: 12.4(24)T8,
     behaviour: old, ssh: {legacy: true}}
  - {name: key, address: 127.31.0.4, gm: G1,
     ssh: {authorized_keys: $dir/id.pub, publickey_only: true, no_commands: true}}
  - {name: keyboard, address: 127.31.0.5, gm: G1, ssh: {keyboard_only: true}}
  - {name: one-line, address: 127.31.0.6, gm: G1, ssh: {vty_lines: 1}}
  - {name: preamble, address: 127.31.0.7, gm: G1, ssh: {preamble_octets: 7000}}
  - {name: banner, address: 127.31.0.8, gm: G1, ssh: {banner_octets: 1000000}}
  - {name: endless, address: 127.31.0.9, gm: G1, ssh: {endless: true}}
  - {name: cut, address: 127.31.0.10, gm: G1, ssh: {cut_octets: 100}}
  - {name: drip, address: 127.31.0.11, gm: G1, ssh: {drip_ms: 1}}
  - {name: mute, address: 127.31.0.12, gm: G1, ssh: {mute: true}}
  - {name: slow-line, address: 127.31.0.13, gm: G1,
     ssh: {toward: {delay: 3, jitter: 5}, back: {delay: 3}}}
  - {name: refuses, address: 127.31.0.14, gm: G1, faults: {refuse: true}}
  - {name: hangs, address: 127.31.0.15, gm: G1, faults: {hang: true}}
YAML

ssh-keygen -q -t ed25519 -N '' -f "$dir/id" || exit 1
mkdir "$dir/record"
"$lab" --scenario "$dir/fleet.yml" --any-port --state-dir "$dir" --record "$dir/record" \
    --quiet >"$dir/out" 2>&1 &
lab_pid=$!
until_holds "$dir/out" '^ready'
check "lab starts" "$(cat "$dir/out")" '^ready: 15 devices'

secret() {
    printf '#!/bin/sh\necho %s\n' "$1" >"$dir/askpass"
    chmod +x "$dir/askpass"
}

port_of() { sed -n "s/^\[127\.31\.0\.$1\]:\([0-9]*\) .*/\1/p" "$dir/known_hosts"; }

# router ADDRESS ARGUMENT...: the ssh client, on the port that known_hosts tells; it takes the
# place of the shell that calls it.
router() {
    local address=127.31.0.$1 port
    port=$(port_of "$1")
    shift
    exec env SSH_ASKPASS="$dir/askpass" SSH_ASKPASS_REQUIRE=force timeout 60 ssh -F none \
        -o UserKnownHostsFile="$dir/known_hosts" -o StrictHostKeyChecking=yes \
        -o IdentitiesOnly=yes -o NumberOfPasswordPrompts=1 -o ConnectTimeout=60 \
        -p "$port" "${user:-admin}@$address" "$@" 2>&1
}

# session ADDRESS FILE: a shell in the background that lives until `hang_up`; its output goes
# to FILE, what is typed to descriptor 4.
session() {
    mkfifo "$2.typed"
    router "$1" -tt <"$2.typed" >"$2" &
    session_pid=$!
    exec 4>"$2.typed"
    until_holds "$2" '#$'
}
hang_up() {
    exec 4>&-
    wait "$session_pid"
}
legacy=(-o KexAlgorithms=diffie-hellman-group14-sha1 -o HostKeyAlgorithms=ssh-rsa
    -o Ciphers=aes128-cbc -o MACs=hmac-sha1)

# --- logins
secret first-secret
check "password" "$(router 2 -o PreferredAuthentications=password show version)" '15\.2\(4\)M6'
check "keyboard-interactive" \
    "$(router 2 -o PreferredAuthentications=keyboard-interactive show version)" '15\.2\(4\)M6'
check "keyboard-interactive only" "$(router 5 show version)" '15\.2\(4\)M6'
check "password where it is not offered" \
    "$(router 5 -o PreferredAuthentications=password show version)" 'Permission denied'
check "key, shell" "$(printf 'show version\rexit\r' | router 4 -tt -i "$dir/id")" '15\.2\(4\)M6'
check "key, exec refused" "$(router 4 -i "$dir/id" show version)" 'exec request failed'
check "no key" "$(router 4 show version)" 'Permission denied \(publickey\)'
secret wrong
check "wrong password" "$(router 2 show version)" 'Permission denied'
secret first-secret
check "another user" "$(user=root router 2 show version)" 'Permission denied'

# --- old algorithms
check "modern client, old box" "$(router 3 show version)" 'no matching key exchange'
check "old client, old box" "$(router 3 "${legacy[@]}" show version)" '12\.4\(24\)T8'
check "no gkm on 12.4T" "$(router 3 "${legacy[@]}" show crypto gkm)" 'Invalid input'

# --- shell
shell=$(printf 'show crypto gdoi\r   terminal length 0\rexit\r' | router 2 -tt)
check "echo and prompt" "$shell" '^gm#show crypto gdoi'
check "pages" "$shell" ' --More-- '
check "lines end in CR LF" "$(grep -a 'Group Name' <<<"$shell" | od -c)" '\\r +\\n'
check "whole in the end" "$shell" 'TEK POLICY for the current'
shell=$(printf 'terminal length 0\rshow crypto gdoi\rshow cripto\rexit\r' | router 2 -tt)
check "no pages" "$shell" 'TEK POLICY for the current'
check_not "no pages" "$shell" 'More'
check "caret" "$shell" '^        \^'
check "invalid" "$shell" '% Invalid input detected'
shell=$(printf 'show run\renable\rsecond-secret\rterm len 0\rshow run | sec gdoi\rexit\r' |
    router 1 -tt)
check "banner" "$shell" '^Keep out\.'
check "user mode" "$shell" '^ks>show run'
check "enable" "$shell" '^ks#show run'
check_not "password unseen" "$shell" 'second-secret'
check "section" "$shell" 'rekey retransmit 10 number 2'
check "what was sent" "$(tr '\r' '/' <"$dir/record/ks.log")" \
    '^show run/enable/second-secret/term len 0/show run \| sec gdoi/exit/$'

# --- hostile boxes, bad lines
check "text ahead of the protocol" "$(router 7 show version)" '15\.2\(4\)M6'
check "1 MB banner" "$(printf 'exit\r' | router 8 -tt | wc -c)" '^10[0-9]{5}$'
router 9 show version >"$dir/endless" &
endless_pid=$!
for _ in $(seq 600); do
    [ "$(stat -c %s "$dir/endless")" -gt 1000000 ] && break
    sleep 0.05
done
kill "$endless_pid"
check "endless" "$(stat -c %s "$dir/endless")" '^[0-9]{7,}$'
check "cut" "$(router 10 show version | wc -c)" '^1[0-9][0-9]$'
check "drip" "$(router 11 show crypto gdoi)" 'TEK POLICY'
session 12 "$dir/mute"
printf 'show version\r' >&4
until_holds "$dir/mute" '#show version'
sleep 0.3
check_not "mute" "$(cat "$dir/mute")" 'IOS'
exec 4>&-
kill "$session_pid"
check "slow line" "$(router 13 show version)" '15\.2\(4\)M6'
check "refuses" "$(router 14 show version)" 'Connection (reset|closed)'
exec 3<>"/dev/tcp/127.31.0.15/$(port_of 15)"
check "hangs" "$(timeout 0.5 head -c 1 <&3; echo "$?")" '^124$'
exec 3>&-

# --- the proxy as a program of its own, between client and box
"$proxy" --tcp --listen 127.31.0.99:0 --to "127.31.0.2:$(port_of 2)" --seed 5 --delay 2 \
    --back jitter=3 >"$dir/proxy" &
proxy_pid=$!
until_holds "$dir/proxy" '^listening'
sed -n "s/^\[127\.31\.0\.2\]:[0-9]*/[127.31.0.99]:$(grep -o '[0-9]*$' "$dir/proxy")/p" \
    "$dir/known_hosts" >>"$dir/known_hosts"
check "through the proxy" "$(router 99 show version)" '15\.2\(4\)M6'
kill "$proxy_pid"
wait "$proxy_pid"
check "proxy ends cleanly" "$?" '^0$'
check "proxy counts" "$(cat "$dir/proxy")" '^passed [0-9]{4,}$'
check "proxy refuses nonsense" "$("$proxy" --udp --drop 2 2>&1)" "cannot read '2'"
check "proxy teaches" "$("$proxy" --help)" '^Usage: getvpn_proxy '

# --- one line only: the second comer is refused, and let in when the first has gone
session 6 "$dir/first"
check "second comer" "$(router 6 show version)" 'Connection (reset|closed)'
printf 'exit\r' >&4
hang_up
check "first comer" "$(cat "$dir/first")" '^one-line#exit'
for _ in $(seq 100); do # the box notices in its own time that the line is free
    last=$(router 6 show version)
    grep -q '^Cisco IOS' <<<"$last" && break
done
check "after it" "$last" '15\.2\(4\)M6'

# --- many at once
pids=()
for i in $(seq 16); do
    router $((i % 2 == 0 ? 1 : 2)) show crypto gdoi ks >"$dir/many.$i" &
    pids+=($!)
done
wait "${pids[@]}"
check "many at once" "$(grep -l 'registered to this box' "$dir"/many.* | wc -l)" '^16$'

# --- the end, with a session open
session 2 "$dir/open"
kill "$lab_pid"
wait "$lab_pid"
check "clean end" "$?" '^0$'
lab_pid=
hang_up
check_not "no complaint" "$(cat "$dir/out")" 'ERROR|runtime error'

echo "$checks checks, $failed failed"
[ "$failed" -eq 0 ]
