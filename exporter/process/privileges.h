/* SPDX-License-Identifier: Apache-2.0 */
/* Whose process this is, and what that user may do beyond others.
 *
 * Source: capabilities(7). */
#ifndef GV_PRIVILEGES_H
#define GV_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Become `user` (NULL: stay who we are) with its groups, keep no capability but the one to bind
 * ports below 1024 (where it was there), and let no program gain any. Who stays root keeps what
 * root has. *root: that is so. On failure `why` says what is wrong, and the process must not go
 * on. */
enum gv_err gv_privileges_drop(const char *user, bool *root, char *why,
                               size_t why_size) GV_MUST_CHECK;

#endif
