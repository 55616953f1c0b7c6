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

cat >"$dir/fleet.yml" <<YAML
profiles:
  default:
    ssh: {port: 0, user: admin, password: first-secret}
groups:
  - {name: G1, id: 3333, kek_lifetime: 1200, tek_lifetime: 600, rekey_in: 300}
devices:
  - {name: ks, address: 127.31.0.1, ks: G1, format: 17, os: ios-xe, version: 17.09.04a,
     platform: ISR4300, gdoi_version: 1.0.27,
     ssh: {enable: second-secret, banner: "Keep out."}}
  - {name: gm, address: 127.31.0.2, gm: G1}
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
for _ in $(seq 200); do
    grep -q '^ready' "$dir/out" && break
    sleep 0.1
done
check "lab starts" "$(cat "$dir/out")" '^ready: 15 devices'

secret() {
    printf '#!/bin/sh\necho %s\n' "$1" >"$dir/askpass"
    chmod +x "$dir/askpass"
}

# router ADDRESS ARGUMENT...: the ssh client, on the port that known_hosts tells.
router() {
    local address=127.31.0.$1 port
    shift
    port=$(sed -n "s/^\[$address\]:\([0-9]*\) .*/\1/p" "$dir/known_hosts")
    SSH_ASKPASS=$dir/askpass SSH_ASKPASS_REQUIRE=force timeout "${limit:-30}" ssh -F none \
        -o UserKnownHostsFile="$dir/known_hosts" -o StrictHostKeyChecking=yes \
        -o IdentitiesOnly=yes -o NumberOfPasswordPrompts=1 -o ConnectTimeout="${limit:-30}" \
        -p "$port" "${user:-admin}@$address" "$@" 2>&1
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
check "endless" "$(limit=3 router 9 show version | wc -c)" '^[0-9]{7,}$'
check "cut" "$(router 10 show version | wc -c)" '^1[0-9][0-9]$'
check "drip" "$(router 11 show crypto gdoi)" 'TEK POLICY'
check "mute" "$(limit=2 router 12 show version | wc -c)" '^0$'
check "slow line" "$(router 13 show version)" '15\.2\(4\)M6'
check "refuses" "$(router 14 show version)" 'Connection (reset|closed)'
check "hangs" "$(limit=2 router 15 show version)" '^$|timed out'

# --- the proxy as a program of its own, between client and box
port=$(sed -n 's/^\[127\.31\.0\.2\]:\([0-9]*\) .*/\1/p' "$dir/known_hosts")
"$proxy" --tcp --listen 127.31.0.99:0 --to "127.31.0.2:$port" --seed 5 --delay 2 \
    --back jitter=3 >"$dir/proxy" &
proxy_pid=$!
until grep -q '^listening' "$dir/proxy"; do sleep 0.1; done
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
{ sleep 3; printf 'exit\r'; } | router 6 -tt >"$dir/first" &
first=$!
sleep 1.5
check "second comer" "$(router 6 show version)" 'Connection (reset|closed)'
wait $first
check "first comer" "$(cat "$dir/first")" '^one-line#exit'
check "after it" "$(router 6 show version)" '15\.2\(4\)M6'

# --- many at once
pids=()
for i in $(seq 20); do
    router $((i % 2 == 0 ? 1 : 2)) show crypto gdoi ks >"$dir/many.$i" &
    pids+=($!)
    [ $((i % 8)) -eq 0 ] && wait "${pids[@]}"
done
wait "${pids[@]}"
check "many at once" "$(grep -l 'registered to this box' "$dir"/many.* | wc -l)" '^20$'

# --- the end, with a session open
{ sleep 30; } | router 2 -tt >"$dir/open" &
sleep 1
kill "$lab_pid"
wait "$lab_pid"
check "clean end" "$?" '^0$'
lab_pid=
check_not "no complaint" "$(cat "$dir/out")" 'ERROR|runtime error'

echo "$checks checks, $failed failed"
[ "$failed" -eq 0 ]
