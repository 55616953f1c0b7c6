/* SPDX-License-Identifier: Apache-2.0 */
/* The first octet is the notification's number, then varbinds: kind, arcs, value. Whatever they
 * say, an event has its name and ended texts. */
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "snmp/trap.h"

enum { VARS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_ended(const char *text, size_t size)
{
    if (memchr(text, '\0', size) == NULL)
        abort();
}

/* Arcs of one octet each behind the MIB's root: 1.3.6.1.4.1.9.9.759. */
static size_t read_oid(struct gv_reader *in, uint32_t *oid)
{
    static const uint32_t root[] = {1, 3, 6, 1, 4, 1, 9, 9, 759};
    size_t n = sizeof(root) / sizeof(root[0]), more = gv_reader_uint(in, 1) % 64;

    memcpy(oid, root, sizeof(root));
    while (more-- > 0 && !in->bad)
        oid[n++] = gv_reader_uint(in, 1);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_reader in = gv_reader(data, size);
    uint32_t trap[] = {1, 3, 6, 1, 4, 1, 9, 9, 759, 0, gv_reader_uint(&in, 1)};
    uint32_t oids[VARS][GV_OID_ARCS];
    struct gv_snmp_var vars[VARS] = {{0}};
    struct gv_event event;
    size_t n = 0;

    for (; n < VARS && in.left > 0; n++) {
        vars[n].kind = gv_reader_uint(&in, 1) % 2 ? GV_SNMP_NUMBER : GV_SNMP_OCTETS;
        vars[n].oid = oids[n];
        vars[n].oid_n = read_oid(&in, oids[n]);
        vars[n].octets_n = gv_reader_uint(&in, 1);
        vars[n].number = vars[n].octets_n;
        vars[n].octets = gv_reader_take(&in, vars[n].octets_n);
        if (in.bad)
            vars[n].octets_n = 0;
    }
    if (gv_trap_read(trap, sizeof(trap) / sizeof(trap[0]), vars, n, &event) != GV_OK)
        return 0;
    if (event.code[0] == '\0' || event.kind == GV_EVENT_OTHER)
        abort();
    expect_ended(event.group, sizeof(event.group));
    expect_ended(event.group_id, sizeof(event.group_id));
    expect_ended(event.ks, sizeof(event.ks));
    expect_ended(event.gm, sizeof(event.gm));
    return 0;
}
