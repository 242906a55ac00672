//! A rule's documentation → the examples in it, which are its tests.

/// A fenced TOML block under `## Violates` or `## Complies`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Whether the example shows a violation.
    pub violates: bool,
    /// Its files: a line `#: name.toml` begins another one.
    pub files: Vec<ExampleFile>,
}

/// One file of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its name; `topology.toml` where the block names none.
    pub name: String,
    /// Its text, marks included.
    pub text: String,
}

/// The examples of a rule's documentation, in its order.
pub fn examples(docs: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut section = None;
    let mut block: Option<Vec<&str>> = None;
    for line in docs.lines() {
        match &mut block {
            Some(lines) if line.trim() == "```" => {
                if let Some(violates) = section {
                    examples.push(Example { violates, files: files(lines) });
                }
                block = None;
            }
            Some(lines) => lines.push(line),
            None if line.trim() == "```toml" => block = Some(Vec::new()),
            None => match line.strip_prefix("## ").map(str::trim) {
                Some("Violates") => section = Some(true),
                Some("Complies") => section = Some(false),
                Some(_) => section = None,
                None => {}
            },
        }
    }
    examples
}

fn files(lines: &[&str]) -> Vec<ExampleFile> {
    let mut files: Vec<ExampleFile> = Vec::new();
    for line in lines {
        let name = line.strip_prefix("#: ").map(str::trim);
        if name.is_some() || files.is_empty() {
            let name = name.unwrap_or("topology.toml").to_owned();
            files.push(ExampleFile { name, text: String::new() });
        }
        if let (None, Some(file)) = (name, files.last_mut()) {
            file.text.push_str(line);
            file.text.push('\n');
        }
    }
    files
}

/// Where primary labels must land: lines, counted from 1, and the rule ids behind `#~` at their end.
pub fn marks(text: &str) -> Vec<(usize, Vec<&str>)> {
    (1..)
        .zip(text.lines())
        .filter_map(|(number, line)| {
            let (_, ids) = line.rsplit_once("#~")?;
            Some((number, ids.split_whitespace().collect()))
        })
        .collect()
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
        assert_eq!(marks(&found[0].files[0].text), [(1, vec!["x", "y"])]);
    }
}
