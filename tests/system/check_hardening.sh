#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check_hardening.sh PROGRAM
# Every hardening of the distribution is in the program, as its own tool sees it. Not control flow:
# Debian 12 does not build for it, and a program has it only when its start-up code has it too.
command -v hardening-check >/dev/null || exit 77
exec hardening-check --nocfprotection "$1"
