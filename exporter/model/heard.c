/* SPDX-License-Identifier: Apache-2.0 */
#include "model/heard.h"

#include <string.h>

/* Seconds: the longest KEK life that a router takes (rekey-behaviour, chapter 1), and how much
 * more than one life a proof holds. */
enum { LONGEST_LIFE_S = 2592000, LIVES = 2, SLACK_S = 600 };

static bool between(const struct gv_event *event, enum gv_event_kind first,
                    enum gv_event_kind last)
{
    return event->kind >= first && event->kind <= last;
}

static void feed_member(struct gv_heard *heard, const struct gv_event *event)
{
    heard->as_gm = true;
    if (event->kind == GV_EVENT_GM_REGISTERED || event->kind == GV_EVENT_GM_KEK_EXPIRED) {
        heard->registration_told = true;
        heard->registered = event->kind == GV_EVENT_GM_REGISTERED;
    }
    /* What is not known to have happened when is counted, and proves nothing. */
    if (!(event->has & GV_EVENT_HAS_AT))
        return;
    (void)gv_signature_due(&heard->signature, gv_when(event->at));
    (void)gv_signature_feed(&heard->signature, event);
}

static void feed_server(struct gv_heard *heard, const struct gv_event *event)
{
    heard->as_ks = true;
    if (event->kind == GV_EVENT_KS_REKEY_SENT && event->ks[0] != '\0')
        memcpy(heard->ks_address, event->ks, sizeof(heard->ks_address));
    if (event->kind != GV_EVENT_KS_NEWER_GM)
        return;
    heard->newer_gm = gv_when(event->at);
    memcpy(heard->newer_gm_address, event->gm, sizeof(heard->newer_gm_address));
}

/* An earlier process read the same log already. */
static bool told_before(struct gv_heard *heard, const struct gv_event *event)
{
    if (!event->logged || !(event->has & GV_EVENT_HAS_AT))
        return false;
    if (heard->logged.known && gv_time_before(event->at, heard->logged.at))
        return true;
    heard->logged = gv_when(event->at);
    return false;
}

void gv_heard_feed(struct gv_heard *heard, const struct gv_event *event)
{
    if (told_before(heard, event))
        return;
    heard->counts[event->kind]++;
    heard->last[event->kind] = event->at;
    if (between(event, GV_EVENT_GM_REREGISTERS, GV_EVENT_GM_FAULT))
        feed_member(heard, event);
    else if (between(event, GV_EVENT_GM_LEFT, GV_EVENT_GM_POLICY_CHANGED))
        heard->as_gm = true;
    else if (between(event, GV_EVENT_KS_REGISTRATION_BEGUN, GV_EVENT_COOP_FAULT))
        feed_server(heard, event);
}

struct gv_time gv_heard_latest(const struct gv_heard *heard)
{
    struct gv_time latest = {INT64_MIN};

    for (size_t i = 0; i < GV_EVENT_KIND_COUNT; i++)
        if (heard->counts[i] > 0 && gv_time_before(latest, heard->last[i]))
            latest = heard->last[i];
    return latest;
}

/* NULL for an empty text. */
static const char *told(struct gv_observation *obs, const char *text)
{
    return gv_observation_text(obs, gv_text(text));
}

bool gv_heard_observe(const struct gv_heard *heard, const char *name, const char *id,
                      struct gv_observation *obs)
{
    struct gv_group_obs *group = gv_observation_group(obs, gv_text(name), gv_text(id));
    struct gv_gm_obs *gm = group != NULL && heard->as_gm ? gv_group_gm(obs, group) : NULL;
    struct gv_ks_obs *ks = group != NULL && heard->as_ks ? gv_group_ks(obs, group) : NULL;

    if (gm != NULL) {
        gm->address = told(obs, heard->signature.gm);
        gm->registered_with = told(obs, heard->signature.ks);
        gm->registered = heard->registered;
        gm->has |= heard->registration_told ? GV_GM_HAS_REGISTERED : 0u;
    }
    if (ks != NULL)
        ks->address = told(obs, heard->ks_address);
    return !obs->failed;
}

static bool holds(struct gv_when at, struct gv_dur life, struct gv_time now)
{
    int64_t age_ms = gv_time_diff(now, at.at).ms;

    if (life.ms <= 0 || life.ms > gv_secs(LONGEST_LIFE_S).ms)
        life = gv_secs(LONGEST_LIFE_S);
    return at.known && age_ms <= (1 + LIVES) * life.ms + gv_secs(SLACK_S).ms;
}

bool gv_heard_pair(const struct gv_heard *heard, struct gv_time now)
{
    const struct gv_signature *signature = &heard->signature;

    return signature->doubles > 0 &&
           holds(signature->last_double.expired, signature->cycle, now);
}

bool gv_heard_newer_gm(const struct gv_heard *heard, struct gv_time now)
{
    return holds(heard->newer_gm, (struct gv_dur){0}, now);
}
