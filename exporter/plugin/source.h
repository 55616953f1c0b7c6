/* SPDX-License-Identifier: Apache-2.0 */
/* Where check_getvpn has its document from: an exporter, or one poll of a device. */
#ifndef GV_CHECK_SOURCE_H
#define GV_CHECK_SOURCE_H

#include "plugin/options.h"

/* Ask the exporter for the document that the check needs; on failure `why` says what
 * happened. */
bool check_fetch(const struct check_options *options, struct gv_buf *document,
                 struct gv_buf *why);

/* Ask the device itself, and let the exporter's own store and model make the document of a
 * fleet that is this device alone. A device that does not answer is no failure: the document
 * says so. On failure as above. */
bool check_poll(const struct check_options *options, struct gv_buf *document,
                struct gv_buf *why);

#endif
