//! Splits that stay: equal values of a field meet the same arm.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    restart::verify,
    site::{Site, open_to_all, publish, solar_flow, solar_lead},
};

fn halves(sticky: &Value, first_ppm: u32) -> Value {
    let nodes = json!({
        "halves": {"kind": "split", "sticky": sticky, "arms": [
            {"weight_ppm": first_ppm, "to": "acme"}, {"weight_ppm": 1_000_000 - first_ppm, "to": "zenith"}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    });
    solar_flow("halves", &nodes)
}

/// Who buys the lead of a person, and with which probability.
async fn buyer_of(site: &Site, phone: &str) -> (String, Value) {
    let mut lead = solar_lead();
    lead["fields"]["phone"] = phone.into();
    let answer = site.source().lead(&lead).await.json();
    let stored = site.lead(answer["lead_id"].as_str().unwrap()).await;
    let propensity = stored["decision"]["steps"][0]["propensity"].clone();
    (
        answer["destination"].as_str().unwrap().to_owned(),
        propensity,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_meets_the_same_arm_each_time_also_after_the_weights_have_moved_towards_it() {
    let (acme, zenith) = (
        Buyer::always(Reply::Accept("5")).await,
        Buyer::always(Reply::Accept("5")).await,
    );
    let destinations = [open_to_all("acme", &acme), open_to_all("zenith", &zenith)];
    let mut site = Site::open(&halves(&json!("phone"), 500_000), &destinations).await;
    let phones: Vec<String> = (0..20).map(|n| format!("+1202555{:04}", 100 + n)).collect();
    let mut met = Vec::new();
    for phone in &phones {
        let first = buyer_of(&site, phone).await;
        assert_eq!(first.1, 0.5);
        assert_eq!(buyer_of(&site, phone).await, first, "{phone}");
        met.push(first.0);
    }
    assert_eq!(met.iter().collect::<BTreeSet<_>>().len(), 2, "{met:?}");

    // A larger first arm keeps its people; nobody moves away from it.
    publish(&site.admin, &halves(&json!("phone"), 700_000)).await;
    for (phone, before) in phones.iter().zip(&met) {
        let (now, _) = buyer_of(&site, phone).await;
        assert!(now == *before || now == "acme", "{phone}: {before} → {now}");
    }

    // Without a key, each lead draws for itself.
    publish(&site.admin, &halves(&Value::Null, 500_000)).await;
    let mut drawn = BTreeSet::new();
    for _ in 0..20 {
        drawn.insert(buyer_of(&site, &phones[0]).await.0);
    }
    assert_eq!(drawn.len(), 2);
    site.server.stop();
    verify(&site.server.database(), 80);
}
