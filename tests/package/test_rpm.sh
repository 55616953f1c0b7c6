#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The RPM packages: built by rpmbuild, what is in them, and that a second time they are the same.
# usage: test_rpm.sh SOURCE-ROOT BUILD-DIRECTORY
set -u
source_root=$(realpath "$1")
build=$(realpath "$2")
command -v rpmbuild >/dev/null || { echo "skipped: no rpmbuild"; exit 77; }
. "$(dirname "$0")/../system/common.sh"
umask 022
pack() { # FOLDER
    rpmbuild -bb --define "_topdir $1" --define "gv_build $build" --define "gv_source $source_root" \
        --define "_tmppath $1" "$source_root/deploy/rpm/getvpn-exporter.spec" >"$dir/log" 2>&1 ||
        { echo "FAIL: rpmbuild"; tail -n 20 "$dir/log"; exit 1; }
}
pack "$dir"
mkdir "$dir/again"
(umask 027 && TZ=Pacific/Kiritimati pack "$dir/again")
for rpm in "$dir"/RPMS/*/*.rpm; do check "the same again: ${rpm##*/}" cmp "$rpm" "$dir/again${rpm#"$dir"}"; done
mapfile -t rpms < <(find "$dir/RPMS" -name '*.rpm' | sort)
check "three packages" same "$(rpm -qp --qf '%{NAME}\n' "${rpms[@]}" 2>/dev/null | sort | tr '\n' ' ')" \
    'getvpn-exporter getvpn-exporter-dashboards nagios-plugins-getvpn '
of() { rpm -qp "${@:2}" "$dir"/RPMS/*/"$1"-[0-9]*.rpm 2>/dev/null; } # PACKAGE QUERY...
version=$(sed -n 's/^project(getvpn-exporter VERSION \([0-9.]*\).*/\1/p' "$source_root/CMakeLists.txt")
check "of this version" same "$(of getvpn-exporter --qf '%{VERSION}')" "$version"
of getvpn-exporter -lv >"$dir/files"
for want in '-rwxr-xr-x .* /usr/bin/getvpn_exporter' '-rwxr-xr-x .* /usr/bin/getvpntool' \
    '-rw-r--r-- .* /usr/lib/systemd/system/getvpn-exporter.service' '/usr/lib/systemd/system/getvpn-exporter.socket' \
    'drwx------ .* root .* /etc/getvpn-exporter/secrets' '/usr/share/man/man8/getvpn_exporter.8.gz'; do
    check "the exporter's package" has "$want\$" "$dir/files"
done
check "its configuration files" same "$(of getvpn-exporter -c | tr '\n' ' ')" \
    '/etc/getvpn-exporter/getvpn-exporter.yml /etc/sysconfig/getvpn-exporter '
of getvpn-exporter --requires >"$dir/requires"
check "what it needs" has '^libmicrohttpd.so.12' "$dir/requires"
check "the plugin" like "$(of nagios-plugins-getvpn -l)" '^/usr/lib/nagios/plugins/check_getvpn$'
check "the rules" like "$(of getvpn-exporter-dashboards -l)" '^/usr/share/getvpn-exporter/rules/getvpn.rules.yml$'
check "of no architecture" same "$(of getvpn-exporter-dashboards --qf '%{ARCH}')" noarch

# What was packed is what runs.
mkdir "$dir/x"
(cd "$dir/x" && rpm2archive - <"$(ls "$dir"/RPMS/*/getvpn-exporter-[0-9]*.rpm)" | tar -xzf -)
check "it runs" same "$("$dir/x/usr/bin/getvpn_exporter" --version)" "getvpn_exporter $version"
check "its configuration is good" "$dir/x/usr/bin/getvpn_exporter" --config.check \
    --config.file="$dir/x/etc/getvpn-exporter/getvpn-exporter.yml" >"$dir/out"
check "the unit's file of arguments is the package's" has '^EnvironmentFile=-/etc/sysconfig/getvpn-exporter$' \
    "$dir/x/usr/lib/systemd/system/getvpn-exporter.service"
finish
