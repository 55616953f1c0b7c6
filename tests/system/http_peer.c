/* SPDX-License-Identifier: Apache-2.0 */
#include "http_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fleet.h"
#include "http/server.h"
#include "io/loop.h"

enum { ANSWER_SIZE = 1 << 20, REQUEST_SIZE = 128 << 10, RECEIVE_S = 10 };
enum { POLLS_MOST = PEER_CONNECTIONS, ANSWER_MS = 20, SILENCE_MS = 60000 };

char peer_answer[ANSWER_SIZE];
size_t peer_answer_n;

/* The server's side. */

static struct gv_loop *loop;
static unsigned polls, views, reloads;

/* Polls under way: the slot is free where there is no timer. */
static struct poll {
    struct gv_timer *timer;
    void (*done)(void *arg, enum gv_err worst);
    void *arg;
} under_way[POLLS_MOST];

static bool view(void *arg, struct gv_render_in *in)
{
    (void)arg;
    views++;
    *in = fleet_in();
    return true;
}

static void poll_over(void *arg)
{
    struct poll *poll = arg;

    poll->timer = NULL;
    poll->done(poll->arg, GV_ERR_TIMEOUT);
}

/* As a poller does that is released. */
static void cancel_polls(void)
{
    for (size_t i = 0; i < POLLS_MOST; i++) {
        if (under_way[i].timer == NULL)
            continue;
        gv_timer_stop(under_way[i].timer);
        under_way[i].done(under_way[i].arg, GV_ERR_CANCELLED);
    }
}

static enum gv_err probe(void *arg, const char *target, const char **name, struct gv_buf *said,
                         void (*done)(void *done_arg, enum gv_err worst), void *done_arg)
{
    bool silent = strcmp(target, "silent") == 0;
    size_t i = 0;

    (void)arg;
    if (!silent && strcmp(target, "ks-a") != 0 && strcmp(target, "192.0.2.1") != 0)
        return GV_ERR_NOT_FOUND;
    while (i < POLLS_MOST && under_way[i].timer != NULL)
        i++;
    if (i == POLLS_MOST)
        return GV_ERR_NO_MEMORY;
    polls++;
    *name = silent ? "silent" : "ks-a";
    if (said != NULL)
        gv_buf_add_str(said, "answers to snmp, secrets hidden:\n> request 1\n\x1b[31mred\n");
    under_way[i] = (struct poll){NULL, done, done_arg};
    under_way[i].timer = gv_timer_start(loop, (struct gv_dur){silent ? SILENCE_MS : ANSWER_MS},
                                        poll_over, &under_way[i]);
    return GV_OK;
}

static bool probe_view(void *arg, const char *name, struct gv_render_in *in)
{
    (void)name;
    return view(arg, in);
}

static enum gv_err service_discovery(void *arg, struct gv_buf *out)
{
    const struct {
        const char *name;
        unsigned value;
    } counts[] = {{"{\"polls\":", polls}, {",\"views\":", views}, {",\"reloads\":", reloads}};

    (void)arg;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        gv_buf_add_str(out, counts[i].name);
        gv_buf_add_u64(out, counts[i].value);
    }
    gv_buf_add_str(out, "}\n");
    return out->err;
}

static enum gv_err config(void *arg, struct gv_buf *out)
{
    char *to = gv_buf_room(out, PEER_CONFIG_SIZE);

    (void)arg;
    if (to == NULL)
        return out->err;
    memset(to, '#', PEER_CONFIG_SIZE);
    gv_buf_grew(out, PEER_CONFIG_SIZE);
    return GV_OK;
}

static enum gv_err reload(void *arg, struct gv_buf *why)
{
    (void)arg;
    reloads++;
    gv_buf_add_str(why, "file:3:1: expected a map");
    return reloads == 1 ? GV_OK : GV_ERR_MALFORMED;
}

static bool ready(void *arg)
{
    (void)arg;
    return reloads > 0;
}

static void stop(void *arg)
{
    gv_loop_stop(arg);
}

/* At most `more` from now on. New ones come from the lowest free number, so the
 * gaps below the highest one in use are filled first. */
static void limit_descriptors(unsigned more)
{
    enum { NUMBERS = 256 };
    struct rlimit limit = {0, 0};
    int highest = 0;

    if (more == 0)
        return;
    for (int i = 0; i < NUMBERS; i++)
        if (fcntl(i, F_GETFD) >= 0)
            highest = i;
    while (dup(STDIN_FILENO) < highest)
        continue;
    limit.rlim_cur = limit.rlim_max = (rlim_t)highest + 2 + more;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int serve(int report, unsigned descriptors)
{
    static const char *const listen[] = {"127.0.0.1:0"};
    const struct gv_http_hooks hooks = {.view = view,
                                        .probe = probe,
                                        .probe_view = probe_view,
                                        .service_discovery = service_discovery,
                                        .config = config,
                                        .reload = reload,
                                        .ready = ready};
    const struct gv_http_policy policy = {.listen = listen,
                                          .listen_count = 1,
                                          .telemetry_path = "/metrics",
                                          .connections = PEER_CONNECTIONS,
                                          .connections_per_address = PEER_CONNECTIONS / 2,
                                          .request_deadline = {PEER_REQUEST_MS},
                                          .response_deadline = {PEER_RESPONSE_MS}};
    struct gv_http_server *server = NULL;
    char why[256] = "";
    unsigned port;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    loop = gv_loop_new();
    if (loop == NULL || gv_loop_signal(loop, SIGTERM, stop, loop) != GV_OK ||
        gv_http_server_start(loop, &policy, &hooks, &server, why, sizeof(why)) != GV_OK) {
        (void)fprintf(stderr, "server: %s\n", why);
        return 1;
    }
    port = gv_http_server_port(server, 0);
    if (write(report, &port, sizeof(port)) != sizeof(port))
        return 1;
    (void)close(report);
    limit_descriptors(descriptors);
    gv_loop_run(loop);
    gv_http_server_stop(server);
    cancel_polls();
    gv_loop_free(loop);
    return 0;
}

struct peer peer_start(unsigned descriptors)
{
    struct peer peer = {-1, 0, 0};
    int report[2];

    if (pipe(report) != 0)
        return peer;
    (void)fflush(stdout); /* or the child writes it once more */
    peer.pid = fork();
    if (peer.pid == 0) {
        (void)close(report[0]);
        exit(serve(report[1], descriptors));
    }
    (void)close(report[1]);
    if (read(report[0], &peer.port, sizeof(peer.port)) != sizeof(peer.port))
        peer.port = 0;
    (void)close(report[0]);
    return peer;
}

int peer_stop(const struct peer *peer)
{
    int status = -1;

    if (kill(peer->pid, SIGTERM) != 0 || waitpid(peer->pid, &status, 0) != peer->pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The client's side. */

int peer_connect(const struct peer *peer)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)peer->port),
                                   .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct sockaddr_in from = {.sin_family = AF_INET,
                                     .sin_addr = {htonl(0x7f000000u + peer->from)}};
    const struct timeval patience = {.tv_sec = RECEIVE_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if ((peer->from == 0 || bind(fd, (const struct sockaddr *)&from, sizeof(from)) == 0) &&
        connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

void peer_send(int fd, const char *octets, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, octets, n, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        octets += sent;
        n -= (size_t)sent;
    }
}

size_t peer_receive(int fd, char *to, size_t size)
{
    static char rest[65536];
    size_t n = 0;

    for (;;) {
        bool fits = n < size - 1;
        ssize_t got = recv(fd, fits ? to + n : rest, fits ? size - 1 - n : sizeof(rest), 0);

        if (got == 0 || (got < 0 && errno == ECONNRESET))
            break;
        if (got < 0)
            return (size_t)-1;
        n += (size_t)got;
    }
    to[n < size ? n : size - 1] = '\0';
    return n;
}

int peer_ask(const struct peer *peer, const char *request, size_t n)
{
    static const char version[] = "HTTP/1.1 ";
    struct gv_text status;
    uint32_t code = 0;
    int fd = peer_connect(peer);

    peer_answer[0] = '\0';
    if (fd < 0)
        return -1;
    peer_send(fd, request, n);
    peer_answer_n = peer_receive(fd, peer_answer, sizeof(peer_answer));
    (void)close(fd);
    if (peer_answer_n == (size_t)-1)
        return -1;
    status = gv_text(peer_answer);
    if (!gv_text_starts(status, version))
        return 0;
    (void)gv_text_u32_lead(gv_text_from(status, sizeof(version) - 1), &code);
    return (int)code;
}

int peer_get(const struct peer *peer, const char *target, const char *more)
{
    static char request[REQUEST_SIZE];
    int n = snprintf(request, sizeof(request),
                     "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n",
                     target, more);

    return peer_ask(peer, request, (size_t)n);
}

long peer_count(const struct peer *peer, const char *name)
{
    struct gv_text answer;
    uint32_t value = 0;

    if (peer_get(peer, "/sd", "") != 200)
        return -1;
    answer = gv_text(peer_answer);
    answer = gv_text_from(answer, gv_text_find(answer, name) + strlen(name) + 2);
    return gv_text_u32_lead(answer, &value) ? (long)value : -1;
}
