//! Days of the calendar: `2026-12-31`, without a time and without a zone.

use std::fmt;

/// A day of the Gregorian calendar in the years 1 to 9999; later days are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i64,
    month: i64,
    day: i64,
}

/// Days before each month of a year that is no leap year.
const DAYS_BEFORE_MONTH: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// 1970-01-01, counted as [`Date::number`] counts.
const UNIX_EPOCH: i64 = 719_162;

/// Days of 400 years, after which the calendar repeats.
const CYCLE: i64 = 146_097;

const SECONDS_OF_A_DAY: i64 = 86_400;

impl Date {
    /// The day, if there is such a day.
    pub fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_of_month(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Reads `2026-12-31`: four, two and two digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digits = |part: &&str, length| {
            part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return None };
        let is_written_so = is_digits(year, 4) && is_digits(month, 2) && is_digits(day, 2);
        let number = |part: &str| part.parse().ok();
        Self::new(number(year)?, number(month)?, number(day)?).filter(|_| is_written_so)
    }

    /// The day in UTC, so many seconds after the start of 1970.
    pub fn of_unix_time(seconds: i64) -> Option<Self> {
        Self::of_number(seconds.div_euclid(SECONDS_OF_A_DAY).checked_add(UNIX_EPOCH)?)
    }

    /// So many days later, or earlier where `days` is negative; None beyond the years 1 to 9999.
    pub fn plus(self, days: i64) -> Option<Self> {
        Self::of_number(self.number().checked_add(days)?)
    }

    /// How many days it is from `self` to `other`; negative where `other` is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        other.number() - self.number()
    }

    /// Days since 0001-01-01, which is 0.
    fn number(self) -> i64 {
        let leap_day = i64::from(self.month > 2 && is_leap(self.year));
        days_before_year(self.year) + days_before_month(self.month) + leap_day + (self.day - 1)
    }

    fn of_number(number: i64) -> Option<Self> {
        if !(0..days_before_year(10_000)).contains(&number) {
            return None;
        }
        // An average year is a little longer than most years: at most one year too early.
        let guess = number * 400 / CYCLE + 1;
        let year = if days_before_year(guess + 1) <= number { guess + 1 } else { guess };
        let mut day = number - days_before_year(year);
        let mut month = 1;
        while day >= days_of_month(year, month) {
            day -= days_of_month(year, month);
            month += 1;
        }
        Self::new(year, month, day + 1)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_before_year(year: i64) -> i64 {
    let years = year - 1;
    years * 365 + years / 4 - years / 100 + years / 400
}

fn days_before_month(month: i64) -> i64 {
    usize::try_from(month - 1).ok().and_then(|at| DAYS_BEFORE_MONTH.get(at)).map_or(0, |days| *days)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_read() {
        let good =
            ["2026-12-31", "0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29", "2026-04-30"];
        for text in good {
            assert_eq!(Date::parse(text).map(|date| date.to_string()).as_deref(), Some(text));
        }
        let bad = [
            ("2026-02-29", "no leap year"),
            ("1900-02-29", "a century is none"),
            ("2100-02-29", "a century is none"),
            ("2026-04-31", "April has 30 days"),
            ("2026-13-01", "there are 12 months"),
            ("2026-00-10", "months begin with 1"),
            ("2026-01-00", "days begin with 1"),
            ("0000-01-01", "there is no year 0"),
            ("2026-1-1", "two digits each"),
            ("26-01-01", "four digits"),
            ("2026/01/01", "other signs"),
            ("2026-01-01T00:00", "a time"),
            ("+026-01-01", "a sign is no digit"),
            ("2026-01--1", "a sign is no digit"),
            ("31-12-2026", "another order"),
            ("٢٠٢٦-01-01", "other digits"),
            ("", "nothing"),
        ];
        for (text, why) in bad {
            assert_eq!(Date::parse(text), None, "{text}: {why}");
        }
    }

    /// Steps through the days as a calendar on a wall does.
    #[test]
    fn every_day_follows_the_one_before() {
        let (mut year, mut month, mut day) = (1, 1, 1);
        for number in 0..days_before_year(10_000) {
            let date = Date::of_number(number).expect("a day of the range");
            assert_eq!((date.year, date.month, date.day), (year, month, day));
            assert_eq!(date.number(), number);
            day += 1;
            if Date::new(year, month, day).is_none() {
                (month, day) = (month + 1, 1);
            }
            if month == 13 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!((year, month, day), (10_000, 1, 1));
        assert_eq!(Date::of_number(days_before_year(10_000)), None);
        assert_eq!(Date::of_number(-1), None);
    }

    #[test]
    fn seconds_since_1970_are_days_in_utc() {
        let cases = [
            (0, Some("1970-01-01")),
            (-1, Some("1969-12-31")),
            (86_399, Some("1970-01-01")),
            (86_400, Some("1970-01-02")),
            (951_782_400, Some("2000-02-29")),
            (1_798_675_200, Some("2026-12-31")),
            (253_402_300_799, Some("9999-12-31")),
            (253_402_300_800, None),
            (i64::MAX, None),
            (i64::MIN, None),
        ];
        for (seconds, date) in cases {
            let found = Date::of_unix_time(seconds).map(|date| date.to_string());
            assert_eq!(found.as_deref(), date, "{seconds}");
        }
    }

    #[test]
    fn days_between_dates() {
        let date = |text| Date::parse(text).expect("a date");
        let cases = [
            ("2026-12-31", "2026-12-31", 0),
            ("2026-12-31", "2027-01-01", 1),
            ("2027-01-01", "2026-12-31", -1),
            ("2024-02-28", "2024-03-01", 2),
            ("2026-02-28", "2026-03-01", 1),
            ("0001-01-01", "9999-12-31", 3_652_058),
        ];
        for (from, to, days) in cases {
            assert_eq!(date(from).days_until(date(to)), days, "{from} {to}");
            assert_eq!(date(from).plus(days), Some(date(to)));
        }
        assert_eq!(date("9999-12-31").plus(1), None);
        assert_eq!(date("2026-01-01").plus(i64::MAX), None);
    }
}
