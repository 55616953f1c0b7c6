/* SPDX-License-Identifier: Apache-2.0 */
/* Where events come in. */
#include "events.h"
#include "config/reader.h"
#include "events/sock.h"

static size_t read_listen(struct gv_config_reader *reader, const struct gv_schema *schema,
                          const struct gv_node *map, const char ***out)
{
    struct gv_config_listen_row row = {.listen = NULL};
    size_t count = 0;

    gv_schema_read(schema, GV_USE_MAP, map, &row, &reader->faults);
    if (row.listen == NULL)
        return 0;
    *out = gv_config_alloc(reader, row.listen->count * sizeof(**out));
    for (const struct gv_node *n = row.listen->first; *out != NULL && n != NULL; n = n->next) {
        struct gv_event_address address;

        if (count == GV_EVENTS_LISTEN_MOST)
            gv_fault(&reader->faults, n->at, "too many addresses; expected at most %d",
                     GV_EVENTS_LISTEN_MOST);
        else if (!gv_event_address_read(n->text, &address))
            gv_fault(&reader->faults, n->at,
                     "\"%.80s\" is no address to listen on; expected ADDRESS:PORT, "
                     "[IPV6]:PORT or :PORT",
                     n->text);
        else
            (*out)[count++] = gv_config_keep(reader, n->text);
    }
    return count;
}

void gv_config_events(struct gv_config_reader *reader, const struct gv_node *syslog,
                      const struct gv_node *traps)
{
    struct gv_config *config = reader->config;

    if (syslog != NULL)
        config->syslog_count =
            read_listen(reader, &gv_config_syslog_schema, syslog, &config->syslog);
    if (traps != NULL)
        config->trap_count =
            read_listen(reader, &gv_config_traps_schema, traps, &config->traps);
}
