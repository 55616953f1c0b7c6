/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "poller/shard.h"

static const struct {
    const char *name, *text;
    bool ok;
} rows[] = {
    {"whole", "0/1", true},     {"last", "3/4", true},
    {"most", "999/1000", true}, {"index too large", "4/4", false},
    {"none", "0/0", false},     {"too many", "0/1001", false},
    {"no count", "1/", false},  {"no index", "/4", false},
    {"no slash", "1", false},   {"empty", "", false},
    {"sign", "-1/4", false},    {"word", "one/4", false},
};

int main(void)
{
    unsigned counts[4] = {0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_shard shard = {77, 78};

        CHECK(rows[i].name, gv_shard_read(gv_text(rows[i].text), &shard) == rows[i].ok);
        CHECK(rows[i].name, (shard.count == 78) == !rows[i].ok);
    }
    for (unsigned i = 0; i < 4000; i++) {
        char name[16];
        unsigned holders = 0;

        (void)snprintf(name, sizeof(name), "r%u", i);
        for (unsigned shard = 0; shard < 4; shard++)
            if (gv_shard_holds((struct gv_shard){shard, 4}, name)) {
                holders++;
                counts[shard]++;
            }
        CHECK_INT("in exactly one", holders, 1);
    }
    for (unsigned shard = 0; shard < 4; shard++)
        CHECK("even", counts[shard] > 850 && counts[shard] < 1150);
    /* These stay where they are, in every version: memory is kept by shard. */
    CHECK("stable", gv_shard_holds((struct gv_shard){0, 1}, "ks-1"));
    return check_end();
}
