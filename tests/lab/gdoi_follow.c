/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi_follow.h"

#include <string.h>

#include "gdoi/endpoint.h"

/* Where all members' rekeys go; false where that is no address. */
static bool rekey_to(const struct lab_device *device, const struct lab_group *group,
                     struct gdoi_endpoint *out)
{
    struct gdoi_endpoint to = {.size = 0, .port = device->gdoi.rekey_port};

    if (to.port == 0 && (group->transport != LAB_UNICAST || device->gdoi.rekey_to != NULL))
        to.port = 848;
    *out = to;
    if (device->gdoi.rekey_to != NULL)
        return gdoi_endpoint_read(device->gdoi.rekey_to, to.port, out);
    if (group->transport == LAB_UNICAST)
        return true;
    out->size = 4;
    for (size_t i = 0; i < 4; i++)
        out->address[i] = (uint8_t)(group->multicast_to >> 8 * (3 - i));
    return true;
}

static struct lab_gdoi_policy policy_of(const struct lab_device *device,
                                        const struct lab_group *group,
                                        const struct gdoi_signer *signer)
{
    static const struct {
        enum gdoi_kek_cipher cipher;
        uint32_t bits;
    } ciphers[] = {[LAB_GDOI_AES256] = {GDOI_KEK_AES, 256},
                   [LAB_GDOI_AES192] = {GDOI_KEK_AES, 192},
                   [LAB_GDOI_AES128] = {GDOI_KEK_AES, 128},
                   [LAB_GDOI_3DES] = {GDOI_KEK_3DES, 0}};
    struct lab_gdoi_policy p = lab_gdoi_policy(group->id, signer);

    p.kek_cipher = ciphers[device->gdoi.kek].cipher;
    p.kek_bits = ciphers[device->gdoi.kek].bits;
    p.sig_hash = device->gdoi.reference ? GDOI_SIG_SHA1 : GDOI_SIG_SHA256;
    p.kek_life = gv_secs(group->kek_lifetime_s);
    p.tek_life = gv_secs(group->tek_lifetime_s);
    p.retransmits = group->retransmits;
    p.interval = gv_secs(group->interval_s);
    p.aces = group->ace_count;
    p.ack = device->gdoi.ack;
    if (device->gdoi.reference)
        p.deviations = LAB_GDOI_REFERENCE;
    return p;
}

/* What the box holds now; false where it has no keys, as after a reboot. */
static bool fresh_of(const struct lab_ks *ks, struct lab_gdoi_fresh *out)
{
    const struct lab_kek *kek = lab_ks_newest_kek(ks);
    const struct lab_tek *tek = ks->tek_count > 0 ? &ks->teks[ks->tek_count - 1] : NULL;

    if (kek == NULL || tek == NULL)
        return false;
    *out = (struct lab_gdoi_fresh){kek->spi, tek->spi, kek->expiry, tek->expiry};
    return true;
}

static void follow_group(struct lab_gdoi_followed *f, bool born, struct gv_time now)
{
    struct lab_gdoi_fresh fresh;
    unsigned what = 0;

    if (!fresh_of(f->ks, &fresh))
        return;
    if (memcmp(f->kek_spi, fresh.kek_spi, sizeof(f->kek_spi)) != 0)
        what |= LAB_GDOI_KEK;
    if (memcmp(f->tek_spi, fresh.tek_spi, sizeof(f->tek_spi)) != 0)
        what |= LAB_GDOI_TEK;
    memcpy(f->kek_spi, fresh.kek_spi, sizeof(f->kek_spi));
    memcpy(f->tek_spi, fresh.tek_spi, sizeof(f->tek_spi));
    if (born) {
        lab_gdoi_keys(f->group, &fresh, now);
        return;
    }
    if (!(what & LAB_GDOI_KEK))
        fresh.kek_spi = NULL;
    if (what != 0)
        lab_gdoi_rekey(f->group, what, &fresh, now);
}

bool lab_gdoi_follow_start(struct lab_gdoi_follow *follow, const struct lab_gdoi_config *config,
                           const struct lab_device *device, const struct gdoi_signer *signer,
                           struct gv_time now)
{
    struct lab_gdoi_follow f = {
        .server = lab_gdoi_new(config), .device = device, .boots = device->boots};

    if (f.server == NULL)
        return false;
    for (size_t i = 0; i < device->server_count && i < LAB_GDOI_GROUPS_MOST; i++) {
        struct lab_gdoi_followed *g = &f.groups[f.group_count++];
        const struct lab_group *group = device->servers[i].group;
        struct lab_gdoi_policy policy = policy_of(device, group, signer);

        g->ks = &device->servers[i];
        if (rekey_to(device, group, &policy.rekey_to))
            g->group = lab_gdoi_group_add(f.server, &policy, now);
        if (g->group == NULL) {
            lab_gdoi_free(f.server);
            return false;
        }
        follow_group(g, true, now);
    }
    *follow = f;
    return true;
}

void lab_gdoi_follow_stop(struct lab_gdoi_follow *follow)
{
    lab_gdoi_free(follow->server);
    *follow = (struct lab_gdoi_follow){.server = NULL};
}

void lab_gdoi_follow(struct lab_gdoi_follow *follow, struct gv_time now)
{
    bool rebooted = follow->boots != follow->device->boots;

    if (follow->device->down)
        return;
    follow->boots = follow->device->boots;
    if (rebooted)
        lab_gdoi_restart(follow->server, now);
    for (size_t i = 0; i < follow->group_count; i++)
        follow_group(&follow->groups[i], rebooted, now);
    lab_gdoi_expire(follow->server, now);
}
