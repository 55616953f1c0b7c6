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
        gv_show_enter(s, GV_IN_KS);
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

void gv_value_peer_address(struct gv_show *s, struct gv_text value)
{
    struct gv_text address;

    if (!gv_show_address(value, &address))
        return;
    if (s->peer.address.n > 0)
        gv_show_peer_end(s);
    s->peer.address = address;
    s->block = GV_IN_PEER;
}

void gv_value_peer_role(struct gv_show *s, struct gv_text value)
{
    if (s->peer.role != GV_KS_ROLE_UNSAID)
        gv_show_peer_end(s);
    s->peer.role = (enum gv_ks_role)gv_label_word(value, roles);
    s->block = GV_IN_PEER;
}

void gv_value_peer_status(struct gv_show *s, struct gv_text value)
{
    s->peer.status = (enum gv_ks_status)gv_label_word(value, statuses);
}

void gv_value_peer_version(struct gv_show *s, struct gv_text value)
{
    if (gv_show_said(value))
        s->peer.version = value;
}

void gv_value_peer_priority(struct gv_show *s, struct gv_text value)
{
    if (gv_text_u32_lead(value, &s->peer.priority))
        s->peer.has_priority = true;
}
