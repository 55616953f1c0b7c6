/* SPDX-License-Identifier: Apache-2.0 */
/* The answers of one poll: each behind a line "GET LIST". */
#include "reader.h"
#include "restconf/codec.h"

static const char mark[] = "GET ";

static size_t list_of(struct gv_text name)
{
    size_t i = 0;

    while (i < GV_RESTCONF_LISTS && !gv_text_is(name, gv_restconf_lists[i].name))
        i++;
    return i;
}

/* Up to the next line that begins with the mark. */
static struct gv_text body_of(struct gv_text *rest)
{
    struct gv_text body = {rest->at, 0}, line;

    while (rest->n > 0 && !gv_text_starts(*rest, mark))
        (void)gv_text_line(rest, &line);
    body.n = (size_t)(rest->at - body.at);
    return body;
}

enum gv_err golden_read(struct gv_text text, struct gv_observation *obs)
{
    struct gv_restconf_clock clock = {.known = false};
    enum gv_err first = GV_OK;
    struct gv_text line;

    while (gv_text_line(&text, &line)) {
        size_t i = gv_text_starts(line, mark) ? list_of(gv_text_from(line, sizeof(mark) - 1))
                                              : GV_RESTCONF_LISTS;
        struct gv_text body = body_of(&text);
        enum gv_err err;

        if (i == GV_RESTCONF_LISTS || !gv_restconf_wanted(i, obs))
            continue;
        err = gv_restconf_read(i, body, &clock, obs);
        if (first == GV_OK && err != GV_ERR_NO_DATA)
            first = err;
    }
    return first;
}
