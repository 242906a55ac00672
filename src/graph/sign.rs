//! Signs that tell without colour: severities by shape, modes by shape and letter.

use super::model::{Marks, Mode};
use super::scene::{Scene, Set, set};
use super::theme::Look;
use super::width::width;
use crate::source::Severity;

/// The width of a sign.
pub(super) const SIGN: i32 = 13;

/// How the number beside a sign is set.
const NUMBER: Set = set(Look::Ink, 11, true);

/// The severities, gravest first.
const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

/// A sign with its middle at `(x, y)`: a round one with a cross, a triangle, a square.
pub(super) fn severity(scene: &mut Scene, severity: Severity, (x, y): (i32, i32)) {
    let cross = "m-3.2 -2l1.2 -1.2l2 2l2 -2l1.2 1.2l-2 2l2 2l-1.2 1.2l-2 -2l-2 2l-1.2 -1.2l2 -2z";
    let (look, shape, inside) = match severity {
        Severity::Error => (Look::Error, circle(x, y, 6), cross),
        Severity::Warning => {
            let triangle = format!("M{x} {y}m0 -6.5l7 12.5h-14z");
            (Look::Warning, triangle, "m-0.9 -2.6h1.8v4.4h-1.8zm0 5.6h1.8v1.8h-1.8z")
        }
        Severity::Note => {
            let square = format!("M{x} {y}m-5.5 -5.5h11v11h-11z");
            (Look::Note, square, "m-0.9 -3.4h1.8v1.8h-1.8zm0 3h1.8v4h-1.8z")
        }
    };
    scene.path(look, &shape);
    scene.path(Look::Sign, &format!("M{x} {y}{inside}"));
}

/// What [`marks`] takes.
pub(super) fn marks_width(marks: &Marks) -> i32 {
    SEVERITIES.iter().map(|&severity| one_width(marks.count(severity))).sum()
}

fn one_width(count: usize) -> i32 {
    match count {
        0 => 0,
        1 => SIGN + 5,
        count => SIGN + 8 + width(&count.to_string(), NUMBER.font),
    }
}

/// The signs of all severities that there are, with numbers, the last one ending at `right`; `y` is the baseline of
/// the texts beside them.
pub(super) fn marks(scene: &mut Scene, marks: &Marks, right: i32, y: i32) {
    let mut x = right - marks_width(marks);
    for at in SEVERITIES {
        let count = marks.count(at);
        if count == 0 {
            continue;
        }
        severity(scene, at, (x + 5 + SIGN / 2, y - 4));
        if count > 1 {
            scene.text(NUMBER, (x + 5 + SIGN + 2, y), i32::MAX, &count.to_string());
        }
        x += one_width(count);
    }
}

fn circle(x: i32, y: i32, radius: i32) -> String {
    format!(
        "M{} {y}a{radius} {radius} 0 1 0 {} 0a{radius} {radius} 0 1 0 {} 0z",
        x - radius,
        2 * radius,
        -2 * radius
    )
}

/// The sign of a mode with its middle at `(x, y)`.
pub(super) fn mode(scene: &mut Scene, mode: Mode, (x, y): (i32, i32)) {
    let (look, shape) = match mode.letter {
        'N' => (Look::Normal, circle(x, y, 6)),
        'F' => (Look::FailedOver, format!("M{} {}h12v12h-12z", x - 6, y - 6)),
        'B' => (Look::OnBackup, format!("M{} {y}l3.5 -6h7l3.5 6l-3.5 6h-7z", x - 7)),
        'R' => (Look::Resiliency, format!("M{x} {y}m-7.5 0l7.5 -7.5l7.5 7.5l-7.5 7.5z")),
        'O' => (Look::Offline, format!("M{} {}h6l4 4v6l-4 4h-6l-4 -4v-6z", x - 3, y - 7)),
        _ => (Look::Unknown, format!("M{} {}h14v8h-14z", x - 7, y - 4)),
    };
    scene.path(look, &shape);
    scene.text(set(Look::Sign, 8, true).to_middle(), (x, y + 3), SIGN, &mode.letter.to_string());
}
