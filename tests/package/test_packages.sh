#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The Debian packages from birth to purge: made, read by lintian, installed into a fresh bookworm
# (on a full disk first), upgraded, run there as the unit runs them, removed without a trace.
# usage: test_packages.sh SOURCE-ROOT BUILD-DIRECTORY
set -u
source_root=$(realpath "$1")
build=$(realpath "$2")
here=$(realpath "$(dirname "$0")")

# ---- a name space of its own: mounts, network, processes; all of it ends with the test ----
if [ -z "${GV_PACKAGE_ROOT:-}" ]; then
    for tool in mmdebstrap cpack dpkg-deb lintian unshare setpriv curl openssl; do
        command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }
    done
    [ "$(id -u)" = 0 ] || { echo "skipped: not root"; exit 77; }
    unshare --mount --net --pid --fork true 2>/dev/null ||
        { echo "skipped: no name spaces"; exit 77; }
    . "$here/root.sh"
    GV_PACKAGE_ROOT=$(fresh_root "$build") || exit $?
    export GV_PACKAGE_ROOT
    exec unshare --mount --net --pid --fork --kill-child --mount-proc "$0" "$source_root" "$build"
fi
. "$here/../system/common.sh"
umask 022
ip link set lo up
# In memory, so that the end of the name space is the end of it; its devices are nodes of its own:
# nothing of this machine is ever mounted where a test cleans up.
root=$dir/root
mkdir "$root"
mount -t tmpfs -o mode=755 tmpfs "$root" || exit 1
trap 'umount --recursive --lazy "$root" && end' EXIT
cp -a "$GV_PACKAGE_ROOT/." "$root"
mount -t proc proc "$root/proc"
in_root=(chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8)
in_root() { "${in_root[@]}" "$@"; }
dpkg_() { in_root DEBIAN_FRONTEND=noninteractive dpkg --force-unsafe-io "$@"; }
install -d -m 700 "$root/var/lib/private" # systemd's
all='getvpn-exporter getvpn-exporter-dashboards getvpn-lab monitoring-plugins-getvpn'

# ---- made ----
cpack --config "$build/CPackConfig.cmake" -B "$root/tmp/new" >"$dir/cpack" 2>&1 ||
    { echo "FAIL: cpack"; tail -n 20 "$dir/cpack"; exit 1; }
check "four packages" same "$(cd "$root/tmp/new" && for d in *.deb; do dpkg-deb -f "$d" Package; done | sort | tr '\n' ' ')" "$all "
version=$(dpkg-deb -f "$root"/tmp/new/getvpn-exporter_*.deb Version)
check "of the changelog's version" same "$version" \
    "$(dpkg-parsechangelog -l "$source_root/deploy/package/changelog.Debian" -S Version)"
lintian --allow-root --fail-on error,warning "$root"/tmp/new/*.deb >"$dir/lintian" 2>&1
check "lintian has nothing to say" same "$? $(cat "$dir/lintian")" '0 '
programs=$(find "$root/tmp/new/_CPack_Packages" -type f \( -path '*/bin/*' -o -path '*/plugins/*' \))
check "four programs" same "$(wc -l <<<"$programs")" 4
if command -v hardening-check >/dev/null; then
    # Debian 12 does not build for control flow protection.
    # shellcheck disable=SC2086 # four words
    check "hardened" hardening-check --nocfprotection $programs >"$dir/hardening"
fi
# An earlier version: another file in it, another conffile, no longer known to the operator.
older() { # DEB
    dpkg-deb -R "$1" "$dir/older"
    sed -i 's/^Version: .*/Version: 0.0.9-1/' "$dir/older/DEBIAN/control"
    [ ! -d "$dir/older/etc/default" ] || echo '# as it was' >"$dir/older/etc/default/getvpn-exporter"
    echo old >"$dir/older/usr/share/doc/$(dpkg-deb -f "$1" Package)/old"
    dpkg-deb --root-owner-group -Znone -b "$dir/older" "$root/tmp/old/" >/dev/null
    rm -r "$dir/older"
}
mkdir "$root/tmp/old"
for deb in "$root"/tmp/new/*.deb; do older "$deb"; done

# ---- what is there, apart from dpkg's and the linker's own records ----
everything() {
    (cd "$root" && find . -xdev \( -path ./tmp -o -path ./proc -o -path ./dev -o -path ./run -o -path ./var/log \
        -o -path ./var/cache \) -prune -o -path ./var/lib/dpkg -prune -o -printf '%p %y %m %u:%g %l\n' | sort)
    find "$root/var/lib/dpkg/info" -name '*getvpn*'
}
status_of() { in_root dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true; } # PACKAGE
everything >"$dir/before"

# ---- a full disk ----
mkdir "$root/usr/share/doc/getvpn-exporter"
mount -t tmpfs -o size=4k tmpfs "$root/usr/share/doc/getvpn-exporter"
dpkg_ -i /tmp/new/getvpn-exporter_"$version"_amd64.deb >"$dir/full" 2>&1
check "a full disk is an error" [ $? -ne 0 ]
check "and said" has 'No space left on device' "$dir/full"
umount "$root/usr/share/doc/getvpn-exporter"
rmdir "$root/usr/share/doc/getvpn-exporter"
check "nothing is half there" like "$(status_of getvpn-exporter)" '^(not-installed)?$'
everything >"$dir/after_full"
check "no file is left of it" diff "$dir/before" "$dir/after_full"

# ---- installed, and upgraded ----
dpkg_ -i $(cd "$root" && echo tmp/old/*.deb | sed 's|tmp|/tmp|g') >"$dir/install" 2>&1 ||
    { echo "FAIL: dpkg -i"; tail "$dir/install"; exit 1; }
wants=$root/etc/systemd/system/multi-user.target.wants/getvpn-exporter.service
check "enabled" same "$(readlink "$wants")" /lib/systemd/system/getvpn-exporter.service
check "secrets are root's" same "$(stat -c '%a %U' "$root/etc/getvpn-exporter/secrets")" '700 root'
echo '# the operator was here' >>"$root/etc/getvpn-exporter/getvpn-exporter.yml"
echo hush >"$root/etc/getvpn-exporter/secrets/old-secret"
mkdir -p "$root/var/lib/private/getvpn-exporter"
in_root DPKG_MAINTSCRIPT_PACKAGE=getvpn-exporter deb-systemd-helper disable getvpn-exporter.service >/dev/null
dpkg_ --force-confold -i $(cd "$root" && echo tmp/new/*.deb | sed 's|tmp|/tmp|g') >"$dir/upgrade" 2>&1 ||
    { echo "FAIL: upgrade"; tail "$dir/upgrade"; exit 1; }
for package in $all; do
    check "$package: upgraded" same "$(in_root dpkg-query -W -f '${Version} ${db:Status-Status}' "$package")" "$version installed"
    check "$package: nothing of the old" [ ! -e "$root/usr/share/doc/$package/old" ]
done
check "the operator's configuration stays" has 'the operator was here' "$root/etc/getvpn-exporter/getvpn-exporter.yml"
check "a conffile nobody touched is the new one" has '^ARGS=""$' "$root/etc/default/getvpn-exporter"
check "switched off stays off" [ ! -e "$wants" ]
check "a secret stays" [ -e "$root/etc/getvpn-exporter/secrets/old-secret" ]
check "no file without an owner" same "$(in_root dpkg -V $all | grep -v '^??5?????? c /etc/getvpn-exporter/getvpn-exporter.yml')" ''
if command -v systemd-sysusers >/dev/null; then
    as_account() { in_root getvpn_exporter --user=getvpn-exporter --once --config.file=/etc/getvpn-exporter/getvpn-exporter.yml; }
    ! as_account >"$dir/account" 2>&1
    check "no account but one that is asked for" same "$? $(in_root getent passwd getvpn-exporter)" '0 '
    cp -a "$root/etc" "$dir/etc"
    systemd-sysusers --root="$root" "$root"/usr/share/doc/getvpn-exporter/examples/sysusers.conf >"$dir/account" 2>&1
    check "the account of the example" like "$(in_root getent passwd getvpn-exporter)" ':/usr/sbin/nologin$'
    check "is one to run as" as_account >"$dir/account" 2>&1
    # It is the operator's to take away again.
    rm -r "$root/etc"
    cp -a "$dir/etc" "$root/etc"
fi
options_of() { # PROGRAM: every option that it and its commands know
    local program=$build/bin/$1 command
    for command in '' $([ "$1" != getvpntool ] || "$program" --help | sed -n 's/^  \([a-z-]*\)  .*/\1/p'); do
        # shellcheck disable=SC2086 # none is no word
        "$program" $command --help
    done | grep -oE -- '--[a-z][a-z.-]*[a-z]' | sort -u
}
for page in man8/getvpn_exporter.8 man1/getvpntool.1 man1/check_getvpn.1 man1/getvpn_lab.1; do
    zcat "$root/usr/share/man/$page.gz" | sed 's/\\-/-/g; s/Fl \(-*\)/-\1/g' >"$dir/page"
    options=$(options_of "$(basename "${page%.*}")")
    check "$page: whose options are known" [ "$(wc -w <<<"$options")" -ge 5 ]
    for option in $options; do check "$page: $option" has "$option" "$dir/page"; done
done

# ---- run: one round of the demo (deploy/demo --once), then the service ----
mkdir "$root/tmp/demo"
"${in_root[@]}" SNMP_PERSISTENT_DIR=/tmp/snmp getvpn_lab --scenario /usr/share/getvpn-lab/scenarios/default.yml \
    --exporter-config /tmp/demo/exporter.yml --state-dir /tmp/demo --quiet >"$dir/ready" 2>"$dir/lab.log" &
lab_pid=$!
wait_for '^ready' "$dir/ready"
in_root getvpn_exporter --config.file=/tmp/demo/exporter.yml --once >"$dir/demo" 2>"$dir/log"
check "the demo: every collector of every device" same $? 0
check "all of them are up" same "$(grep -c '^getvpn_up{.*} 1$' "$dir/demo")" \
    "$(sed -n 's/^ready.* \([0-9]*\) devices.*/\1/p' "$dir/ready")"
kill "$lab_pid"
wait "$lab_pid"
lab_pid=
. "$here/run.sh"

# ---- removed, and purged ----
dpkg_ --remove $all >"$dir/remove" 2>&1 || { echo "FAIL: dpkg --remove"; tail "$dir/remove"; exit 1; }
check "the configuration outlives a removal" has 'the operator was here' "$root/etc/getvpn-exporter/getvpn-exporter.yml"
check "the program does not" [ ! -e "$root/usr/bin/getvpn_exporter" ]
dpkg_ --purge $all >"$dir/purge" 2>&1 || { echo "FAIL: dpkg --purge"; tail "$dir/purge"; exit 1; }
everything >"$dir/after"
check "nothing is left" diff "$dir/before" "$dir/after"
finish
