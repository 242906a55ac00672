//! A picture may stand in a page: names can't break it, and it reaches for nothing outside of itself.

use crate::forms::NASTY;
use crate::picture::{SMALL, picture};
use lynt::graph::svg;
use roxmltree::Document;
use std::collections::BTreeSet;

const ELEMENTS: [&str; 9] = ["svg", "title", "desc", "style", "g", "rect", "path", "text", "tspan"];

#[test]
fn names_cannot_break_a_picture() {
    for text in [NASTY, SMALL] {
        let svg = svg(&picture(text, &[]), "t");
        let document = Document::parse(&svg).expect("the picture is XML");
        for node in document.descendants().filter(|node| node.is_element()) {
            assert!(ELEMENTS.contains(&node.tag_name().name()), "{}", node.tag_name().name());
            for attribute in node.attributes() {
                assert!(!attribute.name().starts_with("on"), "{}", attribute.name());
                assert!(!["href", "src", "style"].contains(&attribute.name()));
            }
        }
        assert!(!svg.contains("url(") && !svg.contains("@import") && !svg.contains("<!"));
        let acts = |c: char| c != '\n' && lynt::escape::acts(c);
        assert!(!svg.contains(acts), "{:?}", svg.chars().find(|c| acts(*c)));
    }
}

/// What a page with two pictures would mix up: every id and class begins with the prefix, and no rule applies to
/// anything outside.
#[test]
fn names_of_classes_and_ids_have_the_prefix() {
    let svg = svg(&picture(SMALL, &["fe-lon.contoso.com"]), "own-7");
    let document = Document::parse(&svg).expect("the picture is XML");
    for node in document.descendants() {
        for name in ["class", "id", "aria-labelledby"] {
            let names = node.attribute(name).unwrap_or("own-7-").split(' ');
            names.for_each(|name| assert!(name.starts_with("own-7-"), "{name}"));
        }
    }
    let style = document.descendants().find(|node| node.has_tag_name("style"));
    let style = style.and_then(|style| style.text()).expect("a style");
    let rules =
        style.replace("@media screen and (prefers-color-scheme:dark){", "").replace("}}", "}");
    let rules: Vec<&str> =
        rules.split('}').map(str::trim).filter(|rule| !rule.is_empty()).collect();
    assert!(rules.len() > 10);
    for rule in rules {
        let (selector, body) = rule.split_once('{').expect(rule);
        assert!(selector.starts_with(".own-7-graph") && !selector.contains(','), "{selector}");
        for custom in body.split("--").skip(1) {
            assert!(custom.starts_with("own-7-"), "{custom}");
        }
    }
}

#[test]
fn a_picture_speaks_to_those_who_do_not_see_it() {
    let svg = svg(&picture(SMALL, &["fe-lon.contoso.com"]), "t");
    let document = Document::parse(&svg).expect("the picture is XML");
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let texts: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("title") || node.has_tag_name("desc"))
        .filter_map(|node| node.text())
        .collect();
    let all = texts.join("\n");
    let expected = [
        "Topology: 3 pools, 1 SBA, 1,007+ users",
        "fe-lon.contoso.com is down",
        "Front End pool fe-lon.contoso.com is down\nsfb-2015\noffice: 1,000 users, resiliency",
        "fe-lon.contoso.com and fe-par.contoso.com are a pair",
        "se-par.contoso.com names fe-lon.contoso.com as its backup registrar, one way: 1 error",
        "error: asymmetric-backup: ",
        "branch site Leeds",
    ];
    for part in expected {
        assert!(all.contains(part), "{part} in\n{all}");
    }
}

/// The page names every colour that an embedding page can set, and no other one.
#[test]
fn the_page_names_every_colour() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/graph.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let svg = svg(&picture(SMALL, &[]), "lynt");
    let names = |text: &str, before: &str| -> BTreeSet<String> {
        let after = text.split(before).skip(1);
        let is_name = |c: &char| c.is_ascii_lowercase() || *c == '-';
        after.map(|text| text.chars().take_while(is_name).collect()).collect()
    };
    let read: BTreeSet<String> =
        names(&svg, "var(--lynt-").into_iter().filter(|name| !name.starts_with("own-")).collect();
    assert!(read.len() > 10);
    assert_eq!(names(&page, "--lynt-"), read);
}
