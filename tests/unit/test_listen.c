/* SPDX-License-Identifier: Apache-2.0 */
#include "http/listen.h"

#include <unistd.h>

#include "check.h"

enum { WHY_SIZE = 256 };

static const struct {
    const char *name, *spec;
    enum gv_err err;
} rows[] = {
    {"IPv4", "127.0.0.1:0", GV_OK},
    {"every address", ":0", GV_OK},
    {"by name", "localhost:0", GV_OK},
    {"no port", "127.0.0.1", GV_ERR_MALFORMED},
    {"empty port", "127.0.0.1:", GV_ERR_MALFORMED},
    {"port beyond the largest", ":65536", GV_ERR_MALFORMED},
    {"port is a word", ":http", GV_ERR_MALFORMED},
    {"signed port", ":+1", GV_ERR_MALFORMED},
    {"IPv6 without brackets", "::1:9000", GV_ERR_MALFORMED},
    {"open bracket", "[::1:9000", GV_ERR_MALFORMED},
    {"empty", "", GV_ERR_MALFORMED},
    {"an address of nobody's here", "192.0.2.1:0", GV_ERR_SYSTEM},
};

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)close(fds[i]);
}

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int fds[GV_HTTP_ADDRESSES_MOST];
        char why[WHY_SIZE] = "";
        size_t count = 0;

        CHECK_INT(rows[i].name, gv_http_listen(rows[i].spec, fds, &count, why, sizeof(why)),
                  rows[i].err);
        CHECK(rows[i].name, (rows[i].err == GV_OK) == (count > 0));
        CHECK(rows[i].name, (rows[i].err == GV_OK) == (why[0] == '\0'));
        for (size_t j = 0; j < count; j++)
            CHECK_INT(rows[i].name, gv_http_socket_port(fds[j]), gv_http_socket_port(fds[0]));
        close_all(fds, count);
    }
}

static void test_in_use(void)
{
    int first[GV_HTTP_ADDRESSES_MOST], second[GV_HTTP_ADDRESSES_MOST];
    char why[WHY_SIZE] = "", spec[32];
    size_t count = 0, none = 0;

    CHECK_INT("first", gv_http_listen("127.0.0.1:0", first, &count, why, sizeof(why)), GV_OK);
    (void)snprintf(spec, sizeof(spec), "127.0.0.1:%u", gv_http_socket_port(first[0]));
    CHECK_INT("second", gv_http_listen(spec, second, &none, why, sizeof(why)), GV_ERR_SYSTEM);
    CHECK("says which", strstr(why, spec) != NULL);
    CHECK("says what to do", strstr(why, "choose another port") != NULL);
    close_all(first, count);
}

int main(void)
{
    test_rows();
    test_in_use();
    return check_end();
}
