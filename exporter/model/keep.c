/* SPDX-License-Identifier: Apache-2.0 */
#include "model/keep.h"

#include <string.h>

/* No instant and no span of ours comes near: sums of two stay in range. */
static const uint64_t furthest_ms = UINT64_C(1) << 60;

static void add_i64(struct gv_buf *out, int64_t v)
{
    if (v < 0)
        gv_buf_add_char(out, '-');
    gv_buf_add_u64(out, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static bool read_i64(struct gv_text text, int64_t *out)
{
    bool negative = text.n > 0 && text.at[0] == '-';
    uint64_t n;

    if (!gv_text_u64(negative ? gv_text_from(text, 1) : text, &n) || n > furthest_ms)
        return false;
    *out = negative ? -(int64_t)n : (int64_t)n;
    return true;
}

static void write_bool(const struct gv_keep_field *field, const void *at, struct gv_dur shift,
                       struct gv_buf *out)
{
    (void)field;
    (void)at;
    (void)shift;
    gv_buf_add_char(out, '1');
}

static bool read_bool(const struct gv_keep_field *field, struct gv_text text,
                      struct gv_dur shift, void *at)
{
    const bool yes = true;

    (void)field;
    (void)shift;
    memcpy(at, &yes, sizeof(yes));
    return gv_text_is(text, "1");
}

static void write_u32(const struct gv_keep_field *field, const void *at, struct gv_dur shift,
                      struct gv_buf *out)
{
    uint32_t n;

    (void)field;
    (void)shift;
    memcpy(&n, at, sizeof(n));
    gv_buf_add_u64(out, n);
}

static bool read_u32(const struct gv_keep_field *field, struct gv_text text,
                     struct gv_dur shift, void *at)
{
    uint32_t n;

    (void)shift;
    if (!gv_text_u32(text, &n) || (field->kind == GV_KEEP_ENUM && n > field->most))
        return false;
    memcpy(at, &n, sizeof(n));
    return true;
}

static void write_u64(const struct gv_keep_field *field, const void *at, struct gv_dur shift,
                      struct gv_buf *out)
{
    uint64_t n;

    (void)field;
    (void)shift;
    memcpy(&n, at, sizeof(n));
    gv_buf_add_u64(out, n);
}

static bool read_u64(const struct gv_keep_field *field, struct gv_text text,
                     struct gv_dur shift, void *at)
{
    uint64_t n;

    (void)field;
    (void)shift;
    if (!gv_text_u64(text, &n))
        return false;
    memcpy(at, &n, sizeof(n));
    return true;
}

static void write_i64(const struct gv_keep_field *field, const void *at, struct gv_dur shift,
                      struct gv_buf *out)
{
    int64_t n;

    memcpy(&n, at, sizeof(n));
    add_i64(out, field->kind == GV_KEEP_TIME ? n + shift.ms : n);
}

static bool read_signed(const struct gv_keep_field *field, struct gv_text text,
                        struct gv_dur shift, void *at)
{
    int64_t n;

    if (!read_i64(text, &n))
        return false;
    if (field->kind == GV_KEEP_TIME)
        n -= shift.ms;
    memcpy(at, &n, sizeof(n));
    return true;
}

static void write_octets(const struct gv_keep_field *field, const void *at, struct gv_dur shift,
                         struct gv_buf *out)
{
    (void)shift;
    gv_buf_add_hex(out, at, field->most);
}

static bool read_octets(const struct gv_keep_field *field, struct gv_text text,
                        struct gv_dur shift, void *at)
{
    (void)shift;
    return gv_text_hex(text, at, field->most);
}

static void write_text(const struct gv_keep_field *field, const void *at, struct gv_dur shift,
                       struct gv_buf *out)
{
    const char *text = at;

    (void)shift;
    for (size_t i = 0; i + 1 < field->most && text[i] != '\0'; i++)
        gv_buf_add_char(out, text[i] == '\n' || text[i] == '\r' ? ' ' : text[i]);
}

static bool read_text(const struct gv_keep_field *field, struct gv_text text,
                      struct gv_dur shift, void *at)
{
    (void)shift;
    if (text.n >= field->most || memchr(text.at, '\0', text.n) != NULL)
        return false;
    memcpy(at, text.at, text.n);
    ((char *)at)[text.n] = '\0';
    return true;
}

static const struct kind {
    size_t size; /* 0: `most` of the field */
    void (*write)(const struct gv_keep_field *field, const void *at, struct gv_dur shift,
                  struct gv_buf *out);
    bool (*read)(const struct gv_keep_field *field, struct gv_text text, struct gv_dur shift,
                 void *at);
} kinds[GV_KEEP_KINDS] = {
    [GV_KEEP_BOOL] = {sizeof(bool), write_bool, read_bool},
    [GV_KEEP_ENUM] = {sizeof(uint32_t), write_u32, read_u32},
    [GV_KEEP_U32] = {sizeof(uint32_t), write_u32, read_u32},
    [GV_KEEP_U64] = {sizeof(uint64_t), write_u64, read_u64},
    [GV_KEEP_I64] = {sizeof(int64_t), write_i64, read_signed},
    [GV_KEEP_TIME] = {sizeof(struct gv_time), write_i64, read_signed},
    [GV_KEEP_DUR] = {sizeof(struct gv_dur), write_i64, read_signed},
    [GV_KEEP_OCTETS] = {0, write_octets, read_octets},
    [GV_KEEP_TEXT] = {0, write_text, read_text},
};

static bool is_zero(const unsigned char *at, size_t n)
{
    while (n > 0 && at[n - 1] == 0)
        n--;
    return n == 0;
}

void gv_keep_write(const struct gv_keep_field *fields, size_t count, const void *row,
                   struct gv_dur shift, struct gv_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct gv_keep_field *field = &fields[i];
        const struct kind *kind = &kinds[field->kind];
        const unsigned char *at = (const unsigned char *)row + field->offset;

        if (is_zero(at, kind->size != 0 ? kind->size : field->most))
            continue;
        gv_buf_add_str(out, field->name);
        gv_buf_add_char(out, ' ');
        kind->write(field, at, shift, out);
        gv_buf_add_char(out, '\n');
    }
}

/* Lines mostly come in the order of the table: look on from where the last was. */
static const struct gv_keep_field *find(const struct gv_keep_field *fields, size_t count,
                                        struct gv_text name, size_t *from)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = (*from + i) % count;

        if (gv_text_is(name, fields[at].name)) {
            *from = at + 1;
            return &fields[at];
        }
    }
    return NULL;
}

bool gv_keep_read(const struct gv_keep_field *fields, size_t count, struct gv_text text,
                  struct gv_dur shift, void *row)
{
    struct gv_text line;
    size_t from = 0;

    while (gv_text_line(&text, &line)) {
        size_t blank = gv_text_index(line, ' ');
        const struct gv_keep_field *field =
            find(fields, count, gv_text_head(line, blank), &from);

        if (field != NULL && !kinds[field->kind].read(field, gv_text_from(line, blank + 1),
                                                      shift, (char *)row + field->offset))
            return false;
    }
    return true;
}
