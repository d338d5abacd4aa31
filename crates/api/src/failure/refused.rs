//! Why a request was refused, as an HTTP answer.

use std::time::Duration;

use axum::http::StatusCode;
use pointsman_engine::Refused;
use pointsman_lead::Problem;

use super::Failure;

/// When to try a flow again that is stopped, in seconds.
const STOPPED_SECONDS: u16 = 60;

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Problems(problems) => Self::problems(problems),
            Refused::UnknownFlow(flow) => {
                let detail = format!("there is no live flow `{flow}`");
                let problem = Problem::new("unknown_flow", "flow", detail.clone())
                    .hint("publish the flow and move its stage `live`, or check the spelling");
                let failure = Self::new(
                    StatusCode::NOT_FOUND,
                    "unknown_flow",
                    "Unknown flow",
                    detail,
                );
                Self {
                    problems: vec![problem],
                    ..failure
                }
            }
            Refused::FlowStopped(flow) => Self::flow_stopped(&flow),
            Refused::SourceStopped(source) => Self::source_stopped(&source),
            Refused::TooFast {
                name,
                per_minute,
                wait,
            } => Self::too_fast(&name, per_minute, wait),
            Refused::KeyReused(key) => {
                let detail = format!("idempotency key `{key}` was used for another request");
                let problem =
                    Problem::new("idempotency_key_reused", "idempotency_key", detail.clone())
                        .hint("use a new key for each lead");
                let (status, title) = (StatusCode::UNPROCESSABLE_ENTITY, "Idempotency key reused");
                let failure = Self::new(status, "idempotency_key_reused", title, detail);
                Self {
                    problems: vec![problem],
                    ..failure
                }
            }
            Refused::InProgress(key) => {
                let detail =
                    format!("the first request with idempotency key `{key}` is still in progress");
                let (status, title) = (StatusCode::CONFLICT, "Still in progress");
                Self::new(status, "in_progress", title, detail).retry_after(1)
            }
            Refused::Busy => Self::busy(),
            Refused::Unstorable(id) => {
                let detail = format!("this cannot be stored; see finding `{id}`");
                let (status, title) = (StatusCode::UNPROCESSABLE_ENTITY, "Cannot be stored");
                Self::new(status, "unstorable", title, detail).at(
                    "",
                    "an administrator finds it in the query `refusedCommands`",
                )
            }
            Refused::Stopping => Self::stopping(),
            Refused::Unavailable(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the database failed"
                );
                Self::unavailable()
            }
            other => {
                tracing::error!(error = &other as &dyn std::error::Error, "refused");
                Self::internal()
            }
        }
    }
}

impl From<pointsman_control::Error> for Failure {
    fn from(error: pointsman_control::Error) -> Self {
        match error {
            pointsman_control::Error::Problems(problems) => Self::problems(problems),
            pointsman_control::Error::Flow { flow, diagnostics } => {
                let detail = format!("flow `{flow}` has errors");
                let (status, title) = (StatusCode::UNPROCESSABLE_ENTITY, "The flow has errors");
                Self {
                    diagnostics,
                    ..Self::new(status, "flow_refused", title, detail)
                }
            }
            pointsman_control::Error::Conflict { what } => {
                let detail =
                    format!("{what} was changed by another request; read it again and retry");
                Self::new(StatusCode::CONFLICT, "conflict", "Conflict", detail)
            }
            pointsman_control::Error::NotFound { what } => {
                Self::not_found(format!("there is no {what}"))
            }
            pointsman_control::Error::Stopping => Self::stopping(),
            other => Self::of_stored(&other, other.is_unavailable()),
        }
    }
}

impl From<pointsman_history::Error> for Failure {
    fn from(error: pointsman_history::Error) -> Self {
        Self::of_stored(&error, error.is_unavailable())
    }
}

impl Failure {
    fn flow_stopped(flow: &str) -> Self {
        let detail = format!("flow `{flow}` is stopped, and takes no leads for now");
        let (status, title) = (StatusCode::SERVICE_UNAVAILABLE, "Flow stopped");
        Self::new(status, "flow_stopped", title, detail)
            .at("flow", "send the lead again later")
            .retry_after(STOPPED_SECONDS)
    }

    fn too_fast(source: &str, per_minute: u32, wait: Duration) -> Self {
        let detail = format!("source `{source}` may send {per_minute} leads a minute");
        let (status, title) = (StatusCode::TOO_MANY_REQUESTS, "Too many leads");
        // Rounded up: whoever comes back then is taken.
        let seconds = u16::try_from(wait.as_micros().div_ceil(1_000_000)).unwrap_or(60);
        Self::new(status, "too_many_leads", title, detail)
            .at(
                "source",
                "wait as long as `Retry-After` says, and send the same lead again",
            )
            .retry_after(seconds.max(1))
    }

    /// What an error of a lower layer is shown as; the error is logged.
    fn of_stored(error: &(dyn std::error::Error + 'static), is_unavailable: bool) -> Self {
        tracing::error!(error, "a request failed");
        if is_unavailable {
            Self::unavailable()
        } else {
            Self::internal()
        }
    }
}
