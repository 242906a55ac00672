//! Declarations: kinds, the keys of the topology, relations, violations, parameters.

use super::{Checker, Parts};
use crate::datalog::FactsFrom;
use crate::datalog::ast::{
    ColumnItem, DefaultItem, EntityItem, File, Form, FromItem, InputItem, Item, KeyItem, ParamItem,
    ViolationItem, Word,
};
use crate::datalog::program::{
    Column, Constant, Default, Docs, EntityDecl, EntityId, EnumDecl, From, Key, Kind, Param,
    Relation, RelationId, Role, Say, Telling, Template, UnitDecl, Violation,
};
use crate::source::{Problem, Severity, Span};
use crate::spelling::nearest;
use std::collections::{BTreeMap, BTreeSet};

/// crepe refuses more bound columns.
const MAX_COLUMNS: usize = 12;

impl Checker<'_> {
    /// Declares everything, so that rules may come in any order.
    pub(super) fn declare<'f>(&mut self, files: &'f [File]) -> Parts<'f> {
        self.declare_built_in_kinds();
        let items = || files.iter().flat_map(|file| &file.items);
        for item in items() {
            self.declare_kind(item);
        }
        for item in items() {
            if let Item::Entity(entity) = item {
                self.declare_keys(entity);
            }
        }
        for item in items() {
            if let Item::Entity(entity) = item {
                self.declare_defaults(entity);
            }
        }
        let mut parts = Parts::of(files);
        for item in items() {
            match item {
                Item::Schema(number) => self.program.schema = Some(number.node),
                Item::Input(input) => self.declare_input(input),
                Item::Relation(relation) => {
                    let columns = self.columns(&relation.columns);
                    self.add_relation(&relation.name, &relation.docs, columns, Role::Derived);
                }
                Item::Violation(violation) => {
                    let id = self.declare_violation(violation);
                    parts.violations.push((violation, id));
                }
                Item::Param(param) => self.declare_param(param),
                Item::Enum(_) | Item::Unit(_) | Item::Entity(_) | Item::Clause(_) => {}
            }
        }
        parts
    }

    fn declare_built_in_kinds(&mut self) {
        let unit = |name: &str, docs: &str, seconds| UnitDecl {
            name: name.to_owned(),
            docs: docs.to_owned().into(),
            seconds: Some(seconds),
        };
        self.program.units = vec![
            unit(
                "Seconds",
                "A span of time in seconds; in TOML a number, or a text such as `\"5m\"`.",
                1,
            ),
            unit(
                "Minutes",
                "A span of time in minutes; in TOML a number, or a text such as `\"1h30m\"`.",
                60,
            ),
        ];
        let built_in = [
            ("Entity", Kind::Entity),
            ("Int", Kind::Int),
            ("Bool", Kind::Bool),
            ("Text", Kind::Text),
            ("Seconds", Kind::Unit(0)),
            ("Minutes", Kind::Unit(1)),
        ];
        self.kinds = built_in.map(|(name, kind)| (name.to_owned(), (kind, None))).into();
    }

    fn declare_kind(&mut self, item: &Item) {
        match item {
            Item::Enum(declared) => {
                let kind = Kind::Enum(self.program.enums.len());
                self.add_kind(&declared.name, kind);
                self.refuse_repeated_values(&declared.values);
                self.program.enums.push(EnumDecl {
                    name: declared.name.node.clone(),
                    docs: declared.docs.clone().into(),
                    values: declared.values.iter().map(|value| value.node.clone()).collect(),
                });
            }
            Item::Unit(declared) => {
                let kind = Kind::Unit(self.program.units.len());
                self.add_kind(&declared.name, kind);
                self.program.units.push(UnitDecl {
                    name: declared.name.node.clone(),
                    docs: declared.docs.clone().into(),
                    seconds: None,
                });
            }
            Item::Entity(declared) => {
                let id = self.program.entities.len();
                if self.add_kind(&declared.name, Kind::Of(id)) {
                    self.add_entity(declared, id);
                }
            }
            _ => {}
        }
    }

    /// Whether the name was free.
    fn add_kind(&mut self, name: &Word, kind: Kind) -> bool {
        let declared = self.kinds.get(&name.node).copied();
        if let Some((_, before)) = declared {
            self.report_duplicate("kind", name, before);
        } else {
            self.kinds.insert(name.node.clone(), (kind, Some(name.span)));
        }
        declared.is_none()
    }

    fn refuse_repeated_values(&mut self, values: &[Word]) {
        let mut seen = BTreeMap::new();
        for value in values {
            if let Some(before) = seen.insert(value.node.as_str(), value.span) {
                self.report_duplicate("value", value, Some(before));
            }
        }
    }

    fn report_duplicate(&mut self, what: &str, name: &Word, before: Option<Span>) {
        let message = format!("the {what} `{}` is declared twice", name.node);
        let mut problem =
            Problem::error("duplicate-declaration", message).at(name.span, "again here");
        match before {
            Some(span) => {
                let help = "remove one of them, or give it another name";
                problem = problem.at(span, "first here").help(help);
            }
            None => problem = problem.help("the name is built in"),
        }
        self.report(problem);
    }

    fn add_entity(&mut self, item: &EntityItem, id: EntityId) {
        let column = vec![Column { name: "x".to_owned(), kind: Kind::Of(id) }];
        let relation = self.add_relation(&item.name, &item.docs, column, Role::Member(id));
        let noun = item.noun.as_ref().unwrap_or(&item.table).node.clone();
        self.program.entities.push(EntityDecl {
            name: item.name.node.clone(),
            docs: item.docs.clone().into(),
            noun,
            table: item.table.node.clone(),
            by: item.by.as_ref().map(|by| by.node.clone()),
            keys: BTreeMap::new(),
            relation,
            name_relation: None,
        });
        if let Some(by) = &item.by {
            let docs = format!("The name of a {}.", item.name.node);
            let name_relation = self.add_key_relation(id, &by.node, by.span, &docs, Kind::Text);
            self.program.entities[id].name_relation = Some(name_relation);
        }
    }

    fn add_key_relation(
        &mut self,
        entity: EntityId,
        path: &str,
        span: Span,
        docs: &str,
        kind: Kind,
    ) -> RelationId {
        let owner = &self.program.entities[entity].name;
        let name = Word { node: format!("{owner}.{path}"), span };
        let columns = vec![
            Column { name: "x".to_owned(), kind: Kind::Of(entity) },
            Column { name: "value".to_owned(), kind },
        ];
        let role = Role::Key { entity, path: path.to_owned() };
        self.add_relation(&name, docs, columns, role)
    }

    fn add_relation(
        &mut self,
        name: &Word,
        docs: &str,
        columns: Vec<Column>,
        role: Role,
    ) -> RelationId {
        let id = self.program.relations.len();
        if columns.len() > MAX_COLUMNS {
            let message = format!("`{}` has more than {MAX_COLUMNS} columns", name.node);
            self.report(Problem::error("arity", message).at(name.span, ""));
        }
        let dotted = matches!(role, Role::Key { .. } | Role::Examined(_));
        if !dotted && !name.node.starts_with(|c: char| c.is_ascii_uppercase()) {
            let message = format!("the name `{}` does not begin with a capital letter", name.node);
            self.report(Problem::error("syntax", message).at(name.span, "").help(format!(
                "call it `{}`: relations begin with a capital letter",
                capitalized(&name.node)
            )));
        }
        if let Some(&before) = self.relations.get(&name.node) {
            let before = &self.program.relations[before];
            let alike = before.columns.iter().map(|c| c.kind).eq(columns.iter().map(|c| c.kind));
            let before = before.span;
            let what = if matches!(role, Role::Key { .. }) { "key" } else { "relation" };
            // Of a violation that is declared twice that was said.
            if !matches!(role, Role::Examined(_)) {
                self.report_duplicate(what, name, Some(before));
            }
            if !alike {
                self.broken.insert(name.node.clone());
            }
        } else {
            self.relations.insert(name.node.clone(), id);
        }
        let group = self.group(name.span);
        self.program.relations.push(Relation {
            name: name.node.clone(),
            docs: docs.to_owned().into(),
            columns,
            role,
            group,
            span: name.span,
        });
        id
    }

    /// The columns of the relation that is added next.
    fn columns(&mut self, items: &[ColumnItem]) -> Vec<Column> {
        let mut columns: Vec<Column> = Vec::new();
        for item in items {
            if let Some(before) = columns.iter().position(|column| column.name == item.name.node) {
                let message = format!("the column `{}` stands twice", item.name.node);
                self.report(
                    Problem::error("duplicate-declaration", message)
                        .at(item.name.span, "again here")
                        .at(items[before].name.span, "first here"),
                );
            }
            // An unknown kind was reported; `Int` keeps the arity right.
            let kind = self.kind(&item.kind).unwrap_or_else(|| {
                self.doubtful.insert((self.program.relations.len(), columns.len()));
                Kind::Int
            });
            columns.push(Column { name: item.name.node.clone(), kind });
        }
        columns
    }

    /// None for the second one of a name.
    fn entity_declared_at(&self, name: &Word) -> Option<EntityId> {
        match self.kinds.get(&name.node) {
            Some(&(Kind::Of(entity), Some(span))) if span == name.span => Some(entity),
            _ => None,
        }
    }

    fn declare_keys(&mut self, item: &EntityItem) {
        let Some(id) = self.entity_declared_at(&item.name) else { return };
        self.declare_key_list(id, "", &item.keys);
    }

    fn declare_key_list(&mut self, entity: EntityId, prefix: &str, keys: &[KeyItem]) {
        for item in keys {
            match item {
                KeyItem::Table { name, keys, .. } => {
                    let prefix = format!("{prefix}{}.", name.node);
                    self.declare_key_list(entity, &prefix, keys);
                }
                KeyItem::Value { docs, name, kind, .. } => {
                    let Some(value) = self.kind(kind) else { continue };
                    self.refuse_narrow_reference(value, kind);
                    let path = format!("{prefix}{}", name.node);
                    let relation = self.add_key_relation(entity, &path, name.span, docs, value);
                    let key = self.program.entities[entity].keys.entry(path).or_default();
                    key.one = Some(relation);
                    *key.docs = docs.clone();
                }
            }
        }
    }

    /// A name in the namespace of FQDNs may stand for an entity of another kind than the key wants,
    /// and rules judge that: such a key is of kind `Entity`.
    fn refuse_narrow_reference(&mut self, kind: Kind, word: &Word) {
        let Kind::Of(target) = kind else { return };
        if self.program.entities[target].is_fqdn() {
            let message = "an FQDN may stand for an entity of another kind";
            let problem = Problem::error("type-mismatch", message).at(word.span, "write `Entity`");
            self.report(problem);
        }
    }

    fn declare_defaults(&mut self, item: &EntityItem) {
        let Some(id) = self.entity_declared_at(&item.name) else { return };
        self.declare_default_list(id, "", &item.keys);
    }

    fn declare_default_list(&mut self, entity: EntityId, prefix: &str, keys: &[KeyItem]) {
        for item in keys {
            match item {
                KeyItem::Table { name, keys, .. } => {
                    let prefix = format!("{prefix}{}.", name.node);
                    self.declare_default_list(entity, &prefix, keys);
                }
                KeyItem::Value { name, default: Some(default), .. } => {
                    let path = format!("{prefix}{}", name.node);
                    let key = self.program.entities[entity].keys.get(&path);
                    let Some(relation) = key.and_then(|key| key.one) else { continue };
                    let kind = self.program.relations[relation].columns[1].kind;
                    let default = self.default(default, kind);
                    if let Some(key) = self.program.entities[entity].keys.get_mut(&path) {
                        key.default = default;
                    }
                }
                KeyItem::Value { default: None, .. } => {}
            }
        }
    }

    fn default(&mut self, item: &DefaultItem, kind: Kind) -> Option<Default> {
        let (table, key) = match item {
            DefaultItem::Value(term) => return self.constant(term, kind).map(Default::Value),
            DefaultItem::Key { table, key } => (table, key),
        };
        let entity = self.table(table)?;
        let declared = &self.program.entities[entity];
        let mut near = None;
        let problem = match declared.keys.get(&key.node).and_then(|key| key.one) {
            None => {
                near = nearest(&key.node, declared.keys.keys().map(String::as_str));
                format!("`[{}]` has no key `{}`", table.node, key.node)
            }
            Some(_) if declared.by.is_some() => {
                format!("`[[{}]]` may stand many times", table.node)
            }
            Some(relation) if self.program.relations[relation].columns[1].kind != kind => {
                format!("`{}.{}` is of another kind", table.node, key.node)
            }
            Some(_) => return Some(Default::Key { entity, path: key.node.clone() }),
        };
        let problem = Problem::error("unknown-key", problem).at(key.span, "").did_you_mean(near);
        self.report(problem);
        None
    }

    fn table(&mut self, word: &Word) -> Option<EntityId> {
        let tables = || self.program.entities.iter().map(|entity| entity.table.as_str());
        if let Some(found) = tables().position(|table| table == word.node) {
            return Some(found);
        }
        let near = nearest(&word.node, tables()).map(str::to_owned);
        let problem =
            Problem::error("unknown-table", format!("no entity stands in `{}`", word.node))
                .at(word.span, "")
                .did_you_mean(near.as_deref());
        self.report(problem);
        None
    }

    fn declare_input(&mut self, item: &InputItem) {
        let columns = self.columns(&item.columns);
        // Without a topology there is no key to look for, and that was said.
        let from = if self.facts == FactsFrom::Files { &[] } else { item.from.as_slice() };
        let unresolved = from.iter().any(|from| from.table.node == "unresolved");
        if unresolved {
            let id = self.add_relation(&item.name, &item.docs, columns, Role::Unresolved);
            self.check_unresolved(id, item);
            self.program.unresolved = Some(id);
            return;
        }
        let id = self.add_relation(&item.name, &item.docs, columns, Role::Input(Vec::new()));
        let mut sources = Vec::new();
        for from in from {
            sources.extend(self.declare_from(id, item, from));
        }
        self.program.relations[id].role = Role::Input(sources);
    }

    fn check_unresolved(&mut self, id: RelationId, item: &InputItem) {
        let kinds: Vec<Kind> =
            self.program.relations[id].columns.iter().map(|column| column.kind).collect();
        if kinds != [Kind::Entity, Kind::Text, Kind::Text] || item.from.len() != 1 {
            let message = "unresolved names have the columns `(e: Entity, key: Text, name: Text)`";
            self.report(Problem::error("type-mismatch", message).at(item.name.span, ""));
        }
    }

    fn declare_from(&mut self, id: RelationId, item: &InputItem, from: &FromItem) -> Option<From> {
        let Some(path) = &from.key else {
            let problem =
                Problem::error("syntax", "expected a table and a key, such as `pool.site`")
                    .at(from.table.span, "");
            self.report(problem);
            return None;
        };
        let entity = match from.table.node.as_str() {
            "any" => None,
            _ => Some(self.table(&from.table)?),
        };
        self.check_from_columns(id, item, entity, from)?;
        let entities = match entity {
            Some(entity) => entity..entity + 1,
            None => 0..self.program.entities.len(),
        };
        for entity in entities {
            let key = self.program.entities[entity].keys.entry(path.node.clone()).or_default();
            let slot = match from.form {
                Form::One => &mut key.one,
                Form::Each => &mut key.each,
                Form::Entries => &mut key.entries,
            };
            if slot.replace(id).is_some() {
                let message = format!("the key `{}` goes to two relations", path.node);
                self.report(Problem::error("duplicate-declaration", message).at(path.span, ""));
                return None;
            }
            if key.docs.is_empty() {
                *key.docs = item.docs.clone();
            }
        }
        Some(From { entity, path: path.node.clone(), form: from.form })
    }

    fn check_from_columns(
        &mut self,
        id: RelationId,
        item: &InputItem,
        entity: Option<EntityId>,
        from: &FromItem,
    ) -> Option<()> {
        let columns = &self.program.relations[id].columns;
        let wanted = if from.form == Form::Entries { 3 } else { 2 };
        let subject = columns.first().map(|column| column.kind);
        let fits = subject == Some(Kind::Entity) || subject == entity.map(Kind::Of);
        if columns.len() != wanted || !fits {
            let message = format!(
                "`{}` must have {wanted} columns, the first one of the table's kind or `Entity`",
                item.name.node
            );
            self.report(Problem::error("type-mismatch", message).at(from.table.span, ""));
            return None;
        }
        let (kind, word) = (columns[wanted - 1].kind, &item.columns[wanted - 1].kind);
        self.refuse_narrow_reference(kind, word);
        Some(())
    }

    fn declare_violation(&mut self, item: &ViolationItem) -> usize {
        let id = self.program.violations.len();
        let columns = self.columns(&item.columns);
        let relation = self.add_relation(&item.name, &item.docs, columns, Role::Violation(id));
        let examined_name =
            Word { node: format!("{}.examined", item.name.node), span: item.name.span };
        let column = vec![Column { name: "x".to_owned(), kind: Kind::Entity }];
        let docs = format!("What the rule of `{}` looked at.", item.name.node);
        let examined = self.add_relation(&examined_name, &docs, column, Role::Examined(id));
        self.program.violations.push(Violation {
            id: kebab_case(&item.name.node),
            group: self.group(item.name.span),
            docs: Docs { text: item.docs.clone(), sources: Vec::new() }.into(),
            relation,
            examined,
            severity: Severity::Error,
            mode: item.is_outcome.then_some(0),
            reads: BTreeSet::from([relation, examined]),
            telling: Telling::plain(Say::plain(Template::default())).into(),
            span: item.name.span,
        });
        id
    }

    fn declare_param(&mut self, item: &ParamItem) {
        if self.add_param(item).is_none() {
            self.broken.insert(item.name.node.clone());
        }
    }

    fn add_param(&mut self, item: &ParamItem) -> Option<()> {
        let kind = self.kind(&item.kind)?;
        if !kind.is_number() {
            let problem = Problem::error("type-mismatch", "a parameter is a number")
                .at(item.kind.span, "write Int, Seconds or another unit");
            self.report(problem);
            return None;
        }
        let Some(Constant::Number(default)) = self.constant(&item.default, kind) else {
            return None;
        };
        let id = self.program.params.len();
        if let Some(before) = self.params.insert(item.name.node.clone(), id) {
            let before = self.param_places[before];
            self.report_duplicate("parameter", &item.name, Some(before));
        }
        self.param_places.push(item.name.span);
        self.program.params.push(Param {
            name: item.name.node.clone(),
            docs: item.docs.clone().into(),
            kind,
            default,
            value: default,
        });
        Some(())
    }
}

/// `AsymmetricBackup` → `asymmetric-backup`; a run of capitals stays together (`SBAMissing` → `sba-missing`).
fn kebab_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut id = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase()
                    || letters.get(at + 1).is_some_and(char::is_ascii_lowercase)
            });
        if starts_word && before != Some('_') && before != Some('-') {
            id.push('-');
        }
        id.push(if letter == '_' { '-' } else { letter.to_ascii_lowercase() });
    }
    id
}

/// A key that no relation reads yet is still a key.
impl Key {
    /// The relations that the key's value may go to.
    pub fn relations(&self) -> impl Iterator<Item = RelationId> {
        [self.one, self.each, self.entries].into_iter().flatten()
    }
}

/// `backup-of` as a relation is called: `BackupOf`.
pub(super) fn capitalized(name: &str) -> String {
    if name.starts_with(|c: char| c.is_ascii_uppercase()) {
        return name.to_owned();
    }
    let words = name.split(['-', '_']).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

#[cfg(test)]
mod tests {
    use super::kebab_case;

    #[test]
    fn ids_are_names_in_kebab_case() {
        let cases = [
            ("AsymmetricBackup", "asymmetric-backup"),
            ("SbaWithoutRegistrar", "sba-without-registrar"),
            ("SBAMissing", "sba-missing"),
            ("DrClaimedOnLync2010", "dr-claimed-on-lync2010"),
            ("DrClaimedOnLync_2010", "dr-claimed-on-lync-2010"),
        ];
        for (name, id) in cases {
            assert_eq!(kebab_case(name), id);
        }
    }
}
