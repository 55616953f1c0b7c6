/* SPDX-License-Identifier: Apache-2.0 */
/* Why a registration failed, in words, and whether it will fail again soon. */
#include "check.h"
#include "probes/failure.h"

#define OFFERED "; offered: aes256-sha256-modp2048, aes128-sha1-modp1024"

static const struct {
    const char *row;
    struct gdoi_event event;
    bool certificate;
    enum gv_probe_failure failure;
    const char *text;
} rows[] = {
    {"silent",
     {.step = GDOI_MAIN_2, .err = GV_ERR_TIMEOUT},
     false,
     GV_PROBE_SILENT,
     "no answer to message 1"},
    {"no proposal",
     {.step = GDOI_MAIN_2, .err = GV_ERR_TIMEOUT, .notify = 14},
     false,
     GV_PROBE_REFUSED,
     "the key server refused the proposal" OFFERED "; heard NO_PROPOSAL_CHOSEN (14)"},
    {"chose another",
     {.step = GDOI_MAIN_2, .last = GV_ERR_NOT_SUPPORTED},
     false,
     GV_PROBE_REFUSED,
     "the key server chose what was not offered" OFFERED},
    {"silent at message 3",
     {.step = GDOI_MAIN_4, .err = GV_ERR_TIMEOUT},
     false,
     GV_PROBE_SILENT,
     "no answer to message 3"},
    {"a bad key exchange",
     {.step = GDOI_MAIN_4, .last = GV_ERR_MALFORMED},
     false,
     GV_PROBE_REFUSED,
     "the key exchange was refused"},
    {"another key",
     {.step = GDOI_MAIN_6, .last = GV_ERR_AUTHENTICATION},
     false,
     GV_PROBE_REFUSED,
     "no valid answer to message 5: the key server has another pre-shared key for us, or does "
     "not know our identity"},
    {"another key, told",
     {.step = GDOI_MAIN_6, .err = GV_ERR_TIMEOUT, .notify = 24},
     false,
     GV_PROBE_REFUSED,
     "no valid answer to message 5: the key server has another pre-shared key for us, or does "
     "not know our identity; heard AUTHENTICATION_FAILED (24)"},
    {"a certificate",
     {.step = GDOI_MAIN_6, .why = "it is out of date"},
     true,
     GV_PROBE_REFUSED,
     "no valid answer to message 5: one side does not accept the other's certificate; it is "
     "out of date"},
    {"no such group",
     {.step = GDOI_PULL_2, .err = GV_ERR_TIMEOUT, .notify = 18},
     false,
     GV_PROBE_REFUSED,
     "no answer to the request for the group: it does not exist there, or we are not "
     "authorised; heard INVALID_ID_INFORMATION (18)"},
    {"a policy",
     {.step = GDOI_PULL_2, .err = GV_ERR_MALFORMED},
     false,
     GV_PROBE_REFUSED,
     "the group's policy cannot be read"},
    {"no keys",
     {.step = GDOI_PULL_4, .err = GV_ERR_TIMEOUT},
     false,
     GV_PROBE_REFUSED,
     "no answer with the group's keys"},
    {"bad keys",
     {.step = GDOI_PULL_4, .err = GV_ERR_MALFORMED},
     false,
     GV_PROBE_REFUSED,
     "the group's keys cannot be read"},
    {"an unknown word",
     {.step = GDOI_MAIN_4, .err = GV_ERR_TIMEOUT, .notify = 40000},
     false,
     GV_PROBE_REFUSED,
     "the key exchange was refused; heard a notify (40000)"},
};

int main(void)
{
    struct gdoi_suite suites[2];
    struct gv_secret *psk = gv_secret_new("0123456789abcdef", 16);

    CHECK("suites", gdoi_suite_read(gv_text("aes256-sha256-modp2048"), &suites[0]) &&
                        gdoi_suite_read(gv_text("aes128-sha1-modp1024"), &suites[1]));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gdoi_client_config config = {.suites = suites, .suite_count = 2};
        struct gv_buf text = gv_buf(1000);

        config.psk = rows[i].certificate ? NULL : psk;
        gv_probe_explain(&config, &rows[i].event, &text);
        CHECK_STR(rows[i].row, text.at, rows[i].text);
        CHECK_INT(rows[i].row, gv_probe_failure(&rows[i].event), rows[i].failure);
        gv_buf_clear(&text);
    }
    gv_secret_free(psk);
    return check_end();
}
