//! Simulations, as they are followed.

use std::time::Duration;

use async_graphql::{Context, ID, Result};
use futures_util::Stream;
use pointsman_engine::{JobState, Jobs, Reached};
use pointsman_lead::{Id, kinds};

use super::watching::{Found, Watched, watch};
use crate::graphql::{
    asking::Asking as _,
    fault,
    fault::OrFault as _,
    types::simulation::{KIND, Simulation},
};

/// Follows a simulation to its end.
pub(super) async fn follow(
    context: &Context<'_>,
    id: &ID,
) -> Result<impl Stream<Item = Result<Simulation>> + use<>> {
    let unknown = || fault::bad_input(format!("there is no simulation `{}`", id.as_str()));
    let id = id.parse().map_err(|_| unknown())?;
    if Simulation::find(context, id).await?.is_none() {
        return Err(unknown());
    }
    let jobs = context.engine()?.jobs().clone();
    watch(
        context,
        Progress {
            id,
            jobs,
            told: None,
        },
    )
}

struct Progress {
    id: Id<kinds::Job>,
    jobs: Jobs,
    /// State, progress and number of starts that were told last.
    told: Option<(JobState, f64, i64)>,
}

impl Watched for Progress {
    type Update = Simulation;

    // Progress has no number in commit order: it is looked at.
    const LOOK_AGAIN_AFTER: Duration = Duration::ZERO;

    fn sign(_: Reached) -> i64 {
        0
    }

    async fn look(&mut self) -> Result<Found<Simulation>> {
        let job = self.jobs.find(self.id).await.or_fault()?;
        let Some(job) = job.filter(|job| job.kind == KIND) else {
            return Ok(Found::End);
        };
        let now = Some((job.state, job.progress, job.attempts));
        if self.told == now {
            return Ok(Found::Nothing);
        }
        self.told = now;
        Ok(match job.state {
            JobState::Pending | JobState::Running => Found::Update(Simulation(job)),
            JobState::Done | JobState::Failed | JobState::Cancelled => Found::Last(Simulation(job)),
        })
    }
}
