//! How rules are tested: marks against findings, the why of differences, and what no test makes false.

use lynt::datalog::compile;
use lynt::datalog::program::{Literal, Program, Role, Violation};
use lynt::discover::TopologyFiles;
use lynt::eval::{self, Limits};
use lynt::examples::{Example, examples};
use lynt::facts::{Table, collect};
use lynt::proof::Verdict;
use lynt::rule_tests::{Difference, Test, Tested, Tests, run};
use lynt::rules::Rules;
use lynt::source::{Sources, Span};
use lynt::topology;
use std::collections::BTreeSet;
use std::ops::Range;

const POOL: &str = "[[pool]]\nfqdn = \"fe-a.contoso.com\"\n";

/// A rule `odd`, about pools, with these examples and clauses.
fn rule(violates: &[&str], complies: &[&str], clauses: &str) -> String {
    let mut docs = "/// Odd.\n".to_owned();
    for (section, blocks) in [("Violates", violates), ("Complies", complies)] {
        docs.push_str(&format!("///\n/// ## {section}\n"));
        for block in blocks {
            let lines: String = block.lines().map(|line| format!("/// {line}\n")).collect();
            docs.push_str(&format!("/// ```toml\n{lines}/// ```\n"));
        }
    }
    format!(
        "{docs}violation Odd(p: Pool) {{ severity: warning; examines: Pool(p); message: \"m\"; \
         label p: \"l\"; }}\n{clauses}\n"
    )
}

fn loaded(files: &[(&str, &str)]) -> Rules {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    Rules::shipped().with_custom(files).unwrap_or_else(|(problems, _)| panic!("{problems:#?}"))
}

/// Runs the tests of custom rules, with topologies of one file each.
fn tested(rules: &Rules, topologies: &[(&str, &str)]) -> (Tested, Sources) {
    let mut sources = rules.set.sources.clone();
    let topology = |(path, text): &(&str, &str)| TopologyFiles {
        path: (*path).to_owned(),
        files: vec![sources.add(*path, *text)],
    };
    let topologies: Vec<TopologyFiles> = topologies.iter().map(topology).collect();
    let custom = |rule: &Violation| rules.is_custom(rule);
    let tests = Tests {
        rules,
        tested: &custom,
        topologies: &topologies,
        sources: &sources,
        limits: Limits::default(),
    };
    (run(&tests), sources)
}

/// `not-marked odd:fe-a.contoso.com at 6`, `not-found odd at 6`, `mark-elsewhere odd at 7`: lines of the
/// rule's file; problems by their names.
fn told(test: &Test, sources: &Sources) -> Vec<String> {
    let line = |span: Span| sources.line_column(span).0;
    let problems = test.problems.iter().map(|problem| match problem.labels.first() {
        Some(label) => format!("{} at {}", problem.name, line(label.span)),
        None => problem.name.to_owned(),
    });
    let differences = test.differences.iter().map(|difference| match difference {
        Difference::Unexpected(finding) => {
            format!("not-marked {} at {}", finding.id, line(finding.labels[0].span))
        }
        Difference::Misplaced { mark, .. } => {
            format!("mark-elsewhere {} at {}", mark.rule, line(mark.span))
        }
        Difference::Missing { mark, .. } => {
            format!("not-found {} at {}", mark.rule, line(mark.span))
        }
    });
    problems.chain(differences).collect()
}

#[test]
fn an_example_wants_exactly_its_marks() {
    let odd = "Odd(p) <- Pool(p), !Tag(p, \"owner\", _);";
    let marked = "[[pool]]\nfqdn = \"fe-a.contoso.com\" #~ odd\n";
    let tagged = "[[pool]]\nfqdn = \"fe-a.contoso.com\"\ntags = { owner = \"x\" }\n";
    let tagged_and_marked = tagged.replacen("com\"\n", "com\" #~ odd\n", 1);
    let on_version = format!("{POOL}version = \"sfb-2015\" #~ odd\n");
    let typo = marked.replace("odd", "od");
    let key = format!("{POOL}vresion = \"sfb-2015\"\n");
    let twice = format!("{marked}[[pool]]\nfqdn = \"FE-A.contoso.com\"\n");
    let two = marked.replace("odd", "odd odd");
    let itself = format!("{marked}backup-registrar = \"fe-a.contoso.com\"\n");
    let itself_marked = itself.replace("com\"\n", "com\" #~ self-backup\n");
    let itself_elsewhere = itself.replace("#~ odd", "#~ odd self-backup");
    let version_marked = marked.replace("odd", "odd unknown-version");
    let known_version = format!("{version_marked}version = \"sfb-2015\"\n");
    let several = format!("#: a.toml\n{marked}#: b.toml\n[[pool]]\nfqdn = \"fe-b.contoso.com\"\n");
    // What the example is, whether it violates, what is told, why.
    let cases: &[(&str, bool, &[&str], &str)] = &[
        (marked, true, &[], "found where it is marked"),
        (tagged, false, &[], "nothing marked, nothing found"),
        (POOL, true, &["wrong-mark at 4", "not-marked odd:fe-a.contoso.com at 6"], "no mark"),
        (POOL, false, &["not-marked odd:fe-a.contoso.com at 8"], "a false alarm"),
        (&tagged_and_marked, true, &["not-found odd at 6"], "marked and not found"),
        (marked, false, &["wrong-mark at 6"], "a mark in a complying example"),
        (&on_version, true, &["mark-elsewhere odd at 7"], "the label is on another line"),
        (
            &typo,
            true,
            &["unknown-rule at 6", "wrong-mark at 4", "not-marked odd:fe-a.contoso.com at 6"],
            "no such rule",
        ),
        (&key, false, &["unknown-key at 9"], "no topology"),
        (&twice, true, &["duplicate-fqdn at 8"], "no topology either"),
        ("", false, &["nothing-to-check"], "an empty example shows nothing"),
        (&two, true, &["not-found odd at 6"], "two marks want two findings"),
        (
            &itself,
            true,
            &["not-marked self-backup:fe-a.contoso.com at 7"],
            "an error of another rule",
        ),
        (&itself_marked, true, &[], "which may be marked"),
        (&itself_elsewhere, true, &["mark-elsewhere self-backup at 6"], "but where it is"),
        (&version_marked, true, &[], "a warning of another rule may be marked"),
        (&known_version, true, &["not-found unknown-version at 6"], "then it must be found"),
        (&several, true, &["not-marked odd:fe-b.contoso.com at 10"], "the second file"),
    ];
    for (text, violates, expected, why) in cases {
        let (violating, complying) =
            if *violates { (vec![*text], vec![]) } else { (vec![], vec![*text]) };
        let rules = loaded(&[("odd.dl", &rule(&violating, &complying, odd))]);
        let (tested, sources) = tested(&rules, &[]);
        let test = &tested.rules[0].examples[0];
        assert_eq!(told(test, &sources), *expected, "{why}:\n{text}");
        assert_eq!(test.passes(), expected.is_empty(), "{why}");
    }
}

#[test]
fn what_does_not_matter_is_named() {
    let text = rule(&[], &[POOL], "Odd(p) <- Pool(p), Tag(p, \"odd\", _);");
    let (tested, _) = tested(&loaded(&[("odd.dl", &text)]), &[]);
    let beside: Vec<&str> =
        tested.rules[0].examples[0].beside.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(beside, ["unknown-version"]);
}

#[test]
fn a_topology_is_judged_by_the_tested_rules_the_marked_ones_and_errors() {
    let text = rule(&[], &[], "Odd(p) <- Pool(p), Tag(p, \"odd\", _);");
    let rules = loaded(&[("odd.dl", &text)]);
    let odd = format!("{POOL}tags = {{ odd = \"x\" }}\n");
    let cases: &[(&str, &[&str], &str)] = &[
        (POOL, &[], "a warning of a shipped rule that is not marked anywhere"),
        (&odd, &["not-marked odd:fe-a.contoso.com at 2"], "a warning of a tested rule"),
        (
            &format!(
                "{}[[pool]]\nfqdn = \"fe-b.contoso.com\" #~ unknown-version\n",
                odd.replacen("com\"", "com\" #~ odd", 1)
            ),
            &["not-marked unknown-version:fe-a.contoso.com at 2"],
            "a marked rule is judged in the whole topology",
        ),
        (
            &format!("{POOL}backup-registrar = \"fe-a.contoso.com\"\n"),
            &["not-marked self-backup:fe-a.contoso.com at 3"],
            "an error of a shipped rule",
        ),
    ];
    for (text, expected, why) in cases {
        let (tested, sources) = tested(&rules, &[("t.toml", text)]);
        assert_eq!(told(&tested.topologies[0], &sources), *expected, "{why}");
    }
}

/// A mark that is not met says how near the rule comes, and what fails below it.
#[test]
fn a_missing_finding_is_explained_by_what_its_line_speaks_of() {
    let clauses = "Odd(p) <- Alone(p), (p.version >= \"lync-2013\");\nrelation Alone(p: Pool);\n\
        Alone(p) <- Pool(p), !BackupRegistrar(p, _);";
    let a = "[[pool]]\nfqdn = \"fe-a.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"fe-b.contoso.com\" #~ odd\n";
    let b = "[[pool]]\nfqdn = \"fe-b.contoso.com\"\nversion = \"sfb-2015\"\nbackup-registrar = \"fe-a.contoso.com\"\n";
    let text = rule(&[&format!("{a}{b}")], &[], clauses);
    let (tested, sources) = tested(&loaded(&[("odd.dl", &text)]), &[]);
    let Difference::Missing { near, .. } = &tested.rules[0].examples[0].differences[0] else {
        panic!("{tested:#?}");
    };
    let asked: Vec<&str> = near.iter().map(|near| near.what.as_str()).collect();
    assert_eq!(asked, ["Odd(\"fe-a.contoso.com\")", "Alone(\"fe-a.contoso.com\")"]);
    let failing = near[1].attempts[0].literals.iter().find(|(verdict, _)| *verdict == Verdict::No);
    let (_, told) = failing.expect("a literal fails");
    assert_eq!(told.text, "no BackupRegistrar(\"fe-a.contoso.com\", _)");
    let place = told.children[0].places[0];
    assert_eq!(sources.place(place), "odd.dl:8:24", "in the rule's file");
}

/// What no test makes false, then what can't be judged, as texts.
fn open_literals(tested: &Tested, sources: &Sources) -> (Vec<String>, Vec<String>) {
    let texts = |of: fn(&lynt::rule_tests::Literals) -> &Vec<Span>| {
        let spans = tested.literals.iter().flat_map(of);
        spans.map(|&span| sources.text(span).to_owned()).collect()
    };
    (texts(|literals| &literals.idle), texts(|literals| &literals.unjudged))
}

#[test]
fn literals_that_no_test_makes_false_are_found() {
    let pool =
        |name: &str, rest: &str| format!("[[pool]]\nfqdn = \"{name}.contoso.com\"\n{rest}\n");
    let odd = |name: &str, rest: &str| pool(name, rest).replacen("com\"", "com\" #~ odd", 1);
    let v2013 = "version = \"lync-2013\"";
    let sba = |name: &str, registrar: &str| {
        format!(
            "[[sba]]\nfqdn = \"{name}.contoso.com\"\nversion = \"sfb-2015\"\n\
             backup-registrar = \"{registrar}.contoso.com\"\n"
        )
    };
    let site = "[[site]]\nname = \"London\"\n";
    let in_london = "site = \"London\"\nversion = \"sfb-2015\"";
    // Violating examples, complying ones, clauses, what is never false, what is not judged, why.
    type Case =
        (Vec<String>, Vec<String>, &'static str, &'static [&'static str], &'static [&'static str]);
    let cases: Vec<(Case, &str)> = vec![
        (
            (
                vec![odd("a", v2013)],
                vec![pool("a", "version = \"sfb-2019\"")],
                "Odd(p) <- Pool(p), (p.version <= \"sfb-2015\"), !Tag(p, \"odd\", _);",
                &["!Tag(p, \"odd\", _)"],
                &[],
            ),
            "`Pool(p)` only says what `p` is",
        ),
        (
            (
                vec![odd("a", v2013)],
                vec![pool("a", "")],
                "Odd(p) <- Pool(p), (p.version >= \"lync-2013\"), (p.version <= \"sfb-2015\");",
                &["(p.version >= \"lync-2013\")", "(p.version <= \"sfb-2015\")"],
                &[],
            ),
            "without the first comparison the second one looks the version up, which is unknown here",
        ),
        (
            (
                vec![odd("a", v2013)],
                vec![pool("a", "")],
                "Odd(p) <- Pool(p), (p.version >= \"lync-2010\");",
                &[],
                &[],
            ),
            "an unknown version makes the comparison false",
        ),
        (
            (
                vec![format!("{}{}", odd("a", v2013), sba("s", "a"))],
                vec![format!("{}{}", pool("a", v2013), pool("b", v2013))],
                "Odd(p) <- Behind(s, p), !(p.fqdn.starts_with(\"b\"));\n\
                 relation Behind(s: Sba, p: Pool);\nBehind(s, p) <- BackupRegistrar(s, p), Sba(s), Pool(p);",
                &["!(p.fqdn.starts_with(\"b\"))", "BackupRegistrar(s, p)"],
                &[],
            ),
            "`s` and `p` are any SBA and any pool then, and there is but one of each with a violation",
        ),
        (
            (
                vec![format!("{site}{}{}", odd("a", in_london), odd("b", in_london))],
                vec![format!("{site}{}", pool("a", in_london))],
                "Odd(p) <- Pool(p), Pool(q), (p != q), (p.site == q.site);",
                &["(p.site == q.site)"],
                &[],
            ),
            "two pools are needed to make them different",
        ),
        (
            (
                vec![format!("{}{}{}", odd("a", v2013), sba("s", "a"), sba("t", "a"))],
                vec![format!(
                    "{}{}{}{}",
                    pool("a", v2013),
                    pool("b", v2013),
                    sba("s", "a"),
                    sba("t", "b")
                )],
                "Odd(p) <- Pool(p), let n = count { BackupRegistrar(s, p), Sba(s) }, (n >= 2);",
                &["Sba(s)"],
                &["let n = count { BackupRegistrar(s, p), Sba(s) }"],
            ),
            "inside braces: of any SBA there are two, but only SBAs name a registrar",
        ),
        (
            (
                vec![odd("a", "capacity = 10")],
                vec![pool("a", "capacity = 5")],
                "Odd(p) <- let n = p.capacity, let m = n * 2, Pool(p), (m > 12);",
                &[],
                &["let n = p.capacity", "let m = n * 2"],
            ),
            "a calculation means nothing without its values; what tells what they are of is no condition",
        ),
        (
            (
                vec![format!(
                    "{}{}",
                    odd("a", "backup-registrar = \"b.contoso.com\""),
                    pool("b", "")
                )],
                vec![pool("a", "")],
                "Odd(p) <- Reaches(p, _);\nrelation Reaches(p: Pool, q: Pool);\n\
                 Reaches(p, q) <- BackupRegistrar(p, q), Pool(p), Pool(q);\n\
                 Reaches(p, q) <- Reaches(p, r), BackupRegistrar(r, q), Pool(q);",
                &["BackupRegistrar(r, q)"],
                &[],
            ),
            "whoever reaches one pool may as well reach all; but not everybody reaches one",
        ),
        (
            (
                vec![odd("a", "")],
                vec![pool("a", ""), pool("b", "")],
                "Odd(p) <- Pool(p), Tag(p, \"odd\", _);",
                &[],
                &[],
            ),
            "tests that fail say nothing",
        ),
    ];
    for ((violates, complies, clauses, idle, unjudged), why) in cases {
        let violates: Vec<&str> = violates.iter().map(String::as_str).collect();
        let complies: Vec<&str> = complies.iter().map(String::as_str).collect();
        let rules = loaded(&[("odd.dl", &rule(&violates, &complies, clauses))]);
        let (tested, sources) = tested(&rules, &[]);
        let (found, not_judged) = open_literals(&tested, &sources);
        let fails = |test: &Test| told(test, &sources).join("; ");
        let failures: Vec<String> = tested.rules[0].examples.iter().map(fails).collect();
        assert_eq!(found, idle, "{why} ({failures:?})");
        assert_eq!(not_judged, unjudged, "{why}");
    }
}

#[test]
fn a_topology_is_a_test_of_conditions_too() {
    let violating = POOL.replacen("com\"", "com\" #~ odd", 1);
    let text = rule(&[&violating], &[], "Odd(p) <- Pool(p), !Tag(p, \"owner\", _);");
    let rules = loaded(&[("odd.dl", &text)]);
    let (without, sources) = tested(&rules, &[]);
    assert_eq!(open_literals(&without, &sources).0, ["!Tag(p, \"owner\", _)"]);
    let other = "[[pool]]\nfqdn = \"fe-b.contoso.com\"\ntags = { owner = \"x\" }\n";
    let (with, sources) = tested(&rules, &[("t.toml", &format!("{violating}{other}"))]);
    assert_eq!(open_literals(&with, &sources).0, [""; 0]);
}

#[test]
fn conditions_of_a_relation_are_tested_by_all_rules_that_read_it() {
    let first = rule(&[&POOL.replacen("com\"", "com\" #~ odd", 1)], &[], "Odd(p) <- Unowned(p);");
    let second = first.replace("Odd", "Even").replace("#~ odd", "#~ even");
    let shared = "/// Nobody owns `p`.\nrelation Unowned(p: Pool);\nUnowned(p) <- Pool(p), !Tag(p, \"owner\", _);\n";
    let files = [("a/odd.dl", first.as_str()), ("a/even.dl", &second), ("a/shared.dl", shared)];
    let (both, sources) = tested(&loaded(&files), &[]);
    let open = ["Unowned(p)", "Unowned(p)", "!Tag(p, \"owner\", _)"];
    assert_eq!(open_literals(&both, &sources).0, open);
    assert_eq!(both.literals[2].rules, ["even", "odd"]);
    // A complying example of one of them is enough.
    let owned = "/// ```toml\n/// [[pool]]\n/// fqdn = \"fe-a.contoso.com\"\n\
        /// tags = { owner = \"x\" }\n/// ```\n";
    let second = second.replace("## Complies\n", &format!("## Complies\n{owned}"));
    let files = [("a/odd.dl", first.as_str()), ("a/even.dl", &second), ("a/shared.dl", shared)];
    let (one, sources) = tested(&loaded(&files), &[]);
    assert_eq!(open_literals(&one, &sources).0, ["Unowned(p)"]);
    assert_eq!(one.literals[0].rules, ["odd"]);
}

/// An oracle that shares no code: the text of a shipped rule is compiled without one literal. Nothing
/// changes for those that are said to be never false, something for all others.
#[test]
fn leaving_a_literal_out_of_the_text_tells_the_same() {
    let rules = Rules::shipped();
    let sources = &rules.set.sources;
    let (everything, limits) = (|_: &Violation| true, Limits::default());
    let tests = Tests { rules: &rules, tested: &everything, topologies: &[], sources, limits };
    let tested = run(&tests);
    let idle: BTreeSet<Span> = tested.literals.iter().flat_map(|of| of.idle.clone()).collect();
    let (mut same, mut other) = (0, 0);
    for rule in rules.violations() {
        let alone = alone(sources, rule);
        let before = answers(&compile(&alone).0.expect("the rule compiles"), rule);
        for literal in literals(&rules.set.program, rule) {
            let whole = whole(&sources.file(literal.file).text, literal.range());
            let span = Span::new(literal.file, whole.clone());
            let Some(program) = without(&alone, literal.file, whole) else { continue };
            let differs = answers(&program, rule) != before;
            assert_eq!(differs, !idle.contains(&span), "{}", sources.place(span));
            if differs { other += 1 } else { same += 1 }
        }
    }
    println!("{same} literals leave all as it is, {other} do not");
    assert!(same > 40 && other > 70, "{same} {other}");
}

/// The files with the texts of all other rules left out.
fn alone(sources: &Sources, rule: &Violation) -> Sources {
    let mut sources = sources.clone();
    for (id, file) in (0..).zip(&mut sources.files) {
        let is_rule = file.path.matches('/').count() > 1;
        if is_rule && id != rule.span.file {
            file.text.clear();
        }
    }
    sources
}

/// The rule's violations in each of its examples.
fn answers(program: &Program, rule: &Violation) -> Vec<Table> {
    let relation = program.violations.iter().find(|found| found.id == rule.id).expect("the rule");
    let rows = |example: &Example| rows(program, relation.relation, example);
    examples(&rule.docs.text).iter().map(rows).collect()
}

/// The literals of a rule's own clauses, without look-ups.
fn literals(program: &Program, rule: &Violation) -> Vec<Span> {
    let own = program.clauses.of(rule.relation).iter();
    let spans = own.flat_map(|clause| &clause.body).filter_map(|literal| match literal {
        Literal::Atom(atom) => {
            let is_key = matches!(program.relations[atom.relation].role, Role::Key { .. });
            // Asking whether a key is known has no value.
            (!is_key || atom.terms[1].var().is_none()).then_some(atom.span)
        }
        Literal::Compare { span, .. } | Literal::Let { span, .. } => Some(*span),
        Literal::Test(test) => Some(test.span),
        Literal::Aggregate(aggregate) => Some(aggregate.span),
    });
    spans.collect()
}

/// A literal with its parentheses and its `!`.
fn whole(text: &str, mut literal: Range<usize>) -> Range<usize> {
    if text[..literal.start].ends_with('(') || text[..literal.start].ends_with("(!") {
        literal = text[..literal.start].rfind('(').expect("it is there")..literal.end + 1;
    }
    let negated = usize::from(text[..literal.start].ends_with('!'));
    literal.start - negated..literal.end
}

/// The program without what stands there and one comma; None where it does not compile.
fn without(sources: &Sources, file: u32, literal: Range<usize>) -> Option<Program> {
    let mut sources = sources.clone();
    let text = &mut sources.files[file as usize].text;
    let (before, after) = (text[..literal.start].trim_end(), text[literal.end..].trim_start());
    let (before, after) = match (after.strip_prefix(','), before.strip_suffix(',')) {
        (Some(after), _) => (before, after),
        (None, Some(before)) => (before, after),
        (None, None) => return None,
    };
    *text = format!("{before} {after}");
    compile(&sources).0
}

/// What is derived in an example, from scratch.
fn rows(program: &Program, relation: usize, example: &Example) -> Table {
    let mut sources = Sources::default();
    let files: Vec<u32> =
        example.files.iter().map(|file| sources.add(&*file.name, &*file.text)).collect();
    let topology = topology::parse(program, &sources, &files).expect("a topology");
    let everything = (0..program.relations.len()).collect();
    let mut facts =
        collect(program, topology, &everything, program.texts.iter().map(String::as_str));
    eval::derive(program, &everything, &mut facts, &Limits::default()).expect("within the limits");
    facts.store.table(relation).clone()
}
