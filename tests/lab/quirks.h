/* SPDX-License-Identifier: Apache-2.0 */
/* Quirks: how the SSH face of one box misbehaves. All off is a well-behaved box. */
#ifndef LAB_QUIRKS_H
#define LAB_QUIRKS_H

#include <stdbool.h>
#include <stdint.h>

struct lab_quirks {
    uint32_t vty_lines;       /* sessions at a time; 0: five, as on most boxes */
    uint32_t preamble_octets; /* so much text ahead of the protocol's first line */
    uint32_t banner_octets;   /* so much more text after login */
    uint32_t login_ms;        /* each login is judged so late: slow AAA */
    uint32_t line_octets;     /* an output's second line is this long */
    uint32_t drip_ms;         /* one octet of output each so many milliseconds */
    uint32_t cut_octets;      /* connection closed after so many octets of output */
    bool endless;             /* the output of a show command never ends */
    bool mute;                /* a show command is never answered */
    bool stuck;               /* a show command stops halfway for ever */
    bool pager;               /* "terminal length" is refused */
    bool escapes;             /* terminal escapes, NUL and overwriting in the output */
    bool chatter;             /* syslog lines in mid-output */
    bool prompts;             /* lines that look like the prompt in the output */
    bool unauthorized;        /* every show command but `show version` is refused */
    bool no_commands;         /* exec requests are refused: shell only */
    bool legacy;              /* SHA-1 key exchange, ssh-rsa and CBC only */
    bool publickey_only;      /* what it takes beside the key is refused */
    bool keyboard_only;       /* password only by keyboard-interactive */
};

#endif
