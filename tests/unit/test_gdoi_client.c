/* SPDX-License-Identifier: Apache-2.0 */
/* The group member against the lab's key server: phase 1 and registration. */
#include "check.h"
#include "gdoi_pair.h"

static bool registers(struct pair *p)
{
    return pair_register(p).kind == GDOI_REGISTERED;
}

/* ---- every suite of the contract ---- */

static const char *const suites[] = {
    "3des-md5-modp768",       "3des-sha1-modp1024",     "aes128-sha1-modp1536",
    "aes128-sha256-modp2048", "aes192-sha256-modp2048", "aes256-sha384-modp3072",
    "aes256-sha512-modp4096", "aes128-sha256-ecp256",   "aes256-sha384-ecp384",
    "aes256-sha512-ecp521",   "aes256-md5-ecp256",      "aes256-sha1-ecp256",
    "3des-sha512-ecp256",     "aes192-md5-modp1024",    "aes192-sha384-ecp384",
};

static void test_suites(void)
{
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        struct gdoi_event event;
        struct pair p;

        pair_defaults(&p);
        pair_suite(&p, suites[i]);
        pair_open(&p);
        event = pair_register(&p);
        CHECK_INT(suites[i], event.kind, GDOI_REGISTERED);
        CHECK(suites[i], gdoi_suite_equal(&event.suite, &p.suite));
        CHECK_INT(suites[i], p.to_server, 5);
        CHECK_INT(suites[i], lab_gdoi_counts(p.server)->registrations, 1);
        pair_close(&p);
    }
}

/* What a registration gives is what the key server has. */
static void test_registered(void)
{
    const struct gdoi_group_state *state;
    struct gdoi_event event;
    struct lab_gdoi_view view;
    struct pair p;

    pair_defaults(&p);
    p.policy.aces = 20;
    pair_open(&p);
    event = pair_register(&p);
    view = lab_gdoi_view(p.group);
    state = gdoi_client_group(p.client);
    CHECK_INT("registered", event.kind, GDOI_REGISTERED);
    CHECK_INT("phase 1: three round trips", event.phase1.ms, 6 * PAIR_DELAY_MS);
    CHECK_INT("PULL: two", event.pull.ms, 4 * PAIR_DELAY_MS);
    CHECK("no KEK before", !event.had_kek && !event.other_kek);
    CHECK_INT("one KEK", state->kek_count, 1);
    CHECK("its SPI", memcmp(state->keks[0].kek.spi, view.kek_spi, GDOI_SPI_SIZE) == 0);
    CHECK_INT("its life, by the second", state->keks[0].sak.lifetime_s, 86400);
    CHECK_INT("one TEK of 20 lines", state->tek_count, 1);
    CHECK_INT("its SPI", state->teks[0].spi, view.tek_spi);
    CHECK_INT("its life", state->teks[0].sat.lifetime_s, 3600);
    CHECK_INT("its transform", state->teks[0].sat.transform, 12);
    CHECK_INT("a member", view.members, 1);
    pair_close(&p);
}

/* ---- groups ---- */

static void test_groups(void)
{
    static const struct {
        const char *row;
        struct gdoi_identity asked, there;
        bool found;
    } rows[] = {
        {"number",
         {GDOI_ID_KEY_ID, 4, {0, 0, 4, 210}},
         {GDOI_ID_KEY_ID, 4, {0, 0, 4, 210}},
         true},
        {"little-endian number",
         {GDOI_ID_KEY_ID, 4, {210, 4, 0, 0}},
         {GDOI_ID_KEY_ID, 4, {210, 4, 0, 0}},
         true},
        {"address", {GDOI_ID_IPV4, 4, {10, 0, 0, 1}}, {GDOI_ID_IPV4, 4, {10, 0, 0, 1}}, true},
        {"name", {GDOI_ID_FQDN, 9, "g.example"}, {GDOI_ID_FQDN, 9, "g.example"}, true},
        {"another number",
         {GDOI_ID_KEY_ID, 4, {0, 0, 4, 211}},
         {GDOI_ID_KEY_ID, 4, {0, 0, 4, 210}},
         false},
        {"another type",
         {GDOI_ID_IPV4, 4, {0, 0, 4, 210}},
         {GDOI_ID_KEY_ID, 4, {0, 0, 4, 210}},
         false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (int mute = 0; mute < 2; mute++) {
            struct gdoi_event event;
            struct pair p;

            pair_defaults(&p);
            p.client_config.group = rows[i].asked;
            p.policy.group = rows[i].there;
            p.server_config.mute = mute;
            pair_open(&p);
            event = pair_register(&p);
            CHECK_INT(rows[i].row, event.kind, rows[i].found ? GDOI_REGISTERED : GDOI_FAILED);
            if (!rows[i].found) {
                CHECK_INT(rows[i].row, event.step, GDOI_PULL_2);
                CHECK_INT(rows[i].row, event.notify, mute ? 0 : 18);
                CHECK_INT(rows[i].row, event.err, GV_ERR_TIMEOUT);
                CHECK(rows[i].row, event.answered);
            }
            pair_close(&p);
        }
}

/* A refusal that stands in the PULL's own exchange is heard, too. */
static void test_refused_inside(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.client_config.group.octets[3]++;
    p.server_config.inside = true;
    pair_open(&p);
    event = pair_register(&p);
    CHECK_INT("unknown group", event.kind, GDOI_FAILED);
    CHECK_INT("INVALID_ID_INFORMATION", event.notify, 18);
    CHECK_INT("the step's time is waited for", event.err, GV_ERR_TIMEOUT);
    pair_close(&p);
}

/* Vendor ids, private payloads, requests and notifies of how things stand change nothing, and
 * refuse nothing. */
static void test_talkative(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.server_config.talkative = true;
    pair_open(&p);
    CHECK_INT("talkative", pair_register(&p).kind, GDOI_REGISTERED);
    pair_close(&p);

    pair_defaults(&p);
    p.server_config.talkative = true;
    pair_open(&p);
    lab_gdoi_faults(p.server)->silent_at = LAB_GDOI_PULL_2;
    event = pair_register(&p);
    CHECK_INT("then silent", event.kind, GDOI_FAILED);
    CHECK_INT("RESPONDER_LIFETIME is no refusal", event.notify, 0);
    CHECK_INT("nothing was wrong", event.last, GV_OK);
    pair_close(&p);
}

/* The largest datagrams that there are, of every exchange, in the clear and not, at every step:
 * passed over, and the registration goes on. */
static bool flood_large(struct pair *p, bool to_server, unsigned index, uint8_t *octets,
                        size_t *n, void *arg)
{
    static const uint8_t exchanges[] = {ISAKMP_MAIN_MODE, ISAKMP_INFORMATIONAL, GDOI_PULL,
                                        GDOI_PUSH,        GDOI_PUSH_ACK,        6};
    static uint8_t large[GDOI_DATAGRAM_MOST];
    struct gdoi_event event;

    (void)index;
    (void)n;
    (void)arg;
    if (to_server)
        return true;
    for (size_t i = 0; i < 2 * sizeof(exchanges); i++) {
        memset(large, 0, sizeof(large));
        memcpy(large, octets, ISAKMP_HEADER_SIZE); /* cookies, message id */
        large[18] = exchanges[i / 2];
        large[19] = i % 2 ? ISAKMP_ENCRYPTED : 0;
        memcpy(large + 24, "\0\0\xff\xe3", 4);
        gdoi_client_feed(p->client, large, sizeof(large), &p->client_config.remote, p->now,
                         &event);
        CHECK_INT("64 KiB", event.kind, GDOI_NOTHING);
    }
    return true;
}

static void test_large(void)
{
    struct pair p;

    pair_defaults(&p);
    p.filter = flood_large;
    pair_open(&p);
    CHECK_INT("64 KiB ahead of each answer", pair_register(&p).kind, GDOI_REGISTERED);
    CHECK("and of a rekey", pair_rekey(&p, LAB_GDOI_TEK).valid);
    CHECK("ignored", gdoi_client_counts(p.client)->ignored > 40);
    pair_close(&p);
}

/* A policy may say no lifetime of a TEK in seconds: it is listed, and stays (RFC 2407, 4.5). */
static void without_life(void *arg, enum lab_gdoi_message message, uint8_t *octets, size_t n)
{
    (void)arg;
    for (size_t i = 0; message == LAB_GDOI_PULL_2 && i + 8 <= n; i++)
        if (memcmp(octets + i, "\x80\x01\0\x01\0\x02\0\x04", 8) == 0)
            octets[i + 3] = 2; /* kilobytes */
}

static void test_tek_life(void)
{
    struct pair p;

    pair_defaults(&p);
    pair_open(&p);
    lab_gdoi_faults(p.server)->edit = without_life;
    CHECK_INT("kilobytes only", pair_register(&p).kind, GDOI_REGISTERED);
    CHECK_INT("not told", gdoi_client_group(p.client)->teks[0].sat.lifetime_s, 0);
    pair_run(&p, gv_secs(60));
    CHECK_INT("still there", gdoi_client_group(p.client)->tek_count, 1);
    pair_close(&p);
}

/* ---- time ---- */

/* Silent at each step: sent at 0, 1, 3, 7, 15 s; given up 30 s after the first. */
static void test_silent(void)
{
    static const struct {
        enum lab_gdoi_message at;
        enum gdoi_step step;
        unsigned before; /* datagrams that were answered */
    } rows[] = {{LAB_GDOI_MAIN_2, GDOI_MAIN_2, 0},
                {LAB_GDOI_MAIN_4, GDOI_MAIN_4, 1},
                {LAB_GDOI_MAIN_6, GDOI_MAIN_6, 2},
                {LAB_GDOI_PULL_2, GDOI_PULL_2, 3},
                {LAB_GDOI_PULL_4, GDOI_PULL_4, 4}};
    static const int64_t offsets[] = {0, 1000, 3000, 7000, 15000};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *row = gdoi_step_name(rows[i].step);
        size_t k = 0, first = SIZE_MAX;
        struct gdoi_event event;
        struct pair p;

        pair_defaults(&p);
        pair_open(&p);
        lab_gdoi_faults(p.server)->silent_at = rows[i].at;
        event = pair_register(&p);
        CHECK_INT(row, event.kind, GDOI_FAILED);
        CHECK_INT(row, event.step, rows[i].step);
        CHECK_INT(row, event.err, GV_ERR_TIMEOUT);
        CHECK_INT(row, event.last, GV_OK);
        CHECK(row, event.answered == (rows[i].before > 0));
        CHECK_INT(row, p.to_server, rows[i].before + 5);
        for (size_t j = 0; j < p.log_count; j++) {
            if (!p.log[j].to_server || k++ < rows[i].before)
                continue;
            if (first == SIZE_MAX)
                first = j;
            CHECK_INT(row, p.log[j].at.ms - p.log[first].at.ms,
                      offsets[k - rows[i].before - 1]);
            CHECK(row, p.log[j].sum == p.log[first].sum);
        }
        CHECK_INT(row, event.at.ms - p.log[first].at.ms, 30000);
        pair_close(&p);
    }
}

/* Any one datagram lost, in either direction: a second later it is there. */
static bool lose(struct pair *p, bool to_server, unsigned index, uint8_t *octets, size_t *n,
                 void *arg)
{
    const int *which = arg; /* positive: toward the server; negative: back */

    (void)p;
    (void)octets;
    (void)n;
    return (int)index != (to_server ? *which : -*which);
}

static void test_loss(void)
{
    for (int which = -5; which <= 5; which++) {
        struct pair p;
        int64_t began;

        pair_defaults(&p);
        p.filter = lose;
        p.arg = &which;
        pair_open(&p);
        began = p.now.ms;
        CHECK("one lost", registers(&p));
        CHECK_INT("a second lost", p.now.ms - began,
                  10 * PAIR_DELAY_MS + (which == 0 ? 0 : 1000));
        CHECK_INT("not twice a member", lab_gdoi_counts(p.server)->registrations, 1);
        pair_close(&p);
    }
}

/* Everything twice. */
static bool twice(struct pair *p, bool to_server, unsigned index, uint8_t *octets, size_t *n,
                  void *arg)
{
    (void)index;
    (void)arg;
    pair_inject(p, to_server, octets, *n, (struct gv_dur){PAIR_DELAY_MS});
    return true;
}

static void test_duplicates(void)
{
    struct pair p;

    pair_defaults(&p);
    p.filter = twice;
    pair_open(&p);
    CHECK("everything twice", registers(&p));
    CHECK_INT("one phase 1", lab_gdoi_counts(p.server)->phase1s, 1);
    CHECK_INT("one registration", lab_gdoi_counts(p.server)->registrations, 1);
    CHECK("bounded", p.to_server <= 20);
    pair_run(&p, gv_secs(60));
    CHECK_INT("no other event", p.event_count, 1);
    pair_close(&p);
}

/* ---- refusals ---- */

static void test_wrong_psk(void)
{
    for (int mute = 0; mute < 2; mute++) {
        struct gdoi_event event;
        struct pair p;

        pair_defaults(&p);
        gv_secret_free(p.server_psk);
        p.server_psk = gv_secret_new("another", 7);
        p.server_config.psk = p.server_psk;
        p.server_config.mute = mute;
        pair_open(&p);
        event = pair_register(&p);
        CHECK_INT("wrong PSK", event.kind, GDOI_FAILED);
        CHECK_INT("at message 6", event.step, GDOI_MAIN_6);
        CHECK_INT("an encrypted refusal tells", event.last,
                  mute ? GV_OK : GV_ERR_AUTHENTICATION);
        CHECK_INT("not let in", lab_gdoi_counts(p.server)->phase1s, 0);
        pair_close(&p);
    }
}

/* The same PSK, but not this member: the refusal can be opened, and says so. */
static void test_unknown_member(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.server_config.member = (struct gdoi_identity){GDOI_ID_FQDN, 4, "gm.x"};
    pair_open(&p);
    event = pair_register(&p);
    CHECK_INT("unknown member", event.kind, GDOI_FAILED);
    CHECK_INT("AUTHENTICATION_FAILED", event.notify, 24);
    CHECK_INT("at message 6", event.step, GDOI_MAIN_6);
    pair_close(&p);
}

static void test_unknown_server(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.client_config.peer = (struct gdoi_identity){GDOI_ID_FQDN, 4, "ks.x"};
    pair_open(&p);
    event = pair_register(&p);
    CHECK_INT("another key server", event.kind, GDOI_FAILED);
    CHECK_INT("its identity", event.last, GV_ERR_AUTHENTICATION);
    pair_close(&p);
}

static void test_no_proposal(void)
{
    struct gdoi_suite other;
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    CHECK("suite", gdoi_suite_read(gv_text("aes256-sha512-ecp384"), &other));
    p.server_config.suites = &other;
    pair_open(&p);
    event = pair_register(&p);
    CHECK_INT("no common proposal", event.kind, GDOI_FAILED);
    CHECK_INT("NO_PROPOSAL_CHOSEN", event.notify, 14);
    CHECK_INT("message 2", event.step, GDOI_MAIN_2);
    pair_close(&p);
}

/* "SHA-256" becomes "MD5" in message 2: weaker than offered is never taken. */
static bool weaken(struct pair *p, bool to_server, unsigned index, uint8_t *octets, size_t *n,
                   void *arg)
{
    static const uint8_t sha256[] = {0x80, 2, 0, 4};

    (void)p;
    (void)index;
    (void)arg;
    for (size_t i = 0; !to_server && i + sizeof(sha256) <= *n; i++)
        if (memcmp(octets + i, sha256, sizeof(sha256)) == 0)
            octets[i + 3] = 1;
    return true;
}

static void test_weaker(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.filter = weaken;
    pair_open(&p);
    event = pair_register(&p);
    CHECK_INT("weaker than offered", event.kind, GDOI_FAILED);
    CHECK_INT("message 2", event.step, GDOI_MAIN_2);
    CHECK_INT("not supported", event.last, GV_ERR_NOT_SUPPORTED);
    pair_close(&p);
}

/* Several offered: the key server's preference among them. */
static void test_choice(void)
{
    struct gdoi_suite offered[3], taken[2];
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    CHECK("a", gdoi_suite_read(gv_text("aes256-sha256-ecp256"), &offered[0]));
    CHECK("b", gdoi_suite_read(gv_text("aes128-sha384-ecp256"), &offered[1]));
    CHECK("c", gdoi_suite_read(gv_text("3des-sha1-ecp256"), &offered[2]));
    CHECK("d", gdoi_suite_read(gv_text("aes256-sha256-modp4096"), &taken[0]));
    taken[1] = offered[1];
    p.client_config.suites = offered;
    p.client_config.suite_count = 3;
    p.server_config.suites = taken;
    p.server_config.suite_count = 2;
    pair_open(&p);
    event = pair_register(&p);
    CHECK_INT("registered", event.kind, GDOI_REGISTERED);
    CHECK("with the common one", gdoi_suite_equal(&event.suite, &taken[1]));
    pair_close(&p);
}

/* ---- bad values of the key exchange ---- */

static void test_bad_exchange(void)
{
    static const struct {
        const char *row, *suite;
        enum lab_gdoi_ke ke;
        size_t nonce_n;
        enum gdoi_step step;
    } rows[] = {
        {"KE 0", "aes128-sha256-modp1024", LAB_GDOI_KE_0, 0, GDOI_MAIN_4},
        {"KE 1", "aes128-sha256-modp1024", LAB_GDOI_KE_1, 0, GDOI_MAIN_4},
        {"KE p-1", "aes128-sha256-modp1024", LAB_GDOI_KE_P_1, 0, GDOI_MAIN_4},
        {"KE p", "aes128-sha256-modp1024", LAB_GDOI_KE_P, 0, GDOI_MAIN_4},
        {"KE 0, modp768", "aes128-sha256-modp768", LAB_GDOI_KE_0, 0, GDOI_MAIN_4},
        {"KE p-1, modp768", "aes128-sha256-modp768", LAB_GDOI_KE_P_1, 0, GDOI_MAIN_4},
        {"KE 1, modp2048", "aes128-sha256-modp2048", LAB_GDOI_KE_1, 0, GDOI_MAIN_4},
        {"KE p-1, modp2048", "aes128-sha256-modp2048", LAB_GDOI_KE_P_1, 0, GDOI_MAIN_4},
        {"KE p, modp2048", "aes128-sha256-modp2048", LAB_GDOI_KE_P, 0, GDOI_MAIN_4},
        {"point at 0,0", "aes128-sha256-ecp256", LAB_GDOI_KE_0, 0, GDOI_MAIN_4},
        {"nonce of 7", "aes128-sha256-ecp256", LAB_GDOI_KE_GOOD, 7, GDOI_MAIN_4},
        {"nonce of 8", "aes128-sha256-ecp256", LAB_GDOI_KE_GOOD, 8, GDOI_IDLE},
        {"nonce of 256", "aes128-sha256-ecp256", LAB_GDOI_KE_GOOD, 256, GDOI_IDLE},
        {"nonce of 257", "aes128-sha256-ecp256", LAB_GDOI_KE_GOOD, 257, GDOI_MAIN_4},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gdoi_event event;
        int64_t began;
        struct pair p;

        pair_defaults(&p);
        pair_suite(&p, rows[i].suite);
        pair_open(&p);
        lab_gdoi_faults(p.server)->ke = rows[i].ke;
        lab_gdoi_faults(p.server)->nonce_n = rows[i].nonce_n;
        began = p.now.ms;
        event = pair_register(&p);
        CHECK_INT(rows[i].row, event.kind,
                  rows[i].step == GDOI_IDLE ? GDOI_REGISTERED : GDOI_FAILED);
        if (event.kind == GDOI_FAILED) {
            CHECK_INT(rows[i].row, event.step, rows[i].step);
            CHECK_INT(rows[i].row, event.last, GV_ERR_MALFORMED);
            CHECK_INT(rows[i].row, event.at.ms - began, 30000 + 2 * PAIR_DELAY_MS);
        }
        pair_close(&p);
    }
}

int main(void)
{
    test_suites();
    test_registered();
    test_groups();
    test_refused_inside();
    test_talkative();
    test_large();
    test_tek_life();
    test_silent();
    test_loss();
    test_duplicates();
    test_wrong_psk();
    test_unknown_member();
    test_unknown_server();
    test_no_proposal();
    test_weaker();
    test_choice();
    test_bad_exchange();
    pair_end();
    return check_end();
}
