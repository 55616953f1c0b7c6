/* SPDX-License-Identifier: Apache-2.0 */
/* A request: its target in the first line, then header values. Whatever is read
 * lies within the input, and negotiation always has an answer. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http/accept.h"
#include "http/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool within(struct gv_text t, const char *at, size_t n)
{
    return t.at >= at && t.n <= n && t.at + t.n <= at + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gv_text rest = {(const char *)data, size}, line;
    struct gv_accept accept = {0};
    struct gv_url url;
    struct gv_dur span;
    char *raw;

    if (!gv_text_line(&rest, &line))
        return 0;
    raw = malloc(line.n + 1);
    assert(raw != NULL);
    memcpy(raw, line.at, line.n);
    if (gv_url_read(raw, line.n, &url) == GV_OK) {
        assert(within(url.path, raw, line.n) && url.path.n > 0 && url.path.at[0] == '/');
        assert(url.param_count <= GV_URL_PARAMS_MOST);
        for (size_t i = 0; i < url.param_count; i++) {
            assert(within(url.params[i].name, raw, line.n));
            assert(within(url.params[i].value, raw, line.n));
        }
    }
    free(raw);
    while (gv_text_line(&rest, &line)) {
        gv_accept_feed(&accept, GV_ACCEPT, line);
        gv_accept_feed(&accept, GV_ACCEPT_ENCODING, line);
        assert(!gv_accept_seconds(line, &span) || span.ms >= 0);
    }
    assert(gv_accept_exposition(&accept) <= GV_OPENMETRICS);
    assert(accept.offers[GV_OFFER_GZIP].q <= 1000);
    return 0;
}
