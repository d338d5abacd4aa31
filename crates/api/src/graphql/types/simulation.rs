//! Simulations, which run as jobs.

use async_graphql::{Context, Enum, ID, Object, Result};
use pointsman_engine::{Job, JobState};
use pointsman_lead::{Id, kinds};

use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    scalars::{SimulationReport, SimulationScenario, Timestamp},
};

mod sweep;

use sweep::SimulationSweep;

/// The kind of job that simulations are.
pub(in crate::graphql) const KIND: &str = "simulate";

/// State of a simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "JobState")]
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
pub(in crate::graphql) struct Simulation(pub(in crate::graphql) Job);

impl Simulation {
    /// A simulation, if there is one of this id.
    pub(in crate::graphql) async fn find(
        context: &Context<'_>,
        id: Id<kinds::Job>,
    ) -> Result<Option<Self>> {
        let job = context.engine()?.jobs().find(id).await.or_fault()?;
        Ok(job.filter(|job| job.kind == KIND).map(Self))
    }
}

/// A simulation: a replay of past leads under another flow.
#[Object]
impl Simulation {
    /// Globally unique id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
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
        Ok(SimulationScenario(self.0.params().or_fault()?))
    }

    /// The report; null until it is done.
    async fn report(&self) -> Result<Option<SimulationReport>> {
        Ok(self.0.result().or_fault()?.map(SimulationReport))
    }

    /// Money against one number of the candidate; null until it is done, and where no sweep was asked for.
    async fn sweep(&self) -> Result<Option<SimulationSweep>> {
        let report = self.0.result().or_fault()?.unwrap_or_default();
        Ok(SimulationSweep::of(&report))
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
        self.0.created_at.into()
    }

    /// Time of the last change.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
    }
}
