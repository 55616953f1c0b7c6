/* SPDX-License-Identifier: Apache-2.0 */
/* The first octet chooses root and table, the rest is an index in BER's base 128. What is
 * accepted can be written again as the same arcs, and has a text. */
#include <stdlib.h>
#include <string.h>

#include "snmp/gdoi_index.h"
#include "snmp/oid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t encode(const struct gv_gdoi_table *table, const struct gv_gdoi_index *index,
                     uint32_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < table->identities; i++) {
        out[n++] = index->id[i].type;
        out[n++] = index->id[i].octets_n;
        for (size_t o = 0; o < index->id[i].octets_n; o++)
            out[n++] = index->id[i].octets[o];
    }
    if (n != index->owner_n)
        abort();
    for (size_t i = 0; i < table->numbers; i++)
        out[n++] = index->number[i];
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t arcs[GV_OID_ARCS], again[2 * GV_OID_ARCS];
    const struct gv_gdoi_table *table;
    struct gv_gdoi_index index;
    size_t n;

    if (size == 0)
        return 0;
    table = &gv_gdoi_roots[data[0] / GV_GDOI_TABLES % GV_GDOI_ROOTS]
                 .tables[data[0] % GV_GDOI_TABLES];
    n = gv_oid_unpack(data + 1, size - 1, arcs, GV_OID_ARCS);
    if (table->arcs_n == 0 || gv_gdoi_index_decode(table, arcs, n, &index) != GV_OK)
        return 0;
    if (encode(table, &index, again) != n || memcmp(arcs, again, n * sizeof(arcs[0])) != 0)
        abort();
    for (size_t i = 0; i < table->identities; i++) {
        char text[GV_GDOI_ID_TEXT];
        struct gv_text shown = gv_gdoi_id_text(&index.id[i], text);

        if (shown.n == 0 || shown.n >= GV_GDOI_ID_TEXT || text[shown.n] != '\0')
            abort();
        (void)gv_gdoi_id_multicast(&index.id[i]);
        (void)gv_gdoi_id_unset(&index.id[i]);
    }
    return 0;
}
