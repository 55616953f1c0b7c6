/* SPDX-License-Identifier: Apache-2.0 */
/* The lab's command line and show output, on a fleet made by hand: what a box
 * prints is checked label by label against the state it was given. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "cli.h"

enum { KS_ADDRESS = 0x0a010101, PEER_ADDRESS = 0x0a010102, GM_ADDRESS = 0x0a020201 };

/* Now is second 1000; the KEK was born at 500 and lives 1200 s. */
static const struct gv_time now = {1000 * 1000};

static const struct lab_kek kek = {
    .spi = {0xC0, 0xDE, 0xC0, 0xDE, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
    .index = 7,
    .born = {500 * 1000},
    .expiry = {1700 * 1000},
    .lifetime_s = 1200,
    .status = LAB_KEK_IN_USE,
};
static const struct lab_tek tek = {
    .spi = {0x0A, 0x0B, 0x0C, 0x0D},
    .born = {900 * 1000},
    .expiry = {1500 * 1000},
    .rekey_at = {1375 * 1000},
    .lifetime_s = 600,
};
static const struct lab_tek superseded = {
    .spi = {0x01, 0x02, 0x03, 0x04},
    .born = {300 * 1000},
    .expiry = {900 * 1000},
    .rekey_at = {INT64_MAX},
    .lifetime_s = 600,
};

/* One group, two key servers, one member; `format` is that of all boxes. */
struct world {
    struct lab_group group;
    struct lab_device ks_box, peer_box, gm_box;
    struct lab_ks ks, peer;
    struct lab_gm gm;
    struct lab_member members[2];
};

static void box_make(struct lab_device *box, const char *name, enum lab_format format)
{
    *box = (struct lab_device){.name = name,
                               .hostname = name,
                               .address = "127.0.0.1",
                               .os = format == LAB_FORMAT_17 ? LAB_IOS_XE : LAB_IOS,
                               .format = format,
                               .behaviour = format == LAB_FORMAT_12_4T ? LAB_OLD : LAB_NEW,
                               .version = format == LAB_FORMAT_12_4T ? "12.4(24)T8"
                                          : format == LAB_FORMAT_15  ? "15.2(4)M6"
                                                                     : "17.09.04a",
                               .platform = "C2900",
                               .gdoi_version = format == LAB_FORMAT_12_4T ? NULL : "1.0.17"};
}

static void gm_make(struct world *w)
{
    w->gm = (struct lab_gm){.device = &w->gm_box,
                            .group = &w->group,
                            .address = GM_ADDRESS,
                            .registered_with = &w->ks,
                            .has_kek = true,
                            .kek = kek,
                            .teks = {tek},
                            .tek_count = 1,
                            .kek_register_at = {1600 * 1000},
                            .tek_register_at = {1440 * 1000},
                            .registrations_attempted = 3,
                            .registrations_succeeded = 1,
                            .rekeys_received = 25,
                            .rekey_acks_sent = 24,
                            .last_rekey_sequence = 4,
                            .last_rekey_at = {910 * 1000},
                            .dark_since = {INT64_MAX}};
    w->gm_box.members = &w->gm;
    w->gm_box.member_count = 1;
}

static void ks_make(struct world *w)
{
    w->members[0] = (struct lab_member){.address = GM_ADDRESS,
                                        .version = w->gm_box.gdoi_version,
                                        .gm = &w->gm,
                                        .registered_with = &w->ks,
                                        .rekeys_sent = 26,
                                        .rekey_retries = 2,
                                        .acks_received = 25,
                                        .acks_missed = 1};
    w->members[1] = (struct lab_member){
        .address = GM_ADDRESS + 1, .version = "1.0.2", .registered_with = &w->peer};
    w->ks = (struct lab_ks){.device = &w->ks_box,
                            .group = &w->group,
                            .address = KS_ADDRESS,
                            .priority = 245,
                            .role = LAB_PRIMARY,
                            .keks = {kek},
                            .kek_count = 1,
                            .teks = {superseded, tek},
                            .tek_count = 2,
                            .kek_rekey_at = {1465 * 1000},
                            .promote_at = {INT64_MAX},
                            .rekey_sequence = 4,
                            .rekeys_sent = 26,
                            .rekey_retransmits = 9,
                            .last_rekey_retransmits = 3,
                            .last_rekey_duration_ms = 10000,
                            .members = w->members,
                            .member_count = 2,
                            .peers = {{.ks = &w->peer,
                                       .alive = true,
                                       .role = LAB_SECONDARY,
                                       .announcements_sent = 50,
                                       .announcements_received = 49}},
                            .peer_count = 1,
                            .announce_at = {1011 * 1000}};
    w->peer = (struct lab_ks){
        .device = &w->peer_box, .group = &w->group, .address = PEER_ADDRESS, .priority = 100};
    w->ks_box.servers = &w->ks;
    w->ks_box.server_count = 1;
}

static void world_make(struct world *w, enum lab_format format)
{
    *w = (struct world){
        .group = {.name = "G 1",
                  .id = 3333,
                  .transport = LAB_UNICAST,
                  .kek_lifetime_s = 1200,
                  .tek_lifetime_s = 600,
                  .retransmits = 3,
                  .interval_s = 10,
                  .aces = {{0x0a000000, 0xff000000, 0xac100000, 0xfff00000}},
                  .ace_count = 1,
                  .servers = {&w->ks, &w->peer},
                  .server_count = 2},
    };
    box_make(&w->ks_box, "KS1", format);
    box_make(&w->peer_box, "KS2", format);
    box_make(&w->gm_box, "GM1", format);
    gm_make(w);
    ks_make(w);
}

/* --- one command, one answer ---------------------------------------------- */

static void answer(void *arg, const struct lab_command *command, struct gv_text argument,
                   struct gv_buf *out)
{
    const struct lab_show show = {.device = arg, .now = now, .argument = argument, .out = out};

    command->print(&show);
}

static struct lab_cli *cli_open(struct lab_device *box, uint32_t rows,
                                const struct lab_quirks *quirks)
{
    const struct lab_cli_config config = {.hostname = box->hostname,
                                          .format = box->format,
                                          .enable = box->ssh.enable,
                                          .rows = rows,
                                          .quirks = quirks,
                                          .answer = answer,
                                          .arg = box};

    return lab_cli_new(&config);
}

/* All that comes out now, NUL-terminated; at most `most` octets. */
static const char *drain(struct lab_cli *cli, struct gv_buf *out, size_t most)
{
    char octets[100];
    size_t n;

    gv_buf_reset(out);
    while (out->n < most && (n = lab_cli_next(cli, octets, sizeof(octets))) > 0)
        for (size_t i = 0; i < n; i++)
            gv_buf_add_char(out, octets[i] == '\0' ? '@' : octets[i]);
    return out->n > 0 ? out->at : "";
}

static bool holds(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

#define F12 (1u << LAB_FORMAT_12_4T)
#define F15 (1u << LAB_FORMAT_15)
#define F17 (1u << LAB_FORMAT_17)
#define ALL (F12 | F15 | F17)

static const struct output_row {
    bool ks; /* asked on the key server, else on the member */
    const char *command;
    unsigned formats; /* which print it; the others must not */
    const char *text;
} output_rows[] = {
    {false, "show version", F12, "Version 12.4(24)T8, RELEASE SOFTWARE"},
    {false, "show version", F17, "Cisco IOS XE Software, Version 17.09.04a\r\n"},
    {false, "show version", F17, "Version 17.9.4a, RELEASE"},
    {false, "show version", ALL, "GM1 uptime is 16 minutes\r\n"},
    {false, "show crypto gdoi", ALL, "    Group Name               : G 1\r\n"},
    {false, "show crypto gdoi", ALL, "    Group Identity           : 3333\r\n"},
    {false, "show crypto gdoi", F15 | F17, "       Version               : 1.0.17\r\n"},
    {false, "show crypto gdoi", F17, "    Group Type               : GDOI (ISAKMP)\r\n"},
    {false, "show crypto gdoi", ALL, "       Registration status   : Registered\r\n"},
    {false, "show crypto gdoi", ALL, "       Registered with       : 10.1.1.1\r\n"},
    {false, "show crypto gdoi", F15, "       Reregisters in        : 440 sec\r\n"},
    {false, "show crypto gdoi", F12 | F17, "       Re-registers in       : 440 sec\r\n"},
    {false, "show crypto gdoi", ALL, "       Succeeded registration: 1\r\n"},
    {false, "show crypto gdoi", ALL, "       Attempted registration: 3\r\n"},
    {false, "show crypto gdoi", ALL, "       Last rekey seq num    : 4\r\n"},
    {false, "show crypto gdoi", ALL, "       Unicast rekey received: 25\r\n"},
    {false, "show crypto gdoi", ALL, "       Rekey ACKs sent       : 24\r\n"},
    {false, "show crypto gdoi", ALL, "       Rekey Rcvd(hh:mm:ss)  : 00:01:30\r\n"},
    {false, "show crypto gdoi", F17, "       Active TEK Number     : 1\r\n"},
    {false, "show crypto gdoi", ALL, "                               10.1.1.2\r\n"},
    {false, "show crypto gdoi", ALL,
     "   access-list   permit ip 10.0.0.0 0.255.255.255 172.16.0.0 0.15.255.255\r\n"},
    {false, "show crypto gdoi", F12, "    Lifetime (secs)          : 1200\r\n"},
    {false, "show crypto gdoi", F15 | F17, "    Lifetime (secs)          : 700\r\n"},
    {false, "show crypto gdoi", ALL, "        spi: 0xA0B0C0D(168496141)\r\n"},
    {false, "show crypto gdoi", ALL,
     "        sa timing:remaining key lifetime (sec): (500)\r\n"},
    {false, "show crypto gdoi gm rekey", F15 | F17,
     "    Number of Rekeys received (cumulative)       : 25\r\n"},
    {false, "show crypto gdoi gm rekey detail", F15 | F17, "1007     C0DEC0DE   05060708\r\n"},
    {false, "show crypto gdoi gm dataplane counters", F15 | F17, "#pkts decrypt"},
    {false, "show crypto gdoi ipsec sa", ALL,
     "      remote ident = 172.16.0.0/12, port = 0\r\n"},
    {false, "show crypto gdoi rekey sa", F15 | F17,
     "10.2.2.1        10.1.1.1        1007            ACTIVE\r\n"},
    {false, "show crypto gdoi group other", ALL, "other\r\nGM1#"},
    {true, "show crypto gdoi", ALL, "    Group Name               : G 1 (Unicast)\r\n"},
    {true, "show crypto gdoi", ALL, "    Group Members            : 2\r\n"},
    {true, "show crypto gdoi", F12, "    Active Group Server      : Local\r\n"},
    {true, "show crypto gdoi", ALL, "        Local Priority       : 245\r\n"},
    {true, "show crypto gdoi", ALL, "        Local KS Role        : Primary\r\n"},
    {true, "show crypto gdoi", F15 | F17, "        Local KS Version     : 1.0.17\r\n"},
    {true, "show crypto gdoi", ALL,
     "    Group Rekey\r\n        Remaining Lifetime   : 700 secs\r\n"},
    {true, "show crypto gdoi", ALL, "    Rekey Retransmit Attempts: 3\r\n"},
    {true, "show crypto gdoi", ALL,
     "      SA Rekey\r\n         Remaining Lifetime  : 500 secs\r\n"},
    {true, "show crypto gdoi ks", ALL, "Total group members registered to this box: 1\r\n"},
    {true, "show crypto gdoi ks policy", ALL,
     "    spi : 0xC0DEC0DE0102030405060708090A0B0C\r\n"},
    {true, "show crypto gdoi ks policy", ALL,
     "    orig life(sec): 1200       remaining life(sec): 700       \r\n"},
    {true, "show crypto gdoi ks policy", F15 | F17, "    time to rekey (sec): 465       \r\n"},
    {true, "show crypto gdoi ks policy", F15 | F17, "    time to rekey (sec): 375       \r\n"},
    {true, "show crypto gdoi ks policy", F15 | F17, "    time to rekey (sec): n/a       \r\n"},
    {true, "show crypto gdoi ks policy", ALL,
     "    orig life(sec)     : 600           remaining life(sec)   : 0         \r\n"},
    {true, "show crypto gdoi ks policy", ALL, "elapsed time(sec)     : 700       \r\n"},
    {true, "show crypto gdoi ks rekey", ALL, "    Number of Rekeys retransmitted      : 9\r\n"},
    {true, "show crypto gdoi ks rekey", F15 | F17,
     "        Time until rekey (sec)          : 465\r\n"},
    {true, "show crypto gdoi ks members", ALL, "Number of rekeys sent for group G 1 : 26\r\n"},
    {true, "show crypto gdoi ks members", F15 | F17,
     "Duration of the last rekey for group G 1 : 10000 msec\r\n"},
    {true, "show crypto gdoi ks members", F15 | F17,
     "Group Member ID    : 10.2.2.1        GM Version: 1.0.17\r\n"},
    {true, "show crypto gdoi ks members", F15 | F17, " Rekeys retries    : 2\r\n"},
    {true, "show crypto gdoi ks members", F15 | F17, " Rekey Acks missed : 1\r\n"},
    {true, "show crypto gdoi ks members", ALL, " Key Server ID     : 10.1.1.2\r\n"},
    {true, "show crypto gdoi ks members summary", F15 | F17,
     "Key Server ID: 10.1.1.2, GMDB state: REDUNDANT, Group Members: 1\r\n"},
    {true, "show crypto gdoi ks members summary", F15 | F17,
     "  10.2.2.1      1.0.17       26             1\r\n"},
    {true, "show crypto gdoi ks coop", ALL, "                Remaining Time: 11\r\n"},
    {true, "show crypto gdoi ks coop", ALL,
     "                Peer KS Role: Secondary , Peer KS Status: Alive\r\n"},
    {true, "show crypto gdoi ks coop", F15 | F17, "                Peer Version: 1.0.17\r\n"},
    {true, "show crypto gdoi ks coop", ALL, "                    Ann msgs sent: 50\r\n"},
    {true, "show crypto gdoi feature", F15 | F17,
     "        10.1.1.2         1.0.17         Yes\r\n"},
    {true, "show crypto gdoi feature suite-b", F15 | F17,
     "        10.2.2.2         1.0.2          No\r\n"},
    {true, "show running-config", ALL, "  rekey retransmit 10 number 3\r\n"},
    {true, "show running-config | section gdoi", ALL, "   peer address ipv4 10.1.1.2\r\n"},
    {true, "show running-config | section gdoi", 0, "hostname"},
    {true, "show running-config | include lifetime", ALL,
     "lifetime\r\n  rekey lifetime seconds 1200\r\nKS1#"},
    {true, "show running-config | begin interface", ALL, "interface\r\ninterface Gigabit"},
    {true, "show running-config | exclude rekey", 0, "  rekey"},
    {true, "sh cr gd ks pol", ALL, "Key Server Policy:\r\n"},
    {true, "show crypto gkm ks policy", F15 | F17, "Key Server Policy:\r\n"},
    {true, "show crypto gkm ks policy", F12,
     "               ^\r\n% Invalid input detected at '^' marker.\r\n"},
    {true, "SHOW CRYPTO GDOI KS POLICY", ALL, "Key Server Policy:\r\n"},
    {true, "show cripto", ALL, "         ^\r\n% Invalid input detected at '^' marker.\r\n"},
    {true, "show crypto g", F15 | F17, "% Ambiguous command:  \"show crypto g\"\r\n"},
    {true, "show crypto gdoi group", ALL, "% Incomplete command.\r\n"},
    {true, "configure terminal", ALL, "    ^\r\n% Invalid input detected at '^' marker.\r\n"},
    {true, "", ALL, "KS1#\r\nKS1#"},
};

static void test_outputs(enum lab_format format)
{
    const struct lab_quirks none = {0};
    struct gv_buf out = gv_buf(1 << 20);
    struct world w;

    world_make(&w, format);
    for (size_t i = 0; i < sizeof(output_rows) / sizeof(output_rows[0]); i++) {
        const struct output_row *row = &output_rows[i];
        struct lab_cli *cli = cli_open(row->ks ? &w.ks_box : &w.gm_box, 0, &none);
        char name[256];

        (void)snprintf(name, sizeof(name), "format %d: %s: %s", format, row->command,
                       row->text);
        lab_cli_start(cli);
        lab_cli_feed(cli, row->command, strlen(row->command));
        lab_cli_feed(cli, "\r", 1);
        CHECK_INT(name, holds(drain(cli, &out, SIZE_MAX), row->text),
                  (row->formats & 1u << format) != 0);
        lab_cli_free(cli);
    }
    gv_buf_clear(&out);
}

/* --- the terminal -------------------------------------------------------------- */

/* What is typed, octet by octet as fed, and what is seen in return. */
static const struct dialogue_row {
    const char *name;
    const char *enable;
    uint32_t rows;
    struct lab_quirks quirks;
    const char *typed, *seen;
    bool ends;
} dialogue_rows[] = {
    {"prompt", NULL, 24, {0}, "", "\r\n\r\nKS1#", false},
    {"user mode", "secret", 24, {0}, "", "\r\n\r\nKS1>", false},
    {"enable",
     "secret",
     24,
     {0},
     "enable\rsecret\r",
     "KS1>enable\r\nPassword: \r\nKS1#",
     false},
    {"enable, wrong once",
     "secret",
     24,
     {0},
     "en\rx\rsecret\r",
     "KS1>en\r\nPassword: \r\nPassword: \r\nKS1#",
     false},
    {"enable refused", "secret", 24, {0}, "en\rx\ry\rz\r", "% Bad secrets\r\nKS1>", false},
    {"disable", NULL, 24, {0}, "disable\r", "KS1#disable\r\nKS1>", false},
    {"privileged command in user mode",
     "secret",
     24,
     {0},
     "show run\r",
     "KS1>show run\r\n         ^\r\n% Invalid input",
     false},
    {"line feed ends a line too", NULL, 24, {0}, "disable\n", "disable\r\nKS1>", false},
    {"CR LF ends one line", NULL, 24, {0}, "\r\n", "KS1#\r\nKS1#", false},
    {"erased", NULL, 24, {0}, "disablx\be\r", "disablx\b \be\r\nKS1>", false},
    {"line erased", NULL, 24, {0}, "xy\025exit\r", "xy\b \b\b \bexit\r\n", true},
    {"given up", NULL, 24, {0}, "show\003", "KS1#show\r\nKS1#", false},
    {"exit", NULL, 24, {0}, "exit\r", "KS1#exit\r\n", true},
    {"a page", NULL, 4, {0}, "show crypto gdoi\r", "\r\n --More-- ", false},
    {"next line",
     NULL,
     4,
     {0},
     "show crypto gdoi\r\r",
     " --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b    Group Identity           : "
     "3333\r\n --More-- ",
     false},
    {"enough",
     NULL,
     4,
     {0},
     "show crypto gdoi\rq",
     " --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\bKS1#",
     false},
    {"no pages",
     NULL,
     4,
     {0},
     "terminal length 0\rshow crypto gdoi\r",
     "Group Server list       : Local\r\n\r\nKS1#",
     false},
    {"no such length",
     NULL,
     4,
     {0},
     "terminal length x\r",
     "\r\n                    ^\r\n% Invalid",
     false},
    {"pager that stays",
     NULL,
     4,
     {.pager = true},
     "term len 0\rshow crypto gdoi\r",
     "% Authorization failed.\r\n\r\nKS1#show crypto gdoi\r\nGROUP INFORMATION\r\n\r\n    "
     "Group "
     "Name               : G 1 (Unicast)\r\n --More-- ",
     false},
    {"typed ahead", NULL, 24, {0}, "disable\rexit\r", "KS1#disable\r\nKS1>exit\r\n", true},
    {"refused command",
     NULL,
     0,
     {.unauthorized = true},
     "show crypto gdoi\r",
     "\r\n% Authorization failed.\r\n\r\nKS1#",
     false},
    {"allowed command", NULL, 0, {.unauthorized = true}, "show version\r", "uptime is", false},
    {"syslog in between",
     NULL,
     0,
     {.chatter = true},
     "show crypto gdoi\r",
     "%SYS-5-CONFIG_I: ",
     false},
    {"prompt in between",
     NULL,
     0,
     {.prompts = true},
     "show crypto gdoi\r",
     "  description KS1#\r\n",
     false},
    {"escapes", NULL, 0, {.escapes = true}, "show crypto gdoi\r", "\x1b]0;title\x07", false},
    {"long banner", NULL, 0, {.banner_octets = 100000}, "", "Nobody is", false},
    {"long line",
     NULL,
     0,
     {.line_octets = 6},
     "show crypto gdoi\r",
     "GROUP INFORMATION\r\nxxxxxx\r\n\r\n",
     false},
    {"never answered", NULL, 0, {.mute = true}, "show version\r", "show version\r\n", false},
};

static void test_dialogues(void)
{
    struct gv_buf out = gv_buf(1 << 20), all = gv_buf(1 << 20);

    for (size_t i = 0; i < sizeof(dialogue_rows) / sizeof(dialogue_rows[0]); i++) {
        const struct dialogue_row *row = &dialogue_rows[i];
        struct lab_cli *cli;
        struct world w;

        world_make(&w, LAB_FORMAT_15);
        w.ks_box.ssh.enable = row->enable;
        cli = cli_open(&w.ks_box, row->rows, &row->quirks);
        lab_cli_start(cli);
        gv_buf_reset(&all);
        gv_buf_add_str(&all, drain(cli, &out, SIZE_MAX));
        for (const char *c = row->typed; *c != '\0'; c++) {
            lab_cli_feed(cli, c, 1);
            gv_buf_add_str(&all, drain(cli, &out, SIZE_MAX));
        }
        CHECK(row->name, all.n > 0 && holds(all.at, row->seen));
        CHECK_INT(row->name, lab_cli_ended(cli), row->ends);
        lab_cli_free(cli);
    }
    gv_buf_clear(&out);
    gv_buf_clear(&all);
}

static void test_endless(void)
{
    const struct lab_quirks quirks = {.endless = true};
    struct gv_buf out = gv_buf(8 << 20);
    struct lab_cli *cli;
    struct world w;

    world_make(&w, LAB_FORMAT_15);
    cli = cli_open(&w.ks_box, 0, &quirks);
    lab_cli_start(cli);
    lab_cli_feed(cli, "show version\r", 13);
    CHECK("more than any memory of it", strlen(drain(cli, &out, 4 << 20)) >= 4 << 20);
    lab_cli_free(cli);
    gv_buf_clear(&out);
}

static void test_stuck_and_silent(void)
{
    const struct lab_quirks quirks = {.stuck = true};
    struct gv_buf out = gv_buf(1 << 20);
    const char *seen;
    struct lab_cli *cli;
    struct world w;

    world_make(&w, LAB_FORMAT_15);
    cli = cli_open(&w.ks_box, 0, &quirks);
    lab_cli_feed(cli, "show version\r", 13);
    seen = drain(cli, &out, SIZE_MAX);
    CHECK("it begins", holds(seen, "Cisco IOS Software"));
    CHECK("it does not end", !holds(seen, "Configuration register"));
    lab_cli_feed(cli, "\r\r", 2);
    CHECK_STR("and stays silent", drain(cli, &out, SIZE_MAX), "");
    lab_cli_free(cli);
    gv_buf_clear(&out);
}

static void test_exec(void)
{
    const struct lab_quirks none = {0};
    struct gv_buf out = gv_buf(1 << 20);
    struct lab_cli *cli;
    struct world w;

    world_make(&w, LAB_FORMAT_15);
    cli = cli_open(&w.ks_box, 4, &none);
    lab_cli_exec(cli, gv_text("show crypto gdoi ks policy"));
    CHECK("answered once", lab_cli_answered(cli) && !lab_cli_answered(cli));
    CHECK("no echo, no pager",
          strncmp(drain(cli, &out, SIZE_MAX), "Key Server Policy:", 18) == 0);
    CHECK("whole", holds(out.at, "time to rekey (sec): n/a"));
    CHECK("no prompt", !holds(out.at, "KS1#"));
    CHECK("over", lab_cli_ended(cli));
    lab_cli_free(cli);
    gv_buf_clear(&out);
}

int main(void)
{
    test_outputs(LAB_FORMAT_12_4T);
    test_outputs(LAB_FORMAT_15);
    test_outputs(LAB_FORMAT_17);
    test_dialogues();
    test_endless();
    test_stuck_and_silent();
    test_exec();
    return check_end();
}
