/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/usm.h"

#include <net-snmp/library/lcd_time.h>

#include <string.h>

#include "io/log.h"

/* NETSNMP's own tables are arrays of oid that it does not declare const. */
struct protocol {
    oid *oid;
    size_t n;
};

#define PROTOCOL(name)                                                                         \
    {                                                                                          \
        name, sizeof(name) / sizeof((name)[0])                                                 \
    }

static const struct protocol auth_protocols[] = {
    [GV_SNMP_NO_AUTH] = PROTOCOL(usmNoAuthProtocol),
    [GV_SNMP_MD5] = PROTOCOL(usmHMACMD5AuthProtocol),
    [GV_SNMP_SHA1] = PROTOCOL(usmHMACSHA1AuthProtocol),
    [GV_SNMP_SHA224] = PROTOCOL(usmHMAC128SHA224AuthProtocol),
    [GV_SNMP_SHA256] = PROTOCOL(usmHMAC192SHA256AuthProtocol),
    [GV_SNMP_SHA384] = PROTOCOL(usmHMAC256SHA384AuthProtocol),
    [GV_SNMP_SHA512] = PROTOCOL(usmHMAC384SHA512AuthProtocol),
};

static const struct protocol priv_protocols[] = {
    [GV_SNMP_NO_PRIV] = PROTOCOL(usmNoPrivProtocol),
    [GV_SNMP_DES] = PROTOCOL(usmDESPrivProtocol),
    [GV_SNMP_AES128] = PROTOCOL(usmAESPrivProtocol),
    [GV_SNMP_AES192] = PROTOCOL(usmAES192PrivProtocol),
    [GV_SNMP_AES256] = PROTOCOL(usmAES256PrivProtocol),
    [GV_SNMP_AES192_REEDER] = PROTOCOL(usmAES192CiscoPrivProtocol),
    [GV_SNMP_AES256_REEDER] = PROTOCOL(usmAES256CiscoPrivProtocol),
};

enum { BUCKETS = 4096 };
static struct gv_usm *engines[BUCKETS]; /* the register: every known engine, by its id */

const oid *gv_usm_auth_oid(enum gv_snmp_auth auth, size_t *n)
{
    *n = auth_protocols[auth].n;
    return auth_protocols[auth].oid;
}

void gv_usm_init(struct gv_usm *usm, const char *target,
                 const struct gv_snmp_credential *credential)
{
    *usm = (struct gv_usm){.target = target, .credential = credential};
}

/* ---- The register of engines ------------------------------------------------------------ */

static struct gv_usm **bucket_of(const struct gv_usm *usm)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < usm->engine_n; i++)
        hash = (hash ^ usm->engine[i]) * 16777619u;
    return &engines[hash % BUCKETS];
}

static void enrol(struct gv_usm *usm)
{
    struct gv_usm **bucket = bucket_of(usm);

    for (const struct gv_usm *u = *bucket; u != NULL; u = u->next)
        if (u->engine_n == usm->engine_n && memcmp(u->engine, usm->engine, u->engine_n) == 0 &&
            strcmp(u->target, usm->target) != 0) {
            gv_log(GV_LOG_WARN, usm->target,
                   "SNMP engine id is also that of target %s: a cloned configuration?",
                   u->target);
            break;
        }
    usm->next = *bucket;
    *bucket = usm;
}

static void leave_register(struct gv_usm *usm)
{
    struct gv_usm **at = bucket_of(usm);

    while (*at != NULL && *at != usm)
        at = &(*at)->next;
    if (*at != NULL)
        *at = usm->next;
}

/* ---- The engine and its user ------------------------------------------------------------ */

static void drop_engine(struct gv_usm *usm)
{
    if (usm->engine_n > 0)
        leave_register(usm);
    if (usm->user != NULL) {
        (void)usm_remove_user(usm->user);
        usm->user->next = usm->user->prev = NULL;
        (void)usm_free_user(usm->user);
    }
    usm->user = NULL;
    usm->engine_n = 0;
    usm->pinned = false;
}

void gv_usm_clear(struct gv_usm *usm)
{
    drop_engine(usm);
    gv_snmp_keys_put(usm->keys);
    usm->keys = NULL;
}

static int level_of(const struct gv_snmp_credential *c)
{
    if (c->auth == GV_SNMP_NO_AUTH)
        return SNMP_SEC_LEVEL_NOAUTH;
    return c->priv == GV_SNMP_NO_PRIV ? SNMP_SEC_LEVEL_AUTHNOPRIV : SNMP_SEC_LEVEL_AUTHPRIV;
}

static void copy_key(const struct gv_secret *key, u_char *out, size_t room, size_t *n)
{
    *n = 0;
    if (key == NULL || gv_secret_size(key) > room)
        return;
    *n = gv_secret_size(key);
    memcpy(out, gv_secret_reveal(key), *n);
}

enum gv_err gv_usm_session(struct gv_usm *usm, netsnmp_session *session)
{
    const struct gv_snmp_credential *c = usm->credential;
    const struct protocol *auth = &auth_protocols[c->auth], *priv = &priv_protocols[c->priv];

    if (usm->keys == NULL)
        usm->keys = gv_snmp_keys_get(c);
    if (usm->keys == NULL || c->user == NULL)
        return GV_ERR_AUTHENTICATION;
    session->securityModel = SNMP_SEC_MODEL_USM;
    session->securityLevel = level_of(c);
    session->securityName = (char *)(uintptr_t)c->user; /* the library copies it */
    session->securityNameLen = strlen(c->user);
    session->securityAuthProto = auth->oid;
    session->securityAuthProtoLen = auth->n;
    session->securityPrivProto = priv->oid;
    session->securityPrivProtoLen = priv->n;
    return GV_OK;
}

static void set_octets(u_char **at, size_t *n, const uint8_t *octets, size_t octets_n)
{
    free(*at);
    *at = netsnmp_memdup(octets, octets_n);
    *n = *at != NULL ? octets_n : 0;
}

static void session_engine(netsnmp_session *session, const uint8_t *id, size_t n)
{
    set_octets(&session->securityEngineID, &session->securityEngineIDLen, id, n);
    set_octets(&session->contextEngineID, &session->contextEngineIDLen, id, n);
}

/* The session holds Ku for this call only. */
static int create_user(const struct gv_usm *usm, netsnmp_session *session)
{
    int created;

    copy_key(usm->keys->auth_ku, session->securityAuthKey, sizeof(session->securityAuthKey),
             &session->securityAuthKeyLen);
    copy_key(usm->keys->priv_ku, session->securityPrivKey, sizeof(session->securityPrivKey),
             &session->securityPrivKeyLen);
    session->flags &= ~(u_long)SNMP_FLAGS_USER_CREATED;
    created = create_user_from_session(session);
    gv_wipe(session->securityAuthKey, sizeof(session->securityAuthKey));
    gv_wipe(session->securityPrivKey, sizeof(session->securityPrivKey));
    return created;
}

enum gv_err gv_usm_found(struct gv_usm *usm, netsnmp_session *session, const uint8_t *id,
                         size_t n)
{
    if (n == 0 || n > sizeof(usm->engine))
        return GV_ERR_MALFORMED;
    session_engine(session, id, n);
    if (usm->user != NULL && usm->engine_n == n && memcmp(usm->engine, id, n) == 0) {
        session->flags |= SNMP_FLAGS_USER_CREATED;
        return GV_OK;
    }
    drop_engine(usm);
    memcpy(usm->engine, id, n);
    usm->engine_n = (uint8_t)n;
    enrol(usm);
    if (create_user(usm, session) != SNMPERR_SUCCESS)
        return GV_ERR_AUTHENTICATION;
    usm->user = usm_get_user(id, n, usm->credential->user);
    if (usm->user == NULL)
        return GV_ERR_NO_MEMORY;
    (void)usm_remove_user(usm->user);
    return GV_OK;
}

void gv_usm_blank(netsnmp_session *session)
{
    set_octets(&session->securityEngineID, &session->securityEngineIDLen, NULL, 0);
    set_octets(&session->contextEngineID, &session->contextEngineIDLen, NULL, 0);
    session->flags &= ~(u_long)SNMP_FLAGS_USER_CREATED;
}

void gv_usm_forget(struct gv_usm *usm, netsnmp_session *session)
{
    drop_engine(usm);
    gv_usm_blank(session);
}

void gv_usm_set_clock(struct gv_usm *usm, uint32_t boots, uint32_t time)
{
    usm->boots = boots;
    usm->time = time;
    usm->at = snmpv3_local_snmpEngineTime();
    /* What the library holds came from a message that proves no more. */
    free_etimelist();
}

bool gv_usm_heard_clock(const uint8_t *id, size_t n, uint32_t *boots, uint32_t *time)
{
    u_int b = 0, t = 0;

    if (get_enginetime(id, (u_int)n, &b, &t, FALSE) != SNMPERR_SUCCESS)
        return false;
    *boots = b;
    *time = t;
    return true;
}

/* ---- In and out of the library ---------------------------------------------------------- */

void gv_usm_enter(struct gv_usm *usm)
{
    uint64_t now = snmpv3_local_snmpEngineTime();

    if (usm->user == NULL)
        return;
    usm->user->next = usm->user->prev = NULL;
    (void)usm_add_user(usm->user);
    usm->time += (uint32_t)(now - usm->at);
    usm->at = now;
    (void)set_enginetime(usm->engine, usm->engine_n, usm->boots, usm->time, TRUE);
}

void gv_usm_leave(struct gv_usm *usm)
{
    if (usm->engine_n > 0 &&
        gv_usm_heard_clock(usm->engine, usm->engine_n, &usm->boots, &usm->time))
        usm->at = snmpv3_local_snmpEngineTime();
    free_etimelist();
    if (usm->user != NULL)
        (void)usm_remove_user(usm->user);
}
