/* SPDX-License-Identifier: Apache-2.0 */
/* One branch of phase 1: its messages, and what the peer told in it. */
#include <string.h>

#include "gdoi/client_part.h"

enum { LIFE_S = 86400, REQUESTS_MOST = 8, X509_SIGNATURE = 4 /* RFC 2408, 3.9 */ };

/* RFC 3947, 3.1: MD5 of "RFC 3947". RFC 3706, 5.1: dead peer detection 1.0. */
static const uint8_t nat_vendor[] = {0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03, 0x58, 0x45,
                                     0x5c, 0x57, 0x28, 0xf2, 0x0e, 0x95, 0x45, 0x2f};
static const uint8_t dpd_vendor[] = {0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9,
                                     0x6b, 0x86, 0x96, 0xfc, 0x77, 0x57, 0x01, 0x00};

bool branch_nat_vendor(const struct isakmp_payload *p)
{
    return p->type == ISAKMP_VENDOR_ID && p->body.left == sizeof(nat_vendor) &&
           memcmp(p->body.at, nat_vendor, sizeof(nat_vendor)) == 0;
}

/* A place for a new one: free, or the oldest's that neither is the parent, nor waits for
 * message 2, nor is at work in another thread. */
static struct branch *branch_place(struct gdoi_client *c, const struct branch *parent)
{
    struct branch *oldest = NULL;

    for (size_t i = 0; i < BRANCHES_MOST; i++) {
        struct branch *b = &c->phase1->branches[i];

        if (!b->used)
            return b;
        if (b != parent && b != c->working && b->step != GDOI_MAIN_2 &&
            (oldest == NULL || b->born < oldest->born))
            oldest = b;
    }
    if (oldest != NULL)
        branch_close(oldest);
    return oldest;
}

struct branch *branch_open(struct gdoi_client *c, const struct branch *parent,
                           enum gdoi_step step, const uint8_t digest[DIGEST_SIZE])
{
    struct branch *b = branch_place(c, parent);

    if (b == NULL)
        return NULL;
    *b = (struct branch){.used = true,
                         .phase1 = c->phase1,
                         .born = c->phase1->births++,
                         .step = step,
                         .why = ""};
    memcpy(b->cookies, c->cookies, ISAKMP_COOKIE_SIZE);
    if (digest != NULL)
        memcpy(b->opened_by, digest, sizeof(b->opened_by));
    if (parent != NULL && parent->step != GDOI_MAIN_2) {
        memcpy(b->cookies, parent->cookies, sizeof(b->cookies));
        memcpy(b->ke_i, parent->ke_i, sizeof(b->ke_i));
        b->suite = parent->suite;
        b->nat_known = parent->nat_known;
        b->dh = gdoi_dh_share(parent->dh);
    }
    b->sending.message = gv_buf(MESSAGE_CEILING);
    b->signature = gv_buf(MESSAGE_CEILING);
    b->peer_cert = gv_buf(MESSAGE_CEILING);
    b->peer_sig = gv_buf(MESSAGE_CEILING);
    b->peer_id = gv_buf(MESSAGE_CEILING);
    return b;
}

void branch_close(struct branch *b)
{
    gdoi_dh_free(b->dh);
    gdoi_keys_clear(&b->keys);
    gv_buf_clear(&b->sending.message);
    gv_buf_clear(&b->signature);
    gv_buf_clear(&b->peer_cert);
    gv_buf_clear(&b->peer_sig);
    gv_buf_clear(&b->peer_id);
    *b = (struct branch){.used = false};
}

struct gdoi_clear branch_clear(const struct branch *b)
{
    const struct phase1 *phase1 = b->phase1;
    size_t n = gdoi_dh_public_size(b->suite.group);

    return (struct gdoi_clear){.cookies = b->cookies,
                               .ke_i = {b->ke_i, n},
                               .ke_r = {b->ke_r, n},
                               .nonce_i = {phase1->nonce_i, NONCE_SIZE},
                               .nonce_r = {b->nonce_r, b->nonce_r_n},
                               .sa_i = {phase1->sa.at, phase1->sa.n}};
}

/* SA, vendor ids. */
void branch_say_1(struct gdoi_client *c, struct branch *b)
{
    const struct gdoi_client_config *config = &c->config;
    enum gdoi_auth auth = config->psk != NULL ? GDOI_AUTH_PSK : GDOI_AUTH_RSA;
    struct gv_buf *out = &b->sending.message;
    size_t link = ISAKMP_LINK;

    gv_buf_reset(&c->phase1->sa);
    gdoi_phase1_sa_encode(config->suites, config->suite_count, auth, LIFE_S, &c->phase1->sa);
    client_header(out, b->cookies, ISAKMP_MAIN_MODE, 0, 0);
    client_payload(out, &link, ISAKMP_SA, c->phase1->sa.at, c->phase1->sa.n);
    client_payload(out, &link, ISAKMP_VENDOR_ID, nat_vendor, sizeof(nat_vendor));
    client_payload(out, &link, ISAKMP_VENDOR_ID, dpd_vendor, sizeof(dpd_vendor));
    isakmp_message_end(out);
}

/* RFC 3947, 3.2: HASH(CKY-I | CKY-R | address | port). */
static enum gv_err nat_hash(const struct branch *b, const struct gdoi_endpoint *end,
                            uint8_t out[GDOI_HASH_MOST])
{
    const uint8_t port[] = {(uint8_t)(end->port >> 8), (uint8_t)end->port};
    const struct gdoi_chunk chunks[] = {
        {b->cookies, sizeof(b->cookies)}, {end->address, end->size}, {port, sizeof(port)}};

    return gdoi_hash(b->suite.hash, chunks, sizeof(chunks) / sizeof(chunks[0]), out);
}

static enum gv_err say_nat(const struct branch *b, const struct gdoi_endpoint *end,
                           struct gv_buf *out, size_t *link)
{
    uint8_t value[GDOI_HASH_MOST];
    enum gv_err err = nat_hash(b, end, value);

    if (err == GV_OK)
        client_payload(out, link, ISAKMP_NAT_D, value, gdoi_hash_size(b->suite.hash));
    return err;
}

/* Many send their certificate to those only who ask for it (RFC 2409, 5.1; RFC 4945, 3.2.7). */
static void ask_certificate(const struct gdoi_credential *credential, struct gv_buf *out,
                            size_t *link)
{
    const uint8_t *name;
    size_t n;

    for (size_t i = 0;
         i < REQUESTS_MOST && (name = gdoi_credential_authority(credential, i, &n)) != NULL;
         i++) {
        size_t begin = isakmp_payload_begin(out, link, ISAKMP_CERT_REQUEST);

        isakmp_uint_encode(out, X509_SIGNATURE, 1);
        gv_buf_add(out, name, n);
        isakmp_payload_end(out, begin);
    }
}

/* KE, Ni, certificate requests, and where the peer knows them NAT-D of its end and ours. */
enum gv_err branch_say_3(const struct gdoi_client_config *config, struct branch *b)
{
    struct gv_buf *out = &b->sending.message;
    size_t link = ISAKMP_LINK;
    enum gv_err err = GV_OK;

    client_header(out, b->cookies, ISAKMP_MAIN_MODE, 0, 0);
    client_payload(out, &link, ISAKMP_KE, b->ke_i, gdoi_dh_public_size(b->suite.group));
    client_payload(out, &link, ISAKMP_NONCE, b->phase1->nonce_i, NONCE_SIZE);
    if (config->psk == NULL)
        ask_certificate(config->credential, out, &link);
    if (b->nat_known) {
        err = say_nat(b, &config->remote, out, &link);
        if (err == GV_OK)
            err = say_nat(b, &config->local, out, &link);
    }
    isakmp_message_end(out);
    return err != GV_OK ? err : out->err;
}

static bool nat_names(const struct branch *b, const struct isakmp_payload *p,
                      const struct gdoi_endpoint *end)
{
    uint8_t value[GDOI_HASH_MOST];
    size_t n = gdoi_hash_size(b->suite.hash);

    return nat_hash(b, end, value) == GV_OK && p->body.left == n &&
           memcmp(p->body.at, value, n) == 0;
}

/* The first NAT-D is of our end as the peer sees it, the others are the peer's own. */
bool branch_nat(const struct gdoi_client_config *config, const struct branch *b,
                const struct isakmp_chain *chain)
{
    bool seen = false, ours = false, theirs = false;

    for (size_t i = 0; i < chain->count; i++) {
        const struct isakmp_payload *p = &chain->payload[i];

        if (p->type != ISAKMP_NAT_D)
            continue;
        if (!seen)
            ours = nat_names(b, p, &config->local);
        else
            theirs |= nat_names(b, p, &config->remote);
        seen = true;
    }
    return seen && !(ours && theirs);
}

/* The body of our ID payload: type, protocol and port 0, data. */
static void identity_encode(const struct gdoi_identity *id, struct gv_buf *out)
{
    isakmp_uint_encode(out, id->type, 1);
    isakmp_uint_encode(out, 0, 3);
    gv_buf_add(out, id->octets, id->n);
}

static enum gv_err say_proof(const struct gdoi_client_config *config, struct branch *b,
                             const uint8_t hash[GDOI_HASH_MOST], size_t *link)
{
    struct gv_buf *out = &b->sending.message;
    const uint8_t *cert;
    enum gv_err err;
    size_t n, begin;

    if (config->psk != NULL) {
        client_payload(out, link, ISAKMP_HASH, hash, gdoi_hash_size(b->suite.hash));
        return GV_OK;
    }
    cert = gdoi_credential_cert(config->credential, &n);
    begin = isakmp_payload_begin(out, link, ISAKMP_CERT);
    isakmp_uint_encode(out, X509_SIGNATURE, 1);
    gv_buf_add(out, cert, n);
    isakmp_payload_end(out, begin);
    begin = isakmp_payload_begin(out, link, ISAKMP_SIG);
    err = gdoi_credential_sign(config->credential, hash, gdoi_hash_size(b->suite.hash), out);
    isakmp_payload_end(out, begin);
    return err;
}

/* IDii and HASH_I, or IDii, CERT and SIG_I; encrypted. */
enum gv_err branch_say_5(const struct gdoi_client_config *config, struct branch *b)
{
    struct gdoi_clear clear = branch_clear(b);
    struct gv_buf *out = &b->sending.message;
    struct gv_buf id = gv_buf(MESSAGE_CEILING);
    uint8_t hash[GDOI_HASH_MOST];
    size_t link = ISAKMP_LINK;
    enum gv_err err;

    identity_encode(&config->identity, &id);
    client_header(out, b->cookies, ISAKMP_MAIN_MODE, ISAKMP_ENCRYPTED, 0);
    client_payload(out, &link, ISAKMP_ID, id.at, id.n);
    err = gdoi_keys_hash_id(&b->keys, &clear, true, (struct gdoi_chunk){id.at, id.n}, hash);
    if (err == GV_OK)
        err = say_proof(config, b, hash, &link);
    if (err == GV_OK)
        err = gdoi_keys_iv(&b->keys, &clear, b->iv);
    if (err == GV_OK)
        err = client_seal(&b->keys, out, b->iv);
    gv_buf_clear(&id);
    return err;
}
