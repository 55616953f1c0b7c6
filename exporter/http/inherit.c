/* SPDX-License-Identifier: Apache-2.0 */
#include "http/inherit.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

enum { FIRST_FD = 3 };

/* $NAME as a number; 0 where it is not there or none. */
static uint32_t number_of(const char *name)
{
    const char *text = getenv(name);
    uint32_t number = 0;

    return text != NULL && gv_text_u32(gv_text(text), &number) ? number : 0;
}

/* SOL_SOCKET's option; -1 where `fd` is no socket. */
static int option_of(int fd, int name)
{
    int value = -1;
    socklen_t n = sizeof(value);

    return getsockopt(fd, SOL_SOCKET, name, &value, &n) == 0 ? value : -1;
}

static bool serves(int fd)
{
    int domain = option_of(fd, SO_DOMAIN);

    return (domain == AF_INET || domain == AF_INET6) && option_of(fd, SO_TYPE) == SOCK_STREAM &&
           option_of(fd, SO_ACCEPTCONN) == 1;
}

static bool prepare(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

enum gv_err gv_http_inherit(int fds[GV_HTTP_ADDRESSES_MOST], size_t *count, char *why,
                            size_t why_size)
{
    uint32_t n = number_of("LISTEN_FDS");

    if (n == 0 || number_of("LISTEN_PID") != (uint32_t)getpid()) {
        (void)snprintf(why, why_size,
                       "--web.systemd-socket: no socket was handed over ($LISTEN_FDS); start "
                       "the .socket unit, or listen by --web.listen-address");
        return GV_ERR_NOT_FOUND;
    }
    if (n > GV_HTTP_ADDRESSES_MOST) {
        (void)snprintf(why, why_size,
                       "--web.systemd-socket: %u sockets were handed over; expected %d at most",
                       (unsigned)n, GV_HTTP_ADDRESSES_MOST);
        return GV_ERR_TOO_LARGE;
    }
    for (int fd = FIRST_FD; fd < FIRST_FD + (int)n; fd++) {
        if (serves(fd) && prepare(fd))
            continue;
        (void)snprintf(why, why_size,
                       "--web.systemd-socket: descriptor %d is no listening TCP socket; "
                       "expected ListenStream=PORT or ADDRESS:PORT, and Accept=no",
                       fd);
        return GV_ERR_MALFORMED;
    }
    for (uint32_t i = 0; i < n; i++)
        fds[i] = FIRST_FD + (int)i;
    *count = n;
    return GV_OK;
}
