/* SPDX-License-Identifier: Apache-2.0 */
/* Several probes at one key server: each hears its rekeys, acknowledges for itself, and takes
 * one place however often it registers. */
#include <assert.h>

#include "check.h"
#include "gdoi_pair.h"

enum { PROBES = 3, KEK_SHA256 = 1 };

struct probe {
    struct gdoi_client *client;
    struct gdoi_endpoint at;
    size_t registered, rekeyed;
};

struct crowd {
    struct pair pair; /* its configuration and clock; nobody else takes part */
    struct lab_gdoi *server;
    struct lab_gdoi_group *group;
    struct probe probes[PROBES];
    unsigned copies; /* datagrams of the server */
};

static void begin(struct crowd *c)
{
    *c = (struct crowd){.copies = 0};
    pair_defaults(&c->pair);
    c->pair.policy.ack = KEK_SHA256;
    c->pair.client_config.ack = true;
    c->server = lab_gdoi_new(&c->pair.server_config);
    assert(c->server != NULL);
    c->group = lab_gdoi_group_add(c->server, &c->pair.policy, c->pair.now);
    for (size_t i = 0; i < PROBES; i++) {
        struct gdoi_client_config config = c->pair.client_config;

        config.local.address[3] = (uint8_t)(1 + i);
        config.identity.octets[3] = (uint8_t)(1 + i);
        c->probes[i].at = config.local;
        c->probes[i].client = gdoi_client_new(&config);
        assert(c->probes[i].client != NULL);
    }
}

static void end(struct crowd *c)
{
    for (size_t i = 0; i < PROBES; i++)
        gdoi_client_free(c->probes[i].client);
    lab_gdoi_free(c->server);
    pair_close(&c->pair);
}

static void note(struct probe *p, const struct gdoi_event *event)
{
    p->registered += event->kind == GDOI_REGISTERED;
    p->rekeyed += event->kind == GDOI_REKEYED && event->valid;
}

static bool flush(struct crowd *c, struct probe *p)
{
    struct gdoi_event event;
    struct gdoi_datagram d;
    bool busy = false;

    for (; gdoi_client_work(p->client); busy = true) {
        gdoi_client_run(p->client);
        gdoi_client_ran(p->client, c->pair.now, &event);
        note(p, &event);
    }
    for (; gdoi_client_next(p->client, &d); busy = true)
        lab_gdoi_feed(c->server, d.octets, d.n, &p->at, false, c->pair.now);
    return busy;
}

static void deliver(struct crowd *c, const struct gdoi_datagram *d)
{
    uint8_t copy[4096];
    struct gdoi_event event;

    assert(d->n <= sizeof(copy));
    c->copies++;
    for (size_t i = 0; i < PROBES; i++)
        if (memcmp(d->to.address, c->probes[i].at.address, 4) == 0) {
            memcpy(copy, d->octets, d->n);
            gdoi_client_feed(c->probes[i].client, copy, d->n, &c->pair.server_config.local,
                             c->pair.now, &event);
            note(&c->probes[i], &event);
        }
}

/* Until nobody has anything to say. */
static void talk(struct crowd *c)
{
    struct gdoi_datagram d;

    for (bool busy = true; busy;) {
        busy = false;
        for (size_t i = 0; i < PROBES; i++)
            busy |= flush(c, &c->probes[i]);
        for (; lab_gdoi_next(c->server, &d); busy = true)
            deliver(c, &d);
    }
}

static void register_all(struct crowd *c)
{
    for (size_t i = 0; i < PROBES; i++) {
        gdoi_client_register(c->probes[i].client, c->pair.now,
                             &(struct gdoi_event){GDOI_NOTHING});
        talk(c);
    }
}

static void test_all_hear(void)
{
    struct crowd c;

    begin(&c);
    register_all(&c);
    CHECK_INT("three members", lab_gdoi_view(c.group).members, PROBES);
    c.copies = 0;
    lab_gdoi_rekey(c.group, LAB_GDOI_KEK, NULL, c.pair.now);
    talk(&c);
    CHECK_INT("a copy each", c.copies, PROBES);
    CHECK_INT("an ACK each", lab_gdoi_counts(c.server)->acks, PROBES);
    lab_gdoi_repeat(c.group);
    talk(&c);
    CHECK_INT("no other for who acknowledged", c.copies, PROBES);
    for (size_t i = 0; i < PROBES; i++)
        CHECK_INT("heard", c.probes[i].rekeyed, 1);
    end(&c);
}

/* The copy of one is lost: it alone gets another. */
static void test_one_missed(void)
{
    struct crowd c;

    begin(&c);
    register_all(&c);
    c.copies = 0;
    lab_gdoi_faults(c.server)->lose_nth = 2;
    lab_gdoi_rekey(c.group, LAB_GDOI_TEK, NULL, c.pair.now);
    talk(&c);
    CHECK_INT("two came", c.copies, PROBES - 1);
    CHECK_INT("not to the second", c.probes[1].rekeyed, 0);
    c.pair.now = lab_gdoi_expiry(c.server);
    lab_gdoi_expire(c.server, c.pair.now);
    talk(&c);
    CHECK_INT("one more", c.copies, PROBES);
    CHECK_INT("to the second", c.probes[1].rekeyed, 1);
    CHECK_INT("an ACK each", lab_gdoi_counts(c.server)->acks, PROBES);
    end(&c);
}

static void test_one_place(void)
{
    struct crowd c;

    begin(&c);
    for (size_t i = 1; i <= 100; i++) {
        gdoi_client_register(c.probes[0].client, c.pair.now,
                             &(struct gdoi_event){GDOI_NOTHING});
        talk(&c);
        c.pair.now = gv_time_add(c.pair.now, gv_secs(10));
        CHECK_INT("registered", c.probes[0].registered, i);
    }
    CHECK_INT("one place", lab_gdoi_view(c.group).members, 1);
    CHECK_INT("one phase 1", lab_gdoi_counts(c.server)->phase1s, 1);
    end(&c);
}

int main(void)
{
    test_all_hear();
    test_one_missed();
    test_one_place();
    pair_end();
    return check_end();
}
