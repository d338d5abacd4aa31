//! Clocks that step: between two starts, and while the service runs.

use std::{collections::BTreeMap, time::Duration};

use axum::{Router, http::StatusCode, routing::post};
use pointsman_api::explain_lead;
use pointsman_control::{NewDestination, Publication};
use pointsman_engine::{LeadOutcome, LeadRequest, Refused};
use pointsman_flow::Document;
use pointsman_history::{CandidateOutcome, Clock, Error, ManualClock, WhatIfLead, WhatIfVersion};
use pointsman_lead::Timestamp;
use pointsman_router::Answer;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    platform::{Options, Platform},
    site::{fields, platform_options},
};

const DAY: i64 = 24 * 3_600_000_000;
/// A noon in UTC.
pub(crate) const NOW: Timestamp = Timestamp(1_764_331_200_000_000);
pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);

/// A database, the clock of whoever opens it, and a buyer who takes every lead.
pub(crate) struct World {
    folder: TempDir,
    clock: ManualClock,
    buyer: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        let buyer = Router::new().route("/", post(|| async { StatusCode::OK }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let buyer_address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, buyer).await });
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: ManualClock::new(NOW),
            buyer: format!("http://{buyer_address}/"),
        }
    }

    async fn start(&self, accept_clock: bool) -> Result<Platform, Error> {
        self.start_by(Clock::from(&self.clock), accept_clock).await
    }

    pub(crate) async fn start_by(
        &self,
        clock: Clock,
        accept_clock: bool,
    ) -> Result<Platform, Error> {
        let database = self.folder.path().join("pointsman.db");
        let options = platform_options(format!("sqlite://{}", database.display()));
        Platform::open(Options {
            clock,
            accept_clock,
            ..options
        })
        .await
    }

    /// A flow with one destination, which takes so many leads on a day of UTC.
    async fn configure(&self, platform: &Platform, a_day: u64) {
        platform
            .control
            .put_schema("auto", &fields())
            .await
            .unwrap();
        let cap = json!({"kind": "accepted", "max": a_day, "window": "day", "zone": "UTC"});
        let settings = json!({"price": "5.00", "caps": [cap]});
        self.put(platform, "acme", settings).await;
        publish(platform, &json!({"acme": {"kind": "destination"}}), "acme").await;
    }

    /// A destination whose buyer takes every lead.
    pub(crate) async fn put(&self, platform: &Platform, name: &str, settings: Value) {
        let new = NewDestination {
            name: name.to_owned(),
            target: json!({"url": self.buyer}),
            settings,
            vertical: Some("auto".to_owned()),
            expected_revision: None,
        };
        platform.control.put_destination(new).await.unwrap();
    }
}

/// Publishes a version of the story's flow; the first one is live.
pub(crate) async fn publish(platform: &Platform, nodes: &Value, root: &str) -> String {
    let document = json!({"flow": "story", "vertical": "auto", "currency": "USD",
        "root": root, "nodes": nodes});
    let document = Document::from_json(&document.to_string()).unwrap();
    platform.control.save_draft(document, None).await.unwrap();
    let publication = Publication {
        flow: "story".to_owned(),
        message: "for a story".to_owned(),
        author: "tests".to_owned(),
        expected_revision: None,
        set_live_if_first: true,
    };
    platform
        .control
        .publish(publication)
        .await
        .unwrap()
        .version
        .hash
}

fn lead() -> Map<String, Value> {
    Map::from_iter([("state".to_owned(), json!("TX"))])
}

/// Sends a lead and says what became of it.
pub(crate) async fn send(platform: &Platform) -> String {
    let outcome = try_send(platform).await.unwrap();
    outcome.status.word().to_owned()
}

async fn try_send(platform: &Platform) -> Result<LeadOutcome, Refused> {
    let request = LeadRequest {
        flow: "story".to_owned(),
        source: "web".to_owned(),
        fields: lead(),
        ..LeadRequest::default()
    };
    platform.engine.intake().submit(request).await
}

/// What a lead would meet at acme now.
async fn would(platform: &Platform) -> CandidateOutcome {
    let what_if = WhatIfLead {
        flow: "story".to_owned(),
        version: WhatIfVersion::Stage("live".to_owned()),
        source: "web".to_owned(),
        sub_ids: Default::default(),
        fields: lead(),
        is_test: false,
        at: None,
        unit_key: None,
        answer: Answer::Accepted,
        bids: BTreeMap::new(),
    };
    let explanation = explain_lead(&platform.control, &platform.engine, &what_if)
        .await
        .unwrap();
    explanation.steps[0].candidates[0].outcome
}

#[tokio::test]
async fn a_start_far_behind_the_last_stored_time_is_refused_until_the_clock_is_accepted() {
    let world = World::new().await;
    world.clock.set(NOW.plus(400 * DAY));
    let platform = world.start(false).await.unwrap();
    world.configure(&platform, 1).await;
    assert_eq!(send(&platform).await, "sold");
    platform.engine.stop(TIMEOUT).await.unwrap();

    world.clock.set(NOW);
    let refused = world.start(false).await.unwrap_err();
    let told = refused.to_string();
    assert!(matches!(refused, Error::Clock(_)), "{told}");
    assert!(
        told.contains("400 days before the last stored time") && told.contains("--accept-clock"),
        "{told}"
    );

    // Accepted once, it is accepted; caps go on by the true time, and so does what is told of them.
    let platform = world.start(true).await.unwrap();
    platform.engine.stop(TIMEOUT).await.unwrap();
    let platform = world.start(false).await.unwrap();
    assert_eq!(would(&platform).await, CandidateOutcome::Offered);
    assert_eq!(send(&platform).await, "sold");
    assert_eq!(would(&platform).await, CandidateOutcome::Cap);
    assert_eq!(send(&platform).await, "unsold");
    world.clock.set(NOW.plus(DAY));
    assert_eq!(send(&platform).await, "sold");
    let store = platform.engine.store().clone();
    let found = pointsman_history::verify(&store, &mut |_| ())
        .await
        .unwrap();
    assert_eq!((found.reproduced, found.decisions), (4, 4), "{found:?}");
    platform.engine.stop(TIMEOUT).await.unwrap();

    // What was stored since is the last stored time now.
    world
        .start(false)
        .await
        .unwrap()
        .engine
        .stop(TIMEOUT)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_clock_that_is_minutes_behind_is_believed() {
    let world = World::new().await;
    let platform = world.start(false).await.unwrap();
    world.configure(&platform, 1).await;
    send(&platform).await;
    platform.engine.stop(TIMEOUT).await.unwrap();
    world.clock.set(NOW.plus(-4 * 60_000_000));
    world
        .start(false)
        .await
        .unwrap()
        .engine
        .stop(TIMEOUT)
        .await
        .unwrap();
    world.clock.set(NOW.plus(-6 * 60_000_000));
    assert!(matches!(world.start(false).await, Err(Error::Clock(_))));
}

#[tokio::test]
async fn a_clock_that_steps_while_the_service_runs_counts_at_once() {
    let world = World::new().await;
    let platform = world.start(false).await.unwrap();
    world.configure(&platform, 2).await;
    let mut statuses = Vec::new();
    // Yesterday has a unit left after tomorrow has none, and the other way round.
    for days in [1, 1, 1, 0, -1, 0, 0, -1, -1] {
        world.clock.set(NOW.plus(days * DAY));
        statuses.push(send(&platform).await);
    }
    assert_eq!(
        statuses,
        [
            "sold", "sold", "unsold", "sold", "sold", "sold", "unsold", "sold", "unsold"
        ]
    );
    let store = platform.engine.store().clone();
    let leads = store.read().leads_in_order(0, 10).await.unwrap();
    let days: Vec<i64> = leads
        .iter()
        .map(|lead| (lead.received_at - NOW.0) / DAY)
        .collect();
    assert_eq!(days, [1, 1, 1, 0, -1, 0, 0, -1, -1]);
    let found = pointsman_history::verify(&store, &mut |_| ())
        .await
        .unwrap();
    assert_eq!((found.reproduced, found.decisions), (9, 9), "{found:?}");
    platform.engine.stop(TIMEOUT).await.unwrap();

    // The same after a start: caps are counted from what is stored, each unit in its own day.
    let platform = world.start(false).await.unwrap();
    assert_eq!(send(&platform).await, "unsold");
    platform.engine.stop(TIMEOUT).await.unwrap();
}

/// Windows that ended long ago are forgotten, so a unit of one of them would be counted from nothing.
#[tokio::test]
async fn a_clock_that_steps_back_by_days_is_refused_until_it_is_right_or_accepted() {
    let world = World::new().await;
    let platform = world.start(false).await.unwrap();
    world.configure(&platform, 5).await;
    world.clock.set(NOW.plus(3 * DAY));
    assert_eq!(send(&platform).await, "sold");
    world.clock.set(NOW);
    let refused = try_send(&platform).await.unwrap_err();
    assert!(matches!(refused, Refused::Unavailable(_)), "{refused}");
    world.clock.set(NOW.plus(3 * DAY));
    assert_eq!(send(&platform).await, "sold");
    platform.engine.stop(TIMEOUT).await.unwrap();

    world.clock.set(NOW);
    assert!(matches!(world.start(false).await, Err(Error::Clock(_))));
    let platform = world.start(true).await.unwrap();
    assert_eq!(send(&platform).await, "sold");
    platform.engine.stop(TIMEOUT).await.unwrap();
}
