/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model/fleet_parts.h"

/* Evidence of one role of one device: at most two of timing, of a probe, and of events, one
 * of each other source. */
struct gathered {
    struct gv_evidence list[GV_EVIDENCE_SOURCE_COUNT + 3];
    size_t count;
};

static void gather(struct fleet *fleet, struct gathered *all, struct gv_evidence item)
{
    const char **said = &fleet->said[item.source];

    if (item.behaviour == GV_BEHAVIOUR_UNKNOWN)
        return;
    /* A fleet runs few releases: the same sentence again and again is kept once. */
    if (*said == NULL || fleet->text.at == NULL || strcmp(*said, fleet->text.at) != 0)
        *said = fleet_sentence(fleet);
    item.text = *said;
    all->list[all->count++] = item;
}

/* The latest proof by timing of one behaviour, over all groups of the device. */
static const struct gv_timing *latest(struct fleet *fleet, const struct gv_fleet_device *device,
                                      enum gv_track_side side, enum gv_behaviour behaviour)
{
    const struct gv_timing *best = NULL;

    for (size_t i = 0; i < device->track_count; i++) {
        const struct gv_track *track = &device->tracks[i].track;

        if (track->side == side && gv_timing_behaviour(&track->timing) == behaviour &&
            fleet_own_proof(fleet, device, &device->tracks[i]) &&
            (best == NULL || gv_time_before(best->at, track->timing.at)))
            best = &track->timing;
    }
    return best;
}

static void gather_one_timing(struct fleet *fleet, struct gathered *all,
                              const struct gv_timing *timing)
{
    if (timing == NULL)
        return;
    gv_buf_reset(&fleet->text);
    gv_timing_text(timing, &fleet->text);
    gather(fleet, all,
           (struct gv_evidence){.source = GV_EVIDENCE_TIMING,
                                .behaviour = gv_timing_behaviour(timing),
                                .confidence = gv_timing_confidence(timing)});
}

/* The freshest first: it decides where two groups disagree. */
static void gather_timing(struct fleet *fleet, struct gathered *all,
                          const struct gv_fleet_device *device, enum gv_track_side side)
{
    const struct gv_timing *fresh = latest(fleet, device, side, GV_BEHAVIOUR_NEW);
    const struct gv_timing *old = latest(fleet, device, side, GV_BEHAVIOUR_OLD);
    bool old_first = old != NULL && (fresh == NULL || gv_time_before(fresh->at, old->at));

    gather_one_timing(fleet, all, old_first ? old : fresh);
    gather_one_timing(fleet, all, old_first ? fresh : old);
}

/* A probe's texts are in the snapshot already. */
static void gather_probe(const struct fleet *fleet, struct gathered *all, const char *ks)
{
    const struct gv_probe_verdict *probe = fleet_probe_of(fleet, ks);

    for (size_t i = 0; probe != NULL && i < probe->behaviour.evidence_count; i++)
        all->list[all->count++] = probe->behaviour.evidence[i];
}

/* The sentence is in fleet->text. */
static void gather_heard(struct fleet *fleet, struct gathered *all,
                         enum gv_evidence_source source, enum gv_behaviour behaviour,
                         enum gv_confidence confidence)
{
    gather(fleet, all, (struct gv_evidence){source, behaviour, confidence, NULL});
}

static void gather_pair(struct fleet *fleet, struct gathered *all, enum gv_behaviour behaviour,
                        enum fleet_pair pair)
{
    if (pair == FLEET_PAIR_CERTAIN)
        gather_heard(fleet, all, GV_EVIDENCE_SYSLOG, behaviour, GV_CERTAIN);
    else if (pair == FLEET_PAIR_LIKELY)
        gather_heard(fleet, all, GV_EVIDENCE_TRAP, behaviour, GV_LIKELY);
}

/* A key server's own warning only compares numbers, and both may be new: chapter 4, item 4. */
static void gather_events(struct fleet *fleet, struct gathered *all,
                          const struct gv_fleet_device *device, bool ks)
{
    enum fleet_pair pair = ks ? fleet_heard_ks(fleet, device) : fleet_heard_gm(fleet, device);

    gather_pair(fleet, all, ks ? GV_BEHAVIOUR_OLD : GV_BEHAVIOUR_NEW, pair);
    if (ks && fleet_heard_newer_gm(fleet, device))
        gather_heard(fleet, all, GV_EVIDENCE_SYSLOG, GV_BEHAVIOUR_OLD, GV_LIKELY);
}

/* The sentence begins with `who` and `what`. */
static void gather_version(struct fleet *fleet, struct gathered *all, const char *who,
                           const char *what, enum gv_evidence_source source,
                           const struct gv_version_verdict *version)
{
    gv_buf_reset(&fleet->text);
    gv_buf_add_str(&fleet->text, who);
    gv_buf_add_str(&fleet->text, what);
    gv_buf_add_text(&fleet->text, version->version);
    gv_buf_add_str(&fleet->text, ": ");
    gv_buf_add_str(&fleet->text, version->reason);
    gather(fleet, all,
           (struct gv_evidence){.source = source,
                                .behaviour = version->behaviour,
                                .confidence = version->confidence});
}

const char *fleet_gdoi_version(const struct gv_observation *obs, bool ks)
{
    for (const struct gv_group_obs *g = obs->groups; g != NULL; g = g->next) {
        const char *version = ks && g->ks != NULL    ? g->ks->version
                              : !ks && g->gm != NULL ? g->gm->version
                                                     : NULL;

        if (version != NULL)
            return version;
    }
    return obs->device.gdoi_version;
}

static bool version_line_absent(const struct gv_observation *obs)
{
    for (const struct gv_group_obs *g = obs->groups; g != NULL; g = g->next)
        if (g->gm != NULL && g->gm->version_line_absent)
            return true;
    return false;
}

static void gather_gdoi(struct fleet *fleet, struct gathered *all,
                        const struct gv_observation *obs, bool ks)
{
    const char *told = fleet_gdoi_version(obs, ks);

    if (told != NULL) {
        struct gv_version_verdict version = gv_gdoi_version_judge(gv_text(told));

        gather_version(fleet, all, "", "GDOI ", GV_EVIDENCE_GDOI_VERSION, &version);
        return;
    }
    if (ks || !version_line_absent(obs))
        return;
    gv_buf_reset(&fleet->text);
    gv_buf_add_str(&fleet->text, "its group member output has no version line, as in 12.4T "
                                 "and 15.0");
    gather(fleet, all,
           (struct gv_evidence){.source = GV_EVIDENCE_GDOI_VERSION,
                                .behaviour = GV_BEHAVIOUR_OLD,
                                .confidence = GV_LIKELY});
}

/* The first of the device's version strings that decides. Neighbours often run the same
 * release, and reading one out of a longer text takes time. */
static struct gv_version_verdict os_version(struct fleet *fleet,
                                            const struct gv_device_obs *device)
{
    const struct gv_device_obs *before = fleet->os.device;
    const char *told[] = {device->version, device->train, device->software};
    struct gv_version_verdict verdict;

    if (before != NULL && fleet_equal(before->version, device->version) &&
        fleet_equal(before->train, device->train) &&
        fleet_equal(before->software, device->software))
        return fleet->os.verdict;
    verdict = gv_version_judge(gv_text(NULL));
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        if (told[i] == NULL)
            continue;
        verdict = gv_version_judge(gv_text(told[i]));
        if (verdict.behaviour != GV_BEHAVIOUR_UNKNOWN)
            break;
    }
    fleet->os = (struct fleet_os){device, verdict};
    return verdict;
}

enum gv_behaviour fleet_version_says(struct fleet *fleet, const struct gv_fleet_device *device)
{
    const char *told = device->last != NULL ? fleet_gdoi_version(device->last, true) : NULL;
    enum gv_behaviour said = GV_BEHAVIOUR_UNKNOWN;

    if (device->last == NULL)
        return said;
    if (told != NULL)
        said = gv_gdoi_version_judge(gv_text(told)).behaviour;
    return said != GV_BEHAVIOUR_UNKNOWN ? said
                                        : os_version(fleet, &device->last->device).behaviour;
}

static struct gv_behaviour_verdict conclude(struct fleet *fleet, const struct gathered *all)
{
    struct gv_evidence *list = fleet_alloc(fleet, all->count, sizeof(*list));

    for (size_t i = 0; list != NULL && i < all->count; i++)
        list[i] = all->list[i];
    return gv_behaviour_judge(list, list != NULL ? all->count : 0);
}

struct gv_behaviour_verdict fleet_behaviour(struct fleet *fleet,
                                            const struct gv_fleet_device *device, bool ks)
{
    const struct gv_observation *obs = device->observation;
    struct gathered all = {.count = 0};
    struct gv_behaviour_verdict verdict = {.behaviour = GV_BEHAVIOUR_UNKNOWN};
    struct gv_version_verdict os;

    /* Cisco's old and new say nothing of another vendor's timers. */
    if (obs->device.vendor == GV_VENDOR_JUNIPER)
        return verdict;
    gather_timing(fleet, &all, device, ks ? GV_TRACK_KS : GV_TRACK_GM);
    if (ks)
        gather_probe(fleet, &all, device->name);
    gather_events(fleet, &all, device, ks);
    gather_gdoi(fleet, &all, obs, ks);
    os = os_version(fleet, &obs->device);
    gather_version(fleet, &all, "", os.os == GV_OS_IOS_XE ? "IOS-XE " : "IOS ",
                   GV_EVIDENCE_OS_VERSION, &os);
    return conclude(fleet, &all);
}

/* A proof holds for some lives of the KEK: a key server may be upgraded. */
static bool proves_old(const struct gv_track *track, struct gv_time now)
{
    enum { LIVES = 3, LONGEST_S = 2592000 };
    const struct gv_when at = track->registrations.doubled_at;
    int64_t life_s = track->kek.has_lifetime        ? track->kek.lifetime_s
                     : track->previous.has_lifetime ? track->previous.lifetime_s
                                                    : LONGEST_S;
    bool in_time_since =
        (track->verdict == GV_REKEY_ON_TIME || track->verdict == GV_REKEY_EARLY ||
         track->verdict == GV_REKEY_LATE) &&
        gv_when_before(at, track->judged_at);

    return at.known && !in_time_since &&
           gv_time_diff(now, at.at).ms <= gv_secs(LIVES * life_s).ms;
}

static void gather_counted(struct fleet *fleet, struct gathered *all,
                           const struct fleet_member *gm)
{
    const struct gv_track *track = &gm->learnt->track;

    if (!proves_old(track, fleet->in->now))
        return;
    gv_buf_reset(&fleet->text);
    gv_buf_add_str(&fleet->text, gm->verdict->name);
    gv_buf_add_str(&fleet->text, " registered twice around the end of a KEK, shortly before it "
                                 "with the same KEK and after it once more; times so far: ");
    gv_buf_add_u64(&fleet->text, track->registrations.doubles);
    gather(fleet, all,
           (struct gv_evidence){.source = GV_EVIDENCE_TIMING,
                                .behaviour = GV_BEHAVIOUR_OLD,
                                .confidence = GV_CERTAIN});
}

struct gv_behaviour_verdict fleet_silent_behaviour(struct fleet *fleet, const char *ks,
                                                   const char *address,
                                                   const struct fleet_member *gm)
{
    struct gathered all = {.count = 0};

    if (gm != NULL)
        gather_counted(fleet, &all, gm);
    gather_probe(fleet, &all, ks);
    gather_pair(fleet, &all, GV_BEHAVIOUR_OLD, fleet_heard_of(fleet, ks, address));
    return conclude(fleet, &all);
}

void fleet_listed(struct fleet *fleet, const struct fleet_member *gm, const char *ks,
                  const char *version)
{
    struct gv_version_verdict judged = gv_gdoi_version_judge(gv_text(version));
    struct gathered all = {.count = 0};

    if (gm->verdict->gm_behaviour.behaviour != GV_BEHAVIOUR_UNKNOWN ||
        gm->verdict->vendor == GV_VENDOR_JUNIPER)
        return;
    gather_version(fleet, &all, ks, " lists it with GDOI ", GV_EVIDENCE_GDOI_VERSION, &judged);
    gm->verdict->gm_behaviour = conclude(fleet, &all);
}
