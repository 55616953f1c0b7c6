/* SPDX-License-Identifier: Apache-2.0 */
/* `show logging`: its lines go up as they are, for what they mean is not ours to know. */
#include "ssh/noise.h"
#include "ssh/show.h"

static bool holds_messages(struct gv_text rest)
{
    struct gv_text line;

    while (gv_text_line(&rest, &line))
        if (gv_noise_syslog(line))
            return true;
    return false;
}

/* The last whole lines, as many as are kept. */
static struct gv_text last_lines(struct gv_text output)
{
    struct gv_text line;

    if (output.n <= GV_LOG_MOST)
        return output;
    output = gv_text_from(output, output.n - GV_LOG_MOST);
    (void)gv_text_line(&output, &line);
    return output;
}

enum gv_err gv_show_log(struct gv_text output, struct gv_observation *obs)
{
    if (holds_messages(output)) {
        obs->log = gv_observation_text(obs, last_lines(output));
        return obs->failed ? GV_ERR_TOO_LARGE : GV_OK;
    }
    switch (gv_show_read(gv_text("show logging"), output, obs)) {
    case GV_ERR_NOT_SUPPORTED:
        return GV_ERR_NOT_SUPPORTED;
    case GV_ERR_AUTHORIZATION:
        return GV_ERR_AUTHORIZATION;
    default:
        obs->log = ""; /* nothing of ours has been logged */
        return GV_OK;
    }
}
