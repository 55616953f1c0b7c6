#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Probes across networks that the test makes: rekeys to groups of IPv4 and IPv6, joined on the
# right interface; and a probe behind an address translation that forgets who is silent.
# usage: gdoi_network.sh GETVPN_EXPORTER GETVPNTOOL GETVPN_LAB
# Exit 77 where that is not permitted, or not there.
set -u
exporter=$1 tool=$2 lab=$3

skip() {
    echo "skipped: $1"
    exit 77
}

if [ -z "${GV_TEST_NAMESPACE:-}" ]; then
    for program in ip unshare nft jq curl; do
        [ -n "$(command -v "$program")" ] || skip "no $program"
    done
    unshare -n -m -p --fork --mount-proc true 2>/dev/null ||
        skip "no permission to make a network namespace"
    # Whoever kills this test ends everything in it.
    GV_TEST_NAMESPACE=1 exec unshare -n -m -p --fork --kill-child --mount-proc "$0" "$@"
fi

mount -t tmpfs none /run && mount -t sysfs none /sys || skip "no permission to mount"
. "$(dirname "$0")/common.sh"
json() { # FILE FILTER
    jq -es "length == 1 and (.[0] | $2)" "$dir/$1" >/dev/null ||
        { echo "  not so: $2"; cat "$dir/$1" "$dir/$1.err"; return 1; }
}

# ---- key server (here) -- member, and key server -- translation -- member ----

{
    ip netns add gm && ip netns add nat &&
        ip link add ks0 type veth peer name gm0 netns gm &&
        ip link add ks1 type veth peer name out netns nat &&
        ip -n nat link add inner type veth peer name gm1 netns gm
} || skip "no permission to make networks"
ip address add 192.0.2.1/24 dev ks0
for a in 1 3 5; do ip address add 2001:db8::$a/64 dev ks0 nodad; done
ip address add 198.51.100.1/24 dev ks1
ip -n gm address add 192.0.2.2/24 dev gm0
ip -n gm address add 2001:db8::2/64 dev gm0 nodad
ip -n gm address add 10.9.0.2/24 dev gm1
# Addresses of the member that no link has, as of a router's loopback.
ip -n gm address add 203.0.113.2/32 dev lo
ip -n gm address add 2001:db8:9::2/128 dev lo
ip -n nat address add 198.51.100.9/24 dev out
ip -n nat address add 10.9.0.1/24 dev inner
for link in lo ks0 ks1; do ip link set $link up; done
for link in lo gm0 gm1; do ip -n gm link set $link up; done
for link in lo out inner; do ip -n nat link set $link up; done
ip route add 203.0.113.2/32 via 192.0.2.2
ip route add 2001:db8:9::2/128 via 2001:db8::2
# What is not told where to go would go to the translation.
ip -n gm route add default via 10.9.0.1
ip -n gm route add 198.51.100.0/24 via 10.9.0.1

# Other ports than the member's; what is silent for 25 s is forgotten. The counters tell
# exchanges (RFC 6407: 32 PULL, 33 PUSH; RFC 8263: 35 ACK), behind the marker at port 4500.
translate() {
    cat <<'END'
table ip translation {
    counter pull {}
    counter push {}
    counter ack {}
    counter alive {}
    counter unmarked {}
    chain post {
        type nat hook postrouting priority 100;
        oifname "out" meta l4proto udp masquerade to :20000-20999
    }
    chain forward {
        type filter hook forward priority 0;
        udp dport 4500 @th,64,32 0 @th,240,8 32 counter name pull
        udp sport 4500 @th,64,32 0 @th,240,8 33 counter name push
        udp dport 4500 @th,64,32 0 @th,240,8 35 counter name ack
        udp dport 4500 udp length 9 @th,64,8 255 counter name alive
        udp dport 848 @th,208,8 32-35 counter name unmarked
        udp sport 848 @th,208,8 32-35 counter name unmarked
    }
}
END
}
translate | ip netns exec nat nft -f - || skip "no address translation in this kernel"
ip netns exec nat sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward
    for t in udp_timeout udp_timeout_stream; do
        echo 25 >/proc/sys/net/netfilter/nf_conntrack_$t
    done' || skip "no address translation in this kernel"
translated() { # COUNTER
    ip netns exec nat nft list counter ip translation "$1" |
        sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

cat >"$dir/fleet.yml" <<'END'
groups:
  - {name: FOUR, id: 4, transport: multicast, rekey_in: 20}
  - {name: SIX, id: 6, transport: multicast, rekey_in: 20}
  - {name: LINK, id: 7, transport: multicast, rekey_in: 20}
  - {name: OFTEN, id: 8, transport: multicast, kek_lifetime: 300, tek_lifetime: 120, rekey_in: 40}
  - {name: NAT, id: 9, rekey_in: 40}
devices:
  - {name: four, address: 127.37.0.1, ks: FOUR,
     gdoi: {psk: a key of the lab alone, address: 192.0.2.1, rekey_to: 239.8.4.8}}
  - {name: six, address: 127.37.0.2, ks: SIX,
     gdoi: {psk: a key of the lab alone, address: '2001:db8::1', rekey_to: 'ff15::848'}}
  - {name: link, address: 127.37.0.3, ks: LINK,
     gdoi: {psk: a key of the lab alone, address: '2001:db8::3', rekey_to: 'ff12::848'}}
  - {name: often, address: 127.37.0.5, ks: OFTEN,
     gdoi: {psk: a key of the lab alone, address: '2001:db8::5', rekey_to: 'ff15::85'}}
  - {name: nat, address: 127.37.0.4, ks: NAT,
     gdoi: {psk: a key of the lab alone, address: 198.51.100.1, nat_port: 4500, ack: 1}}
END
sed -i 's/gdoi: {/gdoi: {port: 848, /' "$dir/fleet.yml"
lab_start "$lab" --exporter-config "$dir/whole.yml"
printf 'a key of the lab alone\n' >"$dir/psk"

# ---- the probes, all at once: N = 2 and R = 10 s give a rekey 20 s to come ----

waiting=()
probe() { # NAME KEY-SERVER GROUP LOCAL LISTEN OPTION...
    ip netns exec gm "$tool" probe --ks "$2" --group "$3" --local "$4" --listen "$5" \
        --psk-file "$dir/psk" --json "${@:6}" >"$dir/$1" 2>"$dir/$1.err" &
    waiting+=($!)
    pids+=($!)
}
probe four 192.0.2.1 4 192.0.2.2:0 35
probe four-wrong 192.0.2.1 4 203.0.113.2:0 35
probe four-named 192.0.2.1 4 203.0.113.2:0 35 --interface gm0
probe six '[2001:db8::1]' 6 '[2001:db8::2]:0' 35
probe six-wrong '[2001:db8::1]' 6 '[2001:db8:9::2]:0' 35
probe six-named '[2001:db8::1]' 6 '[2001:db8:9::2]:0' 35 --interface gm0
probe link '[2001:db8::3]' 7 '[2001:db8::2]:0' 35
probe nowhere '[2001:db8::3]' 7 '[2001:db8:9::2]:0' 1 --interface gm7
probe nat 198.51.100.1 9 10.9.0.2:0 55 --ack

# The exporter hears the same, on the interface that its configuration names.
{
    sed '/^probes:/q' "$dir/whole.yml"
    sed -n '/name: "often.OFTEN"/,/ack:/p' "$dir/whole.yml"
    printf "    local: '2001:db8:9::2'\n    local_port: 8848\n    interface: gm0\n"
} >"$dir/config.yml"
ip netns exec gm "$exporter" --config.file="$dir/config.yml" \
    --web.listen-address=127.0.0.1:9848 2>"$dir/exporter.log" &
pids+=($!)

joined() { # GROUP: where the member's kernel reports it
    ip -n gm maddress show | awk -v group="$1" \
        '/^[0-9]/ { link = $2 } $2 == group { print link }' | sort -u | tr '\n' ' '
}
joins() { # NAME GROUP LINKS: each of the probes joins when it is registered
    for _ in $(seq 100); do [ "$(joined "$2")" = "$3" ] && break; sleep 0.1; done
    check "$1" same "$(joined "$2")" "$3"
}
joins "joined by IGMP" 239.8.4.8 'gm0 lo '
joins "joined by MLD" ff15::848 'gm0 lo '
joins "joined on the link" ff12::848 'gm0 '

for p in "${waiting[@]}"; do
    wait "$p"
    check "a probe" same $? 0
done

heard='.registered and .listening and (.rekeys | length > 0 and all(.signature == "valid")) and
    .ks_behavior == "new"'
for name in four four-named six six-named link nat; do
    check "$name" json "$name" "$heard"
done
# The control: on the interface of their address, loopback, these hear nothing.
for name in four-wrong six-wrong; do
    check "$name" json "$name" '.registered and .listening and .rekeys == []'
done
check "no such interface" json nowhere '.registered and (.listening | not)'
check "and said" grep -q 'cannot be heard: gm7: no such interface' "$dir/nowhere.err"

# ---- behind the translation ----

check "PULL by the NAT port" [ "$(translated pull)" -ge 2 ]
check "kept alive" [ "$(translated alive)" -ge 1 ]
check "PUSH by the NAT port" [ "$(translated push)" -ge 1 ]
check "ACK by the NAT port" [ "$(translated ack)" -ge 1 ]
check "none by the other" same "$(translated unmarked)" 0
check "acknowledged" json nat '.counts.acks >= 1'
check "as the key server has it" grep -q ' nat gdoi: .* acks [1-9][0-9]* bad_acks 0$' "$dir/lab.log"

# ---- the exporter ----

series='getvpn_probe_rekeys_received_total{probe="often.OFTEN",ks="2001:db8::5",group="8"}'
heard() {
    ip netns exec gm curl -sS -m 20 http://127.0.0.1:9848/metrics >"$dir/metrics"
    [ "$(sed -n "s/^$series //p" "$dir/metrics" | cut -d. -f1)" -ge 1 ] 2>/dev/null
}
for _ in $(seq 300); do heard && break; sleep 0.3; done
check "the exporter" heard
[ "$failed" = 0 ] || tail -n 20 "$dir/exporter.log" "$dir/lab.log"
finish
