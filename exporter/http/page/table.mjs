// SPDX-License-Identifier: Apache-2.0
// A long table: sorted, filtered, and drawn only where it is looked at.
import { el, morph } from './dom.mjs';
import { say } from './words.mjs';

const ROW = 36, ROOM_LEAST = 640; // pixels (page.css): of a row, of what is looked at
const SPARE = 12; // rows drawn beyond the edges
const collator = new Intl.Collator(undefined, { numeric: true });

function compare(a, b) {
    if (a === undefined || b === undefined)
        return (a === undefined) - (b === undefined);
    return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}

// Rows in the order of column.value, what is not known at the end whichever way.
export function sorted(rows, column, down) {
    return [...rows].sort((a, b) => {
        const x = column.value(a), y = column.value(b);
        const order = compare(x, y);

        return down && x !== undefined && y !== undefined ? -order : order;
    });
}

export const matching = (rows, words) => {
    const parts = words.toLowerCase().split(/\s+/).filter(Boolean);

    return parts.length === 0 ? rows : rows.filter((row) => parts.every((part) => row.text.includes(part)));
};

// columns: { key, title, value(row), cell(row) }; rows hold `key`, `text` (lower case, what the
// filter looks in) and `trouble`. The first column names the row.
export class LongTable {
    constructor({ columns, label, filterLabel }) {
        this.columns = columns;
        this.rows = [];
        this.shown = [];
        this.sort = { key: columns[0].key, down: false };
        this.filter = el('input', { type: 'search', 'aria-label': filterLabel, placeholder: filterLabel, autocomplete: 'off' });
        this.trouble = el('input', { type: 'checkbox' });
        this.count = el('output', { class: 'faint' });
        this.head = el('thead');
        this.body = el('tbody');
        this.table = el('table', { class: 'long' }, this.head, this.body);
        this.scroller = el('div', { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': label, title: say('table_hint') }, this.table);
        this.root = el('div', { 'data-keep': '', class: 'long-table' },
            el('div', { class: 'tools' }, this.filter, el('label', {}, this.trouble, ' ', say('only_trouble')), this.count),
            this.scroller);
        this.listen();
    }

    listen() {
        this.filter.addEventListener('input', () => this.arrange());
        this.trouble.addEventListener('change', () => this.arrange());
        this.scroller.addEventListener('scroll', () => this.draw(), { passive: true });
        this.head.addEventListener('click', (event) => {
            const key = event.target.closest('button')?.dataset.sort;

            if (key === undefined)
                return;
            this.sort = { key, down: this.sort.key === key && !this.sort.down };
            this.arrange();
        });
    }

    // Show these rows from now on; what the reader chose stays.
    set(rows) {
        this.rows = rows;
        this.arrange();
    }

    arrange() {
        const column = this.columns.find(({ key }) => key === this.sort.key);
        const kept = this.trouble.checked ? this.rows.filter((row) => row.trouble) : this.rows;

        this.shown = sorted(matching(kept, this.filter.value), column, this.sort.down);
        this.count.textContent = say('shown_of', { shown: this.shown.length, all: this.rows.length });
        this.table.setAttribute('aria-rowcount', String(this.shown.length + 1));
        morph(this.head, [el('tr', {}, this.columns.map((c) => this.headCell(c)))]);
        this.draw();
    }

    headCell({ key, title, narrow }) {
        const { key: by, down } = this.sort;
        const way = by === key && (down ? 'descending' : 'ascending');

        return el('th', { scope: 'col', 'aria-sort': way, class: narrow ? undefined : 'wide' },
            el('button', { type: 'button', 'data-sort': key }, title,
                el('span', { 'aria-hidden': 'true', class: 'way' }, by === key && (down ? ' ▼' : ' ▲'))));
    }

    draw() {
        const room = Math.max(this.scroller.clientHeight, ROOM_LEAST);
        const from = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - SPARE);
        const to = Math.min(this.shown.length, from + Math.ceil(room / ROW) + 2 * SPARE);

        morph(this.body, [
            this.gap('above', from),
            ...this.shown.slice(from, to).map((row, i) => this.row(row, from + i)),
            this.gap('below', this.shown.length - to),
        ].filter(Boolean));
    }

    gap(key, rows) {
        return rows > 0 && el('tr', { 'data-key': `gap-${key}`, 'aria-hidden': 'true' },
            el('td', { height: rows * ROW, colspan: this.columns.length, class: 'gap' }));
    }

    row(row, at) {
        return el('tr', { 'data-key': `row-${row.key}`, 'aria-rowindex': at + 2, class: row.trouble ? 'trouble' : undefined },
            this.columns.map(({ cell, narrow }, i) =>
                el(i === 0 ? 'th' : 'td', { scope: i === 0 ? 'row' : undefined, class: narrow ? undefined : 'wide' }, cell(row))));
    }
}
