/* SPDX-License-Identifier: Apache-2.0 */
/* getvpntool probe: one registration at a key server, and what is heard afterwards. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/secret_file.h"
#include "gdoi/driver.h"
#include "gdoi/endpoint.h"
#include "tool/command.h"
#include "tool/probe_report.h"

enum {
    TIMEOUT_S = 30,
    TIMEOUT_MOST_S = 300,
    LISTEN_MOST_S = 30 * 86400,
    PSK_SHORT = 16 /* octets: can be guessed off line by one man in the middle (threats, 1) */
};

struct row {
    struct gv_option_texts proposals, rest;
    const char *ks, *group, *psk_file, *local, *listen, *cert, *key, *ca, *crl, *identity,
        *peer;
    const char *timeout, *interface;
    bool legacy, ack, json, little_endian;
};

static const struct gv_option options[] = {
    {"--ks", GV_OPTION_TEXT, offsetof(struct row, ks), "ADDRESS[:PORT]",
     "the key server (port 848)"},
    {"--group", GV_OPTION_TEXT, offsetof(struct row, group), "ID",
     "the group: a number, an address, or a name"},
    {"--psk-file", GV_OPTION_TEXT, offsetof(struct row, psk_file), "FILE",
     "file with the pre-shared key"},
    {"--cert", GV_OPTION_TEXT, offsetof(struct row, cert), "FILE",
     "our certificate (PEM): RSA signatures instead of the key"},
    {"--key", GV_OPTION_TEXT, offsetof(struct row, key), "FILE", "its private key (PEM)"},
    {"--ca", GV_OPTION_TEXT, offsetof(struct row, ca), "FILE",
     "authorities that the key server is checked against (PEM)"},
    {"--crl", GV_OPTION_TEXT, offsetof(struct row, crl), "FILE",
     "their revocation lists (PEM)"},
    {"--identity", GV_OPTION_TEXT, offsetof(struct row, identity), "ID",
     "who we are: an address, a name, user@name (default: our address, or the certificate's "
     "subject)"},
    {"--ks-identity", GV_OPTION_TEXT, offsetof(struct row, peer), "ID",
     "who the key server has to be (default: whoever proves itself)"},
    {"--local", GV_OPTION_TEXT, offsetof(struct row, local), "ADDRESS[:PORT]",
     "where we listen (default: the route's address, any port)"},
    {"--interface", GV_OPTION_TEXT, offsetof(struct row, interface), "NAME",
     "that joins multicast groups (default: the one of the local address)"},
    {"--listen", GV_OPTION_TEXT, offsetof(struct row, listen), "S",
     "hear rekeys for S seconds after the registration (default 0)"},
    {"--proposal", GV_OPTION_TEXTS, offsetof(struct row, proposals), "SUITE",
     "offer exactly this, as aes128-sha256-modp2048; repeatable"},
    {"--legacy", GV_OPTION_FLAG, offsetof(struct row, legacy), NULL,
     "also offer 3des, sha1, modp1024 and modp1536"},
    {"--ack", GV_OPTION_FLAG, offsetof(struct row, ack), NULL,
     "acknowledge rekeys where the key server asks (RFC 8263)"},
    {"--little-endian", GV_OPTION_FLAG, offsetof(struct row, little_endian), NULL,
     "send a group's number with its lowest octet first"},
    {"--timeout", GV_OPTION_TEXT, offsetof(struct row, timeout), "S",
     "give a step up after S seconds (default 30)"},
    {NULL, GV_OPTION_TEXTS, offsetof(struct row, rest), NULL, NULL},
    TOOL_JSON(row),
};

struct run {
    const struct row *row;
    struct gv_loop *loop;
    struct gdoi_probe *probe;
    struct gv_timer *end;
    struct gv_dur listen;
    struct probe_report *report;
    int code;
};

/* ---- arguments ---- */

static bool read_seconds(const char *text, uint32_t most, struct gv_dur *out)
{
    uint32_t s;

    if (text == NULL)
        return true;
    if (!gv_text_u32(gv_text(text), &s) || s > most)
        return false;
    *out = gv_secs(s);
    return true;
}

/* NULL where the arguments are well. */
static const char *read_row(const struct row *row, struct gdoi_suite *suites,
                            struct gdoi_probe_config *config, struct gv_dur *listen)
{
    struct gdoi_client_config *client = &config->client;

    if (row->ks == NULL || row->group == NULL || row->rest.count > 0)
        return "--ks, --group and --psk-file (or --cert, --key, --ca) are needed";
    if (row->cert == NULL ? row->psk_file == NULL : row->key == NULL || row->ca == NULL)
        return "--psk-file, or --cert with --key and --ca, is needed";
    if (!gdoi_endpoint_read(row->ks, GDOI_PORT, &client->remote) || client->remote.port == 0)
        return "--ks: expected ADDRESS or ADDRESS:PORT, as 192.0.2.1:848 or [2001:db8::1]:848";
    if (row->local != NULL && !gdoi_endpoint_read(row->local, 0, &client->local))
        return "--local: expected ADDRESS or ADDRESS:PORT";
    if (!gdoi_identity_read(row->group,
                            row->little_endian ? GDOI_LITTLE_ENDIAN : GDOI_BIG_ENDIAN,
                            &client->group))
        return "--group: expected a number, an address or a name";
    if ((row->identity != NULL &&
         !gdoi_identity_read(row->identity, GDOI_NO_NUMBER, &client->identity)) ||
        (row->peer != NULL && !gdoi_identity_read(row->peer, GDOI_NO_NUMBER, &client->peer)))
        return "--identity, --ks-identity: expected an address, a name or user@name";
    client->step_timeout = gv_secs(TIMEOUT_S);
    if (!read_seconds(row->timeout, TIMEOUT_MOST_S, &client->step_timeout) ||
        client->step_timeout.ms == 0)
        return "--timeout: expected seconds, 1 to 300";
    if (!read_seconds(row->listen, LISTEN_MOST_S, listen))
        return "--listen: expected seconds, 0 to 2592000";
    if (row->interface != NULL && strlen(row->interface) >= sizeof(config->interface))
        return "--interface: no such interface";
    if (row->interface != NULL)
        memcpy(config->interface, row->interface, strlen(row->interface) + 1);
    client->ack = row->ack;
    for (size_t i = 0; i < row->proposals.count; i++)
        if (i == GDOI_SUITES_MOST ||
            !gdoi_suite_read(gv_text(row->proposals.at[i]), &suites[client->suite_count++]))
            return "--proposal: expected CIPHER-HASH-GROUP: 3des aes128 aes192 aes256 - md5 "
                   "sha1 "
                   "sha256 sha384 sha512 - modp768 modp1024 modp1536 modp2048 modp3072 "
                   "modp4096 "
                   "ecp256 ecp384 ecp521";
    if (client->suite_count == 0)
        client->suite_count = gdoi_suites_default(row->legacy, suites);
    client->suites = suites;
    return NULL;
}

/* ---- the run ---- */

static double wall(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void ended(void *arg)
{
    struct run *run = arg;

    run->end = NULL;
    gv_loop_stop(run->loop);
}

static void registered(struct run *run, const struct gdoi_event *event)
{
    const char *why;

    probe_report_registered(run->report, run->probe, event);
    run->code = TOOL_OK;
    (void)fprintf(stderr, "getvpntool: registered: phase 1 %lld ms, PULL %lld ms\n",
                  (long long)event->phase1.ms, (long long)event->pull.ms);
    if (!gdoi_probe_listening(run->probe, &why))
        (void)fprintf(stderr, "getvpntool: rekeys cannot be heard: %s\n", why);
    probe_report_listening(run->report, gdoi_probe_listening(run->probe, NULL));
    if (run->listen.ms == 0)
        gv_loop_stop(run->loop);
    else
        run->end = gv_timer_start(run->loop, run->listen, ended, run);
}

static void on_event(void *arg, struct gdoi_probe *probe, const struct gdoi_event *event)
{
    struct run *run = arg;

    (void)probe;
    switch (event->kind) {
    case GDOI_REGISTERED:
        registered(run, event);
        break;
    case GDOI_FAILED:
        run->code = probe_report_failed(run->report, event);
        gv_loop_stop(run->loop);
        break;
    case GDOI_REKEYED:
        probe_report_rekey(run->report, event, wall());
        break;
    case GDOI_DELETED:
        (void)fprintf(stderr, "getvpntool: the key server deleted the keys\n");
        break;
    case GDOI_NOTHING:
        break;
    }
}

static void interrupted(void *arg)
{
    gv_loop_stop(((struct run *)arg)->loop);
}

static int start(struct run *run, const struct gdoi_probe_config *config)
{
    struct gdoi_driver *driver;
    char why[GDOI_WHY_SIZE];

    run->loop = gv_loop_new();
    driver = run->loop != NULL ? gdoi_driver_new(run->loop) : NULL;
    if (driver == NULL)
        return tool_fail(run->row->json, "start", "no memory or no event loop", TOOL_NEGATIVE);
    run->probe = gdoi_probe_new(driver, config, why);
    if (run->probe == NULL) {
        run->code = tool_fail(run->row->json, "socket", why, TOOL_UNREACHABLE);
    } else {
        if (gv_loop_signal(run->loop, SIGINT, interrupted, run) != GV_OK)
            (void)fputs("getvpntool: cannot catch Ctrl-C\n", stderr);
        gdoi_probe_register(run->probe);
        gv_loop_run(run->loop);
        gv_timer_stop(run->end);
        run->code = probe_report_print(run->report, run->probe, run->row->json, run->code);
        gdoi_probe_free(run->probe);
        run->probe = NULL;
    }
    gdoi_driver_free(driver);
    gv_loop_free(run->loop);
    return run->code;
}

static int run_with(const struct row *row, struct gdoi_probe_config *config,
                    struct gv_dur listen)
{
    struct run run = {.row = row, .listen = listen, .code = TOOL_UNREACHABLE};
    int code;

    config->event = on_event;
    config->arg = &run;
    run.report = probe_report_new(&config->client);
    code = run.report != NULL ? start(&run, config)
                              : tool_fail(row->json, "start", "no memory", TOOL_NEGATIVE);
    probe_report_free(run.report);
    config->arg = NULL; /* `run` ends here */
    return code;
}

static int with_certificate(const struct row *row, struct gdoi_probe_config *config,
                            struct gv_dur listen)
{
    char why[GDOI_WHY_SIZE];
    struct gdoi_credential *credential =
        gdoi_credential_load(row->cert, row->key, row->ca, row->crl, why, sizeof(why));
    int code;

    if (credential == NULL)
        return tool_fail(row->json, "certificate", why, TOOL_NEGATIVE);
    config->client.credential = credential;
    gdoi_identity_of_subject(credential, &config->client.identity);
    code = run_with(row, config, listen);
    gdoi_credential_free(credential);
    return code;
}

static int with_psk(const struct row *row, struct gdoi_probe_config *config,
                    struct gv_dur listen)
{
    struct gv_buf why = gv_buf(4096);
    struct gv_secret *psk = NULL;
    int code;

    if (gv_secret_file_read(row->psk_file, false, &psk, &why) != GV_OK) {
        code = tool_fail(row->json, "pre-shared key", why.at ? why.at : "no memory",
                         TOOL_NEGATIVE);
        gv_buf_clear(&why);
        return code;
    }
    if (gv_secret_size(psk) < PSK_SHORT)
        (void)fprintf(stderr,
                      "getvpntool: the pre-shared key is short: whoever stands between can "
                      "guess it off line\n");
    config->client.psk = psk;
    code = run_with(row, config, listen);
    gv_secret_free(psk);
    return code;
}

static int run(const struct tool_command *command, int argc, const char *const *argv)
{
    struct gdoi_suite suites[GDOI_SUITES_MOST];
    struct gdoi_probe_config config = {.arg = NULL};
    struct gv_dur listen = {0};
    struct row row = {0};
    const char *wrong;

    if (!tool_arguments(command, argc, argv, &row))
        return TOOL_USAGE;
    wrong = read_row(&row, suites, &config, &listen);
    if (wrong != NULL)
        return tool_usage(command, wrong);
    return row.cert != NULL ? with_certificate(&row, &config, listen)
                            : with_psk(&row, &config, listen);
}

const struct tool_command tool_probe = {
    "probe",
    "--ks ADDRESS[:PORT] --group ID --psk-file FILE [--listen S] [OPTION]...",
    "register at a key server as a member that only watches",
    "Registers once (IKE phase 1, GROUPKEY-PULL), says how long that took and which keys it\n"
    "was given (never the keys themselves), and with --listen which rekeys came, how long\n"
    "before expiry, with a valid signature or not: that tells an old key server from a new\n"
    "one without any login. The key server counts it as one of its members; without --ack it\n"
    "may be dropped after three unicast rekeys.\n\n"
    "Exit 3: the key server did not answer. Exit 1: it refused, or could not prove itself.\n\n"
    "Example:\n"
    "  getvpntool probe --ks 192.0.2.11 --group 3333 --psk-file psk --listen 3600",
    options,
    sizeof(options) / sizeof(options[0]),
    run,
};
