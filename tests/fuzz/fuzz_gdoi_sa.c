/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets are a policy or none: its numbers are in range, its TEKs all differ. */
#include <stdlib.h>

#include "gdoi/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEN_YEARS_S = 315360000 };

static bool sound_address(const struct gdoi_address *address)
{
    return address->n <= GDOI_ADDRESS_MOST;
}

/* Lifetime and signature algorithm may be absent: 0. */
static bool sound_sak(const struct gdoi_sak *sak)
{
    return sak->lifetime_s <= TEN_YEARS_S && sak->algorithm >= 1 &&
           sak->attrs.unknown <= ISAKMP_ATTRS_MOST && sound_address(&sak->source) &&
           sound_address(&sak->destination);
}

static bool sound_teks(const struct gdoi_sa *sa)
{
    for (size_t i = 0; i < sa->tek_count; i++) {
        const struct gdoi_sat *sat = &sa->teks[i];

        if (sat->lifetime_s > TEN_YEARS_S || sat->unknown > ISAKMP_ATTRS_MOST ||
            !sound_address(&sat->source) || !sound_address(&sat->destination))
            return false;
        for (size_t j = 0; j < i; j++)
            if (sa->teks[j].spi == sat->spi && sa->teks[j].protocol == sat->protocol)
                return false;
    }
    return sa->tek_count <= GDOI_TEKS_MOST && sa->tek_count <= sa->sat_count &&
           sa->sat_count <= GDOI_SATS_MOST;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct gdoi_sa sa;

    if (gdoi_sa_decode(gv_reader(data, size), &sa) != GV_OK)
        return 0;
    if ((sa.has_sak && !sound_sak(&sa.sak)) || !sound_teks(&sa))
        abort();
    return 0;
}
