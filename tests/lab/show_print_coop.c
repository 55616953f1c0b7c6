/* SPDX-License-Identifier: Apache-2.0 */
/* Cooperative key servers, as one of them sees the others. */
#include "show_print.h"

enum { REFRESH_S = 20, SECONDARY_S = 30, ANNOUNCEMENT_OCTETS = 600 };

static void put_versions(const struct lab_show *show, const char *indent, const char *whose,
                         const char *version)
{
    if (version != NULL && lab_show_since(show, LAB_FORMAT_15))
        lab_put(show, "%s%s: %s\n", indent, whose, version);
}

static void put_local(const struct lab_show *show, const struct lab_ks *ks)
{
    uint32_t remaining_s = lab_left_s(ks->announce_at, show->now);

    lab_put(show,
            "        Local Address: %s \n"
            "        Local Priority: %-9u\n"
            "        Local KS Role: %-9s , Local KS Status: Alive     \n",
            lab_ip(ks->address).text, ks->priority, lab_role_name(ks->role));
    put_versions(show, "        ", "Local KS version", show->device->gdoi_version);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "        Local COOP version: 1.0.8 \n");
    if (ks->role == LAB_PRIMARY)
        lab_put(show,
                "        Primary Timers: \n"
                "                Primary Refresh Policy Time: %d \n"
                "                Remaining Time: %u\n",
                REFRESH_S, remaining_s);
    else
        lab_put(show,
                "        Secondary Timers: \n"
                "                Sec Primary Periodic Time: %d \n"
                "                Remaining Time: %u, Retries: 0\n"
                "                Invalid ANN PST recvd: 0\n"
                "                New GM Temporary Blocking Enforced?: No\n",
                SECONDARY_S, remaining_s);
    lab_put(show, "                Antireplay Sequence Number: %u\n\n",
            ks->peer_count > 0 ? ks->peers[0].announcements_sent : 0);
}

static void put_peer(const struct lab_show *show, const struct lab_peer *peer, size_t number)
{
    const uint32_t sent = peer->announcements_sent, received = peer->announcements_received;

    lab_put(show,
            "        Session %zu:\n"
            "                Server handle: %u\n"
            "                Peer Address: %s\n",
            number, 0x80000003u + (unsigned)number, lab_ip(peer->ks->address).text);
    put_versions(show, "                ", "Peer Version", peer->ks->device->gdoi_version);
    if (lab_show_since(show, LAB_FORMAT_17))
        lab_put(show, "                Peer COOP version: 1.0.8\n"
                      "                COOP Protocol: base\n");
    lab_put(show,
            "                Peer Priority: %-15u\n"
            "                Peer KS Role: %-9s , Peer KS Status: %s\n"
            "                Antireplay Sequence Number: %u\n\n"
            "                IKE status: %s\n"
            "                Counters:\n"
            "                    Ann msgs sent: %u\n"
            "                    Ann msgs sent with reply request: 1\n"
            "                    Ann msgs recv: %u \n"
            "                    Ann msgs recv with reply request: 0\n"
            "                    Packet sent drops: 0 \n"
            "                    Packet Recv drops: 0 \n"
            "                    Total bytes sent: %u \n"
            "                    Total bytes recv: %u \n\n",
            peer->ks->priority, lab_role_name(peer->role), peer->alive ? "Alive" : "Dead",
            received, peer->alive ? "Established" : "Unknown", sent, received,
            sent * ANNOUNCEMENT_OCTETS, received * ANNOUNCEMENT_OCTETS);
}

void lab_show_ks_coop(const struct lab_show *show)
{
    const struct lab_device *device = show->device;

    for (size_t i = 0; i < device->server_count; i++) {
        const struct lab_ks *ks = &device->servers[i];
        unsigned handle = 0x80000002u + ks->group->id % 64;

        lab_put(show,
                "Crypto Gdoi Group Name :%s \n"
                "        Group handle: %u, Local Key Server handle: %u\n\n",
                ks->group->name, handle, handle);
        if (ks->peer_count == 0) {
            lab_put(show, "        *NO* redundancy configured for this group\n\n");
            continue;
        }
        put_local(show, ks);
        lab_put(show, "        Peer Sessions:\n");
        for (size_t k = 0; k < ks->peer_count; k++)
            put_peer(show, &ks->peers[k], k + 1);
    }
}
