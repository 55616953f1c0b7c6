// SPDX-License-Identifier: Apache-2.0
// The rendered objects against the schemas of Kubernetes and the Prometheus operator: values
// by those of the operator's 0.65.1, the first with ScrapeConfig; names of fields, which an API server
// would drop in silence, by those of 0.90.1. A bad object of each kind has to be refused, too.
// usage: node schemas.mjs FOLDER      FOLDER/NAME.json: a list of objects; writes NAME-N.mts beside it
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const folder = process.argv[2];
const require = createRequire(import.meta.url);
const container = (o) => o.spec.template.spec.containers[0];

// What is wrong with it, in which kind, made so; by what it is to be found: its value, or its fields' names.
const BAD = [
    ["a number as text", "StatefulSet", (o) => { o.spec.replicas = "1"; }, "value"],
    ["no selector", "StatefulSet", (o) => { delete o.spec.selector; }, "value"],
    ["a misspelt field", "StatefulSet", (o) => { container(o).imagePullPolcy = "Always"; }, "name"],
    ["a volume that is no list", "StatefulSet", (o) => { container(o).volumeMounts = {}; }, "value"],
    ["one address for several", "Service", (o) => { o.spec.clusterIPs = "None"; }, "value"],
    ["another case", "Service", (o) => { o.spec.clusterIp = "None"; }, "name"],
    ["text that is none", "ConfigMap", (o) => { o.data.number = 1; }, "value"],
    ["a list that is none", "NetworkPolicy", (o) => { o.spec.policyTypes = "Egress"; }, "value"],
    ["a field one too high", "NetworkPolicy", (o) => { o.spec.namespaceSelector = {}; }, "name"],
    ["a time without unit", "ServiceMonitor", (o) => { o.spec.endpoints[0].interval = "30"; }, "value"],
    ["a scheme of none", "ServiceMonitor", (o) => { o.spec.endpoints[0].schema = "https"; }, "name"],
    ["a rule without expression", "PrometheusRule", (o) => { delete o.spec.groups[0].rules[0].expr; }, "value"],
    ["a rule with Prometheus' own field", "PrometheusRule", (o) => { o.spec.groups[0].source_tenants = []; }, "name"],
    ["targets that are no list", "Probe", (o) => { o.spec.targets.staticConfig.static = "192.0.2.1"; }, "value"],
    ["no list of targets' kinds", "Probe", (o) => { o.spec.target = o.spec.targets; }, "name"],
    ["no web address", "ScrapeConfig", (o) => { o.spec.httpSDConfigs[0].url = "sd"; }, "value"],
    ["an operator's other word", "ScrapeConfig", (o) => { o.spec.interval = "60s"; }, "name"],
];
let failed = 0;
const fail = (text) => { failed = 1; console.log(`FAIL: ${text}`); };

const home = (o, operator) => (o.apiVersion.startsWith("monitoring.coreos.com/") ? operator : "kubernetes-models");
function refusal(o) { // the reason, or nothing
    const kind = require(`${home(o, "@kubernetes-models/prometheus-operator")}/${o.apiVersion}`)[o.kind];
    if (!kind) return "no such kind";
    try { new kind(o).validate(); } catch (error) { return error.message; }
}
const sources = {}; // FILE: what it holds, and whether the compiler is to refuse it
function typed(o, name, bad) {
    sources[name] = bad;
    writeFileSync(`${folder}/${name}.mts`, `import type { I${o.kind} } from "${home(o, "prometheus-operator-now")}/${o.apiVersion}";
export const it: I${o.kind} = ${JSON.stringify(o, null, 1)};\n`);
}

const seen = {};
for (const file of readdirSync(folder).filter((f) => f.endsWith(".json"))) {
    for (const [i, o] of JSON.parse(readFileSync(`${folder}/${file}`)).entries()) {
        const name = `${file.slice(0, -5)}-${i}`;
        const reason = refusal(o);
        if (reason) fail(`${name}, ${o.kind} ${o.metadata.name}: ${reason}`);
        typed(o, name, false);
        seen[o.kind] ??= o;
    }
}
for (const [i, [what, kind, spoil, by]] of BAD.entries()) {
    const o = structuredClone(seen[kind]);
    spoil(o);
    if (by === "value" && !refusal(o)) fail(`${kind}: ${what} was taken`);
    if (by === "name") typed(o, `bad-${i}`, `${kind}: ${what}`);
}
for (const kind of Object.keys(seen))
    for (const by of ["value", "name"])
        if (kind !== "ConfigMap" && !BAD.some((row) => row[1] === kind && row[3] === by)) fail(`no bad ${kind} by ${by}`);

const names = Object.keys(sources);
const compiler = spawnSync(process.execPath, [require.resolve("typescript/bin/tsc"), "--strict", "--noEmit",
    "--skipLibCheck", "--target", "es2022", "--module", "node16", "--moduleResolution", "node16",
    ...names.map((n) => `${n}.mts`)], { cwd: folder, encoding: "utf8" });
for (const name of names) {
    const said = compiler.stdout.split("\n").filter((line) => line.startsWith(`${name}.mts(`));
    if (!sources[name] && said.length) fail(said.join("\n").slice(0, 600));
    if (sources[name] && !said.some((line) => line.includes("only specify known properties"))) fail(`${sources[name]} was taken`);
}
if (!compiler.stdout && compiler.status !== 0) fail(compiler.stderr);
console.log(`${names.length} objects, ${BAD.length} bad ones`);
process.exit(failed);
