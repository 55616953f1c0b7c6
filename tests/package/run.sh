# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154 # root, dir, source_root: of who sources it
# Sourced by test_packages.sh: the installed programs at work in $root, without systemd as its
# process 1, but with what the unit gives: user, rights, credentials, state, notifications.
uid=61184 # of those that DynamicUser= takes
. "$here/site.sh"

as_unit() {
    local line args
    rm -rf "$root$credentials"
    install -d -m 500 -o $uid -g $uid "$root$credentials"
    for secret in "$root"/etc/getvpn-exporter/secrets/*; do
        [ ! -e "$secret" ] || install -m 400 -o $uid -g $uid "$secret" "$root$credentials/secret_${secret##*/}"
    done
    install -d -m 700 -o $uid -g $uid "$root/var/lib/getvpn-exporter"
    line=$(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/getvpn-exporter.service")
    args=$(sed -n 's/^ARGS="\(.*\)"$/\1/p' "$root/etc/default/getvpn-exporter")
    # shellcheck disable=SC2086 # words, as systemd splits them
    "${in_root[@]}" setpriv --reuid=$uid --regid=$uid --clear-groups --no-new-privs \
        --bounding-set=-all,+net_bind_service --inh-caps=-all,+net_bind_service \
        --ambient-caps=+net_bind_service env NOTIFY_SOCKET=/run/notify \
        CREDENTIALS_DIRECTORY=$credentials STATE_DIRECTORY=/var/lib/getvpn-exporter \
        ${line%\$ARGS} $args 2>"$dir/log" &
    pid=$!
    wait_for 'listening on :10848' "$dir/log"
}
end_unit() {
    kill "$pid"
    wait "$pid"
    check "$1: a clean end" same $? 0
    pid=
}
status() { curl -s -m 30 -o "$dir/out" -w '%{http_code}' "$@"; } # CURL-ARGUMENT...

# As shipped: nothing to poll, and well.
: >"$dir/log"
python3 "$here/../system/service_manager.py" listen "$root/run/notify" "$dir/said" "$dir/log" &
pids+=($!)
until_true [ -S "$root/run/notify" ]
chmod 666 "$root/run/notify"
as_unit
check "as shipped: healthy" same "$(status http://localhost:10848/-/healthy)" 200
check "as shipped: ready" same "$(status http://localhost:10848/-/ready)" 200
check "as shipped: metrics" same "$(status http://localhost:10848/metrics)" 200
check "as shipped: told so" until_true has '^READY=1;STATUS=serving;connected$' "$dir/said"
inside=$(pgrep -x getvpn_exporter)
check "as nobody" like "$(tr '\t' ' ' <"/proc/$inside/status")" "^Uid: $uid $uid $uid $uid"
check "with one right" like "$(cat "/proc/$inside/status")" 'CapEff:.0000000000000400'
check "in its sandbox" like "$(tr '\t' ' ' <"/proc/$inside/status")" '^Seccomp: 2'
end_unit "as shipped"

# Three key servers, mutual TLS.
write_site 20
install -m 600 "$dir/monitor.crt" "$dir/monitor.key" "$root/tmp/"

"${in_root[@]}" SNMP_PERSISTENT_DIR=/tmp/snmp getvpn_lab --scenario /tmp/fleet.yml --state-dir /tmp --quiet >"$dir/ready" 2>"$dir/lab.log" &
lab_pid=$!
wait_for '^ready' "$dir/ready"
in_root getvpntool ssh-keyscan 127.58.1.1 --known-hosts /etc/getvpn-exporter/known_hosts >"$dir/keyscan"
as_unit
url=https://localhost:10848
me=(--cacert "$dir/ca.crt" --cert "$dir/monitor.crt" --key "$dir/monitor.key")
check "without a certificate: nothing" same "$(status --cacert "$dir/ca.crt" $url/metrics)" 000
all_up() { [ "$(status "${me[@]}" $url/metrics)" = 200 ] && [ "$(grep -c '^getvpn_up{.*} 1$' "$dir/out")" = 5 ]; }
check "a scrape over mutual TLS: all five are up" until_true all_up
check "no secret in it" same "$(grep -c nobody-knows "$dir/out")" 0
by_ssh() { status "${me[@]}" $url/metrics >"$dir/code" && has '^getvpn_collector_success{device="branch-1",collector="ssh"} 1$' "$dir/out"; }
check "by SSH, too, without a home" until_true by_ssh

# The plugin, executed as Icinga's CheckCommand of the package has it: Icinga itself where it is.
plugin=(in_root /usr/lib/nagios/plugins/check_getvpn --exporter $url -m kek --ca-file
    /etc/getvpn-exporter/ca.crt --cert-file /tmp/monitor.crt --key-file /tmp/monitor.key -c 500: -t 30)
answers() { # WANT-EXIT PATTERN DEVICE
    "${plugin[@]}" -d "$3" >"$dir/plugin" 2>&1
    [ $? = "$1" ] && has "$2" "$dir/plugin"
}
check "before the rekey: OK" until_true answers 0 '^GETVPN KEK OK' 'branch-*'
check "branch-2 lost the rekey: CRITICAL" until_true answers 2 '^GETVPN KEK CRITICAL' branch-2
check "branch-1 did not" until_true answers 0 '^GETVPN KEK OK' branch-1
check "a reload, as the unit has it" until_true status "${me[@]}" $url/-/healthy
kill -HUP "$(pgrep -x getvpn_exporter)"
check "and told" until_true has '^RELOADING=1' "$dir/said"
check "the history is kept" until_true [ -s "$root/var/lib/getvpn-exporter/history.db" ]
end_unit "three key servers"
kill "$lab_pid"
wait "$lab_pid"
lab_pid=
sed -i '/web.yml/s/.*/ARGS=""/' "$root/etc/default/getvpn-exporter"
rm "$root"/etc/getvpn-exporter/{web.yml,known_hosts,*.crt}

# What completes a line in a shell.
completed() { # WORD...
    bash -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _getvpn "$1"; echo "${COMPREPLY[@]}"' \
        "$source_root/deploy/completion/getvpn.bash" "$@" | tr '\n' ' '
}
PATH=$build/bin:$PATH
check "options" like "$(completed getvpn_exporter --web.sys)" '^--web.systemd-socket *$'
check "commands" like "$(completed getvpntool ssh)" '^ssh-keyscan *$'
check "a command's options" like "$(completed getvpntool poll --coll)" '^--collector *$'
check "words of an option" like "$(completed getvpn_exporter --log.level = d)" '^debug *$'
check "modes" like "$(completed check_getvpn -m int)" '^interop *$'
