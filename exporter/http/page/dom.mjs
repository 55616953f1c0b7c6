// SPDX-License-Identifier: Apache-2.0
// Trees of elements, and how one becomes another. Text is only ever text: nothing here, and
// nothing on this page, reads a string as markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (value !== undefined && value !== null && value !== false)
            node.setAttribute(name, value === true ? '' : String(value));
    }
    for (const child of children.flat(Infinity)) {
        if (child !== undefined && child !== null && child !== false)
            node.append(child instanceof Node ? child : String(child));
    }
    return node;
}

// An element with attributes (absent where undefined, null or false) and children: nodes, text,
// or lists of them.
export function el(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
}

function same(a, b) {
    return a.nodeType === b.nodeType && a.nodeName === b.nodeName &&
        (a.nodeType !== Node.ELEMENT_NODE || a.dataset.key === b.dataset.key);
}

// `open` is the reader's, not ours: what was unfolded stays so.
const READERS = new Set(['open']);

function attributes(node, fresh) {
    for (const { name } of [...node.attributes]) {
        if (!fresh.hasAttribute(name) && !READERS.has(name))
            node.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
        if (node.getAttribute(name) !== value)
            node.setAttribute(name, value);
    }
}

function patch(node, fresh) {
    if (node.nodeType !== Node.ELEMENT_NODE) {
        if (node.data !== fresh.data)
            node.data = fresh.data;
        return;
    }
    // A part that lives by itself, once it is there.
    if (node.dataset.keep !== undefined)
        return;
    attributes(node, fresh);
    morph(node, [...fresh.childNodes]);
}

function keyed(parent) {
    const found = new Map();

    for (const node of parent.children) {
        if (node.dataset.key !== undefined)
            found.set(node.dataset.key, node);
    }
    return found;
}

// Make the children of `parent` like `fresh`, and keep what is alike: focus, selection, scroll
// position and unfolded details outlive it. A child with data-key is found where it moved.
export function morph(parent, fresh) {
    const known = keyed(parent);
    let at = parent.firstChild;

    for (const child of fresh) {
        const key = child.dataset?.key;
        const found = key !== undefined ? known.get(key) : undefined;

        if (found !== undefined && found !== at && same(found, child))
            parent.insertBefore(found, at);
        const old = found !== undefined ? found : at;

        if (old !== null && old !== undefined && same(old, child)) {
            patch(old, child);
            at = old.nextSibling;
        } else {
            parent.insertBefore(child, at);
        }
    }
    while (at !== null) {
        const next = at.nextSibling;

        at.remove();
        at = next;
    }
}
