/* SPDX-License-Identifier: Apache-2.0 */
#include "observation.h"

#include <stdlib.h>
#include <string.h>

/* Room for a KS with 4,000 members and every row it can print about them. */
enum { OBSERVATION_CEILING = 8 << 20 };

/* Rows of lists that are searched from the start: several times what a device can have,
 * few enough that a hostile one cannot make the searches long. */
enum { GROUPS_MOST = 512, KEKS_MOST = 64, TEKS_MOST = 512, PEERS_MOST = 64, SERVERS_MOST = 64 };

struct gv_observation *gv_observation_new(struct gv_time seen_at)
{
    struct gv_observation *obs = calloc(1, sizeof(*obs));

    if (obs == NULL)
        return NULL;
    obs->arena = gv_arena(OBSERVATION_CEILING);
    obs->seen_at = seen_at;
    return obs;
}

void gv_observation_free(struct gv_observation *obs)
{
    if (obs == NULL)
        return;
    gv_arena_clear(&obs->arena);
    free(obs);
}

/* The row after `n` others, `most` of which there may be. */
static void *row_after(struct gv_observation *obs, size_t n, size_t most, size_t size)
{
    void *at = n < most ? gv_arena_alloc(&obs->arena, size) : NULL;

    if (at == NULL)
        obs->failed = true;
    return at;
}

static void *row(struct gv_observation *obs, size_t size)
{
    return row_after(obs, 0, 1, size);
}

const char *gv_observation_text(struct gv_observation *obs, struct gv_text t)
{
    const char *copy;

    if (t.n == 0)
        return NULL;
    copy = gv_arena_text(&obs->arena, t);
    if (copy == NULL)
        obs->failed = true;
    return copy;
}

static bool same_group(const struct gv_group_obs *g, struct gv_text name, struct gv_text id)
{
    if (g->id != NULL && id.n > 0)
        return gv_text_is(id, g->id) &&
               (g->name == NULL || name.n == 0 || gv_text_is(name, g->name));
    return g->name != NULL && name.n > 0 && gv_text_is(name, g->name);
}

struct gv_group_obs *gv_observation_group(struct gv_observation *obs, struct gv_text name,
                                          struct gv_text id)
{
    struct gv_group_obs **at = &obs->groups;
    size_t n = 0;

    for (; *at != NULL && !same_group(*at, name, id); at = &(*at)->next)
        n++;
    if (*at == NULL)
        *at = row_after(obs, n, GROUPS_MOST, sizeof(**at));
    if (*at == NULL)
        return NULL;
    if ((*at)->name == NULL)
        (*at)->name = gv_observation_text(obs, name);
    if ((*at)->id == NULL)
        (*at)->id = gv_observation_text(obs, id);
    return *at;
}

struct gv_ks_obs *gv_group_ks(struct gv_observation *obs, struct gv_group_obs *group)
{
    if (group->ks == NULL)
        group->ks = row(obs, sizeof(*group->ks));
    return group->ks;
}

struct gv_gm_obs *gv_group_gm(struct gv_observation *obs, struct gv_group_obs *group)
{
    if (group->gm == NULL) {
        group->gm = row(obs, sizeof(*group->gm));
        if (group->gm != NULL)
            group->gm->seen_at = obs->seen_at;
    }
    return group->gm;
}

struct gv_kek_obs *gv_group_add_kek(struct gv_observation *obs, struct gv_group_obs *group)
{
    struct gv_kek_obs **at = &group->keks;
    size_t n = 0;

    for (; *at != NULL; at = &(*at)->next)
        n++;
    *at = row_after(obs, n, KEKS_MOST, sizeof(**at));
    if (*at != NULL)
        (*at)->seen_at = obs->seen_at;
    return *at;
}

struct gv_tek_obs *gv_group_add_tek(struct gv_observation *obs, struct gv_group_obs *group)
{
    struct gv_tek_obs **at = &group->teks;
    size_t n = 0;

    for (; *at != NULL; at = &(*at)->next)
        n++;
    *at = row_after(obs, n, TEKS_MOST, sizeof(**at));
    if (*at != NULL)
        (*at)->seen_at = obs->seen_at;
    return *at;
}

struct gv_peer_obs *gv_ks_add_peer(struct gv_observation *obs, struct gv_ks_obs *ks)
{
    struct gv_peer_obs **at = &ks->peers;
    size_t n = 0;

    for (; *at != NULL; at = &(*at)->next)
        n++;
    *at = row_after(obs, n, PEERS_MOST, sizeof(**at));
    return *at;
}

struct gv_member_obs *gv_ks_add_member(struct gv_observation *obs, struct gv_ks_obs *ks)
{
    struct gv_member_obs *member = row(obs, sizeof(*member));

    if (member == NULL)
        return NULL;
    if (ks->last_member != NULL)
        ks->last_member->next = member;
    else
        ks->members = member;
    ks->last_member = member;
    return member;
}

bool gv_gm_add_server(struct gv_observation *obs, struct gv_gm_obs *gm, struct gv_text name)
{
    struct gv_name_obs **at = &gm->servers;
    size_t n = 0;

    for (; *at != NULL; at = &(*at)->next, n++)
        if ((*at)->name != NULL && gv_text_is(name, (*at)->name))
            return true;
    *at = row_after(obs, n, SERVERS_MOST, sizeof(**at));
    if (*at == NULL)
        return false;
    (*at)->name = gv_observation_text(obs, name);
    return (*at)->name != NULL;
}

uint32_t gv_ks_members_listed(const struct gv_ks_obs *ks)
{
    uint32_t n = 0;

    for (const struct gv_member_obs *m = ks->members; m != NULL; m = m->next)
        n++;
    return n;
}

bool gv_ks_most_members(const struct gv_ks_obs *ks, uint64_t *most)
{
    bool own = (ks->has & GV_KS_HAS_MEMBERS_REGISTERED) != 0;
    bool total = (ks->has & GV_KS_HAS_GROUP_MEMBERS) != 0;
    uint32_t listed = gv_ks_members_listed(ks);

    if (!own && !total)
        return false;
    *most = own ? ks->members_registered : ks->group_members;
    if (total && ks->group_members > *most)
        *most = ks->group_members;
    if (listed > *most)
        *most = listed;
    return true;
}

#define NAME_OF(v, ...)                                                                        \
    do {                                                                                       \
        static const char *const names[] = {NULL, __VA_ARGS__};                                \
        return (size_t)(v) < sizeof(names) / sizeof(names[0]) ? names[v] : NULL;               \
    } while (0)

const char *gv_vendor_name(enum gv_vendor v)
{
    NAME_OF(v, "cisco", "juniper");
}

const char *gv_os_name(enum gv_os v)
{
    NAME_OF(v, "ios", "ios-xe", "junos");
}

const char *gv_group_type_name(enum gv_group_type v)
{
    NAME_OF(v, "gdoi", "g-ikev2");
}

const char *gv_rekey_transport_name(enum gv_rekey_transport v)
{
    NAME_OF(v, "unicast", "multicast");
}

const char *gv_ks_role_name(enum gv_ks_role v)
{
    NAME_OF(v, "primary", "secondary", "unknown");
}

const char *gv_ks_status_name(enum gv_ks_status v)
{
    NAME_OF(v, "alive", "dead", "unknown");
}

const char *gv_kek_status_name(enum gv_kek_status v)
{
    NAME_OF(v, "in_use", "new", "old");
}
