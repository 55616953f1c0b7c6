/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of getvpn_lab. */
#ifndef LAB_OPTIONS_H
#define LAB_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct lab_options {
    const char *scenario;
    const char *exporter_config; /* file to write; NULL: none */
    const char *state_dir;       /* secrets, host keys; NULL: the directory of that file */
    const char *syslog;          /* file to append to; NULL: none */
    const char *syslog_to;       /* ADDRESS:PORT to send it to; NULL: none */
    const char *traps_to;        /* the same for notifications */
    const char *record_dir;      /* logs of what SSH clients sent; NULL: none */
    const char *host_key;        /* file; NULL: from the state directory */
    uint32_t port_offset;
    uint32_t duration_s; /* 0: until a signal */
    uint64_t seed;
    bool has_seed;
    bool any_port;     /* every face takes a free port */
    bool print_config; /* show the exporter configuration, start nothing */
    bool quiet;        /* no events on standard error */
    bool help;
};

/* False with the reason on standard error. */
bool lab_options_read(int argc, char **argv, struct lab_options *options);

void lab_options_help(void);

#endif
