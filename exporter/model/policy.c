/* SPDX-License-Identifier: Apache-2.0 */
#include "model/policy.h"

#include <string.h>

const struct gv_group_override *
gv_group_override_find(const struct gv_group_override *overrides, size_t count,
                       const char *name, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        const char *group = overrides[i].group;

        if ((name != NULL && strcmp(name, group) == 0) ||
            (id != NULL && strcmp(id, group) == 0))
            return &overrides[i];
    }
    return NULL;
}

void gv_rekey_told_feed(struct gv_rekey_told *told, const struct gv_ks_obs *ks)
{
    if (ks->has & GV_KS_HAS_RETRANSMITS) {
        told->has_retransmits = true;
        told->retransmits = ks->retransmits;
    }
    if (ks->has & GV_KS_HAS_RETRANSMIT_INTERVAL) {
        told->has_interval = true;
        told->interval_s = ks->retransmit_interval_s;
    }
}

static void retransmits_of(struct gv_rekey_policy *policy, const struct gv_rekey_told *told,
                           const struct gv_group_override *override)
{
    bool by_hand = override != NULL && override->has_retransmits;
    bool interval_by_hand = override != NULL && override->has_interval;

    if (told->has_retransmits)
        policy->retransmits = told->retransmits;
    else if (by_hand)
        policy->retransmits = override->retransmits;
    if (told->has_interval)
        policy->interval = gv_secs(told->interval_s);
    else if (interval_by_hand)
        policy->interval = gv_secs(override->interval_s);
    policy->retransmits_assumed =
        !(told->has_retransmits || by_hand) || !(told->has_interval || interval_by_hand);
}

static enum gv_rekey_transport transport_of(const struct gv_group_obs *group,
                                            const struct gv_group_override *override)
{
    bool by_hand = override != NULL && override->transport != GV_REKEY_TRANSPORT_UNSAID;

    if (by_hand && (group->transport == GV_REKEY_TRANSPORT_UNSAID || group->transport_inferred))
        return override->transport;
    return group->transport;
}

/* The formula's GMs are the group's total over all KSs. Which count IOS takes is
 * not told, so members that only other KSs count make it uncertain. */
static void members_of(struct gv_rekey_policy *policy, const struct gv_ks_obs *ks)
{
    bool total = (ks->has & GV_KS_HAS_GROUP_MEMBERS) != 0;
    bool local = (ks->has & GV_KS_HAS_MEMBERS_REGISTERED) != 0;

    policy->members_assumed = !total && !local && !ks->members_listed;
    if (total)
        policy->members = ks->group_members;
    else if (local)
        policy->members = ks->members_registered;
    else
        policy->members = gv_ks_members_listed(ks);
    if (total && local)
        policy->members_uncertain = ks->group_members > ks->members_registered
                                        ? ks->group_members - ks->members_registered
                                        : ks->members_registered - ks->group_members;
    if (total)
        return;
    for (const struct gv_peer_obs *peer = ks->peers; peer != NULL; peer = peer->next)
        if (peer->has_members_registered &&
            peer->members_registered < UINT32_MAX - policy->members_uncertain)
            policy->members_uncertain += peer->members_registered;
}

struct gv_rekey_policy gv_rekey_policy_of(const struct gv_group_obs *group,
                                          const struct gv_rekey_told *told,
                                          const struct gv_group_override *override)
{
    struct gv_rekey_policy policy = gv_rekey_policy_default();

    policy.transport = transport_of(group, override);
    retransmits_of(&policy, told, override);
    if (group->ks != NULL)
        members_of(&policy, group->ks);
    return policy;
}
