/* SPDX-License-Identifier: Apache-2.0 */
/* The SSH collector's way to a router (ssh/dial.h, ssh/link.h) as octets to and from the
 * lab's command line, without sockets and cryptography. Lost segments come later, as with
 * TCP; a router that rebooted does not know the connection any more. */
#include <stdlib.h>

#include "cli.h"
#include "ssh/dial.h"
#include "ssh/link.h"
#include "stage.h"

enum {
    ROWS = 24,
    CHUNK = 8192,
    MOST = 32 << 20,
    LOGIN_ROUNDS = 6,  /* round trips of handshake, key exchange, login, shell */
    OCTETS_A_MS = 100, /* what a router's VTY prints */
    RESEND_MS = 1000,  /* of a lost segment, doubled each time */
    RESENDS_MOST_MS = 32000,
};

/* --- dial --- */

struct gv_dial {
    struct gv_timer *timer;
    gv_dial_done *done;
    void *arg;
    const struct lab_device *device;
    int64_t again_ms;
};

static const struct lab_device *device_at(const char *address)
{
    struct stage *stage = stage_now;

    for (size_t i = 0; i < stage->fleet->device_count; i++)
        if (gv_text_is(gv_text(stage->fleet->devices[i].address), address))
            return &stage->fleet->devices[i];
    return NULL;
}

static void dialled(void *arg)
{
    struct gv_dial *dial = arg;

    dial->timer = NULL;
    if (stage_loses(stage_now, dial->device)) {
        dial->timer =
            gv_timer_start(stage_now->loop, (struct gv_dur){dial->again_ms}, dialled, dial);
        dial->again_ms *= 2;
        return;
    }
    dial->done(dial->arg, GV_OK, (int)dial->device->number, "");
    free(dial);
}

struct gv_dial *gv_dial_start(struct gv_loop *loop, const char *host, uint16_t port,
                              struct gv_addresses *known, gv_dial_done *done, void *arg)
{
    struct gv_dial *dial = calloc(1, sizeof(*dial));

    (void)port;
    (void)known;
    if (dial == NULL)
        return NULL;
    *dial = (struct gv_dial){
        .done = done, .arg = arg, .device = device_at(host), .again_ms = RESEND_MS};
    dial->timer =
        gv_timer_start(loop, (struct gv_dur){2 * stage_now->settings.delay_ms}, dialled, dial);
    return dial;
}

void gv_dial_cancel(struct gv_dial *dial)
{
    if (dial == NULL)
        return;
    gv_timer_stop(dial->timer);
    free(dial);
}

/* --- link --- */

/* One direction: what waits to arrive. */
struct way {
    struct gv_timer *timer;
    struct gv_buf octets;
    int64_t again_ms;
};

struct gv_link {
    const struct lab_device *device;
    uint32_t boots; /* of the device, when it logged in */
    gv_link_told *told;
    void *arg;
    struct lab_cli *cli;
    struct lab_cli_config config;
    struct way toward, back;
    bool open;
    enum gv_err err;
};

static void print(void *arg, const struct lab_command *command, struct gv_text argument,
                  struct gv_buf *out)
{
    struct gv_link *link = arg;
    const struct lab_show show = {link->device, stage_fleet_now(stage_now), argument, out};

    command->print(&show);
}

static void travel(struct gv_link *link, struct way *way, int64_t ms, void (*arrives)(void *))
{
    if (way->timer == NULL)
        way->timer = gv_timer_start(
            stage_now->loop, (struct gv_dur){ms + stage_now->settings.delay_ms}, arrives, link);
}

/* The segment got lost, and is sent again later; true then. */
static bool lost(struct gv_link *link, struct way *way, void (*arrives)(void *))
{
    if (!stage_loses(stage_now, link->device)) {
        way->again_ms = RESEND_MS;
        return false;
    }
    travel(link, way, way->again_ms, arrives);
    if (way->again_ms < RESENDS_MOST_MS)
        way->again_ms *= 2;
    return true;
}

static void reaches_us(void *arg)
{
    struct gv_link *link = arg;
    bool opens = !link->open;

    link->back.timer = NULL;
    if (lost(link, &link->back, reaches_us))
        return;
    link->open = true;
    if (link->err != GV_OK) {
        link->told(link->arg, GV_LINK_CLOSED);
        return;
    }
    if (opens) {
        travel(link, &link->back, 1, reaches_us); /* with the prompt right behind */
        link->told(link->arg, GV_LINK_OPEN);
        return;
    }
    link->told(link->arg, GV_LINK_HEARD);
}

/* Take what the router has to say; what was heard before is forgotten. */
static void collect(struct gv_link *link)
{
    char chunk[CHUNK];
    size_t n;

    gv_buf_reset(&link->back.octets);
    while ((n = lab_cli_next(link->cli, chunk, sizeof(chunk))) > 0)
        gv_buf_add(&link->back.octets, chunk, n);
    if (link->back.octets.err != GV_OK)
        abort();
    if (link->back.octets.n > 0 || link->err != GV_OK)
        travel(link, &link->back, (int64_t)link->back.octets.n / OCTETS_A_MS, reaches_us);
}

static void reaches_router(void *arg)
{
    struct gv_link *link = arg;

    link->toward.timer = NULL;
    if (lost(link, &link->toward, reaches_router))
        return;
    if (link->device->boots != link->boots)
        link->err = GV_ERR_UNREACHABLE;
    else
        lab_cli_feed(link->cli, link->toward.octets.at, link->toward.octets.n);
    gv_buf_reset(&link->toward.octets);
    collect(link);
}

static void way_end(struct way *way)
{
    gv_timer_stop(way->timer);
    gv_buf_clear(&way->octets);
}

struct gv_link *gv_link_start(struct gv_loop *loop, const struct gv_target *target, int fd,
                              gv_link_told *told, void *arg)
{
    struct gv_link *link = calloc(1, sizeof(*link));
    const struct lab_device *device = &stage_now->fleet->devices[fd];

    (void)loop;
    (void)target;
    if (link == NULL)
        return NULL;
    *link = (struct gv_link){
        .device = device,
        .boots = device->boots,
        .told = told,
        .arg = arg,
        .config = {.hostname = device->hostname,
                   .format = device->format,
                   .rows = ROWS,
                   .quirks = &device->ssh.quirks,
                   .answer = print,
                   .arg = link},
        .toward = {.octets = gv_buf(MOST), .again_ms = RESEND_MS},
        .back = {.octets = gv_buf(MOST), .again_ms = RESEND_MS},
    };
    link->cli = lab_cli_new(&link->config);
    if (link->cli == NULL) {
        free(link);
        return NULL;
    }
    lab_cli_start(link->cli);
    collect(link);
    gv_timer_stop(link->back.timer);
    link->back.timer = NULL;
    travel(link, &link->back, (int64_t)LOGIN_ROUNDS * 2 * stage_now->settings.delay_ms,
           reaches_us);
    return link;
}

bool gv_link_send(struct gv_link *link, struct gv_text octets)
{
    gv_buf_add_text(&link->toward.octets, octets);
    travel(link, &link->toward, 0, reaches_router);
    return link->toward.octets.err == GV_OK && link->toward.timer != NULL;
}

struct gv_text gv_link_heard(const struct gv_link *link)
{
    return (struct gv_text){link->back.octets.at, link->back.octets.n};
}

bool gv_link_quiet(const struct gv_link *link)
{
    (void)link;
    return true;
}

const char *gv_link_step_name(const struct gv_link *link)
{
    return link->open ? NULL : "login";
}

enum gv_err gv_link_err(const struct gv_link *link)
{
    return link->err;
}

const char *gv_link_detail(const struct gv_link *link)
{
    (void)link;
    return "the router does not know the connection any more";
}

void gv_link_end(struct gv_link *link)
{
    if (link == NULL)
        return;
    way_end(&link->toward);
    way_end(&link->back);
    lab_cli_free(link->cli);
    free(link);
}
