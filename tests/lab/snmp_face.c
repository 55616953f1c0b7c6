/* SPDX-License-Identifier: Apache-2.0 */
/* The SNMP face: a UDP socket per device in front of its agent. */
#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "face.h"
#include "snmp_agent.h"

enum {
    MESSAGES_A_TURN = 64, /* then the other devices */
    RECEIVE_BUFFER = 256 << 10,
};

/* One view and one pair of buffers serve all devices: questions come one by one. */
static struct {
    struct lab_view view;
    uint8_t in[LAB_MESSAGE_MAX], out[LAB_MESSAGE_MAX];
    size_t faces;
} shared;

/* An answer that waits for its delay. */
struct delayed {
    struct delayed *next;
    struct lab_face *face;
    struct gv_timer *timer;
    struct sockaddr_in to;
    size_t n;
    uint8_t octets[];
};

struct lab_face {
    struct lab_world *world;
    struct lab_device *device;
    struct lab_agent *agent;
    struct gv_watch *watch;
    struct delayed *waiting;
    int fd;
};

static void forget(struct delayed *delayed)
{
    struct delayed **at = &delayed->face->waiting;

    while (*at != delayed)
        at = &(*at)->next;
    *at = delayed->next;
    free(delayed);
}

static void send_now(const struct lab_face *face, const struct sockaddr_in *to,
                     const uint8_t *octets, size_t n)
{
    /* Lost answers are the network's business. */
    (void)!sendto(face->fd, octets, n, 0, (const struct sockaddr *)to, sizeof(*to));
}

static void delay_over(void *arg)
{
    struct delayed *delayed = arg;

    send_now(delayed->face, &delayed->to, delayed->octets, delayed->n);
    forget(delayed);
}

static void send_later(struct lab_face *face, const struct sockaddr_in *to,
                       const uint8_t *octets, size_t n)
{
    struct delayed *delayed = malloc(sizeof(*delayed) + n);

    if (delayed == NULL)
        return;
    *delayed = (struct delayed){.next = face->waiting, .face = face, .to = *to, .n = n};
    memcpy(delayed->octets, octets, n);
    face->waiting = delayed;
    delayed->timer = gv_timer_start(
        face->world->loop, (struct gv_dur){face->device->snmp.delay_ms}, delay_over, delayed);
    if (delayed->timer == NULL)
        forget(delayed);
}

static void answer(struct lab_face *face, size_t in_n, const struct sockaddr_in *from)
{
    struct gv_time now = lab_world_now(face->world);
    size_t n;

    if (lab_device_silent(face->device, now) || face->device->faults.hang)
        return;
    n = lab_agent_answer(face->agent, shared.in, in_n, shared.out);
    if (n == 0)
        return;
    if (face->device->snmp.delay_ms == 0)
        send_now(face, from, shared.out, n);
    else
        send_later(face, from, shared.out, n);
}

static void ready(void *arg, unsigned events)
{
    struct lab_face *face = arg;

    (void)events;
    for (unsigned i = 0; i < MESSAGES_A_TURN; i++) {
        struct sockaddr_in from;
        socklen_t from_n = sizeof(from);
        ssize_t n = recvfrom(face->fd, shared.in, sizeof(shared.in), MSG_DONTWAIT,
                             (struct sockaddr *)&from, &from_n);
        if (n < 0)
            return;
        answer(face, (size_t)n, &from);
    }
}

/* A descriptor on the device's address and port, -1 with errno set on failure. */
static int listen_on(struct lab_device *device)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(device->snmp.port)};
    socklen_t at_n = sizeof(at);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
        room = RECEIVE_BUFFER;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    if (inet_pton(AF_INET, device->address, &at.sin_addr) != 1 ||
        bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &at_n) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    device->snmp.port = ntohs(at.sin_port);
    return fd;
}

static bool share(void)
{
    if (shared.faces == 0) {
        lab_agent_library();
        if (!lab_view_init(&shared.view))
            return false;
    }
    shared.faces++;
    return true;
}

static void unshare(void)
{
    if (--shared.faces == 0)
        lab_view_clear(&shared.view);
}

static bool wanted(const struct lab_device *device)
{
    return device->snmp.on && !device->faults.refuse;
}

static void stop(struct lab_face *face)
{
    if (face == NULL)
        return;
    while (face->waiting != NULL) {
        gv_timer_stop(face->waiting->timer);
        forget(face->waiting);
    }
    gv_watch_stop(face->watch);
    if (face->fd >= 0)
        close(face->fd);
    lab_agent_free(face->agent);
    free(face);
    unshare();
}

static struct lab_face *start(struct lab_world *world, struct lab_device *device,
                              char error[LAB_ERROR_SIZE])
{
    struct lab_face *face = calloc(1, sizeof(*face));

    if (face == NULL || !share()) {
        free(face);
        snprintf(error, LAB_ERROR_SIZE, "no memory");
        return NULL;
    }
    *face = (struct lab_face){.world = world, .device = device, .fd = listen_on(device)};
    if (face->fd < 0) {
        snprintf(error, LAB_ERROR_SIZE, "%s udp port %u: %s", device->address,
                 device->snmp.port, strerror(errno));
        stop(face);
        return NULL;
    }
    face->agent = lab_agent_new(world->fleet, device, &shared.view);
    face->watch = gv_watch_start(world->loop, face->fd, GV_READABLE, ready, face);
    if (face->agent == NULL || face->watch == NULL) {
        snprintf(error, LAB_ERROR_SIZE, "%s: SNMP credentials refused by the library",
                 device->name);
        stop(face);
        return NULL;
    }
    return face;
}

const struct lab_face_kind lab_snmp_face = {
    .name = "snmp",
    .wanted = wanted,
    .start = start,
    .stop = stop,
    .port_offset = offsetof(struct lab_device, snmp.port),
    .line_offset = offsetof(struct lab_device, snmp.line),
};
