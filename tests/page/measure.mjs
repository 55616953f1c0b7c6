// SPDX-License-Identifier: Apache-2.0
// How fast and how heavy the page is on the group of 2,000 members: "NAME VALUE" a line, of several
// rounds the least disturbed. usage: node measure.mjs EXPORTER-URL
import { launch } from './browser.mjs';

const [, , url] = process.argv;
const ROUNDS = 4, UPDATES = 4;

// Runs in the page before it does: when its table first has a row, and how long each drawing took,
// with the layout that it asks for.
function watch() {
    window.seen = { draws: [] };
    performance.measure = (name, { start }) => {
        document.body.getBoundingClientRect();
        window.seen.draws.push(performance.now() - start);
        window.seen.rows ??= document.querySelector('.long tbody th') !== null ? performance.now() : undefined;
    };
}

const octets = async (answers) => (await Promise.all(answers.map((answer) => answer.request().sizes())))
    .reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);

// A browser that has nothing of the page yet.
async function round(browser) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const own = [];

    await page.addInitScript(watch);
    page.on('response', (answer) => answer.url().includes('/api/') || own.push(answer));
    await page.goto(`${url}#/group/THOUSANDS`);
    await page.locator('.long-table output', { hasText: '2000 of 2000' }).waitFor();
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
    const rows = await page.evaluate(() => window.seen.rows);
    const updates = [];

    for (let i = 0; i < UPDATES; i++) {
        const answered = page.waitForResponse(/api\/v1\/groups/);

        await page.evaluate(() => { window.seen.draws = []; document.dispatchEvent(new Event('visibilitychange')); });
        await (await answered).finished();
        await page.waitForFunction(() => window.seen.draws.length > 0);
        updates.push(Math.max(...await page.evaluate(() => window.seen.draws)));
    }
    const weight = await octets(own);

    await context.close();
    return { paint, rows, update: Math.min(...updates), weight };
}

const browser = await launch();
const rounds = [];

for (let i = 0; i < ROUNDS; i++)
    rounds.push(await round(browser));
await browser.close();
for (const name of ['paint', 'rows', 'update', 'weight'])
    console.log(`${name} ${Math.min(...rounds.map((one) => one[name])).toFixed(name === 'weight' ? 0 : 1)}`);
