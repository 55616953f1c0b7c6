/* SPDX-License-Identifier: Apache-2.0 */
/* Values of labels that do more than fill a field: one function a label, named by
 * the rows of show_fields.c. Each takes the value as printed, without blanks around
 * it, and leaves absent what it cannot read. */
#ifndef GV_SSH_SHOW_VALUE_H
#define GV_SSH_SHOW_VALUE_H

#include "ssh/show_state.h"

/* show_value_group.c */
void gv_value_group_name(struct gv_show *s, struct gv_text value);
void gv_value_coop_group(struct gv_show *s, struct gv_text value);
void gv_value_other_group(struct gv_show *s, struct gv_text value);
void gv_value_group_id(struct gv_show *s, struct gv_text value);
void gv_value_group_type(struct gv_show *s, struct gv_text value);
void gv_value_rekey_transport(struct gv_show *s, struct gv_text value);

/* show_value_gm.c */
void gv_value_server_list(struct gv_show *s, struct gv_text value);
void gv_value_gm_begins(struct gv_show *s, struct gv_text value);
void gv_value_registration_status(struct gv_show *s, struct gv_text value);
void gv_value_total_received(struct gv_show *s, struct gv_text value);
void gv_value_gm_reregisters_in(struct gv_show *s, struct gv_text value);
void gv_value_rekey_age(struct gv_show *s, struct gv_text value);

/* show_value_ks.c */
void gv_value_redundancy(struct gv_show *s, struct gv_text value);
void gv_value_local_role(struct gv_show *s, struct gv_text value);
void gv_value_local_status(struct gv_show *s, struct gv_text value);
void gv_value_peer_address(struct gv_show *s, struct gv_text value);
void gv_value_peer_role(struct gv_show *s, struct gv_text value);
void gv_value_peer_status(struct gv_show *s, struct gv_text value);
void gv_value_peer_version(struct gv_show *s, struct gv_text value);
void gv_value_peer_priority(struct gv_show *s, struct gv_text value);

/* show_value_members.c */
void gv_value_member_begins(struct gv_show *s, struct gv_text value);
void gv_value_summary_ks(struct gv_show *s, struct gv_text value);
void gv_value_gmdb_state(struct gv_show *s, struct gv_text value);

/* show_value_keys.c */
void gv_value_kek_lifetime(struct gv_show *s, struct gv_text value);
void gv_value_kek_remaining(struct gv_show *s, struct gv_text value);
void gv_value_kek_to_rekey(struct gv_show *s, struct gv_text value);
void gv_value_kek_spi(struct gv_show *s, struct gv_text value);
void gv_value_ks_sig_hash(struct gv_show *s, struct gv_text value);
void gv_value_ipsec_sa_number(struct gv_show *s, struct gv_text value);
void gv_value_tek_lifetime(struct gv_show *s, struct gv_text value);
void gv_value_tek_remaining(struct gv_show *s, struct gv_text value);
void gv_value_tek_spi(struct gv_show *s, struct gv_text value);
void gv_value_sa_timing(struct gv_show *s, struct gv_text value);
void gv_value_tek_to_rekey(struct gv_show *s, struct gv_text value);
void gv_value_to_rekey_of_last(struct gv_show *s, struct gv_text value);
void gv_value_remaining_of_last(struct gv_show *s, struct gv_text value);

#endif
