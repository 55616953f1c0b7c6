// SPDX-License-Identifier: Apache-2.0
// Colors, thresholds and words, the same on every dashboard. The colors are told apart by
// color-blind people too, and each of them comes with a word or a number.
import {
    MappingType,
    ThresholdsConfigBuilder,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { LEAD_LEAST, WINDOW } from './promql';

export const COLOR = {
    good: '#0072B2',
    info: '#56B4E9',
    warn: '#E69F00',
    bad: '#D55E00',
    none: '#999999',
};

/** Thresholds: the first color up to the first limit, then each from its limit on. */
export function thresholds(
    first: string,
    ...steps: [number, string][]
): ThresholdsConfigBuilder {
    return new ThresholdsConfigBuilder()
        .mode(ThresholdsMode.Absolute)
        .steps([
            { value: null, color: first },
            ...steps.map(([value, color]) => ({ value, color })),
        ]);
}

export const PLAIN = thresholds(COLOR.good);
/** A number that should be 0. */
export const NONE_IS_GOOD = thresholds(COLOR.good, [1, COLOR.bad]);
/** A number that should be 0, and is no outage. */
export const NONE_IS_BEST = thresholds(COLOR.good, [1, COLOR.warn]);
/** 1 is good. */
export const ONE_IS_GOOD = thresholds(COLOR.bad, [1, COLOR.good]);
/** What is left of a KEK: late in the members' window or over, in it, ahead of it, in time. */
export const KEY_LEFT = thresholds(
    COLOR.bad,
    [WINDOW.to, COLOR.warn],
    [WINDOW.from, COLOR.info],
    [LEAD_LEAST, COLOR.good],
);
/** Behind the line of what is left of a KEK: the members' windows before and after its end. */
export const WINDOWS = thresholds(
    COLOR.bad,
    [0, 'transparent'],
    [WINDOW.to, COLOR.warn],
    [WINDOW.from, 'transparent'],
);
/** What is left of a TEK, or of any key: over, in the last minute, in time. */
export const LEFT = thresholds(COLOR.bad, [0, COLOR.warn], [60, COLOR.good]);
/** A share that should be 1. */
export const SHARE = thresholds(COLOR.bad, [0.9, COLOR.warn], [1, COLOR.good]);

function words(rows: Record<string, [string, string]>): ValueMap {
    const options = Object.entries(rows).map(([value, [text, color]], index) => [
        value,
        { text, color, index },
    ]);
    return { type: MappingType.ValueToText, options: Object.fromEntries(options) };
}

/** Rows of states: nothing is drawn where a state does not hold, else the row's color. */
export const HOLDS: ValueMapping[] = [
    {
        type: MappingType.ValueToText,
        options: {
            '0': { text: '-', color: 'transparent', index: 0 },
            '1': { text: 'yes', index: 1 },
        },
    },
];
export const YES_NO: ValueMapping[] = [
    words({ '0': ['no', COLOR.bad], '1': ['yes', COLOR.good] }),
];
export const OK_FAILED: ValueMapping[] = [
    words({ '0': ['failed', COLOR.bad], '1': ['ok', COLOR.good] }),
];
export const MISMATCH: ValueMapping[] = [
    words({ '0': ['no', COLOR.good], '1': ['MISMATCH', COLOR.bad] }),
];
export const SPLIT: ValueMapping[] = [
    words({ '0': ['no', COLOR.good], '1': ['SPLIT', COLOR.bad] }),
];
export const PRIMARIES: ValueMapping[] = [
    words({ '0': ['none', COLOR.bad], '1': ['1', COLOR.good], '2': ['2: SPLIT', COLOR.bad] }),
];
/** Colors of the states of statesets, by what the name of the row ends with. */
export const STATE_COLORS: [string, string][] = [
    ['/(early|on_time|new|primary|alive)$/', COLOR.good],
    ['/(late|old)$/', COLOR.warn],
    ['/(too_late|after_expiry|missed|dead)$/', COLOR.bad],
    ['/secondary$/', COLOR.info],
    ['/unknown$/', COLOR.none],
];
