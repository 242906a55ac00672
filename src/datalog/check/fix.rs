//! What mends a violation: a key of one of its entities that gets another value.

use super::Checker;
use super::body::{Scope, narrower};
use crate::datalog::ast::{FixItem, TermItem, ViolationItem, Word};
use crate::datalog::program::{EntityId, Key, KeyFix, Kind, RelationId, VarId};
use crate::source::{Problem, Span};
use crate::spelling::nearest;
use std::collections::{BTreeMap, BTreeSet};

impl Checker<'_> {
    pub(super) fn fix(&mut self, item: &ViolationItem, fix: &FixItem) -> Option<KeyFix> {
        let mut scope = self.column_scope(item);
        let given: BTreeSet<VarId> = (0..scope.len()).collect();
        let (subject, path, relations) = self.target(&scope, &fix.key)?;
        let kind = relations
            .iter()
            .find_map(|&relation| self.program.relations[relation].columns.last())
            .map(|column| column.kind)?;
        self.declare_names(&mut scope, &[], &fix.condition);
        let mut body = self.body(&mut scope, &fix.condition);
        self.refuse_wildcard(&fix.value)?;
        let mut lookups = BTreeMap::new();
        let (value, found) =
            self.term(&mut scope, &fix.value, Some(kind), &mut body, &mut lookups)?;
        if let Some(found) = found
            && narrower(found, kind).is_none()
        {
            self.report_kind_clash(&scope, &fix.value, found, kind, None);
        }
        self.check_body_bound_given(&scope, &body, &given);
        self.remember_said(&body);
        let text = self.template(&mut scope, &fix.text);
        let (is_safe, vars) = (!fix.is_unsafe, scope.into_vars());
        Some(KeyFix { is_safe, subject, path, relations, value, kind, body, vars, text })
    }

    /// The column whose key is set, the key's path, and the relations that hold its value.
    fn target(
        &mut self,
        scope: &Scope,
        term: &TermItem,
    ) -> Option<(VarId, String, Vec<RelationId>)> {
        let TermItem::Dotted { base, path } = term else {
            let problem = Problem::error("syntax", "a fix sets a key of an entity")
                .at(term.span(), "")
                .help("write `fix p.backup-registrar = q: \"..\";`");
            self.report(problem);
            return None;
        };
        let Some(subject) = scope.find(&base.node) else {
            self.report_unknown_variable(scope, base);
            return None;
        };
        let entity = match scope.kind(subject) {
            Some(Kind::Of(entity)) => entity,
            Some(Kind::Entity) => return self.refuse_open_kind(base),
            _ => return None,
        };
        let words: Vec<&str> = path.iter().map(|word| word.node.as_str()).collect();
        let name = words.join(".");
        let span = path[0].span.to(path[path.len() - 1].span);
        let relations = self.key_relations(entity, &name, span)?;
        Some((subject, name, relations))
    }

    fn refuse_open_kind<T>(&mut self, base: &Word) -> Option<T> {
        let message = format!("`{}` may be any entity", base.node);
        let problem = Problem::error("type-mismatch", message)
            .at(base.span, "has no certain keys")
            .help("give the column the kind whose key is set, such as `Pool`");
        self.report(problem);
        None
    }

    /// The relations of a key that a fix may set: one that holds a value or an array, and has no default,
    /// since a value that the file does not have can't be replaced in it.
    fn key_relations(
        &mut self,
        entity: EntityId,
        name: &str,
        span: Span,
    ) -> Option<Vec<RelationId>> {
        let declared = &self.program.entities[entity];
        let table = &declared.table;
        let problem = match declared.keys.get(name) {
            Some(key) if is_plain(key) && !name.contains('.') => {
                return Some(key.relations().collect());
            }
            Some(_) => Problem::error("type-mismatch", format!("a fix can't set `{name}`"))
                .at(span, "")
                .help("it sets a key of the table itself that has one value and no default"),
            None => {
                let near = nearest(name, declared.keys.keys().map(String::as_str));
                Problem::error("unknown-key", format!("`[[{table}]]` has no key `{name}`"))
                    .at(span, "")
                    .did_you_mean(near)
            }
        };
        self.report(problem);
        None
    }
}

fn is_plain(key: &Key) -> bool {
    key.one.is_some() && key.default.is_none() && key.entries.is_none()
}
