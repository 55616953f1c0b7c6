/* SPDX-License-Identifier: Apache-2.0 */
/* The small payloads: SEQ, Delete, Notify, ID. */
#include "gdoi/payload.h"

#include <string.h>

/* Octets of an SPI of that protocol: KEK, ESP, AH (RFC 6407, 5.9). */
static const uint8_t spi_sizes[] = {GDOI_SPI_SIZE, 4, 4};

enum gv_err gdoi_seq_decode(struct gv_reader body, uint32_t *out)
{
    uint32_t seq = gv_reader_uint(&body, 4);

    if (body.bad)
        return GV_ERR_TRUNCATED;
    if (body.left > 0)
        return GV_ERR_MALFORMED;
    *out = seq;
    return GV_OK;
}

static bool all_zero(struct gv_reader r)
{
    while (r.left > 0)
        if (gv_reader_uint(&r, 1) != 0)
            return false;
    return true;
}

enum gv_err gdoi_delete_decode(struct gv_reader body, struct gdoi_delete *out)
{
    struct gdoi_delete d = {0};
    uint32_t doi = gv_reader_uint(&body, 4);

    d.protocol = (uint8_t)gv_reader_uint(&body, 1);
    d.spi_size = (uint8_t)gv_reader_uint(&body, 1);
    d.count = (uint16_t)gv_reader_uint(&body, 2);
    if (body.bad)
        return GV_ERR_TRUNCATED;
    if (doi != GDOI_DOI)
        return GV_ERR_NOT_SUPPORTED;
    if (d.protocol < sizeof(spi_sizes) && d.spi_size != spi_sizes[d.protocol])
        return GV_ERR_MALFORMED;
    d.spis = gv_reader_sub(&body, (size_t)d.spi_size * d.count);
    if (body.bad)
        return GV_ERR_TRUNCATED;
    if (body.left > 0)
        return GV_ERR_MALFORMED;
    d.all = d.count > 0 && d.spi_size > 0 &&
            all_zero((struct gv_reader){d.spis.at, d.spi_size, false});
    *out = d;
    return GV_OK;
}

/* The DOI of a Notify varies (0, 1 and 2 are seen), and says nothing that we need. */
enum gv_err isakmp_notify_decode(struct gv_reader body, struct isakmp_notify *out)
{
    struct isakmp_notify notify;
    size_t spi_size;

    gv_reader_uint(&body, 4);
    notify.protocol = (uint8_t)gv_reader_uint(&body, 1);
    spi_size = gv_reader_uint(&body, 1);
    notify.type = (uint16_t)gv_reader_uint(&body, 2);
    notify.spi = gv_reader_sub(&body, spi_size);
    if (body.bad)
        return GV_ERR_TRUNCATED;
    notify.data = body;
    *out = notify;
    return GV_OK;
}

enum gv_err isakmp_id_decode(struct gv_reader body, struct isakmp_id *out)
{
    struct isakmp_id id;

    id.type = (uint8_t)gv_reader_uint(&body, 1);
    id.protocol = (uint8_t)gv_reader_uint(&body, 1);
    id.port = (uint16_t)gv_reader_uint(&body, 2);
    if (body.bad)
        return GV_ERR_TRUNCATED;
    id.data = body;
    *out = id;
    return GV_OK;
}
