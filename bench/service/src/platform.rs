//! A running platform: what `pointsman serve` opens, without its simulations.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;
use pointsman_control::Control;
use pointsman_delivery::{Limits, Policy};
use pointsman_engine::Engine;
use pointsman_history::{Clock, hash_key, open};

use crate::url::Url;

/// How long a stop may take.
const STOP_MAX: Duration = Duration::from_secs(30);

/// Control and engine over one database.
#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) control: Control,
    pub(crate) engine: Engine,
}

impl Platform {
    pub(crate) async fn open(url: &Url, clock: Clock) -> Result<Self> {
        let options = pointsman_store::Options::default();
        let store = open(url.as_str(), &options, &clock, false).await?;
        let control = Control::open(store.clone(), clock.clone()).await?;
        let engine = Engine::start(pointsman_engine::Options {
            node: "bench".to_owned(),
            hash_key: hash_key(&store.read()).await?,
            store,
            clock,
            routes: control.routes(),
            policy: Policy::loopback_too(),
            // A batch may go to one buyer as a whole.
            limits: Limits {
                per_destination: 256,
                in_all: 512,
                idle_per_host: 64,
            },
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

    pub(crate) async fn stop(self) -> Result<()> {
        Ok(self.engine.stop(STOP_MAX).await?)
    }
}
