//! A platform with two buyers, who answer when they are told to.

use std::{collections::BTreeMap, time::Duration};

use pointsman_bandit::State;
use pointsman_control::{Control, NewDestination, Publication, SourceToPut};
use pointsman_delivery::Policy;
use pointsman_engine::{Engine, LeadOutcome, LeadRequest, Mode, Options, PostbackOutcome, Refused};
use pointsman_flow::Document;
use pointsman_history::{Clock, Folded, hash_key, open, rebuild};
use pointsman_lead::{Id, Problem, kinds};
use pointsman_ledger::Ledger;
use pointsman_store::{LeadRow, LeadStatus, ParkedPostbackRow, ParkedReason, SnapshotRow};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

/// Longest wait for what must come.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// A platform, and the buyers `one` and `two` of its flow.
pub(crate) struct Platform {
    pub(crate) engine: Engine,
    control: Control,
    offers: BTreeMap<&'static str, mpsc::UnboundedReceiver<Offer>>,
    folder: TempDir,
    clock: Clock,
}

/// An offer that a buyer has before it.
pub(crate) struct Offer {
    pub(crate) click: String,
    answer: oneshot::Sender<String>,
}

impl Offer {
    /// Takes the lead; `answer` is a JSON object, such as `{"price": 10}`.
    pub(crate) fn accept(self, answer: &str) -> String {
        self.say("200 OK", answer)
    }

    /// Does not want it.
    pub(crate) fn reject(self) -> String {
        self.say("409 Conflict", r#"{"reason": "known"}"#)
    }

    /// Says that it did not look at it, and may be sent it again.
    pub(crate) fn turn_away(self) -> String {
        self.say("503 Service Unavailable", "{}")
    }

    /// Hangs up without an answer.
    pub(crate) fn break_off(self) -> String {
        let Self { click, answer } = self;
        drop(answer);
        click
    }

    fn say(self, status: &str, body: &str) -> String {
        let Self { click, answer } = self;
        let length = body.len();
        answer
            .send(format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            ))
            .unwrap();
        click
    }
}

impl Platform {
    /// Opens a platform whose flow draws a buyer and goes on with the other.
    ///
    /// * `max_sold`: to how many buyers a lead is sold.
    /// * `settings`: of both buyers.
    pub(crate) async fn open(max_sold: u8, settings: Value) -> Self {
        Self::open_with(max_sold, settings, json!({})).await
    }

    /// The same with more members of the targets of both buyers.
    pub(crate) async fn open_with(max_sold: u8, settings: Value, more: Value) -> Self {
        Self::open_at(Clock::real(), max_sold, settings, more).await
    }

    /// The same in another time.
    pub(crate) async fn open_at(clock: Clock, max_sold: u8, settings: Value, more: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (control, engine) = start(&folder, &clock).await;
        let fields = json!([{"name": "age", "kind": "integer"}]);
        control.put_schema("auto", &fields).await.unwrap();
        let mut offers = BTreeMap::new();
        for name in ["one", "two"] {
            let (url, offered) = buyer().await;
            offers.insert(name, offered);
            let mut target = json!({"url": url, "timeout_ms": 20_000, "response": {
                "price": "$.price", "redirect_url": "$.redirect_url",
                "not_sent": [{"status": 503}]}});
            let members = target.as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            let new = NewDestination {
                name: name.to_owned(),
                target,
                settings: settings.clone(),
                vertical: Some("auto".to_owned()),
                expected_revision: Some(0),
            };
            control.put_destination(new).await.unwrap();
        }
        publish(&control, ("auto", "USD"), max_sold).await;
        Self {
            engine,
            control,
            offers,
            folder,
            clock,
        }
    }

    /// Stops without waiting for offers under way, and starts again on the same database.
    pub(crate) async fn restart(self) -> Self {
        self.engine.stop(Duration::ZERO).await.unwrap();
        let (control, engine) = start(&self.folder, &self.clock).await;
        Self {
            engine,
            control,
            ..self
        }
    }

    /// Publishes another flow to the same buyers, in another currency.
    pub(crate) async fn publish(&self, flow: &str, currency: &str) {
        publish(&self.control, (flow, currency), 1).await;
    }

    /// Puts a source.
    pub(crate) async fn put_source(&self, name: &str, document: Value) {
        let put = SourceToPut {
            name: name.to_owned(),
            document,
            expected_revision: None,
        };
        self.control.put_source(put).await.unwrap();
    }

    /// Sends a lead whose source does not wait; its id, once it is on disk.
    pub(crate) async fn send_async(&self) -> Id<kinds::Lead> {
        let request = LeadRequest {
            flow: "auto".to_owned(),
            source: "web".to_owned(),
            mode: Mode::Async,
            ..LeadRequest::default()
        };
        let outcome = self.engine.intake().submit(request).await.unwrap();
        outcome.lead_id
    }

    /// Sends a lead; it is decided while the story goes on.
    pub(crate) fn send(&self) -> JoinHandle<LeadOutcome> {
        self.send_as("auto", "web")
    }

    /// The same to another flow, or from another source.
    pub(crate) fn send_as(
        &self,
        flow: &'static str,
        source: &'static str,
    ) -> JoinHandle<LeadOutcome> {
        let engine = self.engine.clone();
        tokio::spawn(async move {
            let request = LeadRequest {
                flow: flow.to_owned(),
                source: source.to_owned(),
                ..LeadRequest::default()
            };
            engine.intake().submit(request).await.unwrap()
        })
    }

    /// The next offer to either buyer.
    pub(crate) async fn offered(&mut self) -> (&'static str, Offer) {
        let mut buyers = self.offers.values_mut();
        let (one, two) = (buyers.next().unwrap(), buyers.next().unwrap());
        let next = async {
            tokio::select! {
                offer = one.recv() => ("one", offer.unwrap()),
                offer = two.recv() => ("two", offer.unwrap()),
            }
        };
        tokio::time::timeout(TIMEOUT, next).await.unwrap()
    }

    /// A lead that the first buyer took.
    pub(crate) async fn sold(&mut self, answer: &str) -> (LeadOutcome, String) {
        let lead = self.send();
        let click = self.offered().await.1.accept(answer);
        (lead.await.unwrap(), click)
    }

    /// Reports with a token of all destinations.
    pub(crate) async fn report(&self, query: &str) -> Result<PostbackOutcome, Vec<Problem>> {
        self.report_of(None, query).await
    }

    /// Reports with the token of one destination.
    pub(crate) async fn report_of(
        &self,
        destination: Option<&str>,
        query: &str,
    ) -> Result<PostbackOutcome, Vec<Problem>> {
        let params = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let reported =
            self.engine
                .postbacks()
                .report(&params, destination.map(str::to_owned), Vec::new());
        match reported.await {
            Ok(outcome) => Ok(outcome),
            Err(Refused::Problems(problems)) => Err(problems),
            Err(refused) => panic!("{query}: {refused}"),
        }
    }

    pub(crate) async fn lead(&self, id: &Id<kinds::Lead>) -> LeadRow {
        let read = self.engine.store().read();
        read.find_lead(&id.to_string()).await.unwrap().unwrap()
    }

    /// Waits until the walk of a lead has ended.
    pub(crate) async fn ended(&self, id: &Id<kinds::Lead>) {
        let ended = async {
            while self.lead(id).await.settled_at.is_none() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(TIMEOUT, ended).await.unwrap();
    }

    /// What a lead has earned in hundredths, and how far it has come.
    pub(crate) async fn earned(&self, id: &Id<kinds::Lead>) -> (i64, LeadStatus) {
        let lead = self.lead(id).await;
        assert_eq!(lead.revenue % 10_000, 0);
        (lead.revenue / 10_000, lead.status)
    }

    /// What was put aside, the latest first.
    pub(crate) async fn aside(&self) -> Vec<ParkedPostbackRow> {
        let read = self.engine.store().read();
        read.parked_postbacks(&pointsman_store::ParkedPostbackFilter::default(), None, 100)
            .await
            .unwrap()
            .items
    }

    pub(crate) async fn reasons(&self) -> Vec<ParkedReason> {
        let rows = self.aside().await.into_iter();
        let mut reasons: Vec<_> = rows.filter_map(|row| row.reason).collect();
        reasons.sort();
        reasons
    }

    /// Caps, breakers and turns, and what bandits have observed.
    pub(crate) async fn knows(&self) -> (Ledger, State) {
        let ledger = self.engine.sequencer().ledger().await.unwrap();
        (ledger, self.engine.learner().state())
    }

    /// Waits until there are snapshots that a start can use.
    pub(crate) async fn has_snapshots(&self) {
        let read = self.engine.store().read();
        let written = async {
            while Folded::<Ledger>::newest(&read).await.unwrap().is_none() {
                tokio::task::yield_now().await;
            }
            while Folded::<State>::newest(&read).await.unwrap().is_none() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(TIMEOUT, written).await.unwrap();
    }

    /// Damages every snapshot.
    pub(crate) async fn damage_snapshots(&self) {
        for fold in ["ledger", "arms"] {
            for mut row in self.snapshots(fold).await {
                row.body.push(' ');
                let damage = self
                    .engine
                    .store()
                    .write(move |tx| Box::pin(async move { tx.put_snapshot(row).await }));
                damage.await.unwrap();
            }
        }
    }

    async fn snapshots(&self, fold: &str) -> Vec<SnapshotRow> {
        self.engine.store().read().snapshots(fold).await.unwrap()
    }

    /// What was learned lead by lead is what the database adds up to, bit for bit.
    pub(crate) async fn learned_the_same(&self) {
        let rebuilt = rebuild(self.engine.store()).await.unwrap();
        let same = async {
            // What was committed last may still be on its way to the learner.
            while self.engine.learner().state() != rebuilt {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(5), same).await;
        assert!(
            waited.is_ok(),
            "{:?}\n{rebuilt:?}",
            self.engine.learner().state()
        );
    }
}

/// What people configure, and the engine, on the database of a folder.
async fn start(folder: &TempDir, clock: &Clock) -> (Control, Engine) {
    let database_url = format!("sqlite://{}", folder.path().join("pointsman.db").display());
    let store = pointsman_store::Options::default();
    let clock = clock.clone();
    let store = open(&database_url, &store, &clock, false).await.unwrap();
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
    (control, engine.await.unwrap())
}

async fn publish(control: &Control, (flow, currency): (&str, &str), max_sold: u8) {
    let document = json!({
        "flow": flow, "vertical": "auto", "currency": currency, "root": "best", "max_sold": max_sold,
        "nodes": {
            "best": {"kind": "bandit", "explore_ppm": 50_000, "arms": [{"to": "one"}, {"to": "two"}]},
            "one": {"kind": "destination"}, "two": {"kind": "destination"},
        },
    });
    let document = Document::from_json(&document.to_string()).unwrap();
    control.save_draft(document, Some(0)).await.unwrap();
    let publication = Publication {
        flow: flow.to_owned(),
        message: "for a story".to_owned(),
        author: "tests".to_owned(),
        expected_revision: Some(1),
        set_live_if_first: true,
    };
    control.publish(publication).await.unwrap();
}

/// A buyer that hands each offer on and answers as it is told; its address, and the offers.
async fn buyer() -> (String, mpsc::UnboundedReceiver<Offer>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/leads", listener.local_addr().unwrap());
    let (offers, offered) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, offers.clone()));
        }
    });
    (url, offered)
}

async fn serve(mut stream: TcpStream, offers: mpsc::UnboundedSender<Offer>) {
    let mut bytes = Vec::new();
    let body = loop {
        let n_read = stream.read_buf(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes);
        if let Some(body) = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
            && let Ok(body) = serde_json::from_str::<Value>(&body)
        {
            break body;
        }
        if n_read == 0 {
            return;
        }
    };
    let (answer, answered) = oneshot::channel();
    let click = body["click_id"].as_str().unwrap().to_owned();
    if offers.send(Offer { click, answer }).is_ok()
        && let Ok(text) = answered.await
    {
        stream.write_all(text.as_bytes()).await.unwrap();
    }
}
