# SPDX-License-Identifier: Apache-2.0
# The files of the page as C arrays, each as it is and packed by gzip -9.
# usage: cmake -DFILES=a;b;c -DOUT=page_files.c -P embed.cmake
set(types html "text/html" mjs "text/javascript" css "text/css" svg "image/svg+xml")

function(octets variable file)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    set(${variable} "${hex}" PARENT_SCOPE)
endfunction()

set(arrays "")
set(rows "")
set(i 0)
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME)
    string(REGEX REPLACE ".*\\." "" suffix ${name})
    list(FIND types ${suffix} at)
    math(EXPR at "${at} + 1")
    list(GET types ${at} type)
    # -n: no name and no time, so that the same file gives the same octets.
    execute_process(COMMAND gzip -9 -n -c ${file} OUTPUT_FILE ${OUT}.gz COMMAND_ERROR_IS_FATAL ANY)
    octets(plain ${file})
    octets(packed ${OUT}.gz)
    file(REMOVE ${OUT}.gz)
    string(APPEND arrays "static const unsigned char plain_${i}[] = {\n${plain}\n};\n"
        "static const unsigned char packed_${i}[] = {\n${packed}\n};\n")
    string(APPEND rows "    {\"${name}\", \"${type}; charset=utf-8\", plain_${i}, packed_${i}, "
        "sizeof(plain_${i}), sizeof(packed_${i})},\n")
    math(EXPR i "${i} + 1")
endforeach()
file(WRITE ${OUT} "/* Made by embed.cmake. */\n#include \"http/page_file.h\"\n\n${arrays}\n"
    "const struct gv_page_file gv_page_files[] = {\n${rows}};\n\n"
    "const size_t gv_page_file_count = sizeof(gv_page_files) / sizeof(gv_page_files[0]);\n")
