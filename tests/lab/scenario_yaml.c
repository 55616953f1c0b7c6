/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario_yaml.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static bool
fault_at(struct lab_yaml *yaml, yaml_mark_t mark, const char *format, va_list args)
{
    int n;

    if (yaml->failed)
        return false;
    yaml->failed = true;
    n = snprintf(yaml->error, LAB_SCENARIO_ERROR_SIZE, "%s:%zu:%zu: ", yaml->path,
                 mark.line + 1, mark.column + 1);
    if (n > 0 && n < LAB_SCENARIO_ERROR_SIZE)
        vsnprintf(yaml->error + n, LAB_SCENARIO_ERROR_SIZE - (size_t)n, format, args);
    return false;
}

bool lab_yaml_fault(struct lab_yaml *yaml, const yaml_node_t *node, const char *format, ...)
{
    yaml_mark_t mark = node != NULL ? node->start_mark : (yaml_mark_t){0};
    va_list args;

    va_start(args, format);
    fault_at(yaml, mark, format, args);
    va_end(args);
    return false;
}

/* `file` is NULL where the text is in memory. */
static bool load(struct lab_yaml *yaml, FILE *file)
{
    yaml_parser_t parser;
    bool ok;

    if (!yaml_parser_initialize(&parser))
        return lab_yaml_fault(yaml, NULL, "no memory");
    if (file != NULL)
        yaml_parser_set_input_file(&parser, file);
    else
        yaml_parser_set_input_string(&parser, (const unsigned char *)yaml->text.at,
                                     yaml->text.n);
    ok = yaml_parser_load(&parser, &yaml->document) != 0;
    if (!ok) {
        yaml_node_t where = {.start_mark = parser.problem_mark};
        lab_yaml_fault(yaml, &where, "not YAML: %s", parser.problem ? parser.problem : "?");
    }
    yaml_parser_delete(&parser);
    return ok;
}

bool lab_yaml_load(struct lab_yaml *yaml)
{
    FILE *file;
    bool ok;

    if (yaml->text.at != NULL)
        return load(yaml, NULL);
    file = fopen(yaml->path, "rb");
    if (file == NULL) {
        snprintf(yaml->error, LAB_SCENARIO_ERROR_SIZE, "%s: %s", yaml->path, strerror(errno));
        yaml->failed = true;
        return false;
    }
    ok = load(yaml, file);
    fclose(file);
    return ok;
}

void lab_yaml_clear(struct lab_yaml *yaml)
{
    yaml_document_delete(&yaml->document);
}

const yaml_node_t *lab_yaml_root(struct lab_yaml *yaml)
{
    return yaml->part != NULL ? yaml->part : yaml_document_get_root_node(&yaml->document);
}

const yaml_node_t *lab_yaml_at(struct lab_yaml *yaml, int index)
{
    return yaml_document_get_node(&yaml->document, index);
}

struct gv_text lab_yaml_text(const yaml_node_t *node)
{
    if (node == NULL || node->type != YAML_SCALAR_NODE)
        return gv_text("");
    return (struct gv_text){(const char *)node->data.scalar.value, node->data.scalar.length};
}

const yaml_node_t *lab_yaml_find(struct lab_yaml *yaml, const yaml_node_t *node,
                                 const char *key)
{
    if (node == NULL || node->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
         p++)
        if (gv_text_is(lab_yaml_text(lab_yaml_at(yaml, p->key)), key))
            return lab_yaml_at(yaml, p->value);
    return NULL;
}

bool lab_yaml_each(struct lab_yaml *yaml, const yaml_node_t *node,
                   bool (*each)(struct lab_yaml *yaml, const yaml_node_t *item, void *object),
                   void *object)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return each(yaml, node, object);
    for (yaml_node_item_t *i = node->data.sequence.items.start;
         i < node->data.sequence.items.top; i++)
        if (!each(yaml, lab_yaml_at(yaml, *i), object))
            return false;
    return true;
}

/* --- one value --- */

static bool read_text(struct lab_yaml *yaml, const yaml_node_t *node, const char **out)
{
    const char *copy = gv_arena_text(yaml->arena, lab_yaml_text(node));

    if (copy == NULL)
        return lab_yaml_fault(yaml, node, "no memory");
    *out = copy;
    return true;
}

static bool read_number(struct lab_yaml *yaml, const yaml_node_t *node, uint32_t least,
                        uint32_t most, uint32_t *out)
{
    uint32_t n;

    if (!gv_text_u32(lab_yaml_text(node), &n) || n < least || n > most)
        return lab_yaml_fault(yaml, node, "expected a number from %u to %u", least, most);
    *out = n;
    return true;
}

static bool read_word(struct lab_yaml *yaml, const yaml_node_t *node,
                      const struct lab_yaml_field *field, void *out)
{
    char known[LAB_SCENARIO_ERROR_SIZE / 2] = "";
    struct gv_text text = lab_yaml_text(node);

    for (unsigned i = 0; field->words[i] != NULL; i++) {
        if (gv_text_is(text, field->words[i])) {
            memcpy(out, &i, sizeof(i));
            return true;
        }
        strncat(known, i > 0 ? ", " : "", sizeof(known) - strlen(known) - 1);
        strncat(known, field->words[i], sizeof(known) - strlen(known) - 1);
    }
    return lab_yaml_fault(yaml, node, "expected one of: %s", known);
}

static bool read_flag(struct lab_yaml *yaml, const yaml_node_t *node, bool *out)
{
    if (gv_text_is(lab_yaml_text(node), "true"))
        *out = true;
    else if (gv_text_is(lab_yaml_text(node), "false"))
        *out = false;
    else
        return lab_yaml_fault(yaml, node, "expected true or false");
    return true;
}

static bool read_ipv4(struct lab_yaml *yaml, const yaml_node_t *node, uint32_t *out)
{
    struct gv_text text = lab_yaml_text(node);
    struct in_addr address;

    if (inet_pton(AF_INET, text.at, &address) != 1)
        return lab_yaml_fault(yaml, node, "expected an IPv4 address");
    *out = ntohl(address.s_addr);
    return true;
}

static bool read_seconds(struct lab_yaml *yaml, const yaml_node_t *node, int64_t *out_ms)
{
    uint32_t s;

    if (!read_number(yaml, node, 0, INT32_MAX, &s))
        return false;
    *out_ms = gv_secs(s).ms;
    return true;
}

static bool read_value(struct lab_yaml *yaml, const yaml_node_t *node,
                       const struct lab_yaml_field *field, void *object)
{
    void *out = (char *)object + field->offset;
    uint32_t n;

    if (field->kind == LAB_YAML_CALL)
        return field->read(yaml, node, object);
    if (node->type != YAML_SCALAR_NODE)
        return lab_yaml_fault(yaml, node, "expected a single value for '%s'", field->key);
    switch (field->kind) {
    case LAB_YAML_TEXT:
        return read_text(yaml, node, out);
    case LAB_YAML_NUMBER:
        return read_number(yaml, node, field->least, field->most, out);
    case LAB_YAML_PORT:
        if (!read_number(yaml, node, 0, UINT16_MAX, &n))
            return false;
        *(uint16_t *)out = (uint16_t)n;
        return true;
    case LAB_YAML_SEED:
        return gv_text_u64(lab_yaml_text(node), out) ||
               lab_yaml_fault(yaml, node, "expected a number");
    case LAB_YAML_FLAG:
        return read_flag(yaml, node, out);
    case LAB_YAML_WORD:
        return read_word(yaml, node, field, out);
    case LAB_YAML_AT:
        return read_seconds(yaml, node, &((struct gv_time *)out)->ms);
    case LAB_YAML_SPAN:
        return read_seconds(yaml, node, &((struct gv_dur *)out)->ms);
    case LAB_YAML_IPV4:
        return read_ipv4(yaml, node, out);
    case LAB_YAML_CALL:
        break;
    }
    return false;
}

/* --- mappings --- */

static const struct lab_yaml_field *find_field(const struct lab_yaml_schema *schema,
                                               struct gv_text key)
{
    for (size_t i = 0; i < schema->field_count; i++)
        if (gv_text_is(key, schema->fields[i].key))
            return &schema->fields[i];
    return NULL;
}

static bool unknown_key(struct lab_yaml *yaml, const yaml_node_t *key,
                        const struct lab_yaml_schema *schema)
{
    char known[LAB_SCENARIO_ERROR_SIZE / 2] = "";

    for (size_t i = 0; i < schema->field_count; i++) {
        strncat(known, i > 0 ? ", " : "", sizeof(known) - strlen(known) - 1);
        strncat(known, schema->fields[i].key, sizeof(known) - strlen(known) - 1);
    }
    return lab_yaml_fault(yaml, key, "unknown key in %s; known: %s", schema->what, known);
}

bool lab_yaml_fill(struct lab_yaml *yaml, const yaml_node_t *node,
                   const struct lab_yaml_schema *schema, void *object)
{
    uint64_t seen = 0; /* a bit a row: every table has fewer than 64 */

    if (node->type != YAML_MAPPING_NODE)
        return lab_yaml_fault(yaml, node, "expected a mapping: %s", schema->what);
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
         p++) {
        const yaml_node_t *key = lab_yaml_at(yaml, p->key);
        const struct lab_yaml_field *field = find_field(schema, lab_yaml_text(key));
        if (field == NULL)
            return unknown_key(yaml, key, schema);
        uint64_t bit = 1ull << (field - schema->fields);
        if (seen & bit)
            return lab_yaml_fault(yaml, key, "key '%s' stands here twice", field->key);
        seen |= bit;
        if (!read_value(yaml, lab_yaml_at(yaml, p->value), field, object))
            return false;
    }
    return true;
}
