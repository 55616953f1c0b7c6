/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_value.h"

void gv_value_server_list(struct gv_show *s, struct gv_text value)
{
    struct gv_text address;
    struct gv_gm_obs *gm;

    s->in_servers = true;
    if (!gv_show_address(value, &address))
        return;
    gm = gv_show_gm(s);
    if (gm != NULL)
        (void)gv_gm_add_server(s->obs, gm, address);
}

/* A second interface may be a member of the same group: one group has one GM side, and
 * the two must not be mixed, so the first stays. */
void gv_value_gm_begins(struct gv_show *s, struct gv_text value)
{
    struct gv_gm_obs *gm = gv_show_gm(s);
    struct gv_text address;

    s->block = GV_IN_GM;
    if (gm == NULL || !gv_show_address(value, &address))
        return;
    if (gm->address != NULL && !gv_text_is(address, gm->address))
        s->block = GV_IN_OTHER;
    else
        gv_show_text(s, &gm->address, address);
}

/* Early 12.4T, in place of a registration block: it has no version line. */
void gv_value_gm_reregisters_in(struct gv_show *s, struct gv_text value)
{
    struct gv_gm_obs *gm = gv_show_gm(s);

    if (gm == NULL || !gv_text_u32_lead(value, &gm->reregisters_in_s))
        return;
    gm->has |= GV_GM_HAS_REREGISTERS_IN;
    gm->version_line_absent = gm->version == NULL;
    s->told = true;
}

void gv_value_registration_status(struct gv_show *s, struct gv_text value)
{
    struct gv_gm_obs *gm = gv_show_gm(s);

    if (gm == NULL)
        return;
    gm->registered = gv_text_starts(value, "registered");
    gm->has |= GV_GM_HAS_REGISTERED;
    s->told = true;
}

/* The count over all registrations outweighs the one since the last. */
void gv_value_total_received(struct gv_show *s, struct gv_text value)
{
    struct gv_gm_obs *gm = gv_show_gm(s);

    if (gm != NULL && gv_text_u32_lead(value, &gm->rekeys_received))
        gm->has |= GV_GM_HAS_REKEYS_RECEIVED;
}

/* "never", or hours, minutes and seconds ago: "00:01:30". A number alone counts rekeys. */
void gv_value_rekey_age(struct gv_show *s, struct gv_text value)
{
    struct gv_gm_obs *gm = gv_show_gm(s);
    uint32_t part, age = 0;
    struct gv_text rest = value;

    if (gm != NULL && gv_text_u32(value, &part)) {
        gm->rekeys_received = part;
        gm->has |= GV_GM_HAS_REKEYS_RECEIVED;
        return;
    }

    for (int i = 0; i < 3; i++) {
        size_t n = gv_text_index(rest, ':');

        if ((i < 2 && n == rest.n) || !gv_text_u32(gv_text_head(rest, n), &part) ||
            age > UINT32_MAX / 60 - 1 || part > UINT32_MAX / 2)
            return;
        age = age * 60 + part;
        rest = gv_text_from(rest, n + 1);
    }
    if (gm != NULL && rest.n == 0) {
        gm->last_rekey_age_s = age;
        gm->has |= GV_GM_HAS_LAST_REKEY_AGE;
    }
}
