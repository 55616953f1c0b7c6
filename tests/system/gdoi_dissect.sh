#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tshark reads what the probe sends, of each kind, decrypted: main mode by pre-shared key and by
# certificates, PULL, acknowledgement, the answer whether we live, also behind a NAT.
# usage: gdoi_dissect.sh MAKE_CAPTURE
# Exit 77 where there is no tshark.
set -u
make=$1
[ -n "$(command -v tshark)" ] || { echo "skipped: no tshark"; exit 77; }
umask 077
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

read_by_tshark() { # CAPTURE TSHARK-OPTION...
    tshark -r "$dir/$1" -d udp.port==848,isakmp \
        -o "uat:ikev1_decryption_table:$(cat "$dir/key")" "${@:2}" 2>/dev/null
}
same() { # NAME GOT WANT
    [ "$2" = "$3" ] && return
    printf 'FAIL: %s: got\n%s\nnot\n%s\n' "$1" "$2" "$3"
    failed=1
}
bad='_ws.malformed || _ws.expert.severity >= 6291456'
ours='ip.src == 127.7.0.1' # the lab's key server is no peer to prove ourselves by

# Of each datagram of ours: exchange, payloads in their order (RFC 2408, 3.1; 18 is SEQ).
rows() { # MESSAGE-3 MESSAGE-5 PORT
    printf '848 2 1,2,3,13,13\n848 2 %s\n%s 2 %s\n' "$1" "$3" "$2"
    printf '%s 32 8,10,5\n%s 32 8\n' "$3" "$3"
    printf '848 35 8,18,5\n848 35 8,18,5\n%s 5 8,11\n' "$3"
}
while read -r scene third fifth port; do
    "$make" "$dir/sent" /dev/null "$scene" "$dir/key" "$dir/readable" || exit 1
    same "$scene" "$(read_by_tshark readable -Y "$ours" -T fields -E separator=' ' \
        -e udp.dstport -e isakmp.exchangetype -e isakmp.typepayload)" \
        "$(rows "$third" "$fifth" "$port")"
    same "$scene, the answer" "$(read_by_tshark readable -Y "$ours && isakmp.notify.msgtype" \
        -T fields -e isakmp.notify.msgtype)" 36137
    for capture in sent readable; do
        same "$scene, faults in $capture" "$(read_by_tshark "$capture" -Y "$ours && ($bad)")" ""
    done
done <<'END'
psk 4,10,20,20 5,8 848
old 4,10,20,20 5,8 848
rsa 4,10,7,20,20 5,6,9 848
nat 4,10,20,20 5,8 4500
END

# What is refused in the clear.
"$make" "$dir/sent" /dev/null refused "$dir/key" "$dir/readable" || exit 1
same "refused" "$(tshark -r "$dir/sent" -d udp.port==848,isakmp -Y isakmp.notify.msgtype \
    -T fields -e isakmp.notify.msgtype 2>/dev/null | sort -u)" 14
same "refused, faults" "$(tshark -r "$dir/sent" -d udp.port==848,isakmp -Y "$bad" 2>/dev/null)" ""

# The control: the length of the first payload, behind the headers of file, packet, Ethernet,
# IP, UDP and ISAKMP, now reaches past the end.
printf '\377\377' | dd of="$dir/sent" bs=1 seek=112 conv=notrunc status=none
[ -n "$(tshark -r "$dir/sent" -d udp.port==848,isakmp -Y "$bad" 2>/dev/null)" ] ||
    { echo "FAIL: tshark sees no fault in a bad length"; failed=1; }
[ "$failed" = 0 ] && echo "all passed"
exit "$failed"
