#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check_reuse.sh SOURCE-ROOT
# Who may do what with each file is said, by the REUSE specification.
command -v reuse >/dev/null || { echo "skipped: no reuse"; exit 77; }
cd "$1" && reuse lint
