/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include <string.h>

enum { LONGEST_WORD = 40, SHORTEST_WORD = 2, NEAR = 2 };

static size_t least3(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Levenshtein's distance of two words of at most LONGEST_WORD letters. */
static size_t distance(const char *a, size_t an, const char *b, size_t bn)
{
    size_t row[LONGEST_WORD + 1];

    for (size_t j = 0; j <= bn; j++)
        row[j] = j;
    for (size_t i = 1; i <= an; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= bn; j++) {
            size_t above = row[j];

            row[j] = least3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[bn];
}

void gv_word_guess(struct gv_word_guess *guess, const char *word)
{
    size_t n = strlen(guess->text), m = strlen(word), d;

    if (n > LONGEST_WORD || m > LONGEST_WORD || n < SHORTEST_WORD)
        return;
    d = distance(guess->text, n, word, m);
    /* A word of which every letter is wrong was not meant. */
    if (d > NEAR || d >= m || (guess->word != NULL && d >= guess->distance))
        return;
    guess->word = word;
    guess->distance = d;
}
