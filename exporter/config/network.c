/* SPDX-License-Identifier: Apache-2.0 */
#include "config/network.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"

enum { V4_BITS = 96, MOST_BITS = 128 };

#define V4(a, b)                                                                               \
    {                                                                                          \
        {                                                                                      \
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b                                     \
        }                                                                                      \
    }

/* Addresses that a wide network does not open; the first that holds one counts. A NAT64 prefix,
 * 6to4 or an address within
 * ::ffff:0:0/96 would lead to any IPv4 address around the list. */
static const struct {
    struct gv_network network;
    bool when_named; /* a network within it opens it */
    const char *what;
} special[] = {
    {{V4(127, 0), V4_BITS + 8}, true, "loopback"},
    {{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, MOST_BITS}, true, "loopback"},
    {{V4(0, 0), V4_BITS + 8}, false, "no address of a device"},
    {{V4(169, 254), V4_BITS + 16}, false, "link-local"},
    {{V4(224, 0), V4_BITS + 4}, false, "multicast"},
    {{V4(240, 0), V4_BITS + 4}, false, "reserved"},
    {{{{0}}, V4_BITS}, false, "IPv4 within IPv6"},
    {{{{0, 0x64, 0xff, 0x9b}}, 32}, false, "IPv4 within IPv6"},
    {{{{0x20, 0x02}}, 16}, false, "IPv4 within IPv6"},
    {{{{0x20, 0x01, 0, 0}}, 32}, false, "IPv4 within IPv6"},
    {{{{0xfe, 0x80}}, 10}, false, "link-local"},
    {{{{0xff}}, 8}, false, "multicast"},
};
enum { SPECIAL_COUNT = sizeof(special) / sizeof(special[0]) };

static bool is_v4(const struct gv_literal *address)
{
    static const struct gv_network v4 = {V4(0, 0), V4_BITS};

    return memcmp(address->octets, v4.first.octets, V4_BITS / 8) == 0;
}

/* ::/0 is no network of IPv4 addresses. */
static bool v4_network(const struct gv_network *network)
{
    return network->bits >= V4_BITS && is_v4(&network->first);
}

static bool holds(const struct gv_network *network, const struct gv_literal *address)
{
    size_t whole = network->bits / 8;
    unsigned mask = (0xff00u >> network->bits % 8) & 0xffu;

    return memcmp(network->first.octets, address->octets, whole) == 0 &&
           (mask == 0 || ((network->first.octets[whole] ^ address->octets[whole]) & mask) == 0);
}

static bool within(const struct gv_network *inner, const struct gv_network *outer)
{
    return inner->bits >= outer->bits && holds(outer, &inner->first);
}

bool gv_literal_read(const char *text, struct gv_literal *out)
{
    struct gv_literal address = V4(0, 0);

    if (inet_pton(AF_INET, text, &address.octets[V4_BITS / 8]) == 1) {
        *out = address;
        return true;
    }
    if (inet_pton(AF_INET6, text, address.octets) != 1 || is_v4(&address))
        return false;
    *out = address;
    return true;
}

/* No bit beyond the network's own is set. */
static bool is_first(const struct gv_network *network)
{
    for (unsigned bit = network->bits; bit < MOST_BITS; bit++)
        if ((network->first.octets[bit / 8] & 0x80u >> bit % 8) != 0)
            return false;
    return true;
}

const char *gv_network_read(const char *text, struct gv_network *out)
{
    struct gv_text whole = gv_text(text);
    size_t slash = gv_text_index(whole, '/');
    char literal[INET6_ADDRSTRLEN];
    struct gv_network network = {.bits = MOST_BITS};
    uint32_t bits = 0;

    if (slash >= sizeof(literal))
        return "expected ADDRESS/BITS";
    memcpy(literal, text, slash);
    literal[slash] = '\0';
    if (!gv_literal_read(literal, &network.first))
        return "expected ADDRESS/BITS";
    if (slash < whole.n) {
        unsigned base = is_v4(&network.first) ? V4_BITS : 0;

        if (!gv_text_u32(gv_text_from(whole, slash + 1), &bits) || bits > MOST_BITS - base)
            return base > 0 ? "expected up to 32 bits" : "expected up to 128 bits";
        network.bits = base + bits;
    }
    if (!is_first(&network))
        return "bits beyond the network's are set; expected its first address";
    for (size_t i = 0; i < SPECIAL_COUNT; i++)
        if (within(&network, &special[i].network)) {
            if (!special[i].when_named)
                return special[i].what;
            break;
        }
    *out = network;
    return NULL;
}

void gv_literal_name(const struct gv_literal *address, struct gv_buf *out)
{
    bool v4 = is_v4(address);
    char text[INET6_ADDRSTRLEN];

    if (inet_ntop(v4 ? AF_INET : AF_INET6, address->octets + (v4 ? V4_BITS / 8 : 0), text,
                  sizeof(text)) != NULL)
        gv_buf_add_str(out, text);
}

void gv_network_name(const struct gv_network *network, struct gv_buf *out)
{
    gv_literal_name(&network->first, out);
    gv_buf_add_char(out, '/');
    gv_buf_add_u64(out, network->bits - (v4_network(network) ? V4_BITS : 0));
}

/* The network opens it even where a wider one would not. */
static bool opens(const struct gv_network *network, const struct gv_literal *address)
{
    if (is_v4(address) != v4_network(network) || !holds(network, address))
        return false;
    for (size_t i = 0; i < SPECIAL_COUNT; i++)
        if (holds(&special[i].network, address))
            return special[i].when_named && within(network, &special[i].network);
    return true;
}

bool gv_networks_open(const struct gv_network *networks, size_t count,
                      const struct gv_literal *address)
{
    for (size_t i = 0; i < count; i++)
        if (opens(&networks[i], address))
            return true;
    return false;
}
