/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_state.h"

/* The version behind the first "Version " of `line`, up to a comma or blank. */
static struct gv_text version_in(struct gv_text line)
{
    size_t at = gv_text_find(line, "version ");
    struct gv_text rest = gv_text_from(line, at + 8), word;

    if (!gv_text_word(&rest, &word))
        return (struct gv_text){"", 0};
    return gv_text_head(word, gv_text_index(word, ','));
}

static bool numbered(struct gv_text version)
{
    return version.n > 0 && version.at[0] >= '0' && version.at[0] <= '9';
}

static bool names_xe(struct gv_text line)
{
    return gv_text_find(line, "ios xe") < line.n || gv_text_find(line, "ios-xe") < line.n ||
           gv_text_find(line, "linux_iosd") < line.n || gv_text_find(line, "iosxe") < line.n;
}

/* From 16 on the release stands in a line of its own before the IOS one; a special
 * build has a name there, and its number in the other (versions). */
static void take(struct gv_show *s, struct gv_text line, struct gv_text version)
{
    struct gv_device_obs *device = &s->obs->device;

    if (version.n == 0)
        return;
    device->vendor = GV_VENDOR_CISCO;
    if (names_xe(line))
        device->os = GV_OS_IOS_XE;
    else if (device->os == GV_OS_UNSAID)
        device->os = GV_OS_IOS;
    if (device->os == GV_OS_IOS_XE && device->version != NULL && device->train == NULL &&
        gv_text_index(version, '(') < version.n)
        gv_show_text(s, &device->train, version); /* 3.x: "15.5(3)S5" behind "03.16.05.S" */
    if (device->version == NULL || (!numbered(gv_text(device->version)) && numbered(version))) {
        device->version = NULL;
        gv_show_text(s, &device->version, version);
        device->software = NULL;
        gv_show_text(s, &device->software, line);
    }
    s->told = true;
}

/* "IOS XE Version: 03.09.01.S": what the IOS line told so far is the train. */
static void take_xe(struct gv_show *s, struct gv_text version)
{
    struct gv_device_obs *device = &s->obs->device;

    version = gv_text_trim(version);
    if (version.n == 0)
        return;
    device->vendor = GV_VENDOR_CISCO;
    device->os = GV_OS_IOS_XE;
    if (device->version != NULL && device->train == NULL)
        device->train = device->version;
    device->version = NULL;
    gv_show_text(s, &device->version, version);
}

bool gv_show_version_line(struct gv_show *s, struct gv_text line)
{
    static const char *const begins[] = {"Cisco IOS", "IOS (tm)",
                                         "Cisco Internetwork Operating"};
    char first = line.at[0];
    size_t uptime;

    if (!(s->block & GV_IN_VERSION) && first != 'C' && first != 'I' && first != 'c' &&
        first != 'i')
        return false;
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
        if (!gv_text_starts(line, begins[i]))
            continue;
        s->block = GV_IN_VERSION;
        take(s, line, version_in(line));
        return true;
    }
    if (gv_text_starts(line, "IOS XE Version:")) {
        s->block = GV_IN_VERSION;
        take_xe(s, gv_text_from(line, 15));
        return true;
    }
    if (!(s->block & GV_IN_VERSION))
        return false;
    if (s->obs->device.hostname != NULL) /* told by a prompt, or found */
        return true;
    uptime = gv_text_find(line, " uptime is ");
    if (uptime < line.n)
        gv_show_text(s, &s->obs->device.hostname, gv_text_head(line, uptime));
    return true;
}
