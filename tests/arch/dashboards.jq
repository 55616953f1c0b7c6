# SPDX-License-Identifier: Apache-2.0
# The public rules of Grafana's dashboard-linter, and some of ours, over one dashboard: a line
# "RULE: what is wrong" for each finding. $documented: the metrics of the README.
# usage: jq -r --argjson documented '["getvpn_up", ...]' -f dashboards.jq DASHBOARD

def panels: [.panels[] | select(.type != "row")];
def targets: panels[] | . as $p | (.targets // [])[] | . + {panel: $p.title};
def variable($name): [.templating.list[] | select(.name == $name)];
def rule($name; wrong): [wrong] | map("\($name): \(.)") | .[];

# Selectors without braces: names that are left over when strings, braces, label lists and calls
# are gone.
def bare: gsub("\"[^\"]*\""; "") | gsub("[A-Za-z_:][A-Za-z0-9_:]*\\{[^}]*\\}|\\{[^}]*\\}"; " ")
    | gsub("\\[[^]]*\\]"; "") | gsub("\\b(by|on|group_left|group_right|without|ignoring) \\([^)]*\\)"; " ")
    | [scan("[A-Za-z_:][A-Za-z0-9_:]*(?![A-Za-z0-9_:]|\\s*\\()")] - ["and", "or", "unless", "bool", "Inf"];

def units: ["none", "short", "s", "dthms", "dateTimeAsSystem", "percentunit", "bytes", "ops"];

def templated($name): rule("template-\($name)-rule";
    variable($name) as $all
    | if ($all | length) != 1 then "no variable \($name)" else $all[0]
      | (select(.label != $name) | "label '\(.label)'"),
        (select(.datasource.uid != "${datasource}") | "not of ${datasource}"),
        (select(.type != "query") | "type '\(.type)'"),
        (select(.multi != true) | "one value only"),
        (select(.allValue != ".+") | "allValue '\(.allValue)'") end);

def matched($name): rule("target-\($name)-rule"; targets | . as $t
    | ([.expr | scan("\\{[^}]*\\}")][] | select(contains("\($name)=~\"$\($name)\"") | not)),
      (.expr | bare[])
    | "'\($t.panel)': \(.)");

rule("template-datasource-rule"; [.templating.list[] | select(.type == "datasource")]
    | select(map([.name, .label, .query]) != [["datasource", "Data source", "prometheus"]])
    | "must be one, named 'datasource'"),
templated("job"),
templated("instance"),
rule("template-label-promql-rule"; .templating.list[] | select(.type == "query")
    | select(.query | test("^label_values\\(getvpn_[a-z_]+(\\{[^}]*\\})?, [a-z]+\\)$") | not) | .query),
rule("template-on-time-change-reload-rule"; .templating.list[] | select(.type == "query" and .refresh != 2) | .name),
rule("panel-datasource-rule"; panels[] | . as $p | ([.] + (.targets // []))[]
    | select(.datasource != {type: "prometheus", uid: "${datasource}"}) | $p.title),
rule("panel-title-description-rule"; panels[]
    | select(((.title // "") | length) == 0 or ((.description // "") | length) == 0) | "'\(.title)'"),
rule("panel-units-rule"; panels[] | . as $p
    | [.fieldConfig.defaults.unit] + [.fieldConfig.overrides[].properties[] | select(.id == "unit").value]
    | .[] | select(. as $u | units | index($u) | not) | "'\($p.title)': '\(.)'"),
rule("panel-no-targets-rule"; panels[] | select((.targets // []) | length == 0) | .title),
matched("job"),
matched("instance"),
rule("target-rate-interval-rule"; targets | . as $t | .expr
    | scan("\\bi?rate\\([^()]*\\[[^]]*\\]") | select(endswith("[$__rate_interval]") | not) | "'\($t.panel)': \(.)"),
rule("target-counter-agg-rule"; targets | . as $t | .expr
    | gsub("\\b(rate|irate|increase)\\([a-z_]+_total\\{[^}]*\\}\\[[^]]*\\]\\)"; "")
    | scan("[a-z_]+_total\\b") | "'\($t.panel)': \(.)"),
rule("template-uneditable-rule"; select(.editable != false) | .title),
# Ours.
rule("uid"; select(.uid | test("^getvpn-[a-z]+$") | not) | "'\(.uid)'"),
rule("id"; [.panels[].id] | select(length != (unique | length) or any(. == null)) | "missing or twice"),
rule("grid"; panels[] | select(.gridPos.x + .gridPos.w > 24) | "'\(.title)' is too wide"),
rule("annotation"; [.annotations.list[] | select(.enable) | .name] | select(index("Alerts") | not) | "no alerts"),
rule("documented"; targets | . as $t | [.expr | scan("\\bgetvpn_[a-z_]+(?=\\{)")] - $documented
    | .[] | "'\($t.panel)': \(.)"),
rule("bands"; panels[] | .fieldConfig.defaults
    | select(.custom.thresholdsStyle.mode == "area" and (.thresholds.steps | length) < 3)
    | "an area of one color"),
rule("title"; panels | group_by(.title)[] | select(length > 1) | "'\(.[0].title)' twice"),
rule("refId"; panels[] | select([(.targets // [])[].refId] | length != (unique | length)) | .title)
