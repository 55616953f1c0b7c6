#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check_hardening.sh PROGRAM
# Every hardening of the distribution is in the program, as its own tool sees it.
command -v hardening-check >/dev/null || exit 77
exec hardening-check "$1"
