// SPDX-License-Identifier: Apache-2.0
// The alerts that panels lead to. Each is a page dashboards/runbooks/NAME.md.

/** Where the pages are published: the value of the dashboards' constant `runbooks`. */
export const RUNBOOKS = 'https://example.net/getvpn-exporter/dashboards/runbooks';

/** Matches the names of all alerts of ours. */
export const ALERT_NAMES = 'Getvpn.+';

/** What the panels call an alert, and its name. */
export const ALERTS = {
    AcksMissed: 'GetvpnAcksMissed',
    CollectorDisagreement: 'GetvpnCollectorDisagreement',
    CollectorFailing: 'GetvpnCollectorFailing',
    ConfigReloadFailed: 'GetvpnConfigReloadFailed',
    CoopPeerDead: 'GetvpnCoopPeerDead',
    CoopSplit: 'GetvpnCoopSplit',
    DeviceDown: 'GetvpnDeviceDown',
    DoubleRegistration: 'GetvpnDoubleRegistration',
    EvidenceContradicts: 'GetvpnEvidenceContradicts',
    ExporterBehind: 'GetvpnExporterBehind',
    ExporterDown: 'GetvpnExporterDown',
    HistoryFailing: 'GetvpnHistoryFailing',
    InteropMismatch: 'GetvpnInteropMismatch',
    KekExpiring: 'GetvpnKekExpiring',
    KekRekeyAfterExpiry: 'GetvpnKekRekeyAfterExpiry',
    KekRekeyLate: 'GetvpnKekRekeyLate',
    KekRekeyMissed: 'GetvpnKekRekeyMissed',
    KekRekeyTooLate: 'GetvpnKekRekeyTooLate',
    KekUsedAfterExpiry: 'GetvpnKekUsedAfterExpiry',
    KeyServerDown: 'GetvpnKeyServerDown',
    MemberDrop: 'GetvpnMemberDrop',
    MemberKekExpiring: 'GetvpnMemberKekExpiring',
    MemberOutOfSync: 'GetvpnMemberOutOfSync',
    MemberReregistering: 'GetvpnMemberReregistering',
    MemberUnregistered: 'GetvpnMemberUnregistered',
    NoKeyServer: 'GetvpnNoKeyServer',
    NoPrimary: 'GetvpnNoPrimary',
    ObservationStale: 'GetvpnObservationStale',
    ProbeFailing: 'GetvpnProbeFailing',
    ProbeSignature: 'GetvpnProbeSignature',
    ProbeSlow: 'GetvpnProbeSlow',
    RegistrationFailing: 'GetvpnRegistrationFailing',
    RoleFlapping: 'GetvpnRoleFlapping',
    TekExpiring: 'GetvpnTekExpiring',
};

export type Runbook = keyof typeof ALERTS;

/** Those about how the last KEK rekey went. */
export const REKEY: Runbook[] = [
    'KekRekeyLate',
    'KekRekeyTooLate',
    'KekRekeyAfterExpiry',
    'KekRekeyMissed',
];

export function runbook_url(runbook: Runbook): string {
    return `\${runbooks}/${ALERTS[runbook]}.md`;
}
