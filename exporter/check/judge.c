/* SPDX-License-Identifier: Apache-2.0 */
/* From a document to the answer. */
#include <string.h>

#include "check/parts.h"
#include "restconf/bounds.h"

enum {
    DEPTH_MOST = 16,
    VALUES_MOST = 8 << 20, /* of the document */
    ITEMS_MOST = 64 << 20, /* octets of items */
    PERF_MOST = 48 << 10,  /* octets of performance data */
};

static const struct gv_check_mode *const modes[] = {
    &gv_check_kek,     &gv_check_tek,          &gv_check_rekey,
    &gv_check_interop, &gv_check_registration, &gv_check_members,
    &gv_check_coop,    &gv_check_probe,        &gv_check_fleet,
};
enum { MODES = sizeof(modes) / sizeof(modes[0]) };

const struct gv_check_mode *gv_check_mode_at(size_t i)
{
    return i < MODES ? modes[i] : NULL;
}

const struct gv_check_mode *gv_check_mode_find(const char *name)
{
    for (size_t i = 0; i < MODES; i++)
        if (strcmp(modes[i]->name, name) == 0)
            return modes[i];
    return NULL;
}

const char *gv_check_mode_name(const struct gv_check_mode *mode)
{
    return mode->name;
}

const char *gv_check_mode_help(const struct gv_check_mode *mode)
{
    return mode->help;
}

const char *gv_check_mode_warning(const struct gv_check_mode *mode)
{
    return mode->warning;
}

const char *gv_check_mode_critical(const struct gv_check_mode *mode)
{
    return mode->critical;
}

static const struct {
    const char *name;
    unsigned badness;
} states[GV_CHECK_STATES] = {
    [GV_CHECK_OK] = {"OK", 0},
    [GV_CHECK_UNKNOWN] = {"UNKNOWN", 1},
    [GV_CHECK_WARNING] = {"WARNING", 2},
    [GV_CHECK_CRITICAL] = {"CRITICAL", 3},
};

const char *gv_check_state_name(enum gv_check_state state)
{
    return states[state].name;
}

enum gv_check_state gv_check_worse(enum gv_check_state a, enum gv_check_state b)
{
    return states[a].badness >= states[b].badness ? a : b;
}

size_t gv_check_troubles(const struct gv_check *check)
{
    return check->counts[GV_CHECK_WARNING] + check->counts[GV_CHECK_CRITICAL] +
           check->counts[GV_CHECK_UNKNOWN];
}

void gv_check_own_ranges(const struct gv_check_mode *mode, struct gv_range *warning,
                         struct gv_range *critical)
{
    const struct gv_range none = {.inside = false};
    const char *why;

    if (gv_range_read(gv_text(mode->warning), warning, &why) != GV_OK)
        *warning = none;
    if (gv_range_read(gv_text(mode->critical), critical, &why) != GV_OK)
        *critical = none;
}

/* ---- the document's path ---- */

/* RFC 3986, section 2.3. */
static bool unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

void gv_check_path(const struct gv_check_ask *ask, struct gv_buf *out)
{
    static const char digit[] = "0123456789ABCDEF";
    const char *name = ask->device;

    if (name == NULL || name[0] == '\0' || ask->mode->of_groups || strchr(name, '*') != NULL ||
        strchr(name, '?') != NULL) {
        gv_buf_add_str(out, "/api/v1/fleet");
        return;
    }
    gv_buf_add_str(out, "/api/v1/devices/");
    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;

        if (unreserved(*name)) {
            gv_buf_add_char(out, *name);
            continue;
        }
        gv_buf_add_char(out, '%');
        gv_buf_add_char(out, digit[c >> 4]);
        gv_buf_add_char(out, digit[c & 15]);
    }
}

/* ---- the verdict ---- */

/* Devices that told nothing are not passed over, but where the mode has its own word for
 * them, or they have no part in it. */
static void note_silent(struct gv_check *check)
{
    for (size_t i = 0; i < gv_check_device_count(check); i++) {
        const json_t *device = gv_check_device_at(check, i);

        if (device != NULL &&
            gv_check_silent(check, device,
                            gv_check_begin(check, gv_check_text(device, "name"), NULL)))
            gv_check_end(check, GV_CHECK_UNKNOWN, 0);
    }
}

static void note_nothing(struct gv_check *check)
{
    struct gv_buf *line = gv_check_begin(check, NULL, NULL);

    gv_buf_add_str(line, "no ");
    gv_buf_add_str(line, check->mode->thing);
    gv_buf_add_str(line, " is known");
    if (check->ask->device != NULL) {
        gv_buf_add_str(line, " of device ");
        gv_clean_add(line, gv_text(check->ask->device));
    }
    if (check->ask->group != NULL) {
        gv_buf_add_str(line, " in group ");
        gv_clean_add(line, gv_text(check->ask->group));
    }
    gv_check_end(check, GV_CHECK_UNKNOWN, 0);
}

static enum gv_check_state verdict(const struct gv_check *check)
{
    enum gv_check_state state = GV_CHECK_OK;

    for (unsigned i = 0; i < GV_CHECK_STATES; i++)
        if (check->counts[i] > 0)
            state = gv_check_worse(state, (enum gv_check_state)i);
    return check->partial ? gv_check_worse(state, GV_CHECK_UNKNOWN) : state;
}

static enum gv_check_state judge(const struct gv_check_ask *ask, const json_t *document,
                                 struct gv_buf *out)
{
    struct gv_range own[2];
    bool given = ask->warning.text.n > 0 || ask->critical.text.n > 0;
    struct gv_check check = {
        .ask = ask,
        .mode = ask->mode,
        .warning = given ? &ask->warning : &own[0],
        .critical = given ? &ask->critical : &own[1],
        .document = document,
        .arena = gv_arena(ITEMS_MOST),
        .line = gv_buf(GV_CHECK_LINE_MOST),
        .perf = gv_buf(PERF_MOST),
        .total = gv_buf(GV_CHECK_LINE_MOST),
    };
    enum gv_check_state state;

    gv_check_own_ranges(ask->mode, &own[0], &own[1]);
    if (!ask->mode->of_groups)
        note_silent(&check);
    ask->mode->judge(&check);
    if (check.first == NULL && !check.partial)
        note_nothing(&check);
    state = verdict(&check);
    gv_check_write(&check, state, out);
    gv_arena_clear(&check.arena);
    gv_buf_clear(&check.line);
    gv_buf_clear(&check.perf);
    gv_buf_clear(&check.total);
    return state;
}

enum gv_check_state gv_check_judge(const struct gv_check_ask *ask, struct gv_text document,
                                   struct gv_buf *out)
{
    enum gv_check_state state = GV_CHECK_UNKNOWN;
    json_error_t error;
    json_t *root = NULL;

    if (document.n > GV_CHECK_DOCUMENT_MOST ||
        !gv_json_bounded(document, DEPTH_MOST, VALUES_MOST)) {
        gv_check_unknown(ask->mode, "the answer is larger or deeper than any exporter's", NULL,
                         out);
        return state;
    }
    root = json_loadb(document.at, document.n, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        gv_check_unknown(ask->mode, "the answer is no JSON", error.text, out);
    else if (gv_check_list(root, "devices") == NULL && gv_check_object(root, "device") == NULL)
        gv_check_unknown(ask->mode, "the answer is no document of a getvpn_exporter", NULL,
                         out);
    else
        state = judge(ask, root, out);
    json_decref(root);
    return state;
}
