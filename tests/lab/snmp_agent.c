/* SPDX-License-Identifier: Apache-2.0 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include "snmp_agent.h"

enum {
    ENGINE_ID_SIZE = 11,
    MOST_REPETITIONS = 2000, /* a GETBULK cannot ask for more */
    VARBIND_OVERHEAD = 8,    /* tags and lengths of one varbind, at most */
    MESSAGE_OVERHEAD = 80,   /* header of a v1, v2c message, community up to 32 octets */
    V3_OVERHEAD = 200,       /* the same for v3 */
    MOST_REPEATERS = 64,     /* of one GETBULK */
};

struct lab_agent {
    const struct lab_fleet *fleet;
    const struct lab_device *device;
    struct lab_view *view;
    uint8_t engine_id[ENGINE_ID_SIZE];
    struct usmUser *user; /* NULL for v1, v2c */
    unsigned answered;
};

void lab_agent_library(void)
{
    setenv("MIBS", "", 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_REVERSE_ENCODE, 1);
    snmp_disable_log();
    init_snmp("getvpn_lab");
}

/* --- the persona --- */

struct protocol {
    const oid *name;
    size_t n;
};
#define PROTOCOL(name)                                                                         \
    {                                                                                          \
        name, OID_LENGTH(name)                                                                 \
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

/* Ku costs milliseconds, and most devices of a scenario share a password. */
static bool password_key(const struct protocol *auth, const char *password, u_char *key,
                         size_t *key_n)
{
    static struct {
        const struct protocol *auth;
        const char *password;
        u_char key[USM_AUTH_KU_LEN];
        size_t key_n;
    } last[2];
    static unsigned turn;

    for (unsigned i = 0; i < 2; i++)
        if (last[i].auth == auth && last[i].password == password) {
            memcpy(key, last[i].key, last[i].key_n);
            *key_n = last[i].key_n;
            return true;
        }
    if (generate_Ku(auth->name, (u_int)auth->n, (const u_char *)password, strlen(password), key,
                    key_n) != SNMPERR_SUCCESS)
        return false;
    turn ^= 1;
    last[turn].auth = auth;
    last[turn].password = password;
    memcpy(last[turn].key, key, *key_n);
    last[turn].key_n = *key_n;
    return true;
}

/* The library makes the user from a session that would talk to this engine; then the
 * user leaves its list again until a message needs it. */
static struct usmUser *make_user(const struct lab_agent *agent)
{
    const struct lab_snmp *snmp = &agent->device->snmp;
    const struct protocol *auth = &auth_protocols[snmp->auth],
                          *priv = &priv_protocols[snmp->priv];
    u_char engine_id[ENGINE_ID_SIZE];
    char user[USM_MAX_ID_LENGTH];
    struct usmUser *made;
    netsnmp_session session;

    snmp_sess_init(&session);
    memcpy(engine_id, agent->engine_id, sizeof(engine_id));
    snprintf(user, sizeof(user), "%s", snmp->user);
    session.version = SNMP_VERSION_3;
    session.securityModel = SNMP_SEC_MODEL_USM;
    session.securityEngineID = engine_id;
    session.securityEngineIDLen = sizeof(engine_id);
    session.securityName = user;
    session.securityNameLen = strlen(user);
    session.securityAuthProto = (oid *)(uintptr_t)auth->name;
    session.securityAuthProtoLen = auth->n;
    session.securityPrivProto = (oid *)(uintptr_t)priv->name;
    session.securityPrivProtoLen = priv->n;
    session.securityAuthKeyLen = session.securityPrivKeyLen = 0;
    if (snmp->auth != GV_SNMP_NO_AUTH) {
        session.securityAuthKeyLen = USM_AUTH_KU_LEN;
        if (!password_key(auth, snmp->auth_password, session.securityAuthKey,
                          &session.securityAuthKeyLen))
            return NULL;
    }
    if (snmp->priv != GV_SNMP_NO_PRIV) {
        session.securityPrivKeyLen = USM_PRIV_KU_LEN;
        if (!password_key(auth, snmp->priv_password, session.securityPrivKey,
                          &session.securityPrivKeyLen))
            return NULL;
    }
    session.securityLevel = snmp->priv != GV_SNMP_NO_PRIV   ? SNMP_SEC_LEVEL_AUTHPRIV
                            : snmp->auth != GV_SNMP_NO_AUTH ? SNMP_SEC_LEVEL_AUTHNOPRIV
                                                            : SNMP_SEC_LEVEL_NOAUTH;
    if (usm_create_user_from_session(&session) != SNMPERR_SUCCESS)
        return NULL;
    made = usm_get_user(engine_id, sizeof(engine_id), user);
    if (made != NULL)
        usm_remove_user(made);
    return made;
}

static void persona_on(const struct lab_agent *agent)
{
    const struct lab_device *device = agent->device;
    unsigned boots = device->boots;
    char before[12];

    if (agent->user == NULL)
        return;
    /* A clock out of the window for good: the boots counter differs each time. */
    if (device->faults.wrong_clock)
        boots += agent->answered;
    snprintf(before, sizeof(before), "%u", boots - 1); /* the library adds one */
    engineBoots_conf("engineBoots", before);
    set_exact_engineID(agent->engine_id, ENGINE_ID_SIZE);
    set_enginetime(agent->engine_id, ENGINE_ID_SIZE, boots,
                   (u_int)snmpv3_local_snmpEngineTime(), TRUE);
    usm_add_user(agent->user);
}

static void persona_off(const struct lab_agent *agent)
{
    if (agent->user == NULL)
        return;
    usm_remove_user(agent->user);
    free_enginetime((u_char *)(uintptr_t)agent->engine_id, ENGINE_ID_SIZE);
}

struct lab_agent *lab_agent_new(const struct lab_fleet *fleet, const struct lab_device *device,
                                struct lab_view *view)
{
    struct lab_agent *agent = calloc(1, sizeof(*agent));
    uint32_t enterprise = device->os == LAB_JUNOS ? 2636 : 9;
    uint8_t id[ENGINE_ID_SIZE] = {0x80, 0, (uint8_t)(enterprise >> 8), (uint8_t)enterprise, 5};

    if (agent == NULL)
        return NULL;
    for (unsigned i = 0; i < 4; i++)
        id[7 + i] = (uint8_t)(device->number >> (24 - 8 * i));
    *agent = (struct lab_agent){.fleet = fleet, .device = device, .view = view};
    memcpy(agent->engine_id, id, sizeof(id));
    if (device->snmp.version != GV_SNMP_V3)
        return agent;
    agent->user = make_user(agent);
    if (agent->user != NULL)
        return agent;
    free(agent);
    return NULL;
}

void lab_agent_free(struct lab_agent *agent)
{
    if (agent == NULL)
        return;
    if (agent->user != NULL)
        usm_free_user(agent->user);
    free(agent);
}

/* --- the answer's varbinds --- */

struct answer {
    netsnmp_variable_list *first, *last;
    size_t octets; /* encoded, at most */
    size_t room;
    bool full;
};

/* Append name and value; the list is the library's own, so that it can free it. */
static netsnmp_variable_list *append(struct answer *answer, const oid *name, size_t n,
                                     u_char type, const void *value, size_t value_n)
{
    size_t octets = VARBIND_OVERHEAD + n + value_n;

    for (size_t i = 0; i < n; i++)
        octets += name[i] >= 0x200000 ? 3 : name[i] >= 0x4000 ? 2 : name[i] >= 0x80;
    if (answer->octets + octets > answer->room) {
        answer->full = true;
        return NULL;
    }
    netsnmp_variable_list *made = snmp_varlist_add_variable(
        answer->last != NULL ? &answer->last : &answer->first, name, n, type, value, value_n);
    if (made == NULL)
        return NULL;
    answer->octets += octets;
    answer->last = made;
    return made;
}

static bool append_object(struct answer *answer, const struct lab_object *object)
{
    oid name[LAB_OID_MAX], sub[LAB_OCTETS_MAX / sizeof(uint32_t)];
    long number = (long)object->number;

    for (size_t i = 0; i < object->name_n; i++)
        name[i] = object->name[i];
    if (object->type == LAB_OCTETS)
        return append(answer, name, object->name_n, ASN_OCTET_STR, object->octets, object->n);
    if (object->type != LAB_OBJECT_ID)
        return append(answer, name, object->name_n, (u_char)object->type, &number,
                      sizeof(number));
    for (size_t i = 0; i < object->n; i++)
        sub[i] = ((const uint32_t *)object->octets)[i];
    return append(answer, name, object->name_n, ASN_OBJECT_ID, sub, object->n * sizeof(oid));
}

static size_t narrow(const netsnmp_variable_list *asked, uint32_t out[MAX_OID_LEN])
{
    for (size_t i = 0; i < asked->name_length; i++)
        out[i] = (uint32_t)asked->name[i];
    return asked->name_length;
}

/* Does anything of the column stand below this name? Then only the instance is missing. */
static u_char missing(const struct lab_view *view, const uint32_t *name, size_t n)
{
    size_t column_n = n > 1 ? n - 1 : n;
    const struct lab_object *near = lab_view_next(view, name, column_n);

    if (near != NULL && near->name_n >= column_n &&
        memcmp(near->name, name, column_n * sizeof(name[0])) == 0)
        return SNMP_NOSUCHINSTANCE;
    return SNMP_NOSUCHOBJECT;
}

/* One varbind of GET or GETNEXT. False: v1 has no exceptions, there it is an error. */
static bool answer_one(struct lab_agent *agent, const netsnmp_variable_list *asked, bool next,
                       bool v1, struct answer *answer)
{
    uint32_t name[MAX_OID_LEN];
    size_t n = narrow(asked, name);
    const struct lab_object *object =
        next ? lab_view_next(agent->view, name, n) : lab_view_get(agent->view, name, n);

    if (object != NULL) {
        append_object(answer, object);
        return true;
    }
    if (v1)
        return false;
    append(answer, asked->name, asked->name_length,
           next ? SNMP_ENDOFMIBVIEW : missing(agent->view, name, n), NULL, 0);
    return true;
}

static void answer_each(struct lab_agent *agent, const netsnmp_pdu *pdu, struct answer *answer,
                        netsnmp_pdu *reply)
{
    bool v1 = pdu->version == SNMP_VERSION_1, next = pdu->command == SNMP_MSG_GETNEXT;
    long index = 1;

    for (const netsnmp_variable_list *v = pdu->variables; v != NULL; v = v->next_variable) {
        if (!answer_one(agent, v, next, v1, answer)) {
            reply->errstat = SNMP_ERR_NOSUCHNAME;
            reply->errindex = index;
            return;
        }
        index++;
    }
    if (answer->full)
        reply->errstat = SNMP_ERR_TOOBIG;
}

/* The successor of each name, which takes its place. False: full, or all at the end. */
static bool bulk_round(struct lab_agent *agent, uint32_t at[][MAX_OID_LEN], size_t *at_n,
                       size_t repeaters, struct answer *answer)
{
    size_t ended = 0;

    for (size_t i = 0; i < repeaters; i++) {
        const struct lab_object *object = lab_view_next(agent->view, at[i], at_n[i]);
        oid name[MAX_OID_LEN];
        for (size_t k = 0; object == NULL && k < at_n[i]; k++)
            name[k] = at[i][k];
        if (object == NULL) {
            ended++;
            append(answer, name, at_n[i], SNMP_ENDOFMIBVIEW, NULL, 0);
        } else if (append_object(answer, object)) {
            memcpy(at[i], object->name, object->name_n * sizeof(object->name[0]));
            at_n[i] = object->name_n;
        }
        if (answer->full)
            return false;
    }
    return ended < repeaters;
}

/* RFC 3416, 4.2.3: non-repeaters once, then rounds over the repeaters while there is
 * room; an answer that is full ends early, without an error. */
static void answer_bulk(struct lab_agent *agent, const netsnmp_pdu *pdu, struct answer *answer)
{
    uint32_t at[MOST_REPEATERS][MAX_OID_LEN];
    size_t at_n[MOST_REPEATERS], repeaters = 0;
    long left = pdu->non_repeaters, rounds = pdu->max_repetitions;

    for (const netsnmp_variable_list *v = pdu->variables; v != NULL; v = v->next_variable) {
        if (left-- > 0)
            answer_one(agent, v, true, false, answer);
        else if (repeaters < MOST_REPEATERS) {
            at_n[repeaters] = narrow(v, at[repeaters]);
            repeaters++;
        }
    }
    for (long round = 0; round < rounds && round < MOST_REPETITIONS; round++)
        if (!bulk_round(agent, at, at_n, repeaters, answer))
            return;
}

/* --- messages --- */

static size_t write_out(netsnmp_session *session, netsnmp_pdu *pdu, size_t room,
                        uint8_t out[LAB_MESSAGE_MAX])
{
    size_t size = LAB_MESSAGE_MAX, used = 0;
    u_char *packet = malloc(size);

    if (packet == NULL)
        return 0;
    if (snmp_build(&packet, &size, &used, session, pdu) != 0 || used > room)
        used = 0;
    if (used > 0)
        memcpy(out, packet + size - used, used);
    free(packet);
    return used;
}

static void set_variables(netsnmp_pdu *pdu, netsnmp_variable_list *list)
{
    snmp_free_varbind(pdu->variables);
    pdu->variables = list;
}

static size_t room_of(const struct lab_agent *agent, const netsnmp_pdu *pdu)
{
    size_t room = agent->device->snmp.max_message;

    if (pdu->version == SNMP_VERSION_3 && pdu->msgMaxSize >= SNMP_MIN_MAX_LEN &&
        (size_t)pdu->msgMaxSize < room)
        room = (size_t)pdu->msgMaxSize;
    return room < LAB_MESSAGE_MAX ? room : LAB_MESSAGE_MAX;
}

/* Turn the request into its own response. False: a kind that gets none. */
static bool respond(struct lab_agent *agent, netsnmp_pdu *pdu)
{
    size_t overhead = pdu->version == SNMP_VERSION_3 ? V3_OVERHEAD : MESSAGE_OVERHEAD;
    struct answer answer = {.room = room_of(agent, pdu) - overhead};
    netsnmp_pdu reply = {.errstat = SNMP_ERR_NOERROR};

    lab_view_build(agent->view, agent->fleet, agent->device);
    if (pdu->command == SNMP_MSG_GET || pdu->command == SNMP_MSG_GETNEXT)
        answer_each(agent, pdu, &answer, &reply);
    else if (pdu->command == SNMP_MSG_GETBULK && pdu->version != SNMP_VERSION_1)
        answer_bulk(agent, pdu, &answer);
    else if (pdu->command == SNMP_MSG_SET)
        reply.errstat =
            pdu->version == SNMP_VERSION_1 ? SNMP_ERR_NOSUCHNAME : SNMP_ERR_NOTWRITABLE;
    else
        return false;
    pdu->command = SNMP_MSG_RESPONSE;
    pdu->errstat = reply.errstat;
    pdu->errindex = reply.errindex;
    if (reply.errstat == SNMP_ERR_NOERROR) {
        set_variables(pdu, answer.first);
        return true;
    }
    snmp_free_varbind(answer.first);
    if (reply.errstat == SNMP_ERR_TOOBIG && pdu->version != SNMP_VERSION_1)
        set_variables(pdu, NULL);
    return true;
}

/* RFC 3414, 3.2: what the USM refuses is told by a Report, where the sender wants one. */
static bool report(netsnmp_pdu *pdu, int error)
{
    if (pdu->version != SNMP_VERSION_3 || pdu->command == SNMP_MSG_REPORT ||
        pdu->command == SNMP_MSG_RESPONSE)
        return false;
    return snmpv3_make_report(pdu, error) == SNMPERR_SUCCESS;
}

static const long versions[] = {
    [GV_SNMP_V1] = SNMP_VERSION_1,
    [GV_SNMP_V2C] = SNMP_VERSION_2c,
    [GV_SNMP_V3] = SNMP_VERSION_3,
};

static bool community_right(const struct lab_agent *agent, const netsnmp_pdu *pdu)
{
    const char *community = agent->device->snmp.community;

    return pdu->version == SNMP_VERSION_3 ||
           (pdu->community_len == strlen(community) &&
            memcmp(pdu->community, community, pdu->community_len) == 0);
}

static size_t answer_message(struct lab_agent *agent, const uint8_t *in, size_t in_n,
                             uint8_t out[LAB_MESSAGE_MAX])
{
    netsnmp_session session;
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);
    size_t n = 0;
    int error;

    if (pdu == NULL)
        return 0;
    snmp_sess_init(&session);
    session.version = versions[agent->device->snmp.version];
    session.isAuthoritative = SNMP_SESS_AUTHORITATIVE;
    session.s_snmp_errno = SNMPERR_SUCCESS;
    snmp_parse(NULL, &session, pdu, (u_char *)(uintptr_t)in, in_n);
    error = session.s_snmp_errno;
    if (error == SNMPERR_SUCCESS ? community_right(agent, pdu) && respond(agent, pdu)
                                 : report(pdu, error))
        n = write_out(&session, pdu, room_of(agent, pdu), out);
    snmp_free_pdu(pdu);
    return n;
}

size_t lab_agent_answer(struct lab_agent *agent, const uint8_t *in, size_t in_n,
                        uint8_t out[LAB_MESSAGE_MAX])
{
    size_t n;

    persona_on(agent);
    n = answer_message(agent, in, in_n, out);
    persona_off(agent);
    agent->answered++;
    return n;
}
