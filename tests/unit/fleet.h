/* SPDX-License-Identifier: Apache-2.0 */
/* A small fleet by hand, for the tests of what shows it. */
#ifndef FLEET_H
#define FLEET_H

#include "render/render.h"

/* A mismatched group with an old key server and a new member, a group whose name
 * needs escaping with an old member, and a device that was never polled. The
 * exporter's own state too. Static; never NULL. */
struct gv_render_in fleet_in(void);

#endif
