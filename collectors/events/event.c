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

const char *gv_event_kind_name(enum gv_event_kind kind)
{
    static const char *const names[] = {
        "other",
        "gm_reregisters",
        "gm_registration_begun",
        "gm_registered",
        "gm_policy_installed",
        "gm_kek_updated",
        "gm_tek_updated",
        "gm_kek_expired",
        "gm_rekey_received",
        "gm_rekey_missed",
        "gm_fault",
        "ks_registration_begun",
        "ks_registered",
        "ks_rekey_sent",
        "ks_newer_gm",
        "ks_members",
        "ks_refused",
        "ks_fault",
        "ks_policy_changed",
        "coop_unreachable",
        "coop_reachable",
        "coop_role",
        "coop_fault",
        "replay",
        "ike_fault",
        "pki_fault",
        "gdoi_switched",
    };

    _Static_assert(sizeof(names) / sizeof(names[0]) == GV_EVENT_KIND_COUNT,
                   "a name for every kind");
    return (size_t)kind < GV_EVENT_KIND_COUNT ? names[kind] : "invalid";
}
