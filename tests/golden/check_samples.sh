#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_samples.sh GOLDEN-SHOW FACTS SAMPLES-DIRECTORY
# Reads each real output and compares the facts. 77 (skipped) where the folder is not there.
set -eu
reader=$1 facts=$2 samples=$3
[ -d "$samples" ] || { echo "no folder $samples: skipped"; exit 77; }
LC_ALL=C
diff <(grep -v '^#' "$facts") <("$reader" --facts "$samples"/*.txt)
