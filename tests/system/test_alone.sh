#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The demonstration's fleet with one way to look at it alone: probes, syslog, SNMP, SSH, RESTCONF.
# Each finds the mismatched group, or its old key server, and says on what evidence; an exporter
# that is killed and started anew says the same.
# usage: test_alone.sh GETVPN_EXPORTER GETVPN_LAB SCENARIO
set -u
exporter=$1
lab=$2
command -v jq >/dev/null || { echo "skipped: no jq"; exit 77; }
. "$(dirname "$0")/common.sh"
ways="probe syslog snmp ssh restconf"
declare -A running ports

# Members register first 41 s before the KEK expires: that is to be after the first poll, on a
# busy machine too.
sed 's/rekey_in: 60/rekey_in: 90/' "$3" >"$dir/fleet.yml"

# --- five configurations ---
# Nobody is asked, and who may send is known by its address.
mkdir "$dir"/{probe,syslog,snmp,ssh,restconf}
{
    printf '%s\n' 'syslog: {listen: ["127.0.0.1:0"]}' "state_directory: $dir/syslog" \
        'history: {keep_days: 30}' 'targets:'
    while read -r name address; do
        echo "  - {name: $name, address: $address, collectors: [events]}"
    done <<'END'
ks-voice 127.10.2.1
voice-a01 127.10.2.11
voice-a02 127.10.2.12
voice-a03 127.10.2.13
voice-a04 127.10.2.14
voice-b01 127.10.2.31
voice-b02 127.10.2.32
voice-old 127.10.2.41
ks-frankfurt 127.10.1.1
branch-c01 127.10.1.41
END
} >"$dir/syslog.yml"

# Of the generated configuration the targets of a name, with the keys of that way alone.
polled_by() { # WAY NAMES
    awk -v way="$1" -v names="$2" '
        /^targets:/ { print; on = 1; next }
        /^[a-z]/ { on = 0 }
        on && /^  - name:/ { if (has) printf "%s", block; block = ""; has = 0; wanted = $0 ~ names }
        on { if ($1 == way ":") has = wanted; if ($1 !~ /^(snmp|ssh|restconf)/ || $1 ~ "^" way) block = block $0 "\n"; next }
        /^(groups|probes|state_directory):/ { exit }
        { print }
        END { if (has) printf "%s", block }' "$dir/all.yml" | sed 's/interval: 10s/interval: 5s/'
    printf '%s\n' "state_directory: $dir/$1" 'history: {keep_days: 30}'
}

# Probes without any target: the key servers have no names then.
probes_alone() {
    sed -n '/^credentials:/,/^known_hosts:/p' "$dir/all.yml" | sed '$d' |
        awk '/^  [a-z]/ { on = $1 == "gdoi:" } on || /^credentials/'
    echo "state_directory: $dir/probe"
    sed -n '/^probes:/,/^[a-o,q-z]/p' "$dir/all.yml" |
        sed 's/ks: "ks-frankfurt"/ks: 127.10.1.1/; s/ks: "ks-voice"/ks: 127.10.2.1/
            s/ks: "ks-cameras"/ks: 127.10.3.1/; /^state/d; /^groups/d'
}

start() { # WAY
    "$exporter" --config.file="$dir/$1.yml" --web.listen-address=127.0.0.1:0 \
        2>"$dir/$1.log" &
    running[$1]=$!
    ports[$1]=$(port_of "$dir/$1.log") || exit 1
    pids=("${running[@]}")
}
stop() { # WAY SIGNAL
    kill "-$2" "${running[$1]}"
    wait "${running[$1]}" 2>/dev/null
    unset "running[$1]"
    pids=("${running[@]}")
}
get() { curl -sS -m 20 "http://127.0.0.1:${ports[$1]}$2"; } # WAY PATH

# What is said of the old key server of VOICE: which, old or new, by what; and the sentence.
group_of() { [ "$1" = probe ] && echo 2002 || echo VOICE; }
said() { # WAY
    get "$1" "/api/v1/groups/$(group_of "$1")" 2>/dev/null |
        jq -c '.group.interop[0] | [.ks, .outcome, .ks_behavior,
            (.ks_evidence.evidence[0] | .source, .confidence)]' 2>/dev/null
}
evidence() { get "$1" "/api/v1/groups/$(group_of "$1")" | jq -Sc '[.group.interop[] | .ks, .ks_evidence]'; } # WAY

want() { # WAY
    case $1 in
    probe) echo '["127.10.2.1","unknown","old","probe","certain"]' ;;
    syslog) echo '["ks-voice","mismatch","old","syslog","certain"]' ;;
    snmp) echo '["ks-voice","mismatch","old","timing","likely"]' ;;
    restconf) echo '["10.10.2.1","mismatch","old","timing","certain"]' ;;
    ssh) echo '["ks-voice","mismatch","old","timing","certain"]' ;;
    esac
}
is_said() { [ "$(said "$1")" = "$(want "$1")" ]; }

start syslog
port=$(sed -n 's/.*syslog: listening on [^ ]* port \([0-9]*\).*/\1/p' "$dir/syslog.log")
lab_start "$lab" --any-port --exporter-config "$dir/all.yml" --syslog-to "127.0.0.1:$port" --quiet
probes_alone >"$dir/probe.yml"
polled_by snmp 'voice|ks-|branch-c' >"$dir/snmp.yml"
polled_by ssh 'voice|ks-|branch-c' >"$dir/ssh.yml"
polled_by restconf . >"$dir/restconf.yml"
for way in snmp ssh restconf; do
    check "only $way" same "$(grep -cE '^    (snmp|ssh|restconf): ' "$dir/$way.yml")" \
        "$(grep -cE "^    $way: " "$dir/$way.yml")"
done
check "some RESTCONF" same "$(grep -cE '^    restconf: ' "$dir/restconf.yml")" 13
check "no target" same "$(grep -c '^targets' "$dir/probe.yml")" 0
for way in probe snmp ssh restconf; do start "$way"; done

# --- each finds it ---
for way in $ways; do
    for _ in $(seq 900); do is_said "$way" && break; sleep 0.25; done
    check "by $way alone" same "$(said "$way")" "$(want "$way")"
    check "by $way: no other group" same \
        "$(get "$way" /metrics | grep '^getvpn_interop_mismatch{.*} 1$' | grep -vc 'group="VOICE"')" 0
    evidence "$way" >"$dir/$way.before"
done
sentence() { jq -r '.[1].evidence[0].text' "$dir/$1.before"; }
check "a probe's sentence" like "$(sentence probe)" \
    '^(a registration gave a KEK that had only [0-9.]+ s left|a KEK rekey with a valid signature came )'
check "of events" like "$(sentence syslog)" \
    '^voice-[ab]0[1-4] registered [0-9]+ s before its KEK expired, got the same KEK, and registered again [0-9]+ s after$'
check "of registrations counted" like "$(sentence restconf)" '^voice-b0[12] registered twice around the end of a KEK'
check "what a probe alone cannot know" same \
    "$(get probe /api/v1/groups/2002 | jq -c '.group | [.members_known, .interop[0].members_new, (.interop[0].text | test("if there is any"))]')" \
    '[0,0,true]'
check "the probe itself, in its group" same \
    "$(get probe /api/v1/groups/2002 | jq -c '[.probes[] | .ks]')" '["127.10.2.1"]'
check "no contradiction between collectors, for there is one" same \
    "$(get restconf /metrics | grep -c '^getvpn_collector_disagreement')" 0

# --- killed, and started anew: who is polled shows it with its next answer ---
records() { get "$1" /metrics | sed -n 's/^getvpn_exporter_history_records_total //p'; }
for way in snmp ssh restconf; do
    before=$(records "$way")
    check "$way: written" until_true eval "[ \"\$(records $way)\" -gt \"$before\" ]"
    stop "$way" KILL
    start "$way"
done
for way in snmp ssh restconf; do
    check "$way: the pair is there again" until_true eval \
        "get $way /api/v1/groups/VOICE | jq -e '.group.interop | length > 0'"
    check "$way, started anew" same "$(said "$way")" "$(want "$way")"
done

# --- who is told shows it at once, with the fleet gone ---
kill "$lab_pid"
wait "$lab_pid" 2>/dev/null
lab_pid=
for way in probe syslog; do evidence "$way" >"$dir/$way.before"; done
for manner in TERM KILL; do
    for way in probe syslog; do
        stop "$way" "$manner"
        start "$way"
        check "$way, after SIG$manner" same "$(evidence "$way")" "$(cat "$dir/$way.before")"
        check "$way, after SIG$manner" same "$(said "$way")" "$(want "$way")"
    done
done
check "the probe's metric" same \
    "$(get probe /metrics | sed -n 's/^getvpn_probe_ks_behavior{.*ks="127.10.2.1".*behavior="old"} //p')" 1
check "the mismatch's" same \
    "$(get syslog /metrics | sed -n 's/^getvpn_interop_mismatch{group="VOICE",ks="ks-voice"} //p')" 1
finish
