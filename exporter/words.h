/* SPDX-License-Identifier: Apache-2.0 */
/* Which known word was meant by a mistyped one. */
#ifndef GV_WORDS_H
#define GV_WORDS_H

#include <stddef.h>

/* Begin with {.text = TEXT}. */
struct gv_word_guess {
    const char *text;
    const char *word; /* the nearest so far, at most two letters away; NULL: none */
    size_t distance;
};

/* Consider `word`, which stays the caller's. */
void gv_word_guess(struct gv_word_guess *guess, const char *word);

#endif
