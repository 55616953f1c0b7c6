/* SPDX-License-Identifier: Apache-2.0 */
/* The first four octets are the enterprise, the rest is sysDescr: whatever it says, what is
 * called the version stands in it. */
#include <stdlib.h>

#include "base/reader.h"
#include "snmp/sys_descr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){0});
    struct gv_reader in = gv_reader(data, size);
    uint32_t enterprise = gv_reader_uint(&in, 4);
    struct gv_text descr = {(const char *)in.at, in.left};

    if (obs == NULL || in.bad) {
        gv_observation_free(obs);
        return 0;
    }
    gv_sys_descr_read(obs, descr, enterprise);
    if (obs->device.version != NULL && gv_text_find(descr, obs->device.version) == descr.n)
        abort();
    if (obs->device.os != GV_OS_UNSAID && obs->device.vendor == GV_VENDOR_UNSAID)
        abort();
    gv_observation_free(obs);
    return 0;
}
