/* SPDX-License-Identifier: Apache-2.0 */
/* A whole exchange with a key server that says what the input makes of its messages: damaged
 * copies ahead of the genuine ones, and payloads changed under a right HASH or signature.
 * Records of four octets: where, offset (two), what to flip; 0 cuts there. */
#include <assert.h>
#include <string.h>

#include "gdoi_pair.h"

enum { RECORDS_MOST = 16, RECORD_SIZE = 4, COPIES_FROM = 3, PLACES = 10 };

struct record {
    unsigned where; /* 0..2: payloads of PULL_2, PULL_4, PUSH; then datagrams 1..7 */
    size_t offset;
    uint8_t flip;
};

struct script {
    struct record records[RECORDS_MOST];
    size_t count;
};

static void edit(void *arg, enum lab_gdoi_message message, uint8_t *octets, size_t n)
{
    const struct script *s = arg;

    for (size_t i = 0; i < s->count; i++)
        if (s->records[i].where == (unsigned)message - LAB_GDOI_PULL_2)
            octets[s->records[i].offset % n] ^= s->records[i].flip;
}

static bool copy(struct pair *p, bool to_server, unsigned index, uint8_t *octets, size_t *n,
                 void *arg)
{
    const struct script *s = arg;
    uint8_t damaged[4096];

    for (size_t i = 0; i < s->count && !to_server && *n <= sizeof(damaged); i++) {
        const struct record *r = &s->records[i];
        size_t at = r->offset % *n;

        if (r->where != COPIES_FROM + index - 1)
            continue;
        memcpy(damaged, octets, *n);
        damaged[at] ^= r->flip;
        pair_inject(p, false, damaged, r->flip == 0 ? at : *n,
                    (struct gv_dur){PAIR_DELAY_MS / 2});
    }
    return true;
}

static void read_script(const uint8_t *data, size_t size, struct script *s)
{
    struct gv_reader r = gv_reader(data, size);

    while (r.left >= RECORD_SIZE && s->count < RECORDS_MOST) {
        struct record *record = &s->records[s->count++];

        record->where = gv_reader_uint(&r, 1) % PLACES;
        record->offset = gv_reader_uint(&r, 2);
        record->flip = (uint8_t)gv_reader_uint(&r, 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script s = {.count = 0};
    struct gdoi_event event;
    struct pair p;

    read_script(data, size, &s);
    pair_defaults(&p);
    p.policy.gap = p.policy.lkh = true;
    p.filter = copy;
    p.arg = &s;
    pair_open(&p);
    lab_gdoi_faults(p.server)->edit = edit;
    lab_gdoi_faults(p.server)->edit_arg = &s;
    event = pair_register(&p);
    assert(p.event_count == 1 && event.kind != GDOI_NOTHING);
    assert(p.to_server <= 20);
    pair_rekey(&p, LAB_GDOI_KEK);
    lab_gdoi_delete(p.group, LAB_GDOI_TEK, true, p.now);
    pair_run(&p, gv_secs(60));
    pair_close(&p);
    return 0;
}
