/* SPDX-License-Identifier: Apache-2.0 */
/* What a key server does otherwise than RFC 6407 asks, and is understood all the same.
 *
 * Pure. Where each is handled: README.md. Source: notes on the protocol, chapters 11 and 12. */
#ifndef GV_GDOI_DEVIATION_H
#define GV_GDOI_DEVIATION_H

#include "gdoi/payload.h"

enum gdoi_deviation {
    GDOI_LONG_RESERVED,   /* SAK: 6 reserved octets */
    GDOI_DST_PROTOCOL,    /* an octet "DST ID Prot", which no figure has */
    GDOI_LIFE_FORM,       /* KEK_KEY_LIFETIME in fewer than four octets */
    GDOI_LIFE_ABSENT,     /* no KEK_KEY_LIFETIME */
    GDOI_LIFE_FULL,       /* the lifetime of a KEK that is told again does not shrink */
    GDOI_SIG_UNTOLD,      /* no SIG_ALGORITHM, or no hash where it does not imply one */
    GDOI_KEK_UNUSABLE,    /* a KEK that we cannot use: rekeys stay unread */
    GDOI_KEY_FORM,        /* a public key that is no SubjectPublicKeyInfo */
    GDOI_KEY_UNTOLD,      /* a KEK rekey without a public key */
    GDOI_OTHER_SPI,       /* KD: the KEK's packet has another SPI than the SAK */
    GDOI_NO_DIGEST_INFO,  /* RSA over the bare hash */
    GDOI_DER_SIGNATURE,   /* ECDSA in DER */
    GDOI_LENGTH_UNPADDED, /* HDR.Length as signed does not count the padding */
    GDOI_LENGTH_SHORT,    /* nor does it as sent */
    GDOI_SEQ_GOES_ON,     /* SEQ after a KEK change is not 1 */
    GDOI_SEQ_EARLY,       /* SEQ is 1 in the rekey that brings the KEK */
    GDOI_KEK_REPEATED,    /* a TEK rekey repeats the KEK */
    GDOI_KEK_ALONE,       /* a KEK rekey brings no TEK */
    GDOI_ODD_PADDING,     /* octets other than 0 */
    GDOI_UNKNOWN_PARTS,   /* attributes, payloads, key packets that RFC 6407 does not know */
    GDOI_LKH_USED,        /* LKH: RFC 6407 has it, we pass it over */
    GDOI_DEVIATION_COUNT
};

/* "SAK with six reserved octets": static text. */
const char *gdoi_deviation_name(enum gdoi_deviation deviation);

/* Sets of them: bit 1 << deviation. */
static inline uint32_t gdoi_deviates(bool does, enum gdoi_deviation deviation)
{
    return does ? (uint32_t)1 << deviation : 0;
}

/* Those that a policy shows, and a policy with its keys. */
uint32_t gdoi_sa_deviations(const struct gdoi_sa *sa);
uint32_t gdoi_kd_deviations(const struct gdoi_sa *sa, const struct gdoi_kd *kd);

#endif
