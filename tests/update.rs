//! `lynt import --update`: the cases of `tests/update/`, each with its files before and after, and random ones.

mod common;

#[path = "update/cmdlets.rs"]
mod cmdlets;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/generate.rs"]
mod generate;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/model.rs"]
mod model;
#[allow(dead_code, reason = "the oracle's own tests use all of it")]
#[path = "oracle/random.rs"]
mod random;
#[path = "update/styles.rs"]
mod styles;

use common::command::{Case as Run, Folder, lynt, run_cases, text};
use lynt::compare::values::{Canonical, Item, items};
use lynt::datalog::program::Program;
use lynt::discover::TopologyFiles;
use lynt::import::{Telling, import, telling};
use lynt::rules::Rules;
use lynt::source::Sources;
use lynt::topology;
use lynt::update::{Request, Update, update};
use model::{Topology, written};
use random::Random;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write};
use std::path::Path;
use std::{env, fs};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A debug build, being slow, tries fewer.
const TOPOLOGIES: u64 = if cfg!(debug_assertions) { 300 } else { 3_000 };

/// A case of `tests/update/`.
#[derive(Default)]
struct Case {
    name: String,
    /// Its sections, in their order: what follows `=== `, and the text up to the next one.
    sections: Vec<(String, String)>,
}

impl Case {
    fn read(path: &Path) -> Self {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let written = fs::read_to_string(path).expect("a case").replace("\r\n", "\n");
        let mut case = Case { name, sections: Vec::new() };
        for line in written.split_inclusive('\n') {
            match line.strip_prefix("=== ") {
                Some(title) => case.sections.push((title.trim().to_owned(), String::new())),
                None => case.sections.last_mut().expect("a section").1.push_str(line),
            }
        }
        case
    }

    fn section(&self, title: &str) -> Option<&str> {
        let mut found = self.sections.iter().filter(|(known, _)| known == title);
        found.next().map(|(_, text)| text.as_str())
    }

    fn has(&self, word: &str) -> bool {
        self.section("how").is_some_and(|how| how.split_whitespace().any(|known| known == word))
    }

    /// The files of a side, as they are on the disk.
    fn files(&self, side: &str) -> BTreeMap<String, String> {
        let own = self.sections.iter().filter_map(|(title, text)| {
            let path = title.strip_prefix(side)?.strip_prefix(' ')?;
            Some((path.to_owned(), self.encoded(text)))
        });
        own.collect()
    }

    /// Line ends, a byte order mark and the end of the file as the case wants them.
    fn encoded(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if self.has("no-newline-at-end") {
            text.truncate(text.trim_end_matches('\n').len());
        }
        if self.has("crlf") {
            text = text.replace('\n', "\r\n");
        }
        if self.has("bom") {
            text.insert(0, '\u{feff}');
        }
        text
    }

    /// What `lynt import` is told, before the name of the export.
    fn arguments(&self) -> Vec<&str> {
        let topology = self.section("topology").map_or("t", str::trim);
        let mut arguments = vec!["import", "--update", topology];
        arguments.extend(["--prune", "--diff"].iter().filter(|option| self.has(option)));
        arguments
    }
}

/// The files below a folder, by path.
fn files_of(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name =
                path.strip_prefix(folder).expect("below").to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).expect("a file"));
        }
    }
    files.remove("export");
    files
}

/// The comments of texts, but for those that an import writes. No case has a `#` anywhere else.
fn comments<'t>(texts: impl Iterator<Item = &'t String>) -> Vec<&'t str> {
    let lines = texts.flat_map(|text| text.lines());
    let comments = lines.filter_map(|line| Some(&line[line.find('#')?..]));
    let mut comments: Vec<&str> =
        comments.filter(|comment| !comment.contains("TODO: not in the export")).collect();
    comments.sort_unstable();
    comments
}

#[test]
fn each_case_changes_what_the_export_knows_and_nothing_else() {
    let program = Rules::shipped().set.program;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/update");
    let paths = fs::read_dir(&root).expect("cases").map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "case")).collect();
    paths.sort();
    assert!(paths.len() >= 30, "{}", paths.len());
    for path in paths {
        let case = Case::read(&path);
        let export = match (case.section("deployment"), case.section("export")) {
            (Some(deployment), None) => cmdlets::export(&program, &[deployment]),
            (None, Some(export)) => export.to_owned(),
            _ => panic!("{}: one of `deployment` and `export`", case.name),
        };
        try_case(&case, &path, &export);
    }
}

fn try_case(case: &Case, path: &Path, export: &str) {
    let name = &case.name;
    let folder = Folder::new(&format!("update-{name}"));
    fs::create_dir_all(folder.0.join("t")).expect("a folder");
    let before = case.files("before");
    before.iter().for_each(|(path, text)| {
        folder.write(path, text);
    });
    folder.write("export", export);
    let arguments = [case.arguments().as_slice(), &["export"]].concat();
    let output = lynt(&folder, &arguments, b"");
    let after = files_of(&folder.0);
    let is_shown = case.has("--diff");
    let wanted = if is_shown { before.clone() } else { case.files("after") };
    let said = text(&output.stderr);
    let shown = text(&output.stdout);
    if env::var_os("LYNT_BLESS").is_some() {
        bless(case, path, &after, &said, &shown);
    } else {
        assert_eq!(after, wanted, "{name}: {said}");
        assert_eq!(said, case.section("says").expect("what is said"), "{name}");
        assert!(case.section("shows").is_none_or(|wanted| wanted == shown), "{name}: {shown}");
    }
    let code = if case.has("fails") { 2 } else { i32::from(is_shown && !shown.is_empty()) };
    assert_eq!(output.status.code(), Some(code), "{name}: {said}");
    assert!(is_shown || shown.is_empty() == (after == before), "{name}: {shown}");
    let (old, new) = (comments(before.values()), comments(after.values()));
    if case.has("loses-comments") {
        assert!(new.len() < old.len(), "{name}");
    } else {
        assert_eq!(old, new, "{name}: comments");
    }
    let again = lynt(&folder, &arguments, b"");
    assert_eq!(files_of(&folder.0), after, "{name}: again");
    if !is_shown && !case.has("fails") {
        let said = text(&again.stderr);
        assert_eq!((again.status.code(), text(&again.stdout)), (Some(0), String::new()), "{name}");
        assert!(said.ends_with("nothing to update\n"), "{name}: {said}");
    }
}

/// Writes what came of a case into it.
fn bless(case: &Case, path: &Path, after: &BTreeMap<String, String>, said: &str, shown: &str) {
    let kept = case
        .sections
        .iter()
        .filter(|(title, _)| !title.starts_with("after ") && title != "says" && title != "shows");
    let mut text: String = kept.map(|(title, text)| format!("=== {title}\n{text}")).collect();
    for (name, content) in after.iter().filter(|_| !case.has("--diff")) {
        let plain = content.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let end = if plain.ends_with('\n') || plain.is_empty() { "" } else { "\n" };
        text += &format!("=== after {name}\n{plain}{end}");
    }
    if case.section("shows").is_some() {
        text += &format!("=== shows\n{shown}");
    }
    text += &format!("=== says\n{said}");
    fs::write(path, text).expect("the case is written");
}

const XML: &str = include_str!("../examples/litware/Topology.xml");
const TBXML: &str = include_str!("import/litware.tbxml");
const JSON: &str = include_str!("import/litware.json");
const LITWARE: &str = include_str!("../examples/litware/topology.toml");

/// What people made of an import.
fn edited(version: &str, site: &str) -> String {
    let text = LITWARE.replace("role = ", "hosting = \"virtual\" # VM\nrole = ");
    let text = text
        .replace("version = \"sfb-2015\"\nbackup", &format!("version = {version} # soon\nbackup"));
    text.replace(
        "red.litware.example\"\nsite = \"Redvale\"\n",
        &format!("red.litware.example\"\n{site}"),
    )
}

/// What `Export-CsConfiguration` writes, as far as an import looks at it.
fn zip(xml: &str) -> Vec<u8> {
    let xml = xml.split_once('\n').expect("a declaration stands first").1;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("DocItemSet.xml", SimpleFileOptions::default()).expect("an entry");
    write!(writer, "<DocItemSet><DocItem>{xml}</DocItem></DocItemSet>").expect("its bytes");
    writer.finish().expect("an archive").into_inner()
}

#[test]
fn every_form_of_an_export_brings_the_same() {
    let before = edited("'sfb-2019'", "");
    let expected = edited("'sfb-2015'", "site = \"Redvale\"\n");
    assert_eq!(before.matches("# soon").count(), 2);
    assert!(
        before.contains("# VM")
            && before.matches("Redvale").count() + 3 == expected.matches("Redvale").count()
    );
    let zip = zip(XML);
    let forms = [
        ("xml", XML.as_bytes()),
        ("tbxml", TBXML.as_bytes()),
        ("zip", &zip),
        ("json", JSON.as_bytes()),
    ];
    for (name, export) in forms {
        let folder = Folder::new(&format!("update-form-{name}"));
        folder.write("t.toml", &before).write("export", export);
        let output = lynt(&folder, &["import", "--update", "t.toml", "export"], b"");
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
        assert_eq!(folder.read("t.toml"), expected, "{name}");
        // Of standard input as of a file.
        folder.write("t.toml", &before);
        let output = lynt(&folder, &["import", "--update", "t.toml", "-"], export);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
        assert_eq!(folder.read("t.toml"), expected, "{name}");
        assert_eq!(folder.list(""), ["export", "t.toml"], "{name}: no temporary file is left");
    }
}

#[test]
fn what_can_not_be_updated_is_told() {
    let folder = Folder::new("update-not");
    folder.write("t/pools.toml", "[[pool]]\nfqdn = \"fe-red.litware.example\"\n");
    folder.write("e.xml", XML).write("cut.xml", &XML[..XML.len() / 2]).write("other.toml", LITWARE);
    let before = files_of(&folder.0);
    let cases: &[Run<'_>] = &[
        (&["import", "--update", "-", "e.xml"], 2, &[], &["standard input can't be changed"]),
        (&["import", "--update", "nowhere", "e.xml"], 2, &[], &["could not read nowhere"]),
        (&["import", "--update", "t", "nowhere.xml"], 2, &[], &["could not read nowhere.xml"]),
        (&["import", "--update", "t", "cut.xml"], 2, &[], &["error[import]: cut.xml:"]),
        (&["import", "--update", "t", "other.toml"], 2, &[], &["this is not XML"]),
        (&["import", "--update", "t", "e.xml", "-o", "x.toml"], 2, &[], &["cannot be used with"]),
        (&["import", "--update", "t", "e.xml", "--anonymise"], 2, &[], &["cannot be used with"]),
        (&["import", "--prune", "e.xml"], 2, &[], &["--update <TOPOLOGY>"]),
        (&["import", "--diff", "e.xml"], 2, &[], &["--update <TOPOLOGY>"]),
        (&["import", "--isolated", "e.xml"], 2, &[], &["--update <TOPOLOGY>"]),
        (&["import", "--update", "t", "--diff", "e.xml"], 1, &["+++ t/sites.toml"], &["would"]),
    ];
    run_cases(&folder, "", cases);
    assert_eq!(files_of(&folder.0), before);
    let listed = lynt(&folder, &["import", "--help"], b"");
    assert!(text(&listed.stdout).contains("lynt import --update topology/ Topology.xml"));
}

/// Where one of several files can't be written, none is.
#[cfg(unix)]
#[test]
fn all_files_are_written_or_none() {
    let folder = Folder::new("update-link");
    let pool = "[[pool]]\nfqdn = \"fe-red.litware.example\"\n";
    folder.write("t/pools.toml", pool).write("sites.toml", "[[site]]\nname = \"Redvale\"\n");
    folder.write("e.xml", XML);
    std::os::unix::fs::symlink("../sites.toml", folder.0.join("t/sites.toml")).expect("a link");
    let told: &[Run<'_>] = &[(
        &["import", "--update", "t", "e.xml"],
        2,
        &["+++ t/sites.toml"],
        &["could not write t/sites.toml: it is a link, or no regular file; name the file itself"],
    )];
    run_cases(&folder, "", told);
    assert_eq!(folder.read("t/pools.toml"), pool);
    assert_eq!(folder.list("t"), ["pools.toml", "sites.toml"]);
    fs::remove_file(folder.0.join("t/sites.toml")).expect("the link goes");
    fs::hard_link(folder.0.join("sites.toml"), folder.0.join("t/sites.toml")).expect("a link");
    let told: &[Run<'_>] =
        &[(&["import", "--update", "t", "e.xml"], 2, &["+++"], &["several names (hard links)"])];
    run_cases(&folder, "", told);
    assert_eq!(folder.read("t/pools.toml"), pool);
    fs::remove_file(folder.0.join("t/sites.toml")).expect("the link goes");
    let permissions = |mode: u32| std::os::unix::fs::PermissionsExt::from_mode(mode);
    let (file, parent) = (folder.0.join("t/pools.toml"), folder.0.join("t"));
    fs::set_permissions(&parent, permissions(0o555)).expect("permissions");
    // Whoever may write everywhere, as root, is not held by permissions.
    if fs::write(parent.join("probe"), "").is_err() {
        let told: &[Run<'_>] =
            &[(&["import", "--update", "t", "e.xml"], 2, &["+++"], &["Permission denied"])];
        run_cases(&folder, "", told);
        assert_eq!(folder.read("t/pools.toml"), pool);
    }
    fs::set_permissions(&parent, permissions(0o755)).expect("permissions");
    let _ = fs::remove_file(parent.join("probe"));
    // A file that is read-only stays so, as with `lynt check --fix`.
    fs::set_permissions(&file, permissions(0o444)).expect("permissions");
    run_cases(&folder, "", &[(&["import", "--update", "t", "e.xml"], 0, &["+++"], &["updated"])]);
    assert!(fs::metadata(&file).expect("a file").permissions().readonly());
    assert_eq!(
        folder.list("t"),
        ["central-management.toml", "edge-pools.toml", "pools.toml", "sbas.toml", "sites.toml"]
    );
}

/// A deployment that was a topology once: some of it is gone, some is as elsewhere, some is new.
fn changed(topology: &Topology, random: &mut Random, seed: u64) -> Topology {
    let mut changed = topology.clone();
    let other = generate::topology(seed + 1_000_000);
    changed.management = random.pick(&[changed.management, other.management]);
    changed.sites.retain(|_| random.percent(95));
    changed.pools.retain(|_| random.percent(90));
    changed.sbas.retain(|_| random.percent(90));
    changed.edges.retain(|_| random.percent(90));
    let pools = changed.pools.clone();
    for pool in &mut changed.pools {
        for _ in 0..random.below(4) {
            let from = random.pick(&pools);
            match random.below(9) {
                0 => pool.site = from.site,
                1 => pool.version = from.version,
                2 => pool.backups = from.backups,
                3 => pool.servers = from.servers,
                4 => pool.sql_server = from.sql_server,
                5 => pool.file_store = from.file_store,
                6 => pool.failure = random.pick(&[None, Some(60), Some(5400), from.failure]),
                7 => pool.role = from.role,
                _ => pool.automatic_failover = from.automatic_failover,
            }
        }
    }
    for sba in &mut changed.sbas {
        if random.percent(30) {
            sba.backups = random.any(&pools).map(|pool| pool.fqdn).into_iter().collect();
        }
    }
    let fqdns = |topology: &Topology| -> BTreeSet<String> {
        let pools = topology.pools.iter().map(|pool| &pool.fqdn);
        let sbas = topology.sbas.iter().map(|sba| &sba.fqdn);
        let edges = topology.edges.iter().map(|edge| &edge.fqdn);
        pools.chain(sbas).chain(edges).cloned().collect()
    };
    let taken = fqdns(topology);
    changed
        .pools
        .extend(other.pools.into_iter().filter(|pool| !taken.contains(&pool.fqdn)).take(2));
    let taken = &taken | &fqdns(&changed);
    changed.sbas.extend(other.sbas.into_iter().filter(|sba| !taken.contains(&sba.fqdn)).take(2));
    let taken = &taken | &fqdns(&changed);
    changed
        .edges
        .extend(other.edges.into_iter().filter(|edge| !taken.contains(&edge.fqdn)).take(1));
    let known: BTreeSet<String> = topology.sites.iter().map(|site| site.name.clone()).collect();
    changed
        .sites
        .extend(other.sites.into_iter().filter(|site| !known.contains(&site.name)).take(2));
    changed
}

/// Texts and an export in memory.
struct Memory<'m> {
    program: &'m Program,
    texts: Vec<(String, String)>,
    export: String,
}

impl Memory<'_> {
    fn update(&self, prune: bool) -> Update {
        let mut sources = Sources::default();
        let files = self.texts.iter().map(|(path, text)| sources.add(path, text)).collect();
        let topology = TopologyFiles { path: "t".to_owned(), files };
        let export = sources.add("export", &self.export);
        let request = Request {
            program: self.program,
            sources: &sources,
            topology: &topology,
            is_folder: true,
            export,
            prune,
            is_taken: &|_| false,
        };
        let show = || {
            let texts: String =
                self.texts.iter().map(|(path, text)| format!("=== {path}\n{text}")).collect();
            format!("{texts}=== export\n{}", self.export)
        };
        update(&request).unwrap_or_else(|problems| panic!("{problems:#?}\n{}", show()))
    }

    fn apply(&mut self, update: Update) {
        for (file, text) in update.edited {
            self.texts[file as usize].1 = text;
        }
        self.texts.extend(update.created);
    }
}

/// What texts say: each entity by table and name, each key's values as rules take them, and whether they
/// are written.
type Said = BTreeMap<(String, String), BTreeMap<String, BTreeMap<Canonical, bool>>>;

fn said(program: &Program, texts: &[(String, String)]) -> Said {
    let mut sources = Sources::default();
    let files: Vec<_> = texts.iter().map(|(path, text)| sources.add(path, text)).collect();
    let topology = topology::parse(program, &sources, &files).expect("it is a topology");
    let values = |item: Item<'_>| {
        let keys = item.keys.into_iter().map(|(key, values)| {
            let own = values.into_iter().map(|(value, written)| (value, !written.is_default));
            (key, own.collect())
        });
        keys.collect()
    };
    let entities = items(program, &topology).into_iter();
    entities
        .map(|((kind, name), item)| ((program.entities[kind].table.clone(), name), values(item)))
        .collect()
}

/// The names in texts, in their order. Every entity is named before it has any other line that looks so.
fn names(texts: &[(String, String)]) -> Vec<String> {
    let lines = texts.iter().flat_map(|(_, text)| text.lines());
    let starts = ["fqdn = ", "name = "];
    let names = lines.filter_map(|line| {
        let line = line.trim_start_matches(['\u{feff}', ' ']);
        let start = starts.iter().find(|start| line.starts_with(**start))?;
        Some(line[start.len()..].split(" #").next()?.to_owned())
    });
    names.collect()
}

#[test]
fn random_topologies_say_what_the_export_says_and_keep_the_rest() {
    let program = Rules::shipped().set.program;
    let [mut added, mut changes, mut missing, mut created] = [0; 4];
    for seed in 0..TOPOLOGIES {
        let mut random = Random::new(seed);
        let topology = generate::topology(seed);
        let deployment = changed(&topology, &mut random, seed);
        let texts = written(&topology, seed).into_iter();
        let texts: Vec<(String, String)> =
            texts.map(|(path, text)| (path, styles::restyled(&text, &mut random))).collect();
        let deployment = written(&deployment, seed + 1);
        let deployment: Vec<&str> = deployment.iter().map(|(_, text)| text.as_str()).collect();
        let json = cmdlets::export(&program, &deployment);
        let export = import(json.as_bytes()).expect("it is an export").toml;
        let told = said(&program, &[("export".to_owned(), export.clone())]);
        if told.is_empty() {
            continue;
        }
        let before = said(&program, &texts);
        let prune = random.percent(50);
        let mut memory = Memory { program: &program, texts: texts.clone(), export };
        let update = memory.update(prune);
        (added, changes) = (added + update.added, changes + update.changed);
        (missing, created) = (missing + update.missing.len(), created + update.created.len());
        memory.apply(update);
        let after = said(&program, &memory.texts);
        alike(&told, &before, &after, prune, seed);
        assert!(memory.update(prune).is_empty(), "seed {seed}: twice");
        if !prune {
            let kept = |texts: &[(String, String)]| -> Vec<String> {
                let lines = texts.iter().flat_map(|(_, text)| text.lines());
                let own =
                    lines.filter_map(|line| line.trim_start_matches(' ').strip_prefix("# c:"));
                own.map(str::to_owned).collect()
            };
            assert_eq!(kept(&texts), kept(&memory.texts[..texts.len()]), "seed {seed}: comments");
            let mut after = names(&memory.texts).into_iter();
            let mut lost =
                names(&texts).into_iter().filter(|name| !after.any(|next| next == *name));
            assert_eq!(lost.next(), None, "seed {seed}: the order of entities");
        }
    }
    let most = usize::try_from(TOPOLOGIES).expect("it fits");
    let all = [added, changes, missing * 2, created * 2];
    assert!(all.iter().all(|count| *count > most), "too little happens: {all:?}");
}

/// Holds what became of a topology against what the export tells and what was there.
fn alike(told: &Said, before: &Said, after: &Said, prune: bool, seed: u64) {
    for (entity, keys) in told {
        let (now, then) = (&after[entity], before.get(entity));
        for (key, values) in keys.iter().filter(|(_, values)| values.values().any(|own| *own)) {
            let (now, values): (Vec<_>, Vec<_>) =
                (now[key].keys().collect(), values.keys().collect());
            assert_eq!(now, values, "seed {seed}: {key} of {entity:?}");
        }
        for (key, values) in now.iter().filter(|(_, values)| values.values().any(|own| *own)) {
            let is_told = keys.contains_key(key);
            let had = then.is_some_and(|then| then.get(key) == Some(values));
            assert!(is_told || had, "seed {seed}: {key} of {entity:?} came from nowhere");
            let must_go = telling(&entity.0, key) == Telling::Always;
            assert!(is_told || !must_go, "seed {seed}: {key} of {entity:?} is not in the export");
        }
        for (key, values) in then.into_iter().flatten() {
            let is_kept = telling(&entity.0, key) == Telling::Never;
            let same = now.get(key) == Some(values);
            assert!(!is_kept || same, "seed {seed}: {key} of {entity:?} was kept by hand");
        }
    }
    for (entity, keys) in before.iter().filter(|(entity, _)| !told.contains_key(*entity)) {
        let goes = prune && telling(&entity.0, "") == Telling::Always;
        let wanted = (!goes).then_some(keys);
        assert_eq!(after.get(entity), wanted, "seed {seed}: {entity:?} is not in the export");
    }
    let known =
        |entity: &&(String, String)| told.contains_key(*entity) || before.contains_key(*entity);
    assert!(after.keys().all(|entity| known(&entity)), "seed {seed}");
}
