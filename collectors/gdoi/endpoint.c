/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

bool gdoi_endpoint_read(const char *text, uint16_t port, struct gdoi_endpoint *out)
{
    struct gv_text t = gv_text(text), host = t, number = {"", 0};
    size_t colon = gv_text_index(t, ':');
    struct gdoi_endpoint e = {.port = port};
    char copy[INET6_ADDRSTRLEN];
    uint32_t n;

    if (t.n > 0 && t.at[0] == '[') {
        size_t end = gv_text_index(t, ']');

        host = gv_text_head(gv_text_from(t, 1), end > 0 ? end - 1 : 0);
        number = gv_text_from(t, end + 1);
    } else if (colon < t.n && gv_text_index(gv_text_from(t, colon + 1), ':') ==
                                  t.n - colon - 1) { /* one colon only: not IPv6 */
        host = gv_text_head(t, colon);
        number = gv_text_from(t, colon);
    }
    if (number.n > 0) {
        if (number.at[0] != ':' || !gv_text_u32(gv_text_from(number, 1), &n) || n > UINT16_MAX)
            return false;
        e.port = (uint16_t)n;
    }
    if (host.n == 0 || host.n >= sizeof(copy))
        return false;
    memcpy(copy, host.at, host.n);
    copy[host.n] = '\0';
    if (inet_pton(AF_INET, copy, e.address) == 1)
        e.size = 4;
    else if (inet_pton(AF_INET6, copy, e.address) == 1)
        e.size = 16;
    if (e.size > 0)
        *out = e;
    return e.size > 0;
}

void gdoi_endpoint_text(const struct gdoi_endpoint *endpoint, char out[GDOI_ENDPOINT_TEXT])
{
    char address[INET6_ADDRSTRLEN] = "?";
    bool v6 = endpoint->size == 16;

    (void)inet_ntop(v6 ? AF_INET6 : AF_INET, endpoint->address, address, sizeof(address));
    (void)snprintf(out, GDOI_ENDPOINT_TEXT, "%s%s%s:%u", v6 ? "[" : "", address, v6 ? "]" : "",
                   endpoint->port);
}

bool gdoi_endpoint_is_multicast(const struct gdoi_endpoint *endpoint)
{
    return endpoint->size == 4    ? endpoint->address[0] >> 4 == 14
           : endpoint->size == 16 ? endpoint->address[0] == 0xff
                                  : false;
}

bool gdoi_endpoint_equal(const struct gdoi_endpoint *a, const struct gdoi_endpoint *b)
{
    return a->size == b->size && a->port == b->port &&
           memcmp(a->address, b->address, a->size) == 0;
}

bool gdoi_identity_read(const char *text, enum gdoi_number number, struct gdoi_identity *out)
{
    struct gdoi_identity id = {.n = 4};
    struct gdoi_endpoint address;
    size_t n = strlen(text);
    uint32_t v;

    if (number != GDOI_NO_NUMBER && gv_text_u32(gv_text(text), &v)) {
        id.type = GDOI_ID_KEY_ID;
        for (unsigned i = 0; i < 4; i++)
            id.octets[i] = (uint8_t)(v >> (number == GDOI_LITTLE_ENDIAN ? 8 * i : 24 - 8 * i));
    } else if (strchr(text, ']') == NULL && gdoi_endpoint_read(text, 0, &address) &&
               address.port == 0) {
        id.type = address.size == 4 ? GDOI_ID_IPV4 : GDOI_ID_IPV6;
        id.n = address.size;
        memcpy(id.octets, address.address, address.size);
    } else if (n > 0 && n <= GDOI_IDENTITY_MOST) {
        id.type = strchr(text, '@') != NULL ? GDOI_ID_USER_FQDN : GDOI_ID_FQDN;
        id.n = (uint8_t)n;
        memcpy(id.octets, text, n);
    } else {
        return false;
    }
    *out = id;
    return true;
}

void gdoi_identity_of_subject(const struct gdoi_credential *credential,
                              struct gdoi_identity *out)
{
    size_t n;
    const uint8_t *subject = gdoi_credential_subject(credential, &n);

    if (out->type != 0 || n > GDOI_IDENTITY_MOST)
        return;
    out->type = GDOI_ID_DN;
    out->n = (uint8_t)n;
    memcpy(out->octets, subject, n);
}
