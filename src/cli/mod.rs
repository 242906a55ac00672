//! The command line: the table of subcommands, exit codes, output.

mod adding;
mod baseline;
mod baselined;
mod check;
mod checker;
mod clock;
mod columns;
mod completions;
mod configured;
mod diff;
mod explain;
mod facts;
mod graph;
mod import;
mod input;
mod man;
mod mend;
mod new;
mod query;
mod report;
mod rule;
mod rule_files;
mod run;
mod schema;
mod setup;
mod showing;
mod simulate;
mod since;
mod targets;
mod test;
mod today;
mod updating;
mod version;
mod vocabulary;
mod waivers;

use crate::report::{Style, write_problems};
use crate::source::{Problem, Sources};
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

/// Nothing at or above `--fail-on`.
pub const CLEAN: u8 = 0;
/// Violations.
pub const VIOLATIONS: u8 = 1;
/// Could not check: usage, input, rules, or nothing to check.
pub const COULD_NOT_CHECK: u8 = 2;

/// Columns of an output that is no terminal.
const PIPE_WIDTH: usize = 100;

const EXAMPLES: &str = "\
Examples:
  lynt check                      check the topology in the current folder
  lynt check topology/ lab.toml   check two topologies
  lynt rule                       list all rules
  lynt new rule site-code         begin a rule of your own
  lynt test house/                run the examples of your rules
  lynt simulate --down fe-lon.contoso.com topology/
  lynt import Topology.xml -o topology/imported.toml
  lynt import --update topology/ Topology.xml
  lynt graph -o topology.svg topology/
  lynt report -o audit.html topology/
  lynt diff topology/ Topology.xml    what the deployment has become

Exit codes: 0 clean, 1 violations, 2 could not check.";

/// What bare `lynt` prints.
const HINT: &str = "\
lynt checks Lync Server and Skype for Business Server topologies kept as TOML.

  lynt check [PATH]...        check topologies (default: the current folder)
  lynt explain FINDING        why a violation is one, or with --not why something is none
  lynt query QUESTION         what satisfies conditions, such as 'Backup(p, q)'
  lynt rule [ID]              list the rules, or show one
  lynt new rule ID            begin a rule of your own
  lynt test [PATH]...         run the examples of rules
  lynt simulate --down POOL   who gets which service when a pool fails
  lynt graph -o FILE.svg      a picture of the topology
  lynt report -o FILE.html    write an audit that can be signed
  lynt import FILE.xml        turn an export of Get-CsTopology into TOML
  lynt diff OLD NEW           what differs between two topologies, and what it does
  lynt --help                 all commands and options";

/// Checks Lync Server and Skype for Business Server topologies against policy.
#[derive(Parser)]
#[command(name = "lynt", version, after_help = EXAMPLES, max_term_width = 100)]
#[command(disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    look: Look,
    /// Print the version; with -v also the commit, the target, the rules and their digest
    #[arg(short = 'V', long)]
    version: bool,
    /// With --version: what lynt was built from
    #[arg(short, long, requires = "version")]
    verbose: bool,
}

/// How output looks.
#[derive(clap::Args)]
struct Look {
    /// Colour the output; `auto`: on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, help_heading = "Output")]
    color: When,
    /// Draw boxes with Unicode characters; `auto`: on a terminal that shows UTF-8
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, help_heading = "Output")]
    unicode: When,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Explain(explain::Arguments),
    Query(query::Arguments),
    Rule(rule::Arguments),
    Vocabulary(vocabulary::Arguments),
    Facts(facts::Arguments),
    Import(import::Arguments),
    Diff(diff::Arguments),
    Simulate(simulate::Arguments),
    Report(report::Arguments),
    Graph(graph::Arguments),
    Waivers(waivers::Arguments),
    Baseline(baseline::Arguments),
    Run(run::Arguments),
    Schema(schema::Arguments),
    Test(test::Arguments),
    New(new::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Runs lynt with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help is no error; clap writes it where it belongs.
            let code = if error.use_stderr() { COULD_NOT_CHECK } else { CLEAN };
            let printed = error.print().and_then(|()| io::stdout().flush());
            return ExitCode::from(ended(unless_closed(printed, ()).map(|()| code)));
        }
    };
    let mut output = Output::new(&arguments.look);
    let code = match arguments.command {
        _ if arguments.version => version::run(arguments.verbose, &mut output),
        Some(Command::Check(arguments)) => check::run(&arguments, &mut output),
        Some(Command::Explain(arguments)) => explain::run(&arguments, &mut output),
        Some(Command::Query(arguments)) => query::run(&arguments, &mut output),
        Some(Command::Rule(arguments)) => rule::run(&arguments, &mut output),
        Some(Command::Vocabulary(arguments)) => vocabulary::run(&arguments, &mut output),
        Some(Command::Facts(arguments)) => facts::run(&arguments, &mut output),
        Some(Command::Import(arguments)) => import::run(&arguments, &mut output),
        Some(Command::Diff(arguments)) => diff::run(&arguments, &mut output),
        Some(Command::Simulate(arguments)) => simulate::run(&arguments, &mut output),
        Some(Command::Graph(arguments)) => graph::run(&arguments, &mut output),
        Some(Command::Report(arguments)) => report::run(&arguments, &mut output),
        Some(Command::Waivers(arguments)) => waivers::run(&arguments, &mut output),
        Some(Command::Baseline(arguments)) => baseline::run(&arguments, &mut output),
        Some(Command::Run(arguments)) => run::run(&arguments, &mut output),
        Some(Command::Schema(arguments)) => schema::run(&arguments, &mut output),
        Some(Command::Test(arguments)) => test::run(&arguments, &mut output),
        Some(Command::New(arguments)) => new::run(&arguments, &mut output),
        Some(Command::Completions(arguments)) => completions::run(&arguments, &mut output),
        Some(Command::Man(arguments)) => man::run(&arguments, &mut output),
        None => writeln!(output.out, "{HINT}").map(|()| CLEAN),
    };
    ExitCode::from(output.finish(code))
}

/// All commands and options, for what is made of them.
fn command_line() -> clap::Command {
    Arguments::command()
}

/// Where output goes and how it looks.
struct Output {
    out: BufWriter<StandardOutput>,
    style: Style,
    /// How files look: never coloured.
    file_style: Style,
    /// How messages on standard error look.
    error_style: Style,
    /// What the run amounts to so far.
    verdict: u8,
}

impl Output {
    fn new(look: &Look) -> Self {
        Self {
            out: BufWriter::with_capacity(1 << 16, StandardOutput(io::stdout())),
            style: style(look, io::stdout().is_terminal()),
            file_style: Style { color: false, ..style(look, false) },
            error_style: style(look, io::stderr().is_terminal()),
            verdict: CLEAN,
        }
    }

    /// Reports what kept lynt from working, on standard error.
    fn could_not_check(&mut self, problems: &[Problem], sources: &Sources) -> io::Result<u8> {
        self.verdict = COULD_NOT_CHECK;
        self.warn(problems, sources)?;
        Ok(COULD_NOT_CHECK)
    }

    /// Reports what people should know, on standard error.
    fn warn(&self, problems: &[Problem], sources: &Sources) -> io::Result<()> {
        let mut text = Vec::new();
        write_problems(problems, sources, &self.error_style, &mut text)?;
        tell(&text);
        Ok(())
    }

    /// The exit code of a run that came to `result`.
    fn finish(mut self, result: io::Result<u8>) -> u8 {
        ended(result.and_then(|code| self.out.flush().map(|()| code)))
    }
}

/// Writes to standard error. Where that can't be, nobody can be told; the verdict stays what it is.
fn tell(text: &[u8]) {
    let _ = io::stderr().write_all(text);
}

/// The exit code; output that could not be written makes it 2.
fn ended(result: io::Result<u8>) -> u8 {
    result.unwrap_or_else(|error| {
        tell(format!("error: could not write the output: {error}\n").as_bytes());
        COULD_NOT_CHECK
    })
}

/// Standard output. A reader that closed the pipe has seen enough: the run goes on to its verdict, and what
/// it writes goes nowhere.
struct StandardOutput(io::Stdout);

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        unless_closed(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        unless_closed(self.0.flush(), ())
    }
}

/// `result`, or `otherwise` where the reader has closed the pipe.
fn unless_closed<T>(result: io::Result<T>, otherwise: T) -> io::Result<T> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(otherwise),
        result => result,
    }
}

fn style(look: &Look, is_terminal: bool) -> Style {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let color = match look.color {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto => (is_terminal && !dumb) || set("FORCE_COLOR") || set("CLICOLOR_FORCE"),
    };
    let unicode = match look.unicode {
        When::Always => true,
        When::Never => false,
        When::Auto => is_terminal && !dumb && speaks_utf8(),
    };
    Style {
        color,
        ascii: !unicode,
        width: width(is_terminal),
        proofs: false,
        hidden: false,
        most: usize::MAX,
    }
}

/// Whether the terminal shows UTF-8. Windows consoles of today do; elsewhere the locale says it.
fn speaks_utf8() -> bool {
    if cfg!(windows) {
        return std::env::var_os("WT_SESSION").is_some() || std::env::var_os("TERM").is_some();
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    locale.is_some_and(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

fn width(is_terminal: bool) -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured =
        || terminal_size::terminal_size().filter(|_| is_terminal).map(|(width, _)| width.0.into());
    told.or_else(measured).unwrap_or(PIPE_WIDTH).max(40)
}
