//! A topology → files in the forms that the other programs like best.
//!
//! Names are resolved by the programs; defaults, case and trailing dots are dealt with here.

use super::minimal::Topology;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The relations, each with its number of columns.
const RELATIONS: &[(&str, usize)] =
    &[("pool", 3), ("sba", 1), ("backup", 2), ("group", 2), ("claim", 2), ("covers", 2)];

/// Writes `RELATION.csv` for each relation, `facts.lp` for clingo and `facts.pl` for Prolog into `folder`.
///
/// # Errors
/// Where a file can't be written.
pub fn write(topology: &Topology<'_>, folder: &Path) -> io::Result<()> {
    let create = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    let (mut lp, mut pl) = (create("facts.lp")?, create("facts.pl")?);
    for (name, columns) in RELATIONS {
        // A relation without facts is none that is unknown.
        writeln!(lp, "#defined {name}/{columns}.")?;
        writeln!(pl, ":- multifile {name}/{columns}.")?;
    }
    for (name, _) in RELATIONS {
        let mut csv = create(&format!("{name}.csv"))?;
        for row in rows(topology, name) {
            writeln!(csv, "{}", list(&row, |text| quoted(text, '"', "\"\"")))?;
            writeln!(lp, "{name}({}).", list(&row, |text| escaped(text, '"')))?;
            writeln!(pl, "{name}({}).", list(&row, |text| escaped(text, '\'')))?;
        }
        csv.flush()?;
    }
    lp.flush()?;
    pl.flush()
}

/// The rows of a relation, each once.
fn rows<'a>(topology: &'a Topology<'_>, relation: &str) -> Vec<Vec<&'a str>> {
    let (pools, sbas) = (topology.pools.iter(), topology.sbas.iter());
    let (groups, claims) = (topology.groups.iter(), topology.claims.iter());
    let mut rows: Vec<Vec<&str>> = match relation {
        "pool" => pools
            .map(|pool| {
                let role = pool.role.as_deref().unwrap_or("front-end");
                vec![&*pool.fqdn, role, topology.version_of(pool).unwrap_or("")]
            })
            .collect(),
        "sba" => sbas.map(|sba| vec![&*sba.fqdn]).collect(),
        "backup" => pools
            .map(|pool| (&pool.fqdn, &pool.backups))
            .chain(sbas.map(|sba| (&sba.fqdn, &sba.backups)))
            .flat_map(|(owner, names)| names.iter().map(|name| vec![&**owner, &**name]))
            .collect(),
        "group" => groups.map(|group| vec![&*group.name, &*group.home]).collect(),
        "claim" => claims
            .map(|claim| vec![&*claim.name, if claim.is_full { "full" } else { "" }])
            .collect(),
        _ => claims
            .flat_map(|claim| claim.covers.iter().map(|group| vec![&*claim.name, &**group]))
            .collect(),
    };
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn list(row: &[&str], form: impl Fn(&str) -> String) -> String {
    row.iter().map(|text| form(text)).collect::<Vec<_>>().join(",")
}

fn escaped(text: &str, quote: char) -> String {
    quoted(&text.replace('\\', "\\\\"), quote, &format!("\\{quote}"))
}

fn quoted(text: &str, quote: char, inner: &str) -> String {
    format!("{quote}{}{quote}", text.replace(quote, inner))
}
