//! What rule text says, as it was written: nothing is looked up yet.

use super::Spanned;
use crate::source::{FileId, Span};

/// A name, a constant's text or another word, and where it stands.
pub type Word = Spanned<String>;

/// One rule file.
#[derive(Clone, Debug)]
pub struct File {
    /// The file's id.
    pub file: FileId,
    /// In the order of the text.
    pub items: Vec<Item>,
    /// Names of declarations that could not be read: nothing more is said about these. An empty one where
    /// not even the name could be read.
    pub broken: Vec<String>,
}

/// A declaration or a rule.
#[derive(Clone, Debug)]
pub enum Item {
    /// `schema 1;`
    Schema(Spanned<i64>),
    /// `enum Role { "front-end", "director" }`
    Enum(EnumItem),
    /// `unit Users;`
    Unit(UnitItem),
    /// `entity Pool as "pool" from pool by fqdn { .. }`
    Entity(EntityItem),
    /// `input Tag(e: Entity, key: Text, value: Text) from any.tags{};`
    Input(InputItem),
    /// `relation Backup(p: Pool, q: Pool);`
    Relation(RelationItem),
    /// `violation SelfBackup(p: Pool) { .. }`, `outcome OfflineEarly(g: UserGroup, p: Pool) { .. }`
    Violation(ViolationItem),
    /// `param max-sbas: Int = 500;`
    Param(ParamItem),
    /// `Head(x) <- Body(x);` or a fact.
    Clause(ClauseItem),
}

/// The values of an enum, lowest first.
#[derive(Clone, Debug)]
pub struct EnumItem {
    /// Documentation, lines joined by newlines.
    pub docs: String,
    /// The enum's name.
    pub name: Word,
    /// Lowest first.
    pub values: Vec<Word>,
}

/// A kind of whole numbers.
#[derive(Clone, Debug)]
pub struct UnitItem {
    /// Documentation.
    pub docs: String,
    /// The unit's name.
    pub name: Word,
}

/// A table of the topology.
#[derive(Clone, Debug)]
pub struct EntityItem {
    /// Documentation.
    pub docs: String,
    /// The kind's name.
    pub name: Word,
    /// What one of them is called in a sentence; the table's name when left out.
    pub noun: Option<Word>,
    /// The table's name in TOML.
    pub table: Word,
    /// The key that names an entity; None for a table that stands once, without a name.
    pub by: Option<Word>,
    /// The keys that hold one value each.
    pub keys: Vec<KeyItem>,
}

/// One key of a table.
#[derive(Clone, Debug)]
pub enum KeyItem {
    /// `version: Version = deployment.default-version`
    Value {
        /// Documentation.
        docs: String,
        /// The key.
        name: Word,
        /// Its kind.
        kind: Word,
        /// What holds where the key is absent.
        default: Option<DefaultItem>,
    },
    /// `back-end { .. }`
    Table {
        /// Documentation.
        docs: String,
        /// The key that holds the table.
        name: Word,
        /// The table's keys.
        keys: Vec<KeyItem>,
    },
}

/// What holds where a key is absent.
#[derive(Clone, Debug)]
pub enum DefaultItem {
    /// A constant.
    Value(TermItem),
    /// A key of a table that stands once.
    Key {
        /// The table.
        table: Word,
        /// The key in it.
        key: Word,
    },
}

/// A relation that is read from the topology or from a file of facts.
#[derive(Clone, Debug)]
pub struct InputItem {
    /// Documentation.
    pub docs: String,
    /// The relation's name.
    pub name: Word,
    /// The columns.
    pub columns: Vec<ColumnItem>,
    /// Where rows come from; empty for a program that stands alone.
    pub from: Vec<FromItem>,
}

/// `pool.backup-registrar`, `disaster-recovery.covers[]`, `any.tags{}`, `unresolved`.
#[derive(Clone, Debug)]
pub struct FromItem {
    /// The table, `any` or `unresolved`.
    pub table: Word,
    /// The key.
    pub key: Option<Word>,
    /// How the key's value is written.
    pub form: Form,
}

/// How a key's value is written in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Form {
    /// One value.
    One,
    /// An array: one row an element.
    Each,
    /// A table of free keys: one row an entry.
    Entries,
}

/// `p: Pool`
#[derive(Clone, Debug)]
pub struct ColumnItem {
    /// The column's name.
    pub name: Word,
    /// Its kind.
    pub kind: Word,
}

/// A relation that rules derive.
#[derive(Clone, Debug)]
pub struct RelationItem {
    /// Documentation.
    pub docs: String,
    /// The relation's name.
    pub name: Word,
    /// The columns.
    pub columns: Vec<ColumnItem>,
}

/// A relation whose rows are reported: a violation, or an outcome of a simulation.
#[derive(Clone, Debug)]
pub struct ViolationItem {
    /// Whether it is an `outcome`.
    pub is_outcome: bool,
    /// Documentation.
    pub docs: String,
    /// The relation's name; the rule's id is this in kebab-case.
    pub name: Word,
    /// The columns; the first one is the subject.
    pub columns: Vec<ColumnItem>,
    /// In the order of the text.
    pub properties: Vec<Spanned<Property>>,
    /// Whether every line could be read.
    pub whole: bool,
}

/// One line of a violation's block.
#[derive(Clone, Debug)]
pub enum Property {
    /// `severity: error;`
    Severity(Word),
    /// `mode: "offline";`, of an outcome
    Mode(Word),
    /// `examines: FrontEnd(p);`
    Examines(Vec<LiteralItem>),
    /// `message: "..";`
    Message(Word),
    /// `label Backup(p, q): "..";`
    Label(SayItem),
    /// `note: "..";`
    Note(SayItem),
    /// `help: "..";`
    Help(SayItem),
    /// `source: "..";`
    Source(Word),
    /// `fix q.backup-registrar = p if !NamesBackup(q): "..";`
    Fix(FixItem),
    /// `suggest name: Pool;`
    Suggest {
        /// The column that holds the misspelt name.
        column: Word,
        /// The kind whose names are offered.
        kind: Word,
    },
}

/// A text that is said where a pattern matches, and what is said where it does not.
#[derive(Clone, Debug)]
pub struct SayItem {
    /// None: always said.
    pub pattern: Option<PatternItem>,
    /// With placeholders.
    pub text: Word,
    /// Said where the pattern matches nothing.
    pub otherwise: Option<Box<SayItem>>,
}

/// A key that a fix sets.
#[derive(Clone, Debug)]
pub struct FixItem {
    /// Whether it is one answer of several.
    pub is_unsafe: bool,
    /// The key, as a dotted term that begins with a column.
    pub key: TermItem,
    /// Its new value.
    pub value: TermItem,
    /// What must hold; empty: nothing.
    pub condition: Vec<LiteralItem>,
    /// What the fix does, with placeholders.
    pub text: Word,
}

/// What a label points at.
#[derive(Clone, Debug)]
pub enum PatternItem {
    /// The facts that match.
    Atom(AtomItem),
    /// An entity's name (`q`) or a key's value (`q.version`).
    Term(TermItem),
}

/// A number that the configuration may set.
#[derive(Clone, Debug)]
pub struct ParamItem {
    /// Documentation.
    pub docs: String,
    /// The parameter's name.
    pub name: Word,
    /// Its kind.
    pub kind: Word,
    /// What holds unless it is set.
    pub default: TermItem,
}

/// A rule, or a fact when the body is empty.
#[derive(Clone, Debug)]
pub struct ClauseItem {
    /// What follows.
    pub head: AtomItem,
    /// From what.
    pub body: Vec<LiteralItem>,
    /// The whole rule.
    pub span: Span,
}

/// `Backup(p, q)`
#[derive(Clone, Debug)]
pub struct AtomItem {
    /// The relation.
    pub name: Word,
    /// The arguments.
    pub terms: Vec<TermItem>,
    /// From the name to the closing parenthesis.
    pub span: Span,
}

/// One argument.
#[derive(Clone, Debug)]
pub enum TermItem {
    /// `_`
    Any(Span),
    /// A variable or a parameter.
    Name(Word),
    /// `p.back-end.witness`
    Dotted {
        /// The variable.
        base: Word,
        /// The keys.
        path: Vec<Word>,
    },
    /// A whole number.
    Number(Spanned<i64>),
    /// A duration in seconds.
    Duration(Spanned<i64>),
    /// A text, an enum's value or an entity's name.
    Text(Word),
    /// `true`, `false`
    Bool(Spanned<bool>),
}

impl TermItem {
    /// Where the term stands.
    pub fn span(&self) -> Span {
        match self {
            TermItem::Any(span) => *span,
            TermItem::Name(word) | TermItem::Text(word) => word.span,
            TermItem::Dotted { base, path } => {
                path.last().map_or(base.span, |last| base.span.to(last.span))
            }
            TermItem::Number(number) | TermItem::Duration(number) => number.span,
            TermItem::Bool(value) => value.span,
        }
    }
}

/// One condition of a rule's body.
#[derive(Clone, Debug)]
pub enum LiteralItem {
    /// `Backup(p, q)` or `!Backup(q, p)`.
    Atom {
        /// Whether it begins with `!`.
        negated: bool,
        /// The atom.
        atom: AtomItem,
    },
    /// `(p.version >= "lync-2013")`
    Compare {
        /// The comparison.
        compare: Compare,
        /// Its left side.
        left: ExprItem,
        /// Its right side.
        right: ExprItem,
        /// Inside the parentheses.
        span: Span,
    },
    /// `(p.hosting is unknown)`, `(p.hosting is known)`
    Presence {
        /// The dotted term.
        term: TermItem,
        /// Whether it must be known.
        known: bool,
        /// Inside the parentheses.
        span: Span,
    },
    /// `(p.fqdn.starts_with("fe-"))`
    Test {
        /// Whether the test must fail.
        negated: bool,
        /// The text that is tested.
        subject: TermItem,
        /// The test's name.
        test: Word,
        /// What it is tested for.
        pattern: Word,
        /// Inside the parentheses.
        span: Span,
    },
    /// `let n = count { .. }`
    Let {
        /// The new variable.
        variable: Word,
        /// Its value.
        value: ValueItem,
        /// The whole literal.
        span: Span,
    },
}

impl LiteralItem {
    /// Where the literal stands.
    pub fn span(&self) -> Span {
        match self {
            LiteralItem::Atom { atom, .. } => atom.span,
            LiteralItem::Compare { span, .. }
            | LiteralItem::Presence { span, .. }
            | LiteralItem::Test { span, .. }
            | LiteralItem::Let { span, .. } => *span,
        }
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Compare {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

impl Compare {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Compare::Equal => "==",
            Compare::NotEqual => "!=",
            Compare::Less => "<",
            Compare::LessEqual => "<=",
            Compare::Greater => ">",
            Compare::GreaterEqual => ">=",
        }
    }

    /// The comparison that holds where this one does not.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Compare::Equal => Compare::NotEqual,
            Compare::NotEqual => Compare::Equal,
            Compare::Less => Compare::GreaterEqual,
            Compare::LessEqual => Compare::Greater,
            Compare::Greater => Compare::LessEqual,
            Compare::GreaterEqual => Compare::Less,
        }
    }

    /// Whether it needs an order.
    pub fn is_order(self) -> bool {
        !matches!(self, Compare::Equal | Compare::NotEqual)
    }
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
}

impl Operator {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
        }
    }
}

/// A term or arithmetic over terms.
#[derive(Clone, Debug)]
pub enum ExprItem {
    /// A term.
    Term(TermItem),
    /// `a + b`
    Binary {
        /// What is done.
        operator: Operator,
        /// To this
        left: Box<ExprItem>,
        /// with this.
        right: Box<ExprItem>,
    },
}

impl ExprItem {
    /// How many operators stand inside each other.
    pub fn depth(&self) -> usize {
        match self {
            ExprItem::Term(_) => 0,
            ExprItem::Binary { left, right, .. } => 1 + left.depth().max(right.depth()),
        }
    }

    /// Where the expression stands.
    pub fn span(&self) -> Span {
        match self {
            ExprItem::Term(term) => term.span(),
            ExprItem::Binary { left, right, .. } => left.span().to(right.span()),
        }
    }
}

/// What `let` binds.
#[derive(Clone, Debug)]
pub enum ValueItem {
    /// A term or arithmetic.
    Expr(ExprItem),
    /// `count { .. }`, `sum n { .. }`
    Aggregate {
        /// `count`, `sum`, `min`, `max`.
        operation: Word,
        /// What is summed or compared; None for `count`.
        of: Option<TermItem>,
        /// Between the braces.
        body: Vec<LiteralItem>,
    },
}

/// What stands between `{` and `}` in a message.
#[derive(Clone, Debug)]
pub enum PlaceholderItem {
    /// `{p}`, `{p.version}`
    Term(TermItem),
    /// `{noun e}`: what an entity of its kind is called
    Noun(TermItem),
    /// `{list q: Partner(p, q)}`
    List {
        /// What is listed.
        term: TermItem,
        /// Over all matches of this.
        body: Vec<LiteralItem>,
    },
}
