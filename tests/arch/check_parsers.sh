#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_parsers.sh SOURCE-ROOT
# The register of parsers of untrusted input: each has a fuzz target with at least one seed.
set -eu
cd "$1"
status=0
while read -r target parser; do
    [ -f "$parser" ] || { echo "register names $parser, which is not there" >&2; status=1; }
    [ -f "tests/fuzz/fuzz_$target.c" ] || { echo "$parser: no tests/fuzz/fuzz_$target.c" >&2; status=1; }
    [ -n "$(ls "tests/fuzz/corpus/$target" 2>/dev/null)" ] ||
        { echo "$parser: no seed in tests/fuzz/corpus/$target" >&2; status=1; }
done < <(grep -v '^#' tests/fuzz/parsers.txt)
for file in tests/fuzz/fuzz_*.c; do
    target=${file#tests/fuzz/fuzz_}
    grep -q "^${target%.c} " tests/fuzz/parsers.txt ||
        { echo "$file: not in tests/fuzz/parsers.txt" >&2; status=1; }
done
exit $status
