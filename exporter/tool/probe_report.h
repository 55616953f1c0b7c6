/* SPDX-License-Identifier: Apache-2.0 */
/* What `getvpntool probe` says in the end: one document, or text for people. */
#ifndef GV_PROBE_REPORT_H
#define GV_PROBE_REPORT_H

#include "gdoi/driver.h"

struct probe_report;

/* Nothing seen yet. `config` outlives it. NULL without memory. */
struct probe_report *probe_report_new(const struct gdoi_client_config *config);
void probe_report_free(struct probe_report *report); /* NULL is fine */

/* The registration that succeeded, with the keys that it gave: whatever comes later does not
 * change them (contract). */
void probe_report_registered(struct probe_report *report, const struct gdoi_probe *probe,
                             const struct gdoi_event *event);
void probe_report_listening(struct probe_report *report, bool listening);

/* The one that failed; says so on standard error. The exit code. */
int probe_report_failed(struct probe_report *report, const struct gdoi_event *event);

/* A rekey, heard at `received_at` (Unix time). Of those with a bad signature only the first
 * ones are listed. */
void probe_report_rekey(struct probe_report *report, const struct gdoi_event *event,
                        double received_at);

/* Print it, with what the probe counted. `code`, or TOOL_NEGATIVE where it cannot be printed.
 */
int probe_report_print(struct probe_report *report, const struct gdoi_probe *probe, bool json,
                       int code);

#endif
