/* SPDX-License-Identifier: Apache-2.0 */
/* Main mode (RFC 2409, 5): each answer that fits goes to the branch that waits for it. */
#include <stdlib.h>
#include <string.h>

#include "gdoi/client_part.h"

enum { KEYS_LIFE_S = 86400, REKEY_MARGIN_S = 60 };

/* ---- beginning and end ---- */

void client_main_free(struct phase1 *phase1)
{
    if (phase1 == NULL)
        return;
    for (size_t i = 0; i < BRANCHES_MOST; i++)
        if (phase1->branches[i].used)
            branch_close(&phase1->branches[i]);
    gv_buf_clear(&phase1->sa);
    free(phase1);
}

/* A branch whose work is out stays until it is back. */
void client_main_end(struct gdoi_client *c)
{
    if (c->working != NULL && c->working->phase1 == c->phase1)
        c->orphan = c->phase1;
    else
        client_main_free(c->phase1);
    c->phase1 = NULL;
}

void client_main_begin(struct gdoi_client *c, struct gv_time now, struct gdoi_event *event)
{
    struct branch *root;

    c->exchange_began = now;
    c->step = GDOI_MAIN_2;
    c->phase1 = calloc(1, sizeof(*c->phase1));
    if (c->phase1 == NULL) {
        client_fail(c, GV_ERR_NO_MEMORY, now, event);
        return;
    }
    c->phase1->sa = gv_buf(MESSAGE_CEILING);
    memset(c->cookies, 0, sizeof(c->cookies));
    if (gdoi_random(c->cookies, ISAKMP_COOKIE_SIZE) != GV_OK ||
        gdoi_random(c->phase1->nonce_i, NONCE_SIZE) != GV_OK) {
        client_fail(c, GV_ERR_SYSTEM, now, event);
        return;
    }
    root = branch_open(c, NULL, GDOI_MAIN_2, NULL);
    branch_say_1(c, root);
    client_send(c, &root->sending, GDOI_MAIN_2, now);
}

/* The branch that proved itself: phase 1 is done. */
static void win(struct gdoi_client *c, struct branch *b, const uint8_t iv[GDOI_BLOCK_MOST],
                struct gv_time now, struct gdoi_event *event)
{
    memcpy(c->cookies, b->cookies, sizeof(c->cookies));
    memcpy(c->last_block, iv, sizeof(c->last_block));
    c->floated = b->floated;
    c->keys = b->keys;
    b->keys.octets = NULL;
    c->keys_until = gv_time_add(now, gv_secs(KEYS_LIFE_S - REKEY_MARGIN_S));
    c->phase1_took = gv_time_diff(now, c->exchange_began);
    client_main_end(c);
    client_pull_begin(c, now, event);
}

/* ---- message 2 ---- */

static const struct isakmp_rule rules_2[] = {
    {ISAKMP_SA, 1, 1}, {ISAKMP_KE, 0, 0}, {ISAKMP_NONE, 0, 0}};

static bool offered(const struct gdoi_client *c, const struct gdoi_phase1_answer *answer)
{
    enum gdoi_auth auth = c->config.psk != NULL ? GDOI_AUTH_PSK : GDOI_AUTH_RSA;

    for (size_t i = 0; i < c->config.suite_count; i++)
        if (gdoi_suite_equal(&c->config.suites[i], &answer->suite))
            return answer->auth == auth;
    return false;
}

static enum gv_err make_pair(const struct gdoi_client_config *config, struct branch *b)
{
    (void)config;
    b->dh = gdoi_dh_new(b->suite.group);
    return b->dh != NULL ? gdoi_dh_public(b->dh, b->ke_i) : GV_ERR_SYSTEM;
}

static void pair_made(struct gdoi_client *c, struct branch *b, struct gv_time now,
                      struct gdoi_event *event)
{
    (void)event;
    if (branch_say_3(&c->config, b) == GV_OK)
        client_send(c, &b->sending, GDOI_MAIN_4, now);
    else
        branch_close(b);
}

/* A pair that another branch made for the same group. */
static const struct branch *with_pair(const struct gdoi_client *c, enum gdoi_group group)
{
    for (size_t i = 0; i < BRANCHES_MOST; i++) {
        const struct branch *b = &c->phase1->branches[i];

        if (b->used && b != c->working && b->dh != NULL && b->suite.group == group)
            return b;
    }
    return NULL;
}

static enum gv_err take_2(struct gdoi_client *c, struct branch *from,
                          const struct isakmp_header *header, const struct isakmp_chain *chain,
                          const uint8_t digest[DIGEST_SIZE], struct gv_time now,
                          struct gdoi_event *event)
{
    struct gdoi_phase1_answer answer;
    enum gv_err err = gdoi_phase1_sa_decode(isakmp_find(chain, ISAKMP_SA)->body, &answer);
    const struct branch *other;
    struct branch *b;

    if (err != GV_OK)
        return err;
    if (!offered(c, &answer))
        return GV_ERR_NOT_SUPPORTED; /* weaker than offered, perhaps: never taken */
    b = branch_open(c, from, GDOI_MAIN_4, digest);
    if (b == NULL)
        return GV_ERR_TOO_LARGE;
    memcpy(b->cookies, header->cookies, sizeof(b->cookies));
    b->suite = answer.suite;
    for (size_t i = 0; i < chain->count; i++)
        b->nat_known |= branch_nat_vendor(&chain->payload[i]);
    other = with_pair(c, b->suite.group);
    if (other == NULL) {
        b->work = make_pair;
        b->worked = pair_made;
        return GV_OK;
    }
    b->dh = gdoi_dh_share(other->dh);
    memcpy(b->ke_i, other->ke_i, sizeof(b->ke_i));
    pair_made(c, b, now, event);
    return GV_OK;
}

/* ---- message 4 ---- */

static const struct isakmp_rule rules_4[] = {
    {ISAKMP_KE, 1, 1}, {ISAKMP_NONCE, 1, 1}, {ISAKMP_NONE, 0, 0}};

static enum gv_err derive(const struct gdoi_client_config *config, struct branch *b)
{
    struct gdoi_clear clear = branch_clear(b);
    struct gv_secret *shared = NULL;
    enum gv_err err =
        gdoi_dh_derive(b->dh, b->ke_r, gdoi_dh_public_size(b->suite.group), &shared);

    if (err == GV_OK)
        err = gdoi_keys_derive(&b->suite, &clear, config->psk, shared, &b->keys);
    gv_secret_free(shared);
    return err == GV_OK ? branch_say_5(config, b) : err;
}

static void derived(struct gdoi_client *c, struct branch *b, struct gv_time now,
                    struct gdoi_event *event)
{
    (void)event;
    client_send(c, &b->sending, GDOI_MAIN_6, now);
}

static enum gv_err take_4(struct gdoi_client *c, struct branch *from,
                          const struct isakmp_header *header, const struct isakmp_chain *chain,
                          const uint8_t digest[DIGEST_SIZE], struct gv_time now,
                          struct gdoi_event *event)
{
    struct gv_reader ke = isakmp_find(chain, ISAKMP_KE)->body;
    struct gv_reader nonce = isakmp_find(chain, ISAKMP_NONCE)->body;
    struct branch *b;

    (void)header;
    (void)now;
    (void)event;
    if (ke.left != gdoi_dh_public_size(from->suite.group) || nonce.left < NONCE_LEAST ||
        nonce.left > NONCE_MOST)
        return GV_ERR_MALFORMED;
    b = branch_open(c, from, GDOI_MAIN_6, digest);
    if (b == NULL)
        return GV_ERR_TOO_LARGE;
    memcpy(b->ke_r, ke.at, ke.left);
    memcpy(b->nonce_r, nonce.at, nonce.left);
    b->nonce_r_n = nonce.left;
    b->floated = b->nat_known && branch_nat(&c->config, b, chain);
    b->work = derive;
    b->worked = derived;
    return GV_OK;
}

/* ---- message 6 ---- */

static const struct isakmp_rule rules_6[] = {
    {ISAKMP_ID, 1, 1}, {ISAKMP_HASH, 0, 1}, {ISAKMP_SIG, 0, 1}, {ISAKMP_NONE, 0, 0}};

/* The identity that the configuration asks for, if any. */
static bool is_expected(const struct gdoi_client *c, const struct isakmp_id *id)
{
    const struct gdoi_identity *want = &c->config.peer;

    return want->type == 0 || (id->type == want->type && id->data.left == want->n &&
                               memcmp(id->data.at, want->octets, want->n) == 0);
}

/* Is the certificate good, and the signature its own? */
static enum gv_err check_peer(const struct gdoi_client_config *config, struct branch *b)
{
    struct gdoi_clear clear = branch_clear(b);
    struct gv_reader body = gv_reader(b->peer_id.at, b->peer_id.n);
    const uint8_t *cert = (const uint8_t *)b->peer_cert.at;
    const uint8_t *sig = (const uint8_t *)b->peer_sig.at;
    uint8_t hash[GDOI_HASH_MOST];
    struct isakmp_id id;
    enum gv_err err = isakmp_id_decode(body, &id);

    if (err == GV_OK)
        err = gdoi_keys_hash_id(&b->keys, &clear, false,
                                (struct gdoi_chunk){b->peer_id.at, b->peer_id.n}, hash);
    if (err != GV_OK)
        return err;
    return gdoi_credential_check(config->credential, cert, b->peer_cert.n, id.type, id.data.at,
                                 id.data.left, hash, gdoi_hash_size(b->suite.hash), sig,
                                 b->peer_sig.n, &b->why);
}

static void peer_checked(struct gdoi_client *c, struct branch *b, struct gv_time now,
                         struct gdoi_event *event)
{
    win(c, b, b->iv, now, event);
}

/* The peer's certificate, and its authorities' where it sends those, too: one behind the other.
 * Revocation lists and other kinds are passed over (RFC 2408, 3.9). */
static void take_chain(struct branch *b, const struct isakmp_chain *chain)
{
    enum { X509_SIGNATURE = 4 };

    gv_buf_reset(&b->peer_cert);
    for (size_t i = 0; i < chain->count; i++) {
        struct gv_reader der = chain->payload[i].body;

        if (chain->payload[i].type == ISAKMP_CERT && gv_reader_uint(&der, 1) == X509_SIGNATURE)
            gv_buf_add(&b->peer_cert, der.at, der.left);
    }
}

static enum gv_err take_certificate(struct branch *b, const struct isakmp_chain *chain)
{
    const struct isakmp_payload *sig = isakmp_find(chain, ISAKMP_SIG);
    struct gv_reader id = isakmp_find(chain, ISAKMP_ID)->body;

    if (sig == NULL)
        return GV_ERR_AUTHENTICATION;
    if (b->work != NULL)
        return GV_ERR_MALFORMED;
    take_chain(b, chain);
    if (b->peer_cert.n == 0)
        return GV_ERR_AUTHENTICATION;
    gv_buf_reset(&b->peer_sig);
    gv_buf_reset(&b->peer_id);
    gv_buf_add(&b->peer_sig, sig->body.at, sig->body.left);
    gv_buf_add(&b->peer_id, id.at, id.left);
    b->work = check_peer;
    b->worked = peer_checked;
    return GV_OK;
}

static enum gv_err take_hash(struct branch *b, const struct isakmp_chain *chain)
{
    const struct isakmp_payload *hash = isakmp_find(chain, ISAKMP_HASH);
    struct gv_reader id = isakmp_find(chain, ISAKMP_ID)->body;
    struct gdoi_clear clear = branch_clear(b);
    size_t n = gdoi_hash_size(b->suite.hash);
    uint8_t want[GDOI_HASH_MOST];
    enum gv_err err =
        gdoi_keys_hash_id(&b->keys, &clear, false, (struct gdoi_chunk){id.at, id.left}, want);

    if (err != GV_OK)
        return err;
    return hash != NULL && hash->body.left == n && gdoi_equal(hash->body.at, want, n)
               ? GV_OK
               : GV_ERR_AUTHENTICATION;
}

/* Message 6 in the clear; `iv` is what the next message would go on with. */
static enum gv_err take_6(struct gdoi_client *c, struct branch *b,
                          const struct isakmp_chain *chain, const uint8_t iv[GDOI_BLOCK_MOST],
                          struct gv_time now, struct gdoi_event *event)
{
    struct isakmp_id id;
    enum gv_err err = isakmp_id_decode(isakmp_find(chain, ISAKMP_ID)->body, &id);

    if (err == GV_OK && !is_expected(c, &id))
        err = GV_ERR_AUTHENTICATION;
    if (err != GV_OK)
        return err;
    if (c->config.psk == NULL) {
        err = take_certificate(b, chain);
        if (err == GV_OK)
            memcpy(b->iv, iv, sizeof(b->iv));
        return err;
    }
    err = take_hash(b, chain);
    if (err == GV_OK)
        win(c, b, iv, now, event);
    return err;
}

/* ---- datagrams ---- */

typedef enum gv_err take_clear(struct gdoi_client *c, struct branch *from,
                               const struct isakmp_header *header,
                               const struct isakmp_chain *chain,
                               const uint8_t digest[DIGEST_SIZE], struct gv_time now,
                               struct gdoi_event *event);

/* Which answers a branch waits for, and what is done with one. */
static const struct {
    const struct isakmp_rule *rules;
    take_clear *take; /* NULL: message 6, which is encrypted */
} rows[GDOI_STEP_COUNT] = {
    [GDOI_MAIN_2] = {rules_2, take_2},
    [GDOI_MAIN_4] = {rules_4, take_4},
    [GDOI_MAIN_6] = {rules_6, NULL},
};

static bool fits(const struct branch *b, const struct isakmp_header *header)
{
    static const uint8_t none[ISAKMP_COOKIE_SIZE];
    const uint8_t *responder = header->cookies + ISAKMP_COOKIE_SIZE;
    bool encrypted = header->flags & ISAKMP_ENCRYPTED;

    if (!b->used || header->message_id != 0 || encrypted != (b->step == GDOI_MAIN_6))
        return false;
    if (b->step == GDOI_MAIN_2)
        return memcmp(responder, none, sizeof(none)) != 0;
    return memcmp(header->cookies, b->cookies, sizeof(b->cookies)) == 0;
}

static enum gv_err open_6(struct gdoi_client *c, struct branch *b,
                          const struct isakmp_header *header, const uint8_t *message, size_t n,
                          struct gv_time now, struct gdoi_event *event)
{
    uint8_t copy[MESSAGE_CEILING], iv[GDOI_BLOCK_MOST];
    size_t body_n = n - ISAKMP_HEADER_SIZE;
    struct isakmp_chain chain;
    enum gv_err err;

    if (body_n > sizeof(copy))
        return GV_ERR_TOO_LARGE;
    if (b->keys.octets == NULL || b->work != NULL)
        return GV_ERR_MALFORMED;
    memcpy(copy, message + ISAKMP_HEADER_SIZE, body_n);
    memcpy(iv, b->iv, sizeof(iv));
    err = gdoi_keys_cbc(&b->keys, false, iv, copy, body_n);
    if (err == GV_OK)
        err = isakmp_chain_decode(gv_reader(copy, body_n), header->next, rules_6, &chain);
    /* What does not decrypt to payloads was made with another key: another PSK, mostly. */
    return err == GV_OK ? take_6(c, b, &chain, iv, now, event) : GV_ERR_AUTHENTICATION;
}

static enum gv_err open_clear(struct gdoi_client *c, struct branch *b,
                              const struct isakmp_header *header, const uint8_t *message,
                              size_t n, const uint8_t digest[DIGEST_SIZE], struct gv_time now,
                              struct gdoi_event *event)
{
    struct gv_reader r = gv_reader(message + ISAKMP_HEADER_SIZE, n - ISAKMP_HEADER_SIZE);
    struct isakmp_chain chain;
    enum gv_err err = isakmp_chain_decode(r, header->next, rows[b->step].rules, &chain);

    if (err == GV_OK)
        err = rows[b->step].take(c, b, header, &chain, digest, now, event);
    if (err == GV_OK)
        client_send_answered(&b->sending);
    return err;
}

/* A message that opened a branch before. */
static struct branch *opened_by(struct gdoi_client *c, const uint8_t digest[DIGEST_SIZE])
{
    for (size_t i = 0; i < BRANCHES_MOST; i++) {
        struct branch *b = &c->phase1->branches[i];

        if (b->used && b->step != GDOI_MAIN_2 && memcmp(b->opened_by, digest, DIGEST_SIZE) == 0)
            return b;
    }
    return NULL;
}

void client_main_feed(struct gdoi_client *c, const struct isakmp_header *header,
                      const uint8_t *message, size_t n, struct gv_time now,
                      struct gdoi_event *event)
{
    enum gv_err err, refused = GV_OK;
    uint8_t digest[DIGEST_SIZE];
    struct branch *known;

    if (c->phase1 == NULL || client_digest(message, n, digest) != GV_OK) {
        c->counts.ignored++;
        return;
    }
    known = opened_by(c, digest);
    if (known != NULL) {
        client_send_again(&known->sending);
        return;
    }
    for (size_t i = 0; c->phase1 != NULL && i < BRANCHES_MOST; i++) {
        struct branch *b = &c->phase1->branches[i];

        if (!fits(b, header))
            continue;
        err = b->step == GDOI_MAIN_6 ? open_6(c, b, header, message, n, now, event)
                                     : open_clear(c, b, header, message, n, digest, now, event);
        if (err == GV_OK) {
            c->answered = true;
            c->last = GV_OK; /* that it did not fit another branch says nothing */
            return;
        }
        refused = err;
    }
    if (refused != GV_OK)
        c->last = refused;
    c->counts.ignored++;
}
