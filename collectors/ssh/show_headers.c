/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_state.h"

static const struct gv_text nothing = {"", 0};

/* `rest` is a group's name, up to the colon that ends the header. */
static void named_group(struct gv_show *s, struct gv_text rest)
{
    rest = gv_text_trim(rest);
    if (rest.n > 0 && rest.at[rest.n - 1] == ':')
        rest.n--;
    gv_show_named_group(s, rest, nothing);
}

static bool group_information(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    gv_show_enter(s, GV_IN_GROUP);
    s->group = NULL;
    return true;
}

static bool gm_for_group(struct gv_show *s, struct gv_text rest)
{
    gv_show_enter(s, GV_IN_GM);
    named_group(s, rest);
    return true;
}

static bool members(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    gv_show_enter(s, GV_IN_MEMBER);
    gv_show_members_again(s);
    return true;
}

static bool ks_for_group(struct gv_show *s, struct gv_text rest)
{
    gv_show_enter(s, GV_IN_KS);
    named_group(s, rest);
    (void)gv_show_ks(s);
    return true;
}

static bool ks_policy(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    gv_show_enter(s, GV_IN_KS);
    return true;
}

/* "For group G (handle: H) server A (handle: H):" */
static bool policy_for_group(struct gv_show *s, struct gv_text rest)
{
    size_t handle = gv_text_find(rest, " (handle");
    size_t server = gv_text_find(rest, ") server ");
    struct gv_text address;
    struct gv_ks_obs *ks;

    gv_show_enter(s, GV_IN_KS);
    named_group(s, gv_text_head(rest, handle));
    ks = gv_show_ks(s);
    if (ks != NULL && gv_show_address(gv_text_from(rest, server + 9), &address))
        gv_show_text(s, &ks->address, address);
    return true;
}

/* "KEK POLICY:" of a GM, "KEK POLICY (transport type : Unicast)" of a KS. */
static bool kek_policy(struct gv_show *s, struct gv_text rest)
{
    bool of_ks = gv_text_starts(gv_text_trim(rest), "(");

    gv_show_enter(s, of_ks ? GV_IN_KS_KEK : GV_IN_GM_KEK);
    if (s->group == NULL || !of_ks)
        return true;
    if (gv_text_find(rest, "unicast") < rest.n)
        s->group->transport = GV_REKEY_UNICAST;
    else if (gv_text_find(rest, "multicast") < rest.n)
        s->group->transport = GV_REKEY_MULTICAST;
    (void)gv_show_ks(s);
    return true;
}

static bool tek_policy(struct gv_show *s, struct gv_text rest)
{
    gv_show_enter(s, gv_text_starts(gv_text_trim(rest), "(") ? GV_IN_KS_TEK : GV_IN_GM_TEK);
    s->interface = nothing;
    return true;
}

static bool ipsec_sa(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    if (!(s->block & GV_IN_GM_TEK))
        return false;
    s->tek = NULL;
    s->interface_open = false;
    return true;
}

static bool peer_begins(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    gv_show_enter(s, GV_IN_PEER);
    return true;
}

static bool no_redundancy(struct gv_show *s, struct gv_text rest)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    (void)rest;
    if (ks != NULL) {
        ks->redundancy_said = true;
        ks->redundancy_configured = false;
    }
    return true;
}

/* Outputs that name a group and hold nothing of an observation. */
static bool other_for_group(struct gv_show *s, struct gv_text rest)
{
    gv_show_enter(s, GV_IN_OTHER);
    named_group(s, rest);
    return true;
}

static bool other(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    gv_show_enter(s, GV_IN_OTHER);
    return true;
}

/* rekey sa: KEKs without their groups. */
static bool rekey_sa(struct gv_show *s, struct gv_text rest)
{
    s->group = NULL;
    return other(s, rest);
}

static bool known(struct gv_show *s, struct gv_text rest)
{
    (void)s;
    (void)rest;
    return true;
}

/* The number after the last colon: group names may hold any. */
static bool count_for_group(struct gv_show *s, struct gv_text rest, uint32_t *value)
{
    size_t colon = rest.n;

    while (colon > 0 && rest.at[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return false;
    gv_show_enter(s, GV_IN_MEMBER);
    named_group(s, gv_text_head(rest, colon - 1));
    return gv_show_ks(s) != NULL &&
           gv_text_u32_lead(gv_text_trim(gv_text_from(rest, colon)), value);
}

static bool rekeys_for_group(struct gv_show *s, struct gv_text rest)
{
    uint32_t v;

    if (count_for_group(s, rest, &v)) {
        s->group->ks->rekeys_sent = v;
        s->group->ks->has |= GV_KS_HAS_REKEYS_SENT;
        s->group->ks->members_listed = true;
        if (s->group->ks->members != NULL)
            gv_show_members_again(s);
    }
    return true;
}

static bool retransmits_for_group(struct gv_show *s, struct gv_text rest)
{
    uint32_t v;

    if (count_for_group(s, rest, &v)) {
        s->group->ks->last_rekey_retransmits = v;
        s->group->ks->has |= GV_KS_HAS_LAST_REKEY_RETRANSMITS;
    }
    return true;
}

static bool duration_for_group(struct gv_show *s, struct gv_text rest)
{
    uint32_t v;

    if (count_for_group(s, rest, &v)) {
        s->group->ks->last_rekey_duration_ms = v;
        s->group->ks->has |= GV_KS_HAS_LAST_REKEY_DURATION;
    }
    return true;
}

/* The headers of tables; with a colon the same words are a label. */
static bool table(struct gv_show *s, struct gv_text rest, enum gv_show_block block)
{
    if (gv_text_index(rest, ':') < rest.n || gv_text_find(rest, "version") == rest.n)
        return false;
    gv_show_enter(s, block);
    s->features_listed = false;
    if (block == GV_IN_FEATURE_GM)
        gv_show_members_again(s);
    return true;
}

static bool summary_rows(struct gv_show *s, struct gv_text rest)
{
    return table(s, rest, GV_IN_SUMMARY_ROWS);
}

static bool feature_ks_rows(struct gv_show *s, struct gv_text rest)
{
    return table(s, rest, GV_IN_FEATURE_KS);
}

static bool feature_gm_rows(struct gv_show *s, struct gv_text rest)
{
    return table(s, rest, GV_IN_FEATURE_GM);
}

/* "Group G (Unicast)": ks rekey, gm rekey. "Group Name : G (Unicast)" is a label. */
static bool rekey_group(struct gv_show *s, struct gv_text rest)
{
    enum gv_rekey_transport transport = GV_REKEY_TRANSPORT_UNSAID;
    struct gv_label label = gv_label_read(gv_text_head(rest, gv_text_index(rest, ':')));

    (void)gv_show_without_transport(rest, &transport);
    if (transport == GV_REKEY_TRANSPORT_UNSAID || gv_label_is(&label, "name"))
        return false;
    gv_show_enter(s, GV_IN_REKEY);
    named_group(s, rest);
    return true;
}

/* How a line begins, and what then begins: sorted by the first character, longer ones
 * before their own beginnings. */
static const struct header {
    char first; /* of the prefix, lower case: most lines are told apart by it */
    const char *prefix;
    bool (*read)(struct gv_show *s, struct gv_text rest);
} headers[] = {
    {'*', "*NO* redundancy configured", no_redundancy},
    {'a', "access-list", known},
    {'a', "ACL ", known},
    {'a', "Anti-replay Information For Group ", other_for_group},
    {'c', "COOP-KS Sender ID (SID) Information for Group ", ks_for_group},
    {'c', "Cooperative key server infra", other},
    {'c', "Crypto Engine Connections", other},
    {'c', "Crypto map tag", other},
    {'d', "Data-plane statistics for group ", other_for_group},
    {'d', "Duration of the last rekey for group ", duration_for_group},
    {'f', "For group ", policy_for_group},
    {'g', "GETVPN REKEY SA", rekey_sa},
    {'g', "GM Sender ID (SID) Information for Group ", gm_for_group},
    {'g', "GROUP INFORMATION", group_information},
    {'g', "Group Member ID ", feature_gm_rows},
    {'g', "Group Member Information For Group ", gm_for_group},
    {'g', "Group Member Information", members},
    {'g', "Group ", rekey_group},
    {'i', "interface: ", other},
    {'i', "IPsec SA:", ipsec_sa},
    {'k', "KEK POLICY", kek_policy},
    {'k', "Key Server ID ", feature_ks_rows},
    {'k', "Key Server Information For Group ", ks_for_group},
    {'k', "Key Server Policy", ks_policy},
    {'k', "KGS POLICY", other},
    {'k', "KS Sender ID (KSSID) Information for Group ", ks_for_group},
    {'m', "Member ID ", summary_rows},
    {'n', "Number of rekeys sent for group ", rekeys_for_group},
    {'n', "Number of retransmits during the last rekey for group ", retransmits_for_group},
    {'p', "P2P POLICY", other},
    {'p', "Peer Sessions", peer_begins},
    {'p', "protected vrf", other},
    {'s', "SA created for group ", other_for_group},
    {'s', "Session ", peer_begins},
    {'t', "TEK POLICY", tek_policy},
    {'t', "Total group members registered", known},
};

bool gv_show_header(struct gv_show *s, struct gv_text line)
{
    char first = line.at[0];

    if (first >= 'A' && first <= 'Z')
        first = (char)(first - 'A' + 'a');
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        if (headers[i].first > first)
            break;
        if (headers[i].first != first || !gv_text_starts(line, headers[i].prefix))
            continue;
        if (headers[i].read(s, gv_text_from(line, gv_text(headers[i].prefix).n)))
            return true;
    }
    return false;
}
