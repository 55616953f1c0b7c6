/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of groups: `crypto gdoi group` and `crypto gkm group`, which releases
 * before the operational model know too. */
#include "restconf/codec_part.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define KS(name, kind, bit, field)                                                             \
    {                                                                                          \
        name, kind, bit, offsetof(struct gv_ks_obs, field), NULL                               \
    }

static const struct gv_leaf lifetime_leaves[] = {
    KS("days", GV_LEAF_DAYS, GV_KS_HAS_KEK_LIFETIME, kek_lifetime_s),
    KS("seconds", GV_LEAF_U32, GV_KS_HAS_KEK_LIFETIME, kek_lifetime_s),
};

/* `periodic` in place of the number says no count. */
static const struct gv_leaf retransmit_leaves[] = {
    KS("seconds", GV_LEAF_U32, GV_KS_HAS_RETRANSMIT_INTERVAL, retransmit_interval_s),
    KS("number", GV_LEAF_U32, GV_KS_HAS_RETRANSMITS, retransmits),
};

static const struct gv_leaf priority_leaves[] = {
    KS("priority", GV_LEAF_U32, GV_KS_HAS_PRIORITY, priority),
};

/* One configured thing: where it is below the group's `server local`, and its leaves. */
static const struct place {
    const char *path[2];
    const struct gv_leaf *leaves;
    size_t count;
} places[] = {
    {{"rekey", "lifetime"}, lifetime_leaves, COUNT(lifetime_leaves)},
    {{"rekey", "retransmit"}, retransmit_leaves, COUNT(retransmit_leaves)},
    {{"redundancy", "local"}, priority_leaves, COUNT(priority_leaves)},
};

static const json_t *below(const json_t *object, const char *first, const char *second)
{
    return json_object_get(json_object_get(object, first), second);
}

/* A group's identity is a number or an address. */
static struct gv_text identity(const json_t *group, char digits[24])
{
    const json_t *number = below(group, "identity", "number");
    json_int_t n = json_integer_value(number);
    size_t at = 24;

    if (!json_is_integer(number) || n < 0)
        return gv_leaf_text(json_object_get(group, "identity"), "number");
    do
        digits[--at] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    return (struct gv_text){digits + at, 24 - at};
}

static void transport(struct gv_group_obs *group, const json_t *local)
{
    const json_t *rekey = json_object_get(local, "rekey");

    if (gv_leaf_empty(json_object_get(rekey, "transport"), "unicast"))
        group->transport = GV_REKEY_UNICAST;
    else if (json_object_get(rekey, "address") != NULL)
        group->transport = GV_REKEY_MULTICAST;
}

static void read_group(const struct gv_reading *reading, const json_t *entry)
{
    const json_t *local = below(entry, "server", "local");
    struct gv_text name = gv_leaf_text(entry, "name");
    char digits[24];
    struct gv_group_obs *group;
    struct gv_ks_obs *ks;

    if (name.n == 0 || !json_is_object(local))
        return;
    group = gv_observation_group(reading->obs, name, identity(entry, digits));
    ks = group != NULL ? gv_group_ks(reading->obs, group) : NULL;
    if (ks == NULL)
        return;
    for (size_t i = 0; i < COUNT(places); i++)
        gv_leaves_read(reading, below(local, places[i].path[0], places[i].path[1]),
                       places[i].leaves, places[i].count, ks, &ks->has);
    if (json_object_get(local, "redundancy") != NULL)
        ks->redundancy_said = ks->redundancy_configured = true;
    if (group->transport == GV_REKEY_TRANSPORT_UNSAID)
        transport(group, local);
}

void gv_restconf_config(const struct gv_reading *reading, const json_t *tree)
{
    const json_t *group;

    for (size_t at = 0; (group = gv_restconf_next(tree, "group", &at)) != NULL;)
        read_group(reading, group);
}
