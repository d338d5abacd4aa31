//! Sources that send until each of their leads is acknowledged, also by a server that was killed.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use pointsman_testkit::GeneratedLead;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinSet};

use crate::caller::{Caller, try_answer};

/// Connections that send side by side.
const CONNECTIONS: usize = 16;
/// Before a lead is sent again whose first request is still under way.
const PAUSE: Duration = Duration::from_millis(50);
/// One lead in this many is answered as soon as it is on disk.
const ASYNC_ONE_IN: u64 = 5;

/// What the source was told about its leads, by idempotency key.
pub(super) type Acknowledged = BTreeMap<String, Value>;

/// Leads on their way.
pub(super) struct Traffic {
    endpoint: watch::Sender<Endpoint>,
    n_acknowledged: watch::Receiver<usize>,
    n_refused: Arc<AtomicUsize>,
    acknowledged: Arc<Mutex<Acknowledged>>,
    connections: JoinSet<()>,
}

/// Where the server is, and how often it was started before.
#[derive(Debug, Clone)]
struct Endpoint {
    n_starts: u64,
    caller: Caller,
}

impl Traffic {
    /// Lets all connections send.
    pub(super) fn start(leads: &[GeneratedLead], caller: Caller) -> Self {
        let (endpoint, _) = watch::channel(Endpoint {
            n_starts: 0,
            caller,
        });
        let (count, n_acknowledged) = watch::channel(0);
        let queue: VecDeque<GeneratedLead> = leads.iter().cloned().collect();
        let queue = Arc::new(Mutex::new(queue));
        let acknowledged = Arc::default();
        let n_refused = Arc::<AtomicUsize>::default();
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let connection = Connection {
                endpoint: endpoint.subscribe(),
                count: count.clone(),
                queue: Arc::clone(&queue),
                n_refused: Arc::clone(&n_refused),
                acknowledged: Arc::clone(&acknowledged),
            };
            connections.spawn(connection.run());
        }
        Self {
            endpoint,
            n_acknowledged,
            n_refused,
            acknowledged,
            connections,
        }
    }

    /// Counts how often a lead was refused because nothing could be stored.
    pub(super) fn n_refused(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.n_refused)
    }

    /// Waits until this many leads are acknowledged.
    pub(super) async fn acknowledged(&self, n_leads: usize) {
        let mut count = self.n_acknowledged.clone();
        count.wait_for(|count| *count >= n_leads).await.unwrap();
    }

    /// Tells all connections where the server is now.
    pub(super) fn go_on(&self, caller: Caller) {
        self.endpoint.send_modify(|endpoint| {
            endpoint.n_starts += 1;
            endpoint.caller = caller;
        });
    }

    /// Waits until every lead is acknowledged.
    pub(super) async fn finish(self) -> Acknowledged {
        self.connections.join_all().await;
        let acknowledged = self.acknowledged.lock();
        acknowledged.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Connection {
    endpoint: watch::Receiver<Endpoint>,
    count: watch::Sender<usize>,
    queue: Arc<Mutex<VecDeque<GeneratedLead>>>,
    n_refused: Arc<AtomicUsize>,
    acknowledged: Arc<Mutex<Acknowledged>>,
}

impl Connection {
    async fn run(mut self) {
        while let Some(lead) = self.next() {
            let answer = self.send(&lead).await;
            let mut acknowledged = self
                .acknowledged
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let before = acknowledged.insert(lead.key, answer);
            assert!(before.is_none(), "each lead is acknowledged once");
            self.count.send_modify(|count| *count += 1);
        }
    }

    fn next(&self) -> Option<GeneratedLead> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    }

    /// Sends a lead under its key, again and again, until it is acknowledged.
    async fn send(&mut self, lead: &GeneratedLead) -> Value {
        let body = body(lead);
        loop {
            let Endpoint { n_starts, caller } = self.endpoint.borrow().clone();
            let request = caller.request(Method::POST, "/v1/leads").json(&body);
            let request = request.header("Idempotency-Key", &lead.key);
            match try_answer(request).await {
                Ok(answer) if answer.status < 300 => return answer.json(),
                // The first request is under way still, or nothing is taken at this moment.
                Ok(answer) if matches!(answer.status, 409 | 503) => {
                    let refused = usize::from(answer.status == 503);
                    self.n_refused.fetch_add(refused, Ordering::SeqCst);
                    tokio::time::sleep(PAUSE).await;
                }
                Ok(answer) => panic!("{}: {answer:?}", lead.key),
                // The server was killed: on to the next one.
                Err(_) => {
                    let next = self
                        .endpoint
                        .wait_for(|endpoint| endpoint.n_starts > n_starts);
                    assert!(next.await.is_ok(), "the server broke off by itself");
                }
            }
        }
    }
}

pub(super) fn body(lead: &GeneratedLead) -> Value {
    let mode = match lead.number % ASYNC_ONE_IN {
        0 => "async",
        _ => "sync",
    };
    let mut body = json!({
        "flow": "auto-insurance", "source": lead.source, "fields": lead.fields, "mode": mode,
    });
    for (position, sub_id) in (1..).zip(lead.sub_ids()) {
        if let Some(sub_id) = sub_id {
            body[format!("sub_id_{position}")] = sub_id.into();
        }
    }
    body
}
