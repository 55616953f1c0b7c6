/* SPDX-License-Identifier: Apache-2.0 */
/* Checks for unit tests: a failed one names its row and goes on, so that one
 * run shows every failing row. End main with `return check_end();`. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <string.h>

/* Weak, so that the files of one test share them. */
__attribute__((weak)) int check_failed, check_done;

/* `row` names the case, `ok` is what must hold. */
#define CHECK(row, ok)                                                                         \
    do {                                                                                       \
        check_done++;                                                                          \
        if (!(ok)) {                                                                           \
            check_failed++;                                                                    \
            printf("FAIL %s:%d: %s: %s\n", __FILE__, __LINE__, row, #ok);                      \
        }                                                                                      \
    } while (0)

#define CHECK_STR(row, got, want)                                                              \
    do {                                                                                       \
        const char *check_g = (got), *check_w = (want);                                        \
        check_done++;                                                                          \
        if (check_g == NULL || check_w == NULL ? check_g != check_w                            \
                                               : strcmp(check_g, check_w) != 0) {              \
            check_failed++;                                                                    \
            printf("FAIL %s:%d: %s: got '%s', want '%s'\n", __FILE__, __LINE__, row,           \
                   check_g ? check_g : "(null)", check_w ? check_w : "(null)");                \
        }                                                                                      \
    } while (0)

#define CHECK_INT(row, got, want)                                                              \
    do {                                                                                       \
        long long check_g = (long long)(got), check_w = (long long)(want);                     \
        check_done++;                                                                          \
        if (check_g != check_w) {                                                              \
            check_failed++;                                                                    \
            printf("FAIL %s:%d: %s: got %lld, want %lld\n", __FILE__, __LINE__, row, check_g,  \
                   check_w);                                                                   \
        }                                                                                      \
    } while (0)

static inline int check_end(void)
{
    printf("%d checks, %d failed\n", check_done, check_failed);
    return check_failed == 0 && check_done > 0 ? 0 : 1;
}

#endif
