//! `lynt check --show-settings` and `--show-files`: what a check would look at, and by which settings.

use super::setup::{Prepared, Setup};
use super::{CLEAN, Output};
use crate::config::keys::{KEYS, Key};
use crate::config::{Origin, Setting, Value};
use crate::escape::escape;
use crate::source::Sources;
use std::io::{self, Write};

/// What is shown instead of checking.
#[derive(clap::Args)]
pub(super) struct Showing {
    /// Print the settings in force, each with who says so, and check nothing
    #[arg(long, help_heading = "Configuration")]
    show_settings: bool,
    /// Print the files of each topology, and check nothing
    #[arg(long, help_heading = "Configuration")]
    show_files: bool,
}

impl Showing {
    pub(super) fn is_asked(&self) -> bool {
        self.show_settings || self.show_files
    }

    pub(super) fn show(
        &self,
        prepared: &Prepared,
        sources: &Sources,
        output: &mut Output,
    ) -> io::Result<u8> {
        for (at, setup) in prepared.setups.iter().enumerate() {
            if at > 0 {
                writeln!(output.out)?;
            }
            let path = setup.configuration.path.as_deref();
            let path = path.map_or("no lynt.toml".to_owned(), |path| escape(path).into_owned());
            writeln!(output.out, "# {path}")?;
            if self.show_settings {
                settings(setup, sources, output)?;
            }
            if self.show_files {
                files(prepared, at, sources, output)?;
            }
        }
        Ok(CLEAN)
    }
}

/// Columns before the place.
const WIDTH: usize = 56;

/// TOML, with the place of each setting as a comment.
fn settings(setup: &Setup, sources: &Sources, output: &mut Output) -> io::Result<()> {
    for (line, said) in lines(setup, sources) {
        let (line, said) = (escape(&line), escape(&said));
        match line.is_empty() {
            true => writeln!(output.out, "# {said}")?,
            false => writeln!(output.out, "{line:<WIDTH$} # {said}")?,
        }
    }
    Ok(())
}

/// For each setting what it is and who says so.
fn lines(setup: &Setup, sources: &Sources) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for key in KEYS {
        let set: Vec<_> = setup.configuration.config.all(key.path).collect();
        if set.is_empty() && !key.path.contains('*') {
            lines.push(default(key));
        }
        for (name, setting) in set {
            let path = key.path.replacen('*', &quoted_key(name), 1);
            lines.push((format!("{path} = {}", written(&setting.value)), said(setting, sources)));
        }
        if key.path == "params.*" {
            lines.extend(params(setup));
        }
    }
    lines
}

fn default(key: &Key) -> (String, String) {
    match key.default {
        "" => (String::new(), format!("{} is not set", key.path)),
        default => (format!("{} = {default}", key.path), "default".to_owned()),
    }
}

/// The parameters that nobody sets.
fn params(setup: &Setup) -> Vec<(String, String)> {
    let program = &setup.rules.set.program;
    let is_set = |name: &str| setup.configuration.config.get("params.*", name).is_some();
    let unset = program.params.iter().filter(|param| !is_set(&param.name));
    let line = |param: &crate::datalog::program::Param| {
        (format!("params.{} = {}", param.name, param.value), "default".to_owned())
    };
    unset.map(line).collect()
}

/// `lynt.toml:4`; for a list all that say something of it.
fn said(setting: &Setting, sources: &Sources) -> String {
    let mut origins: Vec<Origin> = vec![setting.origin];
    if let Value::Texts(texts) = &setting.value {
        let of_texts: Vec<Origin> = texts.iter().map(|(_, origin)| *origin).collect();
        origins = if of_texts.is_empty() { origins } else { of_texts };
    }
    let mut said: Vec<String> = Vec::new();
    for origin in origins.into_iter().map(|origin| origin.describe(sources)) {
        if !said.contains(&origin) {
            said.push(origin);
        }
    }
    said.join(", ")
}

fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Texts(texts) => {
            let texts: Vec<String> = texts.iter().map(|(text, _)| quoted(text)).collect();
            format!("[{}]", texts.join(", "))
        }
    }
}

fn quoted_key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The files of the topologies of one configuration.
fn files(
    prepared: &Prepared,
    setup: usize,
    sources: &Sources,
    output: &mut Output,
) -> io::Result<()> {
    let own = prepared.topologies.iter().filter(|(_, of)| *of == setup);
    for (topology, _) in own {
        writeln!(output.out, "{}:", escape(&topology.path))?;
        for &file in &topology.files {
            writeln!(output.out, "  {}", escape(&sources.file(file).path))?;
        }
    }
    Ok(())
}
