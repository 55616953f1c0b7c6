// SPDX-License-Identifier: Apache-2.0
// The status page in a browser: what it shows is what the API says, in both languages, in light and
// dark, on a phone, and whatever a router calls itself.
// usage: node page.mjs FLEET-URL THOUSANDS-URL SCREENSHOT-DIRECTORY
import { mkdirSync } from 'node:fs';
import { accessible, check, equal, failed, launch, noSideways, open } from './browser.mjs';

const [, , fleetUrl, thousandsUrl, shots] = process.argv;
const HOSTILE = '<img/src=x/onerror=alert(1)>';
const hash = (view, name) => `#/${view}/${encodeURIComponent(name)}`;
const api = async (url, path) => (await fetch(url + path)).json();
const texts = (page, selector) => page.locator(selector).allTextContents();

// Seconds of "3 h 12 min", and the unit below which nothing is said.
function seconds(text) {
    const units = { d: 86400, h: 3600, min: 60, s: 1 };
    const parts = [...text.matchAll(/(\d+) (d|h|min|s)\b/g)].map(([, n, unit]) => [Number(n), units[unit]]);

    return { value: parts.reduce((sum, [n, unit]) => sum + n * unit, 0), step: parts.at(-1)?.[1] ?? 0 };
}

// The page goes on with one answer of each kind, so that it can be compared with it.
async function freeze(page, url) {
    const kept = new Map();

    await page.route(`${url}api/v1/**`, async (route) => {
        const path = route.request().url();

        if (!kept.has(path))
            kept.set(path, await (await fetch(path)).text());
        await route.fulfill({ contentType: 'application/json', body: kept.get(path) });
    });
    return (path) => JSON.parse(kept.get(url + path));
}

async function testFleet(browser) {
    const page = await open(browser, fleetUrl, 'fleet');
    const told = await freeze(page, fleetUrl);

    await page.reload();
    await page.locator('.group').first().waitFor();
    const fleet = told('api/v1/fleet');

    equal('every group has a row', (await texts(page, '.group h3')).sort(), fleet.groups.map((g) => g.group).sort());
    for (const group of fleet.groups) {
        const row = page.locator('.group', { has: page.getByRole('heading', { name: group.group, exact: true }) });
        const kek = fleet.devices.flatMap((d) => d.groups).find((m) => m.group === group.group && m.ks?.role !== 'secondary' && m.ks?.kek).ks.kek;
        const left = seconds(await row.locator('[data-left]').textContent());

        equal(`${group.group}: members`, await row.locator('dd').nth(2).textContent(), String(group.members_known));
        check(`${group.group}: KEK left`, left.value <= kek.remaining_seconds + left.step && left.value >= kek.remaining_seconds - 30 - left.step,
            { left, told: kek.remaining_seconds });
        const told = await row.locator('.lifeline .expiry text').textContent();
        const at = new Date(kek.expiry_at * 1000).toLocaleTimeString('en', { hour12: false });

        check(`${group.group}: KEK expiry`, told.endsWith(at), { told, at });
        check(`${group.group}: lifeline told`, /^KEK expire/.test(await row.locator('svg.lifeline').getAttribute('aria-label')));
    }
    const pair = fleet.groups.find((g) => g.group === 'VOICE').interop[0];
    const voice = await page.locator('.group', { hasText: 'VOICE' }).locator('.findings').textContent();

    check('the mismatch has the numbers of the API', voice.includes(`${pair.members_new} new members`) && voice.includes(`${pair.registrations_per_cycle} registrations`), voice);
    check('the headline says what to do', /What to do/.test(await page.locator('.headline').textContent()));
    await page.context().close();
}

async function testSearch(browser) {
    const page = await open(browser, fleetUrl, 'search');

    await page.keyboard.press('/');
    equal('/ begins a search', await page.evaluate(() => document.activeElement.id), 'search');
    await page.keyboard.type('branch-c');
    await page.locator('#found a').first().waitFor();
    equal('found', await texts(page, '#found a'), ['branch-c01', 'branch-c02']);
    await page.keyboard.press('Enter');
    await page.locator('main h1', { hasText: 'branch-c01' }).waitFor();
    equal('deep link', new URL(page.url()).hash, '#/device/branch-c01');
    await page.goBack();
    await page.locator('.group').first().waitFor();
    page.removeAllListeners('console'); // the browser itself reports the 404
    await page.evaluate(() => { location.hash = '#/group/none%20such'; });
    await page.getByText('none such is not known here.').waitFor();
    await page.context().close();
}

async function testGroup(browser) {
    const page = await open(browser, fleetUrl + hash('group', 'VOICE'), 'group');
    const told = await freeze(page, fleetUrl);

    await page.reload();
    await page.locator('.long tbody tr').first().waitFor();
    const { group, devices } = told('api/v1/groups/VOICE');
    const server = devices.find((d) => d.ks !== undefined);

    equal('key servers', await texts(page, '.servers tbody th'), devices.filter((d) => d.ks).map((d) => d.device));
    equal('evidence', await texts(page, '.servers .evidence .text'), server.ks_behavior.evidence.map((e) => e.text));
    check('the mismatch in the words of the API', (await page.locator('.mismatch').textContent()).includes(group.interop[0].text));
    equal('members', (await texts(page, '.long tbody th')).sort(), devices.filter((d) => d.gm).map((d) => d.device).sort());
    for (const member of server.ks.members) {
        const cells = await texts(page, `.long tr[data-key="row-${member.gm}"] td`);

        const { gm, events } = devices.find((d) => d.device === member.gm);
        const registered = Math.max(gm.last_registration_at ?? 0, ...(events ?? []).filter((e) => e.kind === 'gm_registered').map((e) => e.last_at));

        equal(`${member.gm}: ACKs missed`, cells[2], String(member.acks_missed ?? '–'));
        equal(`${member.gm}: last registration`, cells[3], registered === 0 ? '–' : new Date(registered * 1000).toLocaleTimeString('en', { hour12: false }));
    }
    const history = told('api/v1/rekeys').history.filter((r) => r.group === 'VOICE');

    await page.locator('.chart').count() === 0 || equal('rekeys in the chart', await page.locator('.rekey').count(), history.length || 1);
    await page.context().close();
}

// A poll that is under way already is joined, and its answers were not kept: then once more.
async function pollNow(page) {
    const button = page.getByRole('button', { name: 'Poll now' });

    for (;;) {
        await button.click();
        await page.locator('pre', { hasText: 'target: ks-frankfurt' }).waitFor();
        await button.and(page.locator(':enabled')).waitFor();
        const answer = await page.locator('pre').textContent();

        if (!answer.includes('not kept'))
            return answer;
    }
}

async function testDevice(browser) {
    const page = await open(browser, fleetUrl + hash('device', 'ks-frankfurt'), 'device',
        { permissions: ['clipboard-read', 'clipboard-write'] });
    const { device } = await api(fleetUrl, 'api/v1/devices/ks-frankfurt');

    await page.locator('section[aria-labelledby=polls] tbody th').first().waitFor();
    equal('collectors', await texts(page, 'section[aria-labelledby=polls] tbody th'), device.collectors.map((c) => c.name));
    equal('address', await page.locator('.facts dd').first().textContent(), device.address);
    const answer = await pollNow(page);

    check('the answer names both collectors', /collector: ssh[^]*collector: snmp|collector: snmp[^]*collector: ssh/.test(answer));
    check('what the command line answered', /> show crypto gdoi ks policy\n[^]*KEK POLICY/.test(answer), answer.slice(0, 2000));
    check('what SNMP answered', /> request 1\n\.1\.3\.6\.1\.2\.1\.1\.3\.0 = \d+ ticks\n/.test(answer), answer.slice(-2000));
    check('no secret', !/lab-password|lab-community/.test(answer));
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());

    check('the ticket', copied.startsWith('GETVPN device ks-frankfurt (127.10.1.1)') && copied.includes('> show crypto gdoi ks policy'), copied);
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await page.getByRole('button', { name: 'Copy' }).click();
    check('copied by hand', (await page.locator('#ticket').inputValue()).startsWith('GETVPN device ks-frankfurt'));
    await page.context().close();
}

async function testThousands(browser) {
    const page = await open(browser, thousandsUrl + hash('group', 'THOUSANDS'), 'thousands');
    const { devices } = await api(thousandsUrl, 'api/v1/groups/THOUSANDS');
    const members = new Set(devices.flatMap((d) => [...(d.ks?.members ?? []).map((m) => m.gm), ...(d.gm !== undefined ? [d.device] : [])]));
    const first = () => page.locator('.long tbody th').first().textContent();
    const count = () => page.locator('.long-table output').textContent();

    await page.locator('.long tbody th').first().waitFor();
    equal('all are counted', await count(), `${members.size} of ${members.size}`);
    check('few are drawn', await page.locator('.long tbody tr').count() < 100);
    const natural = [...members].sort(new Intl.Collator(undefined, { numeric: true }).compare);

    equal('sorted by name', await first(), natural[0]);
    await page.getByRole('button', { name: 'Member', exact: true }).click();
    equal('and the other way', await first(), natural.at(-1));
    equal('which is told', await page.locator('.long th[aria-sort]').getAttribute('aria-sort'), 'descending');
    await page.locator('.long-table input[type=search]').fill('gm-');
    equal('filtered', await count(), `2 of ${members.size}`);
    equal('to these', await texts(page, '.long tbody th'), ['gm-02', 'gm-01']);
    await page.locator('.long-table input[type=search]').fill('');
    await page.locator('.scroller').evaluate((node) => node.scrollTo(0, node.scrollHeight));
    await page.getByRole('rowheader', { name: natural[0], exact: true }).waitFor();
    // The countdown runs by itself, and what the reader chose outlives an update.
    const left = await page.locator('.findings .count, .lifeline').first().getAttribute('aria-label');

    await page.waitForFunction((before) => document.querySelector('svg.lifeline').getAttribute('aria-label') !== before, left);
    equal('still the other way', await page.locator('.long th[aria-sort]').getAttribute('aria-sort'), 'descending');
    await page.context().close();
}

async function testHostile(browser) {
    const page = await open(browser, thousandsUrl, 'hostile');

    check('its name is text', (await texts(page, '.group h3')).includes(HOSTILE), await texts(page, '.group h3'));
    await page.getByRole('link', { name: HOSTILE }).first().click();
    await page.locator('main h1', { hasText: HOSTILE }).waitFor();
    await page.locator('.servers').waitFor();
    await page.getByRole('link', { name: 'ks-hostile' }).click();
    await page.getByRole('heading', { name: 'ks-hostile' }).waitFor();
    await page.getByText('<script>alert(2)</script>').waitFor();
    equal('and makes nothing', await page.locator('main img, main script').count(), 0);
    await page.context().close();
}

async function testNoScript(browser) {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();

    await page.goto(fleetUrl);
    check('without scripts there is a way', await page.locator('noscript a, a[href="api/v1/fleet"]').count() > 0 &&
        (await page.locator('body').textContent()).includes('needs JavaScript'));
    await context.close();
}

async function testLost(browser) {
    const page = await open(browser, fleetUrl, 'lost');

    await page.locator('.group').first().waitFor();
    await page.route('**/api/v1/**', (route) => route.fulfill({ status: 503, body: 'no snapshot yet\n' }));
    page.removeAllListeners('console'); // the browser itself reports each 503
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))); // ask at once
    await page.getByText('The exporter does not answer').waitFor();
    check('what was known stays', await page.locator('.group').count() > 0);
    await page.context().close();
}

const VIEWS = {
    fleet: [fleetUrl, ''], group: [fleetUrl, hash('group', 'VOICE')], device: [fleetUrl, hash('device', 'branch-c01')],
    thousands: [thousandsUrl, hash('group', 'THOUSANDS')], hostile: [thousandsUrl, ''],
};
const PHONE = { viewport: { width: 360, height: 740 } }, DARK = { colorScheme: 'dark' }, JA = { locale: 'ja-JP' };
// Contrast is the scheme's, structure the view's: words change neither.
const LOOKS = [
    ['en-light', {}, ['fleet', 'group', 'device', 'thousands', 'hostile'], true],
    ['en-dark', DARK, ['fleet', 'group', 'device'], true],
    ['ja-light', JA, ['fleet', 'group', 'device'], false],
    ['en-phone', { ...PHONE, ...DARK }, ['fleet', 'group', 'device', 'thousands', 'hostile'], false],
    ['ja-phone', { ...PHONE, ...JA }, ['fleet', 'group', 'device'], false],
];

// Each view in each look: legible for all, as wide as it should be, and kept as a picture.
async function testLook(browser, look, options, views, audited) {
    const page = await open(browser, fleetUrl, look, options);

    page.removeAllListeners('request'); // of two exporters, on purpose
    for (const view of views) {
        const [url, to] = VIEWS[view];

        await page.goto('about:blank');
        await page.goto(url + to);
        await page.locator('main section').first().waitFor();
        equal(`${view} ${look}: language`, await page.evaluate(() => document.documentElement.lang), look.slice(0, 2));
        await noSideways(page, `${view} ${look}`);
        await page.screenshot({ path: `${shots}/${view}-${look}.png`, fullPage: true });
        if (audited)
            await accessible(page, `${view} ${look}`);
    }
    await page.context().close();
}

const TESTS = [testFleet, testSearch, testGroup, testDevice, testThousands, testHostile, testNoScript, testLost]
    .map((test) => [test.name, test])
    .concat(LOOKS.map(([look, ...more]) => [`look ${look}`, (browser) => testLook(browser, look, ...more)]));

mkdirSync(shots, { recursive: true });
const browser = await launch();

for (const [name, test] of TESTS) {
    const begun = Date.now();

    await test(browser).catch((error) => check(name, false, error.stack));
    console.log(`${name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}
await browser.close();
process.exit(failed() > 0 ? 1 : 0);
