/* SPDX-License-Identifier: Apache-2.0 */
/* What the SSH system tests share: a scratch folder, a server of their own, one target
 * and its session, and a gv_show_read that only writes down what it was given. */
#ifndef SSH_PEER_H
#define SSH_PEER_H

#include <stdio.h>
#include <sys/types.h>

#include "ssh/driver.h"

enum { PATH_SIZE = 256, TEXT_SIZE = 4096 };

/* A folder that peer_folder_drop removes with what is in it. */
const char *peer_folder(void);
void peer_folder_drop(void);

/* FOLDER/name; in one of a few static buffers in turn. */
const char *peer_path(const char *name);

/* The whole file as text (cut at 1 MiB), "" where there is none; static buffer. */
const char *peer_file(const char *name);
void peer_write(const char *name, const char *text);
void peer_append(const char *name, const char *text);

/* How often `what` stands in the file. */
unsigned peer_count(const char *name, const char *what);

/* Run a program (its path, at most 15 words) without a shell; its standard output (NULL:
 * inherited) and error go to files of the folder. */
pid_t peer_start(const char *const argv[], const char *output, const char *error);
void peer_stop(pid_t pid);

/* Start ssh_server; fills port and the known_hosts file "known_hosts". */
pid_t peer_server(const char *program, const char *mode, const char *cut, const char *how,
                  uint16_t *port);

/* A free port on loopback. */
uint16_t peer_port(void);

/* Open descriptors of this process. */
unsigned peer_descriptors(void);

/* The target that every test starts from: 127.0.0.1, with time limits that a busy machine
 * does not reach. */
struct gv_target peer_target(struct gv_ssh_credential *credential, uint16_t port);

/* One poll, to its end. */
struct outcome {
    unsigned done; /* times the callback came */
    enum gv_err err;
    char detail[GV_DETAIL_SIZE];
    unsigned requests;
    bool observed;
    struct gv_dur duration;
};
struct outcome peer_poll(struct gv_loop *loop, struct gv_session *session);

/* The same, cancelled after a while. */
struct outcome peer_poll_cancelled(struct gv_loop *loop, struct gv_session *session,
                                   struct gv_dur after);

/* Let the loop run for a while. */
void peer_wait(struct gv_loop *loop, struct gv_dur time);

/* What gv_show_read was given since the last peer_show_reset: the commands, each
 * with ';' behind it, and the outputs. */
extern char peer_show_commands[TEXT_SIZE], peer_show_outputs[TEXT_SIZE];
void peer_show_reset(void);

#endif
