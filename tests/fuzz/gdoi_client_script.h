/* SPDX-License-Identifier: Apache-2.0 */
/* What the inputs of fuzz_gdoi_client mean: records of a key server's messages as they are in
 * the clear, without HASH (but in main mode), SIG and encryption, and of what else happens.
 *
 * A record: kind and flags, the type of the first payload, a number of two octets, and so many
 * octets; SCRIPT_WAIT and SCRIPT_REGISTER have none, and the number is seconds. */
#ifndef GDOI_CLIENT_SCRIPT_H
#define GDOI_CLIENT_SCRIPT_H

#include "gdoi/client_part.h"

enum script_kind {
    SCRIPT_MAIN_2,
    SCRIPT_MAIN_4,
    SCRIPT_MAIN_6,
    SCRIPT_PULL, /* whichever answer is waited for */
    SCRIPT_PUSH,
    SCRIPT_INFO,   /* encrypted */
    SCRIPT_NOTICE, /* an Informational in the clear */
    SCRIPT_RAW,    /* a whole datagram, but for the initiator's cookie */
    SCRIPT_WAIT,
    SCRIPT_REGISTER,
    SCRIPT_KINDS = 16 /* any other one is nothing */
};

enum {
    SCRIPT_WRONG = 0x80, /* HASH or signature: never to be taken */
    SCRIPT_OTHER = 0x40, /* MAIN_2, MAIN_4: the arithmetic is still out when the next record
                          * comes; PUSH: under the oldest KEK; RAW: with its own cookie */
    SCRIPT_REAL = 0x20,  /* MAIN_4: real Diffie-Hellman; PUSH: the next sequence number */
    SCRIPT_ODD = 0x10,   /* MAIN_*: another cookie; PUSH: signed without the padding */
    SCRIPT_HEAD = 4,
    SCRIPT_RECORDS_MOST = 32,
    SCRIPT_SIGNER = 4711 /* the private number of the key that signs rekeys */
};

/* The youngest branch of phase 1 that waits for that answer; NULL where none does. */
static inline const struct branch *script_branch(const struct gdoi_client *c,
                                                 enum gdoi_step step)
{
    const struct branch *found = NULL;

    for (size_t i = 0; c->phase1 != NULL && i < BRANCHES_MOST; i++) {
        const struct branch *b = &c->phase1->branches[i];

        if (b->used && b->step == step && (step != GDOI_MAIN_6 || b->keys.octets != NULL) &&
            (found == NULL || b->born > found->born))
            found = b;
    }
    return found;
}

#endif
