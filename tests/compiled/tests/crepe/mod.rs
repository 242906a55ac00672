//! Runs what crepe made of a program.

use crate::run::{Listed, Run, derived};
use crate::stand_alone::{StandAlone, listed};
use lynt::datalog::lower::Lowered;
use lynt::engine::prepare;
use lynt::facts::Store;

/// Runs the steps of one program.
pub type Compiled = fn(&Lowered, &[bool], &mut Store);

/// What the compiled program derives from the facts of `run`.
pub fn derive(compiled: Compiled, run: &Run) -> Listed {
    let StandAlone { program, lowered } = &run.compiled;
    let mut facts = run.facts.clone();
    prepare(program, lowered, &mut facts);
    compiled(lowered, &vec![true; lowered.steps.len()], &mut facts.store);
    derived(program).map(|id| (id, listed(&facts, id))).collect()
}
