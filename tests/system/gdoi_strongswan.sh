#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: gdoi_strongswan.sh GDOI_INITIATOR [tshark]
# Phase 1 of the probe's client against strongSwan, in namespaces of the test's own: the network
# and /run are gone when its last process is. With `tshark`, which reads what the client sent.
# Exit 77 where that is not permitted, or not there.
set -eu

initiator=$1
charon=/usr/lib/ipsec/charon
ks=192.0.2.1 psk_gm=192.0.2.2 rsa_gm=192.0.2.3

skip() {
    echo "skipped: $1"
    exit 77
}

if [ -z "${GV_TEST_NAMESPACE:-}" ]; then
    [ -x $charon ] || skip "no strongSwan ($charon)"
    for program in swanctl openssl ip unshare ${2:-}; do
        [ -n "$(command -v "$program")" ] || skip "no $program"
    done
    unshare -n -m -p --fork --mount-proc true 2>/dev/null || skip "no permission to make a network namespace"
    # Whoever kills this test ends everything in it.
    GV_TEST_NAMESPACE=1 exec unshare -n -m -p --fork --kill-child --mount-proc "$0" "$@"
fi

mount -t tmpfs none /run || skip "no permission to mount"
# Both ends want port 500: the member has a namespace inside ours.
ip netns add gm && ip link add ks0 type veth peer name gm0 netns gm ||
    skip "no permission to make a second namespace"
ip address add $ks/24 dev ks0
ip -n gm address add $psk_gm/24 dev gm0
ip -n gm address add $rsa_gm/24 dev gm0
ip link set lo up
ip link set ks0 up
ip -n gm link set gm0 up

dir=$(mktemp -d)
pid=
finish() {
    if [ -n "$pid" ]; then
        kill "$pid" || true
        wait "$pid" || true
    fi
    rm -rf "$dir"
}
trap finish EXIT

# ---- certificates ----

issue() { # NAME ADDRESS
    openssl req -newkey rsa:2048 -nodes -keyout "$dir/$1.key" -out "$dir/$1.csr" -subj "/CN=$1"
    printf 'subjectAltName=IP:%s\n' "$2" >"$dir/$1.ext"
    openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial \
        -days 1 -extfile "$dir/$1.ext" -out "$dir/$1.pem"
}
{
    for ca in ca other-ca; do
        openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/$ca.key" -out "$dir/$ca.pem" \
            -days 1 -subj "/CN=$ca"
    done
    issue ks $ks
    issue gm $rsa_gm
} 2>/dev/null

# ---- the responder ----

mkdir -p "$dir"/swanctl/{x509,x509ca,rsa}
cp "$dir/ca.pem" "$dir/swanctl/x509ca/"
cp "$dir/ks.pem" "$dir/swanctl/x509/"
cp "$dir/ks.key" "$dir/swanctl/rsa/"
cat >"$dir/strongswan.conf" <<CONF
charon {
    load = random nonce aes md5 sha1 sha2 hmac gmp openssl x509 pubkey pkcs1 pkcs8 pem constraints kernel-netlink socket-default vici
    install_routes = no
    install_virtual_ip = no
    filelog {
        log {
            path = $dir/log
            default = 1
            flush_line = yes
        }
    }
    plugins {
        vici {
            socket = unix://$dir/vici
        }
    }
}
swanctl {
    load = random openssl x509 pubkey pkcs1 pkcs8 pem
}
CONF
cat >"$dir/swanctl/swanctl.conf" <<CONF
connections {
    psk {
        version = 1
        local_addrs = $ks
        remote_addrs = $psk_gm
        dpd_delay = 1s
        proposals = 3des-sha1-modp1024, aes128-sha256-modp2048, aes256-sha384-ecp256
        local {
            auth = psk
        }
        remote {
            auth = psk
        }
    }
    rsa {
        version = 1
        local_addrs = $ks
        remote_addrs = $rsa_gm
        proposals = aes256-sha256-modp2048, 3des-md5-modp1536, aes192-sha512-ecp521
        local {
            auth = pubkey
            certs = ks.pem
            id = $ks
        }
        remote {
            auth = pubkey
        }
    }
}
secrets {
    ike-1 {
        id = $psk_gm
        secret = "a key that both know"
    }
}
CONF

STRONGSWAN_CONF=$dir/strongswan.conf $charon >"$dir/out" 2>&1 &
pid=$!
for _ in $(seq 100); do
    [ ! -S "$dir/vici" ] || break
    kill -0 $pid 2>/dev/null || skip "charon does not start here: $(tail -1 "$dir/out")"
    sleep 0.1
done
STRONGSWAN_CONF=$dir/strongswan.conf SWANCTL_DIR=$dir/swanctl \
    swanctl --load-all --uri "unix://$dir/vici" >"$dir/swanctl.out" 2>&1 ||
    { cat "$dir/swanctl.out"; exit 1; }

# ---- the rows ----

failed=0
# NAME, a pattern that the line must contain, arguments of the initiator
row() {
    local name=$1 want=$2 got
    shift 2
    got=$(ip netns exec gm "$initiator" "$@" 2>&1) || true
    # shellcheck disable=SC2053
    if [[ $got == *$want* ]]; then
        echo "ok: $name: $got"
    else
        echo "FAIL: $name: '$got', not '$want'"
        failed=1
    fi
}
psk() { # NAME WANT SUITES KEY [OPTION...]
    row "$1" "$2" "${@:5}" $psk_gm:500 $ks:500 "$3" psk "$4"
}
rsa() { # NAME WANT SUITES CA [OPTION...]
    row "$1" "$2" "${@:5}" $rsa_gm:500 $ks:500 "$3" \
        rsa "$dir/gm.pem" "$dir/gm.key" "$dir/$4.pem"
}

key='a key that both know'

# What tshark finds wrong: malformed payloads, and expert notes of a warning or worse.
faults() { # FILE
    tshark -r "$1" -d udp.port==500,isakmp \
        -Y '_ws.malformed || _ws.expert.severity >= 6291456' 2>&1 | grep -v 'as user "root"' || true
}

# Every datagram is ISAKMP to tshark, of the exchanges that are expected, and whole.
check_pcap() { # FILE
    local exchanges complaints
    exchanges=$(tshark -r "$1" -d udp.port==500,isakmp -T fields -e isakmp.exchangetype \
        2>/dev/null | tr '\n' ' ')
    complaints=$(faults "$1")
    if [[ $exchanges == "2 2 2 32 " && -z $complaints ]]; then
        echo "ok: ${1##*/}: tshark reads exchanges $exchanges"
    else
        echo "FAIL: ${1##*/}: tshark reads exchanges '$exchanges', and says: '$complaints'"
        failed=1
    fi
    # The control: the length of the first payload, behind the headers of file, packet, IP, UDP
    # and ISAKMP, now reaches past the end.
    printf '\377\377' | dd of="$1" bs=1 seek=98 conv=notrunc status=none
    [[ $(faults "$1") == *alformed* ]] || { echo "FAIL: tshark sees no fault in $1"; failed=1; }
}

if [ -n "${2:-}" ]; then
    psk "PSK" "phase 1 done" aes256-sha512-modp4096,aes128-sha256-modp2048 "$key" \
        -w "$dir/psk.pcap"
    rsa "RSA" "phase 1 done" aes256-sha256-modp2048 ca -w "$dir/rsa.pcap"
    check_pcap "$dir/psk.pcap"
    check_pcap "$dir/rsa.pcap"
    exit $failed
fi

psk "3DES, SHA-1, modp1024" "phase 1 done" 3des-sha1-modp1024 "$key"
psk "AES-128, SHA-256, modp2048" "phase 1 done" aes128-sha256-modp2048 "$key"
psk "AES-256, SHA-384, ecp256" "phase 1 done" aes256-sha384-ecp256 "$key"
psk "the second of two suites" "phase 1 done" aes256-sha512-modp4096,aes128-sha256-modp2048 "$key"
psk "the first datagram is lost" "phase 1 done" aes128-sha256-modp2048 "$key" -l 1
psk "another key" "failed: phase 1, message 6 (authentication), timeout" aes128-sha256-modp2048 \
    "a key of our own"
psk "no common proposal" "failed: phase 1, message 2 (proposal), timeout, notify 14" \
    aes256-sha512-modp4096 "$key"
psk "behind a NAT" "phase 1 done by the NAT port" aes128-sha256-modp2048 "$key" \
    -n 198.51.100.7:500
psk "no group here" "failed: GROUPKEY-PULL, message 2 (policy), timeout, notify *, last ok" \
    aes128-sha256-modp2048 "$key" -k
grep -q 'parsed INFORMATIONAL_V1 .*N(DPD_ACK)' "$dir/log" ||
    { echo "FAIL: strongSwan's question whether we live was not answered"; failed=1; }
rsa "RSA, AES-256, SHA-256, modp2048" "phase 1 done" aes256-sha256-modp2048 ca
rsa "RSA, 3DES, MD5, modp1536" "phase 1 done" 3des-md5-modp1536 ca
rsa "RSA, AES-192, SHA-512, ecp521" "phase 1 done" aes192-sha512-ecp521 ca
rsa "an authority that we do not know" "unable to get local issuer certificate" \
    aes256-sha256-modp2048 other-ca
[ $failed = 0 ] || tail -100 "$dir/log"
exit $failed
