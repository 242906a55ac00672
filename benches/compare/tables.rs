//! What was measured → tables in Markdown.

use super::goals::goals;
use super::measure::Cost;
use super::{Compared, PARTS};
use std::path::Path;
use std::{fs, io, thread};

/// Where the tables stand in docs/performance.md.
const BEGIN: &str = "<!-- tables -->\n";
const END: &str = "<!-- end of tables -->\n";

/// The tables.
///
/// # Errors
/// Where lynt's own size can't be read.
pub fn write(compared: &Compared) -> io::Result<String> {
    let mut text = String::new();
    let cores = thread::available_parallelism()?;
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    let rules = if cfg!(feature = "compiled") { "compiled" } else { "interpreted" };
    let how = format!("on {cores} cores, {system} on {machine}, with {rules} rules");
    put(&mut text, format!("\nMeasured {how}:\n"));
    programs(&mut text, compared);
    put(&mut text, "\n## Goals\n\n| goal | at most | measured | |".into());
    put(&mut text, "| --- | ---: | ---: | --- |".into());
    for goal in goals(compared)? {
        let met = if goal.value <= goal.limit { "met" } else { "**missed**" };
        let place =
            if goal.place.is_empty() { String::new() } else { format!(" ({})", goal.place) };
        put(
            &mut text,
            format!(
                "| {} | {} | {}{place} | {met} |",
                goal.text,
                number(goal.limit),
                number(goal.value)
            ),
        );
    }
    let ms = |cost: &Cost| cost.wall.as_secs_f64() * 1000.0;
    costs(&mut text, compared, "Time from start to end", "ms", &ms);
    let ms = |cost: &Cost| cost.cpu.as_secs_f64() * 1000.0;
    costs(&mut text, compared, "Time of the processor", "ms", &ms);
    let mb = |cost: &Cost| cost.memory as f64 / 1024.0 / 1024.0;
    costs(&mut text, compared, "Peak memory", "MB", &mb);
    parts(&mut text, compared);
    shapes(&mut text, compared);
    put(&mut text, String::new());
    Ok(text)
}

/// Puts the tables into docs/performance.md instead of the ones there.
///
/// # Errors
/// Where the page can't be read or written, or has no place for them.
pub fn replace(tables: &str) -> io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
    let page = fs::read_to_string(&path)?.replace("\r\n", "\n");
    let parts = page.split_once(BEGIN).zip(page.split_once(END));
    let Some(((before, _), (_, after))) = parts else {
        return Err(io::Error::other(
            "docs/performance.md lacks the marks between which tables stand",
        ));
    };
    fs::write(path, format!("{before}{BEGIN}{tables}{END}{after}"))
}

fn put(text: &mut String, line: String) {
    text.push_str(&line);
    text.push('\n');
}

fn programs(text: &mut String, compared: &Compared) {
    for program in &compared.programs[2..] {
        put(text, format!("- {}: {}", program.name, program.about));
    }
    for missing in &compared.missing {
        put(text, format!("- not installed: {missing}"));
    }
}

/// With two digits behind the point, or three digits in all.
fn number(value: f64) -> String {
    match value {
        ..0.1 => format!("{value:.3}"),
        ..10.0 => format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        ..100.0 => format!("{value:.1}").trim_end_matches('0').trim_end_matches('.').to_owned(),
        _ => format!("{value:.0}"),
    }
}

/// As `100,000`.
pub fn thousands(value: usize) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What each program takes of one thing, as a multiple of what lynt takes for the four rules.
fn costs(
    text: &mut String,
    compared: &Compared,
    what: &str,
    unit: &str,
    of: &dyn Fn(&Cost) -> f64,
) {
    put(text, format!("\n## {what}\n"));
    let names: Vec<&str> = compared.programs.iter().map(|program| program.name).collect();
    put(text, format!("| pools | {} |", names.join(" | ")));
    put(text, format!("| ---: |{}", " ---: |".repeat(names.len())));
    for size in &compared.sizes {
        let own = of(&size.costs[0]);
        let rest: Vec<String> = size.costs[1..].iter().map(|cost| number(of(cost) / own)).collect();
        let pools = thousands(size.pools);
        put(text, format!("| {pools} | 1 ({} {unit}) | {} |", number(own), rest.join(" | ")));
    }
}

/// What the parts of lynt's check take of the whole.
fn parts(text: &mut String, compared: &Compared) {
    put(text, "\n## Where lynt's time goes, in percent\n".into());
    put(text, format!("| pools | rules | {} |", PARTS.join(" | ")));
    put(text, format!("| ---: | --- |{}", " ---: |".repeat(PARTS.len())));
    for size in &compared.sizes {
        for (rules, parts) in ["four", "all"].iter().zip(&size.parts) {
            let all: f64 = parts.iter().sum();
            let parts: Vec<String> =
                parts.iter().map(|part| format!("{:.0}", part / all * 100.0)).collect();
            put(text, format!("| {} | {rules} | {} |", thousands(size.pools), parts.join(" | ")));
        }
    }
}

/// lynt alone in all shapes: times as multiples of the first shape's, how much the time of the processor grows from
/// half the size, memory as a multiple of the input.
fn shapes(text: &mut String, compared: &Compared) {
    let (Some(largest), Some(first)) = (compared.sizes.last(), compared.shapes.first()) else {
        return;
    };
    let pools = thousands(largest.pools);
    put(text, format!("\n## lynt in every shape, {pools} pools\n"));
    put(text, "| shape | four rules | grows by | all rules | grows by | memory / input |".into());
    put(text, format!("| --- |{}", " ---: |".repeat(5)));
    for shape in &compared.shapes {
        let [_, full] = &shape.costs;
        let wall = |cost: &Cost| cost.wall.as_secs_f64();
        let ratio = |at: usize| number(wall(&full[at]) / wall(&first.costs[1][0]));
        let memory = full.iter().map(|cost| cost.memory).max().unwrap_or(0);
        put(
            text,
            format!(
                "| {} | {} | {} | {} | {} | {} |",
                shape.name,
                ratio(0),
                number(shape.growth(0)),
                ratio(1),
                number(shape.growth(1)),
                number(memory as f64 / shape.input as f64)
            ),
        );
    }
}
