// SPDX-License-Identifier: Apache-2.0
// The four kinds of panels that the dashboards are made of.
import * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphThresholdsStyleConfigBuilder,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    LineInterpolation,
    ReduceDataOptionsBuilder,
    SortOrder,
    StackingConfigBuilder,
    StackingMode,
    TableCellDisplayMode,
    TableCellOptions,
    TableSortByFieldStateBuilder,
    TooltipDisplayMode,
    VisibilityMode,
    VizLegendOptionsBuilder,
    VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
    DashboardLinkBuilder,
    DashboardLinkType,
    DynamicConfigValue,
    FieldColorBuilder,
    FieldColorModeId,
    ThresholdsConfig,
    ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stats from '@grafana/grafana-foundation-sdk/stat';
import * as timelines from '@grafana/grafana-foundation-sdk/statetimeline';
import * as tables from '@grafana/grafana-foundation-sdk/table';
import * as series from '@grafana/grafana-foundation-sdk/timeseries';
import { HOLDS, PLAIN, STATE_COLORS } from './looks';
import { ALERTS, Runbook, runbook_url } from './runbooks';

export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

export type Unit =
    'none' | 'short' | 's' | 'dthms' | 'dateTimeAsSystem' | 'percentunit' | 'bytes' | 'ops';

/** What every panel has. The description is shown behind the panel's (i). */
interface About {
    title: string;
    description: string;
    unit: Unit;
    width: number;
    height?: number;
    runbooks?: Runbook[];
    thresholds?: cog.Builder<ThresholdsConfig>;
    mappings?: ValueMapping[];
    decimals?: number;
    none?: string;
}

type AnyPanel =
    stats.PanelBuilder | timelines.PanelBuilder | tables.PanelBuilder | series.PanelBuilder;

/** A link to a page of ours or another dashboard, in the same tab. */
export function link(title: string, url: string): DashboardLinkBuilder {
    return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url);
}

function about<P extends AnyPanel>(panel: P, a: About): P {
    panel
        .title(a.title)
        .description(a.description)
        .datasource(DATASOURCE)
        .unit(a.unit)
        .span(a.width)
        .height(a.height ?? 8)
        .thresholds(a.thresholds ?? PLAIN)
        .mappings(a.mappings ?? []);
    if (a.decimals !== undefined) panel.decimals(a.decimals);
    if (a.none !== undefined) panel.noValue(a.none);
    if (a.runbooks) {
        panel.links(
            a.runbooks.map((name) =>
                link(`Runbook ${ALERTS[name]}`, runbook_url(name)).targetBlank(true),
            ),
        );
    }
    return panel;
}

function query(ref: string, expr: string): DataqueryBuilder {
    return new DataqueryBuilder().datasource(DATASOURCE).refId(ref).expr(expr);
}

const REFS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** One big number of now, or with `word` the label of that name of the sample that there is. */
export function stat(a: About & { expr: string; word?: string }): stats.PanelBuilder {
    return about(new stats.PanelBuilder(), { height: 4, ...a })
        .withTarget(
            query('A', a.expr)
                .legendFormat(a.word ? `{{${a.word}}}` : '')
                .instant(),
        )
        .graphMode(BigValueGraphMode.None)
        .colorMode(BigValueColorMode.Value)
        .textMode(a.word ? BigValueTextMode.Name : BigValueTextMode.Value)
        .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
        .reduceOptions(
            new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false),
        );
}

/** A query over time, and what its series are called. */
export interface Line {
    expr: string;
    legend: string;
}

export interface Chart extends About {
    lines: Line[];
    /** Thresholds as bands behind the lines. */
    bands?: boolean;
    stacked?: boolean;
    min?: number;
    max?: number;
    /** Values hold until the next one: counts, leads. */
    steps?: boolean;
    /** A regular expression of legends that are drawn dashed: what ought to be. */
    dashed?: string;
    legend_right?: boolean;
}

/** Lines over time. */
export function chart(c: Chart): series.PanelBuilder {
    const panel = about(new series.PanelBuilder(), c)
        .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
        .lineWidth(1)
        .fillOpacity(c.stacked ? 30 : 0)
        .showPoints(VisibilityMode.Never)
        .lineInterpolation(c.steps ? LineInterpolation.StepAfter : LineInterpolation.Linear)
        .tooltip(
            new VizTooltipOptionsBuilder()
                .mode(TooltipDisplayMode.Multi)
                .sort(SortOrder.Descending),
        )
        .legend(
            new VizLegendOptionsBuilder()
                .showLegend(true)
                .calcs(c.legend_right ? ['lastNotNull'] : [])
                .displayMode(c.legend_right ? LegendDisplayMode.Table : LegendDisplayMode.List)
                .placement(c.legend_right ? LegendPlacement.Right : LegendPlacement.Bottom),
        );
    c.lines.forEach((line, i) =>
        panel.withTarget(query(REFS[i]!, line.expr).legendFormat(line.legend).range()),
    );
    if (c.bands) {
        panel.thresholdsStyle(
            new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Area),
        );
    }
    if (c.stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
    if (c.min !== undefined) panel.min(c.min);
    if (c.max !== undefined) panel.max(c.max);
    if (c.dashed) {
        panel.overrideByRegexp(c.dashed, [
            { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
        ]);
    }
    return panel;
}

/** Statesets over time: a row for each series, a bar where it is 1, colored by its name. */
export function timeline(a: Omit<About, 'unit'> & { lines: Line[] }): timelines.PanelBuilder {
    const panel = about(new timelines.PanelBuilder(), { unit: 'none', mappings: HOLDS, ...a })
        .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
        .showValue(VisibilityMode.Never)
        .rowHeight(0.9)
        .mergeValues(true)
        .lineWidth(0)
        .fillOpacity(80)
        .legend(
            new VizLegendOptionsBuilder()
                .showLegend(false)
                .calcs([])
                .displayMode(LegendDisplayMode.List)
                .placement(LegendPlacement.Bottom),
        )
        .tooltip(
            new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None),
        );
    a.lines.forEach((line, i) =>
        panel.withTarget(query(REFS[i]!, line.expr).legendFormat(line.legend).range()),
    );
    for (const [names, fixedColor] of STATE_COLORS) {
        panel.overrideByRegexp(names, [
            { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } },
        ]);
    }
    return panel;
}

/** A column of a table: a label, what a query gives, or with both the label that it adds. */
export interface Column {
    name: string;
    label?: string;
    expr?: string;
    unit?: Unit;
    mappings?: ValueMapping[];
    thresholds?: cog.Builder<ThresholdsConfig>;
    /** Where a click on the cell leads. */
    url?: string;
}

export interface Table extends About {
    columns: Column[];
    /** The column to sort by; the least first, or the greatest. */
    sort: string;
    greatest_first?: boolean;
}

function cell_style(column: Column): DynamicConfigValue[] {
    const properties: DynamicConfigValue[] = [];
    if (column.unit) properties.push({ id: 'unit', value: column.unit });
    if (column.mappings) properties.push({ id: 'mappings', value: column.mappings });
    if (column.thresholds)
        properties.push({ id: 'thresholds', value: column.thresholds.build() });
    if (column.mappings || column.thresholds) {
        const options: TableCellOptions = { type: TableCellDisplayMode.ColorText };
        properties.push({ id: 'custom.cellOptions', value: options });
    }
    if (column.url) {
        properties.push({
            id: 'links',
            value: [link(`Open ${column.name}`, column.url).build()],
        });
    }
    return properties;
}

/** Rows of now: the queries' rows are one where their labels agree. */
export function table(t: Table): tables.PanelBuilder {
    const panel = about(new tables.PanelBuilder(), t)
        .filterable(true)
        .sortBy([
            new TableSortByFieldStateBuilder()
                .displayName(t.sort)
                .desc(t.greatest_first ?? false),
        ]);
    const names: Record<string, string> = {};
    const order: Record<string, number> = {};
    const hidden: Record<string, boolean> = { Time: true };
    let queries = 0;
    t.columns.forEach((column, i) => {
        let field = column.label;
        if (column.expr) {
            const ref = REFS[queries++]!;
            panel.withTarget(query(ref, column.expr).format(PromQueryFormat.Table).instant());
            if (field) hidden[`Value #${ref}`] = true;
            field ??= `Value #${ref}`;
        }
        names[field!] = column.name;
        order[field!] = i;
    });
    if (queries === 1) {
        // The values of a single query are not named after it.
        names['Value'] = names['Value #A']!;
        order['Value'] = order['Value #A']!;
    }
    panel.withTransformation({ id: 'merge', options: {} }).withTransformation({
        id: 'organize',
        options: {
            excludeByName: hidden,
            includeByName: {},
            indexByName: order,
            renameByName: names,
        },
    });
    t.columns.forEach((column) => {
        const style = cell_style(column);
        if (style.length > 0) panel.overrideByName(column.name, style);
    });
    return panel;
}
