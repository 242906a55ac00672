//! Text → seconds, in each way in which .NET and XML write a time span.

/// Reads `PT5M`, `00:05:00` (also `1.00:05:00` with days) or `300`; nothing for anything else, and for parts of a second.
pub fn seconds(text: &str) -> Option<u32> {
    let seconds = if let Some(duration) = text.strip_prefix('P') {
        iso_8601(duration)?
    } else if text.contains(':') {
        clock(text)?
    } else {
        number(text)?
    };
    u32::try_from(seconds).ok()
}

/// What follows the `P` of an ISO 8601 duration: days, then `T` and hours, minutes, seconds. Months have no length.
fn iso_8601(duration: &str) -> Option<u64> {
    let (days, time) = duration.split_once('T').unwrap_or((duration, ""));
    let mut units: &[(char, u64)] = &[('H', 3600), ('M', 60), ('S', 1)];
    let mut total = match days {
        "" if time.is_empty() => return None,
        "" => 0,
        days => number(days.strip_suffix('D')?)?.checked_mul(86_400)?,
    };
    let mut rest = time;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let (amount, tail) = rest.split_at(end);
        let unit = tail.chars().next()?;
        let place = units.iter().position(|(name, _)| *name == unit)?;
        let (_, length) = units.get(place)?;
        total = total.checked_add(whole(amount)?.checked_mul(*length)?)?;
        units = units.get(place + 1..)?;
        rest = tail.get(1..)?;
    }
    Some(total)
}

/// `[days.]hours:minutes:seconds[.0000000]`
fn clock(text: &str) -> Option<u64> {
    let mut parts = text.splitn(3, ':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    let (days, hours, minutes) = (number(days)?, number(hours)?, number(minutes)?);
    let hours = days.checked_mul(24)?.checked_add(hours)?;
    hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?.checked_add(whole(seconds)?)
}

/// A number that may have zeros behind a point.
fn whole(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.bytes().all(|digit| digit == b'0') { number(whole) } else { None }
}

/// Digits only: `parse` would take a sign.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn each_way_to_write_a_time_span() {
        let cases = [
            ("300", Some(300)),
            ("PT5M", Some(300)),
            ("PT300S", Some(300)),
            ("PT1H30M", Some(5400)),
            ("PT90.000S", Some(90)),
            ("P1D", Some(86_400)),
            ("P1DT1S", Some(86_401)),
            ("00:05:00", Some(300)),
            ("00:05:00.0000000", Some(300)),
            ("1.00:05:00", Some(86_700)),
            ("", None),
            ("P", None),
            ("PT", None),
            ("PT5", None),
            ("PT5M5H", None),
            ("P1M", None),
            ("PT0.5S", None),
            ("00:05", None),
            ("+300", None),
            ("-300", None),
            ("99999999999", None),
            ("PT99999999999999999999S", None),
            ("300 s", None),
            ("PT5é", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
