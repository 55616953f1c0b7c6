/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "gdoi/endpoint.h"

static bool same_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool same_suites(const struct gdoi_client_config *a, const struct gdoi_client_config *b)
{
    if (a->suite_count != b->suite_count)
        return false;
    for (size_t i = 0; i < a->suite_count; i++)
        if (!gdoi_suite_equal(&a->suites[i], &b->suites[i]))
            return false;
    return true;
}

static bool same_identity(const struct gdoi_identity *a, const struct gdoi_identity *b)
{
    return a->type == b->type && a->n == b->n && memcmp(a->octets, b->octets, a->n) == 0;
}

static bool same_client(const struct gdoi_client_config *a, const struct gdoi_client_config *b)
{
    return same_suites(a, b) && same_identity(&a->identity, &b->identity) &&
           same_identity(&a->peer, &b->peer) && same_identity(&a->group, &b->group) &&
           gdoi_endpoint_equal(&a->local, &b->local) &&
           gdoi_endpoint_equal(&a->remote, &b->remote) && a->ack == b->ack &&
           a->ack_key_bits == b->ack_key_bits && a->step_timeout.ms == b->step_timeout.ms;
}

/* Certificates are read anew with each load, so a probe that uses one begins anew. */
bool gv_probe_spec_equal(const struct gv_probe_spec *a, const struct gv_probe_spec *b)
{
    return same_text(a->name, b->name) && same_text(a->ks, b->ks) &&
           same_text(a->group, b->group) && a->interval.ms == b->interval.ms &&
           a->credential == b->credential && gv_secret_equal(a->psk, b->psk) &&
           a->nat_port == b->nat_port && same_text(a->interface, b->interface) &&
           same_client(&a->client, &b->client);
}

enum gv_err gv_probe_spec_copy(const struct gv_probe_spec *spec, struct gv_probe_spec *out)
{
    size_t n = spec->client.suite_count;
    struct gdoi_suite *suites = calloc(n + 1, sizeof(*suites));

    *out = *spec;
    out->psk = gv_secret_share(spec->psk);
    out->credential = gdoi_credential_share(spec->credential);
    out->name = strdup(spec->name);
    out->ks = strdup(spec->ks);
    out->group = strdup(spec->group);
    out->interface = spec->interface != NULL ? strdup(spec->interface) : NULL;
    out->client.suites = suites;
    out->client.psk = out->psk;
    out->client.credential = out->credential;
    if (out->name == NULL || out->ks == NULL || out->group == NULL || suites == NULL ||
        (spec->interface != NULL && out->interface == NULL))
        return GV_ERR_NO_MEMORY;
    memcpy(suites, spec->client.suites, n * sizeof(*suites));
    return GV_OK;
}

void gv_probe_spec_clear(struct gv_probe_spec *spec)
{
    gv_secret_free(spec->psk);
    gdoi_credential_free(spec->credential);
    free((char *)spec->name);
    free((char *)spec->ks);
    free((char *)spec->group);
    free((char *)spec->interface);
    free((struct gdoi_suite *)spec->client.suites);
    *spec = (struct gv_probe_spec){.name = NULL};
}
