/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the HTTP server share. Nobody else includes this.
 *
 *   server.c   start, stop, libmicrohttpd in our loop
 *   listener.c accept connections; listen.c opens the sockets, inherit.c takes open ones
 *   conn.c     connections: how many, from where, for how long
 *   request.c  one request: is it well formed, which route
 *   routes.c   the table of routes and the short handlers
 *   scrape.c   the telemetry path: one body for scrapes at one instant
 *   probe.c    /probe: answers late
 *   page.c     the status page; page_file.h its files
 *   answer.c   answers: headers, gzip
 *   web.c      the web configuration in force
 *   tls.c      one generation of certificate and rules
 *   users.c    basic authentication */
#ifndef GV_HTTP_INTERNAL_H
#define GV_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <netinet/in.h>

#include "http/accept.h"
#include "http/gzip.h"
#include "http/limits.h"
#include "http/page_file.h"
#include "http/server.h"
#include "http/tls.h"
#include "http/url.h"

enum gv_http_conn_state {
    GV_CONN_HEADER, /* a request is expected or arriving */
    GV_CONN_BUSY,   /* it is being answered */
    GV_CONN_IDLE,   /* between two requests */
    GV_CONN_CLOSING /* shut down by us; no longer counted */
};

/* One connection, from accept to close. */
struct gv_http_conn {
    struct gv_http_conn *prev, *next; /* oldest first */
    struct gv_http_server *server;
    struct in6_addr address; /* IPv4 as ::ffff:a.b.c.d */
    int fd;
    enum gv_http_conn_state state;
    struct gv_time since; /* in that state */
    bool large;           /* a large body is being read */
    bool admin;           /* it came to an admin listener */
    struct gv_tls_session tls;
    struct gv_timer *deadline;
};

/* A body that scrapes at one instant share. */
struct gv_http_shared {
    struct MHD_Response *response; /* NULL: none */
    size_t n;                      /* octets of the body */
    struct gv_time made_at;
};

struct gv_http_server {
    struct gv_loop *loop;
    struct gv_http_hooks hooks;
    unsigned connections, connections_per_address;
    struct gv_dur request_deadline, response_deadline;
    char *telemetry_path;
    struct gv_http_listener *listeners;
    int reserve_fd; /* to be given up when the process has no more; -1: is given up */
    struct MHD_Daemon *mhd;
    struct gv_watch *watch; /* its epoll descriptor */
    struct gv_timer *again; /* it has more to do */
    struct gv_http_conn *oldest, *newest;
    struct gv_http_probe *probes;
    struct gv_http_shared shared[2][2]; /* [enum gv_exposition][gzip] */
    struct gv_timer *shared_end;
    size_t body_octets; /* of large bodies that some client still reads */
    size_t body_guess;  /* octets of the last exposition */
    char *spare;        /* memory of a body that was read; NULL: none */
    size_t spare_room;
    struct gv_gzip *gzip;                  /* NULL until a client wants it */
    const struct gv_http_listener *taking; /* the one whose connection is being added */
    bool has_admin;                        /* some listener is one for admins */
    struct gv_tls *tls;                    /* for the connections to come; NULL: in the clear */
    bool clients_verified;                 /* each client has shown its certificate */
    struct gv_http_users *users;           /* NULL: none were ever configured */
    char *headers[GV_WEB_HEADER_COUNT];    /* NULL: ours */
    uint64_t rate_interval_ns;             /* 0: no limit */
    uint32_t rate_burst;
    double rate_tokens; /* as of rate_at */
    struct gv_time rate_at;
    bool reloaded;
    struct gv_time reloaded_at;
    struct gv_http_stats stats;
};

enum gv_http_method { GV_OTHER_METHOD = 0, GV_GET = 1, GV_HEAD = 2, GV_POST = 4, GV_PUT = 8 };

/* What is known of who asks. */
enum gv_http_who {
    GV_WHO_UNKNOWN, /* not looked at yet, or a hash is being worked out */
    GV_WHO_ANYONE,  /* nobody is asked for a password */
    GV_WHO_USER,
    GV_WHO_NOBODY, /* no password, or a wrong one */
    GV_WHO_BUSY    /* too many passwords wait to be checked */
};

/* One request, from its request line to the end of its answer. */
struct gv_http_request {
    struct gv_http_server *server;
    struct MHD_Connection *mhd;
    struct gv_http_conn *conn;
    struct gv_http_probe *probe; /* the one it waits for or will show */
    enum gv_http_who who;
    struct gv_http_check *check;          /* the password check that it waits for */
    struct gv_http_request *next_waiting; /* for the same one */
    bool begun;                           /* its header is there and was checked */
    struct gv_url url;
    struct gv_text rest; /* the path behind a route that ends with '/' */
    struct gv_accept accept;
    size_t raw_n;
    char raw[]; /* the request target */
};

/* server.c */
/* Let libmicrohttpd run soon, never from inside: a connection came or was resumed. */
void gv_http_server_run(struct gv_http_server *server);

/* listener.c */
/* Listen on `spec`, the index-th of the policy; failures as gv_http_server_start. */
enum gv_err gv_http_listeners_add(struct gv_http_server *server, size_t index, bool admin,
                                  const char *spec, char *why, size_t why_size) GV_MUST_CHECK;
/* Listen on the sockets that the service manager handed over, as the first of the policy. */
enum gv_err gv_http_listeners_inherit(struct gv_http_server *server, char *why,
                                      size_t why_size) GV_MUST_CHECK;
/* That listener is one for admins. */
bool gv_http_listener_admin(const struct gv_http_listener *l);
void gv_http_listeners_clear(struct gv_http_server *server);

/* conn.c */
/* Whether another connection from there may come; an idle one may be ended for it. */
bool gv_http_conn_admit(struct gv_http_server *server, const struct sockaddr *from);
/* End the oldest connection that has no request under way, if there is one. */
void gv_http_conn_shed(struct gv_http_server *server);
/* libmicrohttpd's MHD_NotifyConnectionCallback. */
void gv_http_conn_notify(void *server, struct MHD_Connection *mhd, void **context,
                         enum MHD_ConnectionNotificationCode what);
/* End the connection that has been reading a large body the longest, if there is
 * one, and none that was ended for that is still there. */
void gv_http_conn_shed_reader(struct gv_http_server *server);
/* Enter that state, with its deadline; one that was shut down stays so. */
void gv_http_conn_enter(struct gv_http_conn *conn, enum gv_http_conn_state state);
/* Busy, with no deadline until it enters a state again: who waits has its own. */
void gv_http_conn_wait(struct gv_http_conn *conn);
/* The peer is this machine. */
bool gv_http_conn_local(const struct gv_http_conn *conn);

/* request.c: libmicrohttpd's callbacks */
void *gv_http_request_begin(void *server, const char *raw, struct MHD_Connection *mhd);
enum MHD_Result gv_http_request_handle(void *server, struct MHD_Connection *mhd,
                                       const char *url, const char *method, const char *version,
                                       const char *upload, size_t *upload_n, void **request);
void gv_http_request_end(void *server, struct MHD_Connection *mhd, void **request,
                         enum MHD_RequestTerminationCode how);
/* Parameter `name` of the query; NULL where it is not there. */
const struct gv_text *gv_http_request_param(const struct gv_http_request *r, const char *name);

/* routes.c: find the route and let it answer. */
enum MHD_Result gv_http_route(struct gv_http_request *r, enum gv_http_method method);

/* page.c, scrape.c, probe.c: handlers */
enum MHD_Result gv_http_page(struct gv_http_request *r);
enum MHD_Result gv_http_page_file(struct gv_http_request *r);
enum MHD_Result gv_http_scrape(struct gv_http_request *r);
enum MHD_Result gv_http_probe(struct gv_http_request *r);
/* Drop the shared bodies. */
void gv_http_shared_clear(struct gv_http_server *server);
/* The request is over; its probe goes on without it. */
void gv_http_probe_leave(struct gv_http_request *r);
/* No request waits any longer; what is under way ends unseen. */
void gv_http_probes_abandon(struct gv_http_server *server);

/* web.c */
/* Release what the web configuration left. */
void gv_http_web_clear(struct gv_http_server *server);
/* Take one request's token; false: there is none. */
bool gv_http_rate_take(struct gv_http_server *server);
/* The value of a header of every answer: the web configuration's, else `ours`; "": left out. */
const char *gv_http_header(const struct gv_http_server *server, const char *name,
                           const char *ours);

/* users.c */
/* Take these users in place of those of before; what waits goes on. */
enum gv_err gv_http_users_set(struct gv_http_server *server, const struct gv_web_user *rows,
                              size_t count) GV_MUST_CHECK;
bool gv_http_users_asked(const struct gv_http_server *server);
/* Set r->who from the request's header. Where it stays GV_WHO_UNKNOWN a worker was asked, and
 * the connection is suspended until r->who is set. */
void gv_http_users_ask(struct gv_http_request *r);
/* The request is over; its check goes on without it. */
void gv_http_users_leave(struct gv_http_request *r);
/* No request waits any longer; release. */
void gv_http_users_free(struct gv_http_server *server);

/* answer.c */
/* An empty body, in the memory of an earlier one: fresh pages cost more than the text. */
struct gv_buf gv_http_body_new(struct gv_http_server *server);
/* Take over the memory of a body that nobody reads any longer. */
void gv_http_body_keep(struct gv_http_server *server, char *at, size_t room);
/* Memory for one more large body; readers may be ended for it. */
bool gv_http_memory(struct gv_http_server *server);
/* A response of `type` that takes the body over, gzipped where that is welcome
 * and worth it; *n: its size then. NULL without memory. */
struct MHD_Response *gv_http_response(struct gv_http_server *server, const char *type,
                                      bool gzip, struct gv_buf *body, size_t *n);
enum MHD_Result gv_http_answer(struct gv_http_request *r, unsigned status, const char *type,
                               struct gv_buf *body);
/* One line of plain text, and one header of its own (NULL: none). */
enum MHD_Result gv_http_answer_text(struct gv_http_request *r, unsigned status,
                                    const char *text);
enum MHD_Result gv_http_answer_with(struct gv_http_request *r, unsigned status,
                                    const char *text, const char *header, const char *value);
/* That file, packed where it may be; its octets are never copied. */
enum MHD_Result gv_http_answer_file(struct gv_http_request *r, const struct gv_page_file *file);
/* Queue `response` with its body of n octets; it stays the caller's. */
enum MHD_Result gv_http_queue(struct gv_http_request *r, unsigned status,
                              struct MHD_Response *response, size_t n);

extern const char gv_http_type_text[], gv_http_type_html[], gv_http_type_json[];
const char *gv_http_type_exposition(enum gv_exposition format);

#endif
