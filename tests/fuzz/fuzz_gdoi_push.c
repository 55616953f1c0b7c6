/* SPDX-License-Identifier: Apache-2.0 */
/* A rekey by somebody who has the KEK: the input is the clear text, its first octet the type of
 * the first payload. It is read or refused, never proven: nobody has the signing key. */
#include <stdlib.h>
#include <string.h>

#include "gdoi/kek.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CLEAR_MOST = 8192, BLOCK = 16, FIRST_AT = 16, LENGTH_AT = 24 };

/* AES-128: IV, then key. */
static const uint8_t octets[2 * BLOCK] = "an IV of 16 octsand key as long.";

/* P-256; its private half was thrown away. */
static const uint8_t signer[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    0x04, 0xb0, 0xe4, 0x7e, 0x06, 0x87, 0x97, 0x60, 0x30, 0xd6, 0x4c, 0xb8, 0xd4,
    0x2a, 0xb0, 0x8a, 0xa2, 0x2c, 0x1e, 0x6c, 0xc2, 0x1c, 0xad, 0x79, 0xd4, 0x0c,
    0xdf, 0xcb, 0x09, 0x48, 0xa3, 0x5a, 0x46, 0xaa, 0x2e, 0xbc, 0x89, 0x38, 0xfa,
    0x83, 0xc0, 0xb8, 0x66, 0xaf, 0x2c, 0x2e, 0x60, 0x05, 0xa4, 0xf6, 0x9d, 0x1e,
    0xfb, 0x7e, 0xa2, 0x43, 0x81, 0x8e, 0x96, 0x7f, 0x45, 0xb3, 0xce, 0xad, 0x6f};

static struct gdoi_kek kek;

static void make_kek(void)
{
    kek = (struct gdoi_kek){.cipher = GDOI_AES, .key_n = BLOCK, .hash = GDOI_SHA256};
    memset(kek.spi, 0x77, sizeof(kek.spi));
    kek.octets = gv_secret_new(octets, sizeof(octets));
    kek.verifier = gdoi_verifier_new(signer, sizeof(signer));
    if (kek.octets == NULL || kek.verifier == NULL)
        abort();
}

/* Header, clear text, padding; encrypted. Returns its octets. */
static size_t seal(uint8_t first, const uint8_t *clear, size_t n, uint8_t *message)
{
    static const uint8_t rest[] = {0, ISAKMP_VERSION, GDOI_PUSH, ISAKMP_ENCRYPTED};
    size_t padded = (n + BLOCK - 1) / BLOCK * BLOCK, all = padded + ISAKMP_HEADER_SIZE;
    uint8_t iv[GDOI_BLOCK_MOST];

    memset(message, 0, all);
    memcpy(message, kek.spi, sizeof(kek.spi));
    memcpy(message + FIRST_AT, rest, sizeof(rest));
    message[FIRST_AT] = first;
    message[LENGTH_AT + 2] = (uint8_t)(all >> 8);
    message[LENGTH_AT + 3] = (uint8_t)all;
    memcpy(message + ISAKMP_HEADER_SIZE, clear, n);
    memcpy(iv, octets, sizeof(iv));
    if (padded > 0 && gdoi_cbc(GDOI_AES, true, octets + BLOCK, BLOCK, iv,
                               message + ISAKMP_HEADER_SIZE, padded) != GV_OK)
        abort();
    return all;
}

/* What a client would do with a rekey that brings a KEK. */
static void follow(const struct gdoi_push *push)
{
    struct gdoi_kek next;

    if (!push->has_sa || !push->sa.has_sak || !push->has_kd ||
        gdoi_kek_make(&push->sa.sak, &push->kd, &kek, &next) != GV_OK)
        return;
    /* One of an unknown cipher has no octets. */
    if (next.octets != NULL &&
        gv_secret_size(next.octets) != gdoi_block_size(next.cipher) + next.key_n)
        abort();
    gdoi_kek_clear(&next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t message[ISAKMP_HEADER_SIZE + CLEAR_MOST];
    static struct gdoi_push push;
    struct gdoi_sig_variant variant;
    size_t n;

    if (kek.octets == NULL)
        make_kek();
    if (size < 1 || size > CLEAR_MOST)
        return 0;
    n = seal(data[0], data + 1, size - 1, message);
    if (gdoi_push_open(&kek, message, n, &push) == GV_OK) {
        if (push.signed_n > n || push.padding > n || push.delete_count > GDOI_DELETES_MOST ||
            gdoi_push_verify(&kek, &push, &variant))
            abort();
        follow(&push);
    }
    gdoi_push_clear(&push);
    return 0;
}
