/* SPDX-License-Identifier: Apache-2.0 */
/* The documents of the API: golden pairs. With a name as argument the document
 * is printed, to renew its golden file. */
#include "check.h"
#include "fleet.h"

enum { MOST = 1 << 20 };

static enum gv_err group(const struct gv_render_in *in, struct gv_buf *out)
{
    return gv_render_group_json(in, "G1", out);
}

static enum gv_err device(const struct gv_render_in *in, struct gv_buf *out)
{
    return gv_render_device_json(in, "ks-a", out);
}

static const struct {
    const char *name, *file;
    enum gv_err (*render)(const struct gv_render_in *in, struct gv_buf *out);
} rows[] = {
    {"fleet", GOLDEN "/fleet.json", gv_render_fleet_json},
    {"group", GOLDEN "/group.json", group},
    {"device", GOLDEN "/device.json", device},
    {"rekeys", GOLDEN "/rekeys.json", gv_render_rekeys_json},
};

static void test_golden(void)
{
    static char want[MOST];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_render_in in = fleet_in();
        struct gv_buf got = gv_buf(MOST);
        FILE *file = fopen(rows[i].file, "rb");

        CHECK(rows[i].file, file != NULL);
        if (file == NULL)
            continue;
        want[fread(want, 1, MOST - 1, file)] = '\0';
        (void)fclose(file);
        CHECK_INT(rows[i].name, rows[i].render(&in, &got), GV_OK);
        CHECK_STR(rows[i].name, got.at, want);
        gv_buf_clear(&got);
    }
}

static void test_failures(void)
{
    struct gv_render_in in = fleet_in();
    struct gv_buf out = gv_buf(64);

    CHECK_INT("no such group", gv_render_group_json(&in, "G2", &out), GV_ERR_NOT_FOUND);
    CHECK_INT("no such device", gv_render_device_json(&in, "ks-z", &out), GV_ERR_NOT_FOUND);
    CHECK_INT("nothing written", out.n, 0);
    CHECK_INT("larger than the buffer", gv_render_fleet_json(&in, &out), GV_ERR_TOO_LARGE);
    gv_buf_clear(&out);
}

/* Cut the part up to the next comma off *rest. */
static struct gv_text piece(struct gv_text *rest)
{
    size_t n = gv_text_index(*rest, ',');
    struct gv_text cut = gv_text_head(*rest, n);

    *rest = gv_text_from(*rest, n < rest->n ? n + 1 : n);
    return cut;
}

/* What a stepped wall clock must not change: every member whose name does not say
 * that it is an instant. */
static void test_stepped_clock(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_render_in in = fleet_in();
        struct gv_buf before = gv_buf(MOST), after = gv_buf(MOST);
        struct gv_text a, b;

        CHECK_INT(rows[i].name, rows[i].render(&in, &before), GV_OK);
        in.wall_offset_ms += INT64_C(-10) * 365 * 86400 * 1000;
        CHECK_INT(rows[i].name, rows[i].render(&in, &after), GV_OK);
        a = (struct gv_text){before.at, before.n};
        b = (struct gv_text){after.at, after.n};
        while (a.n > 0) {
            struct gv_text shown = piece(&a), stepped = piece(&b);
            bool same = shown.n == stepped.n && memcmp(shown.at, stepped.at, shown.n) == 0;
            bool instant = gv_text_find(shown, "at\": ") < shown.n;

            CHECK(rows[i].name, same != instant);
        }
        CHECK_INT(rows[i].name, b.n, 0);
        gv_buf_clear(&before);
        gv_buf_clear(&after);
    }
}

static int print(const char *name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_render_in in = fleet_in();
        struct gv_buf out = gv_buf(MOST);

        if (strcmp(rows[i].name, name) == 0 && rows[i].render(&in, &out) == GV_OK)
            (void)fwrite(out.at, 1, out.n, stdout);
        gv_buf_clear(&out);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return print(argv[1]);
    test_golden();
    test_failures();
    test_stepped_clock();
    return check_end();
}
