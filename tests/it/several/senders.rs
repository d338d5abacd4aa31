//! Sources that send to both servers, and go to the other one where one does not answer.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    caller::{Caller, try_answer},
    site::solar_lead,
};

/// Connections, half of which begin at each server.
const CONNECTIONS: usize = 16;
/// After so long without an answer the other server is asked.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// Before a lead is sent again.
const PAUSE: Duration = Duration::from_millis(20);

/// Where the servers are now.
pub(super) type Callers = Arc<RwLock<[Caller; 2]>>;

/// An answer, and when it came.
pub(super) type Acknowledged = BTreeMap<String, (Instant, Value)>;

/// Leads on their way, until somebody says that it is enough.
pub(super) struct Senders {
    acknowledged: Arc<Mutex<Acknowledged>>,
    n_refused: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
    connections: JoinSet<()>,
}

impl Senders {
    /// * `name`: begins the key of each lead.
    pub(super) fn start(name: &str, callers: &Callers) -> Self {
        let (acknowledged, enough) = (Arc::<Mutex<_>>::default(), Arc::<AtomicBool>::default());
        let n_refused = Arc::<AtomicUsize>::default();
        let mut connections = JoinSet::new();
        for number in 0..CONNECTIONS {
            let connection = Connection {
                name: format!("{name}-{number}"),
                server: number % 2,
                callers: Arc::clone(callers),
                acknowledged: Arc::clone(&acknowledged),
                n_refused: Arc::clone(&n_refused),
                enough: Arc::clone(&enough),
            };
            connections.spawn(connection.run());
        }
        Self {
            acknowledged,
            n_refused,
            enough,
            connections,
        }
    }

    pub(super) fn n_acknowledged(&self) -> usize {
        let acknowledged = self.acknowledged.lock();
        acknowledged.unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Counts how often a lead was refused because nothing could be stored.
    pub(super) fn n_refused(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.n_refused)
    }

    /// Lets what is on its way come to its answer.
    pub(super) async fn finish(self) -> Acknowledged {
        self.enough.store(true, Ordering::SeqCst);
        self.connections.join_all().await;
        let acknowledged = self.acknowledged.lock();
        acknowledged.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The longest time in which no lead was answered.
pub(super) fn longest_gap(acknowledged: &Acknowledged) -> Duration {
    let mut times: Vec<Instant> = acknowledged.values().map(|(at, _)| *at).collect();
    times.sort_unstable();
    let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
    gaps.max().unwrap_or_default()
}

struct Connection {
    name: String,
    server: usize,
    callers: Callers,
    acknowledged: Arc<Mutex<Acknowledged>>,
    n_refused: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
}

impl Connection {
    async fn run(mut self) {
        for n in 0.. {
            if self.enough.load(Ordering::SeqCst) {
                return;
            }
            let key = format!("{}-{n}", self.name);
            let answer = self.send(&key).await;
            let mut acknowledged = self
                .acknowledged
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            acknowledged.insert(key, (Instant::now(), answer));
        }
    }

    async fn send(&mut self, key: &str) -> Value {
        loop {
            let caller = {
                let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
                callers[self.server].clone()
            };
            let request = caller
                .request(Method::POST, "/v1/leads")
                .json(&solar_lead());
            let request = request.header("Idempotency-Key", key).timeout(ANSWER_MAX);
            match try_answer(request).await {
                Ok(answer) if answer.status == 200 => return answer.json(),
                // Its first request is on its way at the other server.
                Ok(answer) if answer.status == 409 => {}
                Ok(answer) if answer.status == 503 => {
                    self.n_refused.fetch_add(1, Ordering::SeqCst);
                    self.server = 1 - self.server;
                }
                Ok(answer) => panic!("{key}: {answer:?}"),
                Err(_) => self.server = 1 - self.server,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
