#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_check.sh [--update] GOLDEN_CHECK DIRECTORY
# What check_getvpn answers to each NAME.txt is NAME.out; NAME.asks is for the document NAME of the API.
set -u
update=
[ "$1" = --update ] && { update=yes; shift; }
# The documents of the API itself, as tests/golden/api holds them.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for asks in "$2"/*.asks; do
    name=$(basename "$asks" .asks)
    { cat "$asks"; echo ---; cat "$2/../api/$name.json"; } >"$work/$name.txt"
done
status=0
for case in "$2"/*.txt "$work"/*.txt; do
    want=$2/$(basename "$case" .txt).out
    if [ -n "$update" ]; then
        "$1" "$case" >"$want"
    elif ! "$1" "$case" | diff "$want" - >&2; then
        echo "FAIL ${case##*/}" >&2
        status=1
    fi
done
exit $status
