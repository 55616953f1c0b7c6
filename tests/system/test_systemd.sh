#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# As a service: what the exporter tells the service manager and when, sockets that it is handed,
# credentials that are not there; and the unit by systemd's own measure.
# usage: test_systemd.sh SOURCE-ROOT GETVPN_EXPORTER
set -u
root=$(realpath "$1")
exporter=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
. "$here/common.sh"
cd "$dir" || exit 1

### The unit: what systemd makes of it, and what it leaves open (tenths; README has the figure).
if command -v systemd-analyze >/dev/null; then
    mkdir units
    sed "s|/usr/bin/getvpn_exporter|$exporter|" "$root/deploy/systemd/getvpn-exporter.service" \
        >units/getvpn-exporter.service
    cp "$root/deploy/systemd/getvpn-exporter.socket" units
    check "the units are whole" systemd-analyze verify --man=no units/getvpn-exporter.service \
        units/getvpn-exporter.socket
    systemd-analyze security --offline=true --threshold=15 units/getvpn-exporter.service \
        >security 2>&1
    check "an exposure of 1.5 at most" same $? 0
    score=$(sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p' security)
    check "the README has the figure" has "^| Exposure.*| $score |" "$root/README.md"
fi

### Notifications.
printf 'public\n' >community
config() { # COMMUNITY-KEY
    printf '%s\n' 'credentials:' "  snmp: {lab: {version: 2c, $1}}" \
        'targets: [{name: a, address: 127.99.0.1, snmp: lab, snmp_port: 9, deadline: 1s}]' >c.yml
}
config 'community_file: community'
manage() { # WHERE: takes notifications there; they are in ./said
    : >log
    rm -f said # the one of before is no sign that this one listens
    python3 "$here/service_manager.py" listen "$1" said log &
    pids+=($!)
    wait_for '^open$' said
}
count() { grep -c -- "$1" said; }
at_least() { [ "$(count "$1")" -ge "$2" ]; }  # PATTERN COUNT
stop() {
    kill "$pid"
    wait "$pid"
    check "$1: a clean end" same $? 0
    pid=
}

manage "$dir/notify"
NOTIFY_SOCKET=$dir/notify WATCHDOG_USEC=400000 "$exporter" --config.file=c.yml \
    --web.listen-address=127.0.0.1:0 2>>log &
pid=$!
wait_for '^READY=1' said
check "ready when it listens, not before" has '^READY=1;STATUS=serving;connected$' said
check "no reload yet" same "$(count RELOADING)" 0
check "the watchdog is fed" until_true at_least '^WATCHDOG=1$' 3
kill -HUP "$pid"
check "a reload begins, at an instant" until_true has '^RELOADING=1;MONOTONIC_USEC=[1-9][0-9]*$' said
check "and ends" until_true at_least '^READY=1' 2
check "in this order" same "$(grep -v WATCHDOG said | cut -d';' -f1 | tr '\n' ' ')" \
    'open READY=1 RELOADING=1 READY=1 '
echo 'targets: nothing' >c.yml
kill -HUP "$pid"
check "a refused one ends, too, and says so" until_true has \
    '^READY=1;STATUS=the configuration was not reloaded: the old one stays$' said
stop "with notifications"
check "the end is said" until_true has '^STOPPING=1' said
check "last" same "$(grep -v WATCHDOG said | tail -n 1)" 'STOPPING=1;STATUS=stopping'
check "nothing went wrong with it" same "$(grep -c 'service manager' log)" 0

# Watched is another process; the socket is of the abstract name space.
config 'community_file: community'
manage "@getvpn-test-$$"
NOTIFY_SOCKET=@getvpn-test-$$ WATCHDOG_USEC=100000 WATCHDOG_PID=1 python3 \
    "$here/service_manager.py" activate 0 tcp "$exporter" --config.file=c.yml \
    --web.systemd-socket 2>>log &
pid=$!
wait_for '^READY=1' said
port=$(port_of log) || exit 1
check "a socket that was handed over" has '^READY=1;STATUS=serving;connected$' said
check "answers" same "$(curl -s -m 30 -o out -w '%{http_code}' "http://127.0.0.1:$port/-/healthy")" 200
kill -HUP "$pid"
check "abstract: a reload" until_true at_least '^READY=1' 2
check "answers after a reload" \
    same "$(curl -s -m 30 -o out -w '%{http_code}' "http://127.0.0.1:$port/-/healthy")" 200
check "the watchdog of another is not fed" same "$(count WATCHDOG)" 0
stop "with a socket"

# A loop that hangs, where the process does not: it waits to log. The manager hears nothing more of it,
# though meanwhile it hears twenty times of another.
for one in fed starved; do
    python3 "$here/service_manager.py" listen "$dir/$one" "said_$one" log &
    pids+=($!)
    wait_for '^open$' "said_$one"
done
export WATCHDOG_USEC=100000
NOTIFY_SOCKET=$dir/fed "$exporter" --config.file=c.yml --web.listen-address=127.0.0.1:0 2>fed.log &
pids+=($!)
NOTIFY_SOCKET=$dir/starved python3 "$here/service_manager.py" deaf 1000 "$exporter" --config.file=c.yml \
    --web.listen-address=127.0.0.1:0 &
pid=$!
unset WATCHDOG_USEC
beats() { grep -c '^WATCHDOG=1$' "said_$1"; }
fed_since() { [ "$(beats fed)" -ge "$1" ]; }
wait_for '^WATCHDOG=1$' said_starved
starves() {
    local fed starved
    kill -HUP "$pid"
    fed=$(beats fed) starved=$(beats starved)
    until_true fed_since $((fed + 20)) && [ "$(beats starved)" = "$starved" ]
}
check "who hangs is not fed" until_true starves
kill -KILL "$pid"
wait "$pid" 2>/dev/null
pid=

# Nobody is there to be told.
NOTIFY_SOCKET=$dir/nobody "$exporter" --config.file=c.yml --web.listen-address=127.0.0.1:0 2>log &
pid=$!
wait_for 'listening on' log
wait_for "cannot tell the service manager 'READY=1': No such file" log
stop "told nobody"

### Refusals: a word on what to do.
refused() { # NAME WANT-EXIT PATTERN COMMAND...
    timeout 60 "${@:4}" 2>log
    check "$1: exit" same $? "$2"
    check "$1: a word on it" has "$3" log
}
refused "no socket" 1 'no socket was handed over ($LISTEN_FDS); start the .socket unit' \
    "$exporter" --config.file=c.yml --web.systemd-socket
refused "both ways to listen" 2 'the .socket unit says where to listen' \
    "$exporter" --config.file=c.yml --web.systemd-socket --web.listen-address=:0
refused "a socket of UDP" 1 'descriptor 3 is no listening TCP socket; expected ListenStream=' \
    python3 "$here/service_manager.py" activate 0 udp "$exporter" --config.file=c.yml \
    --web.systemd-socket
config 'community_credential: secret_community'
refused "no credentials" 1 'CREDENTIALS_DIRECTORY is not set; expected LoadCredential=' \
    env -u CREDENTIALS_DIRECTORY "$exporter" --config.file=c.yml
mkdir credentials
refused "a credential less" 1 \
    "community_credential: cannot read .*/credentials/secret_community.*: it does not exist" \
    env CREDENTIALS_DIRECTORY="$dir/credentials" "$exporter" --config.file=c.yml
cp community credentials/secret_community
check "with it the configuration is good" env CREDENTIALS_DIRECTORY="$dir/credentials" \
    "$exporter" --config.file=c.yml --config.check >out
finish
