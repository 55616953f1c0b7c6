// SPDX-License-Identifier: Apache-2.0
// Words, spans and instants in the reader's language.
import { en } from './words_en.mjs';
import { ja } from './words_ja.mjs';
import { sentencesJa } from './sentences_ja.mjs';

const tables = { en, ja };
let lang = 'en';

// The first language of the list (navigator.languages) that there is a table for; English else.
export function chooseLanguage(wanted) {
    lang = wanted.map((name) => name.slice(0, 2).toLowerCase()).find((name) => name in tables) ?? 'en';
    return lang;
}

// {name} is a value; {name|one|many} says the number, then the form that goes with it.
export function fillIn(text, values) {
    return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name, one, many) => {
        const value = values?.[name];

        if (value === undefined)
            return '?';
        return one === undefined ? String(value) : `${value} ${Number(value) === 1 ? one : many}`;
    });
}

export function say(key, values) {
    return fillIn(tables[lang][key] ?? en[key] ?? key, values);
}

// Words for a value of the documents; a value without a word is shown as it is.
export function sayValue(kind, value) {
    if (value === undefined)
        return say('unknown');
    const key = `${kind}_${value}`;

    return key in tables[lang] ? say(key) : value;
}

export const english = () => lang === 'en';

// "a {x} b" as what a whole sentence of that form matches, its values as groups of those names.
const formOf = (text) => new RegExp(`^${text.split(/\{(\w+)\}/).map((part, i) => (i % 2 === 1
    ? `(?<${part}>.+?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))).join('')}$`);
const sentences = { ja: sentencesJa.map(([from, to]) => [formOf(from), to]) };

// One of the exporter's own sentences in the reader's language; as it came where there is none.
export function saySentence(text) {
    for (const [form, to] of sentences[lang] ?? []) {
        const found = form.exec(text);

        if (found !== null)
            return fillIn(to, { ...found.groups, rest: found.groups?.rest && saySentence(found.groups.rest) });
    }
    return text;
}

// The two greatest parts that are not nothing: "3 h 12 min". Negative spans have a sign.
export function span(seconds) {
    const total = Math.round(Math.abs(seconds));
    const parts = [['d', Math.floor(total / 86400)], ['h', Math.floor(total / 3600) % 24],
        ['min', Math.floor(total / 60) % 60], ['s', total % 60]];
    const first = parts.findIndex(([, n]) => n > 0);
    const text = first < 0 ? say('unit_s', { n: 0 })
        : parts.slice(first, first + 2).filter(([, n]) => n > 0)
            .map(([unit, n]) => say(`unit_${unit}`, { n })).join(say('unit_gap'));

    return seconds < 0 && total > 0 ? `−${text}` : text;
}

// Durations of polls: "0.013 s".
export const precise = (seconds) => say('unit_s', { n: seconds.toFixed(3) });

// An instant (Unix time in seconds) in the reader's zone; with the day where that is not today.
export function clock(at, now = Date.now() / 1000) {
    const when = new Date(at * 1000);
    const time = when.toLocaleTimeString(lang, { hour12: false });

    if (when.toDateString() === new Date(now * 1000).toDateString())
        return time;
    return `${when.toLocaleDateString(lang, { month: 'short', day: 'numeric' })} ${time}`;
}
