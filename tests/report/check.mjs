// Pages of `lynt report` in Chromium: nothing is asked of the network, nothing runs, links lead somewhere, names show
// as text, nothing is cut off at any width, axe finds no fault, and they print. Arguments: the folder of the tools,
// that of the pages; pictures of them and PDFs are left there.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ACTING, NAMES } from './hostile.mjs';

const [tools, pages] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = createRequire(join(tools, 'package.json'))('playwright-core');
const AXE = readFileSync(join(tools, 'node_modules/axe-core/axe.min.js'), 'utf8');
const WIDTHS = [360, 800, 1600];
// A4 without the margins of the page, in CSS pixels.
const PRINTED = 688;
const WHITE = 'rgb(255, 255, 255)';
const names = readdirSync(pages).filter((name) => name.endsWith('.html')).map((name) => name.slice(0, -5));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });

// All that is wrong with the pages.
const wrong = [];
const blame = (where, faults) => faults.forEach((fault) => wrong.push(`${where}: ${fault}`));

// Whatever a page does besides showing itself.
async function watched(options, use) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const did = [];
    page.on('request', (request) => did.push(`asks for ${request.url()}`));
    page.on('console', (message) => did.push(`says ${message.text()}`));
    page.on('pageerror', (error) => did.push(`fails: ${error}`));
    page.on('dialog', (dialog) => { did.push(`opens a dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on('popup', () => did.push('opens a window'));
    const found = await use(page, did);
    await context.close();
    return found;
}

// What is wrong with the elements of a page; runs in it.
function faults() {
    const wrong = [];
    const all = [...document.querySelectorAll('*')];
    const ids = new Set();
    for (const element of all) {
        if (element.id && ids.has(element.id)) wrong.push(`two elements are called ${element.id}`);
        ids.add(element.id);
        for (const { name, value } of element.attributes) {
            if (name.startsWith('on')) wrong.push(`<${element.localName}> has ${name}`);
            if (/^(src|srcset|data|action|formaction|poster|background|ping)$/.test(name)) wrong.push(`<${element.localName}> loads ${value}`);
        }
    }
    for (const element of all) {
        for (const name of ['href', 'xlink:href', 'for', 'aria-labelledby', 'aria-describedby', 'aria-controls']) {
            const value = element.getAttribute(name);
            if (value === null) continue;
            if (name.endsWith('href') && !value.startsWith('#')) wrong.push(`a link leaves the page: ${value}`);
            const targets = name.endsWith('href') ? [decodeURIComponent(value.slice(1))] : value.split(/\s+/);
            targets.filter((id) => !id || !ids.has(id)).forEach((id) => wrong.push(`${name} leads nowhere: ${id}`));
        }
        // What a name says stands in a text or in a label, and paints nothing.
        const paints = [...element.attributes].filter(({ name }) => !/^(id|aria-label|class)$/.test(name)).map(({ value }) => value);
        if (element.localName === 'style') paints.push(element.textContent);
        const loads = paints.join(' ').match(/@import|url\((?!['"]?#)[^)]*\)/);
        if (loads) wrong.push(`<${element.localName}> loads ${loads[0]}`);
    }
    const allowed = ('a b body br caption code dd details div dl dt footer h1 h2 h3 h4 h5 h6 head header html li main meta nav ol p pre '
        + 'script section span strong style summary table tbody td th thead time title tr ul').split(' ');
    const drawn = 'svg title desc style defs marker g a rect path line circle polygon polyline text tspan'.split(' ');
    for (const element of all) {
        const known = element instanceof SVGElement ? drawn : allowed;
        if (!known.includes(element.localName)) wrong.push(`there is a <${element.localName}>`);
    }
    for (const script of document.scripts) {
        if (script.type !== 'application/json') wrong.push(`a script of the type ${script.type}`);
        try { JSON.parse(script.textContent); } catch (error) { wrong.push(`${script.id} is no JSON: ${error}`); }
    }
    let level = 0;
    for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
        const own = Number(heading.localName[1]);
        if (own > level + 1) wrong.push(`after a heading of level ${level} one of ${own}: ${heading.textContent}`);
        if (!heading.textContent.trim()) wrong.push('a heading is empty');
        level = own;
    }
    if (document.querySelectorAll('h1').length !== 1) wrong.push('there is not one h1');
    for (const table of document.querySelectorAll('table')) {
        const columns = table.tHead?.rows[0]?.cells.length;
        if (!table.caption?.textContent.trim()) wrong.push('a table has no caption');
        if (!columns || [...table.tHead.rows[0].cells].some((cell) => cell.scope !== 'col')) wrong.push('a table has no heads of columns');
        for (const row of table.tBodies[0].rows) {
            if (row.cells.length !== columns) wrong.push(`a row of ${row.cells.length} cells under ${columns} columns`);
            if (row.cells[0].scope !== 'row') wrong.push('a row has no head');
        }
    }
    return wrong;
}

// What reaches out of the page to the right; runs in it.
function cut() {
    const root = document.documentElement;
    const width = root.clientWidth;
    const scrolls = (element) => element && (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
    const out = [...document.body.querySelectorAll('*')].filter((element) =>
        !(element instanceof SVGElement) && element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement));
    const shown = out.slice(0, 3).map((element) => `${element.localName}#${element.id}: ${element.textContent.slice(0, 60)}`);
    return root.scrollWidth > width ? [`scrolls to ${root.scrollWidth} of ${width}`, ...shown] : shown;
}

// Verdicts by rule that are out of sight until their table is scrolled; runs in the page.
function unseen() {
    const cells = [...document.querySelectorAll('.matrix tr > :last-child')];
    const out = cells.filter((cell) => cell.getBoundingClientRect().right > document.documentElement.clientWidth);
    return cells.length > 1 && !out.length ? [] : [`${out.length} of ${cells.length} verdicts are out of sight`];
}

async function axe(page) {
    await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations', 'incomplete'],
    }));
    const told = (rule) => rule.nodes.slice(0, 3).map((node) => `${rule.id}: ${node.html.slice(0, 120)}: ${node.failureSummary}`);
    return { violations: found.violations.flatMap(told), passes: found.passes.length, incomplete: found.incomplete };
}

// The pages of a PDF as lines of text.
function printed(file) {
    const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8', maxBuffer: 1 << 28 });
    return text.split('\f').slice(0, -1).map((page) => page.split('\n').map((line) => line.trim()).filter(Boolean));
}
const bare = (text) => text.replace(/\s+/g, '');

const paper = () => getComputedStyle(document.body).backgroundColor;

async function check(name) {
    const url = pathToFileURL(join(pages, `${name}.html`)).href;
    const at = (kind) => join(pages, `${name}-${kind}`);
    const told = { rules: 0, sheets: 0 };
    await watched({}, async (page, did) => {
        await page.goto(url);
        blame(name, await page.evaluate(faults));
        for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 900 });
            blame(`${name} at ${width} pixels`, await page.evaluate(cut));
            blame(`${name} at ${width} pixels`, await page.evaluate(unseen));
            await page.screenshot({ path: at(`${width}.png`) });
        }
        // What scrolls where the page is narrow must be within reach of a keyboard.
        await page.setViewportSize({ width: WIDTHS[0], height: 900 });
        blame(`${name} at ${WIDTHS[0]} pixels`, (await axe(page)).violations);
        await page.setViewportSize({ width: WIDTHS.at(-1), height: 900 });
        for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme });
            const { violations, passes } = await axe(page);
            blame(`${name}, ${colorScheme}`, violations);
            told.rules += passes;
            await page.screenshot({ path: at(`${colorScheme}.png`) });
        }
        const colours = await page.evaluate(paper);
        blame(name, colours === WHITE ? ['the dark is light'] : []);
        // Whoever prints sits in the dark: paper is white all the same.
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        await page.setViewportSize({ width: PRINTED, height: 900 });
        blame(`${name} on paper`, await page.evaluate(cut));
        blame(name, (await page.evaluate(paper)) === WHITE ? [] : ['the paper is dark']);
        const cards = await page.evaluate(() => [...document.querySelectorAll('svg [class$="-card"]')].map((card) => getComputedStyle(card).fill));
        blame(name, cards.every((fill) => fill === WHITE) ? [] : ['the picture is dark on paper']);
        await page.pdf({ path: at('printed.pdf'), format: 'A4', preferCSSPageSize: true, printBackground: true });
        const sheets = printed(at('printed.pdf'));
        told.sheets = sheets.length;
        const sections = await page.evaluate(() => [...document.querySelectorAll('h2')].map((heading) => heading.innerText));
        assert(sheets.length >= sections.length && sections.length > 3, `${name}: ${sheets.length} sheets`);
        // The first section stands on the cover.
        const [cover, ...others] = sections;
        blame(name, bare(sheets[0].join('')).includes(bare(cover)) ? [] : [`the cover lacks ${cover}`]);
        for (const section of others) {
            const begins = sheets.some((lines) => bare(lines.join('')).startsWith(bare(section)));
            blame(name, begins ? [] : [`${section.slice(0, 80)} does not begin a sheet`]);
        }
        const subject = await page.evaluate(() => document.querySelector('details li')?.textContent);
        const shown = !subject || bare(sheets.flat().join('')).includes(bare(subject));
        blame(name, shown ? [] : [`what is folded is not printed: ${subject.slice(0, 80)}`]);
        assert.deepEqual(did, [`asks for ${url}`], name);
    });
    // Without scripts it is the same page.
    const read = (javaScriptEnabled) => watched({ javaScriptEnabled }, async (page, did) => {
        await page.goto(url);
        const text = await page.innerText('body');
        assert.deepEqual(did, [`asks for ${url}`], name);
        return text;
    });
    assert.equal(await read(true), await read(false), name);
    return told;
}

// The checks find what they look for.
async function prove() {
    const good = readFileSync(join(pages, 'clean.html'), 'utf8');
    const policy = /<meta http-equiv="Content-Security-Policy"[^>]*>/;
    const bad = '<img src="http://127.0.0.1:9/x.png"><h6></h6><a href="#nowhere" id="limits" onclick="x()">.</a>'
        + '<script>console.log("ran")</script><div style="width:3000px;color:#eee;background:#fff">wide and pale</div></main>';
    const open = (name, text) => watched({}, async (page, did) => {
        const file = join(pages, `${name}.htm`);
        writeFileSync(file, text);
        await page.goto(pathToFileURL(file).href);
        return { did: did.join('\n'), faults: (await page.evaluate(faults)).join('\n'), cut: await page.evaluate(cut), axe: (await axe(page)).violations.join('\n') };
    });
    assert.match(good, policy);
    const free = await open('free', good.replace(policy, '').replace('</main>', bad));
    for (const part of ['asks for http://127.0.0.1:9/x.png', 'says ran']) assert(free.did.includes(part), free.did);
    for (const part of ['there is a <img>', 'leads nowhere: nowhere', 'called limits', 'has onclick', 'loads http', 'of 6', 'a script of the type']) {
        assert(free.faults.includes(part), `no "${part}" in ${free.faults}`);
    }
    assert(free.cut.length > 0);
    for (const part of ['color-contrast', 'image-alt', 'empty-heading']) assert(free.axe.includes(part), `no "${part}" in ${free.axe}`);
    // The page's own policy stops both.
    const held = await open('held', good.replace('</main>', bad));
    assert(!held.did.includes('says ran') && held.did.includes('Content Security Policy'), held.did);
}

await prove();
let [rules, sheets] = [0, 0];
for (const name of names) {
    const told = await check(name);
    [rules, sheets] = [rules + told.rules, sheets + told.sheets];
}
await watched({}, async (page) => {
    await page.goto(pathToFileURL(join(pages, 'hostile.html')).href);
    await page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));
    const shown = bare(await page.innerText('main'));
    for (const name of [...NAMES, ...ACTING.map(([, shown]) => shown)]) {
        assert(shown.includes(bare(name)), `hostile: ${name.slice(0, 80)} does not show`);
    }
    assert.equal(await page.title(), '</title><script>alert(1)</script>');
});
await browser.close();
assert(wrong.length === 0, `\n${wrong.join('\n')}`);
console.log(`${names.length} pages: axe passed ${rules} rules in light and dark; ${sheets} sheets printed`);
