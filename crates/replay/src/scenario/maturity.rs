//! How long the leads of a log may take to bring what they bring.

use pointsman_lead::{Problem, Timestamp};
use toml::Value;

use super::keys::Keys;
use crate::{
    log::{Log, Mapping},
    maturity::Maturity,
};

const WINDOW: &str = "attribution_window";
const UNTIL: &str = "observed_until";
const AS_OF: &str = "as_of";
const HOUR_MICROS: i64 = 3_600_000_000;

/// What a scenario says of ages: what it leaves open is found in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ages {
    window_micros: i64,
    observed_until: Option<Timestamp>,
    as_of: Option<Timestamp>,
}

impl Ages {
    /// * `newest`: the newest lead of the log.
    pub(super) fn maturity(self, newest: Option<Timestamp>) -> Maturity {
        let Self {
            window_micros,
            observed_until,
            as_of,
        } = self;
        Maturity {
            window_micros,
            observed_until: as_of.or(observed_until).or(newest).unwrap_or_default(),
            is_as_of: as_of.is_some(),
        }
    }

    /// Why a log cannot be read as it was at a moment; nothing where it can, or need not.
    pub(super) fn problem(self, log: &Log) -> Option<Problem> {
        (self.as_of.is_some() && !log.has_payments()).then(|| {
            let message = "the log does not say when offers brought what they brought, so that nobody can tell what was known at that moment";
            let hint = match log.mapping() {
                Mapping::Own => "export the log again: it then has the column offer_payments",
                Mapping::Flat(_) => "map the column with the time of the conversion with columns.converted_at",
            };
            Problem::new("as_of_without_times", AS_OF, message).hint(hint)
        })
    }
}

/// Reads the attribution window, the end of the log, and the moment as of which it is to be read.
///
/// Our own history always has leads that may still bring something, and so has a log with times of conversions. Of any other
/// log that is only known where the scenario says so.
pub(super) fn read(keys: &mut Keys, mapping: &Mapping) -> Option<Ages> {
    let window = keys.value(WINDOW);
    let until = keys.value(UNTIL);
    let as_of = keys.value(AS_OF);
    let is_asked = window.is_some() || until.is_some() || as_of.is_some();
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
    let is_twice = until.is_some() && as_of.is_some();
    let mut time = |key: &'static str, code: &str, value: Option<Value>| {
        let value = value?;
        time_of(&value).or_else(|| {
            let message = format!("`{value}` is not a time");
            let problem = Problem::new(code, keys.path(key), message);
            keys.problem(problem.hint("write 2026-11-28T00:00:00Z"));
            None
        })
    };
    let observed_until = time(UNTIL, "observed_until_invalid", until);
    let as_of = time(AS_OF, "as_of_invalid", as_of);
    if is_twice {
        let message = "what was known at `as_of` is all that counts";
        let problem = Problem::new("observed_until_twice", keys.path(UNTIL), message);
        keys.problem(problem.hint("leave out `observed_until`"));
    }
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
    (is_asked || has_times).then_some(Ages {
        window_micros: window_micros?,
        observed_until,
        as_of,
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
