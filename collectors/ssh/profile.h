/* SPDX-License-Identifier: Apache-2.0 */
/* Profile: which algorithms an SSH client offers, best first. */
#ifndef GV_SSH_PROFILE_H
#define GV_SSH_PROFILE_H

#include "target.h"

/* Comma-separated names; NULL: the library's own list. */
struct gv_ssh_algorithms {
    const char *key_exchange, *host_key, *cipher, *mac;
    const char *user_key; /* signatures for public-key login */
    int rsa_bits_least;   /* of a host key */
};

const struct gv_ssh_algorithms *gv_ssh_algorithms(enum gv_ssh_profile profile);

#endif
