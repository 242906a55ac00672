//! `required-version`: which versions of lynt may read a configuration.

/// The version of this lynt.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Major, minor, patch.
type Version = [u64; 3];

/// Whether `version` fits all parts of `wanted`, such as `>=0.3, <1`; None where `wanted` is written in
/// another way. Numbers that are left out are 0, but `=0.3` is any version that begins so.
pub fn fits(wanted: &str, version: &str) -> Option<bool> {
    // What stands behind a sign marks a version before its release; it counts as the release.
    let (version, _) = parse(version.split(['-', '+']).next().unwrap_or(""))?;
    let mut all = true;
    for part in wanted.split(',') {
        all &= fits_part(part.trim(), version)?;
    }
    Some(all)
}

fn fits_part(part: &str, version: Version) -> Option<bool> {
    const SIGNS: [&str; 5] = [">=", "<=", ">", "<", "="];
    let sign = SIGNS.into_iter().find(|sign| part.starts_with(sign))?;
    let (bound, given) = parse(part[sign.len()..].trim())?;
    Some(match sign {
        ">=" => version >= bound,
        "<=" => version <= bound || version[..given] == bound[..given],
        ">" => version > bound && version[..given] != bound[..given],
        "<" => version < bound,
        _ => version[..given] == bound[..given],
    })
}

/// The numbers, and how many were given.
fn parse(text: &str) -> Option<(Version, usize)> {
    let mut version = [0; 3];
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() > version.len() {
        return None;
    }
    for (number, part) in version.iter_mut().zip(&parts) {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = part.parse().ok().filter(|_| is_number)?;
    }
    Some((version, parts.len()))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn versions_are_compared_number_by_number() {
        let cases = [
            (">=0.3", "0.3.0", Some(true)),
            (">=0.3", "0.2.9", Some(false)),
            (">=0.3", "0.10.0", Some(true)),
            (">=0.3, <1", "0.4.2", Some(true)),
            (">=0.3,<1", "1.0.0", Some(false)),
            (">= 0.3.1", "0.3.1", Some(true)),
            (">0.3", "0.3.5", Some(false)),
            (">0.3", "0.4.0", Some(true)),
            ("<=0.3", "0.3.5", Some(true)),
            ("<=0.3", "0.4.0", Some(false)),
            ("<0.3", "0.3.0", Some(false)),
            ("=0.3", "0.3.7", Some(true)),
            ("=0.3.7", "0.3.8", Some(false)),
            (">=1", "1.0.0-beta.1", Some(true)),
            ("0.3", "0.3.0", None),
            ("^0.3", "0.3.0", None),
            (">=0.3,", "0.3.0", None),
            (">=0.3.0.1", "0.3.0", None),
            (">=+1", "1.0.0", None),
            (">=", "1.0.0", None),
            ("", "1.0.0", None),
            (">=99999999999999999999999", "1.0.0", None),
        ];
        for (wanted, version, expected) in cases {
            assert_eq!(fits(wanted, version), expected, "{wanted} {version}");
        }
    }
}
