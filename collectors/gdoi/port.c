/* SPDX-License-Identifier: Apache-2.0 */
#include "gdoi/port.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gdoi/endpoint.h"

enum { READS_MOST = 64 /* of one turn, so that others get theirs */ };

static void ready(void *arg, unsigned events)
{
    struct gdoi_port *port = arg;
    struct gdoi_ports *ports = port->ports;
    struct gdoi_endpoint from;

    (void)events;
    port->users++; /* not while it is read */
    for (unsigned i = 0; i < READS_MOST; i++) {
        long n = gdoi_sock_receive(port->fd, ports->datagram, sizeof(ports->datagram), &from);

        if (n < 0)
            break;
        ports->heard(ports->arg, ports->datagram, (size_t)n, &from);
    }
    gdoi_port_put(port);
}

static struct gdoi_port *start(struct gdoi_ports *ports, const struct gdoi_port *made)
{
    struct gdoi_port *port = calloc(1, sizeof(*port));

    if (port != NULL) {
        *port = *made;
        port->watch = gv_watch_start(ports->loop, port->fd, GV_READABLE, ready, port);
    }
    if (port == NULL || port->watch == NULL) {
        (void)close(made->fd);
        free(port);
        return NULL;
    }
    port->ports = ports;
    port->users = 1;
    port->next = ports->first;
    ports->first = port;
    return port;
}

/* The same group on another interface is another one. */
static struct gdoi_port *find(const struct gdoi_ports *ports, const struct gdoi_port *wanted)
{
    struct gdoi_port *port = ports->first;

    while (port != NULL && (port->interface != wanted->interface ||
                            (!gdoi_endpoint_equal(&port->asked, &wanted->asked) &&
                             !gdoi_endpoint_equal(&port->bound, &wanted->asked))))
        port = port->next;
    return port;
}

struct gdoi_port *gdoi_port_get(struct gdoi_ports *ports, const struct gdoi_endpoint *asked,
                                const char *interface, const struct gdoi_endpoint *local,
                                char *why, size_t why_n)
{
    struct gdoi_port made = {.asked = *asked, .bound = *asked}, *found;
    bool multicast = gdoi_endpoint_is_multicast(asked);

    if (multicast)
        made.interface = gdoi_sock_interface(interface, local);
    if (multicast && made.interface == 0 && interface[0] != '\0') {
        (void)snprintf(why, why_n, "%s: no such interface", interface);
        return NULL;
    }
    found = find(ports, &made);
    if (found != NULL) {
        found->users++;
        return found;
    }
    (void)snprintf(why, why_n, "no memory");
    made.fd = multicast ? gdoi_sock_join(asked, made.interface, why, why_n)
                        : gdoi_sock_open(&made.bound, why, why_n);
    return made.fd >= 0 ? start(ports, &made) : NULL;
}

void gdoi_port_put(struct gdoi_port *port)
{
    struct gdoi_port **at;

    if (port == NULL || --port->users > 0)
        return;
    at = &port->ports->first;
    while (*at != port)
        at = &(*at)->next;
    *at = port->next;
    gv_watch_stop(port->watch);
    (void)close(port->fd);
    free(port);
}
