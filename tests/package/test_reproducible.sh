#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The same sources, built by another user in another folder of another name, later, with another
# umask, zone, host name and language: the same programs, packages and bill of materials, octet by octet.
# usage: test_reproducible.sh SOURCE-ROOT BUILD-DIRECTORY
set -u
source_root=$(realpath "$1")
build=$(realpath "$2")
for tool in cpack dpkg-deb jq; do command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }; done
. "$(dirname "$0")/../system/common.sh"
umask 022
chmod 755 "$dir"
programs='getvpn_exporter getvpntool check_getvpn getvpn_lab'
as_other=(env TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 HOME=/nowhere)
[ "$(id -u)" != 0 ] || as_other=(setpriv --reuid=61201 --regid=61201 --clear-groups "${as_other[@]}")
! unshare --uts true 2>/dev/null || as_other=(unshare --uts sh -c 'hostname elsewhere; exec "$@"' sh "${as_other[@]}")

# Builds what packages hold, from a copy of the sources, by no cache: one may have objects of another folder.
build_in() { # FOLDER COMMAND...
    mkdir -p "$1"
    (cd "$source_root" && tar -c --exclude=./build --exclude=.git --exclude=node_modules .) | tar -x -C "$1"
    find "$1" -exec touch --no-dereference --date='2001-01-01' {} +
    [ "$(id -u)" != 0 ] || chown -R 61201:61201 "$1"
    # shellcheck disable=SC2086 # four words
    (cd "$1" && umask 077 && "${@:2}" env -u CMAKE_C_COMPILER_LAUNCHER CCACHE_DISABLE=1 sh -c '
        cmake --preset release && cmake --build --preset release -t "$@" -- -j"$(nproc)"' sh $programs) >"$dir/log" 2>&1 ||
        { echo "FAIL: the build in $1"; tail -n 20 "$dir/log"; exit 1; }
}
one=$build
if grep -q '^CMAKE_C_COMPILER_LAUNCHER:[^=]*=.' "$build/CMakeCache.txt"; then
    build_in "$dir/one"
    one=$dir/one/build/release
fi
build_in "$dir/by another/of-a-longer-name" "${as_other[@]}"
other="$dir/by another/of-a-longer-name/build/release"

# Where two packages differ: what one is made of, with times, owners and rights; then the files.
explain() { # DEB DEB
    local deb
    for deb in "$@"; do
        rm -rf "$dir/x$deb"
        mkdir -p "$dir/x$deb"
        dpkg-deb -R "$deb" "$dir/x$deb/files"
        { ar tv "$deb"; dpkg-deb --ctrl-tarfile "$deb" | tar -tv --full-time; dpkg-deb -c "$deb"; } >"$dir/x$deb/list"
    done
    diff "$dir/x$1/list" "$dir/x$2/list"
    diff -rq "$dir/x$1/files" "$dir/x$2/files"
}

for program in $programs; do
    check "$program" cmp "$one/bin/$program" "$other/bin/$program"
done
pack() { # BUILD TO CPACK...
    "${@:3}" --config "$1/CPackConfig.cmake" -B "$2" >"$dir/log" 2>&1 ||
        { echo "FAIL: cpack of $1"; tail -n 20 "$dir/log"; exit 1; }
}
pack "$one" "$dir/packages" cpack
pack "$other" "$other/packages" "${as_other[@]}" cpack
count=0
for deb in "$dir"/packages/*.deb; do
    count=$((count + 1))
    cmp "$deb" "$other/packages/${deb##*/}" && continue
    explain "$deb" "$other/packages/${deb##*/}"
    failed=1
done
check "four packages" same $count 4
"$source_root/deploy/package/sbom" "$one" >"$dir/one.json"
(cd / && "${as_other[@]}" "$dir/by another/of-a-longer-name/deploy/package/sbom" "$other") >"$dir/other.json"
check "the bill of materials" cmp "$dir/one.json" "$dir/other.json"

# The time in all of them is the changelog's, or the one that is asked for.
check "of the changelog's day" same "$(dpkg-deb -c "$dir"/packages/getvpn-exporter_*.deb | awk '{ print $4 }' | sort -u)" \
    "$(date -u -d "@$(dpkg-parsechangelog -l "$source_root/deploy/package/changelog.Debian" -S Timestamp)" +%F)"
(umask 077 && pack "$one" "$dir/asked" env SOURCE_DATE_EPOCH=1000000000 cpack -D CPACK_COMPONENTS_ALL=dashboards)
TZ=UTC dpkg-deb -c "$dir"/asked/*.deb >"$dir/asked/list"
check "of the day asked for" same "$(awk '{ print $4 }' "$dir/asked/list" | sort -u)" 2001-09-09
check "open to all, whatever the umask" same "$(grep -cEv '^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--) root/root ' "$dir/asked/list")" 0
check "in the bill of materials, too" like "$(SOURCE_DATE_EPOCH=1000000000 "$source_root/deploy/package/sbom" "$one")" '2001-09-09T01:46:40Z'
finish
