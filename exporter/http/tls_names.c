/* SPDX-License-Identifier: Apache-2.0 */
#include "http/tls_names.h"

#include <string.h>

const char *const gv_web_header_names[GV_WEB_HEADER_COUNT + 1] = {
    [GV_WEB_CSP] = "Content-Security-Policy",
    [GV_WEB_FRAME_OPTIONS] = "X-Frame-Options",
    [GV_WEB_CONTENT_TYPE_OPTIONS] = "X-Content-Type-Options",
    [GV_WEB_XSS_PROTECTION] = "X-XSS-Protection",
    [GV_WEB_TRANSPORT_SECURITY] = "Strict-Transport-Security",
};

#define SUITE13(name, cipher)                                                                  \
    {                                                                                          \
        name, NULL, cipher, "AEAD", true                                                       \
    }
#define SUITE(exchange, name, cipher, mac)                                                     \
    {                                                                                          \
        "TLS_ECDHE_" exchange "_WITH_" name, "ECDHE-" exchange, cipher, mac, false             \
    }

static const struct gv_tls_suite suites[] = {
    SUITE13("TLS_AES_128_GCM_SHA256", "AES-128-GCM"),
    SUITE13("TLS_AES_256_GCM_SHA384", "AES-256-GCM"),
    SUITE13("TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"),
    SUITE("ECDSA", "AES_128_CBC_SHA", "AES-128-CBC", "SHA1"),
    SUITE("ECDSA", "AES_256_CBC_SHA", "AES-256-CBC", "SHA1"),
    SUITE("RSA", "AES_128_CBC_SHA", "AES-128-CBC", "SHA1"),
    SUITE("RSA", "AES_256_CBC_SHA", "AES-256-CBC", "SHA1"),
    SUITE("ECDSA", "AES_128_GCM_SHA256", "AES-128-GCM", "AEAD"),
    SUITE("ECDSA", "AES_256_GCM_SHA384", "AES-256-GCM", "AEAD"),
    SUITE("RSA", "AES_128_GCM_SHA256", "AES-128-GCM", "AEAD"),
    SUITE("RSA", "AES_256_GCM_SHA384", "AES-256-GCM", "AEAD"),
    SUITE("RSA", "CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "AEAD"),
    SUITE("ECDSA", "CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "AEAD"),
};
enum { SUITES = sizeof(suites) / sizeof(suites[0]) };

static const struct {
    const char *name, *word;
} curves[] = {
    {"CurveP256", "GROUP-SECP256R1"},
    {"CurveP384", "GROUP-SECP384R1"},
    {"CurveP521", "GROUP-SECP521R1"},
    {"X25519", "GROUP-X25519"},
};

const struct gv_tls_suite *gv_tls_suite_find(const char *name)
{
    for (size_t i = 0; i < SUITES; i++)
        if (strcmp(suites[i].name, name) == 0)
            return &suites[i];
    return NULL;
}

const char *gv_tls_suite_name(size_t i)
{
    return i < SUITES ? suites[i].name : NULL;
}

const char *gv_tls_curve_find(const char *name)
{
    for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
        if (strcmp(curves[i].name, name) == 0)
            return curves[i].word;
    return NULL;
}

/* ":+WORD"; one that stands there already keeps its earlier place. */
static void allow(struct gv_buf *out, const char *word)
{
    gv_buf_add_str(out, ":+");
    gv_buf_add_str(out, word);
}

static void allow_suite(struct gv_buf *out, const struct gv_tls_suite *suite)
{
    allow(out, suite->cipher);
    allow(out, suite->mac);
    if (suite->exchange != NULL)
        allow(out, suite->exchange);
}

/* Those of the configuration, then what TLS 1.3 needs. */
static void allow_suites(const struct gv_tls_spec *spec, struct gv_buf *out)
{
    gv_buf_add_str(out, ":-CIPHER-ALL:-MAC-ALL:-KX-ALL");
    for (size_t i = 0; spec->suites[i] != NULL; i++)
        allow_suite(out, gv_tls_suite_find(spec->suites[i]));
    if (spec->max_version < 3)
        return;
    for (size_t i = 0; i < SUITES && suites[i].tls13; i++)
        allow_suite(out, &suites[i]);
}

void gv_tls_priority(const struct gv_tls_spec *spec, struct gv_buf *out)
{
    static const char *const versions[] = {"VERS-TLS1.0", "VERS-TLS1.1", "VERS-TLS1.2",
                                           "VERS-TLS1.3"};

    /* Go offers no exchange without forward secrecy by default, and no SHA-1 but in CBC. */
    gv_buf_add_str(out, "NORMAL:-RSA:-DHE-RSA:-VERS-ALL:%SERVER_PRECEDENCE");
    for (uint32_t v = spec->max_version + 1; v-- > spec->min_version;)
        allow(out, versions[v]);
    if (spec->suites != NULL)
        allow_suites(spec, out);
    if (spec->curves == NULL)
        return;
    gv_buf_add_str(out, ":-GROUP-ALL");
    for (size_t i = 0; spec->curves[i] != NULL; i++)
        allow(out, gv_tls_curve_find(spec->curves[i]));
}
