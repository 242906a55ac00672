//! What was measured → which goals are met.

use super::measure::Cost;
use super::programs::LYNT;
use super::tables::thousands;
use super::{Compared, Measured, Shape};
use std::ops::Range;
use std::{fs, io};

/// A goal, and how far lynt is.
pub struct Goal {
    /// What is measured; `÷` stands between times where nothing else is named.
    pub text: &'static str,
    /// What was measured; the goal is met where it is no larger than `limit`.
    pub value: f64,
    /// The most that is wanted, in the same unit.
    pub limit: f64,
    /// Where the value was measured.
    pub place: String,
}

const MB: f64 = 1024.0 * 1024.0;

/// How much a doubling may cost: more than 2, because tables outgrow the processor's caches.
const LINEAR: f64 = 2.5;

/// Values, and where each was measured.
type Values = Vec<(f64, String)>;

/// The goals that the sizes which were measured can tell of.
///
/// # Errors
/// Where lynt's own size can't be read.
pub fn goals(compared: &Compared) -> io::Result<Vec<Goal>> {
    let binary = fs::metadata(LYNT)?.len() as f64 / MB;
    let all: [(&str, f64, Values); 8] = [
        ("four rules ÷ each other program", 1.0, by_others(compared)),
        ("four rules ÷ minimal checker, up to 10,000 pools", 1.0, by_minimal(compared, 0..100_000)),
        (
            "four rules ÷ minimal checker, 100,000 pools",
            0.7,
            by_minimal(compared, 100_000..usize::MAX),
        ),
        ("all rules ÷ four rules", 2.0, at_each(compared, |size| ratio(size, 1, 0))),
        ("memory ÷ (64 MB + 4 × input)", 1.0, memory(compared)),
        ("processor's time ÷ that of half the size, in every shape", LINEAR, growth(compared)),
        ("processor's time of the four rules, 100 pools, in ms", 2.0, small(compared)),
        ("the program, in MB", 6.0, vec![(binary, String::new())]),
    ];
    // The worst value tells whether a goal is met.
    let goal = |(text, limit, values): (&'static str, f64, Values)| {
        let worst = values.into_iter().max_by(|(one, _), (other, _)| one.total_cmp(other));
        worst.map(|(value, place)| Goal { text, value, limit, place })
    };
    Ok(all.into_iter().filter_map(goal).collect())
}

/// The time of one program as a multiple of that of another one.
fn ratio(size: &Measured, one: usize, other: usize) -> f64 {
    size.costs[one].wall.as_secs_f64() / size.costs[other].wall.as_secs_f64()
}

fn at_each(compared: &Compared, value: impl Fn(&Measured) -> f64) -> Values {
    compared.sizes.iter().map(|size| (value(size), pools(size))).collect()
}

fn pools(size: &Measured) -> String {
    format!("{} pools", thousands(size.pools))
}

fn by_others(compared: &Compared) -> Values {
    let others = compared.programs.iter().enumerate().skip(3);
    others
        .flat_map(|(at, other)| {
            let at_size = move |(value, pools)| (value, format!("{}, {pools}", other.name));
            at_each(compared, |size| ratio(size, 0, at)).into_iter().map(at_size)
        })
        .collect()
}

fn by_minimal(compared: &Compared, sizes: Range<usize>) -> Values {
    let wanted = compared.sizes.iter().filter(|size| sizes.contains(&size.pools));
    wanted.map(|size| (ratio(size, 0, 2), pools(size))).collect()
}

/// What lynt uses, as a part of what it may.
fn memory(compared: &Compared) -> Values {
    let part = |costs: &[Cost], input: u64| {
        let used = costs.iter().map(|cost| cost.memory).max().unwrap_or(0);
        used as f64 / (64.0 * MB + 4.0 * input as f64)
    };
    let mut values = at_each(compared, |size| part(&size.costs[..2], size.input));
    let shapes = compared.shapes.iter();
    values.extend(shapes.map(|shape| (part(&shape.costs[1], shape.input), shape.name.to_owned())));
    values
}

fn growth(compared: &Compared) -> Values {
    let rules = [(0, "four rules"), (1, "all rules")];
    let both = |shape: &Shape| {
        rules.map(|(at, rules)| (shape.growth(at), format!("{}, {rules}", shape.name)))
    };
    compared.shapes.iter().flat_map(both).collect()
}

fn small(compared: &Compared) -> Values {
    let small = compared.sizes.iter().filter(|size| size.pools == 100);
    small.map(|size| (size.costs[0].cpu.as_secs_f64() * 1000.0, String::new())).collect()
}
