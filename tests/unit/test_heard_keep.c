/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "check.h"
#include "model/heard_keep.h"

static const struct gv_dur shift = {1000000};
static const struct gv_time now = {5000000};

/* Every field says something. */
static struct gv_heard whole(void)
{
    struct gv_heard heard = {
        .as_gm = true,
        .as_ks = true,
        .registration_told = true,
        .registered = true,
        .ks_address = "10.0.0.1",
        .newer_gm = {true, {1}},
        .newer_gm_address = "10.0.1.9",
        .logged = {true, {16}},
        .signature =
            {
                .ks = "10.0.0.2",
                .gm = "10.0.1.1",
                .registration =
                    {true, true, true, true, true, true, true, {true, {2}}, {true, {3}}},
                .expiry = {true, true, {true, {4}}, {true, {5}}, true},
                .rekey_missed = true,
                .rekey_missed_at = {true, {6}},
                .kek_known = true,
                .kek_spi = {7, 8, 9},
                .doubles = UINT64_MAX,
                .missed = 10,
                .last_double = {GV_FINDING_DOUBLE,
                                {true, {11}},
                                {true, {12}},
                                {true, {13}},
                                {true, {14}},
                                true},
                .cycle = {15},
            },
    };

    for (uint32_t i = 0; i < GV_EVENT_KIND_COUNT; i++) {
        heard.counts[i] = 100 + i;
        heard.last[i] = (struct gv_time){200 + i};
    }
    return heard;
}

static struct gv_buf text_of(const struct gv_heard *heard)
{
    struct gv_buf text = gv_buf(1 << 16);

    gv_heard_write(heard, shift, &text);
    CHECK_INT("written", text.err, GV_OK);
    return text;
}

static size_t lines(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

static void test_whole(void)
{
    struct gv_heard heard = whole(), back;
    struct gv_buf text = text_of(&heard), again;
    bool any = false;

    CHECK("read", gv_heard_read(gv_text(text.at), shift, now, &any, &back) && any);
    again = text_of(&back);
    CHECK_STR("the same", again.at, text.at);
    CHECK("the pair holds", gv_heard_pair(&back, now) == gv_heard_pair(&heard, now));
    CHECK_STR("its key server", back.signature.ks, "10.0.0.2");
    CHECK_INT("its latest event", gv_heard_latest(&back).ms, 200 + GV_EVENT_KIND_COUNT - 1);
    /* A field more in the struct is one more here: it needs its row in heard_keep.c. */
    CHECK_INT("rows", lines(text.at), 48 + 2 * GV_EVENT_KIND_COUNT);
    if (sizeof(void *) == 8)
        CHECK_INT("size", sizeof(struct gv_heard), 920);
    gv_buf_clear(&text);
    gv_buf_clear(&again);
}

/* What one line makes of it. */
static void test_lines(void)
{
    static const struct {
        const char *name, *text;
        bool ok, any;
    } rows[] = {
        {"nothing", "", true, false},
        {"a track's lines", "side 2\nkek.known 1\n", true, false},
        {"an event", "heard.count.gm_registered 1\nheard.last.gm_registered 1000001\n", true,
         true},
        {"an event to come", "heard.count.gm_registered 1\nheard.last.gm_registered 6000001\n",
         false, false},
        {"a negative count", "heard.count.gm_registered -1\n", false, false},
        {"a finding that there is none of", "heard.double.kind 3\n", false, false},
        {"an address that is none",
         "heard.ks 0123456789012345678901234567890123456789012345678901234567890123\n", false,
         false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_heard back = {.as_ks = true};
        bool any = false;

        CHECK(rows[i].name,
              gv_heard_read(gv_text(rows[i].text), shift, now, &any, &back) == rows[i].ok);
        CHECK(rows[i].name, any == rows[i].any && back.as_ks == !rows[i].ok);
    }
}

static void test_doubt(void)
{
    struct gv_heard heard = whole();

    gv_heard_doubt(&heard);
    CHECK("nothing waits", !heard.signature.registration.done &&
                               !heard.signature.expiry.pending &&
                               !heard.signature.rekey_missed);
    CHECK("what is proved stays", heard.signature.doubles > 0 &&
                                      heard.signature.last_double.expired.known &&
                                      heard.newer_gm.known);
}

int main(void)
{
    test_whole();
    test_lines();
    test_doubt();
    return check_end();
}
