// SPDX-License-Identifier: Apache-2.0
// One device: does it answer, what does it say, and what is made of it?
import { dashboard } from './frame';
import { TO_GROUP } from './fleet';
import { KEY_LEFT, LEFT, NONE_IS_BEST, OK_FAILED, ONE_IS_GOOD, YES_NO } from './looks';
import { chart, stat, table, timeline } from './panels';
import { contradictions, counted, holding, known, of, states, until } from './promql';
import { REKEY } from './runbooks';

const D = 'device="$device"';
/** How many of each kind; a kind's series is born at its first. */
const COUNTS = { unit: 'short', stacked: true, steps: true, min: 0, none: 'none so far' } as const;
const age = `time() - max by (device, collector) (${of('observation_timestamp_seconds', D)})`;

const now = [
    stat({
        title: 'Answers',
        width: 4,
        unit: 'none',
        mappings: YES_NO,
        thresholds: ONE_IS_GOOD,
        description: "Whether a collector's last poll gave a fresh observation.",
        runbooks: ['DeviceDown', 'KeyServerDown'],
        expr: `max by (device) (${of('up', D)})`,
    }),
    stat({
        title: 'Age of what it said',
        width: 4,
        unit: 's',
        description:
            'Time since the newest observation of any collector. Old observations are ' +
            'dropped, never frozen.',
        runbooks: ['ObservationStale'],
        expr: `min(${age})`,
    }),
    stat({
        title: 'Version',
        width: 4,
        unit: 'none',
        word: 'version',
        description: 'The version that it says it runs.',
        expr: `max by (version) (${of('device_info', D)})`,
    }),
    stat({
        title: 'Behavior',
        width: 4,
        unit: 'none',
        word: 'behavior',
        description:
            'Old or new: how it rekeys as a key server, or keeps time as a member. The ' +
            'evidence is in /api/v1/devices/NAME.',
        runbooks: ['EvidenceContradicts'],
        expr: holding('behavior', of('kek_behavior', D)),
    }),
    stat({
        title: 'KEK left, least',
        width: 4,
        unit: 'dthms',
        thresholds: KEY_LEFT,
        description: 'Until the first KEK ends that it holds, in any group.',
        runbooks: ['KekExpiring'],
        expr: `min(${of('kek_expiry_timestamp_seconds', D)}) - time()`,
    }),
    stat({
        title: 'TEK left, least',
        width: 4,
        unit: 'dthms',
        thresholds: LEFT,
        description: 'Until the last TEK of one of its groups ends: there its traffic stops.',
        runbooks: ['TekExpiring'],
        expr: `min(${of('tek_expiry_timestamp_seconds', D)}) - time()`,
    }),
];

const polls = [
    table({
        title: 'Collectors',
        width: 10,
        unit: 'none',
        sort: 'Collector',
        description:
            'The last poll of each collector. Reasons and details: ' +
            '/probe?target=NAME&debug=true.',
        runbooks: ['CollectorFailing'],
        columns: [
            { name: 'Collector', label: 'collector' },
            {
                name: 'Last poll',
                expr: `max by (collector) (${of('collector_success', D)})`,
                mappings: OK_FAILED,
            },
            {
                name: 'Took',
                expr: `max by (collector) (${of('collector_duration_seconds', D)})`,
                unit: 's',
            },
            {
                name: 'Observed',
                expr: `1000 * max by (collector) (${of('observation_timestamp_seconds', D)})`,
                unit: 'dateTimeAsSystem',
            },
        ],
    }),
    stat({
        title: 'Contradictions',
        width: 4,
        height: 8,
        unit: 'short',
        thresholds: NONE_IS_BEST,
        description:
            'What its collectors say against each other, and evidence on its behavior that says ' +
            'the opposite of other evidence: /api/v1/devices/NAME has both sides.',
        runbooks: ['EvidenceContradicts', 'CollectorDisagreement'],
        expr: contradictions(D),
    }),
    chart({
        title: 'Duration of polls',
        width: 10,
        unit: 's',
        min: 0,
        description: 'How long the last poll of each collector took.',
        runbooks: ['CollectorFailing'],
        lines: [
            {
                expr: `max by (collector) (${of('collector_duration_seconds', D)})`,
                legend: '{{collector}}',
            },
        ],
    }),
    chart({
        title: 'Polls that were not whole, by reason',
        width: 12,
        ...COUNTS,
        description:
            'Failed polls within each interval. The series of a reason is born at the ' +
            'first: none is good news.',
        runbooks: ['CollectorFailing'],
        lines: [
            {
                expr: counted('collector, reason', 'collector_failures_total', D),
                legend: '{{collector}}: {{reason}}',
            },
        ],
    }),
    chart({
        title: 'Age of observations',
        width: 12,
        unit: 's',
        min: 0,
        description:
            'A saw of the height of the polling interval; a slope is a device that does ' +
            'not answer.',
        runbooks: ['ObservationStale'],
        lines: [{ expr: age, legend: '{{collector}}' }],
    }),
];

const keys = [
    chart({
        title: 'KEK and TEK left',
        width: 12,
        unit: 's',
        description:
            'What is left of its keys, by group and role. Each jump is a rekey or a ' +
            'registration.',
        runbooks: ['KekExpiring', 'TekExpiring'],
        lines: [
            {
                expr: until('min', 'group, role', of('kek_expiry_timestamp_seconds', D)),
                legend: '{{group}} {{role}}: KEK',
            },
            {
                expr: until('min', 'group, role', of('tek_expiry_timestamp_seconds', D)),
                legend: '{{group}} {{role}}: TEK',
            },
        ],
    }),
    table({
        title: 'Groups',
        width: 12,
        unit: 'none',
        sort: 'Group',
        description: 'The groups that it is in, as key server (ks) or member (gm).',
        columns: [
            { name: 'Group', label: 'group', url: TO_GROUP },
            { name: 'Role', label: 'role' },
            {
                name: 'KEK left',
                expr: until('min', 'group, role', of('kek_expiry_timestamp_seconds', D)),
                unit: 'dthms',
                thresholds: KEY_LEFT,
            },
            {
                name: 'KEK lifetime',
                expr: `max by (group, role) (${of('kek_lifetime_seconds', D)})`,
                unit: 'dthms',
            },
            {
                name: 'TEK left',
                expr: until('min', 'group, role', of('tek_expiry_timestamp_seconds', D)),
                unit: 'dthms',
                thresholds: LEFT,
            },
            {
                name: 'TEKs',
                expr: `max by (group, role) (${of('tek_count', D)})`,
                unit: 'short',
            },
            {
                name: 'Last rekey received',
                expr: `label_replace(1000 * max by (group) (${known(of('gm_last_rekey_timestamp_seconds', D))}), "role", "gm", "", "")`,
                unit: 'dateTimeAsSystem',
            },
        ],
    }),
];

const member = [
    chart({
        title: "As a member: registered, on the group's KEK",
        width: 12,
        unit: 'none',
        mappings: YES_NO,
        steps: true,
        min: 0,
        max: 1,
        description: 'Only where the device is a member.',
        runbooks: [
            'MemberKekExpiring',
            'KekUsedAfterExpiry',
            'MemberOutOfSync',
            'MemberUnregistered',
        ],
        lines: [
            {
                expr: `min by (group) (${of('gm_registered', D)})`,
                legend: '{{group}}: registered',
            },
            {
                expr: `min by (group) (${of('kek_in_sync', D)})`,
                legend: '{{group}}: on the KEK',
            },
        ],
    }),
    chart({
        title: 'As a member: registrations and rekeys',
        width: 12,
        unit: 'short',
        steps: true,
        min: 0,
        description: 'Within each interval. Rekeys received are of KEK and TEK.',
        runbooks: ['MemberReregistering', 'RegistrationFailing', 'DoubleRegistration'],
        lines: [
            {
                expr: counted('group', 'gm_registrations_attempted_total', D),
                legend: '{{group}}: registrations begun',
            },
            {
                expr: counted('group', 'gm_registrations_succeeded_total', D),
                legend: '{{group}}: completed',
            },
            {
                expr: counted('group', 'gm_double_registrations_total', D),
                legend: "{{group}}: pairs around a KEK's end",
            },
            {
                expr: counted('group', 'gm_rekeys_received_total', D),
                legend: '{{group}}: rekeys received',
            },
        ],
    }),
];

const told = [
    chart({
        title: 'Events that it told',
        width: 24,
        ...COUNTS,
        description:
            'Within each interval, of its syslog messages (received, or read by show logging) ' +
            'and SNMP notifications, without those of every good rekey. Two registrations ' +
            "around a KEK's end are an old key server's doing.",
        runbooks: ['DoubleRegistration', 'RegistrationFailing', 'CoopSplit'],
        lines: [
            {
                expr: counted('group, event', 'events_total', D),
                legend: '{{group}}: {{event}}',
            },
        ],
    }),
];

const server = [
    timeline({
        title: 'As a key server: role',
        width: 8,
        description: 'Only where the device is a key server.',
        runbooks: ['RoleFlapping'],
        lines: [
            {
                expr: states('group, role', of('ks_role', D)),
                legend: '{{group}} {{role}}',
            },
        ],
    }),
    chart({
        title: 'As a key server: rekey leads',
        width: 8,
        unit: 's',
        steps: true,
        dashed: '/formula/',
        description:
            "How long before the KEK's end its last rekey came, and what the formula " +
            'demands. Only the primary rekeys.',
        runbooks: REKEY,
        lines: [
            {
                expr: `max by (group) (${known(of('kek_rekey_lead_observed_seconds', D))})`,
                legend: '{{group}}: lead',
            },
            {
                expr: `max by (group) (${of('kek_rekey_lead_expected_seconds', D)})`,
                legend: '{{group}}: formula',
            },
        ],
    }),
    chart({
        title: 'As a key server: members, rekeys not acknowledged',
        width: 8,
        unit: 'short',
        min: 0,
        steps: true,
        description:
            'Members registered, and the ten members with the most rekeys not acknowledged.',
        runbooks: ['AcksMissed', 'MemberDrop'],
        lines: [
            { expr: `max by (group) (${of('ks_members', D)})`, legend: '{{group}}: members' },
            {
                expr: `topk(10, max by (group, gm) (${of('ks_member_acks_missed', D)}))`,
                legend: '{{group}}: {{gm}}',
            },
        ],
    }),
];

export const device = () =>
    dashboard({
        uid: 'getvpn-device',
        title: 'GETVPN / Device',
        description: 'One device: its polls, its keys, its registrations or its rekeys.',
        subject: { name: 'device', label: 'Device', metric: 'up' },
        alerts: [D, 'ks="$device"', 'gm="$device"'],
        rekeys: `, ${D}`,
        range: '3h',
        rows: [
            ['Now', now],
            ['Polls', polls],
            ['Keys', keys],
            ['Member', member],
            ['Key server', server],
            ['Events', told],
        ],
    });
