# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # root, dir: of who sources it
# Sourced by run.sh and test_systemd.sh: what an operator writes on a machine that has the packages, for
# three key servers and two members of the lab, and mutual TLS.
credentials=/run/credentials/getvpn-exporter.service

certificate() { # NAME EXTENSION
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
        -keyout "$dir/$1.key" -out "$dir/$1.csr" 2>/dev/null
    echo "$2" >"$dir/$1.ext"
    openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" -days 2 \
        -extfile "$dir/$1.ext" -out "$dir/$1.crt" 2>/dev/null
}

# The lab's only rekey comes 505 s before expiry, so many seconds after its start; branch-2 loses it, and
# does not register again before 190 s are left.
write_site() { # SECONDS
    cat >"$root/tmp/fleet.yml" <<END
profiles:
  default: {os: ios-xe, format: 17, version: 17.09.04a, gdoi_version: 1.0.27,
            snmp: {community: nobody-knows-but-us, port: 161}}
groups:
  - {name: BRANCHES, id: 7, kek_lifetime: 7200, tek_lifetime: 3600, rekey_in: $1, retransmits: 30}
devices:
  - {name: ks-frankfurt, address: 127.58.0.1, ks: BRANCHES, priority: 120,
     gdoi: {port: 848, psk: nobody-knows-but-us}}
  - {name: ks-london, address: 127.58.0.2, ks: BRANCHES}
  - {name: ks-madrid, address: 127.58.0.3, ks: BRANCHES}
  - {name: branch-1, address: 127.58.1.1, gm: BRANCHES,
     ssh: {port: 22, user: monitor, password: nobody-knows-but-us}}
  - {name: branch-2, address: 127.58.1.2, gm: BRANCHES, faults: {lose_rekeys: 1}}
END
    cat >"$root/etc/getvpn-exporter/getvpn-exporter.yml" <<'END'
# the operator was here
credentials:
  snmp: {all: {version: 2c, community_credential: secret_community}}
  ssh: {all: {user: monitor, password_credential: secret_community}}
  gdoi: {all: {psk_credential: secret_community}}
defaults: {snmp: all, interval: 2s}
state_directory: /var/lib/getvpn-exporter
history: {keep_days: 400}
syslog: {listen: [":514"]}
traps: {listen: [":162"]}
targets:
  - {name: ks-frankfurt, address: 127.58.0.1}
  - {name: ks-london, address: 127.58.0.2}
  - {name: ks-madrid, address: 127.58.0.3}
  - {name: branch-1, address: 127.58.1.1, ssh: all}
  - {name: branch-2, address: 127.58.1.2}
probes:
  - {name: scout, ks: ks-frankfurt, group: 7, gdoi: all, local: 127.58.2.1, local_port: 848, timeout: 1m}
END
    echo nobody-knows-but-us >"$root/etc/getvpn-exporter/secrets/community"
    cat >"$root/etc/getvpn-exporter/web.yml" <<END
tls_server_config:
  cert_file: server.crt
  key_file: $credentials/secret_server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
END
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ours -days 2 \
        -keyout "$dir/ca.key" -out "$dir/ca.crt" 2>/dev/null
    certificate server 'subjectAltName=DNS:localhost'
    certificate monitor extendedKeyUsage=clientAuth
    install -m 644 "$dir/server.crt" "$dir/ca.crt" "$root/etc/getvpn-exporter/"
    install -m 600 "$dir/server.key" "$root/etc/getvpn-exporter/secrets/server.key"
    sed -i 's|^ARGS=.*|ARGS="--web.config.file=/etc/getvpn-exporter/web.yml"|' "$root/etc/default/getvpn-exporter"
}
