/* SPDX-License-Identifier: Apache-2.0 */
/* What this process gives up once and for all, enforced by the kernel.
 *
 * Source: landlock(7), seccomp(2). */
#ifndef GV_SANDBOX_H
#define GV_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* What the kernel enforces from now on. */
struct gv_sandbox {
    int landlock; /* its ABI; 0: this kernel has none */
    bool seccomp; /* false: this kernel has none */
};

/* Files are written below `writable` (NULL-ended, directories; for one that is not there yet
 * the nearest above it that is) only, nothing is executed, and a system call that is not on our
 * list fails; one that only an intruder makes ends the process. Call before any thread is
 * started. */
enum gv_err gv_sandbox_enter(const char *const *writable, struct gv_sandbox *out) GV_MUST_CHECK;

#endif
