//! What is kept of a change of an experiment.

use pointsman_store::{ExperimentRow, ExperimentState as StoredState, ExperimentUpdate};
use serde::Serialize;
use serde_json::Value;

use crate::{
    Control, Error, SettingsChangeKind,
    changes::{ChangeRecord, said},
};

/// What an experiment says, as it is kept with its changes.
#[derive(Debug, Serialize)]
pub(super) struct ExperimentSaid {
    flow: String,
    state: &'static str,
    candidate: Option<String>,
    share_ppm: i64,
    plan: Value,
    /// The decision without the readout, which is kept with the experiment.
    #[serde(skip_serializing_if = "Option::is_none")]
    conclusion: Option<Value>,
}

impl ExperimentSaid {
    pub(super) fn by(row: &ExperimentRow) -> Self {
        let read = |body: &str| serde_json::from_str(body).unwrap_or_default();
        let conclusion = row.conclusion_body.as_deref().map(|body| {
            let mut conclusion: Value = read(body);
            if let Some(members) = conclusion.as_object_mut() {
                members.remove("readout");
            }
            conclusion
        });
        Self {
            flow: row.flow.clone(),
            state: word(row.state),
            candidate: row.candidate_hash.clone(),
            share_ppm: row.share_ppm,
            plan: read(&row.plan_body),
            conclusion,
        }
    }
}

fn word(state: StoredState) -> &'static str {
    match state {
        StoredState::Draft => "draft",
        StoredState::Running => "running",
        StoredState::Paused => "paused",
        StoredState::Concluded => "concluded",
    }
}

impl Control {
    /// What is kept of an update. It is made only of the revision that is read here.
    pub(super) async fn updated(&self, update: &ExperimentUpdate) -> Result<ChangeRecord, Error> {
        let row = self
            .inner
            .store
            .read()
            .find_experiment(&update.name)
            .await?;
        let row = row.ok_or_else(|| Error::not_found("experiment", &update.name))?;
        let kind = match update.state {
            StoredState::Concluded => SettingsChangeKind::ExperimentConcluded,
            StoredState::Draft | StoredState::Running | StoredState::Paused => {
                SettingsChangeKind::ExperimentMoved
            }
        };
        let before = said(&ExperimentSaid::by(&row));
        let after = ExperimentRow {
            state: update.state,
            plan_body: update.plan_body.clone(),
            share_ppm: update.share_ppm,
            conclusion_body: update.conclusion_body.clone(),
            ..row
        };
        Ok(ChangeRecord::new(kind, &update.name)
            .by(&update.by)
            .because(update.note.as_deref())
            .from(Some(before))
            .to(said(&ExperimentSaid::by(&after))))
    }
}
