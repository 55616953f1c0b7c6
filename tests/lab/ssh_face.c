/* SPDX-License-Identifier: Apache-2.0 */
/* The SSH face of one box: takes connections in the loop, gives each a thread, and
 * answers in the loop's thread what they ask of the fleet. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "address.h"
#include "ssh_visit.h"

enum { VTY_LINES = 5, STACK_SIZE = 1 << 20, PATH_SIZE = 512 };

enum question { NOTHING_ASKED, ASKED, ANSWERED };

/* One connection and its thread. The question is guarded by the face's lock. */
struct guest {
    struct lab_visit visit; /* first: `ask` finds its guest by it */
    struct guest *next;
    struct lab_face *face;
    pthread_t thread;
    int control_fd; /* the connection once more, to break it from here */
    uint32_t boots; /* of the box when the connection came */
    bool ended;     /* the thread is about to return */
    enum question question;
    struct lab_show show; /* out: the thread's own, which waits meanwhile */
    const struct lab_command *command;
    bool gone; /* the answer: no such box any more */
};

struct lab_face {
    struct lab_world *world;
    struct lab_device *device;
    int fd, question_fd, record_fd;
    struct gv_watch *watch, *question_watch;
    struct guest *guests; /* touched by the loop's thread only */
    pthread_mutex_t lock;
    pthread_cond_t answered;
};

/* --- questions ---------------------------------------------------------------- */

/* In the guest's thread: put the question, wake the loop, wait. */
static bool ask(struct lab_visit *visit, const struct lab_command *command,
                struct gv_text argument, struct gv_buf *out)
{
    struct guest *guest = (struct guest *)(void *)visit;
    struct lab_face *face = guest->face;
    bool there;

    (void)pthread_mutex_lock(&face->lock);
    guest->show = (struct lab_show){.device = face->device, .argument = argument, .out = out};
    guest->command = command;
    guest->question = ASKED;
    if (eventfd_write(face->question_fd, 1) != 0)
        guest->visit.over = true;
    while (guest->question != ANSWERED && !visit->over)
        (void)pthread_cond_wait(&face->answered, &face->lock);
    there = guest->question == ANSWERED && !guest->gone;
    guest->question = NOTHING_ASKED;
    (void)pthread_mutex_unlock(&face->lock);
    return there;
}

/* In the loop's thread: answer all guests that wait. */
static void questions_ready(void *arg, unsigned events)
{
    struct lab_face *face = arg;
    struct gv_time now = lab_world_now(face->world);
    eventfd_t count;

    (void)events;
    (void)eventfd_read(face->question_fd, &count);
    (void)pthread_mutex_lock(&face->lock);
    for (struct guest *guest = face->guests; guest != NULL; guest = guest->next) {
        if (guest->question != ASKED)
            continue;
        guest->gone =
            face->device->boots != guest->boots || lab_device_silent(face->device, now);
        guest->show.now = now;
        if (!guest->gone)
            guest->command->print(&guest->show);
        guest->question = ANSWERED;
    }
    (void)pthread_cond_broadcast(&face->answered);
    (void)pthread_mutex_unlock(&face->lock);
}

/* --- guests ---------------------------------------------------------------------- */

static void *guest_run(void *arg)
{
    struct guest *guest = arg;

    lab_visit_serve(&guest->visit);
    (void)shutdown(guest->control_fd, SHUT_RDWR); /* or it would keep the connection open */
    (void)pthread_mutex_lock(&guest->face->lock);
    guest->ended = true;
    (void)pthread_mutex_unlock(&guest->face->lock);
    return NULL;
}

/* Release those whose thread has ended; how many are left. */
static size_t reap(struct lab_face *face)
{
    struct guest **at = &face->guests;
    size_t left = 0;

    while (*at != NULL) {
        struct guest *guest = *at;
        bool ended;

        (void)pthread_mutex_lock(&face->lock);
        ended = guest->ended;
        (void)pthread_mutex_unlock(&face->lock);
        if (!ended) {
            at = &guest->next;
            left++;
            continue;
        }
        *at = guest->next;
        (void)pthread_join(guest->thread, NULL);
        (void)close(guest->control_fd);
        free(guest);
    }
    return left;
}

static bool thread_start(struct guest *guest)
{
    pthread_attr_t attr;
    bool started;

    if (pthread_attr_init(&attr) != 0)
        return false;
    (void)pthread_attr_setstacksize(&attr, STACK_SIZE);
    started = pthread_create(&guest->thread, &attr, guest_run, guest) == 0;
    (void)pthread_attr_destroy(&attr);
    return started;
}

static bool guest_new(struct lab_face *face, int fd)
{
    struct guest *guest = calloc(1, sizeof(*guest));
    bool silent = lab_device_silent(face->device, lab_world_now(face->world));

    if (guest == NULL)
        return false;
    guest->face = face;
    guest->boots = face->device->boots;
    guest->control_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    guest->visit.device = face->device;
    guest->visit.room = face->world->ssh_room;
    guest->visit.fd = fd;
    guest->visit.record_fd = face->record_fd;
    guest->visit.hang = face->device->faults.hang || silent;
    guest->visit.ask = ask;
    if (guest->control_fd < 0 || !thread_start(guest)) {
        if (guest->control_fd >= 0)
            (void)close(guest->control_fd);
        free(guest);
        return false;
    }
    guest->next = face->guests;
    face->guests = guest;
    return true;
}

/* Close so that the client sees a reset, as a box without a free line does. */
static void refuse(int fd)
{
    const struct linger at_once = {.l_onoff = 1};

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    (void)close(fd);
}

static void connection_ready(void *arg, unsigned events)
{
    struct lab_face *face = arg;
    uint32_t lines = face->device->ssh.quirks.vty_lines;
    int fd = accept4(face->fd, NULL, NULL, SOCK_CLOEXEC);
    const int on = 1;

    (void)events;
    if (fd < 0)
        return;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (face->device->faults.refuse || reap(face) >= (lines > 0 ? lines : VTY_LINES) ||
        !guest_new(face, fd))
        refuse(fd);
}

/* --- the face ----------------------------------------------------------------------- */

static bool wanted(const struct lab_device *device)
{
    return device->ssh.on && device->os != LAB_JUNOS;
}

/* DIR/NAME.log; -1 where nothing is recorded. */
static int record_open(const struct lab_face *face)
{
    char path[PATH_SIZE];

    if (face->world->record_dir == NULL)
        return -1;
    (void)snprintf(path, sizeof(path), "%s/%s.log", face->world->record_dir,
                   face->device->name);
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static bool listen_on(struct lab_face *face)
{
    struct lab_device *device = face->device;
    struct lab_address address;
    char text[64];

    (void)snprintf(text, sizeof(text), "%s:%u", device->address, device->ssh.port);
    if (!lab_address_read(gv_text(text), &address)) {
        errno = EINVAL;
        return false;
    }
    face->fd = lab_address_bind(SOCK_STREAM, &address);
    if (face->fd < 0)
        return false;
    device->ssh.port = lab_address_port(&address);
    face->question_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (face->question_fd < 0)
        return false;
    face->watch =
        gv_watch_start(face->world->loop, face->fd, GV_READABLE, connection_ready, face);
    face->question_watch = gv_watch_start(face->world->loop, face->question_fd, GV_READABLE,
                                          questions_ready, face);
    return face->watch != NULL && face->question_watch != NULL;
}

static void stop(struct lab_face *face)
{
    if (face == NULL)
        return;
    gv_watch_stop(face->watch);
    gv_watch_stop(face->question_watch);
    (void)pthread_mutex_lock(&face->lock);
    for (struct guest *guest = face->guests; guest != NULL; guest = guest->next) {
        guest->visit.over = true;
        (void)shutdown(guest->control_fd, SHUT_RDWR);
    }
    (void)pthread_cond_broadcast(&face->answered);
    (void)pthread_mutex_unlock(&face->lock);
    while (face->guests != NULL) {
        struct guest *guest = face->guests;

        face->guests = guest->next;
        (void)pthread_join(guest->thread, NULL);
        (void)close(guest->control_fd);
        free(guest);
    }
    for (int i = 0; i < 3; i++) {
        int fd = i == 0 ? face->fd : i == 1 ? face->question_fd : face->record_fd;

        if (fd >= 0)
            (void)close(fd);
    }
    lab_ssh_room_leave(face->world);
    (void)pthread_mutex_destroy(&face->lock);
    (void)pthread_cond_destroy(&face->answered);
    free(face);
}

static struct lab_face *start(struct lab_world *world, struct lab_device *device,
                              char error[LAB_ERROR_SIZE])
{
    struct lab_face *face = calloc(1, sizeof(*face));

    if (face == NULL || lab_ssh_room_enter(world, error) == NULL) {
        free(face);
        return NULL;
    }
    face->world = world;
    face->device = device;
    face->fd = face->question_fd = -1;
    (void)pthread_mutex_init(&face->lock, NULL);
    (void)pthread_cond_init(&face->answered, NULL);
    face->record_fd = record_open(face);
    if (!listen_on(face)) {
        (void)snprintf(error, LAB_ERROR_SIZE, "SSH: %s port %u: %s", device->address,
                       device->ssh.port, strerror(errno));
        stop(face);
        return NULL;
    }
    return face;
}

const struct lab_face_kind lab_ssh_face = {
    .name = "ssh",
    .wanted = wanted,
    .start = start,
    .stop = stop,
    .tcp = true,
    .port_offset = offsetof(struct lab_device, ssh.port),
    .line_offset = offsetof(struct lab_device, ssh.line),
    .announce = lab_ssh_room_announce,
};
