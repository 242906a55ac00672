//! Rule text → tokens.

use crate::source::{FileId, Problem, Span};

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `backup-registrar`, `Pool`, `p`, `_`; a minus inside a name wants a letter or digit on both sides.
    Name(String),
    /// A whole number.
    Number(i64),
    /// `45s`, `30m`, `1h30m`: seconds.
    Duration(i64),
    /// A text in quotes, escapes resolved.
    Text(String),
    /// `///`: a line of documentation, without the marks and one blank.
    Doc(String),
    /// Text that is no token, or the missing end of one; it was reported.
    Unread,
    /// Punctuation.
    Sign(&'static str),
    /// Punctuation of other languages, such as `:-`; the parser says what to write in its place.
    Foreign(&'static str),
    /// The end of the text.
    End,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// Longer ones first, so that `<-` is not read as `<`.
const SIGNS: &[&str] = &[
    "<-", "<=", ">=", "==", "!=", "{", "}", "(", ")", "[", "]", ",", ";", ":", ".", "=", "<", ">",
    "!", "+", "-", "*",
];

/// Longer ones first.
const FOREIGN_SIGNS: &[&str] = &[
    "<=>", "===", "!==", ":-", ":=", "=<", "=>", "->", "<>", "&&", "||", "/=", "~=", "\\=", "\\+",
    "&", "|", "~", "/", "%",
];

/// What opens and what may close a text elsewhere, in other languages and in word processors.
const FOREIGN_QUOTES: &[(char, &[char])] = &[
    ('\'', &['\'']),
    ('`', &['`']),
    ('‘', &['’', '\'']),
    ('’', &['’']),
    ('“', &['”', '"']),
    ('”', &['”', '"']),
    ('„', &['“', '”', '"']),
    ('«', &['»']),
];

/// Splits `text` into tokens; the last one is [`TokenKind::End`]. What is no token is reported.
pub fn lex(file: FileId, text: &str, problems: &mut Vec<Problem>) -> Vec<Token> {
    let mut lexer = Lexer { file, text, at: 0, unclosed: false, problems };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next_token() {
        tokens.push(token);
    }
    tokens.push(Token { kind: TokenKind::End, span: Span::new(file, text.len()..text.len()) });
    tokens
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    /// Byte offset of what comes next.
    at: usize,
    /// Whether the last token was a text without its closing quote.
    unclosed: bool,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Lexer<'a> {
    fn next_token(&mut self) -> Option<Token> {
        loop {
            if std::mem::take(&mut self.unclosed) {
                return Some(Token { kind: TokenKind::Unread, span: self.span_from(self.at) });
            }
            self.skip_blanks();
            let start = self.at;
            let first = self.rest().chars().next()?;
            let kind = if self.rest().starts_with("///") {
                Some(self.documentation())
            } else if self.rest().starts_with("//") {
                self.at += self.line().len();
                None
            } else if let Some((mark, length)) = self.foreign_comment() {
                self.at += mark;
                let help = "comments begin with `//` and end with the line";
                let message = format!("`{}` begins no comment", &self.text[start..self.at]);
                self.wrong(start, &message, Some(help));
                self.at = start + length;
                None
            } else if first == '"' {
                Some(self.quoted())
            } else if let Some(text) = self.foreign_text(first) {
                Some(text)
            } else if first.is_ascii_digit() {
                Some(self.number())
            } else if is_name_start(first) {
                Some(TokenKind::Name(self.name()))
            } else {
                Some(self.sign(first))
            };
            if let Some(kind) = kind {
                return Some(Token { kind, span: self.span_from(start) });
            }
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// What is left of the line, without its end.
    fn line(&self) -> &'a str {
        self.rest().split(['\n', '\r']).next().unwrap_or("")
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(self.file, start..self.at)
    }

    fn skip_blanks(&mut self) {
        // A byte order mark is no blank to Rust, but editors on Windows write one.
        self.at += self
            .rest()
            .find(|c: char| !c.is_whitespace() && c != '\u{feff}')
            .unwrap_or(self.rest().len());
    }

    fn documentation(&mut self) -> TokenKind {
        let line = self.line();
        self.at += line.len();
        let text = line.trim_start_matches("///");
        TokenKind::Doc(text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned())
    }

    /// How many bytes the mark of another language's comment takes, and how many the comment: `/* .. */`,
    /// `# ..`, and at the beginning of a line `-- ..` and `% ..`.
    fn foreign_comment(&self) -> Option<(usize, usize)> {
        let rest = self.rest();
        if let Some(inside) = rest.strip_prefix("/*") {
            return Some((2, inside.find("*/").map_or(rest.len(), |end| end + 4)));
        }
        let before = self.text[..self.at].trim_end_matches([' ', '\t', '\u{feff}']);
        let begins_line = before.is_empty() || before.ends_with('\n');
        let mark = ["#", "--", "%"].into_iter().find(|mark| rest.starts_with(mark))?;
        // `--5` goes on with a calculation.
        let is_number = rest[mark.len()..].trim_start().starts_with(|c: char| c.is_ascii_digit());
        let is_comment = mark == "#" || begins_line && !(mark == "--" && is_number);
        is_comment.then(|| (mark.len(), self.line().len()))
    }

    /// A text in quotes that are none here.
    fn foreign_text(&mut self, open: char) -> Option<TokenKind> {
        let (_, closing) = FOREIGN_QUOTES.iter().find(|(opening, _)| *opening == open)?;
        let (start, inside) = (self.at, &self.line()[open.len_utf8()..]);
        // An apostrophe, as in `can't`, closes nothing.
        let closes =
            |at: usize, c: char| !inside[at + c.len_utf8()..].starts_with(char::is_alphanumeric);
        let mut marks = inside
            .match_indices(*closing)
            .filter_map(|(at, mark)| Some((at, mark.chars().next()?)));
        let (length, close) = marks.find(|&(at, c)| closes(at, c))?;
        let value = inside[..length].to_owned();
        self.at += open.len_utf8() + length + close.len_utf8();
        let help = format!("write `\"{}\"`", value.escape_debug());
        self.wrong(start, "texts stand in straight double quotes", Some(&help));
        Some(TokenKind::Text(value))
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let mut end = 0;
        for (at, c) in rest.char_indices() {
            let joins = c == '-' && at > 0 && rest[at + 1..].starts_with(is_name_part);
            if !(is_name_part(c) || joins) {
                break;
            }
            end = at + c.len_utf8();
        }
        self.at += end;
        rest[..end].to_owned()
    }

    fn number(&mut self) -> TokenKind {
        let start = self.at;
        let rest = self.rest();
        let length =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += length;
        let word: String = rest[..length].chars().filter(|&c| c != '_').collect();
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            if let Ok(number) = word.parse() {
                return TokenKind::Number(number);
            }
            self.wrong(start, "this number does not fit into 64 bits", None);
        } else if let Some(seconds) = duration_seconds(&word) {
            return TokenKind::Duration(seconds);
        } else {
            let message = "this is neither a number nor a duration such as `45s`, `30m`, `1h30m`";
            self.wrong(start, message, None);
        }
        TokenKind::Number(0)
    }

    fn quoted(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let Some(c) = self.rest().chars().next().filter(|&c| c != '\n' && c != '\r') else {
                let curly = value.contains(['“', '”', '„']);
                let help = curly.then_some("texts stand in straight double quotes: `\"text\"`");
                self.wrong(start, "this text has no closing quote on its line", help);
                self.unclosed = true;
                return TokenKind::Text(value);
            };
            self.at += c.len_utf8();
            match c {
                '"' => return TokenKind::Text(value),
                '\\' => value.extend(self.escape()),
                _ => value.push(c),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let start = self.at - 1;
        let c = self.rest().chars().next().filter(|&c| c != '\n' && c != '\r')?;
        self.at += c.len_utf8();
        match c {
            '"' | '\\' => Some(c),
            'n' => Some('\n'),
            't' => Some('\t'),
            _ => {
                let message = format!("`\\{}` has no meaning in a text", c.escape_debug());
                let help = "write `\\\\` for a backslash; the others are `\\\"`, `\\n`, `\\t`";
                self.wrong(start, &message, Some(help));
                None
            }
        }
    }

    fn sign(&mut self, first: char) -> TokenKind {
        let start = self.at;
        if let Some(sign) = FOREIGN_SIGNS.iter().find(|sign| self.rest().starts_with(**sign)) {
            self.at += sign.len();
            return TokenKind::Foreign(sign);
        }
        if let Some(sign) = SIGNS.iter().find(|sign| self.rest().starts_with(**sign)) {
            self.at += sign.len();
            return TokenKind::Sign(sign);
        }
        // One report for a run of strange characters, so that binary input gives few lines.
        let strange = |c: char| {
            !c.is_whitespace()
                && !is_name_part(c)
                && c != '"'
                && !SIGNS.iter().chain(FOREIGN_SIGNS).any(|sign| sign.starts_with(c))
                && !FOREIGN_QUOTES.iter().any(|(opening, _)| *opening == c)
        };
        self.at += first.len_utf8();
        self.at += self.rest().find(|c| !strange(c)).unwrap_or(self.rest().len());
        let run = self.text[start..self.at].chars();
        let shown: String = run.take(MAX_SHOWN).map(show).collect();
        self.wrong(start, &format!("`{shown}` has no meaning here"), strange_help(first));
        TokenKind::Unread
    }

    fn wrong(&mut self, start: usize, message: &str, help: Option<&str>) {
        let mut problem = Problem::error("syntax", message).at(self.span_from(start), "");
        problem.help = help.map(str::to_owned);
        self.problems.push(problem);
    }
}

/// So many of a run of strange characters are shown.
const MAX_SHOWN: usize = 8;

fn show(c: char) -> String {
    if c == '\'' { c.to_string() } else { c.escape_debug().to_string() }
}

/// What was probably meant by a character that other languages or word processors use.
fn strange_help(c: char) -> Option<&'static str> {
    match c {
        '“' | '”' | '„' | '«' | '»' | '\'' | '`' | '‘' | '’' => {
            Some("texts stand in straight double quotes: `\"text\"`")
        }
        '←' => Some("the arrow is written `<-`"),
        '≤' => Some("write `<=`"),
        '≥' => Some("write `>=`"),
        '≠' => Some("write `!=`"),
        '¬' => Some("*not* is written `!`"),
        '∧' => Some("*and* is written `,`"),
        '–' | '—' | '−' => Some("write the plain minus sign `-`"),
        c if c.is_alphabetic() => {
            Some("names are made of the letters a to z and A to Z, digits, `_` and `-`")
        }
        _ => None,
    }
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The seconds of `45s`, `30m`, `2h`, `1h30m`: hours, minutes, seconds in this order, each at most
/// once. None for anything else, or when the sum does not fit.
pub fn duration_seconds(text: &str) -> Option<i64> {
    let mut seconds: i64 = 0;
    let mut rest = text;
    let mut units: &[(char, i64)] = &[('h', 3600), ('m', 60), ('s', 1)];
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let unit = rest[digits..].chars().next()?;
        let position = units.iter().position(|(name, _)| *name == unit)?;
        let number: i64 = rest[..digits].parse().ok()?;
        seconds = seconds.checked_add(number.checked_mul(units[position].1)?)?;
        units = &units[position + 1..];
        rest = &rest[digits + 1..];
    }
    (!text.is_empty()).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        let mut problems = Vec::new();
        let tokens = lex(0, text, &mut problems);
        assert_eq!(problems, [], "{text}");
        tokens.into_iter().map(|token| token.kind).filter(|kind| *kind != TokenKind::End).collect()
    }

    #[test]
    fn a_minus_inside_a_name_belongs_to_it() {
        let name = |text: &str| TokenKind::Name(text.to_owned());
        assert_eq!(kinds("a-b"), [name("a-b")]);
        assert_eq!(kinds("a - b"), [name("a"), TokenKind::Sign("-"), name("b")]);
        assert_eq!(kinds("a- b"), [name("a"), TokenKind::Sign("-"), name("b")]);
    }

    #[test]
    fn durations_are_seconds() {
        let cases = [
            ("45s", Some(45)),
            ("30m", Some(1800)),
            ("1h30m", Some(5400)),
            ("2h", Some(7200)),
            ("30m1h", None),
            ("5m5m", None),
            ("m", None),
            ("", None),
            ("99999999999999999999h", None),
            ("9223372036854775807h", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(duration_seconds(text), seconds, "{text}");
        }
        assert_eq!(kinds("1h30m"), [TokenKind::Duration(5400)]);
        assert_eq!(kinds("6_660"), [TokenKind::Number(6660)]);
    }

    #[test]
    fn strange_bytes_are_reported_once_a_run() {
        let mut problems = Vec::new();
        lex(0, "Pool(p) €€€ @ \"open\n \"\\q\" 12x", &mut problems);
        let starts: Vec<_> = problems.iter().map(|problem| problem.labels[0].span.start).collect();
        assert_eq!(starts, [8, 18, 20, 28, 32]);
    }
}
