/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin/options.h"

#include <getopt.h>
#include <stddef.h>
#include <string.h>

#include "words.h"

enum kind { TEXT, FLAG, COUNT };

/* One option; the letters and their meaning are those of the guidelines, "Standard options". */
static const struct row {
    char letter; /* 0: none */
    const char *name, *value;
    enum kind kind;
    size_t offset;
    const char *help;
} rows[] = {
#define AT(member) offsetof(struct check_options, member)
    {'m', "mode", "MODE", TEXT, AT(mode), "what to judge, see below"},
    {0, "exporter", "URL", TEXT, AT(exporter),
     "ask the getvpn_exporter at http(s)://HOST:PORT"},
    {'H', "hostname", "ADDRESS", TEXT, AT(address), "or ask this device itself"},
    {'w', "warning", "RANGE", TEXT, AT(warning), "WARNING where the value is outside of RANGE"},
    {'c', "critical", "RANGE", TEXT, AT(critical), "CRITICAL where it is"},
    {'g', "group", "PATTERN", TEXT, AT(group), "only groups of this name or id; * and ? match"},
    {'d', "device", "PATTERN", TEXT, AT(device), "only these targets of the exporter"},
    {0, "auth-file", "FILE", TEXT, AT(auth_file), "USER:PASSWORD for the exporter, one line"},
    {0, "ca-file", "FILE", TEXT, AT(ca_file),
     "who vouches for the exporter (default: the system's)"},
    {0, "cert-file", "FILE", TEXT, AT(cert_file),
     "our certificate, where the exporter asks for one"},
    {0, "key-file", "FILE", TEXT, AT(key_file), "its key (default: in the same file)"},
    {0, "credentials", "FILE", TEXT, AT(credentials),
     "for -H: a configuration with credentials and defaults"},
    {0, "insecure-perms", NULL, FLAG, AT(insecure_perms),
     "take secrets from files that others can read"},
    {0, "max-age", "S", TEXT, AT(max_age), "an older observation is UNKNOWN (default 300)"},
    {'t', "timeout", "S", TEXT, AT(timeout), "give up after S seconds, UNKNOWN (default 10)"},
    {'v', "verbose", NULL, COUNT, AT(verbose),
     "-v what is not OK, -vv everything, -vvv on what it rests"},
    {'V', "version", NULL, FLAG, AT(version), "print the version"},
    {'h', "help", NULL, FLAG, AT(help), "print this"},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]), LONG_BASE = 256, TIMEOUT_MOST = 3600 };

static const char teaching[] =
    "check_getvpn is a Nagios and Icinga plugin for Cisco GETVPN: KEK and TEK lifetimes, "
    "rekeys,\n"
    "old key servers with new members, registrations, COOP.\n\n"
    "usage: check_getvpn -m MODE --exporter URL [OPTION]...\n"
    "       check_getvpn -m MODE -H ADDRESS --credentials FILE [OPTION]...\n\n"
    "Examples:\n"
    "  check_getvpn -m fleet --exporter http://localhost:10848\n"
    "      everything at once, with sensible ranges\n"
    "  check_getvpn -m kek --exporter http://localhost:10848 -g 3333 -w 900: -c 300:\n"
    "      WARNING below 900 s until a KEK of group 3333 expires, CRITICAL below 300 s\n"
    "  check_getvpn -m registration --exporter https://mon:10848 -d 'branch-*' -c 5 \\\n"
    "      --ca-file ca.pem --auth-file getvpn-login\n"
    "      CRITICAL where more than 5 branches are not registered\n"
    "  check_getvpn -m coop -H 192.0.2.11 --credentials getvpn-check.yml -t 30\n"
    "      asks the key server itself, by SNMP, SSH or RESTCONF\n\n"
    "Options:\n";

static const char lesson[] =
    "\nRANGE is [@]START:END: an alert outside of it, with @ inside of it.\n"
    "  900:    below 900         5       above 5, or below 0\n"
    "  ~:5     above 5           @10:20  from 10 to 20\n"
    "With neither -w nor -c the mode's own ranges hold; with one of them, only that one.\n\n"
    "Exit: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: nothing is known, because nobody answers, "
    "an\n"
    "observation is too old, or the command line is wrong. Of several things the worst "
    "counts:\n"
    "CRITICAL over WARNING over UNKNOWN over OK.\n\n"
    "FILE of --credentials is written as the exporter's own configuration, and can be that. A\n"
    "target of it is asked by its name or address; without targets, defaults say how:\n"
    "  credentials: {snmp: {ro: {version: 2c, community_file: community}}}\n"
    "  defaults: {snmp: ro}\n"
    "Secrets stand in files, never on the command line, where every user could read them.\n";

static void add_padded(struct gv_buf *out, size_t start, size_t column)
{
    do
        gv_buf_add_char(out, ' ');
    while (out->err == GV_OK && out->n - start < column);
}

static void help_options(struct gv_buf *out)
{
    for (size_t i = 0; i < ROWS; i++) {
        size_t start = out->n;

        gv_buf_add_str(out, rows[i].letter != 0 ? "  -" : "   ");
        gv_buf_add_char(out, rows[i].letter != 0 ? rows[i].letter : ' ');
        gv_buf_add_str(out, rows[i].letter != 0 ? ", --" : "  --");
        gv_buf_add_str(out, rows[i].name);
        if (rows[i].value != NULL) {
            gv_buf_add_char(out, '=');
            gv_buf_add_str(out, rows[i].value);
        }
        add_padded(out, start, 30);
        gv_buf_add_str(out, rows[i].help);
        gv_buf_add_char(out, '\n');
    }
}

enum { HELP_WIDTH = 92, MODE_COLUMN = 16 };

/* `text` by words, wrapped into the column of the modes' help. */
static void add_wrapped(struct gv_buf *out, size_t start, const char *text)
{
    struct gv_text rest = gv_text(text), word;

    while (gv_text_word(&rest, &word)) {
        if (out->n - start + word.n + 1 > HELP_WIDTH) {
            gv_buf_add_char(out, '\n');
            start = out->n;
            add_padded(out, start, MODE_COLUMN - 1);
        }
        gv_buf_add_char(out, ' ');
        gv_buf_add_text(out, word);
    }
}

static void help_modes(struct gv_buf *out)
{
    const struct gv_check_mode *mode;

    gv_buf_add_str(
        out, "\nMODE, what it judges and what -w and -c are compared with [its own ranges]:\n");
    for (size_t i = 0; (mode = gv_check_mode_at(i)) != NULL; i++) {
        const char *warning = gv_check_mode_warning(mode);
        const char *critical = gv_check_mode_critical(mode);
        size_t start = out->n;

        gv_buf_add_str(out, "  ");
        gv_buf_add_str(out, gv_check_mode_name(mode));
        add_padded(out, start, MODE_COLUMN - 1);
        add_wrapped(out, start, gv_check_mode_help(mode));
        if (warning[0] != '\0' || critical[0] != '\0') {
            gv_buf_add_str(out, warning[0] != '\0' ? " [-w " : " [-c ");
            gv_buf_add_str(out, warning[0] != '\0' ? warning : critical);
            gv_buf_add_str(out, warning[0] != '\0' && critical[0] != '\0' ? " -c " : "");
            gv_buf_add_str(out, warning[0] != '\0' ? critical : "");
            gv_buf_add_char(out, ']');
        }
        gv_buf_add_char(out, '\n');
    }
}

void check_options_help(struct gv_buf *out)
{
    gv_buf_add_str(out, teaching);
    help_options(out);
    help_modes(out);
    gv_buf_add_str(out, lesson);
}

/* ---- reading ---- */

static void take(const struct row *row, const char *value, struct check_options *out)
{
    char *field = (char *)out + row->offset;
    const bool yes = true;

    if (row->kind == TEXT)
        memcpy(field, &value, sizeof(value));
    else if (row->kind == FLAG)
        memcpy(field, &yes, sizeof(yes));
    else
        out->verbose++;
}

/* The tables of getopt_long(3), out of ours. */
static void tables(struct option options[ROWS + 1], char letters[2 * ROWS + 2])
{
    size_t n = 0;

    letters[n++] = ':'; /* tell a missing value from an unknown option */
    for (size_t i = 0; i < ROWS; i++) {
        options[i] = (struct option){rows[i].name,
                                     rows[i].kind == TEXT ? required_argument : no_argument,
                                     NULL, LONG_BASE + (int)i};
        if (rows[i].letter == 0)
            continue;
        letters[n++] = rows[i].letter;
        if (rows[i].kind == TEXT)
            letters[n++] = ':';
    }
    letters[n] = '\0';
    options[ROWS] = (struct option){NULL, 0, NULL, 0};
}

static const struct row *row_of(int code)
{
    if (code >= LONG_BASE)
        return &rows[code - LONG_BASE];
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].letter == code)
            return &rows[i];
    return NULL;
}

static bool complain(struct gv_buf *why, const char *what, const char *more)
{
    gv_buf_add_str(why, what);
    gv_buf_add_str(why, more);
    return false;
}

static bool read_words(int argc, char **argv, struct check_options *out, struct gv_buf *why)
{
    struct option options[ROWS + 1];
    char letters[2 * ROWS + 2];
    int code;

    tables(options, letters);
    opterr = 0;
    while ((code = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        if (code == ':')
            return complain(why, argv[optind - 1], " needs a value; see --help");
        if (code == '?')
            return complain(why, argv[optind - 1], ": no such option; see --help");
        take(row_of(code), optarg, out);
    }
    if (optind < argc)
        return complain(why, argv[optind], ": no argument is expected; see --help");
    return true;
}

static bool read_mode(struct check_options *out, struct gv_buf *why)
{
    struct gv_word_guess guess = {.text = out->mode != NULL ? out->mode : ""};
    const struct gv_check_mode *mode;

    if (out->mode == NULL)
        return complain(why, "-m MODE is needed; see --help", "");
    out->ask.mode = gv_check_mode_find(out->mode);
    if (out->ask.mode != NULL)
        return true;
    for (size_t i = 0; (mode = gv_check_mode_at(i)) != NULL; i++)
        gv_word_guess(&guess, gv_check_mode_name(mode));
    complain(why, out->mode, ": no such mode");
    return guess.word != NULL ? complain(why, "; did you mean ", guess.word)
                              : complain(why, "; see --help", "");
}

static bool read_range(const char *option, const char *text, struct gv_range *out,
                       struct gv_buf *why)
{
    const char *what;

    if (text == NULL || gv_range_read(gv_text(text), out, &what) == GV_OK)
        return true;
    complain(why, option, text);
    return complain(why, ": ", what);
}

static bool read_seconds(const char *option, const char *text, uint32_t most, uint32_t *out,
                         struct gv_buf *why)
{
    if (text == NULL || (gv_text_u32(gv_text(text), out) && *out > 0 && *out <= most))
        return true;
    complain(why, option, text);
    return complain(why, ": expected a number of seconds", "");
}

static bool read_source(const struct check_options *o, struct gv_buf *why)
{
    if ((o->exporter == NULL) == (o->address == NULL))
        return complain(why, "either --exporter or -H is needed; see --help", "");
    if (o->address != NULL && o->credentials == NULL)
        return complain(why, "-H needs --credentials FILE; see --help", "");
    if (o->address != NULL && strcmp(o->mode, "probe") == 0)
        return complain(why, "a probe lives in an exporter: -m probe needs --exporter", "");
    return true;
}

bool check_options_read(int argc, char **argv, struct check_options *out, struct gv_buf *why)
{
    enum { TIMEOUT_S = 10, MAX_AGE_S = 300, AGE_MOST = 604800 };
    uint32_t timeout = TIMEOUT_S, max_age = MAX_AGE_S;

    if (!read_words(argc, argv, out, why))
        return false;
    if (out->help || out->version)
        return true;
    if (!read_mode(out, why) || !read_source(out, why) ||
        !read_range("-w ", out->warning, &out->ask.warning, why) ||
        !read_range("-c ", out->critical, &out->ask.critical, why) ||
        !read_seconds("-t ", out->timeout, TIMEOUT_MOST, &timeout, why) ||
        !read_seconds("--max-age ", out->max_age, AGE_MOST, &max_age, why))
        return false;
    out->timeout_s = timeout;
    out->ask.max_age = gv_secs(max_age);
    out->ask.device = out->device;
    out->ask.group = out->group;
    out->ask.verbose = out->verbose;
    return true;
}
