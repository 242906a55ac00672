//! `lynt schema topology` and `lynt schema config` say of a file what lynt says of it. All cases are left in
//! `target/tmp/schemas` for `tests/formats/check.sh`, where another reader of JSON Schema judges them.

mod common;

use common::command::{Folder, printed, run_cases};
use lynt::config::keys::{Form, KEYS};
use lynt::config::{apply, parse};
use lynt::datalog::lex::duration_seconds;
use lynt::examples::examples;
use lynt::rules::Rules;
use lynt::schema::{DURATION, NOT_BLANK};
use lynt::size::{self, PATTERN};
use lynt::source::Sources;
use lynt::topology;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// What values are tried for every key.
const VALUES: [&str; 26] = [
    "\"x\"",
    "\"\"",
    "\" \"",
    "\"30m\"",
    "\" 1h30m \"",
    "\"1m1h\"",
    "\"m\"",
    "\"-5m\"",
    "\"sfb-2015\"",
    "\"error\"",
    "\"256MiB\"",
    "\"1 GB\"",
    "0",
    "3",
    "-1",
    "40000",
    "1.5",
    "true",
    "[]",
    "[\"x\"]",
    "[\"\"]",
    "[1]",
    "[[]]",
    "{}",
    "{ x = \"y\" }",
    "{ x = 1 }",
];

/// A reader of JSON Schema that knows what the schemas use, and no more.
fn is_valid(schema: &Value, value: &Value, root: &Value) -> bool {
    let fields = schema.as_object().expect("a schema is an object");
    fields.iter().all(|(keyword, wanted)| match keyword.as_str() {
        "$schema" | "$defs" | "title" | "description" | "default" => true,
        "$ref" => {
            let place = wanted.as_str().and_then(|place| place.strip_prefix('#'));
            let found = place.and_then(|place| root.pointer(place));
            is_valid(found.unwrap_or_else(|| panic!("nothing at {wanted}")), value, root)
        }
        "type" => match wanted.as_str().expect("one type") {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64(),
            "boolean" => value.is_boolean(),
            other => panic!("the type {other}"),
        },
        "enum" => wanted.as_array().expect("values").contains(value),
        "const" => wanted == value,
        "minimum" => value.as_i64().is_none_or(|number| number >= wanted.as_i64().expect("one")),
        "maximum" => value.as_i64().is_none_or(|number| number <= wanted.as_i64().expect("one")),
        "pattern" => value.as_str().is_none_or(|text| match wanted.as_str().expect("a text") {
            NOT_BLANK => !text.trim().is_empty(),
            PATTERN => size::parse(text).is_ok(),
            DURATION => duration_seconds(text.trim()).is_some(),
            other => panic!("the pattern {other}"),
        }),
        "anyOf" => wanted.as_array().expect("forms").iter().any(|it| is_valid(it, value, root)),
        "items" => {
            value.as_array().is_none_or(|all| all.iter().all(|it| is_valid(wanted, it, root)))
        }
        "required" => value.as_object().is_none_or(|table| {
            let names = wanted.as_array().expect("names").iter();
            names.filter_map(Value::as_str).all(|name| table.contains_key(name))
        }),
        "properties" => value.as_object().is_none_or(|table| {
            table.iter().all(|(name, value)| {
                wanted.get(name).is_none_or(|schema| is_valid(schema, value, root))
            })
        }),
        "additionalProperties" => value.as_object().is_none_or(|table| {
            let named = fields.get("properties");
            let mut others = table
                .iter()
                .filter(|(name, _)| named.is_none_or(|named| named.get(name.as_str()).is_none()));
            match wanted {
                Value::Bool(false) => others.next().is_none(),
                schema => others.all(|(_, value)| is_valid(schema, value, root)),
            }
        }),
        other => panic!("the keyword {other}"),
    })
}

/// A text of TOML as JSON.
fn as_json(text: &str) -> Value {
    let table = DeTable::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    table_as_json(table.get_ref())
}

fn table_as_json(table: &DeTable<'_>) -> Value {
    let fields = table.iter();
    fields
        .map(|(name, value)| (name.get_ref().to_string(), value_as_json(value.get_ref())))
        .collect()
}

fn value_as_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(topology::integer(number).expect("64 bits")),
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().expect("a number")),
        DeValue::Boolean(value) => json!(value),
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(array) => array.iter().map(|it| value_as_json(it.get_ref())).collect(),
        DeValue::Table(table) => table_as_json(table),
    }
}

/// The cases of one schema.
struct Cases {
    schema: Value,
    cases: Vec<Value>,
}

impl Cases {
    fn new(what: &str) -> Self {
        let schema = printed(&Folder::new(&format!("schema-{what}")), &["schema", what], "");
        Self { schema: serde_json::from_str(&schema).expect("it is JSON"), cases: Vec::new() }
    }

    /// Holds the schema's verdict on a text against what is expected.
    fn expect(&mut self, text: &str, expected: bool) {
        let value = as_json(text);
        assert_eq!(is_valid(&self.schema, &value, &self.schema), expected, "{text}");
        self.cases.push(json!({ "text": text, "value": value, "is_valid": expected }));
    }

    /// Leaves schema and cases for other readers.
    fn leave(self, name: &str) {
        let of = |is_valid: bool| self.cases.iter().filter(|it| it["is_valid"] == is_valid).count();
        assert!(of(true) > 30 && of(false) > 30, "{name}: {} and {}", of(true), of(false));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemas");
        fs::create_dir_all(&folder).expect("the folder is made");
        let left = json!({ "schema": self.schema, "cases": self.cases });
        fs::write(folder.join(format!("{name}.json")), left.to_string()).expect("it is left");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let is_wanted = |path: &PathBuf| path.extension().is_some_and(|found| found == extension);
    let below = |path: PathBuf| match path.is_dir() {
        true => files_below(&path, extension),
        false => Some(path).filter(is_wanted).into_iter().collect(),
    };
    paths.into_iter().flat_map(below).collect()
}

/// The fenced blocks of a page that begin with `tag`.
fn blocks(page: &str, tag: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(page)).expect("a page").replace("\r\n", "\n");
    let fence = format!("\n```{tag}\n");
    let blocks = text.split(&fence).skip(1);
    blocks.map(|rest| rest.split("\n```").next().expect("a block").to_owned()).collect()
}

fn loads(rules: &Rules, text: &str) -> bool {
    let mut sources = Sources::default();
    let file = sources.add("t.toml", text);
    topology::parse(&rules.set.program, &sources, &[file]).is_ok()
}

/// Every topology of the repository that loads.
#[test]
fn topologies_of_the_repository_are_valid() {
    let mut cases = Cases::new("topology");
    let rules = Rules::shipped();
    let mut texts: Vec<String> = files_below(&root().join("examples"), "toml")
        .iter()
        .map(|path| fs::read_to_string(path).expect("a topology"))
        .collect();
    assert!(texts.len() > 25, "{}", texts.len());
    texts.extend(blocks("README.md", "toml"));
    texts.extend(blocks("docs/rules.md", "toml"));
    let own = files_below(&root().join("examples/custom-rules"), "dl");
    let own = own.into_iter().map(|path| {
        let text = fs::read_to_string(&path).expect("a rule file");
        (path.display().to_string(), text)
    });
    let all = Rules::shipped().with_custom(own).map_err(|(problems, _)| problems);
    for rule in all.expect("the rules compile").violations() {
        let files = examples(&rule.docs.text).into_iter().flat_map(|example| example.files);
        texts.extend(files.map(|file| file.text));
    }
    assert!(texts.len() > 200, "{}", texts.len());
    for text in &texts {
        // What a reader of TOML refuses is no case for a schema.
        assert!(loads(&rules, text), "{text}");
        cases.expect(text, true);
    }
    for (text, is_valid) in [
        ("schema = 1", true),
        ("schema = 2", false),
        ("schema = \"1\"", false),
        ("[[pol]]\nfqdn = \"x\"", false),
        ("[pool]\nfqdn = \"x\"", false),
        ("[[deployment]]", false),
        ("pool = [1]", false),
    ]
    .into_iter()
    .chain([("[[pool]]", false), ("[[site]]\nfqdn = \"x\"", false), ("site = []", true)])
    {
        assert_eq!(loads(&rules, text), is_valid, "{text}");
        cases.expect(text, is_valid);
    }
    for number in 0..30 {
        cases.expect(&format!("[[site]]\nname = \"x\"\nunknown-{number} = 1"), false);
    }
    cases.leave("topologies");
}

/// For every key and many values the schema says what the loader says.
#[test]
fn the_schema_of_topologies_says_what_the_loader_says() {
    let mut cases = Cases::new("topology");
    let rules = Rules::shipped();
    let program = &rules.set.program;
    let mut values: Vec<String> = VALUES.iter().map(|text| (*text).to_owned()).collect();
    let enums = program.enums.iter().filter_map(|kind| kind.values.last());
    values.extend(enums.flat_map(|value| [format!("\"{value}\""), format!("[\"{value}\"]")]));
    for entity in &program.entities {
        let (header, name) = match &entity.by {
            Some(by) => (format!("[[{}]]\n", entity.table), format!("{by} = \"n\"\n")),
            None => (format!("[{}]\n", entity.table), String::new()),
        };
        for path in entity.keys.keys() {
            for value in &values {
                let text = format!("{header}{name}{path} = {value}\n");
                cases.expect(&text, loads(&rules, &text));
            }
            let text = format!("{header}{name}{path}x = \"x\"\n");
            cases.expect(&text, loads(&rules, &text));
            cases.expect(&text, false);
        }
        for value in entity.by.iter().flat_map(|by| values.iter().map(move |it| (by, it))) {
            let text = format!("{header}{} = {}\n", value.0, value.1);
            cases.expect(&text, loads(&rules, &text));
        }
        cases.expect(&header, entity.by.is_none());
    }
    // What the schema can't say: seconds that are no whole minutes.
    let text = "[[disaster-recovery]]\nname = \"n\"\nrto = \"90s\"\n";
    assert!(!loads(&rules, text));
    cases.expect(text, true);
    cases.leave("topology-keys");
}

fn configures(rules: &Rules, text: &str) -> bool {
    let mut sources = Sources::default();
    let file = sources.add("lynt.toml", text);
    parse(&sources, file).is_ok_and(|config| apply(&config, &mut rules.clone()).is_ok())
}

/// For every key and many values the schema says what lynt says of a configuration.
#[test]
fn the_schema_of_configurations_says_what_lynt_says() {
    let mut cases = Cases::new("config");
    let rules = Rules::shipped();
    let examples = blocks("docs/configuration.md", "toml lynt");
    assert!(examples.len() > 10, "{}", examples.len());
    for text in &examples {
        assert!(configures(&rules, text), "{text}");
        cases.expect(text, true);
    }
    for key in KEYS {
        let path = match key.path {
            "params.*" => "params.max-front-ends".to_owned(),
            "rule.*.params.*" => "rule.sba-too-many-users.params.max-users-on-server".to_owned(),
            path => path.replace('*', "self-backup"),
        };
        let choices = match key.form {
            Form::Choice(choices) => choices,
            _ => &[],
        };
        let choices = choices.iter().map(|choice| format!("\"{choice}\""));
        for value in VALUES.iter().map(|value| (*value).to_owned()).chain(choices) {
            let text = format!("{path} = {value}\n");
            // The schema does not say how versions are written.
            let is_text = key.path == "required-version" && value.starts_with('"');
            cases.expect(&text, is_text || configures(&rules, &text));
        }
        cases.expect(&format!("{path}x = {{ x = 1 }}\n"), false);
        let (table, _) = path.rsplit_once('.').unwrap_or(("", &path));
        cases.expect(&format!("{}unknown = {{ x = 1 }}\n", dotted(table)), false);
    }
    // Rules of one's own have ids and parameters of their own.
    cases.expect("rule.site-code.level = \"off\"\nparams.mine = \"30m\"\n", true);
    cases.expect("rule.site-code.levle = \"off\"\n", false);
    cases.expect("params.mine = \"soon\"\n", false);
    cases.leave("config-keys");
}

fn dotted(table: &str) -> String {
    if table.is_empty() { String::new() } else { format!("{table}.") }
}

/// What an editor offers: everything that there is, with its documentation.
#[test]
fn the_schemas_document_what_they_offer() {
    let (topology, config) = (Cases::new("topology").schema, Cases::new("config").schema);
    let rules = Rules::shipped();
    for entity in &rules.set.program.entities {
        for (path, key) in &entity.keys {
            let place = format!("/$defs/{}/properties/", entity.name);
            let place = place + &path.replace('.', "/properties/") + "/description";
            let docs = topology.pointer(&place).and_then(Value::as_str).unwrap_or("");
            let first = key.docs.split_whitespace().next().expect("a word");
            assert!(docs.starts_with(first), "{place}: {docs}");
        }
    }
    let pointer = |place: &str| topology.pointer(place).cloned().unwrap_or_default();
    let sites = pointer("/$defs/Site/properties/kind");
    assert_eq!(
        (&sites["default"], &sites["$ref"]),
        (&json!("central"), &json!("#/$defs/SiteKind"))
    );
    assert_eq!(pointer("/$defs/SiteKind/enum"), json!(["central", "branch"]));
    let version = pointer("/$defs/Pool/properties/version/description");
    assert!(version.to_string().contains("(default: deployment.default-version)"), "{version}");
    for rule in rules.violations() {
        let docs = &config["properties"]["rule"]["properties"][&rule.id]["description"];
        assert_eq!(docs, rule.docs.title());
    }
}

#[test]
fn custom_rules_are_offered_in_configurations() {
    let folder = Folder::new("schema-rules");
    let rule = printed(&folder, &["new", "rule", "site-code", "--stdout"], "");
    let param = "/// How many at most.\nparam most-sites: Int = 7;\n";
    folder.write("house/site-code.dl", rule + param).write("wrong.dl", "violation");
    let schema = printed(&folder, &["schema", "config", "--rules", "house"], "");
    let schema: Value = serde_json::from_str(&schema).expect("it is JSON");
    assert!(schema["properties"]["rule"]["properties"]["site-code"].is_object());
    assert_eq!(schema["properties"]["params"]["properties"]["most-sites"]["default"], 7);
    run_cases(
        &folder,
        "",
        &[
            (&["schema", "config", "--rules", "wrong.dl"], 2, &[], &["wrong.dl:1:"]),
            (&["schema", "config", "--rules", "nowhere"], 2, &[], &["could not read nowhere"]),
            (&["schema", "topology", "--rules", "house"], 2, &[], &["`lynt schema config`"]),
            (&["schema", "topolgy"], 2, &[], &["'topology'"]),
        ],
    );
}
