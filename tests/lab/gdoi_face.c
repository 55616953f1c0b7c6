/* SPDX-License-Identifier: Apache-2.0 */
/* The GDOI face: UDP sockets in front of a key server that follows the fleet. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "face.h"
#include "gdoi/endpoint.h"
#include "gdoi_follow.h"
#include "gdoi_socket.h"

enum { WAIT_MOST_MS = 1000 };

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
    struct lab_gdoi_socket socket;
    struct gv_watch *watches[LAB_GDOI_SOCKETS];
    struct gv_timer *timer;
    struct lab_gdoi_counts told; /* as last logged */
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

static bool silent(const struct lab_face *face, struct gv_time now)
{
    return lab_device_silent(face->device, now) || face->device->faults.hang;
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
    lab_gdoi_socket_flush(&face->socket, face->follow.server, silent(face, now));
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
    struct lab_face *face = arg;
    struct gv_time now = lab_world_now(face->world);

    (void)events;
    lab_gdoi_socket_read(&face->socket, silent(face, now) ? NULL : face->follow.server, now);
    live(face);
}

/* ---- beginning and end ---- */

/* Where the scenario says, else where the box's other faces are. */
static bool listen_on(struct lab_face *face, char error[LAB_ERROR_SIZE])
{
    struct lab_gdoi_box *box = &face->device->gdoi;
    const char *address = box->address != NULL ? box->address : face->device->address;
    struct gdoi_endpoint at;

    (void)snprintf(error, LAB_ERROR_SIZE, "expected an address, not '%s'", address);
    if (!gdoi_endpoint_read(address, box->port, &at) ||
        !lab_gdoi_socket_open(&face->socket, &at,
                              box->nat_port != 0 ? box->nat_port : LAB_GDOI_NO_NAT, error,
                              LAB_ERROR_SIZE))
        return false;
    box->port = face->socket.at.port;
    return true;
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
    for (size_t i = 0; i < LAB_GDOI_SOCKETS; i++)
        gv_watch_stop(face->watches[i]);
    lab_gdoi_socket_close(&face->socket);
    lab_gdoi_follow_stop(&face->follow);
    gdoi_credential_free(face->credential);
    gv_secret_free(face->psk);
    free(face);
    unshare();
}

static struct gdoi_identity identity(const struct lab_face *face)
{
    const struct gdoi_endpoint *at = &face->socket.at;
    struct gdoi_identity id = {.type = at->size == 4 ? GDOI_ID_IPV4 : GDOI_ID_IPV6,
                               .n = at->size};
    const uint8_t *der;
    size_t n;

    memcpy(id.octets, at->address, at->size);
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

static bool watch(struct lab_face *face)
{
    for (size_t i = 0; i < LAB_GDOI_SOCKETS; i++) {
        int fd = face->socket.fds[i];

        if (fd >= 0)
            face->watches[i] = gv_watch_start(face->world->loop, fd, GV_READABLE, ready, face);
        if (fd >= 0 && face->watches[i] == NULL)
            return false;
    }
    return true;
}

static bool begin(struct lab_face *face, char error[LAB_ERROR_SIZE])
{
    struct lab_device *device = face->device;
    struct lab_gdoi_config config = {.mute = device->gdoi.mute,
                                     .nat_known = device->gdoi.nat_port != 0};

    (void)snprintf(error, LAB_ERROR_SIZE, "expected `psk`, or `cert`, `key` and `ca`");
    if (!load_proof(face, error))
        return false;
    (void)snprintf(error, LAB_ERROR_SIZE, "expected a suite as aes128-sha256-modp2048");
    if (!choose_suites(face, &config) || !listen_on(face, error))
        return false;
    (void)snprintf(error, LAB_ERROR_SIZE, "no memory, or `rekey_to` is no address");
    config.psk = face->psk;
    config.credential = face->credential;
    config.identity = identity(face);
    config.local = face->socket.at;
    if (!lab_gdoi_follow_start(&face->follow, &config, device, shared.signer,
                               lab_world_now(face->world)) ||
        !watch(face))
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
    *face = (struct lab_face){.world = world, .device = device, .socket.fds = {-1, -1}};
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
