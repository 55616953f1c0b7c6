// SPDX-License-Identifier: Apache-2.0
// One probe: what a member that only watches gets from its key server.
import { dashboard } from './frame';
import { KEY_LEFT, OK_FAILED, ONE_IS_GOOD } from './looks';
import { chart, stat, timeline } from './panels';
import { as_label, counted, holding, known, of, states, until } from './promql';
import { REKEY } from './runbooks';

const P = 'probe="$probe"';
const expected = [
    `max by (ks) (${as_label('ks', 'device', of('kek_rekey_lead_expected_seconds'))})`,
    `and on (ks) ${of('probe_success', P)}`,
].join(' ');

const now = [
    stat({
        title: 'Last registration',
        width: 6,
        unit: 'none',
        mappings: OK_FAILED,
        thresholds: ONE_IS_GOOD,
        description: 'Whether the key server let the probe register when it last tried.',
        runbooks: ['ProbeFailing'],
        expr: `max by (probe) (${of('probe_success', P)})`,
    }),
    stat({
        title: 'Behavior of the key server',
        width: 6,
        unit: 'none',
        word: 'behavior',
        description:
            "Old or new, by what the probe saw: the KEK's life at a registration, the lead " +
            'of a rekey.',
        runbooks: ['InteropMismatch', 'EvidenceContradicts'],
        expr: holding('behavior', of('probe_ks_behavior', P)),
    }),
    stat({
        title: 'KEK left',
        width: 6,
        unit: 'dthms',
        thresholds: KEY_LEFT,
        description:
            'Until the KEK ends that the probe holds. It registers again in the last ' +
            'minutes if no rekey came.',
        runbooks: ['KekExpiring'],
        expr: until('max', 'probe', of('probe_kek_expiry_timestamp_seconds', P)),
    }),
    stat({
        title: 'Lead of the last KEK rekey',
        width: 6,
        unit: 's',
        none: 'none yet',
        description:
            "How long before the old KEK's end the last new one was received; negative " +
            'after it.',
        runbooks: REKEY,
        expr: `max by (probe) (${known(of('probe_rekey_lead_seconds', P))})`,
    }),
];

const course = [
    chart({
        title: 'Duration of a registration, by phase',
        width: 12,
        unit: 's',
        stacked: true,
        min: 0,
        steps: true,
        description:
            'How long phase 1 (IKE) and the pull (GDOI) of the last good registration took.',
        runbooks: ['ProbeSlow'],
        lines: [
            {
                expr: `max by (phase) (${of('probe_phase_duration_seconds', P)})`,
                legend: '{{phase}}',
            },
        ],
    }),
    chart({
        title: 'KEK rekey lead: heard, and by the formula',
        width: 12,
        unit: 's',
        steps: true,
        dashed: '/formula/',
        description:
            "The lead of the last KEK rekey that was received, and the formula's of the " +
            'key server where it is polled.',
        runbooks: REKEY,
        lines: [
            {
                expr: `max by (probe) (${known(of('probe_rekey_lead_seconds', P))})`,
                legend: 'heard',
            },
            { expr: expected, legend: 'by the formula' },
        ],
    }),
    chart({
        title: 'KEK left over time',
        width: 12,
        unit: 's',
        description:
            "What is left of the probe's KEK. A jump is a rekey that was received, or a " +
            'registration.',
        runbooks: ['KekExpiring'],
        lines: [
            {
                expr: until('max', 'probe, ks', of('probe_kek_expiry_timestamp_seconds', P)),
                legend: 'KEK of {{ks}}',
            },
        ],
    }),
    chart({
        title: 'Rekeys received',
        width: 12,
        unit: 'short',
        min: 0,
        steps: true,
        description:
            'Rekeys of KEK and TEK within each interval: with a valid signature, and with one ' +
            'that is not that of the RSA key given at the registration.',
        runbooks: ['ProbeSignature'],
        lines: [
            {
                expr: counted('probe', 'probe_rekeys_received_total', P),
                legend: 'valid',
            },
            {
                expr: counted('probe', 'probe_bad_signatures_total', P),
                legend: 'bad signature',
            },
        ],
    }),
    timeline({
        title: 'Behavior of the key server over time',
        width: 24,
        height: 5,
        description: "What the probe's evidence says, over time.",
        runbooks: ['EvidenceContradicts'],
        lines: [
            {
                expr: states('behavior', of('probe_ks_behavior', P)),
                legend: '{{behavior}}',
            },
        ],
    }),
];

export const probe = () =>
    dashboard({
        uid: 'getvpn-probe',
        title: 'GETVPN / Probe',
        description:
            'One probe: registrations, rekeys heard and their leads, old or new behavior ' +
            'of its key server.',
        subject: { name: 'probe', label: 'Probe', metric: 'probe_success' },
        alerts: [P],
        range: '6h',
        rows: [
            ['Now', now],
            ['Over time', course],
        ],
    });
