/* SPDX-License-Identifier: Apache-2.0 */
/* RESTCONF collector: the lists of codec.h, one GET after the other over one TLS connection,
 * which lives as long as the poll. No redirect is followed and no proxy used.
 *
 * A list that is not there (404, 204) tells nothing and is no failure; GV_ERR_NO_DATA where no
 * list told a group. 401 ends the poll; any other failure of one list leaves the others. */
#ifndef GV_RESTCONF_DRIVER_H
#define GV_RESTCONF_DRIVER_H

#include "collector.h"

/* False: the device judges the login at every request, so each poll costs one. */
bool gv_restconf_session_connected(const struct gv_session *session);

#endif
