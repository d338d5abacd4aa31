//! The destinations: conversions back, each at its time, some of them twice.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use pointsman_lead::Timestamp;
use pointsman_testkit::{GeneratedLead, Postback, RunningBuyer, World};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{Run, caller::Caller, progress::Progress};

/// Callers at once. What concerns one sale stays with one caller, so that nothing overtakes.
const LANES: usize = 8;
const LANE_DEPTH: usize = 64;
/// How often it is looked what has become due.
const TICK: Duration = Duration::from_millis(20);

/// What the destinations will still report.
struct Pending<'a> {
    world: World,
    leads: BTreeMap<&'a str, &'a GeneratedLead>,
    buyers: Vec<(&'a RunningBuyer, usize)>,
    known: BTreeSet<String>,
    due: BinaryHeap<Reverse<(Timestamp, u64)>>,
    postbacks: BTreeMap<u64, Postback>,
    n_made: u64,
}

/// The callers.
struct Lanes {
    senders: Vec<mpsc::Sender<Postback>>,
    callers: JoinSet<anyhow::Result<()>>,
}

/// Reports every conversion when it is due by the clock. Once all leads are sent, the rest follows
/// in order without waiting.
///
/// * `sent`: turns true when all leads are sent.
///
/// Returns how many postbacks came after the last lead.
///
/// # Errors
///
/// The first postback that fails twice.
pub(super) async fn report(run: &Run<'_>, sent: watch::Receiver<bool>) -> anyhow::Result<u64> {
    let clock = run.site.platform.engine.clock();
    let mut pending = Pending::of(run);
    let mut lanes = Lanes::open(&run.site.caller, &run.progress);
    loop {
        // Asked before looking: what was sent by then is seen now.
        let is_over = *sent.borrow();
        pending.look(clock.now());
        let by = if is_over {
            Timestamp(i64::MAX)
        } else {
            clock.now()
        };
        let mut n_called = 0;
        while let Some(postback) = pending.next(by) {
            lanes.send(postback).await?;
            n_called += 1;
        }
        if is_over {
            lanes.close().await?;
            return Ok(n_called);
        }
        tokio::time::sleep(TICK).await;
    }
}

impl<'a> Pending<'a> {
    fn of(run: &Run<'a>) -> Self {
        Self {
            world: run.world,
            leads: run
                .leads
                .iter()
                .map(|lead| (lead.key.as_str(), lead))
                .collect(),
            buyers: run.site.buyers.iter().map(|buyer| (buyer, 0)).collect(),
            known: BTreeSet::new(),
            due: BinaryHeap::new(),
            postbacks: BTreeMap::new(),
            n_made: 0,
        }
    }

    /// Finds out which leads were taken since the last look, and what will come of them.
    fn look(&mut self, now: Timestamp) {
        let Self {
            world,
            leads,
            buyers,
            known,
            due,
            postbacks,
            n_made,
        } = self;
        for (buyer, n_seen) in buyers {
            let posts = buyer.received_since(*n_seen);
            *n_seen += posts.len();
            for post in posts.into_iter().filter(|post| post.answer.took()) {
                let Some(lead) = leads.get(post.key.as_str()) else {
                    continue;
                };
                if !known.insert(post.idempotency_key) {
                    continue;
                }
                for postback in world.postbacks(lead, buyer.name, &post.click_id) {
                    due.push(Reverse((now.plus(postback.after), *n_made)));
                    postbacks.insert(*n_made, postback);
                    *n_made += 1;
                }
            }
        }
    }

    /// The next postback that is due by then.
    fn next(&mut self, by: Timestamp) -> Option<Postback> {
        let Reverse((at, number)) = *self.due.peek()?;
        if at > by {
            return None;
        }
        self.due.pop();
        self.postbacks.remove(&number)
    }
}

impl Lanes {
    fn open(caller: &Caller, progress: &Arc<Progress>) -> Self {
        let mut callers = JoinSet::new();
        let mut open = || {
            let (sender, mut receiver) = mpsc::channel::<Postback>(LANE_DEPTH);
            let (caller, progress) = (caller.clone(), Arc::clone(progress));
            callers.spawn(async move {
                while let Some(postback) = receiver.recv().await {
                    caller.postback(&postback).await?;
                    progress.postback();
                }
                Ok(())
            });
            sender
        };
        let senders = (0..LANES).map(|_| open()).collect();
        Self { senders, callers }
    }

    async fn send(&mut self, postback: Postback) -> anyhow::Result<()> {
        let sum: usize = postback.txid.bytes().map(usize::from).sum();
        if self.senders[sum % LANES].send(postback).await.is_ok() {
            return Ok(());
        }
        // A lane only ends early if it failed.
        while let Some(lane) = self.callers.join_next().await {
            lane??;
        }
        Err(anyhow::anyhow!("a caller of postbacks is gone")).context("returning conversions")
    }

    async fn close(mut self) -> anyhow::Result<()> {
        self.senders.clear();
        while let Some(lane) = self.callers.join_next().await {
            lane??;
        }
        Ok(())
    }
}
