/* SPDX-License-Identifier: Apache-2.0 */
/* sim_random [--wild] [--seeds A..B] [--days N] [--print SEED]: random fleets of known truth.
 * Nothing false may be said of them, and every true mismatch must be found within one KEK cycle
 * from when evidence had reached us. --wild: over lines and with faults worse than anybody
 * would run a group; there evidence is too rare to ask for each in time. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/log.h"
#include "play.h"
#include "random_fleet.h"

enum { PAIRS_MOST = 16, SLACK_S = 180, TEXT_MOST = 1 << 20, WINDOW_S = 190 };

static const struct gv_time never = {INT64_MAX};

/* How the fleets are made. */
static uint32_t days = 1;
static bool wild;

/* One key server whose members it mismatches: since when, and since when we could know. */
struct pair {
    const struct truth_ks *ks;
    struct gv_time ks_known, gm_known; /* evidence of either reached us */
    struct gv_time primary_since;      /* it leads since then */
    struct gv_time deadline;
    bool found;
};

/* How often a source was right, wrong, and asked. */
struct score {
    uint64_t right, wrong, asked;
};

struct watch {
    struct pair pairs[PAIRS_MOST];
    size_t pair_count;
    struct score scores[GV_EVIDENCE_SOURCE_COUNT], verdicts;
    uint64_t mismatches, found, missed;
    const char *name;
    const struct gv_store *store; /* of the exporter that runs */
};

/* --- evidence that reached us --- */

static bool tells(const char *version)
{
    return strstr(version, "SY") == NULL && strstr(version, "GC") == NULL;
}

/* The latest observation that the collectors from `first` on have of the device. */
enum { BY_ANY, BY_SSH };
static struct gv_time seen(const struct stage *stage, const char *device, size_t first)
{
    static const char *const collectors[] = {"snmp", "ssh"};
    struct gv_time last = {INT64_MIN};

    for (size_t i = first; i < 2; i++) {
        const struct gv_observation *obs =
            gv_store_observation(stage->store, device, collectors[i]);

        if (obs != NULL && obs->groups != NULL && gv_time_before(last, obs->seen_at))
            last = obs->seen_at;
    }
    return last;
}

static void learn(struct gv_time *known, struct gv_time now)
{
    if (known->ms == never.ms)
        *known = now;
}

/* Its image tells, or it was seen leading with a KEK that a new one would have replaced. */
static void look_ks(struct pair *pair, const struct stage *stage, struct gv_time now)
{
    const struct lab_ks *ks = pair->ks->ks;
    /* The MIB of 2010 tells no role: where there are several, that is left to SSH. */
    bool mute = ks->device->snmp.mib_revision < 2015 && ks->group->server_count > 1;
    struct gv_time at = seen(stage, ks->device->name, BY_ANY);
    struct gv_time led_at = seen(stage, ks->device->name, mute ? BY_SSH : BY_ANY);
    int64_t left_ms;

    if (ks->role != LAB_PRIMARY)
        pair->primary_since = never;
    else if (pair->primary_since.ms == never.ms)
        pair->primary_since = now;
    if (at.ms == INT64_MIN || ks->device->down)
        return;
    left_ms = gv_time_diff(stage_loop_time(stage, pair->ks->expiry), led_at).ms;
    if (tells(ks->device->version) ||
        (pair->primary_since.ms != never.ms &&
         !gv_time_before(led_at, stage_loop_time(stage, pair->primary_since)) &&
         left_ms < gv_secs(WINDOW_S).ms && left_ms > 1000))
        learn(&pair->ks_known, now);
}

static void look_gms(struct pair *pair, const struct stage *stage, struct gv_time now)
{
    const struct lab_group *group = pair->ks->ks->group;

    for (size_t i = 0; i < group->member_count; i++) {
        const struct lab_gm *gm = group->members[i];

        if (gm->device->behaviour == LAB_NEW &&
            seen(stage, gm->device->name, BY_ANY).ms != INT64_MIN &&
            (tells(gm->device->version) || gm->has_kek))
            learn(&pair->gm_known, now);
    }
}

/* --- mismatches --- */

static void forget(struct pair *pair)
{
    pair->ks_known = pair->gm_known = pair->deadline = pair->primary_since = never;
    pair->found = false;
}

static struct pair *pair_of(struct watch *w, const struct truth_ks *ks)
{
    for (size_t i = 0; i < w->pair_count; i++)
        if (w->pairs[i].ks == ks)
            return &w->pairs[i];
    if (w->pair_count == PAIRS_MOST)
        return NULL;
    w->pairs[w->pair_count].ks = ks;
    forget(&w->pairs[w->pair_count]);
    return &w->pairs[w->pair_count++];
}

static bool says_mismatch(const struct gv_snapshot *snapshot, const struct truth_ks *ks)
{
    for (size_t g = 0; g < snapshot->group_count; g++)
        for (size_t i = 0; i < snapshot->groups[g].interop_count; i++)
            if (strcmp(snapshot->groups[g].name, ks->ks->group->name) == 0 &&
                strcmp(snapshot->groups[g].interop[i].ks, ks->ks->device->name) == 0)
                return snapshot->groups[g].interop[i].outcome == GV_INTEROP_MISMATCH;
    return false;
}

/* Of several key servers that tell no role, nobody may know which one rekeys. */
static bool may_be_named(const struct truth_ks *ks, const struct truth *truth,
                         const struct gv_snapshot *snapshot)
{
    size_t servers = 0;

    for (size_t i = 0; i < truth->server_count; i++)
        servers += truth->servers[i].ks->group == ks->ks->group;
    for (size_t g = 0; g < snapshot->group_count; g++)
        if (strcmp(snapshot->groups[g].name, ks->ks->group->name) == 0)
            return servers == 1 || snapshot->groups[g].primaries.known;
    return servers == 1;
}

static void look_pair(struct watch *w, const struct truth_ks *ks, const struct stage *stage,
                      const struct truth *truth, const struct gv_snapshot *snapshot)
{
    struct pair *pair = pair_of(w, ks);
    struct gv_time now = stage->fleet->now;

    if (pair == NULL)
        return;
    if (!claims_mismatch_is_true(ks, truth, never) || !may_be_named(ks, truth, snapshot)) {
        forget(pair);
        return;
    }
    if (pair->found)
        return;
    look_ks(pair, stage, now);
    look_gms(pair, stage, now);
    if (pair->ks_known.ms == never.ms || pair->gm_known.ms == never.ms)
        return;
    if (pair->deadline.ms == never.ms) {
        int64_t within_s = (int64_t)ks->ks->group->kek_lifetime_s +
                           3 * (int64_t)stage->settings.interval_s + SLACK_S;

        pair->deadline = gv_time_add(now, gv_secs(within_s));
        w->mismatches++;
    }
    if (says_mismatch(snapshot, ks)) {
        pair->found = true;
        w->found++;
    } else if (gv_time_before(pair->deadline, now)) {
        printf("%s %s: at %" PRId64 " s: the mismatch of %s is not found\n",
               wild ? "late" : "FAIL", w->name, now.ms / 1000, ks->ks->device->name);
        w->missed++;
        pair->found = true;
    }
}

/* --- scores --- */

static void score_verdict(struct watch *w, const struct gv_behaviour_verdict *verdict,
                          enum lab_behaviour truly)
{
    enum gv_behaviour right = truly == LAB_OLD ? GV_BEHAVIOUR_OLD : GV_BEHAVIOUR_NEW;
    bool has[GV_EVIDENCE_SOURCE_COUNT] = {false};

    w->verdicts.asked++;
    w->verdicts.right += verdict->behaviour == right;
    w->verdicts.wrong +=
        verdict->behaviour != right && verdict->behaviour != GV_BEHAVIOUR_UNKNOWN;
    for (size_t i = 0; i < verdict->evidence_count; i++) {
        const struct gv_evidence *e = &verdict->evidence[i];

        if (has[e->source])
            continue;
        has[e->source] = true;
        w->scores[e->source].right += e->behaviour == right;
        w->scores[e->source].wrong += e->behaviour != right;
    }
    for (unsigned s = 0; s < GV_EVIDENCE_SOURCE_COUNT; s++)
        w->scores[s].asked++;
}

static void score_all(struct watch *w, const struct truth *truth,
                      const struct gv_snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->device_count; i++) {
        const struct gv_device_verdict *d = &snapshot->devices[i];

        for (size_t k = 0; k < truth->server_count; k++)
            if (d->is_ks && strcmp(truth->servers[k].ks->device->name, d->name) == 0)
                score_verdict(w, &d->ks_behaviour, truth->servers[k].behaviour);
        for (size_t k = 0; k < truth->member_count; k++)
            if (d->is_gm && strcmp(truth->members[k].gm->device->name, d->name) == 0)
                score_verdict(w, &d->gm_behaviour, truth->members[k].behaviour);
    }
}

static void look(void *arg, const struct play *play, struct stage *stage,
                 const struct truth *truth, const struct gv_snapshot *snapshot)
{
    struct watch *w = arg;

    /* A new exporter has to learn everything anew. */
    if (w->store != stage->store)
        w->pair_count = 0;
    w->store = stage->store;
    for (size_t i = 0; i < truth->server_count; i++)
        look_pair(w, &truth->servers[i], stage, truth, snapshot);
    if (stage->fleet->now.ms >= gv_secs(play->for_s).ms) /* the last check */
        score_all(w, truth, snapshot);
}

static void print_score(const char *name, const struct score *score)
{
    uint64_t said = score->right + score->wrong;

    printf("  %-13s right %6" PRIu64 "  wrong %4" PRIu64
           "  precision %6.2f %%  recall %6.2f %%\n",
           name, score->right, score->wrong,
           said > 0 ? 100.0 * (double)score->right / (double)said : 100.0,
           score->asked > 0 ? 100.0 * (double)score->right / (double)score->asked : 0.0);
}

/* --- running --- */

struct totals {
    uint64_t runs, failed, device_days, polls, claims;
};

static bool run_seed(uint64_t seed, struct watch *w, struct totals *totals)
{
    static struct play play;
    const struct play_watcher watcher = {look, w};
    struct gv_buf text = gv_buf(TEXT_MOST);
    struct play_result result = {.failures = 0};
    char error[LAB_SCENARIO_ERROR_SIZE], name[32];
    uint64_t missed = w->missed;
    bool ok;

    random_fleet(seed, days, wild, &text);
    (void)snprintf(name, sizeof(name), "seed %" PRIu64, seed);
    w->name = name;
    w->pair_count = 0;
    w->store = NULL;
    ok = play_read(&play, name, name, (struct gv_text){text.at, text.n}, error);
    if (!ok)
        printf("FAIL %s\n", error);
    if (ok) {
        ok = play_run(&play, &watcher, &result) && result.failures == 0;
        totals->device_days += play.fleet.device_count * days;
        play_clear(&play);
    }
    gv_buf_clear(&text);
    totals->runs++;
    totals->polls += result.polls;
    totals->claims += result.claims;
    return ok && (wild || w->missed == missed);
}

static int run_seeds(uint64_t first, uint64_t last)
{
    static struct watch w;
    struct totals totals = {0};

    for (uint64_t seed = first; seed <= last; seed++)
        if (!run_seed(seed, &w, &totals)) {
            printf("FAIL seed %" PRIu64 "\n", seed);
            totals.failed++;
        }
    printf("%" PRIu64 " fleets, %" PRIu64 " device-days, %" PRIu64 " polls, %" PRIu64
           " claims compared; %" PRIu64 " fleets failed\n",
           totals.runs, totals.device_days, totals.polls, totals.claims, totals.failed);
    printf("mismatches of which evidence had reached us: %" PRIu64
           ", found within one KEK cycle: "
           "%" PRIu64 ", missed: %" PRIu64 "\n",
           w.mismatches, w.found, w.missed);
    printf("old or new, at the end of each run:\n");
    print_score("verdict", &w.verdicts);
    for (unsigned s = 0; s < GV_EVIDENCE_SOURCE_COUNT; s++)
        print_score(gv_evidence_source_name((enum gv_evidence_source)s), &w.scores[s]);
    return totals.failed == 0 ? 0 : 1;
}

static int usage(void)
{
    fprintf(stderr, "usage: sim_random [--wild] [--seeds FIRST..LAST] [--days N]\n"
                    "       sim_random [--wild] --print SEED\n");
    return 2;
}

static bool read_seeds(const char *arg, uint64_t *first, uint64_t *last)
{
    struct gv_text text = gv_text(arg);
    size_t dots = gv_text_find(text, "..");

    if (!gv_text_u64(gv_text_head(text, dots), first))
        return false;
    *last = *first;
    return dots == text.n || gv_text_u64(gv_text_from(text, dots + 2), last);
}

static int print_seed(uint64_t seed)
{
    struct gv_buf text = gv_buf(TEXT_MOST);

    random_fleet(seed, days, wild, &text);
    printf("%.*s", (int)text.n, text.at);
    gv_buf_clear(&text);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t first = 1, last = 20, print = 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    gv_log_setup(GV_LOG_ERROR, GV_LOG_LOGFMT);
    for (int i = 1; i < argc; i += 2) {
        if (strcmp(argv[i], "--wild") == 0) {
            wild = true;
            i--;
            continue;
        }
        if (i + 1 == argc)
            return usage();
        if (strcmp(argv[i], "--seeds") == 0 && read_seeds(argv[i + 1], &first, &last))
            continue;
        if (strcmp(argv[i], "--days") == 0 && gv_text_u32(gv_text(argv[i + 1]), &days) &&
            days > 0 && days < 1000)
            continue;
        if (strcmp(argv[i], "--print") != 0 || !gv_text_u64(gv_text(argv[i + 1]), &print))
            return usage();
    }
    return print != 0 ? print_seed(print) : run_seeds(first, last);
}
