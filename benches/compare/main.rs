//! lynt beside other programs that check the same four rules: how long each takes, what it costs the processor, and
//! how much memory. `cargo bench --bench compare [LARGEST] [--write]` prints tables in Markdown; `--write` puts
//! them into docs/performance.md.
//!
//! Each program reads the form that it likes best, prepared beforehand, and is a process of its own. The
//! runs alternate, the fastest of each counts. Before anything is timed, all must find what lynt finds.

mod exports;
mod findings;
mod folders;
#[allow(dead_code, reason = "the example's own main")]
#[path = "../../examples/generate.rs"]
mod generate;
mod goals;
mod measure;
mod minimal;
mod programs;
mod tables;

use folders::{copy, files, folder, generated};
use measure::{Cost, ERR, run};
use programs::Program;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

/// The numbers of pools.
const SIZES: &[usize] = &[100, 1_000, 10_000, 100_000];

/// The shapes in which lynt alone is measured, at the largest size and at half of it.
const SHAPES: &[&str] = &["pairs", "clean", "star", "chain", "ring", "all-to-one"];

/// How often lynt runs in each shape.
const SHAPE_RUNS: usize = 3;

/// Topologies on which all programs must agree as well.
const EXAMPLES: &[&str] = &[
    "benches/compare/edges.toml",
    "examples/broken",
    "examples/contoso",
    "examples/legacy-2010.toml",
];

/// The parts of a check that `--timings` prints.
const PARTS: &[&str] = &["start", "read", "parse", "facts", "rules", "report"];

/// What was measured at one size.
struct Measured {
    pools: usize,
    /// The length of the topology's text, in bytes.
    input: u64,
    /// One for each program, in the order of [`Compared::programs`].
    costs: Vec<Cost>,
    /// For the four rules and for all: the milliseconds of each of [`PARTS`].
    parts: [Vec<f64>; 2],
}

/// What was measured in one shape: for half the largest size and for the largest one the four rules and all rules.
struct Shape {
    name: &'static str,
    costs: [[Cost; 2]; 2],
    /// The length of the larger topology's text, in bytes.
    input: u64,
}

impl Shape {
    /// How much the processor's time grows from half the largest size to the largest one; 0 for the four rules, 1 for
    /// all.
    fn growth(&self, rules: usize) -> f64 {
        let [half, full] = self.costs.map(|costs| costs[rules].cpu.as_secs_f64());
        full / half
    }
}

/// All that was measured.
struct Compared {
    /// lynt with the four rules, lynt with all rules, the minimal checker, the others.
    programs: Vec<Program>,
    missing: Vec<String>,
    sizes: Vec<Measured>,
    shapes: Vec<Shape>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["minimal", files @ ..] => check_by_hand(files),
        ["generate", folder, size, shape] => folders::generate(Path::new(folder), size, shape),
        ["export", folder] => folders::export(Path::new(folder)),
        options => bench(options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "compare: {error}");
            ExitCode::from(2)
        }
    }
}

/// The process that is the minimal checker.
fn check_by_hand(files: &[&str]) -> io::Result<()> {
    let texts: Vec<String> = files.iter().map(fs::read_to_string).collect::<io::Result<_>>()?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let topology = minimal::read(&texts).map_err(io::Error::other)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    minimal::check(&topology, &mut out)?;
    out.flush()
}

fn bench(options: &[&str]) -> io::Result<()> {
    let (mut largest, mut writes) = (100_000, false);
    for option in options {
        match (*option, option.parse()) {
            ("--write", _) => writes = true,
            (_, Ok(number)) => largest = number,
            _ => {
                let usage = "cargo bench --bench compare -- [LARGEST] [--write]";
                return Err(io::Error::other(format!("`{option}` is unknown; write `{usage}`")));
            }
        }
    }
    let sizes: Vec<usize> = SIZES.iter().copied().filter(|size| *size <= largest).collect();
    let Some(&largest) = sizes.last() else {
        return Err(io::Error::other(format!("the smallest size is {}", SIZES[0])));
    };
    let (others, missing) = programs::others();
    let mut programs = vec![
        Program::lynt("lynt, four rules", true),
        Program::lynt("lynt, all rules", false),
        Program::minimal()?,
    ];
    programs.extend(others);
    let mut err = io::stderr().lock();
    for line in &missing {
        writeln!(err, "not installed: {line}")?;
    }
    agree(&programs[2..], &mut err)?;
    let mut compared = Compared { programs, missing, sizes: Vec::new(), shapes: Vec::new() };
    for size in sizes {
        compared.sizes.push(measure(&compared.programs, size, &mut err)?);
    }
    for shape in SHAPES {
        compared.shapes.push(measure_shape(&compared.programs[..2], shape, largest, &mut err)?);
    }
    fs::remove_dir_all(folders::scratch())?;
    let text = tables::write(&compared)?;
    io::stdout().lock().write_all(text.as_bytes())?;
    if writes { tables::replace(&text) } else { Ok(()) }
}

/// Holds all programs against lynt on what is small and hostile.
fn agree(programs: &[Program], err: &mut dyn Write) -> io::Result<()> {
    let mut findings = 0;
    for example in EXAMPLES {
        let folder = folder(&example.replace('/', "-"))?;
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(example), &folder.join("topology"))?;
        findings += compare(&folder, programs)?;
    }
    for shape in SHAPES {
        findings += compare(&generated(100, shape)?, programs)?;
    }
    writeln!(err, "all find the same on {} topologies: {findings}", EXAMPLES.len() + SHAPES.len())
}

/// Exports the topology in `folder` and holds `programs` against lynt on it.
fn compare(folder: &Path, programs: &[Program]) -> io::Result<usize> {
    folders::own(folder, &["export", &folder.display().to_string()])?;
    findings::compare(folder, &files(folder)?, programs)
}

/// How often each program runs at a size.
fn runs(size: usize) -> usize {
    match size {
        0..1_000 => 25,
        1_000..10_000 => 15,
        10_000..100_000 => 7,
        _ => 4,
    }
}

fn measure(programs: &[Program], pools: usize, err: &mut dyn Write) -> io::Result<Measured> {
    let folder = generated(pools, "pairs")?;
    let findings = compare(&folder, &programs[2..])?;
    writeln!(err, "{pools} pools: all find the same {findings}")?;
    let files = files(&folder)?;
    let costs = alternate(&folder, programs, &files, runs(pools))?;
    let parts = |program| parts(&folder, program, &files, runs(pools));
    let parts = [parts(&programs[0])?, parts(&programs[1])?];
    let input = fs::metadata(folder.join(&files[0]))?.len();
    fs::remove_dir_all(folder)?;
    Ok(Measured { pools, input, costs, parts })
}

/// The best of `runs` runs of each program, one after the other.
fn alternate(
    folder: &Path,
    programs: &[Program],
    files: &[String],
    runs: usize,
) -> io::Result<Vec<Cost>> {
    let mut costs: Vec<Cost> = Vec::new();
    for _ in 0..runs {
        for (at, program) in programs.iter().enumerate() {
            let cost = run(folder, &program.command(files), program.codes)?;
            match costs.get_mut(at) {
                Some(best) => *best = best.best(cost),
                None => costs.push(cost),
            }
        }
    }
    Ok(costs)
}

/// The milliseconds of each of [`PARTS`] in the fastest of `runs` runs.
fn parts(folder: &Path, lynt: &Program, files: &[String], runs: usize) -> io::Result<Vec<f64>> {
    let mut command = lynt.command(files);
    command.push("--timings".to_owned());
    let mut best: Vec<f64> = Vec::new();
    for _ in 0..runs {
        run(folder, &command, lynt.codes)?;
        let told = fs::read_to_string(folder.join(ERR))?;
        let part = |name: &&str| {
            let mut lines = told.lines().map(|line| line.split_whitespace());
            let mut words =
                lines.find_map(|mut words| (words.next() == Some(name)).then_some(words))?;
            words.next()?.parse::<f64>().ok()
        };
        let parts: Option<Vec<f64>> = PARTS.iter().map(part).collect();
        let parts = parts.ok_or_else(|| io::Error::other("`--timings` prints other parts"))?;
        if best.is_empty() || parts.iter().sum::<f64>() < best.iter().sum() {
            best = parts;
        }
    }
    Ok(best)
}

fn measure_shape(
    lynt: &[Program],
    name: &'static str,
    largest: usize,
    err: &mut dyn Write,
) -> io::Result<Shape> {
    writeln!(err, "{name}")?;
    let measure = |pools: usize| -> io::Result<([Cost; 2], u64)> {
        let folder = generated(pools, name)?;
        let files = files(&folder)?;
        let costs = alternate(&folder, lynt, &files, SHAPE_RUNS)?;
        let input = fs::metadata(folder.join(&files[0]))?.len();
        fs::remove_dir_all(folder)?;
        Ok(([costs[0], costs[1]], input))
    };
    let ((half, _), (full, input)) = (measure(largest / 2)?, measure(largest)?);
    Ok(Shape { name, costs: [half, full], input })
}
