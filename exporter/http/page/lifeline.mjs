// SPDX-License-Identifier: Apache-2.0
// The lifeline of a KEK: where it stands now, and what comes around its end. One axis for all
// groups, in seconds to the KEK's expiry: the last minutes to scale, the life before them shrunk.
import { SECOND_TO, WINDOW_FROM, WINDOW_TO } from './limits.mjs';
import { el, svg } from './dom.mjs';
import { clock, say, span } from './words.mjs';

const BEFORE_LEAST = 300, AFTER = 110, BREAK = 24; // seconds, seconds, percent of the width
const PAST_MOST = 12;

// The axis that shows every rekey where it is expected.
export function axis(all) {
    const longest = Math.max(0, ...all.map((facts) => facts.expectedLead ?? 0));

    return { before: Math.max(BEFORE_LEAST, Math.ceil(longest * 1.15 / 60) * 60) };
}

// Percent of the width for an instant so many seconds after the expiry (negative: before it).
export function place(scale, lifetime, after) {
    const end = -scale.before;

    if (after >= end)
        return Math.min(100, BREAK + (after - end) / (AFTER - end) * (100 - BREAK));
    if (!(lifetime > scale.before))
        return BREAK;
    return Math.max(0, BREAK * (1 - (end - after) / (lifetime - scale.before)));
}

const pct = (x) => `${x.toFixed(2)}%`;

function band(x, from, to, name, label) {
    return svg('g', { class: `band ${name}` },
        svg('title', {}, label),
        svg('rect', { x: pct(x(from)), width: pct(x(to) - x(from)), y: 22, height: 16 }));
}

function mark(x, at, name, label, text, anchor = 'middle') {
    return svg('g', { class: `mark ${name}` },
        svg('title', {}, label),
        svg('line', { x1: pct(x(at)), x2: pct(x(at)), y1: 17, y2: 43 }),
        text && svg('text', { x: pct(x(at)), y: 12, 'text-anchor': anchor }, text));
}

const SHAPES = {
    good: () => svg('circle', { r: 3.5 }),
    bad: () => svg('path', { d: 'M0 -5 L5 4 L-5 4 Z' }),
};

const harmless = (verdict) => ['on_time', 'early', 'unknown'].includes(verdict);

// One past rekey, where its lead puts it.
function past(x, rekey) {
    const good = harmless(rekey.verdict);

    return svg('svg', { x: pct(x(-rekey.lead_seconds)), y: 30, class: 'dot', overflow: 'visible' },
        svg('g', { class: good ? 'good' : 'bad' },
            svg('title', {}, say('past_rekey', {
                when: clock(rekey.time), lead: span(rekey.lead_seconds), verdict: say(`verdict_${rekey.verdict}`),
            })),
            SHAPES[good ? 'good' : 'bad']()));
}

function needle(x, after) {
    return svg('svg', { x: pct(x(after)), y: 0, class: 'needle', overflow: 'visible' },
        svg('line', { x1: 0, x2: 0, y1: 14, y2: 46 }),
        svg('path', { d: 'M-5 47 L5 47 L0 40 Z' }),
        svg('text', { x: 0, y: 58, 'text-anchor': after > AFTER / 2 ? 'end' : 'middle' }, say('now')));
}

// The words for who cannot see it.
function told(facts, now) {
    const { kek, expectedAt } = facts;
    const left = kek.expiry - now;
    const words = [left >= 0 ? say('kek_expires_in', { span: span(left) }) : say('kek_expired_ago', { span: span(-left) })];

    if (expectedAt !== undefined && expectedAt > now)
        words.push(say('rekey_expected_in', { span: span(expectedAt - now) }));
    if (facts.last !== undefined)
        words.push(say('last_rekey', { lead: span(facts.last.lead_seconds), verdict: say(`verdict_${facts.last.verdict}`) }));
    return words.join(say('stop'));
}

// The lifeline of `facts` (judge.mjs), with its past rekeys, the newest first.
export function lifeline(facts, rekeys, scale, now) {
    const { kek } = facts;

    if (kek === undefined || kek.expiry === undefined)
        return el('p', { class: 'lifeline none' }, say('kek_unknown'));
    const x = (after) => place(scale, kek.lifetime, after);
    const expected = facts.expectedAt !== undefined ? facts.expectedAt - kek.expiry : undefined;
    const after = now - kek.expiry;

    return svg('svg', { class: 'lifeline', height: 62, role: 'img', 'aria-label': told(facts, now) },
        svg('line', { class: 'axis', x1: '0%', x2: pct(x(-scale.before)), y1: 30, y2: 30, 'stroke-dasharray': '2 4' }),
        svg('line', { class: 'axis', x1: pct(x(-scale.before)), x2: '100%', y1: 30, y2: 30 }),
        svg('line', { class: 'lived', x1: '0%', x2: pct(x(after)), y1: 30, y2: 30 }),
        band(x, WINDOW_FROM, WINDOW_TO, 'first', say('window_first')),
        band(x, 0, SECOND_TO, 'second', say('window_second')),
        mark(x, 0, 'expiry', say('kek_expiry_at', { when: clock(kek.expiry) }), clock(kek.expiry)),
        expected !== undefined && expected < 0 &&
            mark(x, expected, 'expected', say('rekey_expected_at', { when: clock(facts.expectedAt) }),
                clock(facts.expectedAt), x(expected) < 8 ? 'start' : 'middle'),
        rekeys.filter((r) => r.lead_seconds !== undefined).slice(0, PAST_MOST).map((r) => past(x, r)),
        needle(x, after));
}

// What its signs mean.
export function legend() {
    const sign = (name, ...shapes) => el('span', {},
        svg('svg', { class: `sign ${name}`, width: 22, height: 16, 'aria-hidden': 'true' }, shapes),
        ' ', say(`legend_${name}`));

    return el('p', { class: 'legend' },
        sign('now', svg('line', { x1: 11, x2: 11, y1: 1, y2: 15 })),
        sign('expected', svg('line', { x1: 11, x2: 11, y1: 1, y2: 15 })),
        sign('expiry', svg('line', { x1: 11, x2: 11, y1: 1, y2: 15 })),
        sign('first', svg('rect', { x: 1, y: 3, width: 20, height: 10 })),
        sign('second', svg('rect', { x: 1, y: 3, width: 20, height: 10 })),
        sign('good', svg('circle', { cx: 11, cy: 8, r: 3.5 })),
        sign('bad', svg('path', { d: 'M11 3 L16 12 L6 12 Z' })));
}
