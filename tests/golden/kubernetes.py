# SPDX-License-Identifier: Apache-2.0
"""What a rendered folder must hold: python3 kubernetes.py FOLDER HELP RULES. Reads FOLDER/all.yaml,
writes the configuration beside it, with the paths of its secrets turned to files that exist."""
import os
import re
import sys

import yaml

folder, help_file, rules_file = sys.argv[1:]
failed = False
# Made by the operator, as the READMEs say; with the keys that may be asked for.
SECRETS = {
    "getvpn-exporter-secrets": {"snmp-auth", "snmp-priv", "ssh-password"},
    "getvpn-exporter-tls": {"tls.crt", "tls.key", "ca.crt"},
    "getvpn-exporter-client": {"tls.crt", "tls.key", "ca.crt"},
}
API = {
    "StatefulSet": "apps/v1", "Service": "v1", "ConfigMap": "v1",
    "NetworkPolicy": "networking.k8s.io/v1", "ServiceMonitor": "monitoring.coreos.com/v1",
    "PrometheusRule": "monitoring.coreos.com/v1", "Probe": "monitoring.coreos.com/v1",
    "ScrapeConfig": "monitoring.coreos.com/v1alpha1",
}


def want(what, ok):
    global failed
    if not ok:
        failed = True
        print("FAIL:", os.path.basename(folder), what)


def covers(selector, labels):
    return bool(selector) and all(labels.get(k) == v for k, v in selector.items())


documents = [d for d in yaml.safe_load_all(open(f"{folder}/all.yaml")) if d]
by_kind = {}
for d in documents:
    want(f"{d['kind']} is {API.get(d['kind'])}", API.get(d["kind"]) == d["apiVersion"])
    name = d["metadata"]["name"]
    want(f"name {name}", re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?", name))
    want(f"{name} once", name not in by_kind.setdefault(d["kind"], {}))
    by_kind[d["kind"]][name] = d
for kind in ("StatefulSet", "Service", "ConfigMap", "NetworkPolicy", "ServiceMonitor", "PrometheusRule"):
    want(f"a {kind}", by_kind.get(kind))
want("no secret in clear", "Secret" not in by_kind)
service = by_kind["Service"]["getvpn-exporter"]
config = by_kind["ConfigMap"]["getvpn-exporter"]["data"]
options = set(re.findall(r"^ *(--[a-z.-]+)", open(help_file).read(), re.M))

shards = []
for name, s in by_kind["StatefulSet"].items():
    spec, pod = s["spec"], s["spec"]["template"]
    labels, p = pod["metadata"]["labels"], pod["spec"]
    want(f"{name}: its own pods", covers(spec["selector"]["matchLabels"], labels))
    for other, o in by_kind["StatefulSet"].items():
        want(f"{name}: not those of {other}", other == name or not covers(
            o["spec"]["selector"]["matchLabels"], labels))
    want(f"{name}: one replica", spec["replicas"] == 1)
    want(f"{name}: its service", spec["serviceName"] in by_kind["Service"])
    want(f"{name}: in the service", covers(service["spec"]["selector"], labels))
    for policy in by_kind["NetworkPolicy"].values():
        want(f"{name}: in the policy", covers(policy["spec"]["podSelector"]["matchLabels"], labels))
    # The restricted profile of the Pod Security Standards.
    c, = p["containers"]
    security = p["securityContext"]
    want(f"{name}: nobody", security["runAsNonRoot"] and security["runAsUser"] == 10848)
    want(f"{name}: seccomp", security["seccompProfile"] == {"type": "RuntimeDefault"})
    want(f"{name}: no rights", c["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]}})
    want(f"{name}: no token", p["automountServiceAccountToken"] is False)
    for key in ("hostNetwork", "hostPID", "hostIPC", "initContainers"):
        want(f"{name}: no {key}", key not in p)
    want(f"{name}: a ceiling on memory", "memory" in c["resources"]["limits"])
    for probe in ("livenessProbe", "readinessProbe"):
        want(f"{name}: {probe}", c[probe]["exec"]["command"] == ["/usr/bin/getvpn_healthy"])
    # Volumes are there and are mounted, files of secrets closed to others.
    volumes = {v["name"]: v for v in p["volumes"]}
    volumes.update({v["metadata"]["name"]: v for v in spec["volumeClaimTemplates"]})
    mounts = {m["mountPath"]: volumes.get(m["name"]) for m in c["volumeMounts"]}
    want(f"{name}: volumes and mounts", sorted(m["name"] for m in c["volumeMounts"]) == sorted(volumes))
    for v in volumes.values():
        if "secret" in v:
            want(f"{name}: secret {v['name']}", v["secret"]["secretName"] in SECRETS)
            want(f"{name}: closed to others", v["secret"]["defaultMode"] & 0o7 == 0)
        elif "configMap" in v:
            want(f"{name}: ConfigMap", v["configMap"]["name"] in by_kind["ConfigMap"])
        else:
            want(f"{name}: volume {v}", "accessModes" in v.get("spec", {}))
    # Arguments that this exporter knows, and files that are there.
    env = {e["name"]: e["value"] for e in c["env"]}
    args = [re.sub(r"\$\((\w+)\)", lambda m: env[m[1]], a) for a in c["args"]]
    for a in args:
        key, _, value = a.partition("=")
        want(f"{name}: option {key}", key in options)
        if value.startswith("/etc/getvpn-exporter/"):
            want(f"{name}: {value}", value.rsplit("/", 1)[1] in config)
    shards += [a.partition("=")[2] for a in args if a.startswith("--shard=")]
    # Secrets that the configuration names are those that are mounted.
    for text in config.values():
        for path, key in re.findall(r"(/run/secrets/[a-z-]+)/([a-z.-]+)", text):
            v = mounts.get(path)
            want(f"{name}: {path}/{key}", v and key in SECRETS[v["secret"]["secretName"]])
    port, = (x for x in c["ports"] if x["name"] == service["spec"]["ports"][0]["targetPort"])
    want(f"{name}: port", port["containerPort"] == 10848)
want(f"shards {shards}", sorted(shards) == [f"{i}/{len(shards)}" for i in range(len(shards))])

for m in by_kind["ServiceMonitor"].values():
    want("monitors the service", covers(m["spec"]["selector"]["matchLabels"], service["metadata"]["labels"]))
    ports = {x["name"] for x in service["spec"]["ports"]}
    for e in m["spec"]["endpoints"]:
        want("at a port of it", e["port"] in ports and e["honorLabels"])
        tls = any(a.startswith("--web.config.file=") for s in by_kind["StatefulSet"].values()
                  for a in s["spec"]["template"]["spec"]["containers"][0]["args"])
        want("by TLS where it is served, and there alone", (e.get("scheme") == "https") == tls)
        if tls:
            t = e["tlsConfig"]
            for ref in (t["ca"]["secret"], t["cert"]["secret"], t["keySecret"]):
                want(f"secret {ref}", ref["key"] in SECRETS.get(ref["name"], ()))
for p in by_kind["NetworkPolicy"].values():
    want("both ways", sorted(p["spec"]["policyTypes"]) == ["Egress", "Ingress"])
    for rule in p["spec"]["ingress"] + p["spec"]["egress"]:
        want("ports and peers are named", rule.get("ports") and (rule.get("to") or rule.get("from")))
rule, = by_kind["PrometheusRule"].values()
want("the rules", rule["spec"] == yaml.safe_load(open(rules_file)))

# The operator's ways to ask one device at a time.
here = "getvpn-exporter:10848"
for p in by_kind.get("Probe", {}).values():
    want("the prober", p["spec"]["prober"] == {"url": here, "path": "/probe"})
    want("has targets", p["spec"]["targets"]["staticConfig"]["static"])
    want("which are open", "ad_hoc:" in config["getvpn-exporter.yml"])
for s in by_kind.get("ScrapeConfig", {}).values():
    spec = s["spec"]
    want("the targets", spec["httpSDConfigs"] == [{"url": f"http://{here}/sd"}])
    want("asked by /probe", spec["metricsPath"] == "/probe")
    want("as target", {"sourceLabels": ["__address__"], "targetLabel": "__param_target"} in spec["relabelings"])
    want("of the exporter", spec["relabelings"][-1] == {"targetLabel": "__address__", "replacement": here})

# For --config.check: the pod's paths become ours.
text = config["getvpn-exporter.yml"].replace("/run/secrets/getvpn-exporter/", f"{folder}/secrets/")
text = f"state_directory: {folder}\n" + text
os.makedirs(f"{folder}/secrets")
for key in SECRETS["getvpn-exporter-secrets"]:
    open(f"{folder}/secrets/{key}", "w").write("nobody-s-secret\n")
open(f"{folder}/known_hosts", "w").write(config["known_hosts"])
open(f"{folder}/getvpn-exporter.yml", "w").write(text)
sys.exit(failed)
