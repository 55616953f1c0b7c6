/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as a message: the engine that it names lies in it. */
#include <stdlib.h>

#include "snmp/trap_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_trap_header header;

    if (gv_trap_header_read(data, size, &header) != GV_OK)
        return 0;
    if (header.engine_n > 0 &&
        (header.engine < data || header.engine + header.engine_n > data + size))
        abort();
    return 0;
}
