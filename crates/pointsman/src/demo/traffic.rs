//! The sources: leads in, each at its time.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Run, pace};

/// Most leads on their way at once.
const CONNECTIONS: usize = 32;

/// Sends all leads in order, each once the clock shows its time, or as fast as they go through if
/// the clock is ahead.
///
/// # Errors
///
/// The first lead that fails twice.
pub(super) async fn send(run: &Run<'_>) -> anyhow::Result<()> {
    let clock = run.site.platform.engine.clock();
    let turns = Arc::new(Semaphore::new(CONNECTIONS));
    let mut calls = JoinSet::new();
    for lead in run.leads {
        pace::until(&clock, lead.at).await;
        let turn = Arc::clone(&turns)
            .acquire_owned()
            .await
            .context("the sources have stopped")?;
        while let Some(call) = calls.try_join_next() {
            call??;
        }
        let lead = lead.clone();
        let (caller, progress) = (run.site.caller.clone(), Arc::clone(&run.progress));
        calls.spawn(async move {
            let answer = caller.lead(&lead).await?;
            progress.lead(answer.status == "sold");
            drop(turn);
            anyhow::Ok(())
        });
    }
    while let Some(call) = calls.join_next().await {
        call??;
    }
    Ok(())
}
