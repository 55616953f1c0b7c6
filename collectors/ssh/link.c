/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/link.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/detail.h"
#include "ssh/login.h"

enum { HEARD_MOST = 8192 };

/* What the loop's thread and a worker share is the worker's while `busy`. */
struct gv_link {
    struct gv_loop *loop;
    gv_link_told *told;
    void *arg;
    int fd; /* ours, to watch and to shut down; libssh has a duplicate */
    struct gv_watch *watch;
    bool busy;                       /* a job is out */
    bool ended;                      /* by the owner, while a job was out */
    bool *gone;                      /* set when the link is freed during a callback */
    char waiting[GV_LINK_SEND_MOST]; /* to send, once the job is back */
    size_t waiting_n;

    struct gv_login login;
    enum gv_login_result result;
    char sending[GV_LINK_SEND_MOST];
    size_t sending_n;
    char heard[HEARD_MOST];
    size_t heard_n;
    bool was_open; /* before this job */
    enum gv_login_step last_step;
};

/* --- in the worker --- */

static void closed(struct gv_link *link, enum gv_err err, const char *why)
{
    struct gv_login *login = &link->login;

    login->err = err;
    gv_detail(login->detail, sizeof(login->detail), "%s", why);
    link->result = GV_LOGIN_FAILED;
}

static void write_some(struct gv_link *link)
{
    int n;

    if (link->sending_n == 0)
        return;
    n = ssh_channel_write(link->login.channel, link->sending, (uint32_t)link->sending_n);
    if (n < 0) {
        closed(link, GV_ERR_UNREACHABLE, "the router closed the session");
        return;
    }
    link->sending_n -= (size_t)n;
    memmove(link->sending, link->sending + n, link->sending_n);
    gv_wipe(link->sending + link->sending_n, sizeof(link->sending) - link->sending_n);
}

static void read_some(struct gv_link *link)
{
    while (link->heard_n < HEARD_MOST) {
        int n = ssh_channel_read_nonblocking(link->login.channel, link->heard + link->heard_n,
                                             (uint32_t)(HEARD_MOST - link->heard_n), 0);

        if (n == 0 && !ssh_channel_is_eof(link->login.channel) &&
            ssh_is_connected(link->login.session))
            return;
        if (n <= 0) {
            closed(link, GV_ERR_UNREACHABLE, "the router closed the session");
            return;
        }
        link->heard_n += (size_t)n;
    }
}

static void work(void *arg)
{
    struct gv_link *link = arg;

    link->heard_n = 0;
    link->was_open = link->login.step == GV_LOGIN_OPEN;
    link->last_step = link->login.step;
    link->result = gv_login_next(&link->login);
    if (link->result == GV_LOGIN_DONE) {
        write_some(link);
        read_some(link);
    }
}

/* --- in the loop's thread --- */

static void release(struct gv_link *link)
{
    if (link->gone != NULL)
        *link->gone = true;
    gv_watch_stop(link->watch);
    gv_login_clear(&link->login);
    gv_wipe(link->waiting, sizeof(link->waiting));
    gv_wipe(link->sending, sizeof(link->sending));
    (void)close(link->fd);
    free(link);
}

/* Tell the owner. False if it ended the link: touch it no more. */
static bool tell(struct gv_link *link, enum gv_link_event event)
{
    bool gone = false;

    link->gone = &gone;
    link->told(link->arg, event);
    if (gone)
        return false;
    link->gone = NULL;
    return true;
}

static void work_done(void *arg);

static bool start_job(struct gv_link *link)
{
    size_t room = sizeof(link->sending) - link->sending_n;
    size_t n = link->waiting_n < room ? link->waiting_n : room;

    memcpy(link->sending + link->sending_n, link->waiting, n);
    link->sending_n += n;
    link->waiting_n -= n;
    memmove(link->waiting, link->waiting + n, link->waiting_n);
    gv_wipe(link->waiting + link->waiting_n, sizeof(link->waiting) - link->waiting_n);
    link->busy = true;
    if (gv_loop_work(link->loop, work, work_done, link) == GV_OK)
        return true;
    link->busy = false;
    return false;
}

static void socket_ready(void *arg, unsigned events)
{
    struct gv_link *link = arg;

    (void)events;
    gv_watch_change(link->watch, 0);
    if (!start_job(link)) {
        closed(link, GV_ERR_NO_MEMORY, "no memory");
        (void)tell(link, GV_LINK_CLOSED);
    }
}

/* The job is back and told: another one at once, or wait for the socket. */
static void go_on(struct gv_link *link)
{
    unsigned events = GV_READABLE;

    if (link->heard_n == HEARD_MOST || link->waiting_n > 0) {
        socket_ready(link, 0);
        return;
    }
    link->heard_n = 0;
    if (link->sending_n > 0 || (ssh_get_poll_flags(link->login.session) & SSH_WRITE_PENDING))
        events |= GV_WRITABLE;
    gv_watch_change(link->watch, events);
}

static void work_done(void *arg)
{
    struct gv_link *link = arg;

    link->busy = false;
    if (link->ended) {
        release(link);
        return;
    }
    if (link->login.step != link->last_step && link->login.step != GV_LOGIN_OPEN &&
        link->result != GV_LOGIN_FAILED && !tell(link, GV_LINK_STEP))
        return;
    if (link->login.step == GV_LOGIN_OPEN && !link->was_open && !tell(link, GV_LINK_OPEN))
        return;
    if (link->heard_n > 0 && !tell(link, GV_LINK_HEARD))
        return;
    if (link->result == GV_LOGIN_FAILED)
        (void)tell(link, GV_LINK_CLOSED);
    else
        go_on(link);
}

struct gv_link *gv_link_start(struct gv_loop *loop, const struct gv_target *target, int fd,
                              gv_link_told *told, void *arg)
{
    struct gv_link *link = calloc(1, sizeof(*link));

    if (link == NULL) {
        (void)close(fd);
        return NULL;
    }
    link->loop = loop;
    link->told = told;
    link->arg = arg;
    link->fd = fd;
    if (gv_login_init(&link->login, target, fd)) {
        link->watch = gv_watch_start(loop, fd, 0, socket_ready, link);
        if (link->watch != NULL && start_job(link))
            return link;
    }
    release(link);
    return NULL;
}

bool gv_link_send(struct gv_link *link, struct gv_text octets)
{
    if (octets.n > sizeof(link->waiting) - link->waiting_n)
        return false;
    memcpy(link->waiting + link->waiting_n, octets.at, octets.n);
    link->waiting_n += octets.n;
    /* During a callback go_on sees to it, while a job is out its end does. */
    if (link->busy || link->gone != NULL)
        return true;
    gv_watch_change(link->watch, 0);
    return start_job(link);
}

struct gv_text gv_link_heard(const struct gv_link *link)
{
    return (struct gv_text){link->heard, link->heard_n};
}

bool gv_link_quiet(const struct gv_link *link)
{
    struct pollfd fd = {.fd = link->fd, .events = POLLIN};

    return !link->busy && poll(&fd, 1, 0) == 0;
}

const char *gv_link_step_name(const struct gv_link *link)
{
    return gv_login_step_name(link->login.step);
}

enum gv_err gv_link_err(const struct gv_link *link)
{
    return link->login.err;
}

const char *gv_link_detail(const struct gv_link *link)
{
    return link->login.detail;
}

void gv_link_end(struct gv_link *link)
{
    if (link == NULL)
        return;
    if (!link->busy) {
        release(link);
        return;
    }
    link->ended = true;
    if (link->gone != NULL)
        *link->gone = true;
    gv_watch_stop(link->watch);
    link->watch = NULL;
    (void)shutdown(link->fd, SHUT_RDWR);
}
