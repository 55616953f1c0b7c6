/* SPDX-License-Identifier: Apache-2.0 */
/* Target lists behind web addresses, fetched again and again. */
#ifndef GV_HTTP_SD_H
#define GV_HTTP_SD_H

#include "config/config.h"
#include "io/loop.h"

struct gv_http_sd;

/* Told of every answer, in the loop's thread; `text` is valid during the call. */
typedef void gv_http_sd_fetched(void *arg, const char *url, struct gv_text text);

/* Fetch each of the `urls` now and then at its interval. Failures are logged;
 * then nothing is told, so that the last good list stays. The urls are copied.
 * NULL without memory. */
struct gv_http_sd *gv_http_sd_start(struct gv_loop *loop, const struct gv_config_url *urls,
                                    size_t count, gv_http_sd_fetched *fetched, void *arg);

/* Tell nothing more; a fetch under way is given up. NULL is fine. */
void gv_http_sd_stop(struct gv_http_sd *sd);

#endif
