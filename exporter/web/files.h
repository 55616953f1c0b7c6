/* SPDX-License-Identifier: Apache-2.0 */
/* Between the web configuration's reader and the list of its files. */
#ifndef GV_WEB_FILES_H
#define GV_WEB_FILES_H

#include "web/config.h"

enum gv_web_file {
    GV_WEB_FILE_ITSELF,
    GV_WEB_FILE_CERT,
    GV_WEB_FILE_KEY,
    GV_WEB_FILE_CLIENT_CA,
    GV_WEB_FILE_COUNT
};

/* NULL: none. */
const char *gv_web_files_path(const struct gv_web_files *files, enum gv_web_file which);

/* It is at `path` now (NULL: there is none). Call before reading it: a change between the two
 * is seen then. */
enum gv_err gv_web_files_follow(struct gv_web_files *files, enum gv_web_file which,
                                const char *path) GV_MUST_CHECK;

#endif
