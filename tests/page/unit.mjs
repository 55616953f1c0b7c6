// SPDX-License-Identifier: Apache-2.0
// What of the page needs no browser: its words and its judgement. usage: node unit.mjs
import { readFileSync, readdirSync } from 'node:fs';
import { memberRows, placeOf } from '../../exporter/http/page/group.mjs';
import { groupsOf, judge, judgeFleet } from '../../exporter/http/page/judge.mjs';
import { sentencesJa } from '../../exporter/http/page/sentences_ja.mjs';
import { chooseLanguage, fillIn, saySentence, span } from '../../exporter/http/page/words.mjs';
import { en } from '../../exporter/http/page/words_en.mjs';
import { ja } from '../../exporter/http/page/words_ja.mjs';

let failures = 0;

function equal(name, got, want) {
    if (JSON.stringify(got) === JSON.stringify(want))
        return;
    failures++;
    console.log(`FAIL: ${name}\n  got  ${JSON.stringify(got)}\n  want ${JSON.stringify(want)}`);
}

// Words: the same keys in both languages, the same values in each sentence.
const valuesOf = (text) => [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort();

equal('both tables have the same keys', Object.keys(ja).sort(), Object.keys(en).sort());
for (const key of Object.keys(en)) {
    const missing = valuesOf(ja[key] ?? '').filter((name) => !valuesOf(en[key]).includes(name));

    // The English of this one is the API's own sentence.
    equal(`${key}: no value that the other does not have`, key === 'interop_text' ? [] : missing, []);
}

// Every word that is said is there, and every word that is there is said. Findings have two; a
// value's word begins with its kind; table and list heads are lists of keys.
const ROOM = new URL('../../exporter/http/page/', import.meta.url);
const sources = readdirSync(ROOM).filter((name) => name.endsWith('.mjs') && !/^(words|sentences)_/.test(name))
    .map((name) => readFileSync(new URL(name, ROOM), 'utf8')).join('\n');
const said = [...sources.matchAll(/\bsay\('(\w+)'/g)].map(([, key]) => key);
const quoted = new Set([...sources.matchAll(/'(\w+)'|function (\w+)\(/g)].map(([, text, rule]) => text ?? rule));
const KINDS = /^(severity|source|verdict|behavior|confidence|role|status|legend|unit)_|_do$/;

equal('said without a word', said.filter((key) => !(key in en)), []);
equal('words that nobody says', Object.keys(en).filter((key) => !quoted.has(key) && !KINDS.test(key)), []);
equal('one', fillIn('{n|member|members}', { n: 1 }), '1 member');
equal('many', fillIn('{n|member|members}', { n: 0 }), '0 members');
equal('a value is not read again', fillIn('{a}', { a: '{b}', b: 1 }), '{b}');

const SPANS = [[0, '0 s'], [59.4, '59 s'], [60, '1 min'], [3661, '1 h 1 min'], [86400 * 2 + 4 * 3600 + 59, '2 d 4 h'], [-41, '−41 s'], [-0.2, '0 s']];

for (const [seconds, want] of SPANS)
    equal(`span ${seconds}`, span(seconds), want);
equal('Japanese', [chooseLanguage(['fr', 'ja-JP']), span(3661)], ['ja', '1時間1分']);
equal('else English', chooseLanguage(['fr']), 'en');

// Sentences about evidence: each phrase of the model is in one of them, and each phrase of them is
// the model's. A phrase is what stands between two values; one of less than three words is glue.
const model = (name) => readFileSync(new URL(`../../exporter/model/${name}.c`, import.meta.url), 'utf8')
    .replace(/\/\*[^]*?\*\//g, '').replace(/"\s*"/g, '');
const literals = (text) => [...text.matchAll(/"([^"\n]*)"/g)].map(([, phrase]) => phrase.trim());
const RULE = /GV_BEHAVIOUR_(?:OLD|NEW),\s*(?:GV_\w+,\s*)?("[^"\n]*")/g;
const modelSays = ['timing', 'probe', 'fleet_heard', 'fleet_evidence'].flatMap((name) => literals(model(name)))
    .concat([...model('version').matchAll(RULE)].flatMap(([, phrase]) => literals(phrase)));
const phrasesOf = (texts) => [...new Set(texts.filter((text) => text.split(' ').length >= 3))];
const tableSays = sentencesJa.flatMap(([from]) => from.split(/\{\w+\}/).map((part) => part.trim()));

equal('the model says something', modelSays.length > 40, true);
equal('phrases of the model without a sentence', phrasesOf(modelSays).filter((text) => !sentencesJa.some(([from]) => from.includes(text))), []);
equal('phrases that the model does not say', phrasesOf(tableSays).filter((text) => !modelSays.some((said) => said.includes(text))), []);
for (const [from, to] of sentencesJa)
    equal(`${from}: the same values`, valuesOf(to), valuesOf(from));
chooseLanguage(['ja']);
for (const [text, want] of [
    ['its KEK lifetime counted down by 20 s in 19 s', 'KEK の残り時間が 19 秒間に 20 秒減少'],
    ['IOS 15.1(4)M12a: 15.1 is older code than 15.2(1)T and 15.2(1)S, whatever its build date', 'IOS 15.1(4)M12a: 15.1 はビルド日にかかわらず 15.2(1)T と 15.2(1)S より古いコード'],
    ['ks-a lists it with GDOI 1.0.16: GDOI 1.0.4 and later have the new behaviour', 'ks-a の一覧では GDOI 1.0.16: GDOI 1.0.4 以降は新動作'],
    ['{rest} registered anew twice within 300 s, with no rekey in between (by SNMP notifications)', '{rest} が 300 秒以内に 2 回登録し直し、その間にリキーなし (SNMP 通知による)'],
    ['a sentence of a later version', 'a sentence of a later version'],
])
    equal(`in Japanese: ${text}`, saySentence(text), want);
equal('in English as it came', [chooseLanguage(['en']), saySentence('its KEK lifetime counted down by 20 s in 19 s')], ['en', 'its KEK lifetime counted down by 20 s in 19 s']);

// Judgement. NOW is far from each instant that a row does not set.
const NOW = 1000000;
const rekey = (more) => ({ verdict: 'on_time', judged_at: NOW - 40000, lead_seconds: 225, expected_lead_seconds: 225, expected_at: NOW + 5000 - 225, unsound: false, ...more });
const device = (name, more) => ({ name, up: true, collectors: [{ name: 'snmp', observed_at: NOW - 5 }], ...more });
const ks = (more = {}, on = {}) => ({ device: device('ks', on), in: { ks: { role: 'primary', peers: [{ status: 'alive' }], kek: { expiry_at: NOW + 5000, lifetime_seconds: 86400 }, ...more.ks }, rekey: rekey(more.rekey) } });
const gm = (more, on = {}) => ({ device: device('gm', on), in: { gm: { registered: true, kek_in_sync: true, kek: { expiry_at: NOW + 5000 }, tek: { expiry_at: NOW + 1000, successor_present: false }, ...more } } });
const pair = { ks: 'ks', outcome: 'mismatch', members_new: 6, members_old: 1, registrations_per_cycle: 12 };
const group = (more) => ({ group: 'G', primaries: 1, split: false, interop: [], ...more });
const place = (more = {}) => ({ group: group(more.group), servers: more.servers ?? [ks()], members: more.members ?? [gm()], probes: more.probes });
const about = { kek: { expiry_at: NOW + 100, lifetime_seconds: 86400 } };

// name, place, findings as [code, severity, at - NOW or null]
const ROWS = [
    ['healthy', place(), []],
    ['split', place({ group: { primaries: 2, split: true } }), [['split', 'critical', null]]],
    ['no primary', place({ group: { primaries: 0 } }), [['noPrimary', 'critical', 5000]]],
    ['unregistered', place({ members: [gm({ registered: false })] }), [['unregistered', 'critical', null]]],
    ['not told is not unregistered', place({ members: [gm({ registered: undefined })] }), []],
    ['a TEK ends without another', place({ members: [gm({ tek: { expiry_at: NOW + 50, successor_present: false } })] }), [['tekEnds', 'critical', 50]]],
    ['with another', place({ members: [gm({ tek: { expiry_at: NOW + 50, successor_present: true } })] }), []],
    ['as nobody has looked since', place({ members: [gm({ tek: { expiry_at: NOW + 50, successor_present: false } }, { collectors: [{ observed_at: NOW - 90 }] })] }), []],
    ['a mismatch, before the first window', place({ group: { interop: [pair] } }), [['mismatch', 'warning', 4810]]],
    ['in the first window', place({ group: { interop: [pair] }, servers: [ks({ ks: about, rekey: { expected_at: NOW + 100 } })] }), [['mismatch', 'warning', -90]]],
    ['between the windows', place({ group: { interop: [pair] }, servers: [ks({ ks: { kek: { expiry_at: NOW + 30, lifetime_seconds: 86400 } }, rekey: { expected_at: NOW + 30 } })] }), [['mismatch', 'warning', 30]]],
    ['in the second window of the KEK before', place({ group: { interop: [pair] }, servers: [ks({ rekey: { verdict: 'after_expiry', judged_at: NOW - 20, lead_seconds: -1, expected_at: NOW + 5000 } })] }), [['mismatch', 'warning', -21]]],
    ['missed', place({ servers: [ks({ rekey: { verdict: 'missed' } })] }), [['missed', 'critical', null]]],
    ['overdue', place({ servers: [ks({ ks: { kek: { expiry_at: NOW + 150, lifetime_seconds: 86400 } }, rekey: { expected_at: NOW - 75 } })] }), [['overdue', 'warning', -40]]],
    ['not yet overdue', place({ servers: [ks({ ks: { kek: { expiry_at: NOW + 180, lifetime_seconds: 86400 } }, rekey: { expected_at: NOW - 45 } })] }), []],
    ['an old key server is due at the expiry', place({ servers: [ks({ rekey: { verdict: 'unknown', expected_at: NOW + 5000 } })] }), []],
    ['out of sync', place({ members: [gm({ kek_in_sync: false, reregistration_at: NOW + 40 })] }), [['outOfSync', 'warning', 40]]],
    ['late', place({ servers: [ks({ rekey: { verdict: 'late', lead_seconds: 205 } })] }), [['late', 'warning', null]]],
    ['after expiry, nobody new', place({ servers: [ks({ rekey: { verdict: 'after_expiry', lead_seconds: -1, judged_at: NOW - 9000, expected_at: NOW + 5000 } })] }), [['afterExpiry', 'warning', null]]],
    ['early is no fault', place({ servers: [ks({ rekey: { verdict: 'early', lead_seconds: 9000 } })] }), []],
    ['two rekeys without an acknowledgement', place({ servers: [ks({ ks: { acks_missed_most: 2 } })] }), [['acks', 'warning', 4775]]],
    ['one', place({ servers: [ks({ ks: { acks_missed_most: 1 } })] }), []],
    ['a peer is dead', place({ servers: [ks({ ks: { peers: [{ status: 'alive' }, { status: 'dead' }] } })] }), [['peerDead', 'warning', null]]],
    ['a key server is silent', place({ servers: [ks({}, { up: false })] }), [['serverDown', 'warning', null]]],
    ['who is only heard is not silent', place({ servers: [ks({}, { up: undefined })] }), []],
    ['nothing known', place({ servers: [], members: [] }), [['unseen', 'unknown', null]]],
    ['an old key server, and nothing known of members', place({ group: { interop: [{ ...pair, ks_behavior: 'old', outcome: 'unknown' }] } }), [['oldServer', 'unknown', null]]],
    ['a new one', place({ group: { interop: [{ ...pair, ks_behavior: 'new', outcome: 'unknown' }] } }), []],
    ['known by a probe alone', place({ servers: [], members: [], probes: [{ kek_expiry_at: NOW + 300 }] }), []],
    ['which has heard nothing since', place({ servers: [], members: [], probes: [{ kek_expiry_at: NOW - 300 }] }), [['unseen', 'unknown', null]]],
    ['the KEK is over', place({ servers: [ks({ ks: { kek: { expiry_at: NOW - 100, lifetime_seconds: 600 } }, rekey: { expected_at: NOW - 100 } })] }), [['kekExpired', 'warning', null]]],
    ['unsound', place({ servers: [ks({ rekey: { unsound: true } })] }), [['unsound', 'warning', null]]],
    ['contradicted', place({ servers: [ks({}, { ks_behavior: { contradicted: true } })] }), [['contradicted', 'note', null]]],
    ['old members of a new key server', place({ group: { interop: [{ ...pair, outcome: 'informational' }] } }), [['oldMembers', 'note', null]]],
    ['the worst first, then the soonest', place({ group: { interop: [pair] }, members: [gm({ kek_in_sync: false, reregistration_at: NOW + 40 }), gm({ registered: false })] }),
        [['unregistered', 'critical', null], ['outOfSync', 'warning', 40], ['mismatch', 'warning', 4810]]],
];

for (const [name, what, want] of ROWS) {
    const { findings } = judge(what, NOW);

    equal(name, findings.map(({ code, severity, at }) => [code, severity, at === undefined ? null : at - NOW]), want);
    for (const { code } of findings)
        equal(`${name}: words for ${code}`, [code in en, `${code}_do` in en], [true, true]);
}

const server = { ...ks(), in: { ...ks().in, group: 'B' } };
const fleet = {
    groups: [group({ group: 'A' }), group({ group: 'B', primaries: 2 }), group({ group: 'C', interop: [pair] })],
    devices: [{ ...server.device, groups: [server.in] }],
};

equal('probes by the number of their group', groupsOf({ groups: [group({ group: 'A', id: '7' })], devices: [], probes: [{ group: '7' }, { group: '8' }] })[0].probes, [{ group: '7' }]);
equal('groups in the order of need', judgeFleet(fleet, NOW).map((facts) => facts.group), ['B', 'C', 'A']);

// Members, as the table has them.
const memberOf = (kek, more) => memberRows(placeOf({ at: NOW, group: 'G', devices: [{ device: 'gm', up: true, gm: { registered: true, kek_in_sync: true, kek, ...more } }] }))[0];

for (const [name, row, want] of [
    ['its KEK counts down', memberOf({ expiry_at: NOW + 1 }), { expired: false, trouble: false }],
    ['its KEK has expired', memberOf({ expiry_at: NOW - 1 }), { expired: true, trouble: true }],
    ['its KEK never counted down', memberOf({ expiry_at: NOW - 1, frozen: true }), { expired: false, trouble: false }],
    ['no KEK is told', memberOf(undefined), { expired: false, trouble: false }],
])
    equal(`member: ${name}`, { expired: row.expired, trouble: row.trouble }, want);
console.log(failures === 0 ? 'all passed' : `${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
