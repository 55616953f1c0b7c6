/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_state.h"

#include <string.h>

/* GMs passed while searching member lists, in one output: 8,000 of them in any order fit,
 * and mostly a list comes in the order it had before; a hostile one is cut off. */
enum { STEPS_FREE = 32 << 20, STEPS_PER_OCTET = 8 };

void gv_show_enter(struct gv_show *s, enum gv_show_block block)
{
    gv_show_peer_end(s);
    gv_show_member_end(s);
    s->block = block;
    s->kek = NULL;
    s->tek = NULL;
    s->bare_tek = NULL;
    s->interface_open = false;
    s->in_servers = false;
    s->pending.n = 0;
}

void gv_show_set_group(struct gv_show *s, struct gv_text name, struct gv_text id)
{
    struct gv_group_obs *group;

    gv_show_peer_end(s);
    gv_show_member_end(s);
    if (name.n == 0 && id.n == 0)
        return;
    group = gv_observation_group(s->obs, name, id);
    if (group == NULL || group == s->group)
        return;
    s->group = group;
    s->kek = NULL;
    s->tek = NULL;
    s->bare_tek = NULL;
    s->member_hint = NULL;
}

struct gv_text gv_show_without_transport(struct gv_text name,
                                         enum gv_rekey_transport *transport)
{
    static const struct {
        const char *suffix;
        enum gv_rekey_transport transport;
    } rows[] = {{"(unicast)", GV_REKEY_UNICAST}, {"(multicast)", GV_REKEY_MULTICAST}};

    name = gv_text_trim(name);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t n = gv_text(rows[i].suffix).n;

        if (name.n > n && gv_text_is_nocase(gv_text_from(name, name.n - n), rows[i].suffix)) {
            *transport = rows[i].transport;
            return gv_text_trim(gv_text_head(name, name.n - n));
        }
    }
    return name;
}

void gv_show_named_group(struct gv_show *s, struct gv_text name, struct gv_text id)
{
    enum gv_rekey_transport transport = GV_REKEY_TRANSPORT_UNSAID;

    gv_show_set_group(s, gv_show_without_transport(name, &transport), id);
    if (s->group != NULL && transport != GV_REKEY_TRANSPORT_UNSAID)
        s->group->transport = transport;
    s->told = true;
}

struct gv_ks_obs *gv_show_ks(struct gv_show *s)
{
    return s->group != NULL ? gv_group_ks(s->obs, s->group) : NULL;
}

struct gv_gm_obs *gv_show_gm(struct gv_show *s)
{
    return s->group != NULL ? gv_group_gm(s->obs, s->group) : NULL;
}

/* The KEK at hand; in a block without SPIs, the group's first. */
struct gv_kek_obs *gv_show_kek(struct gv_show *s)
{
    if (s->group == NULL)
        return NULL;
    if (s->kek == NULL)
        s->kek = s->group->keks;
    if (s->kek == NULL)
        s->kek = gv_group_add_kek(s->obs, s->group);
    return s->kek;
}

/* The row of that SPI; else one that has none yet (the same KEK, seen in an
 * output that prints no SPI); else a new one. */
void gv_show_kek_spi(struct gv_show *s, struct gv_text spi)
{
    uint8_t octets[GV_KEK_SPI_LEN];
    struct gv_kek_obs *kek, *bare = NULL;

    if (s->group == NULL || !gv_text_hex(spi, octets, sizeof(octets)))
        return;
    for (kek = s->group->keks; kek != NULL; kek = kek->next) {
        if ((kek->has & GV_KEK_HAS_SPI) && memcmp(kek->spi, octets, sizeof(octets)) == 0)
            break;
        if (bare == NULL && !(kek->has & GV_KEK_HAS_SPI))
            bare = kek;
    }
    if (kek == NULL)
        kek = bare != NULL ? bare : gv_group_add_kek(s->obs, s->group);
    s->kek = kek;
    if (kek == NULL)
        return;
    memcpy(kek->spi, octets, sizeof(octets));
    kek->has |= GV_KEK_HAS_SPI;
}

/* TEKs that are printed without SPIs are told apart by their order. */
struct gv_tek_obs *gv_show_tek(struct gv_show *s)
{
    struct gv_tek_obs *tek;

    if (s->group == NULL || s->tek != NULL)
        return s->tek;
    tek = s->bare_tek != NULL ? s->bare_tek->next : s->group->teks;
    while (tek != NULL && (tek->has & GV_TEK_HAS_SPI))
        tek = tek->next;
    if (tek == NULL)
        tek = gv_group_add_tek(s->obs, s->group);
    s->bare_tek = tek;
    s->tek = tek;
    return tek;
}

void gv_show_tek_spi(struct gv_show *s, struct gv_text spi)
{
    uint8_t octets[GV_TEK_SPI_LEN];
    struct gv_tek_obs *tek, *bare = NULL;

    if (s->group == NULL || !gv_text_hex(spi, octets, sizeof(octets)))
        return;
    for (tek = s->group->teks; tek != NULL; tek = tek->next) {
        if ((tek->has & GV_TEK_HAS_SPI) && memcmp(tek->spi, octets, sizeof(octets)) == 0)
            break;
        if (bare == NULL && !(tek->has & GV_TEK_HAS_SPI))
            bare = tek;
    }
    if (tek == NULL)
        tek = bare != NULL ? bare : gv_group_add_tek(s->obs, s->group);
    s->tek = tek;
    if (tek == NULL)
        return;
    memcpy(tek->spi, octets, sizeof(octets));
    tek->has |= GV_TEK_HAS_SPI;
    if (tek->interface == NULL && (s->block & GV_IN_GM_TEK))
        gv_show_text(s, &tek->interface, s->interface);
    s->interface_open = false;
}

struct gv_peer_obs *gv_show_peer(struct gv_show *s, struct gv_text address)
{
    struct gv_ks_obs *ks = gv_show_ks(s);
    struct gv_peer_obs *peer = ks != NULL ? ks->peers : NULL;

    while (peer != NULL && !(peer->address != NULL && gv_text_is(address, peer->address)))
        peer = peer->next;
    if (peer == NULL && ks != NULL)
        peer = gv_ks_add_peer(s->obs, ks);
    if (peer != NULL)
        gv_show_text(s, &peer->address, address);
    return peer;
}

void gv_show_peer_end(struct gv_show *s)
{
    struct gv_show_peer told = s->peer;
    struct gv_peer_obs *peer;

    s->peer = (struct gv_show_peer){0};
    peer = told.address.n > 0 ? gv_show_peer(s, told.address) : NULL;
    if (peer == NULL)
        return;
    if (told.role != GV_KS_ROLE_UNSAID)
        peer->role = told.role;
    if (told.status != GV_KS_STATUS_UNSAID)
        peer->status = told.status;
    if (told.has_priority) {
        peer->priority = told.priority;
        peer->has_priority = true;
    }
    gv_show_text(s, &peer->version, told.version);
}

/* The GM of that id among the list's; NULL where there is none. */
static struct gv_member_obs *find_member(struct gv_show *s, const struct gv_ks_obs *ks,
                                         struct gv_text id)
{
    struct gv_member_obs *member = ks->members;

    while (member != NULL && !gv_text_is(id, member->id)) {
        member = member->next;
        if (++s->steps > STEPS_FREE + STEPS_PER_OCTET * s->octets)
            s->obs->failed = true;
        if (s->obs->failed)
            return NULL;
    }
    return member;
}

static struct gv_member_obs *new_member(struct gv_show *s, struct gv_ks_obs *ks,
                                        struct gv_text id)
{
    struct gv_member_obs *member = gv_ks_add_member(s->obs, ks);

    if (member == NULL)
        return NULL;
    member->id = gv_observation_text(s->obs, id);
    if (member->id == NULL)
        member->id = "";
    return member;
}

/* One GM is one row: the lists of `ks members`, its summary and the feature table
 * come in the same order, so the next row is nearly always the one. */
struct gv_member_obs *gv_show_member(struct gv_show *s, struct gv_text id)
{
    struct gv_ks_obs *ks = gv_show_ks(s);
    struct gv_member_obs *member = s->member_hint;

    if (ks == NULL)
        return NULL;
    if (ks->members == NULL)
        s->fresh_ks = ks;
    ks->members_listed = true;
    if (s->fresh_ks == ks)
        member = NULL;
    else if (member == NULL || !gv_text_is(id, member->id))
        member = find_member(s, ks, id);
    if (member == NULL && !s->obs->failed)
        member = new_member(s, ks, id);
    s->member_hint = member != NULL ? member->next : NULL;
    return member;
}

void gv_show_members_again(struct gv_show *s)
{
    s->fresh_ks = NULL;
    s->member_hint = NULL;
}

void gv_show_member_end(struct gv_show *s)
{
    struct gv_show_member told = s->member;
    struct gv_member_obs *member;

    if (!told.begun)
        return;
    s->member = (struct gv_show_member){0};
    gv_show_named_group(s, told.group_name, told.group_id);
    member = gv_show_member(s, told.id);
    if (member == NULL)
        return;
    member->has |= told.has;
    if (told.has & GV_MEMBER_HAS_REKEYS_SENT)
        member->rekeys_sent = told.rekeys_sent;
    if (told.has & GV_MEMBER_HAS_REKEY_RETRIES)
        member->rekey_retries = told.rekey_retries;
    if (told.has & GV_MEMBER_HAS_ACKS_RECEIVED)
        member->acks_received = told.acks_received;
    if (told.has & GV_MEMBER_HAS_ACKS_MISSED)
        member->acks_missed = told.acks_missed;
    gv_show_text(s, &member->version, told.version);
    gv_show_text(s, &member->state, told.state);
    gv_show_text(s, &member->ks, told.ks);
}

void gv_show_text(struct gv_show *s, const char **field, struct gv_text value)
{
    if (*field == NULL && value.n > 0)
        *field = gv_observation_text(s->obs, value);
    s->told = true;
}

bool gv_show_said(struct gv_text value)
{
    static const char *const none[] = {"n/a", "none", "unknown", "-", "--", "---"};

    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        if (gv_text_is_nocase(value, none[i]))
            return false;
    return value.n > 0;
}

bool gv_show_address(struct gv_text value, struct gv_text *address)
{
    static const char *const none[] = {"0.0.0.0", "::", "local"};
    struct gv_text rest = value, word;

    if (!gv_text_word(&rest, &word))
        return false;
    while (word.n > 0 && (word.at[word.n - 1] == ',' || word.at[word.n - 1] == '.'))
        word.n--;
    if (word.n > 1 && word.at[word.n - 1] == ':' && word.at[word.n - 2] != ':')
        word.n--; /* ends the line, not an IPv6 address */
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        if (gv_text_is_nocase(word, none[i]))
            return false;
    if (!gv_show_said(word))
        return false;
    *address = word;
    return true;
}
