//! A value of an export → what of it is kept, and which names are in it.

use crate::import::cmdlets;
use crate::import::deployment::{ROLES, boolean};
use crate::import::interval;
use std::net::IpAddr;

/// A part of a value.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    Kept(String),
    /// A word where the product writes its own ones. It is kept unless it names something elsewhere in the export.
    Word(String),
    /// What is replaced. Names of one kind and one key are one name.
    Name(Kind, String),
}

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Host,
    Site,
    SqlInstance,
    Share,
    User,
    Path,
    Guid,
    Ipv4,
    Ipv6,
    Id,
    Word,
    Text,
}

/// Digits of a number that is kept where nothing is known of it: ports have five, telephone numbers more.
const MAX_DIGITS: usize = 5;

/// Characters of a word that is kept.
const MAX_WORD: usize = 80;

/// Where the product writes words of its own, which nobody else can set.
const WORDS: &[&str] =
    &["Component", "ComponentName", "InterfaceSide", "Protocol", "RoleName", "Usage", "Vendor"];

/// Parts of names of attributes and elements that tell of a place or a person, even by a number.
const PRIVATE: &[&str] =
    &["City", "Country", "House", "Phone", "Postal", "State", "Street", "User", "Zip"];

/// What is kept even where something in the deployment has the same name: the import needs it, or every export has it.
const SCHEMA: &[&str] = &[
    "AlwaysOnPrimaryNodeFqdn",
    "CentralMgmtService",
    "CentralSite",
    "CentralSites",
    "City",
    "Cluster",
    "ClusterId",
    "Clusters",
    "Component",
    "ComponentName",
    "CountryCode",
    "Default",
    "DefaultDomain",
    "Dependency",
    "DependsOn",
    "Deploy",
    "Dialin",
    "DocItemSet",
    "Domain",
    "External",
    "FileName",
    "FileStoreService",
    "Fqdn",
    "Host",
    "IPAddress",
    "InstalledOn",
    "Instance",
    "InterfaceNumber",
    "InterfaceSide",
    "Internal",
    "InternalDomain",
    "InternalDomains",
    "IsActive",
    "IsDirector",
    "Location",
    "Machine",
    "Machines",
    "Management",
    "Meet",
    "Microsoft",
    "Name",
    "NetInterface",
    "NewTopology",
    "Number",
    "Owner",
    "PartialTopology",
    "Port",
    "Ports",
    "Primary",
    "Protocol",
    "Pstn",
    "Range",
    "RegistrarService",
    "RemoteSite",
    "RemoteSites",
    "RoleName",
    "RoleVersion",
    "Rtc",
    "Service",
    "ServiceId",
    "ServiceRoles",
    "ServiceUniqueId",
    "ServiceVersion",
    "Services",
    "ShareName",
    "Signature",
    "SimpleUrl",
    "SiteId",
    "Sites",
    "SqlInstance",
    "SqlInstanceId",
    "SqlInstances",
    "State",
    "Topology",
    "TopologyBuilder",
    "Type",
    "UniqueId",
    "Url",
    "Usage",
    "Vendor",
    "WacService",
    "WebComponents",
    "WebService",
    "WritableTopology",
];

/// Is `word` one that the schema cannot do without?
pub fn is_schema(word: &str) -> bool {
    SCHEMA.contains(&word)
        || ROLES.contains(&word)
        || cmdlets::KEYS.contains(&word)
        || cmdlets::ROLES.iter().any(|(role, _)| *role == word)
}

/// The value of an attribute of `element`; without `attribute` its text.
pub fn of_value(element: &str, attribute: Option<&str>, value: &str) -> Vec<Piece> {
    let value = value.trim();
    let position = attribute.unwrap_or(element);
    if value.is_empty() {
        return Vec::new();
    }
    match (element, attribute) {
        (_, None) if element == "Name" => vec![Piece::Name(Kind::Site, value.to_owned())],
        ("SqlInstance" | "SqlInstanceId", Some("Name")) => {
            vec![Piece::Name(Kind::SqlInstance, value.to_lowercase())]
        }
        (_, Some("UrlPath")) => url_path(value),
        (_, Some("ShareName")) => vec![Piece::Name(Kind::Share, value.to_lowercase())],
        (_, Some("Type")) if value.starts_with("Microsoft.Rtc.") => words(value),
        (_, Some(name)) if name.ends_with("Fqdn") || name == "Host" => host(value),
        (_, Some(name)) if is_id(name) => vec![id(value, name)],
        _ if WORDS.contains(&position) && is_word(value) => vec![Piece::Word(value.to_owned())],
        _ if is_failover(position) && interval::seconds(value).is_some() => kept(value),
        _ if position.ends_with("Version") && is_version(value) => kept(value),
        _ if PRIVATE.iter().any(|part| position.contains(part)) && !is_boolean(value) => {
            vec![Piece::Name(Kind::Text, value.to_lowercase())]
        }
        _ => of_text(value),
    }
}

/// The text of a property that a cmdlet printed, in one of the script's lists.
pub fn of_property(list: &str, key: &str, value: &str) -> Vec<Piece> {
    let value = value.trim();
    match key {
        _ if value.is_empty() => Vec::new(),
        "SqlInstanceName" => vec![Piece::Name(Kind::SqlInstance, value.to_lowercase())],
        "ShareName" => vec![Piece::Name(Kind::Share, value.to_lowercase())],
        "SiteType" if is_word(value) => vec![Piece::Word(value.to_owned())],
        "Site" | "SiteId" => site(value),
        "Identity" | "DisplayName" if list == "sites" => site(value),
        _ if is_failover(key) || key.ends_with("Version") => of_value(key, Some(key), value),
        _ => reference(value),
    }
}

/// `Site:Redmond`, `Redmond`
fn site(value: &str) -> Vec<Piece> {
    let name = cmdlets::site_name(value);
    let mut pieces = if name == value { Vec::new() } else { kept("Site:") };
    pieces.push(Piece::Name(Kind::Site, name.to_lowercase()));
    pieces
}

/// `Registrar:fe.contoso.com`, `UserDatabase:sql.contoso.com\rtc`, `fe.contoso.com`
fn reference(value: &str) -> Vec<Piece> {
    let split =
        value.split_once(':').filter(|(role, rest)| is_word(role) && !rest.starts_with("//"));
    let Some((role, rest)) = split else { return of_text(value) };
    if role.eq_ignore_ascii_case("Site") {
        return site(value);
    }
    let mut pieces = vec![Piece::Word(role.to_owned()), Piece::Kept(":".to_owned())];
    let (server, instance) = rest.split_once('\\').unwrap_or((rest, ""));
    pieces.extend(host(server.trim()));
    if !instance.is_empty() {
        pieces.push(Piece::Kept("\\".to_owned()));
        pieces.push(Piece::Name(Kind::SqlInstance, instance.to_lowercase()));
    }
    pieces
}

/// The name of a namespace.
pub fn of_namespace(uri: &str) -> Vec<Piece> {
    const PRODUCT: &str = "urn:schema:Microsoft.Rtc.";
    match uri.strip_prefix(PRODUCT) {
        Some("") => kept(PRODUCT),
        Some(rest) => {
            let mut pieces = kept(PRODUCT);
            pieces.extend(words(rest));
            pieces
        }
        None => vec![Piece::Kept("urn:other:".to_owned()), Piece::Name(Kind::Text, uri.to_owned())],
    }
}

/// Whatever nothing is known of.
fn of_text(value: &str) -> Vec<Piece> {
    if is_boolean(value) || is_number(value) || matches!(value, "*" | "/") {
        return kept(value);
    }
    if let Some(guid) = guid(value) {
        return vec![guid];
    }
    if value.parse::<IpAddr>().is_ok() || is_host(value) {
        return host(value);
    }
    if let Some(component) = value.strip_prefix("urn:component:").filter(|rest| is_word(rest)) {
        return vec![Piece::Kept("urn:component:".to_owned()), Piece::Word(component.to_owned())];
    }
    url(value)
        .or_else(|| address(value))
        .or_else(|| share(value))
        .unwrap_or_else(|| vec![Piece::Name(Kind::Text, value.to_lowercase())])
}

/// `https://host:443/path`
fn url(value: &str) -> Option<Vec<Piece>> {
    let (scheme, rest) = value.split_once("://")?;
    if !["http", "https", "ldap", "sip", "sips"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if is_number(port) => (name, Some(port)),
        _ => (authority, None),
    };
    let mut pieces = kept(&format!("{}://", scheme.to_ascii_lowercase()));
    pieces.extend(host(name.trim_start_matches('[').trim_end_matches(']')));
    pieces.extend(port.map(|port| Piece::Kept(format!(":{port}"))));
    if path.len() > 1 {
        pieces.push(Piece::Kept("/".to_owned()));
        pieces.push(Piece::Name(Kind::Path, path.to_lowercase()));
    }
    Some(pieces)
}

/// The product's paths are `/LiveServer/` and a word.
fn url_path(value: &str) -> Vec<Piece> {
    let word = value.strip_prefix("/LiveServer/").and_then(|rest| rest.strip_suffix('/'));
    match word.filter(|word| is_word(word)) {
        None => of_text(value),
        Some(word) => vec![
            Piece::Kept("/LiveServer/".to_owned()),
            Piece::Word(word.to_owned()),
            Piece::Kept("/".to_owned()),
        ],
    }
}

/// `sip:user@host`, `user@host`
fn address(value: &str) -> Option<Vec<Piece>> {
    let (scheme, rest) = match value.split_once(':') {
        Some(("sip", rest)) => ("sip:", rest),
        _ => ("", value),
    };
    let (user, domain) = rest.split_once('@')?;
    if user.is_empty() || !is_host(domain) {
        return None;
    }
    let mut pieces = kept(scheme);
    pieces.push(Piece::Name(Kind::User, user.to_lowercase()));
    pieces.push(Piece::Kept("@".to_owned()));
    pieces.extend(host(domain));
    Some(pieces)
}

/// `\\host\share\folder`
fn share(value: &str) -> Option<Vec<Piece>> {
    let (server, rest) = value.strip_prefix("\\\\")?.split_once('\\')?;
    let (share, folder) = rest.split_once('\\').unwrap_or((rest, ""));
    let mut pieces = kept("\\\\");
    pieces.extend(host(server));
    pieces.push(Piece::Kept("\\".to_owned()));
    pieces.push(Piece::Name(Kind::Share, share.to_lowercase()));
    if !folder.is_empty() {
        pieces.push(Piece::Kept("\\".to_owned()));
        pieces.push(Piece::Name(Kind::Path, folder.to_lowercase()));
    }
    Some(pieces)
}

/// A host by its FQDN or address. Case and a trailing dot make no other host.
fn host(value: &str) -> Vec<Piece> {
    match value.parse::<IpAddr>() {
        Ok(address) if address.is_unspecified() => return kept(value),
        Ok(IpAddr::V4(address)) => return vec![Piece::Name(Kind::Ipv4, address.to_string())],
        Ok(IpAddr::V6(address)) => return vec![Piece::Name(Kind::Ipv6, address.to_string())],
        Err(_) => {}
    }
    let fqdn = value.strip_suffix('.').unwrap_or(value);
    if fqdn.is_empty() { Vec::new() } else { vec![Piece::Name(Kind::Host, fqdn.to_lowercase())] }
}

fn id(value: &str, attribute: &str) -> Piece {
    if is_number(value) {
        return Piece::Kept(value.to_owned());
    }
    // Topology Builder's are compared without case.
    let is_builders = matches!(attribute, "UniqueId" | "ServiceUniqueId" | "InstalledOn");
    let key = if is_builders { value.to_lowercase() } else { value.to_owned() };
    guid(value).unwrap_or(Piece::Name(Kind::Id, key))
}

fn guid(value: &str) -> Option<Piece> {
    let digits = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(value);
    let groups: Vec<usize> = digits.split('-').map(str::len).collect();
    let is_guid = groups == [8, 4, 4, 4, 12]
        && digits.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    let is_nil = digits.bytes().all(|byte| matches!(byte, b'-' | b'0'));
    is_guid.then(|| {
        if is_nil {
            Piece::Kept(value.to_owned())
        } else {
            Piece::Name(Kind::Guid, digits.to_lowercase())
        }
    })
}

/// Words with points between them.
fn words(value: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (place, word) in value.split('.').enumerate() {
        if place > 0 {
            pieces.push(Piece::Kept(".".to_owned()));
        }
        if is_number(word) {
            pieces.push(Piece::Kept(word.to_owned()));
        } else if is_word(word) {
            pieces.push(Piece::Word(word.to_owned()));
        } else if !word.is_empty() {
            pieces.push(Piece::Name(Kind::Text, word.to_lowercase()));
        }
    }
    pieces
}

fn kept(value: &str) -> Vec<Piece> {
    vec![Piece::Kept(value.to_owned())]
}

/// What refers to a site, a cluster or a service.
pub fn is_id(attribute: &str) -> bool {
    attribute.ends_with("SiteId")
        || attribute.contains("CentralSite")
        || attribute.contains("Parent")
        || matches!(
            attribute,
            "UniqueId" | "ServiceUniqueId" | "InstalledOn" | "Number" | "Instance"
        )
}

/// What may be a setting of failover.
pub fn is_failover(name: &str) -> bool {
    ["Failover", "Failure", "Failback", "Detection"].iter().any(|part| name.contains(part))
}

fn is_boolean(value: &str) -> bool {
    value.len() > 1 && boolean(value).is_some()
}

fn is_number(value: &str) -> bool {
    value.len() <= MAX_DIGITS && !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit())
}

fn is_version(value: &str) -> bool {
    value.split('.').count() <= 4 && value.split('.').all(is_number)
}

fn is_word(value: &str) -> bool {
    value.len() <= MAX_WORD
        && value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Labels with points between them, in whatever script.
fn is_host(value: &str) -> bool {
    let fqdn = value.strip_suffix('.').unwrap_or(value);
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    fqdn.contains('.') && fqdn.split('.').all(is_label) && fqdn.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Piece, of_text};

    #[test]
    fn each_form_of_a_value() {
        let shown = |value| -> String {
            let piece = |piece| match piece {
                Piece::Kept(text) => text,
                Piece::Word(word) => format!("<{word}>"),
                Piece::Name(Kind::Host, key) => format!("[{key}]"),
                Piece::Name(kind, key) => format!("[{kind:?} {key}]"),
            };
            of_text(value).into_iter().map(piece).collect()
        };
        let cases = [
            ("TRUE", "TRUE"),
            ("5061", "5061"),
            ("555123", "[Text 555123]"),
            ("0.0.0.0", "0.0.0.0"),
            ("::", "::"),
            ("10.0.0.1", "[Ipv4 10.0.0.1]"),
            ("2001:DB8:0::A", "[Ipv6 2001:db8::a]"),
            ("Fe.Contoso.com.", "[fe.contoso.com]"),
            ("xn--bcher-kva.example", "[xn--bcher-kva.example]"),
            ("bücher.example", "[bücher.example]"),
            ("5.0.8308.0", "[Text 5.0.8308.0]"),
            (
                "{432720DA-08B7-47cd-bba0-605b1969f388}",
                "[Guid 432720da-08b7-47cd-bba0-605b1969f388]",
            ),
            ("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"),
            ("S-1-5-21-1-2-3-500", "[Text s-1-5-21-1-2-3-500]"),
            ("urn:component:Registrar", "urn:component:<Registrar>"),
            ("urn:application:Payroll", "[Text urn:application:payroll]"),
            (
                "https://u:p@Meet.contoso.com:8443/a/B?c",
                "https://[meet.contoso.com]:8443/[Path /a/b?c]",
            ),
            ("https://[fe80::1]/", "https://[Ipv6 fe80::1]"),
            ("sip:Ann@contoso.com", "sip:[User ann]@[contoso.com]"),
            (r"\\fs.contoso.com\Lync\a\b", r"\\[fs.contoso.com]\[Share lync]\[Path a\b]"),
            (r"C:\Users\ann\x.tbxml", r"[Text c:\users\ann\x.tbxml]"),
            ("made by Ann", "[Text made by ann]"),
        ];
        for (value, expected) in cases {
            assert_eq!(shown(value), expected, "{value}");
        }
    }
}
