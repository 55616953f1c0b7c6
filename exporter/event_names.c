/* SPDX-License-Identifier: Apache-2.0 */
#include "event_names.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "io/address.h"
#include "io/log.h"

enum { AGAIN_S = 300 };

/* One name under way, in a worker; its own memory, for the rest may end before it. */
struct lookup {
    struct gv_event_names *names; /* NULL once stopped; the loop's thread only */
    size_t count;                 /* written by the worker, read after it */
    char found[GV_EVENT_NAMES_ADDRESSES][GV_SENDER_TEXT];
    char name[];
};

struct gv_event_names {
    struct gv_loop *loop;
    gv_event_names_found *found;
    void *arg;
    struct gv_timer *timer;
    struct lookup *lookup; /* of the name `at` */
    size_t at, count;
    struct {
        char *name;
        bool told; /* that it does not resolve */
    } list[];
};

static void work(void *arg)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct lookup *lookup = arg;
    struct addrinfo *list = NULL;

    if (getaddrinfo(lookup->name, NULL, &hints, &list) != 0)
        return;
    for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
        if (lookup->count < GV_EVENT_NAMES_ADDRESSES &&
            gv_sockaddr_text(a->ai_addr, lookup->found[lookup->count], GV_SENDER_TEXT))
            lookup->count++;
    freeaddrinfo(list);
}

static void next(void *arg);

/* The same again for the next name; after the last, later. */
static void go_on(struct gv_event_names *names)
{
    bool last = ++names->at == names->count;

    if (last)
        names->at = 0;
    names->timer = gv_timer_start(names->loop, gv_secs(last ? AGAIN_S : 0), next, names);
}

static void work_done(void *arg)
{
    struct lookup *lookup = arg;
    struct gv_event_names *names = lookup->names;

    if (names != NULL) {
        bool *told = &names->list[names->at].told;

        names->lookup = NULL;
        if (lookup->count == 0 && !*told)
            gv_log(GV_LOG_WARN, NULL,
                   "the host name %s does not resolve: its events are those of an unknown "
                   "sender",
                   lookup->name);
        *told = lookup->count == 0;
        if (lookup->count > 0)
            names->found(names->arg, names->at, (const char(*)[GV_SENDER_TEXT])lookup->found,
                         lookup->count);
        go_on(names);
    }
    free(lookup);
}

static void next(void *arg)
{
    struct gv_event_names *names = arg;
    const char *name = names->list[names->at].name;
    size_t n = strlen(name) + 1;
    struct lookup *lookup = calloc(1, sizeof(*lookup) + n);

    names->timer = NULL;
    if (lookup == NULL) {
        go_on(names);
        return;
    }
    lookup->names = names;
    memcpy(lookup->name, name, n);
    names->lookup = lookup;
    if (gv_loop_work(names->loop, work, work_done, lookup) == GV_OK)
        return;
    names->lookup = NULL;
    free(lookup);
    go_on(names);
}

struct gv_event_names *gv_event_names_start(struct gv_loop *loop, const char *const *list,
                                            size_t count, gv_event_names_found *found,
                                            void *arg)
{
    struct gv_event_names *names = calloc(1, sizeof(*names) + count * sizeof(names->list[0]));

    if (names == NULL)
        return NULL;
    names->loop = loop;
    names->found = found;
    names->arg = arg;
    for (; names->count < count; names->count++) {
        names->list[names->count].name = strdup(list[names->count]);
        if (names->list[names->count].name == NULL) {
            gv_event_names_stop(names);
            return NULL;
        }
    }
    if (count > 0)
        names->timer = gv_timer_start(loop, gv_secs(0), next, names);
    return names;
}

void gv_event_names_stop(struct gv_event_names *names)
{
    if (names == NULL)
        return;
    gv_timer_stop(names->timer);
    if (names->lookup != NULL)
        names->lookup->names = NULL;
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i].name);
    free(names);
}
