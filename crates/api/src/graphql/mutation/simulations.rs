//! Starting and cancelling simulations.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use pointsman_engine::JobError;
use pointsman_lead::Problem;
use serde_json::{Value, json};

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
    /// One number of the candidate, and the values that it takes one after the other. Errors in it are at `sweep`.
    sweep: Option<SimulationSweepInput>,
}

/// Which number of the candidate takes which values, evenly spaced.
#[derive(Debug, InputObject)]
pub(crate) struct SimulationSweepInput {
    /// Node and number in it: `graded.if`, `both.if#2` for the second number of a predicate, `market.reserve`,
    /// `either.arms[0].weight_ppm`, `grid.rows[2].cells[0].from`.
    parameter: String,
    /// Smallest value, as it would stand in the flow: plain digits such as `40` or `12.50`.
    from: String,
    /// Largest value.
    to: String,
    /// Number of values, 2 to 101; each costs as much as a replay. Values that round to the same number count once.
    #[graphql(default = 21)]
    points: i64,
}

impl StartSimulationInput {
    /// The parameters of the job, or the errors that keep it from being asked.
    fn params(self) -> Result<Value, Vec<UserError>> {
        let Self { scenario, sweep } = self;
        let mut params = scenario.0;
        let Some(sweep) = sweep else {
            return Ok(params);
        };
        let SimulationSweepInput {
            parameter,
            from,
            to,
            points,
        } = sweep;
        // What is no object is refused with the scenario.
        if let Value::Object(members) = &mut params {
            if members.contains_key("sweep") {
                let message = "the scenario has a sweep already";
                let problem = Problem::new("sweep_twice", "scenario.sweep", message);
                return Err(vec![problem.hint("leave out one of them").into()]);
            }
            let sweep = json!({"parameter": parameter, "from": from, "to": to, "points": points});
            members.insert("sweep".to_owned(), sweep);
        }
        Ok(params)
    }
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
        let params = match input.params() {
            Ok(params) => params,
            Err(user_errors) => {
                return Ok(StartSimulationPayload {
                    simulation: None,
                    user_errors,
                });
            }
        };
        let started = context.engine()?.jobs().enqueue(KIND, params).await;
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
