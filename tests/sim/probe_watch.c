/* SPDX-License-Identifier: Apache-2.0 */
#include "probe_watch.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "gdoi/endpoint.h"
#include "gdoi/isakmp.h"
#include "probes/state_file.h"

enum {
    FLOOR_S = 300,
    SPACING_S = 10,
    WINDOW_S = 190,
    STEP_S = 30,
    SLACK_MS = 3000, /* a KEK's life is told in seconds, and travels */
    DATAGRAMS_MOST = 20,
    OCTETS_MOST = 12000
};

/* A breach at this instant. */
static void must(struct watch *w, const struct watch_server *s, bool ok, const char *what)
{
    if (ok)
        return;
    w->breaches++;
    printf("FAIL seed %llu, key server %d, %.3f s, %.3f s after the last began: %s\n",
           (unsigned long long)w->seed, s->at.address[3],
           (double)gv_loop_now(w->loop).ms / 1000,
           (double)gv_time_diff(gv_loop_now(w->loop), s->began).ms / 1000, what);
}

void watch_add(struct watch *w, const struct gdoi_endpoint *at,
               const struct lab_gdoi_group *group)
{
    w->servers[w->count++] = (struct watch_server){.at = *at, .group = group};
}

static void note_kek(struct watch_server *s)
{
    struct gv_time expiry = lab_gdoi_view(s->group).kek_expiry;

    if (s->kek_count > 0 && s->keks[0].expiry.ms == expiry.ms)
        return;
    if (s->kek_count == WATCH_KEKS_MOST)
        s->kek_count--;
    memmove(&s->keks[1], &s->keks[0], s->kek_count * sizeof(s->keks[0]));
    s->keks[0] = (struct watch_kek){expiry, false};
    s->kek_count++;
}

/* The KEK whose last 190 s it is, of those for which no exception was made yet. */
static struct watch_kek *ending(struct watch_server *s, struct gv_time now)
{
    for (size_t i = 0; i < s->kek_count; i++) {
        int64_t left = gv_time_diff(s->keks[i].expiry, now).ms;

        if (!s->keks[i].excepted && left > -SLACK_MS && left <= gv_secs(WINDOW_S).ms + SLACK_MS)
            return &s->keks[i];
    }
    return NULL;
}

/* "ADDRESS WHEN" with this very second. */
static bool written_down(const struct watch *w, const struct watch_server *s)
{
    struct gv_buf text = gv_buf(GV_STATE_FILE_MOST);
    char name[GDOI_ENDPOINT_TEXT];
    struct gv_text rest, line, word;
    uint64_t when;
    bool found = false;

    gdoi_endpoint_text(&s->at, name);
    if (gv_state_file_read(w->directory, "probes", &text) == GV_OK && text.n > 0)
        for (rest = (struct gv_text){text.at, text.n}; gv_text_line(&rest, &line);)
            found |= gv_text_word(&line, &word) && gv_text_is(word, name) &&
                     gv_text_u64(gv_text_trim(line), &when) && (int64_t)when == w->unix_s();
    gv_buf_clear(&text);
    return found;
}

static void judge_begin(struct watch *w, struct watch_server *s, struct gv_time now)
{
    bool first = s->begin_count == 0, exceptional = false;
    struct gv_dur since = {0};

    if (!first) {
        since = gv_time_diff(now, s->begins[s->begin_count - 1]);
        exceptional = since.ms < gv_secs(FLOOR_S).ms;
    }
    if (exceptional) {
        struct watch_kek *kek = ending(s, now);

        s->exceptions++;
        must(w, s, kek != NULL, "within 300 s of the last, and no KEK is ending");
        if (kek != NULL)
            kek->excepted = true;
    } else if (!first && (w->closest.ms == 0 || since.ms < w->closest.ms)) {
        w->closest = since;
    }
    must(w, s, w->begins == 0 || gv_time_diff(now, w->last).ms >= gv_secs(SPACING_S).ms,
         "within 10 s of one elsewhere");
    must(w, s, !s->open || s->life != w->life || since.ms >= gv_secs(STEP_S).ms,
         "another one is under way");
    must(w, s, written_down(w, s), "not written down");
    must(w, s, s->begin_count < WATCH_BEGINS_MOST, "room");
    s->exceptional[s->begin_count] = exceptional;
    s->begins[s->begin_count++] = now;
}

static void begin(struct watch *w, struct watch_server *s, const struct net_datagram *d,
                  const struct isakmp_header *h)
{
    struct gv_time now = gv_loop_now(w->loop);

    judge_begin(w, s, now);
    w->last = s->began = now;
    w->begins++;
    s->open = true;
    s->reused = h->exchange == GDOI_PULL;
    s->pull = s->reused ? h->message_id : 0;
    s->pull_sum = 0;
    s->asked = false;
    s->life = w->life;
    s->port = d->from.port;
    s->datagrams = 0;
    s->octets = 0;
    memcpy(s->cookie, h->cookies, sizeof(s->cookie));
}

/* The PULL's own messages: its second asks for the keys. */
static void take_pull(struct watch_server *s, const struct net_datagram *d)
{
    uint64_t sum = gv_hash(GV_HASH_BEGIN, d->octets, d->n);

    if (s->pull_sum == 0)
        s->pull_sum = sum;
    s->asked |= s->pull_sum != sum;
}

/* A phase 1 that the key server has lost: the same registration goes on with another. */
static bool starts_again(const struct watch *w, const struct watch_server *s,
                         const struct net_datagram *d)
{
    return s->open && s->reused && s->life == w->life && s->port == d->from.port &&
           gv_time_diff(gv_loop_now(w->loop), s->began).ms <= gv_secs(2 * STEP_S).ms;
}

static void take_request(struct watch *w, struct watch_server *s, const struct net_datagram *d,
                         const struct isakmp_header *h)
{
    bool same_cookie = memcmp(h->cookies, s->cookie, sizeof(s->cookie)) == 0;

    if (h->exchange == ISAKMP_MAIN_MODE && !same_cookie && starts_again(w, s, d)) {
        s->reused = s->asked = false;
        s->pull = 0;
        s->pull_sum = 0;
        memcpy(s->cookie, h->cookies, sizeof(s->cookie));
    } else if (h->exchange == ISAKMP_MAIN_MODE && !same_cookie) {
        begin(w, s, d, h);
    } else if (h->exchange == GDOI_PULL && h->message_id != s->pull) {
        if (same_cookie && s->open && s->pull == 0)
            s->pull = h->message_id;
        else
            begin(w, s, d, h);
    }
    if (h->exchange == GDOI_PULL)
        take_pull(s, d);
    must(w, s, d->from.port == s->port, "a registration that was over goes on");
    s->datagrams++;
    s->octets += d->n;
    must(w, s, s->datagrams <= DATAGRAMS_MOST && s->octets <= OCTETS_MOST,
         "20 datagrams and 12,000 octets are enough");
    if (s->datagrams > w->most_datagrams)
        w->most_datagrams = s->datagrams;
    if (s->octets > w->most_octets)
        w->most_octets = s->octets;
}

void watch_take(struct watch *w, const struct net_datagram *d)
{
    struct watch_server *s = &w->servers[d->server];
    struct gv_reader r = gv_reader(d->octets, d->n);
    struct isakmp_header h;

    note_kek(s);
    must(w, s, isakmp_header_decode(&r, &h) == GV_OK, "ISAKMP and nothing else");
    if (!d->to_server && h.exchange == GDOI_PULL && h.message_id == s->pull && s->asked)
        s->open = false;
    if (!d->to_server)
        return;
    if (h.exchange == ISAKMP_MAIN_MODE || h.exchange == GDOI_PULL)
        take_request(w, s, d, &h);
    else
        must(w, s, h.exchange == ISAKMP_INFORMATIONAL || h.exchange == GDOI_PUSH_ACK,
             "nothing but registrations, acknowledgements and answers");
}
