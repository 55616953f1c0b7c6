/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: basic authentication against bcrypt hashes.
 *
 * A hash costs tens of milliseconds, so it is worked out by a worker, one at a time, and a
 * password that was right is remembered for a while: not itself, but an HMAC of it under a key
 * of this process. An unknown user costs the same work as a wrong password. What waits is
 * bounded, for all and for each address; requests with the same credentials wait together. */
#include <crypt.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "http/internal.h"

enum { MARK_SIZE = 32, HASH_SIZE = 64 };

/* User, hash and password as one value that tells nothing of them. */
struct mark {
    unsigned char octets[MARK_SIZE];
};

struct remembered {
    struct mark mark;
    struct gv_time until; /* 0: free */
};

/* One hash to be worked out, and the requests that wait for it. */
struct gv_http_check {
    struct gv_http_check *next;
    struct gv_http_server *server; /* NULL: it has ended */
    struct gv_http_request *waiting;
    struct mark mark;
    struct in6_addr address;
    char *password;
    char hash[HASH_SIZE];
    bool known; /* the user is; else the work is done for nothing */
    bool right;
};

struct gv_http_users {
    struct gv_web_user *rows; /* copies */
    size_t count;
    const char *dearest; /* the hash with the highest cost: for users that are unknown */
    unsigned char key[MARK_SIZE];
    struct remembered remembered[GV_HTTP_REMEMBERED_MOST];
    struct gv_http_check *first; /* being worked out, then those that wait */
};

static void free_rows(struct gv_web_user *rows, size_t count)
{
    for (size_t i = 0; rows != NULL && i < count; i++) {
        free((char *)(uintptr_t)rows[i].name);
        free((char *)(uintptr_t)rows[i].hash);
    }
    free(rows);
}

static struct gv_web_user *copy_rows(const struct gv_web_user *rows, size_t count)
{
    struct gv_web_user *copy = calloc(count + 1, sizeof(*copy));

    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = (struct gv_web_user){strdup(rows[i].name), strdup(rows[i].hash)};
        if (copy[i].name == NULL || copy[i].hash == NULL) {
            free_rows(copy, count);
            return NULL;
        }
    }
    return copy;
}

/* The cost is two digits behind the version: "$2y$10$". */
static const char *dearest_of(const struct gv_web_user *rows, size_t count)
{
    const char *dearest = NULL;

    for (size_t i = 0; i < count; i++)
        if (dearest == NULL || memcmp(rows[i].hash + 4, dearest + 4, 2) > 0)
            dearest = rows[i].hash;
    return dearest;
}

enum gv_err gv_http_users_set(struct gv_http_server *server, const struct gv_web_user *rows,
                              size_t count)
{
    struct gv_http_users *users = server->users;
    struct gv_web_user *copy;

    if (users == NULL && count == 0)
        return GV_OK;
    if (users == NULL) {
        users = calloc(1, sizeof(*users));
        if (users == NULL)
            return GV_ERR_NO_MEMORY;
        if (gnutls_rnd(GNUTLS_RND_KEY, users->key, sizeof(users->key)) != 0) {
            free(users);
            return GV_ERR_SYSTEM;
        }
        server->users = users;
    }
    copy = copy_rows(rows, count);
    if (copy == NULL)
        return GV_ERR_NO_MEMORY;
    free_rows(users->rows, users->count);
    users->rows = copy;
    users->count = count;
    users->dearest = dearest_of(copy, count);
    return GV_OK;
}

bool gv_http_users_asked(const struct gv_http_server *server)
{
    return server->users != NULL && server->users->count > 0;
}

/* The lengths are marked too, so that no two credentials run into the same octets. */
static bool make_mark(const struct gv_http_users *users, const char *user, const char *hash,
                      struct gv_text password, struct mark *out)
{
    struct gv_buf all = gv_buf(GV_HTTP_CONNECTION_MEMORY * 2);
    bool ok;

    gv_buf_add(&all, user, strlen(user) + 1);
    gv_buf_add(&all, hash, strlen(hash) + 1);
    gv_buf_add_text(&all, password);
    ok = all.err == GV_OK && gnutls_hmac_fast(GNUTLS_MAC_SHA256, users->key, sizeof(users->key),
                                              all.at, all.n, out->octets) == 0;
    if (all.at != NULL)
        gv_wipe(all.at, all.n);
    gv_buf_clear(&all);
    return ok;
}

static bool same_mark(const struct mark *a, const struct mark *b)
{
    return gnutls_memcmp(a->octets, b->octets, MARK_SIZE) == 0;
}

static bool remembers(const struct gv_http_users *users, const struct mark *mark,
                      struct gv_time now)
{
    bool found = false;

    for (size_t i = 0; i < GV_HTTP_REMEMBERED_MOST; i++)
        found |= gv_time_before(now, users->remembered[i].until) &&
                 same_mark(&users->remembered[i].mark, mark);
    return found;
}

/* In the place of the one that ends first. */
static void remember(struct gv_http_users *users, const struct mark *mark, struct gv_time now)
{
    struct remembered *to = &users->remembered[0];

    for (size_t i = 1; i < GV_HTTP_REMEMBERED_MOST; i++)
        if (gv_time_before(users->remembered[i].until, to->until))
            to = &users->remembered[i];
    *to = (struct remembered){*mark, gv_time_add(now, gv_secs(GV_HTTP_REMEMBERED_S))};
}

static void free_check(struct gv_http_check *check)
{
    if (check->password != NULL)
        gv_wipe(check->password, strlen(check->password));
    free(check->password);
    free(check);
}

/* In the worker's thread: nothing of the server is touched. */
static void work_out(void *arg)
{
    struct gv_http_check *check = arg;
    struct crypt_data *memory = calloc(1, sizeof(*memory));
    const char *got = memory != NULL ? crypt_r(check->password, check->hash, memory) : NULL;
    size_t n = strlen(check->hash);

    check->right = got != NULL && strlen(got) == n && gnutls_memcmp(got, check->hash, n) == 0;
    check->right &= check->known;
    if (memory != NULL)
        gv_wipe(memory, sizeof(*memory));
    free(memory);
}

static void go_on(struct gv_http_request *r, enum gv_http_who who)
{
    r->check = NULL;
    r->who = who;
    gv_http_conn_enter(r->conn, GV_CONN_BUSY);
    MHD_resume_connection(r->mhd);
}

static void settle(struct gv_http_check *check, enum gv_http_who who)
{
    struct gv_http_request *r = check->waiting;

    check->waiting = NULL;
    while (r != NULL) {
        struct gv_http_request *next = r->next_waiting;

        go_on(r, who);
        r = next;
    }
}

static void worked_out(void *arg);

/* Give the first check to a worker; without one all that wait are turned away. */
static void work(struct gv_http_server *server)
{
    struct gv_http_check *check = server->users->first;

    if (check == NULL)
        return;
    if (gv_loop_work(server->loop, work_out, worked_out, check) == GV_OK) {
        server->stats.password_checks++;
        return;
    }
    server->users->first = check->next;
    settle(check, GV_WHO_BUSY);
    free_check(check);
    work(server);
}

/* The hash is worked out: in the loop's thread again. */
static void worked_out(void *arg)
{
    struct gv_http_check *check = arg;
    struct gv_http_server *server = check->server;

    if (server == NULL) {
        free_check(check);
        return;
    }
    server->users->first = check->next;
    if (check->right)
        remember(server->users, &check->mark, gv_loop_now(server->loop));
    settle(check, check->right ? GV_WHO_USER : GV_WHO_NOBODY);
    free_check(check);
    work(server);
    gv_http_server_run(server);
}

static void wait_for(struct gv_http_request *r, struct gv_http_check *check)
{
    r->check = check;
    r->next_waiting = check->waiting;
    check->waiting = r;
    gv_http_conn_wait(r->conn);
    MHD_suspend_connection(r->mhd);
}

/* The check of these credentials that waits already; NULL: none. *full: no more may wait. */
static struct gv_http_check *find_check(const struct gv_http_request *r,
                                        const struct mark *mark, bool *full)
{
    unsigned all = 0, here = 0;

    for (struct gv_http_check *c = r->server->users->first; c != NULL; c = c->next) {
        if (same_mark(&c->mark, mark))
            return c;
        all++;
        here += memcmp(&c->address, &r->conn->address, sizeof(c->address)) == 0 ? 1 : 0;
    }
    *full = all >= GV_HTTP_CHECKS_MOST || here >= GV_HTTP_CHECKS_HERE_MOST;
    return NULL;
}

static struct gv_http_check *new_check(struct gv_http_request *r, const char *hash,
                                       const char *password)
{
    struct gv_http_check *check = calloc(1, sizeof(*check));

    if (check == NULL)
        return NULL;
    check->server = r->server;
    check->address = r->conn->address;
    check->password = strdup(password);
    (void)strncat(check->hash, hash, HASH_SIZE - 1);
    if (check->password != NULL)
        return check;
    free(check);
    return NULL;
}

/* Ask a worker, or wait with those who asked for the same. */
static enum gv_http_who ask(struct gv_http_request *r, const char *user,
                            struct gv_text password)
{
    struct gv_http_users *users = r->server->users;
    struct gv_http_check *check, **last = &users->first;
    const char *hash = NULL;
    struct mark mark;
    bool full = false;

    for (size_t i = 0; i < users->count; i++)
        if (strcmp(users->rows[i].name, user) == 0)
            hash = users->rows[i].hash;
    if (!make_mark(users, user, hash != NULL ? hash : users->dearest, password, &mark))
        return GV_WHO_BUSY;
    if (hash != NULL && remembers(users, &mark, gv_loop_now(r->server->loop)))
        return GV_WHO_USER;
    check = find_check(r, &mark, &full);
    if (check == NULL) {
        check = full ? NULL : new_check(r, hash != NULL ? hash : users->dearest, password.at);
        if (check == NULL)
            return GV_WHO_BUSY;
        /* crypt(3) reads up to a NUL: a password that goes on behind it is another one. */
        check->known = hash != NULL && strlen(password.at) == password.n;
        check->mark = mark;
        while (*last != NULL)
            last = &(*last)->next;
        *last = check;
        wait_for(r, check);
        if (users->first == check)
            work(r->server);
    } else {
        wait_for(r, check);
    }
    return GV_WHO_UNKNOWN;
}

/* RFC 7617, 2: base64 of "user:password". */
static bool read_credentials(const char *header, gnutls_datum_t *out)
{
    static const char scheme[] = "Basic ";
    struct gv_text text = gv_text(header);
    gnutls_datum_t encoded;

    if (text.n < sizeof(scheme) - 1 ||
        !gv_text_is_nocase(gv_text_head(text, sizeof(scheme) - 1), scheme))
        return false;
    text = gv_text_trim(gv_text_from(text, sizeof(scheme) - 1));
    encoded = (gnutls_datum_t){(unsigned char *)(uintptr_t)text.at, (unsigned)text.n};
    return text.n > 0 && gnutls_base64_decode2(&encoded, out) == 0;
}

/* Whose the "user:password" is. */
static enum gv_http_who ask_decoded(struct gv_http_request *r, const gnutls_datum_t *decoded)
{
    struct gv_text all = {(const char *)decoded->data, decoded->size};
    size_t colon = gv_text_index(all, ':');
    char *copy = malloc(all.n + 1);
    enum gv_http_who who = GV_WHO_NOBODY;

    if (copy == NULL)
        return GV_WHO_BUSY;
    memcpy(copy, all.at, all.n);
    copy[all.n] = '\0';
    if (colon < all.n) {
        copy[colon] = '\0';
        who = ask(r, copy, (struct gv_text){copy + colon + 1, all.n - colon - 1});
    }
    gv_wipe(copy, all.n);
    free(copy);
    return who;
}

void gv_http_users_ask(struct gv_http_request *r)
{
    const char *header =
        MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
    gnutls_datum_t decoded = {NULL, 0};

    r->who = GV_WHO_NOBODY;
    if (header == NULL || !read_credentials(header, &decoded))
        return;
    r->who = ask_decoded(r, &decoded);
    gv_wipe(decoded.data, decoded.size);
    gnutls_free(decoded.data);
}

void gv_http_users_leave(struct gv_http_request *r)
{
    struct gv_http_request **at = &r->check->waiting;

    while (*at != r)
        at = &(*at)->next_waiting;
    *at = r->next_waiting;
    r->check = NULL;
}

/* What a worker has cannot be called back: it ends by itself, later. */
void gv_http_users_free(struct gv_http_server *server)
{
    struct gv_http_users *users = server->users;
    bool worked = true;

    if (users == NULL)
        return;
    server->users = NULL;
    for (struct gv_http_check *c = users->first, *next; c != NULL; c = next) {
        next = c->next;
        settle(c, GV_WHO_BUSY);
        c->server = NULL;
        if (!worked)
            free_check(c);
        worked = false;
    }
    free_rows(users->rows, users->count);
    gv_wipe(users, sizeof(*users));
    free(users);
}
