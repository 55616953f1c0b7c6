/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/client.h"

#include <stdlib.h>
#include <string.h>

#include "gdoi/client_part.h"

enum {
    RESENDS_MOST = 4,    /* after 1, 2, 4, 8 s (contract) */
    COPIES_MOST = 5,     /* of an answer, that are answered once more */
    DATAGRAMS_MOST = 20, /* of one registration (threats, 2.9) */
};

static const struct gv_time never = {INT64_MAX};

static const char *const step_names[GDOI_STEP_COUNT] = {
    [GDOI_IDLE] = "idle",
    [GDOI_MAIN_2] = "phase 1, message 2 (proposal)",
    [GDOI_MAIN_4] = "phase 1, message 4 (key exchange)",
    [GDOI_MAIN_6] = "phase 1, message 6 (authentication)",
    [GDOI_PULL_2] = "GROUPKEY-PULL, message 2 (policy)",
    [GDOI_PULL_4] = "GROUPKEY-PULL, message 4 (keys)",
};

const char *gdoi_step_name(enum gdoi_step step)
{
    return step < GDOI_STEP_COUNT ? step_names[step] : "invalid";
}

struct gdoi_client *gdoi_client_new(const struct gdoi_client_config *config)
{
    struct gdoi_client *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return NULL;
    c->config = *config;
    c->pull.message = gv_buf(MESSAGE_CEILING);
    c->sent_reply = gv_buf(MESSAGE_CEILING);
    return c;
}

static void forget_keys(struct gdoi_client *c)
{
    gdoi_keys_clear(&c->keys);
    c->floated = false;
}

void gdoi_client_free(struct gdoi_client *client)
{
    if (client == NULL)
        return;
    client_main_end(client);
    client_pull_end(client);
    forget_keys(client);
    client_group_clear(client);
    for (size_t i = 0; i < client->reply_count; i++)
        gv_buf_clear(&client->replies[i].message);
    gv_buf_clear(&client->sent_reply);
    gv_buf_clear(&client->pull.message);
    free(client);
}

/* ---- registrations ---- */

void gdoi_client_register(struct gdoi_client *client, struct gv_time now,
                          struct gdoi_event *event)
{
    *event = (struct gdoi_event){GDOI_NOTHING};
    if (client->step != GDOI_IDLE)
        return;
    if (client->keys.octets != NULL && gv_time_before(client->keys_until, now))
        forget_keys(client);
    client->registration_began = now;
    client->answered = false;
    client->notify = 0;
    client->last = GV_OK;
    client->why = "";
    client->datagrams = 0;
    client->phase1_took = (struct gv_dur){0};
    client->reused = client->keys.octets != NULL;
    if (client->reused)
        client_pull_begin(client, now, event);
    else
        client_main_begin(client, now, event);
}

void client_fail(struct gdoi_client *c, enum gv_err err, struct gv_time now,
                 struct gdoi_event *event)
{
    *event = (struct gdoi_event){.kind = GDOI_FAILED,
                                 .at = now,
                                 .step = c->step,
                                 .err = err,
                                 .answered = c->answered,
                                 .notify = c->notify,
                                 .last = c->last,
                                 .why = c->why};
    client_main_end(c);
    client_pull_end(c);
    forget_keys(c);
    c->step = GDOI_IDLE;
}

/* ---- sending ---- */

void client_send(struct gdoi_client *c, struct sending *sending, enum gdoi_step step,
                 struct gv_time now)
{
    sending->began = now;
    sending->resend_at = gv_time_add(now, gv_secs(1));
    sending->resends = sending->copies = 0;
    sending->due = sending->on = true;
    sending->answered = false;
    if (step > c->step)
        c->step = step;
}

void client_send_stop(struct sending *sending)
{
    sending->due = sending->on = false;
}

void client_send_answered(struct sending *sending)
{
    sending->due = false;
    sending->answered = true;
}

void client_send_again(struct sending *sending)
{
    if (sending->on && sending->copies++ < COPIES_MOST)
        sending->due = true;
}

void client_header(struct gv_buf *out, const uint8_t *cookies, enum isakmp_exchange exchange,
                   uint8_t flags, uint32_t message_id)
{
    struct isakmp_header header = {
        .exchange = (uint8_t)exchange, .flags = flags, .message_id = message_id};

    memcpy(header.cookies, cookies, sizeof(header.cookies));
    gv_buf_reset(out);
    isakmp_header_encode(out, &header);
}

void client_payload(struct gv_buf *out, size_t *link, uint8_t type, const void *octets,
                    size_t n)
{
    size_t begin = isakmp_payload_begin(out, link, type);

    gv_buf_add(out, octets, n);
    isakmp_payload_end(out, begin);
}

/* Zeros up to the block; the header's length counts them (RFC 2409, appendix B). */
enum gv_err client_seal(const struct gdoi_keys *keys, struct gv_buf *out,
                        uint8_t iv[GDOI_BLOCK_MOST])
{
    size_t block = gdoi_block_size(keys->suite.cipher);

    while (out->err == GV_OK && (out->n - ISAKMP_HEADER_SIZE) % block != 0)
        gv_buf_add_char(out, 0);
    isakmp_message_end(out);
    if (out->err != GV_OK)
        return out->err;
    return gdoi_keys_cbc(keys, true, iv, (uint8_t *)out->at + ISAKMP_HEADER_SIZE,
                         out->n - ISAKMP_HEADER_SIZE);
}

void client_reply(struct gdoi_client *c, struct gv_buf *message, const struct gdoi_endpoint *to,
                  bool to_push)
{
    if (message->err == GV_OK && c->reply_count < REPLIES_MOST) {
        c->replies[c->reply_count++] = (struct reply){*message, *to, to_push};
        *message = gv_buf(MESSAGE_CEILING);
    }
}

static bool take_reply(struct gdoi_client *c, struct gdoi_datagram *out)
{
    struct reply reply;

    if (c->reply_count == 0)
        return false;
    reply = c->replies[0];
    c->reply_count--;
    memmove(c->replies, c->replies + 1, c->reply_count * sizeof(c->replies[0]));
    gv_buf_clear(&c->sent_reply);
    c->sent_reply = reply.message;
    *out = (struct gdoi_datagram){(const uint8_t *)c->sent_reply.at, c->sent_reply.n, reply.to,
                                  c->floated && !reply.to_push};
    return true;
}

static bool take_sending(struct gdoi_client *c, struct sending *sending, bool marked,
                         struct gdoi_datagram *out)
{
    if (!sending->on || !sending->due)
        return false;
    sending->due = false;
    if (c->datagrams >= DATAGRAMS_MOST)
        return false;
    c->datagrams++;
    *out = (struct gdoi_datagram){(const uint8_t *)sending->message.at, sending->message.n,
                                  c->config.remote, marked};
    return true;
}

bool gdoi_client_next(struct gdoi_client *client, struct gdoi_datagram *out)
{
    if (take_reply(client, out))
        return true;
    for (size_t i = 0; client->phase1 != NULL && i < BRANCHES_MOST; i++) {
        struct branch *b = &client->phase1->branches[i];

        if (b->used && take_sending(client, &b->sending, b->floated, out))
            return true;
    }
    return take_sending(client, &client->pull, client->floated, out);
}

/* ---- time ---- */

static struct gv_time earlier(struct gv_time a, struct gv_time b)
{
    return gv_time_before(a, b) ? a : b;
}

static bool may_resend(const struct sending *s)
{
    return !s->answered && s->resends < RESENDS_MOST;
}

static struct gv_time sending_expiry(const struct gdoi_client *c, const struct sending *s)
{
    struct gv_time end = gv_time_add(s->began, c->config.step_timeout);

    if (!s->on)
        return never;
    return may_resend(s) ? earlier(s->resend_at, end) : end;
}

/* Work that is out, or waits to be: then the registration is not at its end. */
static bool working(const struct gdoi_client *c)
{
    for (size_t i = 0; c->phase1 != NULL && i < BRANCHES_MOST; i++)
        if (c->phase1->branches[i].used && c->phase1->branches[i].work != NULL)
            return true;
    return false;
}

/* Any failure ends within twice the time of a step, however answers trickle in (contract). */
static struct gv_time registration_end(const struct gdoi_client *c)
{
    return gv_time_add(c->registration_began, (struct gv_dur){2 * c->config.step_timeout.ms});
}

struct gv_time gdoi_client_expiry(const struct gdoi_client *client)
{
    struct gv_time first = client_group_expiry(client);

    if (client->step == GDOI_IDLE || working(client))
        return first;
    first = earlier(first, registration_end(client));
    first = earlier(first, sending_expiry(client, &client->pull));
    for (size_t i = 0; client->phase1 != NULL && i < BRANCHES_MOST; i++)
        if (client->phase1->branches[i].used)
            first =
                earlier(first, sending_expiry(client, &client->phase1->branches[i].sending));
    return first;
}

/* True while an answer may still come. */
static bool sending_expire(const struct gdoi_client *c, struct sending *s, struct gv_time now)
{
    if (!s->on)
        return false;
    if (!gv_time_before(now, gv_time_add(s->began, c->config.step_timeout))) {
        client_send_stop(s);
        return false;
    }
    if (may_resend(s) && !gv_time_before(now, s->resend_at)) {
        s->resends++;
        s->resend_at = gv_time_add(s->resend_at, gv_secs((int64_t)1 << s->resends));
        s->due = true;
    }
    return true;
}

static void registration_expire(struct gdoi_client *c, struct gv_time now,
                                struct gdoi_event *event)
{
    bool hope = sending_expire(c, &c->pull, now);

    for (size_t i = 0; c->phase1 != NULL && i < BRANCHES_MOST; i++)
        if (c->phase1->branches[i].used)
            hope |= sending_expire(c, &c->phase1->branches[i].sending, now);
    if (hope && gv_time_before(now, registration_end(c)))
        return;
    /* Who has answered on that phase 1 still has it; another one would be one too many. */
    if (!c->reused || c->answered) {
        client_fail(c, GV_ERR_TIMEOUT, now, event);
        return;
    }
    /* The key server may have lost our phase 1, by a reboot for example. */
    client_pull_end(c);
    forget_keys(c);
    c->reused = false;
    c->step = GDOI_IDLE;
    c->registration_began = now;
    client_main_begin(c, now, event);
}

void gdoi_client_expire(struct gdoi_client *client, struct gv_time now,
                        struct gdoi_event *event)
{
    *event = (struct gdoi_event){GDOI_NOTHING};
    client_group_expire(client, now);
    if (client->step != GDOI_IDLE && !working(client))
        registration_expire(client, now, event);
}

/* ---- datagrams ---- */

enum gv_err client_digest(const uint8_t *message, size_t n, uint8_t out[DIGEST_SIZE])
{
    const struct gdoi_chunk chunk = {message, n};
    uint8_t value[GDOI_HASH_MOST];
    enum gv_err err = gdoi_hash(GDOI_SHA256, &chunk, 1, value);

    if (err == GV_OK)
        memcpy(out, value, DIGEST_SIZE);
    return err;
}

static void dispatch(struct gdoi_client *client, const struct isakmp_header *header,
                     uint8_t *message, size_t n, const struct gdoi_endpoint *from,
                     struct gv_time now, struct gdoi_event *event)
{
    if (header->exchange == GDOI_PUSH)
        client_push(client, header, message, n, from, now, event);
    else if (memcmp(header->cookies, client->cookies, ISAKMP_COOKIE_SIZE) != 0)
        client->counts.ignored++;
    else if (header->exchange == ISAKMP_MAIN_MODE)
        client_main_feed(client, header, message, n, now, event);
    else if (header->exchange == GDOI_PULL)
        client_pull_feed(client, header, message, n, now, event);
    else if (header->exchange == ISAKMP_INFORMATIONAL)
        client_info(client, header, message, n);
    else
        client->counts.ignored++;
}

void gdoi_client_feed(struct gdoi_client *client, uint8_t *message, size_t n,
                      const struct gdoi_endpoint *from, struct gv_time now,
                      struct gdoi_event *event)
{
    struct gv_reader r = gv_reader(message, n);
    struct isakmp_header header;

    *event = (struct gdoi_event){GDOI_NOTHING};
    if (isakmp_header_decode(&r, &header) != GV_OK) {
        client->counts.ignored++;
        return;
    }
    if (header.exchange != GDOI_PUSH) /* whose length may not count the padding */
        n = header.length;
    dispatch(client, &header, message, n, from, now, event);
    if (header.flags & ISAKMP_ENCRYPTED)
        gv_wipe(message, n); /* TEKs and KEKs stand there in the clear */
}

/* ---- work ---- */

bool gdoi_client_work(struct gdoi_client *client)
{
    if (client->working != NULL || client->phase1 == NULL)
        return false;
    for (size_t i = 0; i < BRANCHES_MOST; i++) {
        struct branch *b = &client->phase1->branches[i];

        if (b->used && b->work != NULL) {
            client->working = b;
            return true;
        }
    }
    return false;
}

void gdoi_client_run(struct gdoi_client *client)
{
    struct branch *b = client->working;

    b->work_err = b->work(&client->config, b);
}

void gdoi_client_ran(struct gdoi_client *client, struct gv_time now, struct gdoi_event *event)
{
    struct branch *b = client->working;

    *event = (struct gdoi_event){GDOI_NOTHING};
    client->working = NULL;
    if (client->orphan != NULL) {
        client_main_free(client->orphan);
        client->orphan = NULL;
        return;
    }
    b->work = NULL;
    if (b->work_err == GV_OK) {
        b->worked(client, b, now, event);
        return;
    }
    client->last = b->work_err;
    client->why = b->why;
    client->counts.ignored++;
    branch_close(b);
}

enum gdoi_step gdoi_client_step(const struct gdoi_client *client)
{
    return client->step;
}

const struct gdoi_group_state *gdoi_client_group(const struct gdoi_client *client)
{
    return &client->group;
}

const struct gdoi_counts *gdoi_client_counts(const struct gdoi_client *client)
{
    return &client->counts;
}

uint32_t gdoi_client_deviations(const struct gdoi_client *client)
{
    return client->deviations;
}

const uint8_t *gdoi_client_cookie(const struct gdoi_client *client)
{
    return client->cookies;
}
