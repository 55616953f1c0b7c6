#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check_pure.sh BASE.a PURE.a...
# Pure archives may call each other, what BASE defines, and the libc names below:
# (jansson's too: its home is checked elsewhere): no clock, no socket, no file, no log, no heap of their own, no formatting.
set -eu
libc='^(mem(cmp|cpy|move|set|chr|rchr|mem)|str(len|cmp|ncmp|chr|rchr)|json_[a-z_]+|_GLOBAL_.*|__(asan|ubsan|gcov|sanitizer|stack_chk|assert|mem(cpy|move|set)_chk).*)$'
have=$(nm --defined-only "$@" | awk 'NF == 3 { print $3 }' | sort -u)
shift
bad=$(nm -u "$@" | awk '$1 == "U" { print $2 }' | sort -u | grep -vxF "$have" | grep -Ev "$libc" || true)
[ -z "$bad" ] || { printf 'pure code calls out:\n%s\n' "$bad" >&2; exit 1; }
