#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The bill of materials against the build: every program, every library that it names, all that is
# loaded with it, and nothing that is not so; made twice it is the same.
# usage: test_sbom.sh SOURCE-ROOT BUILD-DIRECTORY
set -u
source_root=$(realpath "$1")
build=$(realpath "$2")
for tool in jq readelf dpkg-parsechangelog; do
    command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
. "$(dirname "$0")/../system/common.sh"
"$source_root/deploy/package/sbom" "$build" >"$dir/sbom" || { echo "FAIL: no document"; exit 1; }
"$source_root/deploy/package/sbom" "$build" >"$dir/again"
check "the same document twice" cmp "$dir/sbom" "$dir/again"
get() { jq -r "$1" "$dir/sbom"; } # FILTER
check "the version of SPDX" same "$(get .spdxVersion)" SPDX-2.3
check "each name is one element" same "$(get '[.packages, .files | .[].SPDXID] | (length - (unique | length))')" 0
check "each relationship is between two that are there" same "$(get '
    ([.packages, .files | .[].SPDXID] + ["SPDXRef-DOCUMENT"]) as $known
    | [.relationships[] | .spdxElementId, .relatedSpdxElement] - $known | length')" 0
check "nothing is unrelated" same "$(get '([.packages, .files | .[].SPDXID] - [.relationships[].relatedSpdxElement]) | length')" 0
# What dpkg says has each library: LIBRARY PACKAGE.
for program in getvpn_exporter getvpntool check_getvpn getvpn_lab; do
    readelf -d "$build/bin/$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/*\/\1/p'
done | sort -u | xargs dpkg-query -S | sed 's/^\([^:]*\):.*\//\1 /' | sort -u >"$dir/owners"
for program in getvpn_exporter getvpntool check_getvpn getvpn_lab; do
    check "$program: its checksum" same "$(get ".files[] | select(.fileName == \"./$program\").checksums[1].checksumValue")" \
        "$(sha256sum <"$build/bin/$program" | cut -d' ' -f1)"
    wanted=$(readelf -d "$build/bin/$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
    for library in $wanted; do
        package=$(sed -n "s/ $library\$//p" "$dir/owners" | head -n 1)
        check "$program: $library" same "$(get "[.relationships[] | select(.spdxElementId == \"SPDXRef-File-${program/_/-}\"
            and .relatedSpdxElement == \"SPDXRef-$package\")] | length")" 1
    done
    check "$program: no others" [ "$(get "[.relationships[] | select(.spdxElementId == \"SPDXRef-File-${program/_/-}\")] | length")" \
        -le "$(wc -w <<<"$wanted")" ]
done
# The packages of all that the programs load, as ldd has it.
for program in getvpn_exporter getvpntool check_getvpn getvpn_lab; do ldd "$build/bin/$program"; done |
    grep -oE '/[^ ]*\.so[^ ]*' | sort -u | xargs realpath | sed 's|^\(/usr\)*|*|' | sort -u | xargs dpkg-query -S |
    cut -d: -f1 | sort -u >"$dir/loaded"
check "more than what is named" [ "$(wc -l <"$dir/loaded")" -gt "$(cut -d' ' -f2 "$dir/owners" | sort -u | wc -l)" ]
check "what is loaded, and nothing else" diff "$dir/loaded" <(get '.packages[1:][].name' | sort)
get '.packages[1:][] | "\(.name) \(.versionInfo)"' | sort >"$dir/said"
cut -d' ' -f1 "$dir/said" | xargs dpkg-query -W -f '${Package} ${Version}\n' | sort -u >"$dir/installed"
check "the versions that are installed" diff "$dir/said" "$dir/installed"
finish
