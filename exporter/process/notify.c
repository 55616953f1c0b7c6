/* SPDX-License-Identifier: Apache-2.0 */
#include "process/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "io/log.h"

enum { MESSAGE_SIZE = 512 };

/* A path, or "@NAME" of the abstract name space; 0: neither, or too long. */
static socklen_t address_of(const char *where, struct sockaddr_un *out)
{
    size_t n = strlen(where);

    if ((where[0] != '/' && where[0] != '@') || n < 2 || n >= sizeof(out->sun_path))
        return 0;
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(out->sun_path, where, n);
    if (where[0] == '@')
        out->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static void say(const char *message)
{
    const char *where = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;
    socklen_t address_n;
    ssize_t sent;
    int fd;

    if (where == NULL)
        return;
    address_n = address_of(where, &address);
    if (address_n == 0) {
        gv_log(GV_LOG_WARN, NULL, "$NOTIFY_SOCKET is neither a path nor @NAME: '%s'", where);
        return;
    }
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sent = fd < 0 ? -1
                  : sendto(fd, message, strlen(message), MSG_NOSIGNAL | MSG_DONTWAIT,
                           (const struct sockaddr *)&address, address_n);
    if (sent < 0)
        gv_log(GV_LOG_WARN, NULL, "cannot tell the service manager '%.*s': %s",
               (int)strcspn(message, "\n"), message, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
}

void gv_notify_ready(const char *status)
{
    char message[MESSAGE_SIZE];

    (void)snprintf(message, sizeof(message), "READY=1\nSTATUS=%s\n", status);
    say(message);
}

/* The instant tells this reload's answer from that of an earlier one. */
void gv_notify_reloading(void)
{
    char message[MESSAGE_SIZE];
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)snprintf(message, sizeof(message), "RELOADING=1\nMONOTONIC_USEC=%lld\n",
                   (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    say(message);
}

void gv_notify_stopping(void)
{
    say("STOPPING=1\nSTATUS=stopping\n");
}

void gv_notify_alive(void)
{
    say("WATCHDOG=1\n");
}

struct gv_dur gv_notify_watchdog(void)
{
    const char *usec = getenv("WATCHDOG_USEC"), *of = getenv("WATCHDOG_PID");
    uint64_t us = 0, pid = 0;

    if (usec == NULL || !gv_text_u64(gv_text(usec), &us) || us / 2000 > INT32_MAX)
        return (struct gv_dur){0};
    if (of != NULL && (!gv_text_u64(gv_text(of), &pid) || pid != (uint64_t)getpid()))
        return (struct gv_dur){0};
    return (struct gv_dur){(int64_t)(us / 2000)};
}
