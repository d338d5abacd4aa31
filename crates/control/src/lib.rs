//! What people configure: lead schemas, destinations, sources, named lists, flows with their stages, and tokens.
//!
//! Every change is checked as a whole before anything of it is stored, against what it would do to
//! the flows that take leads now. Changes happen one at a time, and each runs to its end even if its
//! caller goes away: stored, then published as the routes that leads go by. [`Control`] does not know who
//! takes leads; it does not know HTTP either.

mod asked_lists;
mod bulk_jobs;
mod changes;
mod compile;
mod destinations;
mod drafts;
mod edit;
mod experiments;
mod lists;
mod moves;
mod names;
mod people;
mod personal;
mod predicates;
mod programs;
mod read;
mod register;
mod rollouts;
mod routes;
mod schemas;
mod secret;
mod sessions;
mod shadows;
mod source_postbacks;
mod source_routes;
mod sources;
mod stages;
mod stopping;
mod subflows;
mod tokens;
mod uses;
mod versions;

pub use asked_lists::lists_of;
pub use bulk_jobs::NewBulkJob;
pub use changes::{ChangeFilter, ChangedSettings, Difference, SettingsChange, SettingsChangeKind};
pub use destinations::{DestinationSettings, DestinationTrial, NewDestination};
pub use drafts::SavedDraft;
pub use edit::Edit;
pub use experiments::{
    Conclusion, Decision, Experiment, ExperimentChange, ExperimentState, ExperimentStep,
    NewExperiment, read_experiment,
};
pub use lists::{List, ListTrial, ListVersion, NewList};
pub use moves::FlowMoves;
pub use people::{
    DigestOf, Erasure, ErasurePreview, NewErasure, NewSuppressions, PersonValue, Retention,
    SuppressionCount,
};
pub use personal::PersonalRead;
pub use predicates::CheckedPredicate;
pub use read::{Flow, FlowDraft, FlowVersion, Stage, StageChange};
pub use register::Registered;
pub use rollouts::{
    NewRollout, Rollout, RolloutAsk, RolloutChange, RolloutEvidence, RolloutPlace, RolloutState,
    ShadowCounts,
};
pub use routes::broken_flows;
pub use schemas::LeadSchema;
pub use sessions::{NewSession, SESSION_DURATION, SIGN_IN_LINK_DURATION, Session, session_id};
pub use shadows::{MovedLead, NewShadow, Shadow, ShadowCell, ShadowChange};
pub use sources::{Source, SourceToPut};
pub use stages::{ExpectedStage, MovedStage, StageMove};
pub use subflows::subflows_of;
pub use tokens::{CreatedToken, NewToken, Principal, Role, Token};
pub use versions::{Publication, PublishedVersion};

use std::{
    future::Future,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use pointsman_delivery::Policy;
use pointsman_flow::Diagnostic;
use pointsman_history::{Clock, LiveRoutes};
use pointsman_lead::Problem;
use pointsman_store::{Error as StoreError, Order, Store, Work, WriteTx};
use thiserror::Error;
use tokio::{sync::Mutex, task::JoinHandle};

use changes::{Author, ChangeRecord};

/// How often a change is made again because settings have changed meanwhile.
const TRIES: u32 = 10;
/// How often it is looked for changes of settings by other processes.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Why a change of the configuration did not happen. Nothing is stored then.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The input has mistakes: all of them.
    #[error("the input has {} problem(s)", .0.len())]
    Problems(Vec<Problem>),
    /// A flow would not run: everything that is wrong with it.
    #[error("flow `{flow}` has {} finding(s)", .diagnostics.len())]
    Flow {
        /// The flow.
        flow: String,
        /// What is wrong with it, warnings among it.
        diagnostics: Vec<Diagnostic>,
    },
    /// A flow that takes leads follows this one, and would not run with it.
    #[error("flow `{parent}` follows it and has {} finding(s)", .diagnostics.len())]
    Parent {
        /// The flow that follows.
        parent: String,
        /// What would be wrong with it, warnings among it.
        diagnostics: Vec<Diagnostic>,
    },
    /// Somebody else was faster.
    #[error("{what} was changed by somebody else; read it again and retry")]
    Conflict {
        /// What was changed.
        what: String,
    },
    /// There is no such thing.
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
    /// The service is going down.
    #[error("the service is stopping")]
    Stopping,
    /// The database.
    #[error("the database cannot be used")]
    Store(#[source] pointsman_store::Error),
}

impl From<pointsman_store::Error> for Error {
    fn from(error: pointsman_store::Error) -> Self {
        match error {
            pointsman_store::Error::Conflict { what } => Self::Conflict { what },
            pointsman_store::Error::NotFound { what } => Self::NotFound { what },
            other => Self::Store(other),
        }
    }
}

impl From<pointsman_history::Error> for Error {
    fn from(error: pointsman_history::Error) -> Self {
        match error {
            pointsman_history::Error::Store(error) => Self::Store(error),
            pointsman_history::Error::Stored { what } => Self::Stored { what },
            other => Self::Stored {
                what: other.to_string(),
            },
        }
    }
}

impl Error {
    /// Whether the database does not answer, so that the same may succeed later.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Store(pointsman_store::Error::Unavailable { .. })
        )
    }

    fn problem(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }

    fn not_found(kind: &str, name: &str) -> Self {
        Self::NotFound {
            what: format!("{kind} `{name}`"),
        }
    }

    fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict { what: what.into() }
    }
}

/// What people configure, and the way to change it. Cheap to clone; clones are the same.
#[derive(Debug, Clone)]
pub struct Control {
    inner: Arc<Inner>,
    /// Who makes the changes from here.
    author: Option<Arc<Author>>,
    /// Why they are made.
    reason: Option<Arc<str>>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    clock: Clock,
    /// What leads go by.
    routes: LiveRoutes,
    /// Held by whoever changes something.
    write_lock: Mutex<()>,
    /// Tokens that were used lately.
    known_tokens: tokens::Known,
    /// When tokens and sessions were used last.
    uses: uses::Uses,
    /// Which addresses may be connected to, once that is known.
    policy: OnceLock<Policy>,
}

impl Control {
    /// Reads what is stored, and publishes the routes of all live flows, now and whenever another process has changed
    /// settings.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn open(store: Store, clock: Clock) -> Result<Self, Error> {
        let control = Self {
            inner: Arc::new(Inner {
                store,
                clock,
                routes: LiveRoutes::default(),
                write_lock: Mutex::default(),
                known_tokens: tokens::Known::default(),
                uses: uses::Uses::default(),
                policy: OnceLock::new(),
            }),
            author: None,
            reason: None,
        };
        control.refresh_routes().await?;
        tokio::spawn(follow(Arc::downgrade(&control.inner), control.routes()));
        tokio::spawn(experiments::watch(Arc::downgrade(&control.inner)));
        tokio::spawn(shadows::watch(Arc::downgrade(&control.inner)));
        tokio::spawn(uses::keep(Arc::downgrade(&control.inner)));
        Ok(control)
    }

    /// From now on addresses to which no connection would be opened are refused where sources are put, too.
    ///
    /// * `policy`: that of the connections; the first one counts.
    pub fn connects_by(&self, policy: Policy) {
        let _ = self.inner.policy.set(policy);
    }

    /// The live flows, as they are published from here.
    pub fn routes(&self) -> LiveRoutes {
        self.inner.routes.clone()
    }

    /// Makes one change, after those before it, to its end even if the caller goes away. Where another process has
    /// changed settings meanwhile, it is made again from those.
    async fn change<A, T, F>(
        &self,
        asked: A,
        work: impl Fn(Self, A) -> F + Send + 'static,
    ) -> Result<T, Error>
    where
        A: Clone + Send + 'static,
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let control = self.clone();
        let task = tokio::spawn(async move {
            let _writing = control.inner.write_lock.lock().await;
            let mut n_tries = 1;
            loop {
                control.catch_up_in_turn().await?;
                let done = work(control.clone(), asked.clone());
                match done.await {
                    Err(Error::Store(StoreError::Outdated)) if n_tries < TRIES => n_tries += 1,
                    done => return done,
                }
            }
        });
        finished(task).await.unwrap_or(Err(Error::Stopping))
    }

    /// Stores a change that leads are routed by, and gives its revision.
    ///
    /// * `known`: the revision of the settings that it was made from.
    /// * `change`: what is kept of it; `None` where nothing changes but how what is stored is compiled.
    ///
    /// # Errors
    ///
    /// Those of `work`; [`StoreError::Outdated`] if they have changed since.
    async fn store_routed<T, F>(
        &self,
        known: i64,
        change: impl Into<Option<ChangeRecord>>,
        work: F,
    ) -> Result<(T, i64), Error>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx WriteTx) -> Work<'tx, T> + Send + 'static,
    {
        let change = change.into().map(|change| self.recorded(change));
        let stored = self.inner.store.write(move |tx| {
            Box::pin(async move {
                let Order {
                    number, revision, ..
                } = tx.order();
                if revision != known {
                    return Err(StoreError::Outdated);
                }
                let answer = work(tx).await?;
                if let Some(change) = change {
                    tx.insert_settings_change(change).await?;
                }
                Ok((answer, number + 1))
            })
        });
        Ok(stored.await?)
    }

    /// Stores a change that leads are not routed by.
    ///
    /// * `work`: has to answer [`StoreError::Outdated`] if what is stored is not what `change` was made from.
    ///
    /// # Errors
    ///
    /// Those of `work`.
    async fn store_unrouted<T, F>(&self, change: ChangeRecord, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx WriteTx) -> Work<'tx, T> + Send + 'static,
    {
        let change = self.recorded(change);
        let stored = self.inner.store.write(move |tx| {
            Box::pin(async move {
                let answer = work(tx).await?;
                tx.insert_settings_change(change).await?;
                tx.log_nothing().await?;
                Ok(answer)
            })
        });
        Ok(stored.await?)
    }
}

/// Publishes routes anew whenever settings were changed by another process, until nobody configures any more.
async fn follow(inner: Weak<Inner>, routes: LiveRoutes) {
    loop {
        let _ = tokio::time::timeout(LOOK_EVERY, routes.wanted()).await;
        let Some(inner) = inner.upgrade() else {
            return;
        };
        let control = Control {
            inner,
            author: None,
            reason: None,
        };
        if let Err(error) = control.change((), |_, ()| async { Ok(()) }).await {
            tracing::debug!(error = %error, "changes of settings could not be followed");
        }
    }
}

/// The result of a task, whose panic goes on here; `None` if the service is stopping.
async fn finished<T>(task: JoinHandle<T>) -> Option<T> {
    match task.await {
        Ok(result) => Some(result),
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => None,
        },
    }
}
