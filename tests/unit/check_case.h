/* SPDX-License-Identifier: Apache-2.0 */
/* A case for check_getvpn: lines that say what is asked, "---", then the document.
 * Each line: MODE WARNING CRITICAL DEVICE GROUP VERBOSE, with - for what is not given. */
#ifndef CHECK_CASE_H
#define CHECK_CASE_H

#include <string.h>

#include "check/check.h"

enum { CASE_WORD = 256 };

/* What an ask points to. */
struct check_case {
    struct gv_check_ask ask;
    char mode[CASE_WORD], device[CASE_WORD], group[CASE_WORD];
};

static inline bool case_word(struct gv_text *rest, struct gv_text *word, char copy[CASE_WORD])
{
    if (!gv_text_word(rest, word) || word->n >= CASE_WORD || memchr(word->at, '\0', word->n))
        return false;
    memcpy(copy, word->at, word->n);
    copy[word->n] = '\0';
    if (gv_text_is(*word, "-"))
        copy[0] = '\0';
    return true;
}

static inline bool case_range(struct gv_text *rest, struct gv_range *range)
{
    struct gv_text word;
    const char *why;

    if (!gv_text_word(rest, &word))
        return false;
    return gv_text_is(word, "-") || gv_range_read(word, range, &why) == GV_OK;
}

/* False where the line is none. */
static inline bool check_case_read(struct gv_text line, struct check_case *out)
{
    struct gv_text word;
    uint32_t verbose;

    memset(out, 0, sizeof(*out));
    if (!case_word(&line, &word, out->mode) || !case_range(&line, &out->ask.warning) ||
        !case_range(&line, &out->ask.critical) || !case_word(&line, &word, out->device) ||
        !case_word(&line, &word, out->group) || !gv_text_word(&line, &word) ||
        !gv_text_u32(word, &verbose))
        return false;
    out->ask.mode = gv_check_mode_find(out->mode);
    out->ask.device = out->device[0] != '\0' ? out->device : NULL;
    out->ask.group = out->group[0] != '\0' ? out->group : NULL;
    out->ask.verbose = verbose;
    out->ask.max_age = gv_secs(300);
    return out->ask.mode != NULL;
}

/* Cut the next such line off a whole case; false at the "---" or the end, after which *rest is
 * the document. */
static inline bool check_case_next(struct gv_text *rest, struct gv_text *line)
{
    return gv_text_line(rest, line) && !gv_text_is(*line, "---");
}

#endif
