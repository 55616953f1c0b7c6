/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses a list of networks opens. */
#include "check.h"
#include "config/network.h"

static const struct {
    const char *text, *fault, *name; /* NULL: none */
} networks[] = {
    {"192.0.2.0/24", NULL, "192.0.2.0/24"},
    {"192.0.2.7", NULL, "192.0.2.7/32"},
    {"10.0.0.0/8", NULL, "10.0.0.0/8"},
    {"0.0.0.0/0", NULL, "0.0.0.0/0"},
    {"2001:db8::/32", NULL, "2001:db8::/32"},
    {"2001:DB8:0:0::1", NULL, "2001:db8::1/128"},
    {"::/0", NULL, "::/0"},
    {"127.0.0.0/8", NULL, "127.0.0.0/8"},
    {"127.99.0.0/16", NULL, "127.99.0.0/16"},
    {"::1", NULL, "::1/128"},
    {"169.254.0.0/16", "link-local", NULL},
    {"169.254.169.254", "link-local", NULL},
    {"fe80::/10", "link-local", NULL},
    {"0.0.0.0", "no address of a device", NULL},
    {"224.0.0.0/4", "multicast", NULL},
    {"ff02::1", "multicast", NULL},
    {"255.255.255.255", "reserved", NULL},
    {"64:ff9b::/96", "IPv4 within IPv6", NULL},
    {"2002:a9fe:a9fe::/48", "IPv4 within IPv6", NULL},
    {"::127.0.0.1", "IPv4 within IPv6", NULL},
    {"::ffff:192.0.2.1", "expected ADDRESS/BITS", NULL},
    {"::ffff:0:0/96", "expected ADDRESS/BITS", NULL},
    {"192.0.2.1/24", "bits beyond the network's are set; expected its first address", NULL},
    {"2001:db8::1/64", "bits beyond the network's are set; expected its first address", NULL},
    {"192.0.2.0/33", "expected up to 32 bits", NULL},
    {"2001:db8::/129", "expected up to 128 bits", NULL},
    {"192.0.2.0/", "expected up to 32 bits", NULL},
    {"192.0.2.0/-1", "expected up to 32 bits", NULL},
    {"192.0.2.0/24/24", "expected up to 32 bits", NULL},
    {"192.0.2/24", "expected ADDRESS/BITS", NULL},
    {"192.0.2.00/24", "expected ADDRESS/BITS", NULL},
    {"router.example.net", "expected ADDRESS/BITS", NULL},
    {"", "expected ADDRESS/BITS", NULL},
    {"/24", "expected ADDRESS/BITS", NULL},
    {"0123456789012345678901234567890123456789012345678901234567890/24",
     "expected ADDRESS/BITS", NULL},
};

static void test_networks(void)
{
    for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
        struct gv_network network = {.bits = 7};
        struct gv_buf name = gv_buf(100);

        CHECK_STR(networks[i].text, gv_network_read(networks[i].text, &network),
                  networks[i].fault);
        if (networks[i].fault != NULL) {
            CHECK_INT("untouched", network.bits, 7);
            continue;
        }
        gv_network_name(&network, &name);
        CHECK_STR(networks[i].text, name.at, networks[i].name);
        gv_buf_clear(&name);
    }
}

static const struct {
    const char *network, *address;
    bool open;
} rows[] = {
    {"192.0.2.0/24", "192.0.2.0", true},
    {"192.0.2.0/24", "192.0.2.255", true},
    {"192.0.2.0/24", "192.0.3.0", false},
    {"192.0.2.128/25", "192.0.2.127", false},
    {"192.0.2.128/25", "192.0.2.128", true},
    {"192.0.2.7", "192.0.2.7", true},
    {"192.0.2.7", "192.0.2.6", false},
    {"2001:db8::/33", "2001:db8:7fff::1", true},
    {"2001:db8::/33", "2001:db8:8000::1", false},
    {"2001:db8::1", "2001:db8:0::0001", true},
    /* the whole of a family, but for what is special, and not the other one */
    {"0.0.0.0/0", "192.0.2.1", true},
    {"0.0.0.0/0", "10.1.2.3", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"::/0", "2001:db8::1", true},
    {"::/0", "192.0.2.1", false},
    {"0.0.0.0/0", "169.254.169.254", false},
    {"0.0.0.0/0", "127.0.0.1", false},
    {"0.0.0.0/0", "0.0.0.0", false},
    {"0.0.0.0/0", "224.0.0.5", false},
    {"0.0.0.0/0", "255.255.255.255", false},
    {"::/0", "::1", false},
    {"::/0", "::", false},
    {"::/0", "fe80::1", false},
    {"::/0", "ff02::1", false},
    {"::/0", "::ffff:a9fe:a9fe", false},
    {"::/0", "64:ff9b::a9fe:a9fe", false},
    {"::/0", "2002:a9fe:a9fe::1", false},
    {"168.0.0.0/6", "169.254.169.254", false},
    {"126.0.0.0/7", "127.0.0.1", false},
    /* loopback where it is named */
    {"127.0.0.0/8", "127.0.0.1", true},
    {"127.99.0.0/16", "127.99.0.1", true},
    {"127.99.0.0/16", "127.0.0.1", false},
    {"::1", "::1", true},
    /* what is no literal address, or not one way to write it */
    {"0.0.0.0/0", "localhost", false},
    {"0.0.0.0/0", "router.example.net", false},
    {"0.0.0.0/0", "2130706433", false},
    {"0.0.0.0/0", "0xa010203", false},
    {"0.0.0.0/0", "10.1", false},
    {"0.0.0.0/0", "10.01.2.3", false},
    {"0.0.0.0/0", "010.1.2.3", false},
    {"0.0.0.0/0", "10.1.2.3:161", false},
    {"0.0.0.0/0", " 10.1.2.3", false},
    {"0.0.0.0/0", "10.1.2.3 ", false},
    {"0.0.0.0/0", "::ffff:10.1.2.3", false},
    {"::/0", "2001:db8::1%eth0", false},
    {"::/0", "[2001:db8::1]", false},
    {"::/0", "", false},
};

static void test_open(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_network network;
        struct gv_literal address;
        char row[128];

        (void)snprintf(row, sizeof(row), "%s in %s", rows[i].address, rows[i].network);
        CHECK_STR(rows[i].network, gv_network_read(rows[i].network, &network), NULL);
        CHECK_INT(row,
                  gv_literal_read(rows[i].address, &address) &&
                      gv_networks_open(&network, 1, &address),
                  rows[i].open);
    }
}

int main(void)
{
    test_networks();
    test_open();
    return check_end();
}
