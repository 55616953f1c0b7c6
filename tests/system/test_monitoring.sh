#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Debian's own icinga2 and nagios4 execute check_getvpn, by the commands and services of deploy/,
# against an exporter and a device of the lab: each of the four states is seen in the server's
# own state, with performance data; and a member's check turns CRITICAL when it loses a rekey.
# usage: test_monitoring.sh SOURCE-ROOT CHECK_GETVPN GETVPN_EXPORTER GETVPN_LAB
set -u
root=$1
plugin=$2
exporter=$3
lab=$4
. "$(dirname "$0")/common.sh"

nagios=$(command -v nagios4 || echo /usr/sbin/nagios4)
icinga=$(command -v icinga2 || echo /usr/sbin/icinga2)
if [ ! -x "$nagios" ] || [ ! -x "$icinga" ]; then
    echo "skipped: no nagios4 or no icinga2"
    exit 77
fi
user=$(id -un)
group=$(id -gn)

# ---- a fleet ----
# The rekey comes 505 s before expiry, and 10 s from now; gm-lost loses it, and does not register
# again before 190 s are left.
cat >"$dir/fleet.yml" <<'END'
profiles:
  default: {snmp: {community: public}, ssh: {user: monitor, password: secret}}
  new: {os: ios-xe, format: 17, version: 17.09.04a, gdoi_version: 1.0.27}
  old: {os: ios, format: 15, version: 15.1(4)M12a, gdoi_version: 1.0.1, behaviour: old}
groups:
  - {name: NEW, id: 7, kek_lifetime: 7200, tek_lifetime: 3600, rekey_in: 10,
     retransmits: 30}
  - {name: OLD, id: 8, kek_lifetime: 7200, tek_lifetime: 3600}
devices:
  - {name: ks-new, like: new, address: 127.36.0.1, ks: NEW}
  - {name: gm-good, like: new, address: 127.36.0.2, gm: NEW}
  - {name: gm-lost, like: new, address: 127.36.0.3, gm: NEW, faults: {lose_rekeys: 1}}
  - {name: ks-old, like: old, address: 127.36.0.4, ks: OLD}
  - {name: gm-odd, like: new, address: 127.36.0.5, gm: OLD}
END
lab_start "$lab" --any-port --exporter-config "$dir/config.yml" --quiet
sed -i 's/interval: 10s/interval: 2s/' "$dir/config.yml"
"$exporter" --config.file="$dir/config.yml" --web.listen-address=127.0.0.1:0 2>"$dir/log" &
pid=$!
url=http://127.0.0.1:$(port_of "$dir/log") || exit 1
for _ in $(seq 300); do # until the exporter knows both kinds of members
    [ "$("$plugin" -m registration --exporter "$url" -t 30)" ] &&
        "$plugin" -m registration --exporter "$url" -t 30 >"$dir/out" &&
        "$plugin" -m interop --exporter "$url" -t 30 -d ks-old >"$dir/out"
    [ $? = 1 ] && break
    sleep 0.2
done

# ---- Nagios Core ----
mkdir "$dir/nagios" "$dir/plugins" "$dir/nagios/results"
ln -s "$(realpath "$plugin")" "$dir/plugins/check_getvpn"
cat >"$dir/nagios/own.cfg" <<END
define timeperiod {
    timeperiod_name always
    alias           always
    monday          00:00-24:00
    tuesday         00:00-24:00
    wednesday       00:00-24:00
    thursday        00:00-24:00
    friday          00:00-24:00
    saturday        00:00-24:00
    sunday          00:00-24:00
}
define contact {
    contact_name                  nobody
    host_notification_commands    nothing
    service_notification_commands nothing
    host_notification_period      always
    service_notification_period   always
}
define command {
    command_name nothing
    command_line /bin/true
}
define host {
    name               generic-host
    register           0
    contacts           nobody
    check_command      nothing
    max_check_attempts 1
    check_interval     60
    check_period       always
}
define service {
    name               generic-service
    register           0
    contacts           nobody
    max_check_attempts 1
    check_interval     8
    retry_interval     3
    check_period       always
}
define host {
    use                 generic-host
    host_name           getvpn
    address             127.36.0.1
    _GETVPN_EXPORTER    $url
    _GETVPN_CREDENTIALS $dir/config.yml
}
define host {
    use                 generic-host
    host_name           nowhere
    address             127.36.0.1
    _GETVPN_EXPORTER    http://127.0.0.1:1
}
define service {
    use                 generic-service
    host_name           getvpn
    service_description strict
    check_command       check_getvpn!kek!-g OLD -w 999999: -c 99999:
}
define service {
    use                 generic-service
    host_name           getvpn
    service_description gm-lost
    check_interval      3
    check_command       check_getvpn!kek!-d gm-lost -c 500:
}
define service {
    use                 generic-service
    host_name           getvpn
    service_description gm-good
    check_command       check_getvpn!kek!-d gm-good -c 500:
}
define service {
    use                 generic-service
    host_name           getvpn
    service_description device
    check_command       check_getvpn_device!kek!-c 1:
}
define service {
    use                 generic-service
    host_name           nowhere
    service_description silent
    check_command       check_getvpn!fleet
}
END
cat >"$dir/nagios/nagios.cfg" <<END
cfg_file=$dir/nagios/own.cfg
cfg_file=$root/deploy/nagios/getvpn.cfg
cfg_file=$root/deploy/nagios/services.cfg
resource_file=$dir/nagios/resource.cfg
log_file=$dir/nagios/log
log_archive_path=$dir/nagios
status_file=$dir/nagios/status.dat
object_cache_file=$dir/nagios/objects.cache
precached_object_file=$dir/nagios/objects.precache
state_retention_file=$dir/nagios/retention.dat
temp_file=$dir/nagios/temp
temp_path=$dir/nagios
check_result_path=$dir/nagios/results
lock_file=$dir/nagios/lock
command_file=$dir/nagios/commands
query_socket=$dir/nagios/query
nagios_user=$user
nagios_group=$group
check_external_commands=0
use_syslog=0
enable_notifications=0
interval_length=1
status_update_interval=1
service_inter_check_delay_method=n
check_for_updates=0
END
printf '$USER1$=%s\n' "$dir/plugins" >"$dir/nagios/resource.cfg"
check "nagios4 takes the configuration" "$nagios" -v "$dir/nagios/nagios.cfg" >"$dir/nagios/verify"
"$nagios" "$dir/nagios/nagios.cfg" >"$dir/nagios/out" 2>&1 &
pids+=($!)

# ---- Icinga 2 ----
mkdir "$dir/icinga"
cat >"$dir/icinga/icinga2.conf" <<END
const PluginDir = "$dir/plugins"
const NodeName = "test"
include <itl>
object Endpoint NodeName { }
object Zone "test" { endpoints = [ NodeName ] }
object CheckerComponent "checker" { }
object PerfdataWriter "perfdata" {
  service_perfdata_path = "$dir/icinga/perfdata"
  service_temp_path = "$dir/icinga/perfdata.tmp"
  host_perfdata_path = "$dir/icinga/hosts"
  host_temp_path = "$dir/icinga/hosts.tmp"
  service_format_template = "\$host.name\$!\$service.name\$ \$service.state\$ \$service.perfdata\$"
  rotation_interval = 1s
}
include "$root/deploy/icinga2/getvpn.conf"
include "$root/deploy/icinga2/services.conf"
template Service default { max_check_attempts = 1; check_interval = 8s; retry_interval = 3s }
object Host "getvpn" {
  check_command = "dummy"
  address = "127.36.0.1"
  vars.getvpn_exporter = "$url"
  vars.getvpn_credentials = "$dir/config.yml"
}
object Host "nowhere" { check_command = "dummy" }
object Service "strict" {
  host_name = "getvpn"
  check_command = "getvpn"
  vars += { getvpn_mode = "kek", getvpn_group = "OLD", getvpn_warning = "999999:", getvpn_critical = "99999:" }
}
object Service "gm-lost" {
  check_interval = 3s
  host_name = "getvpn"
  check_command = "getvpn"
  vars += { getvpn_mode = "kek", getvpn_device = "gm-lost", getvpn_critical = "500:" }
}
object Service "gm-good" {
  host_name = "getvpn"
  check_command = "getvpn"
  vars += { getvpn_mode = "kek", getvpn_device = "gm-good", getvpn_critical = "500:" }
}
object Service "device" {
  host_name = "getvpn"
  check_command = "getvpn-device"
  vars += { getvpn_mode = "kek", getvpn_critical = "1:" }
}
object Service "silent" {
  host_name = "nowhere"
  check_command = "getvpn"
  vars += { getvpn_exporter = "http://127.0.0.1:1" }
}
END
icinga_where=(-c "$dir/icinga/icinga2.conf")
for where in DataDir LogDir CacheDir SpoolDir InitRunDir ConfigDir; do
    icinga_where+=(-DConfiguration.$where="$dir/icinga")
done
icinga_where+=(-DConfiguration.RunAsUser="$user" -DConfiguration.RunAsGroup="$group")
"$icinga" daemon "${icinga_where[@]}" >"$dir/icinga/out" 2>&1 &
icinga_pid=$!
pids+=("$icinga_pid")

# ---- what they say ----

# What each server has of every service, sorted: NAME STATE, with a state from 0 to 3; Nagios in
# status.dat, Icinga in the performance data that it writes.
nagios_states() {
    awk '/^servicestatus/ { name = ""; done = 0 }
        { sub(/^[ \t]*/, "") }
        /^service_description=/ { name = substr($0, 21) }
        /^has_been_checked=1/ { done = 1 }
        /^current_state=/ { state = substr($0, 15) }
        /^}/ { if (name != "" && done) print name, state; name = "" }' "$dir/nagios/status.dat" 2>/dev/null | sort
}
icinga_states() {
    cat "$dir"/icinga/perfdata* 2>/dev/null | awk '
        BEGIN { code["OK"] = 0; code["WARNING"] = 1; code["CRITICAL"] = 2; code["UNKNOWN"] = 3 }
        { split($1, part, "!"); last[part[2]] = code[$2] }
        END { for (name in last) print name, last[name] }' | sort
}
# gm-lost: the rekey that it lost; interop, fleet: an old key server with a new member; silent: an
# exporter that does not answer; device: asked without an exporter.
sort >"$dir/want" <<'END'
device 0
getvpn-coop 0
getvpn-fleet 1
getvpn-interop 1
getvpn-registration 0
getvpn-rekey 0
gm-good 0
gm-lost 2
silent 3
strict 2
END
becomes() { # SERVER
    for _ in $(seq 300); do
        "$1_states" >"$dir/$1_states"
        cmp -s "$dir/want" "$dir/$1_states" && return
        sleep 0.2
    done
    diff "$dir/want" "$dir/$1_states"
    tail -n 5 "$dir/$1/out" "$dir/$1/log" 2>/dev/null
    return 1
}
check "every state in Nagios" becomes nagios
check "every state in Icinga" becomes icinga
check "nagios: it turned" has 'SERVICE ALERT: getvpn;gm-lost;CRITICAL' "$dir/nagios/log"
check "nagios: performance data" has "performance_data='ks-old OLD kek_remaining'=[0-9.]*s;999999:;99999:;0;7200" "$dir/nagios/status.dat"
check "nagios: text" has 'plugin_output=GETVPN KEK CRITICAL - ' "$dir/nagios/status.dat"
check "nagios: details" has 'long_plugin_output=CRITICAL: ' "$dir/nagios/status.dat"
check "icinga: performance data" grep -aqs "^getvpn!strict CRITICAL .*kek_remaining'=[0-9.]*s;999999:;99999:;0;7200" "$dir"/icinga/perfdata*

# Icinga's own state, as it leaves it to its next start.
kill "$icinga_pid"
wait "$icinga_pid"
state_of() { # SERVICE: 0 to 3
    sed 's/[0-9]*:{"name":/\n&/g' "$dir/icinga/icinga2.state" | grep -a "\"name\":\"$1\"" |
        grep -ao '"state_raw":[0-9.]*' | tail -n 1 | sed 's/.*:\([0-9]\).*/\1/'
}
check "icinga: state of OK" same "$(state_of 'getvpn!getvpn-registration')" 0
check "icinga: state of WARNING" same "$(state_of 'getvpn!getvpn-interop')" 1
check "icinga: state of CRITICAL" same "$(state_of 'getvpn!strict')" 2
check "icinga: state of UNKNOWN" same "$(state_of 'nowhere!silent')" 3
finish
