/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/show_value.h"

/* The life of the KEK in use; printed with the settings, it is both. */
void gv_value_kek_lifetime(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);
    struct gv_kek_obs *kek;
    uint32_t v;

    s->teks_rekey = false;
    if (ks == NULL || !gv_text_u32_lead(value, &v))
        return;
    ks->kek_lifetime_s = v;
    ks->has |= GV_KS_HAS_KEK_LIFETIME;
    kek = gv_show_kek(s);
    if (kek == NULL)
        return;
    kek->lifetime_s = v;
    kek->has |= GV_KEK_HAS_LIFETIME;
}

void gv_value_kek_remaining(struct gv_show *s, struct gv_text value)
{
    uint32_t v;
    struct gv_kek_obs *kek = gv_text_u32_lead(value, &v) ? gv_show_kek(s) : NULL;

    /* This output names no SPI. Where more is left than another one told, a rekey came in
     * between, and this is the next KEK's. */
    if (kek == NULL || ((kek->has & GV_KEK_HAS_REMAINING) && v > kek->remaining_s))
        return;
    kek->remaining_s = v;
    kek->seen_at = s->obs->seen_at;
    kek->waited = s->obs->waited;
    kek->has |= GV_KEK_HAS_REMAINING;
}

void gv_value_kek_to_rekey(struct gv_show *s, struct gv_text value)
{
    uint32_t v;
    struct gv_kek_obs *kek = gv_text_u32_lead(value, &v) ? gv_show_kek(s) : NULL;

    if (kek == NULL || ((kek->has & GV_KEK_HAS_TO_REKEY) && v > kek->to_rekey_s))
        return;
    kek->to_rekey_s = v;
    kek->has |= GV_KEK_HAS_TO_REKEY;
}

/* Where `ks policy` told the TEKs by SPI, these lines add no other. */
static bool teks_by_spi(const struct gv_show *s)
{
    const struct gv_tek_obs *tek = s->group != NULL ? s->group->teks : NULL;

    while (tek != NULL && !(tek->has & GV_TEK_HAS_SPI))
        tek = tek->next;
    return tek != NULL;
}

void gv_value_ipsec_sa_number(struct gv_show *s, struct gv_text value)
{
    (void)value;
    s->tek = NULL;
}

void gv_value_tek_lifetime(struct gv_show *s, struct gv_text value)
{
    struct gv_ks_obs *ks = gv_show_ks(s);
    struct gv_tek_obs *tek;
    uint32_t v;

    s->teks_rekey = true;
    if (ks == NULL || !gv_text_u32_lead(value, &v))
        return;
    ks->tek_lifetime_s = v;
    ks->has |= GV_KS_HAS_TEK_LIFETIME;
    if (s->block & GV_IN_REKEY)
        s->tek = NULL;
    tek = teks_by_spi(s) ? NULL : gv_show_tek(s);
    if (tek == NULL)
        return;
    tek->lifetime_s = v;
    tek->has |= GV_TEK_HAS_LIFETIME;
}

/* The TEK at hand, for a value that can be read. */
static struct gv_tek_obs *tek_for(struct gv_show *s, struct gv_text value, uint32_t *v)
{
    return !teks_by_spi(s) && gv_text_u32_lead(value, v) ? gv_show_tek(s) : NULL;
}

void gv_value_tek_remaining(struct gv_show *s, struct gv_text value)
{
    uint32_t v;
    struct gv_tek_obs *tek = tek_for(s, value, &v);

    if (tek == NULL)
        return;
    tek->remaining_s = v;
    tek->seen_at = s->obs->seen_at;
    tek->has |= GV_TEK_HAS_REMAINING;
}

void gv_value_tek_to_rekey(struct gv_show *s, struct gv_text value)
{
    uint32_t v;
    struct gv_tek_obs *tek = tek_for(s, value, &v);

    if (tek == NULL)
        return;
    tek->to_rekey_s = v;
    tek->has |= GV_TEK_HAS_TO_REKEY;
}

/* ks rekey prints the same labels under the KEK's life and under each TEK's. */
void gv_value_remaining_of_last(struct gv_show *s, struct gv_text value)
{
    if (s->teks_rekey)
        gv_value_tek_remaining(s, value);
    else
        gv_value_kek_remaining(s, value);
}

void gv_value_to_rekey_of_last(struct gv_show *s, struct gv_text value)
{
    if (s->teks_rekey)
        gv_value_tek_to_rekey(s, value);
    else
        gv_value_kek_to_rekey(s, value);
}

/* A KS prints whether there is a hash, or which. */
void gv_value_ks_sig_hash(struct gv_show *s, struct gv_text value)
{
    struct gv_kek_obs *kek = gv_show_kek(s);

    if (kek != NULL && !gv_text_starts(value, "enabled") && !gv_text_starts(value, "disabled"))
        gv_show_text(s, &kek->sig_hash, value);
}

void gv_value_kek_spi(struct gv_show *s, struct gv_text value)
{
    struct gv_text word;

    if (gv_text_word(&value, &word))
        gv_show_kek_spi(s, word);
}

/* "0x5A69F51E(1516893470)". */
void gv_value_tek_spi(struct gv_show *s, struct gv_text value)
{
    struct gv_text word;

    if (gv_text_word(&value, &word))
        gv_show_tek_spi(s, gv_text_head(word, gv_text_index(word, '(')));
}

/* "remaining key lifetime (sec): (510)", earlier "(k/sec): (4500000/3450)". */
void gv_value_sa_timing(struct gv_show *s, struct gv_text value)
{
    size_t open = value.n, slash;
    struct gv_text number;
    struct gv_tek_obs *tek;
    uint32_t v;

    while (open > 0 && value.at[open - 1] != '(')
        open--;
    number = gv_text_from(value, open);
    number = gv_text_head(number, gv_text_index(number, ')'));
    slash = gv_text_index(number, '/');
    if (slash < number.n)
        number = gv_text_from(number, slash + 1);
    if (open == 0 || !gv_text_u32(gv_text_trim(number), &v))
        return;
    tek = gv_show_tek(s);
    if (tek == NULL)
        return;
    tek->remaining_s = v;
    tek->seen_at = s->obs->seen_at;
    tek->has |= GV_TEK_HAS_REMAINING;
}
