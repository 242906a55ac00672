//! Texts ↔ numbers: each distinct text is kept once.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// The number of a text, counted from 0 in the order of first sight.
pub type TextId = u32;

/// Distinct texts, kept in one piece of memory.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    all: String,
    /// Where each text ends in `all`; it begins where the one before ends.
    ends: Vec<u32>,
    ids: HashTable<TextId>,
}

impl Texts {
    /// The number of `text`, a new one if it was not seen yet.
    pub fn add(&mut self, text: &str) -> TextId {
        let hash = FxBuildHasher.hash_one(text);
        let (all, ends) = (&self.all, &self.ends);
        if let Some(&id) = self.ids.find(hash, |&id| slice(all, ends, id) == text) {
            return id;
        }
        self.all.push_str(text);
        self.ends.push(u32::try_from(self.all.len()).expect("texts come from files below 4 GiB"));
        let id = u32::try_from(self.ends.len() - 1).expect("there are fewer texts than bytes");
        let (all, ends) = (&self.all, &self.ends);
        self.ids.insert_unique(hash, id, |&id| FxBuildHasher.hash_one(slice(all, ends, id)));
        id
    }

    /// The number of `text`, if it was seen.
    pub fn find(&self, text: &str) -> Option<TextId> {
        let hash = FxBuildHasher.hash_one(text);
        self.ids.find(hash, |&id| self.get(id) == text).copied()
    }

    /// The text with the number `id`.
    pub fn get(&self, id: TextId) -> &str {
        slice(&self.all, &self.ends, id)
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..).take(self.len()).map(|id| self.get(id))
    }
}

fn slice<'t>(all: &'t str, ends: &[u32], id: TextId) -> &'t str {
    let at = id as usize;
    let start = if at == 0 { 0 } else { ends[at - 1] as usize };
    &all[start..ends[at] as usize]
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn a_text_has_one_number() {
        let mut texts = Texts::default();
        let ids: Vec<_> =
            ["a", "", "b", "a", "", "ab"].iter().map(|text| texts.add(text)).collect();
        assert_eq!(ids, [0, 1, 2, 0, 1, 3]);
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["a", "", "b", "ab"]);
        assert_eq!((texts.find("b"), texts.find("c")), (Some(2), None));
    }
}
