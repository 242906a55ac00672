//! Rules over tables: the interpreter, and questions about what is known.
//!
//! One core serves both: a conjunction becomes a plan, an order of joins with an index wherever a
//! column is known; `join.rs` walks it. [`derive()`](fn@derive) fills relations with it from the bottom up,
//! [`Solver`] asks from the top down.

mod derive;
mod index;
mod join;
mod limits;
mod plan;
mod solver;

pub use derive::{Rounds, derive, rounds};
pub use join::{Search, saturated};
pub use limits::{Limit, Limits};
pub use solver::{Binding, Solver};
