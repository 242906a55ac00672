//! A program of its own has no topology: what speaks of one is refused, with the reason.

use super::Checker;
use crate::datalog::ast::{ColumnItem, File, InputItem, Item, ViolationItem};
use crate::source::{Problem, Span};

impl Checker<'_> {
    /// Reports each declaration that wants a topology.
    pub(super) fn refuse_topology(&mut self, files: &[File]) {
        for item in files.iter().flat_map(|file| &file.items) {
            match item {
                Item::Schema(number) => self.refuse(
                    "`schema` speaks of a topology's files",
                    number.span,
                    "leave it out: files of facts have no schema",
                ),
                Item::Entity(entity) => self.refuse(
                    "an `entity` is a table of a topology",
                    entity.name.span,
                    "declare what a file of facts holds, such as `input Pool(name: Text);`",
                ),
                Item::Input(input) => self.refuse_from(input),
                Item::Relation(relation) => self.refuse_entities(&relation.columns),
                Item::Violation(violation) => self.refuse_violation(violation),
                Item::Enum(_) | Item::Unit(_) | Item::Param(_) | Item::Clause(_) => {}
            }
        }
    }

    fn refuse(&mut self, what: &str, span: Span, help: &str) {
        let message = format!("{what}, and a program of its own has none");
        self.report(Problem::error("no-topology", message).at(span, "").help(help));
    }

    fn refuse_from(&mut self, input: &InputItem) {
        if let Some(from) = input.from.first() {
            let name = &input.name.node;
            let help = format!("leave `from` out: the rows of `{name}` are read from its file");
            self.refuse("`from` names keys of a topology", from.table.span, &help);
        }
        self.refuse_entities(&input.columns);
    }

    fn refuse_entities(&mut self, columns: &[ColumnItem]) {
        for column in columns.iter().filter(|column| column.kind.node == "Entity") {
            let help = "write `Text`: in files of facts a name is a text";
            self.refuse("`Entity` is anything in a topology", column.kind.span, help);
        }
    }

    fn refuse_violation(&mut self, violation: &ViolationItem) {
        let what = if violation.is_outcome { "an `outcome`" } else { "a `violation`" };
        let what = format!("{what} points at places in a topology");
        let help = "write `relation`: the rows of every relation are printed";
        self.refuse(&what, violation.name.span, help);
    }
}
