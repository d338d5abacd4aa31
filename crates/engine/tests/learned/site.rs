//! A service with two buyers who answer at once, by the click's own number, and now and then not at all.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex},
    time::Duration,
};

use pointsman_bandit::State;
use pointsman_control::{Control, ExpectedStage, NewDestination, Publication, StageMove};
use pointsman_delivery::Policy;
use pointsman_engine::{Engine, LeadRequest, Options, write_snapshots};
use pointsman_flow::Document;
use pointsman_history::{Clock, ManualClock, hash_key, open, rebuild};
use pointsman_lead::Timestamp;
use pointsman_testkit::Postgres;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

pub(crate) const FLOW: &str = "auto";
pub(crate) const NODE: &str = "best";
/// A noon in UTC.
const NOW: Timestamp = Timestamp(1_764_331_200_000_000);
/// Longest wait for what must come.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where the database is.
pub(crate) enum Place {
    Folder(TempDir),
    Server(Postgres, String),
}

impl Place {
    fn url(&self) -> String {
        match self {
            Self::Folder(folder) => {
                format!("sqlite://{}", folder.path().join("pointsman.db").display())
            }
            Self::Server(server, name) => server.url(server.host(), name),
        }
    }
}

/// What people configure, and the engine.
struct Running {
    control: Control,
    engine: Engine,
}

/// The service, its clock, and the clicks that buyers have seen.
pub(crate) struct Site {
    place: Place,
    clock: ManualClock,
    running: Running,
    clicks: Arc<Mutex<Vec<String>>>,
}

impl Site {
    pub(crate) async fn open(place: Place) -> Self {
        let clock = ManualClock::new(NOW);
        let running = start(&place, &clock, false).await;
        let clicks = Arc::default();
        let fields = json!([{"name": "age", "kind": "integer"}]);
        running.control.put_schema("auto", &fields).await.unwrap();
        for (name, on_unknown) in [("one", "hold"), ("two", "pass_on")] {
            let url = buyer(Arc::clone(&clicks)).await;
            let new = NewDestination {
                name: name.to_owned(),
                target: json!({"url": url, "timeout_ms": 20_000, "response": {"price": "$.price"}}),
                settings: json!({"on_unknown": on_unknown}),
                vertical: Some("auto".to_owned()),
                expected_revision: Some(0),
            };
            running.control.put_destination(new).await.unwrap();
        }
        Self {
            place,
            clock,
            running,
            clicks,
        }
    }

    /// Makes a version with this bandit, and lets leads go there.
    pub(crate) async fn publish(&self, bandit: &Value) {
        let document = json!({
            "flow": FLOW, "vertical": "auto", "currency": "USD", "root": NODE, "max_sold": 2,
            "nodes": {NODE: bandit, "one": {"kind": "destination"}, "two": {"kind": "destination"}},
        });
        let document = Document::from_json(&document.to_string()).unwrap();
        let control = &self.running.control;
        control.save_draft(document, None).await.unwrap();
        let publication = Publication {
            flow: FLOW.to_owned(),
            message: "for a story".to_owned(),
            author: "tests".to_owned(),
            expected_revision: None,
            set_live_if_first: true,
        };
        let version = control.publish(publication).await.unwrap().version.hash;
        let stage = StageMove {
            flow: FLOW.to_owned(),
            stage: "live".to_owned(),
            version,
            expected: ExpectedStage::Any,
            by: "tests".to_owned(),
        };
        control.move_stage(stage).await.unwrap();
    }

    /// Sends a lead; whether the service lives to answer is its own affair.
    pub(crate) fn submit(&self, fields: Value) -> impl Future<Output = ()> + Send + use<> {
        let engine = self.running.engine.clone();
        async move {
            let request = LeadRequest {
                flow: FLOW.to_owned(),
                source: "web".to_owned(),
                fields: fields.as_object().unwrap().clone(),
                ..LeadRequest::default()
            };
            let _ = engine.intake().submit(request).await;
        }
    }

    /// Reports something; what is refused is refused.
    pub(crate) fn report(&self, query: &str) -> impl Future<Output = ()> + Send + use<> {
        let engine = self.running.engine.clone();
        let params: BTreeMap<String, String> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        async move {
            let _ = engine.postbacks().report(&params, None, Vec::new()).await;
        }
    }

    /// How many clicks buyers have seen.
    pub(crate) fn n_clicks(&self) -> usize {
        self.clicks.lock().unwrap().len()
    }

    /// One of them, in the order in which they came.
    pub(crate) fn click(&self, idx: usize) -> String {
        self.clicks.lock().unwrap()[idx].clone()
    }

    pub(crate) fn pass(&self, micros: i64) {
        self.clock.set(self.clock.now().plus(micros));
    }

    /// Ends without waiting for offers under way.
    pub(crate) async fn stop(&self) {
        let engine = self.running.engine.clone();
        engine.stop(Duration::ZERO).await.unwrap();
    }

    pub(crate) async fn start_again(&mut self, with_snapshots: bool) {
        self.running = start(&self.place, &self.clock, with_snapshots).await;
    }

    pub(crate) fn state(&self) -> State {
        self.running.engine.learner().state()
    }

    /// What was learned lead by lead is what the database adds up to, bit for bit.
    pub(crate) async fn learned_the_same(&self) {
        // What was committed last may still be on its way to the learner, and what an end left half done may still go on.
        let same = async {
            while self.state() != rebuild(self.running.engine.store()).await.unwrap() {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(TIMEOUT, same).await;
        assert!(
            waited.is_ok(),
            "what is known is not what history adds up to"
        );
    }

    pub(crate) async fn close(self) {
        self.stop().await;
        if let Place::Server(server, name) = &self.place {
            server.remove(name).await.unwrap();
        }
    }
}

async fn start(place: &Place, clock: &ManualClock, with_snapshots: bool) -> Running {
    let clock = Clock::from(clock);
    let store = pointsman_store::Options::default();
    let store = open(&place.url(), &store, &clock, true).await.unwrap();
    let key = hash_key(&store.read()).await.unwrap();
    if with_snapshots {
        write_snapshots(&store, key, &clock).await.unwrap();
    }
    let control = Control::open(store.clone(), clock.clone()).await.unwrap();
    let engine = Engine::start(Options {
        hash_key: hash_key(&store.read()).await.unwrap(),
        store,
        clock,
        node: "test".to_owned(),
        routes: control.routes(),
        policy: Policy::loopback_too(),
        limits: pointsman_delivery::Limits::default(),
        learning: pointsman_bandit::Config::default(),
        keep_parked: Duration::from_hours(24),
        suppression: pointsman_engine::Suppression::default(),
        jobs: BTreeMap::new(),
    });
    Running {
        control,
        engine: engine.await.unwrap(),
    }
}

/// A buyer; its address.
async fn buyer(clicks: Arc<Mutex<Vec<String>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/leads", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&clicks)));
        }
    });
    url
}

async fn serve(mut stream: TcpStream, clicks: Arc<Mutex<Vec<String>>>) {
    while let Some(click) = next_click(&mut stream).await {
        let mut hasher = DefaultHasher::new();
        click.hash(&mut hasher);
        let roll = hasher.finish() % 100;
        clicks.lock().unwrap().push(click);
        let price = roll % 17;
        let (status, body) = match roll {
            0..=29 => ("200 OK", format!(r#"{{"price": {price}}}"#)),
            30..=54 => ("200 OK", "{}".to_owned()),
            55..=91 => ("409 Conflict", r#"{"reason": "known"}"#.to_owned()),
            92..=95 => ("500 Internal Server Error", "{}".to_owned()),
            // It hangs up: nobody knows whether it took the lead.
            _ => return,
        };
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The click of the next offer on a connection.
async fn next_click(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && let Ok(body) = serde_json::from_str::<Value>(body)
        {
            return Some(body["click_id"].as_str()?.to_owned());
        }
    }
}
