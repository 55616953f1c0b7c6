/* SPDX-License-Identifier: Apache-2.0 */
#include "http/url.h"

#include <string.h>

/* Value of a hexadecimal digit; -1: none. */
static int digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = memchr(digits, c, sizeof(digits) - 1);

    return at != NULL ? (int)((at - digits) % 16) : -1;
}

/* Decode the n octets at `at` in place. False: a '%' without two digits. */
static bool decode(char *at, size_t n, bool plus_is_blank, struct gv_text *out)
{
    size_t written = 0;

    for (size_t i = 0; i < n; i++) {
        char c = at[i];

        if (c == '%') {
            int high = n - i < 3 ? -1 : digit(at[i + 1]);
            int low = n - i < 3 ? -1 : digit(at[i + 2]);

            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        at[written++] = c;
    }
    *out = (struct gv_text){at, written};
    return true;
}

static size_t until(const char *at, size_t n, char c)
{
    return gv_text_index((struct gv_text){at, n}, c);
}

/* One NAME or NAME=VALUE. */
static bool read_param(char *at, size_t n, struct gv_url_param *out)
{
    size_t name_n = until(at, n, '=');
    size_t value_at = name_n < n ? name_n + 1 : n;

    return decode(at, name_n, true, &out->name) &&
           decode(at + value_at, n - value_at, true, &out->value);
}

static enum gv_err read_query(char *at, size_t n, struct gv_url *url)
{
    while (n > 0) {
        size_t param_n = until(at, n, '&');
        size_t used = param_n < n ? param_n + 1 : n;

        if (param_n > 0 && url->param_count == GV_URL_PARAMS_MOST)
            return GV_ERR_TOO_LARGE;
        if (param_n > 0 && !read_param(at, param_n, &url->params[url->param_count++]))
            return GV_ERR_MALFORMED;
        at += used;
        n -= used;
    }
    return GV_OK;
}

enum gv_err gv_url_read(char *raw, size_t n, struct gv_url *out)
{
    size_t path_n = until(raw, n, '?');
    struct gv_url url = {.param_count = 0};
    enum gv_err err;

    if (n == 0 || raw[0] != '/' || !decode(raw, path_n, false, &url.path))
        return GV_ERR_MALFORMED;
    if (path_n < n) {
        err = read_query(raw + path_n + 1, n - path_n - 1, &url);
        if (err != GV_OK)
            return err;
    }
    *out = url;
    return GV_OK;
}
