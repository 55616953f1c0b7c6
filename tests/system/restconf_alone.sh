#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The demonstration's fleet with nothing but RESTCONF, which only its IOS-XE 17 boxes speak: the
# old key server tells nothing at all, and is found by what its members count.
# usage: restconf_alone.sh GETVPN_EXPORTER GETVPN_LAB SCENARIO
set -u
exporter=$1
lab=$2
command -v jq >/dev/null || { echo "skipped: no jq"; exit 77; }
. "$(dirname "$0")/common.sh"

# Its members register first 41 s before the KEK expires: that is to be after the first poll, on a busy
# machine too.
sed 's/rekey_in: 60/rekey_in: 90/' "$3" >"$dir/fleet.yml"
lab_start "$lab" --any-port --exporter-config "$dir/all.yml" --quiet

# Targets that have RESTCONF, and no other way in; no probes either.
awk '/^targets:/ { print; on = 1; next }
     /^[a-z]/ { on = 0 }
     on && /^  - name:/ { if (rest) printf "%s", block; block = ""; rest = 0 }
     on { if ($1 ~ /^restconf/) rest = 1; if ($1 !~ /^(snmp|ssh)/) block = block $0 "\n"; next }
     /^(groups|probes|state_directory):/ { exit }
     { print }
     END { if (rest) printf "%s", block }' "$dir/all.yml" |
    sed 's/interval: 10s/interval: 5s/' >"$dir/config.yml"
check "only RESTCONF" same "$(grep -cE '^    (snmp|ssh)[a-z_]*: ' "$dir/config.yml")" 0
check "some of it" same "$(grep -cE '^    restconf: ' "$dir/config.yml")" 13

"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 \
    >"$dir/exporter.log" 2>&1 &
pid=$!
port=$(port_of "$dir/exporter.log") || exit 1

# The KEK of VOICE expires 90 s after the start; a member registers again until 80 s after that.
ks=10.10.2.1
for _ in $(seq 900); do
    curl -sS -m 20 "http://127.0.0.1:$port/metrics" >"$dir/now" 2>/dev/null
    grep -q "^getvpn_interop_mismatch{group=\"VOICE\",ks=\"$ks\"} 1" "$dir/now" && break
    sleep 0.25
done
check "VOICE is mismatched" same \
    "$(sed -n 's/^getvpn_interop_mismatch{group="VOICE",ks="\([^"]*\)"} //p' "$dir/now")" 1
check "and no other group" same \
    "$(grep -c '^getvpn_interop_mismatch{.*} 1$' "$dir/now")" 1
curl -sS -m 20 "http://127.0.0.1:$port/api/v1/groups/VOICE" >"$dir/group.json"
check "JSON: which" same \
    "$(jq -c '[.group.interop[] | [.ks, .outcome, .ks_behavior]]' "$dir/group.json")" \
    "[[\"$ks\",\"mismatch\",\"old\"]]"
check "JSON: on what evidence" same \
    "$(jq -r '.group.interop[0].ks_evidence.evidence[0] | .source, .confidence,
        (.text | test("^voice-b0[12] registered twice around the end of a KEK"))' \
        "$dir/group.json" | tr '\n' ' ')" 'timing certain true '
check "no contradiction between collectors, for there is one" same \
    "$(grep -c '^getvpn_collector_disagreement' "$dir/now")" 0
finish
