/* SPDX-License-Identifier: Apache-2.0 */
#include "snmp/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct gv_lookup {
    gv_lookup_done *done; /* NULL once cancelled; the loop's thread only */
    void *arg;
    bool found; /* written by the worker, read after it */
    struct gv_address address;
    char name[];
};

bool gv_address_read(const char *text, struct gv_address *out)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        *out = (struct gv_address){.size = sizeof(v4)};
        out->at.v4 = v4;
        return true;
    }
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        *out = (struct gv_address){.size = sizeof(v6)};
        out->at.v6 = v6;
        return true;
    }
    return false;
}

bool gv_address_same(const struct gv_address *a, const struct gv_address *b)
{
    return a->size == b->size && memcmp(&a->at, &b->at, a->size) == 0;
}

static void work(void *arg)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG};
    struct gv_lookup *lookup = arg;
    struct addrinfo *list = NULL;

    if (getaddrinfo(lookup->name, NULL, &hints, &list) != 0)
        return;
    if (list != NULL && list->ai_addrlen <= sizeof(lookup->address.at)) {
        memcpy(&lookup->address.at, list->ai_addr, list->ai_addrlen);
        lookup->address.size = list->ai_addrlen;
        lookup->found = true;
    }
    freeaddrinfo(list);
}

static void work_done(void *arg)
{
    struct gv_lookup *lookup = arg;

    if (lookup->done != NULL)
        lookup->done(lookup->arg, lookup->found ? GV_OK : GV_ERR_NAME_LOOKUP,
                     lookup->found ? &lookup->address : NULL);
    free(lookup);
}

struct gv_lookup *gv_lookup_start(struct gv_loop *loop, const char *name, gv_lookup_done *done,
                                  void *arg)
{
    size_t n = strlen(name) + 1;
    struct gv_lookup *lookup = calloc(1, sizeof(*lookup) + n);

    if (lookup == NULL)
        return NULL;
    lookup->done = done;
    lookup->arg = arg;
    memcpy(lookup->name, name, n);
    if (gv_loop_work(loop, work, work_done, lookup) != GV_OK) {
        free(lookup);
        return NULL;
    }
    return lookup;
}

void gv_lookup_cancel(struct gv_lookup *lookup)
{
    if (lookup != NULL)
        lookup->done = NULL;
}
