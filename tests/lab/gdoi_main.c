/* SPDX-License-Identifier: Apache-2.0 */
/* Main mode, the responder's side (RFC 2409, 5; RFC 3947, 3). */
#include <openssl/bn.h>
#include <string.h>

#include "gdoi_parts.h"

enum {
    ENCRYPTION = 1,
    HASH = 2,
    AUTH = 3,
    GROUP = 4,
    KEY_LENGTH = 14,
    AUTH_PSK = 1,
    AUTH_RSA = 3,
    CERT_X509_SIGNATURE = 4,
    NO_PROPOSAL_CHOSEN = 14,
    AUTHENTICATION_FAILED = 24,
    RESPONDER_LIFETIME = 24576,
    INITIAL_CONTACT = 24578
};

static const uint8_t nat_vendor[] = {0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03, 0x58, 0x45,
                                     0x5c, 0x57, 0x28, 0xf2, 0x0e, 0x95, 0x45, 0x2f};
static const uint8_t dpd_vendor[] = {0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9,
                                     0x6b, 0x86, 0x96, 0xfc, 0x77, 0x57, 0x01, 0x00};

/* ---- more than there has to be ---- */

/* A revocation list's kind, PKCS #7's, and one that nobody knows (RFC 2408, 3.9). */
static void add_kinds(const struct lab_gdoi *s, uint8_t type, struct lab_gdoi_chain *chain)
{
    static const uint8_t kinds[] = {7, 1, 200};

    for (size_t i = 0; s->config.talkative && i < sizeof(kinds); i++)
        lab_gdoi_add(chain, type, lab_gdoi_octets(&kinds[i], 1), LAB_GDOI_WHOLE);
}

/* Vendor ids and private payloads that say nothing. */
static void add_talk(const struct lab_gdoi *s, struct lab_gdoi_chain *chain)
{
    static const uint8_t types[] = {ISAKMP_VENDOR_ID, 130, 132, ISAKMP_VENDOR_ID, 255};

    for (size_t i = 0; s->config.talkative && i < sizeof(types); i++)
        lab_gdoi_add(chain, types[i], lab_gdoi_octets("private", i), LAB_GDOI_WHOLE);
}

/* ---- message 1: which of the transforms? ---- */

/* A transform as it came. */
struct transform {
    struct gv_reader body;
    uint32_t attr[KEY_LENGTH + 1];
};

static bool read_transform(struct gv_reader body, struct transform *out)
{
    struct isakmp_attr attr;
    struct gv_reader r = body;

    *out = (struct transform){.body = body};
    gv_reader_take(&r, 4); /* number, identifier, reserved */
    while (isakmp_attr_next(&r, &attr)) {
        uint32_t value;

        if (attr.type <= KEY_LENGTH && isakmp_attr_number(&attr, &value))
            out->attr[attr.type] = value;
    }
    return !r.bad;
}

static bool is_suite(const struct transform *t, const struct gdoi_suite *suite, uint32_t auth)
{
    static const uint32_t hashes[GDOI_HASH_COUNT] = {[GDOI_MD5] = 1,
                                                     [GDOI_SHA1] = 2,
                                                     [GDOI_SHA256] = 4,
                                                     [GDOI_SHA384] = 5,
                                                     [GDOI_SHA512] = 6};
    bool aes = suite->cipher == GDOI_AES;

    return t->attr[ENCRYPTION] == (aes ? 7u : 5u) &&
           t->attr[KEY_LENGTH] == (aes ? 8 * suite->key_n : 0) &&
           t->attr[HASH] == hashes[suite->hash] && t->attr[GROUP] == suite->group &&
           t->attr[AUTH] == auth;
}

/* The transforms of the one proposal: how many there are. */
static size_t read_transforms(struct gv_reader sa, struct transform *out, size_t most)
{
    struct gv_reader proposal, body;
    size_t count = 0;
    uint8_t next;

    gv_reader_take(&sa, 8); /* DOI, situation */
    if (isakmp_payload_decode(&sa, &proposal, &next) != GV_OK)
        return 0;
    gv_reader_take(&proposal, 2); /* number, protocol */
    gv_reader_take(&proposal, gv_reader_uint(&proposal, 1) + 1);
    for (next = ISAKMP_TRANSFORM; next == ISAKMP_TRANSFORM && count < most; count++)
        if (isakmp_payload_decode(&proposal, &body, &next) != GV_OK ||
            !read_transform(body, &out[count]))
            return 0;
    return count;
}

static bool choose(const struct lab_gdoi *s, struct gv_reader sa, struct transform *out,
                   struct gdoi_suite *suite)
{
    struct transform offered[GDOI_SUITES_MOST];
    size_t count = read_transforms(sa, offered, GDOI_SUITES_MOST);
    uint32_t auth = s->config.psk != NULL ? AUTH_PSK : AUTH_RSA;

    for (size_t i = 0; i < s->config.suite_count; i++)
        for (size_t k = 0; k < count; k++)
            if (is_suite(&offered[k], &s->config.suites[i], auth)) {
                *suite = s->config.suites[i];
                *out = offered[k];
                return true;
            }
    return false;
}

/* The SA with the one transform, its attributes unchanged (RFC 2408, 4.2). */
static struct gv_buf answer_sa(const struct transform *t)
{
    struct gv_buf out = lab_gdoi_body(), proposal = lab_gdoi_body();
    struct lab_gdoi_chain chain = lab_gdoi_chain(), inner = lab_gdoi_chain();

    lab_gdoi_add(&inner, ISAKMP_TRANSFORM, lab_gdoi_octets(t->body.at, t->body.left),
                 LAB_GDOI_WHOLE);
    lab_gdoi_u8(&proposal, 1); /* number */
    lab_gdoi_u8(&proposal, 1); /* ISAKMP */
    lab_gdoi_u8(&proposal, 0); /* no SPI */
    lab_gdoi_u8(&proposal, 1); /* transforms */
    gv_buf_add(&proposal, inner.octets.at, inner.octets.n);
    gv_buf_clear(&inner.octets);
    lab_gdoi_add(&chain, ISAKMP_PROPOSAL, proposal, LAB_GDOI_WHOLE);
    lab_gdoi_u32(&out, GDOI_DOI);
    lab_gdoi_u32(&out, 0);
    gv_buf_add(&out, chain.octets.at, chain.octets.n);
    gv_buf_clear(&chain.octets);
    return out;
}

static bool has_vendor(const struct request *q, const uint8_t *vendor, size_t n)
{
    for (size_t i = 0; i < q->chain.count; i++) {
        const struct isakmp_payload *p = &q->chain.payload[i];

        if (p->type == ISAKMP_VENDOR_ID && p->body.left == n &&
            memcmp(p->body.at, vendor, n) == 0)
            return true;
    }
    return false;
}

static struct phase *phase_new(struct lab_gdoi *s, const struct request *q)
{
    struct phase *p = &s->phases[0];

    for (size_t i = 0; i < PHASES_MOST; i++) {
        if (!s->phases[i].used || (p->used && s->phases[i].born < p->born))
            p = &s->phases[i];
        if (!p->used)
            break;
    }
    phase_clear(p);
    *p = (struct phase){.used = true,
                        .born = ++s->births,
                        .peer = q->from,
                        .marked = q->marked,
                        .sa_i = lab_gdoi_body(),
                        .main.answer = lab_gdoi_body(),
                        .pull.answer = lab_gdoi_body()};
    memcpy(p->cookies, q->header.cookies, ISAKMP_COOKIE_SIZE);
    server_random(p->cookies + ISAKMP_COOKIE_SIZE, ISAKMP_COOKIE_SIZE);
    return p;
}

/* A message 1 that came before: with the same initiator's cookie and content. */
static struct phase *phase_of_1(struct lab_gdoi *s, const struct request *q)
{
    for (size_t i = 0; i < PHASES_MOST; i++)
        if (s->phases[i].used && s->phases[i].said == LAB_GDOI_MAIN_2 &&
            memcmp(s->phases[i].main.request, q->digest, DIGEST_SIZE) == 0)
            return &s->phases[i];
    return NULL;
}

static void take_1(struct lab_gdoi *s, struct request *q)
{
    const struct isakmp_payload *sa = isakmp_find(&q->chain, ISAKMP_SA);
    struct lab_gdoi_chain chain = lab_gdoi_chain();
    struct transform chosen;
    struct gdoi_suite suite;
    struct phase *p;

    if (sa == NULL) {
        s->counts.ignored++;
        return;
    }
    p = phase_new(s, q);
    if (!choose(s, sa->body, &chosen, &suite)) {
        s->counts.refused++;
        info_notify(s, p, NO_PROPOSAL_CHOSEN, false);
        phase_clear(p);
        return;
    }
    p->suite = suite;
    p->said = LAB_GDOI_MAIN_2;
    p->nat_known = s->config.nat_known && has_vendor(q, nat_vendor, sizeof(nat_vendor));
    gv_buf_add(&p->sa_i, sa->body.at, sa->body.left);
    lab_gdoi_add(&chain, ISAKMP_SA, answer_sa(&chosen),
                 server_form(s, LAB_GDOI_MAIN_2, ISAKMP_SA));
    lab_gdoi_add(&chain, ISAKMP_VENDOR_ID, lab_gdoi_octets(dpd_vendor, sizeof(dpd_vendor)),
                 LAB_GDOI_WHOLE);
    if (p->nat_known)
        lab_gdoi_add(&chain, ISAKMP_VENDOR_ID, lab_gdoi_octets(nat_vendor, sizeof(nat_vendor)),
                     LAB_GDOI_WHOLE);
    add_talk(s, &chain);
    if (s->config.talkative)
        info_notify(s, p, RESPONDER_LIFETIME, false);
    server_answer(s, p, &p->main, q, LAB_GDOI_MAIN_2,
                  lab_gdoi_compose(p->cookies, ISAKMP_MAIN_MODE, 0, 0, chain, 0));
}

/* ---- message 3 ---- */

/* p - minus of the group's prime, padded; the group is modp. */
static void prime_minus(const struct phase *p, unsigned minus, uint8_t *out)
{
    static const struct {
        enum gdoi_group group;
        BIGNUM *(*prime)(BIGNUM *);
    } primes[] = {
        {GDOI_MODP768, BN_get_rfc2409_prime_768},   {GDOI_MODP1024, BN_get_rfc2409_prime_1024},
        {GDOI_MODP1536, BN_get_rfc3526_prime_1536}, {GDOI_MODP2048, BN_get_rfc3526_prime_2048},
        {GDOI_MODP3072, BN_get_rfc3526_prime_3072}, {GDOI_MODP4096, BN_get_rfc3526_prime_4096}};

    for (size_t i = 0; i < sizeof(primes) / sizeof(primes[0]); i++)
        if (primes[i].group == p->suite.group) {
            BIGNUM *bn = primes[i].prime(NULL);

            BN_sub_word(bn, minus);
            BN_bn2binpad(bn, out, (int)p->ke_n);
            BN_free(bn);
        }
}

static void spoil_ke(const struct lab_gdoi *s, struct phase *p)
{
    if (s->faults.ke == LAB_GDOI_KE_GOOD)
        return;
    memset(p->ke_r, 0, p->ke_n);
    if (s->faults.ke == LAB_GDOI_KE_1)
        p->ke_r[p->ke_n - 1] = 1;
    else if (s->faults.ke != LAB_GDOI_KE_0)
        prime_minus(p, s->faults.ke == LAB_GDOI_KE_P_1 ? 1 : 0, p->ke_r);
}

static bool agree(const struct lab_gdoi *s, struct phase *p)
{
    struct gdoi_dh *dh = gdoi_dh_new(p->suite.group);
    struct gv_secret *shared = NULL;
    bool ok = dh != NULL && gdoi_dh_public(dh, p->ke_r) == GV_OK &&
              gdoi_dh_derive(dh, p->ke_i, p->ke_n, &shared) == GV_OK;

    if (ok) {
        spoil_ke(s, p);
        ok = phase_derive(p, s->config.psk, shared);
    }
    gv_secret_free(shared);
    gdoi_dh_free(dh);
    return ok;
}

/* HASH(CKY-I | CKY-R | address | port). */
static struct gv_buf nat_d(const struct phase *p, const struct gdoi_endpoint *end, bool wrong)
{
    const uint8_t port[] = {(uint8_t)(end->port >> 8), (uint8_t)(end->port ^ (wrong ? 1 : 0))};
    const struct gdoi_chunk chunks[] = {
        {p->cookies, COOKIES_SIZE}, {end->address, end->size}, {port, 2}};
    uint8_t value[GDOI_HASH_MOST];

    return gdoi_hash(p->suite.hash, chunks, 3, value) == GV_OK
               ? lab_gdoi_octets(value, gdoi_hash_size(p->suite.hash))
               : lab_gdoi_body();
}

static void take_3(struct lab_gdoi *s, struct phase *p, struct request *q)
{
    const struct isakmp_payload *ke = isakmp_find(&q->chain, ISAKMP_KE);
    const struct isakmp_payload *nonce = isakmp_find(&q->chain, ISAKMP_NONCE);
    struct lab_gdoi_chain chain = lab_gdoi_chain();
    enum lab_gdoi_message m = LAB_GDOI_MAIN_4;

    p->ke_n = gdoi_dh_public_size(p->suite.group);
    if (ke == NULL || nonce == NULL || ke->body.left != p->ke_n ||
        nonce->body.left > NONCE_MOST) {
        s->counts.ignored++;
        return;
    }
    memcpy(p->ke_i, ke->body.at, p->ke_n);
    p->nonce_i_n = nonce->body.left;
    memcpy(p->nonce_i, nonce->body.at, p->nonce_i_n);
    server_nonce(s, p->nonce_r, &p->nonce_r_n);
    if (!agree(s, p)) {
        s->counts.ignored++;
        return;
    }
    p->said = m;
    add_talk(s, &chain);
    add_kinds(s, ISAKMP_CERT_REQUEST, &chain);
    lab_gdoi_add(&chain, ISAKMP_KE, lab_gdoi_octets(p->ke_r, p->ke_n),
                 server_form(s, m, ISAKMP_KE));
    lab_gdoi_add(&chain, ISAKMP_NONCE, lab_gdoi_octets(p->nonce_r, p->nonce_r_n),
                 server_form(s, m, ISAKMP_NONCE));
    if (p->nat_known) {
        lab_gdoi_add(&chain, ISAKMP_NAT_D, nat_d(p, &q->from, s->config.nat), LAB_GDOI_WHOLE);
        lab_gdoi_add(&chain, ISAKMP_NAT_D, nat_d(p, &s->config.local, false), LAB_GDOI_WHOLE);
    }
    server_answer(s, p, &p->main, q, m,
                  lab_gdoi_compose(p->cookies, ISAKMP_MAIN_MODE, 0, 0, chain, 0));
}

/* ---- message 5 ---- */

static bool is_let_in(const struct lab_gdoi *s, const struct isakmp_id *id)
{
    const struct gdoi_identity *want = &s->config.member;

    return want->type == 0 || (id->type == want->type && id->data.left == want->n &&
                               memcmp(id->data.at, want->octets, want->n) == 0);
}

static bool signature_holds(const struct lab_gdoi *s, const struct phase *p,
                            const struct request *q, const struct isakmp_id *id,
                            const uint8_t *hash)
{
    const struct isakmp_payload *cert = isakmp_find(&q->chain, ISAKMP_CERT);
    const struct isakmp_payload *sig = isakmp_find(&q->chain, ISAKMP_SIG);
    const char *why;

    return cert != NULL && sig != NULL && cert->body.left > 1 &&
           gdoi_credential_check(s->config.credential, cert->body.at + 1, cert->body.left - 1,
                                 id->type, id->data.at, id->data.left, hash,
                                 gdoi_hash_size(p->suite.hash), sig->body.at, sig->body.left,
                                 &why) == GV_OK;
}

static bool is_proven(const struct lab_gdoi *s, struct phase *p, const struct request *q)
{
    const struct isakmp_payload *idp = isakmp_find(&q->chain, ISAKMP_ID);
    const struct isakmp_payload *hash = isakmp_find(&q->chain, ISAKMP_HASH);
    size_t n = gdoi_hash_size(p->suite.hash);
    uint8_t want[GDOI_HASH_MOST];
    struct isakmp_id id;

    if (idp == NULL || isakmp_id_decode(idp->body, &id) != GV_OK || !is_let_in(s, &id) ||
        id.data.left > GDOI_IDENTITY_MOST)
        return false;
    p->id = (struct gdoi_identity){.type = id.type, .n = (uint8_t)id.data.left};
    memcpy(p->id.octets, id.data.at, id.data.left);
    phase_hash_id(p, true, (struct gdoi_chunk){idp->body.at, idp->body.left}, want);
    if (s->config.psk == NULL)
        return signature_holds(s, p, q, &id, want);
    return hash != NULL && hash->body.left == n && memcmp(hash->body.at, want, n) == 0;
}

/* HASH_R, or CERT and SIG_R. */
static void add_proof(const struct lab_gdoi *s, const uint8_t *hash, size_t n,
                      struct lab_gdoi_chain *chain)
{
    enum lab_gdoi_message m = LAB_GDOI_MAIN_6;
    struct gv_buf cert = lab_gdoi_body(), sig = lab_gdoi_body();
    const uint8_t *der;
    size_t der_n;

    if (s->config.psk != NULL) {
        lab_gdoi_add(chain, ISAKMP_HASH, lab_gdoi_octets(hash, n),
                     server_form(s, m, ISAKMP_HASH));
        return;
    }
    add_kinds(s, ISAKMP_CERT, chain);
    der = gdoi_credential_cert(s->config.credential, &der_n);
    lab_gdoi_u8(&cert, CERT_X509_SIGNATURE);
    gv_buf_add(&cert, der, der_n);
    lab_gdoi_add(chain, ISAKMP_CERT, cert, server_form(s, m, ISAKMP_CERT));
    if (gdoi_credential_sign(s->config.credential, hash, n, &sig) != GV_OK)
        gv_buf_reset(&sig);
    lab_gdoi_add(chain, ISAKMP_SIG, sig, server_form(s, m, ISAKMP_SIG));
}

static void say_6(struct lab_gdoi *s, struct phase *p, struct request *q)
{
    const struct gdoi_identity *own = &s->config.identity;
    struct lab_gdoi_chain chain = lab_gdoi_chain();
    uint8_t head[] = {own->type, 0, 0, 0}, hash[GDOI_HASH_MOST];
    struct gv_buf id = lab_gdoi_octets(head, sizeof(head)), message;

    gv_buf_add(&id, own->octets, own->n);
    phase_hash_id(p, false, (struct gdoi_chunk){id.at, id.n}, hash);
    add_talk(s, &chain);
    if (s->config.talkative)
        lab_gdoi_add(&chain, ISAKMP_NOTIFY, info_body(INITIAL_CONTACT), LAB_GDOI_WHOLE);
    lab_gdoi_add(&chain, ISAKMP_ID, id, server_form(s, LAB_GDOI_MAIN_6, ISAKMP_ID));
    add_proof(s, hash, gdoi_hash_size(p->suite.hash), &chain);
    message = lab_gdoi_compose(p->cookies, ISAKMP_MAIN_MODE, ISAKMP_ENCRYPTED, 0, chain,
                               gdoi_block_size(p->suite.cipher));
    if (!phase_seal(p, p->iv, &message)) {
        gv_buf_clear(&message);
        return;
    }
    p->said = LAB_GDOI_MAIN_6;
    p->done = true;
    s->counts.phase1s++;
    if (server_answer(s, p, &p->main, q, LAB_GDOI_MAIN_6, message) && s->config.talkative)
        info_notify(s, p, RESPONDER_LIFETIME, true);
}

/* What does not open was made with another pre-shared key. */
static void take_5(struct lab_gdoi *s, struct phase *p, struct request *q)
{
    uint8_t before[GDOI_BLOCK_MOST], iv[GDOI_BLOCK_MOST];
    bool proven;

    memcpy(before, p->iv, sizeof(before));
    memcpy(iv, p->iv, sizeof(iv));
    p->peer = q->from;
    p->marked = q->marked;
    proven = phase_open(p, iv, q) && is_proven(s, p, q);
    memcpy(p->iv, iv, sizeof(p->iv));
    if (proven) {
        say_6(s, p, q);
        return;
    }
    s->counts.refused++;
    info_notify(s, p, AUTHENTICATION_FAILED, true); /* goes on from message 5 */
    memcpy(p->iv, before, sizeof(p->iv));           /* which may still come */
}

void main_feed(struct lab_gdoi *s, struct request *q)
{
    static const uint8_t none[ISAKMP_COOKIE_SIZE];
    struct phase *p = NULL;

    if (memcmp(q->header.cookies + ISAKMP_COOKIE_SIZE, none, sizeof(none)) == 0)
        p = phase_of_1(s, q);
    for (size_t i = 0; p == NULL && i < PHASES_MOST; i++)
        if (s->phases[i].used &&
            memcmp(s->phases[i].cookies, q->header.cookies, COOKIES_SIZE) == 0)
            p = &s->phases[i];
    if (p != NULL && memcmp(p->main.request, q->digest, DIGEST_SIZE) == 0) {
        s->counts.repeats++;
        server_send(s, &p->main.answer, &p->peer, p->marked);
    } else if (p == NULL &&
               memcmp(q->header.cookies + ISAKMP_COOKIE_SIZE, none, sizeof(none)) == 0 &&
               server_parse(q)) {
        take_1(s, q);
    } else if (p != NULL && p->said == LAB_GDOI_MAIN_2 && server_parse(q)) {
        take_3(s, p, q);
    } else if (p != NULL && p->said == LAB_GDOI_MAIN_4) {
        take_5(s, p, q);
    } else {
        s->counts.ignored++;
    }
}
