/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_value.h"

static const struct gv_label_word transports[] = {
    {"unicast", GV_REKEY_UNICAST}, {"multicast", GV_REKEY_MULTICAST}, {NULL, 0}};
static const struct gv_label_word types[] = {{"gdoi", GV_GROUP_GDOI},
                                             {"g-ikev2", GV_GROUP_G_IKEV2},
                                             {"gikev2", GV_GROUP_G_IKEV2},
                                             {NULL, 0}};

/* Offset of the last `s` in `t`; t.n where there is none. */
static size_t find_last(struct gv_text t, const char *s)
{
    size_t last = t.n;

    for (size_t at = gv_text_find(t, s); at < t.n;) {
        last = at;
        at += 1 + gv_text_find(gv_text_from(t, at + 1), s);
    }
    return last;
}

/* The tail of the summary's heading: "G, ID: 6000, Group Members: 2". A name may
 * hold commas and colons, so it is taken off from behind. True where it is there. */
static bool summary_tail(struct gv_text *name, struct gv_text *id, struct gv_text *members)
{
    static const char before_members[] = ", Group Members:", before_id[] = ", ID:";
    size_t end = find_last(*name, before_members);
    size_t at = find_last(gv_text_head(*name, end), before_id);

    if (end == name->n || at == end)
        return false;
    *members = gv_text_trim(gv_text_from(*name, end + sizeof(before_members) - 1));
    *id = gv_text_trim(gv_text_from(gv_text_head(*name, end), at + sizeof(before_id) - 1));
    *name = gv_text_trim(gv_text_head(*name, at));
    return true;
}

/* "Group Name" begins what is said of a group, where no header did. */
static void leave_block(struct gv_show *s, struct gv_text name)
{
    const unsigned tables =
        GV_IN_MEMBER | GV_IN_SUMMARY | GV_IN_SUMMARY_ROWS | GV_IN_FEATURE_KS | GV_IN_FEATURE_GM;
    enum gv_rekey_transport transport;
    bool same = s->group != NULL && s->group->name != NULL &&
                gv_text_is(gv_show_without_transport(name, &transport), s->group->name);

    if (!(s->block & tables) && !(same && (s->block & (GV_IN_GM | GV_IN_KS))))
        gv_show_enter(s, GV_IN_GROUP);
}

void gv_value_group_name(struct gv_show *s, struct gv_text value)
{
    struct gv_text id = {"", 0}, members;

    if (s->member.begun && s->member.group_name.n == 0) {
        s->member.group_name = value;
        return;
    }
    if (!summary_tail(&value, &id, &members)) {
        leave_block(s, value);
        gv_show_named_group(s, value, id);
        return;
    }
    gv_show_enter(s, GV_IN_SUMMARY);
    gv_show_named_group(s, value, id);
    gv_show_members_again(s);
    if (gv_show_ks(s) != NULL && gv_text_u32_lead(members, &s->group->ks->members_registered)) {
        s->group->ks->has |= GV_KS_HAS_MEMBERS_REGISTERED;
        s->group->ks->members_listed = true;
    }
}

void gv_value_coop_group(struct gv_show *s, struct gv_text value)
{
    gv_show_enter(s, GV_IN_KS);
    gv_show_named_group(s, value, (struct gv_text){"", 0});
    (void)gv_show_ks(s);
}

void gv_value_other_group(struct gv_show *s, struct gv_text value)
{
    gv_show_enter(s, GV_IN_OTHER);
    gv_show_named_group(s, value, (struct gv_text){"", 0});
}

void gv_value_group_id(struct gv_show *s, struct gv_text value)
{
    if (!gv_show_said(value))
        return;
    if (s->member.begun)
        s->member.group_id = value;
    else if (s->group != NULL)
        gv_show_text(s, &s->group->id, value);
}

void gv_value_group_type(struct gv_show *s, struct gv_text value)
{
    if (s->group != NULL && s->group->type == GV_GROUP_TYPE_UNSAID)
        s->group->type = (enum gv_group_type)gv_label_word(value, types);
}

void gv_value_rekey_transport(struct gv_show *s, struct gv_text value)
{
    int transport = gv_label_word(value, transports);

    if (s->group != NULL && transport != 0)
        s->group->transport = (enum gv_rekey_transport)transport;
}
