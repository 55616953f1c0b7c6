# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034 # sourced: variables are its user's
# Sourced by the tests of this folder: a directory of their own, processes that end with the
# test, checks that go on after a failure. The last line of a test is `finish`.
umask 077
dir=$(mktemp -d)
pid=     # the exporter
lab_pid= # the lab
pids=()  # others
failed=0

end() {
    for p in $pid $lab_pid "${pids[@]}"; do
        # In this order: SIGCONT undoes the stop that the leak check at the end makes use of.
        kill -CONT "$p" 2>/dev/null
        kill "$p" 2>/dev/null
        wait "$p" 2>/dev/null
    done
    rm -rf --one-file-system "$dir"
}
trap end EXIT

check() { # NAME COMMAND...
    if "${@:2}"; then return; fi
    echo "FAIL: $1"
    failed=1
}

same() { [ "$1" = "$2" ] || { echo "  got '$1', want '$2'"; return 1; }; } # GOT WANT
has() { # PATTERN FILE
    grep -aq -- "$1" "$2" || { echo "  no '$1' in $2:"; tail -n 5 "$2"; return 1; }
}

like() { # TEXT EXTENDED-PATTERN
    grep -qE -- "$2" <<<"$1" || { echo "  no '$2' in: $(head -c 1500 <<<"$1")"; return 1; }
}
until_true() { for _ in $(seq 600); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done; return 1; } # COMMAND...

wait_for() { # PATTERN FILE
    for _ in $(seq 300); do
        grep -aq -- "$1" "$2" 2>/dev/null && return
        sleep 0.1
    done
    echo "FAIL: '$1' did not come; the last of $2:"
    tail -n 5 "$2"
    exit 1
}

# The lab with $dir/fleet.yml, until all of it listens; what it says is in $dir/lab.log.
lab_start() { # LAB OPTION...
    "$1" --scenario "$dir/fleet.yml" --state-dir "$dir" "${@:2}" \
        >"$dir/ready" 2>"$dir/lab.log" &
    lab_pid=$!
    wait_for '^ready' "$dir/ready"
}

# The port of the exporter whose log that is, once it listens. port=$(port_of LOG) || exit 1
port_of() { # LOG
    wait_for 'listening on' "$1" >&2
    sed -n 's/.*listening on [^ ]* port \([0-9]*\).*/\1/p' "$1" | tail -n 1
}

finish() {
    [ "$failed" = 0 ] && echo "all passed"
    exit "$failed"
}
