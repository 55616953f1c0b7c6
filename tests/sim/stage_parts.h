/* SPDX-License-Identifier: Apache-2.0 */
/* The probes' part of the stage; nothing happens where the settings have none. Only for
 * stage*.c. */
#ifndef STAGE_PARTS_H
#define STAGE_PARTS_H

#include "stage.h"

/* The key servers, once; the loop is there. False without memory. */
bool stage_probe_open(struct stage *stage);
void stage_probe_close(struct stage *stage);

/* The exporter's probes: their state is in the stage's directory. */
bool stage_probe_begin(struct stage *stage);
void stage_probe_end(struct stage *stage);

/* The fleet has lived on: its key servers tell what has changed. */
void stage_probe_lived(struct stage *stage);

#endif
