/* SPDX-License-Identifier: Apache-2.0 */
#include "ad_hoc.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* An address that was asked. */
struct known {
    struct gv_literal address;
    char name[INET6_ADDRSTRLEN];
    struct gv_time asked_at;
    const struct gv_config_ad_hoc *by; /* what opens it */
};

struct gv_ad_hoc {
    struct gv_loop *loop;
    struct gv_store *store;
    struct gv_poller *poller;
    const struct gv_config *config; /* the caller's; NULL: nothing is open */
    struct gv_shard shard;
    struct gv_store_policy keeping;
    struct known known[GV_AD_HOC_MOST];
    size_t count;
};

struct gv_ad_hoc *gv_ad_hoc_new(struct gv_loop *loop,
                                const struct gv_poller_transport *transports, size_t count,
                                uint64_t seed)
{
    static const struct gv_poller_policy nothing = {.when_asked = true};
    struct gv_ad_hoc *ad_hoc = calloc(1, sizeof(*ad_hoc));

    if (ad_hoc == NULL)
        return NULL;
    ad_hoc->loop = loop;
    ad_hoc->store = gv_store_new(&ad_hoc->keeping);
    if (ad_hoc->store != NULL)
        ad_hoc->poller = gv_poller_new(loop, ad_hoc->store, transports, count, &nothing, seed);
    if (ad_hoc->poller != NULL)
        return ad_hoc;
    gv_ad_hoc_free(ad_hoc);
    return NULL;
}

void gv_ad_hoc_free(struct gv_ad_hoc *ad_hoc)
{
    if (ad_hoc == NULL)
        return;
    gv_poller_free(ad_hoc->poller);
    gv_store_free(ad_hoc->store);
    free(ad_hoc);
}

/* Nobody opens what is a target: the other poller may be asking it. */
static const struct gv_config_ad_hoc *
who_opens(const struct gv_ad_hoc *ad_hoc, const struct gv_literal *address, const char *name)
{
    const struct gv_config *config = ad_hoc->config;

    for (size_t i = 0; config != NULL && i < config->ad_hoc_count; i++)
        if (gv_networks_open(config->ad_hoc[i].networks, config->ad_hoc[i].network_count,
                             address))
            return gv_shard_holds(ad_hoc->shard, name) &&
                           gv_config_find_target(config, name) == NULL
                       ? &config->ad_hoc[i]
                       : NULL;
    return NULL;
}

/* Make store and poller know exactly what is remembered. */
static enum gv_err apply(struct gv_ad_hoc *ad_hoc)
{
    struct gv_target targets[GV_AD_HOC_MOST];
    const struct gv_target *list[GV_AD_HOC_MOST];
    struct gv_poll_target polls[GV_AD_HOC_MOST];
    enum gv_err err;

    for (size_t i = 0; i < ad_hoc->count; i++) {
        const struct gv_config_target *model = &ad_hoc->known[i].by->target;

        targets[i] = model->target;
        targets[i].name = targets[i].address = ad_hoc->known[i].name;
        list[i] = &targets[i];
        polls[i] = (struct gv_poll_target){&targets[i], model->interval};
    }
    err = gv_store_set_targets(ad_hoc->store, list, ad_hoc->count, &ad_hoc->keeping);
    if (err == GV_OK)
        err = gv_poller_set_targets(ad_hoc->poller, polls, ad_hoc->count);
    return err;
}

enum gv_err gv_ad_hoc_set(struct gv_ad_hoc *ad_hoc, const struct gv_config *config,
                          struct gv_shard shard, const struct gv_poller_policy *polling,
                          const struct gv_store_policy *keeping)
{
    struct gv_poller_policy policy = *polling;
    size_t kept = 0;
    enum gv_err err;

    policy.when_asked = true;
    gv_poller_set_policy(ad_hoc->poller, &policy);
    ad_hoc->config = config;
    ad_hoc->shard = shard;
    ad_hoc->keeping = *keeping;
    for (size_t i = 0; i < ad_hoc->count; i++) {
        struct known *known = &ad_hoc->known[i];

        known->by = who_opens(ad_hoc, &known->address, known->name);
        if (known->by != NULL)
            ad_hoc->known[kept++] = *known;
    }
    ad_hoc->count = kept;
    err = apply(ad_hoc);
    if (err == GV_OK)
        return GV_OK;
    ad_hoc->config = NULL;
    ad_hoc->count = 0;
    return err;
}

static bool forgotten(const struct known *known, struct gv_time now)
{
    const struct gv_target *target = &known->by->target.target;
    bool logs_in = target->ssh != NULL || target->restconf != NULL;

    return gv_time_diff(now, known->asked_at).ms >=
           gv_secs(logs_in ? GV_AD_HOC_LOGIN_S : GV_AD_HOC_KEEP_S).ms;
}

/* Room for one more: where all is taken, those go that may be forgotten. */
static bool make_room(struct gv_ad_hoc *ad_hoc, struct gv_time now)
{
    size_t kept = 0;

    if (ad_hoc->count < GV_AD_HOC_MOST)
        return true;
    for (size_t i = 0; i < ad_hoc->count; i++)
        if (!forgotten(&ad_hoc->known[i], now))
            ad_hoc->known[kept++] = ad_hoc->known[i];
    ad_hoc->count = kept;
    return kept < GV_AD_HOC_MOST;
}

static struct known *find(struct gv_ad_hoc *ad_hoc, const char *name)
{
    for (size_t i = 0; i < ad_hoc->count; i++)
        if (strcmp(ad_hoc->known[i].name, name) == 0)
            return &ad_hoc->known[i];
    return NULL;
}

static enum gv_err remember(struct gv_ad_hoc *ad_hoc, const struct known *new_one)
{
    enum gv_err err;

    if (!make_room(ad_hoc, new_one->asked_at))
        return GV_ERR_TOO_LARGE;
    ad_hoc->known[ad_hoc->count++] = *new_one;
    err = apply(ad_hoc);
    if (err != GV_OK)
        ad_hoc->count--;
    return err;
}

enum gv_err gv_ad_hoc_poll(struct gv_ad_hoc *ad_hoc, const char *address, const char **name,
                           struct gv_buf *said, void (*done)(void *arg, enum gv_err worst),
                           void *arg)
{
    struct known asked = {.asked_at = gv_loop_now(ad_hoc->loop)}, *known;
    struct gv_buf text = gv_buf(sizeof(asked.name));
    enum gv_err err = GV_OK;

    if (!gv_literal_read(address, &asked.address))
        return GV_ERR_NOT_FOUND;
    gv_literal_name(&asked.address, &text);
    if (text.err == GV_OK && text.n < sizeof(asked.name))
        memcpy(asked.name, text.at, text.n);
    gv_buf_clear(&text);
    asked.by = who_opens(ad_hoc, &asked.address, asked.name);
    if (asked.by == NULL)
        return GV_ERR_NOT_FOUND;
    known = find(ad_hoc, asked.name);
    if (known == NULL)
        err = remember(ad_hoc, &asked);
    if (err != GV_OK)
        return err;
    known = known != NULL ? known : &ad_hoc->known[ad_hoc->count - 1];
    known->asked_at = asked.asked_at;
    *name = known->name;
    return gv_poller_record_now(ad_hoc->poller, known->name, said, done, arg);
}

void gv_ad_hoc_resume(struct gv_ad_hoc *ad_hoc)
{
    gv_poller_resume(ad_hoc->poller);
}

const struct gv_snapshot *gv_ad_hoc_snapshot(struct gv_ad_hoc *ad_hoc, struct gv_time now)
{
    return gv_store_snapshot(ad_hoc->store, now);
}

struct gv_poller_stats gv_ad_hoc_stats(const struct gv_ad_hoc *ad_hoc)
{
    return gv_poller_stats(ad_hoc->poller);
}
