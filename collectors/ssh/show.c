/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show.h"

#include "ssh/noise.h"
#include "ssh/show_state.h"

/* Another output begins: what follows belongs to no group yet. */
static void restart(struct gv_show *s)
{
    gv_show_enter(s, GV_IN_NOTHING);
    s->group = NULL;
}

static bool echo(struct gv_text line)
{
    static const char *const begins[] = {"show ", "sh ", "sho ", "do sh", "ter", "en", "ex"};

    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        if (gv_text_starts(line, begins[i]))
            return true;
    return false;
}

/* Of a host's name, a configuration mode in brackets, or a supervisor's "RP/0:". */
static bool name_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '-' && c <= ':') ||
           c == '_' || c == '(' || c == ')' || c == '@';
}

/* "NAME#" or "NAME>" and an echoed command, or nothing. The name is the device's. */
static bool prompt(struct gv_show *s, struct gv_text line)
{
    size_t n = 0, mode = gv_text_index(line, '(');
    struct gv_text rest;

    while (n < line.n && n < 64 && name_character(line.at[n]))
        n++;
    if (n == 0 || line.at[0] < '0' || n >= line.n || (line.at[n] != '#' && line.at[n] != '>'))
        return false;
    rest = gv_text_trim(gv_text_from(line, n + 1));
    if (rest.n > 0 && !echo(rest))
        return false;
    if (s->obs->device.hostname == NULL)
        s->obs->device.hostname = gv_observation_text(
            s->obs, gv_text_head(line, mode < n ? mode : n)); /* tells nothing of GETVPN */
    return true;
}

/* What the router says in place of an answer. */
static bool refused(struct gv_show *s, struct gv_text line)
{
    static const struct {
        const char *begins;
        enum gv_err err;
    } rows[] = {
        {"% Invalid input", GV_ERR_NOT_SUPPORTED},
        {"% Incomplete command", GV_ERR_NOT_SUPPORTED},
        {"% Ambiguous command", GV_ERR_NOT_SUPPORTED},
        {"% Unknown command", GV_ERR_NOT_SUPPORTED},
        {"% Unrecognized command", GV_ERR_NOT_SUPPORTED},
        {"% Bad IP address or host name", GV_ERR_NOT_SUPPORTED},
        {"% Authorization failed", GV_ERR_AUTHORIZATION},
        {"Command authorization failed", GV_ERR_AUTHORIZATION},
        {"% Permission denied", GV_ERR_AUTHORIZATION},
        {"%", GV_ERR_NO_DATA},
    };

    if (line.at[0] != '%' && line.at[0] != 'C')
        return false;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (gv_text_starts(line, rows[i].begins)) {
            if (s->refusal == GV_OK || s->refusal == GV_ERR_NO_DATA)
                s->refusal = rows[i].err;
            return true;
        }
    return false;
}

/* The line without the pager's question before it, and what wiped that away. */
static struct gv_text without_pager(struct gv_text line)
{
    static const char question[] = "--More--";

    if (line.n == 0 || line.at[0] != '-' || !gv_text_starts(line, question))
        return line;
    line = gv_text_from(line, sizeof(question) - 1);
    while (line.n > 0 && (line.at[0] == '\b' || line.at[0] == ' ' || line.at[0] == '\r'))
        line = gv_text_from(line, 1);
    return line;
}

static bool noise(struct gv_show *s, struct gv_text line)
{
    if (gv_text_index(line, '%') < line.n && gv_noise_syslog(line))
        return true;
    if (!prompt(s, line) && !((line.at[0] == 's' || line.at[0] == 'S') && echo(line)))
        return false;
    restart(s);
    return true;
}

/* show version and the configuration take every line, until one begins another output. */
static bool leaves(struct gv_show *s, struct gv_text line)
{
    enum gv_show_block was = s->block;

    if (!(was & (GV_IN_VERSION | GV_IN_CONFIG)))
        return false;
    s->block = GV_IN_NOTHING;
    if (gv_show_header(s, line) || gv_show_labels(s, line))
        return true;
    s->block = was;
    return false;
}

static void read_line(struct gv_show *s, struct gv_text line)
{
    line = gv_text_trim(without_pager(gv_text_trim(line)));
    if (line.n == 0 || noise(s, line) || refused(s, line))
        return;
    s->content = true;
    if (leaves(s, line) || gv_show_version_line(s, line) || gv_show_config_line(s, line) ||
        gv_show_table_row(s, line) || gv_show_header(s, line) || gv_show_labels(s, line))
        s->understood = true;
}

/* A GM that printed its registration whole and no version is an old one (versions). */
static void note_missing_versions(struct gv_observation *obs)
{
    const uint32_t whole = GV_GM_HAS_REGISTERED | GV_GM_HAS_REGISTRATIONS_ATTEMPTED;

    for (struct gv_group_obs *group = obs->groups; group != NULL; group = group->next)
        if (group->gm != NULL && (group->gm->has & whole) == whole)
            group->gm->version_line_absent = group->gm->version == NULL;
}

/* Every output names itself by its headers and labels, so the command is not
 * needed to read one: it is a part of the interface for outputs that do not. */
enum gv_err gv_show_read(struct gv_text command, struct gv_text output,
                         struct gv_observation *obs)
{
    struct gv_show s = {.obs = obs, .block = GV_IN_NOTHING, .octets = output.n};
    struct gv_text rest = output, line;

    (void)command;
    while (!obs->failed && gv_text_line(&rest, &line))
        read_line(&s, line);
    gv_show_peer_end(&s);
    gv_show_member_end(&s);
    note_missing_versions(obs);
    if (obs->failed)
        return GV_ERR_TOO_LARGE;
    if (s.understood) /* all that is known here is Cisco's */
        obs->device.vendor = GV_VENDOR_CISCO;
    if (s.told && s.understood)
        return GV_OK;
    if (s.refusal != GV_OK && s.refusal != GV_ERR_NO_DATA)
        return s.refusal;
    return s.understood || !s.content ? GV_ERR_NO_DATA : GV_ERR_MALFORMED;
}
