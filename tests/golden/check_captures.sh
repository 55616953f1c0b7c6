#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_captures.sh GOLDEN-CAPTURES CAPTURES-DIRECTORY
# Every packet of each capture decoded; where the folder's README gives the shared secret, every
# key, hash and signature verified. 77 (skipped) where the folder is not there.
set -u
reader=$1 captures=$2
[ -d "$captures" ] || { echo "no folder $captures: skipped"; exit 77; }
psk=$(sed -n 's/^.*[Pp]re-shared key.*: `\(.*\)`.*/\1/p' "$captures/README.md" | head -n 1)
secret=$(mktemp)
trap 'rm -f "$secret"' EXIT
failed=0 seen=0
for capture in "$captures"/*.pcap; do
    # The block of hexadecimal digits that follows the line with the capture's name.
    awk -v name="$(basename "$capture")" '
        /^Shared secret|^Diffie-Hellman shared secret/ { on = index($0, name) > 0; next }
        on && /^    [0-9a-f]+$/ { print $1 }
        on && /^[^ ]/ { on = 0 }' "$captures/README.md" >"$secret"
    args=()
    [ ! -s "$secret" ] || args=("$secret")
    echo "$(basename "$capture")"
    "$reader" "$capture" "$psk" "${args[@]}" || failed=1
    seen=$((seen + 1))
done
[ "$seen" -gt 0 ] || { echo "no capture in $captures"; exit 1; }
exit "$failed"
