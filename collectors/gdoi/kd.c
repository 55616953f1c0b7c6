/* SPDX-License-Identifier: Apache-2.0 */
/* The key download: KD with its key packets (RFC 6407, 5.6). */
#include <string.h>

#include "gdoi/payload.h"

enum kd_type { KD_TEK = 1, KD_KEK = 2, KD_LKH = 3, KD_SID = 4 };
enum kek_attr { KEK_ALGORITHM_KEY = 1, SIG_ALGORITHM_KEY = 2 };
enum { KEK_OCTETS_MOST = 64 };

/* An IV of 8 or 16 octets, then the key (RFC 6407, 5.6.2.1). */
static enum gv_err take_kek(struct gv_reader value, struct gdoi_kd *out)
{
    size_t n = value.left;

    if (out->kek != NULL || n == 0 || n > KEK_OCTETS_MOST)
        return GV_ERR_MALFORMED;
    out->kek = gv_secret_new(gv_reader_take(&value, n), n);
    return out->kek != NULL ? GV_OK : GV_ERR_NO_MEMORY;
}

static enum gv_err take_sig_key(struct gv_reader value, struct gdoi_kd *out)
{
    if (out->sig_key != NULL || value.left == 0 || value.left > GDOI_SIG_KEY_MOST)
        return GV_ERR_MALFORMED;
    out->sig_key_n = value.left;
    out->sig_key = gv_reader_take(&value, value.left);
    return GV_OK;
}

/* The packet is found by its type: its SPI may be another KEK's, or of another size (notes on
 * the protocol, 11.5). */
static enum gv_err kek_packet(struct gv_reader spi, struct gv_reader r, struct gdoi_kd *out)
{
    enum gv_err err = GV_OK;
    struct isakmp_attr attr;

    if (out->has_kek)
        return GV_ERR_MALFORMED; /* RFC 6407, 5.6.2: at most one */
    out->has_kek = true;
    if (spi.left == GDOI_SPI_SIZE)
        memcpy(out->kek_spi, gv_reader_take(&spi, GDOI_SPI_SIZE), GDOI_SPI_SIZE);
    while (err == GV_OK && isakmp_attr_next(&r, &attr)) {
        if (attr.type == KEK_ALGORITHM_KEY)
            err = take_kek(attr.value, out);
        else if (attr.type == SIG_ALGORITHM_KEY)
            err = take_sig_key(attr.value, out);
        else
            out->unknown++;
    }
    return err == GV_OK && r.bad ? GV_ERR_TRUNCATED : err;
}

/* The attributes hold keys that a monitor must not have: their octets stay unread. */
static enum gv_err tek_packet(struct gv_reader spi, struct gv_reader r, struct gdoi_kd *out)
{
    (void)spi;
    (void)r;
    out->tek_count++;
    return GV_OK;
}

static enum gv_err lkh_packet(struct gv_reader spi, struct gv_reader r, struct gdoi_kd *out)
{
    (void)spi;
    (void)r;
    out->lkh_count++;
    return GV_OK;
}

static enum gv_err sid_packet(struct gv_reader spi, struct gv_reader r, struct gdoi_kd *out)
{
    (void)spi;
    (void)r;
    out->sid_count++;
    return GV_OK;
}

static const struct {
    uint8_t type;
    enum gv_err (*take)(struct gv_reader spi, struct gv_reader r, struct gdoi_kd *out);
} packets[] = {
    {KD_TEK, tek_packet}, {KD_KEK, kek_packet}, {KD_LKH, lkh_packet}, {KD_SID, sid_packet}};

static enum gv_err packet(struct gv_reader *r, struct gdoi_kd *out)
{
    enum { HEADER_SIZE = 5 };
    uint8_t type = (uint8_t)gv_reader_uint(r, 1);
    struct gv_reader body, spi;
    size_t length;

    gv_reader_uint(r, 1); /* reserved */
    length = gv_reader_uint(r, 2);
    if (r->bad)
        return GV_ERR_TRUNCATED;
    if (length < HEADER_SIZE)
        return GV_ERR_MALFORMED;
    body = gv_reader_sub(r, length - (HEADER_SIZE - 1));
    spi = gv_reader_sub(&body, gv_reader_uint(&body, 1));
    if (body.bad)
        return GV_ERR_TRUNCATED;
    for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
        if (packets[i].type == type)
            return packets[i].take(spi, body, out);
    out->unknown++;
    return GV_OK;
}

enum gv_err gdoi_kd_decode(struct gv_reader body, struct gdoi_kd *out)
{
    size_t count = gv_reader_uint(&body, 2);

    *out = (struct gdoi_kd){0};
    gv_reader_uint(&body, 2); /* reserved */
    if (body.bad)
        return GV_ERR_TRUNCATED;
    if (count > GDOI_PACKETS_MOST)
        return GV_ERR_TOO_LARGE;
    for (; count > 0; count--) {
        enum gv_err err = packet(&body, out);

        if (err != GV_OK)
            return err;
    }
    return body.left == 0 ? GV_OK : GV_ERR_MALFORMED;
}

void gdoi_kd_clear(struct gdoi_kd *kd)
{
    gv_secret_free(kd->kek);
    *kd = (struct gdoi_kd){0};
}
