//! Facts, findings and a simulation → a picture of the topology, as SVG, DOT or Mermaid text.
//!
//! What stands where is decided by names and sites alone, so that the same topology gives the same bytes and one
//! more pool moves little.

mod bundle;
mod card;
mod dot;
mod fit;
mod fold;
mod lanes;
mod legend;
mod line;
mod map;
mod mark;
mod mermaid;
mod model;
mod nest;
mod plan;
mod port;
mod read;
mod route;
mod scene;
mod shelf;
mod sign;
mod spot;
mod svg;
mod theme;
mod way;
mod width;
mod words;

pub use dot::dot;
pub use fold::MOST_POOLS;
pub use mermaid::{MOST_CHARACTERS, MOST_LINKS, mermaid};
pub use model::{
    Failure, Graph, Group, Link, LinkKind, Marks, Mode, Node, NodeKind, Site, SiteKind,
};
pub use read::relations;
pub use svg::svg;
pub use width::{Font, width};

use crate::datalog::program::Program;
use crate::facts::Facts;
use crate::simulate::Simulated;
use crate::violation::Finding;

/// What is down, and what becomes of everybody.
#[derive(Clone, Copy, Debug)]
pub struct Simulation<'a> {
    /// Pools, SBAs and Edge pools that are down.
    pub down: &'a [String],
    /// What modes are called, best first.
    pub modes: &'a [String],
    /// The outcomes of all user groups.
    pub simulated: &'a Simulated,
}

/// Makes a picture of facts that hold [`relations`], with what is wrong and what fails. Above [`MOST_POOLS`] pools a
/// site stands for all that it holds.
pub fn graph(
    program: &Program,
    facts: &Facts,
    findings: &[Finding],
    simulation: Option<&Simulation<'_>>,
) -> Graph {
    let mut read = read::read(program, facts);
    mark::mark(&mut read, program, facts, findings);
    if let Some(simulation) = simulation {
        mark::fail(&mut read.graph, simulation);
    }
    if read.graph.pools() > MOST_POOLS {
        return fold::fold(&read.graph);
    }
    bundle::bundle(&mut read.graph);
    read.graph
}
