/* SPDX-License-Identifier: Apache-2.0 */
/* The names that the web configuration has for TLS, in GnuTLS' words.
 *
 * Pure. Source of the names: Go's crypto/tls (CipherSuites, CurveID), which the Prometheus
 * exporters' toolkit reads; of the words: GnuTLS manual, "Priority Strings". */
#ifndef GV_HTTP_TLS_NAMES_H
#define GV_HTTP_TLS_NAMES_H

#include "base/buf.h"
#include "http/web.h"

/* A cipher suite, by the name that it has at IANA. */
struct gv_tls_suite {
    const char *name;
    const char *exchange, *cipher, *mac;
    bool tls13; /* these are always allowed where TLS 1.3 is: Go has no choice of them either */
};

/* The suite or curve of that name; NULL: not known, or too weak to be offered. */
const struct gv_tls_suite *gv_tls_suite_find(const char *name);
const char *gv_tls_curve_find(const char *name);

/* Every name, for messages: the i-th, NULL past the end. */
const char *gv_tls_suite_name(size_t i);

/* Append the priority string for `spec`, whose names are all known. A priority string allows
 * ciphers and exchanges, not suites: of more than one suite it also allows mixtures, which the
 * handshake refuses (tls.c). */
void gv_tls_priority(const struct gv_tls_spec *spec, struct gv_buf *out);

#endif
