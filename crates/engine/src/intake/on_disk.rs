//! Waiting for a new lead to be on disk, without losing it where whoever waits goes away.

use tokio::{runtime::Handle, sync::oneshot};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::{Dispatcher, Refused, sequencer::Advance};

/// The answer to a new lead, to be waited for.
///
/// Once the lead is on disk it is driven to its end, whoever waits: where this is dropped before the answer has come, a
/// task waits for it instead. Most leads need no such task.
#[derive(Debug)]
pub(super) struct OnDisk {
    /// Absent once it has come.
    advance: Option<oneshot::Receiver<Result<Advance, Refused>>>,
    dispatcher: Dispatcher,
    /// A stop waits for it as for a lead on its way.
    _counted: TaskTrackerToken,
}

impl OnDisk {
    pub(super) fn new(
        advance: oneshot::Receiver<Result<Advance, Refused>>,
        dispatcher: &Dispatcher,
    ) -> Self {
        Self {
            advance: Some(advance),
            dispatcher: dispatcher.clone(),
            _counted: dispatcher.count(),
        }
    }

    /// The answer.
    ///
    /// # Errors
    ///
    /// Those of the sequencer; [`Refused::Stopping`] if it has ended.
    pub(super) async fn wait(mut self) -> Result<Advance, Refused> {
        let Some(advance) = &mut self.advance else {
            return Err(Refused::Stopping);
        };
        let answer = advance.await;
        self.advance = None;
        answer.unwrap_or(Err(Refused::Stopping))
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        // Without a runtime the process is at its end, and the next start goes on with the lead.
        if let (Some(advance), Ok(_)) = (self.advance.take(), Handle::try_current()) {
            let dispatcher = self.dispatcher.clone();
            self.dispatcher.spawn(async move {
                if let Ok(Ok(Advance::OnItsWay(active))) = advance.await {
                    let _ = dispatcher.drive(active).await;
                }
            });
        }
    }
}
