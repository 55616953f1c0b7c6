/* SPDX-License-Identifier: Apache-2.0 */
/* A secret: community, password, key. The only type that may hold one.
 *
 * Its memory is locked where the system allows, kept out of core files, and
 * wiped before it is released or holds the next one. There is no way to print
 * one. Any thread may make and release secrets; one secret belongs to one thread
 * at a time. */
#ifndef GV_BASE_SECRET_H
#define GV_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct gv_secret; /* opaque */

/* A new secret of the n octets; the caller still owns and should wipe the
 * source. NULL without memory. */
struct gv_secret *gv_secret_new(const void *octets, size_t n);

/* Another holder of the same octets; release each with gv_secret_free. NULL
 * stays NULL. */
struct gv_secret *gv_secret_share(struct gv_secret *secret);

/* Release one holder; the last one wipes. NULL is fine. */
void gv_secret_free(struct gv_secret *secret);

/* The octets, followed by one NUL, valid while a holder lives. For the library call
 * that needs them, nothing else. */
const char *gv_secret_reveal(const struct gv_secret *secret);
size_t gv_secret_size(const struct gv_secret *secret);

/* Same octets, in time that depends on the sizes only. Two NULLs are equal. */
bool gv_secret_equal(const struct gv_secret *a, const struct gv_secret *b);

/* Overwrite n octets so that no compiler drops it. */
void gv_wipe(void *octets, size_t n);

#endif
