//! SVG → its texts, lines and boxes, as a program that knows nothing of lynt's layout reads them.

use lynt::graph::{Font, width};
use roxmltree::{Document, Node};

/// A box in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// A text and the box that it takes at most.
#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    pub area: Area,
}

/// A line's straight parts, and which element they are of.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub element: usize,
    pub from: (f64, f64),
    pub to: (f64, f64),
}

/// What is drawn.
pub struct Drawn {
    pub size: (f64, f64),
    pub texts: Vec<Text>,
    pub parts: Vec<Part>,
    /// Class and box of each rectangle, and the first line of its text.
    pub boxes: Vec<(String, Area, String)>,
}

/// The classes of lines.
const LINES: [&str; 6] = ["pair", "bundle", "one-way", "next-hop", "remote", "trunk"];

/// Reads a picture whose prefix is `t`.
pub fn drawn(svg: &str) -> Drawn {
    let document = Document::parse(svg).expect("the picture is XML");
    let root = document.root_element();
    let mut drawn = Drawn {
        size: (number(root, "width"), number(root, "height")),
        texts: Vec::new(),
        parts: Vec::new(),
        boxes: Vec::new(),
    };
    for (at, node) in document.descendants().enumerate() {
        match node.tag_name().name() {
            "text" => drawn.texts.push(text(node)),
            "path" if LINES.contains(&class(node)) => {
                drawn.parts.extend(parts(at, node.attribute("d").expect("a path")));
            }
            "rect" => {
                let title = node.parent().and_then(|group| group.first_element_child());
                let title = title.and_then(|title| title.text()).unwrap_or("");
                let first = title.lines().next().unwrap_or("").to_owned();
                drawn.boxes.push((class(node).to_owned(), area(node), first));
            }
            _ => {}
        }
    }
    drawn
}

/// The first class without its prefix.
fn class<'d>(node: Node<'d, '_>) -> &'d str {
    let classes = node.attribute("class").unwrap_or("");
    classes.split(' ').next().and_then(|class| class.strip_prefix("t-")).unwrap_or("")
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|text| text.parse().ok()).expect(name)
}

fn area(node: Node<'_, '_>) -> Area {
    let (left, top) = (number(node, "x"), number(node, "y"));
    Area { left, top, right: left + number(node, "width"), bottom: top + number(node, "height") }
}

fn text(node: Node<'_, '_>) -> Text {
    let size = number(node, "font-size");
    let is_bold = node.attribute("font-weight").is_some();
    let mut all = (String::new(), 0);
    for child in node.children() {
        let (own, is_bold) = match child.tag_name().name() {
            "title" => continue,
            "tspan" => (child.text().unwrap_or(""), child.attribute("font-weight") != Some("400")),
            _ => (child.text().unwrap_or(""), is_bold),
        };
        all.0 += own;
        all.1 += width(own, Font { size: size as i32, is_bold });
    }
    let (x, y, wide) = (number(node, "x"), number(node, "y"), f64::from(all.1));
    let left = match node.attribute("text-anchor") {
        Some("end") => x - wide,
        Some("middle") => x - wide / 2.0,
        _ => x,
    };
    // The parts of an em above and below the line that letters take.
    let area = Area { left, top: y - 0.78 * size, right: left + wide, bottom: y + 0.22 * size };
    Text { text: all.0, area }
}

/// The straight parts of a path of absolute `M`, `L`, `H`, `V`, and of `Q` by its corner.
fn parts(element: usize, path: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = (0.0, 0.0);
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let starts: Vec<usize> = path.match_indices(is_letter).map(|(at, _)| at).collect();
    for (nth, &start) in starts.iter().enumerate() {
        let end = starts.get(nth + 1).copied().unwrap_or(path.len());
        let numbers: Vec<f64> =
            path[start + 1..end].split(' ').map(|text| text.parse().expect(path)).collect();
        let to: Vec<(f64, f64)> = match (&path[start..=start], &numbers[..]) {
            ("M", &[x, y]) => {
                at = (x, y);
                continue;
            }
            ("L", &[x, y]) => vec![(x, y)],
            ("H", &[x]) => vec![(x, at.1)],
            ("V", &[y]) => vec![(at.0, y)],
            ("Q", &[x, y, end_x, end_y]) => vec![(x, y), (end_x, end_y)],
            _ => panic!("{path}"),
        };
        for to in to {
            parts.push(Part { element, from: at, to });
            at = to;
        }
    }
    parts
}

impl Area {
    pub fn overlaps(&self, other: &Area) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub fn shrunk(&self, by: f64) -> Area {
        let Area { left, top, right, bottom } = *self;
        Area { left: left + by, top: top + by, right: right - by, bottom: bottom - by }
    }
}

impl Part {
    /// The box around it. A part that is neither level nor upright is an arrow's: small.
    pub fn area(&self) -> Area {
        Area {
            left: self.from.0.min(self.to.0),
            right: self.from.0.max(self.to.0) + 0.01,
            top: self.from.1.min(self.to.1),
            bottom: self.from.1.max(self.to.1) + 0.01,
        }
    }
}
