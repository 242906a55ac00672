//! Sites of the deployment → sites with one name each.

use super::deployment;
use super::quote;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, PartialEq, Eq)]
pub struct Site {
    pub name: String,
    pub kind: SiteKind,
}

#[derive(Debug, PartialEq, Eq)]
pub enum SiteKind {
    Central,
    /// The name of its central site, where known.
    Branch(Option<String>),
}

/// The sites, sorted by name, and the name of each site id.
pub fn name_sites(
    sites: &[deployment::Site],
    notes: &mut Vec<String>,
) -> (Vec<Site>, BTreeMap<String, String>) {
    let mut ordered: Vec<&deployment::Site> = sites.iter().collect();
    // Ids are numbers: 2 before 10.
    ordered.sort_by_key(|site| (site.name.is_empty(), &site.name, site.id.len(), &site.id));
    let mut names = Names {
        taken: sites.iter().map(|site| site.name.clone()).collect(),
        numbers: BTreeMap::new(),
    };
    let mut name_of: BTreeMap<String, String> = BTreeMap::new();
    let mut named = Vec::new();
    let mut previous = None;
    for site in ordered {
        let name = match previous {
            _ if site.name.is_empty() => names.free(format!("site-{}", site.id)),
            Some(previous) if previous == &site.name => {
                names.free(format!("{}-{}", site.name, site.id))
            }
            _ => site.name.clone(),
        };
        if site.name.is_empty() {
            notes.push(format!(
                "the site with the id {} has no name: it is called {} here",
                quote::name(&site.id),
                quote::name(&name)
            ));
        } else if name != site.name {
            notes.push(format!(
                "several sites are called {}: one of them is called {} here",
                quote::name(&site.name),
                quote::name(&name)
            ));
        }
        if name_of.insert(site.id.clone(), name.clone()).is_some() {
            notes.push(format!(
                "several sites have the id {}: {} is the one that counts",
                quote::name(&site.id),
                quote::name(&name)
            ));
        }
        previous = Some(&site.name);
        named.push((site, name));
    }
    let mut sites: Vec<Site> = named
        .into_iter()
        .map(|(site, name)| with_central_site(site, name, &name_of, notes))
        .collect();
    sites.sort_by(|a, b| a.name.cmp(&b.name));
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
    notes: &mut Vec<String>,
) -> Site {
    if !site.is_branch {
        return Site { name, kind: SiteKind::Central };
    }
    let known =
        site.central_sites.iter().filter(|id| **id != site.id).find_map(|id| name_of.get(id));
    if known.is_none() {
        notes.push(format!(
            "the central site of the branch site {} is not in the export: add `central-site`",
            quote::name(&name)
        ));
    }
    Site { name, kind: SiteKind::Branch(known.cloned()) }
}
