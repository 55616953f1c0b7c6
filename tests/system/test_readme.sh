#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The README tells the truth: its configurations and the example are valid, its figures and
# metrics are those of the tables, its links lead somewhere, the tool's examples run.
# usage: test_readme.sh SOURCE-ROOT GETVPN_EXPORTER GETVPNTOOL
set -u
root=$1 exporter=$2 tool=$3
readme=$root/README.md
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() { printf 'FAIL %s\n' "$1"; failed=1; }

# --- the configurations ---
umask 077
awk -v dir="$dir" '/^```yaml$/ { name = dir "/" ++n ".yml"; next } /^```$/ { name = "" }
    name != "" { print >name }' "$readme"
for secret in snmp-auth snmp-priv ssh-password gdoi-psk; do echo "not-a-secret-of-anybody" >"$dir/$secret"; done
: >"$dir/known_hosts"
check() { # FILE WHAT-THE-SUMMARY-SAYS...
    said=$("$exporter" --config.file="$dir/$1" --config.check 2>&1) || fail "$1: $said"
    for want in "${@:2}" 'warnings: 0$'; do
        grep -q "^$want" <<<"$said" || fail "$1: no '$want': $said"
    done
}
check 1.yml 'targets: 3 (snmp 3, ssh 3'
check 2.yml 'probes: 1$'
cp "$root/deploy/examples/getvpn-exporter.yml" "$dir/example.yml"
mkdir "$dir/credentials"
for secret in snmp-auth snmp-priv ssh-password; do cp "$dir/$secret" "$dir/credentials/secret_$secret"; done
CREDENTIALS_DIRECTORY=$dir/credentials check example.yml 'targets: 3 (snmp 3, ssh 3'
cat "$dir/1.yml" "$dir/3.yml" >"$dir/events.yml"
check events.yml 'targets: 3 (snmp 3, ssh 3'
[ ! -e "$dir/4.yml" ] || fail "a configuration that is not checked here"

# --- the figures: each row stands in the benchmarks' own table ---
sed -n '/^## Measured$/,/^## Limits$/p' "$readme" | grep '^| ' | grep -v '^| figure ' >"$dir/figures"
[ -s "$dir/figures" ] || fail "no figure found"
while IFS= read -r row; do
    awk -v row="$row" 'index($0, row) == 1 { found = 1 } END { exit !found }' \
        "$root/tests/bench/README.md" || fail "not in tests/bench/README.md: $row"
done <"$dir/figures"

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
