/* SPDX-License-Identifier: Apache-2.0 */
/* Where events come in. */
#include "config_reader.h"
#include "events.h"
#include "events/sock.h"

void gv_config_syslog(struct gv_config_reader *reader, const struct gv_node *map)
{
    struct gv_config_syslog_row row = {.listen = NULL};
    struct gv_config *config = reader->config;

    gv_schema_read(&gv_config_syslog_schema, GV_USE_MAP, map, &row, &reader->faults);
    if (row.listen == NULL)
        return;
    config->syslog = gv_config_alloc(reader, row.listen->count * sizeof(*config->syslog));
    for (const struct gv_node *n = row.listen->first; config->syslog != NULL && n != NULL;
         n = n->next) {
        struct gv_event_address address;

        if (config->syslog_count == GV_EVENTS_LISTEN_MOST)
            gv_fault(&reader->faults, n->at, "too many addresses; expected at most %d",
                     GV_EVENTS_LISTEN_MOST);
        else if (!gv_event_address_read(n->text, &address))
            gv_fault(&reader->faults, n->at,
                     "\"%.80s\" is no address to listen on; expected ADDRESS:PORT, "
                     "[IPV6]:PORT or :PORT",
                     n->text);
        else
            config->syslog[config->syslog_count++] = gv_config_keep(reader, n->text);
    }
}
