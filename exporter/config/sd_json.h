/* SPDX-License-Identifier: Apache-2.0 */
/* The http_sd document: which targets this process polls, for Prometheus. */
#ifndef GV_SD_JSON_H
#define GV_SD_JSON_H

#include "config/config.h"
#include "poller/shard.h"

/* Append one list entry with the names of the shard's targets; they are what
 * /probe?target= takes. GV_ERR_NO_MEMORY, or the buffer's failure. */
enum gv_err gv_sd_json(const struct gv_config *config, struct gv_shard shard,
                       struct gv_buf *out) GV_MUST_CHECK;

#endif
