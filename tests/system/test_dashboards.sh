#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each query of each panel of the dashboards, and of their variables and annotations, against a
# real Prometheus that scrapes the exporter, which polls the simulated fleet: it returns data,
# with the labels that the panel shows. What the fleet is known for is on the panels.
# usage: test_dashboards.sh GETVPN_EXPORTER GETVPN_LAB
set -u
exporter=$1
lab=$2
. "$(dirname "$0")/common.sh"
here=$(dirname "$0")
root=$here/../..
boards=$root/dashboards/grafana/json
for program in prometheus jq curl; do
    command -v "$program" >/dev/null || { echo "skipped: no $program"; exit 77; }
done

# The fleet of the demonstration, whose rekeys leave the probes 50 s to register, and whose logs are
# read; a router that does not answer; and a history.
sed 's/rekey_in: .*/rekey_in: 50/' "$root/tests/lab/scenarios/default.yml" >"$dir/fleet.yml"
lab_start "$lab" --any-port --exporter-config "$dir/config.yml" --quiet
sed -i 's/^targets:$/&\n  - {name: nobody, address: 127.99.0.1, snmp: snmp8, snmp_port: 9}/
    s/^    ssh: .*/&\n    ssh_logging: true/' "$dir/config.yml"
echo 'history: {keep_days: 1}' >>"$dir/config.yml"
"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 2>"$dir/log" &
pid=$!
port=$(port_of "$dir/log") || exit 1

# Alerts as ours are called and labelled, for the annotations.
cat >"$dir/rules.yml" <<'END'
groups:
  - name: test
    rules:
      - {alert: GetvpnTest, expr: getvpn_interop_mismatch, labels: {severity: warning}}
      - {alert: GetvpnTest, expr: getvpn_up, labels: {severity: warning}}
      - {alert: GetvpnTest, expr: getvpn_probe_success, labels: {severity: warning}}
END
cat >"$dir/prometheus.yml" <<END
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
scrape_configs:
  - {job_name: getvpn, static_configs: [{targets: ["127.0.0.1:$port"]}]}
  - {job_name: none-of-ours, static_configs: [{targets: ["127.0.0.1:9"]}]}
END
prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/data" \
    --web.listen-address=127.0.0.1:0 >"$dir/prometheus.log" 2>&1 &
pids=("$!")
wait_for 'msg="Listening on"' "$dir/prometheus.log"
url=http://$(sed -n 's/.*msg="Listening on" address=//p' "$dir/prometheus.log")/api/v1
begun=$(date +%s)

value() { # EXPRESSION
    curl -sS -m 30 "$url/query" --data-urlencode "query=$1" | jq -r '.data.result[0].value[1] // "none"'
}

# All has been said once each primary has rekeyed, some probe has heard a rekey (one that was held
# up has to wait), and the router without an answer has been asked twice.
heard='count(getvpn_kek_rekey_lead_observed_seconds > -Inf) == 3
    and count(getvpn_probe_rekey_lead_seconds > -Inf) > 0 and sum(getvpn_collector_failures_total) > 1'
while [ "$(value "$heard")" != 3 ] && [ "$(date +%s)" -lt $((begun + 200)) ]; do
    sleep 0.5
done
check "all have rekeyed" same "$(value "$heard")" 3


# What a variable's query, label_values(SELECTOR, LABEL), offers.
offered() { # BOARD VARIABLE
    local selector
    selector=$(jq -r --arg name "$2" '.templating.list[] | select(.name == $name).query
        | ltrimstr("label_values(") | rtrimstr(", \($name))") | gsub("\\$[a-z]+"; ".+")' \
        "$boards/$1.json")
    curl -sS -m 30 -G "$url/label/$2/values" --data-urlencode "match[]=$selector" |
        jq -r '.data | sort | join(" ")'
}
for board in fleet group device probe exporter; do
    check "$board: job" same "$(offered $board job)" getvpn
    check "$board: instance" same "$(offered $board instance)" "127.0.0.1:$port"
done
check "groups" same "$(offered group group)" "BRANCHES CAMERAS VOICE"
check "probes" grep -q 'ks-[a-z]*\.[A-Z]*' <<<"$(offered probe probe)"
check "devices" same "$(offered device device | wc -w)" 30

# All queries, with each of these values; the answers of one instant, in their order.
with=$(jq -nc --arg probes "$(offered probe probe)" '{group: ["BRANCHES", "CAMERAS", "VOICE"],
    device: ["ks-frankfurt", "ks-voice", "voice-a01", "branch-a01", "nobody"], probe: ($probes | split(" "))}')
jq -s --argjson with "$with" \
    -f "$here/dashboards.jq" "$boards"/*.json >"$dir/asked"
now=$(date +%s)
jq -r --arg url "$url" --arg from "$begun" --arg to "$now" '.[] | "next\nurl = \"\($url)/query" +
    if .instant then "?time=\($to)" else "_range?step=1&start=\($from)&end=\($to)" end +
    "&query=\(.expr | @uri)\""' "$dir/asked" | sed 1d >"$dir/curl"
curl -sS -m 60 -K "$dir/curl" >"$dir/answers"
check "each is answered" same "$(jq -s length "$dir/answers")" "$(jq length "$dir/asked")"
jq -n --slurpfile asked "$dir/asked" --slurpfile answers "$dir/answers" '
    [range($asked[0] | length) | . as $i | $asked[0][$i] + {
        error: $answers[$i].error,
        samples: [($answers[$i].data.result // [])[]
            | {metric, value: ((.values // [.value]) | map(.[1]) - ["NaN"] | last)}
            | select(.value)] }]' >"$dir/results"

# Each returns data for some value of its board's variable, with the labels of its legend; the
# label that is a table's column comes with one of the table's queries.
jq -r 'group_by([.board, .id])[] | .[0] as $q | "\($q.board), \($q.title) (\($q.id))" as $where
    | (.[] | select(.error) | "\($where): \(.error): \(.expr)"),
      (select(all(.samples == [])) | "\($where): no data: \($q.expr)"),
      (.[] | .legend as $labels | .samples[] | ($labels - (.metric | keys))[]
        | "\($where): no label \(.)")' "$dir/results" | sort -u >"$dir/faults"
jq -r 'group_by([.board, .title])[] | .[0] as $q
    | ($q.columns - ([.[].samples[].metric | keys[]] | unique))[]
    | "\($q.board), \($q.title): no query has the column \(.)"' "$dir/results" >>"$dir/faults"
check "data on each panel" same "$(cat "$dir/faults")" ""

# What this fleet is known for.
shown() { # BOARD VALUE TITLE REF: each sample as labels=value, without a fraction
    jq -r --arg board "$1" --arg with "$2" --arg title "$3" --arg ref "$4" '[.[]
        | select(.board == $board and .with == $with and .title == $title and (.id | endswith($ref)))
        | .samples[] | ([.metric[]] | join(",")) + "=" + (.value | tonumber | floor | tostring)]
        | sort | join(" ")' "$dir/results"
}
while IFS='|' read -r board with title ref want; do
    check "$board $with: $title" same "$(shown "$board" "$with" "$title" "$ref")" "$want"
done <<'END'
fleet||Old key servers with new members|A|=1
fleet||Groups, by time to impact|I|BRANCHES=0 CAMERAS=0 VOICE=1
fleet||Groups split or without primary|A|=0
group|VOICE|New members on an old key server|A|VOICE=6
group|BRANCHES|New members on an old key server|A|BRANCHES=0
group|BRANCHES|Primaries|A|BRANCHES=1
group|BRANCHES|KEK: its last ten minutes|C|BRANCHES=225
group|CAMERAS|KEK: its last ten minutes|C|CAMERAS=230
device|voice-a01|Behavior|A|new=1
device|nobody|Answers|A|nobody=0
exporter||Exporters up|A|=1
exporter||Configuration|A|=1
END
for verdict in BRANCHES=on_time CAMERAS=on_time VOICE=after_expiry; do
    check "verdict: $verdict" same "$(jq -r --arg group "${verdict%=*}" '.[]
        | select(.with == $group and .title == "Last KEK rekey").samples[].metric.verdict' \
        "$dir/results")" "${verdict#*=}"
done
check "sorted by the least" same "$(jq -c '[.[] | select(.title == "Groups, by time to impact")]
    | map({key: (.id | ltrimstr("8")), value: (.samples | map({key: .metric.group, value: (.value | tonumber)})
        | from_entries)}) | from_entries
    | [.A | keys[] as $g | .[$g]] as $least | [.A | keys[]] as $groups
    | [range($groups | length) as $i | [.B[$groups[$i]], .D[$groups[$i]]] | min >= $least[$i]] | all' \
    "$dir/results")" true
echo "$(jq 'unique_by([.board, .id]) | length' "$dir/results") queries, $(jq length "$dir/results") answers"
finish
