/* SPDX-License-Identifier: Apache-2.0 */
/* The one list of failures, from a malformed octet to a refused login.
 *
 * Two uses: the result of every function that can fail, and the closed list of
 * reasons in getvpn_collector_failures_total{reason}. */
#ifndef GV_BASE_ERROR_H
#define GV_BASE_ERROR_H

/* Names appear in metrics and in JSON: append only. */
enum gv_err {
    GV_OK,
    GV_ERR_TIMEOUT,          /* no answer in time */
    GV_ERR_UNREACHABLE,      /* refused, no route, closed by the peer */
    GV_ERR_NAME_LOOKUP,      /* the host name did not resolve */
    GV_ERR_AUTHENTICATION,   /* credentials refused, unknown user, wrong digest */
    GV_ERR_AUTHORIZATION,    /* logged in, but the command is not allowed */
    GV_ERR_TIME_WINDOW,      /* SNMPv3: still not in the time window after a resync */
    GV_ERR_ENGINE_CHANGED,   /* SNMPv3: another engine id than the pinned one */
    GV_ERR_KEY_EXCHANGE,     /* SSH, TLS: no common algorithm */
    GV_ERR_HOST_KEY_UNKNOWN, /* SSH: not in known_hosts; TLS: nobody vouches */
    GV_ERR_HOST_KEY_CHANGED, /* known_hosts, or the pin, says another key */
    GV_ERR_NOT_SUPPORTED,    /* the device has no such object or command */
    GV_ERR_MALFORMED,        /* the answer breaks its own grammar */
    GV_ERR_TRUNCATED,        /* the answer ends early */
    GV_ERR_TOO_LARGE,        /* a ceiling of ours was reached */
    GV_ERR_RANGE,            /* a value outside its range */
    GV_ERR_NOT_FOUND,        /* no such thing: file, key, table row */
    GV_ERR_NO_DATA,          /* the device answered, and has no GETVPN state */
    GV_ERR_NO_MEMORY,
    GV_ERR_SYSTEM, /* a system call failed, or the device did: see the detail text */
    GV_ERR_CANCELLED,
    GV_ERR_COUNT /* number of entries, not a failure */
};

/* "timeout", "host_key_changed", ... Static string, never NULL; "invalid"
 * for a value outside the list. */
const char *gv_err_name(enum gv_err err);

/* Functions whose result must not be dropped. */
#define GV_MUST_CHECK __attribute__((warn_unused_result))

#endif
