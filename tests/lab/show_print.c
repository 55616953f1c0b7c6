/* SPDX-License-Identifier: Apache-2.0 */
#include "show_print.h"

#include <stdarg.h>
#include <stdio.h>

void lab_put(const struct lab_show *show, const char *format, ...)
{
    va_list arguments;
    char *room;
    int n;

    va_start(arguments, format);
    n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    room = n > 0 ? gv_buf_room(show->out, (size_t)n + 1) : NULL;
    if (room == NULL)
        return;
    va_start(arguments, format);
    (void)vsnprintf(room, (size_t)n + 1, format, arguments);
    va_end(arguments);
    gv_buf_grew(show->out, (size_t)n);
}

struct lab_ip lab_ip(uint32_t address)
{
    struct lab_ip ip;

    (void)snprintf(ip.text, sizeof(ip.text), "%u.%u.%u.%u", address >> 24, address >> 16 & 0xff,
                   address >> 8 & 0xff, address & 0xff);
    return ip;
}

const char *lab_role_name(enum lab_ks_role role)
{
    return role == LAB_PRIMARY ? "Primary" : role == LAB_SECONDARY ? "Secondary" : "Unknown";
}

bool lab_show_wants(const struct lab_show *show, const struct lab_group *group)
{
    return show->argument.n == 0 || gv_text_is(show->argument, group->name);
}

bool lab_show_since(const struct lab_show *show, enum lab_format format)
{
    return show->device->format >= format;
}

uint32_t lab_spi_number(const uint8_t *octets)
{
    return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
           octets[3];
}

void lab_show_gdoi(const struct lab_show *show)
{
    const struct lab_device *device = show->device;

    for (size_t i = 0; i < device->server_count; i++)
        if (lab_show_wants(show, device->servers[i].group))
            lab_show_gdoi_ks_group(show, &device->servers[i]);
    for (size_t i = 0; i < device->member_count; i++)
        if (lab_show_wants(show, device->members[i].group))
            lab_show_gdoi_gm_group(show, &device->members[i]);
}

static void rekey_sa_row(const struct lab_show *show, const struct lab_kek *kek,
                         struct lab_ip to, struct lab_ip from)
{
    lab_put(show, "%-15s %-15s %-15u ACTIVE\n", to.text, from.text, 1000 + kek->index);
}

void lab_show_rekey_sa(const struct lab_show *show)
{
    const struct lab_device *device = show->device;

    lab_put(show, "GETVPN REKEY SA\n"
                  "dst             src             conn-id         status\n");
    for (size_t i = 0; i < device->server_count; i++) {
        const struct lab_ks *ks = &device->servers[i];

        for (size_t k = ks->kek_count; k-- > 0;)
            rekey_sa_row(show, &ks->keks[k], lab_ip(ks->group->multicast_to),
                         lab_ip(ks->address));
    }
    for (size_t i = 0; i < device->member_count; i++) {
        const struct lab_gm *gm = &device->members[i];
        struct lab_ip from = lab_ip(gm->registered_with ? gm->registered_with->address : 0);

        if (gm->has_kek)
            rekey_sa_row(show, &gm->kek, lab_ip(gm->address), from);
        if (gm->has_previous)
            rekey_sa_row(show, &gm->previous, lab_ip(gm->address), from);
    }
}
