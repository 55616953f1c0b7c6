/* SPDX-License-Identifier: Apache-2.0 */
/* Members of JSON objects, the parts that several documents share, and the one
 * way out as text. What is not known is not put: never null, never 0.
 *
 * A failure is kept in the document, as in a gv_buf: put everything, test once
 * in gv_json_end. */
#ifndef GV_RENDER_PUT_JSON_H
#define GV_RENDER_PUT_JSON_H

#include <jansson.h>

#include "render/render.h"

/* A document under way. */
struct gv_json {
    const struct gv_render_in *in;
    bool failed;  /* no memory: the document is not whole */
    bool listing; /* an item of the long list has been written */
};

/* A new object or list as member `name` of `parent`; where `name` is NULL it is
 * appended to the list `parent`. Borrowed from the parent. NULL without memory;
 * every function here takes a NULL parent. */
json_t *gv_json_object(struct gv_json *doc, json_t *parent, const char *name);
json_t *gv_json_list(struct gv_json *doc, json_t *parent, const char *name);

/* NULL and empty text are absent; invalid UTF-8 is shown as \xNN. */
void gv_json_text(struct gv_json *doc, json_t *parent, const char *name, const char *text);
void gv_json_bool(struct gv_json *doc, json_t *parent, const char *name, bool value);
void gv_json_tri(struct gv_json *doc, json_t *parent, const char *name, enum gv_tri value);
void gv_json_u64(struct gv_json *doc, json_t *parent, const char *name, uint64_t value);
void gv_json_count(struct gv_json *doc, json_t *parent, const char *name,
                   struct gv_count value);
/* A span in seconds, an instant as Unix time in seconds. */
void gv_json_dur(struct gv_json *doc, json_t *parent, const char *name, struct gv_dur value);
void gv_json_when(struct gv_json *doc, json_t *parent, const char *name, struct gv_when value);

/* How long ago, and how long from now; the second is 0 once it has passed. */
void gv_json_age(struct gv_json *doc, json_t *parent, const char *name, struct gv_when value);
void gv_json_left(struct gv_json *doc, json_t *parent, const char *name, struct gv_when value);

/* The root of a document, with `at`, the instant it speaks of. */
json_t *gv_json_begin(struct gv_json *doc, const struct gv_render_in *in);

/* Append the document to `out` and release it. GV_ERR_NO_MEMORY, or the buffer's. */
enum gv_err gv_json_end(struct gv_json *doc, json_t *root, struct gv_buf *out) GV_MUST_CHECK;

/* A document whose last member is a long list: append what `root` holds so far,
 * release it, and go on with the items one by one, so that the whole is never
 * in memory as objects. Each item is a new object, NULL without memory, handed
 * over to gv_json_item. gv_json_close ends list and document as gv_json_end. */
void gv_json_open(struct gv_json *doc, json_t *root, const char *list, struct gv_buf *out);
json_t *gv_json_item_begin(struct gv_json *doc);
void gv_json_item(struct gv_json *doc, json_t *item, struct gv_buf *out);
enum gv_err gv_json_close(struct gv_json *doc, struct gv_buf *out) GV_MUST_CHECK;

/* An SPI as IOS prints it. */
void gv_json_spi(struct gv_json *doc, json_t *parent, const char *name, const uint8_t *octets,
                 size_t n);

/* The parts: each fills the object `o`; gv_json_peers adds a key server's peers to a
 * membership, gv_json_lists its members too. */
void gv_json_behaviour(struct gv_json *doc, json_t *parent, const char *name,
                       const struct gv_behaviour_verdict *b);
/* The list of probes: of that group alone, or all where it is NULL. */
void gv_json_probes(struct gv_json *doc, json_t *root, const struct gv_group_verdict *group);
void gv_json_device(struct gv_json *doc, json_t *o, const struct gv_device_verdict *d);
void gv_json_group(struct gv_json *doc, json_t *o, const struct gv_group_verdict *g);
void gv_json_membership(struct gv_json *doc, json_t *o, const struct gv_membership *m);
void gv_json_peers(struct gv_json *doc, json_t *o, const struct gv_membership *m);
void gv_json_lists(struct gv_json *doc, json_t *o, const struct gv_membership *m);
void gv_json_rekey(struct gv_json *doc, json_t *o, const struct gv_rekey_verdict_row *r);

#endif
