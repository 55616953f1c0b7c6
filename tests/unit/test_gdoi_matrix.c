/* SPDX-License-Identifier: Apache-2.0 */
/* The group member against the lab's key server: each suite of phase 1 with each other part,
 * and each KEK cipher with each signature and hash. */
#include "check.h"
#include "gdoi_pair.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- phase 1 ---- */

static const char *const ciphers[] = {"3des", "aes128", "aes192", "aes256"};
static const char *const hashes[] = {"md5", "sha1", "sha256", "sha384", "sha512"};
static const char *const groups[] = {"modp768",  "modp1024", "modp1536", "modp2048", "modp3072",
                                     "modp4096", "ecp256",   "ecp384",   "ecp521"};

static void check_suite(const char *name)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    pair_suite(&p, name);
    pair_open(&p);
    event = pair_register(&p);
    CHECK_INT(name, event.kind, GDOI_REGISTERED);
    CHECK(name, gdoi_suite_equal(&event.suite, &p.suite));
    CHECK_INT(name, lab_gdoi_counts(p.server)->refused, 0);
    CHECK_INT(name, gdoi_client_deviations(p.client), 0);
    pair_close(&p);
}

/* Ciphers and hashes decide how keys are stretched, groups how the secret is written: each pair
 * of cipher and hash meets the quick groups, each group meets each hash. */
static void test_suites(void)
{
    char name[64];

    for (size_t i = 0; i < COUNT(ciphers) * COUNT(hashes) * COUNT(groups); i++) {
        size_t c = i % COUNT(ciphers), h = i / COUNT(ciphers) % COUNT(hashes);

        (void)snprintf(name, sizeof(name), "%s-%s-%s", ciphers[c], hashes[h],
                       groups[i / COUNT(ciphers) / COUNT(hashes)]);
        check_suite(name);
    }
}

/* ---- rekeys ---- */

static const struct {
    const char *name;
    enum gdoi_kek_cipher cipher;
    uint32_t bits;
} keks[] = {{"DES", GDOI_KEK_DES, 0},
            {"3DES", GDOI_KEK_3DES, 0},
            {"AES-128", GDOI_KEK_AES, 128},
            {"AES-192", GDOI_KEK_AES, 192},
            {"AES-256", GDOI_KEK_AES, 256}};
static const struct {
    const char *name;
    enum gdoi_sig sig;
    unsigned bits;
} signatures[] = {{"RSA-1024", GDOI_SIG_RSA, 1024},
                  {"RSA-2048", GDOI_SIG_RSA, 2048},
                  {"ECDSA-256", GDOI_SIG_ECDSA_256, 256},
                  {"ECDSA-384", GDOI_SIG_ECDSA_384, 384},
                  {"ECDSA-521", GDOI_SIG_ECDSA_521, 521}};
static const char *const sig_hashes[] = {[GDOI_SIG_MD5] = "MD5",
                                         [GDOI_SIG_SHA1] = "SHA-1",
                                         [GDOI_SIG_SHA256] = "SHA-256",
                                         [GDOI_SIG_SHA384] = "SHA-384",
                                         [GDOI_SIG_SHA512] = "SHA-512"};

/* A TEK, a KEK, and a TEK under the new one. */
static void check_kek(const char *name, size_t k, size_t s, enum gdoi_sig_hash hash)
{
    struct gdoi_event event;
    struct pair p;

    pair_defaults(&p);
    p.policy.kek_cipher = keks[k].cipher;
    p.policy.kek_bits = keks[k].bits;
    p.policy.signer = pair_signer(signatures[s].sig, signatures[s].bits);
    p.policy.sig_hash = hash;
    pair_open(&p);
    CHECK_INT(name, pair_register(&p).kind, GDOI_REGISTERED);
    event = pair_rekey(&p, LAB_GDOI_TEK);
    CHECK(name, event.valid && !event.brings_kek && pair_in_step(&p));
    event = pair_rekey(&p, LAB_GDOI_KEK | LAB_GDOI_TEK);
    CHECK(name, event.valid && event.brings_kek && pair_in_step(&p));
    event = pair_rekey(&p, LAB_GDOI_TEK);
    CHECK(name, event.valid && event.sequence == 1 && pair_in_step(&p));
    CHECK_INT(name, pair_events(&p, GDOI_REKEYED), 3);
    CHECK_INT(name, gdoi_client_deviations(p.client), 0);
    pair_close(&p);
}

static void test_keks(void)
{
    char name[64];

    for (size_t k = 0; k < COUNT(keks); k++)
        for (size_t s = 0; s < COUNT(signatures); s++)
            for (unsigned h = GDOI_SIG_MD5; h <= GDOI_SIG_SHA512; h++) {
                (void)snprintf(name, sizeof(name), "%s, %s, %s", keks[k].name,
                               signatures[s].name, sig_hashes[h]);
                check_kek(name, k, s, h);
            }
}

int main(void)
{
    test_suites();
    test_keks();
    pair_end();
    return check_end();
}
