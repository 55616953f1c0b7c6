/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that are no targets and may be asked all the same, one poll at a time, when a
 * client wants it (`ad_hoc:`). What they say is shown to who asked, and joins no fleet.
 *
 * They have a poller of their own, with a part of the budgets, so that nobody who asks for many
 * keeps the fleet waiting. An address that is logged in to is remembered for as long as the
 * pause after refused logins lasts. */
#ifndef GV_AD_HOC_H
#define GV_AD_HOC_H

#include "config/config.h"
#include "poller/poller.h"
#include "poller/shard.h"
#include "store/store.h"

/* Addresses remembered at once, and for how long after they were last asked: those that are
 * logged in to (the pause and the longest deadline), and the others. */
enum { GV_AD_HOC_MOST = 256, GV_AD_HOC_LOGIN_S = 7 * 3600, GV_AD_HOC_KEEP_S = 300 };

struct gv_ad_hoc;

/* Nothing is open yet. `transports`, of this count, outlive it. NULL without memory. */
struct gv_ad_hoc *gv_ad_hoc_new(struct gv_loop *loop,
                                const struct gv_poller_transport *transports, size_t count,
                                uint64_t seed);
void gv_ad_hoc_free(struct gv_ad_hoc *ad_hoc); /* NULL is fine */

/* Open what `config` opens, in this shard, with these budgets. The configuration outlives the
 * next call. GV_ERR_NO_MEMORY: nothing is open. */
enum gv_err gv_ad_hoc_set(struct gv_ad_hoc *ad_hoc, const struct gv_config *config,
                          struct gv_shard shard, const struct gv_poller_policy *polling,
                          const struct gv_store_policy *keeping) GV_MUST_CHECK;

/* As gv_poller_record_now, for a literal address. GV_ERR_NOT_FOUND: not open, or a
 * target's; nothing is sent;
 * GV_ERR_TOO_LARGE: too many addresses are remembered. *name: the address as it is shown, good
 * until the next call of gv_ad_hoc_poll or gv_ad_hoc_set. */
enum gv_err gv_ad_hoc_poll(struct gv_ad_hoc *ad_hoc, const char *address, const char **name,
                           struct gv_buf *said, void (*done)(void *arg, enum gv_err worst),
                           void *arg) GV_MUST_CHECK;

/* The operator says that refused logins are worth another try. */
void gv_ad_hoc_resume(struct gv_ad_hoc *ad_hoc);

/* As gv_store_snapshot, of the addresses that are remembered. */
const struct gv_snapshot *gv_ad_hoc_snapshot(struct gv_ad_hoc *ad_hoc, struct gv_time now);

struct gv_poller_stats gv_ad_hoc_stats(const struct gv_ad_hoc *ad_hoc);

#endif
