//! Starting and cancelling simulations.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use pointsman_engine::JobError;

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        scalars::SimulationScenario,
        types::simulation::{KIND, Simulation},
        user_error::{UserError, sorted_job},
    },
};

/// A simulation to start.
#[derive(Debug, InputObject)]
pub(crate) struct StartSimulationInput {
    /// The scenario.
    scenario: SimulationScenario,
}

/// The queued simulation, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct StartSimulationPayload {
    /// The simulation; null when `userErrors` is not empty.
    simulation: Option<Simulation>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// A simulation to cancel.
#[derive(Debug, InputObject)]
pub(crate) struct CancelSimulationInput {
    /// Id.
    id: ID,
}

/// The cancelled simulation, or the errors of the input.
#[derive(SimpleObject)]
pub(crate) struct CancelSimulationPayload {
    /// The simulation; null when `userErrors` is not empty.
    simulation: Option<Simulation>,
    /// All errors of the input.
    user_errors: Vec<UserError>,
}

/// Questions asked of the past.
#[derive(Debug, Default)]
pub(crate) struct SimulationMutation;

#[Object]
impl SimulationMutation {
    /// Queues a simulation. Query it by id for its progress.
    async fn start_simulation(
        &self,
        context: &Context<'_>,
        input: StartSimulationInput,
    ) -> Result<StartSimulationPayload> {
        context.require(Right::Read)?;
        let started = context
            .engine()?
            .jobs()
            .enqueue(KIND, input.scenario.0)
            .await;
        Ok(match sorted_job(started)? {
            Ok(id) => StartSimulationPayload {
                simulation: Simulation::find(context, id).await?,
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => StartSimulationPayload {
                simulation: None,
                user_errors,
            },
        })
    }

    /// Cancels a queued or running simulation. A finished simulation stays as it is.
    async fn cancel_simulation(
        &self,
        context: &Context<'_>,
        input: CancelSimulationInput,
    ) -> Result<CancelSimulationPayload> {
        context.require(Right::Read)?;
        let jobs = context.engine()?.jobs();
        let cancelled = match input.id.parse() {
            Ok(id) => jobs.cancel(id).await.map(|_| id),
            Err(_) => Err(JobError::NotFound {
                what: format!("job `{}`", *input.id),
            }),
        };
        Ok(match sorted_job(cancelled)? {
            Ok(id) => CancelSimulationPayload {
                simulation: Simulation::find(context, id).await?,
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => CancelSimulationPayload {
                simulation: None,
                user_errors,
            },
        })
    }
}
