//! Report → SARIF 2.1.0, as GitHub's code scanning and other viewers read it: a run for each topology.

mod flow;
mod line_hash;
mod message;
mod suppressed;
mod tool;
mod uri;

use std::cell::OnceCell;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::places::{Places, Region};
use super::quiet_json::write_pretty;
use super::{Outcome, Report, Style, sha256};
use crate::escape::escape;
use crate::source::{FileId, Label, Problem, Sources, Span};
use crate::suppression::HIDERS;
use crate::violation::Finding;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Results that GitHub takes of one run; of more the gravest are written.
const MOST_RESULTS: usize = 25_000;
/// Places that GitHub takes of one result.
const MOST_LOCATIONS: usize = 1_000;

/// Writes one log.
pub fn write(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let log = Log::new(report, style);
    let runs: Vec<Run<'_>> = match report.outcomes {
        [] => vec![Run { head: log.run_without_topology(), results: None }],
        outcomes => outcomes.iter().map(|outcome| log.run(outcome)).collect(),
    };
    write_pretty(&File { schema: SCHEMA, version: "2.1.0", runs }, out)
}

#[derive(Serialize)]
struct File<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<Run<'a>>,
}

#[derive(Serialize)]
struct Run<'a> {
    #[serde(flatten)]
    head: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<Results<'a>>,
}

/// Made one by one as they are written: thousands of them at once would be large.
struct Results<'a> {
    log: &'a Log<'a>,
    outcome: &'a Outcome,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings = gravest(self.log.listed(self.outcome)).into_iter();
        serializer.collect_seq(findings.map(|finding| self.log.result(finding, self.outcome)))
    }
}

struct Log<'r> {
    report: &'r Report<'r>,
    places: Places<'r>,
    /// For each file the hashes of its lines, made when they are first needed.
    hashes: Vec<OnceCell<Vec<String>>>,
    tool: Value,
    /// Whether what is hidden is listed.
    with_hidden: bool,
}

impl<'r> Log<'r> {
    fn new(report: &'r Report<'r>, style: &Style) -> Self {
        let sources: &Sources = report.sources;
        Self {
            report,
            places: Places::new(sources),
            hashes: sources.files.iter().map(|_| OnceCell::new()).collect(),
            tool: tool::of_report(report),
            with_hidden: style.hidden,
        }
    }

    /// The findings that are results. GitHub would open an alert for one that is hidden too.
    fn listed<'o>(&self, outcome: &'o Outcome) -> impl Iterator<Item = &'o Finding> + Clone {
        let with_hidden = self.with_hidden;
        let findings = outcome.findings.iter();
        findings.filter(move |finding| with_hidden || finding.suppression.is_none())
    }

    /// Without `results`, since nothing was looked for: an empty list would close all alerts.
    fn run_without_topology(&self) -> Value {
        json!({
            "tool": self.tool,
            "automationDetails": { "id": "lynt/" },
            "columnKind": "unicodeCodePoints",
            "invocations": [self.invocation(&Outcome::default())],
        })
    }

    fn run<'a>(&'a self, outcome: &'a Outcome) -> Run<'a> {
        let mut head = self.run_without_topology();
        head["automationDetails"] = json!({ "id": category(&outcome.path) });
        head["artifacts"] = outcome.files.iter().map(|&file| self.artifact(file)).collect();
        head["invocations"] = json!([self.invocation(outcome)]);
        head["properties"] = json!({ "configuration": outcome.configuration });
        for kind in HIDERS {
            head["properties"][kind.status()] = json!(outcome.hidden_by(kind).count());
        }
        let is_checked = outcome.problems.is_empty();
        Run { head, results: is_checked.then_some(Results { log: self, outcome }) }
    }

    fn artifact(&self, file: FileId) -> Value {
        let file = self.report.sources.file(file);
        json!({
            "location": { "uri": uri::of_path(&file.path) },
            "length": file.text.len(),
            "mimeType": "application/toml",
            "roles": ["analysisTarget"],
            "hashes": { "sha-256": sha256::of_text(&file.text) },
        })
    }

    fn invocation(&self, outcome: &Outcome) -> Value {
        let problems = self.report.problems.iter().chain(&outcome.problems);
        let mut notifications: Vec<Value> =
            problems.map(|problem| self.notification(problem, outcome)).collect();
        let could_check = notifications.is_empty();
        let listed = self.listed(outcome).count();
        if listed > MOST_RESULTS {
            notifications.push(too_many_results(listed));
        }
        let vacuous = outcome.examined.iter().filter(|examined| examined.subjects == 0);
        notifications.extend(vacuous.map(|examined| self.not_evidence(&examined.rule)));
        json!({
            "executionSuccessful": could_check,
            "exitCode": self.report.exit_code,
            "exitCodeDescription": match self.report.exit_code {
                0 => "nothing at or above --fail-on",
                1 => "violations",
                _ => "could not check",
            },
            "toolExecutionNotifications": notifications,
        })
    }

    fn notification(&self, problem: &Problem, outcome: &Outcome) -> Value {
        let Problem { severity, name, message, labels, help } = problem;
        let help = help.as_ref().map_or(String::new(), |help| format!("; {}", escape(help)));
        let text = format!("could not check: {}{help}", message::plain(message));
        let mut locations: Vec<Value> = Vec::new();
        for (region, _, file) in self.regions(labels) {
            let location = location(&region, file, outcome);
            // SARIF wants each once.
            if !locations.contains(&location) {
                locations.push(location);
            }
        }
        json!({
            "descriptor": { "id": name },
            "level": severity.as_str(),
            "message": { "text": text },
            "locations": locations,
        })
    }

    /// A rule that looked at nothing has not passed.
    fn not_evidence(&self, rule: &str) -> Value {
        let text =
            format!("{} looked at nothing: that it found nothing is no evidence", escape(rule));
        json!({
            "descriptor": { "id": "not-evidence" },
            "associatedRule": self.rule_reference(rule),
            "level": "note",
            "message": { "text": text },
        })
    }

    fn rule_reference(&self, rule: &str) -> Value {
        match self.rule_index(rule) {
            Some(index) => json!({ "id": rule, "index": index }),
            None => json!({ "id": rule }),
        }
    }

    fn rule_index(&self, id: &str) -> Option<usize> {
        self.report.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()
    }

    fn result(&self, finding: &Finding, outcome: &Outcome) -> Value {
        let regions = self.regions(&finding.labels);
        let said: Vec<(Region<'_>, &str)> =
            regions.iter().map(|(region, text, _)| (*region, *text)).collect();
        let mut result = Map::new();
        result.insert("ruleId".into(), json!(finding.rule));
        if let Some(index) = self.rule_index(&finding.rule) {
            result.insert("ruleIndex".into(), json!(index));
        }
        result.insert("level".into(), json!(finding.severity.as_str()));
        result.insert("message".into(), json!({ "text": message::of_finding(finding, &said) }));
        result.insert("locations".into(), json!([self.primary(&regions, outcome)]));
        let related = regions.iter().enumerate().skip(1).take(MOST_LOCATIONS - 1);
        let related = related.map(|(id, (region, text, file))| {
            let mut related = location(region, *file, outcome);
            related["id"] = json!(id);
            if !text.is_empty() {
                related["message"] = json!({ "text": message::plain(text) });
            }
            related
        });
        result.insert("relatedLocations".into(), related.collect());
        if let Some(proof) = &finding.proof {
            result.insert("codeFlows".into(), flow::of_proof(proof, &self.places, outcome));
        }
        result.insert("partialFingerprints".into(), self.fingerprints(finding, &regions));
        if self.with_hidden {
            let hider = finding.suppression.as_ref();
            let suppressions = hider.map(|by| suppressed::by(by, &self.places, outcome));
            // Of a run, all results say what suppresses them, or none does.
            result.insert("suppressions".into(), suppressions.into_iter().collect());
        }
        result.into()
    }

    /// The first place; a finding without one is shown at the start of its topology.
    fn primary(&self, regions: &[(Region<'r>, &str, FileId)], outcome: &Outcome) -> Value {
        if let Some((region, _, file)) = regions.first() {
            return location(region, *file, outcome);
        }
        let first = outcome.files.first().copied().unwrap_or_default();
        match self.places.region(Span::new(first, 0..0)) {
            Some(region) => location(&region, first, outcome),
            None => json!({}),
        }
    }

    fn fingerprints(&self, finding: &Finding, regions: &[(Region<'r>, &str, FileId)]) -> Value {
        let mut fingerprints = json!({ "lyntFinding/v1": finding.atom.to_string() });
        let hash = regions.first().and_then(|(region, _, file)| {
            let text = &self.report.sources.file(*file).text;
            let hashes = self.hashes.get(*file as usize)?;
            hashes.get_or_init(|| line_hash::line_hashes(text)).get(region.start.line - 1)
        });
        if let Some(hash) = hash {
            fingerprints["primaryLocationLineHash"] = json!(hash);
        }
        fingerprints
    }

    /// The places of labels, with their texts and files.
    fn regions<'l>(&self, labels: &'l [Label]) -> Vec<(Region<'r>, &'l str, FileId)> {
        let region = |label: &'l Label| {
            Some((self.places.region(label.span)?, label.text.as_str(), label.span.file))
        };
        labels.iter().filter_map(region).collect()
    }
}

/// What GitHub keeps alerts apart by: a path, so that several topologies of one repository don't
/// overwrite each other's.
fn category(path: &str) -> String {
    match path.trim_matches('/') {
        "" | "." => "lynt/".to_owned(),
        path => format!("lynt/{}/", escape(path)),
    }
}

/// The findings that are written, in their order: if not all are, open ones before those that are hidden.
fn gravest<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<&'f Finding> {
    let mut chosen: Vec<(usize, &Finding)> = findings.enumerate().collect();
    if chosen.len() > MOST_RESULTS {
        let rank = |finding: &Finding| (finding.suppression.is_none(), finding.severity);
        chosen.sort_by_key(|(_, finding)| std::cmp::Reverse(rank(finding)));
        chosen.truncate(MOST_RESULTS);
        chosen.sort_by_key(|(at, _)| *at);
    }
    chosen.into_iter().map(|(_, finding)| finding).collect()
}

fn too_many_results(all: usize) -> Value {
    let text = format!("{MOST_RESULTS} of {all} findings are in this file, the gravest ones");
    json!({
        "descriptor": { "id": "too-many-results" },
        "level": "warning",
        "message": { "text": text },
    })
}

fn location(region: &Region<'_>, file: FileId, outcome: &Outcome) -> Value {
    let mut artifact = json!({ "uri": uri::of_path(region.path) });
    // Files are numbered as they are read, so a topology's are in order.
    if let Ok(index) = outcome.files.binary_search(&file) {
        artifact["index"] = json!(index);
    }
    json!({
        "physicalLocation": {
            "artifactLocation": artifact,
            "region": {
                "startLine": region.start.line,
                "startColumn": region.start.column,
                "endLine": region.end.line,
                "endColumn": region.end.column,
            },
        },
    })
}
