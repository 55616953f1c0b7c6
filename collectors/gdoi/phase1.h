/* SPDX-License-Identifier: Apache-2.0 */
/* The SA payload of phase 1: what a probe offers, and what the key server took.
 *
 * Pure. Source: RFC 2409, appendix A; RFC 2408, 3.4 to 3.6; notes on the protocol, chapter 4.
 */
#ifndef GV_GDOI_PHASE1_H
#define GV_GDOI_PHASE1_H

#include "base/text.h"
#include "gdoi/keys.h"

enum gdoi_auth { GDOI_AUTH_PSK = 1, GDOI_AUTH_RSA = 3 };

/* "aes128-sha256-modp2048": cipher, hash and group as contract.md names them. False for any
 * other text. */
bool gdoi_suite_read(struct gv_text text, struct gdoi_suite *out);

/* Its name, in the same form. */
void gdoi_suite_name(const struct gdoi_suite *suite, struct gv_buf *out);

/* Is a part of it known to be weak: 3DES, MD5, SHA-1, or a group of 1536 bits or less? */
bool gdoi_suite_weak(const struct gdoi_suite *suite);

/* What is offered where nothing else is said: aes256 and aes128 with SHA-2, on groups of 2048
 * bits and more and on curves; `legacy` puts sha1, modp1536, modp1024 and 3des behind them
 * (contract). How many. */
enum { GDOI_SUITES_MOST = 64 };
size_t gdoi_suites_default(bool legacy, struct gdoi_suite out[GDOI_SUITES_MOST]);

/* Append the body of an SA that offers `count` (1 to 254) suites in their order, with that way
 * to authenticate and that life in seconds. */
void gdoi_phase1_sa_encode(const struct gdoi_suite *suites, size_t count, enum gdoi_auth auth,
                           uint32_t life_s, struct gv_buf *out);

/* The one transform of an answer. */
struct gdoi_phase1_answer {
    struct gdoi_suite suite;
    enum gdoi_auth auth;
    uint32_t life_s; /* 0: not said */
};

/* Read a responder's SA. GV_ERR_NOT_SUPPORTED for algorithms that are none of ours,
 * GV_ERR_MALFORMED for none or several transforms. Whether it was offered is the caller's to
 * check: gdoi_suite_equal. */
enum gv_err gdoi_phase1_sa_decode(struct gv_reader body,
                                  struct gdoi_phase1_answer *out) GV_MUST_CHECK;

bool gdoi_suite_equal(const struct gdoi_suite *a, const struct gdoi_suite *b);

#endif
