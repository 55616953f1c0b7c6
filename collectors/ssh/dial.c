/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/detail.h"

enum { DETAIL_SIZE = 192 };

/* The look-up: lives until the worker is through with it, whatever becomes of the
 * dial. */
struct lookup {
    struct gv_dial *dial; /* NULL: cancelled */
    char *host;
    char port[8];
    int rc;
    struct addrinfo *found;
};

struct gv_dial {
    struct gv_loop *loop;
    struct gv_addresses *known;
    gv_dial_done *done;
    void *arg;
    struct lookup *lookup; /* under way */
    struct gv_watch *watch;
    int fd;
    size_t next; /* address to try */
};

static void look_up(void *arg)
{
    struct lookup *lookup = arg;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV};
    const struct addrinfo literal = {.ai_family = AF_UNSPEC,
                                     .ai_socktype = SOCK_STREAM,
                                     .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};

    lookup->rc = getaddrinfo(lookup->host, lookup->port, &literal, &lookup->found);
    if (lookup->rc != 0)
        lookup->rc = getaddrinfo(lookup->host, lookup->port, &hints, &lookup->found);
}

static void free_lookup(struct lookup *lookup)
{
    if (lookup->found != NULL)
        freeaddrinfo(lookup->found);
    free(lookup->host);
    free(lookup);
}

static void remember(struct gv_addresses *known, const struct addrinfo *found)
{
    known->count = 0;
    for (; found != NULL && known->count < GV_DIAL_ADDRESSES; found = found->ai_next) {
        if (found->ai_addrlen > sizeof(known->list[0].at))
            continue;
        memcpy(&known->list[known->count].at, found->ai_addr, found->ai_addrlen);
        known->list[known->count++].n = found->ai_addrlen;
    }
}

static void finish(struct gv_dial *dial, enum gv_err err, const char *detail)
{
    gv_dial_done *done = dial->done;
    void *arg = dial->arg;
    int fd = dial->fd;

    dial->fd = -1;
    gv_dial_cancel(dial);
    done(arg, err, fd, detail);
}

static void try_next(struct gv_dial *dial, int last_errno);

static void connected(void *arg, unsigned events)
{
    struct gv_dial *dial = arg;
    int error = 0, one = 1;
    socklen_t n = sizeof(error);

    (void)events;
    gv_watch_stop(dial->watch);
    dial->watch = NULL;
    if (getsockopt(dial->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
        error = errno;
    if (error != 0) {
        (void)close(dial->fd);
        dial->fd = -1;
        try_next(dial, error);
        return;
    }
    (void)setsockopt(dial->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    finish(dial, GV_OK, "");
}

/* Connect to the next address; true if that is under way. */
static bool connect_to(struct gv_dial *dial, size_t i)
{
    const struct sockaddr *at = (const struct sockaddr *)&dial->known->list[i].at;

    dial->fd = socket(at->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (dial->fd < 0)
        return false;
    if (connect(dial->fd, at, dial->known->list[i].n) == 0 || errno == EINPROGRESS) {
        dial->watch = gv_watch_start(dial->loop, dial->fd, GV_WRITABLE, connected, dial);
        if (dial->watch != NULL)
            return true;
        errno = ENOMEM;
    }
    int error = errno;

    (void)close(dial->fd);
    dial->fd = -1;
    errno = error;
    return false;
}

static void try_next(struct gv_dial *dial, int last_errno)
{
    char detail[DETAIL_SIZE];
    bool local;

    while (dial->next < dial->known->count) {
        if (connect_to(dial, dial->next++))
            return;
        last_errno = errno;
    }
    local = last_errno == EMFILE || last_errno == ENFILE || last_errno == ENOMEM;
    gv_detail(detail, sizeof(detail), "connect: %s", strerrordesc_np(last_errno));
    finish(dial, local ? GV_ERR_SYSTEM : GV_ERR_UNREACHABLE, detail);
}

static void looked_up(void *arg)
{
    struct lookup *lookup = arg;
    struct gv_dial *dial = lookup->dial;
    int rc = lookup->rc;

    if (dial != NULL) {
        dial->lookup = NULL;
        if (rc == 0)
            remember(dial->known, lookup->found);
    }
    free_lookup(lookup);
    if (dial == NULL)
        return;
    if (dial->known->count > 0) {
        try_next(dial, EHOSTUNREACH);
        return;
    }
    finish(dial, GV_ERR_NAME_LOOKUP, gai_strerror(rc));
}

struct gv_dial *gv_dial_start(struct gv_loop *loop, const char *host, uint16_t port,
                              struct gv_addresses *known, gv_dial_done *done, void *arg)
{
    struct gv_dial *dial = calloc(1, sizeof(*dial));
    struct lookup *lookup = calloc(1, sizeof(*lookup));

    if (dial == NULL || lookup == NULL || (lookup->host = strdup(host)) == NULL) {
        free(lookup);
        free(dial);
        return NULL;
    }
    (void)snprintf(lookup->port, sizeof(lookup->port), "%u", port);
    lookup->dial = dial;
    *dial = (struct gv_dial){
        .loop = loop, .known = known, .done = done, .arg = arg, .lookup = lookup, .fd = -1};
    if (gv_loop_work(loop, look_up, looked_up, lookup) != GV_OK) {
        free_lookup(lookup);
        free(dial);
        return NULL;
    }
    return dial;
}

void gv_dial_cancel(struct gv_dial *dial)
{
    if (dial == NULL)
        return;
    if (dial->lookup != NULL)
        dial->lookup->dial = NULL;
    gv_watch_stop(dial->watch);
    if (dial->fd >= 0)
        (void)close(dial->fd);
    free(dial);
}
