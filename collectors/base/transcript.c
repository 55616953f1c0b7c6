/* SPDX-License-Identifier: Apache-2.0 */
#include "base/transcript.h"

#include <string.h>

/* What a word announces: a secret in any case, or only where the rest looks like one. */
enum announced { ANYTHING, TYPED_OR_QUOTED };

/* IOS configuration, syslog, and the names of YANG leaves. */
static const struct {
    const char *word;
    enum announced what;
} words[] = {
    {"community", ANYTHING},  {"key", TYPED_OR_QUOTED},    {"key-string", ANYTHING},
    {"passphrase", ANYTHING}, {"password", ANYTHING},      {"pre-shared-key", ANYTHING},
    {"psk", ANYTHING},        {"secret", ANYTHING},        {"shared-secret", ANYTHING},
    {"isakmp key", ANYTHING}, {"auth-password", ANYTHING}, {"priv-password", ANYTHING},
};

void gv_transcript_init(struct gv_transcript *transcript)
{
    *transcript = (struct gv_transcript){.text = gv_buf(GV_TRANSCRIPT_MOST)};
}

void gv_transcript_clear(struct gv_transcript *transcript)
{
    gv_buf_clear(&transcript->text);
    gv_transcript_init(transcript);
}

void gv_transcript_hide(struct gv_transcript *transcript, const struct gv_secret *secret)
{
    if (secret != NULL && gv_secret_size(secret) >= GV_TRANSCRIPT_SECRET_LEAST &&
        transcript->secret_count < GV_TRANSCRIPT_SECRETS)
        transcript->secrets[transcript->secret_count++] = secret;
}

/* Octets of the known secret that `t` begins with; 0 where it begins with none. */
static size_t known_secret(const struct gv_transcript *transcript, struct gv_text t)
{
    for (size_t i = 0; i < transcript->secret_count; i++) {
        size_t n = gv_secret_size(transcript->secrets[i]);

        if (t.n >= n && memcmp(t.at, gv_secret_reveal(transcript->secrets[i]), n) == 0)
            return n;
    }
    return 0;
}

static bool in_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '-' || c == '_';
}

static bool stands_between(char c)
{
    return c == ' ' || c == '\t' || c == ':' || c == '=';
}

/* "7 " of "key 7 094F...": how the secret behind it is stored. */
static size_t type_prefix(struct gv_text t)
{
    return t.n > 2 && t.at[0] >= '0' && t.at[0] <= '9' && t.at[1] == ' ' ? 2 : 0;
}

/* Octets of `t`, which follows a word, up to the value: the quote that closes the word, blanks,
 * a colon, a type. `quoted`: the value's own quote is passed too. */
static size_t before_value(struct gv_text t, bool *typed, bool *quoted)
{
    size_t n = t.n > 0 && t.at[0] == '"' ? 1 : 0, type;

    while (n < t.n && stands_between(t.at[n]))
        n++;
    type = type_prefix(gv_text_from(t, n));
    *typed = type > 0;
    n += type;
    *quoted = n < t.n && t.at[n] == '"';
    return n + *quoted;
}

/* Octets of the value at the beginning of `t`: to its closing quote, or to the end of the line.
 */
static size_t value_size(struct gv_text t, bool quoted)
{
    size_t n = 0;

    if (!quoted)
        return t.n;
    while (n < t.n && t.at[n] != '"')
        n += t.at[n] == '\\' && n + 1 < t.n ? 2 : 1;
    return n;
}

/* The secret that a word at the beginning of `t` announces: its octets, and in *from where it
 * stands. 0 where there is none. */
static size_t announced_secret(struct gv_text t, size_t *from)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t n = strlen(words[i].word);
        bool typed, quoted;

        if (!gv_text_starts(t, words[i].word) || (n < t.n && in_word(t.at[n])))
            continue;
        *from = n + before_value(gv_text_from(t, n), &typed, &quoted);
        if (words[i].what == ANYTHING || typed || quoted)
            return value_size(gv_text_from(t, *from), quoted);
    }
    return 0;
}

static void add_line(struct gv_transcript *transcript, struct gv_text line)
{
    struct gv_buf *out = &transcript->text;
    char before = ' ';

    while (line.n > 0 && out->err == GV_OK) {
        size_t from = 0, n = known_secret(transcript, line);

        if (n == 0 && !in_word(before))
            n = announced_secret(line, &from);
        gv_buf_add_text(out, gv_text_head(line, n > 0 ? from : 1));
        if (n > 0)
            gv_buf_add_str(out, GV_TRANSCRIPT_HIDDEN);
        before = n > 0 ? ' ' : line.at[0];
        line = gv_text_from(line, n > 0 ? from + n : 1);
    }
    gv_buf_add_char(out, '\n');
}

void gv_transcript_add(struct gv_transcript *transcript, const char *question,
                       struct gv_text answer)
{
    struct gv_text line;

    gv_buf_add_str(&transcript->text, "> ");
    add_line(transcript, gv_text(question));
    while (transcript->text.err == GV_OK && gv_text_line(&answer, &line))
        add_line(transcript, line);
}
