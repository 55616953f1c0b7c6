/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <assert.h>
#include <string.h>

enum {
    OLD = 1u << LAB_FORMAT_12_4T,
    SINCE_15 = 1u << LAB_FORMAT_15 | 1u << LAB_FORMAT_17,
    ALL = OLD | SINCE_15,
};

/* 12.4T says gdoi only, later releases take gkm as well. */
#define GDOI(words) "show crypto gdoi|gkm" words

static const struct lab_command commands[] = {
    {"enable", ALL, false, LAB_DO_ENABLE, NULL},
    {"disable", ALL, false, LAB_DO_DISABLE, NULL},
    {"exit", ALL, false, LAB_DO_EXIT, NULL},
    {"logout", ALL, false, LAB_DO_EXIT, NULL},
    {"quit", ALL, false, LAB_DO_EXIT, NULL},
    {"terminal length WORD", ALL, false, LAB_DO_LENGTH, NULL},
    {"terminal width WORD", ALL, false, LAB_DO_NOTHING, NULL},
    {"terminal monitor", ALL, true, LAB_DO_NOTHING, NULL},
    {"show logging", ALL, false, LAB_DO_SHOW, lab_show_logging},
    {"show version", ALL, false, LAB_DO_SHOW, lab_show_version},
    {"show running-config", ALL, true, LAB_DO_SHOW, lab_show_running_config},
    {GDOI(""), ALL, false, LAB_DO_SHOW, lab_show_gdoi},
    {GDOI(" detail"), SINCE_15, false, LAB_DO_SHOW, lab_show_gdoi},
    {GDOI(" group WORD"), ALL, false, LAB_DO_SHOW, lab_show_gdoi},
    {GDOI(" group WORD detail"), SINCE_15, false, LAB_DO_SHOW, lab_show_gdoi},
    {GDOI(" ks"), ALL, false, LAB_DO_SHOW, lab_show_ks},
    {GDOI(" ks detail"), SINCE_15, false, LAB_DO_SHOW, lab_show_ks},
    {GDOI(" ks acl"), ALL, false, LAB_DO_SHOW, lab_show_ks_acl},
    {GDOI(" ks policy"), ALL, false, LAB_DO_SHOW, lab_show_ks_policy},
    {GDOI(" ks rekey"), ALL, false, LAB_DO_SHOW, lab_show_ks_rekey},
    {GDOI(" ks replay"), ALL, false, LAB_DO_SHOW, lab_show_ks_replay},
    {GDOI(" ks members"), ALL, false, LAB_DO_SHOW, lab_show_ks_members},
    {GDOI(" ks members summary"), SINCE_15, false, LAB_DO_SHOW, lab_show_ks_members_summary},
    {GDOI(" ks coop"), ALL, false, LAB_DO_SHOW, lab_show_ks_coop},
    {GDOI(" ks coop detail"), SINCE_15, false, LAB_DO_SHOW, lab_show_ks_coop},
    {GDOI(" gm"), ALL, false, LAB_DO_SHOW, lab_show_gm},
    {GDOI(" gm acl"), ALL, false, LAB_DO_SHOW, lab_show_gm_acl},
    {GDOI(" gm rekey"), SINCE_15, false, LAB_DO_SHOW, lab_show_gm_rekey},
    {GDOI(" gm rekey detail"), SINCE_15, false, LAB_DO_SHOW, lab_show_gm_rekey_detail},
    {GDOI(" gm replay"), ALL, false, LAB_DO_SHOW, lab_show_gm_replay},
    {GDOI(" gm dataplane counters"), SINCE_15, false, LAB_DO_SHOW, lab_show_gm_dataplane},
    {GDOI(" feature"), SINCE_15, false, LAB_DO_SHOW, lab_show_feature},
    {GDOI(" feature WORD"), SINCE_15, false, LAB_DO_SHOW, lab_show_feature},
    {GDOI(" rekey sa"), SINCE_15, false, LAB_DO_SHOW, lab_show_rekey_sa},
    {GDOI(" rekey sa detail"), SINCE_15, false, LAB_DO_SHOW, lab_show_rekey_sa},
    {GDOI(" ipsec sa"), ALL, false, LAB_DO_SHOW, lab_show_ipsec_sa},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };
static_assert(COMMANDS <= 64, "a set of commands is a 64-bit mask");

/* Word number `position` of a command; empty where it has none. */
static struct gv_text word_at(const struct lab_command *command, unsigned position)
{
    struct gv_text rest = gv_text(command->words), word = {0};

    for (unsigned i = 0; i <= position; i++)
        if (!gv_text_word(&rest, &word))
            return (struct gv_text){0};
    return word;
}

/* `typed` in the sense of this word. */
enum fit { FITS_NOT, FITS_ANY, FITS_BEGINNING, FITS_EXACTLY };

static bool same(struct gv_text a, struct gv_text b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if ((a.at[i] | 0x20) != (b.at[i] | 0x20))
            return false;
    return true;
}

/* How well `typed` fits the alternatives of a word (12.4T knows the first one
 * only); *which is the one it means, empty where it may mean two. */
static enum fit fit_of(struct gv_text typed, struct gv_text word, enum lab_format format,
                       struct gv_text *which)
{
    enum fit best = FITS_NOT;

    if (format == LAB_FORMAT_12_4T)
        word = gv_text_head(word, gv_text_index(word, '|'));
    if (gv_text_is(word, "WORD")) {
        *which = word;
        return FITS_ANY;
    }
    while (word.n > 0 && best < FITS_EXACTLY) {
        size_t bar = gv_text_index(word, '|');
        struct gv_text one = gv_text_head(word, bar);

        word = gv_text_from(word, bar + 1);
        if (typed.n > one.n || !same(typed, gv_text_head(one, typed.n)))
            continue;
        *which = best == FITS_BEGINNING && typed.n < one.n ? (struct gv_text){0} : one;
        best = typed.n == one.n ? FITS_EXACTLY : FITS_BEGINNING;
    }
    return best;
}

/* Keep of the set those whose word at `position` is what `typed` means best.
 * *how says invalid or ambiguous where there is no such thing. */
static uint64_t narrow(uint64_t set, unsigned position, struct gv_text typed,
                       enum lab_format format, enum lab_match *how)
{
    struct gv_text meant = {0}, which = {0};
    enum fit best = FITS_NOT;
    uint64_t kept = 0;

    *how = LAB_MATCH_FOUND;
    for (unsigned i = 0; i < COMMANDS; i++) {
        enum fit fit = FITS_NOT;

        if (set & 1ull << i)
            fit = fit_of(typed, word_at(&commands[i], position), format, &which);
        if (fit == FITS_NOT || fit < best)
            continue;
        if (fit > best) {
            kept = 0;
            meant = which;
            best = fit;
            *how = LAB_MATCH_FOUND;
        }
        if (which.n == 0 || !same(meant, which))
            *how = LAB_MATCH_AMBIGUOUS;
        kept |= 1ull << i;
    }
    if (kept == 0)
        *how = LAB_MATCH_INVALID;
    return kept;
}

static uint64_t known(enum lab_format format, bool privileged)
{
    uint64_t set = 0;

    for (unsigned i = 0; i < COMMANDS; i++)
        if ((commands[i].formats & 1u << format) && (privileged || !commands[i].privileged))
            set |= 1ull << i;
    return set;
}

struct lab_matched lab_command_find(struct gv_text line, enum lab_format format,
                                    bool privileged)
{
    struct lab_matched matched = {.how = LAB_MATCH_INCOMPLETE};
    struct gv_text rest = line, word;
    uint64_t set = known(format, privileged);
    unsigned position = 0;

    for (; gv_text_word(&rest, &word); position++) {
        set = narrow(set, position, word, format, &matched.how);
        matched.caret = (size_t)(word.at - line.at);
        if (matched.how != LAB_MATCH_FOUND)
            return matched;
        for (unsigned i = 0; i < COMMANDS; i++)
            if ((set & 1ull << i) && gv_text_is(word_at(&commands[i], position), "WORD"))
                matched.argument = word;
    }
    matched.how = LAB_MATCH_INCOMPLETE;
    for (unsigned i = 0; i < COMMANDS; i++)
        if ((set & 1ull << i) && word_at(&commands[i], position).n == 0) {
            matched.how = LAB_MATCH_FOUND;
            matched.command = &commands[i];
        }
    return matched;
}

/* --- filters --------------------------------------------------------------- */

void lab_filter_cut(struct gv_text *line, struct gv_text *filter)
{
    size_t bar = gv_text_index(*line, '|');

    *filter = gv_text_trim(gv_text_from(*line, bar + 1));
    *line = gv_text_trim(gv_text_head(*line, bar));
}

enum filter { SECTION, INCLUDE, EXCLUDE, BEGIN, FILTERS };

static const char *const filter_names[FILTERS] = {"section", "include", "exclude", "begin"};

/* Does the line stay? *open: the line before stayed as part of a section or of
 * the rest. */
static bool stays(enum filter filter, struct gv_text line, bool hit, bool *open)
{
    bool indented = line.n > 0 && line.at[0] == ' ';

    if (filter == INCLUDE)
        return hit;
    if (filter == EXCLUDE)
        return !hit;
    if (filter == BEGIN)
        *open = *open || hit;
    else
        *open = hit || (*open && indented);
    return *open;
}

static bool contains_one(struct gv_text line, struct gv_text pattern)
{
    for (size_t i = 0; i + pattern.n <= line.n; i++)
        if (memcmp(line.at + i, pattern.at, pattern.n) == 0)
            return true;
    return false;
}

/* One of the alternatives, which stand with | between them. */
static bool contains(struct gv_text line, struct gv_text pattern)
{
    for (size_t bar = 0; bar < pattern.n; pattern = gv_text_from(pattern, bar + 1)) {
        bar = gv_text_index(pattern, '|');
        if (contains_one(line, gv_text_head(pattern, bar)))
            return true;
        if (bar == pattern.n)
            break;
    }
    return false;
}

/* "sec gdoi" into the kind of filter and its text. */
static bool filter_read(struct gv_text text, enum filter *filter, struct gv_text *pattern)
{
    struct gv_text word;

    if (!gv_text_word(&text, &word))
        return false;
    *pattern = gv_text_trim(text);
    for (int kind = 0; kind < FILTERS; kind++) {
        *filter = (enum filter)kind;
        if (same(word, gv_text_head(gv_text(filter_names[kind]), word.n)))
            return pattern->n > 0;
    }
    return false;
}

bool lab_filter_apply(struct gv_text text, struct gv_buf *output)
{
    struct gv_text rest, line, pattern;
    enum filter filter;
    bool open = false;
    size_t n = 0;

    if (!filter_read(text, &filter, &pattern))
        return false;
    if (output->n > 0 && output->at[output->n - 1] != '\n')
        gv_buf_add_char(output, '\n'); /* so that no line grows below */
    rest = (struct gv_text){output->at, output->n};
    while (gv_text_line(&rest, &line)) {
        if (!stays(filter, line, contains(line, pattern), &open))
            continue;
        memmove(output->at + n, line.at, line.n);
        n += line.n;
        output->at[n++] = '\n';
    }
    output->n = n;
    return true;
}
