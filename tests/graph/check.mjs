// Pictures as Graphviz, Mermaid and Chromium read them: nothing is refused, all say the same, and in a browser no
// text lies on another one. Arguments: the folder of the tools, that of the pictures.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [tools, pictures] = process.argv.slice(2).map((path) => resolve(path));
const names = readdirSync(pictures).filter((name) => name.endsWith('.mmd')).map((name) => name.slice(0, -4));
const read = (name) => readFileSync(join(pictures, name), 'utf8');

// What a page says in its element `result` after its scripts have run.
function browse(name, body, flags = []) {
    const page = join(pictures, `${name}.html`);
    writeFileSync(page, `<!doctype html><meta charset="utf-8"><title>${name}</title>${body}`);
    const dom = execFileSync('chromium', [
        '--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=60000', '--allow-file-access-from-files',
        `--user-data-dir=${join(tools, 'profile')}`, ...flags, '--dump-dom', `file://${page}`,
    ], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
    const found = dom.match(/<pre id="result">([^<]*)<\/pre>/);
    assert(found, `${name}: the page says nothing`);
    return JSON.parse(decodeURIComponent(found[1]));
}

const script = (text) => `<script type="module">
    const tell = (value) => {
        const pre = document.createElement('pre');
        pre.id = 'result';
        pre.textContent = encodeURIComponent(JSON.stringify(value));
        document.body.append(pre);
    };
    ${text}</script>`;

// How many nodes and edges Mermaid draws, or what it complains of.
function mermaid() {
    const source = JSON.stringify(Object.fromEntries(names.map((name) => [name, read(`${name}.mmd`)])));
    return browse('mermaid', `<script src="${join(tools, 'node_modules/mermaid/dist/mermaid.min.js')}"></script>${script(`
        mermaid.initialize({ startOnLoad: false, maxEdges: 5000, maxTextSize: 1000000 });
        const told = {};
        for (const [name, text] of Object.entries(${source.replaceAll('<', '\\u003c')})) {
            try {
                const { svg } = await mermaid.render('m' + name, text);
                const page = new DOMParser().parseFromString(svg, 'text/html');
                told[name] = {
                    nodes: page.querySelectorAll('g.node').length,
                    edges: page.querySelectorAll('path.flowchart-link').length,
                    scripts: page.querySelectorAll('script, img').length,
                    text: page.querySelector('svg').textContent,
                };
            } catch (error) {
                told[name] = { error: String(error) };
            }
        }
        tell(told);`)}`);
}

// Texts of a picture that lie on each other in a browser, or that leave the picture; colours of a card.
function svg(name, scheme) {
    const own = '--own-card:rgb(1, 2, 3)';
    return browse(`svg-${name}-${scheme}`, `<body style="margin:0"><div id="bare">${read(`${name}.svg`)}</div>
        <div style="${own.replace('own', 'lynt')}" id="own">${name === 'contoso' ? read(`${name}.svg`) : ''}</div>${script(`
        const root = document.querySelector('#bare svg');
        const whole = root.getBoundingClientRect();
        const boxes = [...root.querySelectorAll('text')].map((text) => {
            const box = text.getBoundingClientRect();
            // A line is higher than its letters.
            const cut = box.height * 0.2;
            return { text: text.textContent, left: box.left, right: box.right, top: box.top + cut, bottom: box.bottom - cut };
        });
        boxes.sort((one, other) => one.top - other.top);
        const faults = [];
        boxes.forEach((one, at) => {
            if (one.left < whole.left || one.right > whole.right || one.bottom > whole.bottom) {
                faults.push('outside: ' + one.text);
            }
            for (const other of boxes.slice(at + 1)) {
                if (other.top >= one.bottom) break;
                if (one.left < other.right && other.left < one.right) faults.push(one.text + ' lies on ' + other.text);
            }
        });
        const fill = (id) => {
            const card = document.querySelector('#' + id + ' .lynt-card');
            return card && getComputedStyle(card).fill;
        };
        tell({ texts: boxes.length, faults: faults.slice(0, 5), card: fill('bare'), own: fill('own'),
            scripts: root.querySelectorAll('script, img, foreignObject, [onerror]').length });`)}`,
    scheme === 'dark' ? ['--blink-settings=preferredColorScheme=0'] : []);
}

const drawn = mermaid();
for (const name of names) {
    const dot = read(`${name}.dot.svg`);
    const count = (kind) => dot.split(`class="${kind}"`).length - 1;
    assert(!drawn[name].error, `${name}: Mermaid says ${drawn[name].error}`);
    // Graphviz leaves out what stands in a site without anything, so that the site is drawn.
    const empty = (read(`${name}.mmd`).match(/^ *e\d+\[" "\]/gm) ?? []).length;
    assert.equal(count('node') + empty, drawn[name].nodes, `${name}: nodes`);
    assert(count('node') > 1, `${name}: nothing but the legend`);
    assert.equal(count('edge'), drawn[name].edges, `${name}: edges`);
    assert.equal(drawn[name].scripts, 0, `${name}: a name became an element`);
    assert(!/Unsupported markdown/.test(drawn[name].text), `${name}: a name became markdown`);
}

// Names come out as they went in.
const plain = (text) => text.replace(/<[^>]*>/g, '').replaceAll('&#160;', ' ').replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#45;', '-').replaceAll('&amp;', '&');
for (const name of ['<script>alert(1)</script>', '"><img onerror=alert(1)>', ']]>', '\\N \\\\ &lt; &amp; end',
    '1. `list` #quot; #35; |x|', '%%{init: {}}%%', 'אבגד عربي 東京', '-->" ]; } subgraph', 'a\\u{a}b\\u{0}']) {
    assert(plain(read('nasty.dot.svg')).includes(name), `Graphviz shows another name than ${name}`);
    assert(drawn.nasty.text.includes(name), `Mermaid shows another name than ${name}`);
}

let texts = 0;
for (const name of names) {
    const light = svg(name, 'light');
    assert.deepEqual(light.faults, [], `${name}: in a browser`);
    assert.equal(light.scripts, 0, `${name}: a name became an element`);
    assert.equal(light.card, 'rgb(255, 255, 255)', `${name}: a card in the light`);
    texts += light.texts;
}
assert.equal(svg('contoso', 'dark').card, 'rgb(13, 17, 23)', 'a card in the dark');
assert.equal(svg('contoso', 'light').own, 'rgb(1, 2, 3)', 'a card in the colours of a page');
console.log(`${names.length} pictures, drawn alike by Graphviz and Mermaid; ${texts} texts apart in Chromium`);
