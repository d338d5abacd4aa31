//! A version that is tried out on people, and not on leads.

use std::collections::BTreeMap;

use pointsman_control::{Error, ExperimentStep, NewExperiment};
use pointsman_experiment::{Metric, Plan, Subject};
use pointsman_store::LeadFilter;
use serde_json::{Map, Value, json};

use crate::{
    platform::{Buyer, Platform, TIMEOUT},
    rebuilds::compare,
};

/// People who come; every eighth lead has no e-mail address.
const PEOPLE: usize = 60;

fn to(name: &str) -> Value {
    json!({name: {"kind": "destination"}})
}

fn step() -> ExperimentStep {
    ExperimentStep {
        name: "ab".to_owned(),
        expected_revision: None,
        note: None,
        by: "tests".to_owned(),
    }
}

fn tried_on(sticky: &str, candidate: &str) -> NewExperiment {
    NewExperiment {
        name: "ab".to_owned(),
        flow: "story".to_owned(),
        plan: Plan {
            hypothesis: String::new(),
            subject: Subject::Version,
            primary: Metric::AcceptRate,
            smallest_effect_ppm: 50_000,
            guardrails: Vec::new(),
            secondary: Vec::new(),
            covariates: Vec::new(),
            slow_ms: pointsman_experiment::SLOW_MS,
            sticky: Some(sticky.to_owned()),
            layer: None,
            window_hours: 0,
            confidence_ppm: 950_000,
        },
        candidate: Some(candidate.to_owned()),
        share_ppm: 300_000,
        by: "tests".to_owned(),
    }
}

async fn send(platform: &Platform, from: usize, n_leads: usize) {
    for n in from..from + n_leads {
        let mut fields = vec![("state".to_owned(), json!("TX"))];
        if n % 8 != 0 {
            // As people write it: two forms of one address.
            let name = if n % 3 == 0 { "P" } else { "p" };
            let email = format!("{name}{}@example.com", n * 7 % PEOPLE);
            fields.push(("email".to_owned(), json!(email)));
        }
        platform.send(None, Map::from_iter(fields), false).await;
    }
}

/// The versions that each person met, by the hash that is stored with the decisions; and how many leads had none.
async fn met(platform: &Platform) -> (BTreeMap<String, Vec<String>>, usize) {
    let read = platform.engine.store().read();
    let leads = read
        .leads(&LeadFilter::default(), None, 2_000)
        .await
        .unwrap();
    let ids: Vec<String> = leads.items.into_iter().map(|it| it.id).collect();
    let mut met: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut without = 0;
    let mut decisions = read.decisions_of_leads(&ids).await.unwrap();
    decisions.sort_by_key(|it| it.started_seq);
    for decision in decisions {
        let Some(body) = decision.unit_hashes_body else {
            without += 1;
            continue;
        };
        let hashes: BTreeMap<String, String> = serde_json::from_str(&body).unwrap();
        let person = met.entry(hashes["email"].clone()).or_default();
        person.push(decision.version_hash);
    }
    (met, without)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_stays_with_a_version_and_a_larger_share_keeps_them() {
    let (good, other) = (Buyer::takes(6).await, Buyer::takes(6).await);
    let mut platform = Platform::open().await;
    platform.put("good", &good, json!({"price": "5.00"})).await;
    platform
        .put("other", &other, json!({"price": "5.00"}))
        .await;
    platform.publish(&to("good"), "good").await;
    let candidate = platform.publish(&to("other"), "other").await;
    let refused = platform
        .control
        .create_experiment(tried_on("emial", &candidate));
    let Err(Error::Problems(problems)) = refused.await else {
        panic!("a field that leads do not have");
    };
    assert_eq!(
        (problems[0].code.as_str(), problems[0].path.as_str()),
        ("unknown_field", "sticky")
    );
    let control = &platform.control;
    control
        .create_experiment(tried_on("email", &candidate))
        .await
        .unwrap();
    control.start_experiment(step()).await.unwrap();
    send(&platform, 0, 400).await;
    let (first, without) = met(&platform).await;
    assert_eq!((first.len(), without), (PEOPLE, 50));
    for versions in first.values() {
        assert!(versions.iter().all(|it| *it == versions[0]), "{versions:?}");
    }
    let of = |met: &BTreeMap<String, Vec<String>>| {
        met.values()
            .filter(|it| it.last() == Some(&candidate))
            .count()
    };
    // Five standard errors of 30 % of 60 people.
    assert!(of(&first).abs_diff(18) < 18, "{}", of(&first));
    platform = platform.restart().await;
    platform
        .control
        .set_experiment_share(step(), 700_000)
        .await
        .unwrap();
    send(&platform, 400, 400).await;
    let (all, _) = met(&platform).await;
    for (person, versions) in &all {
        let before = &first[person];
        let since = &versions[before.len()..];
        assert!(since.iter().all(|it| *it == since[0]), "{since:?}");
        // Whoever had the candidate keeps it.
        assert!(before[0] != candidate || since[0] == candidate);
    }
    assert!(of(&all) > of(&first));
    let leads = compare(&platform).await;
    assert_eq!(leads.len(), 800);
    assert!(leads.iter().all(|it| it.is_comparable && !it.is_crossed));
    let readout = platform.control.experiment_readout("ab").await.unwrap();
    // A person is a unit once for each share, and a lead without an address is one by itself.
    let units: u64 = readout.arms.iter().map(|it| it.units).sum();
    assert_eq!(units, 2 * PEOPLE as u64 + 100);
    assert!(!readout.split.is_broken);
    platform.engine.stop(TIMEOUT).await.unwrap();
}
