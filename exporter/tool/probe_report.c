/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/probe_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/probe.h"
#include "probes/failure.h"
#include "render/render.h"
#include "tool/command.h"

enum {
    TEXT_MOST = 1 << 16,
    BAD_REKEYS_MOST = 100, /* listed; all are counted */
    REKEYS_MOST = 10000
};

struct probe_report {
    const struct gdoi_client_config *config;
    struct gv_probe_evidence evidence;
    bool registered, listening;
    double phase1_s, pull_s;
    char suite[64];
    json_t *kek, *teks, *rekeys, *weak; /* kek NULL: none */
    unsigned bad_rekeys;
    json_t *error; /* NULL: none */
};

struct probe_report *probe_report_new(const struct gdoi_client_config *config)
{
    struct probe_report *report = calloc(1, sizeof(*report));

    if (report == NULL)
        return NULL;
    report->config = config;
    report->teks = json_array();
    report->rekeys = json_array();
    report->weak = json_array();
    return report;
}

void probe_report_free(struct probe_report *report)
{
    if (report == NULL)
        return;
    json_decref(report->kek);
    json_decref(report->teks);
    json_decref(report->rekeys);
    json_decref(report->weak);
    json_decref(report->error);
    free(report);
}

static double seconds(struct gv_dur d)
{
    return (double)d.ms / 1000;
}

/* ---- the keys, as in an observation ---- */

/* As IOS prints them, so that a probe and a router speak of one thing in one way. */
static const char *sig_hash_name(uint32_t hash)
{
    static const char *const names[] = {[GDOI_SIG_MD5] = "HMAC_AUTH_MD5",
                                        [GDOI_SIG_SHA1] = "HMAC_AUTH_SHA",
                                        [GDOI_SIG_SHA256] = "HMAC_AUTH_SHA256",
                                        [GDOI_SIG_SHA384] = "HMAC_AUTH_SHA384",
                                        [GDOI_SIG_SHA512] = "HMAC_AUTH_SHA512"};

    return hash < sizeof(names) / sizeof(names[0]) ? names[hash] : NULL;
}

static const char *kek_cipher_name(const struct gdoi_kek *kek)
{
    enum { DES_KEY_SIZE = 8 };

    if (kek->cipher == GDOI_AES)
        return "AES";
    return kek->key_n == DES_KEY_SIZE ? "DES" : "3DES";
}

static void observe_kek(struct gv_observation *obs, struct gv_group_obs *group,
                        const struct gdoi_kek_life *life)
{
    struct gv_kek_obs *kek = gv_group_add_kek(obs, group);

    if (kek == NULL)
        return;
    memcpy(kek->spi, life->kek.spi, sizeof(kek->spi));
    kek->has = GV_KEK_HAS_SPI;
    if (life->sak.lifetime_s > 0) {
        kek->lifetime_s = kek->remaining_s = life->sak.lifetime_s;
        kek->has |= GV_KEK_HAS_LIFETIME | GV_KEK_HAS_REMAINING;
    }
    if (life->kek.octets != NULL) {
        kek->key_bits = (uint32_t)life->kek.key_n * 8;
        kek->has |= GV_KEK_HAS_KEY_BITS;
        kek->cipher = kek_cipher_name(&life->kek);
    }
    kek->sig_hash = sig_hash_name(life->sak.sig_hash);
    if (life->kek.verifier == NULL)
        return;
    kek->sig_key_bits = gdoi_verifier_bits(life->kek.verifier);
    kek->has |= GV_KEK_HAS_SIG_KEY_BITS;
}

/* RFC 2407, 4.4.4 and 4.5; by the names of IOS's transform sets. */
static void transform_text(const struct gdoi_sat *sat, struct gv_buf *out)
{
    static const struct {
        uint32_t number;
        const char *name;
        bool has_bits;
    } ciphers[] = {{2, "esp-des", false}, {3, "esp-3des", false}, {11, "esp-null", false},
                   {12, "aes", true},     {13, "aes-ctr", true},  {18, "gcm", true},
                   {19, "gcm", true},     {20, "gcm", true},      {23, "gmac", true}};
    static const char *const hashes[] = {NULL, "md5",    "sha",    NULL,
                                         NULL, "sha256", "sha384", "sha512"};
    size_t i = 0;

    while (i < sizeof(ciphers) / sizeof(ciphers[0]) && ciphers[i].number != sat->transform)
        i++;
    if (sat->protocol != 1 || i == sizeof(ciphers) / sizeof(ciphers[0])) {
        gv_buf_add_str(out, sat->protocol == 1 ? "esp-" : "ah-");
        gv_buf_add_u64(out, sat->transform);
    } else if (ciphers[i].has_bits) {
        gv_buf_add_str(out, "esp-");
        gv_buf_add_u64(out, sat->key_bits > 0 ? sat->key_bits : 128);
        gv_buf_add_char(out, '-');
        gv_buf_add_str(out, ciphers[i].name);
    } else {
        gv_buf_add_str(out, ciphers[i].name);
    }
    if (sat->auth < sizeof(hashes) / sizeof(hashes[0]) && hashes[sat->auth] != NULL) {
        gv_buf_add_str(out, sat->protocol == 1 ? " esp-" : " ah-");
        gv_buf_add_str(out, hashes[sat->auth]);
        gv_buf_add_str(out, "-hmac");
    }
}

static void observe_tek(struct gv_observation *obs, struct gv_group_obs *group,
                        const struct gdoi_tek_life *life)
{
    struct gv_tek_obs *tek = gv_group_add_tek(obs, group);
    struct gv_buf text = gv_buf(TEXT_MOST);

    if (tek == NULL)
        return;
    for (unsigned i = 0; i < sizeof(tek->spi); i++)
        tek->spi[i] = (uint8_t)(life->spi >> (24 - 8 * i));
    tek->has = GV_TEK_HAS_SPI;
    if (life->sat.lifetime_s > 0) {
        tek->lifetime_s = tek->remaining_s = life->sat.lifetime_s;
        tek->has |= GV_TEK_HAS_LIFETIME | GV_TEK_HAS_REMAINING;
    }
    transform_text(&life->sat, &text);
    tek->transform = gv_observation_text(obs, (struct gv_text){text.at, text.n});
    gv_buf_clear(&text);
}

static struct gv_observation *observe(const struct gdoi_group_state *state, struct gv_time at)
{
    struct gv_observation *obs = gv_observation_new(at);
    struct gv_group_obs *group =
        obs != NULL ? gv_observation_group(obs, gv_text("probe"), gv_text(NULL)) : NULL;

    if (group == NULL) {
        gv_observation_free(obs);
        return NULL;
    }
    if (state->kek_count > 0)
        observe_kek(obs, group, &state->keks[0]);
    for (size_t i = 0; i < state->tek_count; i++)
        observe_tek(obs, group, &state->teks[i]);
    return obs;
}

static void take_keys(struct probe_report *report, const struct gdoi_group_state *state,
                      struct gv_time at)
{
    struct gv_observation *obs = observe(state, at);
    struct gv_buf text = gv_buf(TEXT_MOST);
    json_t *document = NULL, *group;

    if (obs != NULL && gv_render_observation_json(obs, &text) == GV_OK)
        document = json_loadb(text.at, text.n, 0, NULL);
    group = json_array_get(json_object_get(document, "groups"), 0);
    report->kek = json_incref(json_array_get(json_object_get(group, "keks"), 0));
    json_decref(report->teks);
    report->teks = json_incref(json_object_get(group, "teks"));
    json_decref(document);
    gv_buf_clear(&text);
    gv_observation_free(obs);
}

/* ---- weaknesses ---- */

static void weak(struct probe_report *report, const char *what, const char *which)
{
    char text[128];

    (void)snprintf(text, sizeof(text), "%s%s", what, which);
    (void)json_array_append_new(report->weak, json_string(text));
}

/* What protects the group's traffic: RFC 2407, 4.4.4 and 4.5. */
static void take_weak_tek(struct probe_report *report, const struct gdoi_sat *sat)
{
    enum { ESP = 1, ESP_DES = 2, ESP_3DES = 3, ESP_NULL = 11, AUTH_MD5 = 1, AUTH_SHA = 2 };
    struct gv_buf text = gv_buf(TEXT_MOST);
    bool weak_cipher =
        sat->protocol == ESP &&
        (sat->transform == ESP_DES || sat->transform == ESP_3DES || sat->transform == ESP_NULL);

    transform_text(sat, &text);
    gv_buf_add_char(&text, '\0');
    if (text.at != NULL && (weak_cipher || sat->auth == AUTH_MD5 || sat->auth == AUTH_SHA))
        weak(report, "TEK: ", text.at);
    gv_buf_clear(&text);
}

/* The key server's choices are always taken, and named where they are weak (contract). */
static void take_weak(struct probe_report *report, const struct gdoi_group_state *state,
                      const struct gdoi_suite *suite)
{
    const struct gdoi_kek_life *life = &state->keks[0];
    char bits[32];

    if (gdoi_suite_weak(suite))
        weak(report, "phase 1: ", report->suite);
    for (size_t i = 0; i < state->tek_count; i++)
        take_weak_tek(report, &state->teks[i].sat);
    if (state->kek_count == 0)
        return;
    if (life->kek.octets != NULL && life->kek.cipher != GDOI_AES)
        weak(report, "KEK: ", kek_cipher_name(&life->kek));
    if (life->kek.hash == GDOI_MD5 || life->kek.hash == GDOI_SHA1)
        weak(report, "rekey signature: ", life->kek.hash == GDOI_MD5 ? "MD5" : "SHA-1");
    if (life->kek.verifier == NULL) {
        weak(report, "rekey signature: ", "no usable public key was given");
    } else if (gdoi_verifier_kind(life->kek.verifier) == GDOI_KEY_RSA &&
               gdoi_verifier_bits(life->kek.verifier) < 2048) {
        (void)snprintf(bits, sizeof(bits), "RSA of %u bits",
                       gdoi_verifier_bits(life->kek.verifier));
        weak(report, "rekey signature: ", bits);
    }
}

void probe_report_registered(struct probe_report *report, const struct gdoi_probe *probe,
                             const struct gdoi_event *event)
{
    const struct gdoi_group_state *state = gdoi_client_group(gdoi_probe_client(probe));
    const struct gdoi_timing *timing = gdoi_probe_timing(probe);
    struct gv_buf name = gv_buf(sizeof(report->suite) - 1);

    report->registered = true;
    report->phase1_s = (double)timing->phase1_ns / 1e9;
    report->pull_s = (double)timing->pull_ns / 1e9;
    gdoi_suite_name(&event->suite, &name);
    (void)snprintf(report->suite, sizeof(report->suite), "%s", name.at ? name.at : "");
    gv_buf_clear(&name);
    take_keys(report, state, event->at);
    take_weak(report, state, &event->suite);
    if (state->kek_count > 0)
        gv_probe_saw_registration(&report->evidence,
                                  &(struct gv_probe_registration){
                                      .left = gv_time_diff(state->keks[0].expiry, event->at),
                                      .unsure = event->life_unsure}); /* the first */
}

void probe_report_listening(struct probe_report *report, bool listening)
{
    report->listening = listening;
}

/* ---- failures ---- */

int probe_report_failed(struct probe_report *report, const struct gdoi_event *event)
{
    struct gv_buf reason = gv_buf(TEXT_MOST);

    gv_probe_explain(report->config, event, &reason);
    report->error = tool_error(gdoi_step_name(event->step), reason.at ? reason.at : "");
    (void)fprintf(stderr, "getvpntool: %s: %s\n", gdoi_step_name(event->step),
                  reason.at ? reason.at : "");
    gv_buf_clear(&reason);
    return gv_probe_failure(event) == GV_PROBE_SILENT ? TOOL_UNREACHABLE : TOOL_NEGATIVE;
}

/* ---- rekeys ---- */

static json_t *spi_json(const uint8_t *spi)
{
    struct gv_buf text = gv_buf(64);
    json_t *value;

    gv_buf_add_hex(&text, spi, GDOI_SPI_SIZE);
    value = json_string(text.at ? text.at : "");
    gv_buf_clear(&text);
    return value;
}

void probe_report_rekey(struct probe_report *report, const struct gdoi_event *event,
                        double received_at)
{
    json_t *rekey;

    if ((!event->valid && ++report->bad_rekeys > BAD_REKEYS_MOST) ||
        json_array_size(report->rekeys) >= REKEYS_MOST)
        return;
    rekey = json_pack("{s:f, s:I, s:o, s:s}", "received_at", received_at, "sequence",
                      (json_int_t)event->sequence, "kek_spi", spi_json(event->kek_spi),
                      "signature", event->valid ? "valid" : "invalid");
    if (event->brings_kek) {
        (void)json_object_set_new(rekey, "new_kek_spi", spi_json(event->new_kek_spi));
        if (event->has_lead)
            (void)json_object_set_new(rekey, "lead_seconds", json_real(seconds(event->lead)));
        gv_probe_saw_rekey(&report->evidence,
                           &(struct gv_probe_rekey){.valid = event->valid,
                                                    .brings_kek = true,
                                                    .lead = event->lead,
                                                    .full_life_known = event->full_life_known,
                                                    .full_life = event->full_life,
                                                    .unsure = event->life_unsure});
    }
    (void)json_array_append_new(report->rekeys, rekey);
    (void)fprintf(stderr, "getvpntool: rekey %u, signature %s%s\n", event->sequence,
                  event->valid ? "valid" : "INVALID",
                  event->brings_kek ? ", brings a new KEK" : "");
}

/* ---- the end ---- */

static json_t *evidence_json(const struct gv_behaviour_verdict *verdict)
{
    json_t *list = json_array();

    for (size_t i = 0; i < verdict->evidence_count; i++) {
        const struct gv_evidence *e = &verdict->evidence[i];

        (void)json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s}", "source", gv_evidence_source_name(e->source),
                      "behavior", gv_behaviour_name(e->behaviour), "confidence",
                      gv_confidence_name(e->confidence), "text", e->text));
    }
    return list;
}

static json_t *counts_json(const struct gdoi_probe *probe)
{
    const struct gdoi_counts *counts = gdoi_client_counts(gdoi_probe_client(probe));
    const struct gdoi_traffic *traffic = gdoi_probe_traffic(probe);

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "datagrams_sent",
                     (json_int_t)traffic->sent, "datagrams_received",
                     (json_int_t)traffic->received, "retransmissions",
                     (json_int_t)counts->duplicates, "replays", (json_int_t)counts->replays,
                     "unknown_kek", (json_int_t)counts->unknown_spi, "undecodable",
                     (json_int_t)counts->malformed, "invalid_signatures",
                     (json_int_t)counts->bad_signatures, "beyond_the_rate",
                     (json_int_t)counts->limited, "acks", (json_int_t)counts->acks);
}

/* What the key server does otherwise than RFC 6407. */
static json_t *deviations_json(const struct gdoi_client *client)
{
    uint32_t all = gdoi_client_deviations(client);
    json_t *list = json_array();

    for (unsigned i = 0; i < GDOI_DEVIATION_COUNT; i++)
        if (all & gdoi_deviates(true, i))
            (void)json_array_append_new(list, json_string(gdoi_deviation_name(i)));
    return list;
}

static json_t *document(struct probe_report *report, const struct gdoi_probe *probe)
{
    struct gv_behaviour_verdict verdict = gv_probe_judge(&report->evidence);
    json_t *root = json_pack("{s:b}", "registered", (int)report->registered);

    if (report->registered) {
        (void)json_object_set_new(root, "phase1_seconds", json_real(report->phase1_s));
        (void)json_object_set_new(root, "pull_seconds", json_real(report->pull_s));
        (void)json_object_set_new(root, "proposal", json_string(report->suite));
        (void)json_object_set_new(root, "listening", json_boolean(report->listening));
    }
    if (report->kek != NULL)
        (void)json_object_set(root, "kek", report->kek);
    (void)json_object_set(root, "teks", report->teks);
    (void)json_object_set(root, "rekeys", report->rekeys);
    (void)json_object_set(root, "weak", report->weak);
    (void)json_object_set_new(root, "deviations", deviations_json(gdoi_probe_client(probe)));
    (void)json_object_set_new(root, "counts", counts_json(probe));
    (void)json_object_set_new(root, "ks_behavior",
                              json_string(gv_behaviour_name(verdict.behaviour)));
    (void)json_object_set_new(root, "evidence", evidence_json(&verdict));
    if (report->error != NULL)
        (void)json_object_set(root, "error", report->error);
    return root;
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s != NULL ? s : "-";
}

static void print_keys(const struct probe_report *report)
{
    const json_t *value;
    size_t i;

    if (report->kek != NULL)
        (void)printf("KEK %s  %s %lld bits, %lld s left\n", text_of(report->kek, "spi"),
                     text_of(report->kek, "cipher"),
                     json_integer_value(json_object_get(report->kek, "key_bits")),
                     json_integer_value(json_object_get(report->kek, "remaining_seconds")));
    json_array_foreach(report->teks, i, value)(void)
        printf("TEK %s  %s, %lld s left\n", text_of(value, "spi"), text_of(value, "transform"),
               json_integer_value(json_object_get(value, "remaining_seconds")));
    json_array_foreach(report->weak, i, value)(void)
        printf("weak: %s\n", json_string_value(value));
}

static void print_deviations(const struct gdoi_client *client)
{
    json_t *list = deviations_json(client), *value;
    size_t i;

    json_array_foreach(list, i, value)(void) printf("deviates: %s\n", json_string_value(value));
    json_decref(list);
}

static void print_text(struct probe_report *report, const struct gdoi_client *client)
{
    struct gv_behaviour_verdict verdict = gv_probe_judge(&report->evidence);
    const json_t *value, *lead;
    size_t i;

    if (!report->registered) {
        (void)puts("not registered");
        return;
    }
    (void)printf("registered by %s: phase 1 %.3f s, GROUPKEY-PULL %.3f s\n", report->suite,
                 report->phase1_s, report->pull_s);
    print_keys(report);
    json_array_foreach(report->rekeys, i, value)
    {
        lead = json_object_get(value, "lead_seconds");
        (void)printf("rekey %lld, signature %s",
                     json_integer_value(json_object_get(value, "sequence")),
                     text_of(value, "signature"));
        if (lead != NULL)
            (void)printf(", new KEK %.1f s before expiry", json_real_value(lead));
        (void)puts("");
    }
    print_deviations(client);
    (void)printf("key server: %s\n", gv_behaviour_name(verdict.behaviour));
    for (i = 0; i < verdict.evidence_count; i++)
        (void)printf("  %s: %s\n", gv_behaviour_name(verdict.evidence[i].behaviour),
                     verdict.evidence[i].text);
}

int probe_report_print(struct probe_report *report, const struct gdoi_probe *probe, bool json,
                       int code)
{
    if (json)
        return tool_print_json(document(report, probe), code);
    print_text(report, gdoi_probe_client(probe));
    return code;
}
