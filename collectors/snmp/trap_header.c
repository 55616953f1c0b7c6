/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/trap_header.h"

enum { INTEGER = 2, OCTET_STRING = 4, SEQUENCE = 0x30, LONG_FORM = 0x80, V3 = 3 };

/* The content of the next value, which has to be of that type. */
static struct gv_reader take(struct gv_reader *in, uint32_t type)
{
    uint32_t found = gv_reader_uint(in, 1), n = gv_reader_uint(in, 1);

    if (found != type)
        in->bad = true;
    if (n > LONG_FORM && n <= LONG_FORM + 4)
        n = gv_reader_uint(in, n - LONG_FORM);
    else if (n >= LONG_FORM)
        in->bad = true;
    return gv_reader_sub(in, n);
}

enum gv_err gv_trap_header_read(const void *octets, size_t n, struct gv_trap_header *out)
{
    struct gv_reader in = gv_reader(octets, n), message = take(&in, SEQUENCE);
    struct gv_reader number = take(&message, INTEGER), security, engine;
    struct gv_trap_header header = {.version = gv_reader_uint(&number, 1)};

    if (message.bad || number.bad || number.left > 0)
        return GV_ERR_MALFORMED;
    if (header.version == V3) {
        (void)take(&message, SEQUENCE); /* msgGlobalData */
        security = take(&message, OCTET_STRING);
        security = take(&security, SEQUENCE);
        engine = take(&security, OCTET_STRING);
        if (message.bad || security.bad || engine.bad)
            return GV_ERR_MALFORMED;
        header.engine = engine.at;
        header.engine_n = engine.left;
    }
    *out = header;
    return GV_OK;
}
