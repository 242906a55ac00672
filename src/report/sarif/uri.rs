//! Paths → URIs.

use std::fmt::Write;

/// The URI reference of a path: relative as the path is, or `file:`.
pub fn of_path(path: &str) -> String {
    let encoded = encode(path);
    match path.as_bytes() {
        // \\server\share, with slashes.
        [b'/', b'/', ..] => format!("file:{encoded}"),
        [b'/', ..] => format!("file://{encoded}"),
        [drive, b':', b'/', ..] if drive.is_ascii_alphabetic() => {
            format!("file:///{}:{}", char::from(*drive), encode(&path[2..]))
        }
        _ => encoded,
    }
}

/// All but slashes and what RFC 3986 calls unreserved as `%xx`, so that nothing looks like a scheme,
/// a query or a fragment.
fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        let cases = [
            ("topology/pools.toml", "topology/pools.toml", "nothing to do"),
            ("a b/[2] é#?.toml", "a%20b/%5B2%5D%20%C3%A9%23%3F.toml", "what means something"),
            ("100%.toml", "100%25.toml", "the escape itself"),
            ("a:b.toml", "a%3Ab.toml", "no scheme"),
            ("../x.toml", "../x.toml", "above the current folder"),
            ("<stdin>", "%3Cstdin%3E", "standard input"),
            ("/srv/x.toml", "file:///srv/x.toml", "absolute"),
            ("C:/x y.toml", "file:///C:/x%20y.toml", "absolute on Windows"),
            ("//server/share/x.toml", "file://server/share/x.toml", "on a server"),
        ];
        for (path, uri, why) in cases {
            assert_eq!(of_path(path), uri, "{why}");
        }
    }
}
