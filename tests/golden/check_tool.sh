#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_tool.sh GETVPNTOOL
# What getvpntool parse and version answer, and with which exit code: one row a case.
set -u
tool=$1 failed=0
dir=$(mktemp -d /tmp/gv_tool.XXXXXX)
trap 'rm -rf "$dir"' EXIT

# row NAME CODE JQ-EXPRESSION VALUE ARGUMENT...: standard input is handed on
row() {
    local name=$1 code=$2 expression=$3 want=$4 answer got
    shift 4
    answer=$("$tool" "$@" 2>"$dir/err")
    got="$? $(jq -c "$expression" <<<"$answer" 2>&1)"
    [ "$got" = "$code $want" ] || { echo "FAIL $name: got $got, want $code $want"; failed=1; }
}

printf 'KS#show crypto gdoi\nGROUP INFORMATION\nGroup Name : G\nGroup Identity : 7\n' >"$dir/ks"
printf 'KS#show crypto gdoi ks members summary\nGroup Name: a, ID: 1, Group Members: 1\n%s\n%b%s\n%s\n' \
    'Key Server ID: 10.0.0.2, GMDB state: LOCAL, Group Members: 1' \
    '\e[7m --More-- \e[27m\b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b\e[K' \
    '  Member ID     Version      Rekey sent     Rekey Ack missed' \
    '  10.0.1.1   1.0.25         3               0' >"$dir/screen"
: >"$dir/empty"
head -c 100000 /bin/bash >"$dir/binary"
head -c 70000000 /dev/zero >"$dir/large"
printf '%% Invalid input detected\n' >"$dir/refused"

row "a file" 0 '.groups[0].id' '"7"' parse --json "$dir/ks"
row "with the command" 0 '.groups[0].id' '"7"' parse --json --command 'sh cry gdoi' "$dir/ks"
row "standard input" 0 '.device.hostname' '"KS"' parse --json - <"$dir/ks"
row "a screen's codes" 0 '.groups[0].ks.members[0].version' '"1.0.25"' parse --json "$dir/screen"
row "empty" 0 '[(.groups|length),.error]' '[0,null]' parse --json "$dir/empty"
row "binary" 1 '.error.step' '"parse"' parse --json "$dir/binary"
row "too large" 1 '.error.reason' '"the input is larger than 64 MiB"' parse --json "$dir/large"
row "refused by the router" 1 '.error.reason' '"the router refused the command"' \
    parse --json "$dir/refused"
row "no such file" 1 '.error.step' '"read"' parse --json "$dir/none"
row "no file" 2 . '' parse --json
row "two files" 2 . '' parse --json "$dir/ks" "$dir/ks"

row "behaviours" 0 '[.versions[].behavior]' '["old","new","new","unknown"]' \
    version --json '15.1(4)M' '03.16.05.S' 1.0.4 15.2
row "empty string" 0 '.versions[0]|.input,.behavior' $'""\n"unknown"' version --json ''
row "not UTF-8" 0 '.versions[0].input' '"a\\xFF"' version --json $'a\xff'
row "a whole line" 0 '.versions[0]|.os,.version' $'"ios-xe"\n"16.9.5"' version --json \
    'Cisco IOS Software [Fuji], ISR Software (X86_64_LINUX_IOSD-M), Version 16.9.5, RELEASE'
mapfile -t many < <(seq -f '15.2(%.0f)T' 200)
row "200 strings" 0 '.versions|length' 200 version --json "${many[@]}"
row "none" 2 . '' version --json
exit $failed
