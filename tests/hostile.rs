//! Topologies of 20,000 lines of one shape, made to take long: each is checked in seconds, by a debug build too. Compared
//! with each other, the lines would take minutes.

use lynt::date::Date;
use lynt::discover::TopologyFiles;
use lynt::report::Outcome;
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::suppress::Policy;
use lynt::{Options, Timings, check};
use std::time::{Duration, Instant};

const LINES: usize = 20_000;
const MOST: Duration = Duration::from_secs(40);
const POOL: &str = "[[pool]]\nfqdn = \"a.x\"\n";

/// The lines of `line` for each number.
fn lines(line: impl Fn(usize) -> String) -> String {
    (0..LINES).map(line).collect()
}

fn checked(rules: &Rules, text: String) -> Outcome {
    let mut sources = Sources::default();
    let topology =
        TopologyFiles { path: "t.toml".to_owned(), files: vec![sources.add("t.toml", text)] };
    let policy = Policy::new(Date::new(2026, 11, 26).expect("a day"));
    let options = Options { ignores: Some(&policy), ..Options::default() };
    check(rules, &sources, &topology, &options, &mut Timings::default())
}

#[test]
fn no_shape_takes_long() {
    let rules = Rules::shipped();
    let pools = lines(|at| format!("[[pool]]\nfqdn = \"p{at}.x\"\nsite = \"gone\"\n"));
    let ignore =
        |terms: &str| lines(|_| format!("# lynt: ignore-file[unknown-site]{terms}: why\n"));
    let names = lines(|at| format!("\"b{at}.x\",\n"));
    // What is found or wrong at least.
    let shapes: [(&str, String, usize); 9] = [
        ("files' ignores that count", ignore("") + &pools, LINES),
        ("files' ignores that have expired", ignore(" until 2026-01-01") + &pools, LINES),
        (
            "ignores of other rules",
            ignore("").replace("unknown-site", "self-backup") + &pools,
            LINES,
        ),
        (
            "ignores in a table",
            lines(|_| "# lynt: ignore[unknown-backup] until 2026-01-01: why\n".to_owned())
                + &format!("{POOL}backup-registrar = [{names}]\n"),
            LINES,
        ),
        (
            "names in an ignore",
            format!("# lynt: ignore[{}]: why\n{POOL}", lines(|at| format!("r{at},"))),
            LINES,
        ),
        ("backup registrars", format!("{POOL}backup-registrar = [{names}]\n"), LINES),
        ("mistakes", lines(|_| "[[pool]]\nx = tru\n".to_owned()), LINES),
        (
            "a key again and again",
            POOL.to_owned() + &lines(|_| "site = \"a\"\n".to_owned()),
            LINES - 1,
        ),
        ("brackets that stay open", lines(|_| format!("{POOL}x = [\n")), LINES),
    ];
    for (name, text, least) in shapes {
        let start = Instant::now();
        let outcome = checked(&rules, text);
        let (found, took) = (outcome.findings.len() + outcome.problems.len(), start.elapsed());
        println!("{name}: {found} in {took:?}");
        assert!(found >= least, "{name}: {found}");
        assert!(took < MOST, "{name}: {took:?}");
    }
}
