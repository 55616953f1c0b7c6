#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every secret of a configuration is a word that stands nowhere else. The exporter uses
# them all against the lab, well and wrongly; then all that it ever put out is searched.
# usage: test_canary.sh GETVPN_EXPORTER GETVPNTOOL GETVPN_LAB
set -u
exporter=$1
tool=$2
lab=$3
. "$(dirname "$0")/common.sh"
out=$dir/out # what came out: nothing else is searched
mkdir "$out"
fetch() { # PATH FILE [CURL OPTION...]
    curl -sS -m 20 "${@:3}" "http://127.0.0.1:$port$1" >"$out/$2" 2>>"$out/curl"
}

cat >"$dir/fleet.yml" <<'END'
profiles:
  default:
    snmp: {community: canary-community}
    ssh: {user: monitor, password: canary-password}
groups:
  - {name: G1, id: 7, kek_lifetime: 1200, tek_lifetime: 600, rekey_in: 300}
devices:
  - {name: ks, address: 127.33.0.1, ks: G1, format: 17, os: ios-xe, version: 17.09.04a,
     gdoi_version: 1.0.27, ssh: {enable: canary-enable},
     snmp: {version: v3, user: monitor, auth: sha256, auth_password: canary-auth-secret,
            priv: aes128, priv_password: canary-priv-secret}}
  - {name: gm, address: 127.33.0.2, gm: G1, format: 15, version: 15.7(3)M8}
END
lab_start "$lab" --any-port --exporter-config "$dir/config.yml" --quiet
control=$(grep -alr canary- --include='*password' --include='*community' "$dir" | wc -l)
check "the configuration names the secrets" [ "$control" -ge 4 ]

# One more profile, from every other source, with secrets that are wrong.
printf 'canary-credential\n' >"$dir/pass"
export CREDENTIALS_DIRECTORY=$dir CANARY=canary-environment
sed -i '/^known_hosts/,$!b
/^known_hosts/i\
    other: {user: monitor, password_env: CANARY, enable: canary-inline, key_file: none,\
            passphrase_credential: pass}
/^targets:/a\
  - {name: refused, address: 127.33.0.2, ssh: other, snmp_port: 9, ssh_port: PORT}' \
    "$dir/config.yml"
sed -i "s/PORT/$(sed -n '/name: "gm"/,$s/.*ssh_port: *//p' "$dir/config.yml" | head -n 1)/" \
    "$dir/config.yml"

# As nobody, where we may: then the owner of /proc/PID tells whether it can be dumped.
as=()
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    chown -R 65534:65534 "$dir"
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    "${as[@]}" test -x "$exporter" || as=()
fi

cd "$out" || exit 1
ulimit -c unlimited 2>/dev/null
"${as[@]}" "$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 \
    --log.level=debug --log.format=json 2>"$out/log" &
pid=$!
port=$(port_of "$out/log") || exit 1

for target in ks gm refused; do
    fetch "/probe?target=$target" "probe-$target"
    fetch "/probe?target=$target&debug=true" "debug-$target"
    fetch "/api/v1/devices/$target" "device-$target"
done
check "answers of the devices are shown" has '^answers to \(snmp\|ssh\), secrets hidden' "$out/debug-ks"
check "the secrets were right" has '^getvpn_collector_success{device="ks",collector="ssh"} 1' \
    "$out/probe-ks"
check "also those of SNMPv3" has '^getvpn_collector_success{device="ks",collector="snmp"} 1' \
    "$out/probe-ks"
check "and the others wrong" has '^getvpn_up{device="refused"} 0' "$out/probe-refused"
for path in / /metrics /config /sd /api/v1/fleet /api/v1/groups/G1 /api/v1/rekeys; do
    fetch "$path" "page${path//\//-}"
done
fetch /metrics openmetrics -H 'Accept: application/openmetrics-text; version=1.0.0'
check "shown as set" [ "$(grep -o '<set>' "$out/page-config" | wc -l)" -ge 7 ]
cat "/proc/$pid/cmdline" >"$out/cmdline"
check "no core" grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits"
[ ${#as[@]} = 0 ] || check "not dumpable" same "$(stat -c %U "/proc/$pid/status")" root

# Secrets that have become wrong, then a file whose faults stand beside its secrets.
for secret in "$dir"/*password "$dir"/*community; do printf 'canary-changed\n' >"$secret"; done
kill -HUP "$pid"
wait_for 'configuration loaded' "$out/log"
fetch '/probe?target=ks' wrong-ks
check "now wrong" has '^getvpn_collector_success{device="ks",collector="ssh"} 0' "$out/wrong-ks"
cp "$dir/config.yml" "$dir/good.yml"
sed -i 's/^  ssh:/  ssh:\n    worse: {user: u, pasword: canary-typed, enable: [canary-list]}/' \
    "$dir/config.yml"
kill -HUP "$pid"
wait_for 'was not reloaded' "$out/log"
"$exporter" --config.file="$dir/config.yml" --config.check >"$out/check" 2>&1
check "a bad file" same $? 1
"$exporter" --config.file="$dir/good.yml" --config.check >"$out/check-good" 2>&1
check "a good one" same $? 0
"$exporter" --config.file="$dir/good.yml" --once >"$out/once" 2>"$out/once-err"
check "fails" same $? 1
"$tool" poll ks --config.file "$dir/good.yml" --json >"$out/tool" 2>"$out/tool-err"
check "refused" same $? 1
"$tool" poll refused --config.file "$dir/config.yml" >"$out/tool-bad" 2>&1
check "every line of the log is JSON" jq -es 'length > 10' "$out/log" >/dev/null
check "a warning stays one" same "$(grep -c "\"error\".*warning:" "$out/log")" 0

kill -SEGV "$pid"
wait "$pid" 2>/dev/null
pid=
check "no secret in what came out" same "$(grep -alr canary- "$out")" ""
finish
