# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What tests/bench/run is made of: processes, configurations, readings, rows.
work=$(mktemp -d)
pids=()
missed=0

finish() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

fail() {
    echo "tests/bench/run: $1" >&2
    exit 1
}

# ---- processes: each in the background, its output in $work/NAME ----

start() { # NAME COMMAND...: its process id goes into $last
    local name=$1
    shift
    rm -f "$work/$name" # of an earlier one, so that nobody reads its port
    "$@" >"$work/$name" 2>&1 &
    last=$!
    pids+=("$last")
}

stop() {
    local kept=() pid
    kill "$1"
    wait "$1" || true
    for pid in "${pids[@]}"; do [ "$pid" = "$1" ] || kept+=("$pid"); done
    pids=("${kept[@]}")
}

# The first match of a sed expression in $work/NAME, waited for.
said() { # NAME EXPRESSION
    local found
    for _ in $(seq 200); do
        found=$(sed -n "s/.*$2.*/\1/p" "$work/$1" 2>/dev/null | head -n 1)
        [ -z "$found" ] || { echo "$found"; return; }
        sleep 0.1
    done
    cat "$work/$1" >&2
    fail "$1 did not start"
}

responder() { # gm|ks [DELAY-MS]: a device on every loopback address, port in $snmp_port
    start responder "$bin/snmp_responder" "$1" 0 ${2:+"$2"}
    responder_pid=$last
    snmp_port=$(said responder 'listening on port \([0-9]*\)')
}

# Stop it: $capacity is what it says of itself, $busy its share of a core while we polled.
responder_end() {
    stop "$responder_pid"
    capacity=$(said responder ' CPU seconds: \([0-9]*\) a second')
    busy=$(awk -v c="$capacity" 'BEGIN { printf "%.0f", 8000 / c * 100 }')
}

exporter() { # CONFIGURATION: process id in $ours, port in $port
    start exporter "$bin/getvpn_exporter" --config.file="$work/$1" --web.listen-address=127.0.0.1:0
    ours=$last
    began=$(date +%s%3N)
    port=$(said exporter 'listening on [^ ]* port \([0-9]*\)')
}

peer_start() { # process id in $peer, port in $peer_port
    start peer prometheus-snmp-exporter --config.file="$work/peer.yml" --web.listen-address=127.0.0.1:0
    peer=$last
    peer_port=$(said peer 'address=127.0.0.1:\([1-9][0-9]*\)')
}

# ---- configurations ----

configuration() { # FILE BRANCHES INTERVAL [KS-PORT] [v3]: a loopback address each; all in one group
    printf 'public' >"$work/community"
    printf 'bench-password' >"$work/password"
    chmod 600 "$work/community" "$work/password"
    awk -v n="$2" -v interval="$3" -v port="$snmp_port" -v ks="${4:-}" -v v3="${5:-}" 'BEGIN {
        if (v3) print "credentials: {snmp: {bench: {version: 3, user: bench, auth: sha1, auth_password_file: password, priv: aes128, priv_password_file: password}}}"
        else print "credentials: {snmp: {bench: {version: 2c, community_file: community}}}"
        print "defaults: {snmp: bench, interval: " interval ", snmp_port: " port "}"
        print "limits: {in_flight: 500}"
        print "targets:"
        if (ks) print "  - {name: ks, address: 127.0.0.1, snmp_port: " ks "}"
        for (i = 0; i < n; i++)
            printf "  - {name: d%d, address: 127.1.%d.%d}\n", i, i / 250, 1 + i % 250
    }' >"$work/$1"
}

# Every column that a branch answers, as the peer's generator would list it.
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

peer_walk() { # WALKS, a multiple of 250
    local url="http://127.0.0.1:$peer_port/snmp?module=gdoi&target="
    [ "$(curl -sS "${url}127.1.0.1:$snmp_port" | grep -vc '^#')" -ge 80 ] ||
        fail "the peer does not read the whole subtree"
    curl -s --no-progress-meter -o /dev/null --parallel --parallel-max 16 \
        "${url}127.1.[0-$(($1 / 250 - 1))].[1-250]:$snmp_port" 2>/dev/null
}

# ---- readings ----

cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{ printf "%d", ($14 + $15) * 1000 / hz }' "/proc/$1/stat"; }
memory() { awk -v name="$1:" '$1 == name { printf "%.1f", $2 * 1024 / 1e6 }' "/proc/$ours/status"; }
fetch() { curl -sS -m 20 "http://127.0.0.1:$port/metrics"; }
metric() { fetch | awk -v name="$1" 'index($1, name) == 1 { sum += $2 } END { print sum + 0 }'; }
series() { fetch | grep -vc '^#'; }
durations() { fetch | awk -v d="device=\"$1\"" '/^getvpn_collector_duration_seconds/ && index($0, d) { print $2 * 1000 }'; }
remaining() { fetch | awk '/^getvpn_kek_remaining_seconds/ && /device="d7"/ { print $2 * 1000 }'; }
divide() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3g", a / b }'; }
least() { awk '{ print $1 / $2 }' "$work/$1" | sort -g | head -n 1 | awk '{ printf "%.3f", $1 }'; }

scrape() { # plain|gzip
    local header=()
    [ "$1" != gzip ] || header=(-H 'Accept-Encoding: gzip')
    curl -sS -m 20 -o /dev/null "${header[@]}" "http://127.0.0.1:$port/metrics"
}

# Wait until every target was polled; print the seconds since the start.
until_ready() { # SECONDS-AT-MOST
    local now
    for _ in $(seq $(($1 * 10))); do
        if curl -sf -o /dev/null "http://127.0.0.1:$port/-/ready"; then
            now=$(date +%s%3N)
            divide $((now - began)) 1000
            return
        fi
        sleep 0.1
    done
    fail "not every target was polled within $1 s"
}

all_well() { # TARGETS: a figure of polls that fail is none
    [ "$(metric getvpn_up)" = "$1" ] || fail "of $1 devices $(metric getvpn_up) are up"
    [ "$(metric getvpn_collector_failures_total)" = 0 ] || fail "some polls failed"
}

# CPU of nine seconds with eight scrapes, or none.
cpu_over() { # none|plain|gzip
    local before
    before=$(cpu_ms "$ours")
    for _ in 1 2 3 4 5 6 7 8; do
        [ "$1" = none ] || scrape "$1"
        sleep 1.1
    done
    echo $(($(cpu_ms "$ours") - before))
}

# ---- rows ----

header() {
    echo "Cores: $(nproc)"
    echo
    echo '| figure | target | measured | note |'
    echo '|---|---|---|---|'
}

# A target of "-" is none; a figure may miss its target by `margin` times.
row() { # FIGURE TARGET MEASURED MARGIN [NOTE]
    local verdict=
    if [ "$2" != - ] && ! awk -v target="$2" -v v="$3" -v margin="$4" 'BEGIN {
            split(target, t, " ")
            exit !(t[1] == ">=" ? v * margin >= t[2] : v <= t[2] * margin) }'; then
        verdict=' **missed**'
        missed=1
    fi
    echo "| $1 | $2 | $3$verdict | ${5:-} |"
}
