//! The sources: leads in, each at its time.

use std::sync::Arc;

use anyhow::Context as _;
use pointsman_service::Clock;
use pointsman_testkit::GeneratedLead;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{caller::Caller, pace, progress::Progress};

/// Most leads on their way at once.
const CONNECTIONS: usize = 32;

/// Sends all leads in order, each once the clock shows its time, or as fast as they go through if
/// the clock is ahead.
///
/// # Errors
///
/// The first lead that fails twice.
pub(super) async fn send(
    leads: &[GeneratedLead],
    caller: &Caller,
    clock: Clock,
    progress: &Arc<Progress>,
) -> anyhow::Result<()> {
    let turns = Arc::new(Semaphore::new(CONNECTIONS));
    let mut calls = JoinSet::new();
    for lead in leads {
        pace::until(clock, lead.at).await;
        let turn = Arc::clone(&turns)
            .acquire_owned()
            .await
            .context("the sources have stopped")?;
        while let Some(call) = calls.try_join_next() {
            call??;
        }
        let (lead, caller, progress) = (lead.clone(), caller.clone(), Arc::clone(progress));
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
