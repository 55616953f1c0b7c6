/* SPDX-License-Identifier: Apache-2.0 */
/* Commands: everything that is ever typed into a router, and when.
 *
 * Pure. The table is the allow-list: the dialogue takes a command's number, so
 * no other text can be sent. The plan learns what a device has no answer to,
 * and leaves it out for a good while. Facts: show-commands. */
#ifndef GV_SSH_COMMANDS_H
#define GV_SSH_COMMANDS_H

#include "base/error.h"
#include "base/text.h"

enum gv_command {
    GV_COMMAND_LENGTH, /* terminal set-up, no part of any plan */
    GV_COMMAND_WIDTH,
    GV_COMMAND_ENABLE,
    GV_COMMAND_VERSION,
    GV_COMMAND_CONFIG,
    GV_COMMAND_GDOI,
    GV_COMMAND_GM_REKEY,
    GV_COMMAND_KS,
    GV_COMMAND_KS_POLICY,
    GV_COMMAND_KS_MEMBERS,
    GV_COMMAND_KS_COOP,
    GV_COMMAND_KS_REKEY,
    GV_COMMAND_LOGGING,
    GV_COMMAND_COUNT
};

/* What is typed, without the newline. Static string. */
const char *gv_command_text(enum gv_command command);

/* True where the answer changes so rarely that the driver keeps it and reads it
 * again into each poll's observation. */
bool gv_command_kept(enum gv_command command);

enum { GV_PLAN_RELEARN_POLLS = 50 };

struct gv_plan {
    bool logging;            /* the router's log is read too */
    unsigned polls;          /* since what the device answers was learnt */
    enum gv_command current; /* the last one given out */
    bool login, learning;
    bool got;            /* this poll has data about GETVPN */
    enum gv_err refusal; /* this poll: why `show crypto gdoi` gave none */
    uint32_t useless;    /* one bit a command: refused, or never gave data */
    uint32_t useful;     /* gave data since the last learning */
};

/* Nothing known yet of the device. `logging`: its log is to be read too. */
void gv_plan_init(struct gv_plan *plan, bool logging);

/* A poll begins. `login`: over a new login, so that a router that came back with
 * another release is seen. Each GV_PLAN_RELEARN_POLLS-th poll asks everything. */
void gv_plan_begin(struct gv_plan *plan, bool login);

/* The poll starts over, over a new login; nothing was answered yet. */
void gv_plan_restart(struct gv_plan *plan);

/* The next command of this poll; false when it has had all. */
bool gv_plan_next(struct gv_plan *plan, enum gv_command *out);

/* What came of the command last given out: the result of reading its output.
 * True where it is a failure of this poll; false where it gave data, or never did
 * on this device (a GM has no answer to a KS's command). */
bool gv_plan_answered(struct gv_plan *plan, enum gv_err result);

/* All commands are answered: GV_OK, or why the device told nothing about GETVPN. */
enum gv_err gv_plan_end(const struct gv_plan *plan);

#endif
