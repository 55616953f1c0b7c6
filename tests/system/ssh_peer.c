/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh_peer.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ssh/show.h"

char peer_show_commands[TEXT_SIZE], peer_show_outputs[TEXT_SIZE];

static void require(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    exit(1);
}

/* --- files --- */

const char *peer_folder(void)
{
    static char folder[] = "/tmp/gv-ssh-XXXXXX";
    static bool made;

    if (!made)
        require(mkdtemp(folder) != NULL, "mkdtemp");
    made = true;
    return folder;
}

const char *peer_path(const char *name)
{
    static char paths[4][PATH_SIZE];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    (void)snprintf(path, PATH_SIZE, "%s/%s", peer_folder(), name);
    return path;
}

void peer_folder_drop(void)
{
    DIR *dir = opendir(peer_folder());
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        (void)unlink(peer_path(entry->d_name));
    if (dir != NULL)
        (void)closedir(dir);
    (void)rmdir(peer_folder());
}

const char *peer_file(const char *name)
{
    static char text[1 << 20];
    FILE *file = fopen(peer_path(name), "re");
    size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

    text[n] = '\0';
    if (file != NULL)
        (void)fclose(file);
    return text;
}

static void put_text(const char *name, const char *text, const char *how)
{
    FILE *file = fopen(peer_path(name), how);

    require(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, name);
}

void peer_write(const char *name, const char *text)
{
    put_text(name, text, "we");
}

void peer_append(const char *name, const char *text)
{
    put_text(name, text, "ae");
}

unsigned peer_count(const char *name, const char *what)
{
    unsigned n = 0;

    for (const char *at = peer_file(name); (at = strstr(at, what)) != NULL; at++)
        n++;
    return n;
}

/* --- processes --- */

static void redirect(const char *name, int fd)
{
    int file = open(peer_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (file < 0 || dup2(file, fd) < 0)
        _exit(127);
}

pid_t peer_start(const char *const argv[], const char *output, const char *error)
{
    char *words[16] = {NULL};
    pid_t pid;

    (void)fflush(stdout);
    (void)peer_folder();
    pid = fork();
    require(pid >= 0, "fork");
    if (pid > 0)
        return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (output != NULL)
        redirect(output, STDOUT_FILENO);
    if (error != NULL)
        redirect(error, STDERR_FILENO);
    for (size_t i = 0; i < 15 && argv[i] != NULL; i++)
        words[i] = strdup(argv[i]);
    if (words[0] != NULL)
        (void)execv(words[0], words);
    _exit(127);
}

void peer_stop(pid_t pid)
{
    if (pid <= 0)
        return;
    (void)kill(pid, SIGTERM);
    (void)waitpid(pid, NULL, 0);
}

pid_t peer_server(const char *program, const char *mode, const char *cut, const char *how,
                  uint16_t *port)
{
    const char *argv[] = {program, mode, peer_path("log"), cut, how, NULL};
    struct gv_text line = {NULL, 0}, word;
    char known[TEXT_SIZE];
    uint32_t number = 0;
    pid_t pid;

    (void)unlink(peer_path("log"));
    (void)unlink(peer_path("server"));
    pid = peer_start(argv, "server", NULL);
    for (int tries = 0; tries < 500; tries++) {
        line = gv_text(peer_file("server"));
        if (line.n > 0 && line.at[line.n - 1] == '\n')
            break;
        (void)usleep(10000);
    }
    require(gv_text_word(&line, &word) && gv_text_u32(word, &number), "server");
    *port = (uint16_t)number;
    line = gv_text_trim(line);
    (void)snprintf(known, sizeof(known), "[127.0.0.1]:%u %.*s\n", *port, (int)line.n, line.at);
    peer_write("known_hosts", known);
    return pid;
}

uint16_t peer_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    require(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 &&
                getsockname(fd, (struct sockaddr *)&at, &n) == 0,
            "port");
    (void)close(fd);
    return ntohs(at.sin_port);
}

unsigned peer_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned n = 0;

    while (dir != NULL && readdir(dir) != NULL)
        n++;
    if (dir != NULL)
        (void)closedir(dir);
    return n;
}

/* --- polls --- */

struct gv_target peer_target(struct gv_ssh_credential *credential, uint16_t port)
{
    static char known_hosts[PATH_SIZE];

    (void)snprintf(known_hosts, sizeof(known_hosts), "%s", peer_path("known_hosts"));
    return (struct gv_target){.name = "r1",
                              .address = "127.0.0.1",
                              .ssh = credential,
                              .ssh_port = port,
                              .ssh_timeout = gv_secs(30),
                              .deadline = gv_secs(90),
                              .ssh_profile = GV_SSH_DEFAULT,
                              .ssh_known_hosts = known_hosts};
}

struct run {
    struct gv_loop *loop;
    struct gv_session *session;
    struct outcome outcome;
};

static void poll_done(void *arg, struct gv_poll_result *result)
{
    struct run *run = arg;
    struct outcome *o = &run->outcome;

    o->done++;
    o->err = result->err;
    (void)snprintf(o->detail, sizeof(o->detail), "%s", result->detail);
    o->requests = result->requests;
    o->observed = result->observation != NULL;
    o->duration = result->duration;
    gv_observation_free(result->observation);
    gv_loop_stop(run->loop);
}

struct outcome peer_poll(struct gv_loop *loop, struct gv_session *session)
{
    struct run run = {.loop = loop, .session = session};

    gv_ssh_collector.start(session, poll_done, &run);
    if (run.outcome.done != 0)
        run.outcome.done = 99; /* came from inside start */
    else
        gv_loop_run(loop);
    return run.outcome;
}

static void cancel_due(void *arg)
{
    struct run *run = arg;

    gv_ssh_collector.cancel(run->session);
    gv_loop_stop(run->loop);
}

struct outcome peer_poll_cancelled(struct gv_loop *loop, struct gv_session *session,
                                   struct gv_dur after)
{
    struct run run = {.loop = loop, .session = session};
    struct gv_timer *timer = gv_timer_start(loop, after, cancel_due, &run);

    gv_ssh_collector.start(session, poll_done, &run);
    gv_loop_run(loop);
    if (run.outcome.err != GV_ERR_CANCELLED)
        gv_timer_stop(timer);
    return run.outcome;
}

static void wait_due(void *arg)
{
    gv_loop_stop(arg);
}

void peer_wait(struct gv_loop *loop, struct gv_dur time)
{
    (void)gv_timer_start(loop, time, wait_due, loop);
    gv_loop_run(loop);
}

/* --- the show parser's stand-in --- */

void peer_show_reset(void)
{
    peer_show_commands[0] = peer_show_outputs[0] = '\0';
}

static void note(char *to, struct gv_text text, char end)
{
    size_t n = strlen(to);

    (void)snprintf(to + n, TEXT_SIZE - n, "%.*s%c", (int)text.n, text.at, end);
}

enum gv_err gv_show_read(struct gv_text command, struct gv_text output,
                         struct gv_observation *obs)
{
    note(peer_show_commands, command, ';');
    note(peer_show_outputs, output, '|');
    if (gv_text_find(output, "% Invalid input") < output.n)
        return GV_ERR_NOT_SUPPORTED;
    if (gv_text_find(output, "% Authorization failed") < output.n)
        return GV_ERR_AUTHORIZATION;
    if (gv_text_trim(output).n == 0)
        return GV_ERR_NO_DATA;
    obs->device.hostname = gv_observation_text(obs, gv_text("R1"));
    return GV_OK;
}
