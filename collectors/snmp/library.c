/* SPDX-License-Identifier: Apache-2.0 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/large_fd_set.h>

#include "snmp/library.h"

#include <stdlib.h>
#include <sys/random.h>

#include "snmp/usm.h"

enum { RANDOM_POOL = 64 };

/* The library itself is one a process; so is what we add to it. */
static struct {
    bool started;
    netsnmp_large_fd_set readable;
    struct gv_answer_room answer;
    size_t random_left;
    uint32_t random[RANDOM_POOL];
    struct gv_snmp_keys *keys;
} library;

void gv_library_start(void)
{
    if (library.started)
        return;
    library.started = true;
    (void)setenv("MIBS", "", 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
    /* Its messages may name users and hold what devices sent: ours say what matters. */
    snmp_disable_log();
    (void)netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    init_snmp("getvpn-exporter");
    netsnmp_large_fd_set_init(&library.readable, FD_SETSIZE);
    NETSNMP_LARGE_FD_ZERO(&library.readable);
}

struct gv_answer_room *gv_library_answer_room(void)
{
    return &library.answer;
}

int32_t gv_library_random(void)
{
    for (;;) {
        uint32_t v;

        if (library.random_left == 0 &&
            getrandom(library.random, sizeof(library.random), 0) == sizeof(library.random))
            library.random_left = RANDOM_POOL;
        if (library.random_left == 0)
            continue; /* EINTR: getrandom fails in no other way here */
        v = library.random[--library.random_left] & INT32_MAX;
        if (v != 0)
            return (int32_t)v;
    }
}

void gv_library_read(void *handle, int fd)
{
    netsnmp_large_fd_setfd(fd, &library.readable);
    (void)snmp_sess_read2(handle, &library.readable);
    netsnmp_large_fd_clr(fd, &library.readable);
}

/* ---- Keys ------------------------------------------------------------------------------- */

static struct gv_secret *derive(enum gv_snmp_auth auth, const struct gv_secret *password)
{
    u_char ku[USM_AUTH_KU_LEN];
    size_t ku_n = sizeof(ku), oid_n;
    const oid *protocol = gv_usm_auth_oid(auth, &oid_n);
    struct gv_secret *secret = NULL;

    if (generate_Ku(protocol, (u_int)oid_n, (const u_char *)gv_secret_reveal(password),
                    gv_secret_size(password), ku, &ku_n) == SNMPERR_SUCCESS)
        secret = gv_secret_new(ku, ku_n);
    gv_wipe(ku, sizeof(ku));
    return secret;
}

static void free_keys(struct gv_snmp_keys *keys)
{
    gv_secret_free(keys->auth_password);
    gv_secret_free(keys->priv_password);
    gv_secret_free(keys->auth_ku);
    gv_secret_free(keys->priv_ku);
    free(keys);
}

static struct gv_snmp_keys *new_keys(const struct gv_snmp_credential *c)
{
    struct gv_snmp_keys *keys = calloc(1, sizeof(*keys));
    bool whole = keys != NULL;

    if (keys == NULL)
        return NULL;
    keys->auth = c->auth;
    if (c->auth != GV_SNMP_NO_AUTH && c->auth_password != NULL) {
        keys->auth_password = gv_secret_share(c->auth_password);
        keys->auth_ku = derive(c->auth, c->auth_password);
        whole = keys->auth_ku != NULL;
    }
    /* RFC 3826, 1.2: the privacy key comes from the authentication protocol's hash. */
    if (whole && c->priv != GV_SNMP_NO_PRIV && c->priv_password != NULL) {
        keys->priv_password = gv_secret_share(c->priv_password);
        keys->priv_ku = derive(c->auth, c->priv_password);
        whole = keys->priv_ku != NULL;
    }
    if (!whole) {
        free_keys(keys);
        return NULL;
    }
    return keys;
}

static bool keys_match(const struct gv_snmp_keys *keys, const struct gv_snmp_credential *c)
{
    return keys->auth == c->auth && gv_secret_equal(keys->auth_password, c->auth_password) &&
           gv_secret_equal(keys->priv_password,
                           c->priv != GV_SNMP_NO_PRIV ? c->priv_password : NULL);
}

struct gv_snmp_keys *gv_snmp_keys_get(const struct gv_snmp_credential *credential)
{
    struct gv_snmp_keys *keys = library.keys;

    while (keys != NULL && !keys_match(keys, credential))
        keys = keys->next;
    if (keys == NULL) {
        keys = new_keys(credential);
        if (keys == NULL)
            return NULL;
        keys->next = library.keys;
        library.keys = keys;
    }
    keys->holders++;
    return keys;
}

void gv_snmp_keys_put(struct gv_snmp_keys *keys)
{
    struct gv_snmp_keys **at = &library.keys;

    if (keys == NULL || --keys->holders > 0)
        return;
    while (*at != keys)
        at = &(*at)->next;
    *at = keys->next;
    free_keys(keys);
}
