/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter_config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = PATH_MAX + 64, PROFILE_SIZE = 16, POLL_EVERY_S = 10 };

static const char *const versions[] = {"1", "2c", "3"};
static const char *const auths[] = {"none",   "md5",    "sha1",  "sha224",
                                    "sha256", "sha384", "sha512"};
static const char *const privs[] = {"none",   "des",           "aes128",       "aes192",
                                    "aes256", "aes192-reeder", "aes256-reeder"};

struct writing {
    const struct lab_fleet *fleet;
    FILE *out;
    char dir[PATH_MAX]; /* absolute */
    const char *syslog; /* NULL: none */
    const char *traps;  /* as well */
    bool secrets;       /* write them too */
    bool failed;
};

/* --- which devices share a profile --- */

static bool same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A key server that has the face: each of its groups gets a probe. */
static bool probed(const struct lab_device *d)
{
    return d->gdoi.on && d->server_count > 0;
}

/* RESTCONF is IOS-XE's. */
static bool by_restconf(const struct lab_device *d)
{
    return d->restconf.on && d->os == LAB_IOS_XE;
}

static bool polled(const struct lab_device *d)
{
    return d->snmp.on || d->ssh.on || by_restconf(d);
}

static bool same_snmp(const struct lab_device *a, const struct lab_device *b)
{
    const struct lab_snmp *x = &a->snmp, *y = &b->snmp;

    if (!x->on || !y->on || x->version != y->version)
        return false;
    if (x->version != GV_SNMP_V3)
        return same(x->community, y->community);
    return x->auth == y->auth && x->priv == y->priv && same(x->user, y->user) &&
           same(x->auth_password, y->auth_password) && same(x->priv_password, y->priv_password);
}

static bool same_ssh(const struct lab_device *a, const struct lab_device *b)
{
    return a->ssh.on && b->ssh.on && same(a->ssh.user, b->ssh.user) &&
           same(a->ssh.password, b->ssh.password) && same(a->ssh.enable, b->ssh.enable);
}

static bool same_restconf(const struct lab_device *a, const struct lab_device *b)
{
    return by_restconf(a) && by_restconf(b) && same(a->restconf.user, b->restconf.user) &&
           same(a->restconf.password, b->restconf.password);
}

static bool same_gdoi(const struct lab_device *a, const struct lab_device *b)
{
    const struct lab_gdoi_box *x = &a->gdoi, *y = &b->gdoi;

    return probed(a) && probed(b) && same(x->psk, y->psk) && same(x->cert, y->cert) &&
           same(x->key, y->key) && same(x->ca, y->ca);
}

/* The number of the first device with the same credentials names the profile. */
static size_t first_like(const struct lab_fleet *fleet, size_t device,
                         bool (*alike)(const struct lab_device *, const struct lab_device *))
{
    for (size_t i = 0; i < device; i++)
        if (alike(&fleet->devices[i], &fleet->devices[device]))
            return i;
    return device;
}

/* --- secrets --- */

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t n = strlen(text);
    bool ok;

    if (fd < 0)
        return false;
    ok = write(fd, text, n) == (ssize_t)n;
    return close(fd) == 0 && ok;
}

/* `KEY_file: PATH`, and the file. */
static void say_secret(struct writing *w, const char *profile, const char *key,
                       const char *secret)
{
    char path[PATH_SIZE];

    if (secret == NULL)
        return;
    snprintf(path, sizeof(path), "%s/%s.%s", w->dir, profile, key);
    fprintf(w->out, "      %s_file: \"%s\"\n", key, path);
    if (w->secrets && !write_file(path, secret))
        w->failed = true;
}

/* --- sections --- */

static void say_snmp_profile(struct writing *w, size_t i)
{
    const struct lab_snmp *snmp = &w->fleet->devices[i].snmp;
    char profile[PROFILE_SIZE];

    snprintf(profile, sizeof(profile), "snmp%zu", i);
    fprintf(w->out, "    %s:\n      version: %s\n", profile, versions[snmp->version]);
    if (snmp->version != GV_SNMP_V3) {
        say_secret(w, profile, "community", snmp->community);
        return;
    }
    fprintf(w->out, "      user: \"%s\"\n", snmp->user);
    if (snmp->auth != GV_SNMP_NO_AUTH) {
        fprintf(w->out, "      auth: %s\n", auths[snmp->auth]);
        say_secret(w, profile, "auth_password", snmp->auth_password);
    }
    if (snmp->priv != GV_SNMP_NO_PRIV) {
        fprintf(w->out, "      priv: %s\n", privs[snmp->priv]);
        say_secret(w, profile, "priv_password", snmp->priv_password);
    }
}

static void say_ssh_profile(struct writing *w, size_t i)
{
    const struct lab_ssh *ssh = &w->fleet->devices[i].ssh;
    char profile[PROFILE_SIZE];

    snprintf(profile, sizeof(profile), "ssh%zu", i);
    fprintf(w->out, "    %s:\n      user: \"%s\"\n", profile, ssh->user);
    say_secret(w, profile, "password", ssh->password);
    say_secret(w, profile, "enable", ssh->enable);
}

static void say_restconf_profile(struct writing *w, size_t i)
{
    const struct lab_restconf *restconf = &w->fleet->devices[i].restconf;
    char profile[PROFILE_SIZE];

    snprintf(profile, sizeof(profile), "restconf%zu", i);
    fprintf(w->out,
            "    %s:\n      user: \"%s\"\n      authorities: \"%s/restconf-authority.pem\"\n",
            profile, restconf->user, w->dir);
    say_secret(w, profile, "password", restconf->password);
}

static void say_path(struct writing *w, const char *key, const char *path)
{
    char whole[PATH_MAX];

    fprintf(w->out, "      %s: \"%s\"\n", key, realpath(path, whole) != NULL ? whole : path);
}

/* A certificate counts before a key, as it does for the face. */
static void say_gdoi_profile(struct writing *w, size_t i)
{
    const struct lab_gdoi_box *gdoi = &w->fleet->devices[i].gdoi;
    char profile[PROFILE_SIZE];

    snprintf(profile, sizeof(profile), "gdoi%zu", i);
    fprintf(w->out, "    %s:\n", profile);
    if (gdoi->cert == NULL) {
        say_secret(w, profile, "psk", gdoi->psk);
        return;
    }
    say_path(w, "certificate", gdoi->cert);
    say_path(w, "private_key", gdoi->key);
    say_path(w, "authorities", gdoi->ca);
}

static void say_profiles(struct writing *w, const char *title,
                         bool (*alike)(const struct lab_device *, const struct lab_device *),
                         void (*say)(struct writing *w, size_t i))
{
    bool any = false;

    for (size_t i = 0; i < w->fleet->device_count; i++) {
        if (!alike(&w->fleet->devices[i], &w->fleet->devices[i]) ||
            first_like(w->fleet, i, alike) != i)
            continue;
        if (!any)
            fprintf(w->out, "  %s:\n", title);
        any = true;
        say(w, i);
    }
}

static void say_target(struct writing *w, size_t i)
{
    const struct lab_device *d = &w->fleet->devices[i];

    fprintf(w->out, "  - name: \"%s\"\n    address: %s\n", d->name, d->address);
    if (!polled(d))
        fprintf(w->out, "    collectors: [events]\n");
    if (d->snmp.on)
        fprintf(w->out, "    snmp: snmp%zu\n    snmp_port: %u\n",
                first_like(w->fleet, i, same_snmp), d->snmp.port);
    if (d->ssh.on)
        fprintf(w->out, "    ssh: ssh%zu\n    ssh_port: %u\n",
                first_like(w->fleet, i, same_ssh), d->ssh.port);
    if (d->ssh.on && d->ssh.quirks.legacy)
        fprintf(w->out, "    ssh_profile: legacy\n");
    if (by_restconf(d))
        fprintf(w->out, "    restconf: restconf%zu\n    restconf_port: %u\n",
                first_like(w->fleet, i, same_restconf), d->restconf.port);
}

static void say_targets(struct writing *w)
{
    bool any = false;

    for (size_t i = 0; i < w->fleet->device_count; i++) {
        if (!polled(&w->fleet->devices[i]) && w->syslog == NULL && w->traps == NULL)
            continue;
        if (!any)
            fprintf(w->out, "targets:\n");
        any = true;
        say_target(w, i);
    }
}

/* The name of a target, or an address: the label of its metrics. */
static void say_probe(struct writing *w, const struct lab_ks *ks)
{
    const struct lab_device *d = ks->device;
    const char *at = d->gdoi.address != NULL ? d->gdoi.address
                     : polled(d)             ? d->name
                                             : d->address;

    fprintf(w->out,
            "  - name: \"%s.%s\"\n    ks: \"%s\"\n    port: %u\n    group: \"%u\"\n"
            "    gdoi: gdoi%zu\n    ack: %s\n",
            d->name, ks->group->name, at, d->gdoi.port, ks->group->id,
            first_like(w->fleet, d->number, same_gdoi), d->gdoi.ack > 0 ? "true" : "false");
}

static void say_probes(struct writing *w)
{
    bool any = false;

    for (size_t i = 0; i < w->fleet->device_count; i++) {
        const struct lab_device *d = &w->fleet->devices[i];

        for (size_t k = 0; probed(d) && k < d->server_count; k++) {
            if (!any)
                fprintf(w->out, "state_directory: \"%s\"\nprobes:\n", w->dir);
            any = true;
            say_probe(w, &d->servers[k]);
        }
    }
}

/* N and R can be seen by SSH and RESTCONF alone. */
static bool told(const struct lab_group *group)
{
    for (size_t i = 0; i < group->server_count; i++)
        if (group->servers[i]->device->ssh.on || by_restconf(group->servers[i]->device))
            return true;
    return false;
}

static void say_groups(struct writing *w)
{
    bool any = false;

    for (size_t i = 0; i < w->fleet->group_count; i++) {
        const struct lab_group *g = &w->fleet->groups[i];
        if (told(g))
            continue;
        if (!any)
            fprintf(w->out, "groups:\n");
        any = true;
        fprintf(w->out, "  - group: \"%u\"\n    retransmits: %u\n    interval: %us\n", g->id,
                g->retransmits, g->interval_s);
    }
}

static void say_all(struct writing *w)
{
    fprintf(w->out, "# Written by getvpn_lab: polls its simulated fleet.\ncredentials:\n");
    say_profiles(w, "snmp", same_snmp, say_snmp_profile);
    say_profiles(w, "ssh", same_ssh, say_ssh_profile);
    say_profiles(w, "restconf", same_restconf, say_restconf_profile);
    say_profiles(w, "gdoi", same_gdoi, say_gdoi_profile);
    fprintf(w->out, "known_hosts: \"%s/known_hosts\"\ndefaults:\n  interval: %ds\n", w->dir,
            POLL_EVERY_S);
    say_targets(w);
    if (w->syslog != NULL)
        fprintf(w->out, "syslog:\n  listen: [\"%s\"]\n", w->syslog);
    if (w->traps != NULL)
        fprintf(w->out, "traps:\n  listen: [\"%s\"]\n", w->traps);
    say_groups(w);
    say_probes(w);
}

void lab_exporter_config_print(const struct lab_fleet *fleet, FILE *out, const char *dir,
                               const char *syslog, const char *traps)
{
    struct writing w = {.fleet = fleet, .out = out, .syslog = syslog, .traps = traps};

    if (realpath(dir, w.dir) == NULL)
        snprintf(w.dir, sizeof(w.dir), "%s", dir);
    say_all(&w);
}

bool lab_exporter_config_write(const struct lab_fleet *fleet, const char *path, const char *dir,
                               const char *syslog, const char *traps)
{
    struct writing w = {.fleet = fleet, .secrets = true, .syslog = syslog, .traps = traps};

    if (realpath(dir, w.dir) == NULL)
        return false;
    w.out = fopen(path, "w");
    if (w.out == NULL)
        return false;
    say_all(&w);
    return fclose(w.out) == 0 && !w.failed;
}
