// SPDX-License-Identifier: Apache-2.0
// One device: how its last polls went, what it said, a poll now, and all of it as text for a ticket.
import { el } from './dom.mjs';
import { groupLink } from './fleet.mjs';
import { behaviour } from './group.mjs';
import { clock, precise, say, sayValue, span } from './words.mjs';

const facts = (...pairs) => el('dl', { class: 'facts' }, pairs.filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => el('div', {}, el('dt', {}, say(key)), el('dd', {}, value))));

const heads = (...keys) => el('thead', {}, el('tr', {}, keys.map((key) => el('th', { scope: 'col' }, say(key)))));

const failures = (all) => Object.entries(all).map(([reason, n]) => `${reason} ${n}`).join(', ') || '–';

function outcome(collector) {
    if (!collector.polled)
        return say('not_polled');
    return el('span', { class: collector.success ? 'yes' : 'no' },
        collector.success ? say('ok') : `${say('failed')}: ${collector.reason}`);
}

function polls(device, now) {
    return el('section', { 'aria-labelledby': 'polls' }, el('h2', { id: 'polls' }, say('last_polls')),
        el('div', { class: 'scroll-x', tabindex: 0, role: 'region', 'aria-label': say('last_polls') }, el('table', {},
            heads('collector', 'result', 'took', 'seen', 'detail', 'failures'),
            el('tbody', {}, device.collectors.map((c) => el('tr', { 'data-key': c.name },
                el('th', { scope: 'row' }, c.name), el('td', {}, outcome(c)),
                el('td', {}, c.duration_seconds !== undefined ? precise(c.duration_seconds) : '–'),
                el('td', {}, c.observed_at !== undefined ? say('ago', { span: span(Math.max(0, now - c.observed_at)) }) : '–'),
                el('td', {}, c.detail ?? '–'), el('td', {}, failures(c.failures))))))));
}

function disagreements(device) {
    const all = device.disagreements ?? [];
    const claim = (c) => `${c.collector}: ${c.value ?? (c.value_at !== undefined ? clock(c.value_at) : '–')}`;

    return all.length > 0 && el('section', {}, el('h2', {}, say('disagreements')),
        el('ul', {}, all.map((d) => el('li', {}, [d.group, d.field].filter(Boolean).join(' '), ': ', d.claims.map(claim).join(', ')))));
}

function keys(role) {
    const kek = role.kek, tek = role.tek;
    const until = (key) => (key?.expiry_at !== undefined ? clock(key.expiry_at) : key?.frozen ? say('frozen') : undefined);

    return [['kek', kek !== undefined ? [until(kek) ?? say('unknown'), kek.spi !== undefined && el('code', {}, ` ${kek.spi}`)] : undefined],
        ['tek', tek !== undefined ? [until(tek) ?? say('unknown'), ` (${tek.count})`] : undefined]];
}

function asServer(m) {
    return m.ks !== undefined && [el('h4', {}, say('as_key_server')), facts(
        ['role', sayValue('role', m.ks.role)], ['status', m.ks.status], ['members', m.ks.members_registered], ...keys(m.ks))];
}

function asMember({ gm }) {
    const word = (value, yes, no) => value !== undefined && el('span', { class: value ? 'yes' : 'no' }, say(value ? yes : no));

    return gm !== undefined && [el('h4', {}, say('as_member')), facts(
        ['state', word(gm.registered, 'registered', 'not_registered')],
        ['sync', word(gm.kek_in_sync, 'in_sync', 'out_of_sync')], ['registered_with', gm.registered_with],
        ['registrations', gm.registrations_succeeded !== undefined ? `${gm.registrations_succeeded} / ${gm.registrations_attempted ?? '–'}` : undefined],
        ['registers_again', gm.reregistration_at !== undefined ? clock(gm.reregistration_at) : undefined], ...keys(gm))];
}

function events(m) {
    return (m.events ?? []).length > 0 && facts(['events', m.events.map((event) =>
        el('div', {}, `${event.kind} × ${event.count}, ${clock(event.last_at)}`))]);
}

const membership = (m) => el('section', { class: 'membership', 'data-key': m.group },
    el('h3', {}, el('a', { href: groupLink(m.group) }, m.group)), asServer(m), asMember(m), events(m));

function evidence(device) {
    return [['as_key_server', device.ks_behavior], ['as_member', device.gm_behavior]].map(([key, verdict]) =>
        verdict !== undefined && el('section', { 'data-key': key }, el('h2', {}, say('behavior'), ': ', say(key)), behaviour(verdict)));
}

// The device as plain text, in English: tickets are read by others.
export function ticket({ at, device }, answer) {
    const when = (t) => (t === undefined ? 'not told' : new Date(t * 1000).toISOString());
    const lines = [`GETVPN device ${device.name} (${device.address ?? 'address not told'}), as of ${when(at)}`,
        `system: ${[device.vendor, device.os, device.version].filter(Boolean).join(' ') || 'not told'}, GDOI ${device.gdoi_version ?? 'not told'}`];

    for (const c of device.collectors) {
        const end = !c.polled ? 'no poll has ended yet' : `${c.success ? 'ok' : `failed: ${c.reason}`}, ${c.duration_seconds} s`;

        lines.push(`collector ${c.name}: ${end}, last answer ${when(c.observed_at)}${c.detail !== undefined ? `, ${c.detail}` : ''}`);
    }
    for (const m of device.groups) {
        for (const [role, part] of [['key server', m.ks], ['member', m.gm]]) {
            if (part !== undefined)
                lines.push(`group ${m.group} as ${role}: KEK expires ${when(part.kek?.expiry_at)}, TEK expires ${when(part.tek?.expiry_at)}` +
                    (part.registered !== undefined ? `, registered: ${part.registered}` : '') +
                    (part.kek_in_sync !== undefined ? `, KEK in sync: ${part.kek_in_sync}` : ''));
        }
    }
    for (const [role, verdict] of [['key server', device.ks_behavior], ['member', device.gm_behavior]]) {
        if (verdict !== undefined)
            lines.push(`KEK behaviour as ${role}: ${verdict.behavior} (${verdict.evidence.map((e) => e.text).join('; ')})`);
    }
    if (answer !== undefined)
        lines.push('', answer.trimEnd());
    return `${lines.join('\n')}\n`;
}

function answerPart(polled) {
    return el('section', { 'aria-labelledby': 'answer' }, el('h2', { id: 'answer' }, say('answer')),
        polled?.text !== undefined ? el('pre', { tabindex: 0, role: 'region', 'aria-label': say('answer') }, polled.text)
            : el('p', { class: 'faint' }, say('answer_hint')));
}

export function deviceView({ device: doc, polled, copied }, now) {
    const { device } = doc;
    const up = device.up === undefined ? say('events_only') : say(device.up ? 'up' : 'down');

    return [
        el('h1', {}, device.name, ' ', el('span', { class: `chip ${device.up === false ? 'critical' : 'plain'}` }, up)),
        el('p', { class: 'tools' },
            device.up !== undefined && el('button', { type: 'button', 'data-act': 'poll', disabled: polled?.busy === true }, say(polled?.busy ? 'polling' : 'poll_now')),
            el('button', { type: 'button', 'data-act': 'copy' }, say('copy')),
            el('span', { role: 'status' }, copied === true && say('copied'), copied === 'by hand' && say('copy_by_hand'),
                polled?.failed !== undefined && say('poll_failed', { reason: polled.failed }))),
        copied === 'by hand' && el('textarea', { id: 'ticket', readonly: true, rows: 12, 'aria-label': say('copy_by_hand'), 'data-keep': '' }, ticket(doc, polled?.text)),
        facts(['address', device.address], ['hostname', device.hostname],
            ['os', [device.vendor, device.os, device.version].filter(Boolean).join(' ') || undefined], ['gdoi_version', device.gdoi_version]),
        polls(device, now),
        evidence(device),
        disagreements(device),
        el('section', { 'aria-labelledby': 'in-groups' }, el('h2', { id: 'in-groups' }, say('in_groups')), device.groups.map(membership)),
        answerPart(polled),
    ];
}
