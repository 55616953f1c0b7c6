/* SPDX-License-Identifier: Apache-2.0 */
/* Generated rekeys: any lead, any policy, any poll interval and phase, whole
 * seconds shown. The verdict must be the table's for the true lead, but for the
 * second that display rounding hides. */
#include "../unit/check.h"
#include "../unit/scene.h"
#include "model/track.h"

enum { CASES = 20000 };

static uint64_t state = 1;

static int64_t draw(int64_t from, int64_t to)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return from + (int64_t)(state >> 33) % (to - from + 1);
}

/* One KEK follows another, `lead_ms` before that ends. */
struct rekey {
    struct gv_rekey_policy policy;
    int64_t life_ms, born_ms, lead_ms, poll_ms, phase_ms;
    bool cli; /* no SPI */
};

static struct rekey draw_rekey(void)
{
    struct rekey r = {.born_ms = draw(0, 1000000), .cli = draw(0, 3) == 0};

    r.policy.transport = draw(0, 1) ? GV_REKEY_UNICAST : GV_REKEY_MULTICAST;
    r.policy.retransmits = (uint32_t)draw(0, 5);
    r.policy.interval = gv_secs(draw(10, 60));
    r.policy.members = (uint32_t)draw(0, 2000);
    r.life_ms = draw(1800, 86400) * 1000;
    r.lead_ms = draw(-200000, draw(0, 1) ? 300000 : 900000);
    r.poll_ms = draw(5000, 300000);
    r.phase_ms = draw(0, r.poll_ms);
    return r;
}

static void see(struct gv_track *track, const struct rekey *r, int64_t now_ms)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){now_ms});
    struct gv_group_obs *group = scene_group(obs, "G1", "7");
    struct gv_ks_obs *ks = scene_ks(obs, group, GV_KS_PRIMARY, NULL);
    struct gv_track_in in = {&obs->device, group, obs->seen_at, true, NULL, false};
    int64_t second_born = r->born_ms + r->life_ms - r->lead_ms;
    bool second = now_ms >= second_born;
    int64_t end = (second ? second_born : r->born_ms) + r->life_ms;

    group->transport = r->policy.transport;
    ks->has =
        GV_KS_HAS_RETRANSMITS | GV_KS_HAS_RETRANSMIT_INTERVAL | GV_KS_HAS_MEMBERS_REGISTERED;
    ks->retransmits = r->policy.retransmits;
    ks->retransmit_interval_s = (uint32_t)(r->policy.interval.ms / 1000);
    ks->members_registered = r->policy.members;
    scene_kek(obs, group,
              r->cli   ? 0
              : second ? 2
                       : 1,
              (uint32_t)(r->life_ms / 1000),
              end > now_ms ? (uint32_t)((end - now_ms) / 1000) : 0);
    gv_track_feed(track, &in);
    gv_observation_free(obs);
}

/* The table's verdict for the true lead, or for one that rounding may show. */
static bool allowed(const struct rekey *r, enum gv_rekey_verdict verdict)
{
    for (int64_t off = -1000; off <= 1000; off += 500)
        if (gv_rekey_judge((struct gv_dur){r->lead_ms + off}, &r->policy, gv_secs(0)) ==
            verdict)
            return true;
    return false;
}

static void one_case(void)
{
    struct rekey r = draw_rekey();
    struct gv_track track = {.side = GV_TRACK_NONE};
    int64_t second_born = r.born_ms + r.life_ms - r.lead_ms;
    int64_t end = second_born + 2 * r.poll_ms;
    char name[128];

    if (gv_rekey_lead(&r.policy).ms + 2 * r.poll_ms > r.life_ms)
        return; /* another KEK might have lived between: not judged */
    for (int64_t now = second_born - 4 * r.poll_ms + r.phase_ms; now < end; now += r.poll_ms)
        if (now >= r.born_ms)
            see(&track, &r, now);
    (void)snprintf(name, sizeof(name), "lead %lld ms, %u x %lld ms, %u members, poll %lld ms",
                   (long long)r.lead_ms, r.policy.retransmits, (long long)r.policy.interval.ms,
                   r.policy.members, (long long)r.poll_ms);
    CHECK(name, allowed(&r, track.verdict));
    CHECK(name, track.counts[track.verdict] + track.counts[GV_REKEY_MISSED] == 1);
    CHECK(name, !track.lead_known ||
                    (track.lead.ms >= r.lead_ms - 1000 && track.lead.ms <= r.lead_ms + 1000));
    CHECK(name, gv_timing_behaviour(&track.timing) != GV_BEHAVIOUR_NEW ||
                    r.lead_ms >= (GV_REKEY_GUARANTEE_S - 3) * 1000);
    CHECK(name, gv_timing_behaviour(&track.timing) != GV_BEHAVIOUR_OLD || r.lead_ms <= 196000);
}

int main(void)
{
    for (unsigned i = 0; i < CASES; i++)
        one_case();
    return check_end();
}
