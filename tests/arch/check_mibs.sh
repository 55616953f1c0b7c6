#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_mibs.sh SOURCE-ROOT
# mibs/ against the vendors' own text, where that lies beside the checkout: every OID, syntax,
# INDEX clause and enumeration that is listed stands there as listed.
set -eu
cd "$1"
vendors=../shared/mibs
[ -d "$vendors" ] || { echo "skipped: no $vendors"; exit 77; }

# MIB files without comments and quoted texts, as one line of words. Each may hold the
# other's mark, so they are told apart from left to right.
words() {
    awk '{
        rest = $0
        while (rest != "") {
            at = match(rest, quoted ? "\"" : "\"|--")
            if (!quoted) printf "%s", at ? substr(rest, 1, at - 1) : rest
            if (!at || substr(rest, at, 1) == "-") break
            quoted = !quoted
            rest = substr(rest, at + 1)
        }
        printf " "
    }' "$@" | sed 's/[{}(),;]/ & /g'
}

# Objects as "object NAME PARENT ARC SYNTAX", indexes as "index ENTRY NAME...", and
# enumerations as "value TYPE NUMBER NAME".
facts() {
    words "$@" | awk '
    function flush() {
        print "object", name, parent, arc, syntax
        if (indexes != "") print "index", name indexes
    }
    {
        for (w = 1; w <= NF; w++) {
            if ($(w) == "OBJECT-TYPE" || $(w) == "MODULE-IDENTITY" || $(w) == "OBJECT-IDENTITY" ||
                ($(w) == "OBJECT" && $(w + 1) == "IDENTIFIER")) {
                name = $(w - 1); syntax = "-"; indexes = ""
            } else if ($(w) == "TEXTUAL-CONVENTION" && $(w - 1) == "::=") {
                type = $(w - 2)
            } else if ($(w) == "SYNTAX") {
                if (name != "") syntax = $(w + 1)
                if ($(w + 1) == "INTEGER" && $(w + 2) == "{" && name == "")
                    for (w += 3; $(w) != "}"; w++)
                        if ($(w) == "(") print "value", type, $(w + 1), $(w - 1)
            } else if ($(w) == "INDEX") {
                for (w += 2; $(w) != "}"; w++) if ($(w) != ",") indexes = indexes " " $(w)
            } else if ($(w) == "::=" && $(w + 1) == "{" && name != "") {
                parent = $(w + 2); arc = $(w + 3)
                flush()
                name = ""
            }
        }
    }'
}

# Compares one file of mibs/ with the facts on standard input.
compare() {
    awk -v file="$1" '
    function oid(name,   n) {
        if (name == "enterprises") return "1.3.6.1.4.1"
        if (!(name in parent) || n > 32) return "?"
        return oid(parent[name]) "." arc[name]
    }
    function say(what) { printf "%s: %s: %s\n", file, $0, what; wrong = 1 }
    FILENAME == "-" && $1 == "object" { parent[$2] = $3; arc[$2] = $4; syntax[$2] = $5 }
    FILENAME == "-" && $1 == "index" { key = $2; sub(/^index [^ ]+ /, ""); index_of[key] = $0 }
    FILENAME == "-" && $1 == "value" { value[$2, $3] = $4 }
    FILENAME == "-" { next }
    $1 == "root" { root = $2; if (oid($3) != root) say("there it is " oid($3)) }
    $1 == "column" || $1 == "index" {
        rows++
        if (oid($3) != root "." $2) say("there it is " oid($3))
    }
    $1 == "column" && syntax[$3] != $4 { say("there it is " syntax[$3]) }
    $1 == "index" {
        key = $3; all = $0; sub(/^index [^ ]+ [^ ]+ /, "", all)
        if (index_of[key] != all) say("there it is " index_of[key])
    }
    $1 == "value" { rows++; if (value[$2, $3] != $4) say("there it is " value[$2, $3]) }
    END { printf "%s: %d rows compared\n", file, rows; exit wrong || rows == 0 }' - "mibs/$1"
}

status=0
for list in cisco-gdoi.txt jnx-gdoi.txt; do
    mib=$vendors/$(awk '$1 == "root" { print $4 }' "mibs/$list")
    [ -f "$mib" ] || { echo "no $mib" >&2; status=1; continue; }
    facts "$mib" "$vendors"/*-SMI.* | compare "$list" || status=1
done
exit $status
