//! What the sequencer is asked to do, and the reply to it, after the commit or instead of it.

use std::sync::Arc;

use pointsman_ledger::Ledger;
use pointsman_store::{Error, ReturnRow};
use tokio::sync::oneshot;

use super::reply::{Advance, NotStored, Reply};
use crate::{
    PostbackOutcome, Refused, ReleaseOutcome, active_lead::ActiveLead, lead_return::PreparedReturn,
    postback::PreparedPostback, release::PreparedRelease, step_result::StepResult,
};

/// What the sequencer is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// Decide and store a new lead.
    Accept {
        active: Box<ActiveLead>,
        reply: oneshot::Sender<Result<Advance, Refused>>,
    },
    /// Store the answer to an offer or the bids of an auction, and take the next step.
    Settle {
        active: Arc<ActiveLead>,
        result: Arc<StepResult>,
        reply: oneshot::Sender<Result<Advance, NotStored>>,
    },
    /// Store what a destination reports.
    Postback {
        postback: PreparedPostback,
        reply: oneshot::Sender<Result<PostbackOutcome, Refused>>,
    },
    /// Store what became of an offer whose answer was unknown.
    Release {
        release: Box<PreparedRelease>,
        reply: oneshot::Sender<Result<(ReleaseOutcome, Option<Advance>), Refused>>,
    },
    /// Store a return, or what is decided about one.
    Return {
        prepared: Box<PreparedReturn>,
        reply: oneshot::Sender<Result<ReturnRow, Refused>>,
    },
    /// Show caps, breakers and turns as they are; nothing is written.
    SnapshotLedger { reply: oneshot::Sender<Ledger> },
    /// Find out whether a lead could be stored.
    Probe {
        reply: oneshot::Sender<Result<(), Refused>>,
    },
}

impl Command {
    /// Sends the reply. Whoever has gone away misses it; what was asked for is done all the same.
    pub(super) fn answer(self, given: Reply) {
        match (self, given) {
            (Self::Accept { reply, .. }, Reply::Lead(answer)) => drop(reply.send(answer)),
            (Self::Settle { reply, .. }, Reply::Step(advance)) => drop(reply.send(Ok(advance))),
            (Self::Postback { reply, .. }, Reply::Postback(answer)) => drop(reply.send(answer)),
            (Self::Release { reply, .. }, Reply::Released(answer)) => drop(reply.send(answer)),
            (Self::Return { reply, .. }, Reply::Return(answer)) => drop(reply.send(*answer)),
            (Self::Probe { reply }, _) => drop(reply.send(Ok(()))),
            // Each command is answered by its own kind; dropping the reply says that there is none.
            _ => {}
        }
    }

    /// Replies that nothing was stored, and that it may be tried again.
    pub(super) fn put_off(self, error: &Arc<Error>) {
        let unavailable = || Error::Unavailable {
            source: Arc::clone(error).into(),
        };
        match self {
            Self::Accept { reply, .. } => {
                drop(reply.send(Err(Refused::Unavailable(unavailable()))));
            }
            Self::Settle { reply, .. } => drop(reply.send(Err(NotStored::Yet(unavailable())))),
            Self::Postback { reply, .. } => {
                drop(reply.send(Err(Refused::Unavailable(unavailable()))));
            }
            Self::Release { reply, .. } => {
                drop(reply.send(Err(Refused::Unavailable(unavailable()))));
            }
            Self::Return { reply, .. } => {
                drop(reply.send(Err(Refused::Unavailable(unavailable()))));
            }
            Self::Probe { reply } => drop(reply.send(Err(Refused::Unavailable(unavailable())))),
            // Who asks for the ledger is not kept waiting by a database; here there is nothing to show.
            Self::SnapshotLedger { reply } => drop(reply),
        }
    }
}
