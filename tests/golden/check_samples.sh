#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_samples.sh GOLDEN-SHOW FACTS SAMPLES-DIRECTORY
# Reads each real output and compares the facts. 77 (skipped) where the folder is not there.
set -eu
reader=$1 facts=$2 samples=$3
[ -d "$samples" ] || { echo "no folder $samples: skipped"; exit 77; }
failed=0 checked=0 last=
while read -r file path value; do
    if [ "$file" != "$last" ]; then
        observation=$("$reader" --print "$samples/$file")
        last=$file
    fi
    got=$(jq -c "$path" <<<"$observation")
    checked=$((checked + 1))
    [ "$got" = "$value" ] || { echo "FAIL $file $path: got $got, want $value"; failed=$((failed + 1)); }
done < <(grep -v '^#' "$facts")
echo "$checked facts, $failed failed"
[ "$failed" = 0 ]
