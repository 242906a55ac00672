//! Texts → pictures.

use lynt::discover::TopologyFiles;
use lynt::facts::collect;
use lynt::graph::{Graph, Simulation, graph, relations};
use lynt::rules::Rules;
use lynt::simulate::{Scenario, Simulator};
use lynt::source::Sources;
use lynt::topology::parse;
use lynt::{Options, Timings, check};

/// The picture of a topology, by all rules, with these pools down.
pub fn picture(text: &str, down: &[&str]) -> Graph {
    let mut sources = Sources::default();
    let file = sources.add("t.toml", text);
    picture_of(&sources, &TopologyFiles { path: "t.toml".to_owned(), files: vec![file] }, down)
}

/// The picture of these files.
pub fn picture_of(sources: &Sources, files: &TopologyFiles, down: &[&str]) -> Graph {
    let rules = Rules::shipped();
    let options = Options { allow_empty: true, ..Options::default() };
    let outcome = check(&rules, sources, files, &options, &mut Timings::default());
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    let program = &rules.set.program;
    let parsed = || parse(program, sources, &files.files).expect("it was parsed before");
    let facts = collect(program, parsed(), &relations(program), rules.texts());
    if down.is_empty() {
        return graph(program, &facts, &outcome.findings, None);
    }
    let down: Vec<String> = down.iter().map(|&name| name.to_owned()).collect();
    let scenario = Scenario { down: down.clone(), ..Scenario::default() };
    let mut simulator = Simulator::new(&rules, parsed()).expect("within the limits");
    let modes = simulator.modes();
    let simulated = &simulator.run(&scenario).expect("the pools are there");
    let simulation = Simulation { down: &down, modes, simulated };
    graph(program, &facts, &outcome.findings, Some(&simulation))
}

/// One central site with a branch; a pair, a pool that names without being named, an Edge pool, a group without a
/// home.
pub const SMALL: &str = r#"
schema = 1
[deployment]
default-version = "sfb-2015"
[[site]]
name = "London"
[[site]]
name = "Paris"
[[site]]
name = "Leeds"
kind = "branch"
central-site = "London"
[[pool]]
fqdn = "fe-lon.contoso.com"
site = "London"
backup-registrar = "fe-par.contoso.com"
[[pool]]
fqdn = "fe-par.contoso.com"
site = "Paris"
backup-registrar = "fe-lon.contoso.com"
[[pool]]
fqdn = "se-par.contoso.com"
site = "Paris"
edition = "standard"
backup-registrar = "fe-lon.contoso.com"
[[sba]]
fqdn = "sba-leeds.contoso.com"
site = "Leeds"
backup-registrar = "fe-lon.contoso.com"
[[edge-pool]]
fqdn = "edge.contoso.com"
site = "London"
next-hop = "fe-lon.contoso.com"
[[user-group]]
name = "office"
home = "fe-lon.contoso.com"
users = 1000
[[user-group]]
name = "branch"
home = "sba-leeds.contoso.com"
[[user-group]]
name = "lost"
home = "gone.contoso.com"
users = 7
"#;
