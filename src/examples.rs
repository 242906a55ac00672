//! A rule's documentation → the examples in it, which are its tests.

use std::ops::Range;

/// A fenced TOML block under `## Violates` or `## Complies`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether the example shows a violation.
    pub violates: bool,
    /// The line of the documentation that opens the block, counted from 0.
    pub line: usize,
    /// Its files: a line `#: name.toml` begins another one.
    pub files: Vec<ExampleFile>,
}

/// One file of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its name; `topology.toml` where the block names none.
    pub name: String,
    /// The line of the documentation that its text begins with, counted from 0.
    pub line: usize,
    /// Its text, marks included.
    pub text: String,
}

/// What is written after `#~` at a line's end: a finding of this rule must have its first label on
/// this line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark<'t> {
    /// The line, counted from 1.
    pub line: usize,
    /// The rule's id.
    pub id: &'t str,
    /// The bytes of the text that are the id.
    pub range: Range<usize>,
}

/// A block that is being read.
struct Block<'d> {
    violates: Option<bool>,
    line: usize,
    lines: Vec<(usize, &'d str)>,
}

/// The examples of a rule's documentation, in its order. A block that nothing closes goes on to the end.
pub fn examples(docs: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut violates = None;
    let mut block: Option<Block> = None;
    for (number, line) in docs.lines().enumerate() {
        match &mut block {
            Some(_) if line.trim() == "```" => {
                examples.extend(block.take().and_then(|block| example(&block)));
            }
            Some(block) => block.lines.push((number, line)),
            None if line.trim() == "```toml" => {
                block = Some(Block { violates, line: number, lines: Vec::new() });
            }
            None => match line.strip_prefix("## ").map(str::trim) {
                Some("Violates") => violates = Some(true),
                Some("Complies") => violates = Some(false),
                Some(_) => violates = None,
                None => {}
            },
        }
    }
    examples.extend(block.and_then(|block| example(&block)));
    examples
}

/// None for a block of another section.
fn example(block: &Block) -> Option<Example> {
    Some(Example { violates: block.violates?, line: block.line, files: files(&block.lines) })
}

fn files(lines: &[(usize, &str)]) -> Vec<ExampleFile> {
    let mut files: Vec<ExampleFile> = Vec::new();
    for &(number, line) in lines {
        let name = line.strip_prefix("#: ").map(str::trim);
        if name.is_some() || files.is_empty() {
            let first = number + usize::from(name.is_some());
            let name = name.unwrap_or("topology.toml").to_owned();
            files.push(ExampleFile { name, line: first, text: String::new() });
        }
        if let (None, Some(file)) = (name, files.last_mut()) {
            file.text.push_str(line);
            file.text.push('\n');
        }
    }
    files
}

/// The marks of a text, in its order.
pub fn marks(text: &str) -> Vec<Mark<'_>> {
    let mut marks = Vec::new();
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        if let Some((before, ids)) = line.rsplit_once("#~") {
            let mut at = start + before.len() + "#~".len();
            for word in ids.split_inclusive(char::is_whitespace) {
                let id = word.trim_end();
                if !id.is_empty() {
                    marks.push(Mark { line: number, id, range: at..at + id.len() });
                }
                at += word.len();
            }
        }
        start += line.len();
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_the_fenced_blocks_of_their_sections() {
        let docs = "Title.\n\n```toml\nno = 1\n```\n## Violates\n```toml\na = 1 #~ x y\n#: b.toml\nb = 2\n```\n\
            text\n```toml\nc = 3\n```\n## Complies\n```toml\n#: d.toml\nd = 4\n```\n## Why\n```toml\ne = 5\n```\n";
        let found = examples(docs);
        let shape: Vec<_> = found
            .iter()
            .map(|example| {
                let files: Vec<_> = example
                    .files
                    .iter()
                    .map(|file| (file.name.as_str(), file.text.as_str()))
                    .collect();
                (example.violates, files)
            })
            .collect();
        assert_eq!(
            shape,
            [
                (true, vec![("topology.toml", "a = 1 #~ x y\n"), ("b.toml", "b = 2\n")]),
                (true, vec![("topology.toml", "c = 3\n")]),
                (false, vec![("d.toml", "d = 4\n")]),
            ]
        );
        let lines: Vec<_> = found
            .iter()
            .map(|example| (example.line, example.files.iter().map(|f| f.line).collect::<Vec<_>>()))
            .collect();
        assert_eq!(lines, [(6, vec![7, 9]), (12, vec![13]), (16, vec![18])]);
        let open = examples("T.\n## Complies\n```toml\na = 1\n## Why\n");
        assert_eq!(open[0].files[0].text, "a = 1\n## Why\n", "nothing closes the block");
    }

    #[test]
    fn marks_stand_at_the_ends_of_lines() {
        let text = "a = 1 #~ x  y\r\nb = \"#~ z\" #~ über\nc = 1 #~\n";
        let found: Vec<_> =
            marks(text).into_iter().map(|mark| (mark.line, mark.id, &text[mark.range])).collect();
        assert_eq!(found, [(1, "x", "x"), (1, "y", "y"), (2, "über", "über")]);
    }
}
