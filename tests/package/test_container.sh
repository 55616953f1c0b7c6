#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The image: built from deploy/container/Containerfile without a registry, from sources, on a Debian
# made here; the same again; then its root file system at work, read-only, as its own user.
# usage: test_container.sh SOURCE-ROOT BUILD-DIRECTORY
set -u
source_root=$(realpath "$1")
build=$(realpath "$2")
here=$(realpath "$(dirname "$0")")

for tool in mmdebstrap buildah jq unshare setpriv curl openssl; do
    command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: not root"; exit 77; }
# Name spaces of its own: mounts and processes end with the test.
if [ -z "${GV_CONTAINER_INSIDE:-}" ]; then
    unshare --mount --pid --fork true 2>/dev/null || { echo "skipped: no name spaces"; exit 77; }
    GV_CONTAINER_INSIDE=1 exec unshare --mount --pid --fork --kill-child --mount-proc "$0" "$source_root" "$build"
fi
. "$here/../system/common.sh"
umask 022
chmod 755 "$dir"
# buildah asks no daemon and no registry. Layers are copied where the kernel cannot lay them.
driver=overlay
mkdir "$dir"/{lower,upper,work,merged}
mount -t overlay overlay -o "lowerdir=$dir/lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/merged" 2>/dev/null &&
    umount "$dir/merged" || driver=vfs
echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$dir/policy"
: >"$dir/registries"
b() { # COMMAND OPTION...
    local policy=()
    case $1 in from | commit | build) policy=(--signature-policy "$dir/policy") ;; esac
    buildah --root "$dir/images" --runroot "$dir/run" --storage-driver $driver \
        --registries-conf "$dir/registries" "$1" "${policy[@]}" "${@:2}"
}
# What is mounted in there goes first: removing the directory must not reach through it.
unmount() {
    awk -v at="$dir/" 'index($2, at) == 1 { print $2 }' /proc/mounts | tac |
        while read -r at; do umount --lazy "$at"; done
}
trap 'unmount; end' EXIT
fail() { echo "FAIL: $1"; tail -n 20 "$2"; exit 1; }

# ---- the programs of this build ----
mkdir "$dir/built"
DESTDIR=$dir/built/out cmake --install "$build" --prefix /usr --strip >"$dir/log" 2>&1 || fail install "$dir/log"
"$source_root/deploy/container/packages" "$dir/built/out/usr" >"$dir/built/out/packages"
packages=$(cat "$dir/built/out/packages")
check "libraries" like "$packages" 'libcurl4 .*libmicrohttpd12 .*libssh-4'

# ---- a base: kept in the build directory, since making it takes most of the time. The libraries are
# in it, so that what the image installs is looked for, found, and not fetched a second time ----
base=$build/container-base.tar
if [ "$(cat "$base.of" 2>/dev/null)" != "$packages" ]; then
    # Without what debian:bookworm-slim is without.
    mmdebstrap --mode=root --variant=apt --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --include="ca-certificates,${packages// /,}" bookworm "$base" >"$dir/log" 2>&1 ||
        { tail -n 3 "$dir/log"; echo "skipped: no bookworm can be had"; exit 77; }
    echo "$packages" >"$base.of"
fi
import() { # IMAGE TAR-OR-FOLDER TARGET
    local container
    container=$(b from scratch 2>>"$dir/log") && b add -q "$container" "$2" "$3" >>"$dir/log" 2>&1 &&
        b commit -q --rm "$container" "$1" >>"$dir/log" 2>&1
}
import localhost/base "$base" / || { tail -n 3 "$dir/log"; echo "skipped: buildah cannot work here"; exit 77; }

# ---- built from the sources, as its first lines say; then of those programs once more ----
stamp=$(dpkg-parsechangelog -l "$source_root/deploy/package/changelog.Debian" -S Timestamp)
build_image() { # NAME OPTION...
    b build --isolation chroot --pull-never --format docker --network host --layers=false \
        --timestamp "$stamp" --build-arg BASE=localhost/base "${@:2}" \
        -f "$source_root/deploy/container/Containerfile" --ignorefile "$source_root/.containerignore" \
        -t "$1" "$source_root" >"$dir/log" 2>&1 || fail "the image $1" "$dir/log"
}
begun=$SECONDS
build_image getvpn-exporter
echo "built in $((SECONDS - begun)) s"
container=$(b from --pull-never getvpn-exporter) && tree=$(b mount "$container") || fail mount "$dir/log"
out=$dir/built/out
for program in getvpn_exporter getvpntool; do cp "$tree/usr/bin/$program" "$out/usr/bin/"; done
cp "$tree/usr/bin/check_getvpn" "$out/usr/lib/nagios/plugins/"
build_image again --build-context compile="$dir/built"
# Layers, settings, history: all but the number of the container that it was made in.
made() { b inspect --type image "$1" | jq -S .OCIv1; } # IMAGE
made getvpn-exporter >"$dir/first"
check "layers" like "$(jq -c .rootfs.diff_ids "$dir/first")" '"sha256:.*"sha256:'
made again >"$dir/second"
check "of the same programs the same image" diff "$dir/first" "$dir/second"

# ---- as it describes itself ----
b inspect --type image getvpn-exporter >"$dir/image.json"
about() { jq -rc ".Docker.config$1" "$dir/image.json"; }
check "nobody's user" same "$(about .User)" 10848:10848
check "begins with" same "$(about '.Entrypoint + .config.Cmd')$(about .Cmd)" \
    '["/usr/bin/getvpn_exporter"]["--config.file=/etc/getvpn-exporter/getvpn-exporter.yml"]'
check "its health" same "$(about .Healthcheck.Test)" '["CMD","/usr/bin/getvpn_healthy"]'
check "its port" same "$(about '.ExposedPorts | keys')" '["10848/tcp"]'
check "label version" same "$(about '.Labels."org.opencontainers.image.version"')" \
    "$(sed -n 's/^project(getvpn-exporter VERSION \([0-9.]*\).*/\1/p' "$source_root/CMakeLists.txt")"
for label in title description licenses base.name; do
    check "label $label" like "$(about ".Labels.\"org.opencontainers.image.$label\"")" '[A-Za-z]{4}'
done

# ---- at work: read-only, but for its state ----
size=$(du -sm "$tree" | cut -f1)
told=$(sed -n 's/^| Megabytes of the image.*| \([0-9]*\) |$/\1/p' "$source_root/README.md")
echo "size of the root file system: $size MB; the README says $told"
check "the README's figure, a tenth more or less" [ $((10 * (size > told ? size - told : told - size))) -le "$told" ]
check "nothing with rights of its own beyond Debian's" same \
    "$(cd "$tree" && find usr/bin/getvpn* usr/bin/check_getvpn -perm /7022 | wc -l)" 0
check "no compiler" [ ! -e "$tree/usr/bin/gcc" ]
printf 'targets: []\nhistory: {keep_days: 1}\n' >"$tree/etc/getvpn-exporter/getvpn-exporter.yml"
mkdir "$dir/root" "$dir/state"
chown 10848:10848 "$dir/state"
mount --bind "$tree" "$dir/root"
mount -t proc proc "$dir/root/proc"
# Nodes of our own: never the machine's /dev in a directory that is removed.
mount -t tmpfs tmpfs "$dir/root/dev"
mknod -m 666 "$dir/root/dev/null" c 1 3
mknod -m 666 "$dir/root/dev/urandom" c 1 9
mount --bind "$dir/state" "$dir/root/var/lib/getvpn-exporter"
mount -o remount,bind,ro "$dir/root"
# As the image's user, with no right at all.
as_image=(chroot "$dir/root" /usr/bin/setpriv --reuid=10848 --regid=10848 --clear-groups --no-new-privs
    --bounding-set=-all --inh-caps=-all
    env -i PATH=/usr/bin STATE_DIRECTORY=/var/lib/getvpn-exporter)
check "read-only" [ "$("${as_image[@]}" sh -c 'for f in /etc /tmp /usr /var/tmp; do : >$f/x && echo $f; done' 2>/dev/null)" = '' ]
! "${as_image[@]}" getvpn_healthy 1 2>/dev/null
check "not healthy before it runs" same $? 0
serve() { # OPTION...
    : >"$dir/log"
    "${as_image[@]}" getvpn_exporter --config.file=/etc/getvpn-exporter/getvpn-exporter.yml \
        --web.listen-address=127.0.0.1:0 "$@" 2>>"$dir/log" &
    pid=$!
    port=$(port_of "$dir/log") || exit 1
}
stop() { # NAME
    kill "$pid"
    wait "$pid"
    check "$1: a clean end" same $? 0
    pid=
}
serve
check "healthy" "${as_image[@]}" getvpn_healthy "$port"
check "metrics" like "$(curl -sS -m 10 "http://127.0.0.1:$port/metrics")" '^getvpn_exporter_build_info'
check "the plugin, too" like "$("${as_image[@]}" check_getvpn -m fleet --exporter "http://127.0.0.1:$port")" 'no device is known'
check "and the tool" like "$("${as_image[@]}" getvpntool version '15.1(4)M')" old
check "history" until_true [ -s "$dir/state/history.db" ]
kill -STOP "$pid"
! "${as_image[@]}" getvpn_healthy "$port"
check "a loop that stands still" same $? 0
kill -CONT "$pid"
stop plain
mount -o remount,bind,rw "$dir/root"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x -keyout "$tree/etc/getvpn-exporter/key.pem" \
    -out "$tree/etc/getvpn-exporter/cert.pem" 2>/dev/null
chown 10848 "$tree/etc/getvpn-exporter/key.pem"
printf 'tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n' >"$tree/etc/getvpn-exporter/web.yml"
mount -o remount,bind,ro "$dir/root"
serve --web.config.file=/etc/getvpn-exporter/web.yml
check "healthy with TLS" "${as_image[@]}" getvpn_healthy "$port"
stop TLS
finish
