//! How things look: classes with colours for light and dark, which an embedding page can set.

use std::fmt::Write;

/// What something in a picture is, which decides on its colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Look {
    Paper,
    Site,
    Card,
    Branch,
    Down,
    Ink,
    Muted,
    Sign,
    Trunk,
    Pair,
    Bundle,
    PairEnd,
    OneWay,
    OneWayEnd,
    NextHop,
    Remote,
    WrongError,
    WrongWarning,
    Error,
    Warning,
    Note,
    Normal,
    FailedOver,
    OnBackup,
    Resiliency,
    Offline,
    Unknown,
}

/// A colour: its name, light, dark.
type Colour = (&'static str, &'static str, &'static str);

/// The colours. A page sets `--PREFIX-NAME` to have another one.
const COLOURS: [Colour; 19] = [
    ("paper", "#ffffff", "#0d1117"),
    ("site", "#f6f8fa", "#151b23"),
    ("rule", "#d1d9e0", "#3d444d"),
    ("card", "#ffffff", "#0d1117"),
    ("branch", "#eef1f4", "#212830"),
    ("edge", "#8c959f", "#7d8590"),
    ("ink", "#1f2328", "#f0f6fc"),
    ("muted", "#59636e", "#9198a1"),
    ("sign", "#ffffff", "#0d1117"),
    ("pair", "#0550ae", "#79c0ff"),
    ("one-way", "#57606a", "#b1bac4"),
    ("error", "#cf222e", "#ff7b72"),
    ("warning", "#9a6700", "#e3b341"),
    ("note", "#57606a", "#9198a1"),
    ("normal", "#1a7f37", "#3fb950"),
    ("failed-over", "#0969da", "#58a6ff"),
    ("on-backup", "#8250df", "#bc8cff"),
    ("resiliency", "#bc4c00", "#f0883e"),
    ("offline", "#24292f", "#f0f6fc"),
];

/// A class: its name, the colours of its inside and of its outline, and other attributes.
type Class = (Look, &'static str, &'static str, &'static str, &'static str);

const CLASSES: [Class; 27] = [
    (Look::Paper, "paper", "paper", "", ""),
    (Look::Site, "site", "site", "rule", "stroke-width:1"),
    (Look::Card, "card", "card", "edge", "stroke-width:1"),
    (Look::Branch, "branch", "branch", "", ""),
    (Look::Down, "down", "none", "ink", "stroke-width:1.6;stroke-dasharray:5 3"),
    (Look::Ink, "ink", "ink", "", ""),
    (Look::Muted, "muted", "muted", "", ""),
    (Look::Sign, "sign", "sign", "sign", "stroke-width:0"),
    (Look::Trunk, "trunk", "none", "edge", "stroke-width:1"),
    (Look::Pair, "pair", "none", "pair", "stroke-width:1.4"),
    (Look::Bundle, "bundle", "none", "pair", "stroke-width:2"),
    (Look::OneWay, "one-way", "none", "one-way", "stroke-width:1.4;stroke-dasharray:7 4"),
    (Look::PairEnd, "pair-end", "pair", "", ""),
    (Look::OneWayEnd, "one-way-end", "one-way", "", ""),
    (Look::NextHop, "next-hop", "none", "muted", "stroke-width:1.2;stroke-dasharray:1.5 3"),
    (Look::Remote, "remote", "none", "edge", "stroke-width:1.2"),
    (Look::WrongError, "wrong-error", "none", "error", "stroke-width:1.8"),
    (Look::WrongWarning, "wrong-warning", "none", "warning", "stroke-width:1.6"),
    (Look::Error, "error", "error", "", ""),
    (Look::Warning, "warning", "warning", "", ""),
    (Look::Note, "note", "note", "", ""),
    (Look::Normal, "normal", "normal", "", ""),
    (Look::FailedOver, "failed-over", "failed-over", "", ""),
    (Look::OnBackup, "on-backup", "on-backup", "", ""),
    (Look::Resiliency, "resiliency", "resiliency", "", ""),
    (Look::Offline, "offline", "offline", "", ""),
    (Look::Unknown, "unknown", "note", "", ""),
];

impl Look {
    /// The name of its class, without the prefix.
    pub(super) fn class(self) -> &'static str {
        CLASSES.iter().find(|(look, ..)| *look == self).map_or("ink", |(_, name, ..)| name)
    }
}

/// The rules for all classes, none of which reaches out of the picture. Each colour is written twice: first for
/// programs that know no custom properties.
pub(super) fn css(prefix: &str) -> String {
    let mut css = String::new();
    let colours = |pick: &dyn Fn(&Colour) -> &'static str| {
        let one = |colour: &Colour| {
            let name = colour.0;
            format!("--{prefix}-own-{name}:var(--{prefix}-{name},{})", pick(colour))
        };
        format!(".{prefix}-graph{{{}}}", COLOURS.iter().map(one).collect::<Vec<_>>().join(";"))
    };
    let (light, dark) = (colours(&|colour| colour.1), colours(&|colour| colour.2));
    let _infallible =
        writeln!(css, "{light}\n@media screen and (prefers-color-scheme:dark){{{dark}}}");
    for (_, class, fill, stroke, more) in CLASSES {
        let parts = [paint(prefix, "fill", fill), paint(prefix, "stroke", stroke), more.to_owned()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let _infallible = writeln!(css, ".{prefix}-graph .{prefix}-{class}{{{}}}", parts.join(";"));
    }
    css
}

fn paint(prefix: &str, property: &str, colour: &str) -> String {
    match COLOURS.iter().find(|(name, ..)| *name == colour) {
        Some((name, light, _)) => {
            format!("{property}:{light};{property}:var(--{prefix}-own-{name})")
        }
        None if colour.is_empty() => String::new(),
        None => format!("{property}:{colour}"),
    }
}
