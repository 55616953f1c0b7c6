# SPDX-License-Identifier: Apache-2.0
# What a dashboard asks Prometheus for, with values in place of Grafana's variables: a list of
# {board, with, id, title, instant, legend (labels), columns (labels that are columns), expr}.
# $with: for each board the values of the variable that it is about, and nothing for the others.
# usage: jq -s --argjson with '{"group": ["A", "B"], ...}' -f dashboards.jq DASHBOARD...

def filled($name; $value):
    gsub("\\$(job|instance)\\b"; ".+") | gsub("\\$__rate_interval\\b"; "20s")
    | gsub("\\$__range\\b"; "60s")
    | if $name == "" then . else gsub("\\$\($name)\\b"; $value) end;

def columns: [(.transformations // [])[] | select(.id == "organize").options.renameByName
    | keys[] | select(startswith("Value") | not)];

map(. as $board | (.uid | ltrimstr("getvpn-")) as $name
    | ($with[$name] // [""])[] as $value
    | [ (.panels[] | select(.type != "row") | . as $p | .targets[] | {
            id: "\($p.id)\(.refId)", title: $p.title, instant, expr, columns: ($p | columns),
            legend: [.legendFormat // "" | scan("\\{\\{([a-z_]+)\\}\\}")[0]] }),
        (.annotations.list[] | select(.enable)
            | {id: .name, title: .name, expr: .target.expr, columns: [], legend: []}) ]
    | .[] | . + {board: $name, with: $value}
    | .expr |= filled(if $value == "" then "" else $name end; $value))
