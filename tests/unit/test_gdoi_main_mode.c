/* SPDX-License-Identifier: Apache-2.0 */
/* The group member against the lab's key server: forged answers, a phase 1 that is used again
 * or was lost, dead peer detection, NAT, certificates. */
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "gdoi_certs.h"
#include "gdoi_pair.h"

enum { MAIN_2 = 1, MAIN_4 = 2, MAIN_6 = 3 };

/* ---- forged answers ahead of the genuine one ---- */

struct forgery {
    const char *row;
    unsigned index; /* of the key server's datagram that it comes ahead of; 0: of all */
    size_t at;      /* the octet that is changed, from the end */
    unsigned count; /* so many different ones */
    bool notify;    /* a refusal in the clear with these cookies instead */
};

static const struct forgery forgeries[] = {
    {"message 2, another cookie", MAIN_2, 0, 1, false},
    {"message 4, another nonce", MAIN_4, 1, 1, false},
    {"message 4, another nonce, 3 times", MAIN_4, 1, 3, false},
    {"message 2, another cookie, 12 times", MAIN_2, 0, 12, false},
    {"message 4, another nonce, 12 times", MAIN_4, 1, 12, false},
    {"message 6, another last block", MAIN_6, 1, 1, false},
    {"message 6, ten times", MAIN_6, 1, 10, false},
    {"PULL message 2", 4, 40, 5, false},
    {"PULL message 4", 5, 40, 5, false},
    {"everything", 0, 1, 1, false},
    {"NO_PROPOSAL_CHOSEN ahead of message 2", MAIN_2, 0, 3, true},
    {"... of message 4", MAIN_4, 0, 3, true},
    {"... of message 6", MAIN_6, 0, 3, true},
    {"... of PULL message 2", 4, 0, 3, true},
    {"... of everything", 0, 0, 3, true},
};

static size_t forge_notify(const uint8_t *octets, uint8_t *out)
{
    static const uint8_t notify[] = {0, 0, 0, 12, 0, 0, 0, 1, 1, 0, 0, 14};

    memcpy(out, octets, ISAKMP_HEADER_SIZE);
    memcpy(out + ISAKMP_HEADER_SIZE, notify, sizeof(notify));
    out[16] = ISAKMP_NOTIFY;
    out[18] = ISAKMP_INFORMATIONAL;
    out[19] = 0;
    memset(out + 20, 0, 8);
    out[27] = ISAKMP_HEADER_SIZE + sizeof(notify);
    return out[27];
}

static bool forge(struct pair *p, bool to_server, unsigned index, uint8_t *octets, size_t *n,
                  void *arg)
{
    const struct forgery *f = arg;
    uint8_t copy[4096];

    if (to_server || (f->index != 0 && index != f->index) || *n > sizeof(copy))
        return true;
    for (unsigned i = 1; i <= f->count; i++) {
        size_t copy_n = *n;

        memcpy(copy, octets, *n);
        if (f->notify)
            copy_n = forge_notify(octets, copy);
        else if (f->at > 0)
            copy[*n - f->at] ^= (uint8_t)i;
        else
            copy[ISAKMP_COOKIE_SIZE] ^= (uint8_t)i;
        pair_inject(p, false, copy, copy_n, (struct gv_dur){PAIR_DELAY_MS / 2});
    }
    return true;
}

static void test_forged(void)
{
    for (size_t i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++) {
        struct forgery f = forgeries[i];
        struct gdoi_event event;
        struct pair p;

        pair_defaults(&p);
        p.filter = forge;
        p.arg = &f;
        pair_open(&p);
        event = pair_register(&p);
        CHECK_INT(f.row, event.kind, GDOI_REGISTERED);
        CHECK_INT(f.row, lab_gdoi_counts(p.server)->registrations, 1);
        CHECK(f.row, p.to_server <= 20);
        pair_close(&p);
    }
}

/* Only the forged one comes: nothing is believed, and it ends in time. */
static bool replace(struct pair *p, bool to_server, unsigned index, uint8_t *octets, size_t *n,
                    void *arg)
{
    const struct forgery *f = arg;

    (void)p;
    if (!to_server && index >= f->index) {
        if (f->notify)
            *n = forge_notify(octets, octets);
        else
            octets[*n - f->at] ^= 1;
    }
    return true;
}

static void test_replaced(void)
{
    static const struct {
        struct forgery f;
        enum gdoi_step step;
        enum gv_err last;
    } rows[] = {
        {{"message 4 only forged", MAIN_4, 1, 1, false}, GDOI_MAIN_6, GV_ERR_AUTHENTICATION},
        {{"message 6 only forged", MAIN_6, 1, 1, false}, GDOI_MAIN_6, GV_ERR_AUTHENTICATION},
        {{"PULL 2 only forged", 4, 40, 1, false}, GDOI_PULL_2, GV_ERR_AUTHENTICATION},
        {{"PULL 4 only forged", 5, 40, 1, false}, GDOI_PULL_4, GV_ERR_AUTHENTICATION},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct forgery f = rows[i].f;
        struct gdoi_event event;
        struct pair p;

        pair_defaults(&p);
        p.filter = replace;
        p.arg = &f;
        pair_open(&p);
        event = pair_register(&p);
        CHECK_INT(f.row, event.kind, GDOI_FAILED);
        CHECK_INT(f.row, event.step, rows[i].step);
        CHECK_INT(f.row, event.last, rows[i].last);
        CHECK(f.row, gv_time_diff(event.at, p.log[0].at).ms <= 60000);
        pair_close(&p);
    }
}

/* ---- arithmetic that takes long ---- */

/* Ahead of message 6 another message 4 comes: work that is out when phase 1 ends. */
static bool forge_late(struct pair *p, bool to_server, unsigned index, uint8_t *octets,
                       size_t *n, void *arg)
{
    static uint8_t kept[1024];
    static size_t kept_n;

    (void)arg;
    if (!to_server && index == MAIN_4 && *n <= sizeof(kept)) {
        memcpy(kept, octets, *n);
        kept_n = *n;
        kept[kept_n - 1] ^= 1;
    }
    if (!to_server && index == MAIN_6) {
        pair_inject(p, false, kept, kept_n, (struct gv_dur){PAIR_DELAY_MS / 2});
        p->hold = true;
    }
    return true;
}

static void test_orphan(void)
{
    struct pair p;

    pair_defaults(&p);
    p.filter = forge_late;
    pair_open(&p);
    CHECK_INT("registered", pair_register(&p).kind, GDOI_REGISTERED);
    CHECK("with work still out", p.held);
    pair_run(&p, gv_secs(5));
    pair_release(&p);
    CHECK_INT("which changes nothing", p.event_count, 1);
    CHECK_INT("and again", pair_register(&p).kind, GDOI_REGISTERED);
    pair_close(&p);
}

/* Time does not end a step while our own arithmetic is what it waits for. */
static void test_slow_work(void)
{
    struct pair p;

    pair_defaults(&p);
    p.hold = true;
    pair_open(&p);
    pair_begin(&p);
    pair_run(&p, gv_secs(40));
    CHECK("out", p.held);
    CHECK_INT("no event", p.event_count, 0);
    pair_release(&p);
    pair_run(&p, gv_secs(1));
    CHECK_INT("registered", pair_last(&p, GDOI_REGISTERED).kind, GDOI_REGISTERED);
    pair_close(&p);
}

/* ---- phase 1 used again ---- */

static void test_reuse(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    pair_open(&p);
    pair_register(&p);
    pair_run(&p, gv_secs(3600));
    event = pair_register(&p);
    CHECK_INT("registered again", event.kind, GDOI_REGISTERED);
    CHECK_INT("without phase 1", event.phase1.ms, 0);
    CHECK_INT("two datagrams more", p.to_server, 7);
    CHECK("had a KEK, the same", event.had_kek && !event.other_kek);
    CHECK_INT("what it had left", (event.previous_left.ms + 999) / 1000, 86400 - 3600);
    CHECK_INT("one KEK", gdoi_client_group(p.client)->kek_count, 1);
    pair_run(&p, gv_secs(86400));
    event = pair_register(&p);
    CHECK_INT("after a day", event.kind, GDOI_REGISTERED);
    CHECK("phase 1 anew", event.phase1.ms > 0);
    pair_close(&p);
}

/* The key server rebooted: no answer to the PULL, then all from the beginning. */
static void test_forgotten(void)
{
    struct gdoi_event event;
    struct pair p;
    int64_t began;

    pair_defaults(&p);
    pair_open(&p);
    pair_register(&p);
    lab_gdoi_restart(p.server, p.now);
    began = p.now.ms;
    event = pair_register(&p);
    CHECK_INT("registered", event.kind, GDOI_REGISTERED);
    CHECK_INT("after the step's time", p.now.ms - began, 30000 + 10 * PAIR_DELAY_MS);
    CHECK("with a phase 1", event.phase1.ms > 0);
    CHECK("and another KEK", event.had_kek && event.other_kek);
    CHECK_INT("one failure is not told", pair_events(&p, GDOI_FAILED), 0);
    pair_close(&p);
}

/* It has taken us in on the phase 1 that we have: another one would be another registration. */
static void test_last_answer_lost(void)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    pair_open(&p);
    pair_register(&p);
    lab_gdoi_faults(p.server)->silent_at = LAB_GDOI_PULL_4;
    event = pair_register(&p);
    CHECK_INT("failed", event.kind, GDOI_FAILED);
    CHECK_INT("where", event.step, GDOI_PULL_4);
    CHECK_INT("one phase 1", lab_gdoi_counts(p.server)->phase1s, 1);
    CHECK_INT("no datagram of another", p.to_server, 5 + 1 + 5);
    pair_close(&p);
}

static void test_deleted_phase1(void)
{
    struct gdoi_event event;
    struct pair p;
    int64_t began;

    pair_defaults(&p);
    pair_open(&p);
    pair_register(&p);
    lab_gdoi_drop_phase1(p.server, true);
    pair_run(&p, gv_secs(1));
    began = p.now.ms;
    event = pair_register(&p);
    CHECK_INT("registered", event.kind, GDOI_REGISTERED);
    CHECK_INT("at once", p.now.ms - began, 10 * PAIR_DELAY_MS);
    CHECK_INT("the KEK stays", gdoi_client_group(p.client)->kek_count, 1);
    pair_close(&p);
}

static void test_dpd(void)
{
    struct pair p;

    pair_defaults(&p);
    pair_open(&p);
    pair_register(&p);
    for (unsigned i = 1; i <= 3; i++) {
        lab_gdoi_dpd(p.server);
        pair_run(&p, gv_secs(10));
        CHECK_INT("answered", lab_gdoi_counts(p.server)->dpd_answers, i);
    }
    CHECK_INT("one each", p.to_server, 8);
    CHECK_INT("no event", p.event_count, 1);
    pair_close(&p);
}

/* ---- NAT ---- */

static void test_nat(void)
{
    static const struct {
        const char *row;
        bool known, nat;
    } rows[] = {{"RFC 3947 unknown", false, true},
                {"known, no NAT", true, false},
                {"a NAT between", true, true}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pair p;
        bool floats = rows[i].known && rows[i].nat;

        pair_defaults(&p);
        p.server_config.nat_known = rows[i].known;
        p.server_config.nat = rows[i].nat;
        pair_open(&p);
        CHECK_INT(rows[i].row, pair_register(&p).kind, GDOI_REGISTERED);
        for (size_t k = 0; k < p.log_count; k++)
            CHECK(rows[i].row, p.log[k].marked == (floats && k >= 4));
        pair_close(&p);
    }
}

/* ---- certificates ---- */

struct cert_row {
    const char *row;
    const char *client, *server; /* names of certificates */
    const char *crl;             /* the client's */
    uint8_t server_type;         /* identity of the key server; 0: its subject */
    const char *server_id;
    enum gdoi_event_kind kind;
    const char *why; /* begins so */
};

static const struct cert_row cert_rows[] = {
    {"both good, subjects", "gm", "ks", NULL, 0, "", GDOI_REGISTERED, ""},
    {"by name", "gm", "ks", NULL, GDOI_ID_FQDN, "ks.example", GDOI_REGISTERED, ""},
    {"by address", "gm", "ks", NULL, GDOI_ID_IPV4, "\177\007\000\011", GDOI_REGISTERED, ""},
    {"nobody revoked", "gm", "ks", "none", 0, "", GDOI_REGISTERED, ""},
    {"another name", "gm", "ks", NULL, GDOI_ID_FQDN, "kx.example", GDOI_FAILED,
     "the certificate does not name"},
    {"another address", "gm", "ks", NULL, GDOI_ID_IPV4, "\177\007\000\010", GDOI_FAILED,
     "the certificate does not name"},
    {"another authority", "gm", "stranger", NULL, 0, "", GDOI_FAILED, "unable to get"},
    {"expired", "gm", "old", NULL, 0, "", GDOI_FAILED, "certificate has expired"},
    {"revoked", "gm", "ks", "ks", 0, "", GDOI_FAILED, "certificate revoked"},
    {"1024 bits", "gm", "short", NULL, 0, "", GDOI_FAILED, "the certificate's key"},
    {"the member is a stranger", "stranger", "ks", NULL, 0, "", GDOI_FAILED, ""},
};

static struct gdoi_identity subject(const struct gdoi_credential *credential)
{
    struct gdoi_identity id = {.type = GDOI_ID_DN};
    size_t n;
    const uint8_t *der = gdoi_credential_subject(credential, &n);

    id.n = (uint8_t)n;
    memcpy(id.octets, der, n);
    return id;
}

/* Both sides by certificate, each identified by its subject. */
static void by_certificate(struct pair *p, const struct gdoi_credential *client,
                           const struct gdoi_credential *server)
{
    pair_defaults(p);
    p->client_config.psk = p->server_config.psk = NULL;
    p->client_config.credential = client;
    p->client_config.identity = subject(client);
    p->server_config.credential = server;
    p->server_config.identity = subject(server);
}

static void test_certificate(const struct certs *certs, const struct cert_row *row)
{
    struct gdoi_credential *client = certs_load(certs, row->client, row->crl);
    struct gdoi_credential *server = certs_load(certs, row->server, NULL);
    struct gdoi_event event;
    struct pair p;

    by_certificate(&p, client, server);
    if (row->server_type != 0) {
        size_t n = row->server_type == GDOI_ID_IPV4 ? 4 : strlen(row->server_id);

        p.server_config.identity =
            (struct gdoi_identity){.type = row->server_type, .n = (uint8_t)n};
        memcpy(p.server_config.identity.octets, row->server_id, n);
    }
    pair_open(&p);
    event = pair_register(&p);
    CHECK_INT(row->row, event.kind, row->kind);
    if (event.kind == GDOI_FAILED) {
        CHECK_INT(row->row, event.step, GDOI_MAIN_6);
        CHECK_INT(row->row, event.last, GV_ERR_AUTHENTICATION);
        CHECK_INT(row->row, strncmp(event.why, row->why, strlen(row->why)), 0);
        if (row->why[0] == '\0')
            CHECK_INT(row->row, event.notify, 24);
    }
    pair_close(&p);
    gdoi_credential_free(client);
    gdoi_credential_free(server);
}

/* CERT and SIG as they should not be. */
static void test_impaired(const struct certs *certs)
{
    static const uint8_t payloads[] = {ISAKMP_CERT, ISAKMP_SIG};
    struct gdoi_credential *client = certs_load(certs, "gm", NULL);
    struct gdoi_credential *server = certs_load(certs, "ks", NULL);

    for (size_t i = 0; i < sizeof(payloads); i++)
        for (enum lab_gdoi_form form = LAB_GDOI_OMITTED; form <= LAB_GDOI_TWICE; form++) {
            /* Of several certificates the first is the key server's own. */
            bool good = payloads[i] == ISAKMP_CERT && form == LAB_GDOI_TWICE;
            struct lab_gdoi_faults *faults;
            struct pair p;

            by_certificate(&p, client, server);
            pair_open(&p);
            faults = lab_gdoi_faults(p.server);
            faults->message = LAB_GDOI_MAIN_6;
            faults->payload = payloads[i];
            faults->form = form;
            CHECK_INT("CERT, SIG impaired", pair_register(&p).kind,
                      good ? GDOI_REGISTERED : GDOI_FAILED);
            pair_close(&p);
        }
    gdoi_credential_free(client);
    gdoi_credential_free(server);
}

/* Certificates and requests of other kinds stand ahead of those that count. */
static void test_kinds(const struct certs *certs)
{
    struct gdoi_credential *client = certs_load(certs, "gm", NULL);
    struct gdoi_credential *server = certs_load(certs, "ks", NULL);
    struct pair p;

    by_certificate(&p, client, server);
    p.server_config.talkative = true;
    pair_open(&p);
    CHECK_INT("a revocation list, PKCS #7, an unknown kind", pair_register(&p).kind,
              GDOI_REGISTERED);
    pair_close(&p);
    gdoi_credential_free(client);
    gdoi_credential_free(server);
}

static void test_certificates(void)
{
    struct certs certs;

    certs_make(&certs);
    for (size_t i = 0; i < sizeof(cert_rows) / sizeof(cert_rows[0]); i++)
        test_certificate(&certs, &cert_rows[i]);
    test_impaired(&certs);
    test_kinds(&certs);
    certs_remove(&certs);
}

int main(void)
{
    test_forged();
    test_replaced();
    test_orphan();
    test_slow_work();
    test_reuse();
    test_forgotten();
    test_last_answer_lost();
    test_deleted_phase1();
    test_dpd();
    test_nat();
    test_certificates();
    pair_end();
    return check_end();
}
