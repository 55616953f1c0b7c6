/* SPDX-License-Identifier: Apache-2.0 */
/* A secret that stands in a file of its own. */
#ifndef GV_SECRET_FILE_H
#define GV_SECRET_FILE_H

#include "base/buf.h"
#include "base/secret.h"

/* The one line of `text` as a secret, without the newline that editors put at its end.
 * GV_ERR_MALFORMED where it is empty or binary, GV_ERR_NO_MEMORY; *why then says what it is
 * ("is empty; expected a line of text"), a static text. */
enum gv_err gv_secret_of_line(struct gv_text text, struct gv_secret **out,
                              const char **why) GV_MUST_CHECK;

/* The same of the file `path`, which must be a regular one. On failure `why` gets a sentence
 * that names it and what to do. GV_ERR_AUTHORIZATION: everybody can read the file, and
 * `insecure_perms` does not allow it. */
enum gv_err gv_secret_file_read(const char *path, bool insecure_perms, struct gv_secret **out,
                                struct gv_buf *why) GV_MUST_CHECK;

/* Whether a private key's file may be used: a regular one, of 64 KiB at most, that not
 * everybody can read. As above. */
enum gv_err gv_secret_file_check(const char *path, bool insecure_perms,
                                 struct gv_buf *why) GV_MUST_CHECK;

#endif
