//! A running platform: what is configured and what takes leads, over one database.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_api::run_bulk_jobs;
use pointsman_control::Control;
use pointsman_delivery::Policy;
use pointsman_engine::{Engine, Kind};
use pointsman_history::{Clock, Error, hash_key, open};

/// How a platform is run.
pub(crate) struct Options {
    pub(crate) database_url: String,
    pub(crate) clock: Clock,
    pub(crate) accept_clock: bool,
    pub(crate) jobs: BTreeMap<String, Arc<dyn Kind>>,
}

#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) control: Control,
    pub(crate) engine: Engine,
}

impl Platform {
    /// Fails where the database does not open; what comes after that must go well.
    pub(crate) async fn open(options: Options) -> Result<Self, Error> {
        let Options {
            database_url,
            clock,
            accept_clock,
            jobs,
        } = options;
        let store = pointsman_store::Options::default();
        let store = open(&database_url, &store, &clock, accept_clock).await?;
        let control = Control::open(store.clone(), clock.clone()).await.unwrap();
        let engine = Engine::start(pointsman_engine::Options {
            hash_key: hash_key(&store.read()).await?,
            store,
            clock,
            node: "test".to_owned(),
            routes: control.routes(),
            policy: Policy::loopback_too(),
            limits: pointsman_delivery::Limits::default(),
            learning: pointsman_bandit::Config::default(),
            keep_parked: std::time::Duration::from_hours(24),
            suppression: pointsman_engine::Suppression::default(),
            jobs,
        });
        let engine = engine.await.unwrap();
        run_bulk_jobs(&control, &engine);
        Ok(Self { control, engine })
    }
}
