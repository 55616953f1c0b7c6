/* SPDX-License-Identifier: Apache-2.0 */
/* What the modes share: walking the document, and noting what they find. */
#ifndef GV_CHECK_PARTS_H
#define GV_CHECK_PARTS_H

#include <jansson.h>

#include "base/arena.h"
#include "check/check.h"
#include "check/perf.h"

enum { GV_CHECK_LINE_MOST = 4096 }; /* octets of an item's text */

/* One thing that was judged. */
struct gv_check_item {
    struct gv_check_item *next;
    enum gv_check_state state;
    int64_t urgency;  /* the smaller, the sooner named among those of one state */
    const char *text; /* clean */
};

/* A check under way. */
struct gv_check {
    const struct gv_check_ask *ask;
    const struct gv_check_mode *mode; /* of `ask`; in turn each, while `fleet` asks them all */
    const struct gv_range *warning, *critical; /* the given ones, or the mode's own */
    const json_t *document;
    struct gv_arena arena; /* items and their texts */
    struct gv_check_item *first, *last;
    size_t counts[GV_CHECK_STATES];
    bool partial;        /* no room for an item: the verdict is not whole */
    struct gv_buf line;  /* the text of an item that is being noted */
    struct gv_buf perf;  /* performance data */
    size_t values;       /* things with performance data */
    struct gv_buf total; /* of the whole, "3 key servers"; may be empty */
};

struct gv_check_mode {
    const char *name;
    const char *title;              /* "KEK", for the line */
    const char *help;               /* what is judged, and what -w and -c are compared with */
    const char *thing;              /* "KEK", for "no KEK is known" */
    const char *warning, *critical; /* ranges; "": none */
    bool of_groups; /* needs verdicts on groups or probes, which a device's document lacks */
    void (*judge)(struct gv_check *check);
};

extern const struct gv_check_mode gv_check_kek, gv_check_tek, gv_check_rekey, gv_check_interop,
    gv_check_registration, gv_check_members, gv_check_coop, gv_check_probe, gv_check_fleet;

/* ---- the document ---- */

/* Members of an object, any of which may be absent or of another type: NULL, and false with
 * *out untouched. Numbers come in thousandths, from -10^15 to 10^15. */
const json_t *gv_check_object(const json_t *o, const char *name);
const char *gv_check_text(const json_t *o, const char *name);
bool gv_check_number(const json_t *o, const char *name, int64_t *out);
bool gv_check_bool(const json_t *o, const char *name, bool *out);
bool gv_check_says(const json_t *o, const char *name, const char *text);
bool gv_check_true(const json_t *o, const char *name);

/* The list of that name, or an empty one. */
const json_t *gv_check_list(const json_t *o, const char *name);

/* Does `name` (NULL: "") fit the pattern (NULL: anything)? */
bool gv_check_fits(const char *pattern, const char *name);

/* Does the object, a membership, a group or a probe, belong to the group that is asked for, by
 * its label, its name or its id? */
bool gv_check_in_group(const struct gv_check *check, const json_t *o);

/* The devices of the document, and the one at `i`; NULL where it is none that is asked for. */
size_t gv_check_device_count(const struct gv_check *check);
const json_t *gv_check_device_at(const struct gv_check *check, size_t i);

/* A walk over the memberships that are asked for, of devices that are not silent; begin with
 * {0}. False at the end. */
struct gv_check_walk {
    size_t device_i, group_i;
    const json_t *device, *membership;
    const char *name, *group; /* their labels */
};
bool gv_check_next(struct gv_check *check, struct gv_check_walk *walk);

/* When the device was last heard by the collector that heard it the longest ago, as Unix time
 * in thousandths; false where that is not known. */
bool gv_check_observed(const json_t *device, int64_t *out);

/* Append why a device counts for nothing: it told nothing, or too long ago. False where it
 * counts. */
bool gv_check_silent(const struct gv_check *check, const json_t *device, struct gv_buf *out);

/* ---- noting ---- */

/* Begin the text of an item with its device and group; either may be NULL. Then append to
 * check->line, text that is not ours by gv_clean_add. */
struct gv_buf *gv_check_begin(struct gv_check *check, const char *device, const char *group);

/* Note the item. */
void gv_check_end(struct gv_check *check, enum gv_check_state state, int64_t urgency);

/* Append " (warning 900:)" or the like where a range made the state. */
void gv_check_say_range(struct gv_check *check, enum gv_check_state state);

/* The state of a value, in thousandths, by the ranges. */
enum gv_check_state gv_check_value(const struct gv_check *check, int64_t value);

/* Add performance data with the ranges that hold; nothing beyond the ceiling. */
void gv_check_perf(struct gv_check *check, const struct gv_perf *perf);

/* Items that are not OK, so far. */
size_t gv_check_troubles(const struct gv_check *check);

/* The ranges that the mode has by itself; without text where it has none. */
void gv_check_own_ranges(const struct gv_check_mode *mode, struct gv_range *warning,
                         struct gv_range *critical);

/* Append the answer. */
void gv_check_write(const struct gv_check *check, enum gv_check_state state,
                    struct gv_buf *out);

/* Append a line for each device that is asked for: when its collectors heard it, and what tells
 * old from new. */
void gv_check_write_devices(const struct gv_check *check, struct gv_buf *out);

/* Append "N THING" or "N THINGs". */
void gv_check_say_count(struct gv_buf *out, uint64_t n, const char *thing);

#endif
