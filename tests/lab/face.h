/* SPDX-License-Identifier: Apache-2.0 */
/* Face: how a simulated device is seen from outside, by one protocol.
 *
 * A face listens on one device's loopback address, reads the fleet at the instant of
 * each question and never changes it. main.c lists the kinds in its table `faces`. */
#ifndef LAB_FACE_H
#define LAB_FACE_H

#include "base/error.h"
#include "fleet.h"
#include "io/loop.h"

enum { LAB_ERROR_SIZE = 256 };

/* What every face needs. Lives longer than all faces. */
struct lab_world {
    struct gv_loop *loop;
    struct lab_fleet *fleet;
    struct gv_time started; /* loop time at which the fleet's clock was 0 */
    const char *state_dir;  /* a directory for host keys and the like; may be NULL */
    const char *record_dir; /* the SSH faces log there what clients send; may be NULL */
    const char *host_key;   /* file of the SSH faces' private key; NULL: see ssh_room.h */
    struct lab_ssh_room *ssh_room; /* the SSH faces' own; begins as NULL */
};

/* The present instant of the fleet's clock. Brings the fleet up to it first, so that
 * what is read afterwards is true at that instant. */
struct gv_time lab_world_now(struct lab_world *world);

/* `fleet_time` later, as a span of the loop's clock (the fleet's may run faster). */
struct gv_dur lab_world_wall(const struct lab_world *world, struct gv_dur fleet_time);

struct lab_face; /* each kind's own */

struct lab_face_kind {
    const char *name; /* "snmp", "ssh", "restconf", "gdoi" */

    /* Does this device show that face? */
    bool (*wanted)(const struct lab_device *device);

    /* Listen on device->address; port 0 in device->snmp, ->ssh and so on takes a free one and
     * writes it back. NULL on failure with the reason, one line, in `error`. */
    struct lab_face *(*start)(struct lab_world *world, struct lab_device *device,
                              char error[LAB_ERROR_SIZE]);

    /* Stop listening, drop connections, release. NULL is fine. */
    void (*stop)(struct lab_face *face);

    bool tcp;                        /* else UDP */
    size_t port_offset, line_offset; /* of its port and its line in struct lab_device */

    /* All devices listen, on the ports now in the fleet: write down in state_dir what
     * clients have to know. NULL: nothing. */
    void (*announce)(struct lab_world *world);
};

/* A face, and the bad line in front of it where the device has one. */
struct lab_stand {
    const struct lab_face_kind *kind;
    struct lab_face *face;
    struct lab_proxy *proxy; /* NULL: a perfect line */
};

/* Start `kind` on the device, behind the line that the scenario gives it; then the
 * device's port is the line's. False with the reason in `error`, and nothing started. */
bool lab_stand_start(struct lab_stand *stand, const struct lab_face_kind *kind,
                     struct lab_world *world, struct lab_device *device,
                     char error[LAB_ERROR_SIZE]);

/* End both. Zeroed is fine. */
void lab_stand_stop(struct lab_stand *stand);

extern const struct lab_face_kind lab_snmp_face;     /* snmp_face.c */
extern const struct lab_face_kind lab_ssh_face;      /* ssh_face.c */
extern const struct lab_face_kind lab_restconf_face; /* restconf_face.c: IOS-XE only */
extern const struct lab_face_kind lab_gdoi_face;     /* gdoi_face.c: key servers only */

#endif
