/* SPDX-License-Identifier: Apache-2.0 */
/* A group member that only watches: registers at a key server, hears its rekeys, and says what
 * it saw. It never holds a TEK.
 *
 * Sans I/O: no socket, no clock, no thread. The caller feeds datagrams with the instant of
 * their arrival, sends what gdoi_client_next gives, calls gdoi_client_expire when
 * gdoi_client_expiry has come, and runs the work that gdoi_client_work asks for, in any thread.
 * Each call reports at most one event. Source: RFC 2409 (main mode), RFC 6407 (PULL, PUSH),
 * RFC 8263 (acknowledgement), RFC 3947 (NAT), RFC 3706 (dead peer detection). */
#ifndef GV_GDOI_CLIENT_H
#define GV_GDOI_CLIENT_H

#include "base/time.h"
#include "gdoi/credential.h"
#include "gdoi/deviation.h"
#include "gdoi/kek.h"
#include "gdoi/phase1.h"

struct gdoi_client;

enum { GDOI_IDENTITY_MOST = 255, GDOI_DATAGRAM_MOST = 65507 };

/* An IP address and port, without a system's types. */
struct gdoi_endpoint {
    uint8_t size; /* octets of the address: 4 or 16 */
    uint8_t address[16];
    uint16_t port;
};

/* Who somebody is: the body of an ID payload without protocol and port. */
struct gdoi_identity {
    uint8_t type; /* enum gdoi_id_type */
    uint8_t n;
    uint8_t octets[GDOI_IDENTITY_MOST];
};

/* What a probe is. Everything that is pointed to belongs to the caller and outlives the
 * client. */
struct gdoi_client_config {
    const struct gdoi_suite *suites;          /* offered, in this order */
    size_t suite_count;                       /* 1..GDOI_SUITES_MOST */
    const struct gv_secret *psk;              /* NULL: RSA signatures */
    const struct gdoi_credential *credential; /* for RSA signatures; else NULL */
    struct gdoi_identity identity;            /* ours */
    struct gdoi_identity
        peer; /* what the key server has to be; type 0: whoever proves itself */
    struct gdoi_identity group;
    struct gdoi_endpoint local, remote;
    struct gv_dur step_timeout; /* a step is given up so long after its first datagram */
    bool ack;                   /* acknowledge rekeys where the SAK asks */
    uint16_t
        ack_key_bits; /* the L of RFC 8263, 3.2.1, which is told in two ways; 0: the hash's */
};

/* Where a registration stands: which answer it waits for. */
enum gdoi_step {
    GDOI_IDLE,
    GDOI_MAIN_2,
    GDOI_MAIN_4,
    GDOI_MAIN_6,
    GDOI_PULL_2,
    GDOI_PULL_4,
    GDOI_STEP_COUNT
};

/* "phase 1, message 2 (proposal)", ...: static text. */
const char *gdoi_step_name(enum gdoi_step step);

enum { GDOI_KEKS_MOST = 3 };

/* A KEK that the client holds, or has just lost. */
struct gdoi_kek_life {
    struct gdoi_kek kek;
    struct gdoi_sak sak;
    struct gv_time since, expiry; /* ten years on where its lifetime was not told */
    bool by_rekey;                /* came by a rekey: its lifetime is the full one */
    bool followed;                /* brought another KEK */
    uint32_t before;              /* SEQ of the rekey that brought it */
    uint32_t sequence;            /* last one accepted */
    bool pushed;                  /* a push was accepted: */
    uint8_t last_digest[32];      /* of the last one, to tell retransmission from replay */
    uint8_t bad_digest[32];       /* of the last one with a bad signature, signature included */
};

struct gdoi_tek_life {
    uint32_t spi;
    struct gdoi_sat sat;
    struct gv_time expiry;
};

/* What the client knows of its group. */
struct gdoi_group_state {
    struct gdoi_kek_life keks[GDOI_KEKS_MOST]; /* the current one first */
    size_t kek_count;
    struct gdoi_tek_life teks[GDOI_TEKS_MOST];
    size_t tek_count;
};

enum gdoi_event_kind {
    GDOI_NOTHING,
    GDOI_REGISTERED,
    GDOI_FAILED,
    GDOI_REKEYED, /* a push with a valid signature, or one without */
    GDOI_DELETED  /* the key server took the keys away */
};

struct gdoi_event {
    enum gdoi_event_kind kind;
    struct gv_time at;

    /* GDOI_REGISTERED */
    struct gv_dur phase1, pull; /* first datagram to last answer verified; phase1 0: reused */
    struct gdoi_suite suite;
    bool had_kek, other_kek;     /* we had one before, and this is another */
    struct gv_dur previous_left; /* what the one before had left; where had_kek */
    bool life_unsure; /* the key server may tell the full lifetime however old the KEK is; also
                       * of the KEK that protected a rekey, where it came by a registration */

    /* GDOI_FAILED */
    enum gdoi_step step;
    enum gv_err err;  /* GV_ERR_TIMEOUT: no answer; GV_ERR_AUTHENTICATION, ... */
    bool answered;    /* the key server had answered before */
    uint16_t notify;  /* type of the last notify heard, unauthenticated or not; 0: none */
    enum gv_err last; /* why the last answer was not taken; GV_OK: there was none */
    const char *why;  /* what was wrong with a certificate: static text, else empty */

    /* GDOI_REKEYED */
    bool valid; /* its signature */
    uint32_t sequence;
    uint8_t kek_spi[GDOI_SPI_SIZE]; /* that protected it */
    bool brings_kek;                /* another one */
    uint8_t new_kek_spi[GDOI_SPI_SIZE];
    bool has_lead;        /* false where the lifetime of the protecting KEK was not told */
    struct gv_dur lead;   /* what the protecting KEK had left, negative after expiry */
    bool full_life_known; /* that KEK came by a rekey: */
    struct gv_dur full_life;
    struct gdoi_sig_variant variant;
};

/* Counted, never acted upon. */
struct gdoi_counts {
    uint32_t ignored;     /* answers that did not fit the step, or were not genuine */
    uint32_t unknown_spi; /* pushes under a KEK that we do not hold */
    uint32_t malformed;   /* pushes that could not be read */
    uint32_t limited;     /* pushes beyond the rate that is verified */
    uint32_t duplicates;  /* a key server's retransmissions */
    uint32_t replays;
    uint32_t bad_signatures, acks;
};

/* A client in state GDOI_IDLE, without keys. NULL without memory. */
struct gdoi_client *gdoi_client_new(const struct gdoi_client_config *config);
void gdoi_client_free(struct gdoi_client *client); /* not while work is out; NULL is fine */

/* Begin a registration; phase 1 is reused where it is still good. Nothing while one is under
 * way. It fails at once where the system has no memory or no random octets. */
void gdoi_client_register(struct gdoi_client *client, struct gv_time now,
                          struct gdoi_event *event);

/* A datagram from the key server, without a non-ESP marker. An encrypted message is wiped: it
 * is decrypted where it stands. */
void gdoi_client_feed(struct gdoi_client *client, uint8_t *message, size_t n,
                      const struct gdoi_endpoint *from, struct gv_time now,
                      struct gdoi_event *event);

/* A datagram to be sent. */
struct gdoi_datagram {
    const uint8_t *octets; /* valid until the next call */
    size_t n;
    struct gdoi_endpoint to;
    bool marked; /* with the non-ESP marker ahead, from and to the NAT ports (RFC 3947, 4) */
};

/* The next one; false where there is none. */
bool gdoi_client_next(struct gdoi_client *client, struct gdoi_datagram *out);

/* When gdoi_client_expire wants to be called; the end of time where never. */
struct gv_time gdoi_client_expiry(const struct gdoi_client *client);
void gdoi_client_expire(struct gdoi_client *client, struct gv_time now,
                        struct gdoi_event *event);

/* Key arithmetic that would stall a loop: true where there is some and none is out. Then call
 * gdoi_client_run, in any thread, once; then gdoi_client_ran in the client's own thread, which
 * may go on with everything but gdoi_client_free in between. */
bool gdoi_client_work(struct gdoi_client *client);
void gdoi_client_run(struct gdoi_client *client);
void gdoi_client_ran(struct gdoi_client *client, struct gv_time now, struct gdoi_event *event);

enum gdoi_step gdoi_client_step(const struct gdoi_client *client);
const struct gdoi_group_state *gdoi_client_group(const struct gdoi_client *client);
const struct gdoi_counts *gdoi_client_counts(const struct gdoi_client *client);
/* What the key server did otherwise than RFC 6407, so far: bits of enum gdoi_deviation. Only
 * what is authenticated counts. */
uint32_t gdoi_client_deviations(const struct gdoi_client *client);

/* The eight octets by which answers of phase 1 and PULL find their client. */
const uint8_t *gdoi_client_cookie(const struct gdoi_client *client);

#endif
