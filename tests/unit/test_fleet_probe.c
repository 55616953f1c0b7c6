/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe saw joins the evidence about its key server, and decides over versions. */
#include "model/fleet.h"

#include "check.h"
#include "scene.h"

/* A key server of that version with one member of the new behaviour, and one probe. */
struct probed {
    struct gv_observation *obs;
    struct gv_fleet_device device;
    struct gv_probe_seen seen;
    struct gv_snapshot snapshot;
};

static void begin(struct probed *p, const char *version, const char *gdoi)
{
    struct gv_group_obs *group;
    struct gv_ks_obs *ks;

    *p = (struct probed){.obs = scene_new(0)};
    p->obs->device.vendor = GV_VENDOR_CISCO;
    p->obs->device.version = version;
    group = scene_group(p->obs, "G", "1234");
    ks = scene_ks(p->obs, group, GV_KS_PRIMARY, gdoi);
    (void)scene_member(p->obs, ks, "10.1.1.1", "1.0.26");
    (void)scene_kek(p->obs, group, 1, 7200, 5000);
    p->device = (struct gv_fleet_device){
        .name = "ks-a", .address = "192.0.2.1", .up = true, .observation = p->obs};
    p->seen = (struct gv_probe_seen){
        .probe = "probe-a", .ks = "ks-a", .group = "1234", .tried = true, .reason = ""};
}

static void build(struct probed *p)
{
    const struct gv_probe_seen *const probes[] = {&p->seen};
    struct gv_fleet_in in = {.devices = &p->device,
                             .device_count = 1,
                             .probes = probes,
                             .probe_count = 1,
                             .now = scene_at(10),
                             .seed = 7};

    CHECK_INT("build", gv_fleet_build(&in, &p->snapshot), GV_OK);
}

static void end(struct probed *p)
{
    gv_arena_clear(&p->snapshot.arena);
    gv_observation_free(p->obs);
}

static void saw_lead(struct probed *p, int64_t lead_s, bool unsure)
{
    gv_probe_saw_rekey(&p->seen.evidence, &(struct gv_probe_rekey){.valid = true,
                                                                   .brings_kek = true,
                                                                   .lead = gv_secs(lead_s),
                                                                   .unsure = unsure});
}

static const struct {
    const char *name, *version, *gdoi;
    int64_t lead_s; /* of the probe's rekey; 0 seconds is old */
    bool seen, unsure;
    enum gv_behaviour want;
    bool contradicted;
    enum gv_interop outcome;
} rows[] = {
    {"old by version", "15.1(4)M12a", "1.0.1", 0, false, false, GV_BEHAVIOUR_OLD, false,
     GV_INTEROP_MISMATCH},
    {"the probe saw that it is new", "15.1(4)M12a", "1.0.1", 225, true, false, GV_BEHAVIOUR_NEW,
     true, GV_INTEROP_OK},
    {"new by version", "15.7(3)M8", "1.0.16", 0, false, false, GV_BEHAVIOUR_NEW, false,
     GV_INTEROP_OK},
    {"the probe saw that it is old", "15.7(3)M8", "1.0.16", 1, true, false, GV_BEHAVIOUR_OLD,
     true, GV_INTEROP_MISMATCH},
    {"what is likely yields to a certain version", "15.1(4)M12a", NULL, 225, true, true,
     GV_BEHAVIOUR_OLD, true, GV_INTEROP_MISMATCH},
};

static void test_evidence(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct gv_behaviour_verdict *verdict;
        struct probed p;

        begin(&p, rows[i].version, rows[i].gdoi);
        if (rows[i].seen)
            saw_lead(&p, rows[i].lead_s, rows[i].unsure);
        build(&p);
        verdict = &p.snapshot.devices[0].ks_behaviour;
        CHECK_INT(rows[i].name, verdict->behaviour, rows[i].want);
        CHECK_INT(rows[i].name, verdict->contradicted, rows[i].contradicted);
        CHECK_INT(rows[i].name, p.snapshot.groups[0].interop[0].outcome, rows[i].outcome);
        if (rows[i].seen)
            CHECK_INT(rows[i].name, verdict->evidence[0].source, GV_EVIDENCE_PROBE);
        end(&p);
    }
}

static void test_row(void)
{
    const struct gv_probe_verdict *row;
    struct probed p;

    begin(&p, "15.7(3)M8", "1.0.16");
    p.seen.success = p.seen.listening = p.seen.has_kek = p.seen.has_lead = true;
    p.seen.registrations = 2;
    p.seen.rekeys = 3;
    p.seen.phase1 = (struct gv_dur){42};
    p.seen.pull = (struct gv_dur){7};
    p.seen.lead = gv_secs(226);
    p.seen.kek_expiry = scene_at(5000);
    build(&p);
    CHECK_INT("one row", p.snapshot.probe_count, 1);
    row = &p.snapshot.probes[0];
    CHECK_STR("probe", row->probe, "probe-a");
    CHECK_STR("ks", row->ks, "ks-a");
    CHECK_STR("group", row->group, "1234");
    CHECK("registered", row->tried && row->success && row->timed && row->listening);
    CHECK_INT("phase 1", row->phase1.ms, 42);
    CHECK_INT("pull", row->pull.ms, 7);
    CHECK("expiry", row->kek_expiry.known && row->kek_expiry.at.ms == scene_at(5000).ms);
    CHECK_INT("rekeys", row->rekeys, 3);
    CHECK("lead", row->has_lead && row->lead.ms == 226000);
    CHECK_INT("no evidence yet", row->behaviour.behaviour, GV_BEHAVIOUR_UNKNOWN);
    end(&p);
}

/* A probe of a key server that is not polled says nothing of another one. */
static void test_another(void)
{
    struct probed p;

    begin(&p, "15.7(3)M8", "1.0.16");
    p.seen.ks = "192.0.2.9";
    saw_lead(&p, 1, false);
    build(&p);
    CHECK_INT("its own row", p.snapshot.probes[0].behaviour.behaviour, GV_BEHAVIOUR_OLD);
    CHECK_INT("not the other's", p.snapshot.devices[0].ks_behaviour.behaviour,
              GV_BEHAVIOUR_NEW);
    end(&p);
}

/* Its key server is polled by nobody: the group is there by the probe's word alone, old or new,
 * and whether a member is new is another question. */
static const struct {
    const char *name, *ks; /* as the probe has it */
    const char *target;    /* NULL: no target at all */
    bool events_only, heard;
    int64_t lead_s; /* below 0: it has seen no rekey yet */
    size_t groups, pairs;
    enum gv_behaviour want;
} alone[] = {
    {"no target", "192.0.2.1", NULL, false, false, 1, 1, 1, GV_BEHAVIOUR_OLD},
    {"no target, new", "192.0.2.1", NULL, false, false, 225, 1, 1, GV_BEHAVIOUR_NEW},
    {"nothing seen yet", "192.0.2.1", NULL, false, false, -1, 1, 0, GV_BEHAVIOUR_UNKNOWN},
    {"a target that nobody polls", "ks-a", "ks-a", true, false, 1, 1, 1, GV_BEHAVIOUR_OLD},
    {"one that was heard of names its group itself", "ks-a", "ks-a", true, true, 1, 1, 1,
     GV_BEHAVIOUR_OLD},
    {"a polled one that is silent", "ks-a", "ks-a", false, false, 1, 0, 0, GV_BEHAVIOUR_OLD},
};

static void test_alone(void)
{
    for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++) {
        const struct gv_behaviour_verdict *of_ks = NULL;
        struct probed p;

        begin(&p, NULL, NULL);
        p.seen.ks = alone[i].ks;
        if (alone[i].lead_s >= 0)
            saw_lead(&p, alone[i].lead_s, false);
        p.device.name = alone[i].target != NULL ? alone[i].target : "another";
        p.device.address = alone[i].target != NULL ? "192.0.2.1" : "192.0.2.9";
        p.device.events_only = alone[i].events_only;
        if (!alone[i].heard)
            p.device.observation = NULL;
        build(&p);
        CHECK_INT(alone[i].name, p.snapshot.group_count, alone[i].groups);
        if (alone[i].groups > 0) {
            const struct gv_group_verdict *group = &p.snapshot.groups[0];

            CHECK_STR(alone[i].name, group->group, alone[i].heard ? "G" : "1234");
            CHECK_INT(alone[i].name, group->interop_count, alone[i].pairs);
            CHECK(alone[i].name, group->interop_count == 0 ||
                                     (strcmp(group->interop[0].ks, alone[i].ks) == 0 &&
                                      group->interop[0].ks_behaviour == alone[i].want));
            if (group->interop_count > 0)
                of_ks = group->interop[0].ks_verdict;
            CHECK(alone[i].name, group->interop_count == 0 || alone[i].heard ||
                                     group->interop[0].outcome == GV_INTEROP_UNKNOWN);
        }
        if (alone[i].target != NULL) {
            of_ks = &p.snapshot.devices[0].ks_behaviour;
            CHECK(alone[i].name, p.snapshot.devices[0].is_ks);
            CHECK_INT(alone[i].name, of_ks->behaviour, alone[i].want);
        }
        CHECK(alone[i].name, of_ks == NULL || (of_ks->evidence_count > 0 &&
                                               of_ks->evidence[0].source == GV_EVIDENCE_PROBE));
        end(&p);
    }
}

/* Members are polled, their key server is not: the probe's word on it decides the pair. */
static void test_members_polled(void)
{
    struct probed p;

    begin(&p, "15.7(3)M8", NULL);
    p.obs->groups->ks = NULL;
    (void)scene_gm(p.obs, p.obs->groups, "192.0.2.9", "1.0.16");
    p.device.name = "gm-a";
    p.device.address = "192.0.2.9";
    p.seen.ks = "192.0.2.1";
    saw_lead(&p, 1, false);
    build(&p);
    CHECK_INT("the same group", p.snapshot.group_count, 1);
    CHECK_INT("one pair", p.snapshot.groups[0].interop_count, 1);
    CHECK_STR("its key server", p.snapshot.groups[0].interop[0].ks, "192.0.2.1");
    CHECK_INT("mismatch", p.snapshot.groups[0].interop[0].outcome, GV_INTEROP_MISMATCH);
    CHECK_INT("by the probe", p.snapshot.groups[0].interop[0].ks_verdict->evidence[0].source,
              GV_EVIDENCE_PROBE);
    end(&p);
}

int main(void)
{
    test_evidence();
    test_row();
    test_another();
    test_alone();
    test_members_polled();
    return check_end();
}
