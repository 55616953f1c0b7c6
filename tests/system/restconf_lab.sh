#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The RESTCONF collector in the programs that people run, against the lab's RESTCONF face: who
# the server is, logins, what is not there, hostile answers, limits, bad lines, and the same
# device by RESTCONF, SSH and SNMP.
# usage: restconf_lab.sh GETVPN_LAB GETVPN_EXPORTER GETVPNTOOL
set -u
lab=$1
exporter=$2
tool=$3
command -v jq >/dev/null || { echo "skipped: no jq"; exit 77; }

. "$(dirname "$0")/common.sh"

# ---- The fleet ------------------------------------------------------------------------------
box='os: ios-xe, format: 17, version: 17.09.04a, platform: ISR4300, gdoi_version: 1.0.27'
cat >"$dir/fleet.yml" <<END
profiles:
  default: {$box, restconf: {user: monitor, password: lab-web-password}}
  all: {snmp: {community: lab-community}, ssh: {user: monitor, password: lab-ssh-password}}
groups:
  - {name: LARGE, id: 3333, kek_lifetime: 86400, tek_lifetime: 3600, kek_left: 50000,
     tek_left: 3000, ghosts: 4000, retransmits: 3, interval: 20}
  - {key: odd, name: "a \"b\\\\c é", id: 4294967, transport: multicast, kek_lifetime: 86400,
     tek_lifetime: 3600, kek_left: 40000, tek_left: 2000}
devices:
  - {name: ks, like: all, address: 127.43.0.1, ks: [LARGE, odd]}
  - {name: ks2, like: all, address: 127.43.0.2, ks: LARGE, priority: 50}
  - {name: gm, like: all, address: 127.43.0.3, gm: LARGE}
  - {name: gm-odd, like: all, address: 127.43.0.4, gm: odd}
  - {name: stale, address: 127.43.0.5, ks: LARGE, priority: 40, restconf: {stale: true}}
  - {name: config-only, address: 127.43.0.6, ks: odd, priority: 30, restconf: {config_only: true}}
  - {name: gm-16, address: 127.43.0.7, gm: odd, restconf: {config_only: true}}
  - {name: wrong-password, address: 127.43.0.11, gm: odd, restconf: {password: another}}
  - {name: pinned, address: 127.43.0.12, gm: odd}
  - {name: pinned-wrong, address: 127.43.0.13, gm: odd}
  - {name: unvouched, address: 127.43.0.14, gm: odd}
  - {name: closed, address: 127.43.0.16, gm: odd}
  - {name: silent, address: 127.43.0.17, gm: odd, faults: {hang: true}}
  - {name: slow, address: 127.43.0.18, gm: odd, restconf: {delay_ms: 60000}}
  - {name: slow-in-all, address: 127.43.0.19, gm: odd, restconf: {delay_ms: 500}}
  - {name: redirect, address: 127.43.0.21, gm: odd, restconf: {redirect: true}}
  - {name: forbidden, address: 127.43.0.22, gm: odd, restconf: {status: 403}}
  - {name: in-use, address: 127.43.0.23, gm: odd, restconf: {status: 409}}
  - {name: broken, address: 127.43.0.24, gm: odd, restconf: {status: 500}}
  - {name: empty, address: 127.43.0.25, gm: odd, restconf: {status: 204}}
  - {name: garbage, address: 127.43.0.26, gm: odd, restconf: {garbage: true}}
  - {name: deep, address: 127.43.0.27, gm: odd, restconf: {deep: true}}
  - {name: huge, address: 127.43.0.28, gm: odd, restconf: {huge_octets: 9000000}}
  - {name: padded, address: 127.43.0.29, gm: odd, restconf: {huge_octets: 100000}}
  - {name: cut, address: 127.43.0.31, gm: odd, restconf: {back: {cut: 300}}}
  - {name: corrupted, address: 127.43.0.32, gm: odd, restconf: {back: {corrupt: 1}}}
  - {name: delayed, address: 127.43.0.33, gm: odd, restconf: {back: {delay: 20}}}
END

lab_start "$lab" --any-port --exporter-config "$dir/config.yml" --quiet

# ---- What the targets of this test know of their devices ------------------------------------
# after NAME TEXT: a line more in that target.
after() { sed -i "/name: \"$1\"/a\\    $2" "$dir/config.yml"; }
restconf_port() { sed -n "/name: \"$1\"/,/restconf_port:/s/^ *restconf_port: //p" "$dir/config.yml"; }
key_of() { # ADDRESS PORT: its public key as a pin
    openssl s_client -connect "$1:$2" </dev/null 2>/dev/null | openssl x509 -pubkey -noout |
        openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64
}
cat >>"$dir/config.yml" <<END
limits: {logins_per_minute: 6000}
END
sed -i "s|^  restconf:|  restconf:\n    bare: {user: monitor, password_file: \"$dir/restconf0.password\"}|" \
    "$dir/config.yml"
sed -i 's/^defaults:/defaults:\n  deadline: 20s/' "$dir/config.yml"
bare() { sed -i "/name: \"$1\"/,/restconf:/s/restconf: .*/restconf: bare/" "$dir/config.yml"; }
bare pinned
after pinned "restconf_pin: \"sha256//$(key_of 127.43.0.12 "$(restconf_port pinned)")\""
bare pinned-wrong
after pinned-wrong "restconf_pin: \"sha256//$(key_of 127.43.0.12 "$(restconf_port pinned)")\""
bare unvouched
sed -i '/name: "closed"/,/restconf_port:/s/restconf_port: .*/restconf_port: 1/' "$dir/config.yml"
after corrupted "restconf_timeout: 2s"
after slow "restconf_timeout: 1s"
after slow-in-all "deadline: 1s"
after silent "restconf_timeout: 1s"
# The device with the other password has a profile of its own.
for f in "$dir"/restconf*.password; do
    [ "$(cat "$f")" != another ] || printf 'not-this-one' >"$f"
done

# poll NAME [COLLECTOR]: the observation into $dir/seen, the exit status into $status.
poll() {
    "$tool" poll "$1" --config.file "$dir/config.yml" --collector "${2:-restconf}" --json \
        >"$dir/seen" 2>"$dir/err"
    status=$?
    check "$1: no secret" like "$(! grep -hoE 'lab-(web|ssh)-password|lab-community|not-this-one' \
        "$dir/seen" "$dir/err" && echo none)" '^none$'
}
seen() { jq -c "$1" <"$dir/seen"; }
reason() { jq -r '.error.reason // "none"' <"$dir/seen"; }

# ---- Key servers and members ----------------------------------------------------------------
poll ks
check "ks" same "$status" 0
check "ks: members, N, R, transport" same \
    "$(seen '.groups[0] | [.ks.members_registered, (.ks.members | length), .ks.retransmits,
        .ks.retransmit_interval_seconds, .transport, .ks.role, .id]')" \
    '[4001,4001,3,20,"unicast","primary","3333"]'
check "ks: its own time to rekey, as the formula has it" same \
    "$(seen '.groups[0].keks[0] | .remaining_seconds - .time_to_rekey_seconds
        | . >= 664 and . <= 666')" true
check "ks: both remaining times" same \
    "$(seen '.groups[0].keks[0] | .remaining_seconds - .remaining_told_seconds
        | . >= -2 and . <= 2')" true
check "ks: a name of all sorts" same "$(jq -r '.groups[1].name' <"$dir/seen")" 'a "b\c é'
check "ks: requests" same "$(sed -n 's/.*restconf: ok, \([0-9]*\) requests.*/\1/p' "$dir/err")" 7
poll gm
check "gm: requests" same "$status $(sed -n 's/.*restconf: ok, \([0-9]*\) requests.*/\1/p' "$dir/err")" '0 5'
poll stale
check "stale: birth and lifetime count" same \
    "$(seen '.groups[0].keks[0] | [.remaining_told_seconds, .remaining_seconds < 50001,
        .remaining_seconds > 49000]')" '[86400,true,true]'
poll config-only
check "config-only" same "$status" 0
check "config-only: N, R, transport of the configuration" same \
    "$(seen '.groups[0] | [.ks.retransmits, .ks.retransmit_interval_seconds, .transport,
        .ks.kek_lifetime_seconds, (.keks | length)]')" '[2,10,"multicast",86400,0]'
poll gm-16
check "gm-16: nothing of a member before 17.5" like "$(tail -1 "$dir/err")" 'no_data'

# ---- The same device by three collectors ----------------------------------------------------
common='[.groups[] | {name, transport,
    ks: (if .ks then .ks | {role, address, rekey_sequence,
        peers: [.peers[] | {address, role, status}]} else null end),
    gm: (if .gm then .gm | {address, registered, registered_with} else null end),
    keks: [.keks[] | {spi, cipher, key_bits}]}] | sort_by(.name)'
told='[.groups[] | {ks: (if .ks then .ks | {members_registered, retransmits,
        retransmit_interval_seconds, rekeys_sent, version} else null end),
    gm: (if .gm then .gm | {version, registrations_succeeded, registrations_attempted,
        rekeys_received} else null end)}]'
left='[.groups[] | .keks[0].remaining_seconds]'
for name in ks ks2 gm gm-odd; do
    poll "$name"
    check "$name by RESTCONF" same "$status" 0
    by_rest=$(seen "$common") told_rest=$(seen "$told") left_rest=$(seen "$left")
    poll "$name" snmp
    check "$name: RESTCONF and SNMP agree" same "$by_rest" "$(seen "$common")"
    check "$name: lives that run down alike" same \
        "$(jq -cn --argjson a "$left_rest" --argjson b "$(seen "$left")" \
            '[$a, $b] | transpose | all(.[0] >= .[1] - 2 and .[0] - .[1] < 120)')" true
    poll "$name" ssh
    check "$name: RESTCONF and SSH agree" same "$told_rest" "$(seen "$told")"
done

# ---- Who the server is, and who we are ------------------------------------------------------
refused() { # NAME STATUS REASON
    poll "$1"
    check "$1: exit status" same "$status" "$2"
    check "$1" like "$(reason)" "$3"
    check "$1: nothing told" same "$(seen '.groups // [] | length')" 0
}
poll pinned
check "pinned" same "$status $(seen '.groups[0].gm.registered')" '0 true'
refused pinned-wrong 1 '^host_key_changed: '
refused unvouched 1 '^host_key_unknown: '
refused wrong-password 1 '^authentication: device-system-data: HTTP 401'
refused closed 3 '^unreachable: '
refused silent 3 '^timeout: '
refused slow 3 '^timeout: '
refused redirect 1 '^malformed: device-system-data: HTTP 302: a redirect'

# One request with a wrong password a poll: accounts are locked after a few.
check "wrong-password: one request" like "$(cat "$dir/err"; poll wrong-password; cat "$dir/err")" \
    'authentication, 1 requests'

# No proxy of the environment, no password of the home directory.
echo "machine 127.43.0.3 login root password not-this-one" >"$dir/.netrc"
HOME=$dir https_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 poll gm
check "no proxy" same "$status" 0

# ---- Answers that are none ------------------------------------------------------------------
refused forbidden 1 '^authorization: device-system-data: HTTP 403: in-use: the datastore is  locked'
refused in-use 1 '^system: .*HTTP 409: in-use'
refused broken 1 '^system: .*HTTP 500'
refused garbage 1 '^malformed: .*not the JSON'
refused deep 1 '^too_large: .*more than any device'
refused huge 1 '^too_large: .*larger than 8 MiB'
poll empty
check "empty: nothing there" like "$(tail -1 "$dir/err")" 'no_data'
poll slow-in-all
check "slow-in-all" same "$status" 3
check "slow-in-all: the whole poll has a limit" like "$(reason)" '^timeout: .*took longer than its 1000 ms'
# What breaks first in TLS is a matter of luck.
for name in cut corrupted; do
    poll "$name"
    check "$name" like "$status $(reason)" '^(1 key_exchange|3 unreachable|3 timeout)'
    check "$name: nothing told" same "$(seen '.groups // [] | length')" 0
done
for name in padded delayed; do
    poll "$name"
    check "$name" same "$status $(seen '.groups[0].gm.registered')" '0 true'
done

# ---- The exporter ---------------------------------------------------------------------------
for name in ks ks2 gm gm-odd; do
    sed -n "/name: \"$name\"/,/restconf_port:/p" "$dir/config.yml"
done >"$dir/good"
{ sed '/^targets:/q' "$dir/config.yml"; sed '/^ *\(snmp\|ssh\).*:/d' "$dir/good"; } >"$dir/good.yml"
"$exporter" --config.file="$dir/good.yml" --once >"$dir/metrics" 2>"$dir/once.log"
check "--once" same "$?" 0
check "collector label" like "$(cat "$dir/metrics")" \
    '^getvpn_collector_success\{device="ks",collector="restconf"\} 1'
check "lead by N and R as told" like "$(cat "$dir/metrics")" \
    '^getvpn_kek_rekey_lead_expected_seconds\{device="ks",group="LARGE"\} 665'
check "no secret" like "$(! grep -hE 'lab-(web|ssh)-password' "$dir/metrics" "$dir/once.log" && echo none)" \
    '^none$'
"$exporter" --config.file="$dir/config.yml" --config.check >"$dir/check" 2>&1
check "--config.check" like "$(cat "$dir/check")" 'restconf 2[0-9]\)'

# Two refused logins in a row, and no third.
{ sed '/^targets:/q' "$dir/config.yml"
  sed -n '/name: "wrong-password"/,/restconf_port:/p' "$dir/config.yml"; } |
    sed 's/interval: 10s/interval: 1s/' >"$dir/lockout.yml"
"$exporter" --config.file="$dir/lockout.yml" --web.listen-address=127.0.0.1:0 \
    >"$dir/exporter.log" 2>&1 &
pids+=($!)
wait_for 'no further login' "$dir/exporter.log"
port=$(port_of "$dir/exporter.log") || exit 1
check "two refusals, and a pause" like "$(curl -sS -m 10 "http://127.0.0.1:$port/metrics")" \
    'failures_total\{device="wrong-password",collector="restconf",reason="authentication"\} 2'
curl -sS -m 10 "http://127.0.0.1:$port/config" >"$dir/shown"
check "/config" like "$(cat "$dir/shown")" 'password: "<set>"'
check "/config: no secret" like "$(! grep -E 'not-this-one|lab-' "$dir/shown" && echo none)" '^none$'

# ---- The ends -------------------------------------------------------------------------------
for p in $lab_pid "${pids[@]}"; do
    kill "$p"
    wait "$p"
    check "clean end" same "$?" 0
done
pids=()
lab_pid=
check "no complaint" like "$(grep -hE 'ERROR|runtime error' "$dir/lab.log" "$dir/exporter.log" ||
    echo none)" '^none$'
finish
