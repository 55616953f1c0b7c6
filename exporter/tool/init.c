/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool init: a configuration out of what the key servers tell. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "tool/command.h"
#include "tool/init_text.h"
#include "tool/poll.h"

enum { CONFIG_MOST = 32 << 20, MODE = 0640 };

struct row {
    struct gv_option_texts ks, rest;
    struct init_login login;
    const char *output;
    bool force, insecure_perms, json;
};

#define LOGIN(member) offsetof(struct row, login.member)
static const struct gv_option options[] = {
    {"--ks", GV_OPTION_TEXTS, offsetof(struct row, ks), "ADDRESS",
     "a key server; repeat it for each"},
    {"--snmp-community-file", GV_OPTION_TEXT, LOGIN(community_file), "FILE",
     "SNMP 2c with the community in FILE"},
    {"--snmp-user", GV_OPTION_TEXT, LOGIN(snmp_user), "NAME", "SNMP 3 as this user"},
    {"--snmp-auth", GV_OPTION_TEXT, LOGIN(snmp_auth), "NAME", "its digest: sha256, ..."},
    {"--snmp-auth-password-file", GV_OPTION_TEXT, LOGIN(snmp_auth_file), "FILE",
     "its password"},
    {"--snmp-priv", GV_OPTION_TEXT, LOGIN(snmp_priv), "NAME", "its cipher: aes128, ..."},
    {"--snmp-priv-password-file", GV_OPTION_TEXT, LOGIN(snmp_priv_file), "FILE",
     "the cipher's password"},
    {"--snmp-port", GV_OPTION_TEXT, LOGIN(snmp_port), "N", "UDP port (default 161)"},
    {"--ssh-user", GV_OPTION_TEXT, LOGIN(ssh_user), "NAME", "SSH as this user"},
    {"--ssh-password-file", GV_OPTION_TEXT, LOGIN(ssh_password_file), "FILE", "its password"},
    {"--ssh-key-file", GV_OPTION_TEXT, LOGIN(ssh_key_file), "FILE", "its private key"},
    {"--ssh-port", GV_OPTION_TEXT, LOGIN(ssh_port), "N", "TCP port (default 22)"},
    {"--ssh-profile", GV_OPTION_TEXT, LOGIN(ssh_profile), "NAME",
     "modern, default or legacy algorithms"},
    {"--known-hosts", GV_OPTION_TEXT, LOGIN(known_hosts), "FILE",
     "SSH host keys (default known_hosts)"},
    {"--restconf-user", GV_OPTION_TEXT, LOGIN(restconf_user), "NAME",
     "RESTCONF (IOS-XE 17.5 and later) as this user"},
    {"--restconf-password-file", GV_OPTION_TEXT, LOGIN(restconf_password_file), "FILE",
     "its password"},
    {"--restconf-authorities", GV_OPTION_TEXT, LOGIN(restconf_authorities), "FILE",
     "who vouches for its certificate (default: the system's)"},
    {"--restconf-port", GV_OPTION_TEXT, LOGIN(restconf_port), "N", "TCP port (default 443)"},
    {"--output", GV_OPTION_TEXT, offsetof(struct row, output), "FILE",
     "write the configuration there (default: standard output)"},
    {"--force", GV_OPTION_FLAG, offsetof(struct row, force), NULL, "replace FILE"},
    {"--insecure-perms", GV_OPTION_FLAG, offsetof(struct row, insecure_perms), NULL,
     "take secrets from files that others can read"},
    {NULL, GV_OPTION_TEXTS, offsetof(struct row, rest), NULL, NULL},
    TOOL_JSON(row),
};

/* What the polls came to. */
struct found {
    struct gv_loop *loop;
    struct gv_store *store;
    size_t answered, silent, failed;
    char reason[GV_DETAIL_SIZE + 64]; /* of the last failure */
    size_t members;
};

/* ---- paths ---- */

/* A path that holds wherever the configuration is put. Kept until the program ends, in
 * `arena`. */
static const char *absolute(struct gv_arena *arena, const char *path)
{
    struct gv_buf whole = gv_buf(2 * PATH_MAX);
    char here[PATH_MAX];
    const char *kept;

    if (path == NULL || path[0] == '/' || getcwd(here, sizeof(here)) == NULL)
        return path;
    gv_buf_add_str(&whole, here);
    gv_buf_add_char(&whole, '/');
    gv_buf_add_str(&whole, path);
    kept = gv_arena_text(arena, (struct gv_text){whole.at, whole.n});
    gv_buf_clear(&whole);
    return kept != NULL ? kept : path;
}

static void make_absolute(struct gv_arena *arena, struct init_login *login)
{
    login->community_file = absolute(arena, login->community_file);
    login->snmp_auth_file = absolute(arena, login->snmp_auth_file);
    login->snmp_priv_file = absolute(arena, login->snmp_priv_file);
    login->ssh_password_file = absolute(arena, login->ssh_password_file);
    login->ssh_key_file = absolute(arena, login->ssh_key_file);
    login->restconf_password_file = absolute(arena, login->restconf_password_file);
    login->restconf_authorities = absolute(arena, login->restconf_authorities);
    login->known_hosts =
        absolute(arena, login->known_hosts != NULL ? login->known_hosts : "known_hosts");
}

/* ---- polls ---- */

static enum gv_err read_config(const struct row *row, const struct gv_buf *text,
                               struct gv_config **out, struct gv_buf *why)
{
    const struct gv_config_options load = {.insecure_perms = row->insecure_perms};

    if (text->err != GV_OK)
        return text->err;
    return gv_config_read("init", (struct gv_text){text->at, text->n}, false, &load, out, why);
}

static void ask(struct found *found, const struct gv_target *target)
{
    struct tool_poll poll = {found->loop, found->store, target, .failed_step = NULL};

    (void)fprintf(stderr, "getvpntool: asking %s\n", target->name);
    tool_poll_all(&poll);
    if (poll.err == GV_OK || gv_store_merged(found->store, target->name) != NULL)
        found->answered++;
    else
        found->failed++;
    if (poll.err == GV_OK)
        return;
    found->silent += tool_poll_silent(&poll);
    (void)snprintf(found->reason, sizeof(found->reason), "%s", poll.reason);
    (void)fprintf(stderr, "getvpntool: %s: %s: %s\n", target->name, poll.failed_step,
                  poll.reason);
}

static bool ask_all(struct found *found, const struct gv_config *config)
{
    const struct gv_store_policy policy = {config->limits.stale_after, NULL, 0};
    const struct gv_target **targets =
        calloc(config->target_count + 1, sizeof(const struct gv_target *));
    bool ok = targets != NULL;

    for (size_t i = 0; ok && i < config->target_count; i++)
        targets[i] = &config->targets[i].target;
    found->loop = gv_loop_new();
    found->store = gv_store_new(&policy);
    ok = ok && found->loop != NULL && found->store != NULL &&
         gv_store_set_targets(found->store, targets, config->target_count, &policy) == GV_OK;
    for (size_t i = 0; ok && i < config->target_count; i++)
        ask(found, targets[i]);
    free(targets);
    return ok;
}

/* ---- the answer ---- */

static bool write_all(int fd, const struct gv_buf *text)
{
    size_t done = 0;

    while (done < text->n) {
        ssize_t n = write(fd, text->at + done, text->n - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return fsync(fd) == 0;
}

/* Beside it first, so that a whole file or none is there: link does not replace, rename does.
 * 0, or errno. */
static int write_file(const char *path, bool replace, const struct gv_buf *text)
{
    struct gv_buf beside = gv_buf(PATH_MAX);
    int fd, code = 0;

    gv_buf_add_str(&beside, path);
    gv_buf_add_str(&beside, ".new");
    if (beside.err != GV_OK)
        return ENAMETOOLONG;
    (void)unlink(beside.at);
    fd = open(beside.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, MODE);
    if (fd < 0 || !write_all(fd, text) ||
        (replace ? rename(beside.at, path) : link(beside.at, path)) != 0)
        code = errno != 0 ? errno : EIO;
    if (fd >= 0)
        (void)close(fd);
    (void)unlink(beside.at);
    gv_buf_clear(&beside);
    return code;
}

static int answer_json(const struct found *found, struct gv_buf *text)
{
    struct gv_buf scrape = gv_buf(4096);
    json_t *document;

    init_prometheus("", &scrape);
    document = json_pack("{s:o, s:s, s:I, s:I, s:I}", "configuration",
                         tool_text_json((struct gv_text){text->at, text->n}), "prometheus",
                         scrape.at != NULL ? scrape.at : "", "key_servers_answered",
                         (json_int_t)found->answered, "key_servers_failed",
                         (json_int_t)found->failed, "members", (json_int_t)found->members);
    gv_buf_clear(&scrape);
    return tool_print_json(document, TOOL_OK);
}

/* The configuration into its file, what Prometheus needs on standard output; without a file
 * both are there, and still one document of YAML. */
static int answer(const struct row *row, const struct found *found, struct gv_buf *text)
{
    struct gv_buf shown = gv_buf(CONFIG_MOST);
    int code = row->output != NULL ? write_file(row->output, row->force, text) : 0;

    if (code != 0)
        return tool_fail(row->json, "write",
                         code == EEXIST ? "the file is there already; --force replaces it"
                                        : strerror(code),
                         TOOL_NEGATIVE);
    (void)fprintf(
        stderr,
        "getvpntool: %zu key servers answered, %zu did not; %zu members discovered%s%s\n",
        found->answered, found->failed, found->members,
        row->output != NULL ? "; written: " : "", row->output != NULL ? row->output : "");
    if (row->json)
        return answer_json(found, text);
    if (row->output == NULL) {
        gv_buf_add(&shown, text->at, text->n);
        gv_buf_add_str(&shown, "\n# For prometheus.yml:\n");
    }
    init_prometheus(row->output == NULL ? "# " : "", &shown);
    code = shown.err == GV_OK && fwrite(shown.at, 1, shown.n, stdout) == shown.n &&
                   fflush(stdout) == 0
               ? TOOL_OK
               : TOOL_NEGATIVE;
    gv_buf_clear(&shown);
    return code;
}

/* A fault's lines without the last newline. */
static int fail_with(const struct row *row, const char *step, struct gv_buf *why)
{
    int code;

    while (why->n > 0 && why->at[why->n - 1] == '\n')
        why->at[--why->n] = '\0';
    code = tool_fail(row->json, step, why->at != NULL ? why->at : "no memory", TOOL_NEGATIVE);
    gv_buf_clear(why);
    return code;
}

/* Make the text, and read it as the exporter will. */
static int conclude(const struct row *row, struct found *found)
{
    struct gv_buf text = gv_buf(CONFIG_MOST), why = gv_buf(GV_FAULT_TEXT);
    const struct gv_snapshot *snapshot =
        gv_store_snapshot(found->store, gv_loop_now(found->loop));
    struct gv_config *config;
    int code;

    if (snapshot == NULL)
        return tool_fail(row->json, "start", "no memory", TOOL_NEGATIVE);
    found->members = init_whole(&row->login, snapshot, &text);
    if (read_config(row, &text, &config, &why) != GV_OK) {
        gv_buf_clear(&text);
        return fail_with(row, "configuration", &why);
    }
    gv_config_free(config);
    gv_buf_clear(&why);
    code = answer(row, found, &text);
    gv_buf_clear(&text);
    return code;
}

static int discover(const struct row *row)
{
    struct gv_buf text = gv_buf(CONFIG_MOST), why = gv_buf(GV_FAULT_TEXT);
    struct found found = {.loop = NULL};
    struct gv_config *config;
    enum gv_err err;
    int code;

    init_first(&row->login, row->ks.at, row->ks.count, &text);
    err = read_config(row, &text, &config, &why);
    gv_buf_clear(&text);
    if (err != GV_OK)
        return fail_with(row, "options", &why);
    (void)fputs(why.at != NULL ? why.at : "", stderr);
    gv_buf_clear(&why);
    if (!ask_all(&found, config))
        code = tool_fail(row->json, "start", "no memory or no event loop", TOOL_NEGATIVE);
    else if (found.answered == 0)
        code = tool_fail(row->json, "poll", found.reason,
                         found.silent == found.failed ? TOOL_UNREACHABLE : TOOL_NEGATIVE);
    else
        code = conclude(row, &found);
    gv_store_free(found.store);
    gv_loop_free(found.loop);
    gv_config_free(config);
    return code;
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct row row = {.force = false};
    struct gv_arena arena = gv_arena(1 << 20);
    int code;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    if (row.ks.count == 0 || row.rest.count > 0)
        return tool_usage(command, "--ks ADDRESS is needed, once for each key server");
    if (row.login.community_file == NULL && row.login.snmp_user == NULL &&
        row.login.ssh_user == NULL && row.login.restconf_user == NULL)
        return tool_usage(command, "a login is needed: --snmp-community-file, --snmp-user, "
                                   "--ssh-user or --restconf-user");
    if (row.login.community_file != NULL && row.login.snmp_user != NULL)
        return tool_usage(command, "--snmp-community-file and --snmp-user exclude each other");
    if (row.output != NULL && !row.force && access(row.output, F_OK) == 0)
        return tool_fail(row.json, "write", "the file is there already; --force replaces it",
                         TOOL_NEGATIVE);
    make_absolute(&arena, &row.login);
    code = discover(&row);
    gv_arena_clear(&arena);
    return code;
}

const struct tool_command tool_init = {
    "init",
    "--ks ADDRESS [--ks ADDRESS]... LOGIN [--output FILE]",
    "write a configuration out of what the key servers tell",
    "Asks each key server once by all that LOGIN allows, and writes a commented configuration "
    "with\n"
    "its groups and the members it lists, which are polled with the same logins; then what\n"
    "Prometheus needs. LOGIN is --snmp-community-file, or --snmp-user and what belongs to it,\n"
    "or --ssh-user with --ssh-password-file or --ssh-key-file, or --restconf-user with\n"
    "--restconf-password-file, or several. An existing FILE stays.\n\n"
    "Example:\n"
    "  getvpntool ssh-keyscan 192.0.2.11 --known-hosts known_hosts\n"
    "  getvpntool init --ks 192.0.2.11 --ssh-user getvpn --ssh-password-file password \\\n"
    "      --snmp-community-file community --output getvpn-exporter.yml",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
