/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/library_pdu.h"

#include "snmp/library.h"

static size_t narrow(const oid *arcs, size_t n, uint32_t *out)
{
    if (n > GV_OID_ARCS)
        n = GV_OID_ARCS;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint32_t)arcs[i];
    return n;
}

static void decode_value(const netsnmp_variable_list *in, struct gv_snmp_var *out,
                         uint32_t *value)
{
    switch (in->type) {
    case ASN_INTEGER:
        out->kind = *in->val.integer < 0 ? GV_SNMP_OTHER : GV_SNMP_NUMBER;
        out->number = (uint64_t)*in->val.integer;
        break;
    case ASN_COUNTER:
    case ASN_GAUGE:
    case ASN_TIMETICKS:
        out->kind = in->type == ASN_TIMETICKS ? GV_SNMP_TICKS : GV_SNMP_NUMBER;
        out->number = (uint32_t)*in->val.integer;
        break;
    case ASN_COUNTER64:
        out->kind = GV_SNMP_NUMBER;
        out->number =
            (uint64_t)in->val.counter64->high << 32 | (uint32_t)in->val.counter64->low;
        break;
    case ASN_OCTET_STR:
    case ASN_IPADDRESS:
        out->kind = GV_SNMP_OCTETS;
        out->octets = in->val.string;
        out->octets_n = in->val_len;
        break;
    case ASN_OBJECT_ID:
        out->kind = GV_SNMP_OID;
        out->arcs = value;
        out->arcs_n = narrow(in->val.objid, in->val_len / sizeof(oid), value);
        break;
    case SNMP_ENDOFMIBVIEW:
        out->kind = GV_SNMP_END;
        break;
    default:
        out->kind = GV_SNMP_OTHER;
        break;
    }
}

struct gv_snmp_answer gv_library_decode(const netsnmp_pdu *pdu)
{
    struct gv_answer_room *room = gv_library_answer_room();
    struct gv_snmp_answer answer = {.error_status = (uint32_t)pdu->errstat,
                                    .error_index = (uint32_t)pdu->errindex,
                                    .vars = room->vars};

    for (const netsnmp_variable_list *v = pdu->variables;
         v != NULL && answer.n < GV_ANSWER_VARS; v = v->next_variable) {
        struct gv_snmp_var *out = &room->vars[answer.n];

        *out = (struct gv_snmp_var){.oid = room->oids[answer.n]};
        out->oid_n = narrow(v->name, v->name_length, room->oids[answer.n]);
        decode_value(v, out, room->values[answer.n]);
        answer.n++;
    }
    return answer;
}

bool gv_library_community_is(const netsnmp_pdu *pdu, const struct gv_secret *community)
{
    unsigned char diff = 0;

    if (community == NULL || pdu->community == NULL ||
        pdu->community_len != gv_secret_size(community))
        return false;
    for (size_t i = 0; i < pdu->community_len; i++)
        diff |= (unsigned char)(pdu->community[i] ^ (u_char)gv_secret_reveal(community)[i]);
    return diff == 0;
}
