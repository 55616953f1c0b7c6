/* SPDX-License-Identifier: Apache-2.0 */
#include "config/yaml.h"

#include <string.h>
#include <yaml.h>

#include "base/secret.h"

/* A list or map that is still open. */
struct open_node {
    struct gv_node *node, *tail;
    struct gv_node *entry; /* map: the entry whose key is read, value not yet */
};

struct builder {
    const char *file;
    struct gv_yaml *yaml;
    struct gv_faults *faults;
    struct open_node open[GV_YAML_DEPTH];
    size_t depth, nodes;
    bool ended; /* the document is complete */
};

static struct gv_place place(const struct builder *b, yaml_mark_t mark)
{
    return (struct gv_place){b->file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

const char *gv_node_what(const struct gv_node *node)
{
    static const char *const names[] = {"a text", "a list", "a map"};

    if (node->kind == GV_NODE_TEXT && node->plain && node->text[0] == '\0')
        return "nothing";
    return names[node->kind];
}

const struct gv_node *gv_node_get(const struct gv_node *map, const char *key)
{
    if (map == NULL || map->kind != GV_NODE_MAP)
        return NULL;
    for (const struct gv_node *n = map->first; n != NULL; n = n->next)
        if (strcmp(n->key, key) == 0)
            return n;
    return NULL;
}

static enum gv_err too_large(struct builder *b, struct gv_place at, const char *what)
{
    gv_fault(b->faults, at, "%s; split the file or shorten it", what);
    return GV_ERR_TOO_LARGE;
}

static struct gv_node *new_node(struct builder *b, struct gv_place at)
{
    struct gv_node *node = NULL;

    if (b->nodes < GV_YAML_NODES)
        node = gv_arena_alloc(&b->yaml->arena, sizeof(*node));
    if (node == NULL) {
        (void)too_large(b, at, "more entries than fit");
        return NULL;
    }
    b->nodes++;
    node->at = at;
    node->older = b->yaml->newest;
    b->yaml->newest = node;
    return node;
}

/* The node that the next value fills: the entry of an open key, a fresh list
 * entry, or the root. NULL with a fault noted. */
static struct gv_node *value_node(struct builder *b, struct gv_place at)
{
    struct open_node *top = b->depth > 0 ? &b->open[b->depth - 1] : NULL;
    struct gv_node *node;

    if (top != NULL && top->entry != NULL) {
        node = top->entry;
        node->at = at;
        top->entry = NULL;
        return node;
    }
    node = new_node(b, at);
    if (node == NULL)
        return NULL;
    if (top == NULL) {
        b->yaml->root = node;
        return node;
    }
    if (top->tail != NULL)
        top->tail->next = node;
    else
        top->node->first = node;
    top->tail = node;
    top->node->count++;
    return node;
}

static enum gv_err read_key(struct builder *b, const char *key, struct gv_place at)
{
    struct open_node *top = &b->open[b->depth - 1];
    const struct gv_node *before = gv_node_get(top->node, key);
    struct gv_node *node;

    /* Noted, and read on: the load fails in the end, with every fault shown. */
    if (before != NULL)
        gv_fault(b->faults, at, "key \"%.60s\" stands twice in one map; first on line %u", key,
                 before->key_at.line);
    if (top->node->count >= GV_YAML_MAP_KEYS)
        return too_large(b, at, "more keys in one map than 512");
    node = value_node(b, at);
    if (node == NULL)
        return GV_ERR_TOO_LARGE;
    node->key = key;
    node->key_at = at;
    top->entry = node;
    return GV_OK;
}

static bool wants_key(const struct builder *b)
{
    const struct open_node *top = b->depth > 0 ? &b->open[b->depth - 1] : NULL;

    /* libyaml's starts and ends balance, so what is open has a node.
     * NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    return top != NULL && top->node->kind == GV_NODE_MAP && top->entry == NULL;
}

static enum gv_err read_scalar(struct builder *b, const yaml_event_t *event)
{
    struct gv_place at = place(b, event->start_mark);
    const char *value = (const char *)event->data.scalar.value;
    struct gv_text text = {value, event->data.scalar.length};
    struct gv_node *node;
    char *copy;

    if (memchr(value, '\0', text.n) != NULL) {
        gv_fault(b->faults, at, "a NUL character inside a text; remove it");
        return GV_ERR_MALFORMED;
    }
    copy = gv_arena_alloc(&b->yaml->arena, text.n + 1);
    if (copy == NULL)
        return too_large(b, at, "more text than fits");
    memcpy(copy, value, text.n);
    if (wants_key(b))
        return read_key(b, copy, at);
    node = value_node(b, at);
    if (node == NULL)
        return GV_ERR_TOO_LARGE;
    node->kind = GV_NODE_TEXT;
    node->text = copy;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return GV_OK;
}

static enum gv_err read_open(struct builder *b, struct gv_place at, enum gv_node_kind kind)
{
    struct gv_node *node;

    if (wants_key(b)) {
        gv_fault(b->faults, at, "a list or map stands as a key; expected a text");
        return GV_ERR_MALFORMED;
    }
    if (b->depth == GV_YAML_DEPTH) {
        gv_fault(b->faults, at, "nested deeper than %d; expected at most that", GV_YAML_DEPTH);
        return GV_ERR_TOO_LARGE;
    }
    node = value_node(b, at);
    if (node == NULL)
        return GV_ERR_TOO_LARGE;
    node->kind = kind;
    b->open[b->depth++] = (struct open_node){node, NULL, NULL};
    return GV_OK;
}

static const yaml_char_t *event_anchor(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

static const yaml_char_t *event_tag(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.tag;
    default:
        return NULL;
    }
}

/* YAML that this program does not take: what could expand or change types. */
static enum gv_err refuse(struct builder *b, const yaml_event_t *event)
{
    struct gv_place at = place(b, event->start_mark);

    if (event->type == YAML_ALIAS_EVENT || event_anchor(event) != NULL) {
        gv_fault(b->faults, at,
                 "anchors (&) and aliases (*) are not accepted; write the value");
        return GV_ERR_MALFORMED;
    }
    if (event_tag(event) != NULL) {
        gv_fault(b->faults, at, "tags (!) are not accepted; write the plain value");
        return GV_ERR_MALFORMED;
    }
    if (event->type == YAML_DOCUMENT_START_EVENT && b->ended) {
        gv_fault(b->faults, at, "a second document begins; expected one");
        return GV_ERR_MALFORMED;
    }
    return GV_OK;
}

static enum gv_err read_event(struct builder *b, const yaml_event_t *event)
{
    enum gv_err err = refuse(b, event);

    if (err != GV_OK)
        return err;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return read_open(b, place(b, event->start_mark), GV_NODE_LIST);
    case YAML_MAPPING_START_EVENT:
        return read_open(b, place(b, event->start_mark), GV_NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->depth--;
        return GV_OK;
    case YAML_DOCUMENT_END_EVENT:
        b->ended = true;
        return GV_OK;
    default:
        return GV_OK;
    }
}

/* The place of an octet that is no character: libyaml tells only its offset. */
static struct gv_place offset_place(const struct builder *b, struct gv_text text, size_t offset)
{
    struct gv_place at = {b->file, 1, 1};

    for (size_t i = 0; i < offset && i < text.n; i++) {
        at.column++;
        if (text.at[i] == '\n')
            at = (struct gv_place){b->file, at.line + 1, 1};
    }
    return at;
}

static void syntax_fault(struct builder *b, const yaml_parser_t *parser, struct gv_text text)
{
    struct gv_place at = place(b, parser->problem_mark);

    if (parser->error == YAML_READER_ERROR)
        at = offset_place(b, text, parser->problem_offset);
    gv_fault(b->faults, at, "not YAML: %s%s%s",
             parser->problem ? parser->problem : "cannot be read", parser->context ? ", " : "",
             parser->context ? parser->context : "");
}

static enum gv_err read_document(struct builder *b, yaml_parser_t *parser, struct gv_text text)
{
    enum gv_err err = GV_OK;
    bool more = true;

    while (more && err == GV_OK) {
        yaml_event_t event;

        if (yaml_parser_parse(parser, &event) == 0) {
            syntax_fault(b, parser, text);
            return GV_ERR_MALFORMED;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        err = read_event(b, &event);
        if (event.type == YAML_SCALAR_EVENT)
            gv_wipe(event.data.scalar.value, event.data.scalar.length);
        yaml_event_delete(&event);
    }
    return err;
}

enum gv_err gv_yaml_read(const char *file, struct gv_text text, struct gv_yaml *out,
                         struct gv_faults *faults)
{
    struct gv_yaml yaml = {gv_arena(GV_YAML_MEMORY), NULL, NULL};
    struct builder b = {.file = file, .yaml = &yaml, .faults = faults};
    yaml_parser_t parser;
    enum gv_err err;

    if (text.n > GV_YAML_SIZE)
        return too_large(&b, (struct gv_place){file, 1, 1}, "larger than 32 MiB");
    if (yaml_parser_initialize(&parser) == 0)
        return GV_ERR_NO_MEMORY;
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.at, text.n);
    err = read_document(&b, &parser, text);
    yaml_parser_delete(&parser);
    if (err != GV_OK) {
        gv_yaml_clear(&yaml);
        return err;
    }
    *out = yaml;
    return GV_OK;
}

void gv_yaml_clear(struct gv_yaml *yaml)
{
    for (struct gv_node *n = yaml->newest; n != NULL; n = n->older)
        if (n->text != NULL)
            gv_wipe(n->text, strlen(n->text));
    gv_arena_clear(&yaml->arena);
    yaml->root = yaml->newest = NULL;
}
