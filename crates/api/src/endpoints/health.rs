//! Liveness and readiness.

use axum::extract::State;
use pointsman_engine::Refused;

use crate::{ApiState, failure::Failure};

/// Answers with 200 as long as no task has failed for good.
pub(crate) async fn live(State(state): State<ApiState>) -> Result<&'static str, Failure> {
    match state.engine.broken() {
        Some(_) => Err(Failure::internal()),
        None => Ok("ok\n"),
    }
}

/// Answers with 503 while no lead could be stored: the writer is asked, and it asks the database.
pub(crate) async fn ready(State(state): State<ApiState>) -> Result<&'static str, Failure> {
    state
        .engine
        .ready()
        .await
        .map_err(|refused| match refused {
            Refused::Stopping => Failure::stopping(),
            Refused::Busy => Failure::busy(),
            // The writer logs the cause; this endpoint is polled.
            _ => Failure::unavailable(),
        })?;
    Ok("ready\n")
}
