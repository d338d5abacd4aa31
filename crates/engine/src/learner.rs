//! The learner: from outcomes to arm state, from arm state to the next allocation.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use pointsman_bandit::{
    Allocation, BanditKey, BanditSpec, Change, Config, Observation, Posterior, Published, State,
    WeightsError, posteriors, publish_some,
};
use pointsman_flow::Program;
use pointsman_history::{Clock, Committed, Folded, LiveRoutes, Routes, latest_allocation, record};
use pointsman_store::{AllocationEntryRow, AllocationRow, Store};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::{Error, lease::Lease};

/// Shortest real time between two allocations.
const EVERY: Duration = Duration::from_secs(1);
/// Publishing allocations is the work of one process for all.
const DUTY: &str = "learner";
/// Longest time between two looks at what is known, by the service's clock.
const QUIET: Duration = Duration::from_mins(10);

/// What bandits observed by one transaction.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) observations: Vec<Observation>,
    /// The last number in commit order that the transaction gave out.
    pub(crate) number: i64,
    /// The epoch of an allocation that it published.
    pub(crate) allocation: Option<u64>,
}

/// What is known about the arms, and the weights that follow from it. Cheap to clone; clones are the same
/// learner.
#[derive(Debug, Clone)]
pub struct Learner {
    state: Arc<Mutex<Folded<State>>>,
    changed: Arc<Notify>,
    /// Segments in which something was observed since weights were last computed.
    touched: Arc<Mutex<BTreeSet<BanditKey>>>,
    /// Segments that keep old weights because new ones could not be found, and why.
    stale: Arc<Mutex<BTreeMap<BanditKey, String>>>,
    config: Arc<Config>,
    allocation: Arc<ArcSwap<Allocation>>,
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

    /// The arm state as it is now.
    pub fn state(&self) -> State {
        self.known().fold
    }

    /// The same, with the last number in commit order that it holds.
    pub(crate) fn known(&self) -> Folded<State> {
        let state = self.state.lock();
        state.unwrap_or_else(PoisonError::into_inner).clone()
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
            {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                if number <= state.number {
                    continue;
                }
                for observation in &observations {
                    state.fold.apply(observation);
                }
                state.number = number;
            }
            if !observations.is_empty() {
                let keys = observations
                    .iter()
                    .map(|observation| observation.key().clone());
                let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
                touched.extend(keys);
                drop(touched);
                self.changed.notify_one();
            }
        }
    }
}

impl Learner {
    /// Reads an allocation that another process has published.
    async fn read_allocation(&self, epoch: u64) {
        if epoch <= self.allocation.load().epoch {
            return;
        }
        match latest_allocation(&self.store.read()).await {
            Ok(latest) => self.allocation.store(Arc::new(latest)),
            // The next one comes with the next publication, and until then the old weights are weights too.
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "an allocation could not be read"
            ),
        }
    }

    /// Whether another process publishes allocations at this moment.
    async fn is_anothers_duty(&self) -> Result<bool, Error> {
        if !self.store.is_shared() {
            return Ok(false);
        }
        let read = self.store.read();
        let now = read.order().await?.time();
        let holder = read.duty(DUTY).await?;
        let own = self.lease.number();
        Ok(holder.is_some_and(|lease| {
            lease.number != own && lease.taken_by.is_none() && lease.expires_at > now
        }))
    }

    /// Publishes a new allocation after each change, at most one a second, until the service stops. Now and
    /// then it looks without a change: young leads grow up, and what they have not brought by then says
    /// something too.
    pub(crate) async fn publish_allocations(self, stopping: CancellationToken) {
        let quiet = (QUIET / self.clock.rate().max(1)).max(EVERY);
        let mut all_due = tokio::time::Instant::now();
        loop {
            tokio::select! {
                () = self.changed.notified() => {}
                // Other flows have other bandits.
                () = self.routes.changed() => all_due = tokio::time::Instant::now(),
                () = tokio::time::sleep_until(all_due) => {}
                () = stopping.cancelled() => return,
            }
            let published = if all_due <= tokio::time::Instant::now() {
                all_due = tokio::time::Instant::now() + quiet;
                self.publish_allocation().await
            } else {
                let touched = self.touched.lock().map(|mut it| std::mem::take(&mut *it));
                self.publish_segments(Some(touched.unwrap_or_default()))
                    .await
            };
            if let Err(error) = published {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "an allocation could not be published"
                );
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = stopping.cancelled() => return,
            }
        }
    }

    /// Computes the posteriors of now and publishes the weights that changed, under a new epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; the old allocation stays then.
    pub async fn publish_allocation(&self) -> Result<u64, Error> {
        self.publish_segments(None).await
    }

    /// The same of some segments: those in which something was observed. All change by and by, as their leads get older.
    ///
    /// * `touched`: none for all of them.
    async fn publish_segments(&self, touched: Option<BTreeSet<BanditKey>>) -> Result<u64, Error> {
        let previous = self.allocation.load_full();
        if self.is_anothers_duty().await? {
            return Ok(previous.epoch);
        }
        let as_of = self.clock.now();
        let state = self.state();
        let specs = bandits(&self.routes.get());
        let config = Arc::clone(&self.config);
        let previous_epoch = previous.epoch;
        let is_all = touched.is_none();
        let published = tokio::task::spawn_blocking(move || {
            let is_wanted =
                |key: &BanditKey| touched.as_ref().is_none_or(|keys| keys.contains(key));
            publish_some(&previous, &state, as_of.0, &config, &specs, is_wanted)
        });
        let published = published.await.map_err(|_| Error::Stored {
            what: "the arm state".to_owned(),
        })?;
        let Published {
            allocation,
            changes,
            failures,
        } = published;
        self.note(failures, is_all);
        if changes.is_empty() {
            return Ok(allocation.epoch);
        }
        let epoch = i64::try_from(allocation.epoch).unwrap_or(i64::MAX);
        let row = AllocationRow {
            epoch,
            created_at: as_of.0,
            as_of: as_of.0,
        };
        let entries: Vec<AllocationEntryRow> = changes
            .into_iter()
            .map(|change| entry_row(epoch, change))
            .collect();
        // On disk first: a decision must never name an allocation that nobody can find.
        match self.store_allocation(row, entries).await {
            Ok(true) => {
                let epoch = allocation.epoch;
                self.allocation.store(Arc::new(allocation));
                Ok(epoch)
            }
            // Another process was given the duty meanwhile.
            Ok(false) => Ok(previous_epoch),
            Err(error) => {
                let latest = latest_allocation(&self.store.read()).await?;
                self.allocation.store(Arc::new(latest));
                Err(error)
            }
        }
    }

    /// Stores an allocation, if it is for this process to publish them.
    async fn store_allocation(
        &self,
        row: AllocationRow,
        entries: Vec<AllocationEntryRow>,
    ) -> Result<bool, Error> {
        let lease = self.lease.number();
        let committed = Committed {
            allocation: u64::try_from(row.epoch).ok(),
            ..Committed::default()
        };
        let stored = self.store.write(move |tx| {
            Box::pin(async move {
                let is_ours = tx.claim_duty(DUTY, lease, tx.order().time()).await?;
                let committed = if is_ours {
                    tx.insert_allocation(row, entries).await?;
                    committed
                } else {
                    Committed::default()
                };
                tx.log_event(record::json(&committed)).await?;
                Ok(is_ours)
            })
        });
        Ok(stored.await?)
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
        let state = self.state();
        let (Some(spec), Some(node)) = (
            specs.iter().find(is_meant),
            state.node(&key.flow, &key.node),
        ) else {
            return BTreeMap::new();
        };
        let arms: Vec<&str> = spec.arms.iter().map(String::as_str).collect();
        let as_of = self.clock.now().0;
        let config = self.config();
        let believed = posteriors(node, &key.segment, &arms, spec.objective, as_of, config);
        spec.arms.iter().cloned().zip(believed).collect()
    }
}

/// The bandit nodes of all live flows, each once. One that stands in several flows has the arms of all
/// of them, and else the settings of its own flow's live version, or of the first that holds it.
fn bandits(routes: &Routes) -> Vec<BanditSpec> {
    let programs = routes.flows.values().map(|route| &*route.program);
    let mut specs: Vec<(bool, BanditSpec)> = programs
        .flat_map(|program| {
            bandits_of(program).map(move |spec| (spec.flow != program.flow(), spec))
        })
        .collect();
    specs.sort_by_key(|(is_guest, _)| *is_guest);
    let mut bandits: Vec<BanditSpec> = Vec::new();
    for (_, spec) in specs {
        let known = bandits
            .iter_mut()
            .find(|known| known.flow == spec.flow && known.node == spec.node);
        match known {
            Some(known) => {
                for arm in spec.arms {
                    if !known.arms.contains(&arm) {
                        known.arms.push(arm);
                    }
                }
            }
            None => bandits.push(spec),
        }
    }
    bandits
}

fn bandits_of(program: &Program) -> impl Iterator<Item = BanditSpec> + '_ {
    program.nodes().filter_map(|(node, op)| {
        let learning = op.bandit()?;
        let origin = program.origin(node);
        Some(BanditSpec {
            flow: origin.flow.to_owned(),
            node: origin.node.to_owned(),
            arms: op.arms().iter().map(|arm| arm.name.clone()).collect(),
            explore_ppm: learning.explore_ppm,
            objective: record::objective(learning.maximize),
        })
    })
}

fn entry_row(epoch: i64, change: Change) -> AllocationEntryRow {
    let Change {
        key,
        entry,
        posteriors,
    } = change;
    AllocationEntryRow {
        flow: key.flow,
        node: key.node,
        segment: key.segment,
        epoch,
        // Plain records become JSON without fail.
        weights_body: serde_json::to_string(&entry).unwrap_or_default(),
        posterior_body: serde_json::to_string(&posteriors).unwrap_or_default(),
    }
}
