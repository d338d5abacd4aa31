//! What monitors read: figures of this process at `/metrics`, on a listener of its own.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use anyhow::Context as _;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use pointsman_lead::Timestamp;
use pointsman_store::{JobState, Read};
use prometheus_client::{
    encoding::text::encode,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::platform::Platform;

/// The form of the text, which every monitor that reads Prometheus' own form takes too.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Time for what has to be asked of the database.
const ASK_MAX: Duration = Duration::from_secs(2);
/// Breakers that are told by the name of their destination; all are counted.
const BREAKERS_MAX: usize = 100;

type Labels = Vec<(&'static str, String)>;

/// Shows figures until it is dropped.
#[derive(Debug)]
pub(crate) struct Monitor {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Monitor {
    /// Listens.
    ///
    /// # Errors
    ///
    /// An address that cannot be listened at.
    pub(crate) async fn start(platform: Platform, listen: &str) -> anyhow::Result<Self> {
        let address: SocketAddr = listen
            .parse()
            .with_context(|| format!("metrics_listen = \"{listen}\" is no address and port"))?;
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("listening on {address} for metrics"))?;
        let address = listener.local_addr()?;
        let shown = Arc::new(Shown::new(platform));
        let router = Router::new()
            .route("/metrics", get(answer))
            .with_state(shown);
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(error = %error, "metrics are not shown any more");
            }
        });
        Ok(Self { address, task })
    }
}

/// Figures that are looked up when somebody asks.
#[derive(Debug)]
struct Shown {
    platform: Platform,
    registry: Registry,
    queue: Gauge,
    active: Gauge,
    resting: Gauge,
    breakers: Family<Labels, Gauge>,
    learner: Gauge<f64, AtomicU64>,
    behind: Family<Labels, Gauge>,
    jobs: Family<Labels, Gauge>,
    erasures: Gauge,
    postbacks: Family<Labels, Gauge>,
    postbacks_late: Gauge<f64, AtomicU64>,
    number: Gauge,
    database: Gauge,
}

impl Shown {
    fn new(platform: Platform) -> Self {
        let mut registry = Registry::with_prefix("pointsman");
        platform.engine.figures().register(&mut registry);
        let shown = Self {
            platform,
            registry: Registry::default(),
            queue: Gauge::default(),
            active: Gauge::default(),
            resting: Gauge::default(),
            breakers: Family::default(),
            learner: Gauge::default(),
            behind: Family::default(),
            jobs: Family::default(),
            erasures: Gauge::default(),
            postbacks: Family::default(),
            postbacks_late: Gauge::default(),
            number: Gauge::default(),
            database: Gauge::default(),
        };
        shown.register(&mut registry);
        Self { registry, ..shown }
    }

    /// Shows what is looked up under its names.
    fn register(&self, registry: &mut Registry) {
        registry.register(
            "queue_commands",
            "Commands that wait to be stored",
            self.queue.clone(),
        );
        registry.register("leads_active", "Leads on their way", self.active.clone());
        registry.register(
            "breakers_open",
            "Destinations that rest after failures",
            self.resting.clone(),
        );
        registry.register(
            "breaker_open",
            "Destinations that rest after failures, by name, the first hundred; 2: one offer tries it",
            self.breakers.clone(),
        );
        registry.register(
            "learner_age_seconds",
            "Time since weights of bandits were published last; absent figures of a new database are 0",
            self.learner.clone(),
        );
        registry.register(
            "behind_numbers",
            "How far a fold is behind the commit order, in numbers",
            self.behind.clone(),
        );
        registry.register("jobs", "Jobs that wait or run", self.jobs.clone());
        registry.register(
            "erasures_running",
            "Erasures that are not done",
            self.erasures.clone(),
        );
        registry.register(
            "source_postbacks",
            "Postbacks to sources that are not delivered: waiting, or dead",
            self.postbacks.clone(),
        );
        registry.register(
            "source_postback_late_seconds",
            "For how long the first postback to a source that waits has been due",
            self.postbacks_late.clone(),
        );
        registry.register(
            "commit_number",
            "The last number in commit order",
            self.number.clone(),
        );
        registry.register(
            "database_answers",
            "1: the database answered these questions within two seconds",
            self.database.clone(),
        );
    }

    /// Looks everything up that is not counted as it happens.
    async fn look(&self) {
        let engine = &self.platform.engine;
        self.queue.set(count(engine.sequencer().n_waiting()));
        self.active.set(count(engine.dispatcher().n_active()));
        let asked = tokio::time::timeout(ASK_MAX, self.ask()).await;
        self.database.set(i64::from(matches!(asked, Ok(Ok(())))));
    }

    async fn ask(&self) -> anyhow::Result<()> {
        let engine = &self.platform.engine;
        let now: Timestamp = engine.clock().now();
        let ledger = engine.sequencer().ledger().await?;
        self.breakers.clear();
        let mut n_resting = 0;
        for (name, is_tried) in ledger.resting(now) {
            if n_resting < BREAKERS_MAX {
                let labels = vec![("destination", name.to_owned())];
                self.breakers
                    .get_or_create(&labels)
                    .set(1 + i64::from(is_tried));
            }
            n_resting += 1;
        }
        self.resting.set(count(n_resting));
        let read = engine.store().read();
        let order = read.order().await?;
        self.number.set(order.number);
        let epoch = read.latest_epoch().await?;
        if let Some(allocation) = read.find_allocation(epoch).await? {
            let age = now.0.saturating_sub(allocation.created_at).max(0);
            self.learner
                .set(Duration::from_micros(age.unsigned_abs()).as_secs_f64());
        }
        let folded = read.rollup_progress().await?.folded_seq;
        let rollups = vec![("fold", "rollups".to_owned())];
        let behind = self.behind.get_or_create_owned(&rollups);
        behind.set(order.number.saturating_sub(folded));
        self.source_postbacks(&read, now).await?;
        let jobs = read.pending_jobs().await?;
        for (state, word) in [
            (JobState::Pending, "pending"),
            (JobState::Running, "running"),
        ] {
            let n_jobs = jobs.iter().filter(|job| job.state == state).count();
            let labels = vec![("state", word.to_owned())];
            self.jobs.get_or_create(&labels).set(count(n_jobs));
        }
        self.erasures
            .set(count(read.running_erasures().await?.len()));
        Ok(())
    }
}

impl Shown {
    /// What sources are still to be told.
    async fn source_postbacks(&self, read: &Read<'_>, now: Timestamp) -> anyhow::Result<()> {
        let counts = read.source_postback_counts().await?;
        for (state, n) in [("waiting", counts.waiting), ("dead", counts.dead)] {
            let labels = vec![("state", state.to_owned())];
            self.postbacks.get_or_create(&labels).set(n);
        }
        let late = counts
            .first_due_at
            .map_or(0, |due| now.0.saturating_sub(due));
        let late = Duration::from_micros(late.max(0).unsigned_abs());
        self.postbacks_late.set(late.as_secs_f64());
        Ok(())
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

async fn answer(State(shown): State<Arc<Shown>>) -> Response {
    shown.look().await;
    let mut text = String::new();
    if encode(&mut text, &shown.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response()
}
