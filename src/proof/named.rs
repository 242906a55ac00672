//! A tuple as people write it, `asymmetric-backup:fe-lon` or `Backup(fe-lon, _)` → relation and cells.

use crate::checks::is_check;
use crate::datalog::program::{Column, Kind, Program, RelationId, Role, ViolationId};
use crate::facts::{self, Cell, Facts};
use crate::print::{Names, Printer};
use crate::source::Problem;
use crate::spelling::nearest;
use crate::topology::canonical_name;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<'t> {
    /// The relation; of a rule that of its violations.
    pub relation: RelationId,
    /// The arguments as they were written.
    pub arguments: Arguments<'t>,
}

/// Arguments as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arguments<'t> {
    /// Behind a colon: some or all, with commas between them; names may hold commas too.
    Joined(&'t str),
    /// Between parentheses: None where `_` stands.
    Listed(Vec<Option<String>>),
}

/// Finds the relation that `text` names: by a rule's id or a relation's name.
///
/// # Errors
/// The text has another form, or names nothing.
pub fn named<'t>(text: &'t str, program: &Program) -> Result<Named<'t>, Problem> {
    let text = text.trim();
    let (name, arguments) = match (text.split_once('('), text.split_once(':')) {
        (Some((name, rest)), colon)
            if rest.ends_with(')') && colon.is_none_or(|(before, _)| name.len() < before.len()) =>
        {
            (name, Arguments::Listed(listed(&rest[..rest.len() - 1])?))
        }
        (_, Some((name, rest))) => (name, Arguments::Joined(rest)),
        _ => (text, Arguments::Listed(Vec::new())),
    };
    let relation = relation(name.trim(), program)?;
    let columns = &program.relations[relation].columns;
    if let Arguments::Listed(listed) = &arguments
        && listed.len() > columns.len()
    {
        let words: Vec<String> = columns
            .iter()
            .map(|column| format!("{}: {}", column.name, program.kind_name(column.kind)))
            .collect();
        let message = format!("`{name}` has {} columns, found {}", columns.len(), listed.len());
        let help = format!("they are ({})", words.join(", "));
        return Err(Problem::error("arity", message).help(help));
    }
    Ok(Named { relation, arguments })
}

fn relation(name: &str, program: &Program) -> Result<RelationId, Problem> {
    let rule = program.violations.iter().find(|rule| rule.id == name);
    if let Some(relation) = rule.map(|rule| rule.relation).or(program.relation_named(name)) {
        return Ok(relation);
    }
    if is_check(name) {
        let message = format!("lynt checks `{name}` itself: no rule derives what it finds");
        let help = format!("`lynt rule {name}` says what it looks at");
        return Err(Problem::error("unknown-rule", message).help(help));
    }
    let hidden = |role: &Role| matches!(role, Role::Examined(_));
    let relations = program.relations.iter().filter(|relation| !hidden(&relation.role));
    let rules = program.violations.iter().map(|rule| rule.id.as_str());
    let near = nearest(name, rules.chain(relations.map(|relation| relation.name.as_str())));
    Err(Problem::error("unknown-rule", format!("no rule or relation is called `{name}`"))
        .help("`lynt rule` lists the rules, `lynt vocabulary` the relations")
        .did_you_mean(near))
}

/// Splits at commas outside of quotes.
fn listed(text: &str) -> Result<Vec<Option<String>>, Problem> {
    let (mut all, mut word, mut quoted, mut was_quoted) = (Vec::new(), String::new(), false, false);
    let mut letters = text.chars();
    let mut add = |word: &mut String, was_quoted: &mut bool| {
        let text = std::mem::take(word);
        let text = if *was_quoted { text } else { text.trim().to_owned() };
        all.push((*was_quoted || text != "_").then_some(text));
        *was_quoted = false;
    };
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                if !quoted {
                    word.clear();
                }
                quoted = !quoted;
                was_quoted = true;
            }
            '\\' if quoted => word.extend(letters.next()),
            ',' if !quoted => add(&mut word, &mut was_quoted),
            blank if was_quoted && !quoted && blank.is_whitespace() => {}
            letter => word.push(letter),
        }
    }
    if quoted {
        let message = format!("`({text})` has a quote that is not closed");
        return Err(Problem::error("syntax", message));
    }
    if !text.trim().is_empty() {
        add(&mut word, &mut was_quoted);
    }
    Ok(all)
}

impl Named<'_> {
    /// The rows of the relation that are meant, in their order.
    ///
    /// # Errors
    /// A name between parentheses that the topology does not have.
    pub fn rows(
        &self,
        program: &Program,
        facts: &Facts,
        printer: &Printer,
    ) -> Result<Vec<Vec<Cell>>, Problem> {
        let table = facts.store.table(self.relation);
        let rows = (0..table.rows).map(|row| table.row(row));
        let columns = &program.relations[self.relation].columns;
        match &self.arguments {
            Arguments::Joined(text) => {
                let is_meant = |row: &Vec<Cell>| {
                    [Names::Full, Names::Short]
                        .into_iter()
                        .any(|names| is_beginning(text, &joined(columns, row, printer, names)))
                };
                Ok(rows.filter(is_meant).collect())
            }
            Arguments::Listed(_) => {
                let cells = self.cells(program, facts)?;
                let fits = |row: &Vec<Cell>| {
                    let mut pairs = cells.iter().zip(row);
                    pairs.all(|(cell, value)| cell.is_none_or(|cell| cell == *value))
                };
                Ok(rows.filter(fits).collect())
            }
        }
    }

    /// The arguments as cells; None for what may be anything. Behind a colon the first one alone is
    /// known.
    ///
    /// # Errors
    /// A name that the topology does not have, a number that is none.
    pub fn cells(&self, program: &Program, facts: &Facts) -> Result<Vec<Option<Cell>>, Problem> {
        let columns = &program.relations[self.relation].columns;
        let words = match &self.arguments {
            Arguments::Joined(text) => vec![Some((*text).to_owned())],
            Arguments::Listed(words) => words.clone(),
        };
        let mut cells = vec![None; columns.len()];
        for ((cell, column), word) in cells.iter_mut().zip(columns).zip(words) {
            if let Some(word) = word {
                *cell = Some(value(&word, column, program, facts)?);
            }
        }
        Ok(cells)
    }
}

/// `a,b` for a row, as ids of findings have it.
fn joined(columns: &[Column], row: &[Cell], printer: &Printer, names: Names) -> Vec<String> {
    let words = columns.iter().zip(row);
    words.map(|(column, &cell)| printer.word_for(column.kind, cell, names)).collect()
}

/// Whether `text` is the first word, or the first few with commas between them; case does not matter.
fn is_beginning(text: &str, words: &[String]) -> bool {
    let text = text.to_lowercase();
    (1..=words.len()).any(|count| words[..count].join(",").to_lowercase() == text)
}

fn value(word: &str, column: &Column, program: &Program, facts: &Facts) -> Result<Cell, Problem> {
    let kind = column.kind;
    let found = match kind {
        Kind::Int | Kind::Unit(_) => word.replace(',', "").parse().ok(),
        Kind::Bool => ["false", "true"].iter().position(|known| *known == word).map(cell),
        Kind::Enum(id) => program.enums[id].values.iter().position(|value| value == word).map(cell),
        Kind::Text => facts.names.text(word).map(Cell::from),
        Kind::Entity | Kind::Of(_) => entity(word, kind, program, facts),
    };
    found.ok_or_else(|| unknown(word, column, program, facts))
}

fn cell(at: usize) -> Cell {
    Cell::try_from(at).unwrap_or(Cell::MAX)
}

/// The entity of that name, or the only one with that host name.
fn entity(word: &str, kind: Kind, program: &Program, facts: &Facts) -> Option<Cell> {
    if let Some(id) = facts.names.entity(program, kind, word) {
        return Some(Cell::from(id));
    }
    let fits = |named: &facts::Named| {
        let declared = &program.entities[named.kind];
        let of_kind = match kind {
            Kind::Of(wanted) => wanted == named.kind,
            _ => true,
        };
        let by_table = declared.by.is_none() && declared.table == word;
        let by_host = host(named, program).is_some_and(|host| host.eq_ignore_ascii_case(word));
        of_kind && (by_table || by_host)
    };
    let mut found = facts.names.entities.iter().enumerate().filter(|(_, named)| fits(named));
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Some(cell(at)),
        _ => None,
    }
}

/// The first part of an FQDN.
fn host<'n>(named: &'n facts::Named, program: &Program) -> Option<&'n str> {
    program.entities[named.kind].is_fqdn().then(|| named.name.split('.').next().unwrap_or(""))
}

fn unknown(word: &str, column: &Column, program: &Program, facts: &Facts) -> Problem {
    let of_kind = |named: &&facts::Named| match column.kind {
        Kind::Of(wanted) => wanted == named.kind,
        _ => true,
    };
    let names = facts.names.entities.iter().filter(of_kind);
    let near = match column.kind {
        Kind::Enum(id) => nearest(word, program.enums[id].values.iter().map(String::as_str)),
        Kind::Text => nearest(word, facts.names.written.iter().map(String::as_str)),
        Kind::Entity | Kind::Of(_) => {
            let canonical = canonical_name(true, word).into_owned();
            let known = names.flat_map(|named| [Some(named.name.as_str()), host(named, program)]);
            nearest(&canonical, known.flatten())
        }
        Kind::Int | Kind::Unit(_) | Kind::Bool => None,
    };
    let kind = program.kind_name(column.kind);
    let message = match column.kind {
        Kind::Int | Kind::Unit(_) => format!("`{word}` is no number"),
        Kind::Enum(_) | Kind::Bool => format!("`{word}` is no {kind}"),
        Kind::Text => format!("no text of the topology is `{word}`"),
        Kind::Entity => format!("the topology has nothing called `{word}`"),
        Kind::Of(entity) => {
            format!("the topology has no {} called `{word}`", program.entities[entity].noun)
        }
    };
    Problem::error("unknown-name", message).did_you_mean(near)
}

/// Whether a relation holds the violations of a rule.
pub fn violation_of(program: &Program, relation: RelationId) -> Option<ViolationId> {
    match program.relations[relation].role {
        Role::Violation(id) => Some(id),
        _ => None,
    }
}
