//! Files, byte spans, lines and columns, and problems that point at them.

use std::ops::Range;

/// Which file of [`Sources`] a span is in.
pub type FileId = u32;

/// A range of bytes of one file; `start <= end`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte, counted from 0.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let byte = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: byte(range.start), end: byte(range.end.max(range.start)) }
    }

    /// From the start of `self` to the end of `other`, which is in the same file.
    pub fn to(self, other: Span) -> Self {
        Self { end: other.end.max(self.start), ..self }
    }

    /// The bytes as a range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// How grave a violation or a problem is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Advised against by the product's documentation, or resting on thin evidence.
    Warning,
    /// Not supported by the product, or cannot work.
    Error,
}

impl Severity {
    /// All, the gravest first.
    pub const ALL: [Self; 3] = [Severity::Error, Severity::Warning, Severity::Note];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == name)
    }

    /// `error`, `warning` or `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// A place with a word on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub text: String,
}

/// Something that stops lynt from checking, or a warning about a rule: what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `Error` stops the check.
    pub severity: Severity,
    /// The problem's name in kebab-case, such as `unknown-key`.
    pub name: &'static str,
    /// One line, lower-case, understandable alone.
    pub message: String,
    /// The first is where a person would edit; none where no text is at fault.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// An error without a place.
    pub fn error(name: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            name,
            message: message.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    /// A warning without a place.
    pub fn warning(name: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(name, message) }
    }

    /// Adds a label; the first one added is the primary one.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers `near`, if there is one, as what was meant.
    #[must_use]
    pub fn did_you_mean(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as reports print it: relative where the user gave it so, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// All files of a run; a [`FileId`] is an index into `files`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// In the order in which they were read.
    pub files: Vec<SourceFile>,
    bytes: u64,
}

impl Sources {
    /// Adds a file and returns its id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let file = SourceFile { path: path.into(), text: text.into() };
        self.bytes += file.text.len() as u64;
        self.files.push(file);
        FileId::try_from(self.files.len() - 1).expect("fewer than 2^32 files fit in memory")
    }

    /// How many bytes were added so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The file with the id `file`.
    pub fn file(&self, file: FileId) -> &SourceFile {
        &self.files[file as usize]
    }

    /// The text under `span`.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or("")
    }

    /// Line and column of the start of `span`, both counted from 1; the column counts characters.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let text = &self.file(span.file).text;
        let before = &text.as_bytes()[..text.len().min(span.start as usize)];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        (line, 1 + String::from_utf8_lossy(&before[line_start..]).chars().count())
    }

    /// `path:line:column` of the start of `span`.
    pub fn place(&self, span: Span) -> String {
        let (line, column) = self.line_column(span);
        format!("{}:{line}:{column}", self.file(span.file).path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("a.toml", "é = 1\r\nüb = 2\n");
        let cases = [(0, "a.toml:1:1"), (2, "a.toml:1:2"), (8, "a.toml:2:1"), (11, "a.toml:2:3")];
        for (start, place) in cases {
            assert_eq!(sources.place(Span::new(file, start..start)), place);
        }
        assert_eq!(sources.text(Span::new(file, 8..11)), "üb");
        assert_eq!(sources.place(Span::new(file, 900..901)), "a.toml:3:1");
    }
}
