//! `lynt query`: what satisfies the body of a rule.

use super::columns::align;
use super::input::OneInput;
use super::rule_files::{Asked, RuleFiles};
use super::{CLEAN, Output};
use crate::datalog::program::{Literal, Query};
use crate::discover::TopologyFiles;
use crate::escape::escape;
use crate::eval::{Binding, Search, Solver};
use crate::facts::{Cell, Facts};
use crate::print::{Names, Printer};
use crate::report::places::Places;
use crate::rules::Rules;
use crate::source::{Problem, Sources, Span};
use crate::{Options, Timings, load};
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  lynt query 'Backup(p, q)' topology/
  lynt query 'Pool(p), (p.version >= \"sfb-2015\"), (p.hosting is unknown)'
  lynt query 'Sba(s), let pool = s.site, UserGroup(g), (g.home == s)' topology/
  lynt query 'Site(s), let n = count { Pool(p), (p.site == s) }' -f tsv
  lynt query --rules house/ 'SiteCode(s, code)' topology/

Variables begin with a small letter, `_` stands for any value; `lynt vocabulary` prints the relations.

Exit codes: 0 answered (perhaps with no answer), 2 could not ask.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Literals with commas between them
    #[arg(value_name = "QUESTION")]
    question: String,
    #[command(flatten)]
    input: OneInput,
    #[command(flatten)]
    rule_files: RuleFiles,
    /// How answers are printed
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Human, help_heading = "Output")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Tsv,
}

/// What the question is called in messages.
const NAME: &str = "<question>";

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let asked = arguments.rule_files.ask(&arguments.input, output)?;
    let Asked { rules, topology, sources } = match asked {
        Ok(asked) => asked,
        Err(code) => return Ok(code),
    };
    let (rules, query) = match rules.with_query(NAME, &arguments.question) {
        Ok(asked) => asked,
        Err((problems, sources)) => return output.could_not_check(&problems, &sources),
    };
    match answer(arguments, &rules, &query, &topology, &sources) {
        Ok(text) => output.out.write_all(text.as_bytes()).map(|()| CLEAN),
        Err(problems) => output.could_not_check(&problems, &sources),
    }
}

fn answer(
    arguments: &Arguments,
    rules: &Rules,
    query: &Query,
    topology: &TopologyFiles,
    sources: &Sources,
) -> Result<String, Vec<Problem>> {
    let limits = arguments.rule_files.limits.limits();
    let options = Options { limits, ..Options::default() };
    let mut reads = BTreeSet::new();
    for literal in &query.body {
        literal.each_atom(&mut |atom, _| {
            reads.insert(atom.relation);
        });
    }
    let plan = rules.plan_for(reads);
    let facts = load(rules, sources, topology, &plan, &options, &mut Timings::default())?;
    let solver = Solver::new(&rules.set.program, &facts, limits);
    let answers = answers(query, &solver);
    if let Some(limit) = solver.reached() {
        let message = format!("limit reached in the question: {}", limits.describe(limit));
        let help = "join its atoms by common variables, or raise the limit with `--limit`";
        return Err(vec![Problem::error("limit-reached", message).help(help)]);
    }
    let places = Places::new(sources);
    let page = Page { rules, query, facts: &facts, places: &places };
    let rows: Vec<Row> = answers.iter().map(|(row, proof)| page.row(row, proof, &solver)).collect();
    Ok(match arguments.format {
        Format::Human => page.table(&rows),
        Format::Json => page.json(&rows),
        Format::Tsv => page.tsv(&rows),
    })
}

/// The distinct values of the named variables, sorted, each with the first assignment that has them.
fn answers<'a>(query: &'a Query, solver: &Solver<'a>) -> BTreeMap<Vec<Cell>, Binding> {
    let mut answers = BTreeMap::new();
    solver.solve(&query.body, &vec![None; query.vars.len()], &mut |found| {
        let row: Vec<Cell> = query.named.iter().filter_map(|&var| found[var]).collect();
        answers.entry(row).or_insert_with(|| found.clone());
        Search::Continue
    });
    answers
}

/// An answer as it is printed.
struct Row {
    cells: Vec<(String, Value)>,
    /// The places of each positive atom that has one.
    places: Vec<(String, usize, usize)>,
}

impl Row {
    fn place(&self) -> String {
        let first = self.places.first();
        first.map_or(String::new(), |(path, line, column)| format!("{path}:{line}:{column}"))
    }
}

struct Page<'p> {
    rules: &'p Rules,
    query: &'p Query,
    facts: &'p Facts,
    places: &'p Places<'p>,
}

impl Page<'_> {
    fn row(&self, row: &[Cell], found: &Binding, solver: &Solver) -> Row {
        let printer = Printer::new(&self.rules.set.program, self.facts);
        let cells = self.query.named.iter().zip(row).map(|(&var, &cell)| {
            let kind = self.query.vars[var].kind;
            let word = printer.word_for(kind, cell, Names::Full);
            let value = if kind.is_number() { json!(cell) } else { json!(word) };
            (word, value)
        });
        let mut places: Vec<Span> = Vec::new();
        for literal in &self.query.body {
            if let Literal::Atom(atom) = literal
                && !atom.negated
            {
                places.extend(solver.atom_places(atom, found).into_iter().next());
            }
        }
        let mut seen = BTreeSet::new();
        places.retain(|place| seen.insert(*place));
        let place = |span| self.places.place(span).map(|(p, l, c)| (p.to_owned(), l, c));
        Row { cells: cells.collect(), places: places.into_iter().filter_map(place).collect() }
    }

    fn names(&self) -> Vec<&str> {
        self.query.named.iter().map(|&var| self.query.vars[var].name.as_str()).collect()
    }

    fn table(&self, rows: &[Row]) -> String {
        let head = self.names().into_iter().chain(["place"]).map(str::to_owned).collect();
        let body = rows.iter().map(|row| {
            let cells = row.cells.iter().map(|(word, _)| escape(word).into_owned());
            cells.chain([escape(&row.place()).into_owned()]).collect::<Vec<String>>()
        });
        let lines: Vec<Vec<String>> = std::iter::once(head).chain(body).collect();
        let mut text = String::new();
        if !rows.is_empty() {
            align(&lines, &mut text);
        }
        text + &match (rows.len(), self.query.named.is_empty()) {
            (0, true) => "no\n".to_owned(),
            (_, true) => "yes\n".to_owned(),
            (0, false) => "no answer\n".to_owned(),
            (1, false) => "\n1 answer\n".to_owned(),
            (many, false) => format!("\n{many} answers\n"),
        }
    }

    fn json(&self, rows: &[Row]) -> String {
        let answers = rows.iter().map(|row| {
            let names = self.names().into_iter().map(str::to_owned);
            let values: Map<String, Value> =
                names.zip(row.cells.iter().map(|(_, value)| value.clone())).collect();
            let place = |(path, line, column): &(String, usize, usize)| {
                json!({"path": path, "line": line, "column": column})
            };
            let places: Vec<Value> = row.places.iter().map(place).collect();
            json!({"values": values, "places": places})
        });
        let answers: Vec<Value> = answers.collect();
        let whole = json!({"variables": self.names(), "answers": answers});
        serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
    }

    fn tsv(&self, rows: &[Row]) -> String {
        let mut text = self.names().into_iter().chain(["place"]).collect::<Vec<_>>().join("\t");
        text.push('\n');
        for row in rows {
            let cells = row.cells.iter().map(|(word, _)| escape(word).into_owned());
            let cells: Vec<String> = cells.chain([escape(&row.place()).into_owned()]).collect();
            text.push_str(&cells.join("\t"));
            text.push('\n');
        }
        text
    }
}
