/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "check.h"
#include "ssh/show.h"
#include "ssh/show_fields.h"
#include "ssh/show_label.h"

static const struct {
    const char *name, *output;
    enum gv_err err;
} answers[] = {
    {"empty", "", GV_ERR_NO_DATA},
    {"prompt alone", "ks-1#\r\n", GV_ERR_NO_DATA},
    {"echo alone", "show crypto gdoi\r\n\r\n", GV_ERR_NO_DATA},
    {"invalid input",
     "show crypto gdoi ks\r\n          ^\r\n% Invalid input detected at '^' marker.\r\n",
     GV_ERR_NOT_SUPPORTED},
    {"incomplete", "% Incomplete command.\r\n", GV_ERR_NOT_SUPPORTED},
    {"ambiguous", "% Ambiguous command:  \"sh cr g\"\r\n", GV_ERR_NOT_SUPPORTED},
    {"not authorised", "% Authorization failed.\r\n", GV_ERR_AUTHORIZATION},
    {"not authorised by AAA", "Command authorization failed.\r\n", GV_ERR_AUTHORIZATION},
    {"another refusal", "% No GDOI group is configured\r\n", GV_ERR_NO_DATA},
    {"known and of no use", "GETVPN REKEY SA\r\ndst  src  conn-id  status\r\n", GV_ERR_NO_DATA},
    {"not an output", "the quick brown fox\r\n", GV_ERR_MALFORMED},
    {"refused before unknown", "% Invalid input\r\nfox\r\n", GV_ERR_NOT_SUPPORTED},
    {"refused, then empty", "% Invalid input\r\n% none\r\n", GV_ERR_NOT_SUPPORTED},
    {"per cent among unknown", "fox\n%hound\n", GV_ERR_MALFORMED},
    {"octets", "\x01\xff\x00\x7f", GV_ERR_MALFORMED},
};

/* Where each group name must come out whole. */
static const char *const group_names[] = {
    "plain",       "two words",   "quo\"te",       "back\\slash", "gr\xc3\xbc\xc3\x9f",
    "with, comma", "a (Bracket)", "colon: inside", "100%",        "(Unicast) first",
};

static const struct {
    const char *name, *line;
    size_t colon;
    const char *key;
} labels[] = {
    {"plain", "Version : 1.0.4", 8, "version"},
    {"hyphen", "Re-registers in : 449 sec", 16, "reregistersin"},
    {"no hyphen", "Reregisters in: 449 sec", 14, "reregistersin"},
    {"colons in brackets", "Rekey Rcvd(hh:mm:ss)  : 00:01:30", 22, "rekeyrcvdhhmmss"},
    {"unit in brackets", "Lifetime (secs) : 56", 16, "lifetimesecs"},
    {"no colon", "Group Rekey", 11, "grouprekey"},
    {"open bracket", "broken (label : value", 21, "brokenlabelvalue"},
};

/* Each begins an output, or stands in one: understood, whatever it holds. */
static const char *const headers[] = {
    "*NO* redundancy configured for this group",
    "access-list  permit ip any any",
    "ACL Downloaded From KS 192.0.2.1:",
    "Anti-replay Information For Group g:",
    "COOP-KS Sender ID (SID) Information for Group g:",
    "Cooperative key server infra Version : 2.0.0",
    "Crypto Engine Connections",
    "Crypto map tag: M, local addr 192.0.2.1",
    "Data-plane statistics for group g:",
    "Duration of the last rekey for group g : 1 msec",
    "For group g (handle: 1) server 192.0.2.1 (handle: 2):",
    "GETVPN REKEY SA",
    "GM Sender ID (SID) Information for Group g:",
    "GROUP INFORMATION",
    "Group Member ID     Version   Feature Supported",
    "Group Member Information For Group g:",
    "Group Member Information :",
    "Group g (Unicast)",
    "interface: Vlan1",
    "KEK POLICY:",
    "Key Server ID       Version   Feature Supported",
    "Key Server Information For Group g:",
    "Key Server Policy:",
    "KGS POLICY:",
    "KS Sender ID (KSSID) Information for Group g:",
    "Member ID     Version      Rekey sent     Rekey Ack missed",
    "Number of rekeys sent for group g : 1",
    "Number of retransmits during the last rekey for group g : 1",
    "P2P POLICY:",
    "Peer Sessions:",
    "protected vrf: (none)",
    "SA created for group g:",
    "Session 1:",
    "TEK POLICY:",
    "Total group members registered to this box: 2",
};

/* A prompt names the device, whatever was typed behind it; NULL: no prompt. */
static const struct {
    const char *line, *hostname;
} prompts[] = {
    {"r1#", "r1"},
    {"r1>", "r1"},
    {"r1# show crypto gdoi", "r1"},
    {"r1#sh cry gdoi ks mem", "r1"},
    {"r1(config)#do show crypto gdoi", "r1"},
    {"site-4.lab_2#terminal length 0", "site-4.lab_2"},
    {"r1#exit", "r1"},
    {"r1#conf t", NULL},
    {"#pkts encrypt : 0", NULL},
    {"a b#", NULL},
    {"<html>", NULL},
    {"--->", NULL},
};

/* Lines behind "Group member : 192.0.2.7", and what they leave of the second pair. */
static const struct {
    const char *name, *line, *version, *registered_with;
} pairs[] = {
    {"one pair", "Version : 1.0.4", "1.0.4", NULL},
    {"run of blanks", "Version : 1.0.4   Registered with : 192.0.2.1", "1.0.4", "192.0.2.1"},
    {"tab", "Version : 1.0.4\tRegistered with : 192.0.2.1", "1.0.4", "192.0.2.1"},
    {"comma", "Version : 1.0.4, Registered with : 192.0.2.1", "1.0.4", "192.0.2.1"},
    {"one blank", "Version:1.0.4 Registered with:192.0.2.1", "1.0.4", "192.0.2.1"},
    {"unknown label", "Version : 1.0.4   Colour : red", "1.0.4", NULL},
    {"address with colons", "Registered with : 2001:db8::1  Version : 1.0.4", "1.0.4",
     "2001:db8::1"},
    {"address that ends in colons", "Registered with : 2001:db8::", NULL, "2001:db8::"},
    {"address that begins far right", "Registered with :    fe80::1", NULL, "fe80::1"},
    {"not said", "Version : N/A   Registered with : None", NULL, NULL},
    {"no value", "Version :   Registered with : 192.0.2.1", NULL, "192.0.2.1"},
    {"many colons", "Version : 1.0.4 :::::: ::::: ::::", "1.0.4 :::::: ::::: ::::", NULL},
};

/* What one output leaves must not reach into the next, in one text. */
static const struct {
    const char *name, *output;
    bool in_first; /* the id 77 is the first group's */
} borders[] = {
    {"same output", "Group Name : one\nGroup Identity : 77\n", true},
    {"prompt", "Group Name : one\nr1#show crypto gdoi\nGroup Identity : 77\n", false},
    {"echo", "Group Name : one\nshow crypto gdoi\nGroup Identity : 77\n", false},
    {"syslog is none", "Group Name : one\n%SYS-5-CONFIG_I: x\nGroup Identity : 77\n", true},
    {"pager is none", "Group Name : one\n --More-- \b\b  Group Identity : 77\n", true},
};

static enum gv_err read_text(const char *text, struct gv_observation **obs)
{
    *obs = gv_observation_new((struct gv_time){1000});
    return gv_show_read(gv_text(NULL), gv_text(text), *obs);
}

static void test_answers(void)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct gv_observation *obs;

        CHECK_INT(answers[i].name, read_text(answers[i].output, &obs), answers[i].err);
        CHECK(answers[i].name, obs->groups == NULL);
        gv_observation_free(obs);
    }
}

static void test_group_names(void)
{
    for (size_t i = 0; i < sizeof(group_names) / sizeof(group_names[0]); i++) {
        struct gv_buf text = gv_buf(4096);
        struct gv_observation *obs;

        gv_buf_add_str(&text, "GROUP INFORMATION\r\n\r\n    Group Name               : ");
        gv_buf_add_str(&text, group_names[i]);
        gv_buf_add_str(&text, " (Multicast)\r\n    Group Identity           : 77\r\n");
        CHECK_INT(group_names[i], read_text(text.at, &obs), GV_OK);
        CHECK_STR(group_names[i], obs->groups->name, group_names[i]);
        CHECK_STR(group_names[i], obs->groups->id, "77");
        CHECK_INT(group_names[i], obs->groups->transport, GV_REKEY_MULTICAST);
        gv_observation_free(obs);
        gv_buf_clear(&text);
    }
}

static void test_labels(void)
{
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        struct gv_text line = gv_text(labels[i].line);
        size_t colon = gv_label_colon(line);
        struct gv_label label = gv_label_read(gv_text_head(line, colon));

        CHECK_INT(labels[i].name, colon, labels[i].colon);
        CHECK(labels[i].name, gv_label_is(&label, labels[i].key));
    }
    for (size_t i = 1; gv_show_field_key(i) != NULL; i++)
        CHECK(gv_show_field_key(i),
              strcmp(gv_show_field_key(i - 1), gv_show_field_key(i)) <= 0);
}

static void test_headers(void)
{
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        struct gv_observation *obs;

        CHECK(headers[i], read_text(headers[i], &obs) != GV_ERR_MALFORMED);
        gv_observation_free(obs);
    }
}

static void test_prompts(void)
{
    for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++) {
        struct gv_observation *obs;

        (void)read_text(prompts[i].line, &obs);
        CHECK_STR(prompts[i].line, obs->device.hostname, prompts[i].hostname);
        gv_observation_free(obs);
    }
}

static void test_pairs(void)
{
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct gv_buf text = gv_buf(4096);
        struct gv_observation *obs;

        gv_buf_add_str(&text, "Group Name : g\nGroup member : 192.0.2.7 vrf: None\n");
        gv_buf_add_str(&text, pairs[i].line);
        CHECK_INT(pairs[i].name, read_text(text.at, &obs), GV_OK);
        CHECK_STR(pairs[i].name, obs->groups->gm->version, pairs[i].version);
        CHECK_STR(pairs[i].name, obs->groups->gm->registered_with, pairs[i].registered_with);
        gv_observation_free(obs);
        gv_buf_clear(&text);
    }
}

static void test_borders(void)
{
    for (size_t i = 0; i < sizeof(borders) / sizeof(borders[0]); i++) {
        struct gv_observation *obs;

        CHECK_INT(borders[i].name, read_text(borders[i].output, &obs), GV_OK);
        CHECK_STR(borders[i].name, obs->groups->id, borders[i].in_first ? "77" : NULL);
        gv_observation_free(obs);
    }
}

static void add_member(struct gv_buf *text, unsigned i)
{
    gv_buf_add_str(text, "Group Member ID    : 10.1.");
    gv_buf_add_u64(text, i / 250);
    gv_buf_add_char(text, '.');
    gv_buf_add_u64(text, i % 250 + 1);
    gv_buf_add_str(text, "  GM Version: 1.0.25\r\n Group ID          : 6000\r\n"
                         " Group Name        : big\r\n GM State          : Registered\r\n"
                         " Key Server ID     : 10.0.0.1\r\n Rekeys sent       : 7\r\n"
                         " Rekey Acks missed : 1\r\n\r\n");
}

/* 4,000 members, told twice: one row each, and the second time adds nothing. */
static void test_many_members(void)
{
    struct gv_buf text = gv_buf(4 << 20);
    struct gv_observation *obs = gv_observation_new((struct gv_time){0});
    size_t count = 0;

    for (unsigned i = 0; i < 4000; i++)
        add_member(&text, i);
    for (int turn = 0; turn < 2; turn++)
        CHECK_INT("read",
                  gv_show_read(gv_text("show crypto gdoi ks members"),
                               (struct gv_text){text.at, text.n}, obs),
                  GV_OK);
    for (const struct gv_member_obs *m = obs->groups->ks->members; m != NULL; m = m->next) {
        count++;
        CHECK("acks", (m->has & GV_MEMBER_HAS_ACKS_MISSED) && m->acks_missed == 1);
    }
    CHECK_INT("rows", count, 4000);
    gv_observation_free(obs);
    gv_buf_clear(&text);
}

/* The arena's ceiling: what fits stays, and the answer says so. */
static void test_too_large(void)
{
    struct gv_buf text = gv_buf(64 << 20);
    struct gv_observation *obs = gv_observation_new((struct gv_time){0});

    for (unsigned i = 0; i < 100000; i++)
        add_member(&text, i);
    CHECK_INT("too large", gv_show_read(gv_text(NULL), (struct gv_text){text.at, text.n}, obs),
              GV_ERR_TOO_LARGE);
    CHECK("partial", obs->groups->ks->members != NULL);
    gv_observation_free(obs);
    gv_buf_clear(&text);
}

/* Lists that no honest device prints: 2,000 different rows, each `line`, a number, `end`. */
static const struct {
    const char *name, *head, *line, *end;
} endless[] = {
    {"groups", "", "Group Name : g", ""},
    {"servers", "Group Name : g\nGroup Server list : 192.0.2.1\n", "10.0.0.", ""},
    {"configured servers", "crypto gdoi group g\n", "server address ipv4 10.0.0.", ""},
    {"KEKs", "Group Name : g\nKEK POLICY (transport type : Unicast)\n", "spi : 0x", ""},
    {"TEKs", "Group Name : g\nTEK POLICY (x)\n", "spi : 0x", ""},
    {"peers", "Crypto Gdoi Group Name :g\n", "Session 1:\nPeer Address: 10.0.0.", ""},
    {"configured peers", "crypto gdoi group g\nserver local\n", "peer address ipv4 10.0.0.",
     ""},
    {"key servers", "Group Name: g\nKey Server ID   Version   Feature\n", "10.0.0.",
     " 1.0.4 Yes"},
};

static void test_endless_lists(void)
{
    for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
        struct gv_buf text = gv_buf(1 << 20);
        struct gv_observation *obs = gv_observation_new((struct gv_time){0});

        gv_buf_add_str(&text, endless[i].head);
        for (unsigned n = 1; n <= 2000; n++) {
            gv_buf_add_str(&text, endless[i].line);
            gv_buf_add_u64(&text, n);
            gv_buf_add_str(&text, endless[i].end);
            gv_buf_add_char(&text, '\n');
        }
        CHECK_INT(endless[i].name,
                  gv_show_read(gv_text(NULL), (struct gv_text){text.at, text.n}, obs),
                  GV_ERR_TOO_LARGE);
        CHECK(endless[i].name, obs->groups != NULL);
        gv_observation_free(obs);
        gv_buf_clear(&text);
    }
}

/* Several outputs of one device make one observation: nothing is listed twice. */
static void test_told_again(void)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){0});
    static const char *const outputs[] = {
        "GROUP INFORMATION\nGroup Name : g\nGroup Server list : 192.0.2.1\n192.0.2.2\n",
        "crypto gdoi group g\n server address ipv4 192.0.2.1\n server address ipv4 192.0.2.2\n",
        "crypto gdoi group g\n server local\n  peer address ipv4 192.0.2.3\n",
        "Crypto Gdoi Group Name :g\nSession 1:\nPeer Address: 192.0.2.3\nPeer Priority: 4\n",
        "Group Name: g\nKey Server ID   Version   Feature\n192.0.2.1 1.0.4 Yes\n"
        "192.0.2.3 1.0.5 Yes\n",
    };

    for (size_t turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++)
            CHECK_INT(outputs[i], gv_show_read(gv_text(NULL), gv_text(outputs[i]), obs), GV_OK);
    CHECK("one group", obs->groups != NULL && obs->groups->next == NULL);
    CHECK_STR("first server", obs->groups->gm->servers->name, "192.0.2.1");
    CHECK_STR("second server", obs->groups->gm->servers->next->name, "192.0.2.2");
    CHECK("two servers", obs->groups->gm->servers->next->next == NULL);
    CHECK_STR("peer", obs->groups->ks->peers->version, "1.0.5");
    CHECK_INT("its priority", obs->groups->ks->peers->priority, 4);
    CHECK("one peer", obs->groups->ks->peers->next == NULL);
    gv_observation_free(obs);
}

/* The feature table lists a KS's GMs; then the summary does, the other way round. */
static enum gv_err read_both_ways(unsigned members, struct gv_observation *obs)
{
    struct gv_buf text = gv_buf(4 << 20);
    enum gv_err err;

    gv_buf_add_str(&text, "Group Name: g\nGroup Member ID   Version   Feature\n");
    for (unsigned i = 0; i < 2 * members; i++) {
        unsigned n = i < members ? i : 2 * members - 1 - i;

        if (i == members)
            gv_buf_add_str(&text, "Group Name: g, ID: 5, Group Members: 1\n"
                                  "Member ID   Version   Rekey sent   Rekey Ack missed\n");
        gv_buf_add_str(&text, "10.1.");
        gv_buf_add_u64(&text, n / 250);
        gv_buf_add_char(&text, '.');
        gv_buf_add_u64(&text, n % 250);
        gv_buf_add_str(&text, " 1.0.4 3 0\n");
    }
    err = gv_show_read(gv_text(NULL), (struct gv_text){text.at, text.n}, obs);
    gv_buf_clear(&text);
    return err;
}

static void test_other_order(void)
{
    static const struct {
        const char *name;
        unsigned members;
        enum gv_err err;
    } table[] = {
        {"as many as a KS may have", 4000, GV_OK},
        {"too many to be searched", 12000, GV_ERR_TOO_LARGE},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct gv_observation *obs = gv_observation_new((struct gv_time){0});
        unsigned count = 0, told = 0;

        CHECK_INT(table[i].name, read_both_ways(table[i].members, obs), table[i].err);
        for (const struct gv_member_obs *m = obs->groups->ks->members; m; m = m->next) {
            count++;
            told += (m->has & GV_MEMBER_HAS_REKEYS_SENT) != 0;
        }
        CHECK_INT(table[i].name, count, table[i].members);
        CHECK(table[i].name, (told == count) == (table[i].err == GV_OK));
        gv_observation_free(obs);
    }
}

int main(void)
{
    test_answers();
    test_group_names();
    test_labels();
    test_headers();
    test_prompts();
    test_pairs();
    test_borders();
    test_many_members();
    test_too_large();
    test_endless_lists();
    test_told_again();
    test_other_order();
    return check_end();
}
