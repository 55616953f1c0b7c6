/* SPDX-License-Identifier: Apache-2.0 */
/* The request target taken apart: path and query parameters, decoded once.
 *
 * Pure. Source: RFC 9112, 3.2.1 (origin form); RFC 3986, 2.1 and 3.4; in the
 * query '+' is a blank, as HTML forms and Prometheus encode it. */
#ifndef GV_HTTP_URL_H
#define GV_HTTP_URL_H

#include "base/error.h"
#include "base/text.h"

enum { GV_URL_PARAMS_MOST = 8 };

struct gv_url_param {
    struct gv_text name, value;
};

struct gv_url {
    struct gv_text path; /* begins with '/'; any octet, NUL too */
    struct gv_url_param params[GV_URL_PARAMS_MOST];
    size_t param_count;
};

/* Read the `n` octets of a request target at `raw`, decoding them in place; the
 * slices of *out point there. GV_ERR_MALFORMED: not in origin form, or a '%'
 * without two hexadecimal digits. GV_ERR_TOO_LARGE: too many parameters. */
enum gv_err gv_url_read(char *raw, size_t n, struct gv_url *out) GV_MUST_CHECK;

#endif
