//! Logs that cannot be replayed, whatever a scenario says.

use pointsman_lead::Problem;

use super::{
    Looked,
    roles::Roles,
    words::{self, Role},
};
use crate::log::shown;

/// Why there is no scenario; nothing where there can be one.
pub(super) fn all(looked: &Looked) -> Vec<Problem> {
    if let Some(problem) = own(looked).or_else(|| sums(looked)) {
        return vec![problem];
    }
    let mut problems = Vec::new();
    problems.extend(destination(looked));
    problems.extend(outcome(looked));
    problems.extend(currencies(looked));
    problems.extend(times(looked));
    problems.extend(numbers(looked));
    problems
}

/// Our own format needs no guesses.
fn own(looked: &Looked) -> Option<Problem> {
    let has = |wanted: &str| looked.profiles.iter().any(|profile| profile.name == wanted);
    let is_own = [
        "lead_id",
        "received_at",
        "offer_destination",
        "offer_propensity",
    ]
    .into_iter()
    .all(has);
    is_own.then(|| {
        Problem::new(
            "log_is_ours",
            "log",
            "this log is in our own format already",
        )
        .hint("a scenario needs nothing but `log`, `candidate` and `reward`, and no [columns]")
    })
}

/// A report of sums has no leads.
fn sums(looked: &Looked) -> Option<Problem> {
    let sums: Vec<&str> = looked
        .profiles
        .iter()
        .map(|profile| profile.name.as_str())
        .filter(|name| words::is_sum(name))
        .collect();
    let has_leads = looked.roles.column(Role::LeadId).is_some();
    (sums.len() >= 2 && !has_leads).then(|| {
        let message = format!(
            "each row is a sum over many leads, and not a lead: it has {}",
            shown::names(sums.iter().copied())
        );
        Problem::new("log_of_sums", "log", message)
            .hint("export the conversions or the leads, one a row, with the buyer, the time and the revenue of each")
    })
}

fn destination(looked: &Looked) -> Option<Problem> {
    let Some(profile) = looked.profile(Role::Destination) else {
        let perhaps = Roles::perhaps_destinations(&looked.profiles);
        let message = "no column seems to say who got the lead".to_owned();
        let hint = if perhaps.is_empty() {
            "export the log with the buyer, advertiser or offer of each lead".to_owned()
        } else {
            format!(
                "if one of {} does, call it Buyer in the header, and look again",
                shown::names(perhaps.into_iter().take(8))
            )
        };
        return Some(Problem::new("destination_missing", "log", message).hint(hint));
    };
    if looked.joint.destinations.len() > 1 {
        return None;
    }
    let message = format!(
        "{} names one destination alone: there was no choice, and nothing to compare",
        shown::value(&profile.name)
    );
    Some(
        Problem::new(
            "destination_alone",
            format!("log.{}", profile.name),
            message,
        )
        .hint("export the leads of all buyers, also those that they refused"),
    )
}

fn outcome(looked: &Looked) -> Option<Problem> {
    let has = |role: Role| looked.roles.column(role).is_some();
    let has_accepted = looked
        .answers
        .known
        .values()
        .any(|answer| *answer == "accepted");
    if has(Role::Reward) || has_accepted {
        return None;
    }
    let message = "no column seems to say what a lead brought, or what became of it";
    Some(
        Problem::new("outcome_missing", "log", message)
            .hint("export the log with the revenue or the status of each lead, or call such a column Revenue or Status in the header"),
    )
}

/// One log has one currency: amounts of several cannot be added up.
fn currencies(looked: &Looked) -> Option<Problem> {
    let column = looked.profile(Role::Currency);
    let of_column = column.map(|profile| {
        profile
            .frequent()
            .into_iter()
            .map(|(code, _)| code)
            .collect::<Vec<&str>>()
    });
    let signs = looked
        .profile(Role::Reward)
        .map(|profile| profile.currencies.keys().copied().collect::<Vec<&str>>());
    let found = of_column.or(signs).filter(|found| found.len() > 1)?;
    let message = format!(
        "the amounts are in several currencies: {}",
        shown::names(found.iter().copied())
    );
    Some(
        Problem::new("currencies_mixed", "log", message)
            .hint("convert them before, or keep the rows of one currency in the file"),
    )
}

/// Dates of both orders in one column: no reading is right for all.
fn times(looked: &Looked) -> Vec<Problem> {
    let used = [Role::At, Role::ConvertedAt]
        .into_iter()
        .filter_map(|role| looked.profile(role));
    let is_mixed = |seen: super::profile::Seen| seen.day_first > 0 && seen.month_first > 0;
    used.filter(|profile| is_mixed(profile.seen))
        .map(|profile| {
            let message = format!(
                "{} has {} dates with the day first and {} with the month first",
                shown::value(&profile.name),
                profile.seen.day_first,
                profile.seen.month_first
            );
            Problem::new("dates_mixed", format!("log.{}", profile.name), message)
                .hint("a spreadsheet has turned some of them round: export the file again, with dates such as 2026-01-31")
        })
        .collect()
}

/// Amounts that are written in two ways: one reading would make other numbers of some.
fn numbers(looked: &Looked) -> Vec<Problem> {
    let used = [Role::Reward, Role::Cost]
        .into_iter()
        .filter_map(|role| looked.profile(role));
    used.filter(|profile| profile.seen.only_comma > 0 && profile.seen.only_point > 0)
        .map(|profile| {
            let message = format!(
                "{} has amounts with a decimal comma and others with a decimal point",
                shown::value(&profile.name)
            );
            Problem::new("numbers_mixed", format!("log.{}", profile.name), message)
                .hint("export the file again with one way to write amounts")
        })
        .collect()
}
