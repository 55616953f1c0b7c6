/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the status page, built into the program from page/ (page/embed.cmake). */
#ifndef GV_HTTP_PAGE_FILE_H
#define GV_HTTP_PAGE_FILE_H

#include <stddef.h>

struct gv_page_file {
    const char *name, *type;
    const unsigned char *plain, *packed; /* packed: gzip */
    size_t plain_n, packed_n;
};

extern const struct gv_page_file gv_page_files[];
extern const size_t gv_page_file_count;

#endif
