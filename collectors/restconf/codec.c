/* SPDX-License-Identifier: Apache-2.0 */
#include "restconf/codec.h"

#include <string.h>

#include "restconf/bounds.h"
#include "restconf/codec_part.h"

#define OPER   "Cisco-IOS-XE-crypto-oper:crypto-oper-data/"
#define NATIVE "Cisco-IOS-XE-native:native/crypto/Cisco-IOS-XE-crypto:"
#define SYSTEM "Cisco-IOS-XE-device-hardware-oper:device-hardware-data/device-hardware/"

const struct gv_word gv_restconf_transports[] = {
    {"unicast", GV_REKEY_UNICAST, NULL}, {"multicast", GV_REKEY_MULTICAST, NULL}, {NULL, 0, 0}};

const struct gv_word gv_restconf_ciphers[] = {
    {"aes", 0, "AES"}, {"3des", 0, "3DES"}, {"des", 0, "DES"}, {NULL, 0, NULL}};

const struct gv_restconf_list gv_restconf_lists[GV_RESTCONF_LISTS] = {
    {"device-system-data", SYSTEM "device-system-data"},
    {"gdoi-ks", OPER "gdoi-ks"},
    {"gdoi-ks-policy", OPER "gdoi-ks-policy"},
    {"gdoi-ks-rekey", OPER "gdoi-ks-rekey"},
    {"gdoi-ks-mem", OPER "gdoi-ks-mem"},
    {"gdoi-ks-coop", OPER "gdoi-ks-coop"},
    {"gdoi-gm", OPER "gdoi-gm"},
    {"gdoi-gm-rekey", OPER "gdoi-gm-rekey"},
    {"gdoi-rekey-sa", OPER "gdoi-rekey-sa"},
    {"gdoi", NATIVE "gdoi"},
    {"gkm", NATIVE "gkm"},
};

enum need { ALWAYS, OF_A_KS, OF_A_GM, OF_WHAT_IS_NOT_TOLD };

static void read_system(const struct gv_reading *reading, const json_t *entry);

/* In the order of gv_restconf_lists. */
static const struct {
    enum need need;
    void (*read)(const struct gv_reading *reading, const json_t *entry);
} lists[GV_RESTCONF_LISTS] = {
    {ALWAYS, read_system},
    {ALWAYS, gv_restconf_ks},
    {OF_A_KS, gv_restconf_ks_policy},
    {OF_A_KS, gv_restconf_ks_rekey},
    {OF_A_KS, gv_restconf_ks_members},
    {OF_A_KS, gv_restconf_ks_coop},
    {ALWAYS, gv_restconf_gm},
    {OF_A_GM, gv_restconf_gm_rekey},
    {OF_A_GM, gv_restconf_rekey_sa},
    {OF_WHAT_IS_NOT_TOLD, gv_restconf_config},
    {OF_WHAT_IS_NOT_TOLD, gv_restconf_config},
};

bool gv_restconf_wanted(size_t i, const struct gv_observation *obs)
{
    const uint32_t all = GV_KS_HAS_RETRANSMITS | GV_KS_HAS_RETRANSMIT_INTERVAL;
    bool ks = false, gm = false, untold = obs->groups == NULL;

    for (const struct gv_group_obs *g = obs->groups; g != NULL; g = g->next) {
        ks = ks || g->ks != NULL;
        gm = gm || g->gm != NULL;
        untold = untold || (g->ks != NULL && (g->ks->has & all) != all);
    }
    return lists[i].need == ALWAYS || (lists[i].need == OF_A_KS && ks) ||
           (lists[i].need == OF_A_GM && gm) || (lists[i].need == OF_WHAT_IS_NOT_TOLD && untold);
}

struct gv_group_obs *gv_restconf_group(const struct gv_reading *reading, const json_t *entry)
{
    const json_t *number = json_object_get(entry, "group-id");
    struct gv_text name = gv_leaf_text(entry, "group-name"), id = {"", 0};
    json_int_t n = json_integer_value(number);
    char digits[24];
    size_t at = sizeof(digits);

    if (name.n == 0)
        return NULL;
    if (json_is_integer(number) && n > 0) {
        for (; n > 0; n /= 10)
            digits[--at] = (char)('0' + n % 10);
        id = (struct gv_text){digits + at, sizeof(digits) - at};
    }
    return gv_observation_group(reading->obs, name, id);
}

const json_t *gv_restconf_next(const json_t *object, const char *name, size_t *at)
{
    return json_array_get(json_object_get(object, name), (*at)++);
}

/* "Cisco IOS Software [Cupertino], ... Version 17.9.4a, RELEASE SOFTWARE (fc3)" and more
 * lines; or the number alone. */
static struct gv_text version_of(struct gv_text line)
{
    static const char before[] = "Version ";
    size_t at = gv_text_find(line, before);

    if (at < line.n)
        line = gv_text_from(line, at + sizeof(before) - 1);
    line = gv_text_head(line, gv_text_index(line, ','));
    return gv_text_head(line, gv_text_index(line, ' '));
}

/* IOS-XE alone has these lists. */
static void read_system(const struct gv_reading *reading, const json_t *entry)
{
    struct gv_device_obs *device = &reading->obs->device;
    struct gv_text rest = gv_leaf_text(entry, "software-version"), line;
    int64_t booted, now;

    device->vendor = GV_VENDOR_CISCO;
    device->os = GV_OS_IOS_XE;
    if (gv_text_line(&rest, &line)) {
        line = gv_text_trim(line);
        device->software = gv_observation_text(reading->obs, line);
        device->version = gv_observation_text(reading->obs, version_of(line));
    }
    if (!gv_restconf_date(gv_leaf_text(entry, "boot-time"), &booted) ||
        !gv_reading_now(reading, &now) || now < booted)
        return;
    device->has_uptime = true;
    device->uptime_ms = (uint64_t)(now - booted);
}

/* The answer's only member, with or without the name of its module. */
static json_t *content(json_t *root, const char *name)
{
    void *at = json_object_iter(root);
    const char *key = at != NULL ? json_object_iter_key(at) : "";
    const char *colon = strchr(key, ':');

    if (json_object_size(root) != 1 || strcmp(colon != NULL ? colon + 1 : key, name) != 0)
        return NULL;
    return json_object_iter_value(at);
}

static void learn_time(const json_t *entry, struct gv_restconf_clock *clock, struct gv_time at)
{
    int64_t now;

    if (gv_restconf_date(gv_leaf_text(entry, "current-time"), &now))
        *clock = (struct gv_restconf_clock){true, now, at};
}

static enum gv_err read_content(size_t i, json_t *found, struct gv_restconf_clock *clock,
                                struct gv_observation *obs)
{
    struct gv_reading reading = {obs, clock};
    size_t n = json_is_object(found) ? 1 : json_array_size(found);

    if (!json_is_object(found) && !json_is_array(found))
        return GV_ERR_MALFORMED;
    for (size_t k = 0; k < n && !obs->failed; k++) {
        json_t *entry = json_is_object(found) ? found : json_array_get(found, k);

        if (!json_is_object(entry))
            return GV_ERR_MALFORMED;
        learn_time(entry, clock, obs->seen_at);
        lists[i].read(&reading, entry);
    }
    if (obs->failed)
        return GV_ERR_TOO_LARGE;
    return n > 0 ? GV_OK : GV_ERR_NO_DATA;
}

static json_t *parse(struct gv_text json)
{
    return json_loadb(json.at, json.n, JSON_REJECT_DUPLICATES, NULL);
}

enum gv_err gv_restconf_read(size_t i, struct gv_text json, struct gv_restconf_clock *clock,
                             struct gv_observation *obs)
{
    json_t *root, *found;
    enum gv_err err = GV_ERR_MALFORMED;

    if (gv_text_trim(json).n == 0)
        return GV_ERR_NO_DATA;
    if (json.n > GV_RESTCONF_OCTETS ||
        !gv_json_bounded(json, GV_RESTCONF_DEPTH, GV_RESTCONF_VALUES))
        return GV_ERR_TOO_LARGE;
    root = parse(json);
    found = content(root, gv_restconf_lists[i].name);
    if (found != NULL)
        err = read_content(i, found, clock, obs);
    json_decref(root);
    return err;
}

/* Append what of `text` can be printed. */
static size_t put(char *out, size_t n, size_t size, struct gv_text text)
{
    for (size_t i = 0; i < text.n && n + 1 < size; i++)
        out[n++] = text.at[i] >= ' ' && text.at[i] < 0x7f ? text.at[i] : ' ';
    out[n] = '\0';
    return n;
}

void gv_restconf_error(struct gv_text json, char *out, size_t size)
{
    json_t *root, *error;
    struct gv_text tag, message;
    size_t n;

    out[0] = '\0';
    if (json.n > GV_RESTCONF_OCTETS ||
        !gv_json_bounded(json, GV_RESTCONF_DEPTH, GV_RESTCONF_VALUES))
        return;
    root = parse(json);
    error = json_array_get(json_object_get(content(root, "errors"), "error"), 0);
    tag = gv_leaf_text(error, "error-tag");
    message = gv_leaf_text(error, "error-message");
    n = put(out, 0, size, tag);
    if (tag.n > 0 && message.n > 0)
        n = put(out, n, size, gv_text(": "));
    (void)put(out, n, size, message);
    json_decref(root);
}
