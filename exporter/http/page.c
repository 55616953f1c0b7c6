/* SPDX-License-Identifier: Apache-2.0 */
/* The landing page: what is here. */
#include "http/internal.h"

static void put_escaped(struct gv_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            gv_buf_add_str(out, "&amp;");
            break;
        case '<':
            gv_buf_add_str(out, "&lt;");
            break;
        case '>':
            gv_buf_add_str(out, "&gt;");
            break;
        case '"':
            gv_buf_add_str(out, "&quot;");
            break;
        default:
            gv_buf_add_char(out, *text);
        }
    }
}

static void put_link(struct gv_buf *out, const char *path, const char *what)
{
    gv_buf_add_str(out, "<li><a href=\"");
    put_escaped(out, path);
    gv_buf_add_str(out, "\">");
    put_escaped(out, path);
    gv_buf_add_str(out, "</a> ");
    put_escaped(out, what);
    gv_buf_add_str(out, "</li>\n");
}

void gv_http_page(const char *telemetry_path, const char *version, struct gv_buf *out)
{
    static const struct {
        const char *path, *what;
    } links[] = {
        {"/api/v1/fleet", "every device and group (JSON)"},
        {"/api/v1/rekeys", "KEK rekeys: due, and how the last one went (JSON)"},
        {"/sd", "the targets, for Prometheus' http_sd_config"},
        {"/config", "the configuration in use, without secrets"},
        {"/-/healthy", "the process answers"},
        {"/-/ready", "the first round of polls is over"},
    };

    gv_buf_add_str(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                        "<title>getvpn_exporter</title></head><body>\n"
                        "<h1>getvpn_exporter ");
    put_escaped(out, version);
    gv_buf_add_str(out, "</h1>\n<ul>\n");
    put_link(out, telemetry_path, "metrics of the fleet");
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        put_link(out, links[i].path, links[i].what);
    gv_buf_add_str(out, "</ul>\n</body></html>\n");
}
