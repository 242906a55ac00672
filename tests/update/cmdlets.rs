//! A topology in TOML → what cmdlets would print of such a deployment, as JSON.

use lynt::compare::Scalar;
use lynt::compare::values::{Item, items};
use lynt::datalog::program::Program;
use lynt::source::Sources;
use lynt::topology;
use serde_json::{Map, Value, json};

/// Numbers as `Version` prints them.
const VERSIONS: [(&str, u64); 4] =
    [("lync-2010", 5), ("lync-2013", 6), ("sfb-2015", 7), ("sfb-2019", 8)];

/// The export of the topology of these texts, as far as cmdlets can tell it.
pub fn export(program: &Program, texts: &[&str]) -> String {
    let mut sources = Sources::default();
    let files: Vec<_> = texts.iter().map(|text| sources.add("deployment.toml", *text)).collect();
    let topology = topology::parse(program, &sources, &files).expect("it is a topology");
    let mut lists: Map<String, Value> = Map::new();
    lists.insert("pools".to_owned(), json!([]));
    let mut add = |list: &str, item: Value| {
        let list = lists.entry(list).or_insert_with(|| json!([]));
        list.as_array_mut().expect("a list").push(item);
    };
    for ((kind, _), item) in items(program, &topology) {
        let name = item.entity.name.map_or("", |name| topology.texts.get(name));
        match program.entities[kind].table.as_str() {
            "central-management" => {
                for (key, active) in [("active", true), ("standby", false)] {
                    for pool in texts_of(&item, key) {
                        add("centralManagement", json!({ "PoolFqdn": pool, "Active": active }));
                    }
                }
            }
            "site" => {
                let kind = match one(&item, "kind").as_deref() {
                    Some("branch") => "BranchSite",
                    _ => "CentralSite",
                };
                let identity = format!("Site:{name}");
                add(
                    "sites",
                    json!({ "Identity": identity, "DisplayName": name, "SiteType": kind }),
                );
            }
            "pool" => pool(&item, name, &mut add),
            "sba" => add("registrars", registrar(&item, name, false)),
            "edge-pool" => {
                let hop = one(&item, "next-hop").map(|hop| format!("Registrar:{hop}"));
                add("edgeServers", json!({ "PoolFqdn": name, "Registrar": hop }));
            }
            _ => continue,
        }
        if !matches!(program.entities[kind].table.as_str(), "site" | "central-management") {
            let site = one(&item, "site").map(|site| format!("Site:{site}"));
            let servers = texts_of(&item, "front-end-servers");
            add(
                "pools",
                json!({ "Fqdn": name, "Site": site, "Computers": servers, "Services": [] }),
            );
        }
    }
    lists.insert("lynt".to_owned(), json!(1));
    Value::Object(lists).to_string()
}

fn pool(item: &Item<'_>, name: &str, add: &mut dyn FnMut(&str, Value)) {
    if one(item, "role").as_deref() == Some("director") {
        return add("directors", json!({ "PoolFqdn": name, "Version": version(item) }));
    }
    add("registrars", registrar(item, name, true));
    let server = match one(item, "edition").as_deref() {
        Some("standard") => Some(name.to_owned()),
        _ => one(item, "back-end.sql-server"),
    };
    let database = server.map(|server| format!("UserDatabase:{server}"));
    add("userServers", json!({ "PoolFqdn": name, "UserDatabase": database }));
    if let Some(store) = one(item, "file-store")
        && let Some((server, share)) = store.trim_start_matches('\\').split_once('\\')
    {
        let dependent = format!("UserServer:{name}");
        add(
            "fileStores",
            json!({ "PoolFqdn": server, "ShareName": share, "DependentServiceList": [dependent] }),
        );
    }
}

fn registrar(item: &Item<'_>, name: &str, has_users: bool) -> Value {
    let backups = texts_of(item, "backup-registrar");
    let backups: Vec<String> = backups.iter().map(|backup| format!("Registrar:{backup}")).collect();
    let span = |key: &str| number(item, key).map(|seconds| seconds.to_string());
    json!({
        "PoolFqdn": name,
        "Version": version(item),
        "BackupRegistrar": backups,
        "UserServer": has_users.then(|| format!("UserServer:{name}")),
        "EnableAutomaticFailover": one(item, "automatic-failover").map(|is_on| is_on == "true"),
        "FailureDetectionInterval": span("failure-detection-interval"),
        "FailbackDetectionInterval": span("failback-detection-interval"),
    })
}

fn version(item: &Item<'_>) -> Option<u64> {
    let written = one(item, "version")?;
    VERSIONS.iter().find(|(version, _)| *version == written).map(|(_, number)| *number)
}

fn one(item: &Item<'_>, key: &str) -> Option<String> {
    texts_of(item, key).into_iter().next()
}

fn number(item: &Item<'_>, key: &str) -> Option<i64> {
    let written = item.keys.get(key)?.values().next()?;
    if let Scalar::Number(number) = written.value { Some(number) } else { None }
}

/// Texts and truths that are written or hold by default.
fn texts_of(item: &Item<'_>, key: &str) -> Vec<String> {
    let values = item.keys.get(key).into_iter().flat_map(|values| values.values());
    let text = |value: &Scalar| match value {
        Scalar::Text(text) => Some(text.clone()),
        Scalar::Bool(value) => Some(value.to_string()),
        Scalar::Number(_) => None,
    };
    values.filter_map(|written| text(&written.value)).collect()
}
