/* SPDX-License-Identifier: Apache-2.0 */
/* The document of one device that is asked now. */
#include <string.h>
#include <time.h>

#include "config/config.h"
#include "config/reader.h"
#include "plugin/source.h"
#include "render/render.h"

enum { NAME_MOST = 255, SPARE_MS = 500 };

struct turn {
    struct gv_loop *loop;
    struct gv_store *store;
    const char *target, *collector;
};

static bool fail(struct gv_buf *why, const char *what)
{
    gv_buf_add_str(why, what);
    return false;
}

/* ---- the target ---- */

/* Letters that are no YAML: what addresses and names are made of. */
static bool plain(const char *address)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:-_%";

    return address[0] != '\0' && strlen(address) <= NAME_MOST &&
           strspn(address, allowed) == strlen(address);
}

/* The file's text with one target more. */
static bool add_target(const char *file, const char *address, struct gv_buf *text,
                       unsigned *mode)
{
    if (gv_config_read_file(file, GV_YAML_SIZE, text, mode) != GV_OK)
        return false;
    gv_buf_add_str(text, "\ntargets: [{address: \"");
    gv_buf_add_str(text, address);
    gv_buf_add_str(text, "\"}]\n");
    return text->err == GV_OK;
}

static struct gv_config *load_with_target(const struct check_options *options,
                                          const struct gv_config_options *load,
                                          struct gv_buf *why)
{
    struct gv_buf text = gv_buf(GV_YAML_SIZE + 1024);
    struct gv_config *config = NULL;
    unsigned mode = 0;

    if (!plain(options->address))
        (void)fail(why, "-H: expected an address or a name");
    else if (!add_target(options->credentials, options->address, &text, &mode))
        (void)fail(why, "the credentials cannot be read again");
    else if (gv_config_read(options->credentials, (struct gv_text){text.at, text.n},
                            (mode & 077) == 0, load, &config, why) != GV_OK)
        config = NULL;
    if (text.at != NULL)
        gv_wipe(text.at, text.n);
    gv_buf_clear(&text);
    return config;
}

/* The configuration in which the device is a target: as it stands in the file, else by the
 * file's defaults. NULL where it is not to be had. */
static struct gv_config *load(const struct check_options *options, struct gv_buf *why)
{
    const struct gv_config_options load = {.insecure_perms = options->insecure_perms};
    struct gv_config *config = NULL;

    if (gv_config_load(options->credentials, &load, &config, why) != GV_OK)
        return NULL;
    gv_buf_reset(why); /* warnings */
    if (gv_config_find_target(config, options->address) != NULL)
        return config;
    if (config->target_count == 0 && config->target_file_count == 0) {
        gv_config_free(config);
        return load_with_target(options, &load, why);
    }
    gv_config_free(config);
    (void)fail(why,
               "-H: the file of --credentials has targets, and none of that name or address");
    return NULL;
}

/* ---- the poll ---- */

static void on_done(void *arg, struct gv_poll_result *result)
{
    const struct turn *turn = arg;

    gv_store_feed(turn->store, turn->target, turn->collector, result, gv_loop_now(turn->loop));
    gv_loop_stop(turn->loop);
}

static void poll_by(const struct gv_collector *collector, struct turn *turn,
                    const struct gv_target *target)
{
    struct gv_session *session = collector->open(turn->loop, target);

    if (session == NULL)
        return;
    turn->collector = collector->name;
    collector->start(session, on_done, turn);
    gv_loop_run(turn->loop);
    collector->close(session);
}

static int64_t unix_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool render(const struct turn *turn, struct gv_buf *document)
{
    struct gv_time now = gv_loop_now(turn->loop);
    const struct gv_render_in in = {
        .snapshot = gv_store_snapshot(turn->store, now),
        .now = now,
        .wall_offset_ms = unix_ms() - now.ms,
    };

    return in.snapshot != NULL && gv_render_fleet_json(&in, document) == GV_OK;
}

/* Each collector of the target has its part of our time, so that what one told is kept where
 * another does not answer; SPARE_MS are for the verdict. */
static void poll_all(struct turn *turn, struct gv_target *target, unsigned timeout_s)
{
    const struct {
        const struct gv_collector *collector;
        bool selected;
    } rows[] = {
        {&gv_snmp_collector, target->snmp != NULL},
        {&gv_ssh_collector, target->ssh != NULL},
        {&gv_restconf_collector, target->restconf != NULL},
    };
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
    struct gv_dur part = {(int64_t)timeout_s * 1000 - SPARE_MS};
    int64_t count = 0;

    for (size_t i = 0; i < ROWS; i++)
        count += rows[i].selected;
    if (count > 1)
        part.ms /= count;
    if (part.ms < target->deadline.ms)
        target->deadline = part;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].selected)
            poll_by(rows[i].collector, turn, target);
}

static bool poll_target(const struct check_options *options, const struct gv_config *config,
                        const struct gv_target *configured, struct gv_buf *document)
{
    const struct gv_store_policy policy = {config->limits.stale_after, config->groups,
                                           config->group_count};
    struct gv_target target = *configured;
    const struct gv_target *const targets[] = {&target};
    struct turn turn = {gv_loop_new(), gv_store_new(&policy), target.name, NULL};
    bool ok = turn.loop != NULL && turn.store != NULL &&
              gv_store_set_targets(turn.store, targets, 1, &policy) == GV_OK;

    if (ok) {
        poll_all(&turn, &target, options->timeout_s);
        ok = render(&turn, document);
    }
    gv_store_free(turn.store);
    gv_loop_free(turn.loop);
    return ok;
}

bool check_poll(const struct check_options *options, struct gv_buf *document,
                struct gv_buf *why)
{
    struct gv_config *config = load(options, why);
    bool ok;

    if (config == NULL)
        return false;
    ok = poll_target(options, config, &gv_config_find_target(config, options->address)->target,
                     document) ||
         fail(why, "no memory, or no event loop");
    gv_config_free(config);
    return ok;
}
