/* SPDX-License-Identifier: Apache-2.0 */
/* The group member's side. */
#include "show_print.h"

static const char *interface_name(const struct lab_show *show)
{
    static const char *const names[] = {
        [LAB_FORMAT_12_4T] = "FastEthernet0/1",
        [LAB_FORMAT_15] = "GigabitEthernet0/1",
        [LAB_FORMAT_17] = "GigabitEthernet0/0/1",
    };

    return names[show->device->format];
}

static struct lab_ip server_of(const struct lab_gm *gm)
{
    return lab_ip(gm->registered_with != NULL ? gm->registered_with->address : 0);
}

/* Rekeys since the last registration; the fleet counts only the total. */
static uint32_t rekeys_since_registration(const struct lab_gm *gm)
{
    uint32_t under_this_kek = gm->last_rekey_sequence + 1;

    if (gm->registrations_succeeded <= 1)
        return gm->rekeys_received;
    if (gm->last_rekey_at.ms == LAB_NEVER.ms || !gm->has_kek ||
        gv_time_before(gm->last_rekey_at, gm->kek.born))
        return 0;
    return under_this_kek < gm->rekeys_received ? under_this_kek : gm->rekeys_received;
}

/* "Rekey Rcvd(hh:mm:ss)" counts from the last rekey; "never" before the first. */
static void put_rekey_age(const struct lab_show *show, const struct lab_gm *gm)
{
    int64_t age_s = gv_time_diff(show->now, gm->last_rekey_at).ms / 1000;

    if (gm->last_rekey_at.ms == LAB_NEVER.ms)
        lab_put(show, "       Rekey Received        : never\n");
    else
        lab_put(show, "       Rekey Rcvd(hh:mm:ss)  : %02lld:%02lld:%02lld\n",
                (long long)(age_s / 3600), (long long)(age_s / 60 % 60),
                (long long)(age_s % 60));
}

static void put_registration(const struct lab_show *show, const struct lab_gm *gm)
{
    uint32_t due_s;

    lab_put(show, "       Registration status   : %s\n",
            gm->registered_with != NULL ? "Registered" : "Registering");
    if (gm->registered_with != NULL)
        lab_put(show, "       Registered with       : %s\n", server_of(gm).text);
    else if (gm->group->server_count > 0)
        lab_put(show, "       Registering to        : %s\n",
                lab_ip(gm->group->servers[0]->address).text);
    if (lab_gm_registers_in(gm, show->now, &due_s))
        lab_put(show, "       %-22s: %u sec\n",
                show->device->format == LAB_FORMAT_15 ? "Reregisters in" : "Re-registers in",
                due_s);
    lab_put(show, "       Succeeded registration: %u\n       Attempted registration: %u\n",
            gm->registrations_succeeded, gm->registrations_attempted);
}

static void put_rekeys(const struct lab_show *show, const struct lab_gm *gm)
{
    bool heard = gm->last_rekey_at.ms != LAB_NEVER.ms;

    lab_put(show, "       Last rekey from       : %s\n       Last rekey seq num    : %u\n",
            heard ? server_of(gm).text : "0.0.0.0", gm->last_rekey_sequence);
    if (gm->group->transport == LAB_UNICAST)
        lab_put(show, "       Unicast rekey received: %u\n       Rekey ACKs sent       : %u\n",
                gm->rekeys_received, gm->rekey_acks_sent);
    else
        lab_put(show, "       Multicast rekey rcvd  : %u\n", gm->rekeys_received);
    if (lab_show_since(show, LAB_FORMAT_15))
        put_rekey_age(show, gm);
}

static void put_member_17(const struct lab_show *show, const struct lab_gm *gm)
{
    lab_put(show,
            "       PFS Rekey received    : 0\n"
            "       DP Error Monitoring   : OFF\n"
            "       IPSEC init reg executed    : 0\n"
            "       IPSEC init reg postponed   : 0\n"
            "       Active TEK Number     : %zu\n"
            "       SA Track (OID/status) : disabled\n"
            "       Fail-Close Revert : Disabled\n",
            gm->tek_count);
}

static void put_member(const struct lab_show *show, const struct lab_gm *gm)
{
    struct lab_ip own = lab_ip(gm->address);

    lab_put(show, "    Group member             : %-15s vrf: None\n", own.text);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show,
                "       Local addr/port       : %s/848\n       Remote addr/port      : %s/848\n"
                "       fvrf/ivrf             : None/None\n",
                own.text, server_of(gm).text);
    if (lab_show_since(show, LAB_FORMAT_15) && show->device->gdoi_version != NULL)
        lab_put(show, "       Version               : %s\n", show->device->gdoi_version);
    put_registration(show, gm);
    put_rekeys(show, gm);
    if (lab_show_since(show, LAB_FORMAT_17))
        put_member_17(show, gm);
}

static void put_member_heading(const struct lab_show *show, const struct lab_gm *gm)
{
    lab_put(show,
            "Group Member Information For Group %s:\n"
            "    IPSec SA Direction       : Both\n"
            "    ACL Received From KS     : gdoi_group_%s_temp_acl\n\n",
            gm->group->name, gm->group->name);
}

static void put_aces(const struct lab_show *show, const struct lab_gm *gm)
{
    const struct lab_group *group = gm->group;

    if (gm->registered_with == NULL)
        return;
    lab_put(show, " ACL Downloaded From KS %s:\n", server_of(gm).text);
    for (size_t i = 0; i < group->ace_count; i++) {
        const struct lab_ace *ace = &group->aces[i];

        lab_put(show, "   access-list   permit ip %s %s %s %s\n", lab_ip(ace->source).text,
                lab_ip(~ace->source_mask).text, lab_ip(ace->destination).text,
                lab_ip(~ace->destination_mask).text);
    }
    lab_put(show, "\n");
}

static void put_kek(const struct lab_show *show, const struct lab_gm *gm)
{
    if (!gm->has_kek)
        return;
    lab_put(show,
            "KEK POLICY:\n"
            "    Rekey Transport Type     : %s\n"
            "    Lifetime (secs)          : %u\n"
            "    Encrypt Algorithm        : " LAB_KEK_CIPHER "\n"
            "    Key Size                 : %d\n"
            "    Sig Hash Algorithm       : HMAC_AUTH_SHA\n"
            "    Sig Key Length (bits)    : %d\n\n",
            gm->group->transport == LAB_UNICAST ? "Unicast" : "Multicast",
            lab_gm_kek_shown_s(gm, show->now), LAB_KEK_BITS, LAB_SIG_KEY_OCTETS * 8);
}

static void put_tek(const struct lab_show *show, const struct lab_tek *tek)
{
    uint32_t spi = lab_spi_number(tek->spi);

    lab_put(show,
            "    IPsec SA:\n"
            "        spi: 0x%X(%u)\n"
            "        transform: " LAB_TEK_TRANSFORM " \n"
            "        sa timing:remaining key lifetime (sec): (%u)\n"
            "        Anti-Replay(Counter Based) : 64\n",
            spi, spi, lab_left_s(tek->expiry, show->now));
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "        tag method : disabled\n"
                      "        alg key size: 32 (bytes)\n"
                      "        sig key size: 20 (bytes)\n"
                      "        encaps: ENCAPS_TUNNEL\n");
    lab_put(show, "\n");
}

static void put_teks(const struct lab_show *show, const struct lab_gm *gm)
{
    lab_put(show, "TEK POLICY for the current KS-Policy ACEs Downloaded:\n");
    if (gm->tek_count > 0)
        lab_put(show, "  %s:\n", interface_name(show));
    for (size_t i = gm->tek_count; i-- > 0;)
        put_tek(show, &gm->teks[i]);
}

static void put_group(const struct lab_show *show, const struct lab_gm *gm)
{
    const struct lab_group *group = gm->group;

    lab_put(show,
            "GROUP INFORMATION\n\n"
            "    Group Name               : %s\n"
            "    Group Identity           : %u\n",
            group->name, group->id);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "    Group Type               : GDOI (ISAKMP)\n");
    if (lab_show_since(show, LAB_FORMAT_15))
        lab_put(show, "    Crypto Path              : ipv4\n"
                      "    Key Management Path      : ipv4\n");
    lab_put(show,
            "    Rekeys received          : %u\n"
            "    IPSec SA Direction       : Both\n\n",
            gm->rekeys_received);
    for (size_t i = 0; i < group->server_count; i++)
        lab_put(show, "%s%s\n",
                i == 0 ? "     Group Server list       : " : "                               ",
                lab_ip(group->servers[i]->address).text);
    lab_put(show, "\n");
}

static void put_cumulative(const struct lab_show *show, const struct lab_gm *gm)
{
    lab_put(show,
            "       allowable rekey cipher: any\n"
            "       allowable rekey hash  : any\n"
            "       allowable transformtag: any ESP\n\n"
            "    Rekeys cumulative\n"
            "       Total received        : %u\n"
            "       After latest register : %u\n",
            gm->rekeys_received, rekeys_since_registration(gm));
    if (!lab_show_since(show, LAB_FORMAT_15))
        put_rekey_age(show, gm);
    else if (gm->group->transport == LAB_UNICAST)
        lab_put(show, "       Rekey Acks sents      : %u\n", gm->rekey_acks_sent);
    lab_put(show, "\n");
}

void lab_show_gdoi_gm_group(const struct lab_show *show, const struct lab_gm *gm)
{
    put_group(show, gm);
    if (lab_show_since(show, LAB_FORMAT_17))
        put_member_heading(show, gm);
    put_member(show, gm);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "\n");
    put_cumulative(show, gm);
    put_aces(show, gm);
    put_kek(show, gm);
    put_teks(show, gm);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show,
                "\nKGS POLICY:\n  REG_GM: local_addr %s\n\n"
                "P2P POLICY:\n  REG_GM: local_addr %s\n",
                lab_ip(gm->address).text, lab_ip(gm->address).text);
}

/* Run `print` for each group of which the box is a member. */
static void each_group(const struct lab_show *show,
                       void (*print)(const struct lab_show *show, const struct lab_gm *gm))
{
    for (size_t i = 0; i < show->device->member_count; i++)
        if (lab_show_wants(show, show->device->members[i].group))
            print(show, &show->device->members[i]);
}

static void gm_print(const struct lab_show *show, const struct lab_gm *gm)
{
    put_member_heading(show, gm);
    put_member(show, gm);
    lab_put(show, "\n");
}

void lab_show_gm(const struct lab_show *show)
{
    each_group(show, gm_print);
}

static void gm_acl_print(const struct lab_show *show, const struct lab_gm *gm)
{
    lab_put(show, "Group Name: %s\n", gm->group->name);
    put_aces(show, gm);
    lab_put(show, " ACL Configured Locally: \n");
}

void lab_show_gm_acl(const struct lab_show *show)
{
    each_group(show, gm_acl_print);
}

static void gm_rekey_print(const struct lab_show *show, const struct lab_gm *gm)
{
    lab_put(show,
            "Group %s (%s)\n"
            "    Number of Rekeys received (cumulative)       : %u\n"
            "    Number of Rekeys received after registration : %u\n",
            gm->group->name, gm->group->transport == LAB_UNICAST ? "Unicast" : "Multicast",
            gm->rekeys_received, rekeys_since_registration(gm));
    if (gm->group->transport == LAB_UNICAST)
        lab_put(show, "    Number of Rekey Acks sent                    : %u\n",
                gm->rekey_acks_sent);
    lab_put(show, "\n");
}

void lab_show_gm_rekey(const struct lab_show *show)
{
    each_group(show, gm_rekey_print);
}

static void put_kek_sa(const struct lab_show *show, const char *which, const struct lab_gm *gm,
                       const struct lab_kek *kek)
{
    if (kek == NULL)
        lab_put(show, "  %-9s: %-15s %-15s %-8s %-10s %s\n", which, "---", "---", "---", "---",
                "---");
    else
        lab_put(show, "  %-9s: %-15s %-15s %-8u %08X   %08X\n", which, lab_ip(gm->address).text,
                server_of(gm).text, 1000 + kek->index, lab_spi_number(kek->spi),
                lab_spi_number(kek->spi + LAB_KEK_SPI_LEN / 2));
}

static void gm_rekey_detail_print(const struct lab_show *show, const struct lab_gm *gm)
{
    gm_rekey_print(show, gm);
    lab_put(show,
            "Rekey (KEK) SA information :\n"
            "             dst             src             conn-id  my-cookie  his-cookie\n");
    put_kek_sa(show, "New", gm, NULL);
    put_kek_sa(show, "Current", gm, gm->has_kek ? &gm->kek : NULL);
    put_kek_sa(show, "Previous", gm, gm->has_previous ? &gm->previous : NULL);
    lab_put(show, "\n");
}

void lab_show_gm_rekey_detail(const struct lab_show *show)
{
    each_group(show, gm_rekey_detail_print);
}

/* The lab has no traffic: a steady 100 packets a second each way since the box
 * booted stand for it. */
static void dataplane_print(const struct lab_show *show, const struct lab_gm *gm)
{
    long long packets = gv_time_diff(show->now, show->device->booted).ms / 10;

    lab_put(show,
            "Data-plane statistics for group %s:\n"
            "    #pkts encrypt            : %-8lld #pkts decrypt            : %lld\n"
            "    #pkts tagged (send)      : 0        #pkts untagged (rcv)     : 0\n"
            "    #pkts no sa (send)       : 0        #pkts invalid sa (rcv)   : 0\n"
            "    #pkts encaps fail (send) : 0        #pkts decap fail (rcv)   : 0\n"
            "    #pkts invalid prot (rcv) : 0        #pkts verify fail (rcv)  : 0\n"
            "    #pkts not tagged (send)  : 0        #pkts not untagged (rcv) : 0\n"
            "    #pkts internal err (send): 0        #pkts internal err (rcv) : 0\n\n",
            gm->group->name, packets, packets);
}

void lab_show_gm_dataplane(const struct lab_show *show)
{
    lab_put(show, "\n");
    each_group(show, dataplane_print);
}

static void replay_print(const struct lab_show *show, const struct lab_gm *gm)
{
    lab_put(show,
            "Anti-replay Information For Group %s:\nTimebased Replay:\n"
            "         is not enabled\n\n",
            gm->group->name);
}

void lab_show_gm_replay(const struct lab_show *show)
{
    each_group(show, replay_print);
}

/* The prefix length of a contiguous netmask. */
static int mask_bits(uint32_t mask)
{
    int bits = 0;

    while (bits < 32 && (mask & 0x80000000u >> bits))
        bits++;
    return bits;
}

static void ipsec_sa_print(const struct lab_show *show, const struct lab_gm *gm)
{
    lab_put(show, "SA created for group %s:\n  %s:\n", gm->group->name, interface_name(show));
    for (size_t i = 0; i < gm->group->ace_count; i++) {
        const struct lab_ace *ace = &gm->group->aces[i];

        lab_put(show,
                "    protocol = ip\n"
                "      local ident  = %s/%d, port = 0\n"
                "      remote ident = %s/%d, port = 0\n"
                "      direction: Both, replay(method/window): Counter/64\n",
                lab_ip(ace->source).text, mask_bits(ace->source_mask),
                lab_ip(ace->destination).text, mask_bits(ace->destination_mask));
    }
}

void lab_show_ipsec_sa(const struct lab_show *show)
{
    each_group(show, ipsec_sa_print);
}
