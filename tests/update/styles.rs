//! Files of a topology → the same in other forms of TOML, with comments.

use crate::random::Random;

/// The text with comments on lines of their own, and tables written in other ways.
pub fn restyled(text: &str, random: &mut Random) -> String {
    let (mut inline, mut tables): (Vec<(String, Vec<String>)>, String) =
        (Vec::new(), String::new());
    let is_inline = |random: &mut Random| random.percent(30);
    let (sites, edges) = (is_inline(random), is_inline(random));
    for table in tables_of(text) {
        let (header, lines) = table.split_first().expect("a header");
        let name = header.trim_matches(['[', ']']);
        if (name == "site" && sites) || (name == "edge-pool" && edges) {
            let row = format!("{{ {} }}", lines.join(", "));
            match inline.iter_mut().find(|(known, _)| known == name) {
                Some((_, rows)) => rows.push(row),
                None => inline.push((name.to_owned(), vec![row])),
            }
            continue;
        }
        tables += &under_header(header, lines, random);
    }
    let mut whole = String::new();
    for (name, rows) in inline {
        let (open, between, close) = match random.below(3) {
            0 => ("[", ", ", "]"),
            1 => ("[\n  ", ",\n  ", "\n]"),
            _ => ("[\n  ", ", # of many\n  ", ",\n]"),
        };
        whole += &format!("{name} = {open}{}{close}\n", rows.join(between));
    }
    whole += &tables;
    if random.percent(20) {
        whole.truncate(whole.trim_end().len());
    }
    if random.percent(25) {
        whole = whole.replace('\n', "\r\n");
    }
    if random.percent(15) { format!("\u{feff}{whole}") } else { whole }
}

/// The lines of each table, its header first.
fn tables_of(text: &str) -> Vec<Vec<String>> {
    let mut tables: Vec<Vec<String>> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match line.starts_with('[') {
            true => tables.push(vec![line.to_owned()]),
            false => tables.last_mut().expect("a header stands first").push(line.to_owned()),
        }
    }
    tables
}

fn under_header(header: &str, lines: &[String], random: &mut Random) -> String {
    let indent = if random.percent(15) { "  " } else { "" };
    let (inner, mut plain): (Vec<String>, Vec<String>) =
        lines.iter().cloned().partition(|line| line.starts_with("back-end."));
    let inner: Vec<&str> = inner.iter().filter_map(|line| line.strip_prefix("back-end.")).collect();
    let mut below = String::new();
    match random.below(3) {
        0 if !inner.is_empty() => {
            let (open, between, close) = match random.below(4) {
                0 => ("{\n  ", ",\n  ", "\n}"),
                1 => ("{ # data\n  ", ", # and\n  ", ", # all\n}"),
                2 => ("{", ",", "}"),
                _ => ("{ ", ", ", " }"),
            };
            plain.push(format!("back-end = {open}{}{close}", inner.join(between)));
        }
        1 if !inner.is_empty() => {
            below = format!("\n# c: its data\n[pool.back-end]\n{}\n", inner.join("\n"));
        }
        _ => plain.extend(inner.iter().map(|line| format!("back-end.{line}"))),
    }
    random.shuffle(&mut plain);
    let mut table = String::new();
    if random.percent(30) {
        table += "# c: above a table\n";
    }
    let name = header.trim_matches(['[', ']']);
    let header = match random.below(8) {
        0 if header.starts_with("[[") => format!("[[ {name} ]] # spaced"),
        1 if header.starts_with("[[") => format!("[[\"{name}\"]]"),
        2 if header.starts_with("[[") => format!("{indent}[['{name}']]"),
        _ => header.to_owned(),
    };
    table += &format!("{header}\n");
    for line in plain {
        let is_name = line.starts_with("fqdn") || line.starts_with("name");
        let quoted = line.split_once(" = ").filter(|(key, _)| !key.contains('.') && !is_name);
        let quoted = quoted.filter(|_| random.percent(10));
        let line = quoted.map_or(line.clone(), |(key, value)| format!("'{key}'= {value}"));
        if random.percent(10) {
            table += &format!("{indent}# c: above a key\n");
        }
        let end = if random.percent(10) { " # beside" } else { "" };
        table += &format!("{indent}{line}{end}\n");
    }
    let behind = ["\n", "\n", "", "# c: below a table\n\n", "\n# c: on its own\n\n"];
    table + &below + random.pick(&behind)
}
