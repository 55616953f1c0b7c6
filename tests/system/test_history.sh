#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The history of a running exporter: killed around a rekey it judges the same and its counters
# go on; read beside it by getvpntool; a corrupt, a foreign and an impossible file.
# usage: test_history.sh GETVPN_EXPORTER GETVPNTOOL GETVPN_LAB
set -u
exporter=$(realpath "$1")
tool=$(realpath "$2")
lab=$(realpath "$3")
command -v jq >/dev/null || { echo "skipped: no jq"; exit 77; }
. "$(dirname "$0")/common.sh"
fetch() { curl -sS -m 10 "http://127.0.0.1:$port$1"; }
metric() { fetch /metrics | sed -n "s/^getvpn_exporter_history_$1 //p"; }

cat >"$dir/fleet.yml" <<'END'
profiles:
  default:
    snmp: {port: 11620, version: v2c, community: lab-community}
groups:
  - {name: G1, id: 3333, kek_lifetime: 600, tek_lifetime: 300, rekey_in: 40}
devices:
  - {name: ks, address: 127.52.0.1, ks: G1}
  - {name: gm, address: 127.52.0.11, gm: G1}
END
printf 'lab-community\n' >"$dir/community"
cat >"$dir/config.yml" <<END
credentials: {snmp: {lab: {version: 2c, community_file: community}}}
defaults: {snmp: lab, snmp_port: 11620, interval: 2s, snmp_timeout: 1s}
targets:
  - {name: ks, address: 127.52.0.1}
  - {name: gm, address: 127.52.0.11}
state_directory: $dir/state
history: {keep_days: 30}
END
mkdir "$dir/state"
cd "$dir" || exit 1
lab_start "$lab" --exporter-config lab.yml --quiet

start() {
    : >log
    "$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 2>>log &
    pid=$!
    port=$(port_of log) || exit 1
}
rekeys() { "$tool" history --json --database state/history.db | jq -e ".rekeys | $1"; }

# Killed before the rekey, as soon as both devices are known to the file.
start
check "known" until_true rekeys 'length == 0'
check "written" until_true eval '[ "$(metric records_total)" -ge 2 ]'
kill -9 "$pid"
wait "$pid" 2>/dev/null
pid=
start
check "the rekey is told" until_true rekeys 'length == 1'
check "its row" rekeys '.[0] | .group == "G1" and .ks == "ks" and .verdict == "on_time" and
    .lead_seconds > 218 and .lead_seconds < 232 and .expected_lead_seconds == 225 and
    (.old_spi | test("^0x[0-9A-F]{32}$")) and (.new_spi | test("^0x[0-9A-F]{32}$"))' >/dev/null
"$tool" history --database state/history.db --group 3333 --since 1h >out 2>&1
check "as text" has '^20.*Z G1 \+ks \+on_time \+lead 2[23][0-9.]\+ s, expected 225 s, KEK 0x.* -> 0x' out
check "no other group" same "$("$tool" history --database state/history.db --group G2 2>&1)" \
    "getvpntool: no such rekey"
check "none before it" same \
    "$("$tool" history --json --database state/history.db --since 2099-01-01 | jq -c .)" \
    '{"rekeys":[]}'
api=$(fetch /api/v1/rekeys)
check "the API tells the same" same "$(jq -Sc '.history' <<<"$api")" \
    "$("$tool" history --json --database state/history.db | jq -Sc .rekeys)"

# Killed after it: the counters go on.
count() { fetch /metrics | sed -n 's/^getvpn_kek_rekeys_total{device="ks",group="G1",verdict="on_time"} //p'; }
check "counted" until_true eval '[ "$(count)" = 1 ]'
kill -9 "$pid"
wait "$pid" 2>/dev/null
pid=
start
check "still counted" until_true eval '[ "$(count)" = 1 ]'
check "and its verdict stands" until_true eval \
    'fetch /api/v1/rekeys | jq -e ".rekeys[0].verdict == \"on_time\""'
check "its row is there" same "$(fetch /api/v1/rekeys | jq '.history | length')" 1
check "for its owner" same "$(stat -c %a state/history.db)" 600

# A corrupt file: set aside, a new one begun, said aloud; the next states are in it.
kill "$pid"
wait "$pid"
pid=
head -c 20000 /dev/urandom | dd of=state/history.db bs=1 seek=100 conv=notrunc status=none
rm -f state/history.db-wal
start
check "set aside" same "$(echo state/history.db.corrupt-*Z | wc -w)" 1
check "it is there" [ -f state/history.db.corrupt-*Z ]
check "said aloud" has 'level="\?error"\? .*history .*history.db is corrupt .*history.db.corrupt-.*a new one is begun' log
check "in the metric" same "$(metric set_aside_total)" 1
check "written anew" until_true eval '[ "$(metric records_total)" -ge 2 ]'
check "well" same "$(metric success)" 1
kill "$pid"
wait "$pid"
check "stops well" same $? 0
pid=

# Files that cannot be had: everything else is served.
"$tool" history --json --database state/none.db >out 2>err
check "no file" same "$? $(jq -r .error.step out)" "1 database"
"$tool" history --database community >out 2>err
check "no database" same $? 1
"$tool" history >out 2>err
check "no --database" same $? 2
"$tool" history --database state/history.db --since yesterday >out 2>err
check "no such time" same $? 2
sed -i "s|^history:.*|history: {database: $dir/no/where.db}|" config.yml
start
check "polled all the same" until_true eval '[ "$(fetch /metrics | grep -c "^getvpn_up{.*} 1")" = 2 ]'
check "said once" until_true eval '[ "$(grep -c "cannot be written" log)" = 1 ]'
check "in the metric too" same "$(metric success)" 0
mkdir no
check "and used when it can be" until_true eval '[ "$(metric success)" = 1 ]'
check "said" has 'is written again' log
sed -i '/^history:/d' config.yml
kill -HUP "$pid"
check "without it no metric" until_true eval '[ -z "$(metric success)" ]'
kill "$pid"
wait "$pid"
pid=

# A full disk, where we may mount one: said, served all the same, and used again when there is room.
mkdir small
if unshare -rm mount -t tmpfs -o size=400k none small 2>/dev/null; then
    printf 'history: {database: %s/small/history.db}\n' "$dir" >>config.yml
    : >log
    unshare -rm sh -c 'mount -t tmpfs -o size=400k none small && exec "$@"' sh \
        "$exporter" --config.file=config.yml --web.listen-address=127.0.0.1:0 2>>log &
    pid=$!
    port=$(port_of log) || exit 1
    check "written to a small disk" until_true eval '[ "$(metric records_total)" -ge 2 ]'
    dd if=/dev/zero of="/proc/$pid/root$dir/small/filler" bs=4k status=none 2>/dev/null
    check "full" until_true eval '[ "$(metric success)" = 0 ]'
    check "said" has 'cannot be written' log
    check "polled all the same" same "$(fetch /metrics | grep -c '^getvpn_up{.*} 1')" 2
    rm "/proc/$pid/root$dir/small/filler"
    check "used again" until_true eval '[ "$(metric success)" = 1 ]'
else
    echo "no full disk: we may not mount one"
fi
finish
