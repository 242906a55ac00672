//! The known name that is nearest to a misspelt one.

/// The nearest of `known` to `name`, if it is near enough to be meant: at most a third of the
/// characters differ (letters swapped count once), case aside. The first of equally near ones wins.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let wanted = name.to_lowercase();
    let length = wanted.chars().count();
    let most = (length / 3).clamp(1, 5);
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        if candidate.len().abs_diff(wanted.len()) > most * 4 {
            continue;
        }
        let distance = strsim::osa_distance(&wanted, &candidate.to_lowercase());
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn offers_what_was_meant_and_nothing_far_fetched() {
        let keys = ["backup-registrar", "site", "version", "edition"];
        let cases = [
            ("backup-registar", Some("backup-registrar")),
            ("Site", Some("site")),
            ("vresion", Some("version")),
            ("x", None),
            ("colour", None),
            ("", None),
        ];
        for (name, near) in cases {
            assert_eq!(nearest(name, keys), near, "{name}");
        }
    }
}
