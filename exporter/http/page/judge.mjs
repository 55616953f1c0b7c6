// SPDX-License-Identifier: Apache-2.0
// What the documents mean for whoever is on call: per group what needs attention, how much, and
// from when on. The verdicts are the exporter's; here they are only ranked. Pure: no clock, no page.
import { SECOND_TO, WINDOW_FROM, WINDOW_TO } from './limits.mjs';

export const SEVERITIES = ['critical', 'warning', 'unknown', 'note', 'ok'];
const RANK = Object.fromEntries(SEVERITIES.map((name, i) => [name, i]));

// A rekey this late after its instant is overdue: the tolerance of the verdict `on_time`, and the
// time until a poll shows it.
const OVERDUE_AFTER = 60;
// A member asks for keys anew at least this long before its TEK ends.
const TEK_CALL = 60;
// An IOS key server drops a member after three rekeys in a row without an acknowledgement.
const ACKS_WARN = 2;

// A probe is told the number or the name of its group, as the key server knows it.
const isOf = (probe, group) => [group.group, group.name, group.id].includes(probe.group);

// Every group of the document of the fleet: { group, servers, members, probes }, the first two
// lists of { device, in: membership }.
export function groupsOf(fleet) {
    const found = new Map(fleet.groups.map((group) => [group.group, {
        group, servers: [], members: [], probes: fleet.probes?.filter((probe) => isOf(probe, group)),
    }]));

    for (const device of fleet.devices) {
        for (const membership of device.groups) {
            const at = found.get(membership.group);

            if (at !== undefined && membership.ks !== undefined)
                at.servers.push({ device, in: membership });
            if (at !== undefined && membership.gm !== undefined)
                at.members.push({ device, in: membership });
        }
    }
    return [...found.values()];
}

const rankOfServer = ({ in: m }) => (m.ks.role === 'primary' ? 0 : 1) + (m.ks.kek?.expiry_at !== undefined ? 0 : 4);

// The key server that decides: the primary, or the one that tells a KEK.
export function leader(servers) {
    return [...servers].sort((a, b) => rankOfServer(a) - rankOfServer(b))[0];
}

function kekOf(kek) {
    if (kek?.expiry_at === undefined)
        return undefined;
    return { expiry: kek.expiry_at, lifetime: kek.lifetime_seconds, spi: kek.spi };
}

// The KEK that a probe was given last, where nobody else tells one; past its expiry the probe may
// merely have heard nothing since.
function kekOfProbes(probes, now) {
    const expiry = latest((probes ?? []).map((probe) => probe.kek_expiry_at).filter((at) => at > now));

    return expiry !== undefined ? { expiry } : undefined;
}

function rekeyFacts(place) {
    const row = place.in.rekey;

    if (row === undefined)
        return {};
    return {
        expectedAt: row.expected_at,
        expectedLead: row.expected_lead_seconds,
        unsound: row.unsound,
        last: row.verdict !== 'unknown'
            ? { lead_seconds: row.lead_seconds, verdict: row.verdict, time: row.judged_at } : undefined,
    };
}

const earliest = (times) => times.reduce((a, b) => (b !== undefined && !(a <= b) ? b : a), undefined);
// When the device last answered.
const seenAt = ({ device }) => device.observed_at ?? Math.max(...device.collectors.map((c) => c.observed_at ?? -Infinity));
const latest = (times) => times.reduce((a, b) => (b !== undefined && !(a >= b) ? b : a), undefined);

// When the members of an old key server register, around the end of the KEK before this one and
// of this one: the window that runs, or the next to come.
function stormWindow({ kek, last }, now) {
    const windows = [];

    if (last?.lead_seconds !== undefined && last.verdict === 'after_expiry')
        windows.push([last.time + last.lead_seconds, last.time + last.lead_seconds + SECOND_TO]);
    if (kek !== undefined)
        windows.push([kek.expiry + WINDOW_FROM, kek.expiry + WINDOW_TO], [kek.expiry, kek.expiry + SECOND_TO]);
    return windows.find(([, to]) => now < to);
}

const RULES = [
    function split({ group }) {
        if (group.split === true || group.primaries > 1)
            return { severity: 'critical', values: { n: group.primaries } };
    },
    function noPrimary({ group, servers }, facts) {
        if (group.primaries === 0 && servers.length > 0)
            return { severity: 'critical', at: facts.kek?.expiry };
    },
    function unregistered({ members }) {
        const gone = members.filter(({ in: m }) => m.gm.registered === false);

        if (gone.length > 0)
            return { severity: 'critical', who: gone };
    },
    // Who has a TEK that ends soon, and no other.
    function tekEnds({ members }, facts, now) {
        const short = members.filter((member) => {
            const { registered, tek } = member.in.gm;

            return registered !== false && tek?.successor_present === false &&
                tek.expiry_at - now < TEK_CALL && seenAt(member) > tek.expiry_at - TEK_CALL;
        });

        if (short.length > 0)
            return { severity: 'critical', at: earliest(short.map(({ in: m }) => m.gm.tek.expiry_at)), who: short };
    },
    function mismatch({ group }, facts, now) {
        const pairs = group.interop.filter((pair) => pair.outcome === 'mismatch');
        const window = stormWindow(facts, now);

        if (pairs.length > 0)
            return {
                severity: 'warning', at: window?.[0], until: window?.[1],
                values: {
                    ks: pairs.map((pair) => pair.ks).join(', '),
                    n: Math.max(...pairs.map((pair) => pair.members_new)),
                    registrations: Math.max(...pairs.map((pair) => pair.registrations_per_cycle)),
                },
            };
    },
    function missed(place, facts) {
        if (facts.last?.verdict === 'missed')
            return { severity: 'critical', since: facts.last.time };
    },
    function overdue({ servers }, facts, now) {
        const late = facts.expectedAt + OVERDUE_AFTER;

        if (servers.length > 0 && facts.expectedAt < facts.kek?.expiry && now > late && seenAt(leader(servers)) > late)
            return { severity: 'warning', since: facts.expectedAt, at: facts.kek.expiry + WINDOW_FROM };
    },
    function outOfSync({ members }, facts, now) {
        const lost = members.filter(({ in: m }) => m.gm.kek_in_sync === false && m.gm.registered !== false);
        const again = ({ in: m }) => [m.gm.reregistration_at, m.gm.kek?.expiry_at, m.gm.tek?.expiry_at]
            .filter((t) => t !== undefined && t > now);

        if (lost.length > 0)
            return { severity: 'warning', at: earliest(lost.flatMap(again)), who: lost };
    },
    function kekExpired(place, facts, now) {
        if (facts.kek !== undefined && facts.kek.expiry + SECOND_TO < now)
            return { severity: 'warning', since: facts.kek.expiry };
    },
    function late(place, facts) {
        if (facts.last?.verdict === 'late' || facts.last?.verdict === 'too_late')
            return { severity: 'warning', since: facts.last.time, values: { lead: facts.last.lead_seconds, expected: facts.expectedLead } };
    },
    // Of an old key server with new members the mismatch tells more.
    function afterExpiry({ group }, facts) {
        if (facts.last?.verdict === 'after_expiry' && !group.interop.some((pair) => pair.outcome === 'mismatch'))
            return { severity: 'warning', since: facts.last.time };
    },
    function acks({ servers }, facts) {
        const most = Math.max(0, ...servers.map(({ in: m }) => m.ks.acks_missed_most ?? 0));

        if (most >= ACKS_WARN)
            return { severity: 'warning', at: facts.expectedAt, values: { n: most } };
    },
    function peerDead({ servers }) {
        const dead = Math.max(0, ...servers.map(({ in: m }) => (m.ks.peers ?? []).filter((peer) => peer.status === 'dead').length));

        if (dead > 0)
            return { severity: 'warning', values: { n: dead } };
    },
    function serverDown({ servers }) {
        const down = servers.filter(({ device }) => device.up === false);

        if (down.length > 0)
            return { severity: 'warning', who: down };
    },
    function memberDown({ members }) {
        const down = members.filter(({ device }) => device.up === false);

        if (down.length > 0)
            return { severity: 'warning', who: down };
    },
    function contradicted({ servers }) {
        const torn = servers.filter(({ device }) => device.ks_behavior?.contradicted === true);

        if (torn.length > 0)
            return { severity: 'note', who: torn };
    },
    function unsound(place, facts) {
        if (facts.unsound)
            return { severity: 'warning', values: { expected: facts.expectedLead } };
    },
    // As a probe alone tells it.
    function oldServer({ group }) {
        const old = group.interop.filter((pair) => pair.outcome === 'unknown' && pair.ks_behavior === 'old');

        if (old.length > 0)
            return { severity: 'unknown', values: { ks: old.map((pair) => pair.ks).join(', ') } };
    },
    function unseen(place, facts) {
        if (facts.kek === undefined)
            return { severity: 'unknown' };
    },
    function oldMembers({ group }) {
        const old = Math.max(0, ...group.interop.map((pair) => (pair.outcome === 'informational' ? pair.members_old : 0)));

        if (old > 0)
            return { severity: 'note', values: { n: old } };
    },
];

// What has no instant is so now: of what is critical that comes first, of the rest last.
const instant = (finding) => finding.at ?? (finding.severity === 'critical' ? 0 : Infinity);

// The more it hurts the sooner; then what comes first.
function order(a, b) {
    const when = instant(a) - instant(b);

    return RANK[a.severity] - RANK[b.severity] || (Number.isNaN(when) ? 0 : when);
}

// What is to be said of one group at `now` (Unix time in seconds).
export function judge(place, now) {
    const lead = leader(place.servers);
    const told = lead ?? place.members.find(({ in: m }) => m.rekey !== undefined || m.gm.kek !== undefined);
    const facts = {
        group: place.group.group,
        kek: kekOf(lead !== undefined ? lead.in.ks.kek : told?.in.gm?.kek) ?? kekOfProbes(place.probes, now),
        server: lead?.device.name,
        ...(told !== undefined ? rekeyFacts(told) : {}),
    };
    const findings = [];

    for (const rule of RULES) {
        const found = rule(place, facts, now);

        if (found !== undefined)
            findings.push({ code: rule.name, group: facts.group, values: {}, ...found });
    }
    findings.sort(order);
    facts.findings = findings;
    facts.severity = findings[0]?.severity ?? 'ok';
    facts.tekEnd = latest(place.members.map(({ in: m }) => m.gm.tek?.expiry_at));
    return facts;
}

function orderGroups(a, b) {
    const healthy = RANK[a.severity] - RANK[b.severity];

    if (healthy !== 0 || a.findings.length === 0 || b.findings.length === 0)
        return healthy || (a.kek?.expiry ?? Infinity) - (b.kek?.expiry ?? Infinity) || 0;
    return order(a.findings[0], b.findings[0]);
}

// All groups of the fleet, the most urgent first.
export function judgeFleet(fleet, now) {
    return groupsOf(fleet).map((place) => judge(place, now)).sort(orderGroups);
}
