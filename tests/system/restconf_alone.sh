#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The demonstration's fleet with nothing but RESTCONF, which only its IOS-XE 17 boxes speak: the
# old key server tells nothing at all, and is found by what its members count.
# usage: restconf_alone.sh GETVPN_EXPORTER GETVPN_LAB SCENARIO
set -u
exporter=$1
lab=$2
command -v jq >/dev/null || { echo "skipped: no jq"; exit 77; }
umask 077
dir=$(mktemp -d)
pids=()
failed=0

end() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
    wait
    rm -rf "$dir"
}
trap end EXIT

same() { # NAME GOT WANT
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    printf 'FAIL %s: got %s, want %s\n' "$1" "$2" "$3"
}

# Its members register first 41 s before the KEK expires: that is to be after the first poll, on a busy
# machine too.
sed 's/rekey_in: 60/rekey_in: 90/' "$3" >"$dir/fleet.yml"
"$lab" --scenario "$dir/fleet.yml" --any-port --exporter-config "$dir/all.yml" --quiet >"$dir/lab.out" 2>&1 &
pids+=($!)
for _ in $(seq 600); do
    grep -q '^ready' "$dir/lab.out" && break
    sleep 0.1
done

# Targets that have RESTCONF, and no other way in; no probes either.
awk '/^targets:/ { print; on = 1; next }
     /^[a-z]/ { on = 0 }
     on && /^  - name:/ { if (rest) printf "%s", block; block = ""; rest = 0 }
     on { if ($1 ~ /^restconf/) rest = 1; if ($1 !~ /^(snmp|ssh)/) block = block $0 "\n"; next }
     /^(groups|probes|state_directory):/ { exit }
     { print }
     END { if (rest) printf "%s", block }' "$dir/all.yml" |
    sed 's/interval: 10s/interval: 5s/' >"$dir/config.yml"
same "only RESTCONF" "$(grep -cE '^    (snmp|ssh)[a-z_]*: ' "$dir/config.yml")" 0
same "some of it" "$(grep -cE '^    restconf: ' "$dir/config.yml")" 13

"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 \
    >"$dir/exporter.log" 2>&1 &
pids+=($!)

# The KEK of VOICE expires 90 s after the start; a member registers again until 80 s after that.
ks=10.10.2.1
for _ in $(seq 900); do
    port=$(sed -n 's/.*listening on [^ ]* port \([0-9]*\).*/\1/p' "$dir/exporter.log")
    curl -sS -m 20 "http://127.0.0.1:$port/metrics" >"$dir/now" 2>/dev/null
    grep -q "^getvpn_interop_mismatch{group=\"VOICE\",ks=\"$ks\"} 1" "$dir/now" && break
    sleep 0.25
done
same "VOICE is mismatched" \
    "$(sed -n 's/^getvpn_interop_mismatch{group="VOICE",ks="\([^"]*\)"} //p' "$dir/now")" 1
same "and no other group" \
    "$(grep -c '^getvpn_interop_mismatch{.*} 1$' "$dir/now")" 1
curl -sS -m 20 "http://127.0.0.1:$port/api/v1/groups/VOICE" >"$dir/group.json"
same "JSON: which" \
    "$(jq -c '[.group.interop[] | [.ks, .outcome, .ks_behavior]]' "$dir/group.json")" \
    "[[\"$ks\",\"mismatch\",\"old\"]]"
same "JSON: on what evidence" \
    "$(jq -r '.group.interop[0].ks_evidence.evidence[0] | .source, .confidence,
        (.text | test("^voice-b0[12] registered twice around the end of a KEK"))' \
        "$dir/group.json" | tr '\n' ' ')" 'timing certain true '
same "no contradiction between collectors, for there is one" \
    "$(grep -c '^getvpn_collector_disagreement' "$dir/now")" 0
[ "$failed" -eq 0 ] && echo "found by RESTCONF alone"
[ "$failed" -eq 0 ]
