//! Lowered program → Rust text with `crepe!` blocks.
//!
//! What a block reads from elsewhere is complete, so crepe is not given its rows: a rule walks the columns
//! of the store, or looks its rows up in an index, through the relation `Read`, whose only row is the
//! store's reader. Only what a block derives itself are crepe's relations.
//!
//! crepe's traps and how the text gets round them: names end in the relation's or the variable's
//! number (crepe lower-cases relations, and some are keywords); every variable is new where it is
//! bound, and what a `for` walks is bound by a `let`, which crepe sees; conditions come after what
//! binds them; results are sorted.

use super::ast::Operator;
use super::lower::{Block, LowRelation, Lowered, Projection, Step};
use super::program::{Atom, Clause, Constant, Expr, Literal, RelationId, Term, VarId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The Rust text of all blocks, and a function `run` that runs them and the steps between them. It
/// belongs into a module that has `Column`, `Hashing`, `Indices`, `Lowered`, `Reader`, `Store`, `fold`,
/// `in_order` and `project`.
pub fn emit(lowered: &Lowered) -> String {
    let mut indices = Indices::default();
    let mut text = String::new();
    for (at, step) in lowered.steps.iter().enumerate() {
        if let Step::Block(block) = step {
            indices.step = at;
            text.push_str(&emit_block(lowered, block, &mut indices));
        }
    }
    line(&mut text, format_args!("/// Runs those of the steps that are wanted, in their order."));
    line(
        &mut text,
        format_args!("pub fn run(lowered: &Lowered, wanted: &[bool], store: &mut Store) {{"),
    );
    line(&mut text, format_args!("    let mut indices = Indices::new(&[{}]);", indices.list()));
    for (at, step) in lowered.steps.iter().enumerate() {
        let call = match step {
            Step::Fold(fold) => format!("fold(store, lowered, {fold})"),
            Step::Project(Projection { from, columns, to }) => {
                format!("project(store, {from}, &{columns:?}, {to})")
            }
            Step::Block(block) => format!("{}::run(store, &mut indices)", module_name(block)),
        };
        if let Step::Project(Projection { to, .. }) = step {
            let rules = lowered.clauses.iter().filter(|clause| clause.head == *to);
            rules.for_each(|clause| {
                line(&mut text, format_args!("    // {}", plain(lowered, clause)))
            });
        }
        line(&mut text, format_args!("    if wanted[{at}] {{"));
        line(&mut text, format_args!("        {call};"));
        line(&mut text, format_args!("    }}"));
        let last = indices.last_needed_at(at);
        if !last.is_empty() {
            line(&mut text, format_args!("    indices.drop(&{last:?});"));
        }
    }
    text.push_str("}\n");
    text
}

/// The indices that the blocks need, numbered.
#[derive(Default)]
struct Indices {
    /// The step that is emitted.
    step: usize,
    numbers: BTreeMap<(RelationId, Vec<usize>), usize>,
    /// Of each index the last step that needs it.
    last: Vec<usize>,
    /// Those that the block needs that is emitted.
    needed: BTreeSet<usize>,
}

impl Indices {
    /// The number of the index of a relation by these columns.
    fn number(&mut self, relation: RelationId, columns: Vec<usize>) -> usize {
        let next = self.numbers.len();
        let number = *self.numbers.entry((relation, columns)).or_insert(next);
        self.last.resize(self.numbers.len(), 0);
        self.last[number] = self.step;
        self.needed.insert(number);
        number
    }

    fn last_needed_at(&self, step: usize) -> Vec<usize> {
        (0..self.last.len()).filter(|&index| self.last[index] == step).collect()
    }

    /// Relation and columns of each index, in the order of their numbers.
    fn list(&self) -> String {
        let mut indices: Vec<_> = self.numbers.iter().collect();
        indices.sort_by_key(|(_, number)| **number);
        let listed =
            indices.iter().map(|((relation, columns), _)| format!("({relation}, &{columns:?})"));
        listed.collect::<Vec<_>>().join(", ")
    }
}

fn emit_block(lowered: &Lowered, block: &Block, indices: &mut Indices) -> String {
    let mut rules = String::new();
    line(&mut rules, format_args!("        @input"));
    line(&mut rules, format_args!("        struct Read<'a>(Reader<'a>);"));
    for &output in &block.outputs {
        line(&mut rules, format_args!("        @output\n        {}", declaration(lowered, output)));
    }
    for &clause in &block.clauses {
        let clause = &lowered.clauses[clause];
        line(&mut rules, format_args!("        // {}", plain(lowered, clause)));
        let rule = Rule { lowered, block, clause }.emit(indices);
        line(&mut rules, format_args!("        {rule}"));
    }
    let needed: Vec<usize> = std::mem::take(&mut indices.needed).into_iter().collect();

    let mut text = String::new();
    line(&mut text, format_args!("#[allow("));
    line(
        &mut text,
        format_args!("    non_camel_case_types, non_snake_case, unused_imports, unused_variables,"),
    );
    line(
        &mut text,
        format_args!("    unused_comparisons, unused_mut, unused_parens, dead_code, missing_docs,"),
    );
    line(&mut text, format_args!("    clippy::all, clippy::iter_over_hash_type,"));
    line(&mut text, format_args!("    reason = \"generated from the rules\""));
    line(&mut text, format_args!(")]"));
    line(&mut text, format_args!("mod {} {{", module_name(block)));
    line(
        &mut text,
        format_args!("    use super::{{Column, Hashing, Indices, Reader, Store, in_order}};\n"),
    );
    line(&mut text, format_args!("    crepe::crepe! {{"));
    text.push_str(&rules);
    line(&mut text, format_args!("    }}\n"));
    line(&mut text, format_args!("    pub fn run(store: &mut Store, indices: &mut Indices) {{"));
    line(&mut text, format_args!("        indices.build(store, &{needed:?});"));
    line(&mut text, format_args!("        let mut runtime = Crepe::new();"));
    line(&mut text, format_args!("        runtime.extend([Read(Reader::new(store, indices))]);"));
    text.push_str(&emit_outputs(lowered, block));
    line(&mut text, format_args!("    }}"));
    line(&mut text, format_args!("}}\n"));
    text
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a String can't fail.
    let _ = writeln!(text, "{content}");
}

fn module_name(block: &Block) -> String {
    format!("block_{}", identifier(&block.name).to_lowercase())
}

fn identifier(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Unique in lower case, and never a keyword: it ends in a number.
fn relation_name(lowered: &Lowered, relation: RelationId) -> String {
    let mut name = String::new();
    for word in lowered.relations[relation].name.split(['.', '-', '_']) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    format!("{}_{relation}", identifier(&name))
}

fn column_types(relation: &LowRelation) -> Vec<&'static str> {
    let column_type = |number: bool| if number { "i64" } else { "u32" };
    relation.columns.iter().map(|kind| column_type(kind.is_number())).collect()
}

fn declaration(lowered: &Lowered, relation: RelationId) -> String {
    let types = column_types(&lowered.relations[relation]).join(", ");
    format!("struct {}({types});", relation_name(lowered, relation))
}

/// A rule as it would read if crepe had all rows: for readers.
fn plain(lowered: &Lowered, clause: &Clause) -> String {
    let literals = clause.body.iter().map(|literal| match literal {
        Literal::Atom(atom) => {
            let not = if atom.negated { "!" } else { "" };
            format!("{not}{}", emit_atom(lowered, clause, atom.relation, &atom.terms))
        }
        other => emit_condition(clause, other),
    });
    let body: Vec<String> = literals.collect();
    let body = if body.is_empty() { "(true)".to_owned() } else { body.join(", ") };
    format!("{} <- {body};", emit_atom(lowered, clause, clause.head, &clause.terms))
}

/// A rule of a block.
struct Rule<'l> {
    lowered: &'l Lowered,
    block: &'l Block,
    clause: &'l Clause,
}

impl Rule<'_> {
    fn emit(&self, indices: &mut Indices) -> String {
        let Self { lowered, clause, .. } = *self;
        let mut body = vec!["Read(reader)".to_owned()];
        let mut bound = BTreeSet::new();
        for (at, literal) in clause.body.iter().enumerate() {
            match literal {
                Literal::Atom(atom) if self.block.outputs.contains(&atom.relation) => {
                    body.push(emit_atom(lowered, clause, atom.relation, &atom.terms));
                    bound.extend(atom.terms.iter().filter_map(Term::var));
                }
                Literal::Atom(atom) => self.read(at, atom, &mut bound, indices, &mut body),
                condition => {
                    body.push(emit_condition(clause, condition));
                    bound.extend(bound_by(condition));
                }
            }
        }
        let head = emit_atom(lowered, clause, clause.head, &clause.terms);
        format!("{head} <- {};", body.join(", "))
    }

    /// The atom at `at`, whose relation comes from elsewhere: whether there is such a row, or a walk through
    /// those that there are.
    fn read(
        &self,
        at: usize,
        atom: &Atom,
        bound: &mut BTreeSet<VarId>,
        indices: &mut Indices,
        body: &mut Vec<String>,
    ) {
        let relation = atom.relation;
        let new: Vec<(usize, VarId)> = (0..)
            .zip(&atom.terms)
            .filter_map(|(column, term)| Some((column, term.var()?)))
            .filter(|(_, var)| !bound.contains(var))
            .collect();
        let is_new = |column: usize| new.iter().any(|&(own, _)| own == column);
        let known: Vec<(usize, &Term)> = (0..)
            .zip(&atom.terms)
            .filter(|(column, term)| **term != Term::Any && !is_new(*column))
            .collect();
        let columns: Vec<usize> = known.iter().map(|(column, _)| *column).collect();
        let key: Vec<String> = known
            .iter()
            .map(|(_, term)| format!("({}).into()", emit_term(self.clause, term)))
            .collect();
        let key = key.join(", ");
        if new.is_empty() {
            let not = if atom.negated { "!" } else { "" };
            body.push(if columns.is_empty() {
                format!("({not}reader.has_rows({relation}))")
            } else {
                format!(
                    "({not}reader.has({}, {relation}, [{key}]))",
                    indices.number(relation, columns)
                )
            });
            return;
        }
        let types = column_types(&self.lowered.relations[relation]);
        for &(column, _) in &new {
            let read = if types[column] == "i64" { "numbers" } else { "ids" };
            body.push(format!("let column_{at}_{column} = reader.{read}({relation}, {column})"));
        }
        body.push(if columns.is_empty() {
            format!("for row_{at} in reader.all({relation})")
        } else {
            format!(
                "for row_{at} in reader.rows({}, {relation}, [{key}])",
                indices.number(relation, columns)
            )
        });
        for (column, var) in new {
            let name = variable(self.clause, var);
            body.push(format!("let {name} = column_{at}_{column}[row_{at}]"));
            bound.insert(var);
        }
    }
}

/// The variable that a `let` binds.
fn bound_by(condition: &Literal) -> Option<VarId> {
    match condition {
        Literal::Let { var, .. } => Some(*var),
        _ => None,
    }
}

fn emit_atom(lowered: &Lowered, clause: &Clause, relation: RelationId, terms: &[Term]) -> String {
    let terms: Vec<String> = terms.iter().map(|term| emit_term(clause, term)).collect();
    format!("{}({})", relation_name(lowered, relation), terms.join(", "))
}

fn emit_condition(clause: &Clause, condition: &Literal) -> String {
    match condition {
        Literal::Compare { compare, left, right, .. } => {
            let (left, right) = (emit_expr(clause, left), emit_expr(clause, right));
            format!("({left} {} {right})", compare.as_str())
        }
        Literal::Let { var, value, .. } => {
            format!("let {} = {}", variable(clause, *var), emit_expr(clause, value))
        }
        // Lowering leaves none of these, and an atom is no condition.
        Literal::Test(_) | Literal::Aggregate(_) | Literal::Atom(_) => "(false)".to_owned(),
    }
}

fn emit_expr(clause: &Clause, expr: &Expr) -> String {
    match expr {
        Expr::Term(term) => emit_term(clause, term),
        Expr::Binary(operator, left, right) => {
            let operation = match operator {
                Operator::Add => "saturating_add",
                Operator::Subtract => "saturating_sub",
                Operator::Multiply => "saturating_mul",
            };
            format!("({}).{operation}({})", emit_expr(clause, left), emit_expr(clause, right))
        }
    }
}

fn emit_term(clause: &Clause, term: &Term) -> String {
    match term {
        Term::Any => "_".to_owned(),
        Term::Var(var) => variable(clause, *var),
        Term::Constant(Constant::Number(value)) => format!("({value}i64)"),
        Term::Constant(Constant::Enum(_, value)) => format!("({value}u32)"),
        Term::Constant(Constant::Bool(value)) => format!("({}u32)", u32::from(*value)),
        // Lowering leaves neither.
        Term::Constant(Constant::Text(_) | Constant::Entity(..)) | Term::Param(_) => {
            "(u32::MAX)".to_owned()
        }
    }
}

fn variable(clause: &Clause, var: VarId) -> String {
    // Begins with a letter whatever the name, ends in a number: neither a keyword nor a constant.
    format!("v_{}_{var}", identifier(&clause.vars[var].name).to_lowercase())
}

fn emit_outputs(lowered: &Lowered, block: &Block) -> String {
    let mut text = String::new();
    let names: Vec<String> = block.outputs.iter().map(|output| format!("rows_{output}")).collect();
    line(
        &mut text,
        format_args!("        let ({},) = runtime.run_with_hasher::<Hashing>();", names.join(", ")),
    );
    for &output in &block.outputs {
        let types = column_types(&lowered.relations[output]);
        let fields: Vec<String> =
            (0..types.len()).map(|column| format!("field_{column}")).collect();
        let fields = fields.join(", ");
        let comma = if types.len() == 1 { "," } else { "" };
        line(
            &mut text,
            format_args!(
                "        let rows: Vec<({}{comma})> = rows_{output}.into_iter().map(|{}({fields})| ({fields}{comma})).collect();",
                types.join(", "),
                relation_name(lowered, output),
            ),
        );
        let id = if types.first() == Some(&"u32") { "row.0" } else { "u32::MAX" };
        line(&mut text, format_args!("        let rows = in_order(rows, |row| {id});"));
        let columns: Vec<String> = types
            .iter()
            .enumerate()
            .map(|(column, column_type)| {
                let variant = if *column_type == "i64" { "Numbers" } else { "Ids" };
                format!("Column::{variant}(rows.iter().map(|row| row.{column}).collect())")
            })
            .collect();
        line(
            &mut text,
            format_args!("        store.put({output}, rows.len(), vec![{}]);", columns.join(", ")),
        );
    }
    text
}
