/* SPDX-License-Identifier: Apache-2.0 */
/* Syslog: one line that a router or a relay wrote, as an event.
 *
 * Pure. Takes RFC 3164 and RFC 5424 framing, what syslog servers write into files, and bare
 * lines of `show logging`; several relays may have put their part before it. Source of the
 * messages: the notes on syslog; unknown mnemonics are events of kind GV_EVENT_OTHER. */
#ifndef GV_EVENTS_SYSLOG_H
#define GV_EVENTS_SYSLOG_H

#include "events/event.h"
#include "events/stamp.h"

enum { GV_SYSLOG_SOURCE = 128 };

struct gv_syslog {
    struct gv_event event; /* without an instant: see `stamp` */
    uint32_t severity;     /* 0..7, of the message itself */
    struct gv_stamp stamp; /* the router's own, else that of the relay next to it */
    /* The names before the message, with blanks between them: which device it is of, where the
     * lines of several lie in one file. Empty where there is none. */
    char source[GV_SYSLOG_SOURCE];
};

/* Read `line` (without or with its end) into *out. GV_ERR_NO_DATA where no message of GDOI,
 * CRYPTO or PKI stands in it. */
enum gv_err gv_syslog_read(struct gv_text line, struct gv_syslog *out) GV_MUST_CHECK;

/* Fill kind, code and fields of an event out of a mnemonic and its text. */
void gv_syslog_message(struct gv_text mnemonic, struct gv_text text, struct gv_event *event);

#endif
