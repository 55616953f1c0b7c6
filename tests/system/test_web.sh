#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: test_web.sh EXPORTER
# The web configuration at work: TLS, client certificates, users, renewal, admins; and what a
# client or a mistake may try against it. Prometheus itself scrapes by mTLS.
set -u
exporter=$(realpath "$1")
. "$(dirname "$0")/common.sh"
cd "$dir" || exit 1

# Certificates. ca NAME; cert NAME CA DAYS EXTENSIONS...
openssl_quiet() { openssl "$@" >/dev/null 2>"$dir/openssl.err" || { cat "$dir/openssl.err"; exit 1; }; }
key() { openssl_quiet genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }
ca() {
    key "$1"
    openssl_quiet req -x509 -new -key "$1.key" -subj "/CN=$1" -days 30 -out "$1.crt"
}
cert() {
    key "$1"
    printf '%s\n' "${@:4}" >"$1.ext"
    openssl_quiet req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
    openssl_quiet x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial \
        -days "$3" -extfile "$1.ext" -out "$1.crt"
}
host='subjectAltName=DNS:localhost,IP:127.0.0.1'
ca ours
ca others
cert one ours 20 "$host"
cert two ours 20 "$host"
cert prom ours 20 'subjectAltName=DNS:prom.example,IP:192.0.2.7,email:a@example.net' \
    extendedKeyUsage=clientAuth
cert server_only ours 20 extendedKeyUsage=serverAuth
cert stranger others 20 extendedKeyUsage=clientAuth
cp one.crt server.crt
cp one.key server.key

# bcrypt of "secret", cost 4: quick; and of "dear", cost 8, for alice's colleague.
alice='$2b$04$rwWu4YVBWvOPa7Xv5di9KOoECChU25HJOqzGkL8X9yNnwvfOPj82e'
bob='$2b$08$1EzgkE8eCRsPdT1E1dlBseSphcA42kNC.1tBRFb4pGkhNdl/jNZwC'

printf 'public\n' >community
printf '%s\n' 'credentials:' '  snmp: {lab: {version: 2c, community_file: community}}' \
    '  ssh: {lab: {user: a, password_file: community}}' \
    'limits: {request_deadline: 60s, response_deadline: 60s}' \
    "targets: [{name: a, address: 127.99.0.1, snmp: lab, snmp_port: 9, deadline: 1s}]" >c.yml

start() { # OPTION...
    "$exporter" --config.file=c.yml --web.listen-address=127.0.0.1:0 --web.config.file=web.yml \
        "$@" 2>log &
    pid=$!
    port=$(port_of log) || exit 1
    to=
}
stop() {
    kill "$pid"
    wait "$pid"
    check "$1: a clean end" same $? 0
    pid=
}
# The status of PATH, 000 where nothing is answered; the body is in ./out.
ask() { # PATH CURL-OPTION...
    curl -s -m 20 -o out -w '%{http_code}' --cacert ours.crt "${@:2}" \
        "${scheme:-https}://localhost:${to:-$port}$1"
}
me=(--cert prom.crt --key prom.key)
metric() { # NAME
    sleep 0.3 # scrapes close together share one body
    ask /metrics "${me[@]}" -u alice:secret >/dev/null
    sed -n "s/^$1 //p" out
}
until_metric() { # NAME VALUE
    for _ in $(seq 100); do [ "$(metric "$1")" = "$2" ] && return; sleep 0.1; done
    check "$1 becomes $2" false
}
reload_metric=getvpn_exporter_web_config_last_reload_successful

### Client certificates, by each policy: who gets in.
policy() { # POLICY NONE OURS SERVER-ONLY STRANGER
    printf 'tls_server_config: {cert_file: server.crt, key_file: server.key, %s}\n' "$1" >web.yml
    check "$1, without" same "$(ask /-/healthy)" "$2"
    check "$1, ours" same "$(ask /-/healthy --cert prom.crt --key prom.key)" "$3"
    check "$1, another purpose" same "$(ask /-/healthy --cert server_only.crt \
        --key server_only.key)" "$4"
    check "$1, a stranger" same "$(ask /-/healthy --cert stranger.crt --key stranger.key)" "$5"
}
printf 'tls_server_config: {cert_file: server.crt, key_file: server.key}\n' >web.yml
start
policy 'client_auth_type: NoClientCert' 200 200 200 200
policy 'client_auth_type: RequestClientCert' 200 200 200 200
policy 'client_auth_type: RequireAnyClientCert' 000 200 200 200
policy 'client_auth_type: VerifyClientCertIfGiven, client_ca_file: ours.crt' 200 200 000 000
policy 'client_auth_type: RequireAndVerifyClientCert, client_ca_file: ours.crt' 000 200 000 000
policy 'client_auth_type: RequireAndVerifyClientCert' 000 000 000 000
for san in prom.example 192.0.2.7 a@example.net; do
    policy "client_auth_type: RequireAndVerifyClientCert, client_ca_file: ours.crt,
        client_allowed_sans: [nobody.example, $san]" 000 200 000 000
done
policy 'client_auth_type: RequireAndVerifyClientCert, client_ca_file: ours.crt,
    client_allowed_sans: [prom.example.net]' 000 000 000 000

### Versions, suites, curves: what is agreed on.
agreed() { # NAME CONFIGURATION WANTED S_CLIENT-OPTION...
    local got
    printf 'tls_server_config: {cert_file: server.crt, key_file: server.key, %s}\n' "$2" >web.yml
    got=$(openssl s_client -connect "127.0.0.1:$port" -CAfile ours.crt "${@:4}" 2>&1 </dev/null)
    check "$1" grep -aqE -- "$3" <<<"$got"
}
agreed 'TLS 1.3 by default' 'min_version: TLS12' 'New, TLSv1.3, Cipher'
agreed 'TLS 1.2 at most' 'max_version: TLS12' 'New, TLSv1.2, Cipher'
agreed 'no TLS 1.2' 'min_version: TLS13' 'alert|no peer certificate' -tls1_2
agreed 'the named suite' 'cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA]' \
    'Cipher is ECDHE-ECDSA-AES128-SHA$' -tls1_2
agreed 'our order' 'cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]' 'Cipher is ECDHE-ECDSA-CHACHA20' -tls1_2 \
    -cipher ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305
# What GnuTLS would mix from the parts of two suites is no suite of ours.
printf 'tls_server_config: {cert_file: server.crt, key_file: server.key, cipher_suites:
    [TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]}\n' >web.yml
for suite in AES128-SHA:200 AES256-GCM-SHA384:200 AES128-GCM-SHA256:000 AES256-SHA:000; do
    check "$suite" same "$(ask /-/healthy --tls-max 1.2 --ciphers "ECDHE-ECDSA-${suite%:*}")" \
        "${suite#*:}"
done
agreed 'the named curve' 'curve_preferences: [CurveP384]' 'ECDH, (secp384r1|P-384)' \
    -groups X25519:P-256:P-384

### What is no TLS at all.
tcp() { # OCTETS [PATIENCE]: what comes back
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf '%b' "$1" >&3
    timeout "${2:-1}" cat <&3
    exec 3>&-
}
printf 'tls_server_config: {cert_file: server.crt, key_file: server.key}\n' >web.yml
check "in the clear" same "$(scheme=http ask /-/healthy)" 400
check "and why" has 'HTTP request to an HTTPS server' out
tcp '\x16\x03\x01\x40\x00\xff\xff' >hello # cut short, then closed
tcp '\x16\x03\x01\x00\x05\x01\x00\x00\x01\xff' >hello
tcp '\x80\x2e\x01\x00\x02\x00\x15' >hello
tcp '\x00\x01\x02\x03\x04\x05\x06\x07\x08' >hello
check "serving after bad hellos" same "$(ask /-/healthy)" 200
check "counted" [ "$(metric getvpn_exporter_http_failed_handshakes_total)" -ge 5 ]
stop "TLS"

### Users. The work is counted: the same for a wrong password and for nobody.
users() { printf 'basic_auth_users: {alice: "%s", bob: "%s"}\n' "$alice" "$bob"; }
{
    printf 'tls_server_config: {cert_file: server.crt, key_file: server.key,
        client_auth_type: RequireAndVerifyClientCert, client_ca_file: ours.crt}\n'
    printf 'http_server_config: {http2: true, headers: {X-Frame-Options: sameorigin,
        Strict-Transport-Security: max-age=60}}\n'
    users
} >web.yml
cp web.yml good.yml
start --web.admin-address=127.0.0.1:0
check "HTTP/2 is a note" has 'level="warn".*http2 is without effect: answers are in HTTP/1.1' log
admin=$(sed -n 's/.*admins at [^ ]* port \([0-9]*\).*/\1/p' log)
checks() { metric getvpn_exporter_http_password_checks_total; }
check "alice" same "$(ask /metrics "${me[@]}" -u alice:secret)" 200
before=$(checks)
check "alice again" same "$(ask /metrics "${me[@]}" -u alice:secret)" 200
check "without work" same "$(checks)" "$before"
check "nobody" same "$(ask /metrics "${me[@]}")" 401
check "asked for" grep -qi 'www-authenticate: basic' <(curl -s -D - -o /dev/null --cacert ours.crt \
    "${me[@]}" "https://localhost:$port/")
check "without work" same "$(checks)" "$before"
check "a wrong password" same "$(ask /metrics "${me[@]}" -u alice:wrong)" 401
check "one hash" same "$(checks)" $((before + 1))
check "an unknown user" same "$(ask /metrics "${me[@]}" -u carol:wrong)" 401
check "one hash" same "$(checks)" $((before + 2))
check "wrong once more" same "$(ask /metrics "${me[@]}" -u alice:wrong)" 401
check "one hash" same "$(checks)" $((before + 3))
check "the hash as password" same "$(ask /metrics "${me[@]}" -u "alice:$alice")" 401
check "another's password" same "$(ask /metrics "${me[@]}" -u bob:secret)" 401
check "no base64" same "$(ask /metrics "${me[@]}" -H 'Authorization: Basic !!!')" 401
check "another scheme" same "$(ask /metrics "${me[@]}" -H 'Authorization: Bearer x')" 401
check "two" same "$(ask /metrics "${me[@]}" -H 'Authorization: Basic eA==' \
    -H 'Authorization: Basic eQ==')" 400
check "a headers" grep -qi '^strict-transport-security: max-age=60' <(curl -s -D - -o /dev/null \
    --cacert ours.crt "${me[@]}" -u alice:secret "https://localhost:$port/")
check "no frames" grep -qi '^x-frame-options: sameorigin' <(curl -s -D - -o /dev/null \
    --cacert ours.crt "${me[@]}" -u alice:secret "https://localhost:$port/")
# Many at once, all new to us: each is answered, and as it should be.
for i in $(seq 12); do
    { [ $((i % 2)) = 0 ] && who=bob:dear || who=bob:wrong$i
      ask2=$(curl -s -m 60 -o /dev/null -w '%{http_code}' --cacert ours.crt "${me[@]}" -u $who \
          "https://localhost:$port/-/healthy")
      echo "$who $ask2"; } >"many.$i" &
    many[i]=$!
done
wait "${many[@]}"
check "each answered" same "$(cat many.* | wc -l)" 12
check "right ones" same "$(cat many.* | grep 'bob:dear' | grep -vcE ' (200|503)$')" 0
check "wrong ones" same "$(cat many.* | grep 'bob:wrong' | grep -vcE ' (401|503)$')" 0
# One that was told to come back does.
for _ in $(seq 20); do
    has 'bob:dear 200' <(cat many.*) >/dev/null && break
    echo "bob:dear $(ask /-/healthy "${me[@]}" -u bob:dear)" >>many.1
done
check "one that got in" has 'bob:dear 200' <(cat many.*)

### Admins: what makes the exporter work is answered at their address alone.
for path in /config '/probe?target=a'; do
    check "$path for all" same "$(ask "$path" "${me[@]}" -u alice:secret)" 403
    check "$path for admins" same "$(to=$admin ask "$path" "${me[@]}" -u alice:secret)" 200
done
check "masked" same "$(to=$admin ask /config "${me[@]}" -u alice:secret >/dev/null; grep -c public out)" 0
check "reload for all" same "$(ask /-/reload -X POST "${me[@]}" -u alice:secret)" 403
check "reload for nobody" same "$(to=$admin ask /-/reload -X POST "${me[@]}")" 401
check "reload for admins" same "$(to=$admin ask /-/reload -X POST "${me[@]}" -u alice:secret)" 200
check "no metadata of clouds" same "$(to=$admin ask '/probe?target=169.254.169.254' "${me[@]}" \
    -u alice:secret)" 404

### Prometheus scrapes, with a certificate and a password; the certificate is renewed meanwhile.
printf '%s\n' 'global: {scrape_interval: 3s, scrape_timeout: 3s}' 'scrape_configs:' \
    '  - job_name: getvpn' '    scheme: https' \
    '    basic_auth: {username: alice, password: secret}' \
    "    tls_config: {ca_file: $dir/ours.crt, cert_file: $dir/prom.crt, key_file: $dir/prom.key,
                  server_name: localhost}" \
    "    static_configs: [{targets: ['127.0.0.1:$port']}]" >prometheus.yml
prom_port=
if command -v prometheus >/dev/null; then
    for _ in 1 2 3 4 5; do
        prom_port=$((20000 + RANDOM % 20000))
        prometheus --config.file=prometheus.yml --storage.tsdb.path="$dir/tsdb" \
            --web.listen-address="127.0.0.1:$prom_port" 2>prom.log &
        pids=("$!")
        for _ in $(seq 300); do
            grep -q 'Server is ready' prom.log && break 2
            kill -0 "${pids[0]}" 2>/dev/null || break
            sleep 0.1
        done
        kill "${pids[0]}" 2>/dev/null
    done
fi
query() { curl -sG -m 10 "http://127.0.0.1:$prom_port/api/v1/query" --data-urlencode "query=$1"; }
if [ -n "$prom_port" ]; then
    for _ in $(seq 300); do query 'up{job="getvpn"}' | grep -q '"1"\]' && break; sleep 0.1; done
    check "Prometheus has it up" grep -q '"1"\]' <(query 'up{job="getvpn"}')
fi

### Renewal under load: no request fails, and the new certificate is served.
serial() {
    openssl s_client -connect "127.0.0.1:$port" -cert prom.crt -key prom.key </dev/null 2>/dev/null |
        openssl x509 -noout -serial 2>/dev/null
}
load() {
    while [ ! -e enough ]; do
        curl -s -m 30 -o /dev/null -w '%{http_code}\n' --cacert ours.crt "${me[@]}" \
            -u alice:secret "https://localhost:$port/-/healthy" >>"$1"
    done
}
load load.1 & first=$!
load load.2 & second=$!
for i in 1 2 3 4; do
    [ $((i % 2)) = 1 ] && new=two || new=one
    # As tools do: the certificate first, then the key; between the two they do not fit.
    cp "$new.crt" server.crt.new && mv server.crt.new server.crt
    before=$(wc -l <load.1)
    for _ in $(seq 100); do [ "$(wc -l <load.1)" -gt $((before + 1)) ] && break; sleep 0.1; done
    cp "$new.key" server.key.new && mv server.key.new server.key
    for _ in $(seq 100); do
        [ "$(serial)" = "$(openssl x509 -noout -serial -in "$new.crt")" ] && break
        sleep 0.1
    done
    check "renewal $i" same "$(serial)" "$(openssl x509 -noout -serial -in "$new.crt")"
done
touch enough
wait "$first" "$second"
check "none failed" same "$(cat load.1 load.2 | grep -vc '^200$')" 0
check "there was load" [ "$(cat load.1 load.2 | wc -l)" -ge 16 ]
check "a key of another: said" has 'certificate and key: ' log
until_metric "$reload_metric" 1

### A bad renewal: the old one stays, log and metric say so.
bad() { # NAME PATTERN
    until_metric "$reload_metric" 0
    check "$1: said" has "$2" log
    check "$1: served" same "$(ask /metrics "${me[@]}" -u alice:secret)" 200
    cp good.yml web.yml
    cp one.crt server.crt
    cp one.key server.key
    chmod 600 server.key
    until_metric "$reload_metric" 1
}
cp two.key server.key
bad "a key of another" 'certificate and key: '
# A certificate that ended long ago.
cert old ours 20 "$host"
printf '%s\n' '[ca]' default_ca=ours '[ours]' database=issued serial=number new_certs_dir=. policy=names \
    default_md=sha256 '[names]' commonName=supplied >ca.cnf
: >issued
echo 01 >number
openssl_quiet ca -config ca.cnf -batch -notext -in old.csr -cert ours.crt -keyfile ours.key \
    -startdate 20200101000000Z -enddate 20200102000000Z -extfile old.ext -out old.crt
cp old.crt server.crt
cp old.key server.key
bad "an expired one" 'the certificate has expired'
printf 'no certificate\n' >server.crt
bad "no certificate" 'certificate and key: '
chmod 644 server.key
bad "a key for everybody" 'can be read by everybody (mode 0644); run chmod o= '
printf 'tls_server_conf: {}\n' >web.yml
bad "an unknown key" 'web.yml:1:1: unknown key .*did you mean .*tls_server_config'
users >web.yml
bad "no TLS any longer" 'by a restart only'
rm server.key
bad "no key any longer" 'server.key'
check "no hash was said" same "$(grep -c 'HASH_\|2b\$04' log)" 0
if [ -n "$prom_port" ]; then
    check "Prometheus never missed it" grep -q '"1"\]' <(query 'min_over_time(up{job="getvpn"}[1h])')
    kill "${pids[0]}"
    wait "${pids[0]}"
    pids=()
else
    echo "no prometheus here: not tried"
fi
stop "users"

### A rate for all requests together.
printf 'rate_limit: {interval: 1h, burst: 3}\n' >web.yml
start
scheme=http
for i in 1 2 3; do check "request $i" same "$(ask /-/healthy)" 200; done
check "request 4" same "$(ask /-/healthy)" 429
printf 'rate_limit: {interval: 0s, burst: 0}\n' >web.yml
check "no rate any longer" same "$(ask /-/healthy)" 200
stop "rate"

### SIGTERM in the middle of a poll, and of a password check.
python3 -u -c 'import socket, time
s = socket.create_server(("127.0.0.1", 0))
print("PORT", s.getsockname()[1])
held = [s.accept() for _ in range(9)]' >mute.log 2>&1 & # takes connections, says nothing
pids=("$!")
wait_for '^PORT ' mute.log
mute=$(sed -n 's/^PORT //p' mute.log)
printf '%s\n' 'credentials:' '  ssh: {lab: {user: a, password_file: community}}' \
    "targets: [{name: mute, address: 127.0.0.1, ssh: lab, ssh_port: $mute, deadline: 60s}]" >c.yml
printf 'basic_auth_users: {alice: "%s"}\n' "${alice/\$04\$/\$14\$}" >web.yml
"$exporter" --config.file=c.yml --web.listen-address=127.0.0.1:0 2>log &
pid=$!
port=$(port_of log) || exit 1
curl -s -m 60 -o probe.out "http://127.0.0.1:$port/probe?target=mute" &
for _ in $(seq 300); do
    ask /metrics >/dev/null
    grep -q '^getvpn_exporter_polls_in_flight 1' out && break
    sleep 0.1
done
check "a poll is under way" has '^getvpn_exporter_polls_in_flight 1' out
ask '/probe?target=mute' >/dev/null &
waiting=$!
stop "in a poll"
wait "$waiting"
"$exporter" --config.file=c.yml --web.listen-address=127.0.0.1:0 --web.config.file=web.yml 2>log &
pid=$!
port=$(port_of log) || exit 1
ask /metrics -u alice:secret >/dev/null &
waiting=$!
for _ in $(seq 100); do [ -n "$(ss -Htn state established "sport = :$port" 2>/dev/null)" ] && break; sleep 0.05; done
stop "in a check"
wait "$waiting"

### A hello that never ends is ended by the deadline.
printf 'tls_server_config: {cert_file: two.crt, key_file: two.key}\n' >web.yml
sed -i '1ilimits: {request_deadline: 1s}' c.yml
start
begun=$SECONDS
tcp '\x16\x03\x01\x40\x00\xff\xff' 60 >hello
check "a slow hello" [ $((SECONDS - begun)) -lt 60 ]
stop "slow hello"

### Privileges: another user, low ports, nothing else.
if [ "$(id -u)" = 0 ]; then
    chmod 711 "$dir"
    printf '%s\n' 'syslog: {listen: ["127.99.0.8:514"]}' 'traps: {listen: ["127.99.0.8:162"]}' >>c.yml
    chown nobody c.yml community
    # Without the sanitizers' look at the end, which needs to trace.
    ASAN_OPTIONS=detect_leaks=0 "$exporter" --user=nobody --config.file=c.yml \
        --web.listen-address=127.0.0.1:0 2>log &
    pid=$!
    port_of log >/dev/null || exit 1
    check "port 514" has 'syslog: listening on 127.99.0.8:514, port 514' log
    check "port 162" has 'traps: listening on 127.99.0.8:162, port 162' log
    kill -HUP "$pid"
    wait_for 'configuration loaded' log # which would bind them anew
    state() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"; }
    check "who" same "$(state Uid | cut -f1-3 | tr '\t' ' ')" "$(id -u nobody) $(id -u nobody) $(id -u nobody)"
    check "groups" same "$(state Groups | tr -d ' ')" "$(id -G nobody | tr -d ' ')"
    check "what it may" same "$(state CapEff)" 0000000000000400
    check "and could" same "$(state CapPrm) $(state CapBnd)" '0000000000000400 0000000000000400'
    check "no new privileges" same "$(state NoNewPrivs)" 1
    check "filtered calls" same "$(state Seccomp)" 2
    check "no core" has 'Max core file size *0 *0' "/proc/$pid/limits"
    stop "another user"
    "$exporter" --user=nobody-of-that-name --config.file=c.yml 2>log
    check "no such user" has '--user=nobody-of-that-name: no such user' log
    check "nothing listens" same "$(grep -c listening log)" 0
fi
finish
