/* SPDX-License-Identifier: Apache-2.0 */
/* SNMPv3 of one device: its engine, its clock, and the user localised to it.
 *
 * net-snmp keeps users in one linear list and engine clocks in 23 chains: a
 * look-up among 5,000 costs more than the cryptography. So neither holds more
 * than the one device that is being served: gv_usm_enter puts its user and
 * clock into the library, gv_usm_leave takes them out again. That also keeps
 * two devices with one engine id (cloned configurations) apart. */
#ifndef GV_SNMP_USM_H
#define GV_SNMP_USM_H

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include "snmp/library.h"

enum { GV_ENGINE_ID = 32 }; /* RFC 3411, 5: SnmpEngineID */

struct gv_usm {
    struct gv_usm *next; /* in the register of engines */
    const char *target;  /* name, for the log */
    const struct gv_snmp_credential *credential;
    struct gv_snmp_keys *keys;
    struct usmUser *user; /* NULL until the engine is known */
    uint8_t engine[GV_ENGINE_ID];
    uint8_t engine_n;     /* 0: not known */
    bool pinned;          /* an authenticated answer came from it */
    uint32_t boots, time; /* of the engine, at our own `at` */
    uint64_t at;          /* seconds of the library's clock */
};

/* The library's OID of a protocol. */
const oid *gv_usm_auth_oid(enum gv_snmp_auth auth, size_t *n);

void gv_usm_init(struct gv_usm *usm, const char *target,
                 const struct gv_snmp_credential *credential);
void gv_usm_clear(struct gv_usm *usm);

/* Fill the session that is about to be opened: user, level, protocols.
 * GV_ERR_AUTHENTICATION where no key can be derived from the passwords. */
enum gv_err gv_usm_session(struct gv_usm *usm, netsnmp_session *session) GV_MUST_CHECK;

/* The device's engine has this id: localise the user to it, in an open session.
 * Logs a warning where another target has the same engine. */
enum gv_err gv_usm_found(struct gv_usm *usm, netsnmp_session *session, const uint8_t *id,
                         size_t n) GV_MUST_CHECK;

/* The engine's clock, as a discovery told it: nothing proves it yet. */
void gv_usm_set_clock(struct gv_usm *usm, uint32_t boots, uint32_t time);

/* The clock that the library read from a message of the engine `id`, between
 * enter and leave. False where there was none. */
bool gv_usm_heard_clock(const uint8_t *id, size_t n, uint32_t *boots, uint32_t *time);

/* Let the session's messages carry no engine id, as a discovery must: the library puts in
 * whatever the last Report held, and to a known engine id an agent answers otherwise. */
void gv_usm_blank(netsnmp_session *session);

/* Forget an engine that was never pinned. */
void gv_usm_forget(struct gv_usm *usm, netsnmp_session *session);

/* Around every call that encodes or decodes a message of this device. */
void gv_usm_enter(struct gv_usm *usm);
void gv_usm_leave(struct gv_usm *usm);

#endif
