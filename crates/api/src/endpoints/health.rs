//! Whether the process lives, and whether it can take leads.

use axum::extract::State;
use pointsman_engine::Refused;

use crate::{ApiState, failure::Failure};

/// Answers as long as the process lives and nothing in it has broken off for good.
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
            // Told once, by the writer; this is asked every second.
            _ => Failure::unavailable(),
        })?;
    Ok("ready\n")
}
