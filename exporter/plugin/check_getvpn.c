/* SPDX-License-Identifier: Apache-2.0 */
/* check_getvpn: a plugin for Nagios and Icinga, by the Monitoring Plugins Development
 * Guidelines. It answers on standard output alone, within its time. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "io/log.h"
#include "plugin/source.h"

enum { LATE_LINE = 256, TEXT_MOST = 16 << 10 };

/* ---- its own time-out ---- */

/* Written before the clock runs, so that nothing is made when time is over. */
static char late_line[LATE_LINE];
static size_t late_n;

static void too_late(int signal)
{
    (void)signal;
    if (write(STDOUT_FILENO, late_line, late_n) < 0)
        _exit(GV_CHECK_UNKNOWN);
    _exit(GV_CHECK_UNKNOWN);
}

static void set_clock(unsigned seconds)
{
    const struct itimerval clock = {.it_value = {.tv_sec = (time_t)seconds}};

    (void)setitimer(ITIMER_REAL, &clock, NULL);
}

static void start_clock(const struct check_options *options)
{
    const struct sigaction action = {.sa_handler = too_late};
    struct gv_buf line = gv_buf(LATE_LINE);
    char detail[64];

    (void)snprintf(detail, sizeof(detail), "no answer within %u s", options->timeout_s);
    gv_check_unknown(options->ask.mode, detail, NULL, &line);
    late_n = line.err == GV_OK ? line.n : 0;
    memcpy(late_line, line.at != NULL ? line.at : "", late_n);
    gv_buf_clear(&line);
    (void)sigaction(SIGALRM, &action, NULL);
    set_clock(options->timeout_s);
}

/* ---- the answer ---- */

/* Print, and give the state back; what cannot be printed is no answer. */
static int answer(enum gv_check_state state, struct gv_buf *text)
{
    bool ok = text->err == GV_OK && fwrite(text->at, 1, text->n, stdout) == text->n &&
              fflush(stdout) == 0;

    gv_buf_clear(text);
    return ok ? (int)state : (int)GV_CHECK_UNKNOWN;
}

static int unknown(const struct gv_check_mode *mode, const char *what, struct gv_buf *why)
{
    struct gv_buf out = gv_buf(GV_CHECK_OUTPUT_MOST);

    gv_check_unknown(mode, why->at != NULL ? why->at : what, NULL, &out);
    gv_buf_clear(why);
    return answer(GV_CHECK_UNKNOWN, &out);
}

static int say_help(bool version)
{
    struct gv_buf out = gv_buf(TEXT_MOST);

    if (version)
        gv_buf_add_str(&out, "check_getvpn v" GV_VERSION " (getvpn-exporter)\n");
    else
        check_options_help(&out);
    return answer(GV_CHECK_UNKNOWN, &out);
}

/* Memory holds passwords: no core file. */
static void protect(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
}

static int check(const struct check_options *options)
{
    struct gv_buf document = gv_buf(GV_CHECK_DOCUMENT_MOST), why = gv_buf(TEXT_MOST);
    struct gv_buf out = gv_buf(GV_CHECK_OUTPUT_MOST);
    enum gv_check_state state;
    bool ok;

    start_clock(options);
    ok = options->exporter != NULL ? check_fetch(options, &document, &why)
                                   : check_poll(options, &document, &why);
    if (!ok) {
        set_clock(0);
        gv_buf_clear(&document);
        return unknown(options->ask.mode, "no memory", &why);
    }
    state = gv_check_judge(&options->ask, (struct gv_text){document.at, document.n}, &out);
    set_clock(0);
    gv_buf_clear(&document);
    gv_buf_clear(&why);
    return answer(state, &out);
}

int main(int argc, char **argv)
{
    struct check_options options = {.mode = NULL};
    struct gv_buf why = gv_buf(TEXT_MOST);

    protect();
    gv_log_setup(GV_LOG_ERROR, GV_LOG_LOGFMT);
    if (!check_options_read(argc, argv, &options, &why))
        return unknown(options.ask.mode, "wrong usage", &why);
    if (options.help || options.version)
        return say_help(options.version);
    return check(&options);
}
