// SPDX-License-Identifier: Apache-2.0
// Selectors and the few expressions that more than one dashboard shares.

/** What each query is limited to: the chosen jobs and instances. */
export const CHOSEN = ['job=~"$job"', 'instance=~"$instance"'];

/** A GM with the new behavior and without a rekey registers again so many seconds before the
 * KEK's expiry; where the KS is old once more until so many after it (Cisco note 116737). */
export const WINDOW = { from: 190, to: 40, second: 80 };

/** A KS with the new behavior rekeys at least so many seconds before the KEK's expiry. */
export const LEAD_LEAST = 200;

/** The selector of the metric `getvpn_NAME` that also has these matchers. */
export function of(name: string, ...matchers: string[]): string {
    return `getvpn_${name}{${[...CHOSEN, ...matchers].join(', ')}}`;
}

/** The selector of a metric that every scrape or process has, under its full name; `ours` keeps
 * those of our exporters, since 'All' jobs are all of Prometheus'. */
export function any(name: string): string {
    return `${name}{${CHOSEN.join(', ')}}`;
}

/** Those samples of `expr` that are of exporters that were there within the time shown. */
export function ours(expr: string): string {
    const seen = `last_over_time(${of('exporter_build_info')}[$__range])`;
    return `${expr} and on (job, instance) ${seen}`;
}

/** Seconds from now to the earliest (min) or latest (max) of these instants, by the labels. */
export function until(which: 'min' | 'max', by: string, instants: string): string {
    return `${which} by (${by}) (${instants}) - time()`;
}

/** Instants at which a key of these matchers ends, KEK or TEK. */
export function key_ends(...matchers: string[]): string {
    const name = '__name__=~"getvpn_(kek|tek)_expiry_timestamp_seconds"';
    return `{${[name, ...CHOSEN, ...matchers].join(', ')}}`;
}

/** Those samples that are numbers: a value that is not known yet is NaN. */
export function known(expr: string): string {
    return `${expr} > -Inf`;
}

/** Each of these rows, with the label `word` of the device's sample of `expr`. */
export function with_word(rows: string, word: string, expr: string): string {
    return `(${rows}) * on (device) group_left (${word}) max by (device, ${word}) (${expr})`;
}

/** Those samples of `expr` that are not of a secondary: only the primary rekeys. A lone key
 * server may have no role. */
export function of_primary(expr: string): string {
    return `${expr} unless on (device, group) (${of('ks_role', 'role="secondary"')} == 1)`;
}

/** A sample for each key server in a group. */
export function servers(...matchers: string[]): string {
    return `max by (device, group) (${of('kek_lifetime_seconds', 'role="ks"', ...matchers)})`;
}

/** How far the counter went within each interval. */
export function counted(by: string, name: string, ...matchers: string[]): string {
    return `sum by (${by}) (increase(${of(name, ...matchers)}[$__rate_interval]))`;
}

/** The rate of the counter. */
export function per_second(by: string, name: string): string {
    return `sum by (${by}) (rate(${of(name)}[$__rate_interval]))`;
}

/** How many of these gauges of 0 and 1 are 0. */
export function zeros(by: string, gauges: string): string {
    return `count by (${by}) (${gauges}) - sum by (${by}) (${gauges})`;
}

/** A stateset with all its states; `by` names the label of the state, too. */
export function states(by: string, stateset: string): string {
    return `max by (${by}) (${stateset})`;
}

/** Of a stateset the states that hold; `by` names the label of the state, too. */
export function holding(by: string, stateset: string): string {
    return `max by (${by}) (${stateset} == 1)`;
}

/** Those samples of `expr` whose device is among those of `others`. */
export function on_device(expr: string, others: string): string {
    return `${expr} and on (device) ${others}`;
}

/** How many contradictions there are: between collectors, or of evidence. The series are only
 * there once there was one. */
export function contradictions(...matchers: string[]): string {
    const both = ['collector_disagreement', 'kek_behavior_contradicted'];
    return `count(${both.map((name) => `${of(name, ...matchers)} == 1`).join(' or ')}) or vector(0)`;
}

/** The samples with the label `to`, which says what the label `from` says. */
export function as_label(to: string, from: string, expr: string): string {
    return `label_replace(${expr}, "${to}", "$1", "${from}", "(.+)")`;
}
