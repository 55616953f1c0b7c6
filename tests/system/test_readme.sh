#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The README tells the truth: its configuration is valid, its metrics are those of the tables,
# its links lead somewhere, the tool's examples run.
# usage: test_readme.sh SOURCE-ROOT GETVPN_EXPORTER GETVPNTOOL
set -u
root=$1 exporter=$2 tool=$3
readme=$root/README.md
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() { printf 'FAIL %s\n' "$1"; failed=1; }

# --- the configuration ---
umask 077
sed -n '/^```yaml$/,/^```$/p' "$readme" | sed '1d;$d' >"$dir/getvpn.yml"
for secret in snmp-auth snmp-priv ssh-password; do echo "not-a-secret" >"$dir/$secret"; done
: >"$dir/known_hosts"
said=$("$exporter" --config.file="$dir/getvpn.yml" --config.check 2>&1) || fail "configuration: $said"
grep -q '^targets: 3 (snmp 3, ssh 3' <<<"$said" || fail "three targets: $said"

# --- the metrics, both ways ---
sed -n 's/^ *{\.name = "\([a-z_]*\)".*/\1/p' "$root"/exporter/render/metrics_*.c |
    grep '^getvpn_' | sort >"$dir/tables"
sed -n 's/^| `\(getvpn_[a-z_]*\)` |.*/\1/p' "$readme" | sort >"$dir/reference"
[ -s "$dir/tables" ] || fail "no metric found in the tables"
diff "$dir/tables" "$dir/reference" || fail "metrics: < only in the tables, > only in the README"

# --- links ---
grep -oP '\]\(\K[^)]+' "$readme" | while read -r link; do
    [ -e "$root/$link" ] || echo "$link"
done >"$dir/dead"
[ ! -s "$dir/dead" ] || fail "links to nothing: $(tr '\n' ' ' <"$dir/dead")"

# --- the tool ---
grep -E '^    getvpntool (timing|interop) ' "$readme" | sed 's/ *#.*//' >"$dir/examples"
[ "$(wc -l <"$dir/examples")" -ge 2 ] || fail "the tool's examples are gone"
while read -r line; do
    (getvpntool() { "$tool" "$@"; }; eval "$line") >/dev/null || fail "$line"
done <"$dir/examples"
exit "$failed"
