#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# promtool finds nothing to say about the exposition that TEST_RENDER prints.
# usage: check_promtool.sh TEST_RENDER
set -eu
command -v promtool >/dev/null || { echo "skipped: no promtool (Debian: prometheus)"; exit 77; }
text=$(mktemp)
trap 'rm -f "$text"' EXIT
"$1" --text >"$text"
said=$(promtool check metrics <"$text" 2>&1) || { echo "$said"; exit 1; }
[ -z "$said" ] || { echo "$said"; exit 1; }
echo "promtool has nothing to say"
