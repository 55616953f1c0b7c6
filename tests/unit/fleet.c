/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

/* The instant of the scrape: 2025-11-24 16:00:00.250 UTC. */
#define NOW_MS  INT64_C(5000250)
#define UNIX_MS INT64_C(1764000000250)

#define KNOWN(v)                                                                               \
    {                                                                                          \
        true, (v)                                                                              \
    }
#define AT(s)                                                                                  \
    {                                                                                          \
        true,                                                                                  \
        {                                                                                      \
            NOW_MS + (s)*1000                                                                  \
        }                                                                                      \
    }

static const uint64_t ssh_failures[GV_ERR_COUNT] = {
    [GV_ERR_TIMEOUT] = 3, [GV_ERR_HOST_KEY_CHANGED] = 1};

static struct gv_evidence ks_evidence[] = {
    {GV_EVIDENCE_TIMING, GV_BEHAVIOUR_OLD, GV_CERTAIN, "the KEK had 12 s left."},
    {GV_EVIDENCE_OS_VERSION, GV_BEHAVIOUR_NEW, GV_LIKELY, "15.2(1)T or later."},
};

static struct gv_collector_verdict ks_collectors[] = {
    {.name = "snmp", .polled = true, .detail = "", .duration = {120}, .observed_at = AT(-10)},
    {.name = "ssh",
     .polled = true,
     .err = GV_ERR_TIMEOUT,
     .detail = "no prompt within 10 s",
     .duration = {10000},
     .failures = ssh_failures},
};

static struct gv_collector_verdict gm_collectors[] = {
    {.name = "snmp", .polled = true, .duration = {51}, .observed_at = AT(-3)},
};

static struct gv_collector_verdict idle_collectors[] = {{.name = "ssh"}};

static struct gv_peer_verdict peers[] = {
    {.ks = "ks-b",
     .address = "192.0.2.2",
     .version = "1.0.27",
     .role = GV_KS_SECONDARY,
     .status = GV_KS_DEAD,
     .priority = KNOWN(200)},
};

static struct gv_member_verdict members[] = {
    {.gm = "gm-a",
     .monitored = true,
     .id = "192.0.2.11",
     .version = "1.0.27",
     .state = "registered",
     .ks = "192.0.2.1",
     .behaviour = GV_BEHAVIOUR_NEW,
     .rekeys_sent = KNOWN(25),
     .acks_missed = KNOWN(2)},
    {.gm = "192.0.2.12", .id = "192.0.2.12"},
};

static struct gv_membership ks_memberships[] = {
    {.group = "G1",
     .name = "G1",
     .group_id = "3333",
     .type = GV_GROUP_GDOI,
     .transport = GV_REKEY_UNICAST,
     .has_ks = true,
     .ks_kek = {.present = true,
                .has_spi = true,
                .spi = {0xee, 0xb0, 0xe9, 0xa2, 0xbb, 0xd4, 0xc7, 0x1a, 0xf1, 0x03, 0x4f, 0x6b,
                        0x24, 0xeb, 0x80, 0x22},
                .lifetime_s = KNOWN(1200),
                .expiry = AT(787),
                .cipher = "AES",
                .sig_hash = "HMAC_AUTH_SHA",
                .key_bits = KNOWN(256),
                .sig_key_bits = KNOWN(2048)},
     .rekey = {.published = true,
               .expected_at = AT(552),
               .lead_expected_s = KNOWN(235),
               .lead_observed_known = true,
               .lead_observed = {-1500},
               .verdict = GV_REKEY_AFTER_EXPIRY,
               .judged_at = AT(-413),
               .counts = {[GV_REKEY_ON_TIME] = 4, [GV_REKEY_AFTER_EXPIRY] = 1},
               .policy = {.transport = GV_REKEY_UNICAST,
                          .retransmits = 3,
                          .interval = {10000},
                          .members = 2,
                          .members_assumed = true}},
     .ks_tek = {.present = true,
                .count = 2,
                .expiry = AT(500),
                .next_expiry = AT(20),
                .successor_present = GV_YES},
     .role = GV_KS_PRIMARY,
     .status = GV_KS_ALIVE,
     .ks_version = "1.0.3",
     .ks_address = "192.0.2.1",
     .members_registered = KNOWN(2),
     .priority = KNOWN(245),
     .peers = peers,
     .peer_count = 1,
     .members = members,
     .member_count = 2},
};

static struct gv_membership gm_memberships[] = {
    {.group = "G1",
     .name = "G1",
     .group_id = "3333",
     .type = GV_GROUP_GDOI,
     .transport = GV_REKEY_UNICAST,
     .has_gm = true,
     .gm_kek =
         {.present = true, .lifetime_s = KNOWN(1200), .expiry = AT(-5), .saturated = true},
     .kek_in_sync = GV_NO,
     .gm_tek = {.present = true, .count = 1, .expiry = AT(188)},
     .registered = GV_YES,
     .registered_inferred = true,
     .gm_address = "192.0.2.11",
     .registered_with = "192.0.2.1",
     .reregistration_at = AT(81),
     .last_rekey_at = AT(-413),
     .last_registration_at = AT(-3600),
     .registrations_attempted = KNOWN(7),
     .registrations_succeeded = KNOWN(6),
     .rekeys_received = KNOWN(25),
     .double_registrations = KNOWN(0)},
};

/* A line feed, a quote, a backslash, UTF-8, an octet that is none, an escape. */
#define ODD "B\xc3\xbcro \"1\"\\2\n\xff\x1b[0m"

static struct gv_membership odd_memberships[] = {
    {.group = ODD,
     .name = ODD,
     .has_gm = true,
     .gm_kek = {.present = true,
                .lifetime_s = KNOWN(900),
                .frozen = true,
                .frozen_remaining_s = KNOWN(600)},
     .registered = GV_NO},
};

static const uint8_t another_spi[GV_KEK_SPI_LEN] = {0xA0, 0xA1};

static struct gv_disagreement disagreements[] = {
    {.group = "G1",
     .field = 3,
     .kind = GV_CLAIM_NUMBER,
     .claims = {{"snmp", {NOW_MS - 10000}, {.number = 2}},
                {"ssh", {NOW_MS - 20000}, {.number = 3}}}},
    {.group = "G1",
     .field = 1,
     .kind = GV_CLAIM_TEXT,
     .claims = {{"snmp", {NOW_MS - 10000}, {.text = "primary"}},
                {"ssh", {NOW_MS - 20000}, {.text = "secondary"}}}},
    {.group = "G1",
     .field = 13,
     .kind = GV_CLAIM_WHEN,
     .claims = {{"snmp", {NOW_MS - 10000}, {.when = {NOW_MS + 500000}}},
                {"ssh", {NOW_MS - 20000}, {.when = {NOW_MS + 600000}}}}},
    {.group = "G1",
     .field = 12,
     .kind = GV_CLAIM_SPI,
     .claims = {{"snmp", {NOW_MS - 10000}, {.spi = another_spi}},
                {"ssh", {NOW_MS - 20000}, {.spi = another_spi}}}},
};

static struct gv_disagreed disagreed[] = {{"retransmits", true}, {"registered", false}};

static struct gv_device_verdict devices[] = {
    {.name = "ks-a",
     .address = "192.0.2.1",
     .hostname = "KS-A",
     .version = "15.1(4)M",
     .gdoi_version = "1.0.3",
     .vendor = GV_VENDOR_CISCO,
     .os = GV_OS_IOS,
     .up = true,
     .ssh_profile = "legacy",
     .collectors = ks_collectors,
     .collector_count = 2,
     .disagreements = disagreements,
     .disagreement_count = 4,
     .disagreed = disagreed,
     .disagreed_count = 2,
     .is_ks = true,
     .ks_behaviour = {GV_BEHAVIOUR_OLD, GV_CERTAIN, true, ks_evidence, 2},
     .memberships = ks_memberships,
     .membership_count = 1},
    {.name = "gm-a",
     .address = "192.0.2.11",
     .vendor = GV_VENDOR_CISCO,
     .up = true,
     .collectors = gm_collectors,
     .collector_count = 1,
     .is_gm = true,
     .gm_behaviour = {.behaviour = GV_BEHAVIOUR_NEW, .confidence = GV_LIKELY},
     .memberships = gm_memberships,
     .membership_count = 1},
    {.name = "gm-odd",
     .address = "192.0.2.13",
     .up = true,
     .ssh_profile = "default",
     .collectors = gm_collectors,
     .collector_count = 1,
     .is_gm = true,
     .memberships = odd_memberships,
     .membership_count = 1},
    {.name = "silent",
     .address = "192.0.2.14",
     .ssh_profile = "default",
     .collectors = idle_collectors,
     .collector_count = 1},
};

static struct gv_evidence heard_evidence[] = {
    {GV_EVIDENCE_SYSLOG, GV_BEHAVIOUR_OLD, GV_CERTAIN,
     "gm-a registered 120 s before its KEK expired, got the same KEK, and registered again 30 "
     "s "
     "after"},
};
static const struct gv_behaviour_verdict heard_old = {
    .behaviour = GV_BEHAVIOUR_OLD,
    .confidence = GV_CERTAIN,
    .evidence = heard_evidence,
    .evidence_count = 1,
};
static const struct gv_behaviour_verdict nothing_known;

static struct gv_interop_verdict interop[] = {
    {.ks = "ks-a",
     .outcome = GV_INTEROP_MISMATCH,
     .ks_behaviour = GV_BEHAVIOUR_OLD,
     .ks_verdict = &heard_old,
     .members_new = 1,
     .members_unknown = 1,
     .registrations_per_cycle = 2,
     .text = "Each new member registers twice per KEK. Upgrade the key server."},
    {.ks = "ks-b", .ks_verdict = &nothing_known},
};

static struct gv_group_verdict groups[] = {
    {.group = ODD, .name = ODD, .gm_count = 1},
    {.group = "G1",
     .name = "G1",
     .group_id = "3333",
     .ks_count = 1,
     .gm_count = 2,
     .primaries = KNOWN(1),
     .unmonitored = KNOWN(1),
     .split = GV_NO,
     .interop = interop,
     .interop_count = 2},
};

static struct gv_evidence probe_evidence[] = {
    {GV_EVIDENCE_PROBE, GV_BEHAVIOUR_OLD, GV_CERTAIN,
     "a KEK rekey with a valid signature came 0.4 s after expiry"},
};

static struct gv_probe_verdict probes[] = {
    {.probe = "probe-a",
     .ks = "ks-a",
     .group = "G1",
     .tried = true,
     .success = true,
     .timed = true,
     .phase1 = {42},
     .pull = {7},
     .kek_expiry = AT(787),
     .listening = true,
     .rekeys = 3,
     .bad_signatures = 2,
     .has_lead = true,
     .lead = {-400},
     .reason = "",
     .behaviour = {.behaviour = GV_BEHAVIOUR_OLD,
                   .confidence = GV_CERTAIN,
                   .evidence = probe_evidence,
                   .evidence_count = 1}},
    {.probe = "probe-b",
     .ks = "192.0.2.9",
     .group = "G2",
     .tried = true,
     .reason = "phase 1, message 2 (proposal)"},
    {.probe = "probe-new", .ks = "ks-b", .group = "G1", .reason = ""},
};

static struct gv_snapshot snapshot = {.at = {NOW_MS - 250},
                                      .devices = devices,
                                      .device_count = 4,
                                      .groups = groups,
                                      .group_count = 2,
                                      .probes = probes,
                                      .probe_count = sizeof(probes) / sizeof(probes[0])};

static const struct gv_self self = {.version = "1.2.3",
                                    .reload_successful = true,
                                    .polls = 42,
                                    .polls_in_flight = 2,
                                    .queue_delay = {30},
                                    .http_requests = 9,
                                    .http_refused = 1,
                                    .groups_dropped = 5,
                                    .has_history = true,
                                    .history_success = true,
                                    .history_records = 77,
                                    .history_dropped = 3,
                                    .history_set_aside = 1,
                                    .history_bytes = 65536,
                                    .resident_bytes = 8388608,
                                    .cpu_ms = 1230,
                                    .open_fds = 17,
                                    .started_unix_ms = UNIX_MS - 60000};

static const struct gv_rekey_record missed = {.time_ms = UNIX_MS - 900000,
                                              .group = "G1",
                                              .group_id = "3333",
                                              .device = "ks-a",
                                              .ks = "ks-a",
                                              .old_spi = "0x0102030405060708090A0B0C0D0E0F10",
                                              .verdict = "missed"};
static const struct gv_rekey_record told_by_gm = {.time_ms = UNIX_MS - 500,
                                                  .group = "4444",
                                                  .device = "gm-a",
                                                  .old_spi = "0x01",
                                                  .new_spi = "0x02",
                                                  .lead_known = true,
                                                  .lead_ms = 235000,
                                                  .expected_known = true,
                                                  .expected_ms = 230500,
                                                  .verdict = "on_time"};
static const struct gv_rekey_record *const past[] = {&missed, &told_by_gm};

struct gv_render_in fleet_in(void)
{
    return (struct gv_render_in){.snapshot = &snapshot,
                                 .self = &self,
                                 .past = past,
                                 .past_count = 2,
                                 .now = {NOW_MS},
                                 .wall_offset_ms = UNIX_MS - NOW_MS};
}
