/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one load, shared by the parts of the configuration's reader. */
#ifndef GV_CONFIG_READER_H
#define GV_CONFIG_READER_H

#include "config/keys.h"

struct gv_config_reader {
    struct gv_config *config;
    const struct gv_config_options *options;
    struct gv_faults faults;
    const char *file;    /* the main file; relative paths start at its directory */
    bool inline_secrets; /* may stand in the file: only its owner can read it */
    struct gv_config_target_row defaults;
    size_t target_room; /* of config->targets */
};

/* A copy of a text that must outlive the tree. Never NULL: "", and a fault, when
 * the configuration is too large. */
const char *gv_config_keep(struct gv_config_reader *reader, const char *text);

/* `path` against the directory of the main file, kept; as above. */
const char *gv_config_path(struct gv_config_reader *reader, const char *path);

/* n zeroed octets that live as long as the configuration; NULL, and a fault,
 * when it is too large. */
void *gv_config_alloc(struct gv_config_reader *reader, size_t n);

/* Read at most `most` octets of a regular file into `out`, which the caller
 * clears. GV_ERR_NOT_FOUND, GV_ERR_TOO_LARGE, GV_ERR_SYSTEM with errno; *mode (NULL is fine):
 * its permissions. */
enum gv_err gv_config_read_file(const char *path, size_t most, struct gv_buf *out,
                                unsigned *mode) GV_MUST_CHECK;

/* The secret that `source` names, in *out; NULL where it names none. Faults are
 * noted at its place: unreadable, empty, or readable by everybody. */
void gv_config_secret(struct gv_config_reader *reader, const struct gv_secret_source *source,
                      struct gv_secret **out);

/* Read `credentials:` into the configuration's profiles. */
void gv_config_credentials(struct gv_config_reader *reader, const struct gv_node *map);

/* Read `gdoi:` of the credentials, and `probes:`, after the targets that they may name. */
void gv_config_gdoi(struct gv_config_reader *reader, const struct gv_node *map);
void gv_config_probes(struct gv_config_reader *reader, const struct gv_node *list);

/* Read `syslog:` and `traps:`; either may be NULL. */
void gv_config_events(struct gv_config_reader *reader, const struct gv_node *syslog,
                      const struct gv_node *traps);

/* Read `targets:`; then the files and lists; then look for duplicates. */
void gv_config_targets(struct gv_config_reader *reader, const struct gv_node *list);
void gv_config_target_files(struct gv_config_reader *reader, const struct gv_node *list);
void gv_config_target_lists(struct gv_config_reader *reader);
/* Read `ad_hoc:`. */
void gv_config_ad_hoc(struct gv_config_reader *reader, const struct gv_node *list);
void gv_config_duplicates(struct gv_config_reader *reader);

#endif
