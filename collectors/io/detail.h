/* SPDX-License-Identifier: Apache-2.0 */
/* Detail: the sentence for people beside the failure of a poll. */
#ifndef GV_IO_DETAIL_H
#define GV_IO_DETAIL_H

#include <stddef.h>

/* Write a sentence into detail[size]: cut to fit, '?' for every octet that is not
 * printable ASCII, so that text of a peer may be passed. Never pass a secret. */
void gv_detail(char *detail, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
