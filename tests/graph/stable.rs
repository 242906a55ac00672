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
type Places = BTreeMap<String, Vec<Vec<String>>>;

fn places(text: &str) -> Places {
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

/// How many cards two pictures have in common, and how many of these stand in another column of their site. Their
/// order in a site is the same.
fn compared(before: &Places, after: &Places) -> (usize, usize) {
    let (mut all, mut moved) = (0, 0);
    let column = |columns: &[Vec<String>], card: &String| {
        columns.iter().position(|column| column.contains(card))
    };
    for (site, columns) in before {
        let (cards, now) = (columns.concat(), &after[site]);
        let kept: Vec<String> =
            now.concat().into_iter().filter(|card| cards.contains(card)).collect();
        assert_eq!(cards, kept, "the order in {site}");
        all += cards.len();
        moved += cards.iter().filter(|card| column(columns, card) != column(now, card)).count();
    }
    (all, moved)
}

/// Adds a pool to generated topologies: in other sites nothing moves.
#[test]
fn one_more_pool_moves_nothing_in_other_sites() {
    for (pools, added) in [("5", 3), ("20", 7), ("50", 12), ("100", 60), ("150", 3), ("300", 250)] {
        let (text, _) = generated(&[pools, "--shape", "clean"]).expect("a topology");
        let site = format!("central-{:04}-a", added / 100);
        let new = format!("fe-{added:06}-new.contoso.com");
        let more = format!("{text}\n[[pool]]\nfqdn = \"{new}\"\nsite = \"{site}\"\n");
        let (mut before, mut after) = (places(&text), places(&more));
        let (all, moved) = compared(&before, &after);
        assert!(moved * 10 <= all, "{pools}: {moved} of {all} cards moved");
        before.retain(|name, _| !name.ends_with(&site));
        after.retain(|name, _| !name.ends_with(&site));
        assert_eq!(before, after);
    }
}

/// Adds pool after pool, each between others, to two sites: of the others few come into another column, all
/// additions together, those too that give a site one more column.
#[test]
fn pool_after_pool_moves_little() {
    let mut random = Random(4711);
    let mut text = "schema = 1\n[[site]]\nname = \"A\"\n[[site]]\nname = \"B\"\n".to_owned();
    let (mut all, mut moved) = (0, 0);
    let mut before = places(&text);
    for at in 0..90 {
        let (name, site) =
            (format!("p{:05}-{at}.x", random.below(99_999)), ["A", "B"][random.below(2)]);
        text += &format!("[[pool]]\nfqdn = \"{name}\"\nsite = \"{site}\"\n");
        if random.is(50) {
            text += &format!("[[user-group]]\nname = \"g{at}\"\nhome = \"{name}\"\n");
        }
        let after = places(&text);
        let (cards, changed) = compared(&before, &after);
        (all, moved) = (all + cards, moved + changed);
        before = after;
    }
    assert!(all > 3000 && moved * 20 <= all, "{moved} of {all} cards moved");
}
