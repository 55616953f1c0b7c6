/* SPDX-License-Identifier: Apache-2.0 */
/* net-snmp, as one process has it once: start-up, the descriptor set, random
 * numbers, room for a decoded answer, and keys derived from passwords.
 *
 * One thread owns the library: 5.9.3 is not thread-safe for SNMPv3. */
#ifndef GV_SNMP_LIBRARY_H
#define GV_SNMP_LIBRARY_H

#include <stdint.h>

#include "snmp/walk.h"
#include "target.h"

enum { GV_ANSWER_VARS = GV_WALK_VARS + 1 }; /* one more shows that there are too many */

/* A decoded answer; valid until the next one is decoded. */
struct gv_answer_room {
    struct gv_snmp_var vars[GV_ANSWER_VARS];
    uint32_t oids[GV_ANSWER_VARS][GV_OID_ARCS];
    uint32_t values[GV_ANSWER_VARS][GV_OID_ARCS];
};

/* Start the library: no MIB file, no configuration, no persistent state. Once. */
void gv_library_start(void);

struct gv_answer_room *gv_library_answer_room(void);

/* A number from 1 to 2^31-1 that nobody can foretell, for request ids. */
int32_t gv_library_random(void);

/* Let the library read one datagram from its session `handle` on descriptor `fd`. */
void gv_library_read(void *handle, int fd);

/* Ku of RFC 3414, A.2: a password's key before it is localised to an engine. */
struct gv_snmp_keys {
    struct gv_snmp_keys *next;
    unsigned holders;
    enum gv_snmp_auth auth;
    struct gv_secret *auth_password, *priv_password;
    struct gv_secret *auth_ku, *priv_ku; /* NULL where there is no such password */
};

/* The keys of a credential, derived at the first call for its passwords (2 to
 * 5 ms each), shared afterwards. Release with gv_snmp_keys_put. NULL without
 * memory, or where the library refuses (a password of less than 8 characters). */
struct gv_snmp_keys *gv_snmp_keys_get(const struct gv_snmp_credential *credential);
void gv_snmp_keys_put(struct gv_snmp_keys *keys); /* NULL is fine */

#endif
