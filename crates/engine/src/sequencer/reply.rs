//! What commands come to, and how leads advance by them.

use pointsman_store::{Error, ReturnRow};
use thiserror::Error;

use crate::{
    LeadOutcome, LeadState, PostbackOutcome, Refused, ReleaseOutcome, active_lead::ActiveLead,
};

/// How a lead advanced by a step.
#[derive(Debug)]
pub(crate) enum Advance {
    /// To a ping or an offer that may be made once the step is on disk.
    OnItsWay(Box<ActiveLead>),
    /// To the end of its walk.
    Ended(Box<LeadOutcome>),
    /// Not at all: this request was answered before.
    Repeated(Box<LeadOutcome>),
    /// Not at all: settings have changed since it was prepared. With their revision.
    Outdated { revision: i64 },
    /// Not here: another process has taken it over.
    TakenOver,
}

/// The reply to a command.
#[derive(Debug)]
pub(crate) enum Reply {
    /// To a new lead.
    Lead(Result<Advance, Refused>),
    /// To the result of a step.
    Step(Advance),
    /// To a postback.
    Postback(Result<PostbackOutcome, Refused>),
    /// To a release.
    Released(Result<(ReleaseOutcome, Option<Advance>), Refused>),
    /// To a return, or to what was decided about one.
    Return(Box<Result<ReturnRow, Refused>>),
    /// A lead could be stored.
    Ready,
}

impl Reply {
    /// How the walk of a lead has ended, if it did by this command.
    pub(crate) fn ended(&self) -> Option<LeadState> {
        match self {
            Self::Lead(Ok(Advance::Ended(outcome)))
            | Self::Step(Advance::Ended(outcome))
            | Self::Released(Ok((_, Some(Advance::Ended(outcome))))) => Some(outcome.status),
            Self::Lead(_)
            | Self::Step(_)
            | Self::Postback(_)
            | Self::Released(_)
            | Self::Return(_)
            | Self::Ready => None,
        }
    }
}

/// Why the result of a step is not stored.
#[derive(Debug, Error)]
pub(crate) enum NotStored {
    /// The database is away; it can be stored later.
    #[error("the database cannot take it now")]
    Yet(#[source] Error),
    /// Not even that it is unknown could be stored.
    #[error("it can never be stored")]
    Ever,
}
