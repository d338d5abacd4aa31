//! The service as `pointsman serve` runs it, in this process.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use axum::Router;
use pointsman_api::ApiOptions;
use pointsman_control::Control;
use pointsman_delivery::{Limits, Policy};
use pointsman_engine::Engine;
use pointsman_history::{Clock, hash_key};

/// The limits that `serve` sets where the system allows many open files, and `offers_per_destination_max` is 256: one
/// buyer must not have fewer places than there are clients.
const LIMITS: Limits = Limits {
    per_destination: 256,
    in_all: 4_096,
    idle_per_host: 64,
};
/// For stopping.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A running service.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) control: Control,
    engine: Engine,
}

impl Service {
    /// * `node`: its name among those on one database.
    pub(crate) async fn start(url: &str, node: &str) -> Result<Self> {
        let clock = Clock::real();
        let options = pointsman_store::Options::default();
        let store = pointsman_history::open(url, &options, &clock, false).await?;
        let control = Control::open(store.clone(), clock.clone()).await?;
        let engine = Engine::start(pointsman_engine::Options {
            node: node.to_owned(),
            hash_key: hash_key(&store.read()).await?,
            store,
            clock,
            routes: control.routes(),
            policy: Policy::loopback_too(),
            limits: LIMITS,
            learning: pointsman_bandit::Config::default(),
            keep_parked: Duration::from_hours(90 * 24),
            suppression: pointsman_engine::Suppression::default(),
            jobs: BTreeMap::new(),
        });
        Ok(Self {
            engine: engine.await?,
            control,
        })
    }

    /// Its addresses.
    pub(crate) fn router(&self) -> Router {
        let options = ApiOptions::default();
        pointsman_api::router(self.control.clone(), self.engine.clone(), options)
    }

    pub(crate) async fn stop(self) -> Result<()> {
        Ok(self.engine.stop(TIMEOUT).await?)
    }
}
