//! Leads, as they are followed.

use std::time::Duration;

use async_graphql::{Context, ID, Result};
use futures_util::Stream;
use pointsman_engine::Reached;
use pointsman_history::{History, LeadMark, LeadsSince, NewLeads as Counted};
use pointsman_lead::{Id, kinds};

use super::watching::{Found, Watched, watch};
use crate::graphql::{
    asking::Asking as _,
    fault,
    fault::OrFault as _,
    query::leads::visible,
    types::{
        lead::{Lead, LeadFilterInput, scope},
        live::NewLeads,
    },
};

/// Follows one lead that may be seen.
pub(super) async fn follow_one(
    context: &Context<'_>,
    id: &ID,
) -> Result<impl Stream<Item = Result<Lead>> + use<>> {
    let unknown = || fault::bad_input(format!("there is no lead `{}` to be seen", id.as_str()));
    scope(context)?;
    let id = id.parse().map_err(|_| unknown())?;
    if Lead::find(context, id).await?.is_none() {
        return Err(unknown());
    }
    let history = context.history()?;
    watch(
        context,
        OneLead {
            id,
            history,
            told: None,
        },
    )
}

struct OneLead {
    id: Id<kinds::Lead>,
    history: History,
    /// How it looked when it was told of last.
    told: Option<LeadMark>,
}

impl Watched for OneLead {
    type Update = Lead;

    // An erasure has no number in commit order, and neither has a retry.
    const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(2);

    fn sign(reached: Reached) -> i64 {
        reached.number
    }

    async fn look(&mut self) -> Result<Found<Lead>> {
        let mark = self.history.lead_mark(self.id).await.or_fault()?;
        if mark == self.told {
            return Ok(Found::Nothing);
        }
        self.told = mark;
        // Its source never changes, so that whoever might see it still may.
        let lead = self.history.find_lead(self.id).await.or_fault()?;
        Ok(lead.map_or(Found::End, |lead| Found::Update(Lead(lead))))
    }
}

/// Follows how many leads come in that match and may be seen.
pub(super) async fn follow_new(
    context: &Context<'_>,
    filter: Option<LeadFilterInput>,
    since: Option<String>,
) -> Result<impl Stream<Item = Result<NewLeads>> + use<>> {
    let filter = visible(context, filter)?;
    let history = context.history()?;
    let since = match since {
        None => history.position().await.or_fault()?,
        Some(position) => number(&position)?,
    };
    watch(
        context,
        NewOnes {
            counter: LeadsSince::new(&filter, since),
            since,
            history,
            told: None,
        },
    )
}

/// The number in commit order that a position names.
fn number(position: &str) -> Result<i64> {
    let number = position.parse().ok().filter(|number| *number >= 0);
    number.ok_or_else(|| {
        fault::bad_input("`since` is the `position` of a page of leads, or of an earlier answer")
    })
}

struct NewOnes {
    counter: LeadsSince,
    since: i64,
    history: History,
    told: Option<Counted>,
}

impl Watched for NewOnes {
    type Update = NewLeads;

    // Leads come by commits alone.
    const LOOK_AGAIN_AFTER: Duration = Duration::from_mins(1);

    fn sign(reached: Reached) -> i64 {
        reached.number
    }

    async fn look(&mut self) -> Result<Found<NewLeads>> {
        if self.counter.is_full() {
            return Ok(Found::Nothing);
        }
        let counted = self.counter.count(&self.history).await.or_fault()?;
        if self.told == Some(counted) {
            return Ok(Found::Nothing);
        }
        self.told = Some(counted);
        Ok(Found::Update(NewLeads::of(counted, self.since)))
    }
}
