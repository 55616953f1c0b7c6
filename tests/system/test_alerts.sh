#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What reaches people: the lab's fleet, scraped by a real Prometheus with our rules, whose alerts a
# real Alertmanager groups and holds back as our example says. Five groups in one fleet, each with
# a fate of its own within one KEK cycle; of each, exactly the expected alerts and one notification.
# What differs from what is shipped: `for` and windows in seconds (below), and the times of grouping.
# usage: test_alerts.sh GETVPN_EXPORTER GETVPN_LAB RULES-DIRECTORY
set -u
exporter=$1
lab=$2
rules=$3
. "$(dirname "$0")/common.sh"
for program in prometheus prometheus-alertmanager promtool amtool python3 jq; do
    command -v "$program" >/dev/null || { echo "skipped: no $program"; exit 77; }
done

# HEALTHY rekeys in time. OLD is the mismatch. Of LOST eight members lose the rekey. SPLIT is cut in
# two. GONE loses its only key server, then its members their TEKs.
cat >"$dir/fleet.yml" <<'END'
profiles:
  default: {snmp: {community: public}, os: ios-xe, format: 17, version: 17.09.04a, gdoi_version: 1.0.27}
  old: {os: ios, format: 15, version: 15.1(4)M12a, gdoi_version: 1.0.1, behaviour: old,
        snmp: {mib_revision: 2010}}
  ssh: {ssh: {user: monitor, password: secret}}
groups:
  - {name: HEALTHY, id: 1, kek_lifetime: 3600, tek_lifetime: 1800, rekey_in: 30}
  - {name: OLD, id: 2, kek_lifetime: 3600, tek_lifetime: 1800, rekey_in: 40}
  - {name: LOST, id: 3, kek_lifetime: 3600, tek_lifetime: 1800, rekey_in: 30}
  - {name: SPLIT, id: 4, kek_lifetime: 3600, tek_lifetime: 1800, split_from: 20}
  - {name: GONE, id: 5, kek_lifetime: 3600, tek_lifetime: 120, tek_left: 100}
devices:
  - {name: healthy-ks-a, like: ssh, address: 127.39.1.1, ks: HEALTHY, priority: 100}
  - {name: healthy-ks-b, like: ssh, address: 127.39.1.2, ks: HEALTHY, priority: 50}
  - {name: "healthy-gm-#", count: 3, address: 127.39.1.11, gm: HEALTHY}
  - {name: old-ks, like: old, address: 127.39.2.1, ks: OLD}
  - {name: "old-gm-#", count: 3, address: 127.39.2.11, gm: OLD}
  - {name: lost-ks, like: ssh, address: 127.39.3.1, ks: LOST}
  - {name: "lost-gm-#", count: 8, address: 127.39.3.11, gm: LOST, faults: {lose_rekeys: 1}}
  - {name: lost-gm-well, address: 127.39.3.21, gm: LOST}
  - {name: split-ks-a, like: ssh, address: 127.39.4.1, ks: SPLIT, priority: 100}
  - {name: split-ks-b, like: ssh, address: 127.39.4.2, ks: SPLIT, priority: 50}
  - {name: "split-gm-#", count: 3, address: 127.39.4.11, gm: SPLIT}
  - {name: gone-ks, address: 127.39.5.1, ks: GONE, faults: {silent_from: 15, silent_for: 100000}}
  - {name: "gone-gm-#", count: 3, address: 127.39.5.11, gm: GONE}
END

# The same rules with shorter times.
sed -e 's/^\(SEEN\) = .*/\1 = 20s/
    s/^\(SPLIT_FOR\|DOWN_FOR\|NO_PRIMARY_FOR\|CONTRADICTED_FOR\|RELOAD_FOR\) = .*/\1 = 5s/
    s/^\(PEER_DEAD_FOR\|DISAGREEMENT_FOR\|EXPORTER_DOWN_FOR\|COLLECTOR_FAILING_FOR\) = .*/\1 = 20s/' \
    "$rules/thresholds.conf" >"$dir/thresholds.conf"
"$rules/generate" "$dir/thresholds.conf" >"$dir/rules.yml" || exit 1
sed 's/group_wait: .*/group_wait: 12s/; s/group_interval: .*/group_interval: 5s/' "$rules/alertmanager.yml" \
    >"$dir/am.yml"

: >"$dir/said"
python3 "$(dirname "$0")/webhook.py" "$dir/said" >"$dir/webhook.port" &
pids+=($!)
wait_for '^[0-9]' "$dir/webhook.port"
sed -i "s/127.0.0.1:9099/127.0.0.1:$(cat "$dir/webhook.port")/" "$dir/am.yml"
check "amtool" amtool check-config "$dir/am.yml" >"$dir/amtool" 2>&1

# Alertmanager says which port it took; Prometheus takes none by itself, so it gets a free one.
prometheus-alertmanager --config.file="$dir/am.yml" --storage.path="$dir/am" --cluster.listen-address= \
    --web.listen-address=127.0.0.1:0 >"$dir/am.log" 2>&1 &
pids+=($!)
wait_for 'Listening on.*address=' "$dir/am.log"
am_port=$(sed -n 's/.*Listening on.*address=127.0.0.1:\([0-9]*\).*/\1/p' "$dir/am.log" | head -n 1)

lab_start "$lab" --any-port --exporter-config "$dir/config.yml" --quiet
sed -i 's/interval: 10s/interval: 2s/' "$dir/config.yml"
"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 2>"$dir/log" &
pid=$!
port=$(port_of "$dir/log") || exit 1

cat >"$dir/prometheus.yml" <<END
global: {scrape_interval: 2s, evaluation_interval: 2s}
rule_files: [$dir/rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:$am_port']}]}]}
scrape_configs: [{job_name: getvpn, static_configs: [{targets: ['127.0.0.1:$port']}]}]
END
for _ in 1 2 3 4 5; do
    prometheus_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/tsdb" \
        --web.listen-address="127.0.0.1:$prometheus_port" >"$dir/prometheus.log" 2>&1 &
    prometheus=$!
    pids+=("$prometheus")
    for _ in $(seq 300); do
        kill -0 "$prometheus" 2>/dev/null || break
        grep -q 'Server is ready' "$dir/prometheus.log" && break 2
        sleep 0.1
    done
done

query() { # PROMQL: the values
    curl -sS -m 20 "http://127.0.0.1:$prometheus_port/api/v1/query" --data-urlencode "query=$1" |
        jq -r '.data.result[] | .value[1]'
}
# What was notified: path, group, key server and the names, each once.
told() {
    jq -r 'select(.status == "firing") | .to + " " + (.commonLabels.group // "-") + " " +
        (.groupLabels.ks // "-") + " " + ([.alerts[] | select(.status == "firing") | .labels.alertname] |
        unique | join(","))' "$dir/said" | sort -u
}
until_told() { # LINE
    for _ in $(seq 240); do
        told | grep -qxF -- "$1" && return
        sleep 1
    done
    echo "FAIL: nobody was told '$1', only:"
    told
    exit 1
}

# Members of GONE run out of TEKs: until these are gone that alert stands, and is held back.
for _ in $(seq 240); do
    suppressed=$(curl -sS "http://127.0.0.1:$am_port/api/v2/alerts?active=false" |
        jq -r '[.[] | select(.labels.group == "GONE" and .status.state == "suppressed") | .labels.alertname] | unique | join(" ")')
    [[ $suppressed == *GetvpnTekExpiring* ]] && break
    sleep 1
done
check "members of GONE are held back" grep -q GetvpnTekExpiring <<<"$suppressed"

want='/page GONE - GetvpnNoKeyServer
/page SPLIT - GetvpnCoopSplit
/ticket LOST - GetvpnMemberOutOfSync
/ticket OLD old-ks GetvpnInteropMismatch'
while read -r line; do until_told "$line"; done <<<"$want"
# HEALTHY has gone through its rekey by now.
check "HEALTHY was rekeyed in time" same \
    "$(query 'getvpn_kek_rekeys_total{group="HEALTHY",verdict="on_time"} > 0')" 1
check "exactly these" same "$(told)" "$want"
# LOST is told of again as its members come back: that is the same one, updated.
check "one notification each" same "$(jq -r 'select(.status == "firing" and .groupLabels.group != "LOST") |
    .groupKey' "$dir/said" | sort | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" '1 1 1 '
check "the members of LOST in one" [ "$(jq -s 'map(select(.groupLabels.group == "LOST")) |
    .[0].alerts | length' "$dir/said")" -gt 1 ]
check "the number of registrations" grep -q 'old KS old-ks with 3 new GMs' "$dir/said"
check "a runbook each" same "$(jq -r '.alerts[].annotations.runbook_url // "none"' "$dir/said" | grep -vc '/Getvpn[A-Za-z]*\.md$')" 0
check "no rule fails" same "$(query 'prometheus_rule_evaluation_failures_total > 0')" ""
check "no error of a rule" same "$(curl -sS "http://127.0.0.1:$prometheus_port/api/v1/rules" | jq '[.data.groups[].rules[] | select(.health != "ok")] | length')" 0
finish
