/* SPDX-License-Identifier: Apache-2.0 */
/* A GDOI key server whose groups live as the fleet's engine says: a box's new KEK or TEK
 * becomes a rekey, a reboot forgets the members. Sans I/O, like the server itself; instants are
 * of the fleet's clock, so that lifetimes on the wire are true where it runs at the wall's
 * pace. */
#ifndef LAB_GDOI_FOLLOW_H
#define LAB_GDOI_FOLLOW_H

#include "fleet.h"
#include "gdoi_server.h"

/* One of the groups: which keys were last told. */
struct lab_gdoi_followed {
    const struct lab_ks *ks;
    struct lab_gdoi_group *group;
    uint8_t kek_spi[LAB_KEK_SPI_LEN], tek_spi[LAB_TEK_SPI_LEN];
};

struct lab_gdoi_follow {
    struct lab_gdoi *server;
    const struct lab_device *device;
    uint32_t boots;
    struct lab_gdoi_followed groups[LAB_GDOI_GROUPS_MOST];
    size_t group_count;
};

/* Begin to follow the box; its `gdoi` says what its groups' rekeys look like. The key servers
 * of a group share one signer, as they share the keys. Zeroed *follow; false without memory. */
bool lab_gdoi_follow_start(struct lab_gdoi_follow *follow, const struct lab_gdoi_config *config,
                           const struct lab_device *device, const struct gdoi_signer *signer,
                           struct gv_time now);
void lab_gdoi_follow_stop(struct lab_gdoi_follow *follow);

/* The fleet has lived up to `now`: tell what has changed. */
void lab_gdoi_follow(struct lab_gdoi_follow *follow, struct gv_time now);

#endif
