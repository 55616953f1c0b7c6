/* SPDX-License-Identifier: Apache-2.0 */
/* Slices of text: the one way to take router output apart, and the one way
 * from text to number. A slice does not own its characters and has no NUL. */
#ifndef GV_BASE_TEXT_H
#define GV_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gv_text {
    const char *at;
    size_t n;
};

/* The slice over a NUL-terminated string; NULL gives the empty slice. */
struct gv_text gv_text(const char *s);

/* `t` without blanks, tabs, CR and LF at both ends. */
struct gv_text gv_text_trim(struct gv_text t);

/* Same characters; the second ignores ASCII case. */
bool gv_text_is(struct gv_text t, const char *s);
bool gv_text_is_nocase(struct gv_text t, const char *s);

/* True if `t` begins with `s`, ignoring ASCII case. */
bool gv_text_starts(struct gv_text t, const char *s);

/* Offset of the first `s` in `t`, ignoring ASCII case; t.n where there is none. */
size_t gv_text_find(struct gv_text t, const char *s);

/* Offset of the first `c` in `t`; t.n where there is none. */
size_t gv_text_index(struct gv_text t, char c);

/* `t` from offset `from` (cut at the end), and its first `n` characters. */
struct gv_text gv_text_from(struct gv_text t, size_t from);
struct gv_text gv_text_head(struct gv_text t, size_t n);

/* Cut the next line off *rest, without its CR and LF. False at the end. */
bool gv_text_line(struct gv_text *rest, struct gv_text *line);

/* Cut the next word off *rest: a run without blanks and tabs. False at the end. */
bool gv_text_word(struct gv_text *rest, struct gv_text *word);

/* Whole slice is decimal digits and fits; otherwise false and *out untouched,
 * so "n/a" stays absent. */
bool gv_text_u32(struct gv_text t, uint32_t *out);
bool gv_text_u64(struct gv_text t, uint64_t *out);

/* As gv_text_u32, but only the leading digits count ("81 sec" is 81); at least
 * one digit, and none of '.', ':' or '-' may follow directly: "1.2" is no number. */
bool gv_text_u32_lead(struct gv_text t, uint32_t *out);

/* "HOST:PORT" taken apart at its last colon; brackets around the host, which one with colons
 * needs, are taken off, and an empty one is left empty. False for other text. */
bool gv_text_host_port(struct gv_text t, struct gv_text *host, uint16_t *port);

/* 2*n hexadecimal digits, "0x" before them or not; shorter ones are padded
 * with zeros on the left, longer ones refused. */
bool gv_text_hex(struct gv_text t, uint8_t *out, size_t n);

#endif
