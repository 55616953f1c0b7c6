/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/gdoi_index.h"

#include "check.h"
#include "snmp/oid.h"

enum { ARCS = 140 };

/* "1.4.10.1.2.3" into arcs; "Nx.V" repeats the arc V N times. */
static size_t arcs_of(const char *text, uint32_t *out)
{
    struct gv_text rest = gv_text(text);
    uint32_t times = 1;
    size_t n = 0;

    while (rest.n > 0) {
        struct gv_text part = gv_text_head(rest, gv_text_index(rest, '.'));
        uint32_t v = 0;

        rest = gv_text_from(rest, part.n + 1);
        if (part.n > 1 && part.at[part.n - 1] == 'x') {
            (void)gv_text_u32(gv_text_head(part, part.n - 1), &times);
            continue;
        }
        (void)gv_text_u32(part, &v);
        for (; times > 0 && n < ARCS; times--)
            out[n++] = v;
        times = 1;
    }
    return n;
}

#define NET "32.1.13.184"

static const struct {
    const char *name, *arcs, *want;
} id_rows[] = {
    {"group number", "11.4.0.0.0.1", "1"},
    {"group number, four octets", "11.4.255.255.255.255", "4294967295"},
    {"IPv4", "1.4.10.1.2.3", "10.1.2.3"},
    {"FQDN", "2.3.97.46.98", "a.b"},
    {"user FQDN", "3.3.97.64.98", "a@b"},
    {"IPv4 subnet", "4.8.10.1.0.0.255.255.0.0", "10.1.0.0/16"},
    {"IPv4 subnet of all", "4.8.8x.0", "0.0.0.0/0"},
    {"IPv4 subnet, mask with a hole", "4.8.10.1.0.0.255.0.255.0", "10.1.0.0/255.0.255.0"},
    {"IPv6", "5.16." NET ".11x.0.1", "2001:db8::1"},
    {"IPv6, no address", "5.16.16x.0", "::"},
    {"IPv6, loopback", "5.16.15x.0.1", "::1"},
    {"IPv6, zeros at the end", "5.16." NET ".12x.0", "2001:db8::"},
    {"IPv6, one zero group is written", "5.16." NET ".0.0.0.1.0.1.0.1.0.1.0.1",
     "2001:db8:0:1:1:1:1:1"},
    {"IPv6, first of two runs", "5.16." NET ".0.0.0.0.0.1.0.0.0.0.0.1", "2001:db8::1:0:0:1"},
    {"IPv6, longest of two runs", "5.16.32.1.0.0.0.0.0.1.0.0.0.0.0.0.0.1", "2001:0:0:1::1"},
    {"IPv6 subnet", "6.32." NET ".12x.0.4x.255.12x.0", "2001:db8::/32"},
    {"IPv4 range", "7.8.10.0.0.1.10.0.0.9", "10.0.0.1-10.0.0.9"},
    {"IPv6 range", "8.32." NET ".11x.0.1." NET ".11x.0.2", "2001:db8::1-2001:db8::2"},
    {"DN as text", "9.4.67.78.61.97", "CN=a"},
    {"DN in DER", "9.3.48.1.0", "0x300100"},
    {"general name", "10.1.120", "x"},
    {"name with NULs after it", "2.3.97.0.0", "a"},
    {"name with a control character", "2.2.97.10", "0x610A"},
    {"empty name", "2.0", "0x"},
    {"unknown type", "12.2.1.255", "0x01FF"},
    {"type 0", "0.1.7", "0x07"},
    {"longest", "3.48.48x.255",
     "0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
     "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"},
};

/* Whole indexes of the GM KEK table: group, GM, KEK index. */
static const struct {
    const char *name, *arcs;
    enum gv_err want;
} index_rows[] = {
    {"right", "11.4.0.0.0.1.1.4.10.1.2.3.7", GV_OK},
    {"KEK index 0", "11.4.0.0.0.1.1.4.10.1.2.3.0", GV_ERR_MALFORMED},
    {"IPv4 of 5 octets", "11.4.0.0.0.1.1.5.10.1.2.3.4.7", GV_ERR_RANGE},
    {"IPv4 of 3 octets", "11.4.0.0.0.1.1.3.10.1.2.7", GV_ERR_RANGE},
    {"group number of 5 octets", "11.5.0.0.0.0.1.1.4.10.1.2.3.7", GV_ERR_RANGE},
    {"IPv6 of 4 octets", "11.4.0.0.0.1.5.4.10.1.2.3.7", GV_ERR_RANGE},
    {"octet of 256", "11.4.0.0.0.256.1.4.10.1.2.3.7", GV_ERR_MALFORMED},
    {"49 octets", "2.49.49x.97.1.4.10.1.2.3.7", GV_ERR_RANGE},
    {"length beyond the end", "11.4.0.0.0.1.2.40.97.98.7", GV_ERR_MALFORMED},
    {"length of 2^32-1", "11.4294967295.0.0.0.1", GV_ERR_RANGE},
    {"no KEK index", "11.4.0.0.0.1.1.4.10.1.2.3", GV_ERR_MALFORMED},
    {"an arc too many", "11.4.0.0.0.1.1.4.10.1.2.3.7.1", GV_ERR_MALFORMED},
    {"group only", "11.4.0.0.0.1", GV_ERR_MALFORMED},
    {"type only", "11", GV_ERR_MALFORMED},
    {"nothing", "", GV_ERR_MALFORMED},
    {"128 arcs", "128x.1", GV_ERR_RANGE},
    {"128 arcs, all in one value", "2.126.126x.97", GV_ERR_RANGE},
};

static void test_ids(void)
{
    struct gv_gdoi_table one = gv_gdoi_roots[0].tables[GV_GDOI_GROUP];

    for (size_t i = 0; i < sizeof(id_rows) / sizeof(id_rows[0]); i++) {
        char text[GV_GDOI_ID_TEXT];
        struct gv_gdoi_index index;
        uint32_t arcs[ARCS];
        size_t n = arcs_of(id_rows[i].arcs, arcs);

        CHECK_INT(id_rows[i].name, gv_gdoi_index_decode(&one, arcs, n, &index), GV_OK);
        CHECK_STR(id_rows[i].name, gv_gdoi_id_text(&index.id[0], text).at, id_rows[i].want);
        CHECK_INT(id_rows[i].name, index.owner_n, n);
    }
}

static void test_indexes(void)
{
    const struct gv_gdoi_table *kek = &gv_gdoi_roots[0].tables[GV_GDOI_GM_KEK];

    for (size_t i = 0; i < sizeof(index_rows) / sizeof(index_rows[0]); i++) {
        struct gv_gdoi_index index = {.owner_n = 99};
        uint32_t arcs[ARCS];
        size_t n = arcs_of(index_rows[i].arcs, arcs);

        CHECK_INT(index_rows[i].name, gv_gdoi_index_decode(kek, arcs, n, &index),
                  index_rows[i].want);
        if (index_rows[i].want != GV_OK)
            CHECK_INT("untouched", index.owner_n, 99);
        else
            CHECK_INT(index_rows[i].name, index.number[0], 7);
    }
}

static void test_meaning(void)
{
    struct gv_gdoi_id id;

    CHECK_INT("multicast", gv_gdoi_id_decode(1, (const uint8_t[]){239, 1, 2, 3}, 4, &id), 0);
    CHECK("multicast", gv_gdoi_id_multicast(&id) && !gv_gdoi_id_unset(&id));
    CHECK_INT("223", gv_gdoi_id_decode(1, (const uint8_t[]){223, 1, 2, 3}, 4, &id), 0);
    CHECK("223 is unicast", !gv_gdoi_id_multicast(&id) && gv_gdoi_id_is_address(&id));
    CHECK_INT("240", gv_gdoi_id_decode(1, (const uint8_t[]){240, 1, 2, 3}, 4, &id), 0);
    CHECK("240 is not multicast", !gv_gdoi_id_multicast(&id));
    CHECK_INT("ff02", gv_gdoi_id_decode(5, (const uint8_t[16]){0xff, 2}, 16, &id), 0);
    CHECK("ff02 is multicast", gv_gdoi_id_multicast(&id));
    CHECK_INT("name", gv_gdoi_id_decode(2, (const uint8_t *)"\xe0", 1, &id), 0);
    CHECK("a name is not multicast", !gv_gdoi_id_multicast(&id) && !gv_gdoi_id_is_address(&id));
    CHECK_INT("zero", gv_gdoi_id_decode(1, (const uint8_t[4]){0}, 4, &id), 0);
    CHECK("unset", gv_gdoi_id_unset(&id));
}

static void test_oids(void)
{
    static const uint32_t arcs[] = {0, 127, 128, 16383, 16384, 4294967295u};
    uint32_t back[6];
    uint8_t packed[32];
    size_t n = gv_oid_pack(arcs, 6, packed, sizeof(packed));

    CHECK_INT("packed", n, 1 + 1 + 2 + 2 + 3 + 5);
    CHECK_INT("unpacked", gv_oid_unpack(packed, n, back, 6), 6);
    CHECK("same", memcmp(arcs, back, sizeof(arcs)) == 0);
    CHECK_INT("no room", gv_oid_pack(arcs, 6, packed, n - 1), 0);
    CHECK_INT("few arcs", gv_oid_unpack(packed, n, back, 2), 2);
    CHECK("shorter first", gv_oid_compare(arcs, 2, arcs, 3) < 0);
    CHECK("longer after", gv_oid_compare(arcs, 3, arcs, 2) > 0);
    CHECK("equal", gv_oid_compare(arcs, 3, arcs, 3) == 0);
    CHECK("under", gv_oid_under(arcs, 3, arcs, 2) && !gv_oid_under(arcs, 2, arcs, 2));
}

/* The words of show output, for the numbers of the MIB's textual conventions. */
static void test_words(void)
{
    CHECK_STR("AES", gv_gdoi_cipher_name(12), "AES");
    CHECK_STR("3DES", gv_gdoi_cipher_name(3), "3DES");
    CHECK_STR("none", gv_gdoi_cipher_name(0), NULL);
    CHECK_STR("gap", gv_gdoi_cipher_name(17), NULL);
    CHECK_STR("last", gv_gdoi_cipher_name(28), "SEED");
    CHECK_STR("beyond", gv_gdoi_cipher_name(29), NULL);
    CHECK_STR("SHA", gv_gdoi_hash_name(2), "HMAC_AUTH_SHA");
    CHECK_STR("SHA256", gv_gdoi_hash_name(5), "HMAC_AUTH_SHA256");
    CHECK_STR("no hash", gv_gdoi_hash_name(9), NULL);
    CHECK_STR("esp-256-aes", gv_gdoi_transform_cipher(12, 256), "esp-256-aes");
    CHECK_STR("esp-3des", gv_gdoi_transform_cipher(3, 168), "esp-3des");
    CHECK_STR("odd AES", gv_gdoi_transform_cipher(12, 100), NULL);
    CHECK_STR("esp-sha256", gv_gdoi_transform_hash(12), "esp-sha256-hmac");
    CHECK_STR("esp-md5", gv_gdoi_transform_hash(1), "esp-md5-hmac");
    CHECK_INT("no such column", gv_gdoi_column_find(&gv_gdoi_roots[0].tables[0], 99), -1);
    CHECK_INT("no such use", gv_gdoi_column_use(&gv_gdoi_roots[0].tables[0], GV_USE_REMAINING),
              -1);
}

int main(void)
{
    test_ids();
    test_indexes();
    test_meaning();
    test_oids();
    test_words();
    return check_end();
}
