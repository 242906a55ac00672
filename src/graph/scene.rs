//! A picture as boxes, texts and lines with places in pixels; and as SVG.

use super::theme::{Look, css};
use super::width::{Font, clip, width};
use crate::xml::text as xml;
use std::fmt::Write;

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Area {
    pub(super) fn right(&self) -> i32 {
        self.x + self.width
    }
}

/// Where a text begins, or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// What has been drawn, in the order of drawing.
pub(super) struct Scene {
    prefix: String,
    body: String,
}

impl Scene {
    /// An empty picture, all of whose names begin with `prefix`.
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), body: String::new() }
    }

    fn add(&mut self, element: &str) {
        let _infallible = writeln!(self.body, "{element}");
    }

    fn class(&self, look: Look) -> String {
        format!("class=\"{}-{}\"", self.prefix, look.class())
    }

    /// Begins a group of things with a text that tells of them.
    pub(super) fn begin(&mut self, title: &str) {
        let title: Vec<String> = title.lines().map(xml).collect();
        self.add(&format!("<g><title>{}</title>", title.join("\n")));
    }

    /// Ends what [`Self::begin`] began.
    pub(super) fn end(&mut self) {
        self.add("</g>");
    }

    pub(super) fn area(&mut self, look: Look, area: Area, radius: i32) {
        let Area { x, y, width, height } = area;
        let class = self.class(look);
        self.add(&format!(
            "<rect {class} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>"
        ));
    }

    pub(super) fn path(&mut self, look: Look, path: &str) {
        let class = self.class(look);
        self.add(&format!("<path {class} d=\"{path}\"/>"));
    }

    /// A line that looks as its kind does, and in the colour of what is wrong with it.
    pub(super) fn line(&mut self, look: Look, wrong: Option<Look>, path: &str) {
        let Some(wrong) = wrong else { return self.path(look, path) };
        let (prefix, look, wrong) = (&self.prefix, look.class(), wrong.class());
        let line = format!("<path class=\"{prefix}-{look} {prefix}-{wrong}\" d=\"{path}\"/>");
        self.add(&line);
    }

    /// A text whose baseline is at `y`, as much of it as `most` pixels take.
    pub(super) fn text(&mut self, set: Set, at: (i32, i32), most: i32, text: &str) {
        let shown = clip(&crate::escape::escape(text), set.font, most);
        let inner = xml(&shown);
        self.element(set, at, if shown == text { "" } else { text }, &inner);
    }

    /// An FQDN, whose domain is paler.
    pub(super) fn name(&mut self, set: Set, at: (i32, i32), most: i32, name: &str) {
        let whole = crate::escape::escape(name);
        let (host, domain) = whole.split_at(whole.find('.').unwrap_or(whole.len()));
        let light = Font { is_bold: false, ..set.font };
        let left = most - width(host, set.font);
        if domain.is_empty() || left < width("….", light) {
            return self.text(set, at, most, name);
        }
        let domain = clip(domain, light, left);
        let class = self.class(Look::Muted);
        let inner =
            format!("{}<tspan {class} font-weight=\"400\">{}</tspan>", xml(host), xml(&domain));
        let full = if domain.ends_with('…') { name } else { "" };
        self.element(set, at, full, &inner);
    }

    fn element(&mut self, set: Set, (x, y): (i32, i32), full: &str, inner: &str) {
        let class = self.class(set.look);
        let Font { size, is_bold } = set.font;
        let weight = if is_bold { " font-weight=\"600\"" } else { "" };
        let anchor = match set.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let title =
            if full.is_empty() { String::new() } else { format!("<title>{}</title>", xml(full)) };
        self.add(&format!(
            "<text {class} x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight}{anchor}>{title}{inner}</text>"
        ));
    }

    /// Draws all of another picture above this one.
    pub(super) fn take(&mut self, other: Scene) {
        self.body.push_str(&other.body);
    }

    /// The whole as SVG, that large, with a title and a description.
    pub(super) fn svg(
        &self,
        (width, height): (i32, i32),
        title: &str,
        description: &[String],
    ) -> String {
        let Self { prefix, body } = self;
        let description = description.iter().map(|line| xml(line)).collect::<Vec<_>>().join(". ");
        let (css, title) = (css(prefix), xml(title));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{prefix}-graph\" role=\"img\" \
             aria-labelledby=\"{prefix}-title {prefix}-desc\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" direction=\"ltr\" font-family=\"{FONTS}\">\n\
             <title id=\"{prefix}-title\">{title}</title>\n\
             <desc id=\"{prefix}-desc\">{description}</desc>\n\
             <style>\n{css}</style>\n{body}</svg>\n"
        )
    }
}

/// Fonts that systems have; none is wider than the tables in `width.rs` say.
const FONTS: &str = "'Segoe UI','Helvetica Neue',Roboto,Arial,'DejaVu Sans',sans-serif";

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) look: Look,
    pub(super) font: Font,
    pub(super) anchor: Anchor,
}

/// A text that begins where it is put.
pub(super) const fn set(look: Look, size: i32, is_bold: bool) -> Set {
    Set { look, font: Font { size, is_bold }, anchor: Anchor::Start }
}

impl Set {
    /// The same, ending where it is put.
    pub(super) const fn to_end(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }

    /// The same, with its middle where it is put.
    pub(super) const fn to_middle(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }
}
