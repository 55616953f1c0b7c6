# SPDX-License-Identifier: Apache-2.0
# bash completion of getvpn_exporter, getvpntool, check_getvpn and getvpn_lab: the options that
# each one's --help lists, getvpntool's commands, and file names.

_getvpn() {
    local word=${COMP_WORDS[COMP_CWORD]} program=$1 help words
    local previous=${COMP_WORDS[COMP_CWORD - 1]}

    # "--option=value" comes as three words.
    [[ $word == = ]] && word='' && previous=${COMP_WORDS[COMP_CWORD - 1]}
    [[ $previous == = ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
    case $previous in
    --log.level) words='debug info warn error' ;;
    --log.format) words='logfmt json' ;;
    --collector) words='snmp ssh restconf' ;;
    --transport) words='unicast multicast' ;;
    -m | --mode) words=$("$program" --help 2>/dev/null | sed -n '/^MODE/,$ s/^  \([a-z]*\)  .*/\1/p') ;;
    esac
    if [[ -z $words && ${program##*/} == getvpntool ]]; then
        if ((COMP_CWORD == 1)); then
            words=$(getvpntool --help 2>/dev/null | sed -n 's/^  \([a-z-]*\)  .*/\1/p')
        elif [[ $word == -* ]]; then
            help=$("$program" "${COMP_WORDS[1]}" --help 2>/dev/null)
        fi
    elif [[ -z $words && $word == -* ]]; then
        help=$("$program" --help 2>/dev/null)
    fi
    [[ -z $help ]] || words=$(grep -oE '(^|[[:space:]])--[a-z][a-z.-]*' <<<"$help" | sort -u)
    mapfile -t COMPREPLY < <(if [[ -n $words ]]; then compgen -W "$words" -- "$word"; else compgen -f -- "$word"; fi)
}
complete -o filenames -F _getvpn getvpn_exporter getvpntool check_getvpn getvpn_lab
