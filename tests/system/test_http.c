/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server against clients that mean well, and against those that do not. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "http_peer.h"

enum { IDLE = 1000, ABORTS = 40, SCRAPES = 50, LONG_SIZE = 65536, HUGE_SIZE = 1 << 20 };

#define HOST "Host: localhost\r\n"
#define LAST "Connection: close\r\n\r\n"

static struct peer peer;

/* Every path that is not one of ours, however it is spelt. */
static const char *const strange_paths[] = {
    "/../etc/passwd",
    "/../../../../etc/passwd",
    "/./metrics",
    "/metrics/..",
    "/metrics/../metrics",
    "/metrics/",
    "//metrics",
    "///",
    "/metrics//",
    "/%2e%2e/etc/passwd",
    "/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/..%5c..%5cwindows",
    "/%252e%252e/etc/passwd",
    "/api/v1/../../metrics",
    "/api/v1/fleet/",
    "/api/v1/fleet/../rekeys",
    "/api/v1",
    "/api/v1/groups/",
    "/api/v1/groups/../../../etc/passwd",
    "/api/v1/devices/%2e%2e%2fconfig",
    "/api/v1/devices/ks-a%00",
    "/metrics%00",
    "/%2Fmetrics",
    "/METRICS",
    "/-/reload/../healthy",
    "/config.yml",
    "/.git/config",
    "/favicon.ico",
    "/metrics;a=b",
    "/-/",
};

/* What a probe may not be talked into. The answer is 404 (400 where the request
 * itself is broken, 414 where it is huge), and no poll begins. */
static const char *const strange_targets[] = {
    "127.0.0.1",
    "127.0.0.1:161",
    "localhost",
    "0",
    "0.0.0.0",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "127.1",
    "[::1]",
    "::1",
    "[::ffff:127.0.0.1]",
    "169.254.169.254",
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "udp:127.0.0.1:161",
    "ks-a@127.0.0.1",
    "127.0.0.1@ks-a",
    "ks-a%23",
    "ks-a%20",
    "%20ks-a",
    "ks-a%00",
    "ks-a%00.example.net",
    "ks-a%0d%0aX-Injected:%20yes",
    "ks-a%0a",
    "KS-A",
    "ks-a,gm-a",
    "..%2fks-a",
    "ks-a%2f..",
    "192.0.2.1%2f32",
    "192.0.2.01",
    "",
    "%25",
    "$(reboot)",
    "%C3%BC",
};

static const struct {
    const char *name, *request;
    int status;
    const char *part; /* of the answer */
} rows[] = {
    /* methods */
    {"GET", "GET /metrics HTTP/1.1\r\n" HOST LAST, 200, "getvpn_up{device=\"ks-a\"} 1\n"},
    {"HTTP/1.0", "GET /-/healthy HTTP/1.0\r\n\r\n", 200, "healthy\n"},
    {"POST", "POST /metrics HTTP/1.1\r\n" HOST LAST, 405, "Allow: GET, HEAD\r\n"},
    {"PUT", "PUT /metrics HTTP/1.1\r\n" HOST LAST, 405, "Allow: GET, HEAD\r\n"},
    {"DELETE", "DELETE /metrics HTTP/1.1\r\n" HOST LAST, 405, "Allow: GET, HEAD\r\n"},
    {"OPTIONS", "OPTIONS /metrics HTTP/1.1\r\n" HOST LAST, 405, "Allow: GET, HEAD\r\n"},
    {"TRACE", "TRACE /metrics HTTP/1.1\r\n" HOST LAST, 405, "Allow: GET, HEAD\r\n"},
    {"a method of nobody's", "BREW /metrics HTTP/1.1\r\n" HOST LAST, 405, "Allow"},
    {"lower case", "get /metrics HTTP/1.1\r\n" HOST LAST, 405, "Allow"},
    {"GET to reload", "GET /-/reload HTTP/1.1\r\n" HOST LAST, 405, "Allow: POST, PUT\r\n"},
    {"CONNECT", "CONNECT localhost:22 HTTP/1.1\r\n" HOST LAST, 400, NULL},
    {"asterisk form", "OPTIONS * HTTP/1.1\r\n" HOST LAST, 400, NULL},
    {"absolute form", "GET http://localhost/metrics HTTP/1.1\r\n" HOST LAST, 400, NULL},
    /* what two programs might read differently */
    {"no host", "GET /metrics HTTP/1.1\r\n" LAST, 400, NULL},
    {"two hosts", "GET /metrics HTTP/1.1\r\n" HOST "Host: other\r\n" LAST, 400, NULL},
    {"another version", "GET /metrics HTTP/3.0\r\n" HOST LAST, 505, NULL},
    {"no version", "GET /metrics\r\n\r\n", 400, NULL},
    {"body on GET", "GET /metrics HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nabcd", 413,
     NULL},
    {"body on POST", "POST /-/reload HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nabcd", 413,
     NULL},
    {"chunked",
     "POST /-/reload HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413,
     NULL},
    {"length and chunked",
     "POST /-/reload HTTP/1.1\r\n" HOST
     "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\nGET /-/healthy HTTP/1.1\r\n" HOST LAST,
     400, NULL},
    {"chunked and length",
     "POST /-/reload HTTP/1.1\r\n" HOST
     "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n"
     "0\r\n\r\n",
     400, NULL},
    {"an encoding of nobody's",
     "POST /-/reload HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n", 413, NULL},
    {"chunked in 1.0", "POST /-/reload HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400, NULL},
    {"two lengths",
     "GET /metrics HTTP/1.1\r\n" HOST "Content-Length: 0\r\nContent-Length: 4\r\n\r\nabcd", 400,
     NULL},
    {"the same length twice",
     "GET /metrics HTTP/1.1\r\n" HOST "Content-Length: 0\r\nContent-Length: 0\r\n" LAST, 400,
     NULL},
    {"a list of lengths", "GET /metrics HTTP/1.1\r\n" HOST "Content-Length: 0, 0\r\n" LAST, 400,
     NULL},
    {"a negative length", "GET /metrics HTTP/1.1\r\n" HOST "Content-Length: -1\r\n" LAST, 400,
     NULL},
    {"a signed length", "GET /metrics HTTP/1.1\r\n" HOST "Content-Length: +0\r\n" LAST, 400,
     NULL},
    {"a hexadecimal length", "GET /metrics HTTP/1.1\r\n" HOST "Content-Length: 0x0\r\n" LAST,
     400, NULL},
    {"blank before the colon",
     "GET /metrics HTTP/1.1\r\n" HOST "Content-Length : 4\r\n\r\nabcd", 400, NULL},
    {"blank in a name", "GET /metrics HTTP/1.1\r\n" HOST "X A: b\r\n" LAST, 400, NULL},
    {"control character in a value", "GET /metrics HTTP/1.1\r\n" HOST "X: a\x01\r\n" LAST, 400,
     NULL},
    {"no colon", "GET /metrics HTTP/1.1\r\n" HOST "nonsense\r\n" LAST, 400, NULL},
    {"bad escape in the path", "GET /%zz HTTP/1.1\r\n" HOST LAST, 400, NULL},
    {"bad escape in the query", "GET /probe?target=%g0 HTTP/1.1\r\n" HOST LAST, 400, NULL},
    /* parameters */
    {"no target", "GET /probe HTTP/1.1\r\n" HOST LAST, 400, NULL},
    {"module", "GET /probe?target=ks-a&module=if_mib HTTP/1.1\r\n" HOST LAST, 400, NULL},
    {"auth", "GET /probe?target=ks-a&auth=public HTTP/1.1\r\n" HOST LAST, 400, NULL},
    {"community", "GET /probe?target=ks-a&community=public HTTP/1.1\r\n" HOST LAST, 400, NULL},
    {"two targets", "GET /probe?target=ks-a&target=silent HTTP/1.1\r\n" HOST LAST, 400, NULL},
    {"debug is a word", "GET /probe?target=ks-a&debug=yes HTTP/1.1\r\n" HOST LAST, 400, NULL},
    {"many parameters", "GET /metrics?a&b&c&d&e&f&g&h&i HTTP/1.1\r\n" HOST LAST, 400, NULL},
    /* documents */
    {"landing page", "GET / HTTP/1.1\r\n" HOST LAST, 200, "<a href=\"/metrics\">"},
    {"policy of the page", "GET / HTTP/1.1\r\n" HOST LAST, 200,
     "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
     "connect-src 'self'; img-src 'self'; require-trusted-types-for 'script'; "
     "trusted-types 'none'; frame-ancestors 'none'"},
    {"policy of all else", "GET /api/v1/fleet HTTP/1.1\r\n" HOST LAST, 200,
     "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'"},
    {"a file of the page", "GET /page/main.mjs HTTP/1.1\r\n" HOST LAST, 200,
     "Content-Type: text/javascript; charset=utf-8"},
    {"as it is", "GET /page/page.css HTTP/1.1\r\n" HOST LAST, 200, "\r\n\r\n/* SPDX"},
    {"packed beforehand",
     "GET /page/page.css HTTP/1.1\r\n" HOST "Accept-Encoding: gzip\r\n" LAST, 200,
     "Content-Encoding: gzip"},
    {"no such file of the page", "GET /page/none HTTP/1.1\r\n" HOST LAST, 404, "not found"},
    {"the shell only at /", "GET /page/index.html HTTP/1.1\r\n" HOST LAST, 404, "not found"},
    {"the version is filled in", "GET / HTTP/1.1\r\n" HOST LAST, 200,
     "getvpn_exporter " GV_VERSION "<"},
    {"no sniffing", "GET /config2 HTTP/1.1\r\n" HOST LAST, 404,
     "X-Content-Type-Options: nosniff"},
    {"escaped path", "GET /%6d%65trics HTTP/1.1\r\n" HOST LAST, 200, "getvpn_up"},
    {"fleet", "GET /api/v1/fleet HTTP/1.1\r\n" HOST LAST, 200, "\"name\": \"gm-a\""},
    {"group", "GET /api/v1/groups/G1 HTTP/1.1\r\n" HOST LAST, 200, "\"outcome\": \"mismatch\""},
    {"unknown group", "GET /api/v1/groups/G2 HTTP/1.1\r\n" HOST LAST, 404, NULL},
    {"device", "GET /api/v1/devices/ks-a HTTP/1.1\r\n" HOST LAST, 200,
     "\"lead_seconds\": -1.5"},
    {"rekeys", "GET /api/v1/rekeys HTTP/1.1\r\n" HOST LAST, 200,
     "\"verdict\": \"after_expiry\""},
    {"not ready yet", "GET /-/ready HTTP/1.1\r\n" HOST LAST, 503, NULL},
};

static bool answer_has(const char *part)
{
    return strstr(peer_answer, part) != NULL;
}

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int status = peer_ask(&peer, rows[i].request, strlen(rows[i].request));

        CHECK_INT(rows[i].name, status, rows[i].status);
        CHECK(rows[i].name, rows[i].part == NULL || answer_has(rows[i].part));
        CHECK(rows[i].name, strstr(peer_answer + 9, "HTTP/1.1 200") == NULL); /* one answer */
    }
}

static void test_paths(void)
{
    for (size_t i = 0; i < sizeof(strange_paths) / sizeof(strange_paths[0]); i++)
        CHECK_INT(strange_paths[i], peer_get(&peer, strange_paths[i], ""), 404);
}

static void test_targets(void)
{
    static char target[LONG_SIZE + 32] = "/probe?target=";
    long before = peer_count(&peer, "polls");

    for (size_t i = 0; i < sizeof(strange_targets) / sizeof(strange_targets[0]); i++) {
        (void)snprintf(target, sizeof(target), "/probe?target=%s", strange_targets[i]);
        CHECK_INT(strange_targets[i], peer_get(&peer, target, ""), 404);
        CHECK(strange_targets[i], !answer_has("X-Injected"));
    }
    memset(target, 'a', sizeof(target) - 1);
    memcpy(target, "/probe?target=", 14);
    CHECK_INT("64 kB", peer_get(&peer, target, ""), 414);
    CHECK_INT("no poll began", peer_count(&peer, "polls"), before);
}

static void test_large_header(void)
{
    static char line[LONG_SIZE];

    memset(line, 'a', sizeof(line) - 1);
    memcpy(line, "X: ", 3);
    memcpy(line + sizeof(line) - 3, "\r\n", 3);
    CHECK_INT("64 kB of header", peer_get(&peer, "/metrics", line), 431);
}

/* More than the server reads: it may end while we still send. */
static void test_large_request_line(void)
{
    static char line[HUGE_SIZE];
    int status;

    memset(line, 'a', sizeof(line));
    memcpy(line, "GET /", 5);
    status = peer_ask(&peer, line, sizeof(line));
    CHECK("1 MB of request line", status == 414 || status == 0);
    CHECK_INT("and served after it", peer_get(&peer, "/metrics", ""), 200);
}

static void test_negotiation(void)
{
    static const struct {
        const char *name, *header, *part;
    } formats[] = {
        {"nothing asked", "", "text/plain; version=0.0.4; charset=utf-8\r\n"},
        {"browser", "Accept: text/html,*/*;q=0.8\r\n", "text/plain; version=0.0.4"},
        {"OpenMetrics",
         "Accept: application/openmetrics-text; version=1.0.0,text/plain;q=0.5\r\n",
         "application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"},
        {"its end", "Accept: application/openmetrics-text\r\n", "\n# EOF\n"},
        {"in two fields",
         "Accept: text/plain;q=0.3\r\nAccept: application/openmetrics-text\r\n",
         "application/openmetrics-text"},
        {"no gzip wanted", "Accept-Encoding: gzip;q=0\r\n", "getvpn_up"},
        {"gzip", "Accept-Encoding: gzip\r\n", "Content-Encoding: gzip\r\n"},
    };
    static const char head[] = "HEAD /metrics HTTP/1.1\r\n" HOST LAST;

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        CHECK_INT(formats[i].name, peer_get(&peer, "/metrics", formats[i].header), 200);
        CHECK(formats[i].name, answer_has(formats[i].part));
    }
    CHECK("gzip's first octets",
          memcmp(strstr(peer_answer, "\r\n\r\n") + 4, "\x1f\x8b", 2) == 0);
    CHECK_INT("HEAD", peer_ask(&peer, head, sizeof(head) - 1), 200);
    CHECK("a length", answer_has("Content-Length: ") && !answer_has("Content-Length: 0\r"));
    CHECK_STR("no body", strstr(peer_answer, "\r\n\r\n"), "\r\n\r\n");
}

static void test_probe(void)
{
    long before = peer_count(&peer, "polls");
    int joined[4];

    CHECK_INT("by name", peer_get(&peer, "/probe?target=ks-a", ""), 200);
    CHECK("its metrics", answer_has("getvpn_up{device=\"ks-a\"} 1\n"));
    CHECK("no other's", !answer_has("gm-odd"));
    CHECK("no answers", !answer_has("> request 1\n"));
    CHECK_INT("by address", peer_get(&peer, "/probe?target=192.0.2.1", ""), 200);
    CHECK("the target's name", answer_has("getvpn_up{device=\"ks-a\"} 1\n"));
    CHECK_INT("debug", peer_get(&peer, "/probe?target=ks-a&debug=true", ""), 200);
    CHECK("in words", answer_has("probe: timeout\n") && answer_has("no prompt within 10 s\n"));
    CHECK("with its answers, harmless", answer_has("> request 1\n\\x1B[31mred\n"));
    CHECK_INT(
        "in time",
        peer_get(&peer, "/probe?target=silent", "X-Prometheus-Scrape-Timeout-Seconds: 0.4\r\n"),
        200);
    CHECK("honest", answer_has("getvpn_up{device=\"silent\"} 0\n"));
    for (size_t i = 0; i < 4; i++) {
        static const char ask[] = "GET /probe?target=ks-a HTTP/1.1\r\n" HOST LAST;

        joined[i] = peer_connect(&peer);
        peer_send(joined[i], ask, sizeof(ask) - 1);
    }
    for (size_t i = 0; i < 4; i++) {
        size_t n = peer_receive(joined[i], peer_answer, 4096);

        CHECK("at the same time", n != (size_t)-1 && answer_has("HTTP/1.1 200"));
        (void)close(joined[i]);
    }
    CHECK_INT("polls", peer_count(&peer, "polls"), before + 8);
}

static void test_reload(void)
{
    static const char ask[] = "POST /-/reload HTTP/1.1\r\n" HOST LAST;
    static const char put[] = "PUT /-/reload HTTP/1.1\r\n" HOST "Content-Length: 0\r\n" LAST;

    CHECK_INT("first", peer_ask(&peer, ask, sizeof(ask) - 1), 200);
    CHECK_INT("too soon", peer_ask(&peer, put, sizeof(put) - 1), 429);
    CHECK("when", answer_has("Retry-After: 10\r\n"));
    CHECK_INT("asked once", peer_count(&peer, "reloads"), 1);
    CHECK_INT("ready now", peer_get(&peer, "/-/ready", ""), 200);
}

/* One octet every 50 ms: libmicrohttpd alone never ends it. The test waits for
 * the end of the stream, not for an instant. */
static void test_slow_header(const char *name, const char *begin)
{
    int fd = peer_connect(&peer);
    unsigned sent = 0;
    char octet;

    peer_send(fd, begin, strlen(begin));
    while (sent < 1000 && send(fd, "a", 1, MSG_NOSIGNAL) == 1) {
        ssize_t got = recv(fd, &octet, 1, MSG_DONTWAIT);

        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        (void)usleep(50000);
        sent++;
    }
    CHECK(name, sent < 1000);
    (void)close(fd);
}

/* A connection that has been used may rest, but the next header has its deadline. */
static void test_slow_second_header(void)
{
    static const char ask[] = "GET /-/healthy HTTP/1.1\r\n" HOST "\r\n";
    int fd = peer_connect(&peer);

    peer_send(fd, ask, sizeof(ask) - 1);
    CHECK("first answer", recv(fd, peer_answer, 4096, 0) > 0);
    (void)usleep(2000 * PEER_REQUEST_MS);
    peer_send(fd, ask, sizeof(ask) - 1);
    CHECK("kept alive beyond the header's deadline", recv(fd, peer_answer, 4096, 0) > 0);
    (void)close(fd);
    test_slow_header("second header",
                     "GET /-/healthy HTTP/1.1\r\n" HOST "\r\nGET /-/healthy HTTP/1.1\r\nX: ");
}

static int ask_config(void)
{
    static const char ask[] = "GET /config HTTP/1.1\r\n" HOST LAST;
    int fd = peer_connect(&peer);

    peer_send(fd, ask, sizeof(ask) - 1);
    return fd;
}

static void test_slow_reader(void)
{
    int fd = ask_config();
    size_t n;

    (void)usleep(2000 * PEER_RESPONSE_MS);
    n = peer_receive(fd, peer_answer, 4096);
    CHECK("begun", strncmp(peer_answer, "HTTP/1.1 200", 12) == 0);
    CHECK("ended before the whole body", n != (size_t)-1 && n < PEER_CONFIG_SIZE);
    (void)close(fd);
    /* A busy machine makes anybody slow: one of some tries is quick. */
    n = 0;
    for (int i = 0; i < 10 && n < PEER_CONFIG_SIZE; i++) {
        fd = ask_config();
        n = peer_receive(fd, peer_answer, 4096);
        (void)close(fd);
    }
    CHECK("a quick reader has all", n != (size_t)-1 && n > PEER_CONFIG_SIZE);
}

/* Thirty answers of 32 MB that nobody reads: memory stays bounded, because the
 * slowest readers give way, and others are served. */
static void test_readers_give_way(void)
{
    enum { READERS = 30 };
    int fds[READERS], status = 0;
    unsigned refused = 0;

    for (size_t i = 0; i < READERS; i++)
        fds[i] = ask_config();
    for (int i = 0; i < 100 && status != 200; i++)
        status = peer_get(&peer, "/metrics", "");
    CHECK_INT("another client, soon", status, 200);
    for (size_t i = 0; i < READERS; i++) {
        size_t n = peer_receive(fds[i], peer_answer, 4096);

        refused += n < PEER_CONFIG_SIZE ? 1 : 0;
        (void)close(fds[i]);
    }
    CHECK("some gave way", refused > 0); /* all, where the machine is slow */
}

static void test_aborts(void)
{
    for (int i = 0; i < ABORTS; i++) {
        int fd = ask_config();
        const struct linger reset = {1, 0};

        (void)recv(fd, peer_answer, 4096, 0);
        if (i % 2 == 0)
            (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        (void)close(fd);
    }
    CHECK_INT("still serving", peer_get(&peer, "/metrics", ""), 200);
}

static void test_idle(void)
{
    static int fds[IDLE];
    unsigned open = 0;

    for (size_t i = 0; i < IDLE; i++) {
        fds[i] = peer_connect(&peer);
        open += fds[i] >= 0;
    }
    CHECK_INT("idle connections", open, IDLE);
    for (int i = 0; i < SCRAPES; i++)
        CHECK_INT("a scrape beside them", peer_get(&peer, "/metrics", ""), 200);
    for (size_t i = 0; i < IDLE; i++)
        (void)close(fds[i]);
}

/* All that one address may have are busy: it has no more, and another one is served. */
static void test_one_address(void)
{
    static const char ask[] = "GET /probe?target=silent HTTP/1.1\r\n" HOST "\r\n";
    enum { MOST = PEER_CONNECTIONS / 2 };
    struct peer other;
    int busy[MOST];

    peer = peer_start(0);
    other = peer;
    other.from = 2;
    for (size_t i = 0; i < MOST; i++) {
        busy[i] = peer_connect(&peer);
        peer_send(busy[i], ask, sizeof(ask) - 1);
    }
    for (int i = 0; i < 1000 && peer_count(&other, "polls") < MOST; i++)
        (void)usleep(10000);
    CHECK_INT("all are busy", peer_count(&other, "polls"), MOST);
    CHECK_INT("one more of its address", peer_get(&peer, "/metrics", ""), 503);
    CHECK_INT("of another address", peer_get(&other, "/metrics", ""), 200);
    for (size_t i = 0; i < MOST; i++)
        (void)close(busy[i]);
    CHECK_INT("its end", peer_stop(&peer), 0);
}

/* No descriptor is left: idle connections make room, and for busy ones there is
 * the reserve. Afterwards all is as before. */
static void test_descriptors(void)
{
    static const char ask[] = "GET /probe?target=silent HTTP/1.1\r\n" HOST "\r\n";
    enum { SPARE = 4, WAITING = 3, CROWD = 20 };
    int waiting[WAITING], crowd[CROWD];

    peer = peer_start(SPARE);
    for (size_t i = 0; i < WAITING; i++) {
        waiting[i] = peer_connect(&peer);
        peer_send(waiting[i], ask, sizeof(ask) - 1);
    }
    CHECK_INT("beside busy ones", peer_get(&peer, "/metrics", ""), 200);
    CHECK_INT("which are busy", peer_count(&peer, "polls"), WAITING);
    for (size_t i = 0; i < CROWD; i++)
        crowd[i] = peer_connect(&peer);
    CHECK_INT("beside idle ones", peer_get(&peer, "/metrics", ""), 200);
    for (size_t i = 0; i < CROWD; i++)
        (void)close(crowd[i]);
    for (size_t i = 0; i < WAITING; i++)
        (void)close(waiting[i]);
    CHECK_INT("afterwards", peer_get(&peer, "/metrics", ""), 200);
    CHECK_INT("its end", peer_stop(&peer), 0);
}

/* A probe is under way, a connection is open: the end is clean all the same. */
static void test_stop(void)
{
    static const char ask[] = "GET /probe?target=silent HTTP/1.1\r\n" HOST "\r\n";
    int waiting = peer_connect(&peer), idle = peer_connect(&peer);
    long before = peer_count(&peer, "polls");

    peer_send(waiting, ask, sizeof(ask) - 1);
    for (int i = 0; i < 100 && peer_count(&peer, "polls") == before; i++)
        (void)usleep(10000);
    CHECK_INT("clean end", peer_stop(&peer), 0);
    (void)close(waiting);
    (void)close(idle);
}

int main(void)
{
    struct rlimit files;

    (void)signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    peer = peer_start(0);
    CHECK("the server listens", peer.port > 0);
    test_rows();
    test_paths();
    test_targets();
    test_large_header();
    test_large_request_line();
    test_negotiation();
    test_probe();
    test_reload();
    test_slow_header("slow header", "GET /metrics HTTP/1.1\r\n" HOST "X: ");
    test_slow_header("slow request line", "GET /");
    test_slow_second_header();
    test_slow_reader();
    test_readers_give_way();
    test_aborts();
    test_idle();
    test_stop();
    test_descriptors();
    test_one_address();
    return check_end();
}
