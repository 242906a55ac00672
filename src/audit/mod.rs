//! Outcomes and where they come from → a report that an auditor can sign: a page, tables for other documents, and
//! data by which it is verified.
//!
//! What a report says stands in tables and blocks of lines; the page and the annexes write these in their ways.

mod annex;
mod manifest;
mod page;
mod screen;
mod tables;

pub use annex::annexes;
pub use manifest::{File, Manifest, SCHEMA, digest_of, embedded};
pub use page::page;

use crate::report::Report;
use crate::violation::Finding;

/// What a report is made of.
pub struct Audit<'a> {
    /// What it is called.
    pub title: &'a str,
    /// Who made it, and who read it; empty where that is left open.
    pub people: [&'a str; 2],
    /// Where it comes from.
    pub manifest: &'a Manifest,
    /// What was checked.
    pub report: &'a Report<'a>,
    /// One for each outcome, in their order.
    pub parts: &'a [Part],
}

/// What is told of a topology besides its outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What the deployment is called; empty where nothing says it.
    pub name: String,
    /// Its picture, as SVG.
    pub picture: String,
    /// What each single failure does that changes what is left to anybody.
    pub failover: Table,
    /// The failures that change nothing.
    pub harmless: Vec<String>,
    /// What comments ignore.
    pub ignores: Table,
    /// The entries of the baseline.
    pub baseline: Table,
    /// What was open at the revision it is compared with, and is gone; None: it is not compared.
    pub gone: Option<Vec<Finding>>,
    /// What this report does not know of it, a sentence each.
    pub limits: Vec<String>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the columns are called.
    pub columns: Vec<String>,
    /// Which columns hold numbers.
    pub numbers: Vec<usize>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
    /// What is said where there is no row.
    pub empty: &'static str,
}

impl Table {
    /// A table whose columns are called so; `numbers`: which of them hold numbers.
    pub fn new(
        columns: &[&str],
        numbers: &[usize],
        rows: Vec<Vec<String>>,
        empty: &'static str,
    ) -> Self {
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        Self { columns, numbers: numbers.to_vec(), rows, empty }
    }
}
