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

/// The edit distance, case aside, if it is at most `limit`.
fn distance_within(one: &str, other: &str, limit: usize) -> Option<usize> {
    if !one.is_ascii() || !other.is_ascii() {
        let distance = strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase());
        return (distance <= limit).then_some(distance);
    }
    within(one.as_bytes(), other.as_bytes(), limit)
}

/// The edit distance of ASCII texts, case aside, if it is at most `limit`, which is small: every edit that could be
/// meant at the first place where they differ is tried.
fn within(one: &[u8], other: &[u8], limit: usize) -> Option<usize> {
    let same = |(a, b): &(&u8, &u8)| a.eq_ignore_ascii_case(b);
    let start = one.iter().zip(other).take_while(same).count();
    let (one, other) = (&one[start..], &other[start..]);
    let ([first, one_left @ ..], [second, other_left @ ..]) = (one, other) else {
        let left = one.len().max(other.len());
        return (left <= limit).then_some(left);
    };
    let limit = limit.checked_sub(1)?;
    if one.len().abs_diff(other.len()) > limit + 1 {
        return None;
    }
    let swapped = if let ([next, one_left @ ..], [other_next, other_left @ ..]) =
        (one_left, other_left)
        && first.eq_ignore_ascii_case(other_next)
        && second.eq_ignore_ascii_case(next)
    {
        within(one_left, other_left, limit)
    } else {
        None
    };
    let edits = [(one_left, other_left), (one_left, other), (one, other_left)];
    let distances = edits.into_iter().filter_map(|(one, other)| within(one, other, limit));
    distances.chain(swapped).min().map(|distance| distance + 1)
}

fn is_part(name: &str, candidate: &str) -> bool {
    let ends = |rest: Option<&str>| rest.is_some_and(|rest| rest.ends_with('-'));
    let begins = |rest: Option<&str>| rest.is_some_and(|rest| rest.starts_with('-'));
    name.len() >= 3 && (ends(candidate.strip_suffix(name)) || begins(candidate.strip_prefix(name)))
}

#[cfg(test)]
mod tests {
    use super::{distance_within, nearest};

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
    fn distances_are_those_of_the_definition() {
        let mut words = vec![String::new()];
        for length in 0..4 {
            let longest: Vec<String> =
                words.iter().filter(|word| word.len() == length).cloned().collect();
            words.extend(longest.iter().flat_map(|word| ["a", "b", "C"].map(|c| word.clone() + c)));
        }
        for one in &words {
            for other in &words {
                let distance =
                    strsim::osa_distance(&one.to_lowercase(), &other.to_ascii_lowercase());
                for limit in 0..3 {
                    let expected = (distance <= limit).then_some(distance);
                    assert_eq!(
                        distance_within(one, other, limit),
                        expected,
                        "{one} {other} {limit}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_nearest_wins_then_the_first() {
        assert_eq!(nearest("fe-lon02", ["fe-lon11", "fe-lon03", "fe-lon01"]), Some("fe-lon03"));
        assert_eq!(nearest("FE-LON", ["fe-lom", "fe-lon"]), Some("fe-lon"));
    }
}
