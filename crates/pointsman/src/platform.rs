//! A running platform: what is configured and what takes leads, over one database.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use pointsman_api::run_bulk_jobs;
use pointsman_control::Control;
use pointsman_delivery::{Limits, Policy};
use pointsman_engine::{Engine, Kind, Suppression};
use pointsman_history::{Clock, hash_key, open};

/// The work of looking at rollouts, which one process does for all.
const ROLLOUTS: &str = "rollouts";
/// Real time between two looks at them.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How to run a platform.
#[derive(Debug)]
pub(crate) struct Options {
    /// `sqlite://…` or `postgres://…`.
    pub(crate) database_url: String,
    /// How the database is opened.
    pub(crate) store: pointsman_store::Options,
    /// The time that leads live in.
    pub(crate) clock: Clock,
    /// Whether the clock is right even where it lies far behind what was stored last.
    pub(crate) accept_clock: bool,
    /// This process as people know it.
    pub(crate) node: String,
    /// Which addresses destinations may have.
    pub(crate) policy: Policy,
    /// How many offers and pings may be under way at once.
    pub(crate) limits: Limits,
    /// How long postbacks are kept that could not be applied, by the clock above.
    pub(crate) keep_parked: Duration,
    /// What becomes of leads of persons on the suppression list.
    pub(crate) suppression: Suppression,
    /// Kinds of jobs, by name.
    pub(crate) jobs: BTreeMap<String, Arc<dyn Kind>>,
}

/// A running platform. Cheap to clone; clones are the same platform.
#[derive(Debug, Clone)]
pub(crate) struct Platform {
    pub(crate) control: Control,
    pub(crate) engine: Engine,
}

impl Platform {
    /// Opens the database, publishes the live flows and starts the engine.
    ///
    /// # Errors
    ///
    /// A database that cannot be used, a clock that cannot be believed, and what cannot be read.
    pub(crate) async fn open(options: Options) -> anyhow::Result<Self> {
        let Options {
            database_url,
            store,
            clock,
            accept_clock,
            node,
            policy,
            limits,
            keep_parked,
            suppression,
            jobs,
        } = options;
        let store = open(&database_url, &store, &clock, accept_clock).await?;
        let control = Control::open(store.clone(), clock.clone()).await?;
        control.connects_by(policy.clone());
        let engine = Engine::start(pointsman_engine::Options {
            hash_key: hash_key(&store.read()).await?,
            store,
            clock,
            node,
            routes: control.routes(),
            policy,
            limits,
            learning: pointsman_bandit::Config::default(),
            keep_parked,
            suppression,
            jobs,
        });
        let engine = engine.await?;
        let rolling_out = control.clone();
        engine.serve(ROLLOUTS, LOOK_EVERY, move || {
            let control = rolling_out.clone();
            async move { control.move_rollouts_on().await }
        });
        run_bulk_jobs(&control, &engine);
        Ok(Self { control, engine })
    }
}
