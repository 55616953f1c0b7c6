/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of one router session: prompt, echo, paging, `enable`.
 *
 * Sans I/O: octets from the client go in by lab_cli_feed, octets for the client
 * come out of lab_cli_next, as many as there is room for, so that an output
 * without end needs no memory. Knows nothing of SSH. */
#ifndef LAB_CLI_H
#define LAB_CLI_H

#include "command.h"
#include "quirks.h"

struct lab_cli;

struct lab_cli_config {
    const char *hostname;
    enum lab_format format;
    const char *enable; /* password; NULL: privileged at once */
    const char *banner; /* shown at login; NULL: none */
    uint32_t rows;      /* of the terminal; 0: no paging */
    const struct lab_quirks *quirks;
    /* Append to `out` what the box answers to `command` now. */
    void (*answer)(void *arg, const struct lab_command *command, struct gv_text argument,
                   struct gv_buf *out);
    void *arg;
};

/* A session; what `config` points to must live as long. NULL without memory. */
struct lab_cli *lab_cli_new(const struct lab_cli_config *config);
void lab_cli_free(struct lab_cli *cli);

/* Begin with banner and prompt; or run the one command `line` and end, as
 * `ssh ROUTER COMMAND` does: neither echo nor prompt nor paging. */
void lab_cli_start(struct lab_cli *cli);
void lab_cli_exec(struct lab_cli *cli, struct gv_text line);

/* What the client typed. Typed ahead is kept, up to a limit. */
void lab_cli_feed(struct lab_cli *cli, const char *octets, size_t n);

/* The next octets for the client, at most `room`. 0: nothing until more is fed. */
size_t lab_cli_next(struct lab_cli *cli, char *out, size_t room);

/* A command was answered since the last call: what comes out next is its output. */
bool lab_cli_answered(struct lab_cli *cli);

/* The session is over once all output was taken. */
bool lab_cli_ended(const struct lab_cli *cli);

#endif
