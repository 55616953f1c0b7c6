/* SPDX-License-Identifier: Apache-2.0 */
/* An observation for people: what the device said, and no more. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "render/label.h"
#include "tool/command.h"

enum { LINE_MOST = 1024 };

static void line(struct gv_buf *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Text of devices may hold anything: nothing of it may steer a terminal. */
static void line(struct gv_buf *out, const char *format, ...)
{
    char text[LINE_MOST];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    gv_visible_add(out, gv_text(text));
    gv_buf_add_char(out, '\n');
}

static const char *or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

/* "name: number" for each number that was said, on one line. */
struct number {
    const char *name;
    bool said;
    uint32_t value;
};

static void numbers(struct gv_buf *out, const char *title, const struct number *rows,
                    size_t count)
{
    char text[LINE_MOST] = "";
    size_t n = 0;

    for (size_t i = 0; i < count && n < sizeof(text); i++)
        if (rows[i].said)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s %" PRIu32,
                                  n > 0 ? ", " : "", rows[i].name, rows[i].value);
    if (n > 0)
        line(out, "%s%s", title, text);
}

/* One key: its SPI, as IOS prints it, and two words about it. */
static void key(struct gv_buf *out, const char *kind, const uint8_t *spi, size_t n,
                const char *first, const char *second)
{
    struct gv_buf hex = gv_buf(2 + 2 * GV_KEK_SPI_LEN);

    gv_buf_add_hex(&hex, spi, n);
    line(out, "  %s %s  %s %s", kind, n > 0 ? or_dash(hex.at) : "-", or_dash(first),
         or_dash(second));
    gv_buf_clear(&hex);
}

static void keks(struct gv_buf *out, const struct gv_kek_obs *kek)
{
    for (; kek != NULL; kek = kek->next) {
        const struct number rows[] = {
            {"lifetime", (kek->has & GV_KEK_HAS_LIFETIME) != 0, kek->lifetime_s},
            {"remaining", (kek->has & GV_KEK_HAS_REMAINING) != 0, kek->remaining_s},
            {"to rekey", (kek->has & GV_KEK_HAS_TO_REKEY) != 0, kek->to_rekey_s},
            {"key bits", (kek->has & GV_KEK_HAS_KEY_BITS) != 0, kek->key_bits},
            {"signature key bits", (kek->has & GV_KEK_HAS_SIG_KEY_BITS) != 0,
             kek->sig_key_bits},
        };

        key(out, "KEK", kek->spi, (kek->has & GV_KEK_HAS_SPI) ? GV_KEK_SPI_LEN : 0, kek->cipher,
            kek->sig_hash);
        numbers(out, "    ", rows, sizeof(rows) / sizeof(rows[0]));
    }
}

static void teks(struct gv_buf *out, const struct gv_tek_obs *tek)
{
    for (; tek != NULL; tek = tek->next) {
        const struct number rows[] = {
            {"lifetime", (tek->has & GV_TEK_HAS_LIFETIME) != 0, tek->lifetime_s},
            {"remaining", (tek->has & GV_TEK_HAS_REMAINING) != 0, tek->remaining_s},
            {"to rekey", (tek->has & GV_TEK_HAS_TO_REKEY) != 0, tek->to_rekey_s},
        };

        key(out, "TEK", tek->spi, (tek->has & GV_TEK_HAS_SPI) ? GV_TEK_SPI_LEN : 0,
            tek->transform, tek->interface);
        numbers(out, "    ", rows, sizeof(rows) / sizeof(rows[0]));
    }
}

static void key_server(struct gv_buf *out, const struct gv_ks_obs *ks)
{
    const struct number rows[] = {
        {"priority", (ks->has & GV_KS_HAS_PRIORITY) != 0, ks->priority},
        {"members", (ks->has & GV_KS_HAS_MEMBERS_REGISTERED) != 0, ks->members_registered},
        {"retransmits", (ks->has & GV_KS_HAS_RETRANSMITS) != 0, ks->retransmits},
        {"interval", (ks->has & GV_KS_HAS_RETRANSMIT_INTERVAL) != 0, ks->retransmit_interval_s},
        {"rekeys sent", (ks->has & GV_KS_HAS_REKEYS_SENT) != 0, ks->rekeys_sent},
    };

    line(out, "  KS %s  role %s, status %s, GDOI %s", or_dash(ks->address),
         or_dash(gv_ks_role_name(ks->role)), or_dash(gv_ks_status_name(ks->status)),
         or_dash(ks->version));
    numbers(out, "    ", rows, sizeof(rows) / sizeof(rows[0]));
    for (const struct gv_peer_obs *peer = ks->peers; peer != NULL; peer = peer->next)
        line(out, "    peer %s  role %s, status %s, GDOI %s", or_dash(peer->address),
             or_dash(gv_ks_role_name(peer->role)), or_dash(gv_ks_status_name(peer->status)),
             or_dash(peer->version));
    for (const struct gv_member_obs *member = ks->members; member != NULL;
         member = member->next)
        line(out, "    member %s  %s, GDOI %s, registered with %s", or_dash(member->id),
             or_dash(member->state), or_dash(member->version), or_dash(member->ks));
}

static void group_member(struct gv_buf *out, const struct gv_gm_obs *gm)
{
    const struct number rows[] = {
        {"re-registers in", (gm->has & GV_GM_HAS_REREGISTERS_IN) != 0, gm->reregisters_in_s},
        {"registrations", (gm->has & GV_GM_HAS_REGISTRATIONS_SUCCEEDED) != 0,
         gm->registrations_succeeded},
        {"attempts", (gm->has & GV_GM_HAS_REGISTRATIONS_ATTEMPTED) != 0,
         gm->registrations_attempted},
        {"rekeys received", (gm->has & GV_GM_HAS_REKEYS_RECEIVED) != 0, gm->rekeys_received},
    };
    bool said = (gm->has & GV_GM_HAS_REGISTERED) != 0;

    line(out, "  GM %s  %s%s, with %s, GDOI %s", or_dash(gm->address),
         !said            ? "registration unknown"
         : gm->registered ? "registered"
                          : "not registered",
         gm->registered_inferred ? " (inferred)" : "", or_dash(gm->registered_with),
         or_dash(gm->version));
    numbers(out, "    ", rows, sizeof(rows) / sizeof(rows[0]));
}

void tool_observation_text(const struct gv_observation *obs, struct gv_buf *out)
{
    const struct gv_device_obs *device = &obs->device;

    line(out, "device %s  %s %s, version %s", or_dash(device->hostname),
         or_dash(gv_vendor_name(device->vendor)), or_dash(gv_os_name(device->os)),
         or_dash(device->version));
    for (const struct gv_group_obs *group = obs->groups; group != NULL; group = group->next) {
        line(out, "group %s  id %s, %s, %s", or_dash(group->name), or_dash(group->id),
             or_dash(gv_group_type_name(group->type)),
             or_dash(gv_rekey_transport_name(group->transport)));
        if (group->ks != NULL)
            key_server(out, group->ks);
        if (group->gm != NULL)
            group_member(out, group->gm);
        keks(out, group->keks);
        teks(out, group->teks);
    }
}
