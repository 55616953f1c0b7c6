/* SPDX-License-Identifier: Apache-2.0 */
/* Keyscan: fetch a router's host keys and enrol them in known_hosts. For the engineer's
 * tool: it blocks. */
#ifndef GV_SSH_KEYSCAN_H
#define GV_SSH_KEYSCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "collector.h"

/* One host key; strings valid during the call. */
struct gv_host_key {
    const char *type;        /* "ssh-ed25519" */
    const char *fingerprint; /* "SHA256:..." */
    const char *line;        /* as known_hosts holds it, with its newline */
    bool known;              /* it was in the file already */
    bool changed;            /* the file holds another key of this host: not enrolled */
};

typedef void gv_keyscan_found(void *arg, const struct gv_host_key *key);

/* What to scan. */
struct gv_keyscan {
    const char *host;
    uint16_t port;
    struct gv_dur timeout;   /* for each type of key */
    const char *known_hosts; /* file; NULL: enrol nothing */
    gv_keyscan_found *found; /* may be NULL */
    void *arg;
};

/* Ask the host for a key of each type, tell of each, and append to the file those
 * that it does not hold. A key is what the network answers: compare the fingerprint.
 * GV_ERR_UNREACHABLE, GV_ERR_TIMEOUT or GV_ERR_NAME_LOOKUP where no key was had,
 * GV_ERR_HOST_KEY_CHANGED where one differs from the file's, GV_ERR_SYSTEM where the
 * file cannot be written; with a sentence in detail[GV_DETAIL_SIZE], "" on success. */
enum gv_err gv_ssh_keyscan(const struct gv_keyscan *scan, char *detail) GV_MUST_CHECK;

#endif
