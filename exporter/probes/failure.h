/* SPDX-License-Identifier: Apache-2.0 */
/* Why a registration failed, in words: for the log, the API and getvpntool. */
#ifndef GV_PROBE_FAILURE_H
#define GV_PROBE_FAILURE_H

#include "base/buf.h"
#include "gdoi/client.h"

/* How the key server took it. */
enum gv_probe_failure {
    GV_PROBE_SILENT,  /* no answer at all, or none to the key exchange: it may be away */
    GV_PROBE_REFUSED, /* it said no, or did not go on with who we are and what we want; it will
                         again */
};
enum gv_probe_failure gv_probe_failure(const struct gdoi_event *event);

/* What the failed step means, what was offered where the proposal was refused, what was heard:
 * appended to `out`, without the step's name. */
void gv_probe_explain(const struct gdoi_client_config *config, const struct gdoi_event *event,
                      struct gv_buf *out);

#endif
