/* SPDX-License-Identifier: Apache-2.0 */
/* The messages: what each mnemonic means, and what its text names. */
#include <string.h>

#include "events/syslog.h"

/* In a text, %k stands for a KS, %m for a GM (each ends at white space) and %g for a group,
 * which may hold blanks and ends where the text goes on. NULL: the text is not confirmed, and
 * what it names is found by the words before it. */
static const struct row {
    const char *mnemonic;
    enum gv_event_kind kind;
    const char *text;
} rows[] = {
    {"GM_RE_REGISTER", GV_EVENT_GM_REREGISTERS, "created for group %g may have"},
    {"GM_REGISTER", GV_EVENT_GM_REGISTRATION_BEGUN,
     "registration to KS %k for group %g using address %m"},
    {"GM_REGSTER", GV_EVENT_GM_REGISTRATION_BEGUN, /* so in 12.4T and 15.0 */
     "registration to KS %k for group %g using address %m"},
    {"GM_REGS_COMPL", GV_EVENT_GM_REGISTERED,
     "Registration to KS %k complete for group %g using address %m"},
    {"GM_REKEY_TRANS_2_UNI", GV_EVENT_GM_POLICY_CHANGED, "Group %g transitioned to"},
    {"GM_REKEY_TRANS_2_MULTI", GV_EVENT_GM_POLICY_CHANGED, "Group %g transitioned to"},
    {"SA_KEK_UPDATED", GV_EVENT_GM_KEK_UPDATED, NULL},
    {"SA_TEK_UPDATED", GV_EVENT_GM_TEK_UPDATED, NULL},
    {"GM_INSTALL_POLICIES_SUCCESS", GV_EVENT_GM_POLICY_INSTALLED,
     "policies from KS %k for group %g & gm identity %m"},
    {"GM_DELETE_EXPIRED_KEK", GV_EVENT_GM_KEK_EXPIRED, "KEK expired for group %g and was"},
    {"TIMEBASED_REPLAY_FAILED", GV_EVENT_REPLAY, NULL},
    {"PKT_REPLAY_ERR", GV_EVENT_REPLAY, NULL},
    {"UNAUTHORIZED_IDENTITY", GV_EVENT_KS_REFUSED, "Group %g received registration from"},
    {"UNAUTHORIZED_IPADDR", GV_EVENT_KS_REFUSED, "Group %g received registration from"},
    {"GDOI_ON_OFF", GV_EVENT_GDOI_SWITCHED, NULL},
    /* From here on the text is not confirmed. KS: */
    {"KS_NO_RSA_KEYS", GV_EVENT_KS_FAULT, NULL},
    {"KS_SEND_UNICAST_REKEY", GV_EVENT_KS_REKEY_SENT, NULL},
    {"KS_SEND_MCAST_REKEY", GV_EVENT_KS_REKEY_SENT, NULL},
    {"KS_REKEY_TRANS_2_UNI", GV_EVENT_KS_POLICY_CHANGED, "Group %g transitioned to"},
    {"KS_REKEY_TRANS_2_MULTI", GV_EVENT_KS_POLICY_CHANGED, "Group %g transitioned to"},
    {"KS_NACK_GM_EJECT", GV_EVENT_KS_GM_EJECTED, NULL},
    {"KS_UNAUTHORIZED", GV_EVENT_KS_REFUSED, NULL},
    {"KS_GM_REVOKED", GV_EVENT_KS_GM_EJECTED, NULL},
    {"KS_FIRST_GM", GV_EVENT_KS_MEMBERS, NULL},
    {"KS_LAST_GM", GV_EVENT_KS_MEMBERS, NULL},
    {"GM_DELETE", GV_EVENT_KS_MEMBERS, NULL},
    {"NEWER_GM_VERSION_REGISTER", GV_EVENT_KS_NEWER_GM, NULL},
    {"REJECT_GM_VERSION_REGISTER", GV_EVENT_KS_REFUSED, NULL},
    {"POLICY_CHANGE", GV_EVENT_KS_POLICY_CHANGED, NULL},
    /* COOP: */
    {"COOP_KS_UNREACH", GV_EVENT_COOP_UNREACHABLE, NULL},
    {"COOP_KS_REACH", GV_EVENT_COOP_REACHABLE, NULL},
    {"COOP_KS_ELECTION", GV_EVENT_COOP_ROLE, NULL},
    {"COOP_KS_TRANS_TO_PRI", GV_EVENT_COOP_ROLE, NULL},
    {"COOP_CONFIG_MISMATCH", GV_EVENT_COOP_FAULT, NULL},
    {"COOP_ANN_SEQ_FAILURE", GV_EVENT_COOP_FAULT, NULL},
    {"COOP_PACKET_DROPPED", GV_EVENT_COOP_FAULT, NULL},
    {"GDOI_ANN_TIMESTAMP_TOO_OLD", GV_EVENT_COOP_FAULT, NULL},
    /* GM: */
    {"GM_RECV_REKEY", GV_EVENT_GM_REKEY_RECEIVED, "Rekey for group %g from %k to %m"},
    {"GM_REKEY_NOT_RECD", GV_EVENT_GM_REKEY_MISSED, NULL},
    {"GDOI_REKEY_FAILURE", GV_EVENT_GM_FAULT, NULL},
    {"GDOI_REKEY_SEQ_FAILURE", GV_EVENT_GM_FAULT, NULL},
    {"GM_FAILED_TO_INSTALL_POLICIES", GV_EVENT_GM_FAULT, NULL},
    {"GM_INCOMPLETE_CFG", GV_EVENT_GM_FAULT, NULL},
    {"GM_NO_IPSEC_FLOWS", GV_EVENT_GM_FAULT, NULL},
    {"GM_REJECTING_SA_PAYLOAD", GV_EVENT_GM_FAULT, NULL},
    {"GM_HASH_FAIL", GV_EVENT_GM_FAULT, NULL},
    {"GM_RECV_DELETE", GV_EVENT_GM_LEFT, NULL},
    {"GM_RECV_RE_AUTH", GV_EVENT_GM_RECOVERS, NULL},
    {"GM_UNREGISTER", GV_EVENT_GM_LEFT, NULL},
    {"GM_CLEAR_REGISTER", GV_EVENT_GM_LEFT, NULL},
    {"GM_RECOVERY_REGISTRATION", GV_EVENT_GM_RECOVERS, NULL},
    {"GM_CONN_NEXT_SER", GV_EVENT_GM_RECOVERS, NULL},
    {"PSEUDO_TIME_LARGE", GV_EVENT_REPLAY, NULL},
    {"PSEUDO_TIME_TOO_OLD", GV_EVENT_REPLAY, NULL},
    /* Around it: */
    {"RECVD_PKT_INV_SPI", GV_EVENT_PACKET_FAULT, NULL},
    {"RECVD_PKT_NOT_IPSEC", GV_EVENT_PACKET_FAULT, NULL},
    {"IKMP_NO_SA", GV_EVENT_IKE_FAULT, NULL},
    {"IKMP_MODE_FAILURE", GV_EVENT_IKE_FAULT, NULL},
    {"IKMP_BAD_MESSAGE", GV_EVENT_IKE_FAULT, NULL},
    {"CERTIFICATE_INVALID_EXPIRED", GV_EVENT_PKI_FAULT, NULL},
};

/* Words before a name, and what it is of. The earlier row wins. */
static const struct cue {
    const char *words;
    char of; /* as in a text above */
} cues[] = {
    {"KS ", 'k'},
    {"key server ", 'k'},
    {"peer at ", 'k'},
    {"from address ", 'k'},
    {"using address ", 'm'},
    {"gm identity ", 'm'},
    {"Peer Address: ", 'm'},
    {"ip address: ", 'm'},
    {"GM ", 'm'},
    {"member ", 'm'},
    {"for group ", 'g'},
    {"in group ", 'g'},
    {"in the group ", 'g'},
    {"to group ", 'g'},
    {"from group ", 'g'},
    {"group ", 'g'},
};

/* What ends a group's name where the text is not known. */
static const char *const ends[] = {
    " using ",        " from ", " with ", " in ",  " to ",       " has ",       " have ",
    " was ",          " is ",   " may ",  " and ", " received ", " registers ", " changed ",
    " transitioned ", ", ",     ". ",     " (",    ": ",         "; ",
};

static struct gv_text without_dot(struct gv_text t)
{
    while (t.n > 0 && memchr(".,;:)", t.at[t.n - 1], 5) != NULL)
        t.n--;
    return t;
}

static bool is_address(struct gv_text word)
{
    bool digit = false, mark = false;

    for (size_t i = 0; i < word.n; i++) {
        char c = word.at[i];
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

        if (!hex && c != '.' && c != ':')
            return false;
        digit = digit || hex;
        mark = mark || !hex;
    }
    return digit && mark;
}

static void keep(struct gv_event *event, char of, struct gv_text t)
{
    if (of == 'g' && event->group[0] == '\0')
        gv_event_text(event->group, sizeof(event->group), t);
    else if (of == 'k' && event->ks[0] == '\0')
        gv_event_text(event->ks, sizeof(event->ks), t);
    else if (of == 'm' && event->gm[0] == '\0')
        gv_event_text(event->gm, sizeof(event->gm), t);
}

/* Octets of `text` up to the next % or its end, as a slice. */
static struct gv_text literal(const char *text)
{
    struct gv_text t = gv_text(text);

    return gv_text_head(t, gv_text_index(t, '%'));
}

/* Where the words `words` begin in `t`; t.n where they do not. */
static size_t find(struct gv_text t, struct gv_text words)
{
    for (size_t i = 0; i + words.n <= t.n; i++)
        if (memcmp(t.at + i, words.at, words.n) == 0)
            return i;
    return t.n;
}

/* Read what `pattern` names out of `t`, as far as the text follows it. */
static void read_pattern(struct gv_text t, const char *pattern, struct gv_event *event)
{
    struct gv_text words = literal(pattern);
    size_t at = find(t, words);

    if (at == t.n)
        return;
    t = gv_text_from(t, at + words.n);
    for (pattern += words.n; pattern[0] == '%'; pattern += 2 + words.n) {
        words = literal(pattern + 2);
        at = pattern[1] == 'g' ? find(t, words) : gv_text_index(t, ' ');
        if (pattern[1] == 'g' && at == t.n)
            return;
        keep(event, pattern[1], without_dot(gv_text_trim(gv_text_head(t, at))));
        t = gv_text_from(t, at);
        if (find(gv_text_head(t, words.n), words) != 0)
            return;
        t = gv_text_from(t, words.n);
    }
}

static struct gv_text group_at(struct gv_text t)
{
    size_t n = t.n;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t at = find(t, gv_text(ends[i]));

        if (at < n)
            n = at;
    }
    return without_dot(gv_text_trim(gv_text_head(t, n)));
}

static void read_cues(struct gv_text text, struct gv_event *event)
{
    for (size_t i = 0; i < sizeof(cues) / sizeof(cues[0]); i++) {
        size_t at = gv_text_find(text, cues[i].words);
        struct gv_text t = gv_text_from(text, at + strlen(cues[i].words)), word;

        if (at == text.n || (at > 0 && text.at[at - 1] != ' ' && text.at[at - 1] != '('))
            continue;
        if (cues[i].of == 'g')
            keep(event, 'g', group_at(t));
        else if (gv_text_word(&t, &word) && is_address(without_dot(word)))
            keep(event, cues[i].of, without_dot(word));
    }
}

/* Newer images append the SPI of a KEK: 0x and 32 digits. */
static void read_spi(struct gv_text text, struct gv_event *event)
{
    size_t at = gv_text_find(text, "0x"), n = 2;
    struct gv_text t = gv_text_from(text, at);

    while (n < t.n && n < 2 + 2 * GV_KEK_SPI_LEN + 1 && t.at[n] != ' ' && t.at[n] != ',' &&
           t.at[n] != '.')
        n++;
    if (n == 2 + 2 * GV_KEK_SPI_LEN &&
        gv_text_hex(gv_text_head(t, n), event->kek_spi, GV_KEK_SPI_LEN))
        event->has |= GV_EVENT_HAS_KEK_SPI;
}

void gv_syslog_message(struct gv_text mnemonic, struct gv_text text, struct gv_event *event)
{
    *event = (struct gv_event){.kind = GV_EVENT_OTHER};
    gv_event_text(event->code, sizeof(event->code), mnemonic);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!gv_text_is(mnemonic, rows[i].mnemonic))
            continue;
        event->kind = rows[i].kind;
        if (rows[i].text != NULL)
            read_pattern(text, rows[i].text, event);
        break;
    }
    read_cues(text, event);
    read_spi(text, event);
}
