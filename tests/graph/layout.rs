//! No text lies on another one, no line crosses a text or a card, no line lies on another line.

use crate::common::topologies;
use crate::drawn::{Area, Drawn, drawn};
use crate::generate::generated;
use crate::picture::{picture, picture_of};
use crate::random::{Random, tables, topology};
use lynt::graph::{Graph, svg};
use lynt::source::Sources;
use std::path::Path;

/// What must not be, in words; at most a few.
fn faults(drawn: &Drawn) -> Vec<String> {
    let mut faults = Vec::new();
    let whole = Area { left: 0.0, top: 0.0, right: drawn.size.0, bottom: drawn.size.1 };
    for text in &drawn.texts {
        let Area { left, top, right, bottom } = text.area;
        if left < whole.left || top < whole.top || right > whole.right || bottom > whole.bottom {
            faults.push(format!("`{}` is outside of the picture", text.text));
        }
    }
    let texts: Vec<(&str, Area)> =
        drawn.texts.iter().map(|text| (&*text.text, text.area)).collect();
    for (one, other) in touching(&texts, &texts) {
        if one < other {
            faults.push(format!("`{}` lies on `{}`", texts[one].0, texts[other].0));
        }
    }
    let parts: Vec<(&str, Area)> = drawn.parts.iter().map(|part| ("line", part.area())).collect();
    for (part, text) in touching(&parts, &texts) {
        faults.push(format!("{:?} crosses `{}`", drawn.parts[part], texts[text].0));
    }
    let cards: Vec<(&str, Area)> = drawn
        .boxes
        .iter()
        .filter(|(class, ..)| class == "card" || class == "branch")
        .map(|(_, area, name)| (&**name, area.shrunk(0.5)))
        .collect();
    for (part, card) in touching(&parts, &cards) {
        faults.push(format!("{:?} crosses the card {}", drawn.parts[part], cards[card].0));
    }
    for (one, other) in touching(&cards, &cards) {
        if one < other {
            faults.push(format!("the card {} lies on {}", cards[one].0, cards[other].0));
        }
    }
    faults.extend(doubled(drawn));
    faults.truncate(8);
    faults
}

/// Which of some boxes overlap which of others: their numbers.
fn touching(some: &[(&str, Area)], others: &[(&str, Area)]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..others.len()).collect();
    order.sort_by(|&one, &other| others[one].1.top.total_cmp(&others[other].1.top));
    let tallest = others.iter().map(|(_, area)| area.bottom - area.top).fold(0.0, f64::max);
    let mut found = Vec::new();
    for (at, (_, area)) in some.iter().enumerate() {
        let first = order.partition_point(|&other| others[other].1.top < area.top - tallest);
        for &other in &order[first..] {
            if others[other].1.top > area.bottom {
                break;
            }
            if area.overlaps(&others[other].1) {
                found.push((at, other));
            }
        }
    }
    found
}

/// Lines that run along each other in one place.
fn doubled(drawn: &Drawn) -> Vec<String> {
    let along = |is_level: bool| {
        let mut parts: Vec<_> = drawn
            .parts
            .iter()
            .filter(|part| (part.from.1 == part.to.1) == is_level && part.from != part.to)
            .map(|part| {
                let flip = |(x, y): (f64, f64)| if is_level { (y, x) } else { (x, y) };
                let (from, to) = (flip(part.from), flip(part.to));
                (from.0, from.1.min(to.1), from.1.max(to.1), part)
            })
            .filter(|(.., part)| part.from.0 == part.to.0 || part.from.1 == part.to.1)
            .collect();
        parts.sort_by(|one, other| {
            (one.0, one.1).partial_cmp(&(other.0, other.1)).expect("numbers")
        });
        parts
    };
    let mut faults = Vec::new();
    for parts in [along(true), along(false)] {
        for pair in parts.windows(2) {
            let [(at, _, end, one), (other_at, start, _, other)] = [pair[0], pair[1]];
            if at == other_at && start < end - 1.0 && one.element != other.element {
                faults.push(format!("{one:?} and {other:?} are one line"));
            }
        }
    }
    faults
}

/// Draws, and finds no fault.
fn assert_clear(name: &str, graph: &Graph) -> Drawn {
    let drawn = drawn(&svg(graph, "t"));
    let faults = faults(&drawn);
    assert!(faults.is_empty(), "{name}: {faults:#?}");
    drawn
}

#[test]
fn the_examples_are_clear() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let examples = [
        ("contoso", "fe-lon-01.contoso.com"),
        ("broken", "fe-chi-01.adventure-works.com"),
        ("litware/topology.toml", "fe-red.litware.example"),
    ];
    for (example, down) in examples {
        let mut sources = Sources::default();
        let found = topologies(root.join(example), &mut sources);
        assert_clear(example, &picture_of(&sources, &found[0], &[]));
        let drawn = assert_clear(example, &picture_of(&sources, &found[0], &[down]));
        let proportion = drawn.size.0 / drawn.size.1;
        assert!((1.0..2.0).contains(&proportion), "{example}: {proportion}");
    }
}

#[test]
fn generated_topologies_are_clear() {
    for pools in ["1", "5", "50", "500"] {
        for shape in ["pairs", "star", "all-to-one", "chain", "ring"] {
            // The largest ones take a while: the others show the shapes.
            if pools == "500" && shape != "pairs" && shape != "star" {
                continue;
            }
            let (text, _) = generated(&[pools, "--shape", shape]).expect("a topology");
            let drawn = assert_clear(&format!("{pools} {shape}"), &picture(&text, &[]));
            let proportion = drawn.size.0 / drawn.size.1;
            assert!((0.9..2.3).contains(&proportion), "{pools} {shape}: {proportion}");
        }
    }
}

#[test]
fn random_topologies_are_clear() {
    for seed in 1..40u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let text = topology(&tables(&mut random));
        let graph = picture(&text, &[]);
        assert_clear(&format!("seed {seed}:\n{text}"), &graph);
        let down = graph.nodes.iter().find(|node| node.kind.is_branch());
        if let Some(down) = down {
            assert_clear(&format!("seed {seed}, one down"), &picture(&text, &[&down.name]));
        }
    }
}

/// A site with twenty branches, each with an SBA, stays of about the proportion of a page.
#[test]
fn twenty_branches_are_clear() {
    let mut text =
        "schema = 1\n[[site]]\nname = \"HQ\"\n[[pool]]\nfqdn = \"p.x\"\nsite = \"HQ\"\n".to_owned();
    for at in 0..20 {
        text += &format!(
            "[[site]]\nname = \"branch {at}\"\nkind = \"branch\"\ncentral-site = \"HQ\"\n"
        );
        text += &format!(
            "[[sba]]\nfqdn = \"s{at}.x\"\nsite = \"branch {at}\"\nbackup-registrar = \"p.x\"\n"
        );
        text += &format!("[[user-group]]\nname = \"g{at}\"\nhome = \"s{at}.x\"\nusers = 10\n");
    }
    let drawn = assert_clear("twenty branches", &picture(&text, &[]));
    let proportion = drawn.size.0 / drawn.size.1;
    assert!((0.6..2.0).contains(&proportion), "{proportion}: {:?}", drawn.size);
}

/// The tests above would see what they look for.
#[test]
fn faults_are_found() {
    let head = "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'>";
    let cases = [
        (
            "<text x='1' y='20' font-size='10'>one</text><text x='9' y='22' font-size='10'>two</text>",
            "lies on",
        ),
        ("<text x='90' y='20' font-size='10'>outside</text>", "outside"),
        (
            "<text x='10' y='20' font-size='10'>one</text><path class='t-pair' d='M0 18H50'/>",
            "crosses `one`",
        ),
        (
            "<rect class='t-card' x='10' y='10' width='20' height='20'/><path class='t-trunk' d='M20 0V50'/>",
            "crosses the card",
        ),
        ("<path class='t-pair' d='M0 50H50'/><path class='t-pair' d='M30 50H90'/>", "are one line"),
    ];
    for (body, fault) in cases {
        let found = faults(&drawn(&format!("{head}{body}</svg>")));
        assert!(found.len() == 1 && found[0].contains(fault), "{body}: {found:?}");
    }
}
