// SPDX-License-Identifier: Apache-2.0
// The type of a dashboard's JSON, made of the types that Grafana publishes: each kind of panel
// with its own options, each query one of Prometheus. `generate --check` compiles the files
// against it as they are committed.
import type {
    AnnotationQuery,
    Dashboard,
    FieldConfig,
    FieldConfigSource,
    Panel,
    RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stats from '@grafana/grafana-foundation-sdk/stat';
import type * as timelines from '@grafana/grafana-foundation-sdk/statetimeline';
import type * as tables from '@grafana/grafana-foundation-sdk/table';
import type * as series from '@grafana/grafana-foundation-sdk/timeseries';

/** T as JSON has it: of enumerations the values, of objects no methods. */
type Json<T> = 0 extends 1 & T
    ? any
    : T extends string
      ? `${T}`
      : T extends number | boolean | null | undefined
        ? T
        : T extends readonly (infer U)[]
          ? Json<U>[]
          : { [K in keyof T as T[K] extends () => void ? never : K]: Json<T[K]> };

type Of<Type extends string, Options, Custom> = Omit<
    Panel,
    'type' | 'options' | 'fieldConfig' | 'targets'
> & {
    type: Type;
    options: Options;
    targets: Dataquery[];
    fieldConfig: {
        defaults: Omit<FieldConfig, 'custom'> & { custom?: Custom };
        overrides: FieldConfigSource['overrides'];
    };
};

type AnyPanel =
    | RowPanel
    | Of<'stat', stats.Options, never>
    | Of<'state-timeline', timelines.Options, timelines.FieldConfig>
    | Of<'table', tables.Options, tables.FieldConfig>
    | Of<'timeseries', series.Options, series.FieldConfig>;

export type Board = Json<
    Omit<Dashboard, 'panels' | 'annotations'> & {
        panels: AnyPanel[];
        annotations: { list: (Omit<AnnotationQuery, 'target'> & { target: Dataquery })[] };
    }
>;
