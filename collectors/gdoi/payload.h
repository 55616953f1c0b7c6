/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of GDOI's payloads: identities, policy, keys, sequence, deletes, notifies.
 *
 * Pure. Every nested length is bounded by the enclosing one; unknown attributes, payloads
 * and key packets are counted and passed over, because a probe watches where a member
 * would have to give up (RFC 6407, 5.3.1). The key server is not trusted.
 * Source: RFC 6407, chapter 5; RFC 8263; what differs in the field: notes on the protocol,
 * chapters 11 and 12. */
#ifndef GV_GDOI_PAYLOAD_H
#define GV_GDOI_PAYLOAD_H

#include "base/secret.h"
#include "gdoi/isakmp.h"

enum {
    GDOI_DOI = 2,
    GDOI_SPI_SIZE = 16,     /* of a KEK: the cookie pair of its PUSHes */
    GDOI_TEKS_MOST = 16,    /* TEKs of different SPIs in one SA; more are counted only */
    GDOI_SATS_MOST = 1000,  /* one for each line of the access list */
    GDOI_PACKETS_MOST = 64, /* key packets of one KD */
    GDOI_ADDRESS_MOST = 32, /* an IPv6 range */
    GDOI_SIG_KEY_MOST = 4096,
    GDOI_LIFE_MOST_S = 315360000 /* ten years: a longer life is cut to it (threats, 2.4) */
};

/* RFC 2407, 4.6.2.1, and RFC 8052. */
enum gdoi_id_type {
    GDOI_ID_IPV4 = 1,
    GDOI_ID_FQDN = 2,
    GDOI_ID_USER_FQDN = 3,
    GDOI_ID_IPV4_SUBNET = 4,
    GDOI_ID_IPV6 = 5,
    GDOI_ID_IPV6_SUBNET = 6,
    GDOI_ID_IPV4_RANGE = 7,
    GDOI_ID_IPV6_RANGE = 8,
    GDOI_ID_DN = 9,
    GDOI_ID_KEY_ID = 11,
    GDOI_ID_OID = 13
};

/* An address of a policy. */
struct gdoi_address {
    uint8_t type; /* enum gdoi_id_type; 0: none */
    uint16_t port;
    uint8_t n; /* octets; 0 where they are not an address's and were passed over */
    uint8_t octets[GDOI_ADDRESS_MOST];
};

/* SAK, RFC 6407, 5.3. Numbers of attributes are 0 where the KS did not say. */
struct gdoi_sak {
    uint8_t protocol; /* of the rekeys: 17, UDP */
    struct gdoi_address source, destination;
    uint8_t spi[GDOI_SPI_SIZE];
    uint32_t management;    /* 1: LKH */
    uint32_t algorithm;     /* enum gdoi_kek_cipher */
    uint32_t key_bits;      /* without the IV */
    uint32_t lifetime_s;    /* what is left of it; 0: not said */
    uint32_t sig_hash;      /* enum gdoi_sig_hash */
    uint32_t sig_algorithm; /* enum gdoi_sig */
    uint32_t sig_key_bits;
    uint32_t ack_requested; /* RFC 8263: 1..4; 0: none */
    struct isakmp_attrs attrs;
    bool life_in_place; /* the lifetime came in two octets in place, as the reference
                         * implementation sends it: then it may be the full one always */
    bool life_short;    /* it came in fewer than four octets */
    bool long_reserved; /* six reserved octets, as RFC 3547's POP fields */
    bool dst_protocol;  /* an octet "DST ID Prot" ahead of the destination */
};

enum gdoi_kek_cipher { GDOI_KEK_DES = 1, GDOI_KEK_3DES = 2, GDOI_KEK_AES = 3 };
enum gdoi_sig_hash {
    GDOI_SIG_MD5 = 1,
    GDOI_SIG_SHA1 = 2,
    GDOI_SIG_SHA256 = 3,
    GDOI_SIG_SHA384 = 4,
    GDOI_SIG_SHA512 = 5
};
enum gdoi_sig {
    GDOI_SIG_RSA = 1,
    GDOI_SIG_DSS = 2,
    GDOI_SIG_ECDSS = 3,
    GDOI_SIG_ECDSA_256 = 4,
    GDOI_SIG_ECDSA_384 = 5,
    GDOI_SIG_ECDSA_521 = 6
};

/* SAT, RFC 6407, 5.5; of several with one SPI the first. */
struct gdoi_sat {
    uint8_t protocol;  /* 1 ESP, 2 AH */
    uint8_t transform; /* of that protocol */
    uint32_t spi;
    struct gdoi_address source, destination;
    uint32_t lifetime_s; /* what is left; 0: not said in seconds */
    uint32_t encapsulation, auth, key_bits;
    uint32_t unknown;  /* attributes */
    bool dst_protocol; /* an octet "DST ID Prot" ahead of the destination */
};

/* GAP, RFC 6407, 5.4. */
struct gdoi_gap {
    uint32_t activation_delay_s, deactivation_delay_s, sender_ids;
    struct isakmp_attrs attrs;
};

/* The policy of a group: SA of PULL and PUSH, RFC 6407, 5.2. */
struct gdoi_sa {
    bool has_sak, has_gap;
    struct gdoi_sak sak;
    struct gdoi_gap gap;
    struct gdoi_sat teks[GDOI_TEKS_MOST];
    size_t tek_count;
    uint32_t sat_count; /* all SATs, one for each line of the access list */
    uint32_t unknown;   /* payloads of other types, SATs of other protocols */
};

/* GV_ERR_TRUNCATED, GV_ERR_MALFORMED, GV_ERR_RANGE, GV_ERR_TOO_LARGE; GV_ERR_NOT_SUPPORTED
 * for another DOI or situation. */
enum gv_err gdoi_sa_decode(struct gv_reader body, struct gdoi_sa *out) GV_MUST_CHECK;

/* The keys of a group, RFC 6407, 5.6. TEK key octets are passed over unread. */
struct gdoi_kd {
    bool has_kek;
    uint8_t kek_spi[GDOI_SPI_SIZE]; /* may be the old one's: match by type (11.5); zeros where
                                     * it has another size */
    struct gv_secret *kek;          /* IV, then key; NULL: none came */
    const uint8_t *sig_key;         /* public key, in the datagram; NULL: none came */
    size_t sig_key_n;
    uint32_t tek_count, lkh_count, sid_count, unknown;
};

/* Read the key packets; *out then owns the KEK: release with gdoi_kd_clear, on failure too.
 * Errors as above, and GV_ERR_NO_MEMORY. */
enum gv_err gdoi_kd_decode(struct gv_reader body, struct gdoi_kd *out) GV_MUST_CHECK;
void gdoi_kd_clear(struct gdoi_kd *kd);

/* The sequence number of a SEQ payload, RFC 6407, 5.7. */
enum gv_err gdoi_seq_decode(struct gv_reader body, uint32_t *out) GV_MUST_CHECK;

/* A Delete, RFC 6407, 5.9: SPIs of one protocol. One that is none of these is read all the
 * same, and says nothing to us. */
struct gdoi_delete {
    uint8_t protocol; /* 0: KEK; 1 ESP, 2 AH */
    uint8_t spi_size;
    uint16_t count;
    struct gv_reader spis;
    bool all; /* an SPI of zero: everything of that protocol */
};
enum gv_err gdoi_delete_decode(struct gv_reader body, struct gdoi_delete *out) GV_MUST_CHECK;

/* A Notify, RFC 2408, 3.14. */
struct isakmp_notify {
    uint8_t protocol;
    uint16_t type;
    struct gv_reader spi, data;
};
enum gv_err isakmp_notify_decode(struct gv_reader body,
                                 struct isakmp_notify *out) GV_MUST_CHECK;

/* An ID payload, RFC 2407, 4.6.2. */
struct isakmp_id {
    uint8_t type, protocol;
    uint16_t port;
    struct gv_reader data;
};
enum gv_err isakmp_id_decode(struct gv_reader body, struct isakmp_id *out) GV_MUST_CHECK;

#endif
