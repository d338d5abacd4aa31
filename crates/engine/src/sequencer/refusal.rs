//! What is done about a command that can never be stored: it alone is refused, and people can see it.

use std::sync::Arc;

use pointsman_lead::{Timestamp, kinds};
use pointsman_store::{Error, RefusedCommandRow};
use tokio_util::sync::CancellationToken;

use super::{Command, NotStored, Sequencer};
use crate::{Refused, ident, step_result::StepResult};

/// The reason of an offer whose answer cannot be stored.
const REASON: &str = "the answer cannot be stored";

/// Why a transaction failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The database is away, full or busy.
    Passing(Error),
    /// What was asked for cannot be stored: why.
    Own(String),
    /// What others have committed cannot be read.
    Fatal(Error),
}

impl Fault {
    pub(super) fn panicked() -> Self {
        Self::Own("it made the sequencer panic; the log says more".to_owned())
    }

    /// What others have committed could not be read: no command is to blame.
    pub(super) fn of_the_log(error: Error) -> Self {
        match error {
            Error::Corrupt { .. } => Self::Fatal(error),
            error => Self::Passing(error),
        }
    }

    /// Whether the same may succeed at once, on another connection.
    pub(super) fn may_pass_soon(&self) -> bool {
        matches!(self, Self::Passing(Error::Unavailable { .. }))
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            error if error.is_passing() => Self::Passing(error),
            Error::Database {
                code: Some(code), ..
            } if !is_ours(&code) => Self::Own(format!("the database refused it with code {code}")),
            Error::Database { .. } | Error::ReadOnly => Self::Passing(error),
            // Its message names no value of the row.
            error => Self::Own(error.to_string()),
        }
    }
}

/// Whether a statement failed for what it is and not for its values: a table or a right is missing.
/// Nobody who sent something is to blame for that, and it passes when somebody mends it.
fn is_ours(code: &str) -> bool {
    const SQLITE_ERROR: &str = "1";
    const SQLITE_AUTH: &str = "23";
    let postgres_class = code.get(..2).filter(|_| code.len() == 5);
    matches!(postgres_class, Some("42" | "0A")) || [SQLITE_ERROR, SQLITE_AUTH].contains(&code)
}

impl Sequencer {
    /// Refuses a command for good that fails when it is alone. An offer whose answer cannot be stored
    /// ends as one whose answer is unknown.
    pub(super) async fn refuse(
        &mut self,
        commands: Vec<Command>,
        reason: &str,
        closing: &CancellationToken,
    ) -> Result<(), Error> {
        for command in commands {
            let row = row(&command, reason, self.clock.now());
            tracing::error!(
                id = row.id,
                kind = row.kind,
                subject = row.subject,
                sender = row.sender,
                reason,
                "a command can never be stored"
            );
            self.note(row.clone()).await;
            let refused = || Refused::Unstorable(row.id.clone());
            match command {
                Command::Accept { reply, .. } => drop(reply.send(Err(refused()))),
                Command::Postback { reply, .. } => drop(reply.send(Err(refused()))),
                Command::Release { reply, .. } => drop(reply.send(Err(refused()))),
                Command::Return { reply, .. } => drop(reply.send(Err(refused()))),
                Command::Probe { reply } => drop(reply.send(Err(refused()))),
                Command::SnapshotLedger { reply } => drop(reply),
                Command::Settle { active, reply, .. } => {
                    let instead = Command::Settle {
                        result: Arc::new(StepResult::unknown(&active, REASON)),
                        active,
                        reply,
                    };
                    self.settle_instead(instead, closing).await?;
                }
            }
        }
        Ok(())
    }

    async fn settle_instead(
        &mut self,
        command: Command,
        closing: &CancellationToken,
    ) -> Result<(), Error> {
        let commands = vec![command];
        match self.try_often(&commands, closing).await {
            Ok(written) => self.answer(commands, written),
            Err(Fault::Fatal(error)) => return Err(error),
            Err(Fault::Passing(error)) => {
                // The whole answer comes again, and is refused again.
                let error = error.into();
                for command in commands {
                    command.put_off(&error);
                }
            }
            Err(Fault::Own(reason)) => {
                tracing::error!(reason, "not even an unknown answer can be stored");
                for command in commands {
                    if let Command::Settle { reply, .. } = command {
                        let _ = reply.send(Err(NotStored::Ever));
                    }
                }
            }
        }
        Ok(())
    }

    /// Keeps what was refused where people look for it.
    async fn note(&self, row: RefusedCommandRow) {
        let stored = self
            .store
            .note(|tx| Box::pin(async move { tx.insert_refused_command(row).await }));
        if let Err(error) = stored.await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "what was refused is in the log alone"
            );
        }
    }
}

fn row(command: &Command, reason: &str, at: Timestamp) -> RefusedCommandRow {
    let (kind, subject, sender) = match command {
        Command::Accept { active, .. } => {
            ("lead", active.lead_id.to_string(), Some(&*active.source))
        }
        Command::Settle { active, result, .. } => {
            let asked = active.current.as_ref();
            match &**result {
                StepResult::Offer(_) | StepResult::Later(..) | StepResult::Again => (
                    "answer",
                    active.lead_id.to_string(),
                    asked.map(|current| &*current.destination.name),
                ),
                StepResult::Bids(_) => ("bids", active.lead_id.to_string(), None),
            }
        }
        Command::Postback { postback, .. } => {
            let (click, sender) = postback.subject();
            ("postback", click, sender)
        }
        Command::Release { release, .. } => (
            "release",
            release.click.delivery_id.to_string(),
            release.by_whom.as_deref(),
        ),
        Command::Return { prepared, .. } => (
            "return",
            prepared.click().delivery_id.to_string(),
            Some(prepared.by()),
        ),
        Command::SnapshotLedger { .. } | Command::Probe { .. } => ("probe", String::new(), None),
    };
    RefusedCommandRow {
        id: ident::id::<kinds::RefusedCommand>(at).to_string(),
        kind: kind.to_owned(),
        subject: plain(&subject),
        sender: sender.map(plain),
        reason: plain(reason),
        at: at.0,
    }
}

/// Without what a database might refuse, and not too long.
fn plain(text: &str) -> String {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().take(200).map(shown).collect()
}
