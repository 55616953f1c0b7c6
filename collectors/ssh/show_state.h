/* SPDX-License-Identifier: Apache-2.0 */
/* Where the reader of show output stands: which group, which block, which row.
 *
 * Shared by the show_*.c files only. Headers and labels move it on; tables say
 * which (show_headers.c, show_fields.c). */
#ifndef GV_SSH_SHOW_STATE_H
#define GV_SSH_SHOW_STATE_H

#include "observation.h"
#include "ssh/show_label.h"

/* What the lines at hand speak of. One bit each: a label may be known in several. */
enum gv_show_block {
    GV_IN_NOTHING = 1 << 0,
    GV_IN_GROUP = 1 << 1,         /* GROUP INFORMATION: either side */
    GV_IN_GM = 1 << 2,            /* the member's registration */
    GV_IN_KS = 1 << 3,            /* the key server's settings, its COOP side */
    GV_IN_GM_KEK = 1 << 4,        /* KEK POLICY of a GM */
    GV_IN_GM_TEK = 1 << 5,        /* TEK POLICY of a GM */
    GV_IN_KS_KEK = 1 << 6,        /* KEK POLICY of a KS */
    GV_IN_KS_TEK = 1 << 7,        /* TEK POLICY of a KS */
    GV_IN_REKEY = 1 << 8,         /* ks rekey, gm rekey */
    GV_IN_PEER = 1 << 9,          /* a COOP peer */
    GV_IN_MEMBER = 1 << 10,       /* ks members: one GM */
    GV_IN_SUMMARY = 1 << 11,      /* ks members summary: a key server's line */
    GV_IN_SUMMARY_ROWS = 1 << 12, /* ... and its table of GMs */
    GV_IN_FEATURE_KS = 1 << 13,   /* feature: the table of key servers */
    GV_IN_FEATURE_GM = 1 << 14,   /* feature: the table of GMs */
    GV_IN_VERSION = 1 << 15,      /* show version */
    GV_IN_CONFIG = 1 << 16,       /* running configuration: a group */
    GV_IN_OTHER = 1 << 17,        /* known, and of no use here */
};

/* A GM of `ks members`: its group stands after its name. */
struct gv_show_member {
    bool begun;
    uint32_t has;
    uint32_t rekeys_sent, rekey_retries, acks_received, acks_missed;
    struct gv_text id, version, state, ks, group_name, group_id;
};

/* A COOP peer: its role may stand before its address. */
struct gv_show_peer {
    bool has_priority;
    uint32_t priority;
    enum gv_ks_role role;
    enum gv_ks_status status;
    struct gv_text address, version;
};

struct gv_show {
    struct gv_observation *obs;
    struct gv_group_obs *group; /* NULL: none named yet */
    enum gv_show_block block;
    struct gv_kek_obs *kek;
    struct gv_tek_obs *tek;
    struct gv_tek_obs *bare_tek; /* the last one at hand that has no SPI */
    struct gv_show_peer peer;
    struct gv_show_member member;
    struct gv_member_obs *member_hint; /* where the next known GM is likely to be */
    const struct gv_ks_obs *fresh_ks;  /* its member list was empty when this output began */
    size_t octets, steps;              /* of the output; of searches through member lists */
    struct gv_text interface;          /* of the TEKs that follow */
    struct gv_text summary_ks;
    struct gv_label pending; /* "Group Rekey", whose other half is on the next line */
    bool interface_open;     /* another interface line belongs to the same TEKs */
    bool in_servers;         /* lines with one address each follow */
    bool teks_rekey;         /* ks rekey: the remaining life is a TEK's */
    bool features_listed;    /* the first key server of the feature table was seen */
    bool content;            /* some line was neither blank, noise, prompt nor refusal */
    bool understood;         /* some line was known for what it is */
    bool told;               /* ... and was about GETVPN, or the version */
    enum gv_err refusal;     /* the router's own "% ..." */
};

/* show_rows.c: the next block begins; whatever row was being filled is over. */
void gv_show_enter(struct gv_show *s, enum gv_show_block block);

/* The rows that labels fill. NULL without a group, or when full. */
void gv_show_set_group(struct gv_show *s, struct gv_text name, struct gv_text id);
/* ... of a name as printed: "G (Unicast)" is G by unicast; only these two words at
 * the end are no part of the name (show-commands). */
void gv_show_named_group(struct gv_show *s, struct gv_text name, struct gv_text id);
struct gv_text gv_show_without_transport(struct gv_text name,
                                         enum gv_rekey_transport *transport);
struct gv_ks_obs *gv_show_ks(struct gv_show *s);
struct gv_gm_obs *gv_show_gm(struct gv_show *s);
struct gv_kek_obs *gv_show_kek(struct gv_show *s);
struct gv_tek_obs *gv_show_tek(struct gv_show *s);
void gv_show_kek_spi(struct gv_show *s, struct gv_text spi);
void gv_show_tek_spi(struct gv_show *s, struct gv_text spi);
struct gv_peer_obs *gv_show_peer(struct gv_show *s, struct gv_text address);
void gv_show_peer_end(struct gv_show *s);   /* file the peer that was begun, if any */
void gv_show_member_end(struct gv_show *s); /* file the GM that was begun, if any */
struct gv_member_obs *gv_show_member(struct gv_show *s, struct gv_text id);
void gv_show_members_again(struct gv_show *s); /* a list begins that may repeat GMs */
/* Fill *field where it is still absent. */
void gv_show_text(struct gv_show *s, const char **field, struct gv_text value);
/* False for what a router prints in place of a value: n/a, None, Unknown, a dash. */
bool gv_show_said(struct gv_text value);
/* The address, unless it says none: 0.0.0.0, ::, Local, and the above. */
bool gv_show_address(struct gv_text value, struct gv_text *address);

/* show_headers.c: true where `line` is a header, and is dealt with. */
bool gv_show_header(struct gv_show *s, struct gv_text line);

/* show_pairs.c: the label : value pairs of `line`; true where one was known. */
bool gv_show_labels(struct gv_show *s, struct gv_text line);

/* show_tables.c: a row of the table that the block is. */
bool gv_show_table_row(struct gv_show *s, struct gv_text line);

/* show_version.c, show_config.c */
bool gv_show_version_line(struct gv_show *s, struct gv_text line);
bool gv_show_config_line(struct gv_show *s, struct gv_text line);

#endif
