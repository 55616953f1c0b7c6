/* SPDX-License-Identifier: Apache-2.0 */
/* What all SSH faces of one lab share: the host keys, and the two algorithm
 * profiles (as of today, and as of 2008). */
#ifndef LAB_SSH_ROOM_H
#define LAB_SSH_ROOM_H

#include <libssh/libssh.h>
#include <libssh/server.h>

#include "face.h"

struct lab_ssh_room;

/* Another holder of the world's room; the first call makes it. The host keys are
 * those of world->host_key (one file, any type); else those in state_dir, made
 * there where it has none; else new ones. NULL with the reason in `error`. */
struct lab_ssh_room *lab_ssh_room_enter(struct lab_world *world, char error[LAB_ERROR_SIZE]);

/* The last holder releases it. */
void lab_ssh_room_leave(struct lab_world *world);

/* A server session on the connected socket `fd`, which is then the session's. From any
 * thread. NULL (fd closed) where the library refuses. */
ssh_session lab_ssh_room_accept(struct lab_ssh_room *room, bool legacy, int fd);

/* Write state_dir/known_hosts, in OpenSSH's format: the keys that a client has to know
 * for all devices that speak SSH, at the ports they have now. */
void lab_ssh_room_announce(struct lab_world *world);

#endif
