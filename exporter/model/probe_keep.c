/* SPDX-License-Identifier: Apache-2.0 */
#include "model/probe_keep.h"

#include "model/keep.h"

enum { TEXT_MOST = 1 << 16 };

#define ENUM(member, most) GV_KEEP_ENUM, offsetof(struct gv_probe_evidence, member), most
#define ITEM(name, member)                                                                     \
    {name ".source", ENUM(member.source, GV_EVIDENCE_SOURCE_COUNT - 1)},                       \
        {name ".behaviour", ENUM(member.behaviour, GV_BEHAVIOUR_NEW)},                         \
        {name ".confidence", ENUM(member.confidence, GV_CERTAIN)},                             \
    {                                                                                          \
        name ".text", GV_KEEP_TEXT, offsetof(struct gv_probe_evidence, member##_text),         \
            GV_PROBE_TEXT                                                                      \
    }

/* The names stand in files: they stay. */
static const struct gv_keep_field fields[] = {
    ITEM("rekey", rekey),
    ITEM("registration", registration),
    {"refuted", GV_KEEP_BOOL, offsetof(struct gv_probe_evidence, refuted), 0},
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static const char mark[] = "evidence";
static const struct gv_dur none = {0}; /* no field is an instant */

void gv_probe_evidence_write(const struct gv_probe_evidence *evidence, uint64_t key,
                             struct gv_buf *out)
{
    struct gv_buf own = gv_buf(TEXT_MOST);
    struct gv_text text, line;

    gv_keep_write(fields, FIELDS, evidence, none, &own);
    text = (struct gv_text){own.at, own.n};
    while (gv_text_line(&text, &line)) {
        gv_buf_add_str(out, mark);
        gv_buf_add_char(out, ' ');
        gv_buf_add_u64(out, key);
        gv_buf_add_char(out, ' ');
        gv_buf_add_text(out, line);
        gv_buf_add_char(out, '\n');
    }
    gv_buf_clear(&own);
}

static bool is_ours(struct gv_text *line, uint64_t key)
{
    struct gv_text word;
    uint64_t told;

    return gv_text_word(line, &word) && gv_text_is(word, mark) && gv_text_word(line, &word) &&
           gv_text_u64(word, &told) && told == key;
}

bool gv_probe_evidence_read(struct gv_text text, uint64_t key, struct gv_probe_evidence *out)
{
    struct gv_probe_evidence evidence = {.refuted = false};
    struct gv_buf own = gv_buf(TEXT_MOST);
    struct gv_text line;
    bool ok;

    while (gv_text_line(&text, &line)) {
        if (!is_ours(&line, key))
            continue;
        gv_buf_add_text(&own, gv_text_trim(line));
        gv_buf_add_char(&own, '\n');
    }
    ok = own.err == GV_OK &&
         gv_keep_read(fields, FIELDS, (struct gv_text){own.at, own.n}, none, &evidence);
    gv_buf_clear(&own);
    if (ok)
        *out = evidence;
    return ok;
}
