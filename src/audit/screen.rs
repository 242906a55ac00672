//! What a terminal shows → HTML of the same look.

use crate::xml;

/// The class for the parameters of an escape sequence that selects how text looks (ECMA-48, 8.3.117).
fn class(codes: &str) -> &'static str {
    match codes {
        "1;31" => "error strong",
        "1;33" => "warning strong",
        "1;36" => "note strong",
        "0;1" => "strong",
        "2" => "faint",
        "31" => "error",
        "33" => "warning",
        "36" => "note",
        "34" => "second",
        _ => "",
    }
}

/// The text with its escape sequences as classes. All other characters show as themselves.
pub fn html(drawn: &str) -> String {
    let mut html = String::with_capacity(drawn.len() * 2);
    let mut is_open = false;
    for (nth, piece) in drawn.split("\u{1b}[").enumerate() {
        let sequence = if nth == 0 { None } else { piece.split_once('m') };
        let text = sequence.map_or(piece, |(_, text)| text);
        if let Some((codes, _)) = sequence {
            if is_open {
                html.push_str("</span>");
            }
            let class = class(codes);
            is_open = !class.is_empty();
            if is_open {
                html.push_str(&format!("<span class=\"{class}\">"));
            }
        }
        html.push_str(&xml::lines(text));
    }
    if is_open {
        html.push_str("</span>");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_classes_and_nothing_else_is_markup() {
        let cases = [
            ("plain <b> & \"x\"", "plain &lt;b&gt; &amp; &quot;x&quot;"),
            (
                "\u{1b}[1;31merror\u{1b}[0;1m: it\u{1b}[0m.",
                "<span class=\"error strong\">error</span><span class=\"strong\">: it</span>.",
            ),
            ("\u{1b}[2m1", "<span class=\"faint\">1</span>"),
            ("\u{1b}[99mx", "x"),
        ];
        for (drawn, expected) in cases {
            assert_eq!(html(drawn), expected);
        }
    }
}
