//! Random programs with input relations of their own, and random facts for them.
//!
//! Every program is stratified by the way it is made: relations come in layers; a rule negates and
//! aggregates what is below its own layer, which it reads as it is.

use crate::random::Random;
use crate::random_rule::{RuleMaker, Sources};
use crate::syntax::{COLORS, Kind, Program, Relation, Rule, Term};

const TEXTS: [&str; 5] = ["a", "b", "ab", "ba", "c"];
/// Case and outer blanks do not count; the last text is no fact's.
const SPELLINGS: [&str; 4] = ["A", " b", "Ab ", "d"];
/// Sums and products of these saturate.
const EXTREMES: [i64; 4] = [i64::MAX, i64::MAX - 1, -i64::MAX, 4_000_000_000];

/// A row, each cell as a file of facts has it.
pub type Cells = Vec<String>;

/// A program and the rows of its input relations.
pub struct Generated {
    pub program: Program,
    /// By relation.
    pub facts: Vec<Vec<Cells>>,
}

/// The program of this seed.
pub fn program(seed: u64) -> Generated {
    let mut maker = Maker { random: Random::new(seed), program: Program::default() };
    maker.everything();
    let Maker { mut random, program } = maker;
    let facts = facts(&program, &mut random);
    Generated { program, facts }
}

/// Rows for the input relations of `program`, by relation; in no order, and some repeat.
pub fn facts(program: &Program, random: &mut Random) -> Vec<Vec<Cells>> {
    program.relations.iter().map(|relation| rows(relation, random)).collect()
}

struct Maker {
    random: Random,
    program: Program,
}

impl Maker {
    fn everything(&mut self) {
        for name in ["limit", "least"] {
            let value = number(&mut self.random);
            self.program.params.push((name.to_owned(), value));
        }
        // A graph, so that recursion has a way to go.
        let edge = vec![kind(&mut self.random); 2];
        self.program.relations.push(Relation {
            name: "Edge".to_owned(),
            columns: edge,
            is_input: true,
        });
        for _ in 0..1 + self.random.below(3) {
            self.relation("In", true);
        }
        for layer in 1..3 + self.random.below(3) {
            self.layer(layer);
        }
    }

    fn relation(&mut self, prefix: &str, is_input: bool) -> usize {
        let count = self.random.pick(&[0, 1, 1, 2, 2, 2, 2, 3, 3]);
        // Columns of one kind are joined more often.
        let common = kind(&mut self.random);
        let columns = (0..count)
            .map(|_| if self.random.percent(70) { common } else { kind(&mut self.random) })
            .collect();
        let id = self.program.relations.len();
        self.program.relations.push(Relation { name: format!("{prefix}{id}"), columns, is_input });
        id
    }

    fn layer(&mut self, layer: usize) {
        let below: Vec<usize> = (0..self.program.relations.len()).collect();
        let count = self.random.pick(&[1, 1, 2, 3]);
        let prefix = format!("Layer{layer}_");
        let own: Vec<usize> = (0..count).map(|_| self.relation(&prefix, false)).collect();
        let recursive = self.random.percent(60);
        for &head in &own {
            for _ in 0..self.random.pick(&[1, 1, 2]) {
                self.rule(head, &Sources { below: &below, own: &[] });
            }
            for _ in 0..if recursive { self.random.pick(&[1, 1, 2]) } else { 0 } {
                self.rule(head, &Sources { below: &below, own: &own });
            }
            for _ in 0..self.random.pick(&[0, 0, 0, 0, 1, 2]) {
                self.fact(head);
            }
        }
    }

    fn rule(&mut self, head: usize, sources: &Sources<'_>) {
        let rule = RuleMaker::new(&mut self.random, &self.program, sources).rule(head);
        self.program.rules.push(rule);
    }

    fn fact(&mut self, head: usize) {
        let columns = &self.program.relations[head].columns;
        let terms = columns.iter().map(|&kind| constant(&mut self.random, kind)).collect();
        let (body, names, kinds) = (Vec::new(), Vec::new(), Vec::new());
        self.program.rules.push(Rule { head, terms, body, names, kinds });
    }
}

fn rows(relation: &Relation, random: &mut Random) -> Vec<Cells> {
    let most = match (relation.is_input, relation.columns.len()) {
        (false, _) => return Vec::new(),
        (true, 0) => 2,
        (true, 1) => 6,
        (true, _) => 16,
    };
    let least = if random.percent(90) { most / 2 } else { 0 };
    let count = least + random.below(most + 1 - least);
    let columns = &relation.columns;
    (0..count).map(|_| columns.iter().map(|&kind| value(random, kind)).collect()).collect()
}

pub fn kind(random: &mut Random) -> Kind {
    random.pick(&[
        Kind::Text,
        Kind::Text,
        Kind::Text,
        Kind::Int,
        Kind::Int,
        Kind::Color,
        Kind::Bool,
    ])
}

/// A value as a file of facts has it.
fn value(random: &mut Random, kind: Kind) -> String {
    match kind {
        Kind::Text if random.percent(10) => random.pick(&SPELLINGS).to_owned(),
        Kind::Text => random.pick(&TEXTS).to_owned(),
        Kind::Int => number(random).to_string(),
        Kind::Color => random.pick(&COLORS).to_owned(),
        Kind::Bool => random.percent(50).to_string(),
    }
}

/// A value as a rule has it.
pub fn constant(random: &mut Random, kind: Kind) -> Term {
    let value = value(random, kind);
    let quoted = matches!(kind, Kind::Text | Kind::Color);
    Term::Constant(if quoted { format!("\"{value}\"") } else { value })
}

fn number(random: &mut Random) -> i64 {
    if random.percent(2) { random.pick(&EXTREMES) } else { random.pick(&[-1, 0, 1, 2, 3, 4]) }
}
