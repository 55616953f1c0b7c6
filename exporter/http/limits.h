/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit of the HTTP server that is not a policy of the configuration. */
#ifndef GV_HTTP_LIMITS_H
#define GV_HTTP_LIMITS_H

enum {
    GV_HTTP_BACKLOG = 1024,            /* connections that wait to be accepted */
    GV_HTTP_CONNECTION_MEMORY = 16384, /* request line and header: beyond it 414 or 431 */
    GV_HTTP_CLOSING_MOST = 64,         /* connections shut down that still hold a descriptor */
    GV_HTTP_ADDRESSES_MOST = 8,        /* of one listening address */
    GV_HTTP_PAUSE_MS = 100,            /* no descriptor is left: listen again after this */
    GV_HTTP_IDLE_MS = 75000,           /* between two requests: more than the usual minute */
    GV_HTTP_SEND_BUFFER = 131072,      /* so that one client's turn of sending is short */
    GV_HTTP_BODY_MOST = 128 << 20,     /* octets of one answer */
    GV_HTTP_BODIES_SOFT = 64 << 20,    /* bodies being read: the slowest reader gives way */
    GV_HTTP_BODIES_MOST = 256 << 20,   /* no large answer beyond this */
    GV_HTTP_SPARE_MOST = 32 << 20,     /* a body's memory kept for the next scrape */
    GV_HTTP_BODY_LARGE = 64 << 10,     /* smaller ones are not counted */
    GV_HTTP_GZIP_LEAST = 1024,         /* smaller bodies are not worth it */
    GV_HTTP_SHARE_MS = 100,            /* scrapes this close together share one body */
    GV_HTTP_NAME_MOST = 255,           /* octets of a target, group or device asked for */
    GV_HTTP_PROBE_MS = 10000,          /* a probe without a scrape timeout */
    GV_HTTP_PROBE_MOST_MS = 60000,
    GV_HTTP_SAID_MOST = 1 << 20,     /* octets of a device's answers, in all */
    GV_HTTP_PROBE_MARGIN_MS = 500,   /* left of a scrape timeout to answer in */
    GV_HTTP_RELOAD_EVERY_MS = 10000, /* one reload at most in this time */
    GV_HTTP_REMEMBERED_MOST = 128,   /* passwords that were right */
    GV_HTTP_REMEMBERED_S = 300,      /* how long */
    GV_HTTP_CHECKS_MOST = 8,         /* different credentials that wait to be checked */
    GV_HTTP_CHECKS_HERE_MOST = 2,    /* of them from one address */
};

#endif
