/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets are a key download or none, and a failed one leaves nothing behind. */
#include <stdlib.h>

#include "gdoi/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool sound(const struct gdoi_kd *kd, const uint8_t *data, size_t size)
{
    uint32_t packets = kd->tek_count + kd->lkh_count + kd->sid_count + (kd->has_kek ? 1 : 0);

    if (packets > GDOI_PACKETS_MOST || (!kd->has_kek && (kd->kek != NULL || kd->sig_key_n > 0)))
        return false;
    if (kd->kek != NULL && (gv_secret_size(kd->kek) < 1 || gv_secret_size(kd->kek) > 64))
        return false;
    return kd->sig_key_n == 0 || (kd->sig_key_n <= GDOI_SIG_KEY_MOST && kd->sig_key >= data &&
                                  kd->sig_key + kd->sig_key_n <= data + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gdoi_kd kd;

    if (gdoi_kd_decode(gv_reader(data, size), &kd) == GV_OK && !sound(&kd, data, size))
        abort();
    gdoi_kd_clear(&kd);
    return 0;
}
