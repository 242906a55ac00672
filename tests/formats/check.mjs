// Reads reports with a TAP consumer, GitHub's and Azure's own libraries, and the SARIF multitool.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [tools, reports] = process.argv.slice(2);
const require = createRequire(path.join(tools, "node_modules/"));
const { Parser } = require("tap-parser");
const { commandFromString } = require("azure-pipelines-task-lib/taskcommand");
const multitool = require("@microsoft/sarif-multitool");
const core = pathToFileURL(path.join(tools, "node_modules/@actions/core/lib/command.js"));
const { issueCommand } = await import(core.href);

const levels = ["note", "warning", "error"];
const read = (name, rest) => fs.readFileSync(path.join(reports, `${name}.${rest}`), "utf8");
const names = fs
    .readdirSync(reports)
    .filter((file) => file.endsWith(".json.json"))
    .map((file) => file.replace(".json.json", ""));

for (const name of names) {
    const report = JSON.parse(read(name, "json.json"));
    // Of what is hidden these formats don't tell.
    report.findings = report.findings.filter(({ status }) => status === "open");
    checkTap(report, read(name, "tap.tap"));
    checkGithub(report, read(name, "github.txt"));
    checkAzure(report, read(name, "azure.txt"));
}
console.log(`${names.length} reports: tap, github and azure are read as they are meant`);
checkSarif();

function checkTap(report, text) {
    let results;
    const extra = [];
    const parser = new Parser((found) => (results = found));
    parser.on("extra", (line) => extra.push(line));
    const failed = [];
    parser.on("assert", (test) => !test.ok && failed.push(test));
    parser.end(text);
    assert.deepEqual(extra, []);
    assert.ok(results.failures.every((failure) => !failure.tapError), text);
    const least = report.summary.fail_on;
    const fails = ({ level }) => least && levels.indexOf(level) >= levels.indexOf(least);
    const bad = report.findings.some(fails) || report.problems.length > 0;
    assert.equal(results.ok, !bad, text);
    const messages = failed.flatMap(({ diag }) => diag.violations ?? diag.problems);
    assert.equal(messages.length, report.findings.length + report.problems.length);
    assert.ok(messages.every(({ message }) => typeof message === "string"), text);
}

// What GitHub's own library writes for the texts of a line is that line.
function checkGithub(report, text) {
    const lines = text.split("\n").slice(0, -1);
    const all = report.findings.length + report.problems.length;
    assert.ok(lines.length <= 30 && (lines.length === all || lines.length > 9), text);
    for (const line of lines) {
        const [, command, properties, data] = line.match(/^::(error|warning|notice) (.*?)::(.*)$/);
        const decoded = {};
        for (const property of properties.split(",")) {
            const [key, value] = property.split(/=(.*)/s);
            decoded[key] = decode(value);
        }
        assert.equal(issued(command, decoded, decode(data)), `${line}\n`);
    }
}

function decode(text) {
    const codes = { "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%" };
    return text.replace(/%(0D|0A|3A|2C|25)/g, (code) => codes[code]);
}

function issued(command, properties, data) {
    const write = process.stdout.write;
    let text = "";
    process.stdout.write = (piece) => ((text += piece), true);
    issueCommand(command, properties, data);
    process.stdout.write = write;
    return text;
}

// Azure's own library reads of each command what the JSON report says.
function checkAzure(report, text) {
    const commands = text.split("\n").filter((line) => line.includes("##"));
    const entries = [...report.problems, ...report.findings].filter(({ level }) => level !== "note");
    assert.equal(commands.length, entries.length, text);
    const told = commands.map((line) => {
        assert.ok(line.startsWith("##vso[task.logissue "), line);
        const { command, properties, message } = commandFromString(line);
        assert.equal(command, "task.logissue");
        return `${properties.type} ${properties.code} ${properties.linenumber} ${message.includes("\n")}`;
    });
    const meant = entries.map(({ level, rule, name, labels, notes, help, sources }) => {
        const more = [labels, notes ?? [], help ?? [], sources ?? []].flat();
        return `${level} ${rule ?? name} ${labels[0]?.start.line} ${more.length > 0}`;
    });
    assert.deepEqual(told.sort(), meant.sort());
}

function checkSarif() {
    const validate = (kinds, names, format = "sarif") => {
        const files = names.map((name) => path.resolve(reports, `${name}.${format}.sarif`));
        const run = spawnSync(multitool, ["validate", ...files, "--rule-kind", kinds]);
        const output = run.stdout.toString() + run.stderr;
        assert.ok(output.includes(`Done. ${files.length} files scanned.`), output);
        // No page of the project is known that a rule could link to.
        const said = output.split("\n").filter((line) => /: (error|warning|note) /.test(line));
        const unexpected = said.filter((line) => !line.includes("SARIF2005"));
        assert.deepEqual(unexpected, [], kinds);
    };
    // GitHub takes no run without results, which is what a run that could not check is.
    validate("Sarif;Gh", ["real-broken", "real-several", "real-known", "real-clean"]);
    const random = names.filter((name) => /^random-.$/.test(name));
    validate("Sarif", ["fixed", "problems", ...random]);
    validate("Sarif", ["fixed", ...random], "suppressed");
    console.log("the SARIF multitool finds nothing but the missing address");
}
