/* SPDX-License-Identifier: Apache-2.0 */
/* What the system says of this process, for the process_* metrics. */
#ifndef GV_PROCESS_H
#define GV_PROCESS_H

#include "render/render.h"

/* Fill in the members of *self that speak of the process; 0 what the system does
 * not tell. `wall_offset_ms` as in struct gv_render_in. */
void gv_process_read(struct gv_self *self, int64_t wall_offset_ms);

#endif
