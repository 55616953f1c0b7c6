// SPDX-License-Identifier: Apache-2.0
// The fleet: what drops next and when, then every group with its lifeline.
import { el, svg } from './dom.mjs';
import { judgeFleet } from './judge.mjs';
import { axis, legend, lifeline } from './lifeline.mjs';
import { clock, say, span } from './words.mjs';

const ICONS = {
    critical: 'M8 1 L15 8 L8 15 L1 8 Z', warning: 'M8 1.5 L15 14.5 L1 14.5 Z',
    unknown: 'M2 2 H14 V14 H2 Z', note: 'M8 1 A7 7 0 1 1 7.99 1 Z', ok: 'M2 8.5 L6.5 13 L14 3.5',
};

export const groupLink = (name) => `#/group/${encodeURIComponent(name)}`;
export const deviceLink = (name) => `#/device/${encodeURIComponent(name)}`;

// A verdict in words, shape and colour.
export function chip(severity) {
    return el('span', { class: `chip ${severity}` },
        svg('svg', { viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true' }, svg('path', { d: ICONS[severity] })),
        say(`severity_${severity}`));
}

// When a finding bites: "in 12 min (at 14:03:20)". Nothing where it has no instant.
export function due(finding, now) {
    const { at, until, since } = finding;

    if (at !== undefined && at > now)
        return [el('b', { class: 'count', role: 'timer' }, say('in_span', { span: span(at - now) })), ' ',
            el('span', { class: 'faint' }, say('at', { when: clock(at) }))];
    if (until !== undefined && until > now)
        return [el('b', { class: 'count', role: 'timer' }, say('running', { span: span(until - now) }))];
    if (since !== undefined && since <= now)
        return [el('b', { class: 'count', role: 'timer' }, say('for_span', { span: span(now - since) })), ' ',
            el('span', { class: 'faint' }, say('since', { when: clock(since) }))];
    return [el('b', { class: 'count' }, say('now'))];
}

const NAMES_MOST = 5;

// A finding's sentence, with whom it is about.
export function sentence(finding) {
    const { code, values, who } = finding;
    const spans = Object.fromEntries(['lead', 'expected'].filter((k) => values[k] !== undefined).map((k) => [k, span(values[k])]));

    return [say(code, { n: who?.length, ...values, ...spans }),
        who !== undefined && who.length > 0 && el('span', { class: 'who' }, ' (',
            who.slice(0, NAMES_MOST).map(({ device }, i) => [i > 0 && ', ', el('a', { href: deviceLink(device.name) }, device.name)]),
            who.length > NAMES_MOST && `, ${say('more', { n: who.length - NAMES_MOST })}`, ')')];
}

export const advice = (finding) => say(`${finding.code}_do`, finding.values);

const urgent = ({ severity }) => severity === 'critical' || severity === 'warning';

function nextRekey(all, now) {
    const coming = all.filter((facts) => facts.expectedAt > now).sort((a, b) => a.expectedAt - b.expectedAt)[0];

    return coming !== undefined && [' ', say('next_rekey', { group: coming.group }), ' ',
        el('b', { class: 'count', role: 'timer' }, say('in_span', { span: span(coming.expectedAt - now) }))];
}

// The answer of the night: what drops next, when, and what to do.
function headline(all, now) {
    const first = all.flatMap((facts) => facts.findings.filter(urgent))[0];

    if (first === undefined)
        return el('section', { class: 'headline ok', 'aria-labelledby': 'next' },
            el('h2', { id: 'next' }, say('next_impact')),
            el('p', { class: 'what' }, say('nothing_drops'), nextRekey(all, now)));
    return el('section', { class: `headline ${first.severity}`, 'aria-labelledby': 'next' },
        el('h2', { id: 'next' }, say('next_impact')),
        el('p', { class: 'when' }, due(first, now)),
        el('p', { class: 'what' }, el('a', { href: groupLink(first.group) }, first.group), ': ', sentence(first)),
        el('p', { class: 'do' }, el('b', {}, say('what_to_do')), ' ', advice(first)));
}

function summary({ findings }, now) {
    const urgentOnes = findings.filter(urgent);
    const shown = urgentOnes.length > 0 ? urgentOnes : findings.slice(0, 1);

    return shown.map((finding) => el('li', { 'data-key': finding.code }, sentence(finding), ' ',
        finding.severity !== 'note' && el('span', { class: 'due' }, due(finding, now))));
}

function leftOf(facts, now) {
    if (facts.kek === undefined)
        return say('unknown');
    return facts.kek.expiry > now ? span(facts.kek.expiry - now) : say('expired');
}

function groupRow(facts, history, scale, now) {
    const id = `g-${facts.group}`;

    return el('li', { class: `group ${facts.severity}`, 'data-key': facts.group },
        el('h3', { id }, el('a', { href: groupLink(facts.group) }, facts.group)),
        chip(facts.severity),
        el('dl', { class: 'numbers' },
            el('div', {}, el('dt', {}, say('kek_left')), el('dd', {}, el('span', { role: 'timer', 'data-left': facts.group }, leftOf(facts, now)))),
            el('div', {}, el('dt', {}, say('rekey_in')), el('dd', {}, el('span', { role: 'timer' },
                facts.expectedAt > now ? span(facts.expectedAt - now) : '–'))),
            el('div', {}, el('dt', {}, say('members')), el('dd', {}, facts.members))),
        lifeline(facts, history, scale, now),
        el('ul', { class: 'findings' }, summary(facts, now)));
}

// The past rekeys of a group, the newest first; without a history the last one is all there is.
export function historyOf(rekeys, facts) {
    const kept = (rekeys?.history ?? []).filter((rekey) => rekey.group === facts.group);

    return kept.length > 0 || facts.last?.lead_seconds === undefined ? kept : [{ ...facts.last, expected_lead_seconds: facts.expectedLead }];
}

export function fleetView({ fleet, rekeys }, now) {
    const counts = new Map(fleet.groups.map((group) => [group.group, group.members_known]));
    const all = judgeFleet(fleet, now).map((facts) => ({ ...facts, members: counts.get(facts.group) }));
    const histories = all.map((facts) => historyOf(rekeys, facts));
    const scale = axis(all);

    if (all.length === 0)
        return [el('h1', {}, say('fleet')), el('p', {}, say('no_groups'))];
    return [
        el('h1', {}, say('fleet')),
        headline(all, now),
        el('section', { 'aria-labelledby': 'groups' },
            el('h2', { id: 'groups' }, say('groups')),
            el('ol', { class: 'groups' }, all.map((facts, i) => groupRow(facts, histories[i], scale, now))),
            legend()),
    ];
}
