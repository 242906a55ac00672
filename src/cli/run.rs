//! `lynt run`: a program of its own, with its facts in files → the rows that it derives.

use super::input::bytes;
use super::rule_files::LimitArguments;
use super::{CLEAN, Output};
use crate::config::Config;
use crate::datalog::compile_alone;
use crate::datalog::program::{Program, RelationId, Role};
use crate::discover::{Quota, add, display};
use crate::escape::escape;
use crate::eval::derive;
use crate::exchange::{self, Table, refuse, screen, write_files};
use crate::facts::Facts;
use crate::source::{Problem, Sources};
use crate::spelling::nearest;
use clap::ValueEnum;
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  lynt run paths.dl --facts facts/               each derived relation
  lynt run paths.dl --facts facts/ --out out/    out/NAME.csv, tab-separated
  lynt run paths.dl --facts facts/ --relation Path -f json
  lynt facts --out facts/ topology/
  cat facts/declarations.dl mine.dl | lynt run - --facts facts/

An input NAME is read from NAME.facts: a row a line, cells separated by tabs, nothing quoted, as Soufflé \
has it. Texts are compared as they are written.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Rule files, which together are one program; `-` reads standard input
    #[arg(value_name = "PROGRAM", required = true)]
    programs: Vec<PathBuf>,
    /// The folder with a file NAME.facts for each input
    #[arg(long, value_name = "DIR")]
    facts: Option<PathBuf>,
    /// How large a file of facts may be, such as 1GiB; all together: four times that [default: 128MiB]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    max_file_size: Option<u64>,
    /// Only this derived relation (repeatable)
    #[arg(long, value_name = "NAME")]
    relation: Vec<String>,
    /// How rows are printed
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write a file NAME.csv for each relation into this folder, and print nothing
    #[arg(long, value_name = "DIR", conflicts_with = "format")]
    out: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned tables
    Human,
    /// One JSON document
    Json,
    /// One line a row: the relation's name, then the cells, separated by tabs
    Tsv,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let mut sources = Sources::default();
    let (program, warnings) = match compile(&arguments.programs, &mut sources) {
        Ok(compiled) => compiled,
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    output.warn(&warnings, &sources)?;
    let (relations, facts) = match evaluate(arguments, &program, &mut sources) {
        Ok(evaluated) => evaluated,
        Err(problems) => return output.could_not_check(&problems, &sources),
    };
    let table = |&relation: &RelationId| Table::new(&program, &facts, relation);
    let tables: Vec<Table<'_>> = relations.iter().map(table).collect();
    match &arguments.out {
        None => print(&tables, arguments.format, output)?,
        Some(folder) => {
            let file = |table: &Table<'_>| (format!("{}.csv", table.name), table.lines());
            let files: Vec<(String, String)> = tables.iter().map(file).collect();
            if let Err(problem) = write_files(folder, &files) {
                return output.could_not_check(&[problem], &sources);
            }
        }
    }
    Ok(CLEAN)
}

/// The program, and warnings about it.
fn compile(
    paths: &[PathBuf],
    sources: &mut Sources,
) -> Result<(Program, Vec<Problem>), Vec<Problem>> {
    let read: Vec<Problem> =
        paths.iter().filter_map(|path| read_program(path, sources).err()).collect();
    if !read.is_empty() {
        return Err(read);
    }
    match compile_alone(sources) {
        (Some(program), warnings) => Ok((program, warnings)),
        (None, problems) => Err(problems),
    }
}

fn read_program(path: &Path, sources: &mut Sources) -> Result<(), Problem> {
    let quota = Quota::of_rules(sources);
    let (name, read) = if path == Path::new("-") {
        ("<stdin>".to_owned(), quota.read_stdin("<stdin>"))
    } else {
        (display(path), quota.read(path))
    };
    add(name, read?, sources).map(|_| ())
}

/// The relations that are asked for, and all facts, derived ones too.
fn evaluate(
    arguments: &Arguments,
    program: &Program,
    sources: &mut Sources,
) -> Result<(Vec<RelationId>, Facts), Vec<Problem>> {
    let relations = asked_for(program, &arguments.relation).map_err(|problem| vec![problem])?;
    let max_file_size = arguments.max_file_size.unwrap_or(Config::default().max_file_size());
    let mut facts = exchange::read(program, arguments.facts.as_deref(), max_file_size, sources)?;
    let limits = arguments.limits.limits();
    let needed = program.clauses.sources(relations.iter().copied().collect(), 0);
    derive(program, &needed, &mut facts, &limits).map_err(|problem| vec![problem])?;
    if arguments.out.is_some() || arguments.format == Format::Tsv {
        let refused = refuse(program, &facts, &relations);
        if !refused.is_empty() {
            return Err(refused);
        }
    }
    Ok((relations, facts))
}

/// The relations called `names`, or all that rules derive.
fn asked_for(program: &Program, names: &[String]) -> Result<Vec<RelationId>, Problem> {
    let mut derived: Vec<RelationId> = (0..program.relations.len())
        .filter(|&relation| program.relations[relation].role == Role::Derived)
        .collect();
    if derived.is_empty() {
        let message = "the program derives nothing";
        return Err(Problem::error("nothing-to-run", message)
            .help("declare a `relation`, and a rule such as `Path(x, y) <- Edge(x, y);`"));
    }
    let name_of = |relation: &RelationId| program.relations[*relation].name.as_str();
    for name in names {
        if !derived.iter().any(|relation| name_of(relation) == name) {
            let message = format!("`--relation`: the program derives no relation `{name}`");
            return Err(Problem::error("unknown-name", message)
                .help("rows are printed of what is declared with `relation`")
                .did_you_mean(nearest(name, derived.iter().map(name_of))));
        }
    }
    derived
        .retain(|relation| names.is_empty() || names.iter().any(|name| name == name_of(relation)));
    Ok(derived)
}

fn print(tables: &[Table<'_>], format: Format, output: &mut Output) -> io::Result<()> {
    match format {
        Format::Json => output.out.write_all(exchange::json(tables)?.as_bytes()),
        Format::Human => {
            for (at, table) in tables.iter().enumerate() {
                let gap = if at > 0 { "\n" } else { "" };
                write!(output.out, "{gap}{}", screen(table))?;
            }
            Ok(())
        }
        Format::Tsv => tables.iter().try_for_each(|table| print_lines(table, output)),
    }
}

fn print_lines(table: &Table<'_>, output: &mut Output) -> io::Result<()> {
    // What goes into a pipe is data; what a terminal obeys stays out of a terminal.
    let is_terminal = io::stdout().is_terminal();
    for line in table.lines().lines() {
        write!(output.out, "{}", table.name)?;
        for cell in line.split('\t') {
            let cell = if is_terminal { escape(cell) } else { Cow::Borrowed(cell) };
            write!(output.out, "\t{cell}")?;
        }
        writeln!(output.out)?;
    }
    Ok(())
}
