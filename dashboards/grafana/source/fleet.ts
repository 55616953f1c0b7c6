// SPDX-License-Identifier: Apache-2.0
// The 3 a.m. question: which group, and which site, loses its keys next, and when?
import { dashboard } from './frame';
import {
    KEY_LEFT,
    LEFT,
    MISMATCH,
    NONE_IS_BEST,
    NONE_IS_GOOD,
    PRIMARIES,
    SPLIT,
    YES_NO,
} from './looks';
import { chart, stat, table } from './panels';
import {
    contradictions,
    as_label,
    counted,
    holding,
    key_ends,
    known,
    of,
    of_primary,
    servers,
    until,
    with_word,
    zeros,
} from './promql';
import { REKEY } from './runbooks';

const CARRIED =
    '${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&${__url_time_range}';
export const TO_GROUP = `/d/getvpn-group?var-group=\${__data.fields.Group}&${CARRIED}`;
export const TO_DEVICE = (field: string) =>
    `/d/getvpn-device?var-device=\${__data.fields["${field}"]}&${CARRIED}`;

/** The members whose keys end first; so many rows. */
const ROWS = 100;
const soonest = `bottomk(${ROWS}, min by (device, group) (${key_ends('role="gm"')}))`;
const of_soonest = (expr: string) => `${expr} and on (device, group) ${soonest}`;

const LEAD = of('kek_rekey_lead_observed_seconds');
const FORMULA = of('kek_rekey_lead_expected_seconds');

const now = [
    stat({
        title: 'Until the first key ends',
        width: 4,
        unit: 'dthms',
        thresholds: LEFT,
        description:
            'Time until the first KEK or last TEK of the fleet ends, if nobody rekeys. ' +
            'Negative: it has ended.',
        runbooks: ['KekExpiring', 'TekExpiring'],
        expr: `min(${key_ends()}) - time()`,
    }),
    stat({
        title: "Members not on their group's KEK",
        width: 4,
        unit: 'short',
        thresholds: NONE_IS_GOOD,
        description:
            'Members that hold another KEK than their key servers: they lose the next ' +
            'rekey, too, and register again before their KEK ends.',
        runbooks: ['MemberOutOfSync'],
        expr: `count(${of('kek_in_sync')} == 0) or vector(0)`,
    }),
    stat({
        title: 'Members not registered',
        width: 4,
        unit: 'short',
        thresholds: NONE_IS_GOOD,
        description:
            'Polled members without a registration. Where only SNMP is polled this is ' +
            'inferred from the keys that are there.',
        runbooks: ['MemberUnregistered'],
        expr: `count(${of('gm_registered')} == 0) or vector(0)`,
    }),
    stat({
        title: 'Old key servers with new members',
        width: 4,
        unit: 'short',
        thresholds: NONE_IS_BEST,
        description:
            'Key servers of the behavior before IOS 15.2(1)T whose groups have members of ' +
            'the later one: each of these registers twice per KEK cycle.',
        runbooks: ['InteropMismatch'],
        expr: `sum(${of('interop_mismatch')}) or vector(0)`,
    }),
    stat({
        title: 'Groups split or without primary',
        width: 4,
        unit: 'short',
        thresholds: NONE_IS_GOOD,
        description:
            'Groups in which not exactly one of the polled key servers says that it is ' +
            'primary. Two primaries make two KEKs.',
        runbooks: ['CoopSplit', 'NoPrimary'],
        expr: `count(${of('coop_primaries')} != 1) or vector(0)`,
    }),
    stat({
        title: 'Devices that do not answer',
        width: 4,
        unit: 'short',
        thresholds: NONE_IS_BEST,
        description:
            'Configured devices of which there is no fresh observation: what is shown of ' +
            'their groups comes from the others.',
        runbooks: ['DeviceDown', 'KeyServerDown', 'NoKeyServer'],
        expr: `count(${of('up')} == 0) or vector(0)`,
    }),
    table({
        title: 'Groups, by time to impact',
        width: 24,
        height: 9,
        unit: 'none',
        sort: 'Time to impact',
        description:
            'The least time until a key of any key server or member of the group ends, if ' +
            'nobody rekeys. Rekey due: when the primary should rekey, negative where it ' +
            'should have. Not polled: members that a key server lists and that are no ' +
            'target. The lead of the last rekey against the formula: positive is ' +
            'early and no fault, near 0 on time.',
        runbooks: ['KekExpiring', ...REKEY, 'InteropMismatch'],
        columns: [
            { name: 'Group', label: 'group', url: TO_GROUP },
            {
                name: 'Time to impact',
                expr: until('min', 'group', key_ends()),
                unit: 'dthms',
                thresholds: LEFT,
            },
            {
                name: 'KEK left',
                expr: until('max', 'group', of('kek_expiry_timestamp_seconds', 'role="ks"')),
                unit: 'dthms',
                thresholds: KEY_LEFT,
            },
            {
                name: 'KEK rekey due in',
                expr: until(
                    'max',
                    'group',
                    of_primary(of('kek_rekey_expected_timestamp_seconds')),
                ),
                unit: 'dthms',
            },
            {
                name: 'TEK left',
                expr: until('min', 'group', of('tek_expiry_timestamp_seconds')),
                unit: 'dthms',
                thresholds: LEFT,
            },
            {
                name: 'Last rekey',
                label: 'verdict',
                expr: `max by (group, verdict) (${of_primary(`${of('kek_rekey_verdict')} == 1`)})`,
            },
            {
                name: 'Lead over formula',
                unit: 's',
                expr: `max by (group) (${of_primary(known(`${LEAD} - ${FORMULA}`))})`,
            },
            { name: 'Members', expr: `max by (group) (${of('ks_members')})`, unit: 'short' },
            {
                name: 'Not on the KEK',
                expr: zeros('group', of('kek_in_sync')),
                unit: 'short',
                thresholds: NONE_IS_GOOD,
            },
            {
                name: 'Versions',
                expr: `max by (group) (${of('interop_mismatch')})`,
                mappings: MISMATCH,
            },
            {
                name: 'Primaries',
                expr: `max by (group) (${of('coop_primaries')})`,
                mappings: PRIMARIES,
            },
            {
                name: 'Split',
                expr: `max by (group) (${of('coop_split')})`,
                mappings: SPLIT,
            },
            {
                name: 'Not polled',
                expr: `max by (group) (${of('unmonitored_members')})`,
                unit: 'short',
            },
        ],
    }),
    table({
        title: 'Members, by time to impact',
        width: 24,
        height: 11,
        unit: 'none',
        sort: 'Time to impact',
        description:
            `The ${ROWS} polled members whose keys end first, if no rekey reaches them. ` +
            `Traffic stops when the TEK ends; when the KEK ends the member has to register ` +
            `again. Behavior: a member of the old behavior shows no KEK lifetime that ` +
            `counts down.`,
        runbooks: ['MemberKekExpiring', 'MemberOutOfSync', 'MemberUnregistered', 'TekExpiring'],
        columns: [
            { name: 'Member', label: 'device', url: TO_DEVICE('Member') },
            { name: 'Group', label: 'group', url: TO_GROUP },
            {
                name: 'Time to impact',
                expr: `${soonest} - time()`,
                unit: 'dthms',
                thresholds: LEFT,
            },
            {
                name: 'KEK left',
                expr: of_soonest(
                    until(
                        'min',
                        'device, group',
                        of('kek_expiry_timestamp_seconds', 'role="gm"'),
                    ),
                ),
                unit: 'dthms',
                thresholds: KEY_LEFT,
            },
            {
                name: 'TEK left',
                expr: of_soonest(
                    until(
                        'min',
                        'device, group',
                        of('tek_expiry_timestamp_seconds', 'role="gm"'),
                    ),
                ),
                unit: 'dthms',
                thresholds: LEFT,
            },
            {
                name: 'Registers again in',
                expr: of_soonest(
                    until('min', 'device, group', of('gm_reregistration_timestamp_seconds')),
                ),
                unit: 'dthms',
            },
            {
                name: "On the group's KEK",
                expr: of_soonest(`min by (device, group) (${of('kek_in_sync')})`),
                mappings: YES_NO,
            },
            {
                name: 'Registered',
                expr: of_soonest(`min by (device, group) (${of('gm_registered')})`),
                mappings: YES_NO,
            },
        ],
    }),
];

const cause = [
    table({
        title: 'Key servers',
        width: 12,
        height: 9,
        unit: 'none',
        sort: 'Group',
        description:
            'Each polled key server: its role, what it says it runs, whether it rekeys ' +
            'before the KEK ends (new) or when it ends (old), and how many new members it ' +
            'costs two registrations per KEK cycle.',
        runbooks: ['InteropMismatch', 'CoopSplit'],
        columns: [
            { name: 'Key server', label: 'device', url: TO_DEVICE('Key server') },
            { name: 'Group', label: 'group', url: TO_GROUP },
            {
                name: 'Role',
                label: 'role',
                expr: holding('device, group, role', of('ks_role')),
            },
            {
                name: 'Behavior',
                label: 'behavior',
                expr: with_word(
                    servers(),
                    'behavior',
                    `${of('kek_behavior', 'role="ks"')} == 1`,
                ),
            },
            {
                name: 'Version',
                label: 'version',
                expr: with_word(servers(), 'version', of('device_info')),
            },
            {
                name: 'Registering twice',
                expr: as_label(
                    'device',
                    'ks',
                    `max by (ks, group) (${of('interop_mismatch_members')})`,
                ),
                unit: 'short',
                thresholds: NONE_IS_BEST,
            },
        ],
    }),
    chart({
        title: 'KEK rekeys by verdict',
        width: 12,
        height: 9,
        unit: 'short',
        stacked: true,
        steps: true,
        min: 0,
        description:
            'KEK rekeys seen within each interval. Early is no fault; late is still within ' +
            'the guarantee of 200 s; too late and after expiry make members register ' +
            'again.',
        runbooks: REKEY,
        lines: [
            {
                expr: counted('verdict', 'kek_rekeys_total'),
                legend: '{{verdict}}',
            },
        ],
    }),
    chart({
        title: 'KEK left, by group',
        width: 10,
        unit: 's',
        description:
            'What is left of the KEK that the key servers use. A new key server rekeys at ' +
            '200 s or more; only an old one lets the line reach 0.',
        runbooks: ['KekExpiring'],
        lines: [
            {
                expr: until('max', 'group', of('kek_expiry_timestamp_seconds', 'role="ks"')),
                legend: '{{group}}',
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
            'Collectors of a device that say different things, and evidence on old or new ' +
            'behavior that says the opposite of other evidence.',
        runbooks: ['EvidenceContradicts', 'CollectorDisagreement'],
        expr: contradictions(),
    }),
    chart({
        title: 'Members registered, as the key servers count',
        width: 10,
        unit: 'short',
        min: 0,
        description:
            'A drop is members that were dropped or that could not register; probes count, ' +
            'too.',
        runbooks: ['MemberDrop'],
        lines: [{ expr: `max by (group) (${of('ks_members')})`, legend: '{{group}}' }],
    }),
];

export const fleet = () =>
    dashboard({
        uid: 'getvpn-fleet',
        title: 'GETVPN / Fleet',
        description:
            'What drops next, and when: groups and members sorted by the time until their ' +
            'keys end.',
        alerts: [],
        rekeys: '',
        range: '3h',
        rows: [
            ['What drops next', now],
            ['Why', cause],
        ],
    });
