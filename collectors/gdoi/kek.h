/* SPDX-License-Identifier: Apache-2.0 */
/* A KEK, and the rekeys (GROUPKEY-PUSH) that it protects.
 *
 * No clock, no socket. The order of the checks is the caller's: gdoi_push_open decrypts and
 * reads, then the sequence number is looked at (cheap), then gdoi_push_verify (dear); nothing
 * of a push may be believed before that. Insiders know the KEK: the signature alone is proof.
 * Source: RFC 6407, chapter 4; notes on the protocol, chapters 8, 11 and 12. */
#ifndef GV_GDOI_KEK_H
#define GV_GDOI_KEK_H

#include "gdoi/crypto.h"
#include "gdoi/payload.h"

struct gdoi_kek {
    uint8_t spi[GDOI_SPI_SIZE];
    enum gdoi_cipher cipher;
    size_t key_n;                   /* octets of the key; 8 with 3DES: DES */
    struct gv_secret *octets;       /* IV, then key; NULL: none that we can use, and no push of
                                     * it can be opened */
    enum gdoi_hash hash;            /* of signatures */
    struct gdoi_verifier *verifier; /* NULL: no usable public key came, nothing is proven */
};

/* The KEK that a policy and a download name together. `before` is the KEK that it follows:
 * its public key goes on where the download has none; NULL at a registration. A cipher that is
 * none of ours, or LKH alone, gives a KEK without octets, a hash that is none of ours one
 * without verifier: when it ends is known all the same. On success *out owns what it points to:
 * gdoi_kek_clear. GV_ERR_NOT_SUPPORTED where no KEK came, GV_ERR_MALFORMED where key and policy
 * do not fit. */
enum gv_err gdoi_kek_make(const struct gdoi_sak *sak, const struct gdoi_kd *kd,
                          const struct gdoi_kek *before, struct gdoi_kek *out) GV_MUST_CHECK;
void gdoi_kek_clear(struct gdoi_kek *kek);

enum { GDOI_DELETES_MOST = 8 };

/* A push that could be read. It points into the message. */
struct gdoi_push {
    struct isakmp_header header;
    uint32_t sequence;
    bool has_sa, has_kd;
    struct gdoi_sa sa;
    struct gdoi_kd kd;
    struct gdoi_delete deletes[GDOI_DELETES_MOST];
    size_t delete_count;
    const uint8_t *message; /* decrypted, from the header on */
    size_t signed_n;        /* octets before the SIG payload: what is signed */
    size_t whole_n;         /* octets of all that was sent: */
    bool short_length;      /* header.length does not count the padding */
    size_t padding;
    bool odd_padding; /* not all zeros */
    struct gv_reader signature;
};

/* Decrypt the push message[n], the whole datagram, in place and read it. GV_ERR_NOT_FOUND where
 * its SPI is not this KEK's; GV_ERR_NOT_SUPPORTED where the KEK cannot be used; else as the
 * decoders fail. Release *out with gdoi_push_clear, on failure too. */
enum gv_err gdoi_push_open(const struct gdoi_kek *kek, uint8_t *message, size_t n,
                           struct gdoi_push *out) GV_MUST_CHECK;
void gdoi_push_clear(struct gdoi_push *push);

/* How the signature came: the variants that are in use. */
struct gdoi_sig_variant {
    enum gdoi_sig_form form;
    bool padded_length; /* the signed header's length counts the padding */
};

/* Is the signature valid, in any variant? *variant says in which. */
bool gdoi_push_verify(const struct gdoi_kek *kek, const struct gdoi_push *push,
                      struct gdoi_sig_variant *variant);

#endif
