/* SPDX-License-Identifier: Apache-2.0 */
/* Dialogue: the conversation with a router's command line, over a stream of octets.
 *
 * Pure, sans I/O: feed what arrived, send what gv_dialogue_next gives, and call
 * gv_dialogue_expiry when nothing has arrived for gv_dialogue_patience.
 *
 * Every decision falls at such a quiet moment, from the line under way alone:
 * an answer ends when that line is the prompt, octet by octet, with nothing after
 * it. The prompt is learned: it is what the router answers to two empty lines in a
 * row. So prompt text in a description, or a pager's word in one, ends nothing.
 * Should a stall of the network still fall right behind a whole line that equals
 * the prompt, the rest shows before the next echo, and the dialogue fails instead
 * of handing out half an answer. */
#ifndef GV_SSH_DIALOGUE_H
#define GV_SSH_DIALOGUE_H

#include "base/secret.h"
#include "base/time.h"
#include "ssh/commands.h"
#include "ssh/terminal.h"

enum {
    GV_DIALOGUE_ANSWER_MOST = 4 << 20, /* octets of one command's output */
    GV_DIALOGUE_LOGIN_MOST = 2 << 20,  /* banner, message of the day, set-up */
    GV_DIALOGUE_IDLE_MOST = 64 << 10,  /* unasked: syslog lines between polls */
    GV_DIALOGUE_PROMPT_MOST = 128
};

enum gv_dialogue_state {
    GV_DIALOGUE_LEARNING, /* waiting for the prompt */
    GV_DIALOGUE_ENABLING,
    GV_DIALOGUE_SETTING_UP, /* terminal length 0, width 0 */
    GV_DIALOGUE_READY,      /* a command may be asked; `answer` holds the last output */
    GV_DIALOGUE_ASKED,
    GV_DIALOGUE_FAILED /* err, why; only clear */
};

struct gv_dialogue {
    enum gv_dialogue_state state;
    enum gv_err err;
    const char *why; /* static text for people */

    struct gv_terminal terminal;
    struct gv_secret *enable;
    char prompt[GV_DIALOGUE_PROMPT_MOST + 1]; /* the learned one, or the candidate */
    unsigned proofs, tries;                   /* equal answers in a row; empty lines sent */
    bool password_sent;
    bool echoes; /* the router was seen to echo what is typed */

    enum gv_command command; /* under way */
    bool echo_seen;
    bool prompt_passed; /* the last whole line was the prompt: syslog broke in behind it */
    size_t raw;         /* octets heard since the command was typed, or answered */
    struct gv_buf answer;

    struct gv_text queue[2]; /* to send: slices of static text or of the enable secret */
    size_t queued, sent;
};

/* A dialogue that waits for its first prompt. `enable` (shared, may be NULL) is
 * sent once, in answer to `enable` and a password prompt, where the first prompt
 * ends in '>'. */
void gv_dialogue_init(struct gv_dialogue *d, struct gv_secret *enable);
void gv_dialogue_clear(struct gv_dialogue *d);

/* What arrived. */
void gv_dialogue_feed(struct gv_dialogue *d, const void *octets, size_t n);

/* How long the router must be silent until gv_dialogue_expiry is due. */
struct gv_dur gv_dialogue_patience(const struct gv_dialogue *d);

/* Nothing has arrived for that long. */
void gv_dialogue_expiry(struct gv_dialogue *d);

/* Type `command`; nothing happens in another state than GV_DIALOGUE_READY. */
void gv_dialogue_ask(struct gv_dialogue *d, enum gv_command command);

/* The next octets to send, valid until the next call to any function here; the
 * empty slice when there is nothing more. */
struct gv_text gv_dialogue_next(struct gv_dialogue *d);

/* The last command's output as clean lines, without echo, prompt, pager and
 * syslog lines; valid until the next ask. */
struct gv_text gv_dialogue_answer(const struct gv_dialogue *d);

/* Release the memory that the last answer takes. */
void gv_dialogue_forget(struct gv_dialogue *d);

#endif
