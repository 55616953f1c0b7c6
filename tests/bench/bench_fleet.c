/* SPDX-License-Identifier: Apache-2.0 */
/* How long a snapshot of a large fleet takes: bench_fleet [DEVICES [MEMBERS]]
 *
 * One key server in a hundred devices; each lists MEMBERS group members. Prints
 * CPU milliseconds per build and the memory that a target and a snapshot take. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/store.h"

enum { BUILDS = 20, GMS_PER_KS = 99 };

static double cpu_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double heap_kib(void)
{
    return (double)mallinfo2().uordblks / 1024;
}

static void add_kek(struct gv_observation *obs, struct gv_group_obs *group)
{
    struct gv_kek_obs *kek = gv_group_add_kek(obs, group);

    kek->has = GV_KEK_HAS_SPI | GV_KEK_HAS_LIFETIME | GV_KEK_HAS_REMAINING;
    kek->lifetime_s = 86400;
    kek->remaining_s = 40000;
    kek->cipher = gv_observation_text(obs, gv_text("AES"));
}

static void add_ks(struct gv_observation *obs, struct gv_group_obs *group, unsigned members)
{
    struct gv_ks_obs *ks = gv_group_ks(obs, group);

    ks->role = GV_KS_PRIMARY;
    ks->version = gv_observation_text(obs, gv_text("1.0.27"));
    for (unsigned i = 0; i < members; i++) {
        struct gv_member_obs *member = gv_ks_add_member(obs, ks);
        char address[24];

        (void)snprintf(address, sizeof(address), "10.9.%u.%u", i / 250, i % 250);
        member->id = gv_observation_text(obs, gv_text(address));
        member->version = gv_observation_text(obs, gv_text("1.0.26"));
    }
}

static struct gv_observation *see(unsigned i, unsigned members)
{
    struct gv_observation *obs = gv_observation_new((struct gv_time){1000});
    char name[24];
    struct gv_group_obs *group;

    (void)snprintf(name, sizeof(name), "GROUP-%u", i / (GMS_PER_KS + 1));
    group = gv_observation_group(obs, gv_text(name), gv_text("3333"));
    obs->device.version = gv_observation_text(obs, gv_text("17.09.04a"));
    obs->device.hostname = gv_observation_text(obs, gv_text("branch-router"));
    obs->device.vendor = GV_VENDOR_CISCO;
    if (i % (GMS_PER_KS + 1) == 0) {
        add_ks(obs, group, members);
    } else {
        struct gv_gm_obs *gm = gv_group_gm(obs, group);

        gm->has = GV_GM_HAS_REGISTERED;
        gm->registered = true;
        gm->registered_with = gv_observation_text(obs, gv_text("10.1.11.2"));
    }
    add_kek(obs, group);
    for (unsigned k = 0; k < 2; k++)
        gv_group_add_tek(obs, group)->has = GV_TEK_HAS_REMAINING;
    return obs;
}

static void fill(struct gv_store *store, unsigned devices, unsigned members)
{
    for (unsigned i = 0; i < devices; i++) {
        struct gv_poll_result result = {.observation = see(i, members)};
        char name[24];

        (void)snprintf(name, sizeof(name), "device-%u", i);
        gv_store_feed(store, name, "snmp", &result, (struct gv_time){1000});
    }
}

static struct gv_store *make(unsigned devices)
{
    static const struct gv_snmp_credential snmp = {.version = GV_SNMP_V2C};
    static const struct gv_store_policy policy = {.stale_after = {300000}};
    struct gv_target *targets = calloc(devices, sizeof(*targets));
    const struct gv_target **list = calloc(devices, sizeof(*list));
    char(*text)[2][24] = calloc(devices, sizeof(*text));
    struct gv_store *store = gv_store_new(&policy);

    for (unsigned i = 0; i < devices; i++) {
        (void)snprintf(text[i][0], sizeof(text[i][0]), "device-%u", i);
        (void)snprintf(text[i][1], sizeof(text[i][1]), "10.1.%u.%u", i / 250, i % 250);
        targets[i] =
            (struct gv_target){.name = text[i][0], .address = text[i][1], .snmp = &snmp};
        list[i] = &targets[i];
    }
    if (gv_store_set_targets(store, list, devices, &policy) != GV_OK)
        exit(1);
    free(targets);
    free(list);
    free(text);
    return store;
}

int main(int argc, char **argv)
{
    unsigned devices = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000;
    unsigned members = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 100;
    double at = heap_kib(), begin, end;
    struct gv_store *store = make(devices);

    printf("%u devices, a key server for each %u members, %u listed by it\n", devices,
           (unsigned)GMS_PER_KS, members);
    printf("%8.2f KiB a target\n", (heap_kib() - at) / devices);
    at = heap_kib();
    begin = cpu_ms();
    fill(store, devices, members);
    end = cpu_ms();
    printf("%8.2f KiB a target with its observation and track; %.2f us to feed one\n",
           (heap_kib() - at) / devices, (end - begin) * 1e3 / devices);
    at = heap_kib();
    begin = cpu_ms();
    for (int64_t i = 0; i < BUILDS; i++)
        if (gv_store_snapshot(store, (struct gv_time){2000 + i * 1000}) == NULL)
            return 1;
    end = cpu_ms();
    printf("%8.2f ms a snapshot of %.1f MiB\n", (end - begin) / BUILDS,
           (heap_kib() - at) / 1024);
    gv_store_free(store);
    return 0;
}
