//! Questions asked of the past.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        scalars::SimulationScenario,
        types::simulation::{KIND, Simulation},
        user_error::{UserError, sorted_job},
    },
};

/// What a simulation is to find out.
#[derive(Debug, InputObject)]
pub(crate) struct StartSimulationInput {
    /// The scenario.
    scenario: SimulationScenario,
}

/// The simulation that waits for its turn now, or what keeps it from starting.
#[derive(SimpleObject)]
pub(crate) struct StartSimulationPayload {
    /// The simulation; absent when `userErrors` is not empty.
    simulation: Option<Simulation>,
    /// Everything that keeps it from starting, all at once.
    user_errors: Vec<UserError>,
}

/// A simulation whose result nobody wants any more.
#[derive(Debug, InputObject)]
pub(crate) struct CancelSimulationInput {
    /// Its id.
    id: ID,
}

/// The simulation that was stopped, or what keeps it from being stopped.
#[derive(SimpleObject)]
pub(crate) struct CancelSimulationPayload {
    /// The simulation; absent when `userErrors` is not empty.
    simulation: Option<Simulation>,
    /// Everything that keeps it from being stopped, all at once.
    user_errors: Vec<UserError>,
}

/// Questions asked of the past.
#[derive(Debug, Default)]
pub(crate) struct SimulationMutation;

#[Object]
impl SimulationMutation {
    /// Puts a simulation into the queue. Ask for it by its id to see how far it has come.
    async fn start_simulation(
        &self,
        context: &Context<'_>,
        input: StartSimulationInput,
    ) -> Result<StartSimulationPayload> {
        context.require(Right::Read)?;
        let started = context.engine()?.enqueue_job(KIND, input.scenario.0).await;
        Ok(match sorted_job(started)? {
            Ok(id) => StartSimulationPayload {
                simulation: Simulation::find(context, &id).await?,
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => StartSimulationPayload {
                simulation: None,
                user_errors,
            },
        })
    }

    /// Stops a simulation that waits or runs. One that has ended stays as it is.
    async fn cancel_simulation(
        &self,
        context: &Context<'_>,
        input: CancelSimulationInput,
    ) -> Result<CancelSimulationPayload> {
        context.require(Right::Read)?;
        let cancelled = context.engine()?.cancel_job(&input.id).await;
        Ok(match sorted_job(cancelled)? {
            Ok(_) => CancelSimulationPayload {
                simulation: Simulation::find(context, &input.id).await?,
                user_errors: Vec::new(),
            },
            Err((user_errors, _)) => CancelSimulationPayload {
                simulation: None,
                user_errors,
            },
        })
    }
}
