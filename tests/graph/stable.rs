//! The same topology gives the same bytes, and one more pool moves little.

use crate::drawn::{Area, drawn};
use crate::generate::generated;
use crate::picture::picture;
use crate::random::{Random, tables, topology};
use lynt::graph::svg;
use std::collections::BTreeMap;

/// In which order the tables of a topology stand makes no difference.
#[test]
fn the_same_topology_gives_the_same_bytes() {
    for seed in 1..8 {
        let mut tables = tables(&mut Random(seed * 77_777));
        let one = svg(&picture(&topology(&tables), &[]), "t");
        tables.reverse();
        assert_eq!(one, svg(&picture(&topology(&tables), &[]), "t"), "seed {seed}");
    }
}

/// By site the names of the cards in it, column by column.
fn places(text: &str) -> BTreeMap<String, Vec<Vec<String>>> {
    let drawn = drawn(&svg(&picture(text, &[]), "t"));
    let sites = drawn.boxes.iter().filter(|(class, ..)| class == "site");
    let cards: Vec<_> = drawn.boxes.iter().filter(|(class, ..)| class == "card").collect();
    let inside = |site: &Area| {
        let mut columns: BTreeMap<i64, Vec<(i64, String)>> = BTreeMap::new();
        for (_, card, name) in cards.iter().filter(|(_, card, _)| card.overlaps(site)) {
            columns.entry(card.left as i64).or_default().push((card.top as i64, name.clone()));
        }
        columns.into_values().map(|mut column| {
            column.sort();
            column.into_iter().map(|(_, name)| name).collect()
        })
    };
    sites.map(|(_, site, name)| (name.clone(), inside(site).collect())).collect()
}

/// Adds a pool to each of many topologies, and counts how many others come into another column of their site. Their
/// order never changes, and in other sites nothing does.
#[test]
fn one_more_pool_moves_little() {
    let (mut all, mut moved) = (0, 0);
    for (pools, added) in [("5", 3), ("20", 7), ("50", 12), ("100", 60), ("150", 3), ("300", 250)] {
        let (text, _) = generated(&[pools, "--shape", "clean"]).expect("a topology");
        let site = format!("central-{:04}-a", added / 100);
        let new = format!("fe-{added:06}-new.contoso.com");
        let more = format!("{text}\n[[pool]]\nfqdn = \"{new}\"\nsite = \"{site}\"\n");
        let (before, after) = (places(&text), places(&more));
        for (name, columns) in &before {
            let is_new = |card: &String| card.contains(&new);
            let now: Vec<Vec<String>> = after[name]
                .iter()
                .map(|column| column.iter().filter(|card| !is_new(card)).cloned().collect())
                .collect();
            assert_eq!(columns.concat(), now.concat(), "the order in {name}");
            all += columns.concat().len();
            if *columns == now {
                continue;
            }
            assert!(name.ends_with(&site), "{name} is another site than {site}");
            let column = |columns: &[Vec<String>], card: &String| {
                columns.iter().position(|column| column.contains(card))
            };
            let cards = columns.iter().flatten();
            moved += cards.filter(|card| column(columns, card) != column(&now, card)).count();
        }
    }
    assert!(moved * 20 <= all, "{moved} of {all} cards moved");
}
