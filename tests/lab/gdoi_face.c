/* SPDX-License-Identifier: Apache-2.0 */
/* The GDOI face: a UDP socket in front of a key server that follows the fleet. */
#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine.h"
#include "face.h"
#include "gdoi_follow.h"

enum { MESSAGES_A_TURN = 64, WAIT_MOST_MS = 1000, DATAGRAM_MOST = 65535 };

/* One signer for all: the key servers of a group share it, and RSA keys take long to make. */
static struct {
    struct gdoi_signer *signer;
    struct gdoi_suite suites[256];
    size_t suite_count;
    size_t faces;
} shared;

struct lab_face {
    struct lab_world *world;
    struct lab_device *device;
    struct gv_secret *psk;
    struct gdoi_credential *credential;
    struct gdoi_suite suite; /* where it takes one alone */
    struct lab_gdoi_follow follow;
    struct gv_watch *watch;
    struct gv_timer *timer;
    struct lab_gdoi_counts told; /* as last logged */
    int fd;
};

/* ---- what all faces share ---- */

/* Every suite that has a name, strong ones first. */
static void name_suites(void)
{
    static const char *const ciphers[] = {"aes256", "aes192", "aes128", "3des"};
    static const char *const hashes[] = {"sha512", "sha384", "sha256", "sha1", "md5"};
    static const char *const groups[] = {"ecp521",   "ecp384",   "ecp256",
                                         "modp4096", "modp3072", "modp2048",
                                         "modp1536", "modp1024", "modp768"};

    for (size_t g = 0; g < 9; g++)
        for (size_t c = 0; c < 4; c++)
            for (size_t h = 0; h < 5; h++) {
                char name[64];

                (void)snprintf(name, sizeof(name), "%s-%s-%s", ciphers[c], hashes[h],
                               groups[g]);
                if (gdoi_suite_read(gv_text(name), &shared.suites[shared.suite_count]))
                    shared.suite_count++;
            }
}

static void share(void)
{
    if (shared.faces == 0) {
        shared.signer = gdoi_signer_new("RSA", 2048, 65537);
        shared.suite_count = 0;
        name_suites();
    }
    shared.faces++;
}

static void unshare(void)
{
    if (--shared.faces > 0)
        return;
    gdoi_signer_free(shared.signer);
    shared.signer = NULL;
}

/* ---- datagrams ---- */

static struct gdoi_endpoint endpoint(const struct sockaddr_in *at)
{
    struct gdoi_endpoint out = {.size = 4, .port = ntohs(at->sin_port)};

    memcpy(out.address, &at->sin_addr, 4);
    return out;
}

static bool silent(const struct lab_face *face, struct gv_time now)
{
    return lab_device_silent(face->device, now) || face->device->faults.hang;
}

static void flush(struct lab_face *face, bool drop)
{
    struct gdoi_datagram d;

    while (lab_gdoi_next(face->follow.server, &d)) {
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(d.to.port)};

        memcpy(&to.sin_addr, d.to.address, 4);
        /* Lost answers are the network's business. */
        if (!drop)
            (void)!sendto(face->fd, d.octets, d.n, 0, (const struct sockaddr *)&to, sizeof(to));
    }
}

/* What the key server has counted, whenever that has changed: a test reads the last line. */
static void tell(struct lab_face *face)
{
    const struct lab_gdoi_counts *c = lab_gdoi_counts(face->follow.server), *t = &face->told;

    if (c->phase1s == t->phase1s && c->registrations == t->registrations &&
        c->refused == t->refused && c->pushes == t->pushes && c->acks == t->acks &&
        c->bad_acks == t->bad_acks)
        return;
    face->told = *c;
    lab_say(face->world->fleet, face->device,
            "gdoi: phase1s %u registrations %u refused %u rekeys %u acks %u bad_acks %u",
            c->phase1s, c->registrations, c->refused, c->pushes, c->acks, c->bad_acks);
}

static void due(void *arg);

/* Up to the present, and awake again when something is due. */
static void live(struct lab_face *face)
{
    struct gv_time now = lab_world_now(face->world), next;
    struct gv_dur wait = {WAIT_MOST_MS}, span;

    lab_gdoi_follow(&face->follow, now);
    flush(face, silent(face, now));
    tell(face);
    next = lab_gdoi_expiry(face->follow.server);
    if (gv_time_before(lab_fleet_next(face->world->fleet), next))
        next = lab_fleet_next(face->world->fleet);
    if (next.ms != LAB_NEVER.ms) {
        span = lab_world_wall(face->world, gv_time_diff(next, now));
        wait.ms = span.ms < wait.ms ? span.ms : wait.ms;
    }
    gv_timer_stop(face->timer);
    face->timer = gv_timer_start(face->world->loop, (struct gv_dur){wait.ms < 1 ? 1 : wait.ms},
                                 due, face);
}

static void due(void *arg)
{
    struct lab_face *face = arg;

    face->timer = NULL;
    live(face);
}

static void ready(void *arg, unsigned events)
{
    static uint8_t octets[DATAGRAM_MOST];
    struct lab_face *face = arg;

    (void)events;
    for (unsigned i = 0; i < MESSAGES_A_TURN; i++) {
        struct sockaddr_in from;
        socklen_t from_n = sizeof(from);
        ssize_t n = recvfrom(face->fd, octets, sizeof(octets), MSG_DONTWAIT,
                             (struct sockaddr *)&from, &from_n);
        struct gv_time now = lab_world_now(face->world);
        struct gdoi_endpoint at;

        if (n < 0)
            break;
        at = endpoint(&from);
        if (!silent(face, now))
            lab_gdoi_feed(face->follow.server, octets, (size_t)n, &at, false, now);
    }
    live(face);
}

/* ---- beginning and end ---- */

/* A descriptor on the device's address and port, which also sends to groups from there; -1
 * with errno set. */
static int listen_on(struct lab_device *device, struct sockaddr_in *at)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t at_n = sizeof(*at);

    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(device->gdoi.port)};
    if (fd < 0)
        return -1;
    if (inet_pton(AF_INET, device->address, &at->sin_addr) != 1 ||
        bind(fd, (const struct sockaddr *)at, sizeof(*at)) != 0 ||
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &at->sin_addr, sizeof(at->sin_addr)) != 0 ||
        getsockname(fd, (struct sockaddr *)at, &at_n) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    device->gdoi.port = ntohs(at->sin_port);
    return fd;
}

static bool wanted(const struct lab_device *device)
{
    return device->gdoi.on && device->server_count > 0 && !device->faults.refuse;
}

static void stop(struct lab_face *face)
{
    if (face == NULL)
        return;
    gv_timer_stop(face->timer);
    gv_watch_stop(face->watch);
    if (face->fd >= 0)
        close(face->fd);
    lab_gdoi_follow_stop(&face->follow);
    gdoi_credential_free(face->credential);
    gv_secret_free(face->psk);
    free(face);
    unshare();
}

static struct gdoi_identity identity(const struct lab_face *face, const struct sockaddr_in *at)
{
    struct gdoi_identity id = {.type = GDOI_ID_IPV4, .n = 4};
    const uint8_t *der;
    size_t n;

    memcpy(id.octets, &at->sin_addr, 4);
    if (face->credential == NULL)
        return id;
    der = gdoi_credential_subject(face->credential, &n);
    id = (struct gdoi_identity){.type = GDOI_ID_DN, .n = (uint8_t)n};
    memcpy(id.octets, der, id.n);
    return id;
}

/* A certificate where the scenario names one, else the pre-shared key. */
static bool load_proof(struct lab_face *face, char error[LAB_ERROR_SIZE])
{
    const struct lab_gdoi_box *box = &face->device->gdoi;

    if (box->cert == NULL) {
        face->psk = gv_secret_new(box->psk, strlen(box->psk));
        return face->psk != NULL;
    }
    face->credential =
        box->key != NULL && box->ca != NULL
            ? gdoi_credential_load(box->cert, box->key, box->ca, NULL, error, LAB_ERROR_SIZE)
            : NULL;
    return face->credential != NULL;
}

/* All suites, or the one that the scenario names. */
static bool choose_suites(struct lab_face *face, struct lab_gdoi_config *config)
{
    const char *suite = face->device->gdoi.suite;

    config->suites = suite != NULL ? &face->suite : shared.suites;
    config->suite_count = suite != NULL ? 1 : shared.suite_count;
    return suite == NULL || gdoi_suite_read(gv_text(suite), &face->suite);
}

static bool begin(struct lab_face *face, char error[LAB_ERROR_SIZE])
{
    struct lab_device *device = face->device;
    struct lab_gdoi_config config = {.mute = device->gdoi.mute};
    struct sockaddr_in at;

    (void)snprintf(error, LAB_ERROR_SIZE, "expected `psk`, or `cert`, `key` and `ca`");
    if (!load_proof(face, error))
        return false;
    (void)snprintf(error, LAB_ERROR_SIZE, "expected a suite as aes128-sha256-modp2048");
    if (!choose_suites(face, &config))
        return false;
    face->fd = listen_on(device, &at);
    if (face->fd < 0) {
        (void)snprintf(error, LAB_ERROR_SIZE, "%s udp port %u: %s", device->address,
                       device->gdoi.port, strerror(errno));
        return false;
    }
    (void)snprintf(error, LAB_ERROR_SIZE, "no memory");
    config.psk = face->psk;
    config.credential = face->credential;
    config.identity = identity(face, &at);
    config.local = endpoint(&at);
    if (!lab_gdoi_follow_start(&face->follow, &config, device, shared.signer,
                               lab_world_now(face->world)))
        return false;
    face->watch = gv_watch_start(face->world->loop, face->fd, GV_READABLE, ready, face);
    if (face->watch == NULL)
        return false;
    live(face);
    return face->timer != NULL;
}

static struct lab_face *start(struct lab_world *world, struct lab_device *device,
                              char error[LAB_ERROR_SIZE])
{
    struct lab_face *face = calloc(1, sizeof(*face));

    if (face == NULL) {
        (void)snprintf(error, LAB_ERROR_SIZE, "no memory");
        return NULL;
    }
    share();
    *face = (struct lab_face){.world = world, .device = device, .fd = -1};
    if (begin(face, error))
        return face;
    stop(face);
    return NULL;
}

const struct lab_face_kind lab_gdoi_face = {
    .name = "gdoi",
    .wanted = wanted,
    .start = start,
    .stop = stop,
    .port_offset = offsetof(struct lab_device, gdoi.port),
    .line_offset = offsetof(struct lab_device, gdoi.line),
};
