/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration with which getvpn_exporter polls the simulated fleet. */
#ifndef LAB_EXPORTER_CONFIG_H
#define LAB_EXPORTER_CONFIG_H

#include <stdio.h>

#include "fleet.h"

/* Write it to `path`, and each secret into a file of its own in `dir` that only the
 * owner can read; `syslog` and `traps` are where the routers send theirs, NULL for nowhere.
 * False with errno set. */
bool lab_exporter_config_write(const struct lab_fleet *fleet, const char *path, const char *dir,
                               const char *syslog, const char *traps);

/* The same text to `out`, without writing secrets. */
void lab_exporter_config_print(const struct lab_fleet *fleet, FILE *out, const char *dir,
                               const char *syslog, const char *traps);

#endif
