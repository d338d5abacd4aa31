//! Sources that send at a steady rate, write down what they were told, and send again until they are told something.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use acceptance::caller::{Answer, Caller, try_answer};
use checker::records::{JournalEntry, RecordFile};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::now;

/// Before a lead is sent again.
const PAUSE: Duration = Duration::from_millis(20);
/// One lead in this many is answered as soon as it is on disk.
const ASYNC_ONE_IN: u64 = 5;
/// What is asked for beyond the deadline of a lead would never come.
const ANSWERED_MAX: Duration = Duration::from_mins(1);

/// Where the servers are now.
pub type Callers = Arc<RwLock<Vec<Caller>>>;

/// How leads are sent.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Begins the key of each lead.
    pub name: String,
    /// Connections that send side by side.
    pub connections: usize,
    /// Leads a second in all; 0: as fast as they are answered.
    pub a_second: u32,
    /// After so long without an answer the next server is asked.
    pub time_out: Duration,
    /// The values of `roof`, in turn: the flow goes by it.
    pub roofs: &'static [&'static str],
}

impl Pace {
    /// So many leads a second, from 32 connections, half of them for each half of the flow.
    pub fn steady(name: &str, a_second: u32) -> Self {
        Self {
            name: name.to_owned(),
            connections: 32,
            a_second,
            time_out: Duration::from_secs(3),
            roofs: &["flat", "steep"],
        }
    }
}

/// One lead as its source saw it.
#[derive(Debug, Clone)]
pub struct AnsweredLead {
    /// When it was answered.
    pub at: Instant,
    /// From when it was due, with all that it was sent again for.
    pub took: Duration,
    /// Its roof.
    pub roof: &'static str,
    /// What became of it.
    pub status: String,
    /// Who took it.
    pub destination: Option<String>,
}

/// What all connections saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// Every lead that was acknowledged.
    pub told: Vec<AnsweredLead>,
    /// Answers that refuse for now, by status.
    pub refused: BTreeMap<u16, usize>,
    /// Of those, the ones that do not say in whole seconds when to come again.
    pub without_retry_after: usize,
    /// The longest that a refusal took.
    pub slowest_refusal: Duration,
    /// Requests that broke off or were not answered in time.
    pub broken: usize,
    /// Answers that must not come.
    pub strange: Vec<String>,
}

impl Seen {
    /// The time that 99 of 100 leads of a roof took at most, of those that waited for their end.
    pub fn p99(&self, roof: &str) -> Duration {
        let of_roof = self
            .told
            .iter()
            .filter(|it| it.roof == roof && it.status != "queued");
        let mut times: Vec<Duration> = of_roof.map(|it| it.took).collect();
        times.sort_unstable();
        let n = times.len();
        times
            .get((n * 99).div_ceil(100).saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }

    /// The longest time in which nobody was answered.
    pub fn longest_gap(&self) -> Duration {
        let mut times: Vec<Instant> = self.told.iter().map(|it| it.at).collect();
        times.sort_unstable();
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        gaps.max().unwrap_or_default()
    }

    /// How many were refused for now.
    pub fn n_refused(&self) -> usize {
        self.refused.values().sum()
    }
}

/// Leads on their way, until somebody says that it is enough.
pub struct Senders {
    common: Arc<Common>,
    connections: JoinSet<()>,
}

struct Common {
    pace: Pace,
    callers: Callers,
    journal: Arc<RecordFile>,
    began: Instant,
    n_begun: AtomicU64,
    n_told: AtomicUsize,
    enough: AtomicBool,
    seen: Mutex<Seen>,
}

impl Senders {
    /// Lets all connections send.
    pub fn start(pace: Pace, callers: &Callers, journal: &Arc<RecordFile>) -> Self {
        let n_connections = pace.connections;
        let common = Arc::new(Common {
            pace,
            callers: Arc::clone(callers),
            journal: Arc::clone(journal),
            began: Instant::now(),
            n_begun: AtomicU64::new(0),
            n_told: AtomicUsize::new(0),
            enough: AtomicBool::new(false),
            seen: Mutex::default(),
        });
        let mut connections = JoinSet::new();
        for number in 0..n_connections {
            connections.spawn(Arc::clone(&common).run(number));
        }
        Self {
            common,
            connections,
        }
    }

    /// How many leads were acknowledged so far.
    pub fn n_told(&self) -> usize {
        self.common.n_told.load(Ordering::SeqCst)
    }

    /// Waits until so many more leads are acknowledged.
    pub async fn wait_for(&self, n_more: usize) {
        let goal = self.n_told() + n_more;
        let deadline = Instant::now() + 2 * ANSWERED_MAX;
        while self.n_told() < goal {
            assert!(Instant::now() < deadline, "no lead is answered any more");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Lets what is on its way come to its answer.
    pub async fn finish(self) -> Seen {
        self.common.enough.store(true, Ordering::SeqCst);
        self.connections.join_all().await;
        std::mem::take(&mut *self.common.seen())
    }
}

impl Common {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(self: Arc<Self>, number: usize) {
        let mut server = number;
        while !self.enough.load(Ordering::SeqCst) {
            let n = self.n_begun.fetch_add(1, Ordering::SeqCst);
            let due = match self.pace.a_second {
                0 => Instant::now(),
                a_second => {
                    let due = Duration::from_secs(1) * u32::try_from(n).unwrap() / a_second;
                    self.began + due
                }
            };
            tokio::time::sleep_until(due.into()).await;
            self.send(n, due, &mut server).await;
        }
    }

    /// Sends a lead until it is acknowledged, or until it is clear that nobody answers.
    async fn send(&self, n: u64, due: Instant, server: &mut usize) {
        let roofs = self.pace.roofs;
        let roof = roofs[usize::try_from(n).unwrap() % roofs.len()];
        let key = format!("{}-{n}", self.pace.name);
        let body = body(roof, n);
        // Not from when it was due: a machine that does other things lags behind.
        let began = Instant::now();
        loop {
            let sent = Instant::now();
            let request = self
                .caller(*server)
                .request(Method::POST, "/v1/leads")
                .json(&body);
            let request = request
                .header("Idempotency-Key", &key)
                .timeout(self.pace.time_out);
            match try_answer(request).await {
                Ok(answer) if (200..300).contains(&answer.status) => {
                    return self.keep(&key, roof, due, &answer.json());
                }
                Ok(answer) if matches!(answer.status, 409 | 429 | 503) => {
                    self.refused(&answer, sent.elapsed());
                    // Another server may take it.
                    *server += usize::from(answer.status == 503);
                }
                Ok(answer) => {
                    let told = format!("{key}: {} {}", answer.status, answer.text);
                    self.seen().strange.push(told);
                    return;
                }
                Err(_) => {
                    self.seen().broken += 1;
                    *server += 1;
                }
            }
            if began.elapsed() > ANSWERED_MAX {
                self.seen().strange.push(format!("{key}: no answer"));
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn caller(&self, server: usize) -> Caller {
        let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
        callers[server % callers.len()].clone()
    }

    fn keep(&self, key: &str, roof: &'static str, due: Instant, answer: &Value) {
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        let (status, destination) = (text("status").unwrap_or_default(), text("destination"));
        self.journal.write(&JournalEntry::Acknowledged {
            at: now(),
            source: "web".to_owned(),
            key: key.to_owned(),
            lead_id: text("lead_id").unwrap_or_default(),
            status: status.clone(),
            destination: destination.clone(),
        });
        self.seen().told.push(AnsweredLead {
            at: Instant::now(),
            took: due.elapsed(),
            roof,
            status,
            destination,
        });
        self.n_told.fetch_add(1, Ordering::SeqCst);
    }

    fn refused(&self, answer: &Answer, took: Duration) {
        let mut seen = self.seen();
        *seen.refused.entry(answer.status).or_default() += 1;
        let says_when = answer.header("retry-after").parse::<u64>().is_ok();
        seen.without_retry_after += usize::from(!says_when);
        if answer.status != 409 {
            seen.slowest_refusal = seen.slowest_refusal.max(took);
        }
    }
}

fn body(roof: &str, n: u64) -> Value {
    let mode = match n % ASYNC_ONE_IN {
        0 => "async",
        _ => "sync",
    };
    json!({
        "flow": "solar", "mode": mode,
        "fields": {"home_owner": n.is_multiple_of(3), "roof": roof, "age": 20 + n % 60, "phone": "+12025550143"},
    })
}
