//! Watches over what runs as long as the service: no task ends unseen.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt as _;
use thiserror::Error;
use tokio::{sync::watch, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A task made anew this often within [`OFTEN`] will not get any better by itself.
const AGAIN_MAX: u32 = 5;
/// See [`AGAIN_MAX`].
const OFTEN: Duration = Duration::from_mins(1);
/// Real time before a task is made anew for the first time; doubled with each time after that.
const PAUSE: Duration = Duration::from_millis(100);

/// Something without which the service is of no use has ended though the service goes on. What it
/// knew is in the database: end the process and start again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the {task} broke off")]
pub struct Broken {
    /// Which task.
    pub task: &'static str,
}

/// Runs tasks and reports when one of them breaks off.
#[derive(Debug)]
pub(crate) struct Supervisor {
    tasks: TaskTracker,
    /// When the service stops, tasks may end.
    stopping: CancellationToken,
    broken: watch::Sender<Option<Broken>>,
    pause: Duration,
}

impl Supervisor {
    pub(crate) fn new(stopping: CancellationToken) -> Self {
        Self {
            tasks: TaskTracker::new(),
            stopping,
            broken: watch::Sender::new(None),
            pause: PAUSE,
        }
    }

    /// Runs a task without which the service is of no use. If it ends before the service stops, by a
    /// panic or otherwise, the service is broken.
    pub(crate) fn essential(
        &self,
        task: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let (stopping, broken) = (self.stopping.clone(), self.broken.clone());
        self.tasks.spawn(async move {
            // The hook of panics has logged it.
            let _ = AssertUnwindSafe(work).catch_unwind().await;
            if !stopping.is_cancelled() {
                report(&broken, task);
            }
        });
    }

    /// Runs a task that is made anew after a panic, and ends only when the service stops.
    ///
    /// * `make`: makes it; whatever the task knew has to be read again from the database in it.
    pub(crate) fn again<F>(&self, task: &'static str, mut make: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (stopping, broken) = (self.stopping.clone(), self.broken.clone());
        let pause = self.pause;
        self.tasks.spawn(async move {
            let (mut n_times, mut since) = (0, Instant::now());
            loop {
                let ended = AssertUnwindSafe(make()).catch_unwind().await;
                if stopping.is_cancelled() {
                    return;
                }
                if since.elapsed() > OFTEN {
                    (n_times, since) = (0, Instant::now());
                }
                n_times += 1;
                if n_times > AGAIN_MAX {
                    report(&broken, task);
                    return;
                }
                tracing::error!(
                    task,
                    panicked = ended.is_err(),
                    "a task broke off; it is made anew"
                );
                tokio::select! {
                    () = tokio::time::sleep(pause * 2_u32.pow(n_times - 1)) => {}
                    () = stopping.cancelled() => return,
                }
            }
        });
    }

    /// What has broken off, if anything.
    pub(crate) fn broken(&self) -> Option<Broken> {
        *self.broken.borrow()
    }

    /// Waits until something breaks off; for ever if nothing does.
    pub(crate) async fn wait_for_broken(&self) -> Broken {
        let mut broken = self.broken.subscribe();
        match broken.wait_for(Option::is_some).await.map(|broken| *broken) {
            Ok(Some(broken)) => broken,
            // The sender lives as long as this.
            _ => std::future::pending().await,
        }
    }

    /// Waits until every task has ended. No more can be started.
    pub(crate) async fn wait(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn report(broken: &watch::Sender<Option<Broken>>, task: &'static str) {
    tracing::error!(task, "a task broke off");
    broken.send_modify(|broken| {
        broken.get_or_insert(Broken { task });
    });
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    fn supervisor() -> Supervisor {
        Supervisor::new(CancellationToken::new())
    }

    #[tokio::test]
    async fn a_panic_of_an_essential_task_is_told() {
        let supervisor = supervisor();
        supervisor.essential("sequencer", async { panic!("for a test") });
        assert_eq!(
            supervisor.wait_for_broken().await,
            Broken { task: "sequencer" }
        );
        supervisor.wait().await;
    }

    #[tokio::test]
    async fn an_essential_task_may_end_once_the_service_stops() {
        let supervisor = supervisor();
        let stopping = supervisor.stopping.clone();
        supervisor.essential("sequencer", async move { stopping.cancelled().await });
        supervisor.stopping.cancel();
        supervisor.wait().await;
        assert_eq!(supervisor.broken(), None);
    }

    #[tokio::test]
    async fn a_task_that_panics_is_made_anew_and_given_up_when_that_does_not_help() {
        let supervisor = Supervisor {
            pause: Duration::from_micros(1),
            ..supervisor()
        };
        let n_made = Arc::new(AtomicU32::new(0));
        supervisor.again("publisher", {
            let n_made = Arc::clone(&n_made);
            move || {
                n_made.fetch_add(1, Ordering::SeqCst);
                async { panic!("for a test") }
            }
        });
        let broken = supervisor.wait_for_broken().await;
        assert_eq!(broken, Broken { task: "publisher" });
        assert_eq!(n_made.load(Ordering::SeqCst), AGAIN_MAX + 1);
    }
}
