/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "check.h"
#include "model/probe_keep.h"

enum { KEY = 77, OTHER = 78 };

static struct gv_buf text_of(const struct gv_probe_evidence *evidence, uint64_t key)
{
    struct gv_buf text = gv_buf(1 << 16);

    gv_probe_evidence_write(evidence, key, &text);
    CHECK_INT("written", text.err, GV_OK);
    return text;
}

/* An old key server's registration, and a new one's rekey: each after a restart. */
static void test_verdicts(void)
{
    struct gv_probe_evidence old = {.refuted = false}, fresh = old, back;
    struct gv_buf text, other;

    gv_probe_saw_registration(&old, &(struct gv_probe_registration){.left = gv_secs(60)});
    gv_probe_saw_rekey(
        &fresh, &(struct gv_probe_rekey){true, true, gv_secs(230), false, gv_secs(0), false});
    text = text_of(&old, KEY);
    other = text_of(&fresh, OTHER);
    gv_buf_add_str(&text, "10.0.0.1:848 1762000000\n");
    gv_buf_add_text(&text, (struct gv_text){other.at, other.n});
    CHECK("read", gv_probe_evidence_read((struct gv_text){text.at, text.n}, KEY, &back));
    CHECK_STR("the sentence", back.registration_text, old.registration_text);
    CHECK_INT("old", gv_probe_judge(&back).behaviour, GV_BEHAVIOUR_OLD);
    CHECK("as sure as before", gv_probe_judge(&back).confidence == GV_CERTAIN);
    CHECK("the other's",
          gv_probe_evidence_read((struct gv_text){text.at, text.n}, OTHER, &back));
    CHECK_INT("new", gv_probe_judge(&back).behaviour, GV_BEHAVIOUR_NEW);
    CHECK("no registration proves old any more", back.refuted);
    gv_buf_clear(&text);
    gv_buf_clear(&other);
}

static void test_lines(void)
{
    static const struct {
        const char *name, *text;
        bool ok;
    } rows[] = {
        {"nothing", "", true},
        {"another's lines", "evidence 78 rekey.behaviour 9\n", true},
        {"no key", "evidence\nevidence rekey.behaviour 1\n", true},
        {"a field to come", "evidence 77 gm.behaviour 1\n", true},
        {"a behaviour that there is none of", "evidence 77 rekey.behaviour 3\n", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gv_probe_evidence back = {.refuted = true};

        CHECK(rows[i].name,
              gv_probe_evidence_read(gv_text(rows[i].text), KEY, &back) == rows[i].ok);
        CHECK(rows[i].name, back.refuted == !rows[i].ok);
        if (rows[i].ok)
            CHECK_INT(rows[i].name, gv_probe_judge(&back).behaviour, GV_BEHAVIOUR_UNKNOWN);
    }
}

int main(void)
{
    test_verdicts();
    test_lines();
    return check_end();
}
