//! The known name that is nearest to a misspelt one.

/// The nearest of `known` to `name`, if it is near enough to be meant: at most a third of the
/// characters, and never more than two, differ (two swapped ones count once), case aside. The
/// first of equally near ones wins. Where none is so near, a name of which `name` is the end or the
/// beginning up to a `-` is offered: `registrar` for `backup-registrar`.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let mut limit = (name.chars().count() / 3).min(2);
    let mut best = None;
    let mut part_of = None;
    for candidate in known {
        match distance_within(name, candidate, limit) {
            Some(0) => return Some(candidate),
            Some(distance) => {
                best = Some(candidate);
                limit = distance - 1;
            }
            None if part_of.is_none() && is_part(name, candidate) => part_of = Some(candidate),
            None => {}
        }
    }
    best.or(part_of)
}

/// The edit distance, case aside, if it is at most `limit`. What both begin and end with does not
/// count, so that long names that differ in one place are compared quickly.
fn distance_within(one: &str, other: &str, limit: usize) -> Option<usize> {
    if !one.is_ascii() || !other.is_ascii() {
        let distance = strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase());
        return (distance <= limit).then_some(distance);
    }
    if one.len().abs_diff(other.len()) > limit {
        return None;
    }
    let same = |(a, b): &(u8, u8)| a.eq_ignore_ascii_case(b);
    let start = one.bytes().zip(other.bytes()).take_while(same).count();
    let (one, other) = (&one[start..], &other[start..]);
    let end = one.bytes().rev().zip(other.bytes().rev()).take_while(same).count();
    let (one, other) = (&one[..one.len() - end], &other[..other.len() - end]);
    if one.is_empty() || other.is_empty() {
        return Some(one.len().max(other.len()));
    }
    if limit == 0 {
        return None;
    }
    let distance = strsim::osa_distance(&one.to_ascii_lowercase(), &other.to_ascii_lowercase());
    (distance <= limit).then_some(distance)
}

fn is_part(name: &str, candidate: &str) -> bool {
    let ends = |rest: Option<&str>| rest.is_some_and(|rest| rest.ends_with('-'));
    let begins = |rest: Option<&str>| rest.is_some_and(|rest| rest.starts_with('-'));
    name.len() >= 3 && (ends(candidate.strip_suffix(name)) || begins(candidate.strip_prefix(name)))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn offers_what_was_meant_and_nothing_far_fetched() {
        let keys = ["backup-registrar", "site", "version", "edition", "Größe"];
        let cases = [
            ("backup-registar", Some("backup-registrar")),
            ("registrar", Some("backup-registrar")),
            ("Site", Some("site")),
            ("siet", Some("site")),
            ("vresion", Some("version")),
            ("grösse", Some("Größe")),
            ("x", None),
            ("colour", None),
            ("", None),
        ];
        for (name, near) in cases {
            assert_eq!(nearest(name, keys), near, "{name}");
        }
    }

    #[test]
    fn the_nearest_wins_then_the_first() {
        assert_eq!(nearest("fe-lon02", ["fe-lon11", "fe-lon03", "fe-lon01"]), Some("fe-lon03"));
        assert_eq!(nearest("FE-LON", ["fe-lom", "fe-lon"]), Some("fe-lon"));
    }
}
