/* SPDX-License-Identifier: Apache-2.0 */
#include "io/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS_MOST = 64 << 10, ACCEPT_SIZE = 128 };

struct gv_http_request {
    struct gv_http_client *client;
    struct gv_http_request *next;
    CURL *easy;
    struct curl_slist *headers;
    gv_http_done *done;
    void *arg;
    struct gv_buf body;
    size_t headers_n;
    bool too_large, has_date;
    int64_t date_unix_ms;
    char error[CURL_ERROR_SIZE];
};

struct gv_http_client {
    struct gv_loop *loop;
    CURLM *multi;
    struct gv_timer *timer;
    struct gv_http_request *requests; /* under way */
    unsigned inside;                  /* calls into done-callbacks */
    bool freed;                       /* from inside of one */
};

/* --- what curl tells of its sockets and its timer --- */

static void kick(struct gv_http_client *client, curl_socket_t fd, int events);

/* One watched descriptor; curl keeps it beside its socket. */
struct gate {
    struct gv_http_client *client;
    struct gv_watch *watch;
    curl_socket_t fd;
};

static void gate_ready(void *arg, unsigned events)
{
    const struct gate *gate = arg;
    int mask = ((events & GV_READABLE) ? CURL_CSELECT_IN : 0) |
               ((events & GV_WRITABLE) ? CURL_CSELECT_OUT : 0);

    kick(gate->client, gate->fd, mask);
}

static unsigned wanted_events(int what)
{
    return ((what & CURL_POLL_IN) ? GV_READABLE : 0u) |
           ((what & CURL_POLL_OUT) ? GV_WRITABLE : 0u);
}

static struct gate *gate_open(struct gv_http_client *client, curl_socket_t fd, int what)
{
    struct gate *gate = calloc(1, sizeof(*gate));

    if (gate == NULL)
        return NULL;
    gate->client = client;
    gate->fd = fd;
    gate->watch = gv_watch_start(client->loop, fd, wanted_events(what), gate_ready, gate);
    if (gate->watch != NULL && curl_multi_assign(client->multi, fd, gate) == CURLM_OK)
        return gate;
    gv_watch_stop(gate->watch);
    free(gate);
    return NULL;
}

static int socket_wants(CURL *easy, curl_socket_t fd, int what, void *arg, void *own)
{
    struct gate *gate = own;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (gate != NULL)
            gv_watch_stop(gate->watch);
        free(gate);
        return 0;
    }
    if (gate == NULL)
        return gate_open(arg, fd, what) != NULL ? 0 : -1;
    gv_watch_change(gate->watch, wanted_events(what));
    return 0;
}

static void timer_due(void *arg)
{
    struct gv_http_client *client = arg;

    client->timer = NULL;
    kick(client, CURL_SOCKET_TIMEOUT, 0);
}

static int timer_wants(CURLM *multi, long after_ms, void *arg)
{
    struct gv_http_client *client = arg;

    (void)multi;
    gv_timer_stop(client->timer);
    client->timer = NULL;
    if (after_ms < 0)
        return 0;
    client->timer = gv_timer_start(client->loop, (struct gv_dur){after_ms}, timer_due, client);
    return client->timer != NULL ? 0 : -1;
}

/* --- what curl hands over --- */

static size_t take_body(char *at, size_t size, size_t n, void *arg)
{
    struct gv_http_request *request = arg;

    gv_buf_add(&request->body, at, size * n);
    if (request->body.err == GV_OK)
        return size * n;
    request->too_large = request->body.err == GV_ERR_TOO_LARGE;
    return 0;
}

static size_t take_header(char *at, size_t size, size_t n, void *arg)
{
    static const char date[] = "date:";
    struct gv_http_request *request = arg;
    struct gv_text line = {at, size * n};
    char text[64] = "";
    time_t told;

    request->headers_n += line.n;
    if (request->headers_n > HEADERS_MOST) {
        request->too_large = true;
        return 0;
    }
    if (!gv_text_starts(line, date))
        return line.n;
    line = gv_text_trim(gv_text_from(line, sizeof(date) - 1));
    if (line.n < sizeof(text)) {
        memcpy(text, line.at, line.n);
        told = curl_getdate(text, NULL);
        request->has_date = told > 0;
        request->date_unix_ms = (int64_t)told * 1000;
    }
    return size * n;
}

/* --- the life of a request --- */

static void request_free(struct gv_http_request *request)
{
    struct gv_http_request **at = &request->client->requests;

    while (*at != NULL && *at != request)
        at = &(*at)->next;
    if (*at != NULL)
        *at = request->next;
    if (request->easy != NULL) {
        (void)curl_multi_remove_handle(request->client->multi, request->easy);
        curl_easy_cleanup(request->easy);
    }
    curl_slist_free_all(request->headers);
    gv_buf_clear(&request->body);
    free(request);
}

static const struct {
    CURLcode code;
    enum gv_err err;
} errors[] = {
    {CURLE_OK, GV_OK},
    {CURLE_OPERATION_TIMEDOUT, GV_ERR_TIMEOUT},
    {CURLE_COULDNT_RESOLVE_HOST, GV_ERR_NAME_LOOKUP},
    {CURLE_COULDNT_RESOLVE_PROXY, GV_ERR_NAME_LOOKUP},
    {CURLE_COULDNT_CONNECT, GV_ERR_UNREACHABLE},
    {CURLE_GOT_NOTHING, GV_ERR_UNREACHABLE},
    {CURLE_RECV_ERROR, GV_ERR_UNREACHABLE},
    {CURLE_SEND_ERROR, GV_ERR_UNREACHABLE},
    {CURLE_PARTIAL_FILE, GV_ERR_TRUNCATED},
    {CURLE_SSL_CONNECT_ERROR, GV_ERR_KEY_EXCHANGE},
    {CURLE_SSL_CERTPROBLEM, GV_ERR_AUTHENTICATION},
    {CURLE_SSL_CIPHER, GV_ERR_KEY_EXCHANGE},
    {CURLE_PEER_FAILED_VERIFICATION, GV_ERR_HOST_KEY_UNKNOWN},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, GV_ERR_HOST_KEY_CHANGED},
    {CURLE_UNSUPPORTED_PROTOCOL, GV_ERR_MALFORMED},
    {CURLE_WEIRD_SERVER_REPLY, GV_ERR_MALFORMED},
    {CURLE_BAD_CONTENT_ENCODING, GV_ERR_MALFORMED},
    {CURLE_OUT_OF_MEMORY, GV_ERR_NO_MEMORY},
};

static enum gv_err error_of(const struct gv_http_request *request, CURLcode code)
{
    if (request->too_large)
        return GV_ERR_TOO_LARGE;
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        if (errors[i].code == code)
            return errors[i].err;
    return GV_ERR_SYSTEM;
}

static void client_release(struct gv_http_client *client)
{
    while (client->requests != NULL)
        request_free(client->requests);
    /* Connections close here, and tell their sockets so. */
    (void)curl_multi_cleanup(client->multi);
    gv_timer_stop(client->timer);
    curl_global_cleanup();
    free(client);
}

/* Tell, once, and release; false where the client went meanwhile. */
static bool request_end(struct gv_http_request *request, CURLcode code)
{
    struct gv_http_client *client = request->client;
    struct gv_http_request **at = &client->requests;
    long status = 0;
    struct gv_http_answer answer = {
        .err = error_of(request, code),
        .has_date = request->has_date,
        .date_unix_ms = request->date_unix_ms,
        .body = {request->body.at != NULL ? request->body.at : "", request->body.n},
        .detail = request->error[0] != '\0' ? request->error : curl_easy_strerror(code),
    };

    (void)curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
    answer.status = (unsigned)status;
    while (*at != request)
        at = &(*at)->next;
    *at = request->next; /* from here on nobody can cancel it */
    client->inside++;
    request->done(request->arg, &answer);
    request_free(request);
    client->inside--;
    if (!client->freed || client->inside > 0)
        return !client->freed;
    client_release(client);
    return false;
}

/* Curl has stopped for good: so has everything. */
static void fail_all(struct gv_http_client *client)
{
    while (client->requests != NULL)
        if (!request_end(client->requests, CURLE_OUT_OF_MEMORY))
            return;
}

static void kick(struct gv_http_client *client, curl_socket_t fd, int events)
{
    int running, left;
    const CURLMsg *message;

    if (curl_multi_socket_action(client->multi, fd, events, &running) != CURLM_OK) {
        fail_all(client);
        return;
    }
    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        char *request = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &request);
        if (!request_end((struct gv_http_request *)(void *)request, message->data.result))
            return;
    }
}

/* --- asking --- */

/* Names are looked up in curl's own thread; quick_exit lets go of one that is busy. */
static void set_limits(CURL *easy, const struct gv_http_ask *ask)
{
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)ask->connect_limit.ms);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)ask->limit.ms);
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, ask->plain ? "http,https" : "https");
    (void)curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR,
                           ask->plain ? "http,https" : "https");
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, ask->redirects > 0 ? 1L : 0L);
    (void)curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)ask->redirects);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (!ask->environment)
        (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

/* Debian's curl also trusts a directory: named authorities are the only ones. */
static CURLcode set_trust(CURL *easy, const struct gv_http_ask *ask)
{
    CURLcode code = CURLE_OK;
    bool pin_alone = ask->pin != NULL && ask->ca_file == NULL;

    (void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, pin_alone ? 0L : 1L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, pin_alone ? 0L : 2L);
    if (ask->ca_file != NULL) {
        (void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
        code = curl_easy_setopt(easy, CURLOPT_CAINFO, ask->ca_file);
    }
    if (code == CURLE_OK && ask->pin != NULL)
        code = curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, ask->pin);
    return code;
}

/* The empty passphrase keeps a key that has one from asking for it at a terminal. */
static CURLcode set_certificate(CURL *easy, const struct gv_http_ask *ask)
{
    CURLcode code = CURLE_OK;

    if (ask->cert_file == NULL)
        return CURLE_OK;
    code = curl_easy_setopt(easy, CURLOPT_SSLCERT, ask->cert_file);
    if (code == CURLE_OK && ask->key_file != NULL)
        code = curl_easy_setopt(easy, CURLOPT_SSLKEY, ask->key_file);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "") : code;
}

static CURLcode set_login(CURL *easy, const struct gv_http_ask *ask)
{
    CURLcode code;

    if (ask->user == NULL)
        return CURLE_OK;
    (void)curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    code = curl_easy_setopt(easy, CURLOPT_USERNAME, ask->user);
    if (code != CURLE_OK || ask->password == NULL)
        return code;
    return curl_easy_setopt(easy, CURLOPT_PASSWORD, gv_secret_reveal(ask->password));
}

static bool set_accept(struct gv_http_request *request, const char *accept)
{
    struct gv_buf line = gv_buf(ACCEPT_SIZE);

    if (accept == NULL)
        return true;
    gv_buf_add_str(&line, "Accept: ");
    gv_buf_add_str(&line, accept);
    if (line.err == GV_OK)
        request->headers = curl_slist_append(NULL, line.at);
    gv_buf_clear(&line);
    return request->headers != NULL &&
           curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, request->headers) == CURLE_OK;
}

static bool set_up(struct gv_http_request *request, const struct gv_http_ask *ask)
{
    CURL *easy = request->easy;

    set_limits(easy, ask);
    (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->error);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
    return curl_easy_setopt(easy, CURLOPT_URL, ask->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, "getvpn_exporter/" GV_VERSION) ==
               CURLE_OK &&
           set_trust(easy, ask) == CURLE_OK && set_certificate(easy, ask) == CURLE_OK &&
           set_login(easy, ask) == CURLE_OK && set_accept(request, ask->accept);
}

bool gv_http_get(struct gv_http_client *client, const struct gv_http_ask *ask,
                 gv_http_done *done, void *arg)
{
    struct gv_http_request *request = calloc(1, sizeof(*request));

    if (request == NULL)
        return false;
    request->client = client;
    request->done = done;
    request->arg = arg;
    request->body = gv_buf(ask->most);
    request->next = client->requests;
    client->requests = request;
    request->easy = curl_easy_init();
    if (request->easy != NULL && set_up(request, ask) &&
        curl_multi_add_handle(client->multi, request->easy) == CURLM_OK)
        return true;
    request_free(request);
    return false;
}

/* --- the client --- */

struct gv_http_client *gv_http_client_new(struct gv_loop *loop)
{
    struct gv_http_client *client = calloc(1, sizeof(*client));

    if (client == NULL)
        return NULL;
    client->loop = loop;
    /* Counted by libcurl. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(client);
        return NULL;
    }
    client->multi = curl_multi_init();
    if (client->multi == NULL) {
        curl_global_cleanup();
        free(client);
        return NULL;
    }
    (void)curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, socket_wants);
    (void)curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    (void)curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, timer_wants);
    (void)curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    return client;
}

void gv_http_client_free(struct gv_http_client *client)
{
    if (client == NULL)
        return;
    while (client->requests != NULL)
        request_free(client->requests);
    client->freed = client->inside > 0;
    if (!client->freed)
        client_release(client);
}
