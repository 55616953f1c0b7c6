/* SPDX-License-Identifier: Apache-2.0 */
/* View: every object that a device's SNMP agent has at one instant, in the order of
 * their names, built from the fleet's state.
 *
 * Objects: the system group, CISCO-GDOI-MIB (2010 or 2015 revision), and for Juniper
 * members the same tables under their own root (gdoi-mib-objects, snmp-mib notes). */
#ifndef LAB_SNMP_VIEW_H
#define LAB_SNMP_VIEW_H

#include "fleet.h"

enum {
    LAB_OID_MAX = 40, /* longest name here: 14 + group 6 + identity 6 + 2 indexes */
    LAB_OCTETS_MAX = 256,
    LAB_VIEW_MAX = 4096, /* objects of one device; rows beyond are left out */
};

/* BER tags of SMIv2. */
enum lab_type {
    LAB_INTEGER = 0x02,
    LAB_OCTETS = 0x04,
    LAB_OBJECT_ID = 0x06,
    LAB_COUNTER32 = 0x41,
    LAB_UNSIGNED32 = 0x42,
    LAB_TIME_TICKS = 0x43,
};

struct lab_object {
    uint32_t name[LAB_OID_MAX];
    size_t name_n;
    enum lab_type type;
    uint32_t number;
    const void *octets; /* of OCTETS and OBJECT_ID (uint32_t sub-identifiers) */
    size_t n;           /* of them, in their own unit */
};

struct lab_view {
    struct lab_object *objects;
    size_t count;
    uint8_t *pool; /* memory of the octets */
    size_t pool_used;
    /* What it was built for. */
    const struct lab_device *device;
    struct gv_time at;
    uint64_t events;
};

/* Memory for one view, used again for device after device. False without memory. */
bool lab_view_init(struct lab_view *view);
void lab_view_clear(struct lab_view *view);

/* Make it the device's at the instant fleet->now; nothing to do where it is already. */
void lab_view_build(struct lab_view *view, const struct lab_fleet *fleet,
                    const struct lab_device *device);

/* The object of that name; or the first one after it. NULL where there is none. */
const struct lab_object *lab_view_get(const struct lab_view *view, const uint32_t *name,
                                      size_t n);
const struct lab_object *lab_view_next(const struct lab_view *view, const uint32_t *name,
                                       size_t n);

#endif
