/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "check/parts.h"

static const double NUMBER_MOST = 1e12;

const json_t *gv_check_object(const json_t *o, const char *name)
{
    const json_t *member = json_object_get(o, name);

    return json_is_object(member) ? member : NULL;
}

const char *gv_check_text(const json_t *o, const char *name)
{
    return json_string_value(json_object_get(o, name));
}

bool gv_check_number(const json_t *o, const char *name, int64_t *out)
{
    const json_t *member = json_object_get(o, name);
    double value = json_number_value(member);

    if (!json_is_number(member) || !(value >= -NUMBER_MOST && value <= NUMBER_MOST))
        return false;
    *out = (int64_t)(value * 1000 + (value < 0 ? -0.5 : 0.5));
    return true;
}

bool gv_check_bool(const json_t *o, const char *name, bool *out)
{
    const json_t *member = json_object_get(o, name);

    if (!json_is_boolean(member))
        return false;
    *out = json_is_true(member);
    return true;
}

bool gv_check_true(const json_t *o, const char *name)
{
    bool yes = false;

    return gv_check_bool(o, name, &yes) && yes;
}

bool gv_check_says(const json_t *o, const char *name, const char *text)
{
    const char *said = gv_check_text(o, name);

    return said != NULL && strcmp(said, text) == 0;
}

const json_t *gv_check_list(const json_t *o, const char *name)
{
    const json_t *member = json_object_get(o, name);

    return json_is_array(member) ? member : NULL;
}

/* Greedy, and back to the last star where that led nowhere: no recursion, and at most
 * octets of the pattern times octets of the name. */
bool gv_check_fits(const char *pattern, const char *name)
{
    const char *star = NULL, *mark = NULL;

    if (pattern == NULL)
        return true;
    if (name == NULL)
        name = "";
    while (*name != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            mark = name;
        } else if (*pattern == '?' || *pattern == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star;
            name = ++mark;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

bool gv_check_in_group(const struct gv_check *check, const json_t *o)
{
    static const char *const names[] = {"group", "name", "id"};
    const char *pattern = check->ask->group;

    if (pattern == NULL)
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *name = gv_check_text(o, names[i]);

        if (name != NULL && gv_check_fits(pattern, name))
            return true;
    }
    return false;
}

bool gv_check_observed(const json_t *device, int64_t *out)
{
    const json_t *collectors = gv_check_list(device, "collectors");
    bool known = false;

    for (size_t i = 0; i < json_array_size(collectors); i++) {
        int64_t at;

        if (!gv_check_number(json_array_get(collectors, i), "observed_at", &at) ||
            (known && at >= *out))
            continue;
        *out = at;
        known = true;
    }
    return known;
}

/* The age of the youngest observation. */
static bool age_of(const json_t *collectors, int64_t *out)
{
    bool known = false;

    for (size_t i = 0; i < json_array_size(collectors); i++) {
        int64_t age;

        if (!gv_check_number(json_array_get(collectors, i), "age_seconds", &age) ||
            (known && age >= *out))
            continue;
        *out = age;
        known = true;
    }
    return known;
}

/* "snmp: timeout" of each collector that failed. */
static void say_failures(const json_t *collectors, struct gv_buf *out)
{
    size_t said = 0;

    for (size_t i = 0; i < json_array_size(collectors); i++) {
        const json_t *collector = json_array_get(collectors, i);
        const char *name = gv_check_text(collector, "name");
        const char *reason = gv_check_text(collector, "reason");

        if (reason == NULL)
            continue;
        gv_buf_add_str(out, said++ == 0 ? ": " : ", ");
        gv_clean_add(out, gv_text(name));
        gv_buf_add_char(out, ' ');
        gv_clean_add(out, gv_text(reason));
    }
}

bool gv_check_silent(const struct gv_check *check, const json_t *device, struct gv_buf *out)
{
    const json_t *collectors = gv_check_list(device, "collectors");
    int64_t age;
    bool up;

    /* Nobody asks it; what it tells by itself is never stale. */
    if (!gv_check_bool(device, "up", &up))
        return false;
    if (!age_of(collectors, &age)) {
        gv_buf_add_str(out, "no data");
    } else if (age > check->ask->max_age.ms) {
        gv_buf_add_str(out, "silent for ");
        gv_seconds_add(out, age - age % 1000);
    } else {
        return false;
    }
    say_failures(collectors, out);
    return true;
}

size_t gv_check_device_count(const struct gv_check *check)
{
    if (gv_check_object(check->document, "device") != NULL)
        return 1;
    return json_array_size(gv_check_list(check->document, "devices"));
}

const json_t *gv_check_device_at(const struct gv_check *check, size_t i)
{
    const json_t *device = gv_check_object(check->document, "device");
    const char *name;

    if (device == NULL)
        device = json_array_get(gv_check_list(check->document, "devices"), i);
    name = gv_check_text(device, "name");
    return name != NULL && gv_check_fits(check->ask->device, name) ? device : NULL;
}

/* On to the next device that counts; false at the end. */
static bool next_device(struct gv_check *check, struct gv_check_walk *walk)
{
    while (walk->device_i < gv_check_device_count(check)) {
        const json_t *device = gv_check_device_at(check, walk->device_i++);

        if (device == NULL || gv_check_silent(check, device, gv_check_begin(check, NULL, NULL)))
            continue;
        walk->device = device;
        walk->name = gv_check_text(device, "name");
        walk->group_i = 0;
        return true;
    }
    return false;
}

bool gv_check_next(struct gv_check *check, struct gv_check_walk *walk)
{
    while (walk->device != NULL || next_device(check, walk)) {
        const json_t *groups = gv_check_list(walk->device, "groups");

        while (walk->group_i < json_array_size(groups)) {
            walk->membership = json_array_get(groups, walk->group_i++);
            walk->group = gv_check_text(walk->membership, "group");
            if (walk->group != NULL && gv_check_in_group(check, walk->membership))
                return true;
        }
        walk->device = NULL;
    }
    return false;
}
