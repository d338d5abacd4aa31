use pointsman_flow::{Document, Semantics};
use pointsman_history::{Clock, WhatIfVersion};
use pointsman_store::{Expected, ExpectedStage, NewFlowVersion, Options, StageTarget};
use serde_json::json;
use tempfile::TempDir;

use crate::{Control, NewDestination, Publication, PublishedVersion, routes::LIVE};

const FLOW: &str = "auto";

/// Opens a platform that knows three destinations and no flow.
async fn open() -> (Control, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("pointsman.db").display());
    let clock = Clock::real();
    let options = Options::default();
    let store = pointsman_history::open(&url, &options, &clock, false);
    let control = Control::open(store.await.unwrap(), clock).await.unwrap();
    let fields = json!([{"name": "age", "kind": "integer"}]);
    control.put_schema(FLOW, &fields).await.unwrap();
    for name in ["acme", "zenith", "harbor"] {
        let new = NewDestination {
            name: name.to_owned(),
            target: json!({"url": "https://buyer.example/leads"}),
            settings: json!({"price": "12.50"}),
            vertical: Some(FLOW.to_owned()),
            expected_revision: Some(0),
        };
        control.put_destination(new).await.unwrap();
    }
    (control, folder)
}

/// A flow that splits its leads by these weights.
fn split(weights_ppm: [u32; 3]) -> Document {
    let arms = ["acme", "zenith", "harbor"].into_iter().zip(weights_ppm);
    let arms: Vec<_> = arms
        .map(|(to, weight_ppm)| json!({"to": to, "weight_ppm": weight_ppm}))
        .collect();
    let document = json!({
        "flow": FLOW, "vertical": FLOW, "currency": "USD", "root": "premium",
        "nodes": {
            "premium": {"kind": "split", "arms": arms},
            "acme": {"kind": "destination"},
            "zenith": {"kind": "destination"},
            "harbor": {"kind": "destination"},
        },
    });
    Document::from_json(&document.to_string()).unwrap()
}

async fn publish(control: &Control, document: Document) -> PublishedVersion {
    control.save_draft(document, None).await.unwrap();
    let publication = Publication {
        flow: FLOW.to_owned(),
        message: String::new(),
        author: "ada".to_owned(),
        expected_revision: None,
        set_live_if_first: true,
    };
    control.publish(publication).await.unwrap()
}

/// Stores a live version as an earlier release published it.
async fn store_version_1(control: &Control, document: &Document) {
    let version = NewFlowVersion {
        hash: document.hash().to_string(),
        flow: FLOW.to_owned(),
        body: document.to_json(),
        message: String::new(),
        author: "ada".to_owned(),
        at: 1,
        semantics: 1,
    };
    let target = StageTarget {
        flow: FLOW.to_owned(),
        stage: LIVE.to_owned(),
        version_hash: version.hash.clone(),
        at: 1,
        by: "ada".to_owned(),
    };
    let stored = control.inner.store.note(move |tx| {
        Box::pin(async move {
            tx.put_flow(FLOW, FLOW, 1).await?;
            tx.insert_flow_version(version).await?;
            let absent = ExpectedStage::Row(Expected::Absent);
            tx.move_stage(target, absent).await
        })
    });
    stored.await.unwrap();
    assert!(control.refresh_routes().await.unwrap().is_empty());
}

/// What the live version runs under.
async fn live_semantics(control: &Control) -> Semantics {
    let live = WhatIfVersion::Stage(LIVE.to_owned());
    control.program_of(FLOW, &live).await.unwrap().semantics()
}

/// The node and share of each that draws otherwise.
fn shares(published: &PublishedVersion) -> Vec<(String, u32)> {
    let nodes = &published.moves.as_ref().unwrap().nodes;
    let shares = nodes
        .iter()
        .map(|moves| (moves.node.clone(), moves.share_ppm));
    shares.collect()
}

#[tokio::test]
async fn publishing_says_how_many_people_change_arm() {
    let (control, _folder) = open().await;
    let first = publish(&control, split([100_000, 100_000, 800_000])).await;
    assert!(first.moves.is_none(), "{:?}", first.moves);
    let second = publish(&control, split([200_000, 200_000, 600_000])).await;
    assert_eq!(shares(&second), [("premium".to_owned(), 200_000)]);
    // The first one is still live: that is what people would change from.
    let third = publish(&control, split([200_000, 100_000, 700_000])).await;
    assert_eq!(shares(&third), [("premium".to_owned(), 109_091)]);
    let from = &third.moves.as_ref().unwrap().from;
    assert_eq!(from.hash, first.version.hash);

    let (first, second) = (&first.version.hash, &second.version.hash);
    let moves = control.moves(first, second).await.unwrap();
    assert_eq!(moves.nodes[0].share_ppm, 200_000);
    let unknown = control.moves(first, "nothing").await.unwrap_err();
    assert!(unknown.to_string().contains("nothing"), "{unknown}");
}

#[tokio::test]
async fn a_version_keeps_its_semantics_until_it_is_published_again_and_that_says_so() {
    let (control, _folder) = open().await;
    let document = split([100_000, 100_000, 800_000]);
    store_version_1(&control, &document).await;
    assert_eq!(live_semantics(&control).await, Semantics::V1);

    // A restart and a program that brings the same flow along change nothing.
    control.refresh_routes().await.unwrap();
    let schema = control.find_schema(FLOW).await.unwrap().unwrap().schema;
    control.register(document.clone(), schema).await.unwrap();
    assert_eq!(live_semantics(&control).await, Semantics::V1);

    let raised = publish(&control, document.clone()).await;
    assert!(!raised.is_new);
    assert_eq!(raised.version.semantics, 2);
    let moves = raised.moves.as_ref().unwrap();
    assert_eq!(
        (moves.from_semantics, moves.to_semantics),
        (Semantics::V1, Semantics::V2)
    );
    // Independent draws: 1 - (0.1² + 0.1² + 0.8²).
    assert_eq!(shares(&raised), [("premium".to_owned(), 340_000)]);
    assert_eq!(live_semantics(&control).await, Semantics::V2);

    let again = publish(&control, document).await;
    let moves = again.moves.as_ref().unwrap();
    assert_eq!(moves.from_semantics, moves.to_semantics);
    assert!(moves.nodes.is_empty(), "{:?}", moves.nodes);
}

#[tokio::test]
async fn a_version_that_cannot_be_read_does_not_keep_another_from_being_published() {
    let (control, _folder) = open().await;
    let first = split([100_000, 100_000, 800_000]);
    store_version_1(&control, &first).await;
    let unreadable = NewFlowVersion {
        hash: first.hash().to_string(),
        flow: FLOW.to_owned(),
        body: String::new(),
        message: String::new(),
        author: "ada".to_owned(),
        at: 2,
        semantics: 99,
    };
    let stored = control
        .inner
        .store
        .note(move |tx| Box::pin(async move { tx.insert_flow_version(unreadable).await }));
    stored.await.unwrap();
    let second = publish(&control, split([200_000, 200_000, 600_000])).await;
    assert!(second.is_new && second.moves.is_none());
}
