/* SPDX-License-Identifier: Apache-2.0 */
#include "model/disagree.h"

#include <string.h>

#include "model/kek_life.h"
#include "model/kek_timing.h"

/* Where a field is, and how two values of it are compared. */
enum side { OF_GROUP, OF_KS, OF_GM };

enum compare {
    NUMBER,  /* equal */
    COUNTER, /* the one seen later is not smaller; once it was, equal */
    WORD,    /* equal, where both said one */
    TEXT,
    YES, /* a bool with a bit */
};

typedef const char *word_name(int value);

static const char *transport_name(int value)
{
    return gv_rekey_transport_name((enum gv_rekey_transport)value);
}

static const char *role_name(int value)
{
    return gv_ks_role_name((enum gv_ks_role)value);
}

static const char *yes_name(int value)
{
    return value ? "yes" : "no";
}

#define AT(type, member) offsetof(struct gv_##type##_obs, member)

static const struct field {
    const char *name;
    enum side side;
    enum compare compare;
    uint32_t bit;
    size_t offset;
    word_name *word;
} fields[] = {
    {"transport", OF_GROUP, WORD, 0, AT(group, transport), transport_name},
    {"role", OF_KS, WORD, 0, AT(ks, role), role_name},
    {"ks_gdoi_version", OF_KS, TEXT, 0, AT(ks, version), NULL},
    {"retransmits", OF_KS, NUMBER, GV_KS_HAS_RETRANSMITS, AT(ks, retransmits), NULL},
    {"retransmit_interval", OF_KS, NUMBER, GV_KS_HAS_RETRANSMIT_INTERVAL,
     AT(ks, retransmit_interval_s), NULL},
    {"kek_lifetime", OF_KS, NUMBER, GV_KS_HAS_KEK_LIFETIME, AT(ks, kek_lifetime_s), NULL},
    {"tek_lifetime", OF_KS, NUMBER, GV_KS_HAS_TEK_LIFETIME, AT(ks, tek_lifetime_s), NULL},
    {"rekeys_sent", OF_KS, COUNTER, GV_KS_HAS_REKEYS_SENT, AT(ks, rekeys_sent), NULL},
    {"registered", OF_GM, YES, GV_GM_HAS_REGISTERED, AT(gm, registered), yes_name},
    {"registered_with", OF_GM, TEXT, 0, AT(gm, registered_with), NULL},
    {"gm_gdoi_version", OF_GM, TEXT, 0, AT(gm, version), NULL},
    {"registrations_succeeded", OF_GM, COUNTER, GV_GM_HAS_REGISTRATIONS_SUCCEEDED,
     AT(gm, registrations_succeeded), NULL},
};

enum { ROWS = sizeof(fields) / sizeof(fields[0]) };

/* Behind the rows: what is compared of a KEK. */
enum { KEK_SPI = ROWS, KEK_EXPIRY, KEK_REKEY, FIELDS };

_Static_assert((int)FIELDS == (int)GV_DISAGREEMENT_FIELDS,
               "a bit and an instant for every field");

const char *gv_disagreement_field(unsigned field)
{
    static const char *const of_kek[] = {"kek_spi", "kek_expiry", "kek_rekey"};

    if (field < ROWS)
        return fields[field].name;
    return field < FIELDS ? of_kek[field - ROWS] : "invalid";
}

/* Two collectors, and their views of one group. */
struct pair {
    struct gv_disagreements *known;
    const char *collectors[2];
    const struct gv_group_obs *groups[2];
    struct gv_time seen_at[2];
    uint32_t differs; /* fields */
};

static void differ(struct pair *pair, unsigned field, enum gv_claim_kind kind,
                   const struct gv_claim claims[2])
{
    const struct gv_group_obs *group = pair->groups[0];

    pair->differs |= 1u << field;
    if (pair->known->count == GV_DISAGREEMENTS_MOST)
        return;
    pair->known->list[pair->known->count++] =
        (struct gv_disagreement){.group = group->name != NULL ? group->name : group->id,
                                 .field = (unsigned char)field,
                                 .kind = kind,
                                 .claims = {claims[0], claims[1]}};
}

/* --- fields that are rows --- */

static const void *side_of(const struct gv_group_obs *group, enum side side, uint32_t *has)
{
    *has = side == OF_KS && group->ks != NULL   ? group->ks->has
           : side == OF_GM && group->gm != NULL ? group->gm->has
                                                : 0;
    return side == OF_GROUP ? (const void *)group
           : side == OF_KS  ? (const void *)group->ks
                            : (const void *)group->gm;
}

/* The claim, and its number where it has one; false where the collector makes none. What
 * SNMP only infers is none. */
static bool claim_of(const struct gv_group_obs *group, const struct field *field,
                     struct gv_claim *claim, uint32_t *number)
{
    uint32_t has;
    const char *base = side_of(group, field->side, &has);
    bool inferred = field->side == OF_GROUP ? group->transport_inferred
                    : field->compare == YES
                        ? group->gm != NULL && group->gm->registered_inferred
                        : false;

    if (base == NULL || inferred || (field->bit != 0 && (has & field->bit) == 0))
        return false;
    *number = 0;
    if (field->compare == TEXT) {
        memcpy(&claim->value.text, base + field->offset, sizeof(claim->value.text));
        return claim->value.text != NULL;
    }
    if (field->compare == YES)
        *number = *(const bool *)(const void *)(base + field->offset);
    else
        memcpy(number, base + field->offset, sizeof(*number));
    if (field->compare == NUMBER || field->compare == COUNTER)
        claim->value.number = *number;
    else
        claim->value.text = field->word((int)*number);
    return field->compare != WORD || *number != 0;
}

_Static_assert(sizeof(enum gv_ks_role) == sizeof(uint32_t), "a word is read as a number");

static bool differing(const struct field *field, bool suspected, const struct gv_claim c[2],
                      const uint32_t n[2])
{
    bool first_is_older = gv_time_before(c[0].seen_at, c[1].seen_at);

    if (field->compare == TEXT)
        return strcmp(c[0].value.text, c[1].value.text) != 0;
    if (field->compare == COUNTER && !suspected)
        return first_is_older ? n[0] > n[1] : n[1] > n[0];
    return n[0] != n[1];
}

static void compare_rows(struct pair *pair)
{
    for (unsigned i = 0; i < ROWS; i++) {
        const struct field *field = &fields[i];
        struct gv_claim claims[2];
        uint32_t numbers[2];
        bool all = true;

        for (int k = 0; k < 2; k++) {
            claims[k] = (struct gv_claim){pair->collectors[k], pair->seen_at[k], {NULL}};
            all = all && claim_of(pair->groups[k], field, &claims[k], &numbers[k]);
        }
        if (all && differing(field, pair->known->suspected >> i & 1, claims, numbers))
            differ(pair, i,
                   field->compare == NUMBER || field->compare == COUNTER ? GV_CLAIM_NUMBER
                                                                         : GV_CLAIM_TEXT,
                   claims);
    }
}

/* --- KEKs: only those with an SPI can be told apart --- */

static const struct gv_kek_obs *same_spi(const struct gv_kek_obs *rows,
                                         const struct gv_kek_obs *kek)
{
    for (; rows != NULL; rows = rows->next)
        if ((rows->has & GV_KEK_HAS_SPI) && (kek->has & GV_KEK_HAS_SPI) &&
            memcmp(rows->spi, kek->spi, sizeof(kek->spi)) == 0)
            return rows;
    return NULL;
}

static struct gv_claim claim_at(const struct pair *pair, int k, const struct gv_kek_obs *kek,
                                struct gv_time when)
{
    return (struct gv_claim){pair->collectors[k], kek->seen_at, {.when = when}};
}

static void compare_instants(struct pair *pair, unsigned field,
                             const struct gv_kek_obs *const keks[2],
                             const struct gv_time when[2])
{
    struct gv_claim claims[2] = {claim_at(pair, 0, keks[0], when[0]),
                                 claim_at(pair, 1, keks[1], when[1])};

    if (!gv_kek_ends_together(when[0], when[1]))
        differ(pair, field, GV_CLAIM_WHEN, claims);
}

/* One KEK, told twice. An old member's value is frozen: the same at both instants. */
static void compare_kek(struct pair *pair, const struct gv_kek_obs *a,
                        const struct gv_kek_obs *b)
{
    const struct gv_kek_obs *const keks[2] = {a, b};
    struct gv_time when[2];

    if (gv_kek_expiry(a, &when[0]) && gv_kek_expiry(b, &when[1]) &&
        a->remaining_s != b->remaining_s)
        compare_instants(pair, KEK_EXPIRY, keks, when);
    if ((a->has & b->has & GV_KEK_HAS_TO_REKEY) == 0)
        return;
    for (int k = 0; k < 2; k++)
        when[k] = gv_time_add(keks[k]->seen_at, gv_secs(keks[k]->to_rekey_s));
    if (a->to_rekey_s > 0 && b->to_rekey_s > 0)
        compare_instants(pair, KEK_REKEY, keks, when);
}

static void compare_keks(struct pair *pair)
{
    const struct gv_kek_obs *a = gv_kek_in_use(pair->groups[0]->keks);
    const struct gv_kek_obs *b = gv_kek_in_use(pair->groups[1]->keks);
    bool shared = false;

    if (a == NULL || b == NULL || (a->has & b->has & GV_KEK_HAS_SPI) == 0)
        return;
    for (const struct gv_kek_obs *kek = pair->groups[0]->keks; kek != NULL; kek = kek->next) {
        const struct gv_kek_obs *twin = same_spi(pair->groups[1]->keks, kek);

        shared = shared || twin != NULL;
        if (twin != NULL)
            compare_kek(pair, kek, twin);
    }
    if (!shared) {
        struct gv_claim claims[2] = {
            {pair->collectors[0], a->seen_at, {.spi = a->spi}},
            {pair->collectors[1], b->seen_at, {.spi = b->spi}},
        };

        differ(pair, KEK_SPI, GV_CLAIM_SPI, claims);
    }
}

/* --- groups, pairs of collectors --- */

static bool equal_where_told(const char *a, const char *b)
{
    return a == NULL || b == NULL || strcmp(a, b) == 0;
}

static bool same_group(const struct gv_group_obs *a, const struct gv_group_obs *b)
{
    bool comparable = (a->name != NULL && b->name != NULL) || (a->id != NULL && b->id != NULL);

    return comparable && equal_where_told(a->name, b->name) && equal_where_told(a->id, b->id);
}

static uint32_t compare_pair(struct gv_disagreements *known, const struct gv_said *a,
                             const struct gv_said *b)
{
    struct pair pair = {.known = known,
                        .collectors = {a->collector, b->collector},
                        .seen_at = {a->obs->seen_at, b->obs->seen_at}};

    for (const struct gv_group_obs *g = a->obs->groups; g != NULL; g = g->next)
        for (const struct gv_group_obs *h = b->obs->groups; h != NULL; h = h->next) {
            if (!same_group(g, h))
                continue;
            pair.groups[0] = g;
            pair.groups[1] = h;
            compare_rows(&pair);
            /* Of a device that is both, one source may show the GM's KEKs. */
            if ((g->ks != NULL) == (h->ks != NULL))
                compare_keks(&pair);
        }
    return pair.differs;
}

void gv_disagreements_feed(struct gv_disagreements *known, const struct gv_said *said,
                           size_t count, struct gv_time now)
{
    uint32_t differs = 0;

    known->count = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            differs |= compare_pair(known, &said[i], &said[k]);
    for (unsigned i = 0; i < FIELDS; i++)
        if ((differs & ~known->suspected) >> i & 1)
            known->since[i] = now;
    known->suspected = differs;
    for (size_t i = 0; i < known->count; i++)
        if (gv_disagreement_stands(known, &known->list[i]))
            known->ever |= 1u << known->list[i].field;
}

bool gv_disagreement_stands(const struct gv_disagreements *known,
                            const struct gv_disagreement *one)
{
    struct gv_time since = known->since[one->field];

    return (known->suspected >> one->field & 1) != 0 &&
           gv_time_before(since, one->claims[0].seen_at) &&
           gv_time_before(since, one->claims[1].seen_at);
}
