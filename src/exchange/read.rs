//! Files of facts → facts of a program of its own.

use super::rows::{Errors, Rows};
use crate::datalog::program::{Kind, Program, Relation, RelationId, Role};
use crate::discover::{Quota, display, is_utf16, not_utf8, utf16_problem};
use crate::facts::{Column, Facts, NO_ID, Names, Store, Table};
use crate::source::{FileId, Problem, Sources, Span};
use crate::spelling::nearest;
use crate::texts::{TextId, Texts};
use std::fs;
use std::path::Path;

/// Bytes of all files together: texts count in 32 bits, those of the program among them.
const MAX_BYTES: u64 = 4_000_000_000;

/// Reads the rows of each input of `program` from its file in `folder`. Texts are compared as they are
/// written; those that only rules name get ids too. A file may have `max_file_size` bytes.
///
/// # Errors
/// Everything that is wrong with any file. Files that are to be shown are added to `sources`, which
/// hold those of the program.
pub fn read(
    program: &Program,
    folder: Option<&Path>,
    max_file_size: u64,
    sources: &mut Sources,
) -> Result<Facts, Vec<Problem>> {
    let inputs: Vec<RelationId> = (0..program.relations.len())
        .filter(|&id| matches!(program.relations[id].role, Role::Input(_)))
        .collect();
    let (texts, problems) = (Texts::default(), Vec::new());
    let mut reader = Reader { program, max_file_size, texts, bytes: 0, problems };
    program.texts.iter().for_each(|text| _ = reader.texts.add(text));
    let mut tables = Vec::new();
    match folder {
        None => reader.problems.extend(no_folder(program, &inputs)),
        Some(folder) if !inputs.is_empty() && !folder.is_dir() => {
            reader.problems.push(not_a_folder(folder));
        }
        Some(folder) => {
            for &input in &inputs {
                tables.push((input, reader.relation(input, folder, sources)));
            }
        }
    }
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    Ok(facts(program, reader.texts, tables))
}

fn no_folder(program: &Program, inputs: &[RelationId]) -> Option<Problem> {
    let input = &program.relations[*inputs.first()?];
    let message = format!("nothing says where the rows of `{}` are", input.name);
    let problem =
        Problem::error("no-facts", message).at(input.span, "an input is read from a file");
    Some(problem.help(format!("name the folder of `{}.facts` with `--facts`", input.name)))
}

fn not_a_folder(folder: &Path) -> Problem {
    let what = if folder.exists() { "is no folder" } else { "does not exist" };
    Problem::error("unreadable", format!("{} {what}", display(folder)))
        .help("`--facts` names a folder with a file `NAME.facts` for each input")
}

/// Numbers the texts in the order of their bytes.
fn facts(program: &Program, texts: Texts, mut tables: Vec<(RelationId, Table)>) -> Facts {
    let mut sorted: Vec<(&str, TextId)> = texts.iter().zip(0..).collect();
    sorted.sort_unstable();
    let mut ranks = vec![NO_ID; texts.len()];
    for (rank, &(_, id)) in (0..).zip(&sorted) {
        ranks[id as usize] = rank;
    }
    let mut facts = Facts::default();
    facts.names = Names::of_texts(sorted.iter().map(|(text, _)| (*text).to_owned()).collect());
    facts.store = Store::new(program.relations.len());
    for (relation, table) in &mut tables {
        let kinds = program.relations[*relation].columns.iter().map(|column| column.kind);
        for (column, kind) in table.columns.iter_mut().zip(kinds) {
            if let (Column::Ids(ids), Kind::Text) = (column, kind) {
                ids.iter_mut().for_each(|id| *id = ranks[*id as usize]);
            }
        }
        facts.store.put_table(*relation, std::mem::take(table));
    }
    facts
}

struct Reader<'p> {
    program: &'p Program,
    /// In bytes.
    max_file_size: u64,
    texts: Texts,
    /// Of the files that were read so far.
    bytes: u64,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// The rows of an input; what is wrong is reported.
    fn relation(&mut self, id: RelationId, folder: &Path, sources: &mut Sources) -> Table {
        let relation = &self.program.relations[id];
        let path = folder.join(format!("{}.facts", relation.name));
        let bytes = match Quota::of_files(self.max_file_size, self.bytes).read(&path) {
            Ok(bytes) => bytes,
            Err(problem) => {
                self.problems.push(unread(relation, folder, &path, problem));
                return Table::default();
            }
        };
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.bytes > MAX_BYTES {
            let message =
                format!("{}: the files of facts are larger than 4 GB together", display(&path));
            self.problems.push(Problem::error("unreadable", message));
            return Table::default();
        }
        let next = FileId::try_from(sources.files.len()).unwrap_or(FileId::MAX);
        let mut errors = Errors::new(next);
        let text = decode(bytes, &mut errors);
        let texts = &mut self.texts;
        let table =
            Rows { program: self.program, relation, texts, errors: &mut errors }.read(&text);
        if !errors.told.is_empty() {
            sources.add(display(&path), text);
            self.problems.append(&mut errors.finish(&display(&path)));
        }
        table
    }
}

/// `problem` at the input whose file is not there; one about a file that is there stays as it is.
fn unread(relation: &Relation, folder: &Path, path: &Path, problem: Problem) -> Problem {
    if path.exists() {
        return problem.at(relation.span, "the rows of this input");
    }
    let names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let wanted = format!("{}.facts", relation.name);
    let near = nearest(&wanted, names.iter().map(String::as_str).filter(|name| *name != wanted));
    problem
        .at(relation.span, "the rows of this input")
        .help("an input without rows has an empty file")
        .did_you_mean(near)
}

/// The text of a file; what is not UTF-8 is reported and replaced.
fn decode(bytes: Vec<u8>, errors: &mut Errors) -> String {
    if is_utf16(&bytes) {
        errors.add(utf16_problem);
        return String::new();
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return text,
        Err(error) => error.into_bytes(),
    };
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            let start = text.len();
            text.push(char::REPLACEMENT_CHARACTER);
            errors.add(|file| not_utf8(Span::new(file, start..text.len())));
        }
    }
    text
}
