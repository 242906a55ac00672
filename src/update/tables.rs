//! Entities that come and go → changes of files, and new files.

use super::draft::{Draft, Level, Piece};
use super::lines;
use super::outline::{Content, Outline};
use super::owner::Owner;
use super::page::{Page, Pages};
use super::values::append;
use crate::fix::line_end;
use crate::source::FileId;
use std::collections::{BTreeMap, BTreeSet};

/// Entities of one kind that come.
pub struct Coming<'c> {
    /// The export's file, and the entities in it.
    pub page: &'c Page<'c>,
    pub owners: Vec<&'c Owner>,
    pub table: &'c str,
}

/// The files of a topology and what becomes of them.
pub struct Files<'f, 't> {
    pub pages: &'t Pages<'t>,
    pub drafts: &'f mut BTreeMap<FileId, Draft<'t>>,
    /// The entities that go.
    pub gone: &'f BTreeSet<(FileId, usize)>,
}

impl Files<'_, '_> {
    /// Adds entities behind the last one of their kind in the file that has most of these. None: no file has
    /// any, and nothing was added.
    pub fn add(&mut self, coming: &Coming<'_>) -> Option<()> {
        let of_kind = |file: FileId, page: &Page<'_>| -> Vec<(FileId, usize)> {
            let all = page.owners.iter().enumerate();
            let all = all.filter(|(_, owner)| owner.table == coming.table);
            all.map(|(at, _)| (file, at)).collect()
        };
        let all = self.pages.iter().map(|(file, page)| of_kind(*file, page));
        let most = all.max_by_key(|all| {
            (all.iter().filter(|at| !self.gone.contains(at)).count(), all.len().min(1))
        })?;
        let Some(&(file, first)) = most.first() else { return self.add_to_empty(coming) };
        let (pages, page) = (self.pages, self.pages.get(&file)?);
        let draft = self.drafts.get_mut(&file)?;
        if let Some((statement, _)) = page.owners[first].element {
            let left = |at: &(FileId, usize)| !self.gone.contains(at);
            let left = most.iter().filter(|at| left(at));
            let left = left.filter_map(|(file, at)| pages[file].owners[*at].element);
            let value = &page.outline.statement((0, statement)).value;
            let Content::Array(elements) = &value.content else { return None };
            let left: Vec<Piece> = left.map(|(_, at)| elements[at].range.clone()).collect();
            append(draft, value.range.clone(), &left, coming.elements());
            return Some(());
        }
        let blocks = coming.blocks(&page.owners[first], page);
        match most.iter().rev().find(|at| !self.gone.contains(at)) {
            Some((_, last)) => {
                let at = draft.last_kept(end_of(page, &page.owners[*last]));
                behind(draft, at, blocks);
            }
            None => draft.refill(ranges(page, &page.owners[first]).first()?.start, blocks),
        }
        Some(())
    }

    /// Adds to an array without elements, if there is one.
    fn add_to_empty(&mut self, coming: &Coming<'_>) -> Option<()> {
        for (file, page) in self.pages {
            let root = page.outline.tables.first()?;
            let mut arrays = root.statements.iter().filter(|statement| {
                statement.keys == [coming.table]
                    && matches!(statement.value.content, Content::Array(_))
            });
            if let Some(array) = arrays.next() {
                let draft = self.drafts.get_mut(file)?;
                append(draft, array.value.range.clone(), &[], coming.elements());
                return Some(());
            }
        }
        None
    }

    /// Adds entities at the end of a file.
    pub fn add_at_end(&mut self, file: FileId, coming: &Coming<'_>) {
        let Some(draft) = self.drafts.get_mut(&file) else { return };
        let (text, end) = (draft.text, line_end(draft.text, draft.text.len()));
        let blocks = coming.fitted(end, "", "");
        let before = text.trim_start_matches('\u{feff}');
        let is_apart = before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n");
        let lead = match before.ends_with('\n') {
            _ if is_apart => String::new(),
            true => end.to_owned(),
            false => format!("{end}{end}"),
        };
        let at = (text.len(), Level::Table);
        let blocks = blocks.into_iter().map(|block| block + end).collect();
        draft.insert(at, [&lead, end, ""], blocks);
    }

    /// Takes an entity out of its file.
    pub fn remove(&mut self, (file, at): (FileId, usize)) {
        let (Some(page), Some(draft)) = (self.pages.get(&file), self.drafts.get_mut(&file)) else {
            return;
        };
        for range in ranges(page, &page.owners[at]) {
            draft.cut(range);
        }
    }

    /// Takes out the elements of arrays that go.
    pub fn remove_elements(&mut self) {
        for (file, page) in self.pages {
            let Some(draft) = self.drafts.get_mut(file) else { continue };
            let mut gone: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
            for (at, owner) in page.owners.iter().enumerate() {
                let element = owner.element.filter(|_| self.gone.contains(&(*file, at)));
                if let Some((statement, element)) = element {
                    gone.entry(statement).or_default().insert(element);
                }
            }
            for (statement, gone) in gone {
                let value = &page.outline.statement((0, statement)).value;
                let Content::Array(elements) = &value.content else { continue };
                let pieces: Vec<Piece> =
                    elements.iter().map(|element| element.range.clone()).collect();
                draft.remove_pieces(&pieces, &gone);
            }
        }
    }
}

/// Adds tables behind what ends at `at`.
fn behind(draft: &mut Draft<'_>, at: usize, blocks: Vec<String>) {
    let (text, end) = (draft.text, line_end(draft.text, at));
    let next = lines::next(text, at);
    let is_close = next < text.len() && !lines::is_blank(text, next..lines::end(text, next));
    let lead = format!("{end}{end}");
    draft.insert((at, Level::Table), [&lead, &lead, if is_close { end } else { "" }], blocks);
}

/// The lines of an entity under headers, with the comments right above them.
fn ranges(page: &Page<'_>, owner: &Owner) -> Vec<Piece> {
    let headers = owner.headers(&page.outline);
    let range = |(table, header): (usize, Piece)| {
        let end = lines::tail(page.text, last_byte(&page.outline, table, header.end));
        lines::lead(page.text, header.start)..lines::next(page.text, end)
    };
    headers.map(range).collect()
}

/// Where an entity ends: behind its last line, without the line break.
fn end_of(page: &Page<'_>, owner: &Owner) -> usize {
    let last = owner.headers(&page.outline).last();
    let end =
        last.map_or(page.text.len(), |(table, header)| last_byte(&page.outline, table, header.end));
    lines::tail(page.text, end)
}

/// Where what stands under a header ends.
fn last_byte(outline: &Outline, table: usize, header: usize) -> usize {
    outline.tables[table].statements.last().map_or(header, |statement| statement.range.end)
}

impl Coming<'_> {
    /// The tables, indented as `like` is.
    fn blocks(&self, like: &Owner, page: &Page<'_>) -> Vec<String> {
        let text = page.text;
        let header = like.headers(&page.outline).next();
        let first = header.as_ref().and_then(|(table, _)| {
            page.outline.tables[*table].statements.first().map(|statement| statement.range.start)
        });
        let outer = header.map_or("", |(_, header)| lines::indent(text, header.start));
        let inner = first.map_or(outer, |first| lines::indent(text, first));
        self.fitted(line_end(text, text.len()), outer, inner)
    }

    /// The tables as the export's TOML writes them, with other line ends and indents.
    pub fn fitted(&self, end: &str, outer: &str, inner: &str) -> Vec<String> {
        let block = |owner: &&Owner| {
            let start =
                owner.headers(&self.page.outline).next().map_or(0, |(_, range)| range.start);
            let rest = &self.page.text[start..];
            let lines = rest[..rest.find("\n\n").unwrap_or(rest.len())].trim_end().lines();
            let indented = lines
                .enumerate()
                .map(|(at, line)| format!("{}{line}", if at == 0 { outer } else { inner }));
            indented.collect::<Vec<_>>().join(end)
        };
        self.owners.iter().map(block).collect()
    }

    /// The tables as elements of an array.
    fn elements(&self) -> Vec<String> {
        let Page { text, outline, .. } = self.page;
        let element = |owner: &&Owner| {
            let table = owner.homes.first().map_or(0, |home| home.table);
            let keys = outline.tables[table].statements.iter().map(|statement| {
                let value = match &statement.value.content {
                    Content::Array(elements) => {
                        let own = elements.iter().map(|element| &text[element.range.clone()]);
                        format!("[{}]", own.collect::<Vec<_>>().join(", "))
                    }
                    _ => text[statement.value.range.clone()].to_owned(),
                };
                format!("{} = {value}", statement.keys.join("."))
            });
            format!("{{ {} }}", keys.collect::<Vec<_>>().join(", "))
        };
        self.owners.iter().map(element).collect()
    }
}
