/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of check_getvpn: short and long options, as plugins have them. */
#ifndef GV_CHECK_OPTIONS_H
#define GV_CHECK_OPTIONS_H

#include "check/check.h"

struct check_options {
    const char *mode, *exporter, *address;
    const char *warning, *critical, *device, *group;
    const char *auth_file, *ca_file, *cert_file, *key_file, *credentials;
    const char *timeout, *max_age; /* seconds, as given */
    bool insecure_perms, version, help;
    unsigned verbose;
    unsigned timeout_s;
    struct gv_check_ask ask; /* what follows from them */
};

/* Read the command line; texts point into argv. False with one sentence in `why` where it is
 * wrong. With --help or --version nothing else is looked at. */
bool check_options_read(int argc, char **argv, struct check_options *out, struct gv_buf *why);

/* What --help says. Appends. */
void check_options_help(struct gv_buf *out);

#endif
