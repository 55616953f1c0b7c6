/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/failure.h"

static bool refused(const struct gdoi_event *event)
{
    return event->notify != 0 || event->last != GV_OK;
}

/* A key server may be mute where it does not know us, or the group. */
enum gv_probe_failure gv_probe_failure(const struct gdoi_event *event)
{
    return event->step >= GDOI_MAIN_6 || refused(event) ? GV_PROBE_REFUSED : GV_PROBE_SILENT;
}

/* RFC 2408, 3.14.1. */
static const char *notify_name(uint16_t type)
{
    static const struct {
        uint16_t type;
        const char *name;
    } names[] = {{14, "NO_PROPOSAL_CHOSEN"},     {16, "PAYLOAD_MALFORMED"},
                 {18, "INVALID_ID_INFORMATION"}, {23, "INVALID_HASH_INFORMATION"},
                 {24, "AUTHENTICATION_FAILED"},  {25, "INVALID_SIGNATURE"},
                 {4, "INVALID_COOKIE"},          {20, "INVALID_CERTIFICATE"}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].type == type)
            return names[i].name;
    return "a notify";
}

static void offered(const struct gdoi_client_config *config, struct gv_buf *out)
{
    gv_buf_add_str(out, "; offered: ");
    for (size_t i = 0; i < config->suite_count; i++) {
        if (i > 0)
            gv_buf_add_str(out, ", ");
        gdoi_suite_name(&config->suites[i], out);
    }
}

static const char *meaning(const struct gdoi_client_config *config,
                           const struct gdoi_event *event)
{
    bool silent = event->err == GV_ERR_TIMEOUT;

    switch (event->step) {
    case GDOI_MAIN_2:
        if (event->last == GV_ERR_NOT_SUPPORTED)
            return "the key server chose what was not offered";
        return refused(event) ? "the key server refused the proposal"
                              : "no answer to message 1";
    case GDOI_MAIN_4:
        return refused(event) ? "the key exchange was refused" : "no answer to message 3";
    case GDOI_MAIN_6:
        return config->psk != NULL
                   ? "no valid answer to message 5: the key server has another pre-shared key "
                     "for us, or does not know our identity"
                   : "no valid answer to message 5: one side does not accept the other's "
                     "certificate";
    case GDOI_PULL_2:
        return silent
                   ? "no answer to the request for the group: it does not exist there, or we "
                     "are not authorised"
                   : "the group's policy cannot be read";
    default:
        return silent ? "no answer with the group's keys" : "the group's keys cannot be read";
    }
}

void gv_probe_explain(const struct gdoi_client_config *config, const struct gdoi_event *event,
                      struct gv_buf *out)
{
    gv_buf_add_str(out, meaning(config, event));
    if (event->step == GDOI_MAIN_2 && refused(event))
        offered(config, out);
    if (event->notify != 0) {
        gv_buf_add_str(out, "; heard ");
        gv_buf_add_str(out, notify_name(event->notify));
        gv_buf_add_str(out, " (");
        gv_buf_add_u64(out, event->notify);
        gv_buf_add_char(out, ')');
    }
    if (event->why != NULL && event->why[0] != '\0') {
        gv_buf_add_str(out, "; ");
        gv_buf_add_str(out, event->why);
    }
}
