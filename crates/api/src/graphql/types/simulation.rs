//! Simulations, which run as jobs.

use async_graphql::{Context, Enum, ID, Object, Result};
use pointsman_store::{JobRow, JobState as Stored};

use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    scalars::{SimulationReport, SimulationScenario, Timestamp},
};

/// The kind of job that simulations are.
pub(in crate::graphql) const KIND: &str = "simulate";

/// State of a simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Stored")]
pub(in crate::graphql) enum SimulationState {
    /// Queued.
    Pending,
    /// Running.
    Running,
    /// Finished with a report.
    Done,
    /// Failed with an error.
    Failed,
    /// Cancelled by a user.
    Cancelled,
}

/// A question asked of the past.
pub(in crate::graphql) struct Simulation(pub(in crate::graphql) JobRow);

impl Simulation {
    /// A simulation, if there is one of this id.
    pub(in crate::graphql) async fn find(context: &Context<'_>, id: &str) -> Result<Option<Self>> {
        let row = context.read()?.find_job(id).await.or_fault()?;
        Ok(row.filter(|row| row.kind == KIND).map(Self))
    }
}

/// A simulation: a replay of past leads under another flow.
#[Object]
impl Simulation {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    /// Current status.
    async fn state(&self) -> SimulationState {
        self.0.state.into()
    }

    /// Progress from 0 to 1.
    async fn progress(&self) -> f64 {
        self.0.progress
    }

    /// The scenario.
    async fn scenario(&self) -> Result<SimulationScenario> {
        Ok(SimulationScenario(
            serde_json::from_str(&self.0.params_body).or_fault()?,
        ))
    }

    /// The report; null until it is done.
    async fn report(&self) -> Result<Option<SimulationReport>> {
        let body = self.0.result_body.as_deref();
        Ok(body
            .map(serde_json::from_str)
            .transpose()
            .or_fault()?
            .map(SimulationReport))
    }

    /// Error message of a failed simulation.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// Number of starts. A simulation during which the server ended twice is not started again, and fails.
    async fn attempts(&self) -> i64 {
        self.0.attempts
    }

    /// Time of creation.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// Time of the last change.
    async fn updated_at(&self) -> Timestamp {
        Timestamp(self.0.updated_at)
    }
}
