// SPDX-License-Identifier: Apache-2.0
// The past rekeys of a group: how long before the KEK's expiry each came, against what was expected.
import { el, svg } from './dom.mjs';
import { clock, sayValue, say, span } from './words.mjs';

const GUARANTEE = 200, HIGH = 180, TOP = 12, MOST = 60, WRITTEN_MOST = 12;
const harmless = (verdict) => verdict === 'on_time' || verdict === 'early' || verdict === 'unknown';

// What the height stands for: from a little below the expiry to well above what was expected; a
// far earlier rekey is drawn at the top.
export function heights(rekeys) {
    const expected = Math.max(GUARANTEE, ...rekeys.map((r) => r.expected_lead_seconds ?? 0));
    const least = Math.min(0, ...rekeys.map((r) => r.lead_seconds ?? 0));
    const top = expected * 1.5, bottom = Math.max(least, -expected) - expected * 0.12;

    return { top, bottom, y: (lead) => TOP + HIGH * (top - Math.min(top, Math.max(bottom, lead))) / (top - bottom) };
}

function level(scale, lead, name, text) {
    return svg('g', { class: `level ${name}` },
        svg('line', { x1: '0%', x2: '100%', y1: scale.y(lead), y2: scale.y(lead) }),
        svg('text', { x: 4, y: scale.y(lead) - 4 }, text));
}

function bar(scale, rekey, i, count) {
    const at = (i + 0.5) / count * 78 + 20;
    const good = harmless(rekey.verdict);
    const lead = rekey.lead_seconds ?? 0;
    const y = scale.y(lead);

    return svg('svg', { x: `${at.toFixed(2)}%`, overflow: 'visible', class: `rekey ${good ? 'good' : 'bad'}` },
        svg('title', {}, say('past_rekey', { when: clock(rekey.time), lead: span(lead), verdict: sayValue('verdict', rekey.verdict) })),
        svg('line', { class: 'stem', x1: 0, x2: 0, y1: scale.y(0), y2: y }),
        rekey.expected_lead_seconds !== undefined && svg('line', { class: 'wish', x1: -9, x2: 9,
            y1: scale.y(rekey.expected_lead_seconds), y2: scale.y(rekey.expected_lead_seconds) }),
        count <= WRITTEN_MOST && svg('text', { x: 0, y: y - 10, 'text-anchor': 'middle' }, span(lead)),
        good ? svg('circle', { cx: 0, cy: y, r: 5 })
            : svg('path', { d: `M0 ${y - 6} L6 ${y + 5} L-6 ${y + 5} Z` }));
}

const row = (rekey) => el('tr', {},
    el('th', { scope: 'row' }, clock(rekey.time)),
    el('td', {}, rekey.lead_seconds !== undefined ? span(rekey.lead_seconds) : '–'),
    el('td', {}, rekey.expected_lead_seconds !== undefined ? span(rekey.expected_lead_seconds) : '–'),
    el('td', {}, sayValue('verdict', rekey.verdict)),
    el('td', {}, rekey.ks ?? rekey.device ?? '–'));

// The chart of `rekeys` (the newest first), and the same as a table.
export function chart(rekeys) {
    const shown = rekeys.slice(0, MOST).reverse();

    if (shown.length === 0)
        return el('p', { class: 'faint' }, say('rekeys_none'));
    const scale = heights(shown);
    const last = rekeys[0];
    const label = say('chart_label', { n: rekeys.length, lead: span(last.lead_seconds ?? 0), expected: span(last.expected_lead_seconds ?? 0) });

    return el('div', { class: 'chart' },
        svg('svg', { height: HIGH + 2 * TOP, role: 'img', 'aria-label': label },
            level(scale, GUARANTEE, 'guarantee', say('guarantee')),
            level(scale, 0, 'end', say('expiry')),
            shown.map((rekey, i) => bar(scale, rekey, i, shown.length))),
        el('details', {}, el('summary', {}, say('as_table')),
            el('div', { class: 'scroll-x', tabindex: 0, role: 'region', 'aria-label': say('rekeys') }, el('table', {},
                el('thead', {}, el('tr', {}, ['time', 'lead', 'expected', 'verdict', 'server'].map((key) => el('th', { scope: 'col' }, say(key))))),
                el('tbody', {}, rekeys.slice(0, MOST).map(row))))));
}
