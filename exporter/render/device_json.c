/* SPDX-License-Identifier: Apache-2.0 */
/* One device, with a summary of each of its groups. */
#include <string.h>

#include "render/put_json.h"

static void put_collector(struct gv_json *doc, json_t *list,
                          const struct gv_collector_verdict *c)
{
    json_t *o = gv_json_object(doc, list, NULL), *failures;

    gv_json_text(doc, o, "name", c->name);
    gv_json_bool(doc, o, "polled", c->polled);
    if (c->polled) {
        gv_json_bool(doc, o, "success", c->err == GV_OK);
        gv_json_dur(doc, o, "duration_seconds", c->duration);
    }
    if (c->polled && c->err != GV_OK)
        gv_json_text(doc, o, "reason", gv_err_name(c->err));
    gv_json_text(doc, o, "detail", c->detail);
    gv_json_when(doc, o, "observed_at", c->observed_at);
    gv_json_age(doc, o, "age_seconds", c->observed_at);
    failures = gv_json_object(doc, o, "failures");
    for (unsigned i = GV_OK + 1; c->failures != NULL && i < GV_ERR_COUNT; i++)
        if (c->failures[i] > 0)
            gv_json_u64(doc, failures, gv_err_name((enum gv_err)i), c->failures[i]);
}

static void put_claim(struct gv_json *doc, json_t *list, const struct gv_disagreement *d,
                      const struct gv_claim *claim)
{
    json_t *o = gv_json_object(doc, list, NULL);

    gv_json_text(doc, o, "collector", claim->collector);
    gv_json_when(doc, o, "observed_at", gv_when(claim->seen_at));
    if (d->kind == GV_CLAIM_TEXT)
        gv_json_text(doc, o, "value", claim->value.text);
    else if (d->kind == GV_CLAIM_NUMBER)
        gv_json_u64(doc, o, "value", claim->value.number);
    else if (d->kind == GV_CLAIM_WHEN)
        gv_json_when(doc, o, "value_at", gv_when(claim->value.when));
    else
        gv_json_spi(doc, o, "value", claim->value.spi, GV_KEK_SPI_LEN);
}

static void put_disagreements(struct gv_json *doc, json_t *o, const struct gv_device_verdict *d)
{
    json_t *list = gv_json_list(doc, o, "disagreements");

    for (size_t i = 0; i < d->disagreement_count; i++) {
        const struct gv_disagreement *one = &d->disagreements[i];
        json_t *row = gv_json_object(doc, list, NULL), *claims;

        gv_json_text(doc, row, "group", one->group);
        gv_json_text(doc, row, "field", gv_disagreement_field(one->field));
        claims = gv_json_list(doc, row, "claims");
        put_claim(doc, claims, one, &one->claims[0]);
        put_claim(doc, claims, one, &one->claims[1]);
    }
}

void gv_json_behaviour(struct gv_json *doc, json_t *parent, const char *name,
                       const struct gv_behaviour_verdict *b)
{
    json_t *o = gv_json_object(doc, parent, name), *evidence;

    gv_json_text(doc, o, "behavior", gv_behaviour_name(b->behaviour));
    if (b->behaviour != GV_BEHAVIOUR_UNKNOWN)
        gv_json_text(doc, o, "confidence", gv_confidence_name(b->confidence));
    gv_json_bool(doc, o, "contradicted", b->contradicted);
    evidence = gv_json_list(doc, o, "evidence");
    for (size_t i = 0; i < b->evidence_count; i++) {
        json_t *e = gv_json_object(doc, evidence, NULL);

        gv_json_text(doc, e, "source", gv_evidence_source_name(b->evidence[i].source));
        gv_json_text(doc, e, "behavior", gv_behaviour_name(b->evidence[i].behaviour));
        gv_json_text(doc, e, "confidence", gv_confidence_name(b->evidence[i].confidence));
        gv_json_text(doc, e, "text", b->evidence[i].text);
    }
}

void gv_json_device(struct gv_json *doc, json_t *o, const struct gv_device_verdict *d)
{
    json_t *collectors;

    gv_json_text(doc, o, "name", d->name);
    gv_json_text(doc, o, "address", d->address);
    gv_json_text(doc, o, "hostname", d->hostname);
    gv_json_text(doc, o, "vendor", gv_vendor_name(d->vendor));
    gv_json_text(doc, o, "os", gv_os_name(d->os));
    gv_json_text(doc, o, "version", d->version);
    gv_json_text(doc, o, "gdoi_version", d->gdoi_version);
    if (!d->events_only)
        gv_json_bool(doc, o, "up", d->up);
    gv_json_text(doc, o, "ssh_profile", d->ssh_profile);
    collectors = gv_json_list(doc, o, "collectors");
    for (size_t i = 0; i < d->collector_count; i++)
        put_collector(doc, collectors, &d->collectors[i]);
    put_disagreements(doc, o, d);
    if (d->is_ks)
        gv_json_behaviour(doc, o, "ks_behavior", &d->ks_behaviour);
    if (d->is_gm)
        gv_json_behaviour(doc, o, "gm_behavior", &d->gm_behaviour);
}

enum gv_err gv_render_device_json(const struct gv_render_in *in, const char *device,
                                  struct gv_buf *out)
{
    struct gv_json doc;
    json_t *root, *o, *groups;
    const struct gv_device_verdict *d = NULL;

    for (size_t i = 0; i < in->snapshot->device_count && d == NULL; i++)
        if (strcmp(in->snapshot->devices[i].name, device) == 0)
            d = &in->snapshot->devices[i];
    if (d == NULL)
        return GV_ERR_NOT_FOUND;
    root = gv_json_begin(&doc, in);
    o = gv_json_object(&doc, root, "device");
    gv_json_device(&doc, o, d);
    groups = gv_json_list(&doc, o, "groups");
    for (size_t i = 0; i < d->membership_count; i++) {
        o = gv_json_object(&doc, groups, NULL);
        gv_json_membership(&doc, o, &d->memberships[i]);
        gv_json_lists(&doc, o, &d->memberships[i]);
    }
    return gv_json_end(&doc, root, out);
}
