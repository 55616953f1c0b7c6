// SPDX-License-Identifier: Apache-2.0
// One group: its keys' lifelines, its rekeys against the formula, its members and key servers.
import { dashboard } from './frame';
import { TO_DEVICE } from './fleet';
import {
    KEY_LEFT,
    LEFT,
    NONE_IS_BEST,
    PRIMARIES,
    SHARE,
    SPLIT,
    WINDOWS,
    YES_NO,
} from './looks';
import { chart, stat, table, timeline } from './panels';
import {
    as_label,
    counted,
    holding,
    known,
    of,
    of_primary,
    on_device,
    servers,
    until,
    WINDOW,
    with_word,
    zeros,
    states,
} from './promql';
import { REKEY } from './runbooks';

const G = 'group="$group"';
const KS = [G, 'role="ks"'];
const GM = [G, 'role="gm"'];

const kek_end = `max by (group) (${of('kek_expiry_timestamp_seconds', ...KS)})`;
const kek_left = until('max', 'group', of('kek_expiry_timestamp_seconds', ...KS));
const due = `max by (group) (${of_primary(of('kek_rekey_expected_timestamp_seconds', G))})`;
const lead = of_primary(known(of('kek_rekey_lead_observed_seconds', G)));
const formula = of_primary(of('kek_rekey_lead_expected_seconds', G));

const probe_lead = [
    `max by (ks) (${known(of('probe_rekey_lead_seconds'))})`,
    `and on (ks) ${as_label('ks', 'device', servers(G))}`,
].join(' ');

const versions = with_word(
    on_device(
        holding('device, behavior', of('kek_behavior', 'role="gm"')),
        of('gm_registered', G),
    ),
    'version',
    of('device_info'),
);

const now = [
    stat({
        title: 'KEK left',
        width: 4,
        unit: 'dthms',
        expr: kek_left,
        thresholds: KEY_LEFT,
        description:
            'Until the KEK ends that the key servers use. Negative: it has ended, and ' +
            'members that had no rekey register again.',
        runbooks: ['KekExpiring'],
    }),
    stat({
        title: 'KEK rekey due in',
        width: 4,
        unit: 'dthms',
        expr: `${due} - time()`,
        description:
            'Until the primary should rekey: by the formula of the new behavior, or for an ' +
            'old key server when the KEK ends. Negative: it is overdue. It may come ' +
            'earlier, with a TEK rekey.',
        runbooks: REKEY,
    }),
    stat({
        title: 'Last KEK rekey',
        width: 4,
        unit: 'none',
        word: 'verdict',
        description:
            "The verdict on the primary's last KEK rekey; unknown where no poll lay on " +
            'either side of it.',
        runbooks: REKEY,
        expr: of_primary(`${of('kek_rekey_verdict', G)} == 1`),
    }),
    stat({
        title: 'TEK left, least',
        width: 4,
        unit: 'dthms',
        thresholds: LEFT,
        description:
            'Until the last TEK of some key server or member of the group ends: there ' +
            'traffic stops.',
        runbooks: ['TekExpiring'],
        expr: until('min', 'group', of('tek_expiry_timestamp_seconds', G)),
    }),
    stat({
        title: "Members on the group's KEK",
        width: 4,
        unit: 'percentunit',
        thresholds: SHARE,
        description: 'The share of the polled members that hold the KEK of their key servers.',
        runbooks: ['MemberOutOfSync'],
        expr: `avg by (group) (${of('kek_in_sync', G)})`,
    }),
    stat({
        title: 'New members on an old key server',
        width: 4,
        unit: 'short',
        thresholds: NONE_IS_BEST,
        description:
            'Each of them registers twice per KEK cycle. When any member is upgraded, ' +
            'upgrade the key server.',
        runbooks: ['InteropMismatch'],
        expr: `sum by (group) (${of('interop_mismatch_members', G)})`,
    }),
];

const lifelines = [
    chart({
        title: 'KEK: its last ten minutes',
        width: 12,
        height: 11,
        unit: 's',
        bands: true,
        thresholds: WINDOWS,
        min: -WINDOW.second,
        max: 600,
        dashed: '/formula/',
        description:
            `Seconds until the KEK ends, per key server and for the member with the least. ` +
            `A new key server rekeys at the dashed line: the line jumps up there. Between ` +
            `${WINDOW.from} and ${WINDOW.to} s (the upper band) a new member without a ` +
            `rekey registers again; below 0 (the lower one), up to ` +
            `${WINDOW.second} s after, it registers once more where the key server is old.`,
        runbooks: [...REKEY, 'InteropMismatch'],
        lines: [
            {
                expr: until('max', 'device', of('kek_expiry_timestamp_seconds', ...KS)),
                legend: '{{device}}',
            },
            {
                expr: until('min', 'group', of('kek_expiry_timestamp_seconds', ...GM)),
                legend: 'member with the least',
            },
            { expr: `max by (group) (${formula})`, legend: 'rekey by the formula' },
        ],
    }),
    chart({
        title: 'KEK and TEK: what is left',
        width: 12,
        height: 11,
        unit: 's',
        description:
            'Seconds until the KEK and the last TEK end, at the key servers and at the ' +
            "member with the least. Each jump is a rekey or a registration; a member's " +
            'line that goes on falling had none.',
        runbooks: ['KekExpiring', 'TekExpiring'],
        lines: [
            { expr: kek_left, legend: 'KEK, key servers' },
            {
                expr: until('min', 'group', of('kek_expiry_timestamp_seconds', ...GM)),
                legend: 'KEK, least of the members',
            },
            {
                expr: until('max', 'group', of('tek_expiry_timestamp_seconds', ...KS)),
                legend: 'TEK, key servers',
            },
            {
                expr: until('min', 'group', of('tek_expiry_timestamp_seconds', ...GM)),
                legend: 'TEK, least of the members',
            },
        ],
    }),
    table({
        title: 'The instants of this KEK',
        width: 24,
        height: 4,
        unit: 'dateTimeAsSystem',
        sort: 'KEK ends',
        description:
            `When the rekey is expected; when new members without it register again ` +
            `(${WINDOW.from} to ${WINDOW.to} s before the end); when the KEK ends; until ` +
            `when they register once more if the key server is old (${WINDOW.second} s ` +
            `after); when the group's first TEK ends without a successor.`,
        runbooks: ['KekExpiring'],
        columns: [
            { name: 'Group', label: 'group' },
            { name: 'Rekey expected', expr: `1000 * ${due}` },
            {
                name: 'Members register again from',
                expr: `1000 * (${kek_end} - ${WINDOW.from})`,
            },
            { name: 'to', expr: `1000 * (${kek_end} - ${WINDOW.to})` },
            { name: 'KEK ends', expr: `1000 * ${kek_end}` },
            {
                name: 'Second registration until',
                expr: `1000 * (${kek_end} + ${WINDOW.second})`,
            },
            {
                name: 'First TEK ends',
                expr: `1000 * min by (group) (${of('tek_expiry_timestamp_seconds', G)})`,
            },
        ],
    }),
];

const rekeys = [
    chart({
        title: 'KEK rekey lead against the formula',
        width: 12,
        unit: 's',
        steps: true,
        dashed: '/formula/',
        description:
            "How long before the old KEK's end the primary's last rekey came, and 200 + N " +
            'x R (+ 5 x (1 + members / 50) for unicast). Above the dashed line is early ' +
            'and no fault; 0 and less is the old behavior.',
        runbooks: REKEY,
        lines: [
            { expr: `max by (device) (${lead})`, legend: '{{device}}: lead' },
            { expr: `max by (device) (${formula})`, legend: '{{device}}: formula' },
            {
                expr: probe_lead,
                legend: 'heard by the probe of {{ks}}',
            },
        ],
    }),
    timeline({
        title: 'Verdict on the last KEK rekey',
        width: 12,
        description:
            "What each key server's last KEK rekey was judged to be, from that rekey to " +
            'the next.',
        runbooks: REKEY,
        lines: [
            {
                expr: states('device, verdict', of_primary(of('kek_rekey_verdict', G))),
                legend: '{{device}} {{verdict}}',
            },
        ],
    }),
    chart({
        title: 'KEK rekeys by verdict',
        width: 12,
        unit: 'short',
        stacked: true,
        steps: true,
        min: 0,
        description: 'KEK rekeys seen within each interval.',
        runbooks: REKEY,
        lines: [
            {
                expr: counted('verdict', 'kek_rekeys_total', G),
                legend: '{{verdict}}',
            },
        ],
    }),
    chart({
        title: 'Registrations',
        width: 12,
        unit: 'short',
        steps: true,
        min: 0,
        description:
            'Registrations of the polled members within each interval. More begun than ' +
            "completed: the key server refuses or does not answer. Pairs around a KEK's " +
            'end are the signature of an old key server with new members.',
        runbooks: ['MemberReregistering', 'RegistrationFailing', 'DoubleRegistration'],
        lines: [
            {
                expr: counted('group', 'gm_registrations_attempted_total', G),
                legend: 'begun',
            },
            {
                expr: counted('group', 'gm_registrations_succeeded_total', G),
                legend: 'completed',
            },
            {
                expr: counted('group', 'gm_double_registrations_total', G),
                legend: "pairs around a KEK's end",
            },
        ],
    }),
];

const members = [
    chart({
        title: 'Members in sync',
        width: 8,
        unit: 'short',
        min: 0,
        steps: true,
        description:
            "Polled members on their key servers' KEK and not on it, and the members that " +
            'the key servers count.',
        runbooks: ['MemberOutOfSync', 'MemberDrop'],
        lines: [
            { expr: `sum by (group) (${of('kek_in_sync', G)})`, legend: 'on the KEK' },
            {
                expr: zeros('group', of('kek_in_sync', G)),
                legend: 'not on it',
            },
            {
                expr: `max by (group) (${of('ks_members', G)})`,
                legend: 'registered, by the key servers',
            },
        ],
    }),
    chart({
        title: 'Rekeys not acknowledged, by member',
        width: 8,
        unit: 'short',
        min: 0,
        steps: true,
        legend_right: true,
        description:
            'As the key servers count them, the ten members with the most. A member is ' +
            'dropped after three in a row; a probe that cannot acknowledge is among them.',
        runbooks: ['AcksMissed'],
        lines: [
            {
                expr: `topk(10, max by (gm) (${of('ks_member_acks_missed', G)}))`,
                legend: '{{gm}}',
            },
        ],
    }),
    table({
        title: 'Members, by version and behavior',
        width: 8,
        unit: 'none',
        sort: 'Members',
        greatest_first: true,
        description:
            'How many of the polled members run which version, and how they behave. When one ' +
            'of them is new, the key server has to be.',
        runbooks: ['InteropMismatch'],
        columns: [
            { name: 'Version', label: 'version' },
            { name: 'Behavior', label: 'behavior' },
            {
                name: 'Members',
                expr: `count by (version, behavior) (${versions})`,
                unit: 'short',
            },
        ],
    }),
    table({
        title: 'Members',
        width: 24,
        height: 12,
        unit: 'none',
        sort: 'KEK left',
        description:
            'Every polled member of the group. What is left of its own keys, not of its ' +
            "key servers'.",
        runbooks: [
            'MemberKekExpiring',
            'KekUsedAfterExpiry',
            'MemberOutOfSync',
            'MemberUnregistered',
        ],
        columns: [
            { name: 'Member', label: 'device', url: TO_DEVICE('Member') },
            {
                name: 'KEK left',
                expr: until('min', 'device', of('kek_expiry_timestamp_seconds', ...GM)),
                unit: 'dthms',
                thresholds: KEY_LEFT,
            },
            {
                name: 'TEK left',
                expr: until('min', 'device', of('tek_expiry_timestamp_seconds', ...GM)),
                unit: 'dthms',
                thresholds: LEFT,
            },
            {
                name: 'Registers again in',
                expr: until('min', 'device', of('gm_reregistration_timestamp_seconds', G)),
                unit: 'dthms',
            },
            {
                name: "On the group's KEK",
                expr: `min by (device) (${of('kek_in_sync', G)})`,
                mappings: YES_NO,
            },
            {
                name: 'Registered',
                expr: `min by (device) (${of('gm_registered', G)})`,
                mappings: YES_NO,
            },
            {
                name: 'Pairs of registrations',
                expr: `max by (device) (increase(${of('gm_double_registrations_total', G)}[$__range]))`,
                unit: 'short',
                thresholds: NONE_IS_BEST,
            },
            {
                name: 'Behavior',
                label: 'behavior',
                expr: on_device(
                    holding('device, behavior', of('kek_behavior', 'role="gm"')),
                    of('gm_registered', G),
                ),
            },
            {
                name: 'Version',
                label: 'version',
                expr: on_device(
                    `max by (device, version) (${of('device_info')})`,
                    of('gm_registered', G),
                ),
            },
        ],
    }),
];

const server_panels = [
    stat({
        title: 'Primaries',
        width: 2,
        unit: 'none',
        mappings: PRIMARIES,
        height: 8,
        description:
            'Key servers of the group that say they are primary. Two are a split: two KEKs.',
        runbooks: ['CoopSplit', 'NoPrimary'],
        expr: `max by (group) (${of('coop_primaries', G)})`,
    }),
    stat({
        title: 'Split',
        width: 2,
        unit: 'none',
        mappings: SPLIT,
        height: 8,
        description: 'Two primaries, or key servers with two KEKs in use.',
        runbooks: ['CoopSplit'],
        expr: `max by (group) (${of('coop_split', G)})`,
    }),
    timeline({
        title: 'Roles',
        width: 10,
        description: 'The COOP role of each key server over time.',
        runbooks: ['RoleFlapping', 'CoopSplit'],
        lines: [
            {
                expr: states('device, role', of('ks_role', G)),
                legend: '{{device}} {{role}}',
            },
        ],
    }),
    table({
        title: 'Key servers: versions and behavior',
        width: 10,
        unit: 'none',
        sort: 'Key server',
        description:
            'What each polled key server runs, and whether it rekeys before the KEK ends ' +
            '(new) or when it ends (old).',
        runbooks: ['InteropMismatch'],
        columns: [
            { name: 'Key server', label: 'device', url: TO_DEVICE('Key server') },
            {
                name: 'Behavior',
                label: 'behavior',
                expr: on_device(
                    holding('device, behavior', of('kek_behavior', 'role="ks"')),
                    servers(G),
                ),
            },
            {
                name: 'Version',
                label: 'version',
                expr: on_device(`max by (device, version) (${of('device_info')})`, servers(G)),
            },
            {
                name: 'Members',
                expr: `max by (device) (${of('ks_members', G)})`,
                unit: 'short',
            },
        ],
    }),
    timeline({
        title: 'COOP peers',
        width: 24,
        height: 6,
        description:
            'How each key server sees its peers. A group with one key server has none.',
        runbooks: ['CoopPeerDead'],
        lines: [
            {
                expr: states('device, ks, status', of('coop_peer_status', G)),
                legend: '{{device}} sees {{ks}} {{status}}',
            },
        ],
    }),
];

export const group = () =>
    dashboard({
        uid: 'getvpn-group',
        title: 'GETVPN / Group',
        description:
            "One group: KEK and TEK lifelines against the expected rekey and the members' " +
            'windows, leads against the formula, members, key servers.',
        subject: { name: 'group', label: 'Group', metric: 'group_info' },
        alerts: [G],
        rekeys: `, ${G}`,
        range: '3h',
        rows: [
            ['Now', now],
            ['Lifelines', lifelines],
            ['Rekeys', rekeys],
            ['Members', members],
            ['Key servers', server_panels],
        ],
    });
