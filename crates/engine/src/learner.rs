//! The learner: from outcomes to arm state, from arm state to the next allocation.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use pointsman_bandit::{
    Allocation, BanditKey, BanditSpec, Config, Observation, Posterior, State, WeightsError, beliefs,
};
use pointsman_history::{Clock, FoldHash, Folded, LiveRoutes, Routes, latest_allocation};
use pointsman_router::bandit_specs;
use pointsman_store::Store;
use tokio::sync::{Notify, mpsc, watch};

use crate::{Error, lease::Lease};

mod publishing;

/// What bandits observed by one transaction.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) observations: Vec<Observation>,
    /// The last number in commit order that the transaction gave out.
    pub(crate) number: i64,
    /// The epoch of an allocation that it published.
    pub(crate) allocation: Option<u64>,
}

/// What was observed since weights were last computed.
#[derive(Debug, Default)]
struct Touched {
    segments: BTreeSet<BanditKey>,
    /// The last number in commit order that the state held at that time.
    since: i64,
}

/// What is known about the arms, and the weights that follow from it. Cheap to clone; clones are the same
/// learner.
#[derive(Debug, Clone)]
pub struct Learner {
    state: Arc<Mutex<Folded<State>>>,
    changed: Arc<Notify>,
    /// What was observed since weights were last computed. Locked before the state, so that both are of one moment.
    touched: Arc<Mutex<Touched>>,
    /// Segments that keep old weights because new ones could not be found, and why.
    stale: Arc<Mutex<BTreeMap<BanditKey, String>>>,
    config: Arc<Config>,
    allocation: Arc<ArcSwap<Allocation>>,
    /// The epoch of that allocation, for whoever waits for the next one.
    epoch: watch::Sender<u64>,
    routes: LiveRoutes,
    store: Store,
    clock: Clock,
    lease: Lease,
}

impl Learner {
    /// A learner that goes on from what is stored.
    ///
    /// * `arms`: the arm state at the end of history.
    pub(crate) async fn open(
        store: &Store,
        clock: &Clock,
        routes: &LiveRoutes,
        config: Config,
        arms: Folded<State>,
        lease: &Lease,
    ) -> Result<Self, Error> {
        let allocation = latest_allocation(&store.read()).await?;
        Ok(Self {
            state: Arc::new(Mutex::new(arms)),
            changed: Arc::new(Notify::new()),
            touched: Arc::default(),
            stale: Arc::default(),
            config: Arc::new(config),
            epoch: watch::Sender::new(allocation.epoch),
            allocation: Arc::new(ArcSwap::from_pointee(allocation)),
            routes: routes.clone(),
            store: store.clone(),
            clock: clock.clone(),
            lease: lease.clone(),
        })
    }

    /// The weights of this moment.
    pub fn allocation(&self) -> Arc<Allocation> {
        self.allocation.load_full()
    }

    /// Lets leads be decided by another allocation from now on.
    fn put(&self, allocation: Allocation) {
        let epoch = allocation.epoch;
        self.allocation.store(Arc::new(allocation));
        self.epoch.send_replace(epoch);
    }

    /// The epoch of the allocation of this moment, and of each that comes; whoever is slow sees the newest.
    pub fn epochs(&self) -> watch::Receiver<u64> {
        self.epoch.subscribe()
    }

    /// Whether a live flow has this bandit.
    pub fn is_live(&self, flow: &str, node: &str) -> bool {
        let specs = bandits(&self.routes.get());
        specs
            .iter()
            .any(|spec| spec.flow == flow && spec.node == node)
    }

    /// The arm state as it is now.
    pub fn state(&self) -> State {
        self.known().fold
    }

    /// The same, with the last number in commit order that it holds.
    pub(crate) fn known(&self) -> Folded<State> {
        let state = self.state.lock();
        state.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it comes to, short enough to be compared.
    pub fn state_hash(&self) -> FoldHash {
        self.known().hash()
    }

    /// What posteriors are computed with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Keeps why weights could not be found, and says what is new of it.
    ///
    /// * `is_all`: whether all segments were looked at, so that what is not among the failures is well.
    fn note(&self, failures: Vec<(BanditKey, WeightsError)>, is_all: bool) {
        let failures = failures.into_iter();
        let failures: BTreeMap<BanditKey, String> = failures
            .map(|(key, error)| (key, error.to_string()))
            .collect();
        let mut stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, why) in &failures {
            if stale.get(key) != Some(why) {
                tracing::error!(bandit = %key, why, "a segment keeps its old weights");
            }
        }
        if is_all {
            *stale = failures;
        } else {
            stale.extend(failures);
        }
    }

    /// Takes in what the sequencer sends, until the sequencer is gone.
    pub(crate) async fn listen(self, mut observed: mpsc::UnboundedReceiver<Observed>) {
        while let Some(Observed {
            observations,
            number,
            allocation,
        }) = observed.recv().await
        {
            if let Some(epoch) = allocation {
                self.read_allocation(epoch).await;
            }
            if self.take_in(&observations, number) {
                self.changed.notify_one();
            }
        }
    }

    /// Takes in what a transaction observed, and says whether that was anything new.
    fn take_in(&self, observations: &[Observation], number: i64) -> bool {
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if number <= state.number {
            return false;
        }
        for observation in observations {
            state.fold.apply(observation);
            touched.segments.insert(observation.key().clone());
        }
        state.number = number;
        !observations.is_empty()
    }
}

impl Learner {
    /// Why a segment keeps weights that are older than what is known; `None` as a rule.
    pub fn stale_weights(&self, key: &BanditKey) -> Option<String> {
        let stale = &self.stale;
        let stale = stale.lock().unwrap_or_else(PoisonError::into_inner);
        stale.get(key).cloned()
    }

    /// What is believed of a live bandit's arms in a segment at this moment, by arm. The allocation follows
    /// once a weight has moved. Empty for a bandit that is not live or has seen no trial.
    pub fn beliefs(&self, key: &BanditKey) -> BTreeMap<String, Posterior> {
        let specs = bandits(&self.routes.get());
        let is_meant = |spec: &&BanditSpec| spec.flow == key.flow && spec.node == key.node;
        let Some(spec) = specs.iter().find(is_meant) else {
            return BTreeMap::new();
        };
        let as_of = self.clock.now().0;
        let believed = beliefs(
            &self.state(),
            spec,
            &key.segment,
            as_of,
            &self.config,
            &specs,
        );
        spec.arms.iter().cloned().zip(believed).collect()
    }
}

/// The bandit nodes of all live flows, each once.
fn bandits(routes: &Routes) -> Vec<BanditSpec> {
    bandit_specs(routes.all().map(|route| &*route.program))
}
