/* SPDX-License-Identifier: Apache-2.0 */
/* A track as text: nothing is lost, nothing is taken that is none. */
#include "model/track_keep.h"

#include <stdlib.h>

#include "check.h"
#include "model/track_news.h"

static const struct gv_time now = {2000000000};
static const struct gv_dur shift = {1764000000123};

/* Every field of it set, each to a value of its own. */
static struct gv_kek_life life_of(uint32_t n)
{
    struct gv_kek_life life = {
        .known = true,
        .has_spi = true,
        .has_index = true,
        .has_lifetime = true,
        .has_remaining = true,
        .index = n + 1,
        .lifetime_s = n + 2,
        .remaining_s = n + 3,
        .birth = {true, {n + 4}},
        .expiry = {true, {n + 5}},
        .ended_by = {true, {n + 6}},
        .aged = true,
        .waited = {n + 9},
        .first_seen = {n + 7},
        .last_seen = {n + 8},
        .spi_seen = {n + 10},
    };

    memset(life.spi, (int)(n % 250) + 1, sizeof(life.spi));
    return life;
}

static struct gv_track whole(void)
{
    struct gv_track track = {
        .side = GV_TRACK_GM,
        .kek = life_of(100),
        .previous = life_of(200),
        .next = life_of(300),
        .timing = {GV_PROOF_GM_COUNTS_DOWN, -11, 12, {13}, true},
        .told = {true, true, 14, 15},
        .policy_known = true,
        .policy = {GV_REKEY_MULTICAST, 31, {32}, 33, true, true, 34},
        .verdict = GV_REKEY_MISSED,
        .lead_known = true,
        .lead = {-16000},
        .lead_expected = {17000},
        .judged_at = {true, {18}},
        .missed = true,
        .rebooted = true,
        .booted = {true, {36}},
        .clock_doubt = true,
        .has_uptime = true,
        .uptime_ms = UINT64_MAX,
        .software = UINT64_MAX - 1,
        .rekeys_sent = 35,
        .role = GV_KS_ROLE_UNKNOWN,
        .role_assumed = true,
        .role_since = {19},
        .role_seen = {20},
        .listed = {40},
        .partly = true,
    };

    for (unsigned i = 0; i < GV_REKEY_VERDICT_COUNT; i++)
        track.counts[i] = 1000 + i;
    track.mark.known = true;
    track.mark.at = (struct gv_time){21};
    track.mark.remaining_s = 22;
    track.mark.lifetime_s = 36;
    track.mark.rekeys = 23;
    track.mark.registrations = 24;
    track.registrations.known = true;
    track.registrations.succeeded = UINT32_MAX;
    track.registrations.seen_at = (struct gv_time){25};
    track.registrations.apart = (struct gv_dur){37};
    track.registrations.first_pending = true;
    track.registrations.second_pending = true;
    track.registrations.expiry = (struct gv_when){true, {-26}};
    track.registrations.changed = true;
    track.registrations.end = (struct gv_when){true, {38}};
    track.registrations.longest_s = 39;
    track.registrations.doubles = 27;
    track.registrations.doubled_at = (struct gv_when){true, {28}};
    track.registrations.last_at = (struct gv_when){true, {39}};
    return track;
}

static struct gv_buf text_of(const struct gv_track *track)
{
    struct gv_buf text = gv_buf(1 << 16);

    gv_track_write(track, shift, &text);
    CHECK_INT("written", text.err, GV_OK);
    return text;
}

static bool read_text(const char *text, struct gv_track *track)
{
    return gv_track_read(gv_text(text), shift, now, track);
}

static size_t lines(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

/* Each octet of the struct that is not padding is a field's; padding stays zero here. */
static void test_every_field(void)
{
    struct gv_track track = whole(), back;
    struct gv_buf text = text_of(&track), again;

    CHECK("read", read_text(text.at, &back));
    again = text_of(&back);
    CHECK_STR("the same", again.at, text.at);
    /* A field more in the struct is one more here: it needs its row in track_keep.c. */
    CHECK_INT("rows", lines(text.at), 129);
    if (sizeof(void *) == 8)
        CHECK_INT("size", sizeof(struct gv_track), 816);
    CHECK_INT("counts", back.counts[GV_REKEY_MISSED], track.counts[GV_REKEY_MISSED]);
    CHECK_INT("an instant", back.kek.expiry.at.ms, track.kek.expiry.at.ms);
    CHECK("an SPI", memcmp(back.next.spi, track.next.spi, sizeof(back.next.spi)) == 0);
    CHECK_INT("a span", back.lead.ms, -16000);
    gv_buf_clear(&text);
    gv_buf_clear(&again);
}

static void test_empty(void)
{
    struct gv_track track = {.side = GV_TRACK_NONE}, back = whole();
    struct gv_buf text = text_of(&track);

    CHECK_INT("nothing to say", text.n, 0);
    CHECK("nothing is a track", read_text("", &back));
    CHECK("all zero", !back.kek.known && back.counts[0] == 0 && back.uptime_ms == 0);
}

/* The wall clock that the text is read by decides where its instants are. */
static void test_shift(void)
{
    struct gv_track track = whole(), back;
    struct gv_buf text = text_of(&track);

    CHECK("read",
          gv_track_read(gv_text(text.at), (struct gv_dur){shift.ms + 5000}, now, &back));
    CHECK_INT("earlier by the step", back.kek.birth.at.ms, track.kek.birth.at.ms - 5000);
    CHECK_INT("a span is none", back.lead.ms, track.lead.ms);
    gv_buf_clear(&text);
}

static void test_rows(void)
{
    static const struct {
        const char *name, *text;
        bool good;
    } rows[] = {
        {"of a newer program", "side 1\nsomething.new 12 34\nkek.index 7\n", true},
        {"no end of line", "side 1\nkek.index 7", true},
        {"any order", "kek.index 7\nside 1\n", true},
        {"an enum out of range", "side 3\n", false},
        {"a proof out of range", "proof 99\n", false},
        {"a verdict out of range", "verdict 7\n", false},
        {"a bool is 1", "missed 2\n", false},
        {"no value", "side\n", false},
        {"an empty value", "side \n", false},
        {"a number with blanks", "kek.index 7 \n", false},
        {"a number too large", "kek.index 4294967296\n", false},
        {"a negative count", "count.late -1\n", false},
        {"an instant beyond all", "role.since 1152921504606846977\n", false},
        {"two signs", "lead --5\n", false},
        {"an SPI too long", "kek.spi 0x0102030405060708090A0B0C0D0E0F1011\n", false},
        {"an SPI that is none", "kek.spi zz\n", false},
        {"seen later than now", "kek.last_seen 1766000000124\n", false},
        {"seen just now", "kek.last_seen 1766000000123\n", true},
        {"registered later than now", "registrations.seen 1766000000124\n", false},
        {"a role told later than now", "role.seen 1766000000124\n", false},
        {"a KEK listed later than now", "listed 1766000000124\n", false},
        {"a mark later than now", "mark.at 1766000000124\n", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_track track = {.role = GV_KS_PRIMARY};

        CHECK_INT(rows[i].name, read_text(rows[i].text, &track), rows[i].good);
        CHECK_INT(rows[i].name, track.role, rows[i].good ? GV_KS_ROLE_UNSAID : GV_KS_PRIMARY);
    }
}

/* The kinds that a track does not have. */
struct told {
    char text[6];
    uint64_t n;
};

static void test_text(void)
{
    static const struct gv_keep_field fields[] = {
        {"text", GV_KEEP_TEXT, offsetof(struct told, text), sizeof(((struct told *)0)->text)},
        {"n", GV_KEEP_U64, offsetof(struct told, n), 0},
    };
    static const struct {
        const char *name, *text, *want; /* NULL: refused */
    } rows[] = {
        {"as long as can be", "text abcde\nn 7\n", "abcde"},
        {"too long", "text abcdef\n", NULL},
        {"with blanks", "text  a b\n", " a b"},
        {"empty", "text \nn 7\n", ""},
    };
    struct told told = {"a\nb", 7};
    struct gv_buf out = gv_buf(100);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct told row = {.n = 0};
        bool good = gv_keep_read(fields, 2, gv_text(rows[i].text), shift, &row);

        CHECK_INT(rows[i].name, good, rows[i].want != NULL);
        if (good)
            CHECK_STR(rows[i].name, row.text, rows[i].want);
    }
    gv_keep_write(fields, 2, &told, shift, &out);
    CHECK_STR("one line", out.at, "text a b\nn 7\n");
    gv_buf_clear(&out);
}

/* ---- news ---- */

static struct gv_track holding(uint32_t n)
{
    struct gv_track track = {.side = GV_TRACK_KS, .kek = life_of(n)};

    return track;
}

static void test_news(void)
{
    struct gv_track none = {.side = GV_TRACK_NONE}, a = holding(100), b = holding(200);
    struct gv_track_news news = gv_track_news(&none, &a);

    CHECK("the first KEK", news.any && news.began && news.ended == GV_KEK_LIVES);
    news = gv_track_news(&a, &a);
    CHECK("nothing", !news.any && !news.began && news.ended == GV_KEK_LIVES);
    news = gv_track_news(&a, &b);
    CHECK("not judged", news.began && news.ended == GV_KEK_REPLACED && !news.rekeyed);
    b.judged_at = gv_when(b.kek.birth.at);
    news = gv_track_news(&a, &b);
    CHECK("judged", news.rekeyed && news.ended == GV_KEK_REKEYED);
    a.missed = true;
    news = gv_track_news(&a, &b);
    CHECK("missed has ended before", news.rekeyed && news.ended == GV_KEK_LIVES);
    b = a;
    a.missed = false;
    news = gv_track_news(&a, &b);
    CHECK("missed", news.missed && !news.began && news.ended == GV_KEK_EXPIRED);
    b = holding(300);
    a.rebooted = true;
    CHECK_INT("rebooted", gv_track_news(&a, &b).ended, GV_KEK_REBOOTED);
    b = a = holding(100);
    a.kek.expiry.known = false;
    news = gv_track_news(&a, &b);
    CHECK("more is known", news.any && news.grew && !news.began);
    b.kek.remaining_s -= 5;
    b.kek.last_seen.ms += 5;
    CHECK("seen again is no news", !gv_track_news(&b, &b).any);
}

static void test_news_of_roles(void)
{
    struct gv_track a = holding(100), b = a;

    b.role = GV_KS_PRIMARY;
    CHECK("a role", gv_track_news(&a, &b).role);
    b = a;
    b.timing.proof = GV_PROOF_KS_AFTER_EXPIRY;
    CHECK("a proof", gv_track_news(&a, &b).evidence);
    CHECK("a proof that is void is none", !gv_track_news(&b, &a).evidence);
    b = a;
    b.registrations.succeeded = 4;
    CHECK_INT("the first count is none", gv_track_news(&a, &b).registrations, 0);
    a.registrations.known = true;
    CHECK_INT("registrations", gv_track_news(&a, &b).registrations, 4);
    CHECK_INT("a count that began anew", gv_track_news(&b, &a).registrations, 0);
    b.registrations.doubles = 2;
    CHECK_INT("doubles", gv_track_news(&a, &b).doubles, 2);
    b = a;
    b.told.has_interval = true;
    CHECK("a setting", gv_track_news(&a, &b).any);
    CHECK_STR("names", gv_kek_end_name(GV_KEK_EXPIRED), "expired");
    CHECK_STR("alive has none", gv_kek_end_name(GV_KEK_LIVES), NULL);
}

/* Our own host has rebooted: what was counted before is compared with nothing. */
static void test_doubt(void)
{
    struct gv_track track = whole();

    gv_track_doubt(&track);
    CHECK("the KEK is in doubt", track.clock_doubt && track.kek.known);
    CHECK("no mark, no count", !track.mark.known && !track.registrations.known);
    CHECK("no half of a pair",
          !track.registrations.first_pending && !track.registrations.second_pending);
    CHECK_INT("what was found stays", track.registrations.doubles, 27);
}

int main(void)
{
    test_every_field();
    test_doubt();
    test_empty();
    test_shift();
    test_rows();
    test_text();
    test_news();
    test_news_of_roles();
    return check_end();
}
