#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# check_getvpn as a program: its command line, exporters that misbehave, TLS and logins, and the
# same verdict from an exporter and from the device itself.
# usage: test_check.sh CHECK_GETVPN CHECK_PEER GETVPN_EXPORTER GETVPN_LAB
set -u
plugin=$1
peer=$2
exporter=$3
lab=$4
. "$(dirname "$0")/common.sh"

# answers CODE PATTERN ARGUMENT...: that exit code, one line that matches, nothing on standard
# error, and no second '|'
answers() {
    local code=$1 pattern=$2 got
    "$plugin" "${@:3}" >"$dir/out" 2>"$dir/err"
    got=$?
    [ "$got" = "$code" ] || { echo "  exit $got, want $code: $(cat "$dir/out" "$dir/err")"; return 1; }
    [ ! -s "$dir/err" ] || { echo "  on standard error: $(cat "$dir/err")"; return 1; }
    has "$pattern" "$dir/out" || return 1
    [ "$(wc -l <"$dir/out")" = 1 ] || { echo "  more than one line"; return 1; }
    [ "$(tr -cd '|' <"$dir/out" | wc -c)" -le 1 ] || { echo "  two pipes"; return 1; }
}

# ---- the command line ----
url=http://127.0.0.1:9
check "no mode" answers 3 '^GETVPN UNKNOWN - -m MODE'
check "a mistyped mode" answers 3 'did you mean rekey' -m reky --exporter $url
check "no source" answers 3 'either --exporter or -H' -m kek
check "two sources" answers 3 'either --exporter or -H' -m kek --exporter $url -H 192.0.2.1
check "-H without credentials" answers 3 'needs --credentials' -m kek -H 192.0.2.1
check "a probe is an exporter's" answers 3 'needs --exporter' -m probe -H 192.0.2.1 --credentials x
check "a bad range" answers 3 'START is beyond END' -m kek --exporter $url -w 5:1
check "an empty macro" answers 3 'expected .@.START:END' -m kek --exporter $url -c ''
check "a bad time-out" answers 3 'number of seconds' -m kek --exporter $url -t 0
check "an unknown option" answers 3 'no such option' -m kek --exporter $url --criticl 5
check "a missing value" answers 3 'needs a value' -m kek --exporter
check "a word too many" answers 3 'no argument is expected' -m kek --exporter $url more
check "a login in the URL" answers 3 'belongs into --auth-file' -m kek --exporter http://u:p@127.0.0.1:9
check "no web address" answers 3 'expected http://HOST:PORT' -m kek --exporter file:///etc/passwd
check "version" answers 3 '^check_getvpn v[0-9]' -V
"$plugin" -h >"$dir/help"
check "help is UNKNOWN, as the guidelines have it" same $? 3
for word in Examples 'RANGE is' fleet registration --auth-file 'CRITICAL over WARNING'; do
    check "help: $word" has "$word" "$dir/help"
done
check "no line of it is too wide" same "$(awk 'length($0) > 100' "$dir/help")" ''

# ---- exporters that misbehave ----
cat >"$dir/document" <<'END'
{"at": 1764000000, "groups": [], "probes": [], "devices": [{"name": "gm|1", "up": true,
 "collectors": [{"name": "ssh", "age_seconds": 1}], "groups": [{"group": "G\n1",
 "gm": {"registered": true, "kek": {"remaining_seconds": 700, "lifetime_seconds": 3600}}}]}]}
END
printf 'monitor:pass word:with=colon\n' >"$dir/login"
printf 'monitor:wrong\n' >"$dir/wrong"
printf 'no colon\n' >"$dir/nologin"
"$peer" "$dir/document" "$(printf 'monitor:pass word:with=colon' | base64)" >"$dir/peer" &
pids+=($!)
wait_for '^port' "$dir/peer"
url=http://127.0.0.1:$(sed -n 's/^port //p' "$dir/peer")
check "good" answers 0 "^GETVPN KEK OK - gm/1 G 1: KEK expires in 700 s | 'gm/1 G 1 kek_remaining'=700s;120:;1:;0;3600$" -m kek --exporter "$url/ok"
check "a path ends with a slash" answers 0 OK -m kek --exporter "$url/ok/"
check "warning" answers 1 'KEK WARNING.*(warning 900:)' -m kek --exporter "$url/ok" -w 900: -c 300:
check "critical" answers 2 'KEK CRITICAL.*(critical 800:)' -m kek --exporter "$url/ok" -w900: -c800:
check "long options" answers 2 CRITICAL --mode=kek --exporter="$url/ok" --critical=@600:800
check "nobody listens" answers 3 'does not answer' -m kek --exporter http://127.0.0.1:1
check "silent" answers 3 'UNKNOWN - .*\(timed out\|no answer within 1 s\)' -m kek --exporter "$url/silent" -t 1
check "drips" answers 3 'UNKNOWN - .*\(timed out\|no answer within 1 s\)' -m kek --exporter "$url/drip" -t 1
check "500" answers 3 'HTTP 500' -m kek --exporter "$url/broken"
check "cut off" answers 3 'does not answer' -m kek --exporter "$url/cut"
check "endless" answers 3 'too large\|no answer within' -m kek --exporter "$url/huge"
check "endless headers" answers 3 'too large\|does not answer' -m kek --exporter "$url/headers"
check "a redirect is not followed" answers 3 'HTTP 302' -m kek --exporter "$url/redirect"
check "closes" answers 3 'does not answer' -m kek --exporter "$url/closes"
check "no HTTP" answers 3 UNKNOWN -m kek --exporter "$url/binary"
check "no JSON" answers 3 'no JSON' -m kek --exporter "$url/html"
check "a login" answers 0 OK -m kek --exporter "$url/auth" --auth-file "$dir/login"
check "no login" answers 3 'another login (HTTP 401)' -m kek --exporter "$url/auth"
check "a wrong login" answers 3 'another login (HTTP 401)' -m kek --exporter "$url/auth" --auth-file "$dir/wrong"
check "no login in the file" answers 3 'USER:PASSWORD' -m kek --exporter "$url/auth" --auth-file "$dir/nologin"
chmod 644 "$dir/login"
check "everybody can read it" answers 3 'chmod o=' -m kek --exporter "$url/auth" --auth-file "$dir/login"
check "no such file" answers 3 'cannot read' -m kek --exporter "$url/auth" --auth-file "$dir/none"

# A secret is in no argument, so in no process list: asked while it waits.
chmod 600 "$dir/login"
"$plugin" -m kek --exporter "$url/silent" --auth-file "$dir/login" -t 30 >"$dir/out" &
waiting=$!
pids+=("$waiting")
for _ in $(seq 100); do [ -r "/proc/$waiting/cmdline" ] && break; sleep 0.05; done
check "not in the process list" same "$(tr '\0' ' ' <"/proc/$waiting/cmdline" | grep -c 'pass word')" 0
kill "$waiting" 2>/dev/null

# ---- TLS ----
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
mkdir -p "$dir/www/api/v1"
cp "$dir/document" "$dir/www/api/v1/fleet"
(cd "$dir/www" && exec openssl s_server -accept 127.0.0.1:0 -cert ../cert.pem -key ../key.pem -WWW) \
    >"$dir/tls" 2>&1 </dev/null &
pids+=($!)
wait_for '^ACCEPT .*:[1-9]' "$dir/tls"
tls=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$dir/tls" | head -n 1)
check "TLS by its authority" answers 0 OK -m kek --exporter "https://localhost:$tls" --ca-file "$dir/cert.pem"
check "an authority of nobody" answers 3 'does not answer.*certificate' -m kek --exporter "https://localhost:$tls"
check "another name" answers 3 'does not answer.*name' -m kek --exporter "https://127.0.0.1:$tls" --ca-file "$dir/cert.pem"
check "no such authorities" answers 3 UNKNOWN -m kek --exporter "https://localhost:$tls" --ca-file "$dir/none"
chmod 644 "$dir/key.pem"
check "a key that everybody can read" answers 3 'key.pem_* can be read by everybody .*; run chmod' -m kek \
    --exporter "https://localhost:$tls" --ca-file "$dir/cert.pem" --cert-file "$dir/cert.pem" --key-file "$dir/key.pem"
chmod 600 "$dir/key.pem"
check "a certificate of ours" answers 0 OK -m kek --exporter "https://localhost:$tls" --ca-file "$dir/cert.pem" \
    --cert-file "$dir/cert.pem" --key-file "$dir/key.pem"
check "no such key" answers 3 'UNKNOWN - ' -m kek --exporter "https://localhost:$tls" --ca-file "$dir/cert.pem" \
    --cert-file "$dir/cert.pem" --key-file "$dir/none"
check "TLS to a plain port" answers 3 'UNKNOWN - ' -m kek --exporter "https${url#http}/ok" -t 1

# ---- the lab: an exporter's verdict, and the device's own ----
cat >"$dir/fleet.yml" <<'END'
profiles:
  default: {snmp: {community: canary-community}, ssh: {user: monitor, password: canary-password}}
  new: {os: ios-xe, format: 17, version: 17.09.04a, gdoi_version: 1.0.27}
  safe: {like: new, snmp: {version: v3, user: monitor, auth: sha256, auth_password: canary-auth-secret,
         priv: aes128, priv_password: canary-priv-secret}}
  old: {os: ios, format: 15, version: 15.1(4)M12a, gdoi_version: 1.0.1, behaviour: old}
groups:
  - {name: NEW, id: 7, kek_lifetime: 7200, tek_lifetime: 3600}
  - {name: OLD, id: 8, kek_lifetime: 7200, tek_lifetime: 3600}
  - {name: THREE, id: 9, kek_lifetime: 7200, tek_lifetime: 3600}
devices:
  - {name: ks-new, like: new, address: 127.35.0.1, ks: NEW, priority: 100}
  - {name: gm-new, like: new, address: 127.35.0.2, gm: NEW}
  - {name: ks-old, like: old, address: 127.35.0.3, ks: OLD}
  - {name: gm-odd, like: new, address: 127.35.0.4, gm: OLD}
  - {name: ks-v3, like: safe, address: 127.35.0.5, ks: THREE, gdoi: {psk: canary-pre-shared-key}}
  - {name: gm-v3, like: safe, address: 127.35.0.6, gm: THREE}
END
lab_start "$lab" --any-port --exporter-config "$dir/config.yml" --quiet
sed -i 's/interval: 10s/interval: 2s/' "$dir/config.yml"
"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 2>"$dir/log" &
pid=$!
url=http://127.0.0.1:$(port_of "$dir/log") || exit 1

# becomes CODE ARGUMENT...: until that is the exit code
becomes() {
    local code=$1
    for _ in $(seq 300); do
        "$plugin" "${@:2}" -v >"$dir/out" 2>&1
        [ $? = "$code" ] && return
        sleep 0.2
    done
    echo "  did not become $code: $(cat "$dir/out")"
    return 1
}

# ---- the exporter itself over mTLS, with users ----
# signed NAME: a certificate of our authority, with its key
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout "$dir/ca.key" -out "$dir/ca.crt" 2>/dev/null
signed() {
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$dir/$1.key" 2>/dev/null |
        openssl x509 -req -CA "$dir/ca.crt" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
            -extfile <(echo subjectAltName=DNS:localhost) -out "$dir/$1.crt" 2>/dev/null
}
signed server
signed monitor
openssl pkey -in "$dir/monitor.key" -aes256 -passout pass:x -out "$dir/locked.key"
# bcrypt of "secret", of the least cost
printf '%s\n' 'tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt,
  client_auth_type: RequireAndVerifyClientCert}' \
    'basic_auth_users: {monitor: $2b$04$rwWu4YVBWvOPa7Xv5di9KOoECChU25HJOqzGkL8X9yNnwvfOPj82e}' >"$dir/web.yml"
printf 'monitor:secret\n' >"$dir/right"
printf 'targets: []\n' >"$dir/nobody.yml"
"$exporter" --config.file="$dir/nobody.yml" --web.listen-address=127.0.0.1:0 \
    --web.config.file="$dir/web.yml" 2>"$dir/mtls.log" &
pids+=($!)
tls=$(port_of "$dir/mtls.log") || exit 1
secure() { # CODE PATTERN ARGUMENT...
    answers "$1" "$2" -m fleet --exporter "https://localhost:$tls" --ca-file "$dir/ca.crt" -t 30 "${@:3}"
}
ours=(--cert-file "$dir/monitor.crt" --key-file "$dir/monitor.key")
check "mTLS and a login" secure 3 'no device is known' "${ours[@]}" --auth-file "$dir/right"
check "mTLS without the login" secure 3 'another login (HTTP 401)' "${ours[@]}"
check "mTLS with a wrong login" secure 3 'another login (HTTP 401)' "${ours[@]}" --auth-file "$dir/wrong"
check "a login without mTLS" secure 3 'does not answer: ' --auth-file "$dir/right"
check "the certificate of nobody's" secure 3 'does not answer: .*alert' --cert-file "$dir/cert.pem" --key-file "$dir/key.pem"
check "a key of another" secure 3 'does not answer: ' --cert-file "$dir/monitor.crt" --key-file "$dir/server.key"
check "a key with a passphrase" secure 3 'does not answer: ' --cert-file "$dir/monitor.crt" --key-file "$dir/locked.key" </dev/null
check "a certificate alone" secure 3 'does not answer: ' --cert-file "$dir/monitor.crt"
cat "$dir/monitor.crt" "$dir/monitor.key" >"$dir/both.pem"
check "both in a file" secure 3 'no device is known' --cert-file "$dir/both.pem" --auth-file "$dir/right"
check "no such key" secure 3 'none.key.: it does not exist' --cert-file "$dir/monitor.crt" --key-file "$dir/none.key"
chmod o+r "$dir/monitor.key"
check "everybody's key" secure 3 'can be read by everybody (mode 0604); run chmod o=' "${ours[@]}"
check "everybody's key, taken" secure 3 'no device is known' "${ours[@]}" --auth-file "$dir/right" --insecure-perms

check "everybody answers" becomes 0 -m registration --exporter "$url" -t 30
check "the mismatch is known" becomes 1 -m interop --exporter "$url" -t 30
# Every mode, of what the exporter knows.
for want in kek:0 tek:0 rekey:0 interop:1 registration:0 members:0 coop:0 probe:0 fleet:1; do
    check "${want%:*} of the fleet" becomes ${want#*:} -m ${want%:*} --exporter "$url" -t 30
done
# verdict DEVICE MODE ARGUMENT...: state and text without numbers, from both sides
verdict() {
    local name=$1 mode=$2 source got
    shift 2
    for source in exporter device; do
        if [ $source = exporter ]; then
            "$plugin" -m "$mode" --exporter "$url" -d "$name" -t 30 -vv "$@"
        else
            "$plugin" -m "$mode" -H "$name" --credentials "$dir/config.yml" -t 60 -vv "$@"
        fi >"$dir/$source" 2>&1
        echo "exit $?" >>"$dir/$source"
        sed -i 's/[0-9][0-9]* s/N s/g; s/=[0-9.]*s/=N/g' "$dir/$source"
    done
    diff "$dir/exporter" "$dir/device"
}
for mode in kek tek members; do
    check "$mode of a key server" verdict ks-new $mode
done
check "kek of a key server, critical" verdict ks-old kek -c 99999:
check "kek of a member" verdict gm-new kek -w 99999:
check "registration of a member" verdict gm-odd registration
# Group verdicts of a fleet of one device are on what this one knows.
check "coop by itself" answers 0 'COOP OK' -m coop -H ks-new --credentials "$dir/config.yml" -t 60
check "interop by itself" answers 1 'old key server with 1 new member' -m interop -H ks-old --credentials "$dir/config.yml" -t 60
check "rekey by itself" answers 0 'next is due in' -m rekey -H ks-new --credentials "$dir/config.yml" -t 60

# Credentials and defaults alone, without targets: every mode by one protocol alone.
port_in() { # DEVICE KEY: of the lab's configuration
    awk -v name="name: \"$1\"" -v key="$2:" 'index($0, name) { on = 1 } on && $1 == key { print $2; exit }' "$dir/config.yml"
}
snmp=$(port_in ks-new snmp_port)
printf '%s\n' canary-auth-secret >"$dir/auth"
printf '%s\n' canary-priv-secret >"$dir/priv"
printf '%s\n' canary-password >"$dir/password"
by() { # KIND DEVICE: the arguments that ask this device so
    local at
    at=$(port_in "$2" address)
    case $1 in
    v2c) echo "credentials: {snmp: {ro: {version: 2c, community_file: community}}}
defaults: {snmp: ro, snmp_port: $(port_in "$2" snmp_port)}" ;;
    v3) echo "credentials: {snmp: {ro: {version: 3, user: monitor, auth: sha256, auth_password_file: auth,
  priv: aes128, priv_password_file: priv}}}
defaults: {snmp: ro, snmp_port: $(port_in "$2" snmp_port)}" ;;
    ssh) echo "credentials: {ssh: {ro: {user: monitor, password_file: password}}}
known_hosts: known_hosts
defaults: {ssh: ro, ssh_port: $(port_in "$2" ssh_port)}" ;;
    esac >"$dir/by-$1-$2.yml"
    device=(-H "$at" --credentials "$dir/by-$1-$2.yml" -t 60)
}
printf 'canary-community\n' >"$dir/community"
for kind in v2c:new v3:v3 ssh:new; do
    for mode in kek tek rekey interop members coop fleet; do
        by ${kind%:*} ks-${kind#*:}
        check "$mode by ${kind%:*}" answers 0 OK -m $mode "${device[@]}"
    done
    by ${kind%:*} gm-${kind#*:}
    check "registration by ${kind%:*}" answers 0 OK -m registration "${device[@]}"
done
# A device that takes everything and says nothing; the file would wait for minutes.
python3 -u -c 'import socket, time
tcp = socket.create_server(("127.35.0.7", 0))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(tcp.getsockname())
print("PORT", tcp.getsockname()[1])
time.sleep(600)' >"$dir/mute" &
pids+=($!)
wait_for '^PORT' "$dir/mute"
for kind in v2c v3 ssh; do
    by $kind ks-new
    [ $kind = ssh ] && patience='ssh_timeout: 5m' || patience='snmp_timeout: 1m, snmp_retries: 10'
    sed -i "s/_port: .*/_port: $(sed -n 's/^PORT //p' "$dir/mute"), deadline: 1h, $patience}/" "$dir/by-$kind-ks-new.yml"
    check "$kind, hanging: our own time-out" answers 3 'no data: .* timeout' -m kek "${device[@]}" -H 127.35.0.7 -t 2
done
printf 'credentials: {snmp: {ro: {version: 2c, community_file: community}}}\ndefaults: {snmp: ro, snmp_port: %s}\n' \
    "$snmp" >"$dir/check.yml"
printf 'canary-community\n' >"$dir/community"
check "by defaults" answers 0 'KEK OK - 127.35.0.1 NEW' -m kek -H 127.35.0.1 --credentials "$dir/check.yml" -t 60
check "no address" answers 3 'expected an address' -m kek -H 'a"b' --credentials "$dir/check.yml"
check "not in the file" answers 3 'none of that name' -m kek -H 127.35.0.9 --credentials "$dir/config.yml"
printf 'canary-wrong\n' >"$dir/community"
sed -i 's/snmp: ro, /&snmp_timeout: 500ms, snmp_retries: 1, /' "$dir/check.yml" # there is no answer to wait for
check "a wrong community: nothing is known" answers 3 'no data: snmp timeout' -m kek -H 127.35.0.1 --credentials "$dir/check.yml" -t 60
check "and the device is down" answers 2 'FLEET CRITICAL' -m fleet -H 127.35.0.1 --credentials "$dir/check.yml" -t 60
chmod 644 "$dir/community"
check "a community for everybody" answers 3 'chmod o=' -m kek -H 127.35.0.1 --credentials "$dir/check.yml"

# The fleet falls silent: what it said grows stale, and is not OK any more.
kill -STOP "$lab_pid"
check "stale" becomes 3 -m kek --exporter "$url" -t 30 --max-age 5
check "and says so" has 'silent for\|no data' "$dir/out"
check "down" becomes 2 -m fleet --exporter "$url" -t 30 --max-age 5
check "no secret anywhere" same "$(cat "$dir"/out "$dir"/exporter "$dir"/device "$dir"/log | grep -c canary)" 0
finish
