/* SPDX-License-Identifier: Apache-2.0 */
/* A secret that stands in a file of its own. */
#ifndef GV_SECRET_FILE_H
#define GV_SECRET_FILE_H

#include "base/buf.h"
#include "base/secret.h"

/* Read the one line of the file, without the newline that editors put at its end. Refused, with
 * a sentence in `why` that says what to do: a file that everybody can read (unless
 * `insecure_perms`), that is no regular one, that is empty, binary or too large. */
enum gv_err gv_secret_file_read(const char *path, bool insecure_perms, struct gv_secret **out,
                                struct gv_buf *why) GV_MUST_CHECK;

#endif
