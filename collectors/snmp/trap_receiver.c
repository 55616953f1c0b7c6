/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/trap_receiver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/address.h"
#include "snmp/library_pdu.h"
#include "snmp/trap.h"
#include "snmp/trap_header.h"
#include "snmp/usm.h"

enum {
    MESSAGES_A_TURN = 64,
    RECEIVE_BUFFER = 4 << 20,
    MESSAGE_MOST = 65536,
    PEER_TEXT = 96,
    /* sysUpTime and snmpTrapOID go first: RFC 3416, 4.2.6. */
    LEADING_VARS = 2
};

/* A target that sends by SNMPv3: its user, localised to its own engine for traps, and to ours
 * for informs (RFC 3414, 1.5.1: the receiver of what is to be confirmed is authoritative). */
struct peer {
    struct peer *next;
    const struct gv_target *target;
    struct gv_usm theirs, ours;
};

struct gv_trap_receiver {
    struct gv_loop *loop;
    struct gv_trap_hooks hooks;
    void *handle; /* net-snmp's session */
    int fd;
    struct gv_watch *watch;
    struct peer *peers;
    struct gv_trap_stats stats;
    uint8_t engine[GV_ENGINE_ID]; /* ours */
    size_t engine_n;
    /* While a message is read: */
    const struct gv_target *target;
    bool taken;
    uint8_t message[MESSAGE_MOST];
};

/* ---- SNMPv3 ----------------------------------------------------------------------------- */

static struct peer *peer_of(struct gv_trap_receiver *receiver, const struct gv_target *target)
{
    struct peer *peer = receiver->peers;

    while (peer != NULL && peer->target != target)
        peer = peer->next;
    if (peer != NULL)
        return peer;
    peer = calloc(1, sizeof(*peer));
    if (peer == NULL)
        return NULL;
    peer->target = target;
    gv_usm_init(&peer->theirs, target->name, target->notify);
    gv_usm_init(&peer->ours, target->name, target->notify);
    peer->next = receiver->peers;
    receiver->peers = peer;
    return peer;
}

void gv_trap_receiver_forget(struct gv_trap_receiver *receiver)
{
    while (receiver->peers != NULL) {
        struct peer *next = receiver->peers->next;

        gv_usm_clear(&receiver->peers->theirs);
        gv_usm_clear(&receiver->peers->ours);
        free(receiver->peers);
        receiver->peers = next;
    }
}

/* Localise the target's user to that engine. A session that is never opened carries what the
 * library wants to know for it. */
static bool localise(struct gv_usm *usm, const uint8_t *id, size_t n)
{
    netsnmp_session session;
    bool ok;

    if (usm->user != NULL && usm->engine_n == n && memcmp(usm->engine, id, n) == 0)
        return true;
    /* One engine has proved to be this target's: another is not taken for it. */
    if (usm->pinned)
        return false;
    snmp_sess_init(&session);
    session.version = SNMP_VERSION_3;
    ok = gv_usm_session(usm, &session) == GV_OK && gv_usm_found(usm, &session, id, n) == GV_OK;
    free(session.securityEngineID);
    free(session.contextEngineID);
    return ok;
}

/* Which of the two users a message is for; *usm is NULL for a discovery, which needs none.
 * False where it is refused unread. */
static bool choose(struct gv_trap_receiver *receiver, const struct gv_target *target,
                   const struct gv_trap_header *header, struct gv_usm **usm)
{
    struct peer *peer;
    bool ours = header->engine_n == receiver->engine_n &&
                memcmp(header->engine, receiver->engine, header->engine_n) == 0;

    *usm = NULL;
    if (header->version != SNMP_VERSION_3 || header->engine_n == 0)
        return true;
    peer = peer_of(receiver, target);
    if (peer == NULL)
        return false;
    *usm = ours ? &peer->ours : &peer->theirs;
    return localise(*usm, header->engine, header->engine_n);
}

/* ---- Reading ---------------------------------------------------------------------------- */

/* What came proves to be the target's: by its community, or signed by its user. Who is
 * configured without authentication cannot prove anything. */
static bool proven(const struct gv_target *target, const netsnmp_pdu *pdu)
{
    const struct gv_snmp_credential *c = target->notify;

    if (pdu->version != SNMP_VERSION_3)
        return c->version != GV_SNMP_V3 && gv_library_community_is(pdu, c->community);
    return c->version == GV_SNMP_V3 && c->auth != GV_SNMP_NO_AUTH &&
           pdu->securityLevel >= (c->priv == GV_SNMP_NO_PRIV ? SNMP_SEC_LEVEL_AUTHNOPRIV
                                                             : SNMP_SEC_LEVEL_AUTHPRIV);
}

static size_t trap_oid(const netsnmp_pdu *pdu, const struct gv_snmp_answer *told, uint32_t *out)
{
    uint32_t enterprise[GV_OID_ARCS];
    size_t n = pdu->enterprise_length > 0 ? (size_t)pdu->enterprise_length : 0;

    if (pdu->command == SNMP_MSG_TRAP) {
        for (size_t i = 0; i < n && i < GV_OID_ARCS; i++)
            enterprise[i] = (uint32_t)pdu->enterprise[i];
        return n > GV_OID_ARCS || pdu->trap_type < 0
                   ? 0
                   : gv_trap_v1_oid(enterprise, n, (uint32_t)pdu->trap_type,
                                    (uint32_t)pdu->specific_type, out);
    }
    if (told->n < LEADING_VARS || told->vars[1].kind != GV_SNMP_OID)
        return 0;
    memcpy(out, told->vars[1].arcs, told->vars[1].arcs_n * sizeof(*out));
    return told->vars[1].arcs_n;
}

static void tell(struct gv_trap_receiver *receiver, const netsnmp_pdu *pdu)
{
    struct gv_snmp_answer told = gv_library_decode(pdu);
    size_t skip = pdu->command == SNMP_MSG_TRAP ? 0 : LEADING_VARS;
    uint32_t oid_of[GV_OID_ARCS];
    size_t n = trap_oid(pdu, &told, oid_of);
    struct gv_event event;

    if (n == 0 || told.n < skip ||
        gv_trap_read(oid_of, n, told.vars + skip, told.n - skip, &event) != GV_OK)
        return;
    event.has |= GV_EVENT_HAS_AT;
    event.at = gv_loop_now(receiver->loop);
    receiver->hooks.event(receiver->hooks.arg, receiver->target, &event);
}

/* RFC 3416, 4.2.7: the same varbinds back. */
static void confirm(struct gv_trap_receiver *receiver, netsnmp_pdu *pdu)
{
    netsnmp_pdu *response = snmp_clone_pdu(pdu);

    if (response == NULL)
        return;
    response->command = SNMP_MSG_RESPONSE;
    response->errstat = 0;
    response->errindex = 0;
    if (snmp_sess_send(receiver->handle, response) == 0)
        snmp_free_pdu(response);
}

static int take(int operation, netsnmp_session *session, int request_id, netsnmp_pdu *pdu,
                void *magic)
{
    struct gv_trap_receiver *receiver = magic;

    (void)session;
    (void)request_id;
    if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE || pdu == NULL ||
        receiver->target == NULL ||
        (pdu->command != SNMP_MSG_TRAP && pdu->command != SNMP_MSG_TRAP2 &&
         pdu->command != SNMP_MSG_INFORM) ||
        !proven(receiver->target, pdu))
        return 1;
    receiver->taken = true;
    tell(receiver, pdu);
    if (pdu->command == SNMP_MSG_INFORM)
        confirm(receiver, pdu);
    return 1;
}

/* Take the message off the socket without reading it. */
static void drop(const struct gv_trap_receiver *receiver)
{
    (void)recv(receiver->fd, NULL, 0, MSG_DONTWAIT);
}

static void read_one(struct gv_trap_receiver *receiver, const struct gv_target *target,
                     size_t n)
{
    struct gv_trap_header header;
    struct gv_usm *usm;

    if (gv_trap_header_read(receiver->message, n, &header) != GV_OK ||
        !choose(receiver, target, &header, &usm)) {
        drop(receiver);
        receiver->stats.refused++;
        return;
    }
    receiver->target = target;
    receiver->taken = false;
    if (usm != NULL)
        gv_usm_enter(usm);
    /* What we answer to discoveries and informs carries our own clock. */
    (void)set_enginetime(receiver->engine, (u_int)receiver->engine_n,
                         (u_int)snmpv3_local_snmpEngineBoots(),
                         (u_int)snmpv3_local_snmpEngineTime(), TRUE);
    gv_library_read(receiver->handle, receiver->fd);
    if (usm != NULL)
        gv_usm_leave(usm);
    free_etimelist();
    receiver->target = NULL;
    if (usm != NULL && receiver->taken)
        usm->pinned = true;
    receiver->stats.received += receiver->taken;
    receiver->stats.refused += !receiver->taken && (usm != NULL || header.version != 3);
}

/* The sender is looked at before the library sees the message. */
static void on_messages(void *arg, unsigned events)
{
    struct gv_trap_receiver *receiver = arg;

    (void)events;
    for (int i = 0; i < MESSAGES_A_TURN; i++) {
        union {
            struct sockaddr any;
            struct sockaddr_in v4;
            struct sockaddr_in6 v6;
        } from = {.any = {.sa_family = AF_UNSPEC}};
        socklen_t size = sizeof(from);
        char text[INET6_ADDRSTRLEN];
        const struct gv_target *target;
        ssize_t n = recvfrom(receiver->fd, receiver->message, sizeof(receiver->message),
                             MSG_PEEK | MSG_DONTWAIT, &from.any, &size);

        if (n < 0)
            return;
        target = gv_sockaddr_text(&from.any, text, sizeof(text))
                     ? receiver->hooks.sender(receiver->hooks.arg, text)
                     : NULL;
        if (target != NULL && target->notify != NULL) {
            read_one(receiver, target, (size_t)n);
            continue;
        }
        drop(receiver);
        receiver->stats.refused += target != NULL;
    }
}

/* ---- Start and stop --------------------------------------------------------------------- */

/* "192.0.2.1:162" as the library's "udp:192.0.2.1:162". */
static bool peer_text(const char *listen, char out[PEER_TEXT])
{
    int n = listen[0] == ':'   ? snprintf(out, PEER_TEXT, "udp:0.0.0.0%s", listen)
            : listen[0] == '[' ? snprintf(out, PEER_TEXT, "udp6:%s", listen)
                               : snprintf(out, PEER_TEXT, "udp:%s", listen);

    return n > 0 && n < PEER_TEXT;
}

static bool open_session(struct gv_trap_receiver *receiver, const char *peer)
{
    netsnmp_transport *transport = netsnmp_transport_open_server("snmptrap", peer);
    netsnmp_session session;
    int size = RECEIVE_BUFFER;

    if (transport == NULL)
        return false;
    snmp_sess_init(&session);
    session.callback = take;
    session.callback_magic = receiver;
    session.isAuthoritative = SNMP_SESS_UNKNOWNAUTH;
    receiver->handle = snmp_sess_add(&session, transport, NULL, NULL);
    if (receiver->handle == NULL)
        return false;
    receiver->fd = snmp_sess_transport(receiver->handle)->sock;
    (void)setsockopt(receiver->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    return true;
}

enum gv_err gv_trap_receiver_start(struct gv_loop *loop, const char *listen,
                                   const struct gv_trap_hooks *hooks,
                                   struct gv_trap_receiver **out, char *why, size_t why_size)
{
    struct gv_trap_receiver *receiver = calloc(1, sizeof(*receiver));
    char peer[PEER_TEXT];

    if (receiver == NULL) {
        (void)snprintf(why, why_size, "no memory");
        return GV_ERR_NO_MEMORY;
    }
    gv_library_start();
    receiver->loop = loop;
    receiver->hooks = *hooks;
    receiver->engine_n = snmpv3_get_engineID(receiver->engine, sizeof(receiver->engine));
    errno = 0;
    if (peer_text(listen, peer) && open_session(receiver, peer))
        receiver->watch =
            gv_watch_start(loop, receiver->fd, GV_READABLE, on_messages, receiver);
    if (receiver->watch != NULL) {
        *out = receiver;
        return GV_OK;
    }
    (void)snprintf(why, why_size, "cannot listen: %s%s",
                   errno != 0 ? strerror(errno) : "the system refuses",
                   errno == EACCES ? "; ports below 1024 need CAP_NET_BIND_SERVICE" : "");
    gv_trap_receiver_stop(receiver);
    return GV_ERR_SYSTEM;
}

void gv_trap_receiver_stop(struct gv_trap_receiver *receiver)
{
    if (receiver == NULL)
        return;
    gv_watch_stop(receiver->watch);
    if (receiver->handle != NULL)
        (void)snmp_sess_close(receiver->handle);
    gv_trap_receiver_forget(receiver);
    free(receiver);
}

unsigned gv_trap_receiver_port(const struct gv_trap_receiver *receiver)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t n = sizeof(at);

    if (getsockname(receiver->fd, &at.any, &n) != 0)
        return 0;
    return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

struct gv_trap_stats gv_trap_receiver_stats(const struct gv_trap_receiver *receiver)
{
    return receiver->stats;
}
