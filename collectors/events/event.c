/* SPDX-License-Identifier: Apache-2.0 */
#include "events/event.h"

#include <string.h>

void gv_event_text(char *to, size_t size, struct gv_text t)
{
    if (t.n == 0 || t.n >= size || memchr(t.at, '\0', t.n) != NULL)
        return;
    memcpy(to, t.at, t.n);
    to[t.n] = '\0';
}

/* What each kind is called, and whether the device then shows something else than before. */
static const struct {
    const char *name;
    bool change;
} kinds[] = {
    {"other", false},
    {"gm_reregisters", true},
    {"gm_registration_begun", true},
    {"gm_registered", true},
    {"gm_policy_installed", false},
    {"gm_kek_updated", true},
    {"gm_tek_updated", true},
    {"gm_kek_expired", true},
    {"gm_rekey_received", true},
    {"gm_rekey_missed", true},
    {"gm_fault", true},
    {"ks_registration_begun", true},
    {"ks_registered", true},
    {"ks_rekey_sent", true},
    {"ks_newer_gm", true},
    {"ks_members", true},
    {"ks_refused", false},
    {"ks_fault", true},
    {"ks_policy_changed", true},
    {"coop_unreachable", true},
    {"coop_reachable", true},
    {"coop_role", true},
    {"coop_fault", true},
    {"replay", false},
    {"ike_fault", false},
    {"pki_fault", false},
    {"gdoi_switched", false},
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == GV_EVENT_KIND_COUNT, "a row for every kind");

const char *gv_event_kind_name(enum gv_event_kind kind)
{
    return (size_t)kind < GV_EVENT_KIND_COUNT ? kinds[kind].name : "invalid";
}

bool gv_event_is_change(enum gv_event_kind kind)
{
    return (size_t)kind < GV_EVENT_KIND_COUNT && kinds[kind].change;
}
