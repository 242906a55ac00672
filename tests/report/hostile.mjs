// Names as nobody would choose them who means well. Argument: a folder, into which a topology full of them is written.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const NAMES = [
    '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'><svg onload=alert(1)>", '</title>', '</script>',
    '</style>', '</pre></details></table></svg>', ']]>', '<!--', '-->', '<base href=https://example.invalid>',
    '&lt;b&gt; &amp; &#60;', '{}*{background:url(https://example.invalid)}', '../../t1-findings#x', '`|*_[a](javascript:1)',
    'javascript:alert(1)', '=HYPERLINK("https://example.invalid")', 'אבגד عربي 東京 é́', 'x'.repeat(4000), '\\u003c/script>',
];

// What acts on a reader is written out: each name, and how it must show.
export const ACTING = [
    ['\u202eabc\u2066', '\\u{202e}abc\\u{2066}'], ['a\nb\u0000\u001b[31m', 'a\\u{a}b\\u{0}\\u{1b}[31m'], ['\ufffe\uffff', '\\u{fffe}\\u{ffff}'],
];

// What JSON escapes, TOML escapes in the same way; TOML's DEL must be escaped, and none is here.
const quoted = (name) => JSON.stringify(name);

const names = [...NAMES, ...ACTING.map(([name]) => name)];
const tables = names.map((name, at) => {
    const [own, next] = [name, names[(at + 1) % names.length]].map(quoted);
    return `[[site]]\nname = ${own}\n\n[[pool]]\nfqdn = ${own}\nsite = ${own}\nbackup-registrar = ${next}\n\n`
        + `[[user-group]]\nname = ${own}\nhome = ${own}\nusers = ${at}\n`;
});
const ignored = `# lynt: ignore-file[branch-without-survivable-branch] by ${NAMES[1]}: ${NAMES[0]}\n`;
const deployment = `schema = 1\n\n[deployment]\nname = ${quoted(NAMES[3])}\ndefault-version = "lync-2013"\n`;

if (process.argv[2]) {
    const write = (name, text) => writeFileSync(join(process.argv[2], name), text);
    write('topology.toml', `${ignored}${deployment}\n${tables.join('\n')}`);
    write('lynt.toml', `[report]\nprepared-by = ${quoted(NAMES[4])}\nreviewed-by = ${quoted(NAMES[1])}\n`);
}
