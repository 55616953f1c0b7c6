// SPDX-License-Identifier: Apache-2.0
// The exporter itself: does it keep up, what fails and why, what does it cost?
import { dashboard } from './frame';
import { TO_DEVICE } from './fleet';
import { NONE_IS_BEST, OK_FAILED, ONE_IS_GOOD, SHARE } from './looks';
import { chart, stat, table } from './panels';
import { any, of, ours, per_second } from './promql';

const RATE = '[$__rate_interval]';
const CPU = `rate(${any('process_cpu_seconds_total')}${RATE})`;
const failures = of('collector_failures_total');

const now = [
    stat({
        title: 'Exporters up',
        width: 4,
        unit: 'percentunit',
        thresholds: SHARE,
        description: 'The share of the chosen exporters that Prometheus could scrape.',
        runbooks: ['ExporterDown'],
        expr: `avg(${ours(any('up'))})`,
    }),
    stat({
        title: 'Configuration',
        width: 4,
        unit: 'none',
        mappings: OK_FAILED,
        thresholds: ONE_IS_GOOD,
        description:
            'Failed: the file is bad, and the old configuration is still in force. The log ' +
            'names the line.',
        runbooks: ['ConfigReloadFailed'],
        expr: `min(${of('exporter_config_last_reload_successful')})`,
    }),
    stat({
        title: 'Devices that answer',
        width: 4,
        unit: 'percentunit',
        thresholds: SHARE,
        description: 'The share of the configured devices with a fresh observation.',
        runbooks: ['DeviceDown', 'KeyServerDown', 'NoKeyServer'],
        expr: `avg(${of('up')})`,
    }),
    stat({
        title: 'Oldest observation',
        width: 4,
        unit: 's',
        description: 'The age of the oldest observation that is still shown.',
        runbooks: ['ObservationStale'],
        expr: `max(time() - ${of('observation_timestamp_seconds')})`,
    }),
    stat({
        title: 'Groups dropped',
        width: 4,
        unit: 'short',
        thresholds: NONE_IS_BEST,
        description:
            "Groups beyond the ceiling of a device, within the dashboard's time range.",
        expr: `sum(increase(${of('exporter_groups_dropped_total')}[$__range]))`,
    }),
    stat({
        title: 'Version',
        width: 4,
        unit: 'none',
        word: 'version',
        description: 'The version of the exporter.',
        expr: `max by (version) (${of('exporter_build_info')})`,
    }),
];

const polls = [
    chart({
        title: 'Polls per second',
        width: 6,
        unit: 'ops',
        min: 0,
        description: 'Polls ended, over all collectors.',
        lines: [
            {
                expr: per_second('instance', 'exporter_polls_total'),
                legend: '{{instance}}',
            },
        ],
    }),
    chart({
        title: 'Polls in flight',
        width: 6,
        unit: 'short',
        min: 0,
        description: 'Polls under way at the scrape.',
        lines: [
            {
                expr: `sum by (instance) (${of('exporter_polls_in_flight')})`,
                legend: '{{instance}}',
            },
        ],
    }),
    chart({
        title: 'How late polls begin',
        width: 6,
        unit: 's',
        min: 0,
        description:
            'The delay of the last poll against its schedule: a growing one is an exporter ' +
            'that does not keep up.',
        runbooks: ['ExporterBehind'],
        lines: [
            {
                expr: `max by (instance) (${of('exporter_poll_queue_delay_seconds')})`,
                legend: '{{instance}}',
            },
        ],
    }),
    chart({
        title: 'Duration of polls, by collector',
        width: 6,
        unit: 's',
        min: 0,
        description: "The median and the slowest of the devices' last polls.",
        runbooks: ['CollectorFailing'],
        lines: [
            {
                expr: `quantile by (collector) (0.5, ${of('collector_duration_seconds')})`,
                legend: '{{collector}}: median',
            },
            {
                expr: `max by (collector) (${of('collector_duration_seconds')})`,
                legend: '{{collector}}: slowest',
            },
        ],
    }),
    chart({
        title: 'Polls that were whole, by collector',
        width: 8,
        unit: 'percentunit',
        min: 0,
        max: 1,
        description: 'The share of devices whose last poll was whole.',
        runbooks: ['CollectorFailing'],
        lines: [
            {
                expr: `avg by (collector) (${of('collector_success')})`,
                legend: '{{collector}}',
            },
        ],
    }),
    chart({
        title: 'Polls that were not whole, by reason',
        width: 8,
        unit: 'ops',
        stacked: true,
        min: 0,
        none: 'none so far',
        description: 'The series of a reason is born at the first failure: none is good news.',
        runbooks: ['CollectorFailing'],
        lines: [
            {
                expr: `sum by (collector, reason) (rate(${failures}${RATE}))`,
                legend: '{{collector}}: {{reason}}',
            },
        ],
    }),
    table({
        title: 'Devices with failures',
        width: 8,
        unit: 'short',
        sort: 'Failures',
        greatest_first: true,
        description:
            "The twenty devices with the most failed polls within the dashboard's time " +
            'range, with the reason.',
        runbooks: ['CollectorFailing', 'DeviceDown'],
        columns: [
            { name: 'Device', label: 'device', url: TO_DEVICE('Device') },
            { name: 'Collector', label: 'collector' },
            { name: 'Reason', label: 'reason' },
            {
                name: 'Failures',
                expr: `topk(20, sum by (device, collector, reason) (increase(${failures}[$__range])))`,
                thresholds: NONE_IS_BEST,
            },
        ],
    }),
];

const input = [
    chart({
        title: 'Events',
        width: 8,
        unit: 'ops',
        min: 0,
        description:
            'Syslog messages and SNMP notifications of targets, and those of them about ' +
            'GETVPN. All 0 where nothing is configured to listen.',
        lines: [
            {
                expr: `sum(rate(${of('exporter_syslog_messages_total')}${RATE}))`,
                legend: 'syslog messages',
            },
            {
                expr: `sum(rate(${of('exporter_notifications_total')}${RATE}))`,
                legend: 'notifications',
            },
            {
                expr: `sum(rate(${of('exporter_events_total')}${RATE}))`,
                legend: 'about GETVPN',
            },
        ],
    }),
    chart({
        title: 'Events not taken',
        width: 8,
        unit: 'ops',
        min: 0,
        description:
            'From unknown senders; or refused: too many, too long, cut off, without proof.',
        lines: [
            {
                expr: `sum(rate(${of('exporter_unknown_senders_total')}${RATE}))`,
                legend: 'unknown senders',
            },
            {
                expr: `sum(rate(${of('exporter_events_refused_total')}${RATE}))`,
                legend: 'refused',
            },
        ],
    }),
    chart({
        title: 'HTTP',
        width: 8,
        unit: 'ops',
        min: 0,
        description:
            'Requests answered, connections refused or ended at a limit, requests without the ' +
            'right user, TLS handshakes that failed.',
        lines: [
            {
                expr: per_second('instance', 'exporter_http_requests_total'),
                legend: '{{instance}}: answered',
            },
            {
                expr: per_second('instance', 'exporter_http_refused_total'),
                legend: '{{instance}}: refused',
            },
            {
                expr: per_second('instance', 'exporter_http_unauthorized_total'),
                legend: '{{instance}}: not authorized',
            },
            {
                expr: per_second('instance', 'exporter_http_failed_handshakes_total'),
                legend: '{{instance}}: handshakes failed',
            },
        ],
    }),
    chart({
        title: 'History: records',
        width: 8,
        unit: 'ops',
        min: 0,
        none: 'no history: in the configuration',
        description:
            "Records written to the history's file, and given up because it could not be " +
            'written.',
        runbooks: ['HistoryFailing'],
        lines: [
            {
                expr: per_second('instance', 'exporter_history_records_total'),
                legend: '{{instance}}: written',
            },
            {
                expr: per_second('instance', 'exporter_history_dropped_total'),
                legend: '{{instance}}: given up',
            },
        ],
    }),
    chart({
        title: 'History: last batch',
        width: 8,
        unit: 'none',
        mappings: OK_FAILED,
        min: 0,
        max: 1,
        steps: true,
        none: 'no history: in the configuration',
        description:
            'Whether the last batch was written, and files that were set aside because ' +
            'they were corrupt.',
        runbooks: ['HistoryFailing'],
        lines: [
            {
                expr: `min by (instance) (${of('exporter_history_success')})`,
                legend: '{{instance}}',
            },
            {
                expr: `sum by (instance) (increase(${of('exporter_history_set_aside_total')}[$__range]))`,
                legend: '{{instance}}: set aside',
            },
        ],
    }),
    chart({
        title: 'History: size',
        width: 8,
        unit: 'bytes',
        min: 0,
        none: 'no history: in the configuration',
        description: "What the history's file has in use.",
        lines: [
            {
                expr: `max by (instance) (${of('exporter_history_size_bytes')})`,
                legend: '{{instance}}',
            },
        ],
    }),
];

const cost = [
    chart({
        title: 'CPU',
        width: 6,
        unit: 'percentunit',
        min: 0,
        description: 'Of one core.',
        lines: [
            {
                expr: `sum by (instance) (${ours(CPU)})`,
                legend: '{{instance}}',
            },
        ],
    }),
    chart({
        title: 'Memory',
        width: 6,
        unit: 'bytes',
        min: 0,
        description: 'Resident.',
        lines: [
            {
                expr: `max by (instance) (${ours(any('process_resident_memory_bytes'))})`,
                legend: '{{instance}}',
            },
        ],
    }),
    chart({
        title: 'Open descriptors',
        width: 6,
        unit: 'short',
        min: 0,
        description: 'Sockets and files.',
        lines: [
            {
                expr: `max by (instance) (${ours(any('process_open_fds'))})`,
                legend: '{{instance}}',
            },
        ],
    }),
    chart({
        title: 'Scrape: duration',
        width: 6,
        unit: 's',
        min: 0,
        description: 'How long Prometheus waited for /metrics.',
        runbooks: ['ExporterDown'],
        lines: [
            {
                expr: `max by (instance) (${ours(any('scrape_duration_seconds'))})`,
                legend: '{{instance}}',
            },
        ],
    }),
    chart({
        title: 'Series',
        width: 24,
        height: 6,
        unit: 'short',
        min: 0,
        description:
            'Series per scrape: at most 25 a member with the default settings, and none is ' +
            'born at a rekey.',
        lines: [
            {
                expr: `max by (instance) (${ours(any('scrape_samples_scraped'))})`,
                legend: '{{instance}}',
            },
        ],
    }),
];

export const exporter = () =>
    dashboard({
        uid: 'getvpn-exporter',
        title: 'GETVPN / Exporter',
        description:
            'The exporter itself: polls, failures by reason, events, history, and what it ' +
            'costs.',
        alerts: [],
        range: '3h',
        rows: [
            ['Now', now],
            ['Polls', polls],
            ['Events, HTTP, history', input],
            ['Cost', cost],
        ],
    });
