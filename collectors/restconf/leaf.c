/* SPDX-License-Identifier: Apache-2.0 */
#include "restconf/leaf.h"

#include <string.h>

struct gv_text gv_leaf_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_string(value))
        return (struct gv_text){"", 0};
    return (struct gv_text){json_string_value(value), json_string_length(value)};
}

bool gv_leaf_empty(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_true(value) || (json_is_array(value) && json_array_size(value) == 1 &&
                                   json_is_null(json_array_get(value, 0)));
}

bool gv_reading_now(const struct gv_reading *reading, int64_t *unix_ms)
{
    const struct gv_restconf_clock *clock = reading->clock;

    if (!clock->known)
        return false;
    *unix_ms = clock->unix_ms + gv_time_diff(reading->obs->seen_at, clock->at).ms;
    return true;
}

static bool number(const json_t *value, uint32_t *out)
{
    if (json_is_string(value))
        return gv_text_u32(
            (struct gv_text){json_string_value(value), json_string_length(value)}, out);
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > UINT32_MAX)
        return false;
    *out = (uint32_t)json_integer_value(value);
    return true;
}

/* A number in units of `unit`. */
static bool scaled(const json_t *value, uint32_t unit, uint32_t *out)
{
    uint32_t n;

    if (!number(value, &n) || n > UINT32_MAX / unit)
        return false;
    *out = n * unit;
    return true;
}

/* Its name ends in the word, after '-' or ':' or from its beginning. */
static const struct gv_word *word_of(struct gv_text name, const struct gv_word *words)
{
    for (; words->end != NULL; words++) {
        size_t n = gv_text(words->end).n;
        size_t before = name.n >= n ? name.n - n : 0;

        if (gv_text_is_nocase(gv_text_from(name, before), words->end) &&
            (before == 0 || name.at[before - 1] == '-' || name.at[before - 1] == ':'))
            return words;
    }
    return NULL;
}

/* A clock that runs a little behind makes what just happened a little later than now. */
static bool age(const struct gv_reading *reading, struct gv_text text, uint32_t *out)
{
    enum { AHEAD_MS = 5000 };
    int64_t then, now;

    if (!gv_restconf_date(text, &then) || !gv_reading_now(reading, &now) ||
        now - then < -AHEAD_MS || (now - then) / 1000 > UINT32_MAX)
        return false;
    *out = now > then ? (uint32_t)((now - then) / 1000) : 0;
    return true;
}

static bool read_text(const struct gv_reading *reading, struct gv_text text, const char **out)
{
    const char *copy = gv_observation_text(reading->obs, gv_text_trim(text));

    if (copy != NULL)
        *out = copy;
    return copy != NULL;
}

static bool read_yes(const json_t *value, bool *out)
{
    if (!json_is_boolean(value))
        return false;
    *out = json_is_true(value);
    return true;
}

static bool read_word(struct gv_text name, const struct gv_leaf *leaf, void *field)
{
    const struct gv_word *word = word_of(name, leaf->words);

    if (word == NULL)
        return false;
    if (leaf->kind == GV_LEAF_NAME)
        memcpy(field, &word->text, sizeof(word->text));
    else
        memcpy(field, &word->value, sizeof(word->value));
    return true;
}

_Static_assert(sizeof(enum gv_ks_role) == sizeof(unsigned), "a word fills an enumeration");

static bool read_leaf(const struct gv_reading *reading, const json_t *object,
                      const struct gv_leaf *leaf, void *field)
{
    const json_t *value = json_object_get(object, leaf->name);
    struct gv_text text = gv_leaf_text(object, leaf->name);

    switch (leaf->kind) {
    case GV_LEAF_U32:
        return number(value, field);
    case GV_LEAF_OCTETS:
        return scaled(value, 8, field);
    case GV_LEAF_DAYS:
        return scaled(value, 86400, field);
    case GV_LEAF_YES:
        return read_yes(value, field);
    case GV_LEAF_TEXT:
        return text.n > 0 && read_text(reading, text, field);
    case GV_LEAF_WORD:
    case GV_LEAF_NAME:
        return text.n > 0 && read_word(text, leaf, field);
    case GV_LEAF_KEK:
        return text.n > 0 && gv_text_hex(gv_text_trim(text), field, GV_KEK_SPI_LEN);
    case GV_LEAF_TEK:
        return text.n > 0 && gv_text_hex(gv_text_trim(text), field, GV_TEK_SPI_LEN);
    case GV_LEAF_AGE:
        return text.n > 0 && age(reading, text, field);
    }
    return false;
}

void gv_leaves_read(const struct gv_reading *reading, const json_t *object,
                    const struct gv_leaf *leaves, size_t count, void *row, uint32_t *has)
{
    for (size_t i = 0; i < count; i++)
        if (read_leaf(reading, object, &leaves[i], (char *)row + leaves[i].offset))
            *has |= leaves[i].bit;
}
