/* SPDX-License-Identifier: Apache-2.0 */
/* Probes in the loop: the sockets, and which datagram is whose.
 *
 * A probe is a gdoi/client.h with a way to its key server. Probes of one local address and port
 * share a socket. Answers find their probe by the initiator's cookie, rekeys by the KEK's SPI;
 * whatever does not come from the probe's key server is dropped unread. Never sends anything
 * that a client did not ask for: no ESP, no answer to strangers. */
#ifndef GV_GDOI_DRIVER_H
#define GV_GDOI_DRIVER_H

#include "gdoi/client.h"
#include "io/loop.h"

struct gdoi_driver;
struct gdoi_probe;

enum { GDOI_PORT = 848, GDOI_NAT_PORT = 4500, GDOI_WHY_SIZE = 200, GDOI_INTERFACE_MOST = 16 };

/* No probes yet. NULL without memory. */
struct gdoi_driver *gdoi_driver_new(struct gv_loop *loop);
void gdoi_driver_free(struct gdoi_driver *driver); /* after its probes; NULL is fine */

/* Something happened; never from inside a call of the probe's owner. */
typedef void gdoi_probe_event(void *arg, struct gdoi_probe *probe,
                              const struct gdoi_event *event);

struct gdoi_probe_config {
    struct gdoi_client_config client;    /* local: size 0 is the address of the route to the key
                                          * server; port 0 any free one */
    uint16_t nat_port, nat_port_remote;  /* where a NAT is found; 0: 4500 */
    char interface[GDOI_INTERFACE_MOST]; /* that joins multicast groups; empty: the one of the
                                          * local address */
    gdoi_probe_event *event;
    void *arg;
};

/* A probe that has sent nothing yet; what the configuration points to has to outlive it. NULL
 * with a sentence in `why`. An identity of type 0 becomes the local address. */
struct gdoi_probe *gdoi_probe_new(struct gdoi_driver *driver,
                                  const struct gdoi_probe_config *config,
                                  char why[GDOI_WHY_SIZE]);
void gdoi_probe_free(struct gdoi_probe *probe); /* NULL is fine */

/* Begin a registration; nothing while one is under way. Its end comes as an event. */
void gdoi_probe_register(struct gdoi_probe *probe);

/* Can rekeys reach us? False before the first registration, and where the SAK names an address
 * or a port that could not be bound; then `why` (may be NULL) says it. */
bool gdoi_probe_listening(const struct gdoi_probe *probe, const char **why);

const struct gdoi_client *gdoi_probe_client(const struct gdoi_probe *probe);

/* How long the last registration took, finer than the loop's clock tells: from the first
 * datagram of each part to its last answer verified. phase1_ns is 0 where an earlier phase 1
 * was used. */
struct gdoi_timing {
    uint64_t phase1_ns, pull_ns;
};
const struct gdoi_timing *gdoi_probe_timing(const struct gdoi_probe *probe);

/* Datagrams sent and received, by this probe. */
struct gdoi_traffic {
    uint64_t sent, received, send_errors;
};
const struct gdoi_traffic *gdoi_probe_traffic(const struct gdoi_probe *probe);

#endif
