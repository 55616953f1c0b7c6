/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/noise.h"

static bool name_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* True if `t`, which follows a '%', begins FACILITY[-SUBFACILITY]-SEVERITY-MNEMONIC: */
static bool message_code(struct gv_text t)
{
    unsigned parts = 0;
    bool severity_before = false;
    size_t n;

    for (;; t = gv_text_from(t, n + 1)) {
        for (n = 0; n < t.n && name_character(t.at[n]); n++)
            ;
        if (n == 0 || n == t.n)
            return false;
        parts++;
        if (t.at[n] == ':')
            return parts > 2 && severity_before;
        if (t.at[n] != '-')
            return false;
        severity_before = n == 1 && t.at[0] >= '0' && t.at[0] <= '7';
    }
}

bool gv_noise_syslog(struct gv_text line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.at[i] == '%' &&
            (i == 0 || (i > 1 && line.at[i - 1] == ' ' && line.at[i - 2] == ':')) &&
            message_code(gv_text_from(line, i + 1)))
            return true;
    return false;
}

bool gv_noise_pager(struct gv_text line)
{
    static const char *const words[] = {"--More--", "-- More --", "---- More ----",
                                        "<--- More --->"};

    line = gv_text_trim(line);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (gv_text_is_nocase(line, words[i]))
            return true;
    return false;
}
