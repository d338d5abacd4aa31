//! Rollouts as others read them.

use pointsman_experiment::GateVerdict;
use pointsman_history::{Page, Place};

use pointsman_store::{RolloutRow, RolloutState as StoredState};
use serde_json::{Value, json};

use super::{Rollout, RolloutChange, RolloutEvidence};
use crate::{Control, Error};

/// What a rollout says, as it is kept with changes of settings.
pub(super) fn rollout_said(row: &RolloutRow) -> Value {
    let state = match row.state {
        StoredState::Running => "running",
        StoredState::Paused => "paused",
        StoredState::Live => "live",
        StoredState::RolledBack => "rolled_back",
    };
    let plan: Value = serde_json::from_str(&row.plan_body).unwrap_or_default();
    json!({
        "flow": row.flow, "version": row.candidate_hash, "state": state, "step": row.step, "plan": plan,
    })
}

impl Control {
    /// A rollout by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn find_rollout(&self, name: &str) -> Result<Option<Rollout>, Error> {
        let row = self.inner.store.read().find_rollout(name).await?;
        row.map(Rollout::of).transpose()
    }

    /// Rollouts, the newest first.
    ///
    /// * `flow`: of this flow alone.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn rollouts(
        &self,
        flow: Option<&str>,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<Rollout>, Error> {
        let after = after.map(Place::cursor);
        let page = self.inner.store.read().rollouts(flow, after, limit).await?;
        Page::of(page, Rollout::of)
    }

    /// What was changed of a rollout, the first change first.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn rollout_changes(&self, name: &str) -> Result<Vec<RolloutChange>, Error> {
        let rows = self.inner.store.read().rollout_changes(name).await?;
        rows.into_iter().map(RolloutChange::of).collect()
    }

    /// What is known of a rollout at its step, and what follows from that at its gate; `None` if it has ended.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn rollout_gate(
        &self,
        name: &str,
    ) -> Result<Option<(RolloutEvidence, GateVerdict)>, Error> {
        let row = self.inner.store.read().find_rollout(name).await?;
        let Some(row) = row.filter(|row| row.ended_at.is_none()) else {
            return Ok(None);
        };
        let look = self.look(&row).await?;
        Ok(Some((look.evidence, look.verdict)))
    }
}
