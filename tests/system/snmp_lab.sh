#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The SNMP collector in the programs that people run, against the lab's SNMP face: each
# version, digest and cipher, both revisions of the MIB, Junos, refusals, bad lines,
# reboots, and the same device by SNMP and by SSH.
# usage: snmp_lab.sh GETVPN_LAB GETVPN_EXPORTER GETVPNTOOL
set -u
lab=$1
exporter=$2
tool=$3
command -v jq >/dev/null || { echo "skipped: no jq"; exit 77; }

. "$(dirname "$0")/common.sh"

# ---- The fleet ------------------------------------------------------------------------------
pairs=(none:none md5:none md5:des sha1:aes128 sha224:aes192 sha256:aes256 sha384:aes192-reeder
    sha512:aes256-reeder md5:aes256-reeder sha1:aes192)
usm='version: v3, auth: sha256, auth_password: lab-auth-secret, priv: aes128, priv_password: lab-priv-secret'
{
    cat <<END
profiles:
  default:
    snmp: {port: 1161, version: v2c, community: lab-community}
  both:
    ssh: {port: 2222, user: monitor, password: lab-password}
groups:
  - {name: LARGE, id: 3333, kek_lifetime: 86400, tek_lifetime: 3600, kek_left: 50000,
     tek_left: 3000, ghosts: 4000}
  - {key: odd, name: "a \"b\\\\c é", id: 4294967, transport: multicast, kek_lifetime: 86400,
     tek_lifetime: 3600, kek_left: 40000, tek_left: 2000}
devices:
  - {name: ks, like: both, address: 127.41.0.1, ks: [LARGE, odd]}
  - {name: ks2, address: 127.41.0.2, ks: LARGE, os: ios-xe, version: 17.09.04a,
     platform: ISR4300}
  - {name: gm, like: both, address: 127.41.0.3, gm: LARGE}
  - {name: gm-odd, like: both, address: 127.41.0.4, gm: odd}
  - {name: v1, address: 127.41.0.5, gm: odd, snmp: {version: v1}}
  - {name: ks-2010, address: 127.41.0.6, ks: odd, snmp: {mib_revision: 2010}}
  - {name: gm-2010, address: 127.41.0.7, gm: odd, snmp: {mib_revision: 2010}}
  - {name: srx, address: 127.41.0.8, gm: odd, os: junos, version: 19.4R3.11,
     platform: srx340, gdoi_version: none}
  - {name: small, address: 127.41.0.9, gm: odd, snmp: {max_message: 484}}
  - {name: wrong-community, address: 127.41.0.11, gm: odd, snmp: {community: other}}
  - {name: wrong-auth, address: 127.41.0.12, gm: odd, snmp: {user: w1, $usm}}
  - {name: wrong-priv, address: 127.41.0.13, gm: odd, snmp: {user: w2, $usm}}
  - {name: wrong-user, address: 127.41.0.14, gm: odd, snmp: {user: w3, $usm}}
  - {name: wrong-clock, address: 127.41.0.15, gm: odd, snmp: {user: w4, $usm},
     faults: {wrong_clock: true}}
  - {name: silent, address: 127.41.0.16, gm: odd, faults: {hang: true}}
  - {name: spoofed, address: 127.41.0.21, gm: odd, snmp: {back: {spoof: 1, delay: 20}}}
  - {name: only-spoofed, address: 127.41.0.22, gm: odd, snmp: {back: {spoof: 1, drop: 1}}}
  - {name: doubled, address: 127.41.0.23, gm: odd,
     snmp: {toward: {duplicate: 1}, back: {duplicate: 1, jitter: 20}}}
  - {name: shuffled, address: 127.41.0.24, gm: odd,
     snmp: {toward: {duplicate: 0.5}, back: {reorder: 0.5, jitter: 30}}}
  - {name: truncated, address: 127.41.0.25, gm: odd, snmp: {back: {truncate: 1}}}
  - {name: half-truncated, address: 127.41.0.26, gm: odd, snmp: {back: {truncate: 0.4}}}
  - {name: corrupted, address: 127.41.0.27, gm: odd, snmp: {user: l1, $usm, back: {corrupt: 1}}}
  - {name: half-corrupted, address: 127.41.0.28, gm: odd,
     snmp: {user: l2, $usm, back: {corrupt: 0.4}}}
  - {name: lossy, address: 127.41.0.29, gm: odd,
     snmp: {user: l3, $usm, toward: {drop: 0.2}, back: {drop: 0.2}}}
END
    i=101
    for pair in "${pairs[@]}"; do
        auth=${pair%:*} priv=${pair#*:}
        [ "$auth" = none ] || auth="$auth, auth_password: lab-auth-secret"
        [ "$priv" = none ] || priv="$priv, priv_password: lab-priv-secret"
        echo "  - {name: \"pair-$pair\", address: 127.41.0.$i, gm: LARGE," \
            "snmp: {version: v3, user: u$i, auth: $auth, priv: $priv}}"
        i=$((i + 1))
    done
} >"$dir/fleet.yml"

start_lab() { # SCENARIO CONFIG
    "$lab" --scenario "$1" --any-port --exporter-config "$2" --quiet >"$dir/lab.out" 2>&1 &
    pids+=($!)
    wait_for '^ready' "$dir/lab.out"
}

start_lab "$dir/fleet.yml" "$dir/config.yml"
sed -i 's/^defaults:/defaults:\n  snmp_timeout: 300ms\n  snmp_retries: 8/' "$dir/config.yml"

# The name of the credential profile of a target, and a secret in its place.
profile_of() { sed -n "/name: \"$1\"/,/snmp:/s/^ *snmp: //p" "$dir/config.yml"; }
printf 'not-this-one' >"$dir/$(profile_of wrong-community).community"
printf 'not-this-one' >"$dir/$(profile_of wrong-auth).auth_password"
printf 'not-this-one' >"$dir/$(profile_of wrong-priv).priv_password"
sed -i 's/user: "w3"/user: "nobody"/' "$dir/config.yml"

# Two tries for those who will not answer at all.
sed 's/snmp_retries: 8/snmp_retries: 1/' "$dir/config.yml" >"$dir/brief.yml"

# poll NAME [COLLECTOR]: the observation into $dir/seen, the exit status into $status.
config=config.yml
poll() {
    "$tool" poll "$1" --config.file "$dir/$config" --collector "${2:-snmp}" --json \
        >"$dir/seen" 2>"$dir/err"
    status=$?
    check "$1: no secret" like "$(! grep -hoE 'lab-[a-z]*-?(secret|community)|not-this-one' \
        "$dir/seen" "$dir/err" && echo none)" '^none$'
}
seen() { jq -c "$1" <"$dir/seen"; }
reason() { jq -r '.error.reason // "none"' <"$dir/seen"; }

# ---- Every version and pair -----------------------------------------------------------------
gm='.groups[0].gm | [.registered, .registered_inferred, .registered_with != null]'
for name in v1 "${pairs[@]/#/pair-}"; do
    poll "$name"
    check "$name" same "$status" 0
    check "$name: registered, inferred" same "$(seen "$gm")" '[true,true,true]'
    check "$name: keys" same "$(seen '.groups[0] | [(.keks|length), (.teks|length)]')" '[1,1]'
done

# ---- Key servers, revisions, Junos ----------------------------------------------------------
poll ks
check "4,000 members" same "$(seen '.groups[0].ks | [.group_members, .role, (.members|length)]')" \
    '[4011,"primary",0]'
check "COOP peer" same "$(seen '.groups[0].ks.peers[0] | [.address, .role, .status]')" \
    '["10.41.0.2","secondary","alive"]'
check "a name of all sorts" same "$(jq -r '.groups[1].name' <"$dir/seen")" 'a "b\c é'
check "id" same "$(jq -r '.groups[1].id' <"$dir/seen")" 4294967
check "transport by the KEK's destination" same \
    "$(seen '[.groups[] | [.transport, .transport_inferred]]')" \
    '[["unicast",true],["multicast",true]]'
check "N and R are not told" same \
    "$(seen '[.groups[].ks | has("retransmits"), has("retransmit_interval_seconds")]')" \
    '[false,false,false,false]'
poll ks2
check "version by sysDescr" same "$(seen '.device | [.vendor, .os, .version]')" \
    '["cisco","ios-xe","17.9.4a"]'
check "secondary" same "$(seen '.groups[0].ks | [.role, has("last_rekey_duration_ms")]')" \
    '["secondary",false]'
poll ks-2010
check "2010 KS" same "$status" 0
check "2015 columns of a KS are absent" same \
    "$(seen '.groups[0].ks | [has("role"), has("members_registered"), has("group_members"),
        has("last_rekey_retransmits"), (.peers|length), has("rekey_sequence")]')" \
    '[false,false,false,false,0,true]'
poll gm-2010
check "2015 column of a GM is absent" same \
    "$(seen '.groups[0].gm | [has("active_teks"), .registered]')" '[false,true]'
poll srx
check "Junos" same "$(seen '[.device.vendor, .device.os, .device.version, .groups[0].gm.registered]')" \
    '["juniper","junos","19.4R3.11",true]'
check "Junos: Cisco's behaviours do not apply" same "$(seen '.device | has("behavior")')" false
poll small
check "answers of at most 484 octets" same "$status $(seen '.groups[0].keks | length')" '0 1'

# ---- The same device by SNMP and by SSH -----------------------------------------------------
# What both tell, without what runs down between the two polls.
common='[.groups[] | {name, id, transport,
    ks: (if .ks then .ks | {role, address, rekey_sequence,
        peers: [.peers[] | {address, role, status}]} else null end),
    gm: (if .gm then .gm | {address, registered, registered_with, last_rekey_sequence}
        else null end),
    keks: [.keks[] | {cipher, key_bits, sig_key_bits}],
    teks: [.teks[] | {spi, transform}]}] | sort_by(.id)'
left='[.groups[] | .keks[0].remaining_seconds, .teks[0].remaining_seconds]'
for name in ks gm gm-odd; do
    poll "$name"
    by_snmp=$(seen "$common")
    left_snmp=$(seen "$left")
    poll "$name" ssh
    check "$name by SSH" same "$status" 0
    check "$name: SNMP and SSH agree" same "$by_snmp" "$(seen "$common")"
    check "$name: lives that run down alike" same \
        "$(jq -cn --argjson a "$left_snmp" --argjson b "$(seen "$left")" \
            '[$a, $b] | transpose | all(.[0] >= .[1] and .[0] - .[1] < 120)')" true
done

# ---- Refusals -------------------------------------------------------------------------------
refused() { # NAME STATUS REASON
    config=brief.yml
    poll "$1"
    config=config.yml
    check "$1: exit status" same "$status" "$2"
    check "$1" like "$(reason)" "$3"
    check "$1: nothing told" same "$(seen '.groups // [] | length')" 0
}
refused wrong-auth 1 '^auth.*user, password'
refused wrong-user 1 '^auth.*user, password'
refused wrong-clock 1 'time window'
refused wrong-community 3 '^timeout.*community'
refused wrong-priv 3 '^timeout.*privacy passwords'
refused silent 3 '^timeout: .*no answer'

# ---- Bad lines ------------------------------------------------------------------------------
for name in spoofed doubled shuffled half-truncated half-corrupted lossy; do
    poll "$name"
    check "$name" same "$status" 0
    check "$name: as told" same "$(seen '.groups[0] | [.name, .gm.registered, .keks[0].lifetime_seconds,
        (.teks | length)]')" '["a \"b\\c é",true,86400,1]'
done
refused only-spoofed 3 '^timeout'
refused truncated 3 '^timeout'
refused corrupted 3 '^timeout'

# ---- Asked ad hoc: no target, in a network that the configuration opens ---------------------
cat >"$dir/ad-hoc.yml" <<END
credentials: {snmp: {lab: {version: 2c, community: lab-community}}}
defaults: {snmp_port: $(sed -n '/name: "ks"/,/snmp_port:/s/^ *snmp_port: //p' "$dir/config.yml")}
ad_hoc: [{allow: [127.41.0.0/16, 0.0.0.0/0, "::/0"], snmp: lab}]
END
"$exporter" --config.file="$dir/ad-hoc.yml" --web.listen-address=127.0.0.1:0 \
    >"$dir/ad-hoc.log" 2>&1 &
pids+=($!)
port=$(port_of "$dir/ad-hoc.log") || exit 1
ask() { # TARGET FILE: the status, at most ten seconds later
    curl -sS -m 10 -o "$2" -w '%{http_code}' "http://127.0.0.1:$port/probe?target=$1"
}
check "ad hoc" same "$(ask 127.41.0.1 "$dir/asked")" 200
check "ad hoc: up" has '^getvpn_up{device="127.41.0.1"} 1' "$dir/asked"
check "ad hoc: its groups" has \
    '^getvpn_ks_role{device="127.41.0.1",group="LARGE",role="primary"} 1' "$dir/asked"
curl -sS -m 10 "http://127.0.0.1:$port/metrics" >"$dir/metrics"
check "ad hoc: joins no fleet" same "$(grep -c '127\.41\.' "$dir/metrics")" 0
check "ad hoc: is counted" has '^getvpn_exporter_polls_total 1$' "$dir/metrics"
for target in 169.254.169.254 127.0.0.1 127.42.0.1 localhost 2130706433 0x7f290001 127.41.1 \
    '127.41.0.1%0d%0aX-Injected:%20yes' '::ffff:127.41.0.1' '::ffff:169.254.169.254' \
    '::1' 'fe80::1%25lo' '64:ff9b::a9fe:a9fe' 255.255.255.255 224.0.0.1; do
    check "refused: $target" same "$(ask "$target" "$dir/asked")" 404
done
curl -sS -m 10 "http://127.0.0.1:$port/metrics" >"$dir/metrics"
check "refused: nothing was polled" has '^getvpn_exporter_polls_total 1$' "$dir/metrics"

# ---- Reboots under a running exporter -------------------------------------------------------
cat >"$dir/reboot.yml" <<END
groups: [{name: G, id: 1, kek_lifetime: 86400}]
devices:
  - {name: ks, address: 127.42.0.1, ks: G, snmp: {port: 1161, community: lab-community}}
  - {name: v2c, address: 127.42.0.2, gm: G, uptime: 1000, snmp: {port: 1161,
     community: lab-community, delay_ms: 100}, faults: {reboot_at: 4, reboot_for: 3}}
  - {name: v3, address: 127.42.0.3, gm: G, uptime: 1000,
     snmp: {port: 1161, user: r, $usm, delay_ms: 100}, faults: {reboot_at: 4, reboot_for: 3}}
END
mkdir "$dir/reboot"
start_lab "$dir/reboot.yml" "$dir/reboot/config.yml"
sed -i 's/^defaults:/defaults:\n  snmp_timeout: 200ms\n  snmp_retries: 1/; s/interval: 10s/interval: 1s/' \
    "$dir/reboot/config.yml"
"$exporter" --config.file="$dir/reboot/config.yml" --web.listen-address=127.0.0.1:0 \
    >"$dir/exporter.log" 2>&1 &
pids+=($!)

# until_told NAME PATTERN: until a line of /metrics matches, a minute at most.
until_told() {
    for _ in $(seq 300); do
        port=$(sed -n 's/.*listening on [^ ]* port \([0-9]*\).*/\1/p' "$dir/exporter.log")
        curl -sS -m 10 "http://127.0.0.1:$port/metrics" >"$dir/metrics" 2>/dev/null
        grep -qE "$2" "$dir/metrics" && break
        sleep 0.2
    done
    check "$1" like "$(cat "$dir/metrics")" "$2"
}
for name in v2c v3; do
    until_told "$name: silent while it reboots" \
        "^getvpn_collector_failures_total\{device=\"$name\",collector=\"snmp\",reason=\"timeout\"\} "
done
for name in v2c v3; do
    until_told "$name: back" "^getvpn_collector_success\{device=\"$name\",collector=\"snmp\"\} 1"
    until_told "$name: whole" "^getvpn_gm_registered\{device=\"$name\",group=\"G\"\} 1"
    check "$name: a reboot is no other fault" same "$(grep -cE \
        "failures_total\{device=\"$name\".*reason=\"(time_window|engine_changed|auth)" "$dir/metrics")" 0
done

# ---- The ends -------------------------------------------------------------------------------
for p in "${pids[@]}"; do
    kill "$p"
    wait "$p"
    check "clean end" same "$?" 0
done
pids=()
check "no complaint" like "$(grep -hE 'ERROR|runtime error' "$dir/lab.out" "$dir/exporter.log" ||
    echo none)" '^none$'
finish
