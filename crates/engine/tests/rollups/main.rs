//! What leads add up to by the hour is what their decisions come to.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use pointsman_control::{Control, ExpectedStage, NewDestination, Publication, StageMove};
use pointsman_delivery::Policy;
use pointsman_engine::{Engine, LeadRequest, Options};
use pointsman_flow::Document;
use pointsman_history::{
    Clock, History, LeadStatus, MetricsBucket, MetricsDimension, MetricsPoint, MetricsQuestion,
    RollupFold, hash_key, open, rollup_differences,
};
use pointsman_lead::Timestamp;
use pointsman_store::{DeliveryFilter, LeadFilter, LeadRow, RollupCell, RollupKey, Store};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// A noon in UTC.
const NOW: Timestamp = Timestamp(1_764_331_200_000_000);
const DAY: i64 = 86_400_000_000;
const TIMEOUT: Duration = Duration::from_secs(30);

/// What people configure, and the engine, on the database of a folder.
struct Platform {
    control: Control,
    engine: Engine,
}

fn url(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("pointsman.db").display())
}

/// * `from`: what its clock shows first; it runs 400 times as fast as ours.
async fn start(folder: &TempDir, from: Timestamp) -> Platform {
    let clock = Clock::fast(from, 400);
    let options = pointsman_store::Options::default();
    let store = open(&url(folder), &options, &clock, false).await.unwrap();
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
    Platform {
        engine: engine.await.unwrap(),
        control,
    }
}

/// A buyer that refuses every fifth lead; its address.
async fn buyer() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for n in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let status = if n % 5 == 4 { "409 Conflict" } else { "200 OK" };
            tokio::spawn(async move {
                let mut bytes = Vec::new();
                // The body is one JSON object, and ends with its brace.
                while !bytes.ends_with(b"}") && stream.read_buf(&mut bytes).await.unwrap() > 0 {}
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            });
        }
    });
    url
}

/// A bandit below a split, over three buyers of whom one is not there.
fn flow(first_ppm: u32) -> Value {
    json!({
        "geo": {"kind": "when", "if": "state == \"CA\"", "then": "nobody", "otherwise": "halves"},
        "halves": {"kind": "split", "sticky": "email", "arms": [
            {"name": "learned", "to": "best", "weight_ppm": first_ppm},
            {"name": "fixed", "to": "line", "weight_ppm": 1_000_000 - first_ppm}]},
        "best": {"kind": "bandit", "segment_by": ["state"], "explore_ppm": 500_000,
            "arms": [{"to": "acme"}, {"to": "zenith"}]},
        "line": {"kind": "waterfall", "to": ["gone", "zenith", "acme"]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
        "gone": {"kind": "destination"}, "nobody": {"kind": "reject", "reason": "not there"},
    })
}

async fn configure(platform: &Platform) {
    let fields = json!([
        {"name": "state", "kind": "enum", "labels": ["CA", "TX", "NY"], "required": "post"},
        {"name": "email", "kind": "email", "pii": true}
    ]);
    let control = &platform.control;
    control.put_schema("auto", &fields).await.unwrap();
    let there = buyer().await;
    for (name, url, settings) in [
        ("acme", there.as_str(), json!({"price": "5.00"})),
        (
            "zenith",
            &there,
            json!({"pays": "conversion", "price": "3.00"}),
        ),
        ("gone", "http://127.0.0.1:9/leads", json!({"price": "9.00"})),
    ] {
        let new = NewDestination {
            name: name.to_owned(),
            target: json!({ "url": url }),
            settings,
            vertical: Some("auto".to_owned()),
            expected_revision: None,
        };
        control.put_destination(new).await.unwrap();
    }
}

/// Publishes a version of the story's flow; the first one is live.
async fn publish(platform: &Platform, first_ppm: u32) -> String {
    let document = json!({"flow": "story", "vertical": "auto", "currency": "USD",
        "root": "geo", "nodes": flow(first_ppm)});
    let document = Document::from_json(&document.to_string()).unwrap();
    platform.control.save_draft(document, None).await.unwrap();
    let publication = Publication {
        flow: "story".to_owned(),
        message: "for a story".to_owned(),
        author: "tests".to_owned(),
        expected_revision: None,
        set_live_if_first: true,
    };
    let published = platform.control.publish(publication).await.unwrap();
    published.version.hash
}

/// Waits for something that a task of the service brings about.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let found = tokio::time::timeout(TIMEOUT, wait).await;
    found.unwrap_or_else(|_| panic!("{what} does not happen"))
}

async fn send(platform: &Platform, n: usize) {
    let fields = [
        ("state".to_owned(), json!(["TX", "NY", "CA"][n % 3])),
        (
            "email".to_owned(),
            json!(format!("p{}@example.com", n * 7 % 40)),
        ),
    ];
    let request = LeadRequest {
        flow: "story".to_owned(),
        source: format!("source-{}", n % 4),
        is_test: n % 31 == 7,
        fields: Map::from_iter(fields),
        ..LeadRequest::default()
    };
    platform.engine.intake().submit(request).await.unwrap();
}

/// Reports something of a lead that may be old, twice, and later things before earlier ones.
async fn report(platform: &Platform, n: usize) {
    let store = platform.engine.store().clone();
    let leads = leads(&store).await;
    let lead = leads[n * 13 % leads.len()].id.clone();
    let deliveries = store.read().deliveries_of_leads(&[lead]).await.unwrap();
    let Some(delivery) = deliveries.last() else {
        return;
    };
    let mut words = ["sale", "returned", "pending", "rebill"];
    words.rotate_left(n % 4);
    for status in &words[..=n % 3] {
        let txid = format!("{}", n % 2);
        let params = [
            ("click_id", delivery.click_id.as_str()),
            ("payout", "7.25"),
            ("status", status),
            ("txid", &txid),
        ];
        let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let params = params.into();
        // A report that makes no sense is refused, and changes nothing.
        for _ in 0..2 {
            let _ = platform
                .engine
                .postbacks()
                .report(&params, None, Vec::new())
                .await;
        }
    }
}

async fn leads(store: &Store) -> Vec<LeadRow> {
    let (read, filter) = (store.read(), LeadFilter::default());
    read.leads(&filter, None, 10_000).await.unwrap().items
}

async fn folded(store: &Store) -> i64 {
    until("everything is added up", async || {
        let read = store.read();
        let last = read.order().await.unwrap().number;
        let folded = read.rollup_progress().await.unwrap().folded_seq;
        (folded >= last).then_some(last)
    })
    .await
}

async fn cells(store: &Store) -> BTreeMap<RollupKey, RollupCell> {
    let read = store.read();
    let mut cells = BTreeMap::new();
    for hour in read.rollup_hours(i64::MIN, 10_000).await.unwrap() {
        cells.extend(read.rollup_cells(hour).await.unwrap().1);
    }
    cells
}

/// Adds everything up anew in stretches of other lengths.
async fn folded_anew(store: &Store, stretches: &[i64]) -> BTreeMap<RollupKey, RollupCell> {
    let last = store.read().order().await.unwrap().number;
    let reset = store.note(|tx| Box::pin(async move { tx.reset_rollups(1).await }));
    reset.await.unwrap();
    let mut fold = RollupFold::default();
    let (mut from, mut n) = (0, 0);
    while from < last {
        let until = last.min(from + stretches[n % stretches.len()]);
        let added = fold.between(&store.read(), from, until).await.unwrap();
        let stored = store.note(move |tx| {
            Box::pin(async move {
                assert!(tx.move_rollups_on(from, until).await?);
                // A second one that comes from the same number is refused.
                assert!(!tx.move_rollups_on(from, until).await?);
                tx.add_to_rollups(added).await
            })
        });
        stored.await.unwrap();
        (from, n) = (until, n + 1);
    }
    cells(store).await
}

fn total(by: &[MetricsDimension]) -> MetricsQuestion {
    MetricsQuestion {
        from: None,
        until: Some(NOW.plus(20 * DAY)),
        only: Vec::new(),
        status: None,
        by: by.to_vec(),
        bucket: MetricsBucket::Total,
        zone: "UTC".to_owned(),
        groups: 100,
    }
}

async fn asked(store: &Store, question: &MetricsQuestion) -> Vec<MetricsPoint> {
    let history = History::new(store.clone());
    let answer = history.metrics(question, NOW).await.unwrap().unwrap();
    answer.points
}

/// Compares with what is stored of the leads themselves.
async fn compare_with_leads(store: &Store) {
    let mut by_status: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for lead in leads(store).await.into_iter().filter(|it| !it.is_test) {
        let status = LeadStatus::from(lead.status).word();
        let sums = by_status.entry(status.to_owned()).or_default();
        sums.0 += 1;
        sums.1 += lead.revenue;
    }
    let points = asked(store, &total(&[MetricsDimension::Status])).await;
    let found: BTreeMap<String, (i64, i64)> = points
        .iter()
        .map(|point| {
            let status = point.by[0].clone().unwrap();
            (status, (point.leads(), point.revenue().0))
        })
        .collect();
    assert_eq!(found, by_status);
    assert!(by_status.contains_key("returned"), "{by_status:?}");
    let deliveries = store
        .read()
        .delivery_counts(&DeliveryFilter::default())
        .await
        .unwrap();
    let points = asked(store, &total(&[MetricsDimension::Destination])).await;
    // Test leads are counted there, too.
    for point in &points {
        let name = point.by[0].as_deref().unwrap();
        let of_it = deliveries.iter().filter(|it| it.destination == name);
        let n_offers: i64 = of_it.map(|it| it.deliveries).sum();
        assert!(point.offers() <= n_offers && point.offers() * 10 > n_offers * 9);
        assert_eq!(
            point.offers(),
            point.accepted() + point.rejected() + point.not_sent() + point.unknown()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leads_add_up_to_is_what_their_decisions_come_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut platform = start(&folder, NOW).await;
    configure(&platform).await;
    publish(&platform, 500_000).await;
    for n in 0..300 {
        send(&platform, n).await;
        if n % 3 == 0 {
            report(&platform, n / 3).await;
        }
        if n == 100 {
            let stage = StageMove {
                flow: "story".to_owned(),
                stage: "live".to_owned(),
                version: publish(&platform, 200_000).await,
                expected: ExpectedStage::Any,
                by: "tests".to_owned(),
            };
            platform.control.move_stage(stage).await.unwrap();
        }
        if n == 200 {
            platform.engine.stop(TIMEOUT).await.unwrap();
            platform = start(&folder, NOW.plus(DAY)).await;
        }
    }
    let store = platform.engine.store().clone();
    folded(&store).await;
    assert_eq!(rollup_differences(&store).await.unwrap(), []);
    compare_with_leads(&store).await;
    let live = cells(&store).await;
    let hours: BTreeSet<i64> = live.keys().map(|key| key.hour).collect();
    assert!(hours.len() > 1, "{hours:?}");
    platform.engine.stop(TIMEOUT).await.unwrap();

    let options = pointsman_store::Options::default();
    let store = Store::open(&url(&folder), &options).await.unwrap();
    for stretches in [&[2, 1, 5, 400][..], &[7, 30, 50], &[1_000_000]] {
        assert_eq!(folded_anew(&store, stretches).await, live, "{stretches:?}");
    }
    // A difference is found and named.
    let (key, mut sums) = live
        .iter()
        .next()
        .map(|(key, sums)| (key.clone(), *sums))
        .unwrap();
    sums[1..].fill(0);
    let spoil = BTreeMap::from([(key.clone(), sums)]);
    let spoilt = store.note(|tx| Box::pin(async move { tx.add_to_rollups(spoil).await }));
    spoilt.await.unwrap();
    let found = rollup_differences(&store).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].key, key);
    store.close().await.unwrap();
}
