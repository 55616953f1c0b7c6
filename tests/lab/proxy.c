/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy.h"

#include <stdlib.h>
#include <unistd.h>

#include "proxy_parts.h"

/* Where forged answers come from: the proxy's own address with another port,
 * and another loopback address. */
static void open_forgers(struct lab_proxy *proxy)
{
    static const char *const elsewhere = "127.255.255.253:0";
    struct lab_address port = proxy->config.listen, address = port;

    lab_address_set_port(&port, 0);
    if (address.at.ss_family != AF_INET || !lab_address_read(gv_text(elsewhere), &address))
        lab_address_set_port(&address, 0);
    proxy->forger_fd[0] = lab_address_bind(SOCK_DGRAM, &port);
    proxy->forger_fd[1] = lab_address_bind(SOCK_DGRAM, &address);
}

struct lab_proxy *lab_proxy_start(struct gv_loop *loop, const struct lab_proxy_config *config)
{
    struct lab_proxy *proxy = calloc(1, sizeof(*proxy));

    if (proxy == NULL)
        return NULL;
    proxy->loop = loop;
    proxy->config = *config;
    proxy->forger_fd[0] = proxy->forger_fd[1] = -1;
    proxy->fd = lab_address_bind(config->tcp ? SOCK_STREAM : SOCK_DGRAM, &proxy->config.listen);
    if (proxy->fd >= 0)
        proxy->watch = gv_watch_start(
            loop, proxy->fd, GV_READABLE,
            config->tcp ? lab_proxy_tcp_readable : lab_proxy_udp_readable, proxy);
    if (proxy->watch == NULL) {
        lab_proxy_stop(proxy);
        return NULL;
    }
    if (!config->tcp && config->back.spoof_ppm > 0)
        open_forgers(proxy);
    return proxy;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

void lab_proxy_stop(struct lab_proxy *proxy)
{
    if (proxy == NULL)
        return;
    gv_watch_stop(proxy->watch);
    lab_proxy_udp_clear(proxy);
    lab_proxy_tcp_clear(proxy);
    close_fd(proxy->fd);
    close_fd(proxy->forger_fd[0]);
    close_fd(proxy->forger_fd[1]);
    free(proxy);
}

struct lab_address lab_proxy_address(const struct lab_proxy *proxy)
{
    return proxy->config.listen;
}

struct lab_proxy_stats lab_proxy_stats(const struct lab_proxy *proxy)
{
    return proxy->stats;
}
