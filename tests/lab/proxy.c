/* SPDX-License-Identifier: Apache-2.0 */
#include "proxy.h"

#include <stdlib.h>
#include <unistd.h>

#include "proxy_parts.h"

/* Where forged answers come from: the proxy's own address with another port,
 * and another loopback address. */
static void open_forgers(struct gv_proxy *proxy)
{
    static const char *const elsewhere = "127.255.255.253:0";
    struct gv_address port = proxy->config.listen, address = port;

    gv_address_set_port(&port, 0);
    if (address.at.ss_family != AF_INET || !gv_address_read(gv_text(elsewhere), &address))
        gv_address_set_port(&address, 0);
    proxy->forger_fd[0] = gv_address_bind(SOCK_DGRAM, &port);
    proxy->forger_fd[1] = gv_address_bind(SOCK_DGRAM, &address);
}

struct gv_proxy *gv_proxy_start(struct gv_loop *loop, const struct gv_proxy_config *config)
{
    struct gv_proxy *proxy = calloc(1, sizeof(*proxy));

    if (proxy == NULL)
        return NULL;
    proxy->loop = loop;
    proxy->config = *config;
    proxy->forger_fd[0] = proxy->forger_fd[1] = -1;
    proxy->fd = gv_address_bind(config->tcp ? SOCK_STREAM : SOCK_DGRAM, &proxy->config.listen);
    if (proxy->fd >= 0)
        proxy->watch =
            gv_watch_start(loop, proxy->fd, GV_READABLE,
                           config->tcp ? gv_proxy_tcp_readable : gv_proxy_udp_readable, proxy);
    if (proxy->watch == NULL) {
        gv_proxy_stop(proxy);
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

void gv_proxy_stop(struct gv_proxy *proxy)
{
    if (proxy == NULL)
        return;
    gv_watch_stop(proxy->watch);
    gv_proxy_udp_clear(proxy);
    gv_proxy_tcp_clear(proxy);
    close_fd(proxy->fd);
    close_fd(proxy->forger_fd[0]);
    close_fd(proxy->forger_fd[1]);
    free(proxy);
}

struct gv_address gv_proxy_address(const struct gv_proxy *proxy)
{
    return proxy->config.listen;
}

struct gv_proxy_stats gv_proxy_stats(const struct gv_proxy *proxy)
{
    return proxy->stats;
}
