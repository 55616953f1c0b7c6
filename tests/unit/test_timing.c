/* SPDX-License-Identifier: Apache-2.0 */
/* What each sight proves, and the sentence that says so. */
#include "model/timing.h"

#include "check.h"

static void test_texts(void)
{
    static const struct {
        struct gv_timing timing;
        const char *text;
    } rows[] = {
        {{GV_PROOF_KS_REKEYED_AHEAD, 235, 235, {0}, false},
         "it made the next KEK 235 s before the old one expired; the formula gives 235 s"},
        {{GV_PROOF_KS_REKEYED_EARLY, 250, 235, {0}, false},
         "it made the next KEK 250 s before the old one expired, as with a TEK rekey, or by "
         "hand; "
         "the formula gives 235 s"},
        {{GV_PROOF_KS_AFTER_EXPIRY, 3, 0, {0}, false},
         "as primary it made the next KEK 3 s after the old one had expired"},
        {{GV_PROOF_GM_FROZEN, 86399, 60, {0}, false},
         "it showed the same KEK lifetime, 86399 s, in two polls 60 s apart"},
        {{GV_PROOF_GM_COUNTS_DOWN, 60, 60, {0}, false},
         "its KEK lifetime counted down by 60 s in 60 s"},
    };
    struct gv_buf text = gv_buf(1000);

    gv_timing_text(&(struct gv_timing){.proof = GV_PROOF_NONE}, &text);
    CHECK_INT("no proof, no text", text.n, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        gv_buf_reset(&text);
        gv_timing_text(&rows[i].timing, &text);
        CHECK_STR("text", text.at, rows[i].text);
    }
    gv_buf_clear(&text);
}

/* An early rekey may be made by hand, and what has not come yet may come too late. */
static void test_confidence(void)
{
    for (int proof = GV_PROOF_KS_REKEYED_AHEAD; proof < GV_PROOF_COUNT; proof++) {
        const struct gv_timing timing = {.proof = (enum gv_timing_proof)proof};

        CHECK_INT("confidence", gv_timing_confidence(&timing),
                  proof == GV_PROOF_KS_REKEYED_EARLY || proof == GV_PROOF_KS_NO_SUCCESSOR
                      ? GV_LIKELY
                      : GV_CERTAIN);
    }
}

int main(void)
{
    test_confidence();
    test_texts();
    return check_end();
}
