//! `lynt explain`: why a violation is one, or why something is none.

use super::input::{OneInput, number};
use super::rule_files::{Asked, RuleFiles};
use super::{CLEAN, Output};
use crate::discover::TopologyFiles;
use crate::escape::escape;
use crate::facts::Facts;
use crate::print::Printer;
use crate::proof::{Named, Prover, Size, Teller, Told, named, violation_of, why_not};
use crate::report::places::Places;
use crate::report::proof::{Trees, attempts_json, json as proof_json};
use crate::rules::Rules;
use crate::source::{Problem, Sources};
use crate::{Options, Timings, load};
use clap::ValueEnum;
use serde_json::json;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  lynt explain asymmetric-backup:fe-lon topology/
  lynt explain 'multiple-partners:fe-lon.contoso.com' topology/
  lynt explain 'SoundPair(fe-lon, _)' topology/   `_`: any value
  lynt explain --not 'dr-claimed-for-sba-users(Board members)' topology/
  lynt explain --rules house/ -f json site-code:fe-lon topology/

A report prints the finding behind `why:`.

Exit codes: 0 explained, 2 nothing to explain.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// `rule:subject` as a report prints it, or `Relation(arguments)`
    #[arg(value_name = "FINDING")]
    finding: String,
    #[command(flatten)]
    input: OneInput,
    #[command(flatten)]
    rule_files: RuleFiles,
    /// Say for each rule how near it comes, and what fails
    #[arg(long)]
    not: bool,
    /// How deep the proof goes, counted in rules
    #[arg(long, value_name = "RULES", value_parser = number, default_value_t = Size::default().depth, help_heading = "Output")]
    depth: usize,
    /// How the explanation is printed
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Human, help_heading = "Output")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// How many counted rows of an aggregate are shown.
const MOST_ROWS: usize = 100;

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let asked = arguments.rule_files.ask(&arguments.input, output)?;
    let Asked { rules, topology, sources } = match asked {
        Ok(asked) => asked,
        Err(code) => return Ok(code),
    };
    match answer(arguments, &rules, &topology, &sources, output) {
        Ok(text) => output.out.write_all(&text).map(|()| CLEAN),
        Err(problems) => output.could_not_check(&problems, &sources),
    }
}

fn answer(
    arguments: &Arguments,
    rules: &Rules,
    topology: &TopologyFiles,
    sources: &Sources,
    output: &Output,
) -> Result<Vec<u8>, Vec<Problem>> {
    let program = &rules.set.program;
    let asked = named(&arguments.finding, program).map_err(|problem| vec![problem])?;
    let limits = arguments.rule_files.limits.limits();
    let options = Options { limits, ..Options::default() };
    let reads = program.clauses.of(asked.relation).iter();
    let mut needed = std::collections::BTreeSet::from([asked.relation]);
    for literal in reads.flat_map(|clause| &clause.body) {
        literal.each_atom(&mut |atom, _| {
            needed.insert(atom.relation);
        });
    }
    let plan = rules.plan_for(needed);
    let facts = load(rules, sources, topology, &plan, &options, &mut Timings::default())?;
    let size = Size { depth: arguments.depth, rows: MOST_ROWS };
    let prover = Prover::new(program, &facts, limits, size);
    let printer = Printer::new(program, &facts);
    let page = Page {
        arguments,
        rules,
        facts: &facts,
        teller: Teller::new(&prover, &printer, &rules.set.sources),
        prover: &prover,
        printer: &printer,
        trees: Trees { places: &Places::new(sources), style: &output.style },
    };
    page.write(&asked).map_err(|problem| vec![problem])
}

/// What an explanation is written from.
struct Page<'p, 'a> {
    arguments: &'p Arguments,
    rules: &'p Rules,
    facts: &'p Facts,
    prover: &'p Prover<'a>,
    printer: &'p Printer<'a>,
    teller: Teller<'p, 'a>,
    trees: Trees<'p>,
}

impl Page<'_, '_> {
    fn write(&self, asked: &Named) -> Result<Vec<u8>, Problem> {
        let rows = asked.rows(&self.rules.set.program, self.facts, self.printer)?;
        match (self.arguments.not, rows.is_empty()) {
            (false, false) => Ok(self.why(asked, &rows)),
            (true, true) => self.why_not(asked),
            (false, true) => Err(self.nothing(asked)),
            (true, false) => {
                let message = format!("`{}` does hold", self.arguments.finding);
                Err(Problem::error("no-finding", message).help("leave out `--not` to see why"))
            }
        }
    }

    fn nothing(&self, asked: &Named) -> Problem {
        let finding = &self.arguments.finding;
        let message = match violation_of(&self.rules.set.program, asked.relation) {
            Some(_) => format!("`{finding}` is no violation of this topology"),
            None => format!("`{finding}` does not hold in this topology"),
        };
        let written = finding.split_once(':').filter(|_| !finding.contains('('));
        let atom = match written {
            Some((rule, subject)) => format!("{rule}({subject})"),
            None => finding.clone(),
        };
        let help = format!("`lynt explain --not '{atom}'` says why not");
        // A name that the topology does not have is the likelier mistake.
        asked
            .cells(&self.rules.set.program, self.facts)
            .err()
            .unwrap_or_else(|| Problem::error("no-finding", message).help(help))
    }

    fn title(&self, asked: &Named) -> Option<String> {
        let rule = violation_of(&self.rules.set.program, asked.relation)?;
        let rule = &self.rules.set.program.violations[rule];
        Some(format!("{}: {}", rule.id, rule.docs.title()))
    }

    fn why(&self, asked: &Named, rows: &[Vec<crate::facts::Cell>]) -> Vec<u8> {
        let proofs: Vec<Told> = rows
            .iter()
            .filter_map(|row| self.prover.prove(asked.relation, row))
            .map(|proof| self.teller.tell(&proof))
            .collect();
        let mut text = Vec::new();
        if self.arguments.format == Format::Json {
            let proofs: Vec<_> =
                proofs.iter().map(|proof| proof_json(proof, self.trees.places)).collect();
            write_json(&json!({"holds": true, "proofs": proofs}), &mut text);
            return text;
        }
        if let Some(title) = self.title(asked) {
            text.extend(format!("{}\n", escape(&title)).bytes());
        }
        for proof in &proofs {
            text.push(b'\n');
            // Writing to memory does not fail.
            let _ = self.trees.write(proof, "", &mut text);
        }
        text
    }

    fn why_not(&self, asked: &Named) -> Result<Vec<u8>, Problem> {
        let cells = asked.cells(&self.rules.set.program, self.facts)?;
        let attempts = why_not(asked.relation, &cells, &self.teller);
        let mut text = Vec::new();
        if self.arguments.format == Format::Json {
            let attempts = attempts_json(&attempts, self.trees.places);
            write_json(&json!({"holds": false, "rules": attempts}), &mut text);
            return Ok(text);
        }
        let what = match violation_of(&self.rules.set.program, asked.relation) {
            Some(_) => "is no violation",
            None => "does not hold",
        };
        let finding = escape(&self.arguments.finding);
        text.extend(format!("{finding} {what}; so near comes each rule:\n").bytes());
        if attempts.is_empty() {
            text.extend_from_slice(b"\nno rule derives it: the topology would have to say it\n");
        }
        let _ = self.trees.write_attempts(&attempts, &mut text);
        Ok(text)
    }
}

fn write_json(value: &serde_json::Value, text: &mut Vec<u8>) {
    let _ = serde_json::to_writer_pretty(&mut *text, value);
    text.push(b'\n');
}
