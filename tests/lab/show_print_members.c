/* SPDX-License-Identifier: Apache-2.0 */
/* A key server's member lists. */
#include <string.h>

#include "show_print.h"

static void put_member(const struct lab_show *show, const struct lab_ks *ks,
                       const struct lab_member *member)
{
    const struct lab_ks *with = member->registered_with;
    bool detailed = lab_show_since(show, LAB_FORMAT_15);

    lab_put(show, "Group Member ID    : %-15s", lab_ip(member->address).text);
    if (detailed && member->version != NULL)
        lab_put(show, " GM Version: %s", member->version);
    lab_put(show, "\n Group ID          : %u\n Group Name        : %s\n", ks->group->id,
            ks->group->name);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, " Group Type        : GDOI (ISAKMP)\n");
    if (detailed)
        lab_put(show, " GM State          : Registered\n");
    lab_put(show, " Key Server ID     : %s\n", lab_ip(with ? with->address : 0).text);
    if (detailed && ks->group->transport == LAB_UNICAST)
        lab_put(show,
                " Rekeys sent       : %u\n"
                " Rekeys retries    : %u\n"
                " Rekey Acks Rcvd   : %u\n"
                " Rekey Acks missed : %u\n\n"
                " Sent seq num : %-6u0     0     0     \n"
                " Rcvd seq num : %-6u0     0     0     \n\n",
                member->rekeys_sent, member->rekey_retries, member->acks_received,
                member->acks_missed, ks->rekey_sequence, ks->rekey_sequence);
    lab_put(show, "\n");
}

static void put_members(const struct lab_show *show, const struct lab_ks *ks)
{
    const char *name = ks->group->name;

    lab_put(show, "Number of rekeys sent for group %s : %u\n", name, ks->rekeys_sent);
    if (lab_show_since(show, LAB_FORMAT_15) && ks->role == LAB_PRIMARY)
        lab_put(show,
                "Number of retransmits during the last rekey for group %s : %u\n"
                "Duration of the last rekey for group %s : %u msec\n",
                name, ks->last_rekey_retransmits, name, ks->last_rekey_duration_ms);
    lab_put(show, "\n");
    for (size_t i = 0; i < ks->member_count; i++)
        put_member(show, ks, &ks->members[i]);
}

void lab_show_ks_members(const struct lab_show *show)
{
    const struct lab_device *device = show->device;

    lab_put(show, "Group Member Information : \n\n");
    for (size_t i = 0; i < device->server_count; i++)
        put_members(show, &device->servers[i]);
}

/* The members that registered with `server`, as `ks` lists them. */
static void put_summary_of(const struct lab_show *show, const struct lab_ks *ks,
                           const struct lab_ks *server)
{
    size_t n = 0;

    for (size_t i = 0; i < ks->member_count; i++)
        n += ks->members[i].registered_with == server;
    lab_put(show, "Key Server ID: %s, GMDB state: %s, Group Members: %zu\n",
            lab_ip(server->address).text, server == ks ? "LOCAL" : "REDUNDANT", n);
    lab_put(show, "  Member ID     Version      Rekey sent     Rekey Ack missed\n");
    for (size_t i = 0; i < ks->member_count; i++) {
        const struct lab_member *m = &ks->members[i];

        if (m->registered_with == server)
            lab_put(show, "  %-13s %-12s %-14u %u\n", lab_ip(m->address).text,
                    m->version != NULL ? m->version : "Unknown", m->rekeys_sent,
                    m->acks_missed);
    }
    lab_put(show, "\n");
}

void lab_show_ks_members_summary(const struct lab_show *show)
{
    const struct lab_device *device = show->device;

    lab_put(show, "Group Member Information : \n\n");
    for (size_t i = 0; i < device->server_count; i++) {
        const struct lab_ks *ks = &device->servers[i];

        lab_put(show, "Group Name: %s, ID: %u, Group Members: %zu\n", ks->group->name,
                ks->group->id, ks->member_count);
        for (size_t k = 0; k < ks->group->server_count; k++)
            put_summary_of(show, ks, ks->group->servers[k]);
    }
}

/* From which third number of the GDOI version (1.0.N) on a box has a feature. */
static const struct {
    const char *name;
    uint32_t since;
} features[] = {
    {"policy-replace", 2}, {"gm-removal", 2},
    {"suite-b", 4},        {"long-sa-lifetime", 5},
    {"cts-sgt", 5},        {"ip-d3p", 5},
    {"gdoi-mib", 6},       {"ipv6-crypto-path", 6},
    {"crl-check", 8},      {"dp-recovery", 9},
    {"gikev2", 11},        {"pfs", 15},
    {"ckm", 16},           {"gdoi-interop-ack", 17},
};

static bool has_feature(struct gv_text feature, const char *version)
{
    uint32_t third = 0;

    if (version == NULL)
        return false;
    if (feature.n == 0)
        return true;
    if (strlen(version) < 5 || !gv_text_u32(gv_text_from(gv_text(version), 4), &third))
        return false;
    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
        if (gv_text_is(feature, features[i].name))
            return third >= features[i].since;
    return false;
}

static void put_feature_row(const struct lab_show *show, uint32_t address, const char *version)
{
    lab_put(show, "        %-16s %-14s %s\n", lab_ip(address).text,
            version != NULL ? version : "Unknown",
            has_feature(show->argument, version) ? "Yes" : "No");
}

void lab_show_feature(const struct lab_show *show)
{
    const struct lab_device *device = show->device;

    for (size_t i = 0; i < device->server_count; i++) {
        const struct lab_ks *ks = &device->servers[i];

        lab_put(show, "Group Name: %s\n    Key Server ID       Version   Feature Supported\n",
                ks->group->name);
        put_feature_row(show, ks->address, device->gdoi_version);
        for (size_t k = 0; k < ks->peer_count; k++)
            put_feature_row(show, ks->peers[k].ks->address,
                            ks->peers[k].ks->device->gdoi_version);
        lab_put(show, "\n    Group Member ID     Version   Feature Supported\n");
        for (size_t k = 0; k < ks->member_count; k++)
            put_feature_row(show, ks->members[k].address, ks->members[k].version);
        lab_put(show, "\n");
    }
}
