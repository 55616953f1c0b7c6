/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_value.h"

void gv_value_member_begins(struct gv_show *s, struct gv_text value)
{
    struct gv_text id;

    if (!(s->block & GV_IN_MEMBER))
        gv_show_members_again(s);
    gv_show_member_end(s);
    s->block = GV_IN_MEMBER;
    if (!gv_show_address(value, &id))
        return;
    s->member.begun = true;
    s->member.id = id;
    s->told = true;
}

void gv_value_summary_ks(struct gv_show *s, struct gv_text value)
{
    s->block = GV_IN_SUMMARY;
    if (!gv_show_address(value, &s->summary_ks))
        s->summary_ks.n = 0;
}

/* The members of the GMDB that are LOCAL registered with this very device. */
void gv_value_gmdb_state(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (ks != NULL && gv_text_starts(value, "local"))
        gv_show_text(s, &ks->address, s->summary_ks);
}
