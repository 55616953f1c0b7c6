/* SPDX-License-Identifier: Apache-2.0 */
/* The indexes of the GDOI tables: identities, and the numbers after them.
 *
 * An identity is one arc for its type (CgmGdoiIdentificationType) and a
 * length-prefixed octet string for its value, one arc an octet (RFC 2578, 7.7,
 * not IMPLIED). The identities of group, KS, GM and peer exist nowhere else. */
#ifndef GV_SNMP_GDOI_INDEX_H
#define GV_SNMP_GDOI_INDEX_H

#include "base/text.h"
#include "snmp/gdoi_mib.h"

enum { GV_GDOI_INDEX_IDENTITIES = 2, GV_GDOI_INDEX_NUMBERS = 2 };

struct gv_gdoi_id {
    uint32_t type;
    uint8_t octets_n;
    uint8_t octets[GV_GDOI_ID_OCTETS];
};

struct gv_gdoi_index {
    struct gv_gdoi_id id[GV_GDOI_INDEX_IDENTITIES]; /* the group; then KS, GM or peer */
    uint32_t number[GV_GDOI_INDEX_NUMBERS];         /* KEK index; selector and policy */
    size_t owner_n;                                 /* leading arcs that hold the identities */
};

/* Take the `n` arcs after a column's OID apart, as the table's INDEX clause
 * says. GV_ERR_MALFORMED where an arc is missing, left over or no octet, and
 * where a KEK index is 0 (it counts up from 1); GV_ERR_RANGE for an address of
 * a wrong length or a value of more than 48 octets. */
enum gv_err gv_gdoi_index_decode(const struct gv_gdoi_table *table, const uint32_t *arcs,
                                 size_t n, struct gv_gdoi_index *out) GV_MUST_CHECK;

/* An identity from a type column and a value column. GV_ERR_RANGE as above. */
enum gv_err gv_gdoi_id_decode(uint32_t type, const uint8_t *octets, size_t n,
                              struct gv_gdoi_id *out) GV_MUST_CHECK;

enum { GV_GDOI_ID_TEXT = 2 + 2 * GV_GDOI_ID_OCTETS + 1 }; /* the longest: hexadecimal */

/* The identity as text, NUL-terminated: an address as in RFC 5952, a subnet as
 * ADDRESS/LENGTH (ADDRESS/MASK where the mask has holes), a range as FIRST-LAST,
 * a group number in decimal, a name as it is. Octets that are not printable
 * ASCII, a distinguished name in DER among them, and unknown types are shown as
 * 0x and hexadecimal. */
struct gv_text gv_gdoi_id_text(const struct gv_gdoi_id *id, char out[GV_GDOI_ID_TEXT]);

/* True where the identity is a multicast address: 224/4 or ff00::/8. */
bool gv_gdoi_id_multicast(const struct gv_gdoi_id *id);

/* True where the identity is an IPv4 or IPv6 address or subnet. */
bool gv_gdoi_id_is_address(const struct gv_gdoi_id *id);

/* True for no octets, and for zeros only: "not set". */
bool gv_gdoi_id_unset(const struct gv_gdoi_id *id);

#endif
