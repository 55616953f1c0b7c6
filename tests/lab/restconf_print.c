/* SPDX-License-Identifier: Apache-2.0 */
#include "restconf_print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PIECE_SIZE = 512 };

static void put(const struct lab_rest *rest, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(const struct lab_rest *rest, const char *format, ...)
{
    char piece[PIECE_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(piece, sizeof(piece), format, args);
    va_end(args);
    gv_buf_add_str(rest->out, piece);
}

/* `"name":"text",` with what JSON wants escaped; nothing for NULL. */
static void put_text(const struct lab_rest *rest, const char *name, const char *text)
{
    if (text == NULL)
        return;
    put(rest, "\"%s\":\"", name);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            gv_buf_add_char(rest->out, '\\');
        gv_buf_add_char(rest->out, *text);
    }
    gv_buf_add_str(rest->out, "\",");
}

static void put_ip(const struct lab_rest *rest, const char *name, uint32_t a)
{
    put(rest, "\"%s\":\"%u.%u.%u.%u\",", name, a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

/* An instant of the fleet's clock as the box's date-and-time; 1970 where it never came. */
static void put_date(const struct lab_rest *rest, const char *name, struct gv_time at)
{
    time_t unix_s = at.ms == LAB_NEVER.ms
                        ? 0
                        : (time_t)(rest->unix_s + gv_time_diff(at, rest->now).ms / 1000);
    char text[64];
    struct tm parts;

    (void)gmtime_r(&unix_s, &parts);
    (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S+00:00", &parts);
    put_text(rest, name, text);
}

static void put_hex(const struct lab_rest *rest, const char *name, const uint8_t *octets,
                    size_t n)
{
    put(rest, "\"%s\":\"", name);
    gv_buf_add_hex(rest->out, octets, n);
    gv_buf_add_str(rest->out, "\",");
}

/* The comma that the last member left is not JSON. */
static void end_object(const struct lab_rest *rest)
{
    if (rest->out->n > 0 && rest->out->at[rest->out->n - 1] == ',')
        rest->out->at[--rest->out->n] = '\0';
    gv_buf_add_str(rest->out, "},");
}

static void end_list(const struct lab_rest *rest)
{
    if (rest->out->n > 0 && rest->out->at[rest->out->n - 1] == ',')
        rest->out->at[--rest->out->n] = '\0';
    gv_buf_add_str(rest->out, "],");
}

static const char *transport(const struct lab_group *group)
{
    return group->transport == LAB_UNICAST ? "crypto-rekey-transport-unicast"
                                           : "crypto-rekey-transport-multicast";
}

static const char *role(enum lab_ks_role role)
{
    return role == LAB_PRIMARY     ? "crypto-ks-role-primary"
           : role == LAB_SECONDARY ? "crypto-ks-role-secondary"
                                   : "crypto-ks-role-invalid";
}

/* Whole seconds until `end`; from the key's birth on a box that counts from there. */
static uint32_t left(const struct lab_rest *rest, struct gv_time born, struct gv_time end)
{
    return lab_left_s(end, rest->device->restconf.stale ? born : rest->now);
}

/* --- key servers --- */

static void put_ks(const struct lab_rest *rest, const struct lab_ks *ks)
{
    put_text(rest, "group-name", ks->group->name);
    put(rest,
        "\"group-id\":%u,\"re-auth\":false,\"group-type\":\"crypto-group-type-gdoi\","
        "\"total-mem\":%zu,\"gdoi-mem\":%zu,\"gikev2-mem\":0,"
        "\"rekey-ack\":\"crypto-rekey-ack-cisco\",\"sa-dir\":\"crypto-sa-dir-both\","
        "\"redundancy\":%s,",
        ks->group->id, ks->member_count, ks->member_count,
        ks->peer_count > 0 ? "true" : "false");
    put_ip(rest, "ks-addr", ks->address);
    put(rest, "\"priority\":%u,\"status\":\"crypto-ks-status-alive\",", ks->priority & 255);
    put_text(rest, "role", role(ks->role));
    put_text(rest, "version", rest->device->gdoi_version);
    put_text(rest, "coop-version", "1.0.8");
}

/* Once a rekey is sent the KS speaks of the new KEK only, as its show output does. */
static void put_kek(const struct lab_rest *rest, const struct lab_ks *ks,
                    const struct lab_kek *kek)
{
    gv_buf_add_str(rest->out, "\"valid-kek\":true,\"kek\":{");
    put_text(rest, "rekey-transport-type", transport(ks->group));
    put_hex(rest, "kek-spi", kek->spi, sizeof(kek->spi));
    put(rest,
        "\"mgmt-alg\":false,\"encr-alg\":\"crypto-encr-aes\",\"crypto-iv-len\":16,"
        "\"key-size\":32,\"orig-life\":%u,",
        kek->lifetime_s);
    put_date(rest, "kek-birth-time", kek->born);
    put(rest, "\"rem-life\":%u,", left(rest, kek->born, kek->expiry));
    if (ks->kek_rekey_at.ms != LAB_NEVER.ms)
        put(rest, "\"time-to-rekey\":%u,", left(rest, kek->born, ks->kek_rekey_at));
    gv_buf_add_str(rest->out, "\"sig-hash-alg\":true,\"sig-key-len\":2048,");
    end_object(rest);
}

static void put_tek(const struct lab_rest *rest, const struct lab_tek *tek)
{
    gv_buf_add_str(rest->out, "{\"encaps-mode\":\"crypto-encaps-mode-tunnel\",");
    put_hex(rest, "tek-spi", tek->spi, sizeof(tek->spi));
    put(rest,
        "\"transform-mode\":\"crypto-transform-esp-aes-cbc-256 crypto-transform-esp-hmac-sha\","
        "\"orig-life\":%u,",
        tek->lifetime_s);
    put_date(rest, "tek-birth-time", tek->born);
    put(rest, "\"rem-life\":%u,", left(rest, tek->born, tek->expiry));
    if (tek->rekey_at.ms != LAB_NEVER.ms)
        put(rest, "\"time-to-rekey\":%u,", left(rest, tek->born, tek->rekey_at));
    end_object(rest);
}

static void put_ks_policy(const struct lab_rest *rest, const struct lab_ks *ks)
{
    const struct lab_kek *kek = lab_ks_newest_kek(ks);

    put_text(rest, "group-name", ks->group->name);
    gv_buf_add_str(rest->out, "\"ks-entry\":[{");
    put_ip(rest, "ks-ip", ks->address);
    put(rest, "\"total-tek\":%zu,\"seq-num\":%u,", ks->tek_count, ks->rekey_sequence);
    if (kek != NULL)
        put_kek(rest, ks, kek);
    gv_buf_add_str(rest->out, "\"tek\":[");
    for (size_t i = ks->tek_count; i-- > 0;)
        put_tek(rest, &ks->teks[i]);
    end_list(rest);
    end_object(rest);
    end_list(rest);
}

static void put_ks_rekey(const struct lab_rest *rest, const struct lab_ks *ks)
{
    const struct lab_kek *kek = lab_ks_newest_kek(ks);

    put_text(rest, "group-name", ks->group->name);
    put(rest,
        "\"rekey-ack\":\"crypto-rekey-ack-cisco\",\"rekey-in-progress\":false,"
        "\"rekeys-sent\":%u,\"rekeys-rexmit\":%u,\"kek-lifetime\":%u,"
        "\"rexmit-period\":%u,\"num-rexmit\":%u,\"cur-rexmit\":0,",
        ks->rekeys_sent, ks->rekey_retransmits, ks->group->kek_lifetime_s,
        ks->group->interval_s, ks->group->retransmits);
    if (kek != NULL) {
        put_date(rest, "kek-birth-time", kek->born);
        put(rest, "\"kek-rem-life\":%u,", left(rest, kek->born, kek->expiry));
    }
    if (kek != NULL && ks->kek_rekey_at.ms != LAB_NEVER.ms)
        put(rest, "\"rem-time-kek-rekey\":%u,", left(rest, kek->born, ks->kek_rekey_at));
    put(rest, "\"ipsec-sa\":[{\"ipsec-sa-num\":1,\"tek-lifetime\":%u}],",
        ks->group->tek_lifetime_s);
}

static void put_member(const struct lab_rest *rest, const struct lab_ks *ks, size_t i)
{
    const struct lab_member *m = &ks->members[i];

    put(rest, "{\"gm-number\":%zu,", i + 1);
    put_ip(rest, "gm-id", m->address);
    put_text(rest, "gm-ver", m->version);
    put_ip(rest, "ks-id", m->registered_with != NULL ? m->registered_with->address : 0);
    put(rest,
        "\"gm-state\":\"crypto-reg-status-registered\",\"rekeys-sent\":%u,"
        "\"rekey-retries\":%u,\"rekey-acks-rcvd\":%u,\"rekey-acks-missed\":%u",
        m->rekeys_sent, m->rekey_retries, m->acks_received, m->acks_missed);
    end_object(rest);
}

static void put_ks_mem(const struct lab_rest *rest, const struct lab_ks *ks)
{
    put_text(rest, "group-name", ks->group->name);
    put(rest, "\"group-id\":%u,\"tot-group-mem\":%zu,\"num-rekeys-sent\":%u,", ks->group->id,
        ks->member_count, ks->rekeys_sent);
    if (ks->role == LAB_PRIMARY)
        put(rest, "\"num-rexmit\":%u,\"duration\":%u,", ks->last_rekey_retransmits,
            ks->last_rekey_duration_ms);
    gv_buf_add_str(rest->out, "\"gm-entry\":[");
    for (size_t i = 0; i < ks->member_count; i++)
        put_member(rest, ks, i);
    end_list(rest);
}

/* Announcement counters are 16 bits wide, and wrap. */
static void put_peer(const struct lab_rest *rest, const struct lab_peer *peer)
{
    gv_buf_add_char(rest->out, '{');
    put_ip(rest, "ks-addr", peer->ks->address);
    put_text(rest, "role", role(peer->role));
    put_text(rest, "status", peer->alive ? "crypto-ks-status-alive" : "crypto-ks-status-dead");
    put_text(rest, "version", peer->ks->device->gdoi_version);
    put(rest, "\"priority\":%u,\"ann-msgs-sent\":%u,\"ann-msgs-rcv\":%u",
        peer->ks->priority & 255, peer->announcements_sent & 65535,
        peer->announcements_received & 65535);
    end_object(rest);
}

static void put_ks_coop(const struct lab_rest *rest, const struct lab_ks *ks)
{
    put_text(rest, "group-name", ks->group->name);
    put(rest, "\"redundancy\":%s,\"local-ks\":{", ks->peer_count > 0 ? "true" : "false");
    put_ip(rest, "ks-addr", ks->address);
    put_text(rest, "role", role(ks->role));
    put_text(rest, "version", rest->device->gdoi_version);
    put(rest, "\"priority\":%u,\"status\":\"crypto-ks-status-alive\"", ks->priority & 255);
    end_object(rest);
    gv_buf_add_str(rest->out, "\"peer-ks\":[");
    for (size_t i = 0; i < ks->peer_count; i++)
        put_peer(rest, &ks->peers[i]);
    end_list(rest);
}

/* --- members --- */

static uint32_t server_of(const struct lab_gm *gm)
{
    return gm->registered_with != NULL ? gm->registered_with->address : 0;
}

static void put_gm(const struct lab_rest *rest, const struct lab_gm *gm)
{
    uint32_t due_s = 0;

    put_text(rest, "group-name", gm->group->name);
    gv_buf_add_str(rest->out, "\"sa-dir\":\"crypto-sa-dir-both\",\"gm-entry\":[{");
    put_text(rest, "group-name", gm->group->name);
    put_ip(rest, "local-addr", gm->address);
    put_ip(rest, "remote-addr", server_of(gm));
    put_text(rest, "gm-ver", rest->device->gdoi_version);
    put_text(rest, "gm-state",
             gm->registered_with != NULL ? "crypto-reg-status-registered"
                                         : "crypto-reg-status-registering");
    if (lab_gm_registers_in(gm, rest->now, &due_s))
        put(rest, "\"secs-to-re-reg\":%u,", due_s);
    put(rest, "\"vrf-enabled\":false,\"succ-reg\":%u,\"att-reg\":%u,\"last-rekey-seq-num\":%u,",
        gm->registrations_succeeded, gm->registrations_attempted, gm->last_rekey_sequence);
    put_date(rest, "last-rekey-time", gm->last_rekey_at);
    put(rest, "\"rekeys-rcvd\":%u,\"rekey-acks-sent\":%u,\"active-tek-count\":%zu",
        gm->rekeys_received, gm->rekey_acks_sent, gm->tek_count);
    end_object(rest);
    end_list(rest);
}

static void put_gm_rekey(const struct lab_rest *rest, const struct lab_gm *gm)
{
    put_text(rest, "group-name", gm->group->name);
    put_text(rest, "transport-type", transport(gm->group));
    put(rest, "\"total-rekeys-rcv\":%u,\"rekey-acks-sent\":%u,\"detail\":false,",
        gm->rekeys_received, gm->rekey_acks_sent);
}

/* "Valid till original life seconds after the birth time" is what the model promises. */
static void put_sa(const struct lab_rest *rest, const struct lab_gm *gm,
                   const struct lab_kek *kek)
{
    gv_buf_add_char(rest->out, '{');
    put_text(rest, "transport-type", transport(gm->group));
    put_ip(rest, "local-addr", gm->address);
    put_ip(rest, "remote-addr", server_of(gm));
    put_hex(rest, "kek-spi", kek->spi, sizeof(kek->spi));
    put_date(rest, "birth-time", gv_time_sub(kek->expiry, gv_secs(kek->lifetime_s)));
    put(rest,
        "\"encr-alg\":\"crypto-encr-aes\",\"key-size\":32,\"orig-life\":%u,\"seq-num\":%u,"
        "\"gm-mode\":true",
        kek->lifetime_s, gm->last_rekey_sequence);
    end_object(rest);
}

static void put_rekey_sa(const struct lab_rest *rest, const struct lab_gm *gm)
{
    put_text(rest, "group-name", gm->group->name);
    gv_buf_add_str(rest->out, "\"kek-entry\":[");
    if (gm->has_kek)
        put_sa(rest, gm, &gm->kek);
    end_list(rest);
}

/* --- the box, and its configuration --- */

static void put_system(const struct lab_rest *rest)
{
    put_date(rest, "current-time", rest->now);
    put_date(rest, "boot-time", rest->device->booted);
    put(rest,
        "\"software-version\":\"Cisco IOS Software [Cupertino], %s Software "
        "(X86_64_LINUX_IOSD-UNIVERSALK9-M), Version %s, RELEASE SOFTWARE (fc1)\\nmore\",",
        rest->device->platform, rest->device->version);
}

static void put_config(const struct lab_rest *rest, const struct lab_ks *ks)
{
    const struct lab_group *group = ks->group;

    put_text(rest, "name", group->name);
    put(rest,
        "\"identity\":{\"number\":%u},\"server\":{\"local\":{\"rekey\":{"
        "\"lifetime\":{\"seconds\":\"%u\"},\"retransmit\":{\"seconds\":%u,\"number\":%u}",
        group->id, group->kek_lifetime_s, group->interval_s, group->retransmits);
    gv_buf_add_str(rest->out, group->transport == LAB_UNICAST
                                  ? ",\"transport\":{\"unicast\":[null]}}"
                                  : ",\"address\":{\"ipv4\":\"REKEY\"}}");
    if (ks->peer_count > 0)
        put(rest, ",\"redundancy\":{\"local\":{\"priority\":%u}}", ks->priority & 255);
    gv_buf_add_str(rest->out, "}},");
}

/* --- what there is --- */

#define OPER   "Cisco-IOS-XE-crypto-oper:crypto-oper-data/"
#define NATIVE "Cisco-IOS-XE-native:native/crypto/Cisco-IOS-XE-crypto:"
#define SYSTEM "Cisco-IOS-XE-device-hardware-oper:device-hardware-data/device-hardware/"

static const struct resource {
    const char *path, *begin;
    void (*ks)(const struct lab_rest *rest, const struct lab_ks *ks);
    void (*gm)(const struct lab_rest *rest, const struct lab_gm *gm);
    bool oper;
} resources[] = {
    {OPER "gdoi-ks", "{\"Cisco-IOS-XE-crypto-oper:gdoi-ks\":[", put_ks, NULL, true},
    {OPER "gdoi-ks-policy", "{\"Cisco-IOS-XE-crypto-oper:gdoi-ks-policy\":[", put_ks_policy,
     NULL, true},
    {OPER "gdoi-ks-rekey", "{\"Cisco-IOS-XE-crypto-oper:gdoi-ks-rekey\":[", put_ks_rekey, NULL,
     true},
    {OPER "gdoi-ks-mem", "{\"Cisco-IOS-XE-crypto-oper:gdoi-ks-mem\":[", put_ks_mem, NULL, true},
    {OPER "gdoi-ks-coop", "{\"Cisco-IOS-XE-crypto-oper:gdoi-ks-coop\":[", put_ks_coop, NULL,
     true},
    {OPER "gdoi-gm", "{\"Cisco-IOS-XE-crypto-oper:gdoi-gm\":[", NULL, put_gm, true},
    {OPER "gdoi-gm-rekey", "{\"Cisco-IOS-XE-crypto-oper:gdoi-gm-rekey\":[", NULL, put_gm_rekey,
     true},
    {OPER "gdoi-rekey-sa", "{\"Cisco-IOS-XE-crypto-oper:gdoi-rekey-sa\":[", NULL, put_rekey_sa,
     true},
    {NATIVE "gdoi", "{\"Cisco-IOS-XE-crypto:gdoi\":{\"group\":[", put_config, NULL, false},
};

static void put_entries(const struct lab_rest *rest, const struct resource *resource)
{
    for (size_t i = 0; resource->ks != NULL && i < rest->device->server_count; i++) {
        gv_buf_add_char(rest->out, '{');
        resource->ks(rest, &rest->device->servers[i]);
        end_object(rest);
    }
    for (size_t i = 0; resource->gm != NULL && i < rest->device->member_count; i++) {
        gv_buf_add_char(rest->out, '{');
        resource->gm(rest, &rest->device->members[i]);
        end_object(rest);
    }
    end_list(rest);
    rest->out->at[--rest->out->n] = '\0';
    gv_buf_add_str(rest->out, resource->oper ? "}\n" : "}}\n");
}

bool lab_restconf_print(const struct lab_rest *rest, const char *path)
{
    if (strcmp(path, SYSTEM "device-system-data") == 0) {
        gv_buf_add_str(rest->out,
                       "{\"Cisco-IOS-XE-device-hardware-oper:device-system-data\":{");
        put_system(rest);
        end_object(rest);
        rest->out->at[--rest->out->n] = '\0';
        gv_buf_add_str(rest->out, "}\n");
        return true;
    }
    for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
        const struct resource *r = &resources[i];

        if (strcmp(path, r->path) != 0)
            continue;
        if ((r->oper && rest->device->restconf.config_only) ||
            (r->ks != NULL ? rest->device->server_count : rest->device->member_count) == 0)
            return false;
        gv_buf_add_str(rest->out, r->begin);
        put_entries(rest, r);
        return true;
    }
    return false;
}
