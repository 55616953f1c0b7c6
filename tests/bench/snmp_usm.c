/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp_usm.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { SHA1_SIZE = 20, ENGINE_SIZE = 9, MAC_SIZE = 12, BOOTS = 7, SCOPED_MOST = 2048 };

static const char password[] = "bench-password";
static uint8_t user_key[SHA1_SIZE];

/* RFC 3414, A.2.2: the password repeated to 1,048,576 octets, hashed. */
void snmp_v3_init(void)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    uint8_t chunk[64];
    size_t at = 0;

    (void)EVP_DigestInit_ex(md, EVP_sha1(), NULL);
    for (unsigned i = 0; i < 1048576 / sizeof(chunk); i++) {
        for (size_t k = 0; k < sizeof(chunk); k++)
            chunk[k] = (uint8_t)password[at++ % (sizeof(password) - 1)];
        (void)EVP_DigestUpdate(md, chunk, sizeof(chunk));
    }
    (void)EVP_DigestFinal_ex(md, user_key, NULL);
    EVP_MD_CTX_free(md);
}

static void engine_of(uint32_t address, uint8_t engine[ENGINE_SIZE])
{
    static const uint8_t prefix[] = {0x80, 0, 0, 9, 1}; /* RFC 3411: an IPv4 address follows */

    memcpy(engine, prefix, sizeof(prefix));
    memcpy(engine + sizeof(prefix), &address, 4);
}

/* RFC 3414, 2.6: the user's key, localised to the engine. */
static void localise(const uint8_t engine[ENGINE_SIZE], uint8_t key[SHA1_SIZE])
{
    uint8_t octets[2 * SHA1_SIZE + ENGINE_SIZE];

    memcpy(octets, user_key, SHA1_SIZE);
    memcpy(octets + SHA1_SIZE, engine, ENGINE_SIZE);
    memcpy(octets + SHA1_SIZE + ENGINE_SIZE, user_key, SHA1_SIZE);
    (void)EVP_Digest(octets, sizeof(octets), key, NULL, EVP_sha1(), NULL);
}

/* RFC 3826: CFB-128, IV = boots, time, salt. */
static void crypt(bool encrypt, const uint8_t key[SHA1_SIZE], uint32_t boots, uint32_t time,
                  const uint8_t salt[8], const uint8_t *in, size_t n, uint8_t *out)
{
    uint8_t iv[16] = {(uint8_t)(boots >> 24), (uint8_t)(boots >> 16), (uint8_t)(boots >> 8),
                      (uint8_t)boots,         (uint8_t)(time >> 24),  (uint8_t)(time >> 16),
                      (uint8_t)(time >> 8),   (uint8_t)time};
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int done = 0;

    memcpy(iv + 8, salt, 8);
    (void)EVP_CipherInit_ex(cipher, EVP_aes_128_cfb128(), NULL, key, iv, encrypt);
    (void)EVP_CipherUpdate(cipher, out, &done, in, (int)n);
    EVP_CIPHER_CTX_free(cipher);
}

static void put_uint(struct ber_out *o, uint32_t v)
{
    ber_put(o,
            (uint8_t[]){TAG_INTEGER, 5, 0, (uint8_t)(v >> 24), (uint8_t)(v >> 16),
                        (uint8_t)(v >> 8), (uint8_t)v},
            7);
}

static void put_octets(struct ber_out *o, const void *octets, size_t n)
{
    ber_put(o, (uint8_t[]){TAG_OCTETS, (uint8_t)n}, 2);
    ber_put(o, octets, n);
}

/* Header and security parameters; where the MAC goes. */
static size_t put_head(struct ber_out *o, uint32_t id, uint8_t flags, const uint8_t *engine,
                       struct gv_reader user, uint32_t time, const uint8_t *salt)
{
    static const uint8_t no_mac[MAC_SIZE];
    size_t at, mac, outer;

    put_uint(o, 3);
    at = ber_open(o, TAG_SEQUENCE);
    put_uint(o, id);
    put_uint(o, 65507);
    put_octets(o, &flags, 1);
    put_uint(o, 3);
    ber_close(o, at);
    outer = ber_open(o, TAG_OCTETS);
    at = ber_open(o, TAG_SEQUENCE);
    put_octets(o, engine, ENGINE_SIZE);
    put_uint(o, BOOTS);
    put_uint(o, time);
    put_octets(o, user.at, user.left);
    put_octets(o, no_mac, flags & 1 ? MAC_SIZE : 0);
    mac = o->n - (flags & 1 ? MAC_SIZE : 0);
    put_octets(o, salt, flags & 2 ? 8 : 0);
    ber_close(o, at);
    ber_close(o, outer);
    return mac;
}

static void put_scoped(struct ber_out *o, const uint8_t *engine)
{
    put_octets(o, engine, ENGINE_SIZE);
    put_octets(o, "", 0);
}

/* RFC 3414, 3.2: whoever does not know the engine is told it. */
static void put_discovery(struct ber_out *o, uint32_t id, const uint8_t *engine, uint32_t time)
{
    static const uint8_t unknown_engines[] = {0x2b, 6, 1, 6, 3, 15, 1, 1, 4, 0};
    size_t outer = ber_open(o, TAG_SEQUENCE), scoped, pdu, binds, bind;

    (void)put_head(o, id, 0, engine, gv_reader("", 0), time, NULL);
    scoped = ber_open(o, TAG_SEQUENCE);
    put_scoped(o, engine);
    pdu = ber_open(o, REPORT);
    put_uint(o, 0);
    put_uint(o, 0);
    put_uint(o, 0);
    binds = ber_open(o, TAG_SEQUENCE);
    bind = ber_open(o, TAG_SEQUENCE);
    ber_put(o, (uint8_t[]){TAG_OID, sizeof(unknown_engines)}, 2);
    ber_put(o, unknown_engines, sizeof(unknown_engines));
    ber_put(o, (uint8_t[]){TAG_COUNTER, 1, 1}, 3);
    ber_close(o, bind);
    ber_close(o, binds);
    ber_close(o, pdu);
    ber_close(o, scoped);
    ber_close(o, outer);
}

static bool put_answer(struct ber_out *o, uint32_t id, const uint8_t *engine,
                       struct gv_reader user, uint32_t time, struct gv_reader pdu, uint8_t type,
                       uint32_t elapsed)
{
    static uint64_t salt_counter;
    uint8_t key[SHA1_SIZE], clear[SCOPED_MOST], mac_full[SHA1_SIZE], salt[8];
    struct ber_out scoped = {clear, 0};
    size_t outer, at, mac;

    localise(engine, key);
    at = ber_open(&scoped, TAG_SEQUENCE);
    put_scoped(&scoped, engine);
    if (!snmp_pdu_answer(&scoped, type, pdu, elapsed))
        return false;
    ber_close(&scoped, at);
    salt_counter++;
    memcpy(salt, &salt_counter, sizeof(salt));
    outer = ber_open(o, TAG_SEQUENCE);
    mac = put_head(o, id, 3, engine, user, time, salt);
    at = ber_open(o, TAG_OCTETS);
    crypt(true, key, BOOTS, time, salt, clear, scoped.n, o->octets + o->n);
    o->n += scoped.n;
    ber_close(o, at);
    ber_close(o, outer);
    (void)HMAC(EVP_sha1(), key, SHA1_SIZE, o->octets, o->n, mac_full, NULL);
    memcpy(o->octets + mac, mac_full, MAC_SIZE);
    return true;
}

bool snmp_v3_answer(struct gv_reader message, uint32_t address, struct ber_out *out,
                    uint32_t elapsed)
{
    uint8_t engine[ENGINE_SIZE], key[SHA1_SIZE], clear[SCOPED_MOST], tag, type;
    struct gv_reader header = ber_body(&message, &tag), security = ber_body(&message, &tag);
    struct gv_reader parameters = ber_body(&security, &tag), asked, user, salt, sealed, r,
                     scoped;
    uint32_t id = ber_number(&header), boots, time;

    engine_of(address, engine);
    asked = ber_body(&parameters, &tag);
    boots = ber_number(&parameters);
    time = ber_number(&parameters);
    user = ber_body(&parameters, &tag);
    (void)ber_body(&parameters, &tag);
    salt = ber_body(&parameters, &tag);
    if (parameters.bad || asked.left != ENGINE_SIZE) {
        put_discovery(out, id, engine, elapsed + 1000);
        return !parameters.bad;
    }
    sealed = ber_body(&message, &tag);
    if (sealed.bad || salt.left != 8 || sealed.left > sizeof(clear))
        return false;
    localise(engine, key);
    crypt(false, key, boots, time, salt.at, sealed.at, sealed.left, clear);
    r = gv_reader(clear, sealed.left);
    scoped = ber_body(&r, &tag);
    (void)ber_body(&scoped, &tag);
    (void)ber_body(&scoped, &tag);
    r = ber_body(&scoped, &type);
    return !r.bad && put_answer(out, id, engine, user, elapsed + 1000, r, type, elapsed);
}
