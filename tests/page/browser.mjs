// SPDX-License-Identifier: Apache-2.0
// Debian's Chromium, and what it must never do on our page.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let failures = 0;

export function check(name, good, seen) {
    if (good)
        return;
    failures++;
    console.log(`FAIL: ${name}${seen !== undefined ? `: ${JSON.stringify(seen)}` : ''}`);
}

export const equal = (name, got, want) => check(name, JSON.stringify(got) === JSON.stringify(want), { got, want });
export const failed = () => failures;

export function launch() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        // Its sandbox wants to drop privileges that root in a container may not drop.
        args: process.getuid() === 0 ? ['--no-sandbox'] : [],
    });
}

// A page that is watched: errors on the console, exceptions, requests to elsewhere, violations of
// the policy and dialogues are failures.
export async function open(browser, url, name, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
    const page = await context.newPage();
    const origin = new URL(url).origin;

    page.setDefaultTimeout(60000); // a busy machine
    page.on('console', (message) => check(`${name}: console`, !['error', 'warning'].includes(message.type()), message.text()));
    page.on('pageerror', (error) => check(`${name}: exception`, false, error.stack));
    page.on('dialog', (dialog) => { check(`${name}: dialogue`, false, dialog.message()); dialog.dismiss(); });
    page.on('request', (request) => check(`${name}: request`, new URL(request.url()).origin === origin, request.url()));
    await page.exposeFunction('violated', (what) => check(`${name}: policy`, false, what));
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation',
        (event) => window.violated(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)));
    await page.goto(url);
    await page.waitForSelector('main h1');
    return page;
}

// No fault that axe calls serious or worse. It runs beside the page's policy, not under it.
export async function accessible(page, name) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));

    for (const fault of violations.filter(({ impact }) => impact === 'serious' || impact === 'critical'))
        check(`${name}: axe ${fault.id}`, false, fault.nodes.slice(0, 3).map((node) => [node.html.slice(0, 200), node.failureSummary]));
}

export async function noSideways(page, name) {
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);

    check(`${name}: no horizontal scrolling`, wide <= room, { wide, room });
}
