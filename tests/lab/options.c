/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>

#include "base/text.h"

enum { MOST_OFFSET = 60000, MOST_DURATION_S = 604800 };

static const char help[] =
    "Usage: getvpn_lab --scenario FILE [OPTION...]\n"
    "A simulated GETVPN fleet on loopback addresses, answering SNMP, SSH and RESTCONF.\n"
    "\n"
    "  --scenario FILE         the fleet (tests/lab/scenarios/*.yml; keys: "
    "tests/lab/README.md)\n"
    "  --exporter-config FILE  write a configuration for getvpn_exporter that polls the "
    "fleet;\n"
    "                          secrets go into files in the state directory\n"
    "  --state-dir DIR         where secrets and host keys are kept; default: the directory "
    "of\n"
    "                          the exporter configuration\n"
    "  --print-config          show that configuration, start nothing\n"
    "  --port-offset N         add N to every port of the scenario\n"
    "  --any-port              take free ports instead of the scenario's\n"
    "  --seed N                another course of events than the scenario's own\n"
    "  --duration S            end after S seconds of the wall clock\n"
    "  --syslog FILE           append what the routers would log\n"
    "  --syslog-to ADDR:PORT   send it there by UDP, each router from its own address; the\n"
    "                          exporter's configuration listens there\n"
    "  --traps-to ADDR:PORT    the same for their SNMP notifications (of those with SNMPv2c)\n"
    "  --record DIR            keep what SSH clients send, octet by octet, in DIR/DEVICE.log\n"
    "  --host-key FILE         the SSH host key of all devices, instead of new ones in the\n"
    "                          state directory\n"
    "  --quiet                 no events on standard error\n"
    "  --help                  this text\n"
    "\n"
    "Prints one line, beginning with \"ready\", when everything listens. Ends cleanly on\n"
    "SIGINT and SIGTERM. Exit status: 0, or 1 when something could not be started.\n"
    "\n"
    "Example:\n"
    "  getvpn_lab --scenario tests/lab/scenarios/default.yml --exporter-config /tmp/lab.yml\n";

void lab_options_help(void)
{
    fputs(help, stdout);
}

enum {
    SCENARIO,
    CONFIG,
    STATE,
    PRINT,
    OFFSET,
    ANY,
    SEED,
    DURATION,
    SYSLOG,
    SYSLOG_TO,
    TRAPS_TO,
    RECORD,
    HOST_KEY,
    QUIET,
    HELP
};

static const struct option names[] = {{"scenario", required_argument, NULL, SCENARIO},
                                      {"exporter-config", required_argument, NULL, CONFIG},
                                      {"state-dir", required_argument, NULL, STATE},
                                      {"print-config", no_argument, NULL, PRINT},
                                      {"port-offset", required_argument, NULL, OFFSET},
                                      {"any-port", no_argument, NULL, ANY},
                                      {"seed", required_argument, NULL, SEED},
                                      {"duration", required_argument, NULL, DURATION},
                                      {"syslog", required_argument, NULL, SYSLOG},
                                      {"syslog-to", required_argument, NULL, SYSLOG_TO},
                                      {"traps-to", required_argument, NULL, TRAPS_TO},
                                      {"record", required_argument, NULL, RECORD},
                                      {"host-key", required_argument, NULL, HOST_KEY},
                                      {"quiet", no_argument, NULL, QUIET},
                                      {"help", no_argument, NULL, HELP},
                                      {NULL, 0, NULL, 0}};

static bool number(const char *name, uint32_t most, uint32_t *out)
{
    uint32_t n;

    if (gv_text_u32(gv_text(optarg), &n) && n <= most) {
        *out = n;
        return true;
    }
    fprintf(stderr, "getvpn_lab: --%s %s: expected a number from 0 to %u\n", name, optarg,
            most);
    return false;
}

static bool take(int which, struct lab_options *o)
{
    switch (which) {
    case SCENARIO:
        o->scenario = optarg;
        return true;
    case CONFIG:
        o->exporter_config = optarg;
        return true;
    case STATE:
        o->state_dir = optarg;
        return true;
    case PRINT:
        o->print_config = true;
        return true;
    case OFFSET:
        return number("port-offset", MOST_OFFSET, &o->port_offset);
    case ANY:
        o->any_port = true;
        return true;
    case SEED:
        o->has_seed = gv_text_u64(gv_text(optarg), &o->seed);
        if (!o->has_seed)
            fprintf(stderr, "getvpn_lab: --seed %s: expected a number\n", optarg);
        return o->has_seed;
    case DURATION:
        return number("duration", MOST_DURATION_S, &o->duration_s);
    case SYSLOG:
        o->syslog = optarg;
        return true;
    case SYSLOG_TO:
        o->syslog_to = optarg;
        return true;
    case TRAPS_TO:
        o->traps_to = optarg;
        return true;
    case RECORD:
        o->record_dir = optarg;
        return true;
    case HOST_KEY:
        o->host_key = optarg;
        return true;
    case QUIET:
        o->quiet = true;
        return true;
    case HELP:
        o->help = true;
        return true;
    default:
        fprintf(stderr, "Try getvpn_lab --help.\n");
        return false;
    }
}

bool lab_options_read(int argc, char **argv, struct lab_options *options)
{
    int which;

    *options = (struct lab_options){0};
    while ((which = getopt_long(argc, argv, "", names, NULL)) != -1)
        if (!take(which, options))
            return false;
    if (optind < argc) {
        fprintf(stderr, "getvpn_lab: %s: unexpected word\n", argv[optind]);
        return false;
    }
    if (!options->help && options->scenario == NULL) {
        fprintf(stderr, "getvpn_lab: expected --scenario FILE; try --help\n");
        return false;
    }
    return true;
}
