/* SPDX-License-Identifier: Apache-2.0 */
#include "model/track_news.h"

static const char *const end_names[GV_KEK_END_COUNT] = {
    [GV_KEK_REKEYED] = "rekeyed",
    [GV_KEK_REPLACED] = "replaced",
    [GV_KEK_REBOOTED] = "rebooted",
    [GV_KEK_EXPIRED] = "expired",
};

const char *gv_kek_end_name(enum gv_kek_end end)
{
    return end_names[end];
}

/* A KEK is followed from its first sight on. */
static bool same_life(const struct gv_kek_life *a, const struct gv_kek_life *b)
{
    return a->known && b->known && a->first_seen.ms == b->first_seen.ms;
}

static bool grew(const struct gv_kek_life *old, const struct gv_kek_life *fresh)
{
    return old->has_spi != fresh->has_spi || old->has_lifetime != fresh->has_lifetime ||
           old->expiry.known != fresh->expiry.known || old->birth.known != fresh->birth.known;
}

static bool judged_anew(const struct gv_track *before, const struct gv_track *after)
{
    return after->judged_at.known &&
           (!before->judged_at.known || before->judged_at.at.ms != after->judged_at.at.ms);
}

static enum gv_kek_end end_of(const struct gv_track *before, const struct gv_track *after,
                              const struct gv_track_news *news)
{
    if (news->missed)
        return GV_KEK_EXPIRED;
    /* A missed KEK has ended already. */
    if (!before->kek.known || before->missed || !news->began)
        return GV_KEK_LIVES;
    if (news->rekeyed)
        return GV_KEK_REKEYED;
    return before->rebooted || (after->has_uptime && before->has_uptime &&
                                after->uptime_ms < before->uptime_ms)
               ? GV_KEK_REBOOTED
               : GV_KEK_REPLACED;
}

static bool told_more(const struct gv_rekey_told *a, const struct gv_rekey_told *b)
{
    return a->has_retransmits != b->has_retransmits || a->has_interval != b->has_interval ||
           a->retransmits != b->retransmits || a->interval_s != b->interval_s;
}

struct gv_track_news gv_track_news(const struct gv_track *before, const struct gv_track *after)
{
    struct gv_track_news news = {
        .began = after->kek.known && !same_life(&before->kek, &after->kek),
        .missed = after->missed && !before->missed,
        .role = before->role != after->role,
        .evidence =
            before->timing.proof != after->timing.proof && after->timing.proof != GV_PROOF_NONE,
    };

    news.grew = !news.began && grew(&before->kek, &after->kek);
    news.rekeyed = news.began && judged_anew(before, after);
    news.ended = end_of(before, after, &news);
    if (before->registrations.known &&
        after->registrations.succeeded > before->registrations.succeeded)
        news.registrations = after->registrations.succeeded - before->registrations.succeeded;
    if (after->registrations.doubles > before->registrations.doubles)
        news.doubles = after->registrations.doubles - before->registrations.doubles;
    news.any = news.began || news.grew || news.missed || news.role || news.evidence ||
               news.registrations > 0 || news.doubles > 0 || before->side != after->side ||
               before->rebooted != after->rebooted || before->verdict != after->verdict ||
               before->registrations.first_pending != after->registrations.first_pending ||
               told_more(&before->told, &after->told);
    return news;
}
