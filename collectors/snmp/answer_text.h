/* SPDX-License-Identifier: Apache-2.0 */
/* An answer as text, a line a varbind, much as snmpwalk prints it with numeric OIDs. Pure. */
#ifndef GV_SNMP_ANSWER_TEXT_H
#define GV_SNMP_ANSWER_TEXT_H

#include "base/transcript.h"
#include "snmp/snmp_var.h"

/* Append the answer to the request of that number. */
void gv_answer_text_add(struct gv_transcript *transcript, unsigned request,
                        const struct gv_snmp_answer *answer);

#endif
