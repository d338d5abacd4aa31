//! Work outside a request: named, resumable, bounded. Kinds are registered by the binary.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::future::BoxFuture;
use pointsman_history::Clock;
use pointsman_lead::{Id, Problem, closest, kinds};
use pointsman_store::{JobRow, JobState as StoredState, JobUpdate, Store};
use serde_json::Value;
use thiserror::Error;
use tokio::sync::Notify;

use crate::lease::Lease;

mod job;
mod worker;

pub use job::{Job, JobState};

/// Says how far a job is, from 0 to 1.
///
/// # Errors
///
/// [`Cancelled`]: there is no use in going on.
pub type ReportProgress<'a> = &'a (dyn Fn(f64) -> Result<(), Cancelled> + Send + Sync);

/// Nobody wants the result of a job any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the job was cancelled")]
pub struct Cancelled;

/// Why a job is not put into the queue, or not ended.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JobError {
    /// What keeps it from being put into the queue: all of it.
    #[error("the job has {} problem(s)", .0.len())]
    Problems(Vec<Problem>),
    /// There is no such job.
    #[error("there is no {what}")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// What is stored cannot be read by this release.
    #[error("{what} cannot be read")]
    Stored {
        /// Which row.
        what: String,
    },
    /// The database.
    #[error("the database cannot be used")]
    Store(#[from] pointsman_store::Error),
}

impl JobError {
    /// Whether the database does not answer, so that the same may succeed later.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Store(pointsman_store::Error::Unavailable { .. })
        )
    }
}

/// What keeps a job from being put into the queue, all at once.
pub type Checked<'a> = BoxFuture<'a, Result<Vec<Problem>, pointsman_store::Error>>;

/// One kind of job. Runs on a thread of its own and may block.
pub trait Kind: Send + Sync + fmt::Debug {
    /// What keeps a job from being put into the queue, all at once. Nothing is loaded for it.
    ///
    /// # Errors
    ///
    /// Those of the database.
    fn check<'a>(&'a self, _params: &'a Value, _store: &'a Store) -> Checked<'a> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// Does the work.
    ///
    /// # Errors
    ///
    /// What went wrong, in words for the person who started it.
    fn run(&self, params: &Value, report: ReportProgress<'_>) -> Result<Value, String>;
}

/// Most jobs that wait at a time.
const WAITING_MAX: usize = 100;

/// What a job has come to so far.
#[derive(Debug, Clone, Default)]
struct Outcome {
    progress: f64,
    result_body: Option<String>,
    error: Option<String>,
}

impl Outcome {
    fn error(error: impl Into<String>) -> Self {
        Self {
            error: Some(error.into()),
            ..Self::default()
        }
    }
}

/// The queue of jobs, which is in the database. Cheap to clone; clones are the same queue.
#[derive(Debug, Clone)]
pub struct Jobs {
    kinds: Arc<BTreeMap<String, Arc<dyn Kind>>>,
    /// Says that there is work.
    wakeup: Arc<Notify>,
    /// The job that runs, and whether it was cancelled meanwhile.
    running: Arc<Mutex<Option<RunningJob>>>,
    store: Store,
    clock: Clock,
    lease: Lease,
}

type RunningJob = (String, Arc<AtomicBool>);

impl Jobs {
    pub(crate) fn new(
        kinds: BTreeMap<String, Arc<dyn Kind>>,
        store: Store,
        clock: Clock,
        lease: Lease,
    ) -> Self {
        Self {
            kinds: Arc::new(kinds),
            wakeup: Arc::default(),
            running: Arc::default(),
            store,
            clock,
            lease,
        }
    }

    fn set_running(&self, running: Option<RunningJob>) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = running;
    }

    fn cancel_running(&self, id: &str) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cancelled)) = running.as_ref().filter(|(running, _)| running == id) {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Puts a job into the queue and gives its id.
    ///
    /// # Errors
    ///
    /// [`JobError::Problems`] for an unknown kind, a full queue or what the kind finds wrong with
    /// the job, [`JobError::Store`].
    pub async fn enqueue(&self, kind: &str, params: Value) -> Result<Id<kinds::Job>, JobError> {
        let Some(known) = self.kinds.get(kind) else {
            return Err(JobError::Problems(vec![self.unknown_kind(kind)]));
        };
        let mut problems = known.check(&params, &self.store).await?;
        if self.store.read().pending_jobs().await?.len() >= WAITING_MAX {
            let message = format!("{WAITING_MAX} jobs are waiting already");
            let problem =
                Problem::new("queue_full", "kind", message).hint("try again when some are done");
            problems.push(problem);
        }
        if !problems.is_empty() {
            return Err(JobError::Problems(problems));
        }
        let now = self.clock.now();
        let id = crate::ident::id::<kinds::Job>(now);
        let job = JobRow {
            id: id.to_string(),
            kind: kind.to_owned(),
            state: StoredState::Pending,
            params_body: params.to_string(),
            progress: 0.0,
            result_body: None,
            error: None,
            created_at: now.0,
            updated_at: now.0,
            attempts: 0,
        };
        let inserted = self
            .store
            .note(|tx| Box::pin(async move { tx.insert_job(job).await }));
        if let Err(error) = inserted.await {
            // Where only the answer was lost, it is there.
            let job = self.store.read().find_job(&id.to_string()).await?;
            if job.is_none() {
                return Err(error.into());
            }
        }
        self.wakeup.notify_one();
        Ok(id)
    }

    fn unknown_kind(&self, kind: &str) -> Problem {
        let message = format!("there is no kind of job `{kind}`");
        let problem = Problem::new("unknown_job_kind", "kind", message);
        let names = self.kinds.keys().map(String::as_str);
        match closest(kind, names) {
            Some(close) => problem.hint(format!("did you mean `{close}`?")),
            None => problem,
        }
    }

    /// Ends a job that waits, or asks one that runs to end; `false` if it had ended before.
    ///
    /// # Errors
    ///
    /// [`JobError::NotFound`] if there is no such job, [`JobError::Store`].
    pub async fn cancel(&self, id: Id<kinds::Job>) -> Result<bool, JobError> {
        let Some(job) = self.store.read().find_job(&id.to_string()).await? else {
            return Err(JobError::NotFound {
                what: format!("job `{id}`"),
            });
        };
        let cancelled = self
            .note(&job, StoredState::Cancelled, Outcome::default())
            .await?;
        self.cancel_running(&job.id);
        Ok(cancelled)
    }

    /// Notes how far a job is, unless it has ended before; whether it has not.
    async fn note(
        &self,
        job: &JobRow,
        state: StoredState,
        outcome: Outcome,
    ) -> Result<bool, pointsman_store::Error> {
        let Outcome {
            progress,
            result_body,
            error,
        } = outcome;
        let update = JobUpdate {
            id: job.id.clone(),
            state,
            progress,
            result_body,
            error,
            attempts: job.attempts,
            at: self.clock.now().0,
        };
        let noted = self.store.note(|tx| {
            Box::pin(async move {
                let found = tx.read().find_job(&update.id).await?;
                let is_open =
                    |job: JobRow| matches!(job.state, StoredState::Pending | StoredState::Running);
                let is_open = found.is_some_and(is_open);
                if is_open {
                    tx.update_job(update).await?;
                }
                Ok(is_open)
            })
        });
        noted.await
    }
}
