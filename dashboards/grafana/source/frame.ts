// SPDX-License-Identifier: Apache-2.0
// What all dashboards have around their panels: variables, annotations, links, a stable uid.
import {
    AnnotationQueryBuilder,
    ConstantVariableBuilder,
    Dashboard,
    DashboardBuilder,
    DashboardCursorSync,
    DashboardLinkBuilder,
    DashboardLinkType,
    DatasourceVariableBuilder,
    QueryVariableBuilder,
    RowBuilder,
    VariableHide,
    VariableRefresh,
    VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { COLOR } from './looks';
import { DATASOURCE, link } from './panels';
import { ALERT_NAMES, RUNBOOKS } from './runbooks';

type AnyPanel = Parameters<DashboardBuilder['withPanel']>[0];

/** A row's title and its panels. */
export type Row = [title: string, panels: AnyPanel[]];

interface Frame {
    uid: string;
    title: string;
    description: string;
    /** The one thing that the dashboard is about: a variable without 'All'. */
    subject?: { name: string; label: string; metric: string };
    /** The alerts that concern it: one of these matchers holds; all do where there are none. */
    alerts: string[];
    /** Matchers of the rekeys that are marked; none are without. */
    rekeys?: string;
    range: string;
    rows: Row[];
}

/** job and instance, which every query is limited to. */
function chosen(name: string, query: string): QueryVariableBuilder {
    return subject(name, name, query)
        .multi(true)
        .includeAll(true)
        .allValue('.+')
        .current({ selected: true, text: ['All'], value: ['$__all'] });
}

function subject(name: string, label: string, query: string): QueryVariableBuilder {
    return new QueryVariableBuilder(name)
        .label(label)
        .datasource(DATASOURCE)
        .query(query)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.NaturalAsc);
}

function annotation(name: string, color: string, expr: string, title: string, text: string) {
    return new AnnotationQueryBuilder()
        .name(name)
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor(color)
        .target(new DataqueryBuilder().datasource(DATASOURCE).refId('A').expr(expr).range())
        .titleFormat(title)
        .textFormat(text);
}

export function dashboard(f: Frame): Dashboard {
    const board = new DashboardBuilder(f.title)
        .uid(f.uid)
        .description(f.description)
        .tags(['getvpn'])
        .readonly()
        .time({ from: `now-${f.range}`, to: 'now' })
        .timezone('browser')
        .refresh('30s')
        .tooltip(DashboardCursorSync.Crosshair)
        .withVariable(
            new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
        )
        .withVariable(chosen('job', 'label_values(getvpn_exporter_build_info, job)'))
        .withVariable(
            chosen(
                'instance',
                'label_values(getvpn_exporter_build_info{job=~"$job"}, instance)',
            ),
        );
    if (f.subject) {
        const { name, label, metric } = f.subject;
        board.withVariable(
            subject(
                name,
                label,
                `label_values(getvpn_${metric}{job=~"$job", instance=~"$instance"}, ${name})`,
            ),
        );
    }
    const runbooks = new ConstantVariableBuilder('runbooks')
        .label('Runbooks')
        .value(RUNBOOKS)
        .build();
    board.withVariable({ build: () => ({ ...runbooks, hide: VariableHide.HideVariable }) });
    const firing = `alertname=~"${ALERT_NAMES}", alertstate="firing"`;
    const alerts =
        f.alerts.length > 0
            ? f.alerts.map((matcher) => `ALERTS{${firing}, ${matcher}}`)
            : [`ALERTS{${firing}}`];
    board.annotation(
        annotation(
            'Alerts',
            COLOR.bad,
            alerts.join(' or '),
            '{{alertname}}',
            '{{severity}} {{group}} {{ks}} {{device}} {{gm}}',
        ),
    );
    if (f.rekeys !== undefined) {
        const rekeys = `getvpn_kek_rekeys_total{job=~"$job", instance=~"$instance"${f.rekeys}}`;
        board.annotation(
            annotation(
                'KEK rekeys',
                COLOR.info,
                `increase(${rekeys}[$__rate_interval]) > 0`,
                'KEK rekey: {{verdict}}',
                '{{group}} by {{device}}',
            ),
        );
    }
    board
        .link(
            new DashboardLinkBuilder('GETVPN')
                .type(DashboardLinkType.Dashboards)
                .tags(['getvpn'])
                .asDropdown(true)
                .includeVars(true)
                .keepTime(true),
        )
        .link(link('Runbooks', '${runbooks}/README.md').targetBlank(true));
    let id = 0;
    for (const [title, panels] of f.rows) {
        board.withRow(new RowBuilder(title).id(++id));
        for (const panel of panels) {
            (panel as { id?: (id: number) => unknown }).id?.(++id);
            board.withPanel(panel);
        }
    }
    return board.build();
}
