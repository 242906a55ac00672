//! Findings → messages with links to their other places (SARIF 2.1.0, 3.11.6).

use crate::escape::escape;
use crate::report::places::Region;
use crate::violation::Finding;

/// The message and what its labels say, each label but the first one as a link to the related
/// location of its number, then notes and helps. `regions` are the places of the labels.
pub fn of_finding(finding: &Finding, regions: &[(Region<'_>, &str)]) -> String {
    // Viewers take the first sentence as the title.
    let mut text = format!("{}.", plain(&finding.message));
    for (at, (region, said)) in regions.iter().enumerate() {
        match (at, *said) {
            (0, "") => {}
            (0, said) => text.push_str(&format!(" {}", plain(said))),
            (at, "") => {
                let place = format!("{}:{}", region.path, region.start.line);
                text.push_str(&format!(" {}", link(&place, at)));
            }
            (at, said) => text.push_str(&format!(" {}", link(said, at))),
        }
    }
    for (head, lines) in [("Note", &finding.notes), ("Help", &finding.helps)] {
        for line in lines {
            text.push_str(&format!("\n\n{head}: {}", lines_of(line)));
        }
    }
    text
}

/// One line in which no link begins by accident.
pub fn plain(text: &str) -> String {
    escape(text).replace("](", "\\](")
}

/// As [`plain`], with its line breaks.
fn lines_of(text: &str) -> String {
    text.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

/// A link to the related location `id`.
fn link(text: &str, id: usize) -> String {
    let text = escape(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    format!("[{text}]({id})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_of_names_make_no_link() {
        assert_eq!(plain("a [x](y) [[pool]]\n"), "a [x\\](y) [[pool]]\\u{a}");
        assert_eq!(link("`]](x) \\`", 3), "[`\\]\\](x) \\\\`](3)");
    }
}
