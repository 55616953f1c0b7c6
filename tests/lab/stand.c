/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "face.h"
#include "proxy.h"

static bool address_of(const struct lab_device *device, uint16_t port, struct lab_address *out)
{
    char text[64];

    (void)snprintf(text, sizeof(text), "%s:%u", device->address, port);
    return lab_address_read(gv_text(text), out);
}

/* Put the line in front of a face that took a free port; the device's port becomes the
 * line's. */
static bool line_start(struct lab_stand *stand, struct lab_world *world,
                       struct lab_device *device, uint16_t wanted, char error[LAB_ERROR_SIZE])
{
    const char *box = (const char *)device;
    const struct lab_line *line = (const void *)(box + stand->kind->line_offset);
    uint16_t *port = (void *)((char *)device + stand->kind->port_offset);
    struct lab_proxy_config config = {.tcp = stand->kind->tcp,
                                      .seed = world->fleet->random ^ device->number,
                                      .toward = line->toward,
                                      .back = line->back};
    struct lab_address listens;

    errno = EINVAL;
    if (address_of(device, wanted, &config.listen) && address_of(device, *port, &config.to))
        stand->proxy = lab_proxy_start(world->loop, &config);
    if (stand->proxy == NULL) {
        (void)snprintf(error, LAB_ERROR_SIZE, "its line: %s port %u: %s", device->address,
                       wanted, strerror(errno));
        return false;
    }
    listens = lab_proxy_address(stand->proxy);
    *port = lab_address_port(&listens);
    return true;
}

bool lab_stand_start(struct lab_stand *stand, const struct lab_face_kind *kind,
                     struct lab_world *world, struct lab_device *device,
                     char error[LAB_ERROR_SIZE])
{
    const struct lab_line *line = (const void *)((const char *)device + kind->line_offset);
    uint16_t *port = (void *)((char *)device + kind->port_offset);
    uint16_t wanted = *port;

    *stand = (struct lab_stand){.kind = kind};
    if (line->bad)
        *port = 0;
    stand->face = kind->start(world, device, error);
    if (stand->face != NULL && (!line->bad || line_start(stand, world, device, wanted, error)))
        return true;
    lab_stand_stop(stand);
    return false;
}

void lab_stand_stop(struct lab_stand *stand)
{
    lab_proxy_stop(stand->proxy);
    if (stand->kind != NULL)
        stand->kind->stop(stand->face);
    *stand = (struct lab_stand){0};
}
