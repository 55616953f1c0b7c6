#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The manifests, rendered, against the schemas of Kubernetes and the Prometheus operator.
# usage: check_schemas.sh MANIFESTS
set -u
here=$(realpath "$(dirname "$0")")
for tool in kubectl python3 node; do command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }; done
python3 -c 'import yaml' 2>/dev/null || { echo "skipped: no python3-yaml"; exit 77; }
cmp -s "$here/package-lock.json" "$here/node_modules/.installed" ||
    { echo "skipped: no npm packages; deploy/install-deps --tests fetches them"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
ln -s "$here/node_modules" "$dir/node_modules"
for folder in "$1"/base "$1"/overlays/*; do
    kubectl kustomize "$folder" >"$dir/yaml" 2>"$dir/log" && python3 -c '
import json, sys, yaml
print(json.dumps([d for d in yaml.safe_load_all(sys.stdin) if d]))' <"$dir/yaml" >"$dir/${folder##*/}.json" || { cat "$dir/log"; exit 1; }
done
node "$here/schemas.mjs" "$dir"
