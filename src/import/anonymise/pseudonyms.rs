//! Names of an export → one pseudonym each.
//!
//! Names of one stem are numbered in their own order and with equally many digits, so that what the import sorts
//! stays as it was. No pseudonym has a name of the export in it.

use super::pieces::{Kind, Piece, is_schema};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Shorter names are found in everything.
const MIN_SECRET: usize = 3;

/// How many numbers may be parts of names of the export before that is put up with.
const MAX_TRIES: usize = 1000;

/// Domains that nobody has (RFC 2606, RFC 6761); `zz` is no country.
const DOMAINS: &[&str] = &["example.test", "anonymous.invalid", "nobody.localhost", "x.zz"];

/// The first address of the network for benchmarks, 198.18.0.0/15 (RFC 2544).
const FIRST_IPV4: u32 = 0xC612_0000;

/// Which names there are.
#[derive(Default)]
pub struct Found {
    names: BTreeSet<(Kind, String)>,
    words: BTreeSet<String>,
    /// In lower case: whole names, and their labels.
    secrets: BTreeSet<String>,
}

impl Found {
    pub fn add(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            match piece {
                Piece::Kept(_) => {}
                Piece::Word(word) => {
                    self.words.insert(word);
                }
                Piece::Name(kind, key) => {
                    let lower = key.to_lowercase();
                    let labels = lower.split(|c: char| !c.is_alphanumeric() && !"-_".contains(c));
                    let secrets =
                        labels.chain([lower.as_str()]).filter(|s| s.chars().count() >= MIN_SECRET);
                    self.secrets.extend(secrets.map(str::to_owned));
                    self.names.insert((kind, key));
                }
            }
        }
    }
}

pub struct Pseudonyms {
    names: BTreeMap<(Kind, String), String>,
}

impl Pseudonyms {
    /// `stems` says what a host is, by its FQDN in lower case.
    pub fn new(found: &Found, stems: &BTreeMap<String, &'static str>) -> Self {
        let secret_words: Vec<&String> =
            found.words.iter().filter(|word| !is_schema(word) && is_secret(found, word)).collect();
        let mut groups: BTreeMap<(Kind, &str), Vec<&str>> = BTreeMap::new();
        for (kind, key) in &found.names {
            groups.entry((*kind, stem(*kind, key, stems))).or_default().push(key);
        }
        for word in &secret_words {
            groups.entry((Kind::Word, "word-")).or_default().push(word);
        }
        let is_free = |domain: &&&str| is_clean(found, domain);
        let domain = DOMAINS.iter().find(is_free).unwrap_or(&"x.zz");
        let mut names = BTreeMap::new();
        for ((kind, stem), keys) in groups {
            let (stem, width) = (free_stem(found, stem), width(kind, keys.len()));
            let mut numbers = Numbers { found, kind, stem, last: 0, width };
            for key in keys {
                let name = numbers.next_name();
                let suffix = if kind == Kind::Host { format!(".{domain}") } else { String::new() };
                names.insert((kind, key.to_owned()), format!("{name}{suffix}"));
            }
        }
        Self { names }
    }

    /// The value with its names replaced; all of it was found before.
    pub fn render(&self, pieces: Vec<Piece>) -> String {
        let piece = |piece| match piece {
            Piece::Kept(text) => text,
            Piece::Word(word) => {
                self.names.get(&(Kind::Word, word.clone())).cloned().unwrap_or(word)
            }
            Piece::Name(kind, key) => {
                self.names.get(&(kind, key)).cloned().unwrap_or_else(|| "unknown".to_owned())
            }
        };
        pieces.into_iter().map(piece).collect()
    }
}

/// The names of one stem.
struct Numbers<'a> {
    found: &'a Found,
    kind: Kind,
    stem: String,
    last: usize,
    /// Digits of a number, at least.
    width: usize,
}

impl Numbers<'_> {
    /// A name that is part of no name of the export, or where there are no more of these, is none of them.
    fn next_name(&mut self) -> String {
        let mut tries = 0;
        loop {
            self.last += 1;
            tries += 1;
            let name = self.name();
            let is_other = || !self.found.secrets.contains(&name.to_lowercase());
            if is_clean(self.found, &name) || (tries > MAX_TRIES && is_other()) {
                return name;
            }
        }
    }

    fn name(&self) -> String {
        let Self { stem, last: number, width, .. } = self;
        match self.kind {
            Kind::Guid => format!("00000000-0000-4000-8000-{number:012}"),
            Kind::Ipv4 => {
                let number = u32::try_from(*number).unwrap_or(u32::MAX);
                Ipv4Addr::from(FIRST_IPV4.saturating_add(number)).to_string()
            }
            Kind::Ipv6 => {
                let first = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0);
                let number = u128::try_from(*number).unwrap_or(u128::MAX);
                Ipv6Addr::from(u128::from(first).saturating_add(number)).to_string()
            }
            _ => format!("{stem}{number:0width$}"),
        }
    }
}

fn stem<'a>(kind: Kind, key: &str, stems: &BTreeMap<String, &'a str>) -> &'a str {
    match kind {
        Kind::Host => stems.get(key).copied().unwrap_or("host-"),
        Kind::Site => "Site ",
        Kind::SqlInstance => "instance-",
        Kind::Share => "share-",
        Kind::User => "user-",
        Kind::Path => "path-",
        Kind::Id => "id-",
        Kind::Word => "word-",
        Kind::Text => "text-",
        Kind::Guid | Kind::Ipv4 | Kind::Ipv6 => "",
    }
}

/// `stem`, or what two letters of it make where the export has a name in it: `director-` or `di-`.
fn free_stem(found: &Found, stem: &str) -> String {
    if is_clean(found, stem) {
        return stem.to_owned();
    }
    let letters: String = stem.chars().take(2).collect();
    let machine = if stem.ends_with("-server-") { "s" } else { "" };
    let separator = stem.chars().next_back().unwrap_or('-');
    format!("{letters}{machine}{separator}")
}

fn width(kind: Kind, count: usize) -> usize {
    let digits = count.to_string().len();
    if kind == Kind::Host { digits.max(2) } else { digits }
}

fn is_secret(found: &Found, word: &str) -> bool {
    found.secrets.contains(&word.to_lowercase())
}

/// Is no name of the export a part of `pseudonym`, which is ASCII?
fn is_clean(found: &Found, pseudonym: &str) -> bool {
    let lower = pseudonym.to_lowercase();
    (0..lower.len()).all(|start| {
        (start + MIN_SECRET..=lower.len())
            .all(|end| lower.get(start..end).is_none_or(|part| !found.secrets.contains(part)))
    })
}
