//! No rule is quadratic: the time of all rules for topologies of hostile shapes, and by which factor it
//! grows when the size doubles. `cargo bench --bench scaling [SMALLEST]` prints a table.

#[allow(dead_code, reason = "the example's own main")]
#[path = "../examples/generate.rs"]
mod generate;

use lynt::discover::TopologyFiles;
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::{Options, Timings, check};
use std::io::{self, Write};
use std::time::Duration;

const SHAPES: &[&str] = &["pairs", "star", "chain", "ring", "all-to-one"];

/// Runs of which the fastest counts: the machine may be shared.
const RUNS: usize = 3;

fn main() -> io::Result<()> {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let smallest = numbers.next().unwrap_or(25_000);
    let rules = Rules::shipped();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "shape         pools   parse   facts   rules  report  (ms)   rules and report grow by"
    )?;
    let mut worst: f64 = 0.0;
    for shape in SHAPES {
        let mut before: Option<Duration> = None;
        for size in [smallest, smallest * 2, smallest * 4] {
            let timings = measure(&rules, shape, size);
            let own = timings.rules + timings.explain;
            let factor = before.map(|before| own.as_secs_f64() / before.as_secs_f64());
            worst = worst.max(factor.unwrap_or(0.0));
            let ms = |time: Duration| time.as_secs_f64() * 1000.0;
            let grows = factor.map_or(String::new(), |factor| format!("{factor:.2}"));
            writeln!(
                out,
                "{shape:<11}{size:>8}{:>8.0}{:>8.0}{:>8.0}{:>8.0}         {grows}",
                ms(timings.parse),
                ms(timings.facts),
                ms(timings.rules),
                ms(timings.explain),
            )?;
            before = Some(own);
        }
    }
    writeln!(out, "largest factor when the size doubles: {worst:.2}")
}

fn measure(rules: &Rules, shape: &str, size: usize) -> Timings {
    let size = size.to_string();
    let generated = generate::generated(&[&size, "--shape", shape]);
    let (text, _) = generated.expect("the arguments are right");
    let mut sources = Sources::default();
    let file = sources.add("generated.toml", text);
    let topology = TopologyFiles { path: "generated.toml".to_owned(), files: vec![file] };
    let options = Options { selected: &|_| true, allow_empty: false, subjects: false };
    let run = |_| {
        let mut timings = Timings::default();
        check(rules, &sources, &topology, &options, &mut timings);
        timings
    };
    let runs = (0..RUNS).map(run);
    runs.min_by_key(|timings| timings.rules + timings.explain).unwrap_or_default()
}
