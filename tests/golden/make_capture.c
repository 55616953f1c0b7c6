/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the capture of our own lab that golden.capture_own reads: main mode, a registration, a
 * TEK rekey, a KEK rekey and a rekey under the new KEK, between the group member and the lab's
 * key server.
 *
 * usage: make_capture CAPTURE.pcap SECRET (the Diffie-Hellman secret, hexadecimal) */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "gdoi/client_part.h"
#include "gdoi_pair.h"

enum { IPV4 = 20, UDP = 8, ETHERNET = 14, MESSAGE_4 = 2 };

struct taking {
    FILE *capture, *secret;
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

/* Ethernet, IPv4 and UDP without checksums around the message. */
static void put_packet(FILE *file, struct gv_time at, const struct gdoi_endpoint *from,
                       const struct gdoi_endpoint *to, const uint8_t *octets, size_t n)
{
    uint32_t size = (uint32_t)(ETHERNET + IPV4 + UDP + n);

    little(file, (uint32_t)(at.ms / 1000), 4);
    little(file, (uint32_t)(at.ms % 1000 * 1000), 4);
    little(file, size, 4);
    little(file, size, 4);
    for (unsigned i = 0; i < 12; i++)
        (void)fputc(0, file);
    big(file, 0x0800, 2);
    big(file, 0x4500, 2);
    big(file, (uint32_t)(IPV4 + UDP + n), 2);
    big(file, 0, 4);
    big(file, 0x4011, 2);
    big(file, 0, 2);
    (void)fwrite(from->address, 1, 4, file);
    (void)fwrite(to->address, 1, 4, file);
    big(file, from->port, 2);
    big(file, to->port, 2);
    big(file, (uint32_t)(UDP + n), 2);
    big(file, 0, 2);
    (void)fwrite(octets, 1, n, file);
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
    struct taking *t = arg;

    put_packet(t->capture, p->now, to_server ? member : server, to_server ? server : member,
               octets, *n);
    if (!to_server && index == MESSAGE_4)
        put_secret(t->secret, p, octets, *n);
    return true;
}

int main(int argc, char **argv)
{
    struct taking t;
    struct pair p;

    if (argc != 3)
        return 2;
    t = (struct taking){fopen(argv[1], "wb"), fopen(argv[2], "w")};
    if (t.capture == NULL || t.secret == NULL)
        return 1;
    begin_file(t.capture);
    pair_defaults(&p);
    p.filter = take;
    p.arg = &t;
    pair_open(&p);
    (void)pair_register(&p);
    (void)pair_rekey(&p, LAB_GDOI_TEK);
    (void)pair_rekey(&p, LAB_GDOI_TEK | LAB_GDOI_KEK);
    (void)pair_rekey(&p, LAB_GDOI_TEK);
    pair_close(&p);
    pair_end();
    return fclose(t.capture) != 0 || fclose(t.secret) != 0;
}
