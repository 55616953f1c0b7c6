/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/init_text.h"

#include <arpa/inet.h>
#include <string.h>

#include "model/index.h"
#include "render/label.h"

/* Keys of the members seen; a fleet has no more than the snapshot holds. */
enum { INDEX_MOST = 256 << 20, NAME_MOST = 64 };

/* Text of a device within a comment, or of the command line within quotes: one line. */
static void add_line(struct gv_buf *out, const char *text)
{
    size_t start = out->n;

    gv_visible_add(out, gv_text(text));
    for (size_t i = start; i < out->n; i++)
        if (out->at[i] == '\n')
            out->at[i] = ' ';
}

/* A YAML text in double quotes. Control characters, which the configuration refuses, are shown.
 */
static void add_quoted(struct gv_buf *out, const char *text)
{
    struct gv_buf shown = gv_buf(1 << 16);

    add_line(&shown, text);
    gv_buf_add_char(out, '"');
    for (size_t i = 0; i < shown.n; i++) {
        if (shown.at[i] == '"' || shown.at[i] == '\\')
            gv_buf_add_char(out, '\\');
        gv_buf_add_char(out, shown.at[i]);
    }
    gv_buf_add_char(out, '"');
    gv_buf_clear(&shown);
}

static void add_key(struct gv_buf *out, const char *key, const char *value)
{
    if (value == NULL)
        return;
    gv_buf_add_str(out, key);
    gv_buf_add_str(out, ": ");
    add_quoted(out, value);
    gv_buf_add_char(out, '\n');
}

static bool has_snmp(const struct init_login *login)
{
    return login->community_file != NULL || login->snmp_user != NULL;
}

/* Older boxes do not speak it: beside another login it stands at those that answered. */
static bool restconf_alone(const struct init_login *login)
{
    return !has_snmp(login) && login->ssh_user == NULL;
}

static const char at_target[] = "    restconf: routers\n";

static bool answered_by(const struct gv_device_verdict *device, const char *collector)
{
    for (size_t i = 0; i < device->collector_count; i++)
        if (strcmp(device->collectors[i].name, collector) == 0)
            return device->collectors[i].polled && device->collectors[i].err == GV_OK;
    return false;
}

static void add_logins(const struct init_login *login, struct gv_buf *out)
{
    gv_buf_add_str(out,
                   "# Who logs in where: a profile has a name, a target names its profile.\n"
                   "credentials:\n");
    if (has_snmp(login)) {
        gv_buf_add_str(out, "  snmp:\n    routers:\n      version: ");
        gv_buf_add_str(out, login->snmp_user != NULL ? "3\n" : "2c\n");
        add_key(out, "      community_file", login->community_file);
        add_key(out, "      user", login->snmp_user);
        add_key(out, "      auth", login->snmp_auth);
        add_key(out, "      auth_password_file", login->snmp_auth_file);
        add_key(out, "      priv", login->snmp_priv);
        add_key(out, "      priv_password_file", login->snmp_priv_file);
    }
    if (login->restconf_user != NULL) {
        gv_buf_add_str(out, "  restconf:\n    routers:\n");
        add_key(out, "      user", login->restconf_user);
        add_key(out, "      password_file", login->restconf_password_file);
        add_key(out, "      authorities", login->restconf_authorities);
    }
    if (login->ssh_user != NULL) {
        gv_buf_add_str(out, "  ssh:\n    routers:\n");
        add_key(out, "      user", login->ssh_user);
        add_key(out, "      password_file", login->ssh_password_file);
        add_key(out, "      key_file", login->ssh_key_file);
        gv_buf_add_str(out, "\n# Host keys; enrol a router with getvpntool ssh-keyscan, then "
                            "compare the fingerprint.\n");
        add_key(out, "known_hosts", login->known_hosts);
    }
    gv_buf_add_str(out,
                   "\n# What holds for every target that does not say otherwise.\ndefaults:\n"
                   "  interval: 60s\n");
    if (has_snmp(login))
        gv_buf_add_str(out, "  snmp: routers\n");
    add_key(out, "  snmp_port", login->snmp_port);
    if (login->ssh_user != NULL)
        gv_buf_add_str(out, "  ssh: routers\n");
    add_key(out, "  ssh_port", login->ssh_port);
    add_key(out, "  ssh_profile", login->ssh_profile);
    if (login->restconf_user != NULL && restconf_alone(login))
        gv_buf_add_str(out, "  restconf: routers\n");
    add_key(out, "  restconf_port", login->restconf_port);
}

void init_first(const struct init_login *login, const char *const *ks, size_t count,
                struct gv_buf *out)
{
    add_logins(login, out);
    gv_buf_add_str(out, "targets:\n");
    for (size_t i = 0; i < count; i++) {
        add_key(out, "  - address", ks[i]);
        if (login->restconf_user != NULL && !restconf_alone(login))
            gv_buf_add_str(out, at_target);
    }
}

/* ---- groups ---- */

static const struct gv_membership *ks_of(const struct gv_snapshot *snapshot, const char *group)
{
    for (size_t i = 0; i < snapshot->device_count; i++)
        for (size_t k = 0; k < snapshot->devices[i].membership_count; k++) {
            const struct gv_membership *row = &snapshot->devices[i].memberships[k];

            if (row->has_ks && strcmp(row->group, group) == 0)
                return row;
        }
    return NULL;
}

/* Its name where that is no other's, else its id. */
static const char *group_key(const struct gv_snapshot *snapshot,
                             const struct gv_group_verdict *g)
{
    size_t same = 0;

    for (size_t i = 0; g->name != NULL && i < snapshot->group_count; i++)
        same +=
            snapshot->groups[i].name != NULL && strcmp(snapshot->groups[i].name, g->name) == 0;
    return g->name != NULL && (same == 1 || g->group_id == NULL) ? g->name : g->group_id;
}

static void add_policy(const struct gv_membership *row, struct gv_buf *out)
{
    const struct gv_rekey_policy *policy = &row->rekey.policy;
    const char *transport = gv_rekey_transport_name(row->transport);
    const char *mark = policy->retransmits_assumed ? "    # " : "    ";

    gv_buf_add_str(out, mark);
    gv_buf_add_str(out, "retransmits: ");
    gv_buf_add_u64(out, policy->retransmits);
    gv_buf_add_str(out, policy->retransmits_assumed
                            ? "              # not told (SNMP does not): IOS's default\n"
                            : "\n");
    gv_buf_add_str(out, mark);
    gv_buf_add_str(out, "interval: ");
    gv_buf_add_u64(out, (uint64_t)policy->interval.ms / 1000);
    gv_buf_add_str(out, "s\n");
    if (transport == NULL)
        return;
    gv_buf_add_str(out, "    transport: ");
    gv_buf_add_str(out, transport);
    gv_buf_add_char(out, '\n');
}

static void add_group(const struct gv_snapshot *snapshot, const struct gv_group_verdict *g,
                      struct gv_buf *out)
{
    const struct gv_membership *row = ks_of(snapshot, g->group);

    if (row == NULL)
        return;
    gv_buf_add_str(out, "  - group: ");
    add_quoted(out, group_key(snapshot, g));
    gv_buf_add_str(out, "   # id ");
    add_line(out, g->group_id != NULL ? g->group_id : "not told");
    gv_buf_add_str(out, "; key servers asked: ");
    gv_buf_add_u64(out, g->ks_count);
    gv_buf_add_str(out, "; members: ");
    gv_buf_add_u64(out, g->gm_count);
    gv_buf_add_char(out, '\n');
    add_policy(row, out);
}

static void add_groups(const struct gv_snapshot *snapshot, struct gv_buf *out)
{
    bool any = false;

    for (size_t i = 0; i < snapshot->group_count; i++) {
        if (!any && ks_of(snapshot, snapshot->groups[i].group) != NULL) {
            gv_buf_add_str(out,
                           "\n# The rekey policy, where a key server does not tell it. What "
                           "it tells goes first.\ngroups:\n");
            any = true;
        }
        add_group(snapshot, &snapshot->groups[i], out);
    }
}

/* ---- targets ---- */

/* A hostname that may be a label as it stands; else the address is. */
static bool plain_name(const char *name)
{
    return name != NULL && name[0] != '\0' && strlen(name) <= NAME_MOST &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               strlen(name);
}

static bool name_is_free(const struct gv_snapshot *snapshot, const char *name)
{
    size_t same = 0;

    for (size_t i = 0; i < snapshot->device_count; i++)
        same += snapshot->devices[i].hostname != NULL &&
                strcmp(snapshot->devices[i].hostname, name) == 0;
    return same == 1;
}

static void add_version(const struct gv_device_verdict *device, struct gv_buf *out)
{
    if (device->version != NULL) {
        gv_buf_add_str(out, "; ");
        add_line(out, gv_os_name(device->os) != NULL ? gv_os_name(device->os) : "version");
        gv_buf_add_char(out, ' ');
        add_line(out, device->version);
    }
    if (device->gdoi_version != NULL) {
        gv_buf_add_str(out, "; GDOI ");
        add_line(out, device->gdoi_version);
    }
}

static void add_device(const struct init_login *login, const struct gv_snapshot *snapshot,
                       const struct gv_device_verdict *device, struct gv_buf *out)
{
    bool named = plain_name(device->hostname) && name_is_free(snapshot, device->hostname);

    add_key(out, "  - name", named ? device->hostname : device->name);
    gv_buf_add_str(out, "    address: ");
    add_quoted(out, device->address);
    gv_buf_add_str(out,
                   device->is_ks ? "   # a key server" : "   # told nothing of a key server");
    add_version(device, out);
    gv_buf_add_char(out, '\n');
    if (!restconf_alone(login) && answered_by(device, "restconf"))
        gv_buf_add_str(out, at_target);
}

/* Key servers that were named by others and not asked. */
static void add_peers(const struct gv_membership *row, struct gv_index *seen,
                      struct gv_buf *out)
{
    for (size_t i = 0; i < row->peer_count; i++) {
        const struct gv_peer_verdict *peer = &row->peers[i];
        size_t *place;

        if (peer->address == NULL || peer->ks == NULL || strcmp(peer->ks, peer->address) != 0)
            continue;
        place = gv_index_add(seen, peer->address, NULL);
        if (place == NULL || *place != GV_INDEX_NEW)
            continue;
        *place = 0;
        gv_buf_add_str(out, "  # - address: ");
        add_quoted(out, peer->address);
        gv_buf_add_str(out, "   # another key server of ");
        add_line(out, row->group);
        gv_buf_add_str(out, ", not asked (--ks)\n");
    }
}

static bool is_address(const char *text)
{
    struct in6_addr parsed;

    return inet_pton(AF_INET, text, &parsed) == 1 || inet_pton(AF_INET6, text, &parsed) == 1;
}

static void add_member(const struct gv_member_verdict *member, struct gv_buf *out)
{
    gv_buf_add_str(out, is_address(member->id) ? "  - address: " : "  # - address: ");
    add_quoted(out, member->id);
    gv_buf_add_str(out, "   # ");
    add_line(out, member->state != NULL ? member->state : "listed");
    if (member->version != NULL) {
        gv_buf_add_str(out, "; GDOI ");
        add_line(out, member->version);
    }
    if (member->acks_received.known) {
        gv_buf_add_str(out, "; rekeys acknowledged: ");
        gv_buf_add_u64(out, member->acks_received.n);
    }
    if (member->acks_missed.known) {
        gv_buf_add_str(out, "; missed: ");
        gv_buf_add_u64(out, member->acks_missed.n);
    }
    gv_buf_add_char(out, '\n');
}

static size_t add_members(const struct gv_device_verdict *ks, const struct gv_membership *row,
                          struct gv_index *seen, struct gv_buf *out)
{
    size_t count = 0;

    for (size_t i = 0; i < row->member_count; i++) {
        const struct gv_member_verdict *member = &row->members[i];
        size_t *place;

        if (member->id == NULL || member->monitored)
            continue;
        place = gv_index_add(seen, member->id, NULL);
        if (place == NULL || *place != GV_INDEX_NEW)
            continue;
        *place = 0;
        if (count++ == 0) {
            gv_buf_add_str(out, "  # Members of ");
            add_line(out, row->group);
            gv_buf_add_str(out, ", as ");
            add_line(out, ks->hostname != NULL ? ks->hostname : ks->name);
            gv_buf_add_str(out, " lists them\n");
        }
        add_member(member, out);
    }
    return count;
}

static size_t add_targets(const struct init_login *login, const struct gv_snapshot *snapshot,
                          struct gv_buf *out)
{
    struct gv_arena arena = gv_arena(INDEX_MOST);
    struct gv_index members = gv_index(&arena, 0), peers = members;
    size_t count = 0;

    gv_buf_add_str(out, "\ntargets:\n");
    for (size_t i = 0; i < snapshot->device_count; i++)
        add_device(login, snapshot, &snapshot->devices[i], out);
    for (size_t i = 0; i < snapshot->device_count; i++)
        for (size_t k = 0; k < snapshot->devices[i].membership_count; k++)
            add_peers(&snapshot->devices[i].memberships[k], &peers, out);
    for (size_t i = 0; i < snapshot->device_count; i++)
        for (size_t k = 0; k < snapshot->devices[i].membership_count; k++)
            count += add_members(&snapshot->devices[i], &snapshot->devices[i].memberships[k],
                                 &members, out);
    gv_arena_clear(&arena);
    return count;
}

size_t init_whole(const struct init_login *login, const struct gv_snapshot *snapshot,
                  struct gv_buf *out)
{
    size_t members;

    gv_buf_add_str(out, "# Made by getvpntool init from what the key servers told. Check it:\n"
                        "#   getvpn_exporter --config.file=FILE --config.check\n"
                        "# Every key is listed by getvpn_exporter --help.\n\n");
    add_logins(login, out);
    gv_buf_add_str(
        out, "\n# Verdicts, counters and rekeys outlive a restart with these two:\n"
             "# state_directory: /var/lib/getvpn-exporter\n# history: {keep_days: 400}\n");
    add_groups(snapshot, out);
    members = add_targets(login, snapshot, out);
    return members;
}

void init_prometheus(const char *mark, struct gv_buf *out)
{
    static const char *const lines[] = {
        "scrape_configs:\n",
        "  - job_name: getvpn\n",
        "    static_configs:\n",
        "      - targets: [\"localhost:10848\"]\n",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        gv_buf_add_str(out, mark);
        gv_buf_add_str(out, lines[i]);
    }
}
