/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe's sights prove, as text, so that it outlives the process.
 *
 * Pure. */
#ifndef GV_MODEL_PROBE_KEEP_H
#define GV_MODEL_PROBE_KEEP_H

#include "base/buf.h"
#include "base/text.h"
#include "model/probe.h"

/* Append a line "evidence KEY NAME VALUE" for each field that says something. */
void gv_probe_evidence_write(const struct gv_probe_evidence *evidence, uint64_t key,
                             struct gv_buf *out);

/* Of the lines of `text` those with that key; others are passed over. False, *out untouched,
 * where one of them cannot be read, and without memory. */
bool gv_probe_evidence_read(struct gv_text text, uint64_t key,
                            struct gv_probe_evidence *out) GV_MUST_CHECK;

#endif
