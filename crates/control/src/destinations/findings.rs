//! What is odd about a destination: what the checks of a flow would say about it right after.

use pointsman_cel::canonical;
use pointsman_flow::{Destination, Diagnostic, Place, Severity};
use pointsman_lead::{Currency, Problem, Schema};
use serde_json::Value;

use super::{NewDestination, names_destination};
use crate::{Error, compile::Surroundings, routes::LiveFlow};

/// The findings about a destination that do not keep it from being put.
///
/// # Errors
///
/// [`Error::Problems`] for caps, schedules and criteria that no flow could run with.
pub(super) fn of(
    new: &NewDestination,
    settings: &Destination,
    surroundings: &Surroundings,
    live: &[LiveFlow],
) -> Result<Vec<Diagnostic>, Error> {
    let mut wrong = settings.diagnostics(&new.name);
    let mut findings = unsaid_zones(new);
    if settings.criteria.is_some() {
        match about_criteria(new, settings, surroundings, live) {
            Ok(found) => findings.extend(found),
            Err(found) => wrong.extend(found),
        }
    }
    if wrong.is_empty() {
        Ok(findings)
    } else {
        let problems = wrong.into_iter().map(problem).collect();
        Err(Error::Problems(problems))
    }
}

/// What the criteria are held against: the vertical that was named; else every one, where no live flow
/// says which.
fn about_criteria(
    new: &NewDestination,
    settings: &Destination,
    surroundings: &Surroundings,
    live: &[LiveFlow],
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let about = |schema: &Schema| {
        let leads = (schema, Currency::USD);
        let mut found = settings.check(&new.name, leads, &surroundings.lists);
        found.retain(|it| it.place.part.as_deref() == Some("criteria"));
        found
    };
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let text = settings.criteria.as_deref().unwrap_or_default();
    if canonical(text).is_none() {
        return Err(about(&Schema::bare("any"))); // No schema makes a predicate of it.
    }
    let named = new.vertical.as_ref();
    if let Some(schema) = named.and_then(|vertical| surroundings.schemas.get(vertical)) {
        let found = about(schema);
        return if found.iter().any(is_error) {
            Err(found)
        } else {
            Ok(found)
        };
    }
    if live
        .iter()
        .any(|live| names_destination(&live.document, &new.name))
    {
        return Ok(Vec::new()); // Those flows are checked with it.
    }
    let all = surroundings.schemas.values().map(about);
    let fewest = all.min_by_key(|found| {
        let n_errors = found.iter().filter(|finding| is_error(finding)).count();
        (n_errors, found.len())
    });
    Ok(fewest.unwrap_or_default())
}

/// Warns of days that begin at midnight in a zone that nobody wrote.
fn unsaid_zones(new: &NewDestination) -> Vec<Diagnostic> {
    let warning = |part: String, what: &str| {
        let message = format!("{what} in UTC, for no zone is written");
        let place = Place::destination(&new.name).part(part);
        Diagnostic::warning("unsaid_zone", place, message)
            .hint("write `zone`, like America/New_York, or UTC if that is meant")
    };
    let mut found = Vec::new();
    let caps = new.settings.get("caps").and_then(Value::as_array);
    for (idx, cap) in caps.into_iter().flatten().enumerate() {
        let window = cap.get("window").and_then(Value::as_str);
        let has_days = window.is_some_and(|window| !matches!(window, "lifetime" | "hour"));
        if has_days && cap.get("zone").is_none() {
            let what = format!("the {} of this cap begins", window.unwrap_or_default());
            found.push(warning(format!("caps[{idx}].zone"), &what));
        }
    }
    let schedule = new.settings.get("schedule").filter(|it| it.is_object());
    if schedule.is_some_and(|schedule| schedule.get("zone").is_none()) {
        found.push(warning("schedule.zone".to_owned(), "the hours are read"));
    }
    found
}

/// A finding as a mistake of the input.
fn problem(finding: Diagnostic) -> Problem {
    let part = finding.place.part.unwrap_or_default();
    let problem = Problem::new(finding.code, format!("settings.{part}"), finding.message);
    Problem {
        hint: finding.hint,
        ..problem
    }
}
