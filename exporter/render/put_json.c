/* SPDX-License-Identifier: Apache-2.0 */
#include "render/put_json.h"

#include <stdlib.h>

#include "render/label.h"

enum { TEXT_MOST = 16384 }; /* longest text shown, escapes included */

/* Hand `value` over to `parent`; after a failure nothing is put any more. */
static void put(struct gv_json *doc, json_t *parent, const char *name, json_t *value)
{
    int failed;

    if (doc->failed) {
        json_decref(value);
        return;
    }
    /* Both take a NULL value or parent for a failure, and the value over even then. */
    failed = name == NULL ? json_array_append_new(parent, value)
                          : json_object_set_new(parent, name, value);
    doc->failed = failed != 0;
}

/* As put; the child is wanted afterwards, borrowed from the parent. */
static json_t *put_child(struct gv_json *doc, json_t *parent, const char *name, json_t *child)
{
    put(doc, parent, name, child);
    return doc->failed ? NULL : child;
}

json_t *gv_json_object(struct gv_json *doc, json_t *parent, const char *name)
{
    return put_child(doc, parent, name, json_object());
}

json_t *gv_json_list(struct gv_json *doc, json_t *parent, const char *name)
{
    return put_child(doc, parent, name, json_array());
}

void gv_json_text(struct gv_json *doc, json_t *parent, const char *name, const char *text)
{
    struct gv_buf shown = gv_buf(TEXT_MOST);

    if (text == NULL || text[0] == '\0')
        return;
    gv_visible_add(&shown, gv_text(text));
    /* Too long is cut, on the boundary that the buffer kept. */
    if (shown.err == GV_ERR_NO_MEMORY)
        doc->failed = true;
    else
        put(doc, parent, name, json_stringn(shown.at, shown.n));
    gv_buf_clear(&shown);
}

void gv_json_spi(struct gv_json *doc, json_t *parent, const char *name, const uint8_t *octets,
                 size_t n)
{
    struct gv_buf hex = gv_buf(2 + 2 * GV_KEK_SPI_LEN);

    gv_buf_add_hex(&hex, octets, n);
    gv_json_text(doc, parent, name, hex.at);
    gv_buf_clear(&hex);
}

void gv_json_bool(struct gv_json *doc, json_t *parent, const char *name, bool value)
{
    put(doc, parent, name, json_boolean(value));
}

void gv_json_tri(struct gv_json *doc, json_t *parent, const char *name, enum gv_tri value)
{
    if (value != GV_UNKNOWN)
        gv_json_bool(doc, parent, name, value == GV_YES);
}

void gv_json_u64(struct gv_json *doc, json_t *parent, const char *name, uint64_t value)
{
    put(doc, parent, name, json_integer((json_int_t)(value <= INT64_MAX ? value : INT64_MAX)));
}

void gv_json_count(struct gv_json *doc, json_t *parent, const char *name, struct gv_count value)
{
    if (value.known)
        gv_json_u64(doc, parent, name, value.n);
}

void gv_json_dur(struct gv_json *doc, json_t *parent, const char *name, struct gv_dur value)
{
    if (value.ms % 1000 == 0)
        put(doc, parent, name, json_integer(value.ms / 1000));
    else
        put(doc, parent, name, json_real((double)value.ms / 1000));
}

void gv_json_when(struct gv_json *doc, json_t *parent, const char *name, struct gv_when value)
{
    if (value.known)
        gv_json_dur(doc, parent, name, (struct gv_dur){value.at.ms + doc->in->wall_offset_ms});
}

static struct gv_dur at_least_zero(struct gv_dur d)
{
    return d.ms > 0 ? d : (struct gv_dur){0};
}

void gv_json_age(struct gv_json *doc, json_t *parent, const char *name, struct gv_when value)
{
    if (value.known)
        gv_json_dur(doc, parent, name, at_least_zero(gv_time_diff(doc->in->now, value.at)));
}

void gv_json_left(struct gv_json *doc, json_t *parent, const char *name, struct gv_when value)
{
    if (value.known)
        gv_json_dur(doc, parent, name, at_least_zero(gv_time_diff(value.at, doc->in->now)));
}

json_t *gv_json_begin(struct gv_json *doc, const struct gv_render_in *in)
{
    json_t *root = json_object();

    *doc = (struct gv_json){in, root == NULL, false};
    gv_json_when(doc, root, "at", (struct gv_when){true, in->now});
    return root;
}

static int append(const char *octets, size_t n, void *out)
{
    gv_buf_add(out, octets, n);
    return ((struct gv_buf *)out)->err == GV_OK ? 0 : -1;
}

/* Append `value` and release it. */
static void dump(struct gv_json *doc, json_t *value, struct gv_buf *out)
{
    /* 13 digits hold a millisecond of Unix time. */
    if (!doc->failed && json_dump_callback(value, append, out, JSON_REAL_PRECISION(13)) != 0)
        doc->failed = true;
    json_decref(value);
}

static enum gv_err outcome(const struct gv_json *doc, const struct gv_buf *out)
{
    if (out->err != GV_OK)
        return out->err;
    return doc->failed ? GV_ERR_NO_MEMORY : GV_OK;
}

enum gv_err gv_json_end(struct gv_json *doc, json_t *root, struct gv_buf *out)
{
    dump(doc, root, out);
    gv_buf_add_char(out, '\n');
    return outcome(doc, out);
}

void gv_json_open(struct gv_json *doc, json_t *root, const char *list, struct gv_buf *out)
{
    dump(doc, root, out);
    if (out->n > 0)
        out->n--; /* the closing brace: there is more to come */
    gv_buf_add_str(out, ",\n\"");
    gv_buf_add_str(out, list);
    gv_buf_add_str(out, "\": [");
}

json_t *gv_json_item_begin(struct gv_json *doc)
{
    json_t *item = json_object();

    if (item == NULL)
        doc->failed = true;
    return item;
}

void gv_json_item(struct gv_json *doc, json_t *item, struct gv_buf *out)
{
    gv_buf_add_str(out, doc->listing ? ",\n" : "\n");
    doc->listing = true;
    dump(doc, item, out);
}

enum gv_err gv_json_close(struct gv_json *doc, struct gv_buf *out)
{
    gv_buf_add_str(out, "]}\n");
    return outcome(doc, out);
}
