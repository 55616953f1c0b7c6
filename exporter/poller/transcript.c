/* SPDX-License-Identifier: Apache-2.0 */
/* What a device answered, word for word, for those who poll it now. */
#include <stdlib.h>

#include "poller/private.h"

bool gv_poller_waits_for(const struct waiter *waiter, const struct job *job)
{
    return (waiter->pending & 1u << (job - job->device->jobs)) != 0;
}

void gv_poller_transcript_begin(struct job *job)
{
    const struct gv_collector *collector = job->transport->what->collector;
    const struct gv_target *target = &job->device->copy.target;
    bool wanted = false;

    for (const struct waiter *w = job->device->waiters; w != NULL; w = w->next)
        wanted = wanted || (w->said != NULL && gv_poller_waits_for(w, job));
    if (wanted && collector->record != NULL)
        job->device->transcript = malloc(sizeof(struct gv_transcript));
    if (job->device->transcript == NULL)
        return;
    gv_transcript_init(job->device->transcript);
    gv_target_hide(target, job->device->transcript);
    collector->record(job->session, job->device->transcript);
}

void gv_poller_transcript_drop(struct device *device)
{
    if (device->transcript != NULL)
        gv_transcript_clear(device->transcript);
    free(device->transcript);
    device->transcript = NULL;
}

static void add_said(struct gv_buf *said, const char *collector,
                     const struct gv_transcript *transcript)
{
    gv_buf_add_str(said, "answers to ");
    gv_buf_add_str(said, collector);
    gv_buf_add_str(said, transcript != NULL ? ", secrets hidden:\n"
                                            : ": not kept, the poll had begun before\n");
    if (transcript == NULL)
        return;
    if (transcript->text.n == 0)
        gv_buf_add_str(said, "none\n");
    gv_buf_add_text(said, (struct gv_text){transcript->text.at, transcript->text.n});
    if (transcript->text.err != GV_OK)
        gv_buf_add_str(said, "\n... more was answered than is kept\n");
}

void gv_poller_transcript_end(struct job *job)
{
    const struct gv_collector *collector = job->transport->what->collector;
    struct gv_transcript *transcript = job->device->transcript;

    for (struct waiter *w = job->device->waiters; w != NULL; w = w->next)
        if (w->said != NULL && gv_poller_waits_for(w, job))
            add_said(w->said, collector->name, transcript);
    if (transcript != NULL)
        collector->record(job->session, NULL);
    gv_poller_transcript_drop(job->device);
}
