#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_bans.sh SOURCE-ROOT
# Calls that have a safer home here, missing licence lines, unfinished places.
set -eu
cd "$1"
status=0
# Says what is wrong with each line that the grep before it found.
refuse() {
    local found
    found=$(cat)
    [ -z "$found" ] || { printf '%s\n%s\n' "$1" "$found" >&2; status=1; }
}
sources=(--include='*.[ch]' collectors exporter)
refuse 'banned call (style.md: text to number by gv_text, text by gv_buf):' < <(
    grep -rnwE 'strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atoll|strtol|strtoul|strtoll|strtoull|sscanf|gets|alloca' "${sources[@]}" | grep -vE '^\S+:[0-9]+:\s*(/?\*|//)' || true)
refuse 'a secret wiped or compared the wrong way:' < <(
    grep -rnE 'bzero\(|memset\([^,]*(secret|password|key)[^,]*, *0' "${sources[@]}" | grep -v 'explicit_bzero' || true)
refuse 'a codec that indexes or casts octets (base/reader.h):' < <(
    grep -rnwE 'ntohs|ntohl|htons|htonl' --include='*_codec.c' --include='walk*.c' --include='gdoi_*.c' collectors || true)
refuse 'a program that knows when it was built is never the same again:' < <(
    grep -rnE '__(DATE|TIME|TIMESTAMP)__' --include='*.[ch]' collectors exporter tests || true)
refuse 'unfinished:' < <(
    grep -rnE '\b(TODO|FIXME|XXX)\b|not implemented' --include='*.[ch]' --include='*.sh' --include='*.yml' --include='*.mjs' --exclude-dir=node_modules collectors exporter tests deploy | grep -v check_bans.sh || true)
refuse 'no SPDX line at the top:' < <(
    find collectors exporter tests deploy .ci -name node_modules -prune -o \( -name '*.[ch]' -o -name '*.sh' -o -name '*.mjs' -o -name CMakeLists.txt \) -print0 |
        xargs -0 awk 'FNR <= 3 && /SPDX-License-Identifier[:] Apache-2.0/ { seen[FILENAME] = 1 } FNR == 1 { all[FILENAME] = 1 } END { for (f in all) if (!seen[f]) print f }' || true)
exit $status
