/* SPDX-License-Identifier: Apache-2.0 */
#include "syslog_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "address.h"

enum { LINE_SIZE = 512, PRIORITY = 23 * 8 + 5 }; /* local7, notice */

struct lab_syslog_out {
    struct lab_address to;
    size_t count;
    struct box {
        int fd; /* -1: no line yet */
        unsigned sequence;
    } boxes[];
};

struct lab_syslog_out *lab_syslog_out_open(const char *to, size_t device_count)
{
    struct lab_syslog_out *out = calloc(1, sizeof(*out) + device_count * sizeof(out->boxes[0]));

    if (out == NULL || !lab_address_read(gv_text(to), &out->to)) {
        free(out);
        return NULL;
    }
    out->count = device_count;
    for (size_t i = 0; i < device_count; i++)
        out->boxes[i].fd = -1;
    return out;
}

void lab_syslog_out_close(struct lab_syslog_out *out)
{
    for (size_t i = 0; out != NULL && i < out->count; i++)
        if (out->boxes[i].fd >= 0)
            (void)close(out->boxes[i].fd);
    free(out);
}

/* "<189>7: r1: *Nov 25 10:00:00.123: LINE", as with `logging origin-id hostname`. */
static size_t print(char *out, size_t size, const struct lab_device *device, unsigned sequence,
                    const char *line)
{
    struct timespec now;
    struct tm parts;
    char stamp[32] = "";
    int n;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &parts) != NULL)
        (void)strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &parts);
    n = snprintf(out, size, "<%d>%u: %s: *%s.%03ld: %s", PRIORITY, sequence, device->hostname,
                 stamp, now.tv_nsec / 1000000, line);
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

void lab_syslog_out_send(struct lab_syslog_out *out, const struct lab_device *device,
                         const char *line)
{
    struct box *box = &out->boxes[device->number];
    char text[LINE_SIZE];
    size_t n;

    if (box->fd < 0)
        box->fd = lab_address_bind_from(device->address);
    n = print(text, sizeof(text), device, ++box->sequence, line);
    if (box->fd >= 0)
        (void)!sendto(box->fd, text, n, MSG_NOSIGNAL, (const struct sockaddr *)&out->to.at,
                      out->to.n);
}
