#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The status page in a browser, on the lab's fleet and on a group of 2,000 members.
# usage: page.sh GETVPN_EXPORTER GETVPN_LAB SCREENSHOTS [measure]
#   measure   only its speed and weight, as "NAME VALUE" lines
set -u
here=$(realpath "$(dirname "$0")")
exporter=$(realpath "$1")
lab=$(realpath "$2")
shots=$3
for needed in chromium node; do
    command -v "$needed" >/dev/null || { echo "skipped: no $needed"; exit 77; }
done
[ -d "$here/node_modules/playwright-core" ] ||
    { echo "skipped: no playwright-core (deploy/install-deps --tests)"; exit 77; }
. "$here/../system/common.sh"

# A fleet and its exporter, whose port is then in $port.
fleet() { # NAME SCENARIO
    mkdir "$dir/$1"
    "$lab" --scenario "$2" --state-dir "$dir/$1" --exporter-config "$dir/$1/exporter.yml" \
        --any-port --quiet >"$dir/$1/ready" 2>"$dir/$1/lab.log" &
    pids+=($!)
    wait_for '^ready' "$dir/$1/ready"
    grep -q '^state_directory' "$dir/$1/exporter.yml" ||
        echo "state_directory: \"$dir/$1\"" >>"$dir/$1/exporter.yml"
    echo 'history: {keep_days: 30}' >>"$dir/$1/exporter.yml"
    "$exporter" --config.file="$dir/$1/exporter.yml" --web.listen-address=127.0.0.1:0 \
        2>"$dir/$1/exporter.log" &
    pids+=($!)
    port=$(port_of "$dir/$1/exporter.log") || exit 1
}

# Until a request to the API answers what jq finds true.
until_told() { # PATH FILTER
    for _ in $(seq 600); do
        curl -sS -m 10 "http://127.0.0.1:$port$1" 2>/dev/null | jq -e "$2" >/dev/null 2>&1 && return
        sleep 0.2
    done
    echo "FAIL: $1 did not come to: $2"
    exit 1
}

fleet thousands "$here/thousands.yml"
thousands=$port
until_told /api/v1/groups/THOUSANDS '[.devices[].ks.members // [] | length] | max >= 2000'
until_told /api/v1/fleet '(.groups | length) == 2 and ([.devices[] | select(.up)] | length) == 6'
if [ "${4:-}" = measure ]; then
    node "$here/measure.mjs" "http://127.0.0.1:$thousands/"
    exit
fi
fleet default "$here/../lab/scenarios/default.yml"
until_told /api/v1/groups/VOICE '.group.interop[0].outcome == "mismatch"'
until_told /api/v1/groups/VOICE '[.devices[].gm.last_registration_at // empty] | length >= 2'
until_told /api/v1/fleet '([.devices[] | select(.up)] | length) == 29'
until_told /api/v1/rekeys '[.history[] | select(.group != "VOICE")] | length >= 2'
check "the page" node "$here/page.mjs" "http://127.0.0.1:$port/" "http://127.0.0.1:$thousands/" "$shots"
finish
