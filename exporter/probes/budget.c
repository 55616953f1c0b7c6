/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/budget.h"

#include <stdlib.h>
#include <string.h>

#include "gdoi/endpoint.h"
#include "probes/pace.h"

static struct gv_time later(struct gv_time a, struct gv_time b)
{
    return gv_time_before(a, b) ? b : a;
}

void gv_probe_budget_clear(struct gv_probe_budget *budget)
{
    while (budget->servers != NULL) {
        struct gv_probe_server *next = budget->servers->next;

        free(budget->servers);
        budget->servers = next;
    }
    *budget = (struct gv_probe_budget){.servers = NULL};
}

struct gv_probe_server *gv_probe_budget_server(struct gv_probe_budget *budget,
                                               const struct gdoi_endpoint *address)
{
    struct gv_probe_server *server = budget->servers;

    while (server != NULL && !gdoi_endpoint_equal(&server->address, address))
        server = server->next;
    if (server != NULL)
        return server;
    server = calloc(1, sizeof(*server));
    if (server == NULL)
        return NULL;
    *server = (struct gv_probe_server){.next = budget->servers,
                                       .address = *address,
                                       .attempted = budget->unreadable,
                                       .last = budget->unreadable_at};
    budget->servers = server;
    return server;
}

struct gv_time gv_probe_budget_allows(const struct gv_probe_budget *budget,
                                      const struct gv_probe_server *server, struct gv_time due,
                                      bool exception)
{
    const struct gv_dur floor = gv_secs(GV_PROBE_FLOOR_S);

    if (exception && server->excepted)
        due = later(due, gv_time_add(server->last_exception, floor));
    if (!exception && server->attempted)
        due = later(due, gv_time_add(server->last, floor));
    if (budget->attempted)
        due = later(due, gv_time_add(budget->last, gv_secs(GV_PROBE_SPACING_S)));
    return due;
}

void gv_probe_budget_began(struct gv_probe_budget *budget, struct gv_probe_server *server,
                           bool exception, struct gv_time now)
{
    budget->attempted = server->attempted = true;
    budget->last = server->last = now;
    if (!exception)
        return;
    server->excepted = true;
    server->last_exception = now;
}

/* ---- what is written down ---- */

int64_t gv_probe_written(struct gv_time at, struct gv_time now, int64_t unix_s)
{
    int64_t written = unix_s - gv_time_diff(now, at).ms / 1000;

    return written > 0 ? written : 0;
}

struct gv_time gv_probe_read_back(int64_t written, struct gv_time now, int64_t unix_s)
{
    int64_t ago_s = unix_s - written - 1;

    return gv_time_sub(now, gv_secs(ago_s > 0 ? ago_s : 0));
}

void gv_probe_budget_text(const struct gv_probe_budget *budget, struct gv_time now,
                          int64_t unix_s, struct gv_buf *out)
{
    for (const struct gv_probe_server *s = budget->servers; s != NULL; s = s->next) {
        char text[GDOI_ENDPOINT_TEXT];

        if (!s->attempted || gv_time_diff(now, s->last).ms > gv_secs(GV_PROBE_KEPT_S).ms)
            continue;
        gdoi_endpoint_text(&s->address, text);
        gv_buf_add_str(out, text);
        gv_buf_add_char(out, ' ');
        gv_buf_add_u64(out, (uint64_t)gv_probe_written(s->last, now, unix_s));
        gv_buf_add_char(out, '\n');
    }
}

static bool read_endpoint(struct gv_text word, struct gdoi_endpoint *out)
{
    char text[GDOI_ENDPOINT_TEXT];

    if (word.n >= sizeof(text))
        return false;
    memcpy(text, word.at, word.n);
    text[word.n] = '\0';
    return gdoi_endpoint_read(text, 0, out);
}

enum gv_err gv_probe_budget_read(struct gv_probe_budget *budget, struct gv_text text,
                                 struct gv_time now, int64_t unix_s)
{
    struct gdoi_endpoint address;
    struct gv_text line, word;
    uint64_t when;

    while (gv_text_line(&text, &line)) {
        struct gv_probe_server *server;

        if (!gv_text_word(&line, &word) || !read_endpoint(word, &address) ||
            !gv_text_u64(gv_text_trim(line), &when) || when > INT64_MAX / 2000)
            continue;
        server = gv_probe_budget_server(budget, &address);
        if (server == NULL)
            return GV_ERR_NO_MEMORY;
        server->attempted = true;
        server->last = gv_probe_read_back((int64_t)when, now, unix_s);
        if (!budget->attempted || gv_time_before(budget->last, server->last))
            budget->last = server->last;
        budget->attempted = true;
    }
    return GV_OK;
}

void gv_probe_budget_unreadable(struct gv_probe_budget *budget, struct gv_time now)
{
    budget->unreadable = true;
    budget->unreadable_at = now;
}
