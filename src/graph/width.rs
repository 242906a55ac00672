//! How wide texts are, without a font: by tables of a font that is wider than the usual ones.

use unicode_width::UnicodeWidthChar;

/// The widths of the characters from `' '` to `'~'` in hundredths of an em, regular and bold: measured of DejaVu
/// Sans, rounded up. Arial, Helvetica, Segoe UI and Roboto are narrower.
const PLAIN: [[u16; 95]; 2] = [
    [
        32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 34, 34, 84, 84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56,
        87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69, 62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55,
        64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53,
        64, 34, 64, 84,
    ],
    [
        35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70,
        70, 70, 70, 70, 40, 40, 84, 84, 84, 59, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 38, 78,
        64, 100, 84, 86, 74, 86, 78, 73, 69, 82, 78, 111, 78, 73, 73, 46, 37, 46, 84, 50, 50, 68,
        72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60, 48, 72, 66, 93,
        65, 66, 59, 72, 37, 72, 84,
    ],
];

/// The width of any other character that takes one column of a terminal, and of one that takes two.
const OTHER: [i32; 2] = [110, 135];

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Font {
    /// The size in pixels.
    pub size: i32,
    /// Whether it is bold.
    pub is_bold: bool,
}

/// The width of a text in pixels, rounded up; rather too much than too little.
pub fn width(text: &str, font: Font) -> i32 {
    let hundredths: i32 =
        text.chars().map(|char| advance(char, font.is_bold)).fold(0, i32::saturating_add);
    hundredths.saturating_mul(font.size).saturating_add(99) / 100
}

fn advance(char: char, is_bold: bool) -> i32 {
    let plain = u32::from(char).checked_sub(32).and_then(|at| usize::try_from(at).ok());
    match plain.and_then(|at| PLAIN[usize::from(is_bold)].get(at)) {
        Some(&width) => i32::from(width),
        None if char == '·' => 38,
        // Whole phrases in one character.
        None if ('\u{fdfa}'..='\u{fdfd}').contains(&char) => 1_000,
        None => match char.width() {
            Some(2) => OTHER[1],
            // What stands above other characters takes room as well: a name may be nothing else.
            _ => OTHER[0],
        },
    }
}

/// As much of a text as `most` pixels take, with `…` where something is missing.
pub(super) fn clip(text: &str, font: Font, most: i32) -> String {
    if width(text, font) <= most {
        return text.to_owned();
    }
    let most = most.saturating_sub(width("…", font)).saturating_mul(100);
    let mut used = 0;
    let fits = |char: &char| {
        used += advance(*char, font.is_bold) * font.size;
        used <= most
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipped_texts_fit() {
        let font = Font { size: 12, is_bold: true };
        assert_eq!(clip("fe-lon", font, 100), "fe-lon");
        let clipped = clip(&"wide ".repeat(20), font, 100);
        assert!(clipped.starts_with("wide") && clipped.ends_with('…'), "{clipped}");
        for text in [
            "MMMMMMMMMMMM",
            "東京東京東京東京",
            "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        ] {
            for most in [20, 50, 80] {
                assert!(width(&clip(text, font, most), font) <= most, "{text} in {most}");
            }
        }
        assert!(width("i", font) < width("m", font));
        assert!(width("m", Font { is_bold: false, ..font }) < width("m", font));
    }
}
