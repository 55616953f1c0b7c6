/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into the KEK formula for one group: N, R, members, transport, and
 * which of them are guesses.
 *
 * Pure. In the order of trust: the KS's own words, the configuration's, IOS's
 * defaults (N = 2, R = 10 s). */
#ifndef GV_MODEL_POLICY_H
#define GV_MODEL_POLICY_H

#include "model/kek_timing.h"

/* What the configuration says of one group, where no collector tells it. */
struct gv_group_override {
    const char *group; /* name or id */
    bool has_retransmits, has_interval;
    uint32_t retransmits;
    uint32_t interval_s;
    enum gv_rekey_transport transport; /* unsaid: no override */
};

/* The first override of that name or id (either may be NULL); NULL without one. */
const struct gv_group_override *
gv_group_override_find(const struct gv_group_override *overrides, size_t count,
                       const char *name, const char *id);

/* What a KS once said of its settings. They outlive the observation that held
 * them: SSH tells them rarely, SNMP never. */
struct gv_rekey_told {
    bool has_retransmits, has_interval;
    uint32_t retransmits, interval_s;
};

/* Take over what `ks` says; the rest stays. */
void gv_rekey_told_feed(struct gv_rekey_told *told, const struct gv_ks_obs *ks);

/* The policy of `group` as its KS or GM shows it; `override` may be NULL. */
struct gv_rekey_policy gv_rekey_policy_of(const struct gv_group_obs *group,
                                          const struct gv_rekey_told *told,
                                          const struct gv_group_override *override);

#endif
