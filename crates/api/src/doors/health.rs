//! Whether the process lives, and whether it can take leads.

use axum::extract::State;

use crate::{Doors, failure::Failure};

/// Answers as long as the process does.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// Answers with 503 while no lead could be stored.
pub(crate) async fn ready(State(doors): State<Doors>) -> Result<&'static str, Failure> {
    if doors.platform.is_stopping() {
        return Err(Failure::stopping());
    }
    doors.platform.store().read().latest_epoch().await?;
    Ok("ready\n")
}
