# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the tests of this folder: a fresh bookworm.

# The packages of the libraries that our programs are linked with, theirs included.
libraries() { # BUILD
    ldd "$1"/bin/{getvpn_exporter,getvpntool,check_getvpn,getvpn_lab} | awk '$2 == "=>" { print $3 }' | sort -u |
        xargs realpath | xargs dpkg-query -S 2>/dev/null | cut -d: -f1 | sort -u | paste -sd,
}

# What a machine has on which the packages are at work together (test_systemd.sh).
neighbours=systemd-sysv,dbus,prometheus,icinga2-bin

# Prints a directory that holds Debian 12, these libraries and neighbours, and nothing else. It is kept
# in the build directory: making it takes minutes and the mirror. 77: it cannot be made here.
fresh_root() { # BUILD
    local base=$1/package-root want lock
    want=$(libraries "$1") && [ -n "$want" ] || return 1
    want=$want,$neighbours
    exec {lock}>"$base.lock" && flock "$lock" || return 1 # the tests of this folder run side by side
    if [ ! -d "$base" ] || [ "$(cat "$base.of" 2>/dev/null)" != "$want" ]; then
        rm -rf --one-file-system "$base" "$base.of"
        mmdebstrap --mode=root --variant=essential --dpkgopt=force-unsafe-io \
            --dpkgopt='path-exclude=/usr/share/javascript/*' --dpkgopt='path-exclude=/usr/share/nodejs/*' \
            --aptopt='Acquire::Languages "none"' --include="$want" bookworm "$base" >"$base.log" 2>&1 ||
            { tail -n 5 "$base.log" >&2; echo "skipped: no bookworm can be had" >&2; return 77; }
        rm -f "$base"/etc/dpkg/dpkg.cfg.d/99mmdebstrap
        echo "$want" >"$base.of"
    fi
    exec {lock}>&-
    echo "$base"
}
