//! Work outside a request: named, resumable, bounded. Kinds are registered by the binary.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use pointsman_lead::{Problem, closest, kinds};
use pointsman_store::{JobRow, JobState, JobUpdate};
use serde_json::Value;
use tokio::sync::{Notify, oneshot};

use crate::{Platform, config, ident};

/// Says how far a job is, from 0 to 1.
pub type Report<'a> = &'a (dyn Fn(f64) + Send + Sync);

/// One kind of job. Runs on a thread of its own and may block.
pub trait Kind: Send + Sync + fmt::Debug {
    /// Does the work.
    ///
    /// # Errors
    ///
    /// What went wrong, in words for the person who started it.
    fn run(&self, params: &Value, report: Report<'_>) -> Result<Value, String>;
}

/// Most jobs that wait at a time.
const WAITING_MAX: usize = 100;

/// How often progress is written down, in real time.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);

/// The kinds of jobs, and the bell that says there is work. The queue itself is in the database.
#[derive(Debug)]
pub struct Jobs {
    kinds: BTreeMap<String, Arc<dyn Kind>>,
    bell: Notify,
}

impl Jobs {
    pub(crate) fn new(kinds: BTreeMap<String, Arc<dyn Kind>>) -> Self {
        Self {
            kinds,
            bell: Notify::new(),
        }
    }
}

impl Platform {
    /// Puts a job into the queue and gives its id.
    ///
    /// # Errors
    ///
    /// [`config::Error::Problems`] for an unknown kind or a full queue, [`config::Error::Store`].
    pub async fn enqueue_job(&self, kind: &str, params: Value) -> Result<String, config::Error> {
        let inner = &self.inner;
        if !inner.jobs.kinds.contains_key(kind) {
            let problem = Problem::new(
                "unknown_job_kind",
                "kind",
                format!("there is no kind of job `{kind}`"),
            );
            let names = inner.jobs.kinds.keys().map(String::as_str);
            return Err(config::Error::Problems(vec![match closest(kind, names) {
                Some(close) => problem.hint(format!("did you mean `{close}`?")),
                None => problem,
            }]));
        }
        if inner.store.read().pending_jobs().await?.len() >= WAITING_MAX {
            let message = format!("{WAITING_MAX} jobs are waiting already");
            let problem =
                Problem::new("queue_full", "kind", message).hint("try again when some are done");
            return Err(config::Error::Problems(vec![problem]));
        }
        let now = inner.clock.now();
        let job = JobRow {
            id: ident::id::<kinds::Job>(now),
            kind: kind.to_owned(),
            state: JobState::Pending,
            params_body: params.to_string(),
            progress: 0.0,
            result_body: None,
            error: None,
            created_at: now.0,
            updated_at: now.0,
        };
        let id = job.id.clone();
        inner
            .store
            .write(|tx| Box::pin(async move { tx.insert_job(job).await }))
            .await?;
        inner.jobs.bell.notify_one();
        Ok(id)
    }

    /// Starts the worker. It begins with what waits, and with what ran when the last process ended.
    pub(crate) async fn resume_jobs(&self) -> Result<(), pointsman_store::Error> {
        let waiting = self.inner.store.read().pending_jobs().await?.len();
        if waiting > 0 {
            tracing::info!(waiting, "jobs are resumed");
        }
        let platform = self.clone();
        let work = move || platform.clone().work_on_jobs();
        self.inner.supervisor.again("queue of jobs", work);
        Ok(())
    }

    /// One job at a time, the oldest first, until the service stops.
    async fn work_on_jobs(self) {
        let stopping = self.inner.stopping.clone();
        loop {
            // The bell before the look: work that comes in between rings for the next look.
            let rung = self.inner.jobs.bell.notified();
            let next = self.inner.store.read().pending_jobs().await;
            let worked = match next.map(|jobs| jobs.into_iter().next()) {
                Ok(Some(job)) => tokio::select! {
                    () = stopping.cancelled() => return,
                    worked = self.work_on(job) => worked,
                },
                Ok(None) => tokio::select! {
                    () = stopping.cancelled() => return,
                    () = rung => Ok(()),
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
                    () = tokio::time::sleep(Duration::from_secs(5)) => {}
                }
            }
        }
    }

    async fn work_on(&self, job: JobRow) -> Result<(), pointsman_store::Error> {
        let Some(kind) = self.inner.jobs.kinds.get(&job.kind).cloned() else {
            let error = format!("this program knows no kind of job `{}`", job.kind);
            return self
                .note(&job.id, JobState::Failed, 0.0, None, Some(error))
                .await;
        };
        let params = serde_json::from_str(&job.params_body).unwrap_or_default();
        self.note(&job.id, JobState::Running, 0.0, None, None)
            .await?;
        let progress = Arc::new(AtomicU64::new(0));
        let mut done = on_a_thread(kind, params, Arc::clone(&progress));
        let mut tick = tokio::time::interval(PROGRESS_EVERY);
        let mut noted = 0.0_f64;
        let result = loop {
            tokio::select! {
                result = &mut done => break result,
                _ = tick.tick() => {
                    let now = f64::from_bits(progress.load(Ordering::Relaxed));
                    if now > noted {
                        noted = now;
                        self.note(&job.id, JobState::Running, now, None, None).await?;
                    }
                }
            }
        };
        match result {
            Ok(Ok(value)) => {
                self.note(&job.id, JobState::Done, 1.0, Some(value.to_string()), None)
                    .await
            }
            Ok(Err(error)) => {
                self.note(&job.id, JobState::Failed, noted, None, Some(error))
                    .await
            }
            Err(_) => {
                tracing::error!(job.id, job.kind, "a job panicked");
                let error = "the job broke off; the log says more".to_owned();
                self.note(&job.id, JobState::Failed, noted, None, Some(error))
                    .await
            }
        }
    }

    async fn note(
        &self,
        id: &str,
        state: JobState,
        progress: f64,
        result_body: Option<String>,
        error: Option<String>,
    ) -> Result<(), pointsman_store::Error> {
        let at = self.inner.clock.now().0;
        let update = JobUpdate {
            id: id.to_owned(),
            state,
            progress,
            result_body,
            error,
            at,
        };
        self.inner
            .store
            .write(|tx| Box::pin(async move { tx.update_job(update).await }))
            .await
    }
}

/// Runs a job on a thread that a stopping runtime need not wait for: it starts anew next time.
fn on_a_thread(
    kind: Arc<dyn Kind>,
    params: Value,
    progress: Arc<AtomicU64>,
) -> oneshot::Receiver<Result<Value, String>> {
    let (done, result) = oneshot::channel();
    let run = move || {
        let report = move |share: f64| {
            if share.is_finite() {
                progress.store(share.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
            }
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
