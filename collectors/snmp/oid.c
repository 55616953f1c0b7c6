/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/oid.h"

#include <string.h>

int gv_oid_compare(const uint32_t *a, size_t a_n, const uint32_t *b, size_t b_n)
{
    for (size_t i = 0; i < a_n && i < b_n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    if (a_n == b_n)
        return 0;
    return a_n < b_n ? -1 : 1;
}

bool gv_oid_under(const uint32_t *oid, size_t oid_n, const uint32_t *prefix, size_t prefix_n)
{
    return oid_n > prefix_n && memcmp(oid, prefix, prefix_n * sizeof(*oid)) == 0;
}

size_t gv_oid_pack(const uint32_t *arcs, size_t n, uint8_t *out, size_t room)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned shift = 28;

        while (shift > 0 && arcs[i] >> shift == 0)
            shift -= 7;
        for (;; shift -= 7) {
            if (used == room)
                return 0;
            out[used++] = (uint8_t)((arcs[i] >> shift & 0x7f) | (shift > 0 ? 0x80 : 0));
            if (shift == 0)
                break;
        }
    }
    return used;
}

size_t gv_oid_unpack(const uint8_t *packed, size_t n, uint32_t *out, size_t room)
{
    size_t arcs = 0;
    uint32_t arc = 0;

    for (size_t i = 0; i < n && arcs < room; i++) {
        arc = arc << 7 | (packed[i] & 0x7f);
        if ((packed[i] & 0x80) == 0) {
            out[arcs++] = arc;
            arc = 0;
        }
    }
    return arcs;
}
