//! Which day it is, for ignores that end.

use crate::date::Date;
use crate::source::Problem;
use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

/// The day of the check.
#[derive(clap::Args)]
pub(super) struct TodayArguments {
    /// The day on which ignores that end are judged, for audits that can be repeated; in UTC
    #[arg(long, value_name = "DATE", value_parser = date, help_heading = "Ignores")]
    today: Option<Date>,
}

/// Reads a date of the command line.
///
/// # Errors
/// What is wrong with it, for clap.
pub(super) fn date(text: &str) -> Result<Date, String> {
    Date::parse(text)
        .ok_or_else(|| "a date is written `2026-12-31`, and there must be such a day".to_owned())
}

impl TodayArguments {
    /// The day: `--today`, else LYNT_TODAY, else SOURCE_DATE_EPOCH, else now in UTC.
    ///
    /// # Errors
    /// A variable that is set to something else.
    pub(super) fn date(&self) -> Result<Date, Vec<Problem>> {
        if let Some(today) = self.today {
            return Ok(today);
        }
        if let Some(text) = variable("LYNT_TODAY") {
            let help = "write a date such as 2026-12-31";
            return Date::parse(&text).ok_or_else(|| wrong("LYNT_TODAY", &text, help));
        }
        if let Some(text) = variable("SOURCE_DATE_EPOCH") {
            let date = text.parse().ok().and_then(Date::of_unix_time);
            let help = "write the seconds since the start of 1970";
            return date.ok_or_else(|| wrong("SOURCE_DATE_EPOCH", &text, help));
        }
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let now = i64::try_from(seconds).ok().and_then(Date::of_unix_time);
        now.ok_or_else(|| {
            vec![Problem::error("usage", "the clock shows no date; say `--today DATE`")]
        })
    }
}

fn variable(name: &str) -> Option<String> {
    env::var_os(name)
        .map(|value| value.to_string_lossy().into_owned())
        .filter(|value| !value.is_empty())
}

fn wrong(name: &str, text: &str, help: &str) -> Vec<Problem> {
    let message = format!("the environment variable {name} is `{text}`");
    vec![Problem::error("usage", message).help(help)]
}
