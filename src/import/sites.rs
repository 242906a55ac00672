//! Sites of the deployment → sites with one name each.

use super::deployment;
use super::placed::{Notes, Placed};
use super::quote;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, PartialEq, Eq)]
pub struct Site {
    pub name: Placed<String>,
    pub kind: Placed<SiteKind>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum SiteKind {
    Central,
    /// The name of its central site, where known.
    Branch(Option<Placed<String>>),
}

/// The sites, sorted by name, and the name of each site id.
pub fn name_sites(
    sites: &[deployment::Site],
    notes: &mut Notes,
) -> (Vec<Site>, BTreeMap<String, String>) {
    let mut ordered: Vec<&deployment::Site> = sites.iter().collect();
    // Ids are numbers: 2 before 10.
    ordered.sort_by_key(|site| {
        let name = &site.name.value;
        (name.is_empty(), name, site.id.len(), &site.id)
    });
    let mut names = Names {
        taken: sites.iter().map(|site| site.name.value.clone()).collect(),
        numbers: BTreeMap::new(),
    };
    let mut name_of: BTreeMap<String, String> = BTreeMap::new();
    let mut named = Vec::new();
    let mut previous = None;
    for site in ordered {
        let name = match previous {
            _ if site.name.value.is_empty() => names.free(format!("site-{}", site.id)),
            Some(previous) if previous == &site.name.value => {
                names.free(format!("{}-{}", site.name.value, site.id))
            }
            _ => site.name.value.clone(),
        };
        if site.name.value.is_empty() {
            notes.say_at(
                site.at,
                format!(
                    "the site with the id {} has no name: it is called {} here",
                    quote::name(&site.id),
                    quote::name(&name)
                ),
            );
        } else if name != site.name.value {
            notes.say_at(
                site.name.at,
                format!(
                    "several sites are called {}: one of them is called {} here",
                    quote::name(&site.name.value),
                    quote::name(&name)
                ),
            );
        }
        if name_of.insert(site.id.clone(), name.clone()).is_some() {
            notes.say_at(
                site.at,
                format!(
                    "several sites have the id {}: {} is the one that counts",
                    quote::name(&site.id),
                    quote::name(&name)
                ),
            );
        }
        previous = Some(&site.name.value);
        named.push((site, name));
    }
    let mut sites: Vec<Site> = named
        .into_iter()
        .map(|(site, name)| with_central_site(site, name, &name_of, notes))
        .collect();
    sites.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    (sites, name_of)
}

/// Names that are given, and which number a base was last tried with: many sites of one name must not take long.
struct Names {
    taken: BTreeSet<String>,
    numbers: BTreeMap<String, usize>,
}

impl Names {
    fn free(&mut self, base: String) -> String {
        let mut name = base.clone();
        let number = self.numbers.entry(base.clone()).or_insert(1);
        while !self.taken.insert(name.clone()) {
            *number += 1;
            name = format!("{base}-{number}");
        }
        name
    }
}

fn with_central_site(
    site: &deployment::Site,
    name: String,
    name_of: &BTreeMap<String, String>,
    notes: &mut Notes,
) -> Site {
    let name = Placed::new(name, site.name.at);
    if !site.is_branch {
        return Site { name, kind: Placed::new(SiteKind::Central, site.at) };
    }
    let others = site.central_sites.iter().filter(|id| id.value != site.id);
    let known = others
        .into_iter()
        .find_map(|id| name_of.get(&id.value).map(|name| Placed::new(name.clone(), id.at)));
    if known.is_none() {
        notes.say_at(
            site.at,
            format!(
                "the central site of the branch site {} is not in the export: add `central-site`",
                quote::name(&name.value)
            ),
        );
    }
    Site { name, kind: Placed::new(SiteKind::Branch(known), site.at) }
}
