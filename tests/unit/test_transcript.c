/* SPDX-License-Identifier: Apache-2.0 */
/* What is hidden of a device's answers, and what is not. */
#include "base/transcript.h"
#include "check.h"
#include "snmp/answer_text.h"

static const struct {
    const char *name, *answer, *kept;
} rows[] = {
    {"ordinary output", "  Group Name : G1\n    KEK POLICY:\n",
     "  Group Name : G1\n    KEK POLICY:\n"},
    {"empty", "", ""},
    {"without a line's end", "one", "one\n"},
    {"a secret that we know", "user hunter22 logged in", "user <hidden> logged in\n"},
    {"twice, amid a word", "ahunter22bhunter22", "a<hidden>b<hidden>\n"},
    {"another case is another word", "Hunter22", "Hunter22\n"},
    {"password", " password 7 0822455D0A16", " password 7 <hidden>\n"},
    {"upper case", "PASSWORD: x y", "PASSWORD: <hidden>\n"},
    {"secret", "enable secret 9 $9$abc", "enable secret 9 <hidden>\n"},
    {"community", "snmp-server community private RO", "snmp-server community <hidden>\n"},
    {"pre-shared key", " pre-shared-key local 6 AAB", " pre-shared-key <hidden>\n"},
    {"isakmp key", "crypto isakmp key open address 1.2.3.4", "crypto isakmp key <hidden>\n"},
    {"key with its type", "  key 7 0941", "  key 7 <hidden>\n"},
    {"a key that is none", " Key lifetime: 300, key size 256",
     " Key lifetime: 300, key size 256\n"},
    {"key's name", " rekey authentication mypubkey rsa REKEYRSA",
     " rekey authentication mypubkey rsa REKEYRSA\n"},
    {"a part of a word", "passwordless secrets", "passwordless secrets\n"},
    {"nothing behind it", "Password:", "Password:\n"},
    {"JSON", "{\"psk\":\"a\\\"b\",\"name\":\"x\"}", "{\"psk\":\"<hidden>\",\"name\":\"x\"}\n"},
    {"JSON, a quoted key", "\"key\": \"abc\", \"n\": 1", "\"key\": \"<hidden>\", \"n\": 1\n"},
    {"JSON without end", "\"password\": \"abc", "\"password\": \"<hidden>\n"},
    {"JSON ends in an escape", "\"password\": \"abc\\", "\"password\": \"<hidden>\n"},
    {"JSON, a list of keys", "\"key\": {\"kek\": 1}", "\"key\": {\"kek\": 1}\n"},
};

static void test_hidden(void)
{
    struct gv_secret *known = gv_secret_new("hunter22", 8), *small = gv_secret_new("one", 3);
    char want[256];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_transcript t;

        gv_transcript_init(&t);
        gv_transcript_hide(&t, known);
        gv_transcript_hide(&t, small);
        gv_transcript_hide(&t, NULL);
        gv_transcript_add(&t, "show it", gv_text(rows[i].answer));
        (void)snprintf(want, sizeof(want), "> show it\n%s", rows[i].kept);
        CHECK_STR(rows[i].name, t.text.at, want);
        gv_transcript_clear(&t);
    }
    gv_secret_free(known);
    gv_secret_free(small);
}

/* A ceiling is met in the middle of a line, once; what came before it is there. */
static void test_ceiling(void)
{
    struct gv_transcript t;
    char line[1025];

    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    gv_transcript_init(&t);
    for (int i = 0; i < 300; i++)
        gv_transcript_add(&t, "show it", gv_text(line));
    CHECK_INT("full", t.text.err, GV_ERR_TOO_LARGE);
    CHECK_INT("to the brim", t.text.n, GV_TRANSCRIPT_MOST);
    CHECK("from the first on", strncmp(t.text.at, "> show it\nxxx", 13) == 0);
    gv_transcript_clear(&t);
    CHECK_INT("and anew", t.text.err, GV_OK);
}

static void test_snmp(void)
{
    static const uint32_t name[] = {1, 3, 6, 1, 2, 1, 1, 5, 0}, other[] = {1, 3, 6, 1, 4};
    static const uint8_t octal[] = {0, 0xff}, text[] = "line 1\r\nhunter22";
    const struct gv_snmp_var vars[] = {
        {.oid = name, .oid_n = 9, .kind = GV_SNMP_OCTETS, .octets = text, .octets_n = 16},
        {.oid = other, .oid_n = 5, .kind = GV_SNMP_OCTETS, .octets = octal, .octets_n = 2},
        {.oid = other, .oid_n = 5, .kind = GV_SNMP_NUMBER, .number = 7},
        {.oid = other, .oid_n = 5, .kind = GV_SNMP_TICKS, .number = 8},
        {.oid = other, .oid_n = 5, .kind = GV_SNMP_OID, .arcs = other, .arcs_n = 5},
        {.oid = other, .oid_n = 5, .kind = GV_SNMP_END},
        {.oid = other, .oid_n = 5, .kind = GV_SNMP_OTHER},
    };
    struct gv_snmp_answer answer = {.vars = vars, .n = 7};
    struct gv_secret *known = gv_secret_new("hunter22", 8);
    struct gv_transcript t;

    gv_transcript_init(&t);
    gv_transcript_hide(&t, known);
    gv_answer_text_add(&t, 3, &answer);
    answer = (struct gv_snmp_answer){.error_status = 16, .error_index = 2};
    gv_answer_text_add(&t, 4, &answer);
    CHECK_STR("each kind", t.text.at,
              "> request 3\n"
              ".1.3.6.1.2.1.1.5.0 = \"line 1\n<hidden>\"\n"
              ".1.3.6.1.4 = 0x00FF\n"
              ".1.3.6.1.4 = 7\n"
              ".1.3.6.1.4 = 8 ticks\n"
              ".1.3.6.1.4 = .1.3.6.1.4\n"
              ".1.3.6.1.4 = end of the view\n"
              ".1.3.6.1.4 = no such object, or no value\n"
              "> request 4: error-status 16, error-index 2\n");
    gv_transcript_clear(&t);
    gv_secret_free(known);
}

int main(void)
{
    test_hidden();
    test_ceiling();
    test_snmp();
    return check_end();
}
