#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_security.sh SOURCE-ROOT BUILD-DIRECTORY
# Each test that SECURITY.md names is one that ctest knows, and each of its bad cases is a row of
# that test's own source.
set -eu
cd "$1"
status=0
fail() { echo "SECURITY.md: $1" >&2; status=1; }
known=$(ctest --test-dir "$2" -N | sed -n 's/^ *Test *#[0-9]*: //p')
# Those that this machine or kind of build has no use for.
elsewhere=$(grep -rhoP --include=CMakeLists.txt 'add_test\(NAME \K[a-z]+\.[a-z_0-9]+' tests | sort -u
    ls tests/package | sed -n 's/^test_\(.*\)\.sh$/package.\1/p')
named=$(grep -oP '`\K(unit|fuzz|golden|system|arch|sim|package)\.[a-z_0-9*]+(?=`)' SECURITY.md | sort -u)
[ -n "$known" ] && [ -n "$named" ] || { fail "names no test, or there is none"; exit 1; }
while read -r name; do
    grep -qx "${name//\*/.*}" <<<"$known"$'\n'"$elsewhere" || fail "no test $name"
done <<<"$named"

rows=0
while IFS='|' read -r _ _ test row _; do
    test=$(tr -d '` ' <<<"$test")
    row=$(sed 's/^ *`//; s/` *$//' <<<"$row")
    name=${test#*.}
    sources=$(ls "tests/${test%%.*}/test_$name".* "tests/${test%%.*}/$name".* 2>/dev/null || true)
    [ -n "$sources" ] || { fail "$test: no source"; continue; }
    # shellcheck disable=SC2086 # one or two files
    grep -qF -- "$row" $sources || fail "$test has no row '$row'"
    rows=$((rows + 1))
done < <(sed -n '/^## Bad cases$/,/^## /p' SECURITY.md | grep -E '^\| .*\| `[a-z]+\.')
[ "$rows" -ge 15 ] || fail "$rows bad cases"
exit $status
