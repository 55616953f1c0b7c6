/* SPDX-License-Identifier: Apache-2.0 */
/* The RESTCONF face: an HTTPS server for each box, in the loop. An authority made at the
 * first start vouches for all of them; each has a key of its own. */
#include <errno.h>
#include <microhttpd.h>
#include <openssl/pem.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "face.h"
#include "gdoi_ca.h"
#include "restconf_print.h"

enum { ANSWER_MOST = 64 << 20, CONNECTIONS = 16, IDLE_S = 60, DAY_S = 86400, PATH_SIZE = 512 };

/* The authority of all faces; it goes with the last of them. */
static struct {
    struct ca_pair pair;
    size_t faces;
} authority;

/* An answer that waits. */
struct waiting {
    struct waiting *next;
    struct lab_face *face;
    struct MHD_Connection *connection;
    struct gv_timer *timer; /* NULL: for ever */
    bool due;
};

struct lab_face {
    struct lab_world *world;
    struct lab_device *device;
    struct MHD_Daemon *mhd;
    struct gv_watch *watch;
    struct gv_timer *again;
    struct waiting *waiting;
    char *certificate, *key; /* PEM */
    int fd;
};

/* --- libmicrohttpd in the loop --- */

static void run(void *arg)
{
    struct lab_face *face = arg;
    MHD_UNSIGNED_LONG_LONG after_ms;

    face->again = NULL;
    (void)MHD_run(face->mhd);
    if (face->again != NULL || MHD_get_timeout(face->mhd, &after_ms) != MHD_YES)
        return;
    /* A broken handshake makes it ask for no pause, again and again: others have to get
     * their turn. */
    face->again = gv_timer_start(
        face->world->loop, (struct gv_dur){after_ms > 0 ? (int64_t)after_ms : 1}, run, face);
}

static void run_soon(struct lab_face *face)
{
    gv_timer_stop(face->again);
    face->again = gv_timer_start(face->world->loop, (struct gv_dur){0}, run, face);
}

static void readable(void *arg, unsigned events)
{
    struct lab_face *face = arg;

    (void)events;
    gv_timer_stop(face->again);
    run(face);
}

/* --- answers --- */

static enum MHD_Result send_text(struct MHD_Connection *connection, unsigned status,
                                 const char *type, const char *text, size_t n)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(n, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (response == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (status >= 300 && status < 400)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION,
                                      "https://127.0.0.1:1/elsewhere");
    result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result send_error(struct MHD_Connection *connection, unsigned status,
                                  const char *tag, const char *message)
{
    char text[512];
    int n = snprintf(text, sizeof(text),
                     "{\"ietf-restconf:errors\":{\"error\":[{\"error-type\":\"application\","
                     "\"error-tag\":\"%s\",\"error-message\":\"%s\"}]}}\n",
                     tag, message);

    return send_text(connection, status, "application/yang-data+json", text, (size_t)n);
}

/* The box's own clock runs as fast as the fleet. */
static int64_t box_time(const struct lab_face *face, struct gv_time now)
{
    int64_t ahead_ms = now.ms - now.ms / face->world->fleet->speed;

    return (int64_t)time(NULL) + ahead_ms / 1000;
}

/* What the box shows, bent as the scenario says. */
static enum MHD_Result send_list(const struct lab_face *face, struct MHD_Connection *connection,
                                 const char *path)
{
    const struct lab_restconf *box = &face->device->restconf;
    struct gv_buf out = gv_buf(ANSWER_MOST);
    struct gv_time now = lab_world_now(face->world);
    struct lab_rest rest = {face->device, now, box_time(face, now), &out};
    enum MHD_Result result;

    if (box->garbage)
        gv_buf_add_str(&out, "<html>no JSON at all");
    else if (box->deep)
        for (size_t i = 0; i < 100000; i++)
            gv_buf_add_char(&out, '[');
    else if (!lab_restconf_print(&rest, path)) {
        gv_buf_clear(&out);
        return send_error(connection, 404, "invalid-value", "uri keypath not found");
    }
    for (size_t i = 0; i < box->huge_octets; i++)
        gv_buf_add_char(&out, ' ');
    result = out.err == GV_OK
                 ? send_text(connection, 200, "application/yang-data+json", out.at, out.n)
                 : MHD_NO;
    gv_buf_clear(&out);
    return result;
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool let_in(const struct lab_restconf *box, struct MHD_Connection *connection)
{
    char *password = NULL;
    char *user = MHD_basic_auth_get_username_password(connection, &password);
    bool ok = same(user, box->user) && same(password, box->password);

    MHD_free(user);
    MHD_free(password);
    return ok;
}

static enum MHD_Result reply(const struct lab_face *face, struct MHD_Connection *connection,
                             const char *url)
{
    static const char root[] = "/restconf/data/";
    const struct lab_restconf *box = &face->device->restconf;

    if (!let_in(box, connection))
        return send_error(connection, 401, "access-denied", "");
    if (box->redirect)
        return send_text(connection, 302, "text/plain", "", 0);
    if (box->status != 0)
        return box->status == 204 ? send_text(connection, 204, "text/plain", "", 0)
                                  : send_error(connection, box->status, "in-use",
                                               "the datastore is\\n locked");
    if (strncmp(url, root, sizeof(root) - 1) != 0)
        return send_text(connection, 404, "text/plain", "", 0);
    return send_list(face, connection, url + sizeof(root) - 1);
}

/* --- answers that come late, or never --- */

static void wait_over(void *arg)
{
    struct waiting *waiting = arg;

    waiting->timer = NULL;
    waiting->due = true;
    MHD_resume_connection(waiting->connection);
    run_soon(waiting->face);
}

static struct waiting *wait_for(struct lab_face *face, struct MHD_Connection *connection,
                                bool for_ever)
{
    struct waiting *waiting = calloc(1, sizeof(*waiting));

    if (waiting == NULL)
        return NULL;
    *waiting = (struct waiting){.next = face->waiting, .face = face, .connection = connection};
    face->waiting = waiting;
    if (!for_ever)
        waiting->timer =
            gv_timer_start(face->world->loop, (struct gv_dur){face->device->restconf.delay_ms},
                           wait_over, waiting);
    MHD_suspend_connection(connection);
    return waiting;
}

static enum MHD_Result asked(void *arg, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *upload,
                             size_t *upload_n, void **own)
{
    struct lab_face *face = arg;
    struct waiting *waiting = *own;
    bool hang = face->device->faults.hang ||
                lab_device_silent(face->device, lab_world_now(face->world));

    (void)version;
    (void)upload;
    if (*upload_n > 0 || strcmp(method, MHD_HTTP_METHOD_GET) != 0)
        return MHD_NO;
    if (waiting == NULL && (hang || face->device->restconf.delay_ms > 0)) {
        *own = wait_for(face, connection, hang);
        return *own != NULL ? MHD_YES : MHD_NO;
    }
    return reply(face, connection, url);
}

static void ended(void *arg, struct MHD_Connection *connection, void **own,
                  enum MHD_RequestTerminationCode why)
{
    struct lab_face *face = arg;

    (void)connection;
    (void)why;
    for (struct waiting **at = &face->waiting; *at != NULL; at = &(*at)->next)
        if (*at == *own) {
            struct waiting *gone = *at;

            *at = gone->next;
            gv_timer_stop(gone->timer);
            free(gone);
            break;
        }
    *own = NULL;
}

/* --- certificates --- */

static char *pem_text(BIO *bio)
{
    char *at, *text = NULL;
    long n = BIO_get_mem_data(bio, &at);

    if (n > 0)
        text = strndup(at, (size_t)n);
    BIO_free(bio);
    return text;
}

static void make_certificate(struct lab_face *face)
{
    char name[128];
    struct ca_spec box = {.name = face->device->hostname,
                          .alternatives = name,
                          .key = ca_key(0, 0),
                          .issuer = &authority.pair,
                          .from_s = -DAY_S,
                          .to_s = 365L * DAY_S};
    struct ca_pair pair;
    BIO *cert = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_mem());

    (void)snprintf(name, sizeof(name), "IP:%s", face->device->address);
    pair = ca_issue(&box);
    if (PEM_write_bio_X509(cert, pair.cert) == 1)
        face->certificate = pem_text(cert);
    if (PEM_write_bio_PrivateKey(key, pair.key, NULL, NULL, 0, NULL, NULL) == 1)
        face->key = pem_text(key);
    EVP_PKEY_free(box.key);
    ca_clear(&pair);
}

static void authority_enter(void)
{
    struct ca_spec root = {
        .name = "getvpn_lab RESTCONF", .from_s = -DAY_S, .to_s = 365L * DAY_S};

    if (authority.faces++ > 0)
        return;
    root.key = ca_key(0, 0);
    authority.pair = ca_issue(&root);
    EVP_PKEY_free(root.key);
}

static void authority_leave(void)
{
    if (--authority.faces == 0)
        ca_clear(&authority.pair);
}

static void announce(struct lab_world *world)
{
    char path[PATH_SIZE];

    if (authority.faces == 0 || world->state_dir == NULL)
        return;
    (void)snprintf(path, sizeof(path), "%s/restconf-authority.pem", world->state_dir);
    ca_write_cert(&authority.pair, path);
}

/* --- the face --- */

static bool wanted(const struct lab_device *device)
{
    return device->restconf.on && device->os == LAB_IOS_XE && !device->faults.refuse;
}

static bool listen_on(struct lab_face *face)
{
    struct lab_device *device = face->device;
    struct lab_address address;
    char text[64];

    (void)snprintf(text, sizeof(text), "%s:%u", device->address, device->restconf.port);
    errno = EINVAL;
    if (!lab_address_read(gv_text(text), &address))
        return false;
    face->fd = lab_address_bind(SOCK_STREAM, &address);
    device->restconf.port = lab_address_port(&address);
    return face->fd >= 0;
}

static bool serve(struct lab_face *face)
{
    const union MHD_DaemonInfo *info;

    errno = ENOMEM;
    if (face->certificate == NULL || face->key == NULL)
        return false;
    face->mhd = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, asked, face,
        MHD_OPTION_LISTEN_SOCKET, face->fd, MHD_OPTION_HTTPS_MEM_CERT, face->certificate,
        MHD_OPTION_HTTPS_MEM_KEY, face->key, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_NOTIFY_COMPLETED, ended,
        face, MHD_OPTION_END);
    if (face->mhd == NULL)
        return false;
    face->fd = -1; /* libmicrohttpd's now */
    info = MHD_get_daemon_info(face->mhd, MHD_DAEMON_INFO_EPOLL_FD);
    if (info != NULL)
        face->watch =
            gv_watch_start(face->world->loop, info->epoll_fd, GV_READABLE, readable, face);
    return face->watch != NULL;
}

/* Those that wait are let go, or the daemon would wait for them. */
static void stop(struct lab_face *face)
{
    if (face == NULL)
        return;
    gv_watch_stop(face->watch);
    for (struct waiting *w = face->waiting; w != NULL; w = w->next)
        if (!w->due)
            MHD_resume_connection(w->connection);
    if (face->mhd != NULL)
        MHD_stop_daemon(face->mhd);
    gv_timer_stop(face->again);
    if (face->fd >= 0)
        (void)close(face->fd);
    free(face->certificate);
    free(face->key);
    free(face);
    authority_leave();
}

static struct lab_face *start(struct lab_world *world, struct lab_device *device,
                              char error[LAB_ERROR_SIZE])
{
    struct lab_face *face = calloc(1, sizeof(*face));

    if (face == NULL)
        return NULL;
    face->world = world;
    face->device = device;
    face->fd = -1;
    authority_enter();
    make_certificate(face);
    if (listen_on(face) && serve(face))
        return face;
    (void)snprintf(error, LAB_ERROR_SIZE, "RESTCONF: %s port %u: %s", device->address,
                   device->restconf.port, strerror(errno));
    stop(face);
    return NULL;
}

const struct lab_face_kind lab_restconf_face = {
    .name = "restconf",
    .wanted = wanted,
    .start = start,
    .stop = stop,
    .tcp = true,
    .port_offset = offsetof(struct lab_device, restconf.port),
    .line_offset = offsetof(struct lab_device, restconf.line),
    .announce = announce,
};
