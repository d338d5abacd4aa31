//! The way to the sequencer: commands are queued here, for all who have a clone.

use std::sync::Arc;

use pointsman_ledger::Ledger;
use tokio::sync::{mpsc, oneshot, watch};

use super::{Reached, command::Command, health::Health, reached::ReachedSender};
use crate::Refused;

/// The way to the sequencer.
#[derive(Debug, Clone)]
pub struct SequencerHandle {
    commands: mpsc::Sender<Command>,
    health: Arc<Health>,
    told: ReachedSender,
}

impl SequencerHandle {
    pub(super) fn new(
        commands: mpsc::Sender<Command>,
        health: Arc<Health>,
        told: ReachedSender,
    ) -> Self {
        Self {
            commands,
            health,
            told,
        }
    }

    /// How far the commit order is known, now and whenever it goes on: at once where this process commits, within a
    /// fraction of a second where another does.
    pub fn reached(&self) -> watch::Receiver<Reached> {
        self.told.follow()
    }

    /// Commands that wait.
    pub fn n_waiting(&self) -> usize {
        self.commands.max_capacity() - self.commands.capacity()
    }

    /// Queues a command if there is room.
    pub(crate) fn offer(&self, command: Command) -> Result<(), Refused> {
        self.commands
            .try_send(command)
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => Refused::Busy,
                mpsc::error::TrySendError::Closed(_) => Refused::Stopping,
            })
    }

    /// Caps, breakers and turns as they are after the last commit.
    ///
    /// # Errors
    ///
    /// [`Refused::Stopping`].
    pub async fn ledger(&self) -> Result<Ledger, Refused> {
        let (reply, ledger) = oneshot::channel();
        self.send(Command::SnapshotLedger { reply }).await?;
        ledger.await.map_err(|_| Refused::Stopping)
    }

    /// Whether a lead could be stored: whether something was lately, or can be now.
    ///
    /// # Errors
    ///
    /// [`Refused`]: the reason why not.
    pub async fn ready(&self) -> Result<(), Refused> {
        self.health
            .check(async {
                let (reply, answer) = oneshot::channel();
                self.offer(Command::Probe { reply })?;
                answer.await.map_err(|_| Refused::Stopping)?
            })
            .await
    }

    /// Queues a command, waiting for room.
    pub(crate) async fn send(&self, command: Command) -> Result<(), Refused> {
        self.commands
            .send(command)
            .await
            .map_err(|_| Refused::Stopping)
    }
}
