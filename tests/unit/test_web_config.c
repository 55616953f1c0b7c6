/* SPDX-License-Identifier: Apache-2.0 */
/* The web configuration: what is taken, what is refused and where, what counts as changed.
 * Rows after the documentation of the Prometheus exporters' toolkit. */
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "http/tls_names.h"
#include "web/config.h"
#include "web/values.h"

/* Not a hash of anything: the form is what counts here. */
#define HASH "$2y$10$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0"
#define TLS  "tls_server_config: {cert_file: cert.pem, key_file: key.pem"

static char directory[] = "/tmp/gv-web-XXXXXX";

static void path_of(const char *name, char to[128])
{
    (void)snprintf(to, 128, "%s/%s", directory, name);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[128];
    FILE *file;

    path_of(name, path);
    (void)unlink(path);
    file = fopen(path, "we");
    if (file == NULL)
        abort();
    (void)fputs(text, file);
    (void)fclose(file);
    (void)chmod(path, mode);
}

/* Each with the part of the faults that it must bring; NULL: it is good. */
static const struct {
    const char *name, *text, *fault;
} rows[] = {
    {"empty", "", NULL},
    {"a comment", "# nothing\n", NULL},
    {"sections without anything", "tls_server_config:\nhttp_server_config: ~\nrate_limit:\n",
     NULL},
    {"certificate and key", TLS "}", NULL},
    {"inline", "tls_server_config:\n  cert: |\n    a\n    b\n  key: |\n    c\n", NULL},
    {"empty names are none", "tls_server_config: {cert_file: '', key_file: ''}", NULL},
    {"no certificate", "tls_server_config: {key_file: key.pem}",
     ":1:20: tls_server_config without cert_file"},
    {"no key", "tls_server_config: {cert_file: cert.pem}", "without key_file"},
    {"a file that is not there", "tls_server_config: {cert_file: no.pem, key_file: key.pem}",
     "/no.pem\": "},
    {"every version", TLS ", min_version: TLS10, max_version: TLS13}", NULL},
    {"an invented version", TLS ", min_version: TLS14}",
     "min_version is \"TLS14\"; expected one of TLS10, TLS11, TLS12, TLS13"},
    {"versions the wrong way round", TLS ", min_version: TLS13, max_version: TLS12}",
     "min_version is above max_version"},
    {"suites",
     TLS ", cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "
         "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_AES_128_GCM_SHA256]}",
     NULL},
    {"no suites", TLS ", cipher_suites: []}", NULL},
    {"an invented suite", TLS ", cipher_suites: [TLS_RSA_WITH_ROT13]}",
     "\"TLS_RSA_WITH_ROT13\" is unknown in cipher_suites"},
    {"a suite without forward secrecy", TLS ", cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]}",
     "is unknown in cipher_suites"},
    {"suites are a text", TLS ", cipher_suites: all}",
     "cipher_suites is a text; expected a list"},
    {"curves", TLS ", curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]}", NULL},
    {"an invented curve", TLS ", curve_preferences: [CurveP257]}", "\"CurveP257\" is unknown"},
    {"server's order", TLS ", prefer_server_cipher_suites: true}", NULL},
    {"client's order: a note", TLS ", prefer_server_cipher_suites: no}", NULL},
    {"order is a number", TLS ", prefer_server_cipher_suites: 2}",
     "prefer_server_cipher_suites is \"2\""},
    {"NoClientCert", TLS ", client_auth_type: NoClientCert}", NULL},
    {"RequestClientCert", TLS ", client_auth_type: RequestClientCert}", NULL},
    {"RequireClientCert", TLS ", client_auth_type: RequireClientCert}", NULL},
    {"RequireAnyClientCert", TLS ", client_auth_type: RequireAnyClientCert}", NULL},
    {"VerifyClientCertIfGiven",
     TLS ", client_auth_type: VerifyClientCertIfGiven, client_ca_file: cert.pem}", NULL},
    {"RequireAndVerifyClientCert",
     TLS ", client_auth_type: RequireAndVerifyClientCert, client_ca: abc}", NULL},
    {"an invented way", TLS ", client_auth_type: RequireAndBelieve}",
     "client_auth_type is \"RequireAndBelieve\"; expected one of NoClientCert"},
    {"authorities for nobody", TLS ", client_ca_file: cert.pem}",
     "without a client_auth_type that asks"},
    {"a way without a certificate", "tls_server_config: {client_auth_type: RequestClientCert}",
     "without cert_file"},
    {"names",
     TLS ", client_auth_type: RequireAnyClientCert, client_allowed_sans: [a, 192.0.2.1]}",
     NULL},
    {"names for nobody", TLS ", client_allowed_sans: [a]}", "client_allowed_sans needs"},
    {"names where none may be shown",
     TLS ", client_auth_type: VerifyClientCertIfGiven, client_allowed_sans: [a]}",
     "client_allowed_sans needs"},
    {"headers",
     "http_server_config: {http2: true, headers: {Content-Security-Policy: a, X-Frame-Options: "
     "deny, X-Content-Type-Options: nosniff, X-XSS-Protection: '1', Strict-Transport-Security: "
     "b}}",
     NULL},
    {"no HTTP/2", "http_server_config: {http2: false}", NULL},
    {"another header", "http_server_config: {headers: {Server: x}}",
     ":1:32: HTTP header \"Server\" can not be configured"},
    {"frames for all", "http_server_config: {headers: {X-Frame-Options: ALLOWALL}}",
     "X-Frame-Options is \"ALLOWALL\"; expected one of deny, sameorigin"},
    {"sniffing", "http_server_config: {headers: {X-Content-Type-Options: sniff}}",
     "expected one of nosniff"},
    {"a header that ends early",
     "http_server_config: {headers: {X-XSS-Protection: \"1\\r\\nSet-Cookie: a\"}}",
     "holds a control character"},
    {"users", "basic_auth_users: {alice: " HASH ", bob: " HASH "}", NULL},
    {"a password in the clear", "basic_auth_users: {alice: secret}",
     "the password of \"alice\" is no bcrypt hash"},
    {"another hash", "basic_auth_users: {alice: '$6$salt$hash'}", "is no bcrypt hash"},
    {"users are a list", "basic_auth_users: [alice]",
     "basic_auth_users is a list; expected a map"},
    {"rate", "rate_limit: {interval: 1s, burst: 20}", NULL},
    {"rate in parts", "rate_limit: {interval: 1m30.5s, burst: 0}", NULL},
    {"rate without unit", "rate_limit: {interval: 5}",
     "interval is \"5\"; expected a duration"},
    {"rate below nothing", "rate_limit: {interval: 1s, burst: -1}", "burst is \"-1\""},
    {"an unknown section", "tls_config: {}",
     ":1:1: unknown key \"tls_config\" in the web configuration"},
    {"an unknown key", TLS ", cert_fil: x}", "did you mean \"cert_file\"?"},
    {"a key of another's", "rate_limit: {interval: 1s, bust: 2}",
     "unknown key \"bust\" in rate_limit"},
    {"a key twice", "rate_limit: {burst: 1, burst: 2}", "burst"},
    {"no map", "- a\n", "the file is a list; expected a map"},
    {"no YAML", "tls_server_config: [", "web.yml:"},
};

static bool load(struct gv_web_files *files, struct gv_web_config **config, struct gv_buf *why)
{
    gv_buf_reset(why);
    return gv_web_config_load(files, false, config, why) == GV_OK;
}

static void test_rows(struct gv_web_files *files)
{
    struct gv_buf why = gv_buf(1 << 16);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_web_config *config = NULL;
        bool good;

        write_file("web.yml", rows[i].text, 0600);
        good = load(files, &config, &why);
        CHECK_INT(rows[i].name, good, rows[i].fault == NULL);
        if (rows[i].fault != NULL && (why.n == 0 || strstr(why.at, rows[i].fault) == NULL))
            CHECK_STR(rows[i].name, why.at, rows[i].fault);
        CHECK(rows[i].name, why.n == 0 || strstr(why.at, "secret") == NULL);
        gv_web_config_free(config);
    }
    gv_buf_clear(&why);
}

/* Permissions: a key is refused, a hash is noted. */
static void test_permissions(struct gv_web_files *files)
{
    struct gv_buf why = gv_buf(1 << 16);
    struct gv_web_config *config = NULL;

    write_file("web.yml", TLS "}", 0644);
    write_file("key.pem", "key", 0644);
    CHECK_INT("an open key", load(files, &config, &why), false);
    CHECK("the remedy", why.n > 0 && strstr(why.at, "run chmod o= /tmp/gv-web-") != NULL);
    CHECK_INT("allowed", gv_web_config_load(files, true, &config, &why), GV_OK);
    gv_web_config_free(config);
    write_file("key.pem", "key", 0640);
    CHECK_INT("for the group", load(files, &config, &why), true);
    gv_web_config_free(config);
    config = NULL;
    write_file("web.yml", "tls_server_config: {cert_file: cert.pem, key: abc}", 0644);
    CHECK_INT("an open inline key", load(files, &config, &why), false);
    write_file("web.yml", "basic_auth_users: {alice: " HASH "}", 0644);
    CHECK_INT("open hashes", load(files, &config, &why), true);
    CHECK("a note", why.n > 0 && strstr(why.at, "warning: everybody can read") != NULL);
    gv_web_config_free(config);
    gv_buf_clear(&why);
}

static void test_changes(struct gv_web_files *files)
{
    struct gv_buf why = gv_buf(1 << 16);
    struct gv_web_config *config = NULL;
    char path[128];

    write_file("web.yml", TLS "}", 0600);
    CHECK_INT("written", gv_web_files_changed(files), true);
    CHECK_INT("loaded", load(files, &config, &why), true);
    gv_web_config_free(config);
    CHECK_INT("nothing since", gv_web_files_changed(files), false);
    write_file("cert.pem", "another one", 0600);
    CHECK_INT("another certificate", gv_web_files_changed(files), true);
    CHECK_INT("once", gv_web_files_changed(files), false);
    path_of("key.pem", path);
    (void)unlink(path);
    CHECK_INT("a key that goes", gv_web_files_changed(files), true);
    CHECK_INT("refused", load(files, &config, &why), false);
    CHECK_INT("and stays away", gv_web_files_changed(files), false);
    write_file("key.pem", "key", 0600);
    CHECK_INT("and comes back", gv_web_files_changed(files), true);
    gv_buf_clear(&why);
}

static void test_durations(void)
{
    static const struct {
        const char *text;
        uint64_t ns; /* UINT64_MAX: refused */
    } durations[] = {
        {"0", 0},
        {"1s", 1000000000},
        {"+1s", 1000000000},
        {"250ms", 250000000},
        {"1.5h", UINT64_C(5400000000000)},
        {".5s", 500000000},
        {"1m30s", UINT64_C(90000000000)},
        {"3us", 3000},
        {"3\xc2\xb5s", 3000},
        {"7ns", 7},
        {"", UINT64_MAX},
        {"+", UINT64_MAX},
        {"5", UINT64_MAX},
        {"-1s", UINT64_MAX},
        {"1d", UINT64_MAX},
        {"s", UINT64_MAX},
        {".s", UINT64_MAX},
        {"1s ", UINT64_MAX},
        {"1s2", UINT64_MAX},
        {"9999999999h", UINT64_MAX},
        {"99999999999999999999s", UINT64_MAX},
    };

    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
        uint64_t ns = UINT64_MAX;

        (void)gv_web_duration_read(gv_text(durations[i].text), &ns);
        CHECK(durations[i].text, ns == durations[i].ns);
    }
}

/* What is appended to the words below is what GnuTLS must take. */
static void test_priorities(void)
{
    static const char *const suites[] = {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                                         "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", NULL};
    static const char *const curves[] = {"CurveP521", "X25519", NULL};
    const char *all[32] = {NULL};
    static const struct {
        const char *name;
        uint32_t min, max;
        bool suites, curves;
    } specs[] = {{"as it comes", 2, 3, false, false},
                 {"old", 0, 1, false, false},
                 {"new", 3, 3, false, true},
                 {"suites", 2, 3, true, false},
                 {"suites of old", 2, 2, true, true}};

    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        const struct gv_tls_spec spec = {.min_version = specs[i].min,
                                         .max_version = specs[i].max,
                                         .suites = specs[i].suites ? suites : NULL,
                                         .curves = specs[i].curves ? curves : NULL};
        struct gv_buf words = gv_buf(2048);
        gnutls_priority_t priority;

        gv_tls_priority(&spec, &words);
        CHECK_INT(specs[i].name, gnutls_priority_init(&priority, words.at, NULL), 0);
        gnutls_priority_deinit(priority);
        gv_buf_clear(&words);
    }
    for (size_t i = 0; gv_tls_suite_name(i) != NULL; i++) {
        all[i] = gv_tls_suite_name(i);
        CHECK(all[i], gv_tls_suite_find(all[i]) != NULL);
    }
    CHECK("there are suites", all[0] != NULL);
}

int main(void)
{
    struct gv_web_files *files;
    char path[128];

    if (mkdtemp(directory) == NULL)
        return 1;
    write_file("cert.pem", "cert", 0644);
    write_file("key.pem", "key", 0600);
    path_of("web.yml", path);
    files = gv_web_files_new(path);
    if (files == NULL)
        return 1;
    test_rows(files);
    test_permissions(files);
    test_changes(files);
    test_durations();
    test_priorities();
    gv_web_files_free(files);
    (void)unlink(path);
    path_of("cert.pem", path);
    (void)unlink(path);
    path_of("key.pem", path);
    (void)unlink(path);
    (void)rmdir(directory);
    return check_end();
}
