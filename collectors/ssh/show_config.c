/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ssh/show_state.h"

static void named(struct gv_show *s, struct gv_text rest)
{
    s->block = GV_IN_CONFIG;
    s->group = NULL;
    gv_show_set_group(s, gv_text_trim(rest), (struct gv_text){"", 0});
    s->told = true;
}

static void identity(struct gv_show *s, struct gv_text rest)
{
    struct gv_text word;

    if (s->group != NULL && gv_text_word(&rest, &word))
        gv_show_text(s, &s->group->id, word);
}

static void server_local(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    (void)gv_show_ks(s);
}

static void server(struct gv_show *s, struct gv_text rest)
{
    struct gv_gm_obs *gm = gv_show_gm(s);
    struct gv_text word;

    if (gm != NULL && gv_text_word(&rest, &word))
        (void)gv_gm_add_server(s->obs, gm, word);
}

/* The configuration is kept from an earlier poll: what runs has told it already, or will. */
static void number(struct gv_show *s, struct gv_text rest, uint32_t *field, uint32_t has)
{
    struct gv_text word;

    if (!(s->group->ks->has & has) && gv_text_word(&rest, &word) && gv_text_u32(word, field)) {
        s->group->ks->has |= has;
        s->told = true;
    }
}

/* "rekey retransmit 10 number 2"; `periodic` in place of the number says no count. */
static void retransmit(struct gv_show *s, struct gv_text rest)
{
    struct gv_ks_obs *ks = gv_show_ks(s);
    struct gv_text word;

    if (ks == NULL || !gv_text_word(&rest, &word))
        return;
    number(s, word, &ks->retransmit_interval_s, GV_KS_HAS_RETRANSMIT_INTERVAL);
    if (gv_text_word(&rest, &word) && gv_text_is(word, "number") && gv_text_word(&rest, &word))
        number(s, word, &ks->retransmits, GV_KS_HAS_RETRANSMITS);
}

static void kek_lifetime(struct gv_show *s, struct gv_text rest)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (ks != NULL)
        number(s, rest, &ks->kek_lifetime_s, GV_KS_HAS_KEK_LIFETIME);
}

static void kek_lifetime_days(struct gv_show *s, struct gv_text rest)
{
    struct gv_ks_obs *ks = gv_show_ks(s);
    uint32_t days;

    if (ks == NULL || (ks->has & GV_KS_HAS_KEK_LIFETIME) ||
        !gv_text_u32(gv_text_trim(rest), &days) || days > UINT32_MAX / 86400)
        return;
    ks->kek_lifetime_s = days * 86400;
    ks->has |= GV_KS_HAS_KEK_LIFETIME;
}

static void unicast(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    if (gv_show_ks(s) != NULL)
        s->group->transport = GV_REKEY_UNICAST;
}

/* A destination for rekeys is a multicast one. */
static void multicast(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    if (gv_show_ks(s) != NULL && s->group->transport == GV_REKEY_TRANSPORT_UNSAID)
        s->group->transport = GV_REKEY_MULTICAST;
}

static void address(struct gv_show *s, struct gv_text rest)
{
    struct gv_ks_obs *ks = s->group != NULL ? s->group->ks : NULL;
    struct gv_text word;

    if (ks != NULL && gv_text_word(&rest, &word))
        gv_show_text(s, &ks->address, word);
}

static void redundancy(struct gv_show *s, struct gv_text rest)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    (void)rest;
    if (ks != NULL)
        ks->redundancy_said = ks->redundancy_configured = true;
}

static void priority(struct gv_show *s, struct gv_text rest)
{
    struct gv_ks_obs *ks = gv_show_ks(s);

    if (ks != NULL)
        number(s, rest, &ks->priority, GV_KS_HAS_PRIORITY);
}

static void peer(struct gv_show *s, struct gv_text rest)
{
    struct gv_text word;

    if (gv_text_word(&rest, &word))
        (void)gv_show_peer(s, word);
}

static void gikev2(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    if (s->group != NULL)
        s->group->type = GV_GROUP_G_IKEV2;
}

static void elsewhere(struct gv_show *s, struct gv_text rest)
{
    (void)rest;
    s->group = NULL;
}

static void hostname(struct gv_show *s, struct gv_text rest)
{
    gv_show_text(s, &s->obs->device.hostname, gv_text_trim(rest));
}

/* Configuration commands; `anywhere` ones also begin or end a group, and begin with
 * one of `outside`. */
static const struct command {
    const char *words;
    bool anywhere;
    void (*read)(struct gv_show *s, struct gv_text rest);
} commands[] = {
    {"crypto gdoi group ipv6 ", true, named},
    {"crypto gdoi group ", true, named},
    {"crypto gkm group ipv6 ", true, named},
    {"crypto gkm group ", true, named},
    {"hostname ", true, hostname},
    {"crypto ", true, elsewhere},
    {"interface ", true, elsewhere},
    {"ip ", true, elsewhere},
    {"ipv6 ", true, elsewhere},
    {"router ", true, elsewhere},
    {"line ", true, elsewhere},
    {"identity number ", false, identity},
    {"identity address ipv4 ", false, identity},
    {"identity address ipv6 ", false, identity},
    {"server local", false, server_local},
    {"server address ipv4 ", false, server},
    {"server address ipv6 ", false, server},
    {"rekey retransmit ", false, retransmit},
    {"rekey lifetime seconds ", false, kek_lifetime},
    {"rekey lifetime days ", false, kek_lifetime_days},
    {"rekey transport unicast", false, unicast},
    {"rekey address ", false, multicast},
    {"address ipv4 ", false, address},
    {"address ipv6 ", false, address},
    {"redundancy", false, redundancy},
    {"local priority ", false, priority},
    {"peer address ipv4 ", false, peer},
    {"peer address ipv6 ", false, peer},
    {"gikev2 ", false, gikev2},
    {"client protocol gikev2", false, gikev2},
};

static const char outside[] = "chilr";

/* ks coop begins "Crypto Gdoi Group Name :G", which is no configuration. */
static bool coop_heading(struct gv_text line)
{
    struct gv_label label = gv_label_read(gv_text_head(line, gv_text_index(line, ':')));

    return gv_label_is(&label, "cryptogdoigroupname") ||
           gv_label_is(&label, "cryptogkmgroupname");
}

bool gv_show_config_line(struct gv_show *s, struct gv_text line)
{
    bool inside = (s->block & GV_IN_CONFIG) != 0;
    char first = line.at[0];

    if (first >= 'A' && first <= 'Z')
        first = (char)(first - 'A' + 'a');
    if (!inside && memchr(outside, first, sizeof(outside) - 1) == NULL)
        return false;

    if (gv_text_starts(line, "crypto g") && coop_heading(line)) {
        s->block = GV_IN_OTHER;
        return false;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (first != commands[i].words[0] || !(inside || commands[i].anywhere) ||
            !gv_text_starts(line, commands[i].words))
            continue;
        if (!inside && commands[i].read == elsewhere)
            continue;
        commands[i].read(s, gv_text_from(line, gv_text(commands[i].words).n));
        return true;
    }
    return inside;
}
