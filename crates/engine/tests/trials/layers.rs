//! Experiments of one layer share its people out, and a hold-out is in none of them.

use std::collections::BTreeSet;

use pointsman_control::{Decision, Error, ExperimentStep, NewExperiment};
use pointsman_experiment::{HELD_ARM, Layer, Metric, OTHERS_ARM, Plan, Subject};
use pointsman_store::ExperimentLeadRow;
use serde_json::{Map, Value, json};

use crate::{
    platform::{Buyer, Platform, TIMEOUT},
    rebuilds::compare_of,
};

/// People who come, each of them twice.
const PEOPLE: usize = 300;

fn halves(first: &str) -> Value {
    json!({
        "halves": {"kind": "split", "sticky": "email", "arms": [
            {"to": "acme", "weight_ppm": 500_000}, {"to": "zenith", "weight_ppm": 500_000}]},
        "acme": {"kind": "destination", "destination": first},
        "zenith": {"kind": "destination"},
    })
}

fn step(name: &str) -> ExperimentStep {
    ExperimentStep {
        name: name.to_owned(),
        expected_revision: None,
        note: None,
        by: "tests".to_owned(),
    }
}

/// An experiment that asks for a share of the layer.
fn planned(name: &str, subject: Subject, layer_ppm: u32, candidate: Option<&str>) -> NewExperiment {
    let sticky = subject.node().is_none().then(|| "email".to_owned());
    NewExperiment {
        name: name.to_owned(),
        flow: "story".to_owned(),
        plan: Plan {
            hypothesis: String::new(),
            subject,
            primary: Metric::Revenue,
            smallest_effect_ppm: 50_000,
            guardrails: Vec::new(),
            secondary: Vec::new(),
            covariates: Vec::new(),
            slow_ms: pointsman_experiment::SLOW_MS,
            sticky,
            layer: Some(Layer {
                name: "people".to_owned(),
                share_ppm: layer_ppm,
                stretches: Vec::new(),
            }),
            window_hours: 0,
            confidence_ppm: 950_000,
        },
        candidate: candidate.map(str::to_owned),
        share_ppm: if candidate.is_some() { 500_000 } else { 0 },
        by: "tests".to_owned(),
    }
}

fn of_halves() -> Subject {
    Subject::Split {
        node: "halves".to_owned(),
        arms: vec!["acme".to_owned(), "zenith".to_owned()],
    }
}

async fn send(platform: &Platform) {
    for n in 0..2 * PEOPLE {
        let email = format!("p{}@example.com", n % PEOPLE);
        let fields = [("state", json!("TX")), ("email", json!(email))];
        let fields = fields.map(|(name, value)| (name.to_owned(), value));
        platform.send(None, Map::from_iter(fields), false).await;
    }
}

/// The people of leads, without the share by which they were drawn.
fn people<'a>(leads: impl IntoIterator<Item = &'a ExperimentLeadRow>) -> BTreeSet<String> {
    let units = leads
        .into_iter()
        .map(|lead| lead.unit.split('@').next().unwrap());
    units.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_in_two_experiments_of_a_layer() {
    let buyer = Buyer::takes(9).await;
    let mut platform = Platform::open().await;
    for name in ["acme", "zenith", "other"] {
        platform.put(name, &buyer, json!({"price": "5.00"})).await;
    }
    platform.publish(&halves("acme"), "halves").await;
    let version = platform.publish(&halves("other"), "halves").await;
    let all = [
        planned("arms", of_halves(), 400_000, None),
        planned("version", Subject::Version, 300_000, Some(&version)),
        planned("none", Subject::HoldOut, 200_000, None),
        planned("late", of_halves(), 200_000, None),
    ];
    for new in all {
        platform.control.create_experiment(new).await.unwrap();
    }
    for name in ["arms", "version", "none"] {
        platform.control.start_experiment(step(name)).await.unwrap();
    }
    let refused = platform.control.start_experiment(step("late")).await;
    let Err(Error::Problems(problems)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        (problems[0].code.as_str(), problems[0].path.as_str()),
        ("layer_full", "layer")
    );
    assert!(
        problems[0].message.starts_with("100000 parts"),
        "{}",
        problems[0].message
    );
    // A pause gives nothing away, and a restart forgets nothing.
    platform
        .control
        .pause_experiment(step("arms"))
        .await
        .unwrap();
    platform = platform.restart().await;
    assert!(
        platform
            .control
            .start_experiment(step("late"))
            .await
            .is_err()
    );
    platform
        .control
        .start_experiment(step("arms"))
        .await
        .unwrap();
    send(&platform).await;

    let arms = compare_of(&platform, "arms").await;
    let versions = compare_of(&platform, "version").await;
    let out = compare_of(&platform, "none").await;
    assert_eq!(out.len(), 2 * PEOPLE);
    let held = people(out.iter().filter(|it| it.arm == HELD_ARM));
    let others = people(out.iter().filter(|it| it.arm == OTHERS_ARM));
    let (arms, versions) = (people(&arms), people(&versions));
    for (name, one, another) in [
        ("arms and versions", &arms, &versions),
        ("arms and held", &arms, &held),
        ("versions and held", &versions, &held),
        ("held and others", &held, &others),
    ] {
        assert!(one.is_disjoint(another), "{name}");
    }
    assert!(arms.is_subset(&others) && versions.is_subset(&others));
    assert_eq!(held.len() + others.len(), PEOPLE);
    // Five standard errors of 40, 30 and 20 % of 300 people.
    for (found, expected) in [(&arms, 120), (&versions, 90), (&held, 60)] {
        assert!(found.len().abs_diff(expected) < 43, "{}", found.len());
    }
    let readout = platform.control.experiment_readout("none").await.unwrap();
    assert!(!readout.split.is_broken && readout.primary(OTHERS_ARM).is_some());

    // What has ended leaves its part to others; a hold-out has nothing that could be live.
    let ship = Decision::Ship {
        arm: OTHERS_ARM.to_owned(),
    };
    let control = &platform.control;
    assert!(
        control
            .conclude_experiment(step("none"), ship, true)
            .await
            .is_err()
    );
    let keep = control.conclude_experiment(step("arms"), Decision::Keep, false);
    keep.await.unwrap();
    control.start_experiment(step("late")).await.unwrap();
    send(&platform).await;
    let late = people(&compare_of(&platform, "late").await);
    assert!(late.len() > 20 && late.is_disjoint(&versions) && late.is_disjoint(&held));
    platform.engine.stop(TIMEOUT).await.unwrap();
}
