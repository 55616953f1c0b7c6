#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/bench_snmp.sh [BUILD-DIRECTORY]        (default: build/release)
#
# What polling by SNMP v2c costs, everything included (collect, judge, render),
# beside prometheus-snmp-exporter on the same responder in the same run; then the
# latency with 50 ms a PDU, and 10,000 targets in one process.
set -eu
cd "$(dirname "$0")/../.."
bin=${1:-build/release}/bin
work=$(mktemp -d)
pids=()
finish() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
metric() { curl -s "http://127.0.0.1:$1/metrics" | awk -v name="$2" 'index($1, name) == 1 { sum += $2 } END { print sum + 0 }'; }
per_1000() { awk -v t="$1" -v n="$2" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.3f", t / hz * 1000 / n }'; }
free_port() { awk -v seed="$1" -v pid=$$ 'BEGIN { print 20000 + (pid * 7 + seed * 1013) % 10000 }'; }

# start NAME COMMAND...: in the background, output in $work/NAME, process id in $last
start() {
    local name=$1
    shift
    "$@" >"$work/$name" 2>&1 &
    last=$!
    pids+=("$last")
}
stop() {
    kill -TERM "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}
until_up() { for _ in $(seq 100); do curl -sf -o /dev/null "http://127.0.0.1:$1/" && return; sleep 0.1; done; echo "port $1 does not answer" >&2; return 1; }

# configuration FILE COUNT INTERVAL SNMP-PORT [v3]: COUNT targets, one loopback address each
configuration() {
    awk -v n="$2" -v interval="$3" -v port="$4" -v v3="${5:-}" 'BEGIN {
        if (v3) print "credentials: {snmp: {bench: {version: 3, user: bench, auth: sha1, auth_password_file: password, priv: aes128, priv_password_file: password}}}"
        else print "credentials: {snmp: {bench: {version: 2c, community_file: community}}}"
        print "defaults: {snmp: bench, interval: " interval ", snmp_port: " port "}"
        print "limits: {in_flight: 500}"
        print "targets:"
        for (i = 0; i < n; i++)
            printf "  - {name: d%d, address: 127.%d.%d.%d}\n", i, 1 + i / 62500, i / 250 % 250, 1 + i % 250
    }' >"$work/$1"
    echo public >"$work/community"
    echo bench-password >"$work/password"
    chmod 600 "$work/community" "$work/password"
}

# The peer's module: every column that a branch answers, as a generator would list it.
peer_module() {
    awk 'BEGIN {
        print "gdoi:\n  walk: [1.3.6.1.4.1.9.9.759]\n  max_repetitions: 25\n  timeout: 5s\n  version: 2\n  auth: {community: public}\n  metrics:"
        split("1.1.1 1.2.2.1 1.3.2.1 1.3.5.1 1.3.6.1", tables, " ")
        split("8 9 21 10 11", columns, " ")
        split("1 2 3 3 4", indexes, " ")
        for (t = 1; t <= 5; t++)
            for (c = 2; c <= columns[t]; c++) {
                printf "  - name: gdoi_%d_%d\n    oid: 1.3.6.1.4.1.9.9.759.%s.%d\n    type: gauge\n    help: bench\n    indexes:\n", t, c, tables[t], c
                print "    - {labelname: group_type, type: gauge}\n    - {labelname: group, type: OctetString}"
                if (t > 1) print "    - {labelname: gm_type, type: gauge}\n    - {labelname: gm, type: OctetString}"
                for (k = 3; k <= indexes[t]; k++) printf "    - {labelname: row%d, type: gauge}\n", k
            }
    }' >"$work/peer.yml"
}

echo "== CPU for 1,000 device polls (a branch of about 80 objects) =="
snmp_port=$(free_port 1) peer_port=$(free_port 2) our_port=$(free_port 3)
start responder "$bin/snmp_responder" gm "$snmp_port"
responder=$last
peer=
if command -v prometheus-snmp-exporter >/dev/null; then
    peer_module
    start peer prometheus-snmp-exporter --config.file="$work/peer.yml" --web.listen-address="127.0.0.1:$peer_port"
    peer=$last
    until_up "$peer_port"
    before=$(cpu_ticks "$peer")
    curl -s -o /dev/null --parallel --parallel-max 16 \
        "http://127.0.0.1:$peer_port/snmp?target=127.1.[0-15].[1-250]:$snmp_port&module=gdoi" 2>/dev/null
    peer_cost=$(per_1000 $(($(cpu_ticks "$peer") - before)) 4000)
    stop "$peer"
    echo "prometheus-snmp-exporter: $peer_cost CPU seconds (4,000 walks, 16 at once)"
fi
configuration poll.yml 2000 5s "$snmp_port"
start exporter "$bin/getvpn_exporter" --config.file="$work/poll.yml" --web.listen-address="127.0.0.1:$our_port"
ours=$last
until_up "$our_port"
sleep 7
before=$(cpu_ticks "$ours") polls=$(metric "$our_port" getvpn_exporter_polls_total)
for _ in 1 2 3; do sleep 10; curl -s -o /dev/null -H 'Accept-Encoding: gzip' "http://127.0.0.1:$our_port/metrics"; done
polls=$(($(metric "$our_port" getvpn_exporter_polls_total) - polls))
cost=$(per_1000 $(($(cpu_ticks "$ours") - before)) "$polls")
failed=$(metric "$our_port" getvpn_collector_failures_total)
stop "$ours"
echo "getvpn_exporter:          $cost CPU seconds ($polls polls in 30 s, scraped every 10 s, $failed failed)"
[ -z "$peer" ] || awk -v a="$peer_cost" -v b="$cost" 'BEGIN { printf "ratio: %.1f\n", a / b }'

echo "== 10,000 targets in one process, interval 30 s =="
configuration many.yml 10000 30s "$snmp_port"
start exporter "$bin/getvpn_exporter" --config.file="$work/many.yml" --web.listen-address="127.0.0.1:$our_port"
ours=$last
until_up "$our_port"
sleep 62
polls=$(metric "$our_port" getvpn_exporter_polls_total)
echo "resident memory: $(awk '/VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$ours/status") MB, peak $(awk '/VmHWM/ { printf "%.1f", $2 / 1024 }' "/proc/$ours/status") MB"
echo "polls in 62 s: $polls, devices up: $(metric "$our_port" getvpn_up), failures: $(metric "$our_port" getvpn_collector_failures_total), CPU: $(awk -v t="$(cpu_ticks "$ours")" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", t / hz }') s"
stop "$ours"

echo "== SNMPv3 authPriv (SHA-1, AES-128): CPU for 1,000 polls, by the number of engines =="
first=
for engines in 100 5000; do
    interval=$((engines == 100 ? 1 : 30))
    configuration v3.yml $engines ${interval}s "$snmp_port" v3
    start exporter "$bin/getvpn_exporter" --config.file="$work/v3.yml" --web.listen-address="127.0.0.1:$our_port"
    ours=$last
    until_up "$our_port"
    sleep $((interval + 5))
    before=$(cpu_ticks "$ours") polls=$(metric "$our_port" getvpn_exporter_polls_total)
    sleep 30
    polls=$(($(metric "$our_port" getvpn_exporter_polls_total) - polls))
    cost=$(per_1000 $(($(cpu_ticks "$ours") - before)) "$polls")
    echo "$engines engines: $cost CPU seconds ($polls polls, $(metric "$our_port" getvpn_up) devices up)"
    [ -z "$first" ] || awk -v a="$first" -v b="$cost" 'BEGIN { printf "ratio: %.2f\n", b / a }'
    first=${first:-$cost}
    stop "$ours"
done
stop "$responder"
echo "responder's capacity: $(tail -n 1 "$work/responder")"

echo "== Latency with 50 ms a PDU (steady state) =="
for kind in gm ks; do
    snmp_port=$(free_port 4$kind)
    start responder "$bin/snmp_responder" $kind "$snmp_port" 50
    responder=$last
    configuration slow.yml 1 2s "$snmp_port"
    start exporter "$bin/getvpn_exporter" --config.file="$work/slow.yml" --web.listen-address="127.0.0.1:$our_port"
    ours=$last
    until_up "$our_port"
    sleep 9
    echo "$kind: $(awk -v s="$(metric "$our_port" getvpn_collector_duration_seconds)" 'BEGIN { printf "%.0f", s * 1000 }') ms"
    stop "$ours"
    stop "$responder"
done
