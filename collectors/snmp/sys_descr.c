/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/sys_descr.h"

/* First match wins: IOS-XE calls itself IOS too. */
static const struct {
    const char *words;
    enum gv_vendor vendor;
    enum gv_os os;
    const char *before_version;
} systems[] = {
    {"IOS XE", GV_VENDOR_CISCO, GV_OS_IOS_XE, "Version "},
    {"IOS-XE", GV_VENDOR_CISCO, GV_OS_IOS_XE, "Version "},
    {"LINUX_IOSD", GV_VENDOR_CISCO, GV_OS_IOS_XE, "Version "},
    {"Cisco IOS", GV_VENDOR_CISCO, GV_OS_IOS, "Version "},
    {"IOS (tm)", GV_VENDOR_CISCO, GV_OS_IOS, "Version "},
    {"JUNOS", GV_VENDOR_JUNIPER, GV_OS_JUNOS, "JUNOS "},
};

static const struct {
    uint32_t enterprise;
    enum gv_vendor vendor;
} vendors[] = {{9, GV_VENDOR_CISCO}, {2636, GV_VENDOR_JUNIPER}};

static bool ends_version(char c)
{
    return c == ',' || c == ' ' || c == ';' || c == '\t' || c == '\r' || c == '\n';
}

/* The first version that is a number; some images put a name in its place and
 * repeat the number later. Where none is, the first. */
static struct gv_text version_of(struct gv_text descr, const char *before)
{
    size_t before_n = gv_text(before).n;
    struct gv_text first = {"", 0};

    for (size_t at = gv_text_find(descr, before); at < descr.n;
         at = gv_text_find(descr, before)) {
        struct gv_text version = {descr.at + at + before_n, 0};

        descr = gv_text_from(descr, at + before_n);
        while (version.n < descr.n && !ends_version(descr.at[version.n]))
            version.n++;
        if (first.n == 0)
            first = version;
        if (version.n > 0 && version.at[0] >= '0' && version.at[0] <= '9')
            return version;
    }
    return first;
}

void gv_sys_descr_read(struct gv_observation *obs, struct gv_text descr, uint32_t enterprise)
{
    struct gv_device_obs *device = &obs->device;
    struct gv_text rest = descr, line;

    for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
        if (vendors[i].enterprise == enterprise)
            device->vendor = vendors[i].vendor;
    if (gv_text_line(&rest, &line))
        device->software = gv_observation_text(obs, gv_text_trim(line));
    for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
        if (gv_text_find(descr, systems[i].words) == descr.n)
            continue;
        device->vendor = systems[i].vendor;
        device->os = systems[i].os;
        device->version =
            gv_observation_text(obs, version_of(descr, systems[i].before_version));
        return;
    }
}
