//! The picture, and its DOT and Mermaid texts.

use crate::picture::{SMALL, picture};
use lynt::graph::{Graph, LinkKind, NodeKind, SiteKind, dot, mermaid};
use lynt::source::Severity;

/// What a picture holds, a line for each thing.
fn lines(graph: &Graph) -> Vec<String> {
    let node = |at: usize| graph.nodes[at].name.as_str();
    let nodes = graph.nodes.iter().map(|node| {
        let groups: Vec<String> = node
            .groups
            .iter()
            .map(|group| format!("{} {:?} {:?}", group.name, group.users, group.mode))
            .collect();
        let site = &graph.sites[node.site].name;
        format!("{} {:?} at {site:?} {:?} {groups:?}", node.name, node.kind, node.facts)
    });
    let links = graph.links.iter().map(|link| {
        let wrong = link.marks.count(Severity::Error);
        format!("{} {:?} {} {wrong}", node(link.from), link.kind, node(link.to))
    });
    nodes.chain(links).collect()
}

#[test]
fn a_picture_shows_what_the_topology_says() {
    let found = lines(&picture(SMALL, &[]));
    let expected = [
        r#"edge.contoso.com Edge at "London" [] []"#,
        r#"fe-lon.contoso.com FrontEnd at "London" ["sfb-2015"] ["office Some(1000) None"]"#,
        r#"fe-par.contoso.com FrontEnd at "Paris" ["sfb-2015"] []"#,
        r#"sba-leeds.contoso.com Appliance at "Leeds" ["sfb-2015"] ["branch None None"]"#,
        r#"se-par.contoso.com FrontEnd at "Paris" ["standard", "sfb-2015"] []"#,
        r#"no home Homeless at "" [] ["lost Some(7) None"]"#,
        "edge.contoso.com NextHop fe-lon.contoso.com 0",
        "fe-lon.contoso.com Pair fe-par.contoso.com 0",
        "sba-leeds.contoso.com Registrar fe-lon.contoso.com 0",
        "se-par.contoso.com OneWay fe-lon.contoso.com 1",
    ];
    assert_eq!(found, expected);
}

/// Each open finding counts once, wherever it is marked.
#[test]
fn findings_mark_what_they_are_about() {
    let graph = picture(SMALL, &[]);
    let rules = |marks: &lynt::graph::Marks| -> Vec<String> {
        let ids = marks.findings.iter().map(|(_, text)| text.split(':').next().unwrap_or(""));
        ids.map(str::to_owned).collect()
    };
    let of = |name: &str| {
        let node = graph.nodes.iter().find(|node| node.name == name).expect(name);
        rules(&node.marks)
    };
    assert_eq!(of("se-par.contoso.com"), ["asymmetric-backup"]);
    assert_eq!(of("fe-lon.contoso.com"), ["multiple-partners"]);
    assert_eq!(of("fe-par.contoso.com"), [""; 0]);
    let homeless = graph.nodes.iter().find(|node| node.kind == NodeKind::Homeless).expect("one");
    assert_eq!(rules(&homeless.groups[0].marks), ["unknown-home"]);
    assert_eq!(graph.count(Severity::Error), 3);
}

#[test]
fn a_failure_says_in_which_mode_everybody_is() {
    let graph = picture(SMALL, &["FE-LON.contoso.com."]);
    let failure = graph.failure.as_ref().expect("something is down");
    let letters: Vec<(String, char)> = graph
        .nodes
        .iter()
        .flat_map(|node| &node.groups)
        .map(|group| (group.name.clone(), failure.mode(group).letter))
        .collect();
    let letters: Vec<(&str, char)> = letters.iter().map(|(name, c)| (name.as_str(), *c)).collect();
    assert_eq!(letters, [("office", 'R'), ("branch", 'R'), ("lost", '?')]);
    let down: Vec<&str> =
        graph.nodes.iter().filter(|node| node.is_down).map(|node| node.name.as_str()).collect();
    assert_eq!(down, ["fe-lon.contoso.com"]);
}

#[test]
fn above_five_hundred_pools_sites_stand_for_them() {
    let mut text = "schema = 1\n[deployment]\ndefault-version = \"sfb-2015\"\n".to_owned();
    for site in ["A", "B"] {
        text += &format!("[[site]]\nname = \"{site}\"\n");
    }
    text += "[[site]]\nname = \"C\"\nkind = \"branch\"\ncentral-site = \"B\"\n";
    for pool in 0..501 {
        let site = if pool % 2 == 0 { "A" } else { "B" };
        let other = pool ^ 1;
        text += &format!(
            "[[pool]]\nfqdn = \"p{pool}.x\"\nsite = \"{site}\"\nbackup-registrar = \"p{other}.x\"\n"
        );
        text += &format!("[[user-group]]\nname = \"g{pool}\"\nhome = \"p{pool}.x\"\nusers = 10\n");
    }
    let graph = picture(&text, &["p0.x"]);
    assert_eq!((graph.folded, graph.nodes.len(), graph.links.len()), (Some(501), 2, 1));
    let (a, b, link) = (&graph.nodes[0], &graph.nodes[1], &graph.links[0]);
    assert_eq!((a.name.as_str(), b.name.as_str()), ("A", "B"));
    assert_eq!(a.facts, ["251 pools", "1 down"]);
    assert_eq!(b.facts, ["250 pools", "1 branch site"]);
    assert_eq!((link.kind, link.count), (LinkKind::Pair, 250));
    let modes: Vec<(&str, Option<i64>)> =
        a.groups.iter().map(|group| (group.name.as_str(), group.users)).collect();
    assert_eq!(modes, [("250 user groups", Some(2500)), ("1 user group", Some(10))]);
    assert!(dot(&graph).contains("501 pools: grouped by site"));
    assert!(mermaid(&graph).contains("501 pools#58; grouped by site"));
}

#[test]
fn dot_and_mermaid_say_the_same() {
    let graph = picture(SMALL, &["fe-lon.contoso.com"]);
    let (dot, mermaid) = (dot(&graph), mermaid(&graph));
    let cases = [
        ("subgraph cluster_1 {", "subgraph s1 [\"London\"]", "a site"),
        ("label=\"no site\"", "[\"no site\"]", "what has none"),
        ("n1 -> n2 [dir=both", "n1 <-->", "a pair"),
        ("n4 -> n1 [style=dashed", "n4 -.->", "one way"),
        ("n3 -> n1 [dir=none", "n3 --- n1", "an SBA"),
        ("n0 -> n1 [style=dotted", "n0 -.- n1", "an Edge pool"),
        ("DOWN: fe-lon.contoso.com", "DOWN#58; fe-lon.contoso.com", "what is down"),
        ("[R] office: 1,000", "#91;R#93; office#58; 1,000", "a mode"),
        ("✖ 1 error", "✖ 1 error", "a violation"),
        ("Legend", "Legend", "the legend"),
        ("fe-lon.contoso.com is down", "fe-lon.contoso.com is down", "the scenario"),
    ];
    for (in_dot, in_mermaid, what) in cases {
        assert!(dot.contains(in_dot), "{what}: {in_dot} in\n{dot}");
        assert!(mermaid.contains(in_mermaid), "{what}: {in_mermaid} in\n{mermaid}");
    }
    assert_eq!(graph.sites.iter().filter(|site| site.kind == SiteKind::Nowhere).count(), 1);
}

/// Names as no product would take them, which TOML can hold all the same.
pub const NASTY: &str = include_str!("nasty.toml");

/// Nothing in a name ends a string: between quotes there is no quote without a `\`, and no line break.
#[test]
fn names_cannot_break_dot() {
    let dot = dot(&picture(NASTY, &[]));
    let mut inside = false;
    let mut chars = dot.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => inside = !inside,
            '\\' if inside => assert!(chars.next().is_some_and(|next| "n\"\\".contains(next))),
            char if inside => assert!(!char.is_control() && !"<>".contains(char), "{char:?}"),
            char => assert!(!"\\&<".contains(char), "{char:?} outside of strings"),
        }
    }
    assert!(!inside);
}

#[test]
fn names_cannot_break_mermaid() {
    let mermaid = mermaid(&picture(NASTY, &[]));
    let body = mermaid.split_once("flowchart LR\n").expect("a head").1;
    let parts: Vec<&str> = body.split('"').collect();
    assert_eq!(parts.len() % 2, 1, "quotes come in pairs");
    for string in parts.iter().skip(1).step_by(2) {
        let text = string.replace("<br>", "");
        let is_plain = |c: char| c.is_alphanumeric() || " ,·✖▲ℹ.-#;\u{301}".contains(c);
        assert!(text.chars().all(is_plain), "{text}");
    }
}
