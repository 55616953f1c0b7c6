/* SPDX-License-Identifier: Apache-2.0 */
/* Show output: the fleet's state at one instant, as the IOS of that box prints it.
 *
 * Pure: reads the fleet, writes text with '\n' between lines; echo, paging and
 * CRLF are the terminal's (cli.h). Facts: show-commands; the layouts follow
 * published outputs of 12.4T, 15.x and IOS-XE 17.x, with values of our own. */
#ifndef LAB_SHOW_PRINT_H
#define LAB_SHOW_PRINT_H

#include "base/buf.h"
#include "fleet.h"

enum { LAB_SHOW_MAX = 16 << 20 }; /* octets of one output at most */

/* One question to one box. */
struct lab_show {
    const struct lab_device *device;
    struct gv_time now;      /* of the fleet's clock */
    struct gv_text argument; /* a group's or feature's name; empty: all */
    struct gv_buf *out;      /* where the answer goes */
};

/* printf into the answer. */
void lab_put(const struct lab_show *show, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* An IPv4 address in host order, as text: lab_ip(a).text. */
struct lab_ip {
    char text[16];
};
struct lab_ip lab_ip(uint32_t address);

/* "Primary", "Secondary", "Unknown". */
const char *lab_role_name(enum lab_ks_role role);

/* Does the question concern this group? */
bool lab_show_wants(const struct lab_show *show, const struct lab_group *group);

/* The box's format is `format` or newer. */
bool lab_show_since(const struct lab_show *show, enum lab_format format);

/* Four octets as the number IOS shows in parentheses after a TEK's SPI. */
uint32_t lab_spi_number(const uint8_t *octets);

/* The values behind names that a fleet does not hold, the same for all groups. */
#define LAB_KEK_CIPHER    "AES"
#define LAB_TEK_TRANSFORM "esp-256-aes esp-sha-hmac"
enum { LAB_KEK_BITS = 256, LAB_SIG_KEY_OCTETS = 256, LAB_SIG_OCTETS = 256 };

void lab_show_gdoi(const struct lab_show *show); /* show_print.c */
void lab_show_rekey_sa(const struct lab_show *show);

void lab_show_version(const struct lab_show *show); /* show_print_box.c */
void lab_show_running_config(const struct lab_show *show);
void lab_show_logging(const struct lab_show *show);

void lab_show_gdoi_gm_group(const struct lab_show *show, const struct lab_gm *gm); /* _gm.c */
void lab_show_gm(const struct lab_show *show);
void lab_show_gm_acl(const struct lab_show *show);
void lab_show_gm_rekey(const struct lab_show *show);
void lab_show_gm_rekey_detail(const struct lab_show *show);
void lab_show_gm_dataplane(const struct lab_show *show);
void lab_show_gm_replay(const struct lab_show *show);
void lab_show_ipsec_sa(const struct lab_show *show);

void lab_show_gdoi_ks_group(const struct lab_show *show, const struct lab_ks *ks); /* _ks.c */
void lab_show_ks(const struct lab_show *show);
void lab_show_ks_acl(const struct lab_show *show);
void lab_show_ks_policy(const struct lab_show *show);
void lab_show_ks_rekey(const struct lab_show *show);
void lab_show_ks_replay(const struct lab_show *show);

void lab_show_ks_members(const struct lab_show *show); /* show_print_members.c */
void lab_show_ks_members_summary(const struct lab_show *show);
void lab_show_feature(const struct lab_show *show);
void lab_show_ks_coop(const struct lab_show *show); /* show_print_coop.c */

#endif
