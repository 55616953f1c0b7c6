/* SPDX-License-Identifier: Apache-2.0 */
/* The key server's side: group, policy, rekeys. */
#include "show_print.h"

static const char *transport_name(const struct lab_ks *ks)
{
    return ks->group->transport == LAB_UNICAST ? "Unicast" : "Multicast";
}

/* Life left of the newest TEK. */
static uint32_t tek_left_s(const struct lab_show *show, const struct lab_ks *ks)
{
    return ks->tek_count > 0 ? lab_left_s(ks->teks[ks->tek_count - 1].expiry, show->now) : 0;
}

static uint32_t kek_left_s(const struct lab_show *show, const struct lab_ks *ks)
{
    const struct lab_kek *kek = lab_ks_newest_kek(ks);

    return kek != NULL ? lab_left_s(kek->expiry, show->now) : 0;
}

/* "Redundancy" and the lines that belong to it. */
static void put_redundancy(const struct lab_show *show, const struct lab_ks *ks)
{
    lab_put(show, "    Redundancy               : %s\n",
            ks->peer_count > 0 ? "Configured" : "Not configured");
    if (ks->peer_count == 0)
        return;
    lab_put(show,
            "        Local Address        : %s\n"
            "        Local Priority       : %u\n"
            "        Local KS Status      : Alive\n"
            "        Local KS Role        : %s\n",
            lab_ip(ks->address).text, ks->priority, lab_role_name(ks->role));
    if (lab_show_since(show, LAB_FORMAT_15) && show->device->gdoi_version != NULL)
        lab_put(show, "        Local KS Version     : %s\n", show->device->gdoi_version);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "        Local COOP Version   : 1.0.8\n");
}

static void put_lifetimes(const struct lab_show *show, const struct lab_ks *ks)
{
    const struct lab_group *group = ks->group;

    lab_put(show,
            "    Group Rekey Lifetime     : %u secs\n"
            "    Group Rekey\n"
            "        Remaining Lifetime   : %u secs\n",
            group->kek_lifetime_s, kek_left_s(show, ks));
    if (lab_show_since(show, LAB_FORMAT_17) && ks->kek_rekey_at.ms != LAB_NEVER.ms)
        lab_put(show, "        Time to Rekey        : %u secs\n",
                lab_left_s(ks->kek_rekey_at, show->now));
    lab_put(show,
            "    Rekey Retransmit Period  : %u secs\n"
            "    Rekey Retransmit Attempts: %u\n"
            "    Group Retransmit\n"
            "        Remaining Lifetime   : 0 secs\n\n"
            "      IPSec SA Number        : 1\n"
            "      IPSec SA Rekey Lifetime: %u secs\n"
            "      Profile Name           : GETVPN-PROFILE\n"
            "      Replay method          : Count Based\n"
            "      Replay Window Size     : 64\n"
            "      SA Rekey\n"
            "         Remaining Lifetime  : %u secs\n",
            group->interval_s, group->retransmits, group->tek_lifetime_s, tek_left_s(show, ks));
}

void lab_show_gdoi_ks_group(const struct lab_show *show, const struct lab_ks *ks)
{
    const struct lab_group *group = ks->group;

    lab_put(show,
            "GROUP INFORMATION\n\n"
            "    Group Name               : %s (%s)\n",
            group->name, transport_name(ks));
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "    Re-auth on new CRL       : Disabled\n");
    lab_put(show, "    Group Identity           : %u\n", group->id);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "    Group Type               : GDOI (ISAKMP)\n");
    if (lab_show_since(show, LAB_FORMAT_15))
        lab_put(show, "    Crypto Path              : ipv4\n"
                      "    Key Management Path      : ipv4\n");
    lab_put(show,
            "    Group Members            : %zu\n"
            "    IPSec SA Direction       : Both\n",
            ks->member_count);
    if (!lab_show_since(show, LAB_FORMAT_15))
        lab_put(show, "    Active Group Server      : Local\n");
    put_redundancy(show, ks);
    put_lifetimes(show, ks);
    lab_put(show,
            "      ACL Configured         : access-list ACL-%u\n\n"
            "     Group Server list       : Local\n\n",
            group->id);
}

/* Run `print` for each group that the box serves. */
static void each_group(const struct lab_show *show,
                       void (*print)(const struct lab_show *show, const struct lab_ks *ks))
{
    for (size_t i = 0; i < show->device->server_count; i++)
        if (lab_show_wants(show, show->device->servers[i].group))
            print(show, &show->device->servers[i]);
}

static void ks_print(const struct lab_show *show, const struct lab_ks *ks)
{
    const struct lab_group *group = ks->group;

    lab_put(show,
            "Key Server Information For Group %s:\n"
            "    Group Name               : %s\n"
            "    Group Identity           : %u\n",
            group->name, group->name, group->id);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "    Group Type               : GDOI (ISAKMP)\n");
    lab_put(show, "    Group Members            : %zu\n", ks->member_count);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "    Rekey Acknowledgement Cfg: Cisco\n");
    lab_put(show, "    IPSec SA Direction       : Both\n");
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "    IP D3P Window            : Disabled\n"
                      "    Split Resiliency Factor  : 0\n"
                      "    CKM status               : Disabled\n");
    if (ks->peer_count > 0)
        put_redundancy(show, ks);
    lab_put(show, "    ACL Configured:\n        access-list ACL-%u\n\n", group->id);
}

void lab_show_ks(const struct lab_show *show)
{
    size_t own = 0;

    for (size_t i = 0; i < show->device->server_count; i++)
        own += lab_ks_own_members(&show->device->servers[i]);
    lab_put(show, "Total group members registered to this box: %zu\n\n", own);
    each_group(show, ks_print);
}

static void ks_acl_print(const struct lab_show *show, const struct lab_ks *ks)
{
    const struct lab_group *group = ks->group;

    lab_put(show, "Group Name: %s\n Configured ACL:\n", group->name);
    for (size_t i = 0; i < group->ace_count; i++) {
        const struct lab_ace *ace = &group->aces[i];

        lab_put(show, "   access-list ACL-%u  permit ip %s %s %s %s\n", group->id,
                lab_ip(ace->source).text, lab_ip(~ace->source_mask).text,
                lab_ip(ace->destination).text, lab_ip(~ace->destination_mask).text);
    }
    lab_put(show, "\n");
}

void lab_show_ks_acl(const struct lab_show *show)
{
    each_group(show, ks_acl_print);
}

/* "time to rekey": 12.4T does not know the line; n/a where none is due here. */
static void put_time_to_rekey(const struct lab_show *show, struct gv_time rekey_at)
{
    if (!lab_show_since(show, LAB_FORMAT_15))
        return;
    if (rekey_at.ms == LAB_NEVER.ms)
        lab_put(show, "    time to rekey (sec): n/a       \n");
    else
        lab_put(show, "    time to rekey (sec): %-10u\n", lab_left_s(rekey_at, show->now));
}

static void put_kek_policy(const struct lab_show *show, const struct lab_ks *ks,
                           const struct lab_kek *kek)
{
    lab_put(show, "  KEK POLICY (transport type : %s)\n    spi : ", transport_name(ks));
    gv_buf_add_hex(show->out, kek->spi, sizeof(kek->spi));
    lab_put(show,
            "\n    management alg     : disabled    encrypt alg       : " LAB_KEK_CIPHER
            "       \n"
            "    crypto iv length   : 16          key size          : %d      \n"
            "    orig life(sec): %-10u remaining life(sec): %-10u\n",
            LAB_KEK_BITS / 8, kek->lifetime_s, lab_left_s(kek->expiry, show->now));
    put_time_to_rekey(show, ks->kek_rekey_at);
    lab_put(show,
            "    sig hash algorithm : enabled     sig key length    : %d     \n"
            "    sig size           : %d       \n"
            "    sig key name       : REKEYRSA\n",
            LAB_SIG_KEY_OCTETS, LAB_SIG_OCTETS);
    if (lab_show_since(show, LAB_FORMAT_15))
        lab_put(show, "    acknowledgement    : Cisco\n");
    lab_put(show, "\n");
}

static void put_tek_policy(const struct lab_show *show, const struct lab_ks *ks,
                           const struct lab_tek *tek)
{
    uint32_t left_s = lab_left_s(tek->expiry, show->now);
    int64_t elapsed_s = gv_time_diff(show->now, tek->born).ms / 1000;

    lab_put(show,
            "  TEK POLICY (encaps : ENCAPS_TUNNEL)\n"
            "    spi                : 0x%X\n"
            "    access-list        : ACL-%u\n"
            "    transform          : " LAB_TEK_TRANSFORM " \n"
            "    alg key size       : 32            sig key size          : 20        \n"
            "    orig life(sec)     : %-13u remaining life(sec)   : %-10u\n"
            "    tek life(sec)      : %-13u elapsed time(sec)     : %-10lld\n"
            "    override life (sec): 0             antireplay window size: 64        \n",
            lab_spi_number(tek->spi), ks->group->id, tek->lifetime_s, left_s, tek->lifetime_s,
            (long long)elapsed_s);
    put_time_to_rekey(show, tek->rekey_at);
    lab_put(show, "\n");
}

/* Once a rekey is sent the KS speaks of the new KEK only. */
static void policy_print(const struct lab_show *show, const struct lab_ks *ks)
{
    const struct lab_kek *kek = lab_ks_newest_kek(ks);
    unsigned handle = 0x80000002u + ks->group->id % 64;

    lab_put(show,
            lab_show_since(show, LAB_FORMAT_17)
                ? "For group %s (handle: 0x%X) server %s (handle: 0x%X):\n\n"
                : "For group %s (handle: %u) server %s (handle: %u):\n\n",
            ks->group->name, handle, lab_ip(ks->address).text, handle);
    lab_put(show, "  # of teks : %zu  Seq num : %u\n", ks->tek_count, ks->rekey_sequence);
    if (kek != NULL)
        put_kek_policy(show, ks, kek);
    for (size_t i = ks->tek_count; i-- > 0;)
        put_tek_policy(show, ks, &ks->teks[i]);
}

void lab_show_ks_policy(const struct lab_show *show)
{
    lab_put(show, "Key Server Policy:\n");
    each_group(show, policy_print);
}

static void rekey_print(const struct lab_show *show, const struct lab_ks *ks)
{
    const struct lab_group *group = ks->group;

    lab_put(show, "Group %s (%s)\n", group->name, transport_name(ks));
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "    Rekey Acknowledgement Cfg           : Cisco\n");
    lab_put(show,
            "    Number of Rekeys sent               : %u\n"
            "    Number of Rekeys retransmitted      : %u\n"
            "    KEK rekey lifetime (sec)            : %u\n"
            "        Remaining lifetime (sec)        : %u\n",
            ks->rekeys_sent, ks->rekey_retransmits, group->kek_lifetime_s,
            kek_left_s(show, ks));
    if (lab_show_since(show, LAB_FORMAT_15) && ks->kek_rekey_at.ms != LAB_NEVER.ms)
        lab_put(show, "        Time until rekey (sec)          : %u\n",
                lab_left_s(ks->kek_rekey_at, show->now));
    lab_put(show,
            "    Retransmit period                   : %u\n"
            "    Number of retransmissions           : %u\n"
            "    IPSec SA 1  lifetime (sec)          : %u\n"
            "        Remaining lifetime (sec)        : %u\n\n",
            group->interval_s, group->retransmits, group->tek_lifetime_s, tek_left_s(show, ks));
}

void lab_show_ks_rekey(const struct lab_show *show)
{
    each_group(show, rekey_print);
}

static void replay_print(const struct lab_show *show, const struct lab_ks *ks)
{
    lab_put(show,
            "Anti-replay Information For Group %s:\n  Timebased Replay:\n"
            "    is not enabled\n\n",
            ks->group->name);
}

void lab_show_ks_replay(const struct lab_show *show)
{
    each_group(show, replay_print);
}
