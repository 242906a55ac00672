//! Every format over the same reports. All outputs are left in `target/tmp/formats` for
//! `tests/formats/check.sh`, which reads them with programs that know nothing of lynt.

#[path = "../common/mod.rs"]
mod common;
mod fixed;
mod junit;
mod limits;
mod random;
mod subjects;

use common::assert_snapshot;
use lynt::report::{FORMATS, Format, Report, Style};
use lynt::source::{Problem, Sources};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const STYLE: Style =
    Style { color: false, ascii: true, width: 100, proofs: false, hidden: false, most: usize::MAX };

/// What files of a format are called behind the dot.
fn extension(format: &Format) -> &'static str {
    match format.name {
        "human" | "concise" | "github" | "azure" => "txt",
        "json" | "gitlab" => "json",
        "jsonl" => "jsonl",
        "sarif" => "sarif",
        "junit" => "xml",
        "tap" => "tap",
        "csv" => "csv",
        "markdown" => "md",
        name => panic!("the format {name} is new: say here what its files are called"),
    }
}

/// The report in a format; it is also left for `check.sh` as `<name>.<format>.<extension>`.
fn written(report: &Report<'_>, format: &Format, name: &str) -> String {
    drawn(report, format, &STYLE, &format!("{name}.{}.{}", format.name, extension(format)))
}

/// The SARIF with what is hidden, left as `<name>.suppressed.sarif`.
fn with_hidden(report: &Report<'_>, name: &str) -> String {
    let style = Style { hidden: true, ..STYLE };
    drawn(report, limits::format("sarif"), &style, &format!("{name}.suppressed.sarif"))
}

/// The report in a format, also left as `file`.
fn drawn(report: &Report<'_>, format: &Format, style: &Style, file: &str) -> String {
    let mut out = Vec::new();
    (format.write)(report, style, &mut out).expect("a Vec takes everything");
    let text = String::from_utf8(out).expect("reports are UTF-8");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("formats");
    fs::create_dir_all(&folder).expect("the folder is made");
    fs::write(folder.join(file), &text).expect("the output is left");
    text
}

/// Without what changes with every version, and with line ends that git leaves alone.
fn stable(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION").replace("\r\n", "\n")
}

#[test]
fn one_report_in_every_format() {
    let fixed = fixed::Fixed::new();
    for format in FORMATS {
        let text = written(&fixed.report(), format, "fixed");
        assert_eq!(text, written(&fixed.report(), format, "fixed"), "the same twice");
        assert_snapshot(&format!("formats/{}.{}", format.name, extension(format)), &stable(&text));
    }
}

/// What is hidden is added, with what hides it; all else is as it is without.
#[test]
fn sarif_lists_what_is_hidden_where_that_is_asked_for() {
    let fixed = fixed::Fixed::new();
    let read = |text: String| serde_json::from_str::<Value>(&text).expect("it is JSON");
    let mut log = read(with_hidden(&fixed.report(), "fixed"));
    let mut hidden = Vec::new();
    for run in log["runs"].as_array_mut().expect("runs") {
        let Some(results) = run.get_mut("results") else { continue };
        results.as_array_mut().expect("results").retain_mut(|result| {
            let by = result.as_object_mut().expect("a result").remove("suppressions");
            let by = by.expect("all results say it");
            let is_open = by.as_array().expect("an array").is_empty();
            if !is_open {
                hidden.push((result["ruleId"].clone(), by));
            }
            is_open
        });
    }
    assert_eq!(log, read(written(&fixed.report(), limits::format("sarif"), "fixed")));
    let place = json!({
        "artifactLocation": { "index": 0, "uri": "topology/pools.toml" },
        "region": { "startLine": 14, "startColumn": 1, "endLine": 14, "endColumn": 98 },
    });
    let by = json!([{
        "kind": "inSource",
        "status": "accepted",
        "justification": "=CHG-4711, \"Rome\"",
        "location": { "physicalLocation": place },
        "properties": { "status": "ignored", "until": "2026-12-31", "by": "=netops" },
    }]);
    assert_eq!(hidden, [(json!("unknown-version"), by)]);
}

/// What keeps a run from looking at topologies, and that the exit code is 2, is in every report.
#[test]
fn a_run_that_could_not_begin_is_in_every_format() {
    let mut sources = Sources::default();
    let file = sources.add("lat\u{ed}n.toml", "a = \u{fffd}");
    let problems = [
        Problem::error("unreadable", "could not read nowhere.toml: there is no such file"),
        Problem::error("not-utf8", "this byte is not UTF-8")
            .at(lynt::source::Span::new(file, 4..7), "here")
            .help("save the file as UTF-8"),
    ];
    let report = Report {
        outcomes: &[],
        problems: &problems,
        sources: &sources,
        rules: &[],
        rule_files: &sources,
        exit_code: 2,
    };
    for format in FORMATS {
        let text = written(&report, format, "problems");
        for part in ["unreadable", "could not read nowhere.toml", "this byte is not UTF-8"] {
            assert!(text.contains(part), "{}: no {part}\n{text}", format.name);
        }
        assert!(format.is_for_people || text.contains('2'), "{}: {text}", format.name);
    }
}

/// Nothing in a report acts on what reads it as lines: a terminal, or the log of a build.
#[test]
fn nothing_acts_whatever_the_texts() {
    let mut random = random::Random(0x2545_f491_4f6c_dd1d);
    for round in 0..100 {
        let made = random::Made::new(&mut random);
        for format in FORMATS {
            let text = written(&made.report(), format, &format!("random-{round}"));
            let may_break = |char| char == '\n' || (char == '\r' && format.name == "csv");
            let acts = |char: char| lynt::escape::acts(char) && !may_break(char);
            assert!(!text.contains(acts), "{}: {text:?}", format.name);
        }
        let text = with_hidden(&made.report(), &format!("random-{round}"));
        assert!(!text.contains(|char| lynt::escape::acts(char) && char != '\n'), "{text:?}");
    }
}
