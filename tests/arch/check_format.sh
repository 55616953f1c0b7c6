#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check_format.sh SOURCE-ROOT
# Every source and header lies as .clang-format says. Versions differ in taste: that of Debian 12
# decides.
set -eu
cd "$1"
clang-format --version 2>/dev/null | grep -q 'version 14\.' ||
    { echo "skipped: no clang-format 14"; exit 77; }
find collectors exporter tests -name '*.[ch]' -print0 |
    xargs -0 clang-format --dry-run -Werror
