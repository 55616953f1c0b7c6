/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal dialogue against a router that writes anything. Octet 0x01 of the
 * input is a quiet moment. What must hold whatever comes: only octets of the allow-list,
 * the enable secret, newline and space are sent; an answer holds printable lines. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ssh/dialogue.h"

enum { QUIET = 1 };

static const char secret_text[] = "enable-secret";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static bool allowed(struct gv_text t)
{
    for (int i = 0; i < GV_COMMAND_COUNT; i++)
        if (gv_text_is(t, gv_command_text((enum gv_command)i)))
            return true;
    return gv_text_is(t, secret_text) || gv_text_is(t, "\n") || gv_text_is(t, " ");
}

/* Take what is to be sent; ask the next command where one may be asked. */
static void converse(struct gv_dialogue *d, unsigned *command, unsigned *passwords)
{
    for (;;) {
        struct gv_text t = gv_dialogue_next(d);

        if (t.n > 0) {
            require(allowed(t));
            *passwords += gv_text_is(t, secret_text);
            require(*passwords <= 1);
            continue;
        }
        if (d->state != GV_DIALOGUE_READY || *command == GV_COMMAND_COUNT)
            return;
        gv_dialogue_ask(d, (enum gv_command)(*command)++);
    }
}

static void check_answer(struct gv_text answer)
{
    struct gv_text line;

    require(answer.n <= GV_DIALOGUE_ANSWER_MOST);
    for (size_t i = 0; i < answer.n; i++) {
        unsigned char c = (unsigned char)answer.at[i];

        require(c == '\n' || (c >= ' ' && c != 0x7f));
        require(!(c == 0xc2 && (unsigned char)answer.at[i + 1] < 0xa0)); /* C1 as UTF-8 */
    }
    while (gv_text_line(&answer, &line))
        require(line.n <= GV_TERMINAL_LINE_MOST);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_secret *enable = gv_secret_new(secret_text, strlen(secret_text));
    unsigned command = GV_COMMAND_VERSION, passwords = 0;
    struct gv_dialogue d;

    gv_dialogue_init(&d, enable);
    for (size_t at = 0; at < size;) {
        const uint8_t *quiet = memchr(data + at, QUIET, size - at);
        size_t n = quiet ? (size_t)(quiet - data) - at : size - at;

        gv_dialogue_feed(&d, data + at, n);
        at += n + 1;
        if (quiet == NULL)
            break;
        gv_dialogue_expiry(&d);
        if (d.state == GV_DIALOGUE_READY)
            check_answer(gv_dialogue_answer(&d));
        converse(&d, &command, &passwords);
    }
    require((d.state == GV_DIALOGUE_FAILED) == (d.err != GV_OK));
    gv_dialogue_clear(&d);
    gv_secret_free(enable);
    return 0;
}
