/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a client. Shared by the client_*.c files only. */
#ifndef GV_GDOI_CLIENT_PART_H
#define GV_GDOI_CLIENT_PART_H

#include "gdoi/client.h"

enum {
    NONCE_SIZE = 32,
    NONCE_LEAST = 8, /* RFC 2409, 5 */
    NONCE_MOST = 256,
    DIGEST_SIZE = 32,
    MESSAGE_CEILING = 16384, /* of what we send, and of an encrypted answer */
    BRANCHES_MOST = 8,
    REPLIES_MOST = 2 /* DPD answers, acknowledgements waiting to be sent */
};

/* A datagram that is sent until it is answered, and what becomes of it. */
struct sending {
    struct gv_buf message;
    struct gv_time began, resend_at;
    unsigned resends;
    unsigned copies; /* sent once more because the peer repeated itself */
    bool due;        /* to be sent now */
    bool on;         /* an answer is waited for */
    bool answered;   /* not sent again; but was it the genuine one? Another may come */
};

struct branch;

/* Key arithmetic that is done in another thread: it touches its branch only, and reads what
 * stays as it is while phase 1 is under way. */
typedef enum gv_err branch_work(const struct gdoi_client_config *config, struct branch *b);

/* Phase 1 under way. An answer of main mode is not authenticated before the last one, so each
 * that fits opens a branch of its own, and the branch that proves itself first wins: whoever
 * answers ahead of the key server gains nothing. */
struct branch {
    bool used;
    const struct phase1 *phase1;
    unsigned born;                  /* a count: the older, the smaller */
    enum gdoi_step step;            /* the answer that it waits for */
    uint8_t opened_by[DIGEST_SIZE]; /* the answer that it came from */
    uint8_t cookies[2 * ISAKMP_COOKIE_SIZE];
    struct gdoi_suite suite;
    bool nat_known; /* the peer knows RFC 3947 */
    bool floated;   /* there is a NAT between: the NAT ports from message 5 on */
    struct gdoi_dh *dh;
    uint8_t ke_i[GDOI_GROUP_OCTETS_MOST], ke_r[GDOI_GROUP_OCTETS_MOST];
    uint8_t nonce_r[NONCE_MOST];
    size_t nonce_r_n;
    struct gdoi_keys keys;
    uint8_t iv[GDOI_BLOCK_MOST];
    struct gv_buf signature;                    /* ours, of HASH_I */
    struct gv_buf peer_cert, peer_sig, peer_id; /* of message 6, to be checked */
    struct sending sending;
    branch_work *work;
    void (*worked)(struct gdoi_client *c, struct branch *b, struct gv_time now,
                   struct gdoi_event *event);
    enum gv_err work_err;
    const char *why; /* of a refused certificate: static text */
};

struct phase1 {
    struct gv_buf sa; /* body of our SA */
    uint8_t nonce_i[NONCE_SIZE];
    struct branch branches[BRANCHES_MOST]; /* the first waits for message 2 */
    unsigned births;
};

struct reply {
    struct gv_buf message;
    struct gdoi_endpoint to;
    bool to_push; /* to whoever sent a push, as it came: never marked */
};

struct gdoi_client {
    struct gdoi_client_config config;
    enum gdoi_step step; /* the furthest one */
    struct gv_time registration_began, exchange_began;
    bool answered; /* in this registration */
    uint16_t notify;
    enum gv_err last;
    const char *why;
    unsigned datagrams; /* sent in this registration */

    /* phase 1 */
    struct phase1 *phase1;                   /* while it is under way */
    struct branch *working;                  /* its work is out */
    struct phase1 *orphan;                   /* over, but a branch of it is at work */
    uint8_t cookies[2 * ISAKMP_COOKIE_SIZE]; /* the initiator's, then the winner's */
    struct gdoi_keys keys;                   /* octets NULL: no phase 1 to build upon */
    struct gv_time keys_until;
    uint8_t last_block[GDOI_BLOCK_MOST];
    bool floated, reused;
    struct gv_dur phase1_took;

    /* PULL */
    struct sending pull;
    uint32_t pull_id;
    uint8_t pull_iv[GDOI_BLOCK_MOST], next_iv[GDOI_BLOCK_MOST];
    uint8_t answer[DIGEST_SIZE]; /* the last answer taken: its copies ask for a resend */
    uint8_t nonce_i[NONCE_SIZE], nonce_r[NONCE_MOST];
    size_t nonce_r_n;
    struct gdoi_sa *policy; /* from message 2 to message 4 */

    struct reply replies[REPLIES_MOST];
    size_t reply_count;
    struct gv_buf sent_reply; /* the one last handed out */

    struct gdoi_group_state group;
    struct gv_time verify_second; /* bounded work: signatures checked since then */
    unsigned verified;
    struct gdoi_counts counts;
    uint32_t deviations; /* bits of enum gdoi_deviation */
};

/* ---- client.c ---- */

/* End the registration, which failed for that reason. */
void client_fail(struct gdoi_client *c, enum gv_err err, struct gv_time now,
                 struct gdoi_event *event);
/* Send what sending->message holds, until an answer stops it. */
void client_send(struct gdoi_client *c, struct sending *sending, enum gdoi_step step,
                 struct gv_time now);
void client_send_stop(struct sending *sending);
/* There is an answer that may prove itself: wait on, without resending. */
void client_send_answered(struct sending *sending);
/* A copy of an answer that was taken: what was sent then may be lost. A few times only. */
void client_send_again(struct sending *sending);
/* Empty `out` and begin a message of ours. */
void client_header(struct gv_buf *out, const uint8_t *cookies, enum isakmp_exchange exchange,
                   uint8_t flags, uint32_t message_id);
/* A payload of n octets. */
void client_payload(struct gv_buf *out, size_t *link, uint8_t type, const void *octets,
                    size_t n);
/* Pad `out` behind the header and encrypt it; `iv` moves on. */
enum gv_err client_seal(const struct gdoi_keys *keys, struct gv_buf *out,
                        uint8_t iv[GDOI_BLOCK_MOST]) GV_MUST_CHECK;
/* Queue a datagram that is sent once; `message` is taken over and left empty. */
void client_reply(struct gdoi_client *c, struct gv_buf *message, const struct gdoi_endpoint *to,
                  bool to_push);
/* The digest by which copies of a message are known. */
enum gv_err client_digest(const uint8_t *message, size_t n,
                          uint8_t out[DIGEST_SIZE]) GV_MUST_CHECK;

/* ---- client_main.c: phase 1 ---- */

void client_main_begin(struct gdoi_client *c, struct gv_time now, struct gdoi_event *event);
void client_main_feed(struct gdoi_client *c, const struct isakmp_header *header,
                      const uint8_t *message, size_t n, struct gv_time now,
                      struct gdoi_event *event);
void client_main_end(struct gdoi_client *c);
void client_main_free(struct phase1 *phase1); /* NULL is fine */

/* ---- client_branch.c: what branches say and work out ---- */

/* A branch off `parent` (NULL: the first one). Where all are in use the oldest gives way, so
 * that forged answers, however many came ahead, leave room for the genuine one. NULL where none
 * can. */
struct branch *branch_open(struct gdoi_client *c, const struct branch *parent,
                           enum gdoi_step step, const uint8_t digest[DIGEST_SIZE]);
void branch_close(struct branch *b);
struct gdoi_clear branch_clear(const struct branch *b);
void branch_say_1(struct gdoi_client *c, struct branch *b);
enum gv_err branch_say_3(const struct gdoi_client_config *config,
                         struct branch *b) GV_MUST_CHECK;
enum gv_err branch_say_5(const struct gdoi_client_config *config,
                         struct branch *b) GV_MUST_CHECK;
/* Does this payload say that the peer knows RFC 3947? */
bool branch_nat_vendor(const struct isakmp_payload *p);
/* Is there a NAT between, by the NAT-D payloads of message 4 (RFC 3947, 3.2)? */
bool branch_nat(const struct gdoi_client_config *config, const struct branch *b,
                const struct isakmp_chain *chain);

/* ---- client_pull.c ---- */

void client_pull_begin(struct gdoi_client *c, struct gv_time now, struct gdoi_event *event);
void client_pull_feed(struct gdoi_client *c, const struct isakmp_header *header,
                      uint8_t *message, size_t n, struct gv_time now, struct gdoi_event *event);
void client_pull_end(struct gdoi_client *c);

/* ---- client_info.c: notifies and deletes of the key server ---- */

void client_info(struct gdoi_client *c, const struct isakmp_header *header, uint8_t *message,
                 size_t n);
/* Keep the type of a refusal that stands in the chain, for the report. */
void client_info_note(struct gdoi_client *c, const struct isakmp_chain *chain);

/* ---- client_push.c: rekeys; client_group.c: what they leave behind ---- */

void client_push(struct gdoi_client *c, const struct isakmp_header *header, uint8_t *message,
                 size_t n, const struct gdoi_endpoint *from, struct gv_time now,
                 struct gdoi_event *event);
/* The group's state after a registration; `kek` may be NULL, and is taken over. */
void client_group_registered(struct gdoi_client *c, const struct gdoi_sa *policy,
                             struct gdoi_kek *kek, uint32_t sequence, struct gv_time now,
                             struct gdoi_event *event);
/* ... after a push whose signature is valid; `life` is of the KEK that protected it, and may be
 * gone afterwards. */
void client_group_pushed(struct gdoi_client *c, struct gdoi_kek_life *life,
                         const struct gdoi_push *push, struct gv_time now,
                         struct gdoi_event *event);
/* Does the push bring a KEK that we do not hold? A TEK rekey may repeat one (12.7). */
bool client_group_brings(struct gdoi_client *c, const struct gdoi_push *push);
/* Keep in what the policy, its keys, the KEK that was made of them (or NULL) deviate. */
void client_group_deviates(struct gdoi_client *c, const struct gdoi_sa *sa,
                           const struct gdoi_kd *kd, const struct gdoi_kek *kek);
struct gdoi_kek_life *client_group_find(struct gdoi_client *c,
                                        const uint8_t spi[GDOI_SPI_SIZE]);
void client_group_expire(struct gdoi_client *c, struct gv_time now);
struct gv_time client_group_expiry(const struct gdoi_client *c);
void client_group_clear(struct gdoi_client *c);

#endif
