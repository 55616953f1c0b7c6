// SPDX-License-Identifier: Apache-2.0
// Where the page is (#/, #/group/NAME, #/device/NAME), what it asks the exporter for, and when.
import { deviceView, ticket } from './device.mjs';
import { el, morph } from './dom.mjs';
import { deviceLink, fleetView, groupLink } from './fleet.mjs';
import { groupView } from './group.mjs';
import { chooseLanguage, clock, say } from './words.mjs';

const TICK_MS = 1000, EVERY_MS = 5000, RESTS = 20; // between two requests rest 20 times what one took
const FOUND_MOST = 20;
const at = (id) => document.getElementById(id);

const VIEWS = {
    fleet: { documents: () => ({ fleet: 'api/v1/fleet', rekeys: 'api/v1/rekeys' }), draw: fleetView },
    group: { documents: (name) => ({ group: `api/v1/groups/${encodeURIComponent(name)}`, rekeys: 'api/v1/rekeys' }), draw: groupView },
    device: { documents: (name) => ({ device: `api/v1/devices/${encodeURIComponent(name)}` }), draw: deviceView },
};

const state = { view: 'fleet', name: '', documents: undefined, offset: 0, since: undefined, missing: false, turn: 0 };
let timer, names;

// Elsewhere on the page: begin there, for who reads by ear too.
function turn() {
    go();
    at('view').focus({ preventScroll: true });
    scrollTo(0, 0);
}

function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

export function parseHash(hash) {
    const [, view, name] = /^#\/(group|device)\/(.+)$/.exec(hash) ?? [];

    return view === undefined ? { view: 'fleet', name: '' } : { view, name: decode(name) };
}

const now = () => Date.now() / 1000 + state.offset;

async function ask(path) {
    const answer = await fetch(path, { headers: { Accept: 'application/json' } });

    if (answer.status === 404)
        return undefined;
    if (!answer.ok)
        throw new Error(String(answer.status));
    return answer.json();
}

async function askAll(paths) {
    const entries = await Promise.all(Object.entries(paths).map(async ([key, path]) => [key, await ask(path)]));

    return Object.fromEntries(entries);
}

function header() {
    return [
        el('a', { class: 'home', href: '#/' }, say('title')),
        el('div', { role: 'search', class: 'search' },
            el('input', { id: 'search', type: 'search', 'aria-label': say('search'), placeholder: say('search'), autocomplete: 'off', 'data-keep': '', 'aria-controls': 'found' }),
            el('div', { id: 'found', 'data-keep': '' })),
        el('span', { class: 'faint asof' }, state.documents !== undefined && say('updated', { when: clock(latestAt()) })),
    ];
}

const latestAt = () => Math.max(...Object.values(state.documents).map((doc) => doc?.at ?? 0));

function body() {
    const { draw } = VIEWS[state.view];

    if (state.missing)
        return [el('h1', {}, say('not_there', { what: state.name })), el('p', {}, el('a', { href: '#/' }, say('back')))];
    if (state.documents === undefined)
        return [el('p', { class: 'faint' }, say('loading'))];
    return draw({ ...state.documents, polled: state.polled, copied: state.copied }, now());
}

function title() {
    return state.name !== '' ? `${state.name} – ${say('title')}` : `${say('fleet')} – ${say('title')}`;
}

// Everything that is shown, anew. What takes long is measured, for the figures (tests/page).
function draw() {
    const begun = performance.now();

    document.title = title();
    morph(at('bar'), header());
    morph(at('view'), body().flat(Infinity).filter(Boolean));
    at('trouble').textContent = state.since !== undefined ? say('no_answer', { when: clock(state.since) }) : '';
    performance.measure('draw', { start: begun, end: performance.now() });
}

function took(documents) {
    state.documents = documents;
    state.missing = documents[state.view] === undefined;
    state.since = undefined;
    if (!state.missing)
        state.offset = latestAt() - Date.now() / 1000;
}

// One round: ask, show, and come again. A round that another has overtaken is dropped.
async function refresh() {
    const turn = ++state.turn;
    const begun = performance.now();

    clearTimeout(timer);
    try {
        const documents = await askAll(VIEWS[state.view].documents(state.name));

        if (turn !== state.turn)
            return;
        took(documents);
    } catch {
        if (turn !== state.turn)
            return;
        state.since ??= state.documents !== undefined ? latestAt() : Date.now() / 1000;
    }
    draw();
    timer = setTimeout(whenSeen, Math.max(EVERY_MS, RESTS * (performance.now() - begun)));
}

// Nobody looks: ask nobody.
function whenSeen() {
    if (document.hidden)
        timer = setTimeout(whenSeen, EVERY_MS);
    else
        refresh();
}

function go() {
    Object.assign(state, { documents: undefined, missing: false, polled: undefined, copied: undefined }, parseHash(location.hash));
    closeSearch();
    draw();
    refresh();
}

async function poll() {
    const { name } = state;

    state.polled = { busy: true };
    draw();
    try {
        const answer = await fetch(`probe?target=${encodeURIComponent(name)}&debug=true`);
        const text = await answer.text();

        state.polled = answer.ok ? { text } : { failed: text };
    } catch (error) {
        state.polled = { failed: error.message };
    }
    if (state.name === name)
        await refresh();
}

// The clipboard is there on HTTPS and loopback only; else the reader copies by hand.
async function copy() {
    try {
        await navigator.clipboard.writeText(ticket(state.documents.device, state.polled?.text));
        state.copied = true;
    } catch {
        state.copied = 'by hand';
    }
    draw();
    at('ticket')?.select();
}

const ACTS = { poll, copy };

// Names of groups and devices, asked for when somebody begins to search.
async function searchable() {
    names ??= ask('api/v1/fleet').then((fleet) => [
        ...fleet.groups.map((group) => ({ name: group.group, kind: 'group', text: `${group.group} ${group.id ?? ''}` })),
        ...fleet.devices.map((device) => ({ name: device.name, kind: 'device', text: [device.name, device.address, device.hostname].join(' ') })),
    ]);
    try {
        return await names;
    } catch {
        names = undefined;
        return [];
    }
}

async function search() {
    const words = at('search').value.trim().toLowerCase();
    const all = words === '' ? [] : await searchable();
    const found = all.filter(({ text }) => text.toLowerCase().includes(words));
    const links = found.slice(0, FOUND_MOST).map(({ name, kind }) => el('li', {},
        el('a', { href: kind === 'group' ? groupLink(name) : deviceLink(name) }, name), ' ', el('span', { class: 'faint' }, say(kind))));

    if (words !== at('search').value.trim().toLowerCase())
        return;
    morph(at('found'), words === '' ? [] : [
        el('p', { role: 'status', class: 'faint' }, found.length === 0 ? say('nothing_found') : say('found', { n: found.length })),
        el('ul', {}, links)]);
}

function closeSearch() {
    if (at('search') !== null) {
        at('search').value = '';
        morph(at('found'), []);
    }
}

// "/" begins a search, Escape ends it, Enter opens the first found.
function key(event) {
    const typing = event.target.matches('input, textarea');

    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        at('search').focus();
    } else if (event.key === 'Escape' && event.target.closest('.search') !== null) {
        closeSearch();
    } else if (event.key === 'Enter' && event.target.id === 'search') {
        at('found').querySelector('a')?.click();
    }
}

function start() {
    document.documentElement.lang = chooseLanguage(navigator.languages);
    at('skip').textContent = say('skip');
    addEventListener('hashchange', turn);
    document.addEventListener('click', (event) => ACTS[event.target.closest('[data-act]')?.dataset.act]?.());
    document.addEventListener('click', (event) => {
        if (event.target.closest('#skip')) {
            event.preventDefault();
            at('view').focus();
        }
    });
    document.addEventListener('keydown', key);
    document.addEventListener('input', (event) => event.target.id === 'search' && search());
    document.addEventListener('visibilitychange', () => document.hidden || refresh());
    setInterval(() => document.hidden || draw(), TICK_MS);
    go();
}

start();
