/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/answer_text.h"

/* Of one answer: a PDU of 60 varbinds, each with the longest OID or a long text, is smaller. */
enum { ANSWER_MOST = 128 << 10 };

static void add_oid(struct gv_buf *out, const uint32_t *arcs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        gv_buf_add_char(out, '.');
        gv_buf_add_u64(out, arcs[i]);
    }
}

static bool printable(const uint8_t *octets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((octets[i] < 0x20 || octets[i] > 0x7e) && octets[i] != '\r' && octets[i] != '\n')
            return false;
    return true;
}

/* The lines of a sysDescr become lines. */
static void add_octets(struct gv_buf *out, const uint8_t *octets, size_t n)
{
    if (!printable(octets, n)) {
        gv_buf_add_hex(out, octets, n);
        return;
    }
    gv_buf_add_char(out, '"');
    for (size_t i = 0; i < n; i++)
        if (octets[i] != '\r')
            gv_buf_add_char(out, (char)octets[i]);
    gv_buf_add_char(out, '"');
}

static void add_value(struct gv_buf *out, const struct gv_snmp_var *var)
{
    switch (var->kind) {
    case GV_SNMP_NUMBER:
        gv_buf_add_u64(out, var->number);
        return;
    case GV_SNMP_TICKS:
        gv_buf_add_u64(out, var->number);
        gv_buf_add_str(out, " ticks");
        return;
    case GV_SNMP_OCTETS:
        add_octets(out, var->octets, var->octets_n);
        return;
    case GV_SNMP_OID:
        add_oid(out, var->arcs, var->arcs_n);
        return;
    case GV_SNMP_END:
        gv_buf_add_str(out, "end of the view");
        return;
    case GV_SNMP_OTHER:
        gv_buf_add_str(out, "no such object, or no value");
        return;
    }
}

void gv_answer_text_add(struct gv_transcript *transcript, unsigned request,
                        const struct gv_snmp_answer *answer)
{
    struct gv_buf question = gv_buf(128), text = gv_buf(ANSWER_MOST);

    gv_buf_add_str(&question, "request ");
    gv_buf_add_u64(&question, request);
    if (answer->error_status != GV_SNMP_NO_ERROR) {
        gv_buf_add_str(&question, ": error-status ");
        gv_buf_add_u64(&question, answer->error_status);
        gv_buf_add_str(&question, ", error-index ");
        gv_buf_add_u64(&question, answer->error_index);
    }
    for (size_t i = 0; i < answer->n; i++) {
        add_oid(&text, answer->vars[i].oid, answer->vars[i].oid_n);
        gv_buf_add_str(&text, " = ");
        add_value(&text, &answer->vars[i]);
        gv_buf_add_char(&text, '\n');
    }
    gv_transcript_add(transcript, question.at != NULL ? question.at : "request",
                      (struct gv_text){text.at != NULL ? text.at : "", text.n});
    gv_buf_clear(&question);
    gv_buf_clear(&text);
}
