#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check_headers.sh SOURCE-ROOT COMPILER [FLAG...]
# Every header compiles alone.
set -eu
cd "$1"
compiler=$2
shift 2
status=0
for header in $(find collectors exporter tests -name '*.h' | sort); do
    if ! printf '#include "%s"\n' "$PWD/$header" |
        "$compiler" -x c -std=c11 -D_GNU_SOURCE -iquote collectors -iquote exporter -iquote tests/lab \
            -iquote tests/unit -iquote tests/sim -Wall -Wextra -Werror -Wno-unused-variable -Wno-unused-function \
            -fsyntax-only "$@" -; then
        echo "$header does not compile alone" >&2
        status=1
    fi
done
exit $status
