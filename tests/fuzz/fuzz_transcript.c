/* SPDX-License-Identifier: Apache-2.0 */
/* The first octet is the size of a secret that follows, the rest what a device answered: the
 * secret does not stand in what is kept. */
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "base/transcript.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A secret that is a part of what we write ourselves stands there by right. */
static bool ours(const uint8_t *secret, size_t n)
{
    static const char own[] = "> show crypto gdoi\n" GV_TRANSCRIPT_HIDDEN;

    for (size_t i = 0; i < n; i++)
        if (memchr(own, secret[i], sizeof(own)) != NULL)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_reader in = gv_reader(data, size);
    size_t n = gv_reader_uint(&in, 1);
    const uint8_t *octets = in.at;
    struct gv_transcript transcript;
    struct gv_secret *secret;

    if (in.bad || n < GV_TRANSCRIPT_SECRET_LEAST || n > in.left)
        return 0;
    secret = gv_secret_new(octets, n);
    gv_transcript_init(&transcript);
    gv_transcript_hide(&transcript, secret);
    gv_transcript_add(&transcript, "show crypto gdoi",
                      (struct gv_text){(const char *)octets, in.left});
    if (secret != NULL && !ours(octets, n) && transcript.text.n > 0 &&
        memmem(transcript.text.at, transcript.text.n, octets, n) != NULL)
        abort();
    gv_transcript_clear(&transcript);
    gv_secret_free(secret);
    return 0;
}
