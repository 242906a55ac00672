//! `lynt graph`: a picture of a topology.

use super::configured::WrongRules;
use super::input::OneInput;
use super::rule_files::RuleFiles;
use super::setup::{Asked, Prepared, Selecting, Setup};
use super::today::TodayArguments;
use super::{CLEAN, Output};
use crate::discover::TopologyFiles;
use crate::facts::collect;
use crate::file::write_whole;
use crate::graph::{self, Graph, MOST_CHARACTERS, MOST_LINKS, MOST_POOLS, Simulation};
use crate::report::Outcome;
use crate::simulate::{Scenario, Simulator};
use crate::source::{Problem, Sources};
use crate::{Options, Timings, check, topology};
use clap::ValueEnum;
use std::io::{self, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  lynt graph -o topology.svg topology/
  lynt graph -o london-down.svg --down fe-lon.contoso.com topology/
  lynt graph -f dot topology/ | dot -Tpdf -o topology.pdf
  lynt graph -f mermaid -o topology.mmd topology/
  lynt graph --select backup -o pairs.svg topology/

Where more than 500 pools are, each central site is one node with counts.
Exit codes: 0 drawn, whatever was found, 2 could not draw.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: OneInput,
    #[command(flatten)]
    rule_files: RuleFiles,
    #[command(flatten)]
    selecting: Selecting,
    #[command(flatten)]
    today: TodayArguments,
    /// A pool, an SBA or an Edge pool that is down, as in `lynt simulate` (repeatable)
    #[arg(long, value_name = "FQDN", help_heading = "Scenario")]
    down: Vec<String>,
    /// What is written [default: by the end of FILE's name, else svg]
    #[arg(short, long, value_enum, help_heading = "Output")]
    format: Option<Form>,
    /// Write this file, whole or not at all, instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A picture that any browser shows
    Svg,
    /// For Graphviz
    Dot,
    /// For Markdown that knows Mermaid
    Mermaid,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> io::Result<u8> {
    let mut sources = Sources::default();
    let form = match arguments.form() {
        Ok(form) => form,
        Err(problem) => return output.could_not_check(&[problem], &sources),
    };
    let Arguments { rule_files, selecting, today, .. } = arguments;
    let (input, options) = (&arguments.input.input(), &|_: &mut _| {});
    let prepared = Asked { input, rule_files, selecting, today, options }.prepare(&mut sources);
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(wrong) => return wrong.tell(output, &sources),
    };
    prepared.warn(output)?;
    match arguments.draw(prepared, &sources) {
        Ok(drawn) => arguments.write(&drawn, form, &sources, output),
        Err(problems) => WrongRules::Settings(problems).tell(output, &sources),
    }
}

impl Arguments {
    /// The picture of the one topology that is asked for.
    fn draw(&self, prepared: Prepared, sources: &Sources) -> Result<Graph, Vec<Problem>> {
        let Prepared { topologies, setups, .. } = prepared;
        let (files, setup) = self.input.one_of(topologies)?;
        let setup = &setups[setup];
        let outcome = self.check(setup, &files, sources);
        if !outcome.problems.is_empty() {
            return Err(outcome.problems);
        }
        let program = &setup.rules.set.program;
        let parse = || topology::parse(program, sources, &files.files);
        let facts = collect(program, parse()?, &graph::relations(program), setup.rules.texts());
        if self.down.is_empty() {
            return Ok(graph::graph(program, &facts, &outcome.findings, None));
        }
        let simulator = Simulator::new(&setup.rules, parse()?);
        let mut simulator = simulator.map_err(|problem| vec![problem])?;
        let scenario = Scenario { down: self.down.clone(), ..Scenario::default() };
        let (down, modes) = (&*self.down, simulator.modes());
        let simulated = &simulator.run(&scenario)?;
        let simulation = Simulation { down, modes, simulated };
        Ok(graph::graph(program, &facts, &outcome.findings, Some(&simulation)))
    }

    fn check(&self, setup: &Setup, files: &TopologyFiles, sources: &Sources) -> Outcome {
        let options = Options {
            selected: &|rule| setup.is_selected(rule),
            limits: self.rule_files.limits.limits(),
            ignores: Some(&setup.policy),
            ..Options::default()
        };
        check(&setup.rules, sources, files, &options, &mut Timings::default())
    }

    fn write(
        &self,
        drawn: &Graph,
        form: Form,
        sources: &Sources,
        output: &mut Output,
    ) -> io::Result<u8> {
        let text = match form {
            Form::Svg => graph::svg(drawn, PREFIX),
            Form::Dot => graph::dot(drawn),
            Form::Mermaid => graph::mermaid(drawn),
        };
        let too_much = (form == Form::Mermaid).then(|| too_much(drawn, &text)).flatten();
        let doubts: Vec<Problem> = folded(drawn).into_iter().chain(too_much).collect();
        output.warn(&doubts, sources)?;
        let Some(file) = &self.output else {
            return output.out.write_all(text.as_bytes()).map(|()| CLEAN);
        };
        match write_whole(file, &|out| out.write_all(text.as_bytes())) {
            Ok(()) => Ok(CLEAN),
            Err(problem) => output.could_not_check(&[problem], sources),
        }
    }

    /// What is written.
    ///
    /// # Errors
    /// The file's name ends as that of something else, and `--format` says nothing.
    fn form(&self) -> Result<Form, Problem> {
        let end = self.output.as_ref().and_then(|file| file.extension());
        match (self.format, end.map(|end| end.to_string_lossy()).as_deref()) {
            (Some(form), _) => Ok(form),
            (None, None | Some("svg")) => Ok(Form::Svg),
            (None, Some("dot" | "gv")) => Ok(Form::Dot),
            (None, Some("mmd" | "mermaid")) => Ok(Form::Mermaid),
            (None, Some(end)) => {
                let message =
                    format!("`--output`: lynt draws no picture whose name ends in `.{end}`");
                Err(Problem::error("usage", message).help(
                    "end it in .svg, .dot, .gv, .mmd or .mermaid, or say what it is with `--format`",
                ))
            }
        }
    }
}

/// What all names in a picture that stands alone begin with.
const PREFIX: &str = "lynt";

/// Says that sites stand for pools.
fn folded(drawn: &Graph) -> Option<Problem> {
    let pools = drawn.folded?;
    let message =
        format!("{pools} pools are more than {MOST_POOLS}: the picture is grouped by site");
    Some(Problem::warning("grouped-picture", message))
}

/// Says that Mermaid's own limits are in the way.
fn too_much(drawn: &Graph, text: &str) -> Option<Problem> {
    let (links, characters) = (drawn.links.len(), text.chars().count());
    let is_much = links > MOST_LINKS || characters > MOST_CHARACTERS;
    let message = format!(
        "Mermaid refuses this picture unless `maxEdges` ({links}) and `maxTextSize` ({characters}) are set"
    );
    is_much.then(|| {
        Problem::warning("large-picture", message).help("`-f svg` and `-f dot` have no such limit")
    })
}
