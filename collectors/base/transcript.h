/* SPDX-License-Identifier: Apache-2.0 */
/* Transcript: what a device answered in one poll, word for word, without secrets.
 *
 * Pure. For people: nothing is concluded from it. Two things are hidden, and stand there
 * as GV_TRANSCRIPT_HIDDEN: the secrets that we know, wherever they stand, and what follows
 * a word that announces one (password, pre-shared-key, "key 7 ..."). */
#ifndef GV_BASE_TRANSCRIPT_H
#define GV_BASE_TRANSCRIPT_H

#include "base/buf.h"
#include "base/secret.h"

#define GV_TRANSCRIPT_HIDDEN "<hidden>"

enum {
    GV_TRANSCRIPT_MOST = 256 << 10, /* octets; then text.err is set, the rest left out */
    GV_TRANSCRIPT_SECRETS = 10,     /* a target has no more */
    GV_TRANSCRIPT_SECRET_LEAST = 4  /* shorter ones would hide parts of ordinary words */
};

struct gv_transcript {
    struct gv_buf text;                                     /* lines */
    const struct gv_secret *secrets[GV_TRANSCRIPT_SECRETS]; /* borrowed */
    size_t secret_count;
};

void gv_transcript_init(struct gv_transcript *transcript);
void gv_transcript_clear(struct gv_transcript *transcript);

/* Hide that secret, which outlives the transcript, in what is added from now on. NULL and what
 * is shorter than GV_TRANSCRIPT_SECRET_LEAST are passed over. */
void gv_transcript_hide(struct gv_transcript *transcript, const struct gv_secret *secret);

/* Append a question as a line of its own behind "> ", then its answer. */
void gv_transcript_add(struct gv_transcript *transcript, const char *question,
                       struct gv_text answer);

#endif
