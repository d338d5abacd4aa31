//! Simulations: questions asked of the past, answered by jobs.

use async_graphql::{Context, Enum, ID, Object, Result};
use pointsman_store::{JobRow, JobState as Stored};

use crate::graphql::{
    asking::Asking as _,
    fault::OrFault as _,
    scalars::{SimulationReport, SimulationScenario, Timestamp},
};

/// The kind of job that simulations are.
pub(in crate::graphql) const KIND: &str = "simulate";

/// How far a simulation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Stored")]
pub(in crate::graphql) enum SimulationState {
    /// It waits for its turn.
    Pending,
    /// It runs.
    Running,
    /// It has a report.
    Done,
    /// It has an error.
    Failed,
    /// Somebody stopped it.
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

/// A question asked of the past: what a flow would have done with the leads of a log.
#[Object]
impl Simulation {
    /// Names it among everything.
    pub(in crate::graphql) async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    /// How far it has come.
    async fn state(&self) -> SimulationState {
        self.0.state.into()
    }

    /// How much is done, from 0 to 1.
    async fn progress(&self) -> f64 {
        self.0.progress
    }

    /// What was asked.
    async fn scenario(&self) -> Result<SimulationScenario> {
        Ok(SimulationScenario(
            serde_json::from_str(&self.0.params_body).or_fault()?,
        ))
    }

    /// What was found; absent before.
    async fn report(&self) -> Result<Option<SimulationReport>> {
        let body = self.0.result_body.as_deref();
        Ok(body
            .map(serde_json::from_str)
            .transpose()
            .or_fault()?
            .map(SimulationReport))
    }

    /// Why it failed, if it did.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// How often it was begun. One that ends the process twice is given up.
    async fn attempts(&self) -> i64 {
        self.0.attempts
    }

    /// When it was asked.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> Timestamp {
        Timestamp(self.0.updated_at)
    }
}
