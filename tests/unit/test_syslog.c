/* SPDX-License-Identifier: Apache-2.0 */
#include "events/syslog.h"

#include "check.h"

#define NONE NULL

/* What a line's message names. */
static const struct row {
    const char *line;
    enum gv_event_kind kind;
    const char *code, *group, *ks, *gm;
} rows[] = {
    {"%GDOI-4-GM_RE_REGISTER: The IPsec SA created for group G1 may have expired/been cleared, "
     "or didn't go through. Re-register to KS.",
     GV_EVENT_GM_REREGISTERS, "GM_RE_REGISTER", "G1", "", ""},
    {"%GDOI-4-GM_RE_REGISTER: The IPSec SA created for group branch net 7 may have "
     "expired/been cleared, or did not go through. Re-register to KS.",
     GV_EVENT_GM_REREGISTERS, "GM_RE_REGISTER", "branch net 7", "", ""},
    {"%CRYPTO-5-GM_REGISTER: Start registration to KS 192.0.2.1 for group G1 using address "
     "192.0.2.9",
     GV_EVENT_GM_REGISTRATION_BEGUN, "GM_REGISTER", "G1", "192.0.2.1", "192.0.2.9"},
    {"%CRYPTO-5-GM_REGSTER: Start registration to KS 192.0.2.1 for group G 1 using address "
     "192.0.2.9 fvrf outside ivrf red",
     GV_EVENT_GM_REGISTRATION_BEGUN, "GM_REGSTER", "G 1", "192.0.2.1", "192.0.2.9"},
    {"%GDOI-5-GM_REGS_COMPL: Registration to KS 2001:db8::1 complete for group G1 using "
     "address 2001:db8::9 and more",
     GV_EVENT_GM_REGISTERED, "GM_REGS_COMPL", "G1", "2001:db8::1", "2001:db8::9"},
    {"%GDOI-5-GM_REKEY_TRANS_2_UNI: Group a group transitioned to Unicast Rekey.",
     GV_EVENT_GM_POLICY_CHANGED, "GM_REKEY_TRANS_2_UNI", "a group", "", ""},
    {"%GDOI-5-SA_KEK_UPDATED: SA KEK was updated", GV_EVENT_GM_KEK_UPDATED, "SA_KEK_UPDATED",
     "", "", ""},
    {"%GDOI-5-SA_TEK_UPDATED: SA TEK was updated", GV_EVENT_GM_TEK_UPDATED, "SA_TEK_UPDATED",
     "", "", ""},
    {"%GDOI-5-GM_INSTALL_POLICIES_SUCCESS: SUCCESS: Installation of Reg/Rekey policies from KS "
     "192.0.2.1 for group G1 & gm identity 192.0.2.9 fvrf default ivrf default",
     GV_EVENT_GM_POLICY_INSTALLED, "GM_INSTALL_POLICIES_SUCCESS", "G1", "192.0.2.1",
     "192.0.2.9"},
    {"%GDOI-5-GM_DELETE_EXPIRED_KEK: KEK expired for group G1 and was deleted",
     GV_EVENT_GM_KEK_EXPIRED, "GM_DELETE_EXPIRED_KEK", "G1", "", ""},
    {"%GDOI-5-GM_DELETE_EXPIRED_KEK: KEK expired for group one and two and was deleted",
     GV_EVENT_GM_KEK_EXPIRED, "GM_DELETE_EXPIRED_KEK", "one and two", "", ""},
    {"%GDOI-4-TIMEBASED_REPLAY_FAILED: An anti replay check has failed in group G1: my_pseudo",
     GV_EVENT_REPLAY, "TIMEBASED_REPLAY_FAILED", "G1", "", ""},
    {"%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed connection id=2, sequence "
     "number=9",
     GV_EVENT_REPLAY, "PKT_REPLAY_ERR", "", "", ""},
    {"%GDOI-1-UNAUTHORIZED_IDENTITY: Group G1 received registration from unauthorized "
     "identity: "
     "no name. Peer Address: 192.0.2.9",
     GV_EVENT_KS_REFUSED, "UNAUTHORIZED_IDENTITY", "G1", "", "192.0.2.9"},
    {"%CRYPTO-6-GDOI_ON_OFF: GDOI is ON", GV_EVENT_GDOI_SWITCHED, "GDOI_ON_OFF", "", "", ""},
    {"%GDOI-3-COOP_KS_UNREACH: Cooperative KS 192.0.2.2 is out of reach in group G1.",
     GV_EVENT_COOP_UNREACHABLE, "COOP_KS_UNREACH", "G1", "192.0.2.2", ""},
    {"%GDOI-5-COOP_KS_REACH: contact with KS 192.0.2.2 in group G 1 is back",
     GV_EVENT_COOP_REACHABLE, "COOP_KS_REACH", "G 1", "192.0.2.2", ""},
    {"%GDOI-5-COOP_KS_TRANS_TO_PRI: KS 192.0.2.2 in group G1 transitioned to primary",
     GV_EVENT_COOP_ROLE, "COOP_KS_TRANS_TO_PRI", "G1", "192.0.2.2", ""},
    {"%GDOI-4-NEWER_GM_VERSION_REGISTER: GM 192.0.2.9 registers to group G1 with a newer "
     "version than KS.",
     GV_EVENT_KS_NEWER_GM, "NEWER_GM_VERSION_REGISTER", "G1", "", "192.0.2.9"},
    {"%GDOI-5-KS_SEND_UNICAST_REKEY: Unicast rekey for group G1 from address 192.0.2.1 seq 3",
     GV_EVENT_KS_REKEY_SENT, "KS_SEND_UNICAST_REKEY", "G1", "192.0.2.1", ""},
    {"%GDOI-5-GM_RECV_REKEY: Received Rekey for group G1 from 192.0.2.1 to 192.0.2.9 with more",
     GV_EVENT_GM_REKEY_RECEIVED, "GM_RECV_REKEY", "G1", "192.0.2.1", "192.0.2.9"},
    {"%PKI-3-CERTIFICATE_INVALID_EXPIRED: a chain failed", GV_EVENT_PKI_FAULT,
     "CERTIFICATE_INVALID_EXPIRED", "", "", ""},
    {"%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 192.0.2.1 failed its sanity check",
     GV_EVENT_IKE_FAULT, "IKMP_BAD_MESSAGE", "", "", ""},
    {"%GDOI-7-NEVER_SEEN: with group G1.", GV_EVENT_OTHER, "NEVER_SEEN", "G1", "", ""},
    {"%GDOI-SW1-5-NEVER_SEEN: a subfacility", GV_EVENT_OTHER, "NEVER_SEEN", "", "", ""},
    {"%GDOI-5-EMPTY:", GV_EVENT_OTHER, "EMPTY", "", "", ""},
    {"100% %GDOI-5-GM_REGS_COMPL: cut sho", GV_EVENT_GM_REGISTERED, "GM_REGS_COMPL", "", "",
     ""},
    {"%CRYPTO-5-GM_REGISTER: Start registration to KS 192.0.2.1 for gro",
     GV_EVENT_GM_REGISTRATION_BEGUN, "GM_REGISTER", "", "192.0.2.1", ""},
    {"%LINK-3-UPDOWN: Interface up", 0, NONE, NONE, NONE, NONE},
    {"%GDOI-9-GM_REGS_COMPL: no such severity", 0, NONE, NONE, NONE, NONE},
    {"%GDOI-5-gm_regs_compl: no code", 0, NONE, NONE, NONE, NONE},
    {"%GDOI-5-GM_REGS_COMPL no colon", 0, NONE, NONE, NONE, NONE},
    {"%GDOI-GM_REGS_COMPL: no severity", 0, NONE, NONE, NONE, NONE},
    {"%XGDOI-5-GM_REGS_COMPL: another's", 0, NONE, NONE, NONE, NONE},
    {"", 0, NONE, NONE, NONE, NONE},
};

static void check_messages(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *r = &rows[i];
        struct gv_syslog told;
        enum gv_err err = gv_syslog_read(gv_text(r->line), &told);

        CHECK_INT(r->line, err, r->code != NONE ? GV_OK : GV_ERR_NO_DATA);
        if (err != GV_OK || r->code == NONE)
            continue;
        CHECK_INT(r->line, told.event.kind, r->kind);
        CHECK_STR(r->line, told.event.code, r->code);
        CHECK_STR(r->line, told.event.group, r->group);
        CHECK_STR(r->line, told.event.ks, r->ks);
        CHECK_STR(r->line, told.event.gm, r->gm);
        CHECK(r->line, !told.stamp.known && told.source[0] == '\0');
    }
}

/* What stands before a message: the names, and the stamp (2026-11-25 10:00:00.MS, or none). */
static const struct frame {
    const char *before, *source;
    int64_t ms; /* -1: no stamp */
} frames[] = {
    {"", "", -1},
    {"*Nov 25 10:00:00.123: ", "", 123},
    {"000045: *Nov 25 10:00:00.123: ", "", 123},
    {"45: Nov 25 10:00:00.123 UTC: ", "", 123},
    {"<189>45: Nov 25 2026 10:00:00.123: ", "", 123},
    {"<189>45: gm-1: .Nov 25 10:00:00.123: ", "gm-1", 123},
    {"<189>Nov 25 10:00:00 192.0.2.9 45: Nov 25 10:00:00.123: ", "192.0.2.9", 123},
    {"<189>Nov 25 10:00:00 gm-1 45: *Mar  1 00:00:07.123: ", "gm-1", 0},
    {"<189>Nov 25 10:00:00 gm-1 45: 00:01:12: ", "gm-1", 0},
    {"<189>Nov 25 10:00:00 gm-1 45: 1w2d: ", "gm-1", 0},
    {"Nov 25 10:00:00 relay gm-1 45: ", "relay gm-1", 0},
    {"2026-11-25T10:00:00.5+00:00 relay <189>45: gm-1: ", "relay gm-1", 500},
    {"2026-11-25 10:00:00\tLocal7.Notice\t192.0.2.9\t45: ", "Local7.Notice 192.0.2.9", 0},
    {"<189>1 2026-11-25T10:00:00.5Z gm-1 ios 12 ID - ", "gm-1", 500},
    {"<189>1 2026-11-25T10:00:00.5Z gm-1 - - - [a b=\"]\\\"\"][c] 45: Nov 25 10:00:00.7: ",
     "gm-1", 700},
    {"<189>1 - - - - - - ", "", -1},
    {"<189>1 - gm-1 ios - - [x", "gm-1", -1},
    {"collector[123]: ", "", -1},
    {"<notanumber> ", "", -1},
};

static void check_frames(void)
{
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        char line[512];
        struct gv_syslog told;
        int64_t ms = -1;

        (void)snprintf(line, sizeof(line), "%s%%GDOI-5-SA_KEK_UPDATED: SA KEK was updated\r\n",
                       frames[i].before);
        CHECK_INT(frames[i].before, gv_syslog_read(gv_text(line), &told), GV_OK);
        CHECK_STR(frames[i].before, told.source, frames[i].source);
        if (gv_stamp_unix_ms(&told.stamp, 1795640400000, &ms))
            ms -= 1795600800000;
        CHECK_INT(frames[i].before, ms, frames[i].ms);
        CHECK_INT(frames[i].before, told.severity, 5);
    }
}

static void check_bounds(void)
{
    char line[4096];
    struct gv_syslog told;
    size_t n = (size_t)snprintf(line, sizeof(line),
                                "%%GDOI-5-GM_DELETE_EXPIRED_KEK: KEK "
                                "expired for group ");

    memset(line + n, 'g', GV_EVENT_GROUP - 1);
    (void)snprintf(line + n + GV_EVENT_GROUP - 1, 64, " and was deleted");
    CHECK_INT("longest name", gv_syslog_read(gv_text(line), &told), GV_OK);
    CHECK_INT("longest name", strlen(told.event.group), GV_EVENT_GROUP - 1);
    memset(line + n, 'g', GV_EVENT_GROUP);
    (void)snprintf(line + n + GV_EVENT_GROUP, 64, " and was deleted");
    CHECK_INT("too long a name", gv_syslog_read(gv_text(line), &told), GV_OK);
    CHECK_STR("too long a name is absent, not cut", told.event.group, "");
    CHECK_INT("spi",
              gv_syslog_read(gv_text("%GDOI-5-SA_KEK_UPDATED: SA KEK was updated "
                                     "0x00112233445566778899AABBCCDDEEFF"),
                             &told),
              GV_OK);
    CHECK("spi", (told.event.has & GV_EVENT_HAS_KEK_SPI) && told.event.kek_spi[15] == 0xff);
    CHECK_INT(
        "short spi",
        gv_syslog_read(gv_text("%GDOI-5-SA_TEK_UPDATED: SA TEK was updated 0x5A69F51E"), &told),
        GV_OK);
    CHECK("short spi is a TEK's", told.event.has == 0);
}

/* Every message of the field's list means something: it is of a kind of its own. */
static const char *const known[] = {
    /* by members */
    "GM_RE_REGISTER", "GM_REGISTER", "GM_REGSTER", "GM_REGS_COMPL", "GM_REKEY_TRANS_2_UNI",
    "SA_KEK_UPDATED", "SA_TEK_UPDATED", "GM_INSTALL_POLICIES_SUCCESS", "GM_DELETE_EXPIRED_KEK",
    "TIMEBASED_REPLAY_FAILED", "PKT_REPLAY_ERR", "UNAUTHORIZED_IDENTITY", "GDOI_ON_OFF",
    "GM_RECV_REKEY", "GM_REKEY_NOT_RECD", "GDOI_REKEY_FAILURE", "GDOI_REKEY_SEQ_FAILURE",
    "GM_FAILED_TO_INSTALL_POLICIES", "GM_INCOMPLETE_CFG", "GM_NO_IPSEC_FLOWS",
    "GM_REJECTING_SA_PAYLOAD", "GM_HASH_FAIL", "GM_RECV_DELETE", "GM_RECV_RE_AUTH",
    "GM_UNREGISTER", "GM_CLEAR_REGISTER", "GM_RECOVERY_REGISTRATION", "PSEUDO_TIME_LARGE",
    "PSEUDO_TIME_TOO_OLD",
    /* by key servers */
    "KS_NO_RSA_KEYS", "KS_SEND_UNICAST_REKEY", "KS_SEND_MCAST_REKEY", "KS_REKEY_TRANS_2_UNI",
    "KS_REKEY_TRANS_2_MULTI", "KS_NACK_GM_EJECT", "KS_UNAUTHORIZED", "KS_GM_REVOKED",
    "GM_DELETE", "NEWER_GM_VERSION_REGISTER", "REJECT_GM_VERSION_REGISTER", "POLICY_CHANGE",
    "KS_FIRST_GM", "KS_LAST_GM", "COOP_KS_UNREACH", "COOP_KS_REACH", "COOP_KS_ELECTION",
    "COOP_KS_TRANS_TO_PRI", "COOP_CONFIG_MISMATCH", "COOP_ANN_SEQ_FAILURE",
    "COOP_PACKET_DROPPED", "GDOI_ANN_TIMESTAMP_TOO_OLD",
    /* around both */
    "GM_CONN_NEXT_SER", "RECVD_PKT_INV_SPI", "RECVD_PKT_NOT_IPSEC", "IKMP_NO_SA",
    "IKMP_MODE_FAILURE", "IKMP_BAD_MESSAGE", "CERTIFICATE_INVALID_EXPIRED"};

static void check_known(void)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        char line[128];
        struct gv_syslog told;

        (void)snprintf(line, sizeof(line), "%%GDOI-4-%s: something of group G1.", known[i]);
        CHECK_INT(known[i], gv_syslog_read(gv_text(line), &told), GV_OK);
        CHECK_STR(known[i], told.event.code, known[i]);
        CHECK(known[i], told.event.kind != GV_EVENT_OTHER);
    }
}

int main(void)
{
    check_known();
    check_messages();
    check_frames();
    check_bounds();
    for (int k = 0; k < GV_EVENT_KIND_COUNT; k++)
        CHECK("name", gv_event_kind_name((enum gv_event_kind)k)[0] != '\0');
    return check_end();
}
