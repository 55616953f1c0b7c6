/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a key server. Shared by the gdoi_*.c files only. */
#ifndef LAB_GDOI_PARTS_H
#define LAB_GDOI_PARTS_H

#include "gdoi_chain.h"

enum {
    PHASES_MOST = 16,
    QUEUE_MOST = 256,
    COOKIES_SIZE = 2 * ISAKMP_COOKIE_SIZE,
    NONCE_MOST = 512,
    REQUEST_MOST = 32768,
    DIGEST_SIZE = 32,
    KEKS_KEPT = 2, /* the one in use and the one before: acknowledgements of its last push */
    KEK_OCTETS_MOST = GDOI_BLOCK_MOST + GDOI_KEY_MOST
};

/* A request and what was answered: the same again is answered the same again. */
struct answered {
    uint8_t request[DIGEST_SIZE];
    struct gv_buf answer;
};

/* A phase 1, begun or done. */
struct phase {
    bool used, done, marked, nat_known;
    uint64_t born; /* order: the oldest gives way */
    uint8_t cookies[COOKIES_SIZE];
    struct gdoi_endpoint peer;
    enum lab_gdoi_message said; /* the last one in main mode */
    struct gdoi_suite suite;
    struct gv_buf sa_i; /* body */
    uint8_t ke_i[GDOI_GROUP_OCTETS_MOST], ke_r[GDOI_GROUP_OCTETS_MOST];
    size_t ke_n;
    uint8_t nonce_i[NONCE_MOST], nonce_r[NONCE_MOST];
    size_t nonce_i_n, nonce_r_n;
    uint8_t skeyid[GDOI_HASH_MOST], skeyid_a[GDOI_HASH_MOST], key[GDOI_KEY_MOST];
    uint8_t iv[GDOI_BLOCK_MOST]; /* of main mode; in the end its last block */
    struct answered main, pull;
    struct gdoi_identity id; /* the member's */

    /* the PULL under way */
    enum lab_gdoi_message pull_said;
    uint32_t pull_id;
    uint8_t pull_iv[GDOI_BLOCK_MOST];
    uint8_t pull_nonce_i[NONCE_MOST], pull_nonce_r[NONCE_MOST];
    size_t pull_nonce_i_n, pull_nonce_r_n;
    struct lab_gdoi_group *group;
};

struct kek {
    uint8_t spi[GDOI_SPI_SIZE];
    uint8_t octets[KEK_OCTETS_MOST]; /* IV, key */
    struct gv_time expiry;
    uint32_t sequence;
};

struct tek {
    uint32_t spi;
    struct gv_time expiry;
};

struct member {
    struct gdoi_endpoint at;
    bool marked;
    uint32_t acked, missed; /* sequence number; rekeys in a row without an ACK */
};

struct lab_gdoi_group {
    struct lab_gdoi *server;
    struct lab_gdoi_policy policy;
    bool asked;                 /* a member has begun to register since the birth */
    struct kek keks[KEKS_KEPT]; /* the one in use first */
    struct tek tek;
    struct member members[LAB_GDOI_MEMBERS_MOST];
    size_t member_count;
    struct gv_buf push; /* the last one; sent again at resend_at, so many times */
    uint32_t push_sequence;
    bool push_lost;
    struct gv_time resend_at;
    uint32_t resends_left;
};

struct queued {
    struct gv_buf octets;
    struct gdoi_endpoint to;
    bool marked;
};

struct lab_gdoi {
    struct lab_gdoi_config config;
    struct lab_gdoi_faults faults;
    struct lab_gdoi_counts counts;
    struct phase phases[PHASES_MOST];
    uint64_t births;
    struct lab_gdoi_group *groups[LAB_GDOI_GROUPS_MOST];
    size_t group_count;
    struct queued queue[QUEUE_MOST];
    size_t queue_count;
    struct gv_buf handed_out;
};

/* A message that came, and its chain of payloads. */
struct request {
    struct isakmp_header header;
    struct isakmp_chain chain;
    struct gdoi_endpoint from;
    bool marked;
    uint8_t digest[DIGEST_SIZE];
    struct gv_time now;
    uint8_t octets[REQUEST_MOST];
    size_t n; /* behind the header */
};

/* ---- gdoi_server.c ---- */

/* Queue a copy of the message. */
void server_send(struct lab_gdoi *s, const struct gv_buf *message,
                 const struct gdoi_endpoint *to, bool marked);
/* Queue an answer of that kind to the phase, and keep it for repeats; `message` is taken over.
 * False where a fault keeps it silent. */
bool server_answer(struct lab_gdoi *s, struct phase *p, struct answered *slot,
                   const struct request *q, enum lab_gdoi_message kind, struct gv_buf message);
/* The form that a payload of that message takes. */
enum lab_gdoi_form server_form(const struct lab_gdoi *s, enum lab_gdoi_message message,
                               uint8_t payload);
/* Let the faults change payloads, before HASH or SIG are made over them. */
void server_edit(const struct lab_gdoi *s, enum lab_gdoi_message message,
                 struct lab_gdoi_chain *chain);
void server_nonce(const struct lab_gdoi *s, uint8_t nonce[NONCE_MOST], size_t *n);
/* Random octets; dies where the library has none. */
void server_random(void *octets, size_t n);
/* Split into payloads what stands behind the header. */
bool server_parse(struct request *q);

/* ---- gdoi_phase.c: keys of a phase 1, and what is protected by them ---- */

void phase_clear(struct phase *p);
bool phase_derive(struct phase *p, const struct gv_secret *psk, const struct gv_secret *shared);
/* HASH_I or HASH_R over the body of an ID payload. */
void phase_hash_id(const struct phase *p, bool initiator, struct gdoi_chunk id,
                   uint8_t out[GDOI_HASH_MOST]);
/* prf(SKEYID_a, message id | chunks). */
void phase_hash(const struct phase *p, uint32_t id, const struct gdoi_chunk *chunks,
                size_t count, uint8_t out[GDOI_HASH_MOST]);
/* The first IV of an exchange after phase 1. */
void phase_iv(const struct phase *p, uint32_t id, uint8_t iv[GDOI_BLOCK_MOST]);
/* Encrypt a composed message, decrypt one that came; `iv` moves on. */
bool phase_seal(const struct phase *p, uint8_t iv[GDOI_BLOCK_MOST], struct gv_buf *message);
bool phase_open(const struct phase *p, uint8_t iv[GDOI_BLOCK_MOST], struct request *q);
/* The HASH payload that goes ahead of `rest`, over the chunks. */
struct lab_gdoi_chain phase_protect(const struct lab_gdoi *s, const struct phase *p,
                                    uint32_t id, enum lab_gdoi_message message,
                                    const struct gdoi_chunk *before, size_t count,
                                    struct lab_gdoi_chain rest);
/* Does the HASH that begins the chain cover the chunks and what follows it? */
bool phase_proves(const struct phase *p, const struct request *q,
                  const struct gdoi_chunk *before, size_t count);

/* ---- gdoi_main.c, gdoi_pull.c, gdoi_info.c: exchanges ---- */

void main_feed(struct lab_gdoi *s, struct request *q);
void pull_feed(struct lab_gdoi *s, struct phase *p, struct request *q);
void info_feed(struct lab_gdoi *s, struct phase *p, struct request *q);
/* An Informational with a Notify without data, encrypted or in the clear. */
struct gv_buf info_body(uint16_t type); /* of a Notify */
void info_notify(struct lab_gdoi *s, struct phase *p, uint16_t type, bool encrypted);
void info_are_you_there(struct lab_gdoi *s, struct phase *p);
void info_delete(struct lab_gdoi *s, struct phase *p); /* of this phase 1 */

/* ---- gdoi_policy.c: what a group's SA and KD hold ---- */

/* Octets of the KEK's key, and of its cipher's block. */
size_t policy_kek_size(const struct lab_gdoi_policy *p);
size_t policy_block_size(const struct lab_gdoi_policy *p);
struct gv_buf policy_sa(const struct lab_gdoi_group *g, enum lab_gdoi_message message, bool kek,
                        bool tek, struct gv_time now);
struct gv_buf policy_kd(const struct lab_gdoi_group *g, enum lab_gdoi_message message,
                        const struct kek *old, bool kek, bool tek);

/* ---- gdoi_push.c, gdoi_ack.c, gdoi_group.c ---- */

/* What a push says: bits of enum lab_gdoi_rekey for each. `under` protects it. */
struct say {
    unsigned keys, deletes;
    struct kek *under;
};
void push_send(struct lab_gdoi_group *g, const struct say *say, struct gv_time now);
void push_again(struct lab_gdoi_group *g);
void push_resend(struct lab_gdoi_group *g, struct gv_time now);
void ack_feed(struct lab_gdoi *s, struct request *q);

void group_born(struct lab_gdoi_group *g, struct gv_time now);
void group_expire(struct lab_gdoi_group *g, struct gv_time now);
struct gv_time group_expiry(const struct lab_gdoi_group *g);
struct lab_gdoi_group *group_find(struct lab_gdoi *s, const struct gdoi_identity *id);
/* A member begins to register. */
void group_asked(struct lab_gdoi_group *g, struct gv_time now);
void group_join(struct lab_gdoi_group *g, const struct phase *p);

#endif
