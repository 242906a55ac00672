//! `lynt facts`: what a topology loads as.

use super::configured::ConfigArguments;
use super::input::Input;
use super::{CLEAN, Output};
use crate::datalog::program::RelationId;
use crate::discover::TopologyFiles;
use crate::escape::escape;
use crate::exchange::export;
use crate::facts::collect;
use crate::print::Printer;
use crate::report::places::Places;
use crate::rules::Rules;
use crate::source::{Problem, Sources};
use crate::spelling::nearest;
use crate::topology;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  lynt facts topology/                       all facts, each with its place
  lynt facts --relation BackupRegistrar topology/
  lynt facts --out facts/ topology/          for `lynt run` and other engines";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    config: ConfigArguments,
    /// Only the facts of this relation, such as `Pool.version` (repeatable)
    #[arg(long, value_name = "NAME")]
    relation: Vec<String>,
    /// Write a file NAME.facts for each relation into this folder, as Soufflé has it, and declarations
    /// for programs that read them
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let rules = Rules::shipped();
    let mut sources = Sources::default();
    let relations = match relations(&rules, &arguments.relation) {
        Ok(relations) => relations,
        Err(problem) => return output.could_not_check(&[problem], &sources),
    };
    let topologies = match arguments.input.discover(&arguments.config, &mut sources) {
        Ok(found) => found.topologies.into_iter().map(|(topology, _)| topology).collect::<Vec<_>>(),
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    if let Some(folder) = &arguments.out {
        return match write(&rules, &relations, &topologies, &sources, folder) {
            Ok(()) => Ok(CLEAN),
            Err(problems) => output.could_not_check(&problems, &sources),
        };
    }
    let mut code = CLEAN;
    for topology in &topologies {
        match print(&rules, &relations, topology, &sources, output)? {
            None => {}
            Some(problems) => code = output.could_not_check(&problems, &sources)?,
        }
    }
    Ok(code)
}

/// The relations that are printed: those named, or all that a topology fills.
fn relations(rules: &Rules, names: &[String]) -> Result<Vec<RelationId>, Problem> {
    let program = &rules.set.program;
    let filled: Vec<RelationId> = (0..program.relations.len())
        .filter(|&relation| !program.relations[relation].role.is_derived())
        .collect();
    if names.is_empty() {
        return Ok(filled);
    }
    let name_of = |relation: RelationId| program.relations[relation].name.as_str();
    let mut found = Vec::new();
    for name in names {
        match filled.iter().find(|&&relation| name_of(relation) == name) {
            Some(relation) if found.contains(relation) => {}
            Some(&relation) => found.push(relation),
            None => {
                let near = nearest(name, filled.iter().map(|&relation| name_of(relation)));
                let message = format!("`--relation`: the topology fills no relation `{name}`");
                return Err(Problem::error("unknown-name", message)
                    .help("`lynt vocabulary` prints all of them")
                    .did_you_mean(near));
            }
        }
    }
    Ok(found)
}

/// Writes the files of one topology.
fn write(
    rules: &Rules,
    relations: &[RelationId],
    topologies: &[TopologyFiles],
    sources: &Sources,
    folder: &Path,
) -> Result<(), Vec<Problem>> {
    let [topology] = topologies else {
        let message = format!("`--out` takes one topology, found {}", topologies.len());
        let paths: Vec<&str> = topologies.iter().map(|topology| topology.path.as_str()).collect();
        let help = format!("write each into a folder of its own: {}", paths.join(", "));
        return Err(vec![Problem::error("usage", message).help(help)]);
    };
    let program = &rules.set.program;
    let parsed = topology::parse(program, sources, &topology.files)?;
    let facts = collect(program, parsed, &relations.iter().copied().collect(), []);
    export(program, &facts, relations, folder)
}

fn print(
    rules: &Rules,
    relations: &[RelationId],
    topology: &TopologyFiles,
    sources: &Sources,
    output: &mut Output,
) -> io::Result<Option<Vec<Problem>>> {
    let program = &rules.set.program;
    let parsed = match topology::parse(program, sources, &topology.files) {
        Ok(parsed) => parsed,
        Err(problems) => return Ok(Some(problems)),
    };
    let facts = collect(program, parsed, &relations.iter().copied().collect(), []);
    let printer = Printer::new(program, &facts);
    let places = Places::new(sources);
    for &relation in relations {
        let declared = &program.relations[relation];
        let table = facts.store.table(relation);
        for row in 0..table.rows {
            let cells: Vec<String> = declared
                .columns
                .iter()
                .zip(table.row(row))
                .map(|(column, cell)| printer.term(column.kind, cell))
                .collect();
            let place = facts.place(relation, row).and_then(|span| places.place(span));
            let place = place.map(|(path, line, column)| format!("{path}:{line}:{column}"));
            let fact = format!("{}({}).", declared.name, cells.join(", "));
            let (fact, place) = (escape(&fact), place.unwrap_or_default());
            writeln!(output.out, "{fact:<72} // {}", escape(&place))?;
        }
    }
    Ok(None)
}
