//! Both engines side by side: the time that crepe's compiled rules and the interpreter take to derive the
//! same relations, and what proofs cost. `cargo bench --bench engines [LARGEST]` prints two tables.

#[allow(dead_code, reason = "the example's own main")]
#[path = "../examples/generate.rs"]
mod generate;

use lynt::datalog::program::Violation;
use lynt::engine::derive;
use lynt::eval::{self, Limits};
use lynt::facts::{Facts, collect};
use lynt::proof::Size;
use lynt::rules::{Plan, Rules};
use lynt::source::Sources;
use lynt::{Options, topology, violation};
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// Pairs of runs, one engine after the other; the fastest of each counts: the machine may be shared.
const RUNS: usize = 3;

/// The rules that most topologies need first.
const NAMED: &[&str] = &[
    "asymmetric-backup",
    "multiple-partners",
    "sba-without-registrar",
    "dr-claimed-for-sba-users",
];

fn main() -> io::Result<()> {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let largest = numbers.next().unwrap_or(100_000);
    let rules = Rules::shipped();
    let mut out = io::stdout().lock();
    writeln!(out, "rules      pools      crepe  interpreter  (ms)   crepe / interpreter")?;
    for size in [1_000, 10_000, 100_000].into_iter().filter(|size| *size <= largest) {
        let all = rules.plan(&|_| true);
        let named = rules.plan(&|rule: &Violation| NAMED.contains(&rule.id.as_str()));
        for (name, plan) in [("four", named), ("all", all)] {
            let facts = facts(&rules, &plan, "pairs", size);
            let (crepe, interpreter) = compare(&rules, &plan, &facts);
            writeln!(
                out,
                "{name:<6}{size:>10}{:>11.1}{:>13.1}{:>27.2}",
                ms(crepe),
                ms(interpreter),
                crepe.as_secs_f64() / interpreter.as_secs_f64()
            )?;
        }
    }
    proofs(&rules, &mut out)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn facts(rules: &Rules, plan: &Plan, shape: &str, size: usize) -> Facts {
    let size = size.to_string();
    let generated = generate::generated(&[&size, "--shape", shape]);
    let (text, _) = generated.expect("the arguments are right");
    let mut sources = Sources::default();
    let file = sources.add("generated.toml", text);
    let program = &rules.set.program;
    let topology = topology::parse(program, &sources, &[file]).expect("the topology is right");
    collect(program, topology, &plan.relations, rules.texts())
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn compare(rules: &Rules, plan: &Plan, facts: &Facts) -> (Duration, Duration) {
    let limits = Limits::default();
    let crepe = || {
        let mut facts = facts.clone();
        timed(|| derive(rules, plan, &mut facts, &limits).expect("within the limits"))
    };
    let interpreter = || {
        let mut facts = facts.clone();
        let program = &rules.set.program;
        timed(|| {
            eval::derive(program, &plan.relations, &mut facts, &limits).expect("within the limits");
        })
    };
    let runs: Vec<(Duration, Duration)> = (0..RUNS).map(|_| (crepe(), interpreter())).collect();
    let fastest = |times: Vec<Duration>| times.into_iter().min().unwrap_or_default();
    (
        fastest(runs.iter().map(|(crepe, _)| *crepe).collect()),
        fastest(runs.iter().map(|(_, interpreter)| *interpreter).collect()),
    )
}

/// What the proofs of many findings cost, beside the findings themselves.
fn proofs(rules: &Rules, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\nshape      findings    without proofs   with proofs   proofs of 10,000  (ms)"
    )?;
    for shape in ["chain", "all-to-one"] {
        let selected = |rule: &Violation| NAMED.contains(&rule.id.as_str());
        let plan = rules.plan(&selected);
        let mut facts = facts(rules, &plan, shape, 10_000);
        derive(rules, &plan, &mut facts, &Limits::default()).expect("within the limits");
        let explain = |proofs: Option<Size>| {
            let options = Options { selected: &selected, proofs, ..Options::default() };
            let mut findings = 0;
            let time = timed(|| {
                let explained = violation::explain(&rules.set, &facts, &options);
                findings = explained.expect("within the limits").findings.len();
            });
            (time, findings)
        };
        let best = |proofs| (0..RUNS).map(|_| explain(proofs)).min().unwrap_or_default();
        let ((plain, findings), (proved, _)) = (best(None), best(Some(Size::default())));
        let each = proved.saturating_sub(plain).as_secs_f64() * 1000.0 / findings as f64;
        writeln!(
            out,
            "{shape:<11}{findings:>8}{:>18.1}{:>14.1}{:>19.1}",
            ms(plain),
            ms(proved),
            each * 10_000.0
        )?;
    }
    Ok(())
}
