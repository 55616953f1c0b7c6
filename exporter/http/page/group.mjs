// SPDX-License-Identifier: Apache-2.0
// One group: its key servers and on what evidence they are old or new, its rekeys, its members.
import { chart } from './chart.mjs';
import { el } from './dom.mjs';
import { advice, chip, deviceLink, due, historyOf, sentence } from './fleet.mjs';
import { judge } from './judge.mjs';
import { axis, legend, lifeline } from './lifeline.mjs';
import { LongTable } from './table.mjs';
import { clock, english, say, saySentence, sayValue, span } from './words.mjs';

// The document of the group as a place for judge(), as groupsOf() makes them of the fleet's.
export function placeOf(group) {
    const all = group.devices.map((membership) => ({
        device: {
            name: membership.device, up: membership.up, version: membership.version,
            observed_at: membership.observed_at, ks_behavior: membership.ks_behavior,
        },
        in: membership,
    }));

    return {
        at: group.at, group: group.group,
        servers: all.filter((one) => one.in.ks !== undefined),
        members: all.filter((one) => one.in.gm !== undefined),
        probes: group.probes,
    };
}

// As it was counted, or as the member told it itself.
function lastRegistration({ gm, events }) {
    const told = [gm.last_registration_at, events?.find(({ kind }) => kind === 'gm_registered')?.last_at].filter((t) => t !== undefined);

    return told.length > 0 ? Math.max(...told) : undefined;
}

function polledRow({ device, in: m }, at) {
    const { gm } = m;
    const frozen = gm.kek?.frozen === true;

    return {
        key: device.name, name: device.name, polled: true, up: device.up, address: gm.address, version: gm.version ?? device.version,
        behavior: gm.behavior, registered: gm.registered, sync: gm.kek_in_sync, server: gm.registered_with,
        succeeded: gm.registrations_succeeded, attempted: gm.registrations_attempted, registeredAt: lastRegistration(m),
        expiry: gm.kek?.expiry_at, frozen, expired: !frozen && gm.kek?.expiry_at < at,
    };
}

// The states of a key server's list that are one or the other; the rest is shown as it is.
const REGISTERED = { registered: true, unregistered: false };

// What a key server lists of a member joins what the member says itself.
function listed(rows, member) {
    const row = rows.get(member.gm) ?? { key: member.gm, name: member.gm, polled: member.monitored === true, address: member.id };

    row.acks = Math.max(row.acks ?? 0, member.acks_missed ?? 0);
    if (member.acks_missed === undefined && row.acks === 0)
        row.acks = undefined;
    row.version ??= member.version;
    row.behavior ??= member.behavior;
    row.server ??= member.ks;
    row.state = member.state?.toLowerCase();
    rows.set(member.gm, row);
}

// Every member of the group once, polled or only listed.
export function memberRows(place) {
    const rows = new Map(place.members.map((member) => [member.device.name, polledRow(member, place.at)]));

    for (const { in: m } of place.servers) {
        for (const member of m.ks.members ?? [])
            listed(rows, member);
    }
    for (const row of rows.values()) {
        row.registered ??= REGISTERED[row.state];
        row.trouble = row.registered === false || row.sync === false || row.acks >= 2 || row.expired === true || row.up === false;
        row.text = [row.name, row.address, row.version, row.server, row.behavior].join(' ').toLowerCase();
    }
    return [...rows.values()];
}

const word = (yes, no, value) => (value === undefined ? el('span', { class: 'faint' }, '–')
    : el('span', { class: value ? 'yes' : 'no' }, say(value ? yes : no)));
const orDash = (value) => value ?? el('span', { class: 'faint' }, '–');

function registrations(row) {
    if (row.succeeded === undefined)
        return orDash();
    return row.attempted === undefined ? row.succeeded : `${row.succeeded} / ${row.attempted}`;
}

function kekExpiry(row) {
    if (row.expiry === undefined)
        return row.frozen ? el('span', { class: 'faint' }, say('frozen')) : orDash();
    return row.expired ? el('span', { class: 'no' }, say('expired'), ' ', clock(row.expiry)) : clock(row.expiry);
}

function columns() {
    return [
        { key: 'gm', title: say('gm'), narrow: true, value: (r) => r.name,
            cell: (r) => (r.polled ? el('a', { href: deviceLink(r.name) }, r.name) : el('span', { title: say('only_listed') }, r.name)) },
        { key: 'sync', title: say('sync'), narrow: true, value: (r) => (r.sync === undefined ? undefined : Number(r.sync)),
            cell: (r) => word('in_sync', 'out_of_sync', r.sync) },
        { key: 'state', title: say('state'), narrow: true, value: (r) => (r.registered === undefined ? undefined : Number(r.registered)),
            cell: (r) => (r.registered === undefined ? orDash(r.state) : word('registered', 'not_registered', r.registered)) },
        { key: 'acks', title: say('acks_missed'), narrow: true, value: (r) => r.acks, cell: (r) => orDash(r.acks) },
        { key: 'registered', title: say('last_registration'), value: (r) => r.registeredAt,
            cell: (r) => (r.registeredAt === undefined ? orDash() : clock(r.registeredAt)) },
        { key: 'registrations', title: say('registrations'), value: (r) => r.succeeded, cell: registrations },
        { key: 'left', title: say('kek_expires'), value: (r) => r.expiry,
            cell: kekExpiry },
        { key: 'behavior', title: say('behavior'), value: (r) => r.behavior, cell: (r) => sayValue('behavior', r.behavior) },
        { key: 'version', title: say('version'), value: (r) => r.version, cell: (r) => orDash(r.version) },
        { key: 'address', title: say('address'), value: (r) => r.address, cell: (r) => orDash(r.address) },
        { key: 'server', title: say('server'), value: (r) => r.server, cell: (r) => orDash(r.server) },
    ];
}

// A verdict on old or new, and what it rests on.
export function behaviour(verdict) {
    if (verdict === undefined)
        return say('unknown');
    return [
        el('b', {}, sayValue('behavior', verdict.behavior)),
        verdict.confidence !== undefined && ` (${sayValue('confidence', verdict.confidence)})`,
        verdict.contradicted && el('span', { class: 'no' }, ` ${say('contradicted')}`),
        verdict.evidence.length > 0 && el('ul', { class: 'evidence' },
            verdict.evidence.map((item) => el('li', { class: item.source },
                el('b', {}, sayValue('source', item.source)), ' ', el('span', { class: 'text' }, saySentence(item.text))))),
    ];
}

function serverRow({ device, in: m }) {
    return el('tr', { 'data-key': device.name },
        el('th', { scope: 'row' }, el('a', { href: deviceLink(device.name) }, device.name)),
        el('td', {}, sayValue('role', m.ks.role)),
        el('td', {}, device.up === false ? el('span', { class: 'no' }, say('down')) : m.ks.status !== undefined ? sayValue('status', m.ks.status) : '–'),
        el('td', {}, device.version ?? '–', m.ks.version !== undefined && ` (GDOI ${m.ks.version})`),
        el('td', {}, behaviour(device.ks_behavior)),
        el('td', {}, (m.ks.peers ?? []).map((peer) => el('div', {},
            say('peer_line', { ks: peer.ks, role: sayValue('role', peer.role), status: sayValue('status', peer.status) })))));
}

// A key server that nobody polls, and that members, their events or a probe tell of.
const silentRow = (pair) => el('tr', { 'data-key': pair.ks },
    el('th', { scope: 'row' }, pair.ks), el('td', {}, '–'), el('td', {}, '–'), el('td', {}, '–'),
    el('td', {}, behaviour(pair.ks_evidence)), el('td', {}));

const heads = (...keys) => el('thead', {}, el('tr', {}, keys.map((key) => el('th', { scope: 'col' }, say(key)))));

function servers(place) {
    const silent = place.group.interop.filter((pair) => !place.servers.some(({ device }) => device.name === pair.ks));

    return el('section', { 'aria-labelledby': 'servers' }, el('h2', { id: 'servers' }, say('key_servers')),
        el('div', { class: 'scroll-x', tabindex: 0, role: 'region', 'aria-label': say('key_servers') }, el('table', { class: 'servers' },
            heads('name', 'role', 'status', 'version', 'behavior', 'peers'),
            el('tbody', {}, place.servers.map(serverRow), silent.map(silentRow)))));
}

// Two sentences and the advice, as the exporter concluded them.
function mismatch(place) {
    return place.group.interop.filter((pair) => pair.outcome === 'mismatch').map((pair) =>
        el('section', { class: 'mismatch', 'data-key': `mismatch-${pair.ks}` },
            el('h2', {}, say('mismatch_head'), ': ', pair.ks),
            el('p', {}, english() ? pair.text : say('interop_text', { n: pair.members_new, registrations: pair.registrations_per_cycle }))));
}

function findings(facts, now) {
    return facts.findings.length > 0 && el('ol', { class: 'findings big' }, facts.findings.map((finding) =>
        el('li', { class: finding.severity, 'data-key': finding.code }, chip(finding.severity), ' ', sentence(finding), ' ',
            finding.severity !== 'note' && el('span', { class: 'due' }, due(finding, now)),
            el('p', { class: 'do' }, el('b', {}, say('what_to_do')), ' ', advice(finding)))));
}

// Where the lead comes from; an old key server does not use it.
function formula(place, facts) {
    const row = place.servers.map(({ in: m }) => m.rekey).find((r) => r?.expected_lead_seconds !== undefined);

    if (row === undefined || !(facts.expectedAt < facts.kek?.expiry))
        return false;
    const { policy } = row;

    return el('p', { class: 'faint formula' },
        say('formula', { lead: span(row.expected_lead_seconds), n: policy.retransmits, interval: policy.retransmit_interval_seconds }),
        policy.transport !== 'multicast' && say('formula_members', { members: policy.members }), say('formula_end'),
        policy.retransmits_assumed && say('formula_assumed'));
}

// A cell that says its column's title itself where the heads have no room (page.css).
const titled = (key, content) => el('td', { 'data-title': say(key) }, content);

function probes(own) {
    return own.length > 0 && el('section', { 'aria-labelledby': 'probes' }, el('h2', { id: 'probes' }, say('probes')),
        el('div', { class: 'scroll-x', tabindex: 0, role: 'region', 'aria-label': say('probes') }, el('table', { class: 'probes' },
            heads('name', 'server', 'success', 'heard_rekeys', 'lead', 'behavior'),
            el('tbody', {}, own.map((probe) => el('tr', {},
                el('th', { scope: 'row' }, probe.probe), titled('server', probe.ks),
                titled('success', probe.success === undefined ? '–' : probe.success ? say('yes') : `${say('no')}: ${probe.reason}`),
                titled('heard_rekeys', probe.rekeys_received),
                titled('lead', probe.rekey_lead_seconds !== undefined ? span(probe.rekey_lead_seconds) : '–'),
                titled('behavior', behaviour(probe.ks_behavior))))))));
}

let table;

// The table of the members, the same one as long as the group is.
function members(place, name, fresh) {
    if (table?.name !== name)
        table = { name, of: undefined, long: new LongTable({ columns: columns(), label: say('members'), filterLabel: say('filter_members') }) };
    if (table.of !== fresh) {
        table.of = fresh;
        table.long.set(memberRows(place));
    }
    return el('section', { 'aria-labelledby': 'members', 'data-key': `members-${name}` },
        el('h2', { id: 'members' }, say('members')), table.long.root);
}

export function groupView({ group, rekeys }, now) {
    const place = placeOf(group);
    const facts = judge(place, now);
    const history = historyOf(rekeys, facts);
    const { name, id } = place.group;

    return [
        el('h1', {}, facts.group, ' ', chip(facts.severity), ' ',
            el('small', { class: 'faint' }, [name !== facts.group && name, id !== undefined && `ID ${id}`,
                place.servers[0]?.in.transport].filter(Boolean).join(', '))),
        findings(facts, now),
        el('section', { class: 'line', 'aria-label': say('kek') }, lifeline(facts, history, axis([facts]), now), legend(), formula(place, facts)),
        mismatch(place),
        servers(place),
        el('section', { 'aria-labelledby': 'rekeys' }, el('h2', { id: 'rekeys' }, say('rekeys')), chart(history)),
        probes(group.probes),
        members(place, facts.group, group),
    ];
}
