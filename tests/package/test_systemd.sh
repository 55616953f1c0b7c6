#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The packages on a machine of Debian 12 that systemd runs: installed, configured for three key servers,
# started, scraped by Debian's Prometheus over mutual TLS, checked by Debian's Icinga 2, whose service
# turns CRITICAL when a member loses a rekey; reloaded, starved, woken by its socket, purged. All of
# this time a system call that the unit does not allow would end the service.
# usage: test_systemd.sh SOURCE-ROOT BUILD-DIRECTORY
set -u
source_root=$(realpath "$1")
build=$(realpath "$2")
here=$(realpath "$(dirname "$0")")

# ---- a name space, and control groups of its own: all of it ends with the test ----
if [ -z "${GV_PACKAGE_ROOT:-}" ]; then
    for tool in mmdebstrap cpack systemd-nspawn unshare nsenter ss curl jq openssl; do
        command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }
    done
    [ "$(id -u)" = 0 ] || { echo "skipped: not root"; exit 77; }
    unshare --mount --net --pid --fork true 2>/dev/null || { echo "skipped: no name spaces"; exit 77; }
    . "$here/root.sh"
    GV_PACKAGE_ROOT=$(fresh_root "$build") || exit $?
    export GV_PACKAGE_ROOT
    groups=()
    for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
        [ ! -e $hierarchy/cgroup.procs ] || groups+=("$hierarchy/getvpn-test-$$")
    done
    mkdir "${groups[@]}" || { echo "skipped: no control groups"; exit 77; }
    (
        for group in "${groups[@]}"; do echo "$BASHPID" >"$group/cgroup.procs" || exit 77; done
        exec unshare --mount --pid --fork --kill-child --mount-proc "$0" "$source_root" "$build"
    )
    result=$?
    find "${groups[@]}" -depth -type d -exec rmdir {} + 2>/dev/null
    exit $result
fi
. "$here/../system/common.sh"
umask 022
mount --make-rprivate / && mount -t tmpfs tmpfs /run || exit 1 # nspawn's own notes

# ---- booted ----
# What is written goes to memory. The kernel's Landlock is not among what nspawn lets through.
systemd-nspawn --directory="$GV_PACKAGE_ROOT" --volatile=overlay --boot --machine=getvpn --register=no \
    --keep-unit --private-network --console=pipe --kill-signal=SIGKILL \
    --system-call-filter='landlock_create_ruleset landlock_add_rule landlock_restrict_self' \
    </dev/null >"$dir/boot" 2>&1 &
nspawn=$!
pids+=($nspawn)
first() { first=$(pgrep -P $nspawn) && [ "$(cat "/proc/$first/comm")" = systemd ]; }
until_true first || { echo "skipped: nspawn cannot boot here"; tail -n 3 "$dir/boot"; exit 77; }
root=/proc/$first/root
in_root=(nsenter -t "$first" -m -u -i -n -p -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8)
in_root() { "${in_root[@]}" "$@"; }
until_true in_root systemctl is-system-running || { echo "FAIL: it does not boot"; in_root systemctl --failed; exit 1; }
get() { nsenter -t "$first" -n curl -sS -m 30 "$@"; } # CURL-ARGUMENT...
show() { in_root systemctl show -P "$1" getvpn-exporter.service; } # PROPERTY
is() { same "$(show "$1")" "$2"; }                                 # PROPERTY WANT
journal() { in_root journalctl -q --no-pager -o cat -u getvpn-exporter.service >"$dir/journal"; }
said() { journal && has "$1" "$dir/journal"; } # PATTERN

# ---- installed: the packages start it, as shipped ----
cpack --config "$build/CPackConfig.cmake" -B "$dir/new" >"$dir/cpack" 2>&1 || { tail "$dir/cpack"; exit 1; }
cp "$dir"/new/*.deb "$root/root/"
unit=$root/run/systemd/system/getvpn-exporter.service.d
mkdir -p "$unit"
printf '[Service]\nSystemCallErrorNumber=kill\n' >"$unit/strict.conf"
in_root sh -c 'DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io -i /root/*.deb' >"$dir/install" 2>&1 ||
    { echo "FAIL: dpkg -i"; tail "$dir/install"; exit 1; }
check "as shipped: active" is ActiveState active
check "as shipped: serving" is StatusText serving
check "as shipped: healthy" same "$(get http://localhost:10848/-/healthy -o /dev/null -w '%{http_code}')" 200
status=$(in_root cat "/proc/$(show MainPID)/status" | tr '\t' ' ')
check "a user of its own" like "$status" '^Uid: 6[0-9]{4} '
check "one right" like "$status" '^CapEff: 0000000000000400'
check "no way to more" like "$status" '^NoNewPrivs: 1'
check "in its sandbox" like "$status" '^Seccomp: 2'
check "no core file" like "$(in_root cat "/proc/$(show MainPID)/limits")" 'core file size +0 +0'
landlock=$(python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1) > 0)')
journal
check "in Landlock's, if there is one" same "$landlock $(grep -c 'no Landlock' "$dir/journal")" \
    "$([ "$landlock" = True ] && echo True 0 || echo False 1)"

# ---- configured ----
echo 127.0.0.1 localhost >"$root/etc/hosts" # the fresh root has none
. "$here/site.sh"
write_site 60
secret=$root/etc/getvpn-exporter/secrets/community
mv "$secret" "$dir/community"
check "without a credential: no start" eval '! in_root systemctl restart getvpn-exporter 2>/dev/null'
check "and said" said 'community_credential: cannot read .*secret_community.*: it does not exist'
in_root systemctl stop getvpn-exporter
mv "$dir/community" "$secret"
in_root systemctl reset-failed getvpn-exporter

install -d "$root/etc/prometheus/getvpn" "$root/etc/icinga2/getvpn"
cp "$dir"/{ca,monitor}.crt "$dir/monitor.key" "$root/etc/prometheus/getvpn"
cp "$dir"/{ca,monitor}.crt "$dir/monitor.key" "$root/etc/icinga2/getvpn"
in_root chown -R prometheus /etc/prometheus/getvpn
in_root chown -R nagios /etc/icinga2/getvpn
cat >"$root/etc/prometheus/prometheus.yml" <<'END'
scrape_configs:
  - job_name: getvpn
    scrape_interval: 1s
    scheme: https
    tls_config: {ca_file: getvpn/ca.crt, cert_file: getvpn/monitor.crt, key_file: getvpn/monitor.key}
    static_configs: [{targets: ["localhost:10848"]}]
  - job_name: nobody # without a certificate
    scrape_interval: 1s
    scheme: https
    tls_config: {ca_file: getvpn/ca.crt}
    static_configs: [{targets: ["localhost:10848"]}]
END
rm "$root"/etc/icinga2/conf.d/{hosts,services,apt}.conf
cat >"$root/etc/icinga2/conf.d/getvpn.conf" <<'END'
include "/usr/share/getvpn-exporter/icinga2/getvpn.conf"
object ApiUser "test" { password = "test"; permissions = [ "objects/query/*" ] }
object Host "getvpn" {
  check_command = "dummy"
  vars.getvpn_exporter = "https://localhost:10848"
  vars.getvpn_ca_file = "/etc/icinga2/getvpn/ca.crt"
  vars.getvpn_cert_file = "/etc/icinga2/getvpn/monitor.crt"
  vars.getvpn_key_file = "/etc/icinga2/getvpn/monitor.key"
}
template Service "branch" {
  host_name = "getvpn"
  check_command = "getvpn"
  check_interval = 2s
  retry_interval = 1s
  max_check_attempts = 3
  vars += { getvpn_mode = "kek", getvpn_device = "$service.name$", getvpn_critical = "500:" }
}
object Service "branch-1" { import "branch" }
object Service "branch-2" { import "branch" }
END
# Icinga's own set-up cannot copy this file from a lower to an upper layer.
cp "$root/etc/icinga2/constants.conf" "$root/etc/icinga2/constants.conf.orig"
in_root icinga2 api setup >"$dir/icinga" 2>&1 || { echo "FAIL: icinga2 api setup"; tail "$dir/icinga"; exit 1; }
in_root systemctl restart prometheus icinga2 || { in_root journalctl -q -n 20 -o cat -u icinga2; exit 1; }

in_root systemd-run -q --unit=lab -p StateDirectory=lab getvpn_lab --scenario /tmp/fleet.yml --quiet \
    --state-dir /var/lib/lab --syslog-to 127.0.0.1:514 --traps-to 127.0.0.1:162
lab_ready() { in_root journalctl -q -o cat -u lab | grep -q ^ready; }
until_true lab_ready || { echo "FAIL: no lab"; in_root journalctl -q -o cat -u lab; exit 1; }
in_root getvpntool ssh-keyscan 127.58.1.1 --known-hosts /etc/getvpn-exporter/known_hosts >"$dir/keyscan"
check "started" in_root systemctl start getvpn-exporter

# ---- watched ----
icinga() { # SERVICE: its state, by Icinga itself
    get -k -u test:test "https://localhost:5665/v1/objects/services/getvpn!$1?attrs=state&attrs=last_check_result" |
        jq -r '.results[0].attrs | if .last_check_result then .state else "none" end'
}
becomes() { until_true eval "[ \"\$(icinga $1)\" = $2 ]" || { echo "  $1 is $(icinga "$1")"; return 1; }; }
check "Icinga: OK" becomes branch-2 0
check "Icinga: OK, too" becomes branch-1 0
scraped() { # JOB: what Prometheus says of its target
    get localhost:9090/api/v1/targets |
        jq -r --arg job "$1" '.data.activeTargets[] | select(.scrapePool == $job) | "\(.health) \(.lastError)"'
}
up() { get 'localhost:9090/api/v1/query?query=up' | jq -r '.data.result[] | "\(.metric.job) \(.value[1])"' | grep -x "$1"; }
check "Prometheus: up" until_true up 'getvpn 1'
check "Prometheus: not without a certificate" until_true eval 'scraped nobody | grep -E "^down .*(EOF|certificate|reset)"'
me=(--cacert "$dir/ca.crt" --cert "$dir/monitor.crt" --key "$dir/monitor.key")
scrape() { get "${me[@]}" https://localhost:10848/metrics >"$dir/metrics"; }
shows() { scrape && has "$1" "$dir/metrics"; } # PATTERN
check "all five by SNMP" until_true eval 'scrape && [ "$(grep -c "^getvpn_up{.*} 1$" "$dir/metrics")" = 5 ]'
check "one by SSH" until_true shows '^getvpn_collector_success{device="branch-1",collector="ssh"} 1$'
udp() { nsenter -t "$first" -n ss -Hulnp | grep -q "$1 .*getvpn_exporter"; } # :PORT
check "syslog is heard" udp :514
check "notifications are heard" udp :162
check "the probe listens at 848" until_true udp 127.58.2.1:848
check "no secret in the journal" same "$(journal; grep -c nobody-knows "$dir/journal")" 0

# ---- reloaded ----
config=$root/etc/getvpn-exporter/getvpn-exporter.yml
sed -i 's/^  - {name: branch-2,/  - {name: late, address: 127.58.9.9}\n&/' "$config"
check "reload" in_root systemctl reload getvpn-exporter
check "with a new target" shows '^getvpn_up{device="late"} 0$'
sed -i 's/^targets:/nonsense:/' "$config"
check "a bad reload is no end" in_root systemctl reload getvpn-exporter
check "and is said" like "$(show StatusText)" 'refused|old'
check "it goes on" shows '^getvpn_up{device="late"}'
sed -i 's/^nonsense:/targets:/; /name: late/d' "$config"
check "and a good one" in_root systemctl reload getvpn-exporter
check "is said" is StatusText serving

# ---- the rekey, which branch-2 loses ----
check "Icinga: CRITICAL" becomes branch-2 2
check "Icinga: who got it is OK" becomes branch-1 0
check "the rekey's syslog came" shows '^getvpn_exporter_events_total [1-9]'
check "its notifications came" shows '^getvpn_exporter_notifications_total [1-9]'
check "the probe heard it" shows '^getvpn_probe_rekeys_received_total{.*} 1$'
check "never ended, for no forbidden call" is NRestarts 0
check "still up in Prometheus" up 'getvpn 1' >"$dir/up"

# ---- its socket, which nobody but we may wake ----
in_root systemctl stop prometheus icinga2
sed -i 's|^ARGS="|&--web.systemd-socket |' "$root/etc/default/getvpn-exporter"
check "a clean end" in_root systemctl stop getvpn-exporter
check "as such" is Result success
check "the socket" in_root systemctl enable -q --now getvpn-exporter.socket
check "nobody runs yet" is ActiveState inactive
check "whoever comes wakes it" shows '^getvpn_exporter_'
check "awake" is ActiveState active
in_root systemctl restart getvpn-exporter &
restart=$!
for i in 1 2 3 4 5; do check "request $i waits for the restart" scrape; done
wait $restart
in_root systemctl disable -q --now getvpn-exporter.socket

# ---- starved, under the watchdog; with no low port, and a user name space of its own ----
sed -i 's|--web.systemd-socket ||' "$root/etc/default/getvpn-exporter"
sed -i '/^syslog:\|^traps:\|^probes:\|name: scout/d' "$config"
cat >"$unit/starved.conf" <<'END'
[Service]
WatchdogSec=3
AmbientCapabilities=
CapabilityBoundingSet=
PrivateUsers=yes
END
in_root systemctl daemon-reload
in_root systemctl reset-failed getvpn-exporter
check "without any right" in_root systemctl restart getvpn-exporter
check "it has none" like "$(in_root cat "/proc/$(show MainPID)/status" | tr '\t' ' ')" '^CapBnd: 0000000000000000'
before=$(show MainPID)
in_root sh -c "kill -STOP $before"
again() { [ "$(show MainPID)" != "$before" ] && [ "$(show ActiveState)" = active ]; }
check "the watchdog starts it again" until_true again
check "it was the watchdog" said "Failed with result 'watchdog'"
check "and it serves" shows '^getvpn_exporter_'
check "no call was refused" same "$(journal; grep -c 'SYS' "$dir/journal")" 0

[ "$failed" = 0 ] || { journal; cat "$dir/journal"; }

# ---- purged, while it runs ----
check "state" [ -s "$root/var/lib/private/getvpn-exporter/history.db" ]
in_root dpkg --purge getvpn-exporter >"$dir/purge" 2>&1 || { echo "FAIL: purge"; tail "$dir/purge"; failed=1; }
check "no process" same "$(in_root sh -c 'ls -l /proc/*/exe' 2>/dev/null | grep -c getvpn_exporter)" 0
check "no unit" is LoadState not-found
check "no state" [ ! -e "$root/var/lib/private/getvpn-exporter" ]
check "of the configuration what the packages never had" same "$(ls "$root/etc/getvpn-exporter" | tr '\n' ' ')" \
    'ca.crt known_hosts server.crt web.yml '
finish
