/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of the lists: each takes one entry of its list. Only for the codec. */
#ifndef GV_RESTCONF_CODEC_PART_H
#define GV_RESTCONF_CODEC_PART_H

#include "restconf/leaf.h"

/* The words of enumerations that several lists hold. */
extern const struct gv_word gv_restconf_transports[], gv_restconf_ciphers[];

/* The group of a list's entry, by its group-name and, where there is one, its group-id.
 * NULL without a name, or as gv_observation_group. */
struct gv_group_obs *gv_restconf_group(const struct gv_reading *reading, const json_t *entry);

/* The members of a list inside of an entry, one by one from *at = 0 on: NULL at its end, and
 * where it is no list. */
const json_t *gv_restconf_next(const json_t *object, const char *name, size_t *at);

/* codec_ks.c */
void gv_restconf_ks(const struct gv_reading *reading, const json_t *entry);
void gv_restconf_ks_policy(const struct gv_reading *reading, const json_t *entry);
void gv_restconf_ks_rekey(const struct gv_reading *reading, const json_t *entry);
void gv_restconf_ks_members(const struct gv_reading *reading, const json_t *entry);
void gv_restconf_ks_coop(const struct gv_reading *reading, const json_t *entry);

/* codec_gm.c */
void gv_restconf_gm(const struct gv_reading *reading, const json_t *entry);
void gv_restconf_gm_rekey(const struct gv_reading *reading, const json_t *entry);
void gv_restconf_rekey_sa(const struct gv_reading *reading, const json_t *entry);

/* codec_config.c: `gdoi` or `gkm` of the configuration, as a whole. */
void gv_restconf_config(const struct gv_reading *reading, const json_t *tree);

#endif
