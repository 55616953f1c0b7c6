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

/* What each kind is called, whether the device then shows something else than before, and
 * whether it comes with all that goes well. */
static const struct {
    const char *name;
    bool change, routine;
} kinds[] = {
    {"other", false, true},
    {"gm_reregisters", true, false},
    {"gm_registration_begun", true, true},
    {"gm_registered", true, true},
    {"gm_policy_installed", false, true},
    {"gm_kek_updated", true, true},
    {"gm_tek_updated", true, true},
    {"gm_kek_expired", true, false},
    {"gm_rekey_received", true, true},
    {"gm_rekey_missed", true, false},
    {"gm_fault", true, false},
    {"gm_left", true, false},
    {"gm_recovers", true, false},
    {"gm_policy_changed", true, false},
    {"ks_registration_begun", true, true},
    {"ks_registered", true, true},
    {"ks_rekey_sent", true, true},
    {"ks_newer_gm", true, false},
    {"ks_members", true, false},
    {"ks_gm_ejected", true, false},
    {"ks_refused", false, false},
    {"ks_fault", true, false},
    {"ks_policy_changed", true, false},
    {"coop_unreachable", true, false},
    {"coop_reachable", true, false},
    {"coop_role", true, false},
    {"coop_fault", true, false},
    {"replay", false, false},
    {"packet_fault", false, false},
    {"ike_fault", false, false},
    {"pki_fault", false, false},
    {"gdoi_switched", false, false},
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

bool gv_event_is_routine(enum gv_event_kind kind)
{
    return (size_t)kind < GV_EVENT_KIND_COUNT && kinds[kind].routine;
}
