/* SPDX-License-Identifier: Apache-2.0 */
/* getvpn_proxy: a bad line on the command line. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proxy.h"

static const char usage[] =
    "Usage: getvpn_proxy --listen ADDRESS:PORT --to ADDRESS:PORT (--udp | --tcp)\n"
    "                    [--seed N] [--KEY VALUE | --toward KEY=VALUE | --back KEY=VALUE]...\n"
    "\n"
    "Forward UDP datagrams or TCP connections, and do to them what a bad line does.\n"
    "The same seed and the same traffic give the same faults.\n"
    "\n"
    "  --listen A:P       where clients come in; port 0 takes a free one\n"
    "  --to A:P           the server\n"
    "  --udp, --tcp       what to forward\n"
    "  --seed N           of all chance (default 1)\n"
    "  --KEY VALUE        impair both directions\n"
    "  --toward KEY=VALUE impair the way to the server only\n"
    "  --back KEY=VALUE   impair the way back only\n"
    "  --help             this text\n"
    "\n"
    "KEY, a rate from 0 to 1 each: drop, duplicate, reorder, corrupt, truncate, spoof;\n"
    "in milliseconds: delay, jitter (added to it), drip (TCP: per octet);\n"
    "in octets: cut (TCP: close after so many).\n"
    "For TCP, drop is the share of connections reset at once, and corrupt flips a bit\n"
    "in that share of the stream's blocks of 1024 octets.\n"
    "\n"
    "It prints the address it listens on, and at the end (SIGINT, SIGTERM) its counts.\n"
    "\n"
    "Example: getvpn_proxy --udp --listen 127.0.0.1:1161 --to 127.0.0.1:161 \\\n"
    "             --seed 7 --drop 0.1 --back spoof=0.5 --back delay=20\n";

enum {
    OPT_LISTEN = 256,
    OPT_TO,
    OPT_UDP,
    OPT_TCP,
    OPT_SEED,
    OPT_TOWARD,
    OPT_BACK,
    OPT_HELP,
    OPT_KEY
};

static const struct option options[] = {
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"to", required_argument, NULL, OPT_TO},
    {"udp", no_argument, NULL, OPT_UDP},
    {"tcp", no_argument, NULL, OPT_TCP},
    {"seed", required_argument, NULL, OPT_SEED},
    {"toward", required_argument, NULL, OPT_TOWARD},
    {"back", required_argument, NULL, OPT_BACK},
    {"help", no_argument, NULL, OPT_HELP},
    {"drop", required_argument, NULL, OPT_KEY},
    {"duplicate", required_argument, NULL, OPT_KEY},
    {"reorder", required_argument, NULL, OPT_KEY},
    {"corrupt", required_argument, NULL, OPT_KEY},
    {"truncate", required_argument, NULL, OPT_KEY},
    {"spoof", required_argument, NULL, OPT_KEY},
    {"delay", required_argument, NULL, OPT_KEY},
    {"jitter", required_argument, NULL, OPT_KEY},
    {"drip", required_argument, NULL, OPT_KEY},
    {"cut", required_argument, NULL, OPT_KEY},
    {NULL, 0, NULL, 0},
};

struct arguments {
    struct lab_proxy_config config;
    bool listen, to, kind;
};

/* "drop=0.1" into one direction. */
static bool assignment_read(struct gv_text t, struct lab_impair *impair)
{
    size_t equals = gv_text_index(t, '=');

    return lab_impair_read(gv_text_head(t, equals), gv_text_from(t, equals + 1), impair) ==
           GV_OK;
}

static bool both_read(const char *key, struct gv_text value, struct lab_proxy_config *config)
{
    return lab_impair_read(gv_text(key), value, &config->toward) == GV_OK &&
           lab_impair_read(gv_text(key), value, &config->back) == GV_OK;
}

static bool argument_read(int option, const char *key, struct gv_text value,
                          struct arguments *out)
{
    switch (option) {
    case OPT_LISTEN:
        return out->listen = lab_address_read(value, &out->config.listen);
    case OPT_TO:
        return out->to = lab_address_read(value, &out->config.to);
    case OPT_UDP:
    case OPT_TCP:
        out->kind = true;
        out->config.tcp = option == OPT_TCP;
        return true;
    case OPT_SEED:
        return gv_text_u64(value, &out->config.seed);
    case OPT_TOWARD:
        return assignment_read(value, &out->config.toward);
    case OPT_BACK:
        return assignment_read(value, &out->config.back);
    case OPT_KEY:
        return both_read(key, value, &out->config);
    default:
        return false;
    }
}

static void stop_loop(void *arg)
{
    gv_loop_stop(arg);
}

static void counts_print(const struct lab_proxy_stats *s)
{
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {{"passed", s->passed},         {"dropped", s->dropped},
                {"duplicated", s->duplicated}, {"reordered", s->reordered},
                {"corrupted", s->corrupted},   {"truncated", s->truncated},
                {"spoofed", s->spoofed},       {"cut", s->cut}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        printf("%s %llu\n", rows[i].name, (unsigned long long)rows[i].value);
}

static int forward(const struct lab_proxy_config *config)
{
    struct gv_loop *loop = gv_loop_new();
    struct lab_proxy *proxy = loop != NULL ? lab_proxy_start(loop, config) : NULL;
    struct lab_proxy_stats stats;
    struct lab_address address;

    if (proxy == NULL || gv_loop_signal(loop, SIGINT, stop_loop, loop) != GV_OK ||
        gv_loop_signal(loop, SIGTERM, stop_loop, loop) != GV_OK) {
        perror("getvpn_proxy: cannot listen");
        lab_proxy_stop(proxy);
        gv_loop_free(loop);
        return EXIT_FAILURE;
    }
    address = lab_proxy_address(proxy);
    printf("listening on port %u\n", lab_address_port(&address));
    (void)fflush(stdout);
    gv_loop_run(loop);
    stats = lab_proxy_stats(proxy);
    counts_print(&stats);
    lab_proxy_stop(proxy);
    gv_loop_free(loop);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.config.seed = 1};
    int option, index = 0;

    while ((option = getopt_long(argc, argv, "", options, &index)) != -1) {
        if (option == OPT_HELP) {
            (void)fputs(usage, stdout);
            return EXIT_SUCCESS;
        }
        if (!argument_read(option, options[index].name, gv_text(optarg), &arguments)) {
            if (option != '?')
                (void)fprintf(stderr, "getvpn_proxy: --%s: cannot read '%s'\n",
                              options[index].name, optarg);
            return 2;
        }
    }
    if (!arguments.listen || !arguments.to || !arguments.kind || optind != argc) {
        (void)fputs(usage, stderr);
        return 2;
    }
    return forward(&arguments.config);
}
