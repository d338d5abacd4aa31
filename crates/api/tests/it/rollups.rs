//! What leads add up to by the hour is what their decisions come to.

use std::collections::BTreeMap;

use pointsman_control::{ExpectedStage, StageMove};
use pointsman_engine::LeadRequest;
use pointsman_history::{
    Clock, History, MetricsBucket, MetricsDimension, MetricsPoint, MetricsQuestion, RollupFold,
    rollup_differences,
};
use pointsman_store::{LeadFilter, LeadRow, RollupCell, RollupKey, Store};
use serde_json::{Map, Value, json};

use crate::{
    clocks::{NOW, TIMEOUT, World, publish},
    learning::until,
    platform::Platform,
    site::fields,
};

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

async fn open(world: &World) -> Platform {
    let platform = world.start_by(Clock::fast(NOW, 400), false).await.unwrap();
    platform
        .control
        .put_schema("auto", &fields())
        .await
        .unwrap();
    for (name, settings) in [
        ("acme", json!({"price": "5.00"})),
        ("zenith", json!({"pays": "conversion", "price": "3.00"})),
        ("gone", json!({"price": "9.00"})),
    ] {
        world.put(&platform, name, settings).await;
    }
    let away = pointsman_control::NewDestination {
        name: "gone".to_owned(),
        target: json!({"url": "http://127.0.0.1:9/leads"}),
        settings: json!({"price": "9.00"}),
        vertical: None,
        expected_revision: None,
    };
    platform.control.put_destination(away).await.unwrap();
    platform
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
    for status in &words[..1 + n % 3] {
        let txid = format!("{}", n % 3);
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
    let leads = store.read().leads(&LeadFilter::default(), None, 10_000);
    leads.await.unwrap().items
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
        until: Some(NOW.plus(30 * 24 * 3_600_000_000)),
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
        let status = pointsman_history::LeadStatus::from(lead.status).word();
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
    assert!(by_status.len() >= 4, "{by_status:?}");
    let deliveries = store
        .read()
        .delivery_counts(&pointsman_store::DeliveryFilter::default())
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

#[tokio::test]
async fn what_leads_add_up_to_is_what_their_decisions_come_to() {
    let world = World::new().await;
    let mut platform = open(&world).await;
    publish(&platform, &flow(500_000), "geo").await;
    for n in 0..300 {
        send(&platform, n).await;
        if n % 3 == 0 {
            report(&platform, n).await;
        }
        match n {
            100 => {
                let version = publish(&platform, &flow(200_000), "geo").await;
                let stage = StageMove {
                    flow: "story".to_owned(),
                    stage: "live".to_owned(),
                    version,
                    expected: ExpectedStage::Any,
                    by: "tests".to_owned(),
                };
                platform.control.move_stage(stage).await.unwrap();
            }
            200 => {
                platform.engine.stop(TIMEOUT).await.unwrap();
                platform = world
                    .start_by(Clock::fast(NOW.plus(86_400_000_000), 400), false)
                    .await
                    .unwrap();
            }
            _ => {}
        }
    }
    let store = platform.engine.store().clone();
    folded(&store).await;
    assert_eq!(rollup_differences(&store).await.unwrap(), []);
    compare_with_leads(&store).await;
    let live = cells(&store).await;
    platform.engine.stop(TIMEOUT).await.unwrap();

    let store = world.store().await;
    for stretches in [&[1][..], &[7, 3, 50], &[1_000_000]] {
        assert_eq!(folded_anew(&store, stretches).await, live, "{stretches:?}");
    }
    let hours: std::collections::BTreeSet<i64> = live.keys().map(|key| key.hour).collect();
    assert!(hours.len() > 1, "{hours:?}");
    store.close().await.unwrap();
}
