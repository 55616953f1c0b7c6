#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The manifests: the rules in them are those of dashboards/rules, each folder renders, and what comes
# out is whole, restricted, and starts this exporter.
# usage: check_kubernetes.sh SOURCE-ROOT GETVPN_EXPORTER
set -u
root=$1 exporter=$2
here=$(realpath "$(dirname "$0")")
for tool in kubectl python3; do command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }; done
python3 -c 'import yaml' 2>/dev/null || { echo "skipped: no python3-yaml"; exit 77; }
. "$here/../system/common.sh"
manifests=$root/deploy/kubernetes
"$manifests/generate" --check || { echo "FAIL: run deploy/kubernetes/generate"; failed=1; }
"$exporter" --help >"$dir/help"
for folder in base overlays/three-shards overlays/mtls overlays/per-target overlays/ad-hoc; do
    [ -d "$manifests/$folder" ] || { echo "FAIL: $folder is gone"; failed=1; }
done
for folder in "$manifests"/base "$manifests"/overlays/*; do
    name=${folder##*/}
    mkdir "$dir/$name"
    kubectl kustomize "$folder" >"$dir/$name/all.yaml" 2>"$dir/log" ||
        { echo "FAIL: $name does not render"; cat "$dir/log"; failed=1; continue; }
    python3 "$here/kubernetes.py" "$dir/$name" "$dir/help" "$root/dashboards/rules/getvpn.rules.yml" ||
        { echo "FAIL: $name"; failed=1; continue; }
    # The configuration in it is one, with secrets where the pod has them; so is the web configuration.
    if ! "$exporter" --config.file="$dir/$name/getvpn-exporter.yml" --config.check >"$dir/log" 2>&1; then
        echo "FAIL: configuration of $name"; cat "$dir/log"; failed=1
    fi
done
finish
