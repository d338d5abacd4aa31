//! The replies to commands, after the commit or instead of it.

use std::sync::Arc;

use pointsman_store::Error;
use thiserror::Error;

use crate::{
    PostbackOutcome, Refused,
    sequencer::{Advance, Command},
};

/// The reply to a command.
#[derive(Debug)]
pub(crate) enum Reply {
    /// To a new lead.
    Lead(Result<Advance, Refused>),
    /// To the result of a step.
    Step(Advance),
    /// To a postback.
    Postback(Result<PostbackOutcome, Refused>),
    /// A lead could be stored.
    Ready,
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

impl Command {
    /// Sends the reply. Whoever has gone away misses it; what was asked for is done all the same.
    pub(super) fn answer(self, given: Reply) {
        match (self, given) {
            (Self::Accept { reply, .. }, Reply::Lead(answer)) => drop(reply.send(answer)),
            (Self::Settle { reply, .. }, Reply::Step(advance)) => drop(reply.send(Ok(advance))),
            (Self::Postback { reply, .. }, Reply::Postback(answer)) => drop(reply.send(answer)),
            (Self::Probe { reply }, _) => drop(reply.send(Ok(()))),
            // Each command is answered by its own kind; dropping the reply says that there is none.
            _ => {}
        }
    }

    /// Tells that nothing was stored, and that it may be tried again.
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
            Self::Probe { reply } => drop(reply.send(Err(Refused::Unavailable(unavailable())))),
            // Who only looks is not kept waiting by a database; here there is nothing to show.
            Self::SnapshotLedger { reply } => drop(reply),
        }
    }
}
