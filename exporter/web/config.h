/* SPDX-License-Identifier: Apache-2.0 */
/* The web configuration's file, in the format of the Prometheus exporters' toolkit.
 *
 * Source: prometheus/exporter-toolkit, docs/web-configuration.md. Every key that is known there
 * is known here; every other one is a fault. */
#ifndef GV_WEB_CONFIG_H
#define GV_WEB_CONFIG_H

#include "base/buf.h"
#include "http/web.h"

struct gv_web_config;

/* The files that a web configuration is read from: itself, and those that it names. */
struct gv_web_files;
struct gv_web_files *gv_web_files_new(const char *path); /* NULL without memory */
void gv_web_files_free(struct gv_web_files *files);      /* NULL is fine */
/* Whether one of them is another than when this was last asked: replaced, written to, gone.
 * True at first. Reads none. */
bool gv_web_files_changed(struct gv_web_files *files);

/* Read them; from now on `files` are those. Faults, and notes that begin with "warning: "
 * behind their place, are appended to `why`, each with file, line and column. On failure *out
 * is untouched. `insecure_perms`: take a key that everybody can read. */
enum gv_err gv_web_config_load(struct gv_web_files *files, bool insecure_perms,
                               struct gv_web_config **out, struct gv_buf *why) GV_MUST_CHECK;
/* Wipes; NULL is fine. */
void gv_web_config_free(struct gv_web_config *config);

/* What it says; lives as long as it. */
const struct gv_web *gv_web_config_get(const struct gv_web_config *config);

#endif
