/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/phase1.h"

#include <stddef.h>

#include "gdoi/payload.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Names as contract.md has them; numbers of RFC 2409, appendix A. */
static const struct cipher_row {
    const char *name;
    enum gdoi_cipher cipher;
    uint32_t number, key_bits; /* the attribute's; 3DES has none */
    size_t key_n;
    bool weak;
} ciphers[] = {
    {"3des", GDOI_3DES, 5, 0, 24, true},
    {"aes128", GDOI_AES, 7, 128, 16, false},
    {"aes192", GDOI_AES, 7, 192, 24, false},
    {"aes256", GDOI_AES, 7, 256, 32, false},
};
static const struct hash_row {
    const char *name;
    enum gdoi_hash hash;
    uint32_t number;
    bool weak;
} hash_rows[] = {
    {"md5", GDOI_MD5, 1, true},        {"sha1", GDOI_SHA1, 2, true},
    {"sha256", GDOI_SHA256, 4, false}, {"sha384", GDOI_SHA384, 5, false},
    {"sha512", GDOI_SHA512, 6, false},
};
static const struct group_row {
    const char *name;
    enum gdoi_group group;
    bool weak;
} group_rows[] = {
    {"modp768", GDOI_MODP768, true},    {"modp1024", GDOI_MODP1024, true},
    {"modp1536", GDOI_MODP1536, true},  {"modp2048", GDOI_MODP2048, false},
    {"modp3072", GDOI_MODP3072, false}, {"modp4096", GDOI_MODP4096, false},
    {"ecp256", GDOI_ECP256, false},     {"ecp384", GDOI_ECP384, false},
    {"ecp521", GDOI_ECP521, false},
};

static const struct cipher_row *cipher_row(const struct gdoi_suite *suite)
{
    size_t i = 0;

    while (i < COUNT(ciphers) - 1 &&
           (ciphers[i].cipher != suite->cipher || ciphers[i].key_n != suite->key_n))
        i++;
    return &ciphers[i];
}

static const struct hash_row *hash_row(const struct gdoi_suite *suite)
{
    size_t i = 0;

    while (i < COUNT(hash_rows) - 1 && hash_rows[i].hash != suite->hash)
        i++;
    return &hash_rows[i];
}

static const struct group_row *group_row(const struct gdoi_suite *suite)
{
    size_t i = 0;

    while (i < COUNT(group_rows) - 1 && group_rows[i].group != suite->group)
        i++;
    return &group_rows[i];
}

/* The part before the next dash; the rest stays in *text. */
static struct gv_text part(struct gv_text *text)
{
    struct gv_text head = gv_text_head(*text, gv_text_index(*text, '-'));

    *text = gv_text_from(*text, head.n + 1);
    return head;
}

bool gdoi_suite_read(struct gv_text text, struct gdoi_suite *out)
{
    struct gv_text cipher = part(&text), hash = part(&text);
    size_t c = 0, h = 0, g = 0;

    while (c < COUNT(ciphers) && !gv_text_is(cipher, ciphers[c].name))
        c++;
    while (h < COUNT(hash_rows) && !gv_text_is(hash, hash_rows[h].name))
        h++;
    while (g < COUNT(group_rows) && !gv_text_is(text, group_rows[g].name))
        g++;
    if (c == COUNT(ciphers) || h == COUNT(hash_rows) || g == COUNT(group_rows))
        return false;
    *out = (struct gdoi_suite){ciphers[c].cipher, ciphers[c].key_n, hash_rows[h].hash,
                               group_rows[g].group};
    return true;
}

void gdoi_suite_name(const struct gdoi_suite *suite, struct gv_buf *out)
{
    gv_buf_add_str(out, cipher_row(suite)->name);
    gv_buf_add_char(out, '-');
    gv_buf_add_str(out, hash_row(suite)->name);
    gv_buf_add_char(out, '-');
    gv_buf_add_str(out, group_row(suite)->name);
}

bool gdoi_suite_weak(const struct gdoi_suite *suite)
{
    return cipher_row(suite)->weak || hash_row(suite)->weak || group_row(suite)->weak;
}

bool gdoi_suite_equal(const struct gdoi_suite *a, const struct gdoi_suite *b)
{
    return a->cipher == b->cipher && a->key_n == b->key_n && a->hash == b->hash &&
           a->group == b->group;
}

size_t gdoi_suites_default(bool legacy, struct gdoi_suite out[GDOI_SUITES_MOST])
{
    static const char *const suites[] = {
        "aes256-sha256-modp2048", "aes256-sha256-ecp256",   "aes256-sha384-ecp384",
        "aes256-sha512-ecp521",   "aes256-sha256-modp3072", "aes256-sha256-modp4096",
        "aes256-sha512-modp2048", "aes256-sha512-modp4096", "aes256-sha384-modp3072",
        "aes128-sha256-modp2048", "aes128-sha256-ecp256",   "aes128-sha256-modp3072",
        "aes128-sha256-modp4096", "aes128-sha512-modp2048"};
    static const char *const old[] = {
        "aes256-sha1-modp2048",   "aes128-sha1-modp2048",   "aes256-sha256-modp1536",
        "aes128-sha256-modp1536", "aes256-sha1-modp1536",   "aes128-sha1-modp1536",
        "aes256-sha256-modp1024", "aes128-sha256-modp1024", "aes256-sha1-modp1024",
        "aes128-sha1-modp1024",   "3des-sha256-modp2048",   "3des-sha1-modp2048",
        "3des-sha1-modp1536",     "3des-sha256-modp1024",   "3des-sha1-modp1024"};
    size_t count = 0;

    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        count += gdoi_suite_read(gv_text(suites[i]), &out[count]);
    for (size_t i = 0; legacy && i < sizeof(old) / sizeof(old[0]); i++)
        count += gdoi_suite_read(gv_text(old[i]), &out[count]);
    return count;
}

/* ---- the payload ---- */

enum { PROTOCOL_ISAKMP = 1, KEY_IKE = 1, LIFE_SECONDS = 1 };
enum attr { ENCRYPTION = 1, HASH, AUTH, GROUP, LIFE_TYPE = 11, LIFE_DURATION, KEY_LENGTH = 14 };

static void transform_encode(const struct gdoi_suite *suite, enum gdoi_auth auth,
                             uint32_t life_s, struct gv_buf *out)
{
    const struct cipher_row *cipher = cipher_row(suite);

    isakmp_attr_encode(out, ENCRYPTION, cipher->number);
    if (cipher->key_bits > 0)
        isakmp_attr_encode(out, KEY_LENGTH, cipher->key_bits);
    isakmp_attr_encode(out, HASH, hash_row(suite)->number);
    isakmp_attr_encode(out, AUTH, auth);
    isakmp_attr_encode(out, GROUP, suite->group);
    isakmp_attr_encode(out, LIFE_TYPE, LIFE_SECONDS);
    isakmp_attr_encode(out, LIFE_DURATION, life_s);
}

void gdoi_phase1_sa_encode(const struct gdoi_suite *suites, size_t count, enum gdoi_auth auth,
                           uint32_t life_s, struct gv_buf *out)
{
    size_t proposal;

    isakmp_uint_encode(out, GDOI_DOI, 4);
    isakmp_uint_encode(out, 0, 4); /* situation */
    proposal = out->n;
    isakmp_uint_encode(out, 0, ISAKMP_PAYLOAD_HEADER_SIZE);
    isakmp_uint_encode(out, 1, 1); /* proposal number */
    isakmp_uint_encode(out, PROTOCOL_ISAKMP, 1);
    isakmp_uint_encode(out, 0, 1); /* no SPI */
    isakmp_uint_encode(out, (uint32_t)count, 1);
    for (size_t i = 0; i < count; i++) {
        size_t transform = out->n;

        isakmp_uint_encode(out, i + 1 < count ? ISAKMP_TRANSFORM : ISAKMP_NONE, 1);
        isakmp_uint_encode(out, 0, 3);
        isakmp_uint_encode(out, (uint32_t)i + 1, 1);
        isakmp_uint_encode(out, KEY_IKE, 1);
        isakmp_uint_encode(out, 0, 2);
        transform_encode(&suites[i], auth, life_s, out);
        isakmp_payload_end(out, transform);
    }
    isakmp_payload_end(out, proposal);
}

struct numbers {
    uint32_t encryption, hash, auth, group, life_type, life_s, key_bits;
};

static const struct isakmp_attr_rule rules[] = {
    {ENCRYPTION, true, 1, UINT16_MAX, offsetof(struct numbers, encryption)},
    {HASH, true, 1, UINT16_MAX, offsetof(struct numbers, hash)},
    {AUTH, true, 1, UINT16_MAX, offsetof(struct numbers, auth)},
    {GROUP, true, 1, UINT16_MAX, offsetof(struct numbers, group)},
    {LIFE_TYPE, false, 0, UINT16_MAX, offsetof(struct numbers, life_type)},
    {LIFE_DURATION, false, 0, UINT32_MAX, offsetof(struct numbers, life_s)},
    {KEY_LENGTH, false, 1, UINT16_MAX, offsetof(struct numbers, key_bits)},
};

static bool suite_of(const struct numbers *n, struct gdoi_suite *out)
{
    size_t c = 0, h = 0, g = 0;

    while (c < COUNT(ciphers) &&
           (ciphers[c].number != n->encryption || ciphers[c].key_bits != n->key_bits))
        c++;
    while (h < COUNT(hash_rows) && hash_rows[h].number != n->hash)
        h++;
    while (g < COUNT(group_rows) && group_rows[g].group != n->group)
        g++;
    if (c == COUNT(ciphers) || h == COUNT(hash_rows) || g == COUNT(group_rows))
        return false;
    *out = (struct gdoi_suite){ciphers[c].cipher, ciphers[c].key_n, hash_rows[h].hash,
                               group_rows[g].group};
    return true;
}

static enum gv_err transform_decode(struct gv_reader r, struct gdoi_phase1_answer *out)
{
    struct gdoi_phase1_answer answer;
    struct numbers n = {0};
    struct isakmp_attrs seen;
    enum gv_err err;
    uint32_t id;

    gv_reader_uint(&r, 1); /* number */
    id = gv_reader_uint(&r, 1);
    gv_reader_uint(&r, 2);
    if (r.bad)
        return GV_ERR_TRUNCATED;
    err = isakmp_attrs_decode(r, rules, COUNT(rules), &n, &seen);
    if (err != GV_OK)
        return err;
    if (id != KEY_IKE || !suite_of(&n, &answer.suite) ||
        (n.auth != GDOI_AUTH_PSK && n.auth != GDOI_AUTH_RSA))
        return GV_ERR_NOT_SUPPORTED;
    answer.auth = (enum gdoi_auth)n.auth;
    answer.life_s = n.life_type == LIFE_SECONDS ? n.life_s : 0;
    *out = answer;
    return GV_OK;
}

/* RFC 2408, 4.2: the responder answers with one proposal that holds one transform. */
enum gv_err gdoi_phase1_sa_decode(struct gv_reader body, struct gdoi_phase1_answer *out)
{
    struct gv_reader proposal, transform;
    uint32_t protocol, spi_n, count;
    uint8_t next;
    enum gv_err err;

    gv_reader_take(&body, 8); /* DOI and situation: responders differ, and we offered ours */
    err = isakmp_payload_decode(&body, &proposal, &next);
    if (err != GV_OK)
        return err;
    gv_reader_uint(&proposal, 1); /* number */
    protocol = gv_reader_uint(&proposal, 1);
    spi_n = gv_reader_uint(&proposal, 1);
    count = gv_reader_uint(&proposal, 1);
    gv_reader_take(&proposal, spi_n);
    if (proposal.bad)
        return GV_ERR_TRUNCATED;
    if (next != ISAKMP_NONE || protocol != PROTOCOL_ISAKMP || count != 1)
        return GV_ERR_MALFORMED;
    err = isakmp_payload_decode(&proposal, &transform, &next);
    if (err != GV_OK)
        return err;
    if (next != ISAKMP_NONE || body.left > 0 || proposal.left > 0)
        return GV_ERR_MALFORMED;
    return transform_decode(transform, out);
}
