/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "proxy_parts.h"

enum {
    LINES_MAX = 1024, /* connections; more are refused */
    PIPE_SIZE = 16384,
    ACCEPTS = 64, /* connections taken before others get their turn */
};

/* One direction of one connection: read a piece, wait its delay, write it, read
 * the next. Side `direction` is read, the other one written. */
struct pipe {
    struct lab_proxy_line *line;
    enum lab_proxy_direction direction;
    struct lab_dice dice;
    struct lab_fate fate;   /* of the block the stream is in */
    struct gv_timer *timer; /* running: what is in `octets` is not yet due */
    uint64_t taken, given;  /* octets read from and written to the ends */
    size_t from, to;        /* octets[from, to) are to be written */
    bool ended, shut;       /* the reading side's end came; it was passed on */
    uint8_t octets[PIPE_SIZE];
};

/* One connection. side[TOWARD] is the client's socket, side[BACK] the server's:
 * the pipe of a direction reads from the side of its own name. */
struct lab_proxy_line {
    struct lab_proxy_line *next, **link;
    struct lab_proxy *proxy;
    int fd[LAB_PROXY_DIRECTIONS];
    struct gv_watch *watch[LAB_PROXY_DIRECTIONS];
    struct pipe pipe[LAB_PROXY_DIRECTIONS];
    bool connected; /* to the server */
};

static void line_free(struct lab_proxy_line *line)
{
    for (int side = 0; side < LAB_PROXY_DIRECTIONS; side++) {
        gv_timer_stop(line->pipe[side].timer);
        gv_watch_stop(line->watch[side]);
        if (line->fd[side] >= 0)
            (void)close(line->fd[side]);
    }
    *line->link = line->next;
    if (line->next != NULL)
        line->next->link = line->link;
    line->proxy->line_count--;
    free(line);
}

/* Ask for what each side can do now. */
static void rewatch(struct lab_proxy_line *line)
{
    for (int side = 0; side < LAB_PROXY_DIRECTIONS; side++) {
        const struct pipe *in = &line->pipe[side], *out = &line->pipe[1 - side];
        unsigned events = 0;

        if (in->from == in->to && !in->ended)
            events |= GV_READABLE;
        if (out->from < out->to && out->timer == NULL)
            events |= GV_WRITABLE;
        if (side == LAB_PROXY_BACK && !line->connected)
            events = GV_WRITABLE;
        gv_watch_change(line->watch[side], events);
    }
}

static void pipe_due(void *arg)
{
    struct pipe *pipe = arg;

    pipe->timer = NULL;
    rewatch(pipe->line);
}

/* Hold what is in the pipe for `wait`. Without memory it goes at once. */
static void pipe_wait(struct pipe *pipe, struct gv_dur wait)
{
    if (wait.ms > 0)
        pipe->timer = gv_timer_start(pipe->line->proxy->loop, wait, pipe_due, pipe);
}

/* Flip the bits that fall into the n octets just read. */
static void pipe_damage(struct pipe *pipe, size_t n)
{
    struct lab_proxy *proxy = pipe->line->proxy;

    for (size_t i = 0; i < n; i++, pipe->taken++) {
        size_t at = pipe->taken % LAB_IMPAIR_BLOCK;

        if (at == 0)
            pipe->fate = lab_impair_next(lab_proxy_impair(proxy, pipe->direction), &pipe->dice,
                                         LAB_IMPAIR_BLOCK);
        if (pipe->fate.corrupt && pipe->fate.corrupt_bit / 8 == at) {
            pipe->octets[i] ^= (uint8_t)(1u << pipe->fate.corrupt_bit % 8);
            proxy->stats.corrupted++;
        }
    }
}

/* False where the connection is broken. */
static bool pipe_read(struct pipe *pipe)
{
    ssize_t n = recv(pipe->line->fd[pipe->direction], pipe->octets, sizeof(pipe->octets), 0);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0) {
        pipe->ended = true;
        return true;
    }
    pipe_damage(pipe, (size_t)n);
    pipe->from = 0;
    pipe->to = (size_t)n;
    pipe_wait(pipe, pipe->fate.delay);
    return true;
}

/* How many octets may go now. */
static size_t pipe_allowance(const struct pipe *pipe, const struct lab_impair *impair)
{
    size_t n = pipe->to - pipe->from;

    if (impair->drip_ms > 0)
        n = 1;
    if (impair->cut_octets > 0 && n > impair->cut_octets - pipe->given)
        n = (size_t)(impair->cut_octets - pipe->given);
    return n;
}

/* False where the connection is broken, or has to be. */
static bool pipe_write(struct pipe *pipe)
{
    struct lab_proxy *proxy = pipe->line->proxy;
    const struct lab_impair *impair = lab_proxy_impair(proxy, pipe->direction);
    ssize_t n = send(pipe->line->fd[1 - pipe->direction], pipe->octets + pipe->from,
                     pipe_allowance(pipe, impair), MSG_NOSIGNAL);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    pipe->from += (size_t)n;
    pipe->given += (uint64_t)n;
    proxy->stats.passed += (uint64_t)n;
    if (impair->cut_octets > 0 && pipe->given >= impair->cut_octets) {
        proxy->stats.cut++;
        return false;
    }
    if (pipe->from < pipe->to && impair->drip_ms > 0)
        pipe_wait(pipe, (struct gv_dur){impair->drip_ms});
    return true;
}

/* Pass the end of a stream on once all of it was written. */
static void pipe_finish(struct pipe *pipe)
{
    if (!pipe->ended || pipe->shut || pipe->from < pipe->to)
        return;
    pipe->shut = true;
    (void)shutdown(pipe->line->fd[1 - pipe->direction], SHUT_WR);
}

static bool line_connected(struct lab_proxy_line *line)
{
    int error = 0;
    socklen_t n = sizeof(error);

    if (getsockopt(line->fd[LAB_PROXY_BACK], SOL_SOCKET, SO_ERROR, &error, &n) != 0)
        return false;
    line->connected = error == 0;
    return line->connected;
}

/* Side `side` can be read or written. */
static void side_ready(struct lab_proxy_line *line, int side, unsigned events)
{
    struct pipe *in = &line->pipe[side], *out = &line->pipe[1 - side];
    bool alive = true;

    if (side == LAB_PROXY_BACK && !line->connected)
        alive = line_connected(line);
    else if ((events & GV_READABLE) && in->from == in->to && !in->ended)
        alive = pipe_read(in);
    if (alive && line->connected && (events & GV_WRITABLE) && out->from < out->to &&
        out->timer == NULL)
        alive = pipe_write(out);
    if (alive && line->connected) {
        pipe_finish(in);
        pipe_finish(out);
    }
    if (!alive || (in->shut && out->shut))
        line_free(line);
    else
        rewatch(line);
}

static void client_ready(void *arg, unsigned events)
{
    side_ready(arg, LAB_PROXY_TOWARD, events);
}

static void server_ready(void *arg, unsigned events)
{
    side_ready(arg, LAB_PROXY_BACK, events);
}

/* Close so that the client sees a reset. */
static void refuse(int fd)
{
    const struct linger at_once = {.l_onoff = 1};

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    (void)close(fd);
}

static bool line_open(struct lab_proxy_line *line)
{
    struct lab_proxy *proxy = line->proxy;
    const struct lab_address *to = &proxy->config.to;
    int fd = socket(to->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    line->fd[LAB_PROXY_BACK] = fd;
    if (fd < 0 ||
        (connect(fd, (const struct sockaddr *)&to->at, to->n) != 0 && errno != EINPROGRESS))
        return false;
    line->watch[LAB_PROXY_TOWARD] =
        gv_watch_start(proxy->loop, line->fd[LAB_PROXY_TOWARD], 0, client_ready, line);
    line->watch[LAB_PROXY_BACK] = gv_watch_start(proxy->loop, fd, 0, server_ready, line);
    return line->watch[LAB_PROXY_TOWARD] != NULL && line->watch[LAB_PROXY_BACK] != NULL;
}

static void line_start(struct lab_proxy *proxy, int client_fd)
{
    struct lab_proxy_line *line = calloc(1, sizeof(*line));

    if (line == NULL) {
        refuse(client_fd);
        return;
    }
    line->proxy = proxy;
    line->fd[LAB_PROXY_TOWARD] = client_fd;
    line->next = proxy->lines;
    line->link = &proxy->lines;
    if (line->next != NULL)
        line->next->link = &line->next;
    proxy->lines = line;
    proxy->line_count++;
    for (int d = 0; d < LAB_PROXY_DIRECTIONS; d++) {
        line->pipe[d].line = line;
        line->pipe[d].direction = (enum lab_proxy_direction)d;
        line->pipe[d].dice = lab_proxy_dice(proxy, proxy->clients, line->pipe[d].direction);
    }
    if (line_open(line))
        rewatch(line);
    else
        line_free(line);
}

/* The first draw of a connection says whether it is taken at all. */
static bool taken(struct lab_proxy *proxy)
{
    struct lab_dice dice = lab_dice(~proxy->config.seed, proxy->clients);

    return !lab_impair_next(&proxy->config.toward, &dice, 0).drop;
}

void lab_proxy_tcp_readable(void *arg, unsigned events)
{
    struct lab_proxy *proxy = arg;

    (void)events;
    for (unsigned i = 0; i < ACCEPTS; i++) {
        int fd = accept4(proxy->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd < 0)
            return;
        if (proxy->line_count == LINES_MAX || !taken(proxy)) {
            proxy->stats.dropped++;
            refuse(fd);
        } else {
            line_start(proxy, fd);
        }
        proxy->clients++;
    }
}

void lab_proxy_tcp_clear(struct lab_proxy *proxy)
{
    struct lab_proxy_line *next;

    for (struct lab_proxy_line *line = proxy->lines; line != NULL; line = next) {
        next = line->next;
        line_free(line);
    }
}
