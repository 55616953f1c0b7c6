# SPDX-License-Identifier: Apache-2.0
# Run by cpack between installing the components below its directory and packing them: what
# Debian wants packed small is, folders are open whoever's umask holds (cpack forgets to), and the
# time stamps are those of the changelog.
file(GLOB roots ${CPACK_TEMPORARY_DIRECTORY}/*)
foreach(root ${roots})
    file(GLOB_RECURSE texts ${root}/usr/share/man/*.[18] ${root}/usr/share/doc/*/changelog.Debian
        ${root}/usr/share/doc/*/README.Debian)
    foreach(text ${texts})
        if(NOT text MATCHES "README")
            execute_process(COMMAND gzip -9n ${text} COMMAND_ERROR_IS_FATAL ANY)
        endif()
    endforeach()
endforeach()
execute_process(COMMAND find ${CPACK_TEMPORARY_DIRECTORY} -type d -exec chmod 755 {} + COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND find ${CPACK_TEMPORARY_DIRECTORY} -exec touch --no-dereference
    --date=@$ENV{SOURCE_DATE_EPOCH} {} + COMMAND_ERROR_IS_FATAL ANY)
