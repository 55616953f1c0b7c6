/* SPDX-License-Identifier: Apache-2.0 */
#include "poller/target_copy.h"

#include <string.h>

/* Far above what the configuration lets through (names, paths). */
enum { COPY_MEMORY = 16384 };

/* A copy of a text that may be NULL; *failed is set without memory. */
static const char *text(struct gv_arena *arena, const char *source, bool *failed)
{
    const char *copy = source ? gv_arena_text(arena, gv_text(source)) : NULL;

    *failed = *failed || (source != NULL && copy == NULL);
    return copy;
}

static const struct gv_snmp_credential *
copy_snmp(struct gv_arena *arena, const struct gv_snmp_credential *source, bool *failed)
{
    struct gv_snmp_credential *copy = gv_arena_alloc(arena, sizeof(*copy));

    if (copy == NULL) {
        *failed = true;
        return NULL;
    }
    *copy = *source;
    copy->user = text(arena, source->user, failed);
    copy->community = gv_secret_share(source->community);
    copy->auth_password = gv_secret_share(source->auth_password);
    copy->priv_password = gv_secret_share(source->priv_password);
    return copy;
}

static const struct gv_ssh_credential *
copy_ssh(struct gv_arena *arena, const struct gv_ssh_credential *source, bool *failed)
{
    struct gv_ssh_credential *copy = gv_arena_alloc(arena, sizeof(*copy));

    if (copy == NULL) {
        *failed = true;
        return NULL;
    }
    *copy = *source;
    copy->user = text(arena, source->user, failed);
    copy->key_file = text(arena, source->key_file, failed);
    copy->password = gv_secret_share(source->password);
    copy->enable = gv_secret_share(source->enable);
    copy->key_passphrase = gv_secret_share(source->key_passphrase);
    return copy;
}

static const struct gv_restconf_credential *
copy_restconf(struct gv_arena *arena, const struct gv_restconf_credential *source, bool *failed)
{
    struct gv_restconf_credential *copy = gv_arena_alloc(arena, sizeof(*copy));

    if (copy == NULL) {
        *failed = true;
        return NULL;
    }
    *copy = *source;
    copy->user = text(arena, source->user, failed);
    copy->ca_file = text(arena, source->ca_file, failed);
    copy->password = gv_secret_share(source->password);
    return copy;
}

enum gv_err gv_target_copy_init(struct gv_target_copy *out, const struct gv_target *source)
{
    struct gv_target_copy copy = {gv_arena(COPY_MEMORY), *source};
    bool failed = false;

    /* Nobody polls from there. */
    copy.target.event_addresses = NULL;
    copy.target.event_address_count = 0;
    copy.target.name = text(&copy.arena, source->name, &failed);
    copy.target.address = text(&copy.arena, source->address, &failed);
    copy.target.ssh_known_hosts = text(&copy.arena, source->ssh_known_hosts, &failed);
    if (source->snmp != NULL)
        copy.target.snmp = copy_snmp(&copy.arena, source->snmp, &failed);
    if (source->ssh != NULL)
        copy.target.ssh = copy_ssh(&copy.arena, source->ssh, &failed);
    copy.target.restconf_pin = text(&copy.arena, source->restconf_pin, &failed);
    if (source->restconf != NULL)
        copy.target.restconf = copy_restconf(&copy.arena, source->restconf, &failed);
    if (failed) {
        gv_target_copy_clear(&copy);
        return GV_ERR_NO_MEMORY;
    }
    *out = copy;
    return GV_OK;
}

void gv_target_copy_clear(struct gv_target_copy *copy)
{
    const struct gv_target *target = &copy->target;

    if (target->snmp != NULL) {
        gv_secret_free(target->snmp->community);
        gv_secret_free(target->snmp->auth_password);
        gv_secret_free(target->snmp->priv_password);
    }
    if (target->ssh != NULL) {
        gv_secret_free(target->ssh->password);
        gv_secret_free(target->ssh->enable);
        gv_secret_free(target->ssh->key_passphrase);
    }
    if (target->restconf != NULL)
        gv_secret_free(target->restconf->password);
    gv_arena_clear(&copy->arena);
    copy->target = (struct gv_target){0};
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_snmp(const struct gv_snmp_credential *a, const struct gv_snmp_credential *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->version == b->version && a->auth == b->auth && a->priv == b->priv &&
           same_text(a->user, b->user) && gv_secret_equal(a->community, b->community) &&
           gv_secret_equal(a->auth_password, b->auth_password) &&
           gv_secret_equal(a->priv_password, b->priv_password);
}

static bool same_ssh(const struct gv_ssh_credential *a, const struct gv_ssh_credential *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->agent == b->agent && same_text(a->user, b->user) &&
           same_text(a->key_file, b->key_file) && gv_secret_equal(a->password, b->password) &&
           gv_secret_equal(a->enable, b->enable) &&
           gv_secret_equal(a->key_passphrase, b->key_passphrase);
}

static bool same_restconf(const struct gv_restconf_credential *a,
                          const struct gv_restconf_credential *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return same_text(a->user, b->user) && same_text(a->ca_file, b->ca_file) &&
           gv_secret_equal(a->password, b->password);
}

bool gv_target_equal(const struct gv_target *a, const struct gv_target *b)
{
    return same_text(a->name, b->name) && same_text(a->address, b->address) &&
           a->snmp_port == b->snmp_port && a->ssh_port == b->ssh_port &&
           a->snmp_timeout.ms == b->snmp_timeout.ms && a->snmp_retries == b->snmp_retries &&
           a->ssh_timeout.ms == b->ssh_timeout.ms && a->deadline.ms == b->deadline.ms &&
           a->ssh_profile == b->ssh_profile && a->ssh_keep == b->ssh_keep &&
           a->ssh_logging == b->ssh_logging &&
           same_text(a->ssh_known_hosts, b->ssh_known_hosts) && same_snmp(a->snmp, b->snmp) &&
           same_ssh(a->ssh, b->ssh) && a->restconf_port == b->restconf_port &&
           a->restconf_timeout.ms == b->restconf_timeout.ms &&
           same_text(a->restconf_pin, b->restconf_pin) &&
           same_restconf(a->restconf, b->restconf);
}

static void hide_snmp(const struct gv_snmp_credential *credential,
                      struct gv_transcript *transcript)
{
    if (credential == NULL)
        return;
    gv_transcript_hide(transcript, credential->community);
    gv_transcript_hide(transcript, credential->auth_password);
    gv_transcript_hide(transcript, credential->priv_password);
}

void gv_target_hide(const struct gv_target *target, struct gv_transcript *transcript)
{
    hide_snmp(target->snmp, transcript);
    hide_snmp(target->notify, transcript);
    if (target->ssh != NULL) {
        gv_transcript_hide(transcript, target->ssh->password);
        gv_transcript_hide(transcript, target->ssh->enable);
        gv_transcript_hide(transcript, target->ssh->key_passphrase);
    }
    if (target->restconf != NULL)
        gv_transcript_hide(transcript, target->restconf->password);
}
