#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_syslog.sh GETVPNTOOL DIRECTORY [SAMPLES]
# Golden pairs of logs: NAME.log as routers and relays wrote it, NAME.json as read. With UPDATE=1
# each NAME.json is written anew: then read the difference.
set -u
tool=$1 directory=$2 samples=${3:-} failed=0
for log in "$directory"/*.log; do
    want=${log%.log}.json
    [ -z "${UPDATE:-}" ] || "$tool" syslog --json "$log" >"$want"
    "$tool" syslog --json "$log" | diff -u "$want" - || { echo "FAIL $log"; failed=1; }
    "$tool" syslog - <"$log" | grep -q " events$" || { echo "FAIL $log: no text"; failed=1; }
done

# row NAME CODE JQ-EXPRESSION VALUE ARGUMENT...: standard input is handed on
row() {
    local name=$1 code=$2 expression=$3 want=$4 got
    shift 4
    got=$("$tool" syslog --json "$@" 2>/dev/null)
    got="$? $(jq -c "$expression" <<<"$got")"
    [ "$got" = "$code $want" ] || { echo "FAIL $name: got $got, want $code $want"; failed=1; }
}
lists='[(.events,.double_registrations,.missed_rekeys)|length]'
row "empty" 0 "$lists" '[0,0,0]' - </dev/null
row "binary" 0 '.error' 'null' - < <(head -c 100000 /bin/bash)
row "no such file" 1 '.error.step' '"read"' "$directory/none"
row "no file" 2 . ''
row "last year" 0 '.events[0].time <= now and .events[0].time > now - 86400 * 367' true - \
    < <(date -u -d tomorrow '+%b %e %H:%M:%S r1: %%GDOI-5-SA_KEK_UPDATED: SA KEK was updated')
row "this year" 0 '.events[0].time <= now and .events[0].time > now - 86400 * 2' true - \
    < <(date -u -d yesterday '+%b %e %H:%M:%S r1: %%GDOI-5-SA_KEK_UPDATED: SA KEK was updated')
if [ -d "$samples" ]; then
    row "a real pair" 0 "$lists" '[15,1,0]' "$samples/syslog_double_registration.txt"
    row "whose" 0 '.double_registrations[0]|[.group,.gm,.ks,.first]' '["G1","10.1.13.2","10.1.11.2",null]' \
        "$samples/syslog_double_registration.txt"
    row "a real lost rekey" 0 "$lists" '[4,0,1]' "$samples/veryold124_syslog_gm_register.txt"
    row "a real refusal" 0 '.events[0].group' '"LAB-GDOI"' "$samples/syslog_ks_unauthorized_identity.txt"
fi
exit $failed
