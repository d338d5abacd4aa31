//! How long the leads of a log may take to bring what they bring.

use pointsman_lead::{Problem, Timestamp};
use toml::Value;

use super::keys::Keys;
use crate::{log::Mapping, maturity::Maturity};

const WINDOW: &str = "attribution_window";
const UNTIL: &str = "observed_until";
const HOUR_MICROS: i64 = 3_600_000_000;

/// Reads the attribution window and the end of the log.
///
/// Our own history always has leads that may still bring something, and so has a log with times of conversions. Of any other
/// log that is only known where the scenario says so.
pub(super) fn read(keys: &mut Keys, mapping: &Mapping) -> Option<Maturity> {
    let window = keys.value(WINDOW);
    let until = keys.value(UNTIL);
    let is_asked = window.is_some() || until.is_some();
    let has_times = match mapping {
        Mapping::Own => true,
        Mapping::Flat(columns) => columns.converted_at.is_some(),
    };
    let window_micros = match window {
        None => Some(Maturity::WINDOW_MICROS),
        Some(value) => window_of(&value).or_else(|| {
            let message = format!("`{value}` is not a time span");
            let problem = Problem::new("attribution_window_invalid", keys.path(WINDOW), message);
            keys.problem(
                problem
                    .hint("write \"30 days\", \"12 hours\", or 0 if all outcomes are in the log"),
            );
            None
        }),
    };
    let observed_until = match until {
        None => None,
        Some(value) => time_of(&value).or_else(|| {
            let message = format!("`{value}` is not a time");
            let problem = Problem::new("observed_until_invalid", keys.path(UNTIL), message);
            keys.problem(problem.hint("write 2026-11-28T00:00:00Z"));
            None
        }),
    };
    if let Mapping::Flat(columns) = mapping
        && (is_asked || has_times)
        && columns.at.is_none()
    {
        let key = if is_asked {
            WINDOW
        } else {
            "columns.converted_at"
        };
        let message = "the age of a lead is not known without `columns.at`";
        let problem = Problem::new("at_missing", keys.path(key), message);
        keys.problem(problem.hint("map the column that says when the lead came in"));
    }
    (is_asked || has_times).then_some(Maturity {
        window_micros: window_micros?,
        observed_until,
    })
}

fn window_of(value: &Value) -> Option<i64> {
    let (number, hours) = match value {
        Value::Integer(days) => (*days, 24),
        Value::String(text) => {
            let (number, unit) = text.trim().split_once(' ')?;
            let hours = match unit.trim() {
                "day" | "days" => 24,
                "hour" | "hours" => 1,
                _ => return None,
            };
            (number.parse().ok()?, hours)
        }
        _ => return None,
    };
    let micros = number.checked_mul(hours)?.checked_mul(HOUR_MICROS)?;
    (micros >= 0).then_some(micros)
}

fn time_of(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Datetime(at) => at.to_string().parse().ok(),
        _ => None,
    }
}
