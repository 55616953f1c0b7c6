/* SPDX-License-Identifier: Apache-2.0 */
#include "config/schema.h"

#include <inttypes.h>
#include <string.h>

#include "words.h"

static const char *const secret_suffixes[] = {
    [GV_SECRET_INLINE] = "",
    [GV_SECRET_FILE] = "_file",
    [GV_SECRET_ENV] = "_env",
    [GV_SECRET_CREDENTIAL] = "_credential",
};

static const struct {
    const char *unit;
    int64_t ms;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}, {"", 1000}};

bool gv_span_read(struct gv_text text, struct gv_dur *out)
{
    size_t digits = 0;
    uint32_t n;

    while (digits < text.n && text.at[digits] >= '0' && text.at[digits] <= '9')
        digits++;
    if (!gv_text_u32(gv_text_head(text, digits), &n))
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (gv_text_is(gv_text_from(text, digits), units[i].unit)) {
            out->ms = (int64_t)n * units[i].ms;
            return true;
        }
    return false;
}

/* Is `text` the key of this row? For secrets *from says by which of its names. */
static bool is_key(const struct gv_key *key, const char *text, enum gv_secret_from *from)
{
    size_t n = strlen(key->name);

    *from = GV_SECRET_NOWHERE;
    if (key->type != GV_KEY_SECRET)
        return strcmp(key->name, text) == 0;
    if (strncmp(key->name, text, n) != 0)
        return false;
    for (unsigned i = GV_SECRET_INLINE; i <= GV_SECRET_CREDENTIAL; i++)
        if (strcmp(text + n, secret_suffixes[i]) == 0) {
            *from = (enum gv_secret_from)i;
            return true;
        }
    return false;
}

static const struct gv_key *find_key(const struct gv_schema *schema, unsigned use,
                                     const char *text, enum gv_secret_from *from)
{
    for (size_t i = 0; i < schema->count; i++)
        if ((schema->keys[i].uses & use) != 0 && is_key(&schema->keys[i], text, from))
            return &schema->keys[i];
    return NULL;
}

static const char *nearest_key(const struct gv_schema *schema, unsigned use, const char *text)
{
    struct gv_word_guess guess = {.text = text};

    for (size_t i = 0; i < schema->count; i++)
        if ((schema->keys[i].uses & use) != 0)
            gv_word_guess(&guess, schema->keys[i].name);
    return guess.word;
}

static void unknown_key(const struct gv_schema *schema, unsigned use,
                        const struct gv_node *node, struct gv_faults *faults)
{
    const char *near = nearest_key(schema, use, node->key);

    if (near != NULL)
        gv_fault(faults, node->key_at, "unknown key \"%.60s\" in %s; did you mean \"%s\"?",
                 node->key, schema->what, near);
    else
        gv_fault(faults, node->key_at, "unknown key \"%.60s\" in %s; see --help for its keys",
                 node->key, schema->what);
}

static void wrong_kind(const struct gv_key *key, const struct gv_node *node, const char *wanted,
                       struct gv_faults *faults)
{
    gv_fault(faults, node->at, "%s is %s; expected %s: %s", key->name, gv_node_what(node),
             wanted, key->help);
}

/* A scalar that holds something. "~" and nothing at all are YAML's null. */
static bool text_of(const struct gv_key *key, const struct gv_node *node,
                    struct gv_faults *faults)
{
    if (node->kind != GV_NODE_TEXT) {
        wrong_kind(key, node, "one value", faults);
        return false;
    }
    if (node->text[0] == '\0' || (node->plain && strcmp(node->text, "~") == 0)) {
        gv_fault(faults, node->at, "%s is empty; expected %s", key->name, key->help);
        return false;
    }
    return true;
}

static void read_text(const struct gv_key *key, const struct gv_node *node, void *field,
                      struct gv_faults *faults)
{
    const char *text = node->text;
    size_t n;

    if (!text_of(key, node, faults))
        return;
    n = strlen(text);
    if ((int64_t)n < key->least || (int64_t)n > key->most) {
        gv_fault(faults, node->at,
                 "%s has %zu characters; expected %" PRId64 " to %" PRId64 ": %s", key->name, n,
                 key->least, key->most, key->help);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
            gv_fault(faults, node->at, "%s holds a control character; expected %s", key->name,
                     key->help);
            return;
        }
    memcpy(field, &text, sizeof(text));
}

static void read_number(const struct gv_key *key, const struct gv_node *node, void *field,
                        struct gv_faults *faults)
{
    uint32_t n;

    if (!text_of(key, node, faults))
        return;
    if (!gv_text_u32(gv_text(node->text), &n) || n < key->least || n > key->most) {
        gv_fault(faults, node->at,
                 "%s is \"%.40s\"; expected a number from %" PRId64 " to %" PRId64 ": %s",
                 key->name, node->text, key->least, key->most, key->help);
        return;
    }
    memcpy(field, &n, sizeof(n));
}

static void add_span(struct gv_buf *out, int64_t ms)
{
    size_t unit = 4;

    while (unit > 0 && ms % units[unit].ms != 0)
        unit--;
    gv_buf_add_u64(out, (uint64_t)(ms / units[unit].ms));
    gv_buf_add_str(out, units[unit].unit);
}

static void read_span(const struct gv_key *key, const struct gv_node *node, void *field,
                      struct gv_faults *faults)
{
    struct gv_dur span;
    struct gv_buf range = gv_buf(64);

    if (!text_of(key, node, faults))
        return;
    if (gv_span_read(gv_text(node->text), &span) && span.ms >= key->least &&
        span.ms <= key->most) {
        memcpy(field, &span, sizeof(span));
        return;
    }
    add_span(&range, key->least);
    gv_buf_add_str(&range, " to ");
    add_span(&range, key->most);
    gv_fault(faults, node->at,
             "%s is \"%.40s\"; expected a span (500ms, 30s, 5m, 2h, 1d) from %s: %s", key->name,
             node->text, range.at ? range.at : "", key->help);
    gv_buf_clear(&range);
}

static const struct {
    const char *unit;
    unsigned shift;
} sizes[] = {{"GB", 30}, {"MB", 20}, {"KB", 10}};

static void add_size(struct gv_buf *out, int64_t octets)
{
    size_t unit = 0;

    while (unit < 2 && octets % (INT64_C(1) << sizes[unit].shift) != 0)
        unit++;
    gv_buf_add_u64(out, (uint64_t)octets >> sizes[unit].shift);
    gv_buf_add_str(out, sizes[unit].unit);
}

static bool size_of(struct gv_text text, uint64_t *out)
{
    size_t digits = 0;
    uint32_t n;

    while (digits < text.n && text.at[digits] >= '0' && text.at[digits] <= '9')
        digits++;
    if (!gv_text_u32(gv_text_head(text, digits), &n))
        return false;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        if (gv_text_is(gv_text_from(text, digits), sizes[i].unit)) {
            *out = (uint64_t)n << sizes[i].shift;
            return true;
        }
    return false;
}

static void read_size(const struct gv_key *key, const struct gv_node *node, void *field,
                      struct gv_faults *faults)
{
    uint64_t octets;
    struct gv_buf range = gv_buf(64);

    if (!text_of(key, node, faults))
        return;
    if (size_of(gv_text(node->text), &octets) && octets >= (uint64_t)key->least &&
        octets <= (uint64_t)key->most) {
        memcpy(field, &octets, sizeof(octets));
        return;
    }
    add_size(&range, key->least);
    gv_buf_add_str(&range, " to ");
    add_size(&range, key->most);
    gv_fault(faults, node->at, "%s is \"%.40s\"; expected a size (64MB, 1GB) from %s: %s",
             key->name, node->text, range.at ? range.at : "", key->help);
    gv_buf_clear(&range);
}

static void read_yesno(const struct gv_key *key, const struct gv_node *node, void *field,
                       struct gv_faults *faults)
{
    bool yes;

    if (!text_of(key, node, faults))
        return;
    yes = strcmp(node->text, "true") == 0;
    if (!yes && strcmp(node->text, "false") != 0) {
        gv_fault(faults, node->at, "%s is \"%.40s\"; expected true or false: %s", key->name,
                 node->text, key->help);
        return;
    }
    memcpy(field, &yes, sizeof(yes));
}

static void add_words(struct gv_buf *out, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        gv_buf_add_str(out, i > 0 ? ", " : "");
        gv_buf_add_str(out, words[i]);
    }
}

static bool find_word(const struct gv_key *key, const struct gv_node *node, uint32_t *out,
                      struct gv_faults *faults)
{
    struct gv_buf list = gv_buf(512);

    if (!text_of(key, node, faults))
        return false;
    for (uint32_t i = 0; key->words[i] != NULL; i++)
        if (strcmp(key->words[i], node->text) == 0) {
            *out = i;
            return true;
        }
    add_words(&list, key->words);
    gv_fault(faults, node->at, "%s is \"%.40s\"; expected one of %s: %s", key->name, node->text,
             list.at ? list.at : "", key->help);
    gv_buf_clear(&list);
    return false;
}

static void read_word(const struct gv_key *key, const struct gv_node *node, void *field,
                      struct gv_faults *faults)
{
    uint32_t word;

    if (find_word(key, node, &word, faults))
        memcpy(field, &word, sizeof(word));
}

/* A list with at least one entry. */
static bool list_of(const struct gv_key *key, const struct gv_node *node,
                    struct gv_faults *faults)
{
    if (node->kind != GV_NODE_LIST) {
        wrong_kind(key, node, "a list", faults);
        return false;
    }
    if (node->first == NULL)
        gv_fault(faults, node->at, "%s is an empty list; expected %s", key->name, key->help);
    return node->first != NULL;
}

static void read_words(const struct gv_key *key, const struct gv_node *node, void *field,
                       struct gv_faults *faults)
{
    uint32_t mask = 0;

    if (!list_of(key, node, faults))
        return;
    for (const struct gv_node *n = node->first; n != NULL; n = n->next) {
        uint32_t word;

        if (!find_word(key, n, &word, faults))
            return;
        mask |= UINT32_C(1) << word;
    }
    memcpy(field, &mask, sizeof(mask));
}

static void read_texts(const struct gv_key *key, const struct gv_node *node, void *field,
                       struct gv_faults *faults)
{
    const char *text;
    size_t before = faults->errors;

    if (!list_of(key, node, faults))
        return;
    for (const struct gv_node *n = node->first; n != NULL; n = n->next)
        read_text(key, n, &text, faults);
    if (faults->errors == before)
        memcpy(field, &node, sizeof(node));
}

static void read_list(const struct gv_key *key, const struct gv_node *node, void *field,
                      struct gv_faults *faults)
{
    if (node->kind == GV_NODE_LIST)
        memcpy(field, &node, sizeof(node));
    else
        wrong_kind(key, node, "a list", faults);
}

static void read_map(const struct gv_key *key, const struct gv_node *node, void *field,
                     struct gv_faults *faults)
{
    if (node->kind == GV_NODE_MAP)
        memcpy(field, &node, sizeof(node));
    else
        wrong_kind(key, node, "a map", faults);
}

static void read_secret(const struct gv_key *key, const struct gv_node *node, void *field,
                        struct gv_faults *faults)
{
    struct gv_secret_source source;
    enum gv_secret_from from;

    if (!text_of(key, node, faults) || !is_key(key, node->key, &from))
        return;
    memcpy(&source, field, sizeof(source));
    if (source.from != GV_SECRET_NOWHERE) {
        gv_fault(faults, node->key_at,
                 "%s beside %s on line %u; expected one source of a secret", node->key,
                 source.node->key, source.node->key_at.line);
        return;
    }
    source = (struct gv_secret_source){from, node};
    memcpy(field, &source, sizeof(source));
}

static void (*const readers[GV_KEY_TYPE_COUNT])(const struct gv_key *, const struct gv_node *,
                                                void *, struct gv_faults *) = {
    [GV_KEY_TEXT] = read_text,   [GV_KEY_NUMBER] = read_number, [GV_KEY_SPAN] = read_span,
    [GV_KEY_SIZE] = read_size,   [GV_KEY_YESNO] = read_yesno,   [GV_KEY_WORD] = read_word,
    [GV_KEY_WORDS] = read_words, [GV_KEY_TEXTS] = read_texts,   [GV_KEY_LIST] = read_list,
    [GV_KEY_MAP] = read_map,     [GV_KEY_SECRET] = read_secret,
};

static void missing_keys(const struct gv_schema *schema, enum gv_schema_use use,
                         const struct gv_node *map, struct gv_faults *faults)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct gv_key *key = &schema->keys[i];

        if (key->required && (key->uses & use) != 0 && gv_node_get(map, key->name) == NULL)
            gv_fault(faults, map->at, "%s without \"%s\"; expected %s", schema->what, key->name,
                     key->help);
    }
}

void gv_schema_read(const struct gv_schema *schema, enum gv_schema_use use,
                    const struct gv_node *map, void *row, struct gv_faults *faults)
{
    if (map->kind != GV_NODE_MAP) {
        gv_fault(faults, map->at, "%s is %s; expected a map (KEY: VALUE)", schema->what,
                 gv_node_what(map));
        return;
    }
    for (const struct gv_node *node = map->first; node != NULL; node = node->next) {
        enum gv_secret_from from;
        const struct gv_key *key = find_key(schema, use, node->key, &from);

        if (key != NULL)
            readers[key->type](key, node, (char *)row + key->offset, faults);
        else if (use != GV_USE_LABELS || strncmp(node->key, "__", 2) != 0)
            unknown_key(schema, use, node, faults);
    }
    if (use != GV_USE_DEFAULTS)
        missing_keys(schema, use, map, faults);
}

static void add_number(struct gv_buf *out, int64_t n)
{
    gv_buf_add_u64(out, (uint64_t)n);
}

static void add_range(const struct gv_key *key, struct gv_buf *out)
{
    static void (*const add[GV_KEY_TYPE_COUNT])(struct gv_buf *, int64_t) = {
        [GV_KEY_NUMBER] = add_number, [GV_KEY_SPAN] = add_span, [GV_KEY_SIZE] = add_size};

    if (add[key->type] != NULL) {
        gv_buf_add_str(out, " (");
        add[key->type](out, key->least);
        gv_buf_add_str(out, "..");
        add[key->type](out, key->most);
        gv_buf_add_str(out, ")");
    }
    if (key->words != NULL) {
        gv_buf_add_str(out, " (");
        add_words(out, key->words);
        gv_buf_add_str(out, ")");
    }
}

void gv_schema_help(const struct gv_schema *schema, struct gv_buf *out)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct gv_key *key = &schema->keys[i];

        gv_buf_add_str(out, "    ");
        gv_buf_add_str(out, key->name);
        for (size_t n = strlen(key->name); n < 24; n++)
            gv_buf_add_char(out, ' ');
        gv_buf_add_str(out, key->help);
        add_range(key, out);
        gv_buf_add_str(out,
                       key->type == GV_KEY_SECRET ? " [or _file, _env, _credential]\n" : "\n");
    }
}
