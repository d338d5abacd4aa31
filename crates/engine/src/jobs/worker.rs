//! Works on the queue of jobs: one at a time, each begun a counted number of times.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use pointsman_store::{Error, JobRow, JobState};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{Cancelled, Jobs, Kind, Outcome};
use crate::supervise::Supervisor;

/// How often a job may take the whole process with it before it is given up.
const ATTEMPTS_MAX: i64 = 2;

/// Doing jobs is the work of one process for all.
const DUTY: &str = "jobs";

/// How often it is looked for jobs that were given to another process, in real time.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often progress is written down, in real time.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);

/// Longest wait between two tries to store what a job came to, in real time.
const STORE_AGAIN_MAX: Duration = Duration::from_secs(5);

/// What a job's thread and its worker share.
#[derive(Debug, Default)]
struct Shared {
    /// The bits of a number from 0 to 1.
    progress: AtomicU64,
    cancelled: Arc<AtomicBool>,
}

impl Jobs {
    /// Starts the worker. It begins with what waits, and with what ran when the last process ended.
    pub(crate) async fn resume(
        &self,
        supervisor: &Supervisor,
        stopping: CancellationToken,
    ) -> Result<(), Error> {
        let waiting = self.store.read().pending_jobs().await?.len();
        if waiting > 0 {
            tracing::info!(waiting, "jobs are resumed");
        }
        let jobs = self.clone();
        let work = move || jobs.clone().work_on_jobs(stopping.clone());
        supervisor.again("queue of jobs", work);
        Ok(())
    }

    /// One job at a time, the oldest first, until the service stops.
    async fn work_on_jobs(self, stopping: CancellationToken) {
        loop {
            // Asked for before the queue is read: work that comes in between wakes the next round.
            let woken = self.wakeup.notified();
            let worked = match self.next().await {
                Ok(Some(job)) => {
                    let worked = tokio::select! {
                        () = stopping.cancelled() => None,
                        worked = self.work_on(&job) => Some(worked),
                    };
                    let Some(worked) = worked else {
                        self.cancel_running(&job.id);
                        return self.hand_back(&job).await;
                    };
                    self.set_running(None);
                    worked
                }
                Ok(None) => tokio::select! {
                    () = stopping.cancelled() => return,
                    () = woken => Ok(()),
                    () = tokio::time::sleep(LOOK_EVERY), if self.store.is_shared() => Ok(()),
                },
                Err(error) => Err(error),
            };
            if let Err(error) = worked {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the queue of jobs has to wait"
                );
                tokio::select! {
                    () = stopping.cancelled() => return,
                    () = tokio::time::sleep(STORE_AGAIN_MAX) => {}
                }
            }
        }
    }

    /// The oldest job that waits, if jobs are for this process to do.
    async fn next(&self) -> Result<Option<JobRow>, Error> {
        let jobs = self.store.read().pending_jobs().await?;
        let Some(job) = jobs.into_iter().next() else {
            return Ok(None);
        };
        let lease = self.lease.number();
        let is_ours = self.store.note(move |tx| {
            Box::pin(async move { tx.claim_duty(DUTY, lease, tx.order().time()).await })
        });
        Ok(is_ours.await?.then_some(job))
    }

    /// Does a job. An error means that it has not begun.
    async fn work_on(&self, job: &JobRow) -> Result<(), Error> {
        if job.attempts >= ATTEMPTS_MAX {
            let error = format!(
                "given up: the process ended {} times while it ran",
                job.attempts
            );
            tracing::error!(job.id, job.kind, "a job is {error}");
            return self.refuse(job, error).await;
        }
        let Some(kind) = self.kinds.get(&job.kind).cloned() else {
            let error = format!("this program knows no kind of job `{}`", job.kind);
            return self.refuse(job, error).await;
        };
        let params = match serde_json::from_str(&job.params_body) {
            Ok(params) => params,
            Err(error) => {
                let error = format!("what was asked cannot be read: {error}");
                return self.refuse(job, error).await;
            }
        };
        // Counted before it begins: a job that ends the process must not do so for ever.
        let begun = JobRow {
            attempts: job.attempts + 1,
            ..job.clone()
        };
        if !self
            .note(&begun, JobState::Running, Outcome::default())
            .await?
        {
            return Ok(());
        }
        let (state, outcome) = self.run(&begun, kind, params).await;
        self.end(&begun, state, outcome).await
    }

    /// Ends a job that cannot run.
    async fn refuse(&self, job: &JobRow, error: String) -> Result<(), Error> {
        self.end(job, JobState::Failed, Outcome::error(error)).await
    }

    async fn run(&self, job: &JobRow, kind: Arc<dyn Kind>, params: Value) -> (JobState, Outcome) {
        let shared = Arc::new(Shared::default());
        let cancelled = Arc::clone(&shared.cancelled);
        let shared_cancelled = Arc::clone(&cancelled);
        self.set_running(Some((job.id.clone(), cancelled)));
        let mut done = on_a_thread(kind, params, Arc::clone(&shared));
        let mut tick = tokio::time::interval(PROGRESS_EVERY);
        let mut noted = 0.0_f64;
        let result = loop {
            tokio::select! {
                result = &mut done => break result,
                _ = tick.tick() => {
                    let now = f64::from_bits(shared.progress.load(Ordering::Relaxed));
                    if now > noted {
                        noted = now;
                        let progress = Outcome { progress: now, ..Outcome::default() };
                        match self.note(job, JobState::Running, progress).await {
                            Ok(true) => {}
                            // It was cancelled in another process.
                            Ok(false) => shared_cancelled.store(true, Ordering::Relaxed),
                            Err(error) => {
                                tracing::warn!(job.id, error = %error, "progress was not noted");
                            }
                        }
                    }
                }
            }
        };
        let failed = |error| {
            let outcome = Outcome::error(error);
            (
                JobState::Failed,
                Outcome {
                    progress: noted,
                    ..outcome
                },
            )
        };
        match result {
            Ok(Ok(value)) => {
                let result_body = Some(value.to_string());
                let outcome = Outcome {
                    progress: 1.0,
                    result_body,
                    error: None,
                };
                (JobState::Done, outcome)
            }
            Ok(Err(error)) => failed(error),
            Err(_) => {
                tracing::error!(job.id, job.kind, "a job panicked");
                failed("the job broke off; the log says more".to_owned())
            }
        }
    }

    /// A proper stop is no crash: the job waits again, begun as often as before.
    async fn hand_back(&self, job: &JobRow) {
        if let Err(error) = self.note(job, JobState::Pending, Outcome::default()).await {
            tracing::warn!(job.id, error = %error, "a job that was stopped counts as begun");
        }
    }

    /// Ends a job, again and again while the database is away: beginning it anew because this could not
    /// be stored would run it twice.
    async fn end(&self, job: &JobRow, state: JobState, outcome: Outcome) -> Result<(), Error> {
        let (mut state, mut outcome) = (state, outcome);
        let mut wait = Duration::from_millis(50);
        loop {
            let Err(error) = self.note(job, state, outcome.clone()).await else {
                return Ok(());
            };
            tracing::warn!(job.id, error = %error, "what a job came to is not stored yet");
            if !matches!(error, Error::Unavailable { .. } | Error::Locked) {
                if outcome.result_body.is_none() {
                    return Err(error);
                }
                state = JobState::Failed;
                outcome = Outcome::error(format!("what it found cannot be stored: {error}"));
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(STORE_AGAIN_MAX);
        }
    }
}

/// Runs a job on a thread that a stopping runtime need not wait for: it starts anew next time.
fn on_a_thread(
    kind: Arc<dyn Kind>,
    params: Value,
    shared: Arc<Shared>,
) -> oneshot::Receiver<Result<Value, String>> {
    let (done, result) = oneshot::channel();
    let run = move || {
        let report = move |share: f64| {
            if share.is_finite() {
                let bits = share.clamp(0.0, 1.0).to_bits();
                shared.progress.store(bits, Ordering::Relaxed);
            }
            if shared.cancelled.load(Ordering::Relaxed) {
                return Err(Cancelled);
            }
            Ok(())
        };
        // Nobody listens any more when the service stops.
        let _ = done.send(kind.run(&params, &report));
    };
    let spawned = std::thread::Builder::new()
        .name("job".to_owned())
        .spawn(run);
    if let Err(error) = spawned {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "no thread for a job"
        );
    }
    result
}
