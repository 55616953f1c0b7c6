#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_sizes.sh SOURCE-ROOT
# No file over 600 lines, no function over 60, no line over 96 columns.
set -eu
cd "$1"
mapfile -t files < <(find collectors exporter tests -name '*.[ch]' | sort)
awk '
    FNR == 1 { if (last != "" && n > 600) { print last ": " n " lines (600 at most)"; bad = 1 } last = FILENAME }
    { n = FNR; sub(/\r$/, "") }
    length($0) > 96 { print FILENAME ":" FNR ": " length($0) " columns (96 at most)"; bad = 1 }
    /^\{$/ { start = FNR }
    /^\}/ && start { if (FNR - start - 1 > 60) { print FILENAME ":" start ": a function of " FNR - start - 1 " lines (60 at most)"; bad = 1 } start = 0 }
    END { if (n > 600) { print last ": " n " lines"; bad = 1 } exit bad }
' "${files[@]}"
