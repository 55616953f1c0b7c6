/* SPDX-License-Identifier: Apache-2.0 */
#include "history/records.h"

#include <string.h>

#include "model/heard_keep.h"
#include "model/track_keep.h"
#include "observation.h"

enum { SPI_TEXT = 2 + 2 * GV_KEK_SPI_LEN + 1, STATE_MOST = 16384, SENTENCE_MOST = 512 };

const char gv_records_track[] = "track";

static struct gv_cell none(void)
{
    return (struct gv_cell){.type = GV_CELL_NULL};
}

static struct gv_cell number(int64_t n)
{
    return (struct gv_cell){.type = GV_CELL_NUMBER, .number = n};
}

static struct gv_cell number_if(bool known, int64_t n)
{
    return known ? number(n) : none();
}

static struct gv_cell text(const char *s)
{
    return (struct gv_cell){.type = GV_CELL_TEXT, .text = s != NULL ? s : ""};
}

static struct gv_cell text_if(const char *s)
{
    return s != NULL ? text(s) : none();
}

static int64_t wall(const struct gv_records_clock *clock, struct gv_time at)
{
    return at.ms + clock->shift.ms;
}

static struct gv_cell when(const struct gv_records_clock *clock, struct gv_when at)
{
    return number_if(at.known, wall(clock, at.at));
}

/* The SPI as IOS prints it; NULL where it is not known. */
static const char *spi_text(struct gv_batch *batch, const struct gv_kek_life *kek)
{
    struct gv_buf hex = gv_buf(SPI_TEXT);
    const char *kept = NULL;

    if (kek->known && kek->has_spi)
        gv_buf_add_hex(&hex, kek->spi, sizeof(kek->spi));
    if (hex.n > 0)
        kept = gv_arena_text(&batch->arena, (struct gv_text){hex.at, hex.n});
    gv_buf_clear(&hex);
    return kept;
}

static bool add_kek(struct gv_batch *batch, const struct gv_records_clock *clock,
                    const char *device, const struct gv_group_track *group,
                    const struct gv_kek_life *kek, enum gv_kek_end end, struct gv_time ended)
{
    const struct gv_cell cells[] = {
        text(device),
        text(group->name),
        text(group->id),
        text_if(spi_text(batch, kek)),
        when(clock, kek->birth),
        number_if(kek->has_lifetime, kek->lifetime_s),
        when(clock, kek->expiry),
        number(wall(clock, kek->first_seen)),
        text_if(gv_kek_end_name(end)),
        number_if(end != GV_KEK_LIVES, wall(clock, ended)),
    };

    return gv_batch_add(batch, GV_RECORD_KEK, cells, sizeof(cells) / sizeof(cells[0]));
}

static struct gv_time end_of(const struct gv_kek_life *kek)
{
    return kek->expiry.known     ? kek->expiry.at
           : kek->ended_by.known ? kek->ended_by.at
                                 : kek->last_seen;
}

static bool add_keks(struct gv_batch *batch, const struct gv_records_clock *clock,
                     const struct gv_learnt *learnt)
{
    const struct gv_track_news *news = &learnt->news;
    const struct gv_track *before = &learnt->before->track, *after = &learnt->after->track;
    bool ok = true;

    if (news->missed)
        ok = add_kek(batch, clock, learnt->device, learnt->after, &after->kek, news->ended,
                     end_of(&after->kek));
    else if (news->ended != GV_KEK_LIVES)
        ok = add_kek(batch, clock, learnt->device, learnt->after, &before->kek, news->ended,
                     gv_kek_life_since(&after->kek));
    if (ok && (news->began || news->grew) && !after->missed)
        ok = add_kek(batch, clock, learnt->device, learnt->after, &after->kek, GV_KEK_LIVES,
                     after->kek.first_seen);
    return ok;
}

static struct gv_rekey_record rekey_of(struct gv_batch *batch,
                                       const struct gv_records_clock *clock,
                                       const struct gv_learnt *learnt, bool missed)
{
    const struct gv_track *track = &learnt->after->track;
    const struct gv_kek_life *old = missed ? &track->kek : &track->previous;
    struct gv_time at = missed ? end_of(old) : track->judged_at.at;

    return (struct gv_rekey_record){
        .time_ms = wall(clock, at),
        .group = learnt->after->name != NULL ? learnt->after->name : learnt->after->id,
        .group_id = learnt->after->id,
        .device = learnt->device,
        .ks = track->side == GV_TRACK_KS ? learnt->device : NULL,
        .old_spi = spi_text(batch, old),
        .new_spi = missed ? NULL : spi_text(batch, &track->kek),
        .lead_known = !missed && track->lead_known,
        .lead_ms = track->lead.ms,
        .expected_known = !missed,
        .expected_ms = track->lead_expected.ms,
        .verdict = gv_rekey_verdict_name(track->verdict),
    };
}

static bool add_rekey(struct gv_batch *batch, const struct gv_learnt *learnt,
                      const struct gv_rekey_record *rekey)
{
    const struct gv_cell cells[] = {
        number(rekey->time_ms),
        text(learnt->after->name),
        text(learnt->after->id),
        text(learnt->device),
        number(rekey->ks != NULL),
        text_if(rekey->old_spi),
        text_if(rekey->new_spi),
        number_if(rekey->lead_known, rekey->lead_ms),
        number_if(rekey->expected_known, rekey->expected_ms),
        text(rekey->verdict),
    };

    return gv_batch_add(batch, GV_RECORD_REKEY, cells, sizeof(cells) / sizeof(cells[0]));
}

static bool add_event(struct gv_batch *batch, const struct gv_records_clock *clock,
                      const struct gv_learnt *learnt, const char *kind, struct gv_cell before,
                      struct gv_cell after, const char *sentence)
{
    const struct gv_cell cells[] = {
        number(clock->unix_ms),
        text(learnt->device),
        text(learnt->after->name),
        text(learnt->after->id),
        text(kind),
        before,
        after,
        text_if(sentence),
    };

    return gv_batch_add(batch, GV_RECORD_EVENT, cells, sizeof(cells) / sizeof(cells[0]));
}

static bool add_evidence(struct gv_batch *batch, const struct gv_records_clock *clock,
                         const struct gv_learnt *learnt)
{
    const struct gv_timing *timing = &learnt->after->track.timing;
    struct gv_buf sentence = gv_buf(SENTENCE_MOST);
    enum gv_behaviour was = gv_timing_behaviour(&learnt->before->track.timing);
    bool ok;

    gv_timing_text(timing, &sentence);
    ok = add_event(batch, clock, learnt, "evidence", text(gv_behaviour_name(was)),
                   text(gv_behaviour_name(gv_timing_behaviour(timing))), sentence.at);
    gv_buf_clear(&sentence);
    return ok;
}

static bool add_events(struct gv_batch *batch, const struct gv_records_clock *clock,
                       const struct gv_learnt *learnt)
{
    const struct gv_track_news *news = &learnt->news;
    const struct gv_track *before = &learnt->before->track, *after = &learnt->after->track;
    bool ok = true;

    if (news->registrations > 0)
        ok = add_event(batch, clock, learnt, "registration",
                       number(before->registrations.succeeded),
                       number(after->registrations.succeeded), NULL);
    if (ok && news->doubles > 0)
        ok = add_event(batch, clock, learnt, "double_registration",
                       number((int64_t)before->registrations.doubles),
                       number((int64_t)after->registrations.doubles), NULL);
    if (ok && news->role)
        ok = add_event(batch, clock, learnt, "role", text_if(gv_ks_role_name(before->role)),
                       text_if(gv_ks_role_name(after->role)), NULL);
    if (ok && news->evidence)
        ok = add_evidence(batch, clock, learnt);
    return ok;
}

/* What was written under the group's name alone, or its id alone, is the same group's. */
static bool add_name(struct gv_batch *batch, const struct gv_learnt *learnt)
{
    const struct gv_group_track *old = learnt->before, *fresh = learnt->after;
    const struct gv_cell cells[] = {
        text(gv_records_track), text(learnt->device), text(old->name),
        text(old->id),          text(fresh->name),    text(fresh->id),
    };

    if ((old->name == NULL && old->id == NULL) ||
        ((old->name != NULL) == (fresh->name != NULL) &&
         (old->id != NULL) == (fresh->id != NULL)))
        return true;
    return gv_batch_add(batch, GV_RECORD_NAME_STATE, cells, 6) &&
           gv_batch_add(batch, GV_RECORD_NAME_KEK, cells + 1, 5);
}

bool gv_records_learnt(struct gv_batch *batch, const struct gv_records_clock *clock,
                       const struct gv_learnt *learnt, struct gv_rekey_record *rekey)
{
    const struct gv_track_news *news = &learnt->news;
    bool ok = add_name(batch, learnt);

    rekey->verdict = NULL;
    if (!news->any)
        return ok;
    if (learnt->carries && (news->rekeyed || news->missed)) {
        *rekey = rekey_of(batch, clock, learnt, news->missed);
        ok = ok && add_rekey(batch, learnt, rekey);
    }
    if (learnt->carries)
        ok = ok && add_keks(batch, clock, learnt);
    return ok && add_events(batch, clock, learnt) &&
           gv_records_state(batch, clock, learnt->device, learnt->after);
}

bool gv_records_state(struct gv_batch *batch, const struct gv_records_clock *clock,
                      const char *device, const struct gv_group_track *track)
{
    struct gv_buf state = gv_buf(STATE_MOST);
    bool ok;

    gv_track_write(&track->track, clock->shift, &state);
    if (track->heard != NULL)
        gv_heard_write(track->heard, clock->shift, &state);
    ok = state.err == GV_OK;
    if (ok) {
        const struct gv_cell cells[] = {
            text(gv_records_track), text(device),      text(track->name),
            text(track->id),        text(clock->boot), number(clock->shift.ms),
            number(clock->unix_ms), text(state.at),
        };

        ok = gv_batch_add(batch, GV_RECORD_STATE, cells, sizeof(cells) / sizeof(cells[0]));
    }
    gv_buf_clear(&state);
    return ok;
}
