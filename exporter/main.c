/* SPDX-License-Identifier: Apache-2.0 */
/* getvpn_exporter: the command line, the process's limits, and which of its jobs to do. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "app.h"
#include "io/log.h"
#include "process/privileges.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, DESCRIPTORS_SPARE = 64, HEAP_KEPT = 32 << 20 };

struct arguments {
    const char *config_file, *web_config_file, *telemetry_path, *shard, *log_level, *log_format;
    struct gv_option_texts listen, admin_listen;
    const char *user;
    bool check, once, insecure_perms, no_sandbox, systemd_socket, version, help;
};

#define AT(member) offsetof(struct arguments, member)
static const struct gv_option options[] = {
    {"--config.file", GV_OPTION_TEXT, AT(config_file), "FILE", "the configuration (YAML)"},
    {"--config.check", GV_OPTION_FLAG, AT(check), NULL,
     "check the configuration, say what it holds"},
    {"--insecure-perms", GV_OPTION_FLAG, AT(insecure_perms), NULL,
     "take secrets from files that others can read"},
    {"--once", GV_OPTION_FLAG, AT(once), NULL,
     "poll every target once, print the metrics, exit 0 if all succeeded"},
    {"--shard", GV_OPTION_TEXT, AT(shard), "I/N",
     "poll only part I (from 0) of N of the targets"},
    {"--web.listen-address", GV_OPTION_TEXTS, AT(listen), "HOST:PORT",
     "where to listen; repeatable (default :10848)"},
    {"--web.systemd-socket", GV_OPTION_FLAG, AT(systemd_socket), NULL,
     "serve on the sockets that systemd hands over, in place of listening"},
    {"--web.telemetry-path", GV_OPTION_TEXT, AT(telemetry_path), "PATH",
     "where the metrics are (default /metrics)"},
    {"--web.config.file", GV_OPTION_TEXT, AT(web_config_file), "FILE",
     "TLS and authentication, in the format of the Prometheus exporters' toolkit"},
    {"--web.admin-address", GV_OPTION_TEXTS, AT(admin_listen), "HOST:PORT",
     "where alone /probe, /config and /-/reload are answered; repeatable"},
    {"--user", GV_OPTION_TEXT, AT(user), "NAME",
     "become this user before anything is read; ports below 1024 stay possible"},
    {"--no-sandbox", GV_OPTION_FLAG, AT(no_sandbox), NULL,
     "do without seccomp and Landlock, for debugging"},
    {"--log.level", GV_OPTION_TEXT, AT(log_level), "LEVEL",
     "debug, info, warn or error (default info)"},
    {"--log.format", GV_OPTION_TEXT, AT(log_format), "FORMAT",
     "logfmt or json (default logfmt)"},
    {"--version", GV_OPTION_FLAG, AT(version), NULL, "print the version"},
    {"--help", GV_OPTION_FLAG, AT(help), NULL, "print this"},
    {"-h", GV_OPTION_FLAG, AT(help), NULL, NULL},
};
enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

static void print_help(void)
{
    struct gv_buf out = gv_buf(1 << 16);

    gv_buf_add_str(
        &out,
        "getvpn_exporter polls Cisco GETVPN key servers and members by SNMP and SSH, judges\n"
        "KEK rekeys and version mismatches, and serves the result to Prometheus.\n\n"
        "usage: getvpn_exporter --config.file=FILE [OPTION]...\n\n"
        "A first run:\n"
        "  getvpn_exporter --config.file=getvpn.yml --config.check    is the file right?\n"
        "  getvpn_exporter --config.file=getvpn.yml --once            do the devices answer?\n"
        "  getvpn_exporter --config.file=getvpn.yml                   then look at "
        "http://localhost:10848/\n\n"
        "Options:\n");
    gv_options_help(options, OPTIONS, &out);
    gv_buf_add_str(
        &out,
        "\nSignals: HUP reloads the configuration (a bad file keeps the old one in force),\n"
        "USR2 switches the probes off until then, TERM and INT stop. Exit: 0 well, 1 failed, 2 "
        "wrong usage.\n\n"
        "A small configuration:\n"
        "  credentials:\n"
        "    snmp:\n"
        "      ks: {version: 2c, community_file: /etc/getvpn-exporter/community}\n"
        "  targets:\n"
        "    - {name: ks-1, address: 192.0.2.11, snmp: ks}\n\n"
        "Keys of the configuration:\n");
    gv_config_help(&out);
    (void)fputs(out.at ? out.at : "", stdout);
    gv_buf_clear(&out);
}

static int usage(const char *why)
{
    (void)fprintf(stderr, "getvpn_exporter: %s\n", why);
    return EXIT_USAGE;
}

/* Memory holds communities and passwords: no core file, no debugger of others. */
static void protect(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    if (prctl(PR_SET_DUMPABLE, 0) != 0)
        gv_log(GV_LOG_WARN, NULL, "this process can be dumped");
}

/* Each scrape needs again what the last one gave back, and fresh pages cost more than all
 * that is done in them. */
static void keep_heap(void)
{
    (void)mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    (void)mallopt(M_MMAP_THRESHOLD, HEAP_KEPT);
}

/* A descriptor for each poll under way, each kept session and each connection. */
static void raise_descriptors(const struct gv_config *config)
{
    rlim_t need =
        (rlim_t)config->target_count * 2 + config->limits.connections + DESCRIPTORS_SPARE;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return;
    limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < need)
        gv_log(GV_LOG_WARN, NULL,
               "%llu file descriptors may be needed, %llu are allowed; raise LimitNOFILE= or "
               "ulimit -n",
               (unsigned long long)need, (unsigned long long)limit.rlim_cur);
}

static int check(const struct gv_app_settings *settings)
{
    const struct gv_config_options load = {.insecure_perms = settings->insecure_perms};
    struct gv_buf text = gv_buf(GV_FAULT_TEXT);
    struct gv_config *config;
    bool ok = gv_config_load(settings->config_file, &load, &config, &text) == GV_OK;

    if (ok && gv_app_web_check(settings, &text) != GV_OK) {
        gv_config_free(config);
        ok = false;
    }
    (void)fputs(text.at ? text.at : "", stderr);
    gv_buf_reset(&text);
    if (ok) {
        gv_config_summary(config, &text);
        (void)printf("%s: good\n%s", settings->config_file, text.at);
        gv_config_free(config);
    }
    gv_buf_clear(&text);
    return ok ? 0 : EXIT_FAILED;
}

static int run(const struct gv_app_settings *settings)
{
    struct gv_buf why = gv_buf(GV_FAULT_TEXT);
    struct gv_app app;
    int code = EXIT_FAILED;
    bool ok;

    protect();
    ok = gv_app_init(&app, settings, &why) == GV_OK;
    gv_app_log_lines(&why, !ok);
    gv_buf_clear(&why);
    if (ok) {
        raise_descriptors(app.config);
        code = settings->once ? gv_app_once(&app) : gv_app_serve(&app);
    }
    gv_app_clear(&app);
    return code;
}

/* Before the first octet of any file is read. */
static bool drop(const struct arguments *arguments)
{
    char why[256] = "";
    bool root = false;

    if (gv_privileges_drop(arguments->user, &root, why, sizeof(why)) != GV_OK) {
        gv_log(GV_LOG_ERROR, NULL, "%s", why);
        return false;
    }
    if (root && !arguments->check && !arguments->once)
        gv_log(GV_LOG_WARN, NULL, "this process is root; name a user by --user");
    return true;
}

/* NULL, or what is wrong with the arguments beyond their form. */
static const char *set_up(const struct arguments *arguments, struct gv_app_settings *settings)
{
    enum gv_log_level level = GV_LOG_INFO;
    bool json = strcmp(arguments->log_format, "json") == 0;

    if (!gv_log_level_read(arguments->log_level, &level))
        return "--log.level: expected debug, info, warn or error";
    if (!json && strcmp(arguments->log_format, "logfmt") != 0)
        return "--log.format: expected logfmt or json";
    if (arguments->config_file == NULL)
        return "--config.file is needed; see --help for an example";
    if (arguments->telemetry_path[0] != '/')
        return "--web.telemetry-path: expected a path that begins with /";
    if (!gv_shard_read(gv_text(arguments->shard), &settings->shard))
        return "--shard: expected I/N with I from 0 to N - 1";
    if (arguments->systemd_socket && arguments->listen.count > 0)
        return "--web.systemd-socket: the .socket unit says where to listen; leave "
               "--web.listen-address out";
    gv_log_setup(level, json ? GV_LOG_JSON : GV_LOG_LOGFMT);
    settings->config_file = arguments->config_file;
    settings->telemetry_path = arguments->telemetry_path;
    settings->insecure_perms = arguments->insecure_perms;
    settings->once = arguments->once;
    settings->sandbox = !arguments->no_sandbox && !GV_NO_SANDBOX;
    settings->listen = arguments->listen;
    settings->admin_listen = arguments->admin_listen;
    settings->web_config_file = arguments->web_config_file;
    settings->inherit = arguments->systemd_socket;
    if (settings->listen.count == 0)
        settings->listen.at[settings->listen.count++] =
            settings->inherit ? "systemd" : ":10848";
    return NULL;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.telemetry_path = "/metrics",
                                  .shard = "0/1",
                                  .log_level = "info",
                                  .log_format = "logfmt"};
    struct gv_app_settings settings = {0};
    struct gv_buf why = gv_buf(1024);
    const char *wrong;

    if (!gv_options_read(options, OPTIONS, argc, (const char *const *)argv, &arguments, &why)) {
        int code = usage(why.at ? why.at : "?");

        gv_buf_clear(&why);
        return code;
    }
    if (arguments.help) {
        print_help();
        return 0;
    }
    if (arguments.version) {
        (void)puts("getvpn_exporter " GV_VERSION);
        return 0;
    }
    keep_heap();
    wrong = set_up(&arguments, &settings);
    if (wrong != NULL)
        return usage(wrong);
    if (!drop(&arguments))
        return EXIT_FAILED;
    return arguments.check ? check(&settings) : run(&settings);
}
