//! Styles → ANSI colours, or nothing.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{LabelStyle, Severity};
use codespan_reporting::term::WriteStyle;

/// A writer that colours what codespan-reporting draws, if `color` is set.
pub struct Ansi<'a> {
    /// Where the text goes.
    pub out: &'a mut dyn Write,
    /// Without it no escape sequence is written.
    pub color: bool,
}

impl Ansi<'_> {
    /// Select Graphic Rendition (ECMA-48, 8.3.117).
    fn sgr(&mut self, codes: &str) -> io::Result<()> {
        if self.color { write!(self.out, "\x1b[{codes}m") } else { Ok(()) }
    }
}

impl Write for Ansi<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl WriteStyle for Ansi<'_> {
    fn set_header(&mut self, severity: Severity) -> io::Result<()> {
        self.sgr(match severity {
            Severity::Bug | Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note | Severity::Help => "1;36",
        })
    }

    fn set_header_message(&mut self) -> io::Result<()> {
        self.sgr("0;1")
    }

    fn set_line_number(&mut self) -> io::Result<()> {
        self.sgr("2")
    }

    fn set_note_bullet(&mut self) -> io::Result<()> {
        self.sgr("36")
    }

    fn set_source_border(&mut self) -> io::Result<()> {
        self.sgr("2")
    }

    fn set_label(&mut self, severity: Severity, style: LabelStyle) -> io::Result<()> {
        self.sgr(match (style, severity) {
            (LabelStyle::Secondary, _) => "34",
            (LabelStyle::Primary, Severity::Bug | Severity::Error) => "31",
            (LabelStyle::Primary, Severity::Warning) => "33",
            (LabelStyle::Primary, Severity::Note | Severity::Help) => "36",
        })
    }

    fn reset(&mut self) -> io::Result<()> {
        self.sgr("0")
    }
}
