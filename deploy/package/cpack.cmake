# SPDX-License-Identifier: Apache-2.0
# Read by cpack before it packs. Each package has a summary of its own; every time stamp in a package is that of its changelog, unless
# the environment says otherwise.
if("$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
    execute_process(COMMAND dpkg-parsechangelog -l ${CPACK_GV_PACKAGE_DIR}/changelog.Debian -S Timestamp
        OUTPUT_VARIABLE stamp OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    set(ENV{SOURCE_DATE_EPOCH} ${stamp})
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
