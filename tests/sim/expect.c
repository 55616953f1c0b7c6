/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a getter looks at. */
struct found {
    const struct gv_snapshot *snapshot;
    const struct gv_device_verdict *device;
    const struct gv_membership *row;
    const struct gv_group_verdict *group;
    const char *ks; /* NULL: any */
    unsigned which; /* of the field */
};

struct value {
    bool known;
    int64_t n;
    char text[EXPECT_TEXT / 2];
};

enum scope { DEVICE, ROW, GROUP };

struct expect_field {
    const char *key;
    enum scope scope;
    const char *const *words; /* NULL: a number; empty: any text */
    void (*get)(const struct found *found, struct value *value);
    unsigned which;
};

static void say(struct value *value, const char *text)
{
    value->known = true;
    (void)snprintf(value->text, sizeof(value->text), "%s", text);
}

static void count(struct value *value, int64_t n)
{
    value->known = true;
    value->n = n;
}

static void counted(struct value *value, struct gv_count n)
{
    if (n.known)
        count(value, (int64_t)n.n);
}

static void tri(struct value *value, enum gv_tri t)
{
    static const char *const words[] = {"unknown", "no", "yes"};

    say(value, words[t]);
}

/* --- devices --- */

static void get_up(const struct found *f, struct value *v)
{
    say(v, f->device->up ? "yes" : "no");
}

enum { OF_KS, OF_GM };

static const struct gv_behaviour_verdict *behaviour_of(const struct found *f)
{
    return f->which == OF_KS ? &f->device->ks_behaviour : &f->device->gm_behaviour;
}

static void get_behaviour(const struct found *f, struct value *v)
{
    say(v, gv_behaviour_name(behaviour_of(f)->behaviour));
}

static void get_confidence(const struct found *f, struct value *v)
{
    const struct gv_behaviour_verdict *b = behaviour_of(f);

    say(v, b->behaviour == GV_BEHAVIOUR_UNKNOWN ? "none" : gv_confidence_name(b->confidence));
}

static void get_contradicted(const struct found *f, struct value *v)
{
    say(v, behaviour_of(f)->contradicted ? "yes" : "no");
}

/* The item that decided: the first certain one, else the first. */
static void get_evidence(const struct found *f, struct value *v)
{
    const struct gv_behaviour_verdict *b = behaviour_of(f);

    say(v, "none");
    for (size_t i = 0; i < b->evidence_count; i++)
        if (b->evidence[i].confidence == b->confidence &&
            b->evidence[i].behaviour == b->behaviour) {
            say(v, gv_evidence_source_name(b->evidence[i].source));
            return;
        }
}

static void get_sources(const struct found *f, struct value *v)
{
    const struct gv_behaviour_verdict *b = behaviour_of(f);
    size_t n = 0;

    say(v, b->evidence_count == 0 ? "none" : "");
    for (size_t i = 0; i < b->evidence_count && n < sizeof(v->text); i++)
        n += (size_t)snprintf(v->text + n, sizeof(v->text) - n, "%s%s", i > 0 ? " " : "",
                              gv_evidence_source_name(b->evidence[i].source));
}

/* --- memberships --- */

enum { ALL_VERDICTS = GV_REKEY_VERDICT_COUNT };

static void get_rekeys(const struct found *f, struct value *v)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < GV_REKEY_VERDICT_COUNT; i++)
        if (f->which == i || f->which == ALL_VERDICTS)
            n += f->row->rekey.counts[i];
    count(v, (int64_t)n);
}

static void get_verdict(const struct found *f, struct value *v)
{
    say(v, gv_rekey_verdict_name(f->row->rekey.verdict));
}

static void get_lead(const struct found *f, struct value *v)
{
    if (f->row->rekey.lead_observed_known)
        count(v, f->row->rekey.lead_observed.ms / 1000);
}

static void get_lead_expected(const struct found *f, struct value *v)
{
    counted(v, f->row->rekey.lead_expected_s);
}

static void get_expected_in(const struct found *f, struct value *v)
{
    if (f->row->rekey.expected_at.known)
        count(v, gv_time_diff(f->row->rekey.expected_at.at, f->snapshot->at).ms / 1000);
}

static void get_unsound(const struct found *f, struct value *v)
{
    say(v, f->row->rekey.unsound ? "yes" : "no");
}

static void get_left(const struct found *f, struct value *v)
{
    const struct gv_kek_verdict *kek = f->row->has_ks ? &f->row->ks_kek : &f->row->gm_kek;

    if (kek->present && kek->expiry.known)
        count(v, gv_time_diff(kek->expiry.at, f->snapshot->at).ms / 1000);
}

static void get_sync(const struct found *f, struct value *v)
{
    tri(v, f->row->kek_in_sync);
}

static void get_registered(const struct found *f, struct value *v)
{
    tri(v, f->row->registered);
}

static void get_doubles(const struct found *f, struct value *v)
{
    counted(v, f->row->double_registrations);
}

static void get_members(const struct found *f, struct value *v)
{
    counted(v, f->row->members_registered);
}

static void get_listed(const struct found *f, struct value *v)
{
    count(v, (int64_t)f->row->member_count);
}

static void get_role(const struct found *f, struct value *v)
{
    const char *name = gv_ks_role_name(f->row->role);

    say(v, name != NULL ? name : "unsaid");
}

/* --- groups --- */

static void get_primaries(const struct found *f, struct value *v)
{
    counted(v, f->group->primaries);
}

static void get_split(const struct found *f, struct value *v)
{
    tri(v, f->group->split);
}

static void get_gms(const struct found *f, struct value *v)
{
    count(v, (int64_t)f->group->gm_count);
}

/* Of the key server named, else the worst of all. */
static const struct gv_interop_verdict *interop_of(const struct found *f)
{
    const struct gv_interop_verdict *worst = NULL;

    for (size_t i = 0; i < f->group->interop_count; i++) {
        const struct gv_interop_verdict *one = &f->group->interop[i];

        if (f->ks != NULL && strcmp(f->ks, one->ks) != 0)
            continue;
        if (worst == NULL || one->outcome > worst->outcome)
            worst = one;
    }
    return worst;
}

static void get_interop(const struct found *f, struct value *v)
{
    const struct gv_interop_verdict *interop = interop_of(f);

    say(v, interop != NULL ? gv_interop_name(interop->outcome) : "none");
}

enum { NEW_MEMBERS, OLD_MEMBERS, UNKNOWN_MEMBERS, STORM };

static void get_interop_count(const struct found *f, struct value *v)
{
    const struct gv_interop_verdict *i = interop_of(f);

    if (i == NULL)
        return;
    count(v, (int64_t)(f->which == NEW_MEMBERS   ? i->members_new
                       : f->which == OLD_MEMBERS ? i->members_old
                       : f->which == STORM       ? i->registrations_per_cycle
                                                 : i->members_unknown));
}

/* --- the table --- */

static const char *const any[] = {NULL};
static const char *const yes_no[] = {"yes", "no", "unknown", NULL};
static const char *const behaviours[] = {"old", "new", "unknown", NULL};
static const char *const confidences[] = {"certain", "likely", "none", NULL};
static const char *const outcomes[] = {"mismatch", "informational", "ok",
                                       "unknown",  "none",          NULL};
static const char *const roles[] = {"primary", "secondary", "unknown", "unsaid", NULL};
static const char *const verdicts[] = {"unknown",  "early",        "on_time", "late",
                                       "too_late", "after_expiry", "missed",  NULL};

static const struct expect_field fields[] = {
    {"up", DEVICE, yes_no, get_up, 0},
    {"ks_behaviour", DEVICE, behaviours, get_behaviour, OF_KS},
    {"gm_behaviour", DEVICE, behaviours, get_behaviour, OF_GM},
    {"ks_confidence", DEVICE, confidences, get_confidence, OF_KS},
    {"gm_confidence", DEVICE, confidences, get_confidence, OF_GM},
    {"ks_evidence", DEVICE, any, get_evidence, OF_KS},
    {"gm_evidence", DEVICE, any, get_evidence, OF_GM},
    {"ks_sources", DEVICE, any, get_sources, OF_KS},
    {"gm_sources", DEVICE, any, get_sources, OF_GM},
    {"ks_contradicted", DEVICE, yes_no, get_contradicted, OF_KS},
    {"gm_contradicted", DEVICE, yes_no, get_contradicted, OF_GM},
    {"early", ROW, NULL, get_rekeys, GV_REKEY_EARLY},
    {"on_time", ROW, NULL, get_rekeys, GV_REKEY_ON_TIME},
    {"late", ROW, NULL, get_rekeys, GV_REKEY_LATE},
    {"too_late", ROW, NULL, get_rekeys, GV_REKEY_TOO_LATE},
    {"after_expiry", ROW, NULL, get_rekeys, GV_REKEY_AFTER_EXPIRY},
    {"missed", ROW, NULL, get_rekeys, GV_REKEY_MISSED},
    {"not_judged", ROW, NULL, get_rekeys, GV_REKEY_UNKNOWN},
    {"rekeys", ROW, NULL, get_rekeys, ALL_VERDICTS},
    {"verdict", ROW, verdicts, get_verdict, 0},
    {"lead", ROW, NULL, get_lead, 0},
    {"lead_expected", ROW, NULL, get_lead_expected, 0},
    {"expected_in", ROW, NULL, get_expected_in, 0},
    {"unsound", ROW, yes_no, get_unsound, 0},
    {"kek_left", ROW, NULL, get_left, 0},
    {"in_sync", ROW, yes_no, get_sync, 0},
    {"registered", ROW, yes_no, get_registered, 0},
    {"doubles", ROW, NULL, get_doubles, 0},
    {"members", ROW, NULL, get_members, 0},
    {"listed", ROW, NULL, get_listed, 0},
    {"role", ROW, roles, get_role, 0},
    {"primaries", GROUP, NULL, get_primaries, 0},
    {"split", GROUP, yes_no, get_split, 0},
    {"gms", GROUP, NULL, get_gms, 0},
    {"interop", GROUP, outcomes, get_interop, 0},
    {"members_new", GROUP, NULL, get_interop_count, NEW_MEMBERS},
    {"members_old", GROUP, NULL, get_interop_count, OLD_MEMBERS},
    {"members_unknown", GROUP, NULL, get_interop_count, UNKNOWN_MEMBERS},
    {"storm", GROUP, NULL, get_interop_count, STORM},
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

/* --- reading --- */

/* "5", "5..8", "5..", "..8", each may be negative. */
static bool read_side(struct gv_text text, int64_t absent, int64_t *out)
{
    bool minus = text.n > 0 && text.at[0] == '-';
    uint64_t n;

    *out = absent;
    if (text.n == 0)
        return true;
    if (!gv_text_u64(gv_text_from(text, minus ? 1 : 0), &n) || n > INT64_MAX / 2)
        return false;
    *out = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

static bool read_range(const char *want, int64_t *least, int64_t *most)
{
    struct gv_text text = gv_text(want);
    size_t dots = gv_text_find(text, "..");

    if (dots == text.n)
        return text.n > 0 && read_side(text, 0, least) && read_side(text, 0, most);
    return text.n > 2 && read_side(gv_text_head(text, dots), INT64_MIN, least) &&
           read_side(gv_text_from(text, dots + 2), INT64_MAX, most);
}

/* "not X" wants anything but X. */
static const char *without_not(const char *want)
{
    return strncmp(want, "not ", 4) == 0 ? want + 4 : want;
}

static bool check_want(struct lab_yaml *yaml, const yaml_node_t *node,
                       const struct expect_item *item)
{
    const char *word = without_not(item->want);
    char known[EXPECT_TEXT] = "";
    int64_t least, most;

    if (item->field->words == NULL)
        return read_range(word, &least, &most) || strcmp(word, "unknown") == 0 ||
               lab_yaml_fault(yaml, node,
                              "expected a number, a range as 5..8, 5.. or ..8, or unknown");
    for (size_t i = 0; item->field->words[i] != NULL; i++) {
        if (strcmp(item->field->words[i], word) == 0)
            return true;
        (void)snprintf(known + strlen(known), sizeof(known) - strlen(known), "%s%s",
                       i > 0 ? ", " : "", item->field->words[i]);
    }
    return item->field->words[0] == NULL ||
           lab_yaml_fault(yaml, node, "expected one of: %s", known);
}

static const struct expect_field *find_field(struct gv_text key)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (gv_text_is(key, fields[i].key))
            return &fields[i];
    return NULL;
}

static bool unknown_key(struct lab_yaml *yaml, const yaml_node_t *key)
{
    char known[1024] = "device, group, ks, at, by";

    for (size_t i = 0; i < FIELDS; i++)
        (void)snprintf(known + strlen(known), sizeof(known) - strlen(known), ", %s",
                       fields[i].key);
    return lab_yaml_fault(yaml, key, "unknown key in an expectation; known: %s", known);
}

static bool read_item(struct lab_yaml *yaml, const yaml_node_t *key, const yaml_node_t *value,
                      struct expect *out)
{
    struct expect_item item = {find_field(lab_yaml_text(key)), NULL};

    if (item.field == NULL)
        return unknown_key(yaml, key);
    if (value->type != YAML_SCALAR_NODE)
        return lab_yaml_fault(yaml, value, "expected a single value for '%s'", item.field->key);
    item.want = gv_arena_text(yaml->arena, lab_yaml_text(value));
    if (item.want == NULL || out->item_count == EXPECT_ITEMS_MOST)
        return lab_yaml_fault(yaml, value, "too much in one expectation");
    if (!check_want(yaml, value, &item))
        return false;
    out->items[out->item_count++] = item;
    return true;
}

static bool read_subject(struct lab_yaml *yaml, const yaml_node_t *key,
                         const yaml_node_t *value, struct expect *out, bool *was_one)
{
    const char **names[] = {&out->device, &out->group, &out->ks};
    static const char *const keys[] = {"device", "group", "ks", "at", "by"};
    uint32_t *spans[] = {&out->at_s, &out->by_s};
    size_t i = 0;

    *was_one = true;
    while (i < 5 && !gv_text_is(lab_yaml_text(key), keys[i]))
        i++;
    if (i < 3) {
        *names[i] = gv_arena_text(yaml->arena, lab_yaml_text(value));
        return true;
    }
    if (i < 5) {
        *(i == 3 ? &out->has_at : &out->has_by) = true;
        return gv_text_u32(lab_yaml_text(value), spans[i - 3]) ||
               lab_yaml_fault(yaml, value, "expected seconds after the start");
    }
    *was_one = false;
    return true;
}

static bool check_scopes(struct lab_yaml *yaml, const yaml_node_t *node,
                         const struct expect *out)
{
    for (size_t i = 0; i < out->item_count; i++) {
        const struct expect_field *field = out->items[i].field;

        if (field->scope == DEVICE && out->device == NULL)
            return lab_yaml_fault(yaml, node, "'%s' is of a device: expected `device`",
                                  field->key);
        if (field->scope != DEVICE && out->group == NULL)
            return lab_yaml_fault(yaml, node, "'%s' is of a group: expected `group`",
                                  field->key);
        if (field->scope == ROW && field->words != NULL && out->device == NULL)
            return lab_yaml_fault(
                yaml, node, "'%s' is of a device in a group: expected `device`", field->key);
    }
    return out->item_count > 0 ||
           lab_yaml_fault(yaml, node, "expected at least one thing that must hold");
}

bool expect_read(struct lab_yaml *yaml, const yaml_node_t *node, struct expect *out)
{
    *out = (struct expect){.line = node->start_mark.line + 1};
    if (node->type != YAML_MAPPING_NODE)
        return lab_yaml_fault(yaml, node, "expected a mapping: an expectation");
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
         p++) {
        const yaml_node_t *key = lab_yaml_at(yaml, p->key),
                          *value = lab_yaml_at(yaml, p->value);
        bool was_one;

        if (!read_subject(yaml, key, value, out, &was_one) ||
            (!was_one && !read_item(yaml, key, value, out)))
            return false;
    }
    return check_scopes(yaml, node, out);
}

/* --- holding --- */

static const struct gv_membership *row_of(const struct gv_device_verdict *device,
                                          const char *group)
{
    for (size_t i = 0; i < device->membership_count; i++)
        if (strcmp(device->memberships[i].group, group) == 0)
            return &device->memberships[i];
    return NULL;
}

static struct found find(const struct expect *e, const struct gv_snapshot *snapshot)
{
    struct found f = {.snapshot = snapshot, .ks = e->ks};

    for (size_t i = 0; e->device != NULL && i < snapshot->device_count; i++)
        if (strcmp(snapshot->devices[i].name, e->device) == 0)
            f.device = &snapshot->devices[i];
    for (size_t i = 0; e->group != NULL && i < snapshot->group_count; i++)
        if (strcmp(snapshot->groups[i].group, e->group) == 0)
            f.group = &snapshot->groups[i];
    if (f.device != NULL && e->group != NULL)
        f.row = row_of(f.device, e->group);
    return f;
}

/* A number of a group without a device: the sum over its key servers. */
static void get_sum(struct found f, const struct expect *e, const struct expect_field *field,
                    struct value *value)
{
    for (size_t i = 0; i < f.snapshot->device_count; i++) {
        struct value one = {.known = false};

        f.row = row_of(&f.snapshot->devices[i], e->group);
        if (f.row == NULL || !f.row->has_ks)
            continue;
        field->get(&f, &one);
        if (one.known)
            count(value, value->n + one.n);
    }
}

static void get(const struct expect *e, struct found f, const struct expect_field *field,
                struct value *value)
{
    f.which = field->which;
    if (field->scope == ROW && e->device == NULL)
        get_sum(f, e, field, value);
    else if ((field->scope == DEVICE && f.device != NULL) ||
             (field->scope == ROW && f.row != NULL) || (field->scope == GROUP && f.group))
        field->get(&f, value);
}

static bool matches(const struct expect_item *item, struct value *value)
{
    const char *word = without_not(item->want);
    int64_t least, most;
    bool same;

    if (item->field->words == NULL && value->known)
        (void)snprintf(value->text, sizeof(value->text), "%" PRId64, value->n);
    if (!value->known)
        (void)snprintf(value->text, sizeof(value->text), "unknown");
    same = strcmp(value->text, word) == 0;
    if (item->field->words == NULL && value->known && read_range(word, &least, &most))
        same = value->n >= least && value->n <= most;
    return same == (word == item->want);
}

bool expect_holds(const struct expect *e, const struct gv_snapshot *snapshot,
                  char what[EXPECT_TEXT])
{
    struct found f = find(e, snapshot);

    for (size_t i = 0; i < e->item_count; i++) {
        struct value value = {.known = false};

        get(e, f, e->items[i].field, &value);
        if (matches(&e->items[i], &value))
            continue;
        (void)snprintf(what, EXPECT_TEXT, "%s%s%s: %s: %s, expected %s",
                       e->device != NULL ? e->device : "",
                       e->device != NULL && e->group != NULL ? " in " : "",
                       e->group != NULL ? e->group : "", e->items[i].field->key, value.text,
                       e->items[i].want);
        return false;
    }
    return true;
}
