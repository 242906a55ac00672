//! Lowered program → Rust text with `crepe!` blocks.
//!
//! crepe's traps and how the text gets round them: names end in the relation's or the variable's
//! number (crepe lower-cases relations, and some are keywords); every variable is new where it is
//! bound; conditions come after what binds them; results are sorted.

use super::ast::Operator;
use super::lower::{Block, LowRelation, Lowered, Step};
use super::program::{Clause, Constant, Expr, Literal, RelationId, Term, VarId};
use std::fmt::Write;

/// The Rust text of all blocks, and a function `run` that runs them and the folds between them. It
/// belongs into a module that has `Column`, `Hashing`, `Lowered`, `Store` and `fold`.
pub fn emit(lowered: &Lowered) -> String {
    let mut text = String::new();
    let mut calls = String::new();
    for (at, step) in lowered.steps.iter().enumerate() {
        line(&mut calls, format_args!("    if wanted[{at}] {{"));
        match step {
            Step::Fold(fold) => {
                line(&mut calls, format_args!("        fold(store, lowered, {fold});"));
            }
            Step::Block(block) => {
                text.push_str(&emit_block(lowered, block));
                let name = module_name(block);
                line(&mut calls, format_args!("        {name}::run(store);"));
            }
        }
        line(&mut calls, format_args!("    }}"));
    }
    line(&mut text, format_args!("/// Runs those of the steps that are wanted, in their order."));
    line(
        &mut text,
        format_args!("pub fn run(lowered: &Lowered, wanted: &[bool], store: &mut Store) {{"),
    );
    text.push_str(&calls);
    text.push_str("}\n");
    text
}

/// The `crepe!` program of one block.
pub fn emit_rules(lowered: &Lowered, block: &Block) -> String {
    let mut text = String::new();
    for &input in &block.inputs {
        line(&mut text, format_args!("        @input\n        {}", declaration(lowered, input)));
    }
    for &output in &block.outputs {
        line(&mut text, format_args!("        @output\n        {}", declaration(lowered, output)));
    }
    for &clause in &block.clauses {
        line(&mut text, format_args!("        {}", emit_clause(lowered, &lowered.clauses[clause])));
    }
    text
}

fn emit_block(lowered: &Lowered, block: &Block) -> String {
    let mut text = String::new();
    line(&mut text, format_args!("#[allow("));
    line(&mut text, format_args!("    non_camel_case_types, non_snake_case, unused_variables,"));
    line(
        &mut text,
        format_args!("    unused_comparisons, unused_mut, unused_parens, dead_code, missing_docs,"),
    );
    line(&mut text, format_args!("    clippy::all, clippy::iter_over_hash_type,"));
    line(&mut text, format_args!("    reason = \"generated from the rules\""));
    line(&mut text, format_args!(")]"));
    line(&mut text, format_args!("mod {} {{", module_name(block)));
    line(&mut text, format_args!("    use super::{{Column, Hashing, Store}};\n"));
    line(&mut text, format_args!("    crepe::crepe! {{"));
    text.push_str(&emit_rules(lowered, block));
    line(&mut text, format_args!("    }}\n"));
    line(&mut text, format_args!("    pub fn run(store: &mut Store) {{"));
    line(&mut text, format_args!("        let mut runtime = Crepe::new();"));
    for &input in &block.inputs {
        text.push_str(&emit_input(lowered, input));
    }
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
    format!("block_{}", identifier(&block.name))
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

fn emit_clause(lowered: &Lowered, clause: &Clause) -> String {
    let head = emit_atom(lowered, clause, clause.head, &clause.terms);
    if clause.body.is_empty() {
        return format!("{head} <- (true);");
    }
    let body: Vec<String> =
        clause.body.iter().map(|literal| emit_literal(lowered, clause, literal)).collect();
    format!("{head} <- {};", body.join(", "))
}

fn emit_literal(lowered: &Lowered, clause: &Clause, literal: &Literal) -> String {
    match literal {
        Literal::Atom(atom) => {
            let not = if atom.negated { "!" } else { "" };
            format!("{not}{}", emit_atom(lowered, clause, atom.relation, &atom.terms))
        }
        Literal::Compare { compare, left, right, .. } => {
            let (left, right) = (emit_expr(clause, left), emit_expr(clause, right));
            format!("({left} {} {right})", compare.as_str())
        }
        Literal::Let { var, value, .. } => {
            format!("let {} = {}", variable(clause, *var), emit_expr(clause, value))
        }
        // Lowering leaves neither.
        Literal::Test(_) | Literal::Aggregate(_) => "(false)".to_owned(),
    }
}

fn emit_atom(lowered: &Lowered, clause: &Clause, relation: RelationId, terms: &[Term]) -> String {
    let columns = &lowered.relations[relation].columns;
    let terms: Vec<String> = terms
        .iter()
        .zip(columns)
        .map(|(term, kind)| emit_term(clause, term, kind.is_number()))
        .collect();
    format!("{}({})", relation_name(lowered, relation), terms.join(", "))
}

fn emit_expr(clause: &Clause, expr: &Expr) -> String {
    match expr {
        Expr::Term(term) => emit_term(clause, term, true),
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

fn emit_term(clause: &Clause, term: &Term, number: bool) -> String {
    match term {
        Term::Any => "_".to_owned(),
        Term::Var(var) => variable(clause, *var),
        Term::Constant(Constant::Number(value)) => {
            debug_assert!(number, "a number stands in a number's column");
            format!("({value}i64)")
        }
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

fn emit_input(lowered: &Lowered, input: RelationId) -> String {
    let types = column_types(&lowered.relations[input]);
    let mut text = String::from("        {\n");
    for (column, column_type) in types.iter().enumerate() {
        let read = if *column_type == "i64" { "numbers" } else { "ids" };
        line(
            &mut text,
            format_args!("            let column_{column} = store.{read}({input}, {column});"),
        );
    }
    let fields: Vec<String> =
        (0..types.len()).map(|column| format!("column_{column}[row]")).collect();
    line(
        &mut text,
        format_args!(
            "            runtime.extend((0..store.rows({input})).map(|row| {}({})));",
            relation_name(lowered, input),
            fields.join(", ")
        ),
    );
    text.push_str("        }\n");
    text
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
                "        let mut rows: Vec<({}{comma})> = rows_{output}.into_iter().map(|{}({fields})| ({fields}{comma})).collect();",
                types.join(", "),
                relation_name(lowered, output),
            ),
        );
        line(&mut text, format_args!("        rows.sort_unstable();"));
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
