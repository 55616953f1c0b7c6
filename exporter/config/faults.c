/* SPDX-License-Identifier: Apache-2.0 */
#include "config/faults.h"

#include <stdarg.h>
#include <stdio.h>

enum { LONGEST_LINE = 600 };

static void write_line(struct gv_buf *out, struct gv_place at, const char *kind, char *text)
{
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    gv_buf_add_str(out, at.file);
    if (at.line > 0) {
        gv_buf_add_char(out, ':');
        gv_buf_add_u64(out, at.line);
        gv_buf_add_char(out, ':');
        gv_buf_add_u64(out, at.column);
    }
    gv_buf_add_str(out, ": ");
    gv_buf_add_str(out, kind);
    gv_buf_add_str(out, text);
    gv_buf_add_char(out, '\n');
}

void gv_fault(struct gv_faults *faults, struct gv_place at, const char *format, ...)
{
    char text[LONGEST_LINE];
    va_list args;

    if (++faults->errors > GV_FAULTS_SHOWN)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    write_line(faults->out, at, "", text);
}

void gv_fault_warn(struct gv_faults *faults, struct gv_place at, const char *format, ...)
{
    char text[LONGEST_LINE];
    va_list args;

    if (++faults->warnings > GV_FAULTS_SHOWN)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    write_line(faults->out, at, "warning: ", text);
}

void gv_faults_end(struct gv_faults *faults)
{
    if (faults->errors <= GV_FAULTS_SHOWN)
        return;
    gv_buf_add_str(faults->out, "and ");
    gv_buf_add_u64(faults->out, faults->errors - GV_FAULTS_SHOWN);
    gv_buf_add_str(faults->out, " more errors\n");
}
