/* SPDX-License-Identifier: Apache-2.0 */
#include "io/detail.h"

#include <stdarg.h>
#include <stdio.h>

void gv_detail(char *detail, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(detail, size, format, args);
    va_end(args);
    for (char *c = detail; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}
