//! Each kind of cap and each scope, from 64 clients at two servers, with buyers that refuse and some that never answer.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CAP, Pair, hardly, refuses, rounds, send, setting, then_learned};
use crate::{
    buyer::{Buyer, Reply},
    site::{Destination, open_to_all, publish},
};

/// What every accepted lead brings in this story.
const PRICE: u64 = 5;

/// Takes its time, and refuses 30 of 100.
fn slowly(n: usize) -> Reply {
    match n % 10 {
        0..3 => Reply::Reject,
        _ => Reply::AcceptLate(Duration::from_millis(20), "5"),
    }
}

/// A cap of the story, and what may be told of a destination that has it.
struct Case {
    name: &'static str,
    settings: Value,
    /// Offers with this outcome are counted, [`Count`].
    counts: Count,
}

enum Count {
    /// Whatever reached the destination.
    Offers,
    /// Accepted leads and those of which nobody knows.
    Sold,
    /// Posts that await their answer.
    AtOnce,
}

fn cases(cap: u64) -> [Case; 5] {
    let one = |name, cap: Value, counts| Case {
        name,
        settings: json!({"price": PRICE.to_string(), "on_unknown": "hold", "caps": [cap]}),
        counts,
    };
    let of = |kind: &str| json!({"kind": kind, "max": cap, "window": "lifetime"});
    let with = |name: &str, value: Value| {
        let mut cap = of("accepted");
        cap[name] = value;
        cap
    };
    let money = json!({"kind": "revenue", "max": (PRICE * cap).to_string(), "window": "lifetime"});
    [
        one("offers", of("offers"), Count::Offers),
        one("revenue", money, Count::Sold),
        one("group", with("group", json!("first")), Count::Sold),
        one("source", with("each_source", json!(true)), Count::Sold),
        one(
            "in-flight",
            json!({"kind": "in_flight", "max": 7}),
            Count::AtOnce,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "the figures are the point of the long run"
)]
async fn each_kind_of_cap_is_exact_over_two_servers() {
    let Some(pair) = Pair::open().await else {
        return;
    };
    let cap = setting("POINTSMAN_SEVERAL_CAP", CAP);
    let rest = Buyer::scripted(refuses).await;
    for name in ["rest-a", "rest-b"] {
        pair.put(&open_to_all(name, &rest)).await;
    }
    for round in 1..=rounds() {
        for case in cases(cap) {
            let Case {
                name,
                settings,
                counts,
            } = case;
            let script: fn(usize) -> Reply = match name {
                "in-flight" => slowly,
                _ => hardly,
            };
            let buyer = Buyer::scripted(script).await;
            // Each round has a buyer of its own, and so a group of its own.
            let own: &'static str = format!("{name}-{round}").leak();
            let mut settings = settings;
            if name == "group" {
                settings["caps"][0]["group"] = own.into();
            }
            let destination = Destination {
                timeout_ms: 300,
                settings,
                ..open_to_all(own, &buyer)
            };
            pair.put(&destination).await;
            publish(&pair.admin(0), &then_learned(own)).await;
            let n_leads = usize::try_from(cap).unwrap() * 3;
            assert_eq!(send(&pair, n_leads).await, 0, "refused");
            let (n_accepted, n_unknown) = pair.sold_to(own).await;
            let counted = match counts {
                Count::Offers => pair.offered_to(own).await,
                Count::Sold => n_accepted + n_unknown,
                Count::AtOnce => buyer.most_at_once() as u64,
            };
            eprintln!("round {round}, {name}: {counted} counted, {n_unknown} unknown");
            match counts {
                // Many come and go: the cap is met, and never more than that.
                Count::AtOnce => assert!((2..=7).contains(&counted), "{name}: {counted}"),
                Count::Offers | Count::Sold => assert_eq!(counted, cap, "{name}"),
            }
        }
    }
    pair.verify().await;
    pair.close().await;
}
