/* SPDX-License-Identifier: Apache-2.0 */
/* Makes captures of our own lab: what the group member and the lab's key server say to each
 * other, on a virtual clock.
 *
 * usage: make_capture CAPTURE.pcap SECRET [SCENE KEY READABLE.pcap]
 * Without a scene: main mode, a registration, a TEK rekey, a KEK rekey and a rekey under the
 * new KEK, as golden.capture_own reads it; SECRET is the Diffie-Hellman secret, hexadecimal.
 * The scenes are for system.gdoi_tshark: the rekeys are acknowledged, the key server asks
 * whether we live, and takes leave; KEY is "COOKIE KEY", by which phase 1's messages can be
 * read. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "gdoi/client_part.h"
#include "gdoi_certs.h"
#include "gdoi_pair.h"

enum { IPV4 = 20, UDP = 8, ETHERNET = 14, MESSAGE_4 = 2, NAT_PORT = 4500, MARKER = 4 };
enum { NEXT_AT = 16, SA_DOI_AT = ISAKMP_HEADER_SIZE + 4 + 3, DOI_IPSEC = 1 };

struct taking {
    FILE *capture, *secret, *readable; /* the last one NULL: not wanted */
};

struct scene {
    const char *name, *suite;
    bool rsa, nat;
    const char *server_suite; /* NULL: the same */
};

static const struct scene scenes[] = {
    {"psk", "aes128-sha256-modp2048", false, false, NULL},
    {"rsa", "aes256-sha256-ecp256", true, false, NULL},
    {"old", "3des-sha1-modp1024", false, false, NULL},
    {"nat", "aes256-sha512-ecp521", false, true, NULL},
    {"refused", "aes256-sha256-modp2048", false, false, "3des-md5-modp1024"},
};

static void little(FILE *file, uint32_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        (void)fputc((int)(v >> 8 * i & 0xff), file);
}

static void big(FILE *file, uint32_t v, unsigned n)
{
    for (unsigned i = n; i > 0; i--)
        (void)fputc((int)(v >> 8 * (i - 1) & 0xff), file);
}

/* libpcap's format, Ethernet (1). */
static void begin_file(FILE *file)
{
    little(file, 0xa1b2c3d4, 4);
    little(file, 2, 2);
    little(file, 4, 2);
    little(file, 0, 4);
    little(file, 0, 4);
    little(file, 65535, 4);
    little(file, 1, 4);
}

/* Ethernet, IPv4 and UDP without checksums around the message; `marked`: from NAT port to NAT
 * port, behind the marker (RFC 3948, 2.2). */
static void put_packet(FILE *file, struct gv_time at, const struct gdoi_endpoint *from,
                       const struct gdoi_endpoint *to, bool marked, const uint8_t *octets,
                       size_t message_n)
{
    uint32_t n = (uint32_t)message_n + (marked ? MARKER : 0);
    uint32_t size = ETHERNET + IPV4 + UDP + n;

    little(file, (uint32_t)(at.ms / 1000), 4);
    little(file, (uint32_t)(at.ms % 1000 * 1000), 4);
    little(file, size, 4);
    little(file, size, 4);
    for (unsigned i = 0; i < 12; i++)
        (void)fputc(0, file);
    big(file, 0x0800, 2);
    big(file, 0x4500, 2);
    big(file, IPV4 + UDP + n, 2);
    big(file, 0, 4);
    big(file, 0x4011, 2);
    big(file, 0, 2);
    (void)fwrite(from->address, 1, 4, file);
    (void)fwrite(to->address, 1, 4, file);
    big(file, marked ? NAT_PORT : from->port, 2);
    big(file, marked ? NAT_PORT : to->port, 2);
    big(file, UDP + n, 2);
    big(file, 0, 2);
    big(file, 0, marked ? MARKER : 0);
    (void)fwrite(octets, 1, message_n, file);
}

/* Message 4 brings the key server's public value; ours waits in the branch. */
static void put_secret(FILE *file, const struct pair *p, const uint8_t *octets, size_t n)
{
    struct gv_reader r = gv_reader(octets, n);
    static const struct isakmp_rule any[] = {{ISAKMP_NONE, 0, 0}};
    struct gv_secret *shared = NULL;
    const struct branch *ours = NULL;
    struct isakmp_header header;
    struct isakmp_chain chain;
    struct gv_reader ke;

    for (size_t i = 0; i < BRANCHES_MOST; i++)
        if (p->client->phase1->branches[i].used && p->client->phase1->branches[i].dh != NULL)
            ours = &p->client->phase1->branches[i];
    if (ours == NULL || isakmp_header_decode(&r, &header) != GV_OK ||
        isakmp_chain_decode(r, header.next, any, &chain) != GV_OK)
        return;
    ke = isakmp_find(&chain, ISAKMP_KE)->body;
    if (gdoi_dh_derive(ours->dh, ke.at, ke.left, &shared) != GV_OK)
        return;
    for (size_t i = 0; i < gv_secret_size(shared); i++)
        (void)fprintf(file, "%02x%s", (uint8_t)gv_secret_reveal(shared)[i],
                      i % 32 == 31 ? "\n" : "");
    gv_secret_free(shared);
}

static bool take(struct pair *p, bool to_server, unsigned index, uint8_t *octets, size_t *n,
                 void *arg)
{
    const struct gdoi_endpoint *member = &p->client_config.local;
    const struct gdoi_endpoint *server = &p->client_config.remote;
    const struct gdoi_endpoint *from = to_server ? member : server;
    const struct gdoi_endpoint *to = to_server ? server : member;
    bool marked = p->log[p->log_count - 1].marked;
    struct taking *t = arg;
    uint8_t doi = octets[SA_DOI_AT];

    put_packet(t->capture, p->now, from, to, marked, octets, *n);
    if (!to_server && index == MESSAGE_4)
        put_secret(t->secret, p, octets, *n);
    if (t->readable == NULL)
        return true;
    if (octets[NEXT_AT] == ISAKMP_SA)
        octets[SA_DOI_AT] = DOI_IPSEC;
    put_packet(t->readable, p->now, from, to, marked, octets, *n);
    octets[SA_DOI_AT] = doi;
    return true;
}

/* Behind SKEYID and SKEYID_a stands the key of the cipher. */
static void put_key(const char *path, const struct pair *p)
{
    const struct gdoi_keys *keys = &p->client->keys;
    const uint8_t *octets =
        keys->octets != NULL ? (const void *)gv_secret_reveal(keys->octets) : NULL;
    FILE *file = fopen(path, "w");

    if (file == NULL)
        return;
    for (size_t i = 0; i < ISAKMP_COOKIE_SIZE; i++)
        (void)fprintf(file, "%02x", gdoi_client_cookie(p->client)[i]);
    (void)fputc(',', file);
    for (size_t i = 0; octets != NULL && i < keys->suite.key_n; i++)
        (void)fprintf(file, "%02x", octets[2 * GDOI_HASH_MOST + i]);
    (void)fputc('\n', file);
    (void)fclose(file);
}

static struct gdoi_identity subject(const struct gdoi_credential *credential)
{
    struct gdoi_identity id = {.type = GDOI_ID_DN};
    size_t n;
    const uint8_t *der = gdoi_credential_subject(credential, &n);

    id.n = (uint8_t)n;
    memcpy(id.octets, der, n);
    return id;
}

static void by_certificate(struct pair *p, const struct gdoi_credential *member,
                           const struct gdoi_credential *server)
{
    p->client_config.psk = p->server_config.psk = NULL;
    p->client_config.credential = member;
    p->client_config.identity = subject(member);
    p->server_config.credential = server;
    p->server_config.identity = subject(server);
}

static void play(struct pair *p, const char *key)
{
    pair_open(p);
    (void)pair_register(p);
    (void)pair_rekey(p, LAB_GDOI_TEK);
    (void)pair_rekey(p, LAB_GDOI_TEK | LAB_GDOI_KEK);
    if (key == NULL) {
        (void)pair_rekey(p, LAB_GDOI_TEK);
        return;
    }
    put_key(key, p);
    lab_gdoi_dpd(p->server);
    pair_run(p, gv_secs(1));
    lab_gdoi_drop_phase1(p->server, true);
    pair_run(p, gv_secs(1));
}

static int play_scene(struct pair *p, const struct scene *scene, const char *key)
{
    struct gdoi_credential *member, *server;
    struct gdoi_suite other;
    struct certs certs;

    pair_suite(p, scene->suite);
    p->policy.ack = 1;
    p->client_config.ack = true;
    p->server_config.nat_known = true;
    p->server_config.nat = scene->nat;
    if (scene->server_suite != NULL && gdoi_suite_read(gv_text(scene->server_suite), &other))
        p->server_config.suites = &other;
    if (!scene->rsa) {
        play(p, key);
        return 0;
    }
    certs_make(&certs);
    member = certs_load(&certs, "gm", NULL);
    server = certs_load(&certs, "ks", NULL);
    by_certificate(p, member, server);
    play(p, key);
    gdoi_credential_free(member); /* nobody asks for them any more */
    gdoi_credential_free(server);
    certs_remove(&certs);
    return 0;
}

static int play_named(struct pair *p, const char *name, const char *key)
{
    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
        if (strcmp(scenes[i].name, name) == 0)
            return play_scene(p, &scenes[i], key);
    return 2;
}

int main(int argc, char **argv)
{
    struct taking t = {NULL, NULL, NULL};
    struct pair p;
    int code = 0;

    if (argc != 3 && argc != 6)
        return 2;
    t.capture = fopen(argv[1], "wb");
    t.secret = fopen(argv[2], "w");
    if (argc == 6)
        t.readable = fopen(argv[5], "wb");
    if (t.capture == NULL || t.secret == NULL || (argc == 6 && t.readable == NULL))
        return 1;
    begin_file(t.capture);
    if (t.readable != NULL)
        begin_file(t.readable);
    pair_defaults(&p);
    p.filter = take;
    p.arg = &t;
    if (argc == 6)
        code = play_named(&p, argv[3], argv[4]);
    else
        play(&p, NULL);
    if (code != 2)
        pair_close(&p);
    pair_end();
    if (t.readable != NULL && fclose(t.readable) != 0)
        code = 1;
    return fclose(t.capture) != 0 || fclose(t.secret) != 0 ? 1 : code;
}
