/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, hashes and IVs of phase 1 and PULL (RFC 2409, 5 and appendix B) against values that
 * were worked out with other programs. */
#include "check.h"
#include "gdoi/keys.h"
#include "gdoi_wire.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define CHUNK(text)                                                                            \
    {                                                                                          \
        text, sizeof(text) - 1                                                                 \
    }

static const struct row {
    const char *name;
    struct gdoi_suite suite;
    bool signatures;
    const char *hash_i, *hash_r, *hash_pull, *iv, *iv_pull;
    const char *sealed; /* 16 zeros under the first IV */
} rows[] = {
    {"3des-md5, PSK",
     {GDOI_3DES, 24, GDOI_MD5, GDOI_MODP1024},
     false,
     "5cb7709215501e9b06bbb68fb1abe050",
     "614c22aebc0f9fcd49768ee7ec03477d",
     "8af33be7e4b70eaddcb9dc7b12c1c3d0",
     "ae4c1ae94fc0f8e7",
     "389bbc7d45c39a72",
     "e9e7e22744517ee06be7946758b5220b"},
    {"3des-md5, signatures",
     {GDOI_3DES, 24, GDOI_MD5, GDOI_MODP1024},
     true,
     "664e0ff04b90484366bec9dc3492b9d7",
     "fbfd2e28c449e8c1022d6fdee74e3ee5",
     "4a3989a3aa17b3ab0d8034920133e026",
     "ae4c1ae94fc0f8e7",
     "389bbc7d45c39a72",
     "1b82b06bb7e689623eee54643a65a177"},
    {"3des-sha1, PSK",
     {GDOI_3DES, 24, GDOI_SHA1, GDOI_MODP1024},
     false,
     "a28728738a2d0b6bd99bad9f5a3cfedbe8db2e74",
     "8b79b906a33bae08997c6d3825c367bb594804c3",
     "d28f8169c9cfc9978a21c50245536b09219ec733",
     "29ace8164df4c364",
     "04417ab80f7b0f93",
     "da4027c02bca5c5ad72b357728da548e"},
    {"3des-sha1, signatures",
     {GDOI_3DES, 24, GDOI_SHA1, GDOI_MODP1024},
     true,
     "7116162d281ff5c7739972b949cf0e9647166ea1",
     "e5615ee1e54252f892ce98e439925426a30ec350",
     "fed37f051ecc37e649470f623d48603a80782759",
     "29ace8164df4c364",
     "04417ab80f7b0f93",
     "61e5616ef3c7b7d07bb8b7d7115e8137"},
    {"aes256-sha1, PSK",
     {GDOI_AES, 32, GDOI_SHA1, GDOI_MODP1024},
     false,
     "a28728738a2d0b6bd99bad9f5a3cfedbe8db2e74",
     "8b79b906a33bae08997c6d3825c367bb594804c3",
     "d28f8169c9cfc9978a21c50245536b09219ec733",
     "29ace8164df4c364ef941908bfff606e",
     "f24b32bf6cdfff4317ba27ac3a7bee2e",
     "5bfe82070dfca2a5a5aecdf45a2b7fa9"},
    {"aes256-sha1, signatures",
     {GDOI_AES, 32, GDOI_SHA1, GDOI_MODP1024},
     true,
     "7116162d281ff5c7739972b949cf0e9647166ea1",
     "e5615ee1e54252f892ce98e439925426a30ec350",
     "fed37f051ecc37e649470f623d48603a80782759",
     "29ace8164df4c364ef941908bfff606e",
     "f24b32bf6cdfff4317ba27ac3a7bee2e",
     "0f109632f2f5ea29db71b188418f332e"},
    {"aes128-sha256, PSK",
     {GDOI_AES, 16, GDOI_SHA256, GDOI_MODP1024},
     false,
     "e0017f7918f5e2364412c7f9213146e184a6cad3a4eeae07402b1b2c507e994f",
     "09d423b58ac9cfde85f08a762b0ba6edb3e7a65f8799520e39a4e10d11c931d2",
     "d34ca1924a81562aa57afcb15581d07c4cd60239dda1e3f7888280da0f7cfc3b",
     "4ccca96d8e2a537b7c78b07972e18984",
     "6347aa47ee05e4e08718403430fe8711",
     "e3c0d7a8d6c3e5bc7b25d015d6bba8c5"},
    {"aes128-sha256, signatures",
     {GDOI_AES, 16, GDOI_SHA256, GDOI_MODP1024},
     true,
     "a434d46efd996a5edac8f122658669af9a0897ac8c09db59b51c057db6fdceec",
     "494106791a4f3e514bf830a3fc2d533dbda23b13f5f68de465bfff10c8a799fc",
     "cf58a1618b1ac5ae81efdc3be946db8c5a05abbc004cdfb6c32a3eb9890cc864",
     "4ccca96d8e2a537b7c78b07972e18984",
     "6347aa47ee05e4e08718403430fe8711",
     "d0c6b1a695f8e3a4fcf2f4111a78e236"},
    {"aes192-sha384, PSK",
     {GDOI_AES, 24, GDOI_SHA384, GDOI_MODP1024},
     false,
     "bba8e722771fe15f30c45c4e8b36cb34b942dd07d68f3333f0e007b3b465b7eb"
     "ce131a99a879bffdbadf663aaefe3b8e",
     "dffb1b62e2736894671844efc69e6e9e836f4f7b6c38d947157399127be9fbc5"
     "157e4da4b94f0b9da8471bb53bc34a79",
     "b38b4aba23618a7a9acbce55ca60555847ea79a4848ab637f5bd0c470ab0fb46"
     "7475702cc7983293c7706ff2bf3501ba",
     "aefb6b4e693e4506f5c181d6e61a9d85",
     "70f4fb95227918358e63fb4a0080424a",
     "27aeb5101f4400d368a6fad49340fc4d"},
    {"aes192-sha384, signatures",
     {GDOI_AES, 24, GDOI_SHA384, GDOI_MODP1024},
     true,
     "49a985912652f7836d470f9c6c334152774aa46aa5704f905111441699c09a7a"
     "36ff37da9ec43e9a274898a46035a48c",
     "48e4f79ced4f071469293bc807b292aae489b3aea404b40f1907da9d928df8ba"
     "71fcc3b88e9b1242b2617445fa9a6a69",
     "cae601b7e9548159c1f3b4bd5983073a2b38d4a964aafd0b768437cf99a4555e"
     "64e607d189f3f48e632b5513a5e6beb7",
     "aefb6b4e693e4506f5c181d6e61a9d85",
     "70f4fb95227918358e63fb4a0080424a",
     "e816d14a8984115eff6319491be9b712"},
    {"aes256-sha512, PSK",
     {GDOI_AES, 32, GDOI_SHA512, GDOI_MODP1024},
     false,
     "d7bf9c2fd4eacb2575d026de8f375356e659810336cd9af50218ede8167e06e4"
     "691bf63d7eff9144247b0e8be811eea0aaee0af4dec9cc57c4fc6c5aca596ce6",
     "1101fab42ceb6a72e36c695878f464d3d01d0d38dff476850651d71919403f32"
     "9ea0dedc8895280cfe988c537147a554e86998599b4b46f692c0a3c4321d5b71",
     "7b7ec96ab3456a0dda8a1da03df99c570035cfe936ef7a725b26d553c4c3519c"
     "2aa51bbf12e53b7b04192ca2d4ddb2dd1a9d9415bd6d2592e0d2da95969d254b",
     "6b1c231909a8ea669e8290a19b356367",
     "8a8c7102145eb7a0243b7106a20f2736",
     "254bdfca6dc782d117f6d46f9e037bfb"},
    {"aes256-sha512, signatures",
     {GDOI_AES, 32, GDOI_SHA512, GDOI_MODP1024},
     true,
     "78d38072cae21921e6709267d893443fd5a76818638415a4a4ae63ecf9710ace"
     "281f2c9bf7e0e249f709634c9cfd73426b88a81b2c56e0d4445c8f736de5d3b4",
     "89633fb3a595635fb792ac933d609968184518d5ca6be17d4bb47745c0dd1b13"
     "5df7d865f740d7f03cfc036a85e3ed62aa932b2a12829c01ae662436f1d5ff32",
     "fca94ac0a3f98db31dfa26660e9a8e2ac6fbf44e40e364ebe6e7f96b9866fbcb"
     "48738fa8ebeca975ff6f342384faa716b6cb82c641f537dc7527c4b42a9e0f31",
     "6b1c231909a8ea669e8290a19b356367",
     "8a8c7102145eb7a0243b7106a20f2736",
     "a72dbde22dad1ecce2f62abc16a52da6"},
    {"aes256-md5, PSK",
     {GDOI_AES, 32, GDOI_MD5, GDOI_MODP1024},
     false,
     "5cb7709215501e9b06bbb68fb1abe050",
     "614c22aebc0f9fcd49768ee7ec03477d",
     "8af33be7e4b70eaddcb9dc7b12c1c3d0",
     "ae4c1ae94fc0f8e780346f09f029e609",
     "3ec50d7ec32f6ea6033ea9b467bbaf41",
     "cd50b4d7c9ab1e5639f8b5b6ab7d4dda"},
    {"aes256-md5, signatures",
     {GDOI_AES, 32, GDOI_MD5, GDOI_MODP1024},
     true,
     "664e0ff04b90484366bec9dc3492b9d7",
     "fbfd2e28c449e8c1022d6fdee74e3ee5",
     "4a3989a3aa17b3ab0d8034920133e026",
     "ae4c1ae94fc0f8e780346f09f029e609",
     "3ec50d7ec32f6ea6033ea9b467bbaf41",
     "b96d156136f09ca4ee1a07ee19ce0a3f"},
    {"aes128-md5, PSK",
     {GDOI_AES, 16, GDOI_MD5, GDOI_MODP1024},
     false,
     "5cb7709215501e9b06bbb68fb1abe050",
     "614c22aebc0f9fcd49768ee7ec03477d",
     "8af33be7e4b70eaddcb9dc7b12c1c3d0",
     "ae4c1ae94fc0f8e780346f09f029e609",
     "3ec50d7ec32f6ea6033ea9b467bbaf41",
     "d43e0d379050ee33ec088b3f79b55e84"},
    {"aes128-md5, signatures",
     {GDOI_AES, 16, GDOI_MD5, GDOI_MODP1024},
     true,
     "664e0ff04b90484366bec9dc3492b9d7",
     "fbfd2e28c449e8c1022d6fdee74e3ee5",
     "4a3989a3aa17b3ab0d8034920133e026",
     "ae4c1ae94fc0f8e780346f09f029e609",
     "3ec50d7ec32f6ea6033ea9b467bbaf41",
     "d30b002aaf3d9c12f4bbcfd23366a4ed"},
    {"aes256-sha256, PSK",
     {GDOI_AES, 32, GDOI_SHA256, GDOI_MODP1024},
     false,
     "e0017f7918f5e2364412c7f9213146e184a6cad3a4eeae07402b1b2c507e994f",
     "09d423b58ac9cfde85f08a762b0ba6edb3e7a65f8799520e39a4e10d11c931d2",
     "d34ca1924a81562aa57afcb15581d07c4cd60239dda1e3f7888280da0f7cfc3b",
     "4ccca96d8e2a537b7c78b07972e18984",
     "6347aa47ee05e4e08718403430fe8711",
     "8aea420c13370125963309f33e1dfe85"},
    {"aes256-sha256, signatures",
     {GDOI_AES, 32, GDOI_SHA256, GDOI_MODP1024},
     true,
     "a434d46efd996a5edac8f122658669af9a0897ac8c09db59b51c057db6fdceec",
     "494106791a4f3e514bf830a3fc2d533dbda23b13f5f68de465bfff10c8a799fc",
     "cf58a1618b1ac5ae81efdc3be946db8c5a05abbc004cdfb6c32a3eb9890cc864",
     "4ccca96d8e2a537b7c78b07972e18984",
     "6347aa47ee05e4e08718403430fe8711",
     "9fd857b608c00dbb34c4c15cd2493bb7"},
};

static uint8_t cookies[16], shared[128];

static const struct gdoi_clear clear = {
    .cookies = cookies,
    .ke_i = CHUNK("public value of the initiator"),
    .ke_r = CHUNK("public value of the responder"),
    .nonce_i = CHUNK("nonce of the initiator"),
    .nonce_r = CHUNK("nonce of the responder"),
    .sa_i = CHUNK("offered SA"),
};
static const struct gdoi_chunk id = CHUNK("\1\0\0\0\300\0\2\1");

static bool is_hex(const void *octets, const char *hex)
{
    static struct wire want;

    want.n = 0;
    wire_hex(&want, hex);
    return memcmp(octets, want.at, want.n) == 0;
}

static enum gv_err derive(const struct row *row, struct gdoi_keys *out)
{
    struct gv_secret *psk = gv_secret_new("a key that both know", 20);
    struct gv_secret *xy = gv_secret_new(shared, sizeof(shared));
    enum gv_err err =
        gdoi_keys_derive(&row->suite, &clear, row->signatures ? NULL : psk, xy, out);

    gv_secret_free(psk);
    gv_secret_free(xy);
    return err;
}

static void check_hashes(const struct row *row, const struct gdoi_keys *keys)
{
    static const struct gdoi_chunk parts[] = {CHUNK("one"), CHUNK("two")};
    uint8_t out[GDOI_HASH_MOST];

    CHECK_INT(row->name, gdoi_keys_hash_id(keys, &clear, true, id, out), GV_OK);
    CHECK(row->name, is_hex(out, row->hash_i));
    CHECK_INT(row->name, gdoi_keys_hash_id(keys, &clear, false, id, out), GV_OK);
    CHECK(row->name, is_hex(out, row->hash_r));
    CHECK_INT(row->name, gdoi_keys_hash(keys, 0x12345678, parts, 2, out), GV_OK);
    CHECK(row->name, is_hex(out, row->hash_pull));
}

static void check_cipher(const struct row *row, const struct gdoi_keys *keys)
{
    uint8_t iv[GDOI_BLOCK_MOST], pull[GDOI_BLOCK_MOST], octets[16] = {0};

    CHECK_INT(row->name, gdoi_keys_iv(keys, &clear, iv), GV_OK);
    CHECK(row->name, is_hex(iv, row->iv));
    CHECK_INT(row->name, gdoi_keys_iv_of(keys, iv, 0x12345678, pull), GV_OK);
    CHECK(row->name, is_hex(pull, row->iv_pull));
    CHECK_INT(row->name, gdoi_keys_cbc(keys, true, iv, octets, sizeof(octets)), GV_OK);
    CHECK(row->name, is_hex(octets, row->sealed));
    CHECK_INT(row->name, gdoi_keys_iv(keys, &clear, iv), GV_OK);
    CHECK_INT(row->name, gdoi_keys_cbc(keys, false, iv, octets, sizeof(octets)), GV_OK);
    CHECK(row->name, is_hex(octets, "00000000000000000000000000000000"));
}

static void test_rows(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gdoi_keys keys = {.octets = NULL};

        CHECK_INT(rows[i].name, derive(&rows[i], &keys), GV_OK);
        check_hashes(&rows[i], &keys);
        check_cipher(&rows[i], &keys);
        gdoi_keys_clear(&keys);
        CHECK(rows[i].name, keys.octets == NULL);
    }
}

/* RFC 2409, 5: a nonce has 8 to 256 octets; both together key the hash of a signature. */
static void test_limits(void)
{
    static const uint8_t long_nonce[257];
    struct row row = rows[1];
    struct gdoi_keys keys = {.octets = NULL};
    struct gdoi_clear longest = clear;
    struct gv_secret *xy = gv_secret_new(shared, sizeof(shared));
    struct gdoi_chunk five[5] = {CHUNK("a"), CHUNK("b"), CHUNK("c"), CHUNK("d"), CHUNK("e")};
    uint8_t out[GDOI_HASH_MOST];

    longest.nonce_i = longest.nonce_r = (struct gdoi_chunk){long_nonce, 256};
    CHECK_INT("nonces of 256", gdoi_keys_derive(&row.suite, &longest, NULL, xy, &keys), GV_OK);
    CHECK_INT("four chunks", gdoi_keys_hash(&keys, 1, five, 4, out), GV_OK);
    CHECK_INT("five chunks", gdoi_keys_hash(&keys, 1, five, 5, out), GV_ERR_RANGE);
    gdoi_keys_clear(&keys);
    longest.nonce_r.n = 257;
    CHECK_INT("one of 257", gdoi_keys_derive(&row.suite, &longest, NULL, xy, &keys),
              GV_ERR_RANGE);
    CHECK("untouched", keys.octets == NULL);
    row.suite.key_n = GDOI_KEY_MOST + 1;
    CHECK_INT("a key of 33 octets", gdoi_keys_derive(&row.suite, &clear, NULL, xy, &keys),
              GV_ERR_RANGE);
    gv_secret_free(xy);
}

int main(void)
{
    for (uint8_t i = 0; i < sizeof(cookies); i++)
        cookies[i] = i;
    for (size_t i = 0; i < sizeof(shared); i++)
        shared[i] = (uint8_t)(5 * i + 1);
    test_rows();
    test_limits();
    return check_end();
}
