/* SPDX-License-Identifier: Apache-2.0 */
/* Agent: one SNMP message in, one out, by the net-snmp library's own codec and USM.
 *
 * net-snmp knows one local engine in a process. A lab has hundreds, so each message is
 * handled in the persona of its device: engine id, boots and the one user are put in
 * place before and taken away after. The engine time is the process's for all. */
#ifndef LAB_SNMP_AGENT_H
#define LAB_SNMP_AGENT_H

#include "snmp_view.h"

enum { LAB_MESSAGE_MAX = 65536 };

struct lab_agent; /* of one device */

/* Once in a process, before the first agent. */
void lab_agent_library(void);

/* NULL where the library refuses the credentials. */
struct lab_agent *lab_agent_new(const struct lab_fleet *fleet, const struct lab_device *device,
                                struct lab_view *view);
void lab_agent_free(struct lab_agent *agent); /* NULL is fine */

/* Answer the message. The octets written to `out`; 0 where there is no answer: not SNMP,
 * wrong version or community. Reads the fleet as it stands. */
size_t lab_agent_answer(struct lab_agent *agent, const uint8_t *in, size_t in_n,
                        uint8_t out[LAB_MESSAGE_MAX]);

#endif
