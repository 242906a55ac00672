//! What was probably meant by a name that is not known or has no value.

use super::Checker;
use super::body::Scope;
use super::declare::capitalized;
use crate::datalog::FactsFrom;
use crate::datalog::ast::{AtomItem, TermItem, Word};
use crate::datalog::program::{EntityId, Expr, Kind, Literal, Term, TestKind, VarId};
use crate::source::{Label, Problem};
use crate::spelling::nearest;
use std::collections::BTreeSet;

/// What to do about a relation that is not declared, where nothing better is known.
const HELP_UNDECLARED: &str = "declare it, or see what there is: `lynt vocabulary`";

/// As [`HELP_UNDECLARED`], in a program that has no topology.
const HELP_UNDECLARED_ALONE: &str = "declare it with `input` or `relation`";

/// So many places of one undeclared name are shown.
const MAX_PLACES: usize = 4;

/// So many names are listed.
const MAX_NAMES: usize = 8;

/// What other languages call a kind.
const KINDS: &[(&[&str], &str)] = &[
    (&["string", "str", "symbol", "varchar"], "Text"),
    (&["integer", "number", "unsigned", "float", "long"], "Int"),
    (&["boolean"], "Bool"),
    (&["duration", "time"], "Seconds"),
];

/// What other languages call a value that is not there.
const NOTHING: &[&str] = &["null", "nil", "none", "undefined", "nothing"];

impl Checker<'_> {
    /// Reports a relation that nothing declares: once, with the other places at which it stands.
    pub(super) fn report_undeclared_relation(&mut self, word: &Word) {
        if let Some(problem) = self.undeclared.get_mut(&word.node) {
            let labels = &mut problem.labels;
            if labels.len() < MAX_PLACES && labels.iter().all(|label| label.span != word.span) {
                labels.push(Label { span: word.span, text: String::new() });
            }
            return;
        }
        let near = nearest(&word.node, self.relations.keys().map(String::as_str));
        // It may be the one whose name could not be read, or is written in small letters.
        let is_lost = near.is_none() && self.broken.contains("");
        let is_small = near.is_some_and(|near| {
            near.eq_ignore_ascii_case(&word.node)
                && near.starts_with(|c: char| c.is_ascii_lowercase())
        });
        if is_lost || is_small {
            return;
        }
        let is_test = TestKind::NAMES.iter().any(|(name, _)| *name == word.node);
        let message = format!("unknown relation `{}`", word.node);
        let help = if is_test {
            format!("a text is tested so: `(p.fqdn.{}(\"..\"))`", word.node)
        } else {
            match self.facts {
                FactsFrom::Topology => HELP_UNDECLARED.to_owned(),
                FactsFrom::Files => HELP_UNDECLARED_ALONE.to_owned(),
            }
        };
        let problem = Problem::error("undeclared-relation", message).at(word.span, "");
        let problem = problem.help(help).did_you_mean(near);
        self.undeclared.insert(word.node.clone(), problem);
    }

    /// Reports each undeclared relation with its places in the order of the text.
    pub(super) fn report_undeclared(&mut self) {
        for mut problem in std::mem::take(&mut self.undeclared).into_values() {
            problem.labels.sort_by_key(|label| label.span);
            for (place, label) in problem.labels.iter_mut().enumerate() {
                label.text = if place == 0 { "not declared" } else { "and here" }.to_owned();
            }
            self.report(problem);
        }
    }

    /// Of the problems from `first` on, lets those about one unknown variable be one with several places.
    pub(super) fn merge_unknown_variables(&mut self, first: usize) {
        for problem in self.problems.split_off(first) {
            let of = |known: &&mut Problem| known.message == problem.message;
            match self.problems[first..].iter_mut().find(of) {
                Some(known) if problem.name == "unknown-variable" => {
                    let room = MAX_PLACES.saturating_sub(known.labels.len());
                    let places = problem.labels.into_iter().take(room);
                    let and_here = |place: Label| Label { text: "and here".to_owned(), ..place };
                    known.labels.extend(places.map(and_here));
                }
                _ => self.problems.push(problem),
            }
        }
    }

    /// Shows how the relation of a rule's head would be declared, where nothing else was offered.
    pub(super) fn offer_declaration(&mut self, scope: &Scope, head: &AtomItem) {
        let columns: Option<Vec<String>> =
            head.terms.iter().map(|term| self.column_of(scope, term)).collect();
        let Some(problem) = self.undeclared.get_mut(&head.name.node) else { return };
        let is_open =
            [Some(HELP_UNDECLARED), Some(HELP_UNDECLARED_ALONE)].contains(&problem.help.as_deref());
        if let (true, Some(columns)) = (is_open, columns) {
            let (name, columns) = (capitalized(&head.name.node), columns.join(", "));
            problem.help = Some(format!("declare it: `relation {name}({columns});`"));
        }
    }

    /// The column that a term of a head would fill.
    fn column_of(&self, scope: &Scope, term: &TermItem) -> Option<String> {
        let TermItem::Name(word) = term else { return None };
        let kind = scope.kind_of(&word.node)?;
        Some(format!("{}: {}", word.node, self.program.kind_name(kind)))
    }

    /// What to do about a kind that nothing declares.
    pub(super) fn kind_help(name: &str) -> String {
        let lower = name.to_ascii_lowercase();
        match KINDS.iter().find(|(names, _)| names.contains(&lower.as_str())) {
            Some((_, kind)) => format!("write `{kind}`"),
            None => "kinds are Text, Int, Bool, Seconds, Minutes, and what is declared, as `Pool`"
                .to_owned(),
        }
    }

    /// What to write in place of a constant that is not of `kind`.
    pub(super) fn constant_help(&self, term: &TermItem, kind: Kind) -> Option<String> {
        match (term, kind) {
            (_, Kind::Bool) => Some("write `true` or `false`, without quotes".to_owned()),
            (_, Kind::Enum(id)) => {
                Some(format!("its values are {}", self.program.enums[id].values.join(", ")))
            }
            (TermItem::Text(text), _) => {
                let is_number = text.node.starts_with(|c: char| c.is_ascii_digit());
                is_number.then(|| "write it without quotes".to_owned())
            }
            (TermItem::Number(_), Kind::Text) => Some("write it in quotes".to_owned()),
            _ => None,
        }
    }

    /// Of an entity that has no key `name`: where one step further there is one.
    pub(super) fn key_one_step_further(&self, entity: EntityId, name: &str) -> Option<String> {
        let keys = &self.program.entities[entity].keys;
        keys.iter().find_map(|(path, key)| {
            let relation = key.one?;
            let Kind::Of(next) = self.program.relations[relation].columns.get(1)?.kind else {
                return None;
            };
            let has = self.program.entities[next].keys.contains_key(name);
            has.then(|| format!("{path}.{name}"))
        })
    }

    /// Where an entity that is at hand has the key `name`: the key with its variable.
    pub(super) fn key_of_a_variable(&self, scope: &Scope, name: &str) -> Option<String> {
        let has = |variable: &&str| match scope.kind_of(variable) {
            Some(Kind::Of(entity)) => self.program.entities[entity].keys.contains_key(name),
            _ => false,
        };
        scope.visible_names().find(has).map(|variable| format!("{variable}.{name}"))
    }

    /// What to do about a variable that nothing binds, of a rule that binds `bound`.
    pub(super) fn binding_help(
        &self,
        scope: &Scope,
        body: &[Literal],
        var: VarId,
        bound: &BTreeSet<VarId>,
    ) -> String {
        let name = scope.name(var);
        let value = name.replace('_', "-");
        let equated = body.iter().find_map(|literal| equated_with(literal, var));
        let equated = equated.map(|other| scope.name(other));
        if NOTHING.contains(&name.to_ascii_lowercase().as_str()) {
            let key = equated.filter(|name| name.contains('.')).unwrap_or("p.version");
            return format!("what the topology does not say is asked for so: `({key} is unknown)`");
        }
        if self.program.enums.iter().any(|declared| declared.values.contains(&value)) {
            return format!("a value stands in quotes: `\"{value}\"`");
        }
        let param = || nearest(name, self.params.keys().map(String::as_str));
        if let Some(near) = scope.nearest_of(name, bound).or_else(param) {
            return format!("did you mean `{near}`?");
        }
        if let Some(other) = equated {
            return format!("`==` compares and binds nothing: write `let {name} = {other}`");
        }
        format!("add an atom with `{name}`, or bind it with `let {name} = ..`")
    }
}

impl Scope {
    /// The names that a message may use, in a sentence.
    pub(super) fn known_names(&self) -> Option<String> {
        let names: Vec<String> =
            self.visible_names().take(MAX_NAMES).map(|name| format!("`{name}`")).collect();
        (!names.is_empty()).then(|| format!("known here: {}", names.join(", ")))
    }
}

/// Whether one of two variables may be the other one, misspelt.
pub(super) fn is_alike(one: &str, other: &str) -> bool {
    let are_short = one.len().max(other.len()) <= 2;
    are_short || one.starts_with(other) || other.starts_with(one) || nearest(one, [other]).is_some()
}

/// The variable with which a literal compares `var`.
fn equated_with(literal: &Literal, var: VarId) -> Option<VarId> {
    let Literal::Compare { compare, left, right, .. } = literal else { return None };
    let (Expr::Term(Term::Var(left)), Expr::Term(Term::Var(right))) = (left, right) else {
        return None;
    };
    match (left, right) {
        _ if compare.is_order() => None,
        (left, right) if *left == var => Some(*right),
        (left, right) if *right == var => Some(*left),
        _ => None,
    }
}
