/* SPDX-License-Identifier: Apache-2.0 */
/* A small file of lines that is replaced as a whole, so that a crash leaves the old one or the
 * new one, never a mixture (threats, 2.8). */
#ifndef GV_STATE_FILE_H
#define GV_STATE_FILE_H

#include "base/buf.h"

enum { GV_STATE_FILE_MOST = 1 << 20 };

/* Read what gv_state_file_write wrote to directory/name. Appends to `out`. GV_ERR_NOT_FOUND
 * where there is none yet; GV_ERR_MALFORMED where it is not whole: a line at its end counts the
 * octets before it. */
enum gv_err gv_state_file_read(const char *directory, const char *name,
                               struct gv_buf *out) GV_MUST_CHECK;

/* Replace it: written beside it, flushed to the disk, renamed, and the directory flushed. On
 * failure the old one is intact, and errno says why. */
enum gv_err gv_state_file_write(const char *directory, const char *name,
                                struct gv_text text) GV_MUST_CHECK;

#endif
