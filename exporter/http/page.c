/* SPDX-License-Identifier: Apache-2.0 */
/* The status page: files that are built into the program. */
#include <string.h>

#include "http/internal.h"

static const struct gv_page_file *find(struct gv_text name)
{
    for (size_t i = 0; i < gv_page_file_count; i++)
        if (gv_text_is(name, gv_page_files[i].name))
            return &gv_page_files[i];
    return NULL;
}

static void put_escaped(struct gv_buf *out, const char *text)
{
    static const struct {
        char c;
        const char *shown;
    } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};

    for (; *text != '\0'; text++) {
        const char *shown = NULL;

        for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
            if (*text == escapes[i].c)
                shown = escapes[i].shown;
        if (shown != NULL)
            gv_buf_add_str(out, shown);
        else
            gv_buf_add_char(out, *text);
    }
}

/* `html` with @TELEMETRY_PATH@ and @VERSION@ filled in. */
static void fill_in(struct gv_text html, const char *telemetry_path, struct gv_buf *out)
{
    const struct {
        const char *mark, *text;
    } marks[] = {{"@TELEMETRY_PATH@", telemetry_path}, {"@VERSION@", GV_VERSION}};

    while (html.n > 0) {
        size_t at = html.n, next = html.n;
        const char *text = "";

        for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
            size_t here = gv_text_find(html, marks[i].mark);

            if (here < at) {
                at = here;
                next = here + strlen(marks[i].mark);
                text = marks[i].text;
            }
        }
        gv_buf_add(out, html.at, at);
        put_escaped(out, text);
        html = gv_text_from(html, next);
    }
}

enum MHD_Result gv_http_page(struct gv_http_request *r)
{
    const struct gv_page_file *html = find(gv_text("index.html"));
    struct gv_buf body = gv_buf(GV_HTTP_BODY_MOST);

    fill_in((struct gv_text){(const char *)html->plain, html->plain_n},
            r->server->telemetry_path, &body);
    return gv_http_answer(r, MHD_HTTP_OK, gv_http_type_html, &body);
}

enum MHD_Result gv_http_page_file(struct gv_http_request *r)
{
    const struct gv_page_file *file = find(r->rest);

    if (file == NULL || gv_text_is(r->rest, "index.html"))
        return gv_http_answer_text(r, MHD_HTTP_NOT_FOUND, "not found");
    return gv_http_answer_file(r, file);
}
