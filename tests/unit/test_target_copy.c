/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "poller/target_copy.h"

/* Each row changes one setting: the targets must differ. */
static void other_name(struct gv_target *t)
{
    t->name = "r2";
}
static void other_address(struct gv_target *t)
{
    t->address = "192.0.2.2";
}
static void other_port(struct gv_target *t)
{
    t->snmp_port = 1161;
}
static void other_ssh_port(struct gv_target *t)
{
    t->ssh_port = 2222;
}
static void other_timeout(struct gv_target *t)
{
    t->snmp_timeout.ms++;
}
static void other_retries(struct gv_target *t)
{
    t->snmp_retries++;
}
static void other_ssh_timeout(struct gv_target *t)
{
    t->ssh_timeout.ms++;
}
static void other_deadline(struct gv_target *t)
{
    t->deadline.ms++;
}
static void other_profile(struct gv_target *t)
{
    t->ssh_profile = GV_SSH_LEGACY;
}
static void other_keep(struct gv_target *t)
{
    t->ssh_keep = !t->ssh_keep;
}
static void other_logging(struct gv_target *t)
{
    t->ssh_logging = !t->ssh_logging;
}
static void other_hosts(struct gv_target *t)
{
    t->ssh_known_hosts = "/else";
}
static void no_hosts(struct gv_target *t)
{
    t->ssh_known_hosts = NULL;
}
static void no_snmp(struct gv_target *t)
{
    t->snmp = NULL;
}
static void no_ssh(struct gv_target *t)
{
    t->ssh = NULL;
}
static void other_restconf_port(struct gv_target *t)
{
    t->restconf_port = 8443;
}
static void other_restconf_timeout(struct gv_target *t)
{
    t->restconf_timeout.ms++;
}
static void other_pin(struct gv_target *t)
{
    t->restconf_pin = "sha256//B";
}
static void no_pin(struct gv_target *t)
{
    t->restconf_pin = NULL;
}
static void no_restconf(struct gv_target *t)
{
    t->restconf = NULL;
}
static void other_authorities(struct gv_target *t)
{
    static const struct gv_restconf_credential other = {.user = "w", .ca_file = "/else.pem"};

    t->restconf = &other;
}

static const struct {
    const char *name;
    void (*change)(struct gv_target *target);
} rows[] = {
    {"name", other_name},
    {"address", other_address},
    {"snmp port", other_port},
    {"ssh port", other_ssh_port},
    {"timeout", other_timeout},
    {"retries", other_retries},
    {"ssh timeout", other_ssh_timeout},
    {"deadline", other_deadline},
    {"profile", other_profile},
    {"keep", other_keep},
    {"logging", other_logging},
    {"known hosts", other_hosts},
    {"no known hosts", no_hosts},
    {"no snmp", no_snmp},
    {"no ssh", no_ssh},
    {"restconf port", other_restconf_port},
    {"restconf timeout", other_restconf_timeout},
    {"pin", other_pin},
    {"no pin", no_pin},
    {"no restconf", no_restconf},
    {"authorities", other_authorities},
};

int main(void)
{
    struct gv_snmp_credential snmp = {.version = GV_SNMP_V3,
                                      .auth = GV_SNMP_SHA256,
                                      .user = "u",
                                      .auth_password = gv_secret_new("password1", 9)};
    struct gv_ssh_credential ssh = {.user = "m", .password = gv_secret_new("password2", 9)};
    struct gv_restconf_credential restconf = {.user = "w", .ca_file = "/ca.pem"};
    struct gv_target source = {.name = "r1",
                               .address = "192.0.2.1",
                               .snmp = &snmp,
                               .ssh = &ssh,
                               .restconf = &restconf,
                               .restconf_pin = "sha256//A",
                               .snmp_port = 161,
                               .ssh_port = 22,
                               .ssh_known_hosts = "/hosts"};
    struct gv_secret *other = gv_secret_new("password3", 9), *kept = snmp.auth_password;
    struct gv_target_copy copy;

    CHECK_INT("copies", gv_target_copy_init(&copy, &source), GV_OK);
    CHECK("equal", gv_target_equal(&source, &copy.target));
    CHECK("its own strings",
          copy.target.name != source.name && copy.target.snmp != source.snmp);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_target changed = source;

        rows[i].change(&changed);
        CHECK(rows[i].name, !gv_target_equal(&changed, &copy.target));
    }
    snmp.auth_password = other;
    CHECK("another password", !gv_target_equal(&source, &copy.target));
    gv_secret_free(other);
    gv_secret_free(kept);
    CHECK_STR("the secret lives on", gv_secret_reveal(copy.target.snmp->auth_password),
              "password1");
    gv_secret_free(ssh.password);
    gv_target_copy_clear(&copy);
    return check_end();
}
