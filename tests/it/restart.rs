//! A kill at rest changes nothing, and every decision comes out the same when run again.

pub(crate) use acceptance::verify::{verify, verify_url};
use pointsman_store::{LeadFilter, Store};
use serde_json::json;

use crate::{
    buyer::{Buyer, Reply},
    site::{Destination, Site, open_to_all, solar_flow, solar_lead},
};

/// Everything that is stored, in a form that can be compared.
pub(crate) async fn everything(store: &Store) -> Vec<String> {
    const ALL: u64 = 100_000;
    let read = store.read();
    let leads = read.leads_in_order(0, ALL).await.unwrap();
    // The debug form of a lead leaves the person out.
    let leads = leads.iter().map(|lead| {
        let (status, fields) = (lead.status, &lead.fields_body);
        format!(
            "{lead:?} {status:?} {fields} {:?} {}",
            lead.response_body, lead.revenue
        )
    });
    vec![
        leads.collect::<Vec<_>>().join("\n"),
        format!("{:#?}", read.decisions_in_order(0, ALL).await.unwrap()),
        format!("{:#?}", read.steps_in_order(0, ALL).await.unwrap()),
        format!(
            "{:#?}",
            read.deliveries_reserved_in_order(0, ALL).await.unwrap()
        ),
        format!("{:#?}", read.conversions_in_order(0, ALL).await.unwrap()),
        format!(
            "{:#?}",
            read.parked_postbacks(&pointsman_store::ParkedPostbackFilter::default(), None, 100)
                .await
                .unwrap()
                .items
        ),
        format!("{:#?}", read.jobs(None, 100).await.unwrap().items),
        format!("{:#?}", read.lead_schemas().await.unwrap()),
        format!("{:#?}", read.destinations().await.unwrap()),
        format!("{:#?}", read.flows().await.unwrap()),
        format!("{:#?}", read.stages().await.unwrap()),
        format!("{:#?}", read.tokens().await.unwrap()),
    ]
}

/// A flow with every kind of choice: a rule, a split, a bandit with segments, rotations, a fallback,
/// a cap.
fn flow_of_everything() -> serde_json::Value {
    let nodes = json!({
        "by-age": {"kind": "when", "if": "age >= 18", "then": "trial", "otherwise": "too-young"},
        "too-young": {"kind": "reject", "reason": "minors have no roof"},
        "trial": {"kind": "split", "arms": [
            {"name": "by-hand", "weight_ppm": 300_000, "to": "in-turn"},
            {"name": "fair", "weight_ppm": 200_000, "to": "fair"},
            {"name": "learned", "weight_ppm": 500_000, "to": "learned"}]},
        "fair": {"kind": "rotate", "by": "deficit", "zone": "America/New_York", "arms": [
            {"to": "capped", "daily": 5, "monthly": 100}, {"name": "rest", "to": "turns", "monthly": 60}]},
        "turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "shady"}, {"to": "sunny"}]},
        "in-turn": {"kind": "waterfall", "to": ["capped", "shady", "sunny"]},
        "learned": {"kind": "bandit", "explore_ppm": 100_000, "segment_by": ["roof"],
            "arms": [{"to": "sunny"}, {"to": "shady"}, {"to": "capped"}]},
        "sunny": {"kind": "destination"}, "shady": {"kind": "destination"}, "capped": {"kind": "destination"},
    });
    solar_flow("by-age", &nodes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_rest_changes_nothing_and_every_decision_can_be_made_again() {
    let refuses_some = |n: usize| match n % 3 {
        0 => Reply::Reject,
        _ => Reply::Accept("2"),
    };
    let (sunny, shady, capped) = (
        Buyer::scripted(refuses_some).await,
        Buyer::scripted(|n| {
            if n == 7 {
                Reply::Hang
            } else {
                Reply::Accept("0")
            }
        })
        .await,
        Buyer::always(Reply::Accept("9")).await,
    );
    let cap = json!({"kind": "accepted", "max": 12, "window": "lifetime"});
    let destinations = [
        open_to_all("sunny", &sunny),
        Destination {
            settings: json!({"pays": "conversion"}),
            timeout_ms: 500,
            ..open_to_all("shady", &shady)
        },
        Destination {
            settings: json!({"caps": [cap], "criteria": "home_owner"}),
            ..open_to_all("capped", &capped)
        },
    ];
    let mut site = Site::open(&flow_of_everything(), &destinations).await;
    let n_leads = 80;
    let source = site.source();
    let mut answers = Vec::new();
    for n in 0..n_leads {
        let mut lead = solar_lead();
        lead["fields"]["age"] = (16 + n % 40).into();
        lead["fields"]["roof"] = if n % 2 == 0 { "flat" } else { "steep" }.into();
        lead["fields"]["home_owner"] = (n % 5 != 0).into();
        lead["test"] = (n % 20 == 0).into();
        let answer = source.lead_as(&format!("lead-{n}"), &lead).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answers.push((lead, answer));
    }
    for post in shady.posts() {
        let click = post.body["click_id"].as_str().unwrap();
        assert!(
            site.postback(&format!("click_id={click}&payout=4"))
                .await
                .status
                < 300
        );
    }
    let store = site.server.store().await;
    let before = everything(&store).await;
    site.server.kill();
    site.start_again();
    assert_eq!(everything(&store).await, before);

    let source = site.source();
    for (n, (lead, answer)) in answers.iter().enumerate() {
        let again = source.lead_as(&format!("lead-{n}"), lead).await;
        assert_eq!(again.header("idempotent-replayed"), "true", "{again:?}");
        assert_eq!(again.text, answer.text);
    }
    assert_eq!(everything(&store).await, before);
    let counts = store.read().lead_counts(&LeadFilter::default()).await;
    let n_counted: i64 = counts.unwrap().iter().map(|count| count.leads).sum();
    assert_eq!(n_counted, n_leads);
    site.server.stop();
    verify(&site.server.database(), answers.len());
}
