#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sim_run can fail, and says why: a test that cannot is none.
set -eu
run=$1
random=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# A sound scenario; each fault below is one line of it changed.
cat > "$dir/sound" <<'END'
# A new KS and a member, for an hour.
for: 3600
exporter: {by: snmp}
fleet:
  profiles:
    default: {snmp: {}, ssh: {}}
  groups:
    - {name: G1, id: 7, kek_lifetime: 3600, rekey_in: 600}
  devices:
    - {name: ks1, address: 127.1.0.1, ks: G1}
    - {name: gm1, address: 127.1.1.1, gm: G1}
events:
  - {at: 100, do: blind}
  - {at: 200, do: see}
expect:
  - {device: ks1, group: G1, on_time: 1}
END
"$run" "$dir/sound" > "$dir/out" || { cat "$dir/out"; exit 1; }

# fault NAME SED-SCRIPT MESSAGE: must fail, and say so.
fault() {
    sed "$2" "$dir/sound" > "$dir/$1"
    if "$run" "$dir/$1" > "$dir/out" 2>&1; then
        echo "FAIL $1: passed"
        exit 1
    fi
    grep -q -e "$3" "$dir/out" || { echo "FAIL $1: said:"; cat "$dir/out"; exit 1; }
}
fault wrong-count 's/on_time: 1/on_time: 2/' 'line 16: at 3600 s: ks1 in G1: on_time: 1, expected 2'
fault no-purpose '1d' 'expected .# . and one sentence of purpose'
fault unknown-key 's/^for:/four:/' ':2:1: unknown key in scenario; known: for'
fault unknown-device 's/device: ks1/device: ks9/' "no device 'ks9' in the fleet"
fault unknown-field 's/on_time/in_time/' 'unknown key in an expectation'
fault unknown-action 's/do: see/do: look/' 'expected one of: rekey, set'
fault no-subject 's/device: ks1, group: G1, on_time: 1/on_time: 1/' "expected .group."
fault no-range 's/on_time: 1/on_time: one/' 'expected a number, a range'
fault not-yaml 's/^events:/events: {/' 'not YAML'
fault never-said 's/^expect:/never:\n  - {device: ks1, ks_behaviour: new}\nexpect:/' 'must never be said'
# An image called new that rekeys at expiry: the version claims what is not true.
fault false-claim 's/ks: G1}/ks: G1, behaviour: old, version: 15.7(3)M8}/' 'false behaviour: ks1 as KS is new'
"$run" /nonexistent > "$dir/out" && exit 1
grep -q 'No such file' "$dir/out"

# The same seed gives the same fleet, and another seed another.
"$random" --print 5 > "$dir/five"
"$random" --print 5 | cmp - "$dir/five"
! "$random" --print 6 | cmp -s - "$dir/five"
echo "all said"
