//! Errors of inputs as part of the answer: all of them, each with a code, a path and a hint.

use async_graphql::{Error, SimpleObject};
use pointsman_engine::{JobError, Refused};
use pointsman_flow::{Diagnostic, Severity};
use pointsman_lead::Problem;

use super::{fault, fault::OrFault as _};

/// An error in the input of a mutation, with a hint to mend it.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(super) struct UserError {
    /// Path into the input, outermost first; empty for the input as a whole.
    path: Vec<String>,
    /// Stable error code in snake case, safe to match on.
    code: String,
    /// The error in words, with the offending value.
    message: String,
    /// How to mend it, if that is known.
    hint: Option<String>,
}

impl From<Problem> for UserError {
    fn from(problem: Problem) -> Self {
        let Problem {
            code,
            path,
            message,
            hint,
        } = problem;
        Self {
            path: segments(&path),
            code,
            message,
            hint,
        }
    }
}

impl UserError {
    fn new(code: &str, path: &str, message: impl Into<String>, hint: &str) -> Self {
        Problem::new(code, path, message).hint(hint).into()
    }
}

/// `edits[2].weight_ppm` as `edits`, `2`, `weightPpm`: the names of this input, not of the files.
fn segments(path: &str) -> Vec<String> {
    let segments = path
        .split(['.', '[', ']'])
        .filter(|segment| !segment.is_empty());
    let is_ours =
        |position: usize, first: &str| position == 0 || ["edits", "steps"].contains(&first);
    let first = path.split(['.', '[']).next().unwrap_or_default();
    segments
        .enumerate()
        .map(|(position, segment)| {
            if is_ours(position, first) {
                camel(segment)
            } else {
                segment.to_owned()
            }
        })
        .collect()
}

fn camel(snake: &str) -> String {
    // The number of a sub id stays apart as in `subId1`.
    let mut text = String::with_capacity(snake.len());
    for (position, word) in snake.split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if position > 0 => text.extend(first.to_uppercase().chain(letters)),
            _ => text.push_str(word),
        }
    }
    text
}

/// The result of a change of the configuration, or the mistakes that prevented it.
pub(super) type Outcome<T> = Result<T, (Vec<UserError>, Vec<Diagnostic>)>;

/// Sorts users' mistakes from faults.
pub(super) fn sorted<T>(result: Result<T, pointsman_control::Error>) -> Result<Outcome<T>, Error> {
    let mistakes = match result {
        Ok(value) => return Ok(Ok(value)),
        Err(pointsman_control::Error::Problems(problems)) => (
            problems.into_iter().map(UserError::from).collect(),
            Vec::new(),
        ),
        Err(pointsman_control::Error::Flow { diagnostics, .. }) => {
            (of_diagnostics(&diagnostics), diagnostics)
        }
        Err(pointsman_control::Error::Parent {
            parent,
            diagnostics,
        }) => {
            let errors = of_diagnostics(&diagnostics).into_iter();
            let errors = errors.map(|error| UserError {
                message: format!("flow `{parent}` follows this one: {}", error.message),
                ..error
            });
            (errors.collect(), diagnostics)
        }
        Err(pointsman_control::Error::Conflict { what }) => {
            let message = format!("{what} was changed by another request");
            (
                vec![UserError::new(
                    "conflict",
                    "",
                    message,
                    "read it again and retry",
                )],
                Vec::new(),
            )
        }
        Err(pointsman_control::Error::NotFound { what }) => {
            let message = format!("there is no {what}");
            (
                vec![UserError::new(
                    "not_found",
                    "",
                    message,
                    "check the spelling",
                )],
                Vec::new(),
            )
        }
        fault @ Err(_) => return fault.or_fault().map(Ok),
    };
    Ok(Err(mistakes))
}

/// Sorts users' mistakes about a job from faults.
pub(super) fn sorted_job<T>(result: Result<T, JobError>) -> Result<Outcome<T>, Error> {
    sorted(match result {
        Ok(value) => Ok(value),
        Err(JobError::Problems(problems)) => Err(pointsman_control::Error::Problems(problems)),
        Err(JobError::NotFound { what }) => Err(pointsman_control::Error::NotFound { what }),
        fault @ Err(_) => return fault.or_fault().map(Ok),
    })
}

/// The findings that keep a flow from running.
pub(super) fn of_diagnostics(diagnostics: &[Diagnostic]) -> Vec<UserError> {
    let errors = diagnostics
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| {
            let place = &finding.place;
            let mut path = vec!["flow".to_owned()];
            path.extend(
                place
                    .node
                    .iter()
                    .flat_map(|node| ["nodes".to_owned(), node.clone()]),
            );
            path.extend(
                place
                    .destination
                    .iter()
                    .flat_map(|name| ["destinations".to_owned(), name.clone()]),
            );
            path.extend(place.part.clone());
            UserError {
                path,
                code: finding.code.to_owned(),
                message: finding.message.clone(),
                hint: finding.hint.clone(),
            }
        })
        .collect()
}

/// What is stopped, or has to wait.
fn of_stopped(refused: &Refused) -> UserError {
    let message = refused.to_string();
    match refused {
        Refused::FlowStopped(_) => {
            let hint = "whoever operates it starts it again with `setFlowStopped`";
            UserError::new("flow_stopped", "flow", message, hint)
        }
        Refused::TooFast { wait, .. } => {
            let hint = format!("retry in {} seconds", wait.as_secs() + 1);
            UserError::new("too_many_leads", "source", message, &hint)
        }
        _ => {
            let hint = "whoever configures it sets `active` to true";
            UserError::new("source_inactive", "source", message, hint)
        }
    }
}

/// Why a lead was not taken, if that is its source's mistake.
pub(super) fn of_refused(refused: Refused) -> Result<Vec<UserError>, Error> {
    Ok(match refused {
        Refused::Problems(problems) => problems.into_iter().map(UserError::from).collect(),
        Refused::UnknownFlow(flow) => {
            let message = format!("there is no live flow `{flow}`");
            let hint = "publish the flow and move its stage `live`, or check the spelling";
            vec![UserError::new("unknown_flow", "flow", message, hint)]
        }
        Refused::FlowStopped(_) | Refused::SourceStopped(_) | Refused::TooFast { .. } => {
            vec![of_stopped(&refused)]
        }
        Refused::KeyReused(key) => {
            let message = format!("idempotency key `{key}` was used for another request");
            vec![UserError::new(
                "idempotency_key_reused",
                "idempotency_key",
                message,
                "use a new key for each lead",
            )]
        }
        Refused::InProgress(key) => {
            let message =
                format!("the first request with idempotency key `{key}` is still in progress");
            vec![UserError::new(
                "in_progress",
                "idempotency_key",
                message,
                "retry in a second",
            )]
        }
        Refused::Unstorable(id) => {
            let message = format!("this cannot be stored; see finding `{id}`");
            let hint = "an administrator finds it in the query `refusedCommands`";
            vec![UserError::new("unstorable", "input", message, hint)]
        }
        Refused::Busy => {
            return Err(fault::new(
                "BUSY",
                "too many requests are waiting; retry later",
            ));
        }
        Refused::Stopping => {
            return Err(fault::new(
                fault::UNAVAILABLE,
                "this server is shutting down; retry the request",
            ));
        }
        other => {
            tracing::error!(
                error = &other as &dyn std::error::Error,
                "a request was refused"
            );
            return Err(fault::unavailable());
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_what_the_input_calls_them() {
        assert_eq!(segments("idempotency_key"), ["idempotencyKey"]);
        assert_eq!(segments("sub_id_1"), ["subId1"]);
        assert_eq!(segments("fields.home_owner"), ["fields", "home_owner"]);
        assert_eq!(segments("edits[2].weight_ppm"), ["edits", "2", "weightPpm"]);
        assert_eq!(segments(""), Vec::<String>::new());
    }
}
