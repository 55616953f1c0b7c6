/* SPDX-License-Identifier: Apache-2.0 */
/* What a golden program reads: each links one reader. */
#ifndef GOLDEN_READER_H
#define GOLDEN_READER_H

#include "observation.h"

/* Read the text of one file into the observation; the first failure. */
enum gv_err golden_read(struct gv_text text, struct gv_observation *obs);

#endif
