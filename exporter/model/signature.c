/* SPDX-License-Identifier: Apache-2.0 */
#include "model/signature.h"

#include <string.h>

#include "model/kek_timing.h"

enum {
    FIRST_FROM_S = GV_GM_REREGISTER_FROM_S + GV_SIGNATURE_SLACK_S,
    FIRST_TO_S = GV_GM_REREGISTER_TO_S - GV_SIGNATURE_SLACK_S,
    SECOND_TO_S = GV_GM_SECOND_REGISTRATION_TO_S + GV_SIGNATURE_SLACK_S,
    ATTEMPTS_S = 3600, /* most time from one attempt to the next of the same trouble */
    SAME_S = 2         /* what is told again so soon is the same */
};

static struct gv_when when(const struct gv_event *event)
{
    return (event->has & GV_EVENT_HAS_AT) ? gv_when(event->at)
                                          : (struct gv_when){.known = false};
}

/* How long before `to` is `from`, in milliseconds. False where one is unknown. */
static bool apart(struct gv_when from, struct gv_when to, int64_t *ms)
{
    if (!from.known || !to.known)
        return false;
    *ms = gv_time_diff(to.at, from.at).ms;
    return true;
}

/* `to` is from `least_s` to `most_s` seconds behind `from`; where instants are missing, the
 * order that brought us here says it. */
static bool within(struct gv_when from, struct gv_when to, int64_t least_s, int64_t most_s)
{
    int64_t ms;

    return !apart(from, to, &ms) || (ms >= gv_secs(least_s).ms && ms <= gv_secs(most_s).ms);
}

static bool same_moment(struct gv_when a, struct gv_when b)
{
    int64_t ms;

    return apart(a, b, &ms) && ms <= gv_secs(SAME_S).ms && ms >= -gv_secs(SAME_S).ms;
}

static struct gv_finding missed(struct gv_signature *signature, struct gv_when at)
{
    signature->missed++;
    return (struct gv_finding){.kind = GV_FINDING_MISSED, .at = at};
}

static const struct gv_finding none = {.kind = GV_FINDING_NONE};

static void begin(struct gv_signature *signature, struct gv_when at, bool again, bool alone)
{
    memset(&signature->registration, 0, sizeof(signature->registration));
    signature->registration.begun = true;
    signature->registration.begun_at = at;
    signature->registration.again = again;
    signature->registration.alone = alone;
}

/* The pair as SNMP tells it; what else registers anew so soon has lost two rekeys in a row. */
static bool second_by_snmp(const struct gv_signature *signature, const struct gv_event *event)
{
    int64_t ms;

    return event->notified && !signature->expiry.told && signature->registration.notified &&
           signature->registration.again && signature->registration.alone &&
           signature->registration.done && !signature->registration.rekeyed &&
           apart(signature->registration.begun_at, when(event), &ms) &&
           ms >= gv_secs(FIRST_TO_S).ms && ms <= gv_secs(FIRST_FROM_S + SECOND_TO_S).ms;
}

static struct gv_finding found_double(struct gv_signature *signature, struct gv_finding finding)
{
    if (signature->last_double.expired.known && finding.expired.known)
        signature->cycle = gv_time_diff(finding.expired.at, signature->last_double.expired.at);
    signature->doubles++;
    signature->last_double = finding;
    return finding;
}

/* The GM registers again, and it is the second of a pair where its KEK just expired. Else the
 * registration before it, if nothing explained it, was for a lost rekey. */
static struct gv_finding second_or_alone(struct gv_signature *signature, struct gv_when at,
                                         bool second)
{
    struct gv_finding finding = none;

    if (second && signature->expiry.with_registration) {
        finding = found_double(signature, (struct gv_finding){.kind = GV_FINDING_DOUBLE,
                                                              .first = signature->expiry.first,
                                                              .expired = signature->expiry.at,
                                                              .second = at});
    } else if (!second && signature->registration.alone) {
        finding = missed(signature, signature->registration.begun_at);
    }
    return finding;
}

/* True where no registration ended the last attempt: it tries on. */
static bool tries_on(const struct gv_signature *signature, struct gv_when at)
{
    return !signature->expiry.pending && signature->registration.again &&
           !signature->registration.done &&
           within(signature->registration.begun_at, at, 0, ATTEMPTS_S);
}

static struct gv_finding reregisters(struct gv_signature *signature,
                                     const struct gv_event *event)
{
    struct gv_when at = when(event), done_at = signature->registration.done_at;
    bool second =
        signature->expiry.pending && within(signature->expiry.at, at, -SAME_S, SECOND_TO_S);
    bool told = signature->rekey_missed &&
                within(signature->rekey_missed_at, at, -SAME_S, FIRST_FROM_S);
    bool begun =
        signature->registration.begun && same_moment(signature->registration.begun_at, at);
    bool done = begun && signature->registration.done, by_snmp;
    struct gv_finding finding;

    if (begun && signature->registration.again)
        return none;
    if (tries_on(signature, at)) {
        signature->registration.begun_at = at;
        return none;
    }
    by_snmp = second_by_snmp(signature, event);
    finding = by_snmp
                  ? found_double(signature,
                                 (struct gv_finding){.kind = GV_FINDING_DOUBLE,
                                                     .inferred = true,
                                                     .first = signature->registration.begun_at,
                                                     .expired = at,
                                                     .second = at})
                  : second_or_alone(signature, at, second);
    signature->expiry.pending = false;
    signature->rekey_missed = false;
    begin(signature, at, true, !second && !told && !by_snmp);
    signature->registration.notified = event->notified;
    /* Lines of one moment may come in any order. */
    signature->registration.done = done;
    signature->registration.done_at = done_at;
    return finding;
}

/* Without the word before it: a first registration, or one by hand. */
static struct gv_finding registers(struct gv_signature *signature, const struct gv_event *event)
{
    if (!signature->registration.begun ||
        (signature->registration.done && !signature->registration.alone &&
         !same_moment(signature->registration.done_at, when(event)) &&
         !same_moment(signature->registration.begun_at, when(event))))
        begin(signature, when(event), false, false);
    return none;
}

static struct gv_finding registered(struct gv_signature *signature,
                                    const struct gv_event *event)
{
    if (!signature->registration.begun)
        begin(signature, when(event), false, false);
    if (!signature->registration.done)
        signature->registration.done_at = when(event);
    signature->registration.done = true;
    return none;
}

/* A policy also comes with a rekey: it completes only what has begun. */
static struct gv_finding installed(struct gv_signature *signature, const struct gv_event *event)
{
    return signature->registration.begun ? registered(signature, event) : none;
}

/* The registration is complete, and in the window before the expiry `at`. Where no instants
 * tell, the GM must have said that it registers again, for that is what it does then. */
static bool first_of_pair(const struct gv_signature *signature, struct gv_when at)
{
    struct gv_when begun = signature->registration.begun_at;
    struct gv_when done = signature->registration.done_at;

    if (!signature->registration.done || signature->registration.other_kek)
        return false;
    if (!at.known || !done.known)
        return signature->registration.again && signature->registration.alone;
    return within(done, at, 0, FIRST_FROM_S) && (within(done, at, FIRST_TO_S, FIRST_FROM_S) ||
                                                 within(begun, at, FIRST_TO_S, FIRST_FROM_S));
}

static struct gv_finding expired(struct gv_signature *signature, const struct gv_event *event)
{
    struct gv_when at = when(event);
    bool first = first_of_pair(signature, at), other = signature->registration.other_kek;

    if (same_moment(signature->expiry.at, at) ||
        (signature->expiry.pending && !(at.known && signature->expiry.at.known)))
        return none;
    signature->expiry.pending = signature->expiry.told = true;
    signature->expiry.with_registration = first;
    signature->expiry.at = at;
    signature->expiry.first = signature->registration.begun_at;
    memset(&signature->registration, 0, sizeof(signature->registration));
    return first || other ? none : missed(signature, at);
}

/* "SA KEK was updated" comes with each registration; only the SPI tells whether it was. */
static struct gv_finding kek_updated(struct gv_signature *signature,
                                     const struct gv_event *event)
{
    if (!(event->has & GV_EVENT_HAS_KEK_SPI))
        return none;
    if (signature->kek_known && memcmp(signature->kek_spi, event->kek_spi, GV_KEK_SPI_LEN) != 0)
        signature->registration.other_kek = true;
    signature->kek_known = true;
    memcpy(signature->kek_spi, event->kek_spi, GV_KEK_SPI_LEN);
    return none;
}

static struct gv_finding rekey_missed(struct gv_signature *signature,
                                      const struct gv_event *event)
{
    if (same_moment(signature->rekey_missed_at, when(event)))
        return none;
    signature->rekey_missed = true;
    signature->rekey_missed_at = when(event);
    return missed(signature, when(event));
}

static const struct rule {
    enum gv_event_kind kind;
    struct gv_finding (*take)(struct gv_signature *signature, const struct gv_event *event);
} rules[] = {
    {GV_EVENT_GM_REREGISTERS, reregisters},   {GV_EVENT_GM_REGISTRATION_BEGUN, registers},
    {GV_EVENT_GM_REGISTERED, registered},     {GV_EVENT_GM_POLICY_INSTALLED, installed},
    {GV_EVENT_GM_KEK_EXPIRED, expired},       {GV_EVENT_GM_KEK_UPDATED, kek_updated},
    {GV_EVENT_GM_REKEY_MISSED, rekey_missed},
};

struct gv_finding gv_signature_feed(struct gv_signature *signature,
                                    const struct gv_event *event)
{
    if (event->kind == GV_EVENT_GM_REKEY_RECEIVED)
        signature->registration.rekeyed = true;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (rules[i].kind != event->kind)
            continue;
        if (event->ks[0] != '\0')
            memcpy(signature->ks, event->ks, sizeof(signature->ks));
        if (event->gm[0] != '\0')
            memcpy(signature->gm, event->gm, sizeof(signature->gm));
        return rules[i].take(signature, event);
    }
    return none;
}

struct gv_finding gv_signature_due(struct gv_signature *signature, struct gv_when now)
{
    int64_t most_s = FIRST_FROM_S + SAME_S;

    /* The second may still come: no expiry tells that it would be too late. */
    if (signature->registration.notified && !signature->expiry.told)
        most_s += SECOND_TO_S;
    if (!signature->registration.begun || !signature->registration.alone)
        return none;
    if (now.known && (!signature->registration.begun_at.known ||
                      within(signature->registration.begun_at, now, INT32_MIN, most_s)))
        return none;
    signature->registration.alone = false;
    return missed(signature, signature->registration.begun_at);
}
