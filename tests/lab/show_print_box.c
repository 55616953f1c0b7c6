/* SPDX-License-Identifier: Apache-2.0 */
/* What concerns the whole box: `show version`, the running configuration. */
#include <string.h>

#include "show_print.h"

/* --- show version -------------------------------------------------------- */

static const struct {
    uint32_t minor;
    const char *codename;
} codenames[] = {
    {9, "Cupertino"}, {6, "Bengaluru"}, {3, "Amsterdam"}, {12, "Dublin"}, {15, "IOSXE"},
};

/* "17.09.04a" is a release of the unified numbering, "03.16.05.S" is not. */
static bool unified(const struct lab_device *device)
{
    uint32_t major = 0;

    return device->os == LAB_IOS_XE &&
           gv_text_u32_lead(gv_text_head(gv_text(device->version), 2), &major) && major >= 16;
}

static const char *codename(const char *version)
{
    struct gv_text rest = gv_text_from(gv_text(version), 3);
    uint32_t minor = 0;

    if (gv_text_u32(gv_text_head(rest, gv_text_index(rest, '.')), &minor))
        for (size_t i = 0; i < sizeof(codenames) / sizeof(codenames[0]); i++)
            if (codenames[i].minor == minor)
                return codenames[i].codename;
    return "IOSXE";
}

/* "17.09.04a" without the zeros that pad: "17.9.4a". */
static void put_unpadded(const struct lab_show *show, const char *version)
{
    bool begins = true;

    for (const char *c = version; *c != '\0'; c++) {
        bool padding = begins && *c == '0' && c[1] >= '0' && c[1] <= '9';

        begins = *c == '.' || padding;
        if (!padding)
            gv_buf_add_char(show->out, *c);
    }
}

static void put_software(const struct lab_show *show)
{
    const struct lab_device *device = show->device;

    if (unified(device)) {
        lab_put(show, "Cisco IOS XE Software, Version %s\n", device->version);
        lab_put(show,
                "Cisco IOS Software [%s], %s Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)"
                ", Version ",
                codename(device->version), device->platform);
        put_unpadded(show, device->version);
        lab_put(show, ", RELEASE SOFTWARE (fc2)\n");
    } else if (device->os == LAB_IOS_XE) {
        lab_put(show,
                "Cisco IOS Software, IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)"
                ", Version %s, RELEASE SOFTWARE (fc1)\n",
                device->train != NULL ? device->train : device->version);
    } else {
        lab_put(show,
                "Cisco IOS Software, %s Software (%s-ADVENTERPRISEK9-M), Version %s, "
                "RELEASE SOFTWARE (fc1)\n",
                device->platform, device->platform, device->version);
    }
    lab_put(show, "Technical Support: http://www.cisco.com/techsupport\n"
                  "Compiled Tue 03-Mar-20 10:00 by getvpn_lab\n\n");
    if (device->os == LAB_IOS_XE && !unified(device))
        lab_put(show, "IOS XE Version: %s\n\n", device->version);
}

/* "1 week, 2 days, 3 hours, 1 minute": the parts from the largest that is not 0. */
static void put_uptime(const struct lab_show *show)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"year", 31536000}, {"week", 604800}, {"day", 86400}, {"hour", 3600}};
    int64_t left_s = gv_time_diff(show->now, show->device->booted).ms / 1000;

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        int64_t count = left_s / units[i].seconds;

        left_s %= units[i].seconds;
        if (count > 0)
            lab_put(show, "%lld %s%s, ", (long long)count, units[i].name,
                    count == 1 ? "" : "s");
    }
    lab_put(show, "%lld minute%s\n", (long long)(left_s / 60), left_s / 60 == 1 ? "" : "s");
}

void lab_show_version(const struct lab_show *show)
{
    const struct lab_device *device = show->device;

    put_software(show);
    lab_put(show, "ROM: %s\n\n%s uptime is ",
            device->os == LAB_IOS_XE ? "IOS-XE ROMMON" : "System Bootstrap, lab edition",
            device->hostname);
    put_uptime(show);
    lab_put(show,
            "System returned to ROM by reload\n"
            "System image file is \"%s:lab-universalk9.bin\"\n",
            device->os == LAB_IOS_XE ? "bootflash" : "flash0");
    if (lab_show_since(show, LAB_FORMAT_15))
        lab_put(show, "Last reload type: Normal Reload\nLast reload reason: Reload Command\n");
    lab_put(show,
            "\n\nThis box is simulated: part of a lab, no router anywhere.\n\n"
            "Cisco %s (revision 1.0) with 1048576K/65536K bytes of memory.\n"
            "Processor board ID LAB%08u\n"
            "3 Gigabit Ethernet interfaces\n"
            "255K bytes of non-volatile configuration memory.\n\n"
            "Configuration register is 0x2102\n",
            device->platform, device->number);
}

/* --- show logging -------------------------------------------------------- */

void lab_show_logging(const struct lab_show *show)
{
    const struct lab_log *log = show->device->log;
    size_t count = log != NULL ? log->count : 0;

    lab_put(show,
            "Syslog logging: enabled (0 messages dropped, 0 flushes, 0 overruns)\n\n"
            "    Console logging: disabled\n    Monitor logging: level debugging\n"
            "    Buffer logging:  level debugging, %zu messages logged\n\n"
            "Log Buffer (16384 bytes):\n\n",
            count);
    for (size_t i = count > LAB_LOG_LINES ? count - LAB_LOG_LINES : 0; i < count; i++)
        lab_put(show, "%s\n", log->lines[i % LAB_LOG_LINES]);
}

/* --- show running-config -------------------------------------------------- */

static void put_ks_config(const struct lab_show *show, const struct lab_ks *ks)
{
    const struct lab_group *group = ks->group;

    lab_put(show,
            "crypto gdoi group %s\n identity number %u\n server local\n"
            "  rekey algorithm aes %d\n  rekey lifetime seconds %u\n"
            "  rekey retransmit %u number %u\n"
            "  rekey authentication mypubkey rsa REKEYRSA\n",
            group->name, group->id, LAB_KEK_BITS, group->kek_lifetime_s, group->interval_s,
            group->retransmits);
    if (group->transport == LAB_UNICAST)
        lab_put(show, "  rekey transport unicast\n");
    else
        lab_put(show, "  rekey address ipv4 REKEY-%u\n", group->id);
    lab_put(show,
            "  sa ipsec 1\n   profile GETVPN-PROFILE\n   match address ipv4 ACL-%u\n"
            "   replay counter window-size 64\n  address ipv4 %s\n",
            group->id, lab_ip(ks->address).text);
    if (ks->peer_count > 0)
        lab_put(show, "  redundancy\n   local priority %u\n", ks->priority);
    for (size_t i = 0; i < ks->peer_count; i++)
        lab_put(show, "   peer address ipv4 %s\n", lab_ip(ks->peers[i].ks->address).text);
    lab_put(show, "!\n");
}

static void put_gm_config(const struct lab_show *show, const struct lab_gm *gm)
{
    const struct lab_group *group = gm->group;

    lab_put(show, "crypto gdoi group %s\n identity number %u\n", group->name, group->id);
    for (size_t i = 0; i < group->server_count; i++)
        lab_put(show, " server address ipv4 %s\n", lab_ip(group->servers[i]->address).text);
    lab_put(show, "!\ncrypto map GETVPN-%u 10 gdoi\n set group %s\n!\n", group->id,
            group->name);
}

void lab_show_running_config(const struct lab_show *show)
{
    const struct lab_device *device = show->device;

    lab_put(show,
            "Building configuration...\n\nCurrent configuration : 2048 bytes\n!\n"
            "version %s\n!\nhostname %s\n!\n",
            device->format == LAB_FORMAT_12_4T ? "12.4"
            : device->format == LAB_FORMAT_15  ? "15.2"
                                               : "17.9",
            device->hostname);
    lab_put(show, "crypto ipsec transform-set GETVPN-TS esp-aes 256 esp-sha-hmac\n!\n"
                  "crypto ipsec profile GETVPN-PROFILE\n set transform-set GETVPN-TS\n!\n");
    for (size_t i = 0; i < device->server_count; i++)
        put_ks_config(show, &device->servers[i]);
    for (size_t i = 0; i < device->member_count; i++)
        put_gm_config(show, &device->members[i]);
    lab_put(show, "interface GigabitEthernet0/1\n ip address %s 255.0.0.0\n!\nend\n",
            device->address);
}
