//! Names → the entities that have them.

use super::{Entity, canonical_name, namespace};
use crate::datalog::program::{EntityId, Kind, Program};
use crate::texts::{TextId, Texts};
use rustc_hash::FxHashMap;

/// The entities of a topology by their names. Nearly all names are written in canonical form, so their numbers tell.
pub struct Owners<'a> {
    program: &'a Program,
    entities: &'a [Entity],
    /// For each text the entity whose canonical name it is, by index, or [`NONE`].
    by_text: Vec<u32>,
    /// By namespace and canonical name: those whose canonical name nobody wrote, or that share it with an entity of another
    /// namespace.
    others: FxHashMap<(usize, String), u32>,
}

const NONE: u32 = u32::MAX;

/// Where a name is looked up.
#[derive(Clone, Copy)]
pub struct Space {
    /// See [`namespace`].
    id: usize,
    is_fqdn: bool,
}

impl Space {
    /// Where entities of a kind have their names.
    fn of_entity(program: &Program, kind: EntityId) -> Self {
        Self { id: namespace(program, kind), is_fqdn: program.entities[kind].is_fqdn() }
    }

    /// Where names that stand for a value of this kind are looked up; `Entity` is any FQDN.
    pub fn of(program: &Program, kind: Kind) -> Self {
        match kind {
            Kind::Of(entity) => Self::of_entity(program, entity),
            _ => Self { id: usize::MAX, is_fqdn: true },
        }
    }
}

impl<'a> Owners<'a> {
    /// None yet; `texts` are those of the topology, and perhaps more.
    pub fn new(program: &'a Program, entities: &'a [Entity], texts: &Texts) -> Self {
        Self { program, entities, by_text: vec![NONE; texts.len()], others: FxHashMap::default() }
    }

    /// All of them.
    pub fn of(program: &'a Program, entities: &'a [Entity], texts: &Texts) -> Self {
        let mut owners = Self::new(program, entities, texts);
        for at in 0..u32::try_from(entities.len()).unwrap_or(NONE) {
            owners.add(texts, at);
        }
        owners
    }

    /// Adds the entity with the index `at`, unless it has no name or one before it has the same: that one's index.
    pub fn add(&mut self, texts: &Texts, at: u32) -> Option<u32> {
        let entity = &self.entities[at as usize];
        let name = entity.name?;
        let space = Space::of_entity(self.program, entity.kind);
        let form = canonical_name(space.is_fqdn, texts.get(name));
        match self.text(texts, name, &form) {
            Some(text) if self.by_text[text] == NONE => self.by_text[text] = at,
            Some(text) if self.is_in(self.by_text[text], space) => return Some(self.by_text[text]),
            _ => {
                let key = (space.id, form.into_owned());
                let owner = *self.others.entry(key).or_insert(at);
                return Some(owner).filter(|&owner| owner != at);
            }
        }
        None
    }

    /// The index of the entity for which `name` stands. `texts` may have grown since.
    pub fn find(&self, texts: &Texts, space: Space, name: TextId) -> Option<u32> {
        let form = canonical_name(space.is_fqdn, texts.get(name));
        let owner = self.text(texts, name, &form).map(|text| self.by_text[text]);
        match owner.filter(|&owner| owner != NONE && self.is_in(owner, space)) {
            None if self.others.is_empty() => None,
            None => self.others.get(&(space.id, form.into_owned())).copied(),
            owner => owner,
        }
    }

    fn is_in(&self, owner: u32, space: Space) -> bool {
        namespace(self.program, self.entities[owner as usize].kind) == space.id
    }

    /// The number of a text's canonical form, if that was a text from the beginning.
    fn text(&self, texts: &Texts, text: TextId, form: &str) -> Option<usize> {
        let id = if texts.get(text) == form { text } else { texts.find(form)? };
        Some(id as usize).filter(|&id| id < self.by_text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Owners, Space};
    use crate::datalog;
    use crate::datalog::program::Kind;
    use crate::source::{Sources, Span};
    use crate::texts::Texts;
    use crate::topology::Entity;

    #[test]
    fn names_stand_for_entities_of_their_namespace() {
        let mut sources = Sources::default();
        let vocabulary = "
            /// A site.
            entity Site as \"site\" from site by name {}
            /// A pool.
            entity Pool as \"pool\" from pool by fqdn {}
            /// An SBA.
            entity Sba as \"SBA\" from sba by fqdn {}
        ";
        sources.add("vocabulary.dl", vocabulary);
        let (program, problems) = datalog::compile(&sources);
        let program = program.unwrap_or_else(|| panic!("{problems:#?}"));
        let mut texts = Texts::default();
        let names =
            [(0, "a.b"), (1, "a.b"), (2, "C.d"), (1, "É.e."), (0, "C.d"), (1, "x.y"), (2, "X.Y.")];
        let entities: Vec<Entity> = names
            .iter()
            .map(|&(kind, name)| Entity {
                kind,
                name: Some(texts.add(name)),
                place: Span::new(0, 0..0),
                values: 0..0,
            })
            .collect();
        let mut owners = Owners::new(&program, &entities, &texts);
        let before: Vec<_> = (0..7).map(|at| owners.add(&texts, at)).collect();
        assert_eq!(before, [None, None, None, None, None, None, Some(5)]);
        let wanted = [
            (Kind::Of(0), "a.b", Some(0)),
            (Kind::Entity, "a.b", Some(1)),
            (Kind::Of(2), "A.b.", Some(1)),
            (Kind::Of(0), "A.b", None),
            (Kind::Entity, "c.d", Some(2)),
            (Kind::Entity, "C.D.", Some(2)),
            (Kind::Of(0), "C.d", Some(4)),
            (Kind::Of(0), "c.d", None),
            (Kind::Entity, "é.E", Some(3)),
            (Kind::Entity, "x.y.", Some(5)),
            (Kind::Entity, "none", None),
        ];
        for (kind, name, owner) in wanted {
            let id = texts.add(name);
            let found = owners.find(&texts, Space::of(&program, kind), id);
            assert_eq!(found, owner, "{kind:?} {name}");
        }
    }
}
