/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_value.h"

static const struct gv_label_word roles[] = {{"primary", GV_KS_PRIMARY},
                                             {"secondary", GV_KS_SECONDARY},
                                             {"unknown", GV_KS_ROLE_UNKNOWN},
                                             {NULL, 0}};
static const struct gv_label_word statuses[] = {
    {"alive", GV_KS_ALIVE}, {"dead", GV_KS_DEAD}, {"unknown", GV_KS_STATUS_UNKNOWN}, {NULL, 0}};

void gv_value_redundancy(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (ks == NULL)
        return;
    ks->redundancy_said = true;
    ks->redundancy_configured = gv_text_is_nocase(value, "configured");
}

void gv_value_local_role(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (s->block & GV_IN_PEER)
        s->block = GV_IN_KS;
    if (ks == NULL)
        return;
    ks->role = (enum gv_ks_role)gv_label_word(value, roles);
    s->told = true;
}

void gv_value_local_status(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (ks != NULL)
        ks->status = (enum gv_ks_status)gv_label_word(value, statuses);
}

static struct gv_peer_obs *peer_at_hand(struct gv_show *s, bool filled)
{
    if (filled)
        s->peer = NULL;
    s->block = GV_IN_PEER;
    return gv_show_peer(s);
}

/* The peers of an earlier output are filled up, not listed twice. */
void gv_value_peer_address(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer, *same = NULL;
    struct gv_text address;

    if (!gv_show_address(value, &address))
        return;
    if (s->peer == NULL && gv_show_ks(s) != NULL)
        for (same = s->group->ks->peers; same != NULL; same = same->next)
            if (same->address != NULL && gv_text_is(address, same->address))
                break;
    if (same != NULL)
        s->peer = same;
    peer = peer_at_hand(s, s->peer != NULL && s->peer->address != NULL && same == NULL);
    if (peer != NULL)
        gv_show_text(s, &peer->address, address);
}

void gv_value_peer_role(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer = peer_at_hand(
        s, s->peer != NULL && s->peer->role != GV_KS_ROLE_UNSAID && !(s->block & GV_IN_PEER));

    if (peer != NULL)
        peer->role = (enum gv_ks_role)gv_label_word(value, roles);
}

void gv_value_peer_status(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer = gv_show_peer(s);

    if (peer != NULL)
        peer->status = (enum gv_ks_status)gv_label_word(value, statuses);
}

void gv_value_peer_version(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer = gv_show_peer(s);

    if (peer != NULL && gv_show_said(value))
        gv_show_text(s, &peer->version, value);
}

void gv_value_peer_priority(struct gv_show *s, struct gv_text value)
{
    struct gv_peer_obs *peer = gv_show_peer(s);

    if (peer != NULL && gv_text_u32_lead(value, &peer->priority))
        peer->has_priority = true;
}
