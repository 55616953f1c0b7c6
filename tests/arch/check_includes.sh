#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_includes.sh SOURCE-ROOT
# The include arrows and the one home of each library, as ARCHITECTURE.md draws them.
set -eu
cd "$1"
status=0

# Folder (or file) : what its quoted includes may begin with.
while read -r where allowed; do
    while IFS=: read -r file line include; do
        if ! [[ $include =~ ^($allowed) ]]; then
            echo "$file:$line: includes \"$include\"; here only: ${allowed//|/ }" >&2
            status=1
        fi
    done < <(grep -rnoP --include='*.[ch]' '^\s*#\s*include\s+"\K[^"]+' "$where" || true)
done <<'RULES'
collectors/base base/
collectors/io base/|io/
collectors/snmp base/|events/event.h|io/address.h|io/log.h|io/loop.h|snmp/|observation.h|collector.h|target.h
collectors/events base/|io/address.h|io/log.h|io/loop.h|events/|observation.h
collectors/gdoi base/|io/log.h|io/loop.h|gdoi/|observation.h|collector.h|target.h
collectors/ssh base/|io/detail.h|io/log.h|io/loop.h|ssh/|observation.h|collector.h|target.h
collectors/restconf base/|io/detail.h|io/http.h|io/loop.h|restconf/|observation.h|collector.h|target.h
exporter/model base/|observation.h|events/event.h|model/
exporter/render base/|observation.h|events/event.h|model/|render/
exporter/history base/|io/|observation.h|model/|history/|store/store.h
exporter/http base/|io/|render/|http/
exporter/check base/|render/label.h|restconf/bounds.h|check/
exporter/store base/|observation.h|collector.h|model/|store/
exporter/poller base/|io/|observation.h|collector.h|target.h|events/|store/store.h|poller/
exporter/process base/|io/log.h|render/render.h|process/
RULES

# What only the program may know stays out of the collectors altogether.
if grep -rnE --include='*.[ch]' '^\s*#\s*include\s+"(model|render|http|store|poller|config|probes|history|check|plugin|tool|web|process)/' collectors >&2; then
    echo "collectors include the exporter" >&2
    status=1
fi

# Library : its home, as a pattern of files outside tests/.
while read -r header homes; do
    while IFS=: read -r file line _; do
        if ! [[ $file =~ ^($homes)$ ]]; then
            echo "$file:$line: <$header...> is at home only in: $homes" >&2
            status=1
        fi
    done < <(grep -rnE --include='*.[ch]' "^\s*#\s*include\s+<$header" collectors exporter || true)
done <<'HOMES'
uv\.h collectors/io/loop_uv\.c
net-snmp/ collectors/snmp/(driver|usm|transport|library|trap_receiver)[a-z_]*\.[ch]
libssh/ collectors/ssh/(login|auth|link|keyscan)[a-z_]*\.[ch]
openssl/ collectors/gdoi/(crypto|credential|verify)[a-z_]*\.[ch]
microhttpd\.h exporter/http/.*
gnutls/ exporter/http/.*
crypt\.h exporter/http/users\.c
seccomp\.h exporter/process/sandbox\.c
libdeflate\.h exporter/http/.*
curl/ collectors/io/http\.c
sqlite3\.h exporter/history/database[a-z_]*\.[ch]
yaml\.h exporter/config/yaml\.[ch]
jansson\.h collectors/restconf/(codec|leaf)[a-z_]*\.[ch]|exporter/(render/.*json[a-z_]*\.[ch]|tool/.*|check/.*|config/sd_json\.c)
HOMES
exit $status
