/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong in a configuration, and where: one line a fault,
 * `FILE:LINE:COLUMN: what is wrong, what was expected`. */
#ifndef GV_CONFIG_FAULTS_H
#define GV_CONFIG_FAULTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Most errors of one load that are written; the rest is counted. */
enum { GV_FAULTS_SHOWN = 20 };

/* A place in a file; line and column count from 1, 0 where there is none. */
struct gv_place {
    const char *file;
    uint32_t line, column;
};

struct gv_faults {
    struct gv_buf *out; /* the lines */
    size_t errors, warnings;
};

/* Note an error, or a warning (its line begins with "warning: " after the
 * place). Control characters are shown as '?'. Never pass a secret. */
void gv_fault(struct gv_faults *faults, struct gv_place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void gv_fault_warn(struct gv_faults *faults, struct gv_place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Say how many errors were not shown, if any. Call once, at the end. */
void gv_faults_end(struct gv_faults *faults);

#endif
