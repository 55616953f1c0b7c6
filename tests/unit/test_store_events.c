/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet that nobody polls: what its events alone say of it. */
#include <string.h>

#include "check.h"
#include "store/store.h"

enum { EXPIRY_S = 100000, DAY_S = 86400 };

static const struct gv_target targets[] = {
    {.name = "ks-1", .address = "192.0.2.1"},
    {.name = "gm-1", .address = "192.0.2.11"},
    {.name = "gm-2", .address = "192.0.2.12"},
};
enum { TARGETS = sizeof(targets) / sizeof(targets[0]) };

static struct gv_store *new_store(size_t first)
{
    const struct gv_store_policy policy = {.stale_after = gv_secs(300)};
    const struct gv_target *list[TARGETS];
    struct gv_store *store = gv_store_new(&policy);

    for (size_t i = first; i < TARGETS; i++)
        list[i - first] = &targets[i];
    if (gv_store_set_targets(store, list, TARGETS - first, &policy) != GV_OK)
        CHECK("targets", false);
    return store;
}

static void tell(struct gv_store *store, const char *target, enum gv_event_kind kind,
                 const char *gm, int at_s)
{
    struct gv_event event = {
        .kind = kind, .has = GV_EVENT_HAS_AT, .at = {((int64_t)EXPIRY_S + at_s) * 1000}};

    gv_event_text(event.group, sizeof(event.group), gv_text("branch net"));
    if (gm != NULL) {
        gv_event_text(event.gm, sizeof(event.gm), gv_text(gm));
        gv_event_text(event.ks, sizeof(event.ks), gv_text("192.0.2.1"));
    }
    gv_store_event(store, target, &event);
}

static void registration(struct gv_store *store, const char *target, const char *gm, int at_s)
{
    tell(store, target, GV_EVENT_GM_REREGISTERS, NULL, at_s);
    tell(store, target, GV_EVENT_GM_REGISTRATION_BEGUN, gm, at_s);
    tell(store, target, GV_EVENT_GM_REGISTERED, gm, at_s + 1);
}

static void pair(struct gv_store *store, const char *target, const char *gm, int expiry_s)
{
    registration(store, target, gm, expiry_s - 120);
    tell(store, target, GV_EVENT_GM_KEK_EXPIRED, NULL, expiry_s);
    registration(store, target, gm, expiry_s + 30);
}

static const struct gv_snapshot *at(struct gv_store *store, int s)
{
    return gv_store_snapshot(store, (struct gv_time){((int64_t)EXPIRY_S + s) * 1000});
}

static const struct gv_device_verdict *device(const struct gv_snapshot *snapshot,
                                              const char *name)
{
    for (size_t i = 0; i < snapshot->device_count; i++)
        if (strcmp(snapshot->devices[i].name, name) == 0)
            return &snapshot->devices[i];
    return NULL;
}

static void check_mismatch(void)
{
    struct gv_store *store = new_store(0);
    const struct gv_snapshot *snapshot;
    const struct gv_interop_verdict *interop;
    const struct gv_membership *gm;

    registration(store, "gm-2", "192.0.2.12", -5000);
    CHECK_INT("nothing yet", at(store, -4000)->groups[0].interop_count, 0);
    pair(store, "gm-1", "192.0.2.11", 0);
    snapshot = at(store, 60);
    CHECK_INT("one group", snapshot->group_count, 1);
    CHECK_STR("its name", snapshot->groups[0].group, "branch net");
    CHECK_INT("two members", snapshot->groups[0].gm_count, 2);
    CHECK_INT("one key server", snapshot->groups[0].interop_count, 1);
    interop = snapshot->groups[0].interop;
    CHECK_STR("its target", interop->ks, "ks-1");
    CHECK_INT("mismatch", interop->outcome, GV_INTEROP_MISMATCH);
    CHECK_INT("new members", interop->members_new, 1);
    CHECK_INT("evidence", interop->ks_verdict->evidence_count, 1);
    CHECK_INT("of", interop->ks_verdict->evidence[0].source, GV_EVIDENCE_SYSLOG);
    CHECK_STR("text", interop->ks_verdict->evidence[0].text,
              "gm-1 registered 120 s before its KEK expired, got the same KEK, and registered "
              "again 30 s after");
    CHECK_INT("the member", device(snapshot, "gm-1")->gm_behaviour.behaviour, GV_BEHAVIOUR_NEW);
    CHECK_INT("the other", device(snapshot, "gm-2")->gm_behaviour.behaviour,
              GV_BEHAVIOUR_UNKNOWN);
    gm = device(snapshot, "gm-1")->memberships;
    CHECK("neither up nor down", device(snapshot, "gm-1")->events_only);
    CHECK("doubles", gm->double_registrations.known && gm->double_registrations.n == 1);
    CHECK("missed", gm->missed_rekeys.known && gm->missed_rekeys.n == 0);
    CHECK_INT("registered", gm->registered, GV_YES);
    CHECK_STR("with", gm->registered_with, "192.0.2.1");
    CHECK("no rekey series of what nobody polls", !gm->rekey.published);
    gv_store_free(store);
}

static void check_age(void)
{
    struct gv_store *store = new_store(0);

    pair(store, "gm-1", "192.0.2.11", 0);
    CHECK_INT("longer than any stale poll", at(store, 2 * DAY_S)->groups[0].interop_count, 1);
    pair(store, "gm-1", "192.0.2.11", DAY_S);
    CHECK_INT("two lives more", at(store, 3 * DAY_S)->groups[0].interop_count, 1);
    CHECK_INT("then the key server may be another",
              at(store, 5 * DAY_S)->groups[0].interop_count, 0);
    CHECK_INT("counted all the same",
              device(at(store, 5 * DAY_S), "gm-1")->memberships->double_registrations.n, 2);
    gv_store_free(store);
}

static void check_key_server(void)
{
    struct gv_store *store = new_store(0);
    const struct gv_snapshot *snapshot;

    tell(store, "ks-1", GV_EVENT_KS_NEWER_GM, "192.0.2.11", -200);
    snapshot = at(store, 0);
    CHECK_INT("its own warning", device(snapshot, "ks-1")->ks_behaviour.behaviour,
              GV_BEHAVIOUR_OLD);
    CHECK_INT("is likely", device(snapshot, "ks-1")->ks_behaviour.confidence, GV_LIKELY);
    pair(store, "gm-1", "192.0.2.11", 0);
    snapshot = at(store, 60);
    CHECK_INT("with its members' word", device(snapshot, "ks-1")->ks_behaviour.confidence,
              GV_CERTAIN);
    CHECK_INT("once", snapshot->groups[0].interop_count, 1);
    CHECK_INT("mismatch", snapshot->groups[0].interop[0].outcome, GV_INTEROP_MISMATCH);
    gv_store_free(store);
}

static void check_unconfigured_key_server(void)
{
    struct gv_store *store = new_store(1);

    pair(store, "gm-1", "192.0.2.11", 0);
    CHECK_INT("found", at(store, 60)->groups[0].interop_count, 1);
    CHECK_STR("by its address", at(store, 60)->groups[0].interop[0].ks, "192.0.2.1");
    tell(store, "nobody", GV_EVENT_GM_KEK_EXPIRED, NULL, 70);
    CHECK_INT("no such target", at(store, 80)->device_count, TARGETS - 1);
    gv_store_free(store);
}

static void check_lost(void)
{
    struct gv_store *store = new_store(0);

    registration(store, "gm-1", "192.0.2.11", 0);
    registration(store, "gm-1", "192.0.2.11", 5000);
    CHECK_INT("lost", device(at(store, 5010), "gm-1")->memberships->missed_rekeys.n, 1);
    CHECK_INT("no mismatch", at(store, 5010)->groups[0].interop_count, 0);
    gv_store_free(store);
}

static void check_without_group(void)
{
    struct gv_store *store = new_store(0);
    struct gv_event event = {.kind = GV_EVENT_GM_KEK_UPDATED, .has = GV_EVENT_HAS_AT};
    const struct gv_heard *heard;

    gv_store_event(store, "gm-1", &event);
    CHECK_INT("of no group yet", at(store, 0)->group_count, 0);
    registration(store, "gm-1", "192.0.2.11", 10);
    gv_store_event(store, "gm-1", &event);
    heard = device(at(store, 20), "gm-1")->memberships->heard;
    CHECK_INT("of the group before", heard->counts[GV_EVENT_GM_KEK_UPDATED], 1);
    gv_store_free(store);
}

int main(void)
{
    check_mismatch();
    check_age();
    check_key_server();
    check_unconfigured_key_server();
    check_lost();
    check_without_group();
    return check_end();
}
