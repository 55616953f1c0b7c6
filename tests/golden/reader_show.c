/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"
#include "ssh/show.h"

enum gv_err golden_read(struct gv_text text, struct gv_observation *obs)
{
    return gv_show_read(gv_text(NULL), text, obs);
}
