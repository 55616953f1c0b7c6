/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snmp/library_pdu.h"
#include "snmp/usm.h"

/* Room for one answer of the largest size beside duplicates; the rest of a
 * flood is the kernel's to drop. */
enum { RECEIVE_BUFFER = 256 * 1024, PEER_TEXT = 80 };

/* net-snmp's own timer is not used: its requests are dropped by us. */
enum { LIBRARY_TIMEOUT_US = 0, LIBRARY_RETRIES = 0 };

struct gv_wire {
    const struct gv_target *target;
    void *handle; /* net-snmp's session; NULL while shut */
    int fd;
    struct gv_usm usm;
    bool probing;    /* the request outstanding is an engine discovery */
    bool resynced;   /* the one resynchronisation of this poll is spent */
    bool rediscover; /* the engine's clock fell behind what we know: ask for it */
    int32_t request_id;
    long message_id; /* SNMPv3 */
    /* While a datagram is read: */
    enum gv_err (*accept)(void *arg, const struct gv_snmp_answer *answer);
    void *accept_arg;
    enum gv_wire_news news;
    enum gv_err why;
};

struct gv_wire *gv_wire_new(const struct gv_target *target)
{
    struct gv_wire *wire = calloc(1, sizeof(*wire));

    if (wire == NULL)
        return NULL;
    gv_library_start();
    wire->target = target;
    wire->fd = -1;
    gv_usm_init(&wire->usm, target->name, target->snmp);
    return wire;
}

void gv_wire_free(struct gv_wire *wire)
{
    if (wire == NULL)
        return;
    gv_wire_shut(wire);
    gv_usm_clear(&wire->usm);
    free(wire);
}

int gv_wire_fd(const struct gv_wire *wire)
{
    return wire->fd;
}

void gv_wire_begin(struct gv_wire *wire)
{
    wire->resynced = false;
}

static bool is_v3(const struct gv_wire *wire)
{
    return wire->target->snmp->version == GV_SNMP_V3;
}

/* ---- Opening ---------------------------------------------------------------------------- */

/* Numbers only, so that the library has nothing to look up: "udp6:[::1]:161". */
static bool peer_text(const struct gv_address *address, uint16_t port, char out[PEER_TEXT])
{
    bool v6 = address->at.any.sa_family == AF_INET6;
    char text[INET6_ADDRSTRLEN];
    const void *octets =
        v6 ? (const void *)&address->at.v6.sin6_addr : (const void *)&address->at.v4.sin_addr;

    if (inet_ntop(address->at.any.sa_family, octets, text, sizeof(text)) == NULL)
        return false;
    (void)snprintf(out, PEER_TEXT, v6 ? "udp6:[%s]:%u" : "udp:%s:%u", text, port);
    return true;
}

/* The kernel drops what comes from anywhere else (threats.md, 1). */
static bool connect_to(int fd, const struct gv_address *address, uint16_t port)
{
    struct gv_address peer = *address;
    int size = RECEIVE_BUFFER;

    if (peer.at.any.sa_family == AF_INET6)
        peer.at.v6.sin6_port = htons(port);
    else
        peer.at.v4.sin_port = htons(port);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    return connect(fd, &peer.at.any, peer.size) == 0;
}

/* The library's own two pass addresses around, for which the kernel looks up a route at
 * each datagram and is asked for the local port: a connected socket needs neither. */
static int send_datagram(netsnmp_transport *transport, const void *octets, int n, void **from,
                         int *from_n)
{
    (void)from;
    (void)from_n;
    return (int)send(transport->sock, octets, (size_t)n, MSG_DONTWAIT);
}

static int receive_datagram(netsnmp_transport *transport, void *octets, int room, void **from,
                            int *from_n)
{
    *from = NULL;
    *from_n = 0;
    return (int)recv(transport->sock, octets, (size_t)room, MSG_DONTWAIT);
}

static enum gv_err fill_session(struct gv_wire *wire, netsnmp_session *session)
{
    static const long versions[] = {
        [GV_SNMP_V1] = SNMP_VERSION_1,
        [GV_SNMP_V2C] = SNMP_VERSION_2c,
        [GV_SNMP_V3] = SNMP_VERSION_3,
    };
    const struct gv_snmp_credential *c = wire->target->snmp;

    snmp_sess_init(session);
    session->version = versions[c->version];
    session->timeout = LIBRARY_TIMEOUT_US;
    session->retries = LIBRARY_RETRIES;
    session->flags |= SNMP_FLAGS_DONT_PROBE;
    if (c->version == GV_SNMP_V3)
        return gv_usm_session(&wire->usm, session);
    if (c->community == NULL)
        return GV_ERR_AUTHENTICATION;
    session->community = (u_char *)(uintptr_t)gv_secret_reveal(c->community);
    session->community_len = gv_secret_size(c->community);
    return GV_OK;
}

static int parsed(netsnmp_session *session, netsnmp_pdu *pdu, int err);

enum gv_err gv_wire_open(struct gv_wire *wire, const struct gv_address *address)
{
    netsnmp_transport *transport;
    netsnmp_session session, *open;
    char peer[PEER_TEXT];
    enum gv_err err;

    gv_wire_shut(wire);
    err = fill_session(wire, &session);
    if (err != GV_OK)
        return err;
    if (!peer_text(address, wire->target->snmp_port, peer))
        return GV_ERR_SYSTEM;
    session.peername = peer;
    session.callback_magic = wire;
    transport = netsnmp_transport_open_client("snmp", peer);
    if (transport == NULL)
        return GV_ERR_SYSTEM;
    transport->f_send = send_datagram;
    transport->f_recv = receive_datagram;
    wire->handle = snmp_sess_add(&session, transport, NULL, parsed);
    if (wire->handle == NULL)
        return GV_ERR_SYSTEM;
    open = snmp_sess_session(wire->handle);
    open->flags |= SNMP_FLAGS_DONT_PROBE; /* opening has cleared it */
    wire->fd = snmp_sess_transport(wire->handle)->sock;
    if (!connect_to(wire->fd, address, wire->target->snmp_port)) {
        gv_wire_shut(wire);
        return GV_ERR_UNREACHABLE;
    }
    if (is_v3(wire) && wire->usm.engine_n > 0)
        return gv_usm_found(&wire->usm, open, wire->usm.engine, wire->usm.engine_n);
    return GV_OK;
}

void gv_wire_shut(struct gv_wire *wire)
{
    if (wire->handle != NULL)
        (void)snmp_sess_close(wire->handle);
    wire->handle = NULL;
    wire->fd = -1;
}

/* A discovery knows no engine and no clock, not even those that it is to correct. */
static void enter(struct gv_wire *wire)
{
    if (!wire->probing)
        gv_usm_enter(&wire->usm);
}

/* ---- Sending ---------------------------------------------------------------------------- */

static int take(int operation, netsnmp_session *session, int request_id, netsnmp_pdu *pdu,
                void *magic);

void gv_wire_drop(struct gv_wire *wire)
{
    wire->request_id = 0;
    if (wire->handle != NULL)
        snmp_sess_timeout(wire->handle); /* every request is overdue: all are freed */
}

/* RFC 3414, 4: an empty request without a user; the Report tells the engine id. */
static netsnmp_pdu *probe_pdu(void)
{
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);

    if (pdu == NULL)
        return NULL;
    pdu->version = SNMP_VERSION_3;
    pdu->securityName = strdup("");
    pdu->securityNameLen = 0;
    pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
    pdu->securityModel = SNMP_SEC_MODEL_USM;
    return pdu;
}

/* The request's varbinds, in memory that all requests share: the library would allocate
 * (and clear, and free) 1.2 KiB for each. */
static netsnmp_variable_list *walk_vars(const struct gv_walk *walk, size_t n)
{
    static netsnmp_variable_list vars[GV_WALK_VARS];
    uint32_t arcs[GV_OID_ARCS];

    for (size_t i = 0; i < n; i++) {
        netsnmp_variable_list *var = &vars[i];

        var->name_length = gv_walk_oid(walk, i, arcs);
        for (size_t a = 0; a < var->name_length; a++)
            var->name_loc[a] = arcs[a];
        var->name = var->name_loc;
        var->type = ASN_NULL;
        var->next_variable = i + 1 < n ? &vars[i + 1] : NULL;
    }
    return vars;
}

static netsnmp_pdu *walk_pdu(const struct gv_walk *walk, const struct gv_walk_request *request,
                             bool v3)
{
    netsnmp_pdu *pdu = snmp_pdu_create(request->bulk ? SNMP_MSG_GETBULK : SNMP_MSG_GETNEXT);

    if (pdu == NULL)
        return NULL;
    if (request->bulk) {
        pdu->non_repeaters = (long)request->once;
        pdu->max_repetitions = (long)request->repetitions;
    }
    pdu->variables = walk_vars(walk, request->n);
    if (!v3)
        return pdu;
    /* The library itself sends again what came outside the time window. */
    pdu->variables = snmp_clone_varbind(pdu->variables);
    if (pdu->variables != NULL)
        return pdu;
    snmp_free_pdu(pdu);
    return NULL;
}

enum gv_err gv_wire_send(struct gv_wire *wire, const struct gv_walk *walk,
                         const struct gv_walk_request *request, bool again)
{
    bool probe = is_v3(wire) && (wire->usm.user == NULL || wire->rediscover);
    netsnmp_pdu *pdu = probe ? probe_pdu() : walk_pdu(walk, request, is_v3(wire));
    int32_t id = again && !probe && !wire->probing && wire->request_id != 0
                     ? wire->request_id
                     : gv_library_random();
    int sent;

    if (pdu == NULL)
        return GV_ERR_NO_MEMORY;
    gv_wire_drop(wire);
    if (probe)
        gv_usm_blank(snmp_sess_session(wire->handle));
    wire->probing = probe;
    wire->request_id = id;
    pdu->reqid = id;
    pdu->msgid = gv_library_random();
    enter(wire);
    sent = snmp_sess_async_send(wire->handle, pdu, take, wire);
    gv_usm_leave(&wire->usm);
    if (!is_v3(wire))
        pdu->variables = NULL; /* ours, and encoded by now */
    if (sent != 0) {
        wire->message_id = pdu->msgid;
        return GV_OK;
    }
    snmp_free_pdu(pdu);
    return GV_ERR_UNREACHABLE;
}

/* ---- Receiving -------------------------------------------------------------------------- */

static bool community_fits(const struct gv_wire *wire, const netsnmp_pdu *pdu)
{
    return is_v3(wire) || gv_library_community_is(pdu, wire->target->snmp->community);
}

static void doubt(struct gv_wire *wire, enum gv_err why)
{
    wire->news = GV_WIRE_DOUBTFUL;
    wire->why = why;
}

static bool engine_differs(const struct gv_usm *usm, const netsnmp_pdu *pdu)
{
    return pdu->securityEngineIDLen != usm->engine_n ||
           memcmp(pdu->securityEngineID, usm->engine, usm->engine_n) != 0;
}

/* RFC 3414, 2.2.2: an engine whose boots have reached this never authenticates again. */
static const uint32_t boots_end = INT32_MAX;

static void take_engine(struct gv_wire *wire, netsnmp_session *session, const netsnmp_pdu *pdu)
{
    struct gv_usm *usm = &wire->usm;
    uint32_t boots = 0, time = 0;
    enum gv_err err;

    /* The clock beside the id is as little proven, but no worse than none. */
    (void)gv_usm_heard_clock(pdu->securityEngineID, pdu->securityEngineIDLen, &boots, &time);
    if (usm->pinned && engine_differs(usm, pdu))
        err = GV_ERR_ENGINE_CHANGED;
    else if (boots >= boots_end)
        err = GV_ERR_TIME_WINDOW;
    else
        err = gv_usm_found(usm, session, pdu->securityEngineID, pdu->securityEngineIDLen);
    if (err != GV_OK) {
        doubt(wire, err);
        return;
    }
    wire->rediscover = false;
    gv_usm_set_clock(usm, boots, time);
    wire->news = GV_WIRE_RESEND;
}

/* RFC 3414, 3.2, step 7b: the clock in an authenticated Report is the engine's. */
static void take_time_window(struct gv_wire *wire, const netsnmp_pdu *pdu)
{
    if (pdu->securityLevel == SNMP_SEC_LEVEL_NOAUTH) {
        doubt(wire, GV_ERR_TIME_WINDOW);
        return;
    }
    wire->news = wire->resynced ? GV_WIRE_FAILED : GV_WIRE_RESEND;
    wire->why = GV_ERR_TIME_WINDOW;
    wire->resynced = true;
}

/* The message is authentic, but its clock is far behind what we know: a replay, or
 * the engine's clock was set back, or a discovery lied. Only a new discovery tells,
 * once a poll. */
static void late_clock(struct gv_wire *wire)
{
    if (wire->resynced) {
        doubt(wire, GV_ERR_TIME_WINDOW);
        return;
    }
    wire->resynced = true;
    wire->rediscover = true;
    wire->news = GV_WIRE_RESEND;
}

static void other_engine(struct gv_wire *wire, netsnmp_session *session)
{
    if (wire->usm.pinned || wire->resynced) {
        doubt(wire, GV_ERR_ENGINE_CHANGED);
        return;
    }
    wire->resynced = true;
    gv_usm_forget(&wire->usm, session);
    wire->news = GV_WIRE_RESEND;
}

/* Called after each message is parsed, well or not. What the library cannot place, a
 * Report of an engine that it does not know or of another time, it hands to nobody else. */
static int parsed(netsnmp_session *session, netsnmp_pdu *pdu, int err)
{
    struct gv_wire *wire = session->callback_magic;

    if (err == SNMP_ERR_NOERROR || !is_v3(wire) || wire->probing || wire->usm.user == NULL ||
        pdu->msgid != wire->message_id || pdu->securityEngineIDLen == 0)
        return 1;
    if (engine_differs(&wire->usm, pdu))
        other_engine(wire, session);
    else if (err == SNMPERR_USM_NOTINTIMEWINDOW)
        late_clock(wire);
    return 1;
}

static void take_report(struct gv_wire *wire, netsnmp_session *session, netsnmp_pdu *pdu)
{
    int type = snmpv3_get_report_type(pdu);

    if (wire->probing) {
        if (type == SNMPERR_UNKNOWN_ENG_ID)
            take_engine(wire, session, pdu);
        return;
    }
    switch (type) {
    case SNMPERR_NOT_IN_TIME_WINDOW:
        take_time_window(wire, pdu);
        break;
    case SNMPERR_UNKNOWN_USER_NAME:
    case SNMPERR_UNSUPPORTED_SEC_LEVEL:
    case SNMPERR_AUTHENTICATION_FAILURE:
    case SNMPERR_DECRYPTION_ERR:
        doubt(wire, GV_ERR_AUTHENTICATION);
        break;
    default:
        break;
    }
}

/* net-snmp's callback: 1 ends the request, 0 lets it wait for another answer. */
static int take(int operation, netsnmp_session *session, int request_id, netsnmp_pdu *pdu,
                void *magic)
{
    struct gv_wire *wire = magic;
    struct gv_snmp_answer answer;
    enum gv_err err;

    (void)request_id;
    if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE || pdu == NULL ||
        wire->news != GV_WIRE_NOTHING || pdu->version != session->version)
        return 0;
    if (pdu->command == SNMP_MSG_REPORT) {
        take_report(wire, session, pdu);
        return 0;
    }
    if (pdu->command != SNMP_MSG_RESPONSE || pdu->reqid != wire->request_id || wire->probing ||
        !community_fits(wire, pdu))
        return 0;
    answer = gv_library_decode(pdu);
    err = wire->accept(wire->accept_arg, &answer);
    if (err != GV_OK) {
        doubt(wire, err);
        return 0;
    }
    wire->usm.pinned = is_v3(wire) && pdu->securityLevel != SNMP_SEC_LEVEL_NOAUTH;
    wire->news = GV_WIRE_ANSWERED;
    return 1;
}

enum gv_wire_news gv_wire_read(struct gv_wire *wire,
                               enum gv_err (*accept)(void *arg,
                                                     const struct gv_snmp_answer *answer),
                               void *arg, enum gv_err *why)
{
    netsnmp_session *session = snmp_sess_session(wire->handle);

    wire->accept = accept;
    wire->accept_arg = arg;
    wire->news = GV_WIRE_NOTHING;
    session->s_snmp_errno = 0;
    session->s_errno = 0;
    enter(wire);
    gv_library_read(wire->handle, wire->fd);
    gv_usm_leave(&wire->usm);
    if (wire->news == GV_WIRE_NOTHING && session->s_snmp_errno == SNMPERR_BAD_RECVFROM &&
        session->s_errno != EAGAIN)
        doubt(wire, GV_ERR_UNREACHABLE);
    *why = wire->why;
    return wire->news;
}
