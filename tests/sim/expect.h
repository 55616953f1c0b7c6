/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations: what a snapshot must say of a device, a group, or one in the other; read
 * from mappings of a scenario. README.md lists the keys; the table `fields` is the truth. */
#ifndef EXPECT_H
#define EXPECT_H

#include "model/snapshot.h"
#include "scenario_yaml.h"

struct expect_field; /* a row of the table */

struct expect_item {
    const struct expect_field *field;
    const char *want;
};

enum { EXPECT_ITEMS_MOST = 24 };

/* One mapping. */
struct expect {
    const char *device, *group, *ks; /* NULL: not named */
    bool has_at, has_by;
    uint32_t at_s, by_s; /* seconds of the fleet's clock */
    struct expect_item items[EXPECT_ITEMS_MOST];
    size_t item_count;
    size_t line; /* in the file */
    bool met;    /* the caller's */
};

/* Read one mapping. False with the fault said in yaml->error. */
bool expect_read(struct lab_yaml *yaml, const yaml_node_t *node, struct expect *out);

/* Does the snapshot say all of it? Where not, `what` (of EXPECT_TEXT octets) tells the first
 * item that it does not, and what it says instead. */
enum { EXPECT_TEXT = 256 };
bool expect_holds(const struct expect *expect, const struct gv_snapshot *snapshot,
                  char what[EXPECT_TEXT]);

#endif
