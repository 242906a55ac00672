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
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};
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
#[derive(Args)]
#[command(version, after_help = EXAMPLES, max_term_width = 100)]
#[command(disable_version_flag = true)]
struct Arguments {
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

/// A subcommand.
struct Subcommand {
    name: &'static str,
    /// What it does, in a line of `lynt --help`.
    about: &'static str,
    /// Adds its arguments.
    with_arguments: fn(Command) -> Command,
    run: Run,
}

/// Runs a subcommand with the arguments that it got.
type Run = fn(&ArgMatches, &mut Output) -> Result<io::Result<u8>, clap::Error>;

/// The subcommand that stands in a module, which has `Arguments` and `run`.
macro_rules! subcommand {
    ($module:ident, $about:literal) => {
        Subcommand {
            name: stringify!($module),
            about: $about,
            with_arguments: $module::Arguments::augment_args,
            run: |matches, output| {
                let arguments = $module::Arguments::from_arg_matches(matches)?;
                Ok($module::run(&arguments, output))
            },
        }
    };
}

/// All subcommands, in the order in which help lists them.
const SUBCOMMANDS: &[Subcommand] = &[
    subcommand!(check, "Check topologies"),
    subcommand!(explain, "Explain a violation by its facts and rules, or why there is none"),
    subcommand!(query, "Ask which values satisfy conditions, written as in a rule"),
    subcommand!(rule, "List the rules, or show one"),
    subcommand!(vocabulary, "Show the entities, keys, kinds and relations that rules can use"),
    subcommand!(facts, "Print the facts that topologies load as, with their places"),
    subcommand!(
        import,
        "Turn an export of Get-CsTopology or Export-CsConfiguration, or a Topology Builder file, into TOML"
    ),
    subcommand!(
        diff,
        "Say what differs between two topologies, and what that does to violations and to users"
    ),
    subcommand!(
        simulate,
        "Say who gets which service when pools, SBAs, sites or WAN links are down"
    ),
    subcommand!(
        report,
        "Write an audit report: one page with verdict, picture, failures, proofs, ignores and sign-off"
    ),
    subcommand!(
        graph,
        "Draw a picture of a topology, with what is wrong and, where something is down, who gets which service"
    ),
    subcommand!(
        waivers,
        "List what comments ignore and the baseline knows: rule, subject, reason, owner, days, and whether it is used"
    ),
    subcommand!(
        baseline,
        "Record today's findings, so that `lynt check` hides them; or remove the ones that are gone"
    ),
    subcommand!(run, "Run a Datalog program of one's own over files of facts"),
    subcommand!(
        schema,
        "Print the JSON Schema of a topology, of lynt.toml, or of what lynt writes"
    ),
    subcommand!(test, "Run the examples in rules' documentation, and marked topologies"),
    subcommand!(new, "Begin something new: a rule of one's own"),
    subcommand!(
        completions,
        "Print a script by which a shell completes lynt's commands and options"
    ),
    subcommand!(man, "Print the manual page, or write those of all commands"),
];

/// Runs lynt with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let code = run_command(arguments).unwrap_or_else(|error| {
        // Help is no error; clap writes it where it belongs.
        let code = if error.use_stderr() { COULD_NOT_CHECK } else { CLEAN };
        let printed = error.print().and_then(|()| io::stdout().flush());
        ended(unless_closed(printed, ()).map(|()| code))
    });
    ExitCode::from(code)
}

fn run_command(arguments: impl IntoIterator<Item = OsString>) -> Result<u8, clap::Error> {
    let words: Vec<OsString> = arguments.into_iter().collect();
    // To build what nobody named takes longer than many a check. Help and errors may speak of all.
    let named = command_line(|name| words.iter().any(|word| word == name));
    let matches = named
        .try_get_matches_from(&words)
        .or_else(|_| command_line(|_| true).try_get_matches_from(&words))?;
    let Arguments { look, version, verbose } = Arguments::from_arg_matches(&matches)?;
    let mut output = Output::new(&look);
    let chosen = matches.subcommand().and_then(|(name, matches)| {
        let subcommand = SUBCOMMANDS.iter().find(|subcommand| subcommand.name == name)?;
        Some((subcommand.run, matches))
    });
    let code = match chosen {
        _ if version => version::run(verbose, &mut output),
        Some((run, matches)) => run(matches, &mut output)?,
        None => writeln!(output.out, "{HINT}").map(|()| CLEAN),
    };
    Ok(output.finish(code))
}

/// All subcommands and options, with the arguments of those subcommands that are wanted.
fn command_line(is_wanted: impl Fn(&str) -> bool) -> Command {
    let lynt = SUBCOMMANDS.iter().fold(Command::new("lynt"), |lynt, subcommand| {
        let Subcommand { name, about, with_arguments, .. } = *subcommand;
        let command = Command::new(name);
        let command = if is_wanted(name) { with_arguments(command) } else { command };
        // Arguments that several share would say what it is about, too.
        lynt.subcommand(command.about(about))
    });
    Arguments::augment_args(lynt)
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
