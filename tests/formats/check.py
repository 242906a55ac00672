"""Reads reports with Python's json, csv, xmlschema, jsonschema and markdown-it, and holds them
against each other and against the files that they are about."""

import csv
import hashlib
import json
import pathlib
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

import jsonschema
import markdown_it
import xmlschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEVELS = ["note", "warning", "error"]
FORMULA = "=+-@＝＋－＠"


def strict(schema):
    """Of an object of the schema no other keys than the named ones; readers must be more generous."""
    if isinstance(schema, dict):
        for value in schema.values():
            strict(value)
        if "properties" in schema and "$ref" not in schema:
            schema["additionalProperties"] = False
    elif isinstance(schema, list):
        for value in schema:
            strict(value)
    return schema


def output_validator():
    schema = json.loads((ROOT / "src/report/output.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    # A line is an object with `type` beside its other keys.
    for line in ["problem_line", "finding_line"]:
        of = schema["$defs"][line.removesuffix("_line")]
        merged = {**of, "properties": {**of["properties"], **schema["$defs"][line]["properties"]}}
        merged["required"] = of["required"] + ["type"]
        schema["$defs"][line] = merged
    return jsonschema.Draft202012Validator(strict(schema))


OUTPUT = output_validator()
SARIF = jsonschema.Draft4Validator(
    json.loads((ROOT / "tests/schemas/sarif-schema-2.1.0.json").read_text())
)
JUNIT = xmlschema.XMLSchema(str(ROOT / "tests/schemas/JUnit.xsd"))
MARKDOWN = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table")


def open_ones(document):
    """What nothing hides: all that most formats tell of."""
    for finding in document["findings"]:
        assert (finding["suppression"] is None) == (finding["status"] == "open")
    return [finding for finding in document["findings"] if finding["status"] == "open"]


def check(path):
    name = path.name.removesuffix(".json.json")
    read = lambda rest: (path.parent / f"{name}.{rest}").read_bytes().decode("utf-8")
    document = json.loads(path.read_text("utf-8"))
    OUTPUT.validate(document)
    lines = [json.loads(line) for line in read("jsonl.jsonl").removesuffix("\n").split("\n")]
    check_lines(document, lines)
    log = json.loads(read("sarif.sarif"))
    check_sarif(document, log)
    suppressed = path.parent / f"{name}.suppressed.sarif"
    if suppressed.exists():
        with_hidden = json.loads(suppressed.read_text("utf-8"))
        check_sarif(document, with_hidden)
        assert without_hidden(with_hidden) == log, name
    check_junit(document, read("junit.xml"))
    check_gitlab(document, json.loads(read("gitlab.json")))
    check_csv(document, read("csv.csv"))
    check_markdown(document, read("markdown.md"))
    if name.startswith("real-"):
        check_files(document)
        code = document["summary"]["exit_code"]
        assert code == int(read("code")), (name, code)
    return len(document["findings"])


def check_lines(document, lines):
    for line in lines:
        OUTPUT.validate(line)
    of = lambda kind: [dict(line) for line in lines if line["type"] == kind]
    [summary] = of("summary")
    assert lines[-1] == summary
    rebuilt = {**summary, "problems": of("problem"), "findings": of("finding")}
    for entry in [rebuilt, *rebuilt["problems"], *rebuilt["findings"]]:
        del entry["type"]
    assert rebuilt == document


def place(entry):
    """Path and line of the first label."""
    return [(label["path"], label["start"]["line"]) for label in entry["labels"][:1]]


def check_sarif(document, log):
    SARIF.validate(log)
    all_results = [result for run in log["runs"] for result in run.get("results", [])]
    # Of a run, all results say what suppresses them, or none does.
    with_hidden = any("suppressions" in result for result in all_results)
    assert all(("suppressions" in result) == with_hidden for result in all_results)
    findings = iter(document["findings"] if with_hidden else open_ones(document))
    topologies = {topology["path"]: topology for topology in document["topologies"]}
    assert len(log["runs"]) == max(1, len(document["topologies"]))
    categories = [run["automationDetails"]["id"] for run in log["runs"]]
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == [rule["name"] for rule in document["rules"]]
        assert run["invocations"][0]["exitCode"] == document["summary"]["exit_code"]
        for result in run.get("results", []):
            finding = next(findings)
            index = result.get("ruleIndex")
            assert index is None or rules[index]["id"] == result["ruleId"]
            assert (result["ruleId"], result["level"]) == (finding["rule"], finding["level"])
            assert result["partialFingerprints"]["lyntFinding/v1"] == finding["atom"]["text"]
            check_locations(result, finding)
            if with_hidden:
                check_suppressions(result["suppressions"], finding)
    left = list(findings)
    assert not left, left
    return categories, topologies


def check_suppressions(suppressions, finding):
    if finding["status"] == "open":
        assert suppressions == []
        return
    (suppression,) = suppressions
    hider = finding["suppression"]
    assert suppression["kind"] == ("inSource" if finding["status"] == "ignored" else "external")
    assert suppression["status"] == "accepted"
    terms = {"status": finding["status"], "until": hider["until"], "by": hider["by"]}
    told = {"justification": hider["reason"], **terms}
    found = {"justification": suppression.get("justification", ""), **suppression["properties"]}
    for name, text in told.items():
        # What would act on a terminal is written out.
        assert found.get(name) == text or not text.isprintable(), (name, suppression)
    located = suppression.get("location")
    assert (located is None) == (hider["start"] is None)
    if located is not None:
        region = located["physicalLocation"]["region"]
        start, end = hider["start"], hider["end"]
        assert (region["startLine"], region["startColumn"]) == (start["line"], start["column"])
        assert (region["endLine"], region["endColumn"]) == (end["line"], end["column"])


def without_hidden(log):
    """The log as it is without what is hidden."""
    for run in log["runs"]:
        if "results" in run:
            run["results"] = [result for result in run["results"] if not result.pop("suppressions")]
    return log


def check_locations(result, finding):
    related = result["relatedLocations"]
    assert [location["id"] for location in related] == list(range(1, len(related) + 1))
    for location in related:
        assert f"]({location['id']})" in result["message"]["text"]
    located = [location["physicalLocation"] for location in result["locations"] + related]
    for location, label in zip(located, finding["labels"]):
        uri = location["artifactLocation"]["uri"]
        path = uri.removeprefix("file://") if label["path"].startswith("/") else uri
        assert urllib.parse.urlparse(uri).path == uri or uri.startswith("file:")
        if label["path"].isprintable():
            assert urllib.parse.unquote(path).lstrip("/") == label["path"].lstrip("/"), uri
        start, end = label["start"], label["end"]
        assert location["region"] == {
            "startLine": start["line"],
            "startColumn": start["column"],
            "endLine": end["line"],
            "endColumn": end["column"],
        }


def check_junit(document, text):
    errors = list(JUNIT.iter_errors(text))
    assert not errors, errors[0]
    suites = ElementTree.fromstring(text).findall("testsuite")
    assert [int(suite.get("id")) for suite in suites] == list(range(len(suites)))
    for suite in suites:
        cases = suite.findall("testcase")
        count = lambda kind: sum(case.find(kind) is not None for case in cases)
        counted = [len(cases), count("failure"), count("error"), count("skipped")]
        told = [int(suite.get(name)) for name in ["tests", "failures", "errors", "skipped"]]
        assert counted == told
    fails = lambda kind: sum(int(suite.get(kind)) for suite in suites) > 0
    assert fails("errors") == bool(document["problems"])
    assert fails("failures") == any(map(failing(document), open_ones(document)))


def failing(document):
    least = document["summary"]["fail_on"]
    return lambda finding: least is not None and (
        LEVELS.index(finding["level"]) >= LEVELS.index(least)
    )


def check_gitlab(document, entries):
    told = document["problems"] + open_ones(document)
    assert len(entries) == len(told)
    assert sorted(entry["check_name"] for entry in entries) == sorted(
        entry.get("rule", entry.get("name")) for entry in told
    )
    for entry in entries:
        assert set(entry) == {"check_name", "description", "fingerprint", "location", "severity"}
        assert entry["severity"] in ["info", "minor", "major", "critical", "blocker"]
        assert entry["location"]["lines"]["begin"] >= 1


def check_csv(document, text):
    assert "\r" not in text.replace("\r\n", "")
    header, *rows = csv.reader(text.splitlines(keepends=True), strict=True)
    assert all(len(row) == len(header) for row in rows)
    assert len(rows) == len(document["findings"]) + len(document["problems"])
    assert not any(cell.lstrip().startswith(tuple(FORMULA)) for row in rows for cell in row)
    rows = [dict(zip(header, row)) for row in rows]
    told = sorted((row["status"], row["level"]) for row in rows if row["status"] != "could not check")
    findings = document["findings"]
    assert told == sorted((finding["status"], finding["level"]) for finding in findings)
    assert all(row["exit-code"] == str(document["summary"]["exit_code"]) for row in rows)


def check_markdown(document, text):
    tokens = MARKDOWN.parse(text)
    tags = [token.type for token in tokens]
    for token in tokens:
        tags += [child.type for child in token.children or []]
    for bad in ["html_block", "html_inline", "link_open", "image", "fence", "code_block", "hr"]:
        assert bad not in tags, bad
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings.count("h1") == 1
    assert headings.count("h2") == len(document["topologies"])
    assert headings.count("h3") == len(open_ones(document)) + len(document["problems"])


def check_files(document):
    """Digests and places are those of the files."""
    for file in document["inputs"]:
        text = (ROOT / file["path"]).read_bytes()
        assert hashlib.sha256(text).hexdigest() == file["sha256"], file["path"]
    for entry in document["findings"] + document["problems"]:
        for label in entry["labels"]:
            text = (ROOT / label["path"]).read_bytes()
            for place in [label["start"], label["end"]]:
                before = text[: place["offset"]].decode("utf-8")
                line = before.split("\n")[-1]
                assert place["line"] == before.count("\n") + 1, label
                assert place["column"] == len(line) + 1, label
    ids = [(finding["topology"], finding["id"]) for finding in document["findings"]]
    assert len(ids) == len(set(ids))


def check_schemas(folder):
    """Schemas are ones, and judge every case as `tests/schema.rs` says."""
    judged = [0, 0]
    for path in sorted(folder.glob("*.json")):
        left = json.loads(path.read_text())
        jsonschema.Draft202012Validator.check_schema(left["schema"])
        validator = jsonschema.Draft202012Validator(left["schema"])
        for case in left["cases"]:
            assert validator.is_valid(case["value"]) == case["is_valid"], (path, case)
            judged[case["is_valid"]] += 1
    print(f"schemas of topologies and lynt.toml judge {sum(judged)} texts as lynt does")
    assert min(judged) > 500


def main():
    reports = pathlib.Path(sys.argv[1])
    paths = sorted(reports.glob("*.json.json"))
    findings = sum(map(check, paths))
    real = [path for path in paths if path.name.startswith("real-")]
    for path in real:
        entries = json.loads((reports / path.name.replace(".json.", ".gitlab.")).read_text())
        fingerprints = [entry["fingerprint"] for entry in entries]
        assert len(fingerprints) == len(set(fingerprints)), path
    print(f"{len(paths)} reports with {findings} findings, {len(real)} of them of whole runs:")
    print("json, jsonl, sarif, junit, gitlab, csv and markdown are valid and agree")
    assert len(paths) > 100 and len(real) == 6 and findings > 250
    check_schemas(reports.parent / "schemas")


main()
