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
use std::fs;
use std::path::Path;

const STYLE: Style = Style { color: false, ascii: true, width: 100, proofs: false };

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
    let mut out = Vec::new();
    (format.write)(report, &STYLE, &mut out).expect("a Vec takes everything");
    let text = String::from_utf8(out).expect("reports are UTF-8");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("formats");
    fs::create_dir_all(&folder).expect("the folder is made");
    let file = format!("{name}.{}.{}", format.name, extension(format));
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
    }
}
