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

int main(void)
{
    test_answers();
    test_group_names();
    test_labels();
    test_many_members();
    test_too_large();
    return check_end();
}
