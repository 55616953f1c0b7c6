/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/deviation.h"

#include <string.h>

static const char *const names[] = {
    [GDOI_LONG_RESERVED] = "SAK with six reserved octets",
    [GDOI_DST_PROTOCOL] = "SAK or SAT with an octet DST ID Prot",
    [GDOI_LIFE_FORM] = "KEK_KEY_LIFETIME in fewer than four octets",
    [GDOI_LIFE_ABSENT] = "no KEK_KEY_LIFETIME",
    [GDOI_LIFE_FULL] = "KEK_KEY_LIFETIME does not shrink as the KEK ages",
    [GDOI_SIG_UNTOLD] = "SIG_ALGORITHM or SIG_HASH_ALGORITHM is missing",
    [GDOI_KEK_UNUSABLE] = "a KEK that cannot be used: its rekeys stay unread",
    [GDOI_KEY_FORM] = "public key of rekeys is not a SubjectPublicKeyInfo",
    [GDOI_KEY_UNTOLD] = "KEK rekey without a public key: the one before goes on",
    [GDOI_OTHER_SPI] = "KD's KEK packet has another SPI than the SAK",
    [GDOI_NO_DIGEST_INFO] = "RSA signature of rekeys without DigestInfo",
    [GDOI_DER_SIGNATURE] = "ECDSA signature of rekeys in DER",
    [GDOI_LENGTH_UNPADDED] = "HDR.Length as signed does not count the padding",
    [GDOI_LENGTH_SHORT] = "HDR.Length as sent does not count the padding",
    [GDOI_SEQ_GOES_ON] = "SEQ goes on after a KEK change",
    [GDOI_SEQ_EARLY] = "SEQ starts anew in the rekey that brings the KEK",
    [GDOI_KEK_REPEATED] = "a TEK rekey repeats the KEK",
    [GDOI_KEK_ALONE] = "a KEK rekey without a TEK",
    [GDOI_ODD_PADDING] = "padding of octets other than 0",
    [GDOI_UNKNOWN_PARTS] = "attributes, payloads or key packets that RFC 6407 does not know",
    [GDOI_LKH_USED] = "LKH, which is passed over",
};

_Static_assert(sizeof(names) / sizeof(names[0]) == GDOI_DEVIATION_COUNT, "a name for each");

const char *gdoi_deviation_name(enum gdoi_deviation deviation)
{
    return deviation < GDOI_DEVIATION_COUNT ? names[deviation] : "invalid";
}

static uint32_t of_sak(const struct gdoi_sak *sak)
{
    enum { LKH = 1 };
    bool implied = sak->sig_algorithm == GDOI_SIG_DSS || sak->sig_algorithm >= GDOI_SIG_ECDSS;

    return gdoi_deviates(sak->long_reserved, GDOI_LONG_RESERVED) |
           gdoi_deviates(sak->dst_protocol, GDOI_DST_PROTOCOL) |
           gdoi_deviates(sak->lifetime_s > 0 && sak->life_short, GDOI_LIFE_FORM) |
           gdoi_deviates(sak->lifetime_s == 0, GDOI_LIFE_ABSENT) |
           gdoi_deviates(sak->sig_algorithm == 0 || (sak->sig_hash == 0 && !implied),
                         GDOI_SIG_UNTOLD) |
           gdoi_deviates(sak->attrs.unknown > 0, GDOI_UNKNOWN_PARTS) |
           gdoi_deviates(sak->management == LKH, GDOI_LKH_USED);
}

uint32_t gdoi_sa_deviations(const struct gdoi_sa *sa)
{
    uint32_t all = sa->has_sak ? of_sak(&sa->sak) : 0;

    for (size_t i = 0; i < sa->tek_count; i++)
        all |= gdoi_deviates(sa->teks[i].dst_protocol, GDOI_DST_PROTOCOL);
    return all |
           gdoi_deviates(sa->unknown > 0 || sa->gap.attrs.unknown > 0, GDOI_UNKNOWN_PARTS);
}

uint32_t gdoi_kd_deviations(const struct gdoi_sa *sa, const struct gdoi_kd *kd)
{
    return gdoi_deviates(sa->has_sak && kd->has_kek &&
                             memcmp(sa->sak.spi, kd->kek_spi, GDOI_SPI_SIZE) != 0,
                         GDOI_OTHER_SPI) |
           gdoi_deviates(kd->unknown > 0, GDOI_UNKNOWN_PARTS) |
           gdoi_deviates(kd->lkh_count > 0, GDOI_LKH_USED);
}
