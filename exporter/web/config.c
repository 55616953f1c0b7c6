/* SPDX-License-Identifier: Apache-2.0 */
#include "web/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/reader.h"
#include "config/yaml.h"
#include "http/tls_names.h"
#include "web/files.h"
#include "web/values.h"
#include "words.h"

enum { MEMORY = 4 << 20, FILE_MOST = 1 << 20, COST_SLOW = 14 };

struct gv_web_config {
    struct gv_yaml yaml; /* the texts below stand in it */
    struct gv_arena arena;
    struct gv_buf files[GV_WEB_FILE_COUNT];
    struct gv_web web;
};

/* What stands in the file, before it is brought together. */
struct rows {
    const struct gv_node *tls, *http, *users, *rate;
    const struct gv_node *inline_text[GV_WEB_FILE_COUNT], *file[GV_WEB_FILE_COUNT];
    const struct gv_node *sans, *client_auth;
};

struct reader {
    struct gv_web_config *config;
    struct gv_web_files *files;
    struct gv_faults faults;
    struct rows rows;
    struct gv_web web;
    unsigned mode; /* of the file itself */
    bool insecure_perms;
    enum gv_err err;
};

/* One key of a map: how it is read, and into what. */
struct key {
    const char *name;
    void (*read)(struct reader *reader, const struct gv_node *node, void *to);
    size_t offset; /* of a field of the reader */
};

/* "key:", "key: ~" and "key: null" are YAML's nothing: as if it were not there. */
static bool is_null(const struct gv_node *node)
{
    return node->kind == GV_NODE_TEXT && node->plain &&
           (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
            strcmp(node->text, "null") == 0);
}

static bool has_kind(struct reader *reader, const struct gv_node *node, enum gv_node_kind kind)
{
    static const char *const names[] = {"one value", "a list", "a map"};

    if (node->kind == kind)
        return true;
    gv_fault(&reader->faults, node->at, "%s is %s; expected %s", node->key, gv_node_what(node),
             names[kind]);
    return false;
}

static void unknown_key(struct reader *reader, const struct key *keys, size_t count,
                        const struct gv_node *node, const char *where)
{
    struct gv_word_guess guess = {.text = node->key};

    for (size_t i = 0; i < count; i++)
        gv_word_guess(&guess, keys[i].name);
    gv_fault(&reader->faults, node->key_at, "unknown key \"%.60s\" in %s%s%s%s", node->key,
             where, guess.word != NULL ? "; did you mean \"" : "",
             guess.word != NULL ? guess.word : "", guess.word != NULL ? "\"?" : "");
}

static void read_keys(struct reader *reader, const struct key *keys, size_t count,
                      const struct gv_node *map, const char *where)
{
    for (const struct gv_node *node = map->first; node != NULL; node = node->next) {
        size_t i = 0;

        while (i < count && strcmp(keys[i].name, node->key) != 0)
            i++;
        if (i == count)
            unknown_key(reader, keys, count, node, where);
        else if (!is_null(node))
            keys[i].read(reader, node, (char *)reader + keys[i].offset);
    }
}

/* The node itself, for later; by its kind. */
static void keep(struct reader *reader, const struct gv_node *node, enum gv_node_kind kind,
                 void *to)
{
    if (has_kind(reader, node, kind))
        memcpy(to, &node, sizeof(node));
}

static void keep_text(struct reader *reader, const struct gv_node *node, void *to)
{
    /* "" is as good as nothing: the toolkit sees no difference. */
    if (node->kind != GV_NODE_TEXT || node->text[0] != '\0')
        keep(reader, node, GV_NODE_TEXT, to);
}

static void keep_list(struct reader *reader, const struct gv_node *node, void *to)
{
    keep(reader, node, GV_NODE_LIST, to);
}

static void keep_map(struct reader *reader, const struct gv_node *node, void *to)
{
    keep(reader, node, GV_NODE_MAP, to);
}

/* One word of a NULL-ended list; its index to an uint32_t. */
static bool find_word(struct reader *reader, const struct gv_node *node,
                      const char *const *words, uint32_t *to)
{
    struct gv_buf all = gv_buf(1024);

    if (!has_kind(reader, node, GV_NODE_TEXT))
        return false;
    for (uint32_t i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], node->text) == 0) {
            *to = i;
            gv_buf_clear(&all);
            return true;
        }
        gv_buf_add_str(&all, i > 0 ? ", " : "");
        gv_buf_add_str(&all, words[i]);
    }
    gv_fault(&reader->faults, node->at, "%s is \"%.60s\"; expected one of %s",
             node->key != NULL ? node->key : "an entry", node->text,
             all.at != NULL ? all.at : "");
    gv_buf_clear(&all);
    return false;
}

static void read_version(struct reader *reader, const struct gv_node *node, void *to)
{
    static const char *const words[] = {"TLS10", "TLS11", "TLS12", "TLS13", NULL};

    (void)find_word(reader, node, words, to);
}

/* The words for yes, then those for no, as the toolkit's YAML reader has them. */
static bool read_yesno(struct reader *reader, const struct gv_node *node, bool *yes)
{
    static const char *const words[] = {"true", "True", "TRUE",  "yes",   "Yes",   "YES", "on",
                                        "On",   "ON",   "false", "False", "FALSE", "no",  "No",
                                        "NO",   "off",  "Off",   "OFF",   NULL};
    enum { FIRST_NO = 9 };
    uint32_t word;

    if (!find_word(reader, node, words, &word))
        return false;
    *yes = word < FIRST_NO;
    return true;
}

/* Go's TLS has long ignored it: the server's order counts. So it does here. */
static void read_prefer(struct reader *reader, const struct gv_node *node, void *to)
{
    bool yes;

    (void)to;
    if (read_yesno(reader, node, &yes) && !yes)
        gv_fault_warn(&reader->faults, node->at,
                      "prefer_server_cipher_suites is without effect, as in the toolkit: the "
                      "server's order counts");
}

static void read_http2(struct reader *reader, const struct gv_node *node, void *to)
{
    bool yes;

    (void)to;
    if (read_yesno(reader, node, &yes) && yes)
        gv_fault_warn(&reader->faults, node->at,
                      "http2 is without effect: answers are in HTTP/1.1, which every client "
                      "takes");
}

static void *alloc(struct reader *reader, size_t n)
{
    void *at = gv_arena_alloc(&reader->config->arena, n);

    if (at == NULL)
        reader->err = GV_ERR_NO_MEMORY;
    return at;
}

/* A list of texts as a NULL-ended array; NULL without memory, or where one is at fault. */
static const char *const *texts_of(struct reader *reader, const struct gv_node *list,
                                   bool (*known)(const char *text))
{
    const char **texts = alloc(reader, (list->count + 1) * sizeof(*texts));
    size_t n = 0, before = reader->faults.errors;

    for (const struct gv_node *node = list->first; texts != NULL && node != NULL;
         node = node->next) {
        if (node->kind != GV_NODE_TEXT)
            gv_fault(&reader->faults, node->at, "an entry of %s is %s; expected one value",
                     list->key, gv_node_what(node));
        else if (known != NULL && !known(node->text))
            gv_fault(&reader->faults, node->at, "\"%.60s\" is unknown in %s", node->text,
                     list->key);
        else
            texts[n++] = node->text;
    }
    return texts != NULL && reader->faults.errors == before ? texts : NULL;
}

static bool known_suite(const char *name)
{
    return gv_tls_suite_find(name) != NULL;
}

static bool known_curve(const char *name)
{
    return gv_tls_curve_find(name) != NULL;
}

static void read_list(struct reader *reader, const struct gv_node *node,
                      bool (*known)(const char *text), void *to)
{
    const char *const *texts;

    /* An empty list is as good as none, as in the toolkit. */
    if (!has_kind(reader, node, GV_NODE_LIST) || node->first == NULL)
        return;
    texts = texts_of(reader, node, known);
    memcpy(to, &texts, sizeof(texts));
}

static void read_suites(struct reader *reader, const struct gv_node *node, void *to)
{
    read_list(reader, node, known_suite, to);
}

static void read_curves(struct reader *reader, const struct gv_node *node, void *to)
{
    read_list(reader, node, known_curve, to);
}

static void read_interval(struct reader *reader, const struct gv_node *node, void *to)
{
    if (has_kind(reader, node, GV_NODE_TEXT) && !gv_web_duration_read(gv_text(node->text), to))
        gv_fault(&reader->faults, node->at,
                 "interval is \"%.40s\"; expected a duration (1s, 250ms, 1m30s), or 0",
                 node->text);
}

static void read_burst(struct reader *reader, const struct gv_node *node, void *to)
{
    if (has_kind(reader, node, GV_NODE_TEXT) && !gv_text_u32(gv_text(node->text), to))
        gv_fault(&reader->faults, node->at, "burst is \"%.40s\"; expected a number of requests",
                 node->text);
}

/* The headers with values of their own; NULL: any value. */
static const char *const *const header_values[GV_WEB_HEADER_COUNT] = {
    [GV_WEB_FRAME_OPTIONS] = (const char *const[]){"deny", "sameorigin", NULL},
    [GV_WEB_CONTENT_TYPE_OPTIONS] = (const char *const[]){"nosniff", NULL},
};

static void read_header(struct reader *reader, const struct gv_node *node, uint32_t which)
{
    uint32_t word;

    if (!has_kind(reader, node, GV_NODE_TEXT))
        return;
    if (header_values[which] != NULL && !find_word(reader, node, header_values[which], &word))
        return;
    for (const char *c = node->text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            gv_fault(&reader->faults, node->at, "%s holds a control character", node->key);
            return;
        }
    reader->web.headers[which] = node->text;
}

static void read_headers(struct reader *reader, const struct gv_node *map, void *to)
{
    (void)to;
    if (!has_kind(reader, map, GV_NODE_MAP))
        return;
    for (const struct gv_node *node = map->first; node != NULL; node = node->next) {
        uint32_t which = 0;

        while (which < GV_WEB_HEADER_COUNT &&
               strcmp(gv_web_header_names[which], node->key) != 0)
            which++;
        if (which == GV_WEB_HEADER_COUNT)
            gv_fault(&reader->faults, node->key_at,
                     "HTTP header \"%.60s\" can not be configured", node->key);
        else if (!is_null(node))
            read_header(reader, node, which);
    }
}

#define AT(member) offsetof(struct reader, member)
static const struct key root_keys[] = {
    {"tls_server_config", keep_map, AT(rows.tls)},
    {"http_server_config", keep_map, AT(rows.http)},
    {"basic_auth_users", keep_map, AT(rows.users)},
    {"rate_limit", keep_map, AT(rows.rate)},
};
static const struct key tls_keys[] = {
    {"cert", keep_text, AT(rows.inline_text[GV_WEB_FILE_CERT])},
    {"key", keep_text, AT(rows.inline_text[GV_WEB_FILE_KEY])},
    {"client_ca", keep_text, AT(rows.inline_text[GV_WEB_FILE_CLIENT_CA])},
    {"cert_file", keep_text, AT(rows.file[GV_WEB_FILE_CERT])},
    {"key_file", keep_text, AT(rows.file[GV_WEB_FILE_KEY])},
    {"client_ca_file", keep_text, AT(rows.file[GV_WEB_FILE_CLIENT_CA])},
    {"client_auth_type", keep_text, AT(rows.client_auth)},
    {"client_allowed_sans", keep_list, AT(rows.sans)},
    {"min_version", read_version, AT(web.tls.min_version)},
    {"max_version", read_version, AT(web.tls.max_version)},
    {"cipher_suites", read_suites, AT(web.tls.suites)},
    {"curve_preferences", read_curves, AT(web.tls.curves)},
    {"prefer_server_cipher_suites", read_prefer, 0},
};
static const struct key http_keys[] = {
    {"http2", read_http2, 0},
    {"headers", read_headers, 0},
};
static const struct key rate_keys[] = {
    {"interval", read_interval, AT(web.rate_interval_ns)},
    {"burst", read_burst, AT(web.rate_burst)},
};
#define READ(reader, keys, map, where)                                                         \
    read_keys(reader, keys, sizeof(keys) / sizeof((keys)[0]), map, where)

/* A name against the directory of the file that says it. */
static const char *path_of(struct reader *reader, const char *name)
{
    const char *itself = gv_web_files_path(reader->files, GV_WEB_FILE_ITSELF);
    const char *slash = strrchr(itself, '/');
    size_t directory_n = slash != NULL ? (size_t)(slash - itself) + 1 : 0, n = strlen(name);
    char *path;

    if (name[0] == '/' || directory_n == 0)
        return name;
    path = alloc(reader, directory_n + n + 1);
    if (path == NULL)
        return name;
    memcpy(path, itself, directory_n);
    memcpy(path + directory_n, name, n);
    return path;
}

static void refuse_open_key(struct reader *reader, const struct gv_node *node, const char *path,
                            unsigned mode)
{
    if ((mode & S_IROTH) == 0 || reader->insecure_perms)
        return;
    gv_fault(&reader->faults, node->at,
             "%s: \"%s\" can be read by everybody (mode %04o); run chmod o= %s, or start with "
             "--insecure-perms",
             node->key, path, mode, path);
}

/* The PEM text of one of the three, from its file where one is named. */
static struct gv_text pem_of(struct reader *reader, enum gv_web_file which)
{
    const struct gv_node *file = reader->rows.file[which],
                         *text = reader->rows.inline_text[which];
    struct gv_buf *octets = &reader->config->files[which];
    const char *path = file != NULL ? path_of(reader, file->text) : NULL;
    unsigned mode = 0;
    enum gv_err err;

    if (gv_web_files_follow(reader->files, which, path) != GV_OK)
        reader->err = GV_ERR_NO_MEMORY;
    if (path == NULL) {
        if (text != NULL && which == GV_WEB_FILE_KEY)
            refuse_open_key(reader, text, gv_web_files_path(reader->files, GV_WEB_FILE_ITSELF),
                            reader->mode);
        return text != NULL ? gv_text(text->text) : (struct gv_text){NULL, 0};
    }
    *octets = gv_buf(FILE_MOST + 8);
    err = gv_config_read_file(path, FILE_MOST, octets, &mode);
    if (err != GV_OK)
        gv_fault(&reader->faults, file->at, "%s: cannot read \"%s\": %s", file->key, path,
                 err == GV_ERR_SYSTEM ? strerror(errno) : gv_err_name(err));
    else if (which == GV_WEB_FILE_KEY)
        refuse_open_key(reader, file, path, mode);
    return (struct gv_text){octets->at, octets->n};
}

static void read_client_auth(struct reader *reader)
{
    static const char *const words[] = {
        "NoClientCert",
        "RequestClientCert",
        "RequireAnyClientCert",
        "VerifyClientCertIfGiven",
        "RequireAndVerifyClientCert",
        "RequireClientCert", /* the older name of RequireAnyClientCert */
        NULL};
    static const enum gv_client_auth meant[] = {GV_CLIENT_NONE,   GV_CLIENT_REQUEST,
                                                GV_CLIENT_ANY,    GV_CLIENT_VERIFY_GIVEN,
                                                GV_CLIENT_VERIFY, GV_CLIENT_ANY};
    uint32_t word = 0;

    if (reader->rows.client_auth != NULL &&
        find_word(reader, reader->rows.client_auth, words, &word))
        reader->web.tls.client_auth = meant[word];
}

static void read_sans(struct reader *reader, const struct gv_node *list)
{
    enum gv_client_auth how = reader->web.tls.client_auth;

    if (how != GV_CLIENT_ANY && how != GV_CLIENT_VERIFY)
        gv_fault(&reader->faults, list->at,
                 "client_allowed_sans needs client_auth_type RequireAnyClientCert or "
                 "RequireAndVerifyClientCert");
    reader->web.tls.sans = texts_of(reader, list, NULL);
}

static bool has_source(const struct reader *reader, enum gv_web_file which)
{
    return reader->rows.file[which] != NULL || reader->rows.inline_text[which] != NULL;
}

/* What the keys say together. */
static void read_tls(struct reader *reader, const struct gv_node *map)
{
    struct gv_tls_spec *tls = &reader->web.tls;

    READ(reader, tls_keys, map, "tls_server_config");
    reader->web.has_tls =
        has_source(reader, GV_WEB_FILE_CERT) || has_source(reader, GV_WEB_FILE_KEY) ||
        has_source(reader, GV_WEB_FILE_CLIENT_CA) || reader->rows.client_auth != NULL;
    read_client_auth(reader);
    if (reader->rows.sans != NULL)
        read_sans(reader, reader->rows.sans);
    if (!reader->web.has_tls)
        return;
    if (!has_source(reader, GV_WEB_FILE_CERT))
        gv_fault(&reader->faults, map->at, "tls_server_config without cert_file or cert");
    if (!has_source(reader, GV_WEB_FILE_KEY))
        gv_fault(&reader->faults, map->at, "tls_server_config without key_file or key");
    if (has_source(reader, GV_WEB_FILE_CLIENT_CA) && tls->client_auth == GV_CLIENT_NONE)
        gv_fault(&reader->faults, map->at,
                 "client_ca_file or client_ca without a client_auth_type that asks for "
                 "certificates");
    if (tls->min_version > tls->max_version)
        gv_fault(&reader->faults, map->at, "min_version is above max_version");
    tls->cert = pem_of(reader, GV_WEB_FILE_CERT);
    tls->key = pem_of(reader, GV_WEB_FILE_KEY);
    tls->client_ca = pem_of(reader, GV_WEB_FILE_CLIENT_CA);
}

static void read_users(struct reader *reader, const struct gv_node *map)
{
    struct gv_web_user *users = alloc(reader, (map->count + 1) * sizeof(*users));
    unsigned cost;

    for (const struct gv_node *node = map->first; users != NULL && node != NULL;
         node = node->next) {
        if (!has_kind(reader, node, GV_NODE_TEXT))
            continue;
        if (!gv_web_hash_ok(node->text, &cost)) {
            gv_fault(
                &reader->faults, node->at,
                "the password of \"%.60s\" is no bcrypt hash; expected what htpasswd -nBC 10 "
                "'' prints",
                node->key);
            continue;
        }
        if (cost > COST_SLOW)
            gv_fault_warn(&reader->faults, node->at,
                          "the hash of \"%.60s\" has cost %u: a first login takes seconds",
                          node->key, cost);
        users[reader->web.user_count++] = (struct gv_web_user){node->key, node->text};
    }
    reader->web.users = users;
    if ((reader->mode & S_IROTH) != 0 && reader->web.user_count > 0)
        gv_fault_warn(&reader->faults, map->at,
                      "everybody can read these hashes (mode %04o); run chmod o= %s",
                      reader->mode, gv_web_files_path(reader->files, GV_WEB_FILE_ITSELF));
}

static void read_root(struct reader *reader, const struct gv_node *root)
{
    const struct rows *rows = &reader->rows;

    if (root->kind != GV_NODE_MAP) {
        gv_fault(&reader->faults, root->at, "the file is %s; expected a map (KEY: VALUE)",
                 gv_node_what(root));
        return;
    }
    READ(reader, root_keys, root, "the web configuration");
    if (rows->http != NULL)
        READ(reader, http_keys, rows->http, "http_server_config");
    if (rows->rate != NULL)
        READ(reader, rate_keys, rows->rate, "rate_limit");
    if (rows->users != NULL)
        read_users(reader, rows->users);
    if (rows->tls != NULL)
        read_tls(reader, rows->tls);
}

static void read_file(struct reader *reader)
{
    struct gv_web_config *config = reader->config;
    const char *path = gv_web_files_path(reader->files, GV_WEB_FILE_ITSELF);
    struct gv_buf *text = &config->files[GV_WEB_FILE_ITSELF];
    enum gv_err err;

    *text = gv_buf(FILE_MOST + 8);
    err = gv_config_read_file(path, FILE_MOST, text, &reader->mode);
    if (err != GV_OK)
        gv_fault(&reader->faults, (struct gv_place){path, 0, 0},
                 "cannot read the web configuration: %s",
                 err == GV_ERR_SYSTEM ? strerror(errno) : gv_err_name(err));
    else if (gv_yaml_read(path, (struct gv_text){text->at, text->n}, &config->yaml,
                          &reader->faults) == GV_OK &&
             config->yaml.root != NULL && !is_null(config->yaml.root))
        read_root(reader, config->yaml.root);
}

enum gv_err gv_web_config_load(struct gv_web_files *files, bool insecure_perms,
                               struct gv_web_config **out, struct gv_buf *why)
{
    struct gv_web_config *config = calloc(1, sizeof(*config));
    struct reader reader = {.config = config,
                            .files = files,
                            .faults = {.out = why},
                            .web = {.tls = {.min_version = 2, .max_version = 3}},
                            .insecure_perms = insecure_perms};

    if (config == NULL)
        return GV_ERR_NO_MEMORY;
    config->arena = gv_arena(MEMORY);
    read_file(&reader);
    gv_faults_end(&reader.faults);
    if (reader.faults.errors > 0)
        reader.err = GV_ERR_MALFORMED;
    config->web = reader.web;
    if (reader.err == GV_OK)
        *out = config;
    else
        gv_web_config_free(config);
    return reader.err;
}

void gv_web_config_free(struct gv_web_config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < GV_WEB_FILE_COUNT; i++) {
        if (config->files[i].at != NULL)
            gv_wipe(config->files[i].at, config->files[i].n);
        gv_buf_clear(&config->files[i]);
    }
    gv_yaml_clear(&config->yaml);
    gv_arena_clear(&config->arena);
    free(config);
}

const struct gv_web *gv_web_config_get(const struct gv_web_config *config)
{
    return &config->web;
}
