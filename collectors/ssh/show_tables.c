/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_state.h"

/* An address begins a row; a heading or a rule does not. */
static bool address_like(struct gv_text word)
{
    bool point = false;

    for (size_t i = 0; i < word.n; i++) {
        char c = word.at[i];

        point |= c == '.' || c == ':';
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
              c == '.' || c == ':'))
            return false;
    }
    return point;
}

/* ks members summary: "Member ID, Version, Rekey sent, Rekey Ack missed". */
static void summary_row(struct gv_show *s, struct gv_text id, struct gv_text rest)
{
    struct gv_member_obs *member = gv_show_member(s, id);
    struct gv_text word;

    if (member == NULL)
        return;
    gv_show_text(s, &member->ks, s->summary_ks);
    if (gv_text_word(&rest, &word) && gv_show_said(word))
        gv_show_text(s, &member->version, word);
    if (gv_text_word(&rest, &word) && gv_text_u32(word, &member->rekeys_sent))
        member->has |= GV_MEMBER_HAS_REKEYS_SENT;
    if (gv_text_word(&rest, &word) && gv_text_u32(word, &member->acks_missed))
        member->has |= GV_MEMBER_HAS_ACKS_MISSED;
}

/* feature: "Key Server ID, Version, Feature Supported"; the device's own row stands
 * first, its COOP peers follow. */
static void feature_ks_row(struct gv_show *s, struct gv_text id, struct gv_text rest)
{
    struct gv_ks_obs *ks = gv_show_ks(s);
    bool own = !s->features_listed;
    struct gv_peer_obs *peer;
    struct gv_text version;

    if (ks == NULL || !gv_text_word(&rest, &version))
        return;
    if (!gv_show_said(version))
        version.n = 0;
    if (ks->address != NULL)
        own = gv_text_is(id, ks->address);
    s->features_listed = true;
    if (own) {
        gv_show_text(s, &ks->address, id);
        gv_show_text(s, &ks->version, version);
        return;
    }
    peer = gv_show_peer(s, id);
    if (peer != NULL)
        gv_show_text(s, &peer->version, version);
}

static void feature_gm_row(struct gv_show *s, struct gv_text id, struct gv_text rest)
{
    struct gv_member_obs *member = gv_show_member(s, id);
    struct gv_text version;

    if (member != NULL && gv_text_word(&rest, &version) && gv_show_said(version))
        gv_show_text(s, &member->version, version);
}

bool gv_show_table_row(struct gv_show *s, struct gv_text line)
{
    struct gv_text rest = line, id;

    if (!gv_text_word(&rest, &id) || !address_like(id))
        return false;
    if (s->in_servers && gv_text_trim(rest).n == 0) {
        struct gv_gm_obs *gm = gv_show_gm(s);

        return gm != NULL && gv_gm_add_server(s->obs, gm, id);
    }
    if (s->block & GV_IN_SUMMARY_ROWS)
        summary_row(s, id, rest);
    else if (s->block & GV_IN_FEATURE_KS)
        feature_ks_row(s, id, rest);
    else if (s->block & GV_IN_FEATURE_GM)
        feature_gm_row(s, id, rest);
    else
        return false;
    return true;
}
