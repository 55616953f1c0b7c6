/* SPDX-License-Identifier: Apache-2.0 */
#include "model/version.h"

#include <stddef.h>
#include <string.h>

/* A version number taken apart: MAJ.MIN(MAINT[.INTERIM])[TRAIN]..., or
 * MAJ.MIN[.MAINT][.][TRAIN]... of IOS-XE. */
struct parts {
    bool parenthesised; /* the IOS form */
    uint32_t major, minor, maintenance;
    struct gv_text train; /* upper-case letters; empty where there is none */
    struct gv_text whole;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static size_t run(struct gv_text t, bool (*is)(char c))
{
    size_t n = 0;

    while (n < t.n && is(t.at[n]))
        n++;
    return n;
}

/* Cut a number off *rest. False where there is none, or it does not fit. */
static bool number(struct gv_text *rest, uint32_t *out)
{
    size_t n = run(*rest, is_digit);

    if (!gv_text_u32(gv_text_head(*rest, n), out))
        return false;
    *rest = gv_text_from(*rest, n);
    return true;
}

static bool skip(struct gv_text *rest, char c)
{
    if (rest->n == 0 || rest->at[0] != c)
        return false;
    *rest = gv_text_from(*rest, 1);
    return true;
}

/* "(4.0.55)E", "(21a)", "(24)T8": what follows MAJ.MIN in the IOS form. */
static bool ios_tail(struct gv_text rest, struct parts *out)
{
    size_t close = gv_text_index(rest, ')');

    out->parenthesised = true;
    if (close == rest.n || !number(&rest, &out->maintenance))
        return false;
    rest = gv_text_from(rest, gv_text_index(rest, ')') + 1);
    out->train = gv_text_head(rest, run(rest, is_upper));
    return true;
}

/* ".16.05.S", ".6.5E", ".9S", ".06a.S", ".04a": what follows MAJ in the XE form.
 * Further numbers (an XE 2.x build, "02.06.02.122-33.XNF2") decide nothing. */
static bool xe_tail(struct gv_text rest, struct parts *out)
{
    struct gv_text skipped;
    uint32_t more;

    if (skip(&rest, '.'))
        (void)number(&rest, &out->maintenance);
    skipped = gv_text_from(rest, run(rest, is_lower));
    (void)skip(&skipped, '.');
    while (number(&skipped, &more) && (skip(&skipped, '.') || skip(&skipped, '-')))
        continue;
    out->train = gv_text_head(skipped, run(skipped, is_upper));
    return true;
}

static bool version_char(char c)
{
    return is_digit(c) || is_upper(c) || is_lower(c) || c == '.' || c == '(' || c == ')' ||
           c == '-' || c == '_';
}

/* Take a version apart that `t` begins with. */
static bool take_apart(struct gv_text t, struct parts *out)
{
    struct gv_text rest;

    t = gv_text_head(t, run(t, version_char));
    while (t.n > 0 && (t.at[t.n - 1] == '.' || t.at[t.n - 1] == '-'))
        t.n--;
    *out = (struct parts){.whole = t};
    rest = t;
    if (!number(&rest, &out->major) || !skip(&rest, '.') || !number(&rest, &out->minor))
        return false;
    return skip(&rest, '(') ? ios_tail(rest, out) : xe_tail(rest, out);
}

/* How a row of the table matches the train. */
enum train_match { ANY, ONE_OF, BEGINS, NONE };

enum form { IOS, XE };

struct rule {
    enum form form;
    uint32_t major_from, major_to, minor_from, minor_to, maintenance_from;
    enum train_match match;
    const char *trains; /* separated by blanks */
    enum gv_behaviour behaviour;
    const char *reason;
};

#define TOP UINT32_MAX

/* The first row that matches decides. Source: versions, "IOS / IOS-XE version";
 * the boundary is note 116737's: 15.2(1)T, 15.2(1)S, IOS-XE 3.5S. */
static const struct rule rules[] = {
    {IOS, 16, 99, 0, TOP, 0, ANY, "", GV_BEHAVIOUR_NEW,
     "releases 16 and later are younger than the change in IOS-XE 3.5S"},
    {XE, 16, 99, 0, TOP, 0, ANY, "", GV_BEHAVIOUR_NEW,
     "IOS-XE 16 and later are younger than the change in IOS-XE 3.5S"},
    {XE, 3, 3, 5, TOP, 0, ONE_OF, "S", GV_BEHAVIOUR_NEW,
     "IOS-XE 3.5S (IOS 15.2(1)S) and later have the new behaviour"},
    {XE, 3, 3, 0, 4, 0, ONE_OF, "S", GV_BEHAVIOUR_OLD,
     "IOS-XE 3.1S to 3.4S (IOS 15.0(1)S to 15.1(3)S) are older than the change in 3.5S"},
    {XE, 3, 3, 0, TOP, 0, ONE_OF, "E SE SG", GV_BEHAVIOUR_UNKNOWN,
     "IOS-XE 3.x of the switch lines (E, SE, SG) is numbered apart from the routers' 3.xS"},
    {XE, 3, 3, 0, TOP, 0, ANY, "", GV_BEHAVIOUR_UNKNOWN,
     "only IOS-XE 3.x with the suffix S is known to be a router release"},
    {XE, 2, 2, 0, TOP, 0, ANY, "", GV_BEHAVIOUR_OLD,
     "IOS-XE 2.x is older than the change in IOS-XE 3.5S"},
    {IOS, 10, 12, 0, TOP, 0, ANY, "", GV_BEHAVIOUR_OLD,
     "IOS 12.4 and earlier, any train, are older than the change in 15.2(1)T"},
    {IOS, 15, 15, 0, 1, 0, ONE_OF, "SY", GV_BEHAVIOUR_UNKNOWN,
     "the SY train of the Catalyst 6500 is a line of its own"},
    {IOS, 15, 15, 0, TOP, 0, BEGINS, "E SE SG J", GV_BEHAVIOUR_UNKNOWN,
     "the trains of switches and access points are lines of their own"},
    {IOS, 15, 15, 0, 0, 0, NONE, "", GV_BEHAVIOUR_UNKNOWN,
     "a 15.x release without a train letter is not known"},
    {IOS, 15, 15, 0, 0, 0, ANY, "", GV_BEHAVIOUR_OLD,
     "15.0 of the router trains is older than the change in 15.2(1)T"},
    {IOS, 15, 15, 1, 1, 0, ONE_OF, "M T S GC", GV_BEHAVIOUR_OLD,
     "15.1 is older code than 15.2(1)T and 15.2(1)S, whatever its build date"},
    {IOS, 15, 15, 1, 1, 0, BEGINS, "X", GV_BEHAVIOUR_OLD,
     "15.1 is older code than 15.2(1)T and 15.2(1)S, whatever its build date"},
    {IOS, 15, 15, 1, 1, 0, ANY, "", GV_BEHAVIOUR_UNKNOWN,
     "only the trains M, T, S, GC and X of 15.1 are known to be old"},
    {IOS, 15, 15, 2, 2, 1, ONE_OF, "T M", GV_BEHAVIOUR_NEW,
     "15.2(1)T and later releases of its T and M trains have the new behaviour"},
    {IOS, 15, 15, 2, 2, 1, ONE_OF, "S", GV_BEHAVIOUR_NEW,
     "15.2(1)S and later releases of its S train have the new behaviour"},
    {IOS, 15, 15, 2, 2, 0, ONE_OF, "T M S", GV_BEHAVIOUR_UNKNOWN,
     "an interim build on the way to 15.2(1) may be from before or after the change"},
    {IOS, 15, 15, 2, 2, 0, ANY, "", GV_BEHAVIOUR_UNKNOWN,
     "this 15.2 train was forked from others at a point that is not known"},
    {IOS, 15, 15, 3, 9, 0, ONE_OF, "T M S SP SN", GV_BEHAVIOUR_NEW,
     "15.3 and later releases of the router trains have the new behaviour"},
    {IOS, 15, 15, 3, TOP, 0, ANY, "", GV_BEHAVIOUR_UNKNOWN,
     "of 15.3 and later only the trains T, M, S, SP and SN are known to be new"},
};

static bool in_list(struct gv_text train, const struct rule *rule)
{
    struct gv_text rest = gv_text(rule->trains), word;

    while (gv_text_word(&rest, &word)) {
        struct gv_text head = rule->match == BEGINS ? gv_text_head(train, word.n) : train;

        if (head.n == word.n && memcmp(head.at, word.at, word.n) == 0)
            return true;
    }
    return false;
}

static bool matches(const struct rule *rule, const struct parts *v)
{
    if (v->parenthesised != (rule->form == IOS) || v->major < rule->major_from ||
        v->major > rule->major_to || v->minor < rule->minor_from || v->minor > rule->minor_to ||
        v->maintenance < rule->maintenance_from)
        return false;
    if (rule->match == ANY)
        return true;
    return rule->match == NONE ? v->train.n == 0 : in_list(v->train, rule);
}

static const struct rule *decide(const struct parts *v)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (matches(&rules[i], v))
            return &rules[i];
    return NULL;
}

/* Where a version stands in a longer text, in the order of trust: an IOS-XE 3.x
 * prints its IOS train as the first "Version" and its own number further down. */
static const char *const markers[] = {
    "IOS XE Software, Version",
    "IOS XE Version:",
    "IOS-XE Version:",
    "Version",
};

/* In a text, "Version 2.0" may be a licence's and "Version 3.58" a boot loader's:
 * two numbers alone are a version only from 16 on. */
static bool plausible(const struct parts *v)
{
    struct gv_text after = gv_text_from(v->whole, gv_text_index(v->whole, '.') + 1);

    return v->parenthesised || v->major >= 16 || v->train.n > 0 ||
           (v->major == 2 && gv_text_index(after, '.') < after.n);
}

static bool find_after(struct gv_text t, const char *marker, struct parts *out)
{
    size_t skipped = strlen(marker);

    for (size_t at = gv_text_find(t, marker); at < t.n; at = gv_text_find(t, marker)) {
        struct parts found;

        t = gv_text_from(t, at + skipped);
        if (take_apart(gv_text_trim(t), &found) && decide(&found) != NULL &&
            plausible(&found)) {
            *out = found;
            return true;
        }
    }
    return false;
}

/* The IOS form stands out among words even where no "Version" leads to it. */
static bool find_word(struct gv_text input, struct parts *out)
{
    struct gv_text word;

    while (gv_text_word(&input, &word))
        if (take_apart(word, out) && out->parenthesised && decide(out) != NULL)
            return true;
    return false;
}

static bool find_version(struct gv_text input, struct parts *out)
{
    struct parts found;

    if (take_apart(input, &found) && decide(&found) != NULL) {
        *out = found;
        return true;
    }
    for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++)
        if (find_after(input, markers[i], out))
            return true;
    return find_word(input, out);
}

/* Words of a text that name the system, the first found wins. */
static const struct {
    const char *word;
    enum gv_os os;
} systems[] = {
    {"IOS XE", GV_OS_IOS_XE}, {"IOS-XE", GV_OS_IOS_XE}, {"LINUX_IOSD", GV_OS_IOS_XE},
    {"IOSXE", GV_OS_IOS_XE},  {"JUNOS", GV_OS_JUNOS},   {"Cisco IOS Software", GV_OS_IOS},
    {"IOS (tm)", GV_OS_IOS},
};

static enum gv_os system_of(struct gv_text input)
{
    for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
        if (gv_text_find(input, systems[i].word) < input.n)
            return systems[i].os;
    return GV_OS_UNSAID;
}

static bool is_gdoi_version(struct gv_text t)
{
    uint32_t mini;

    return gv_text_starts(t, "1.0.") && gv_text_u32(gv_text_from(t, 4), &mini);
}

struct gv_version_verdict gv_version_judge(struct gv_text input)
{
    struct gv_version_verdict verdict = {
        .version = {"", 0},
        .confidence = GV_CERTAIN,
        .reason = "no IOS or IOS-XE version number can be read in this text",
    };
    const struct rule *rule;
    struct parts v;
    bool found, bare;

    input = gv_text_trim(input);
    if (is_gdoi_version(input))
        return gv_gdoi_version_judge(input);
    found = find_version(input, &v);
    bare = found && v.whole.n == input.n;
    if (!bare)
        verdict.os = system_of(input);
    if (verdict.os == GV_OS_JUNOS) {
        verdict.reason = "Junos has timers of its own; Cisco's old and new do not apply";
        return verdict;
    }
    if (!found)
        return verdict;
    rule = decide(&v);
    if (verdict.os == GV_OS_UNSAID || rule->form == XE)
        verdict.os = rule->form == XE ? GV_OS_IOS_XE : GV_OS_IOS;
    verdict.version = v.whole;
    verdict.behaviour = rule->behaviour;
    verdict.reason = rule->reason;
    return verdict;
}

/* Source: versions, "GDOI software version"; from the mini number `from` on. */
static const struct {
    uint32_t from;
    enum gv_behaviour behaviour;
    enum gv_confidence confidence;
    const char *reason;
} gdoi_rules[] = {
    {4, GV_BEHAVIOUR_NEW, GV_CERTAIN, "GDOI 1.0.4 and later have the new behaviour"},
    {2, GV_BEHAVIOUR_NEW, GV_LIKELY, "GDOI 1.0.2 and 1.0.3 likely have the new behaviour"},
    {0, GV_BEHAVIOUR_UNKNOWN, GV_LIKELY, "GDOI 1.0.1 is the base version of both behaviours"},
};

/* The mini number of 1.0.MINI; any later major or minor is past every row. */
static bool gdoi_mini(struct gv_text t, uint32_t *mini)
{
    uint32_t major, minor;

    if (!number(&t, &major) || !skip(&t, '.') || !number(&t, &minor) || !skip(&t, '.') ||
        !gv_text_u32(t, mini) || major < 1)
        return false;
    if (major > 1 || minor > 0)
        *mini = TOP;
    return true;
}

struct gv_version_verdict gv_gdoi_version_judge(struct gv_text input)
{
    struct gv_version_verdict verdict = {
        .version = {"", 0},
        .confidence = GV_LIKELY,
        .reason = "this is not a GDOI version number",
    };
    size_t row = 0;
    uint32_t mini;

    input = gv_text_trim(input);
    if (!gdoi_mini(input, &mini))
        return verdict;
    while (mini < gdoi_rules[row].from)
        row++;
    verdict.version = input;
    verdict.behaviour = gdoi_rules[row].behaviour;
    verdict.confidence = gdoi_rules[row].confidence;
    verdict.reason = gdoi_rules[row].reason;
    return verdict;
}
