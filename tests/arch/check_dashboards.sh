#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_dashboards.sh SOURCE-ROOT
# The dashboards keep dashboards.jq's rules, each of which finds what it is there for; promtool
# can read each query; each link leads to a page or a dashboard that there is.
set -u
cd "$1" || exit 1
rules=tests/arch/dashboards.jq
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0

documented=$(sed -n 's/^| `\(getvpn_[a-z_]*\)` .*/\1/p' README.md | jq -Rnc '[inputs]')
lint() { jq -r --argjson documented "$documented" -f "$rules" "$1"; }

boards=(dashboards/grafana/json/*.json)
for board in "${boards[@]}"; do
    found=$(lint "$board") || found="$found
not to be read"
    [ -z "$found" ] || { sed "s|^|$board: |" <<<"$found"; bad=1; }
done
uids=$(jq -r .uid "${boards[@]}" | sort)
[ "$uids" = "$(printf 'getvpn-%s\n' device exporter fleet group probe)" ] ||
    { echo "uids are public, these changed:" "$uids"; bad=1; }

# A fault for each rule, made in a dashboard without one; the rule must name it.
while IFS='|' read -r rule fault; do
    jq "$fault" dashboards/grafana/json/group.json >"$dir/fault.json" || bad=1
    lint "$dir/fault.json" | grep -q "^$rule: " || { echo "$rule does not find: $fault"; bad=1; }
done <<'END'
template-datasource-rule|.templating.list[0].name = "ds"
template-job-rule|.templating.list[1].allValue = ".*"
template-instance-rule|del(.templating.list[2])
template-label-promql-rule|.templating.list[1].query = "values(getvpn_up, job)"
template-on-time-change-reload-rule|.templating.list[1].refresh = 1
panel-datasource-rule|.panels[1].targets[0].datasource.uid = "prometheus"
panel-title-description-rule|.panels[1].description = ""
panel-units-rule|.panels[1].fieldConfig.defaults.unit = "seconds"
panel-no-targets-rule|del(.panels[1].targets)
target-job-rule|.panels[1].targets[0].expr = "max(getvpn_up)"
target-job-rule|.panels[1].targets[0].expr = "max(getvpn_up{instance=~\"$instance\"})"
target-instance-rule|.panels[1].targets[0].expr = "getvpn_up{job=~\"$job\"}"
target-rate-interval-rule|.panels[1].targets[0].expr = "rate(getvpn_x_total{}[5m])"
target-counter-agg-rule|.panels[1].targets[0].expr = "sum(getvpn_x_total{})"
template-uneditable-rule|.editable = true
uid|.uid = "x"
id|.panels[1].id = .panels[2].id
grid|.panels[1].gridPos.x = 23
annotation|.annotations.list = []
documented|.panels[1].targets[0].expr = "getvpn_unheard_of{}"
bands|(.panels[] | select(.fieldConfig.defaults.custom.thresholdsStyle.mode? == "area")).fieldConfig.defaults.thresholds.steps |= .[:1]
title|.panels[1].title = .panels[2].title
refId|.panels[1].targets += .panels[1].targets
END

# Rules and panels lead to the same place.
published=$(sed -n 's/^RUNBOOKS = //p' dashboards/rules/thresholds.conf)
for board in "${boards[@]}"; do
    [ "$(jq -r '.templating.list[] | select(.name == "runbooks").query' "$board")" = "$published" ] ||
        { echo "$board: runbooks are not at $published (dashboards/rules/thresholds.conf)"; bad=1; }
done

# Every metric of the exporter is read by a panel or a rule, or stands here with the reason.
cat >"$dir/unread" <<'END'
getvpn_exporter_http_password_checks_total what bcrypt costs: for benchmarks
getvpn_exporter_web_certificate_expiry_timestamp_seconds exists only with TLS
getvpn_exporter_web_config_last_reload_successful exists only with --web.config.file
getvpn_kek_remaining_seconds the same as getvpn_kek_expiry_timestamp_seconds, for other readers
getvpn_ssh_profile which targets need old algorithms: for queries by hand
END
sed -n 's/.*\.name = "\(getvpn_[a-z_]*\)".*/\1/p' exporter/render/metrics_*.c | sort -u >"$dir/metrics"
[ "$(wc -l <"$dir/metrics")" -ge 60 ] || { echo "too few metrics"; bad=1; }
while read -r metric; do
    grep -qw "$metric" dashboards/rules/getvpn.rules.yml "${boards[@]}" || echo "$metric"
done <"$dir/metrics" >"$dir/unread.found"
diff "$dir/unread.found" <(cut -d' ' -f1 "$dir/unread") ||
    { echo "no panel and no rule reads each metric (<: unread, >: listed as unread)"; bad=1; }

# PromQL, once Grafana has put in the values of its variables.
jq -r '[.. | .expr? // empty | gsub("\\$__[a-z_]+"; "5m") | gsub("\\$[a-z]+"; "x")]
    | .[] | "      - record: a:b:c\n        expr: \(tojson)"' "${boards[@]}" |
    sed '1i groups:\n  - name: queries\n    rules:' >"$dir/queries.yml"
[ "$(grep -c record: "$dir/queries.yml")" -ge 100 ] || { echo "too few queries"; bad=1; }
if command -v promtool >/dev/null; then
    promtool check rules --lint=none "$dir/queries.yml" >"$dir/promtool" 2>&1 ||
        { cat "$dir/promtool"; bad=1; }
fi

# Links: to dashboards of ours, and to runbooks where they lie.
for uid in $(grep -oh '/d/getvpn-[a-z]*' "${boards[@]}" | sort -u); do
    grep -qx "${uid#/d/}" <<<"$uids" || { echo "no dashboard $uid"; bad=1; }
done
pages=''
[ ! -d dashboards/runbooks ] ||
    pages=$(grep -oh '"${runbooks}/[A-Za-z]*\.md"' "${boards[@]}" | tr -d '"' | sort -u)
for page in $pages; do
    [ -e "dashboards/runbooks/${page#*/}" ] || { echo "no dashboards/runbooks/${page#*/}"; bad=1; }
done
exit "$bad"
