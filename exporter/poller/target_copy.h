/* SPDX-License-Identifier: Apache-2.0 */
/* A target of one's own: a deep copy that outlives the configuration it came from. */
#ifndef GV_TARGET_COPY_H
#define GV_TARGET_COPY_H

#include "base/arena.h"
#include "base/transcript.h"
#include "target.h"

struct gv_target_copy {
    struct gv_arena arena; /* strings and credentials; the secrets are shared */
    struct gv_target target;
};

/* Copy `source`. GV_ERR_NO_MEMORY leaves `out` untouched; else release it with
 * gv_target_copy_clear. Do not move it while a session holds its target. */
enum gv_err gv_target_copy_init(struct gv_target_copy *out,
                                const struct gv_target *source) GV_MUST_CHECK;
void gv_target_copy_clear(struct gv_target_copy *copy);

/* Same settings, secrets compared by content. */
bool gv_target_equal(const struct gv_target *a, const struct gv_target *b);

/* Hide every secret of the target, which outlives the transcript. */
void gv_target_hide(const struct gv_target *target, struct gv_transcript *transcript);

#endif
