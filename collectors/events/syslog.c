/* SPDX-License-Identifier: Apache-2.0 */
#include "events/syslog.h"

#include <string.h>

/* Before the message, read from the left: the words of a relay that are no stamp and no number
 * are names. */
struct prefix {
    struct gv_stamp stamp;
    char source[GV_SYSLOG_SOURCE];
    size_t n;
};

struct message {
    struct gv_text before, mnemonic, text;
    uint32_t severity;
};

static bool code_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool our_facility(struct gv_text name)
{
    return gv_text_is(name, "GDOI") || gv_text_is(name, "CRYPTO") || gv_text_is(name, "PKI");
}

/* The next part of FACILITY[-SUBFACILITY]-SEVERITY-MNEMONIC and the character behind it. */
static bool take_part(struct gv_text *rest, struct gv_text *part, char *behind)
{
    size_t n = 0;

    while (n < rest->n && code_char(rest->at[n]))
        n++;
    if (n == 0 || n == rest->n || (rest->at[n] != '-' && rest->at[n] != ':'))
        return false;
    *part = gv_text_head(*rest, n);
    *behind = rest->at[n];
    *rest = gv_text_from(*rest, n + 1);
    return true;
}

/* True where `t`, which follows a '%', is a message of ours. */
static bool read_code(struct gv_text t, struct message *out)
{
    struct gv_text part, before = {NULL, 0};
    char behind;

    if (!take_part(&t, &part, &behind) || behind != '-' || !our_facility(part))
        return false;
    while (behind == '-') {
        before = part;
        if (!take_part(&t, &part, &behind))
            return false;
    }
    if (before.n != 1 || !gv_text_u32(before, &out->severity) || out->severity > 7)
        return false;
    out->mnemonic = part;
    out->text = gv_text_trim(t);
    return true;
}

static bool find_message(struct gv_text line, struct message *out)
{
    for (size_t at = gv_text_index(line, '%'); at < line.n;
         at += 1 + gv_text_index(gv_text_from(line, at + 1), '%')) {
        out->before = gv_text_head(line, at);
        if (read_code(gv_text_from(line, at + 1), out))
            return true;
    }
    return false;
}

static bool name_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '-' || c == '_' || c == ':' || c == '/';
}

/* A host's name or address: no number alone, no mark, nothing in brackets. */
static void take_name(struct prefix *prefix, struct gv_text word)
{
    size_t room = sizeof(prefix->source) - prefix->n;
    bool other = false;

    while (word.n > 0 && word.at[word.n - 1] == ':')
        word.n--;
    for (size_t i = 0; i < word.n; i++) {
        if (!name_char(word.at[i]))
            return;
        other = other || word.at[i] < '0' || word.at[i] > '9';
    }
    if (!other || gv_text_is(word, "-") || word.n + 2 > room)
        return;
    if (prefix->n > 0)
        prefix->source[prefix->n++] = ' ';
    memcpy(prefix->source + prefix->n, word.at, word.n);
    prefix->n += word.n;
}

/* The router's stamp stands last; one whose clock was never set yields to a relay's. */
static void take_stamp(struct prefix *prefix, const struct gv_stamp *stamp)
{
    if (!prefix->stamp.known || prefix->stamp.unset || !stamp->unset)
        prefix->stamp = *stamp;
}

/* "<189>": the priority says less than the message's own severity. */
static void skip_priority(struct gv_text *rest)
{
    size_t end = gv_text_index(*rest, '>');
    uint32_t priority;

    if (rest->n > 0 && rest->at[0] == '<' && end < rest->n &&
        gv_text_u32(gv_text_head(gv_text_from(*rest, 1), end - 1), &priority))
        *rest = gv_text_from(*rest, end + 1);
}

/* `[id name="value"]...` or `-`; quoted text may hold an escaped bracket. */
static void skip_structured_data(struct gv_text *rest)
{
    bool quoted = false;
    size_t n = 0;

    if (rest->n == 0 || rest->at[0] != '[')
        return;
    for (; n < rest->n; n++) {
        char c = rest->at[n];

        if (c == '\\' && quoted)
            n++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == ']' && !quoted && (n + 1 == rest->n || rest->at[n + 1] != '['))
            break;
    }
    *rest = gv_text_from(*rest, n + 1);
}

/* RFC 5424, chapter 6: "1 STAMP HOST APP PROCID MSGID DATA"; only stamp and host are told
 * apart from a message's own. */
static void read_5424(struct gv_text *rest, struct prefix *prefix)
{
    struct gv_text t = *rest, word;
    struct gv_stamp stamp = {.known = false};

    if (!gv_text_starts(t, "1 "))
        return;
    t = gv_text_from(t, 2);
    if (gv_text_starts(t, "- "))
        t = gv_text_from(t, 2);
    else if (t.n < 5 || t.at[4] != '-' || !gv_stamp_read(&t, &stamp))
        return;
    if (!gv_text_word(&t, &word))
        return;
    if (stamp.known)
        take_stamp(prefix, &stamp);
    take_name(prefix, word);
    for (int field = 0; field < 3; field++)
        (void)gv_text_word(&t, &word);
    t = gv_text_trim(t);
    skip_structured_data(&t);
    *rest = t;
}

static void read_prefix(struct gv_text rest, struct prefix *prefix)
{
    struct gv_text word;
    struct gv_stamp stamp;

    rest = gv_text_trim(rest);
    skip_priority(&rest);
    read_5424(&rest, prefix);
    while (rest.n > 0) {
        if (rest.at[0] == ' ' || rest.at[0] == '\t') {
            rest = gv_text_from(rest, 1);
            continue;
        }
        if (gv_stamp_read(&rest, &stamp)) {
            take_stamp(prefix, &stamp);
            continue;
        }
        skip_priority(&rest);
        if (gv_stamp_skip_uptime(&rest) || !gv_text_word(&rest, &word))
            continue;
        take_name(prefix, word);
    }
}

enum gv_err gv_syslog_read(struct gv_text line, struct gv_syslog *out)
{
    struct prefix prefix = {.n = 0};
    struct message message;

    if (!find_message(line, &message))
        return GV_ERR_NO_DATA;
    read_prefix(message.before, &prefix);
    *out = (struct gv_syslog){.severity = message.severity, .stamp = prefix.stamp};
    memcpy(out->source, prefix.source, sizeof(out->source));
    gv_syslog_message(message.mnemonic, message.text, &out->event);
    return GV_OK;
}
