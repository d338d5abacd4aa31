//! What is kept of the leads of experiments is what their decisions come to.

use std::collections::BTreeMap;

use pointsman_control::{
    Decision, ExpectedStage, ExperimentState, ExperimentStep, NewExperiment, StageMove,
};
use pointsman_engine::LeadRequest;
use pointsman_experiment::{Method, Metric, Plan, Sought, Subject};
use pointsman_history::{Clock, Library, OpenExperiment, hash_key};
use pointsman_store::{ExperimentLeadRow, LeadFilter};
use serde_json::{Map, Value, json};

use crate::{
    clocks::{NOW, TIMEOUT, World, publish},
    learning::until,
    platform::Platform,
    site::fields,
};

/// A split of two buyers by the person, who takes what the first refuses.
fn halves(first_ppm: u32) -> Value {
    json!({
        "halves": {"kind": "split", "sticky": "email", "arms": [
            {"to": "acme", "weight_ppm": first_ppm}, {"to": "zenith", "weight_ppm": 1_000_000 - first_ppm}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    })
}

async fn open(world: &World) -> Platform {
    let platform = world.start_by(Clock::fast(NOW, 1), false).await.unwrap();
    platform
        .control
        .put_schema("auto", &fields())
        .await
        .unwrap();
    for name in ["acme", "zenith"] {
        let settings = json!({"price": "5.00"});
        world.put(&platform, name, settings).await;
    }
    platform
}

/// A lead of one of 40 people, each of whom comes about ten times: that nobody of them changes arm has a chance of one in a
/// million.
async fn send(platform: &Platform, n: usize, key: Option<String>) {
    let mut fields = vec![
        ("state".to_owned(), json!("TX")),
        (
            "email".to_owned(),
            json!(format!("p{}@example.com", n * 7 % 40)),
        ),
    ];
    if n % 4 != 3 {
        fields.push(("age".to_owned(), json!(20 + n * 13 % 50)));
    }
    let request = LeadRequest {
        flow: "story".to_owned(),
        source: "web".to_owned(),
        idempotency_key: key,
        is_test: n % 31 == 7,
        fields: Map::from_iter(fields),
        ..LeadRequest::default()
    };
    platform.engine.intake().submit(request).await.unwrap();
}

/// Reports something of a lead that was sold, perhaps once more.
async fn report(platform: &Platform, n: usize) {
    let store = platform.engine.store().clone();
    let leads = store.read().leads(&LeadFilter::default(), None, 50).await;
    let leads = leads.unwrap().items;
    let lead = leads[n % leads.len()].id.clone();
    let deliveries = store.read().deliveries_of_leads(&[lead]).await.unwrap();
    let Some(delivery) = deliveries.first() else {
        return;
    };
    let status = ["sale", "returned", "pending", "sale"][n % 4];
    let txid = format!("{}", n % 3);
    let params = [
        ("click_id", delivery.click_id.as_str()),
        ("payout", "7"),
        ("status", status),
        ("txid", &txid),
    ];
    let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let params = params.into();
    let postbacks = platform.engine.postbacks();
    // A report that makes no sense is refused, and changes nothing.
    let _ = postbacks.report(&params, None, Vec::new()).await;
    let _ = postbacks.report(&params, None, Vec::new()).await;
}

fn plan() -> Plan {
    Plan {
        hypothesis: "none".to_owned(),
        subject: Subject::Split {
            node: "halves".to_owned(),
            arms: vec!["acme".to_owned(), "zenith".to_owned()],
        },
        primary: Metric::Revenue,
        smallest_effect_ppm: 50_000,
        guardrails: Vec::new(),
        secondary: vec![Metric::ReturnRate],
        covariates: vec!["age".to_owned()],
        slow_ms: pointsman_experiment::SLOW_MS,
        sticky: None,
        layer: None,
        window_hours: 24,
        confidence_ppm: 950_000,
    }
}

fn step() -> ExperimentStep {
    ExperimentStep {
        name: "ab".to_owned(),
        expected_revision: None,
        note: None,
        by: "tests".to_owned(),
    }
}

async fn stored(platform: &Platform) -> Vec<ExperimentLeadRow> {
    let store = platform.engine.store().clone();
    let rows = store.read().experiment_leads("ab", 0, 100_000).await;
    rows.unwrap()
}

/// Waits until everything is counted, and compares it with what the decisions come to.
async fn compare(platform: &Platform) -> Vec<ExperimentLeadRow> {
    let store = platform.engine.store().clone();
    let read = store.read();
    until("all leads are counted", async || {
        let last = read.order().await.unwrap().number;
        let row = read.find_experiment("ab").await.unwrap().unwrap();
        (row.folded_seq >= last).then_some(())
    })
    .await;
    let row = read.find_experiment("ab").await.unwrap().unwrap();
    let experiment = OpenExperiment::of(&read, &row).await.unwrap();
    let mut library = Library::new(hash_key(&read).await.unwrap());
    let rebuilt = experiment.rebuilt(&mut library, &read).await.unwrap();
    let stored = stored(platform).await;
    assert_eq!(stored, rebuilt);
    stored
}

#[tokio::test]
async fn what_is_kept_of_leads_is_what_their_decisions_come_to() {
    let world = World::new().await;
    let mut platform = open(&world).await;
    publish(&platform, &halves(500_000), "halves").await;
    for n in 0..20 {
        send(&platform, n, None).await;
    }
    let new = NewExperiment {
        name: "ab".to_owned(),
        flow: "story".to_owned(),
        plan: plan(),
        candidate: None,
        share_ppm: 0,
        by: "tests".to_owned(),
    };
    platform.control.create_experiment(new).await.unwrap();
    platform.control.start_experiment(step()).await.unwrap();
    for n in 0..400 {
        // Some come twice, and are one lead.
        let (person, key) = match n % 5 {
            0 => (n % 50, Some(format!("key-{}", n % 50))),
            _ => (n, None),
        };
        send(&platform, person, key).await;
        if n % 7 == 0 {
            report(&platform, n).await;
        }
        match n {
            100 => {
                let version = publish(&platform, &halves(200_000), "halves").await;
                let stage = StageMove {
                    flow: "story".to_owned(),
                    stage: "live".to_owned(),
                    version,
                    expected: ExpectedStage::Any,
                    by: "tests".to_owned(),
                };
                platform.control.move_stage(stage).await.unwrap();
            }
            // Nobody can get acme: such draws compare nothing.
            150 | 180 => {
                let settings = json!({"price": "5.00", "active": n == 180});
                world.put(&platform, "acme", settings).await;
            }
            220 => {
                let paused = platform.control.pause_experiment(step()).await.unwrap();
                assert_eq!(paused.state, ExperimentState::Paused);
            }
            260 => {
                platform.control.start_experiment(step()).await.unwrap();
            }
            300 => {
                platform.engine.stop(TIMEOUT).await.unwrap();
                platform = world.start_by(Clock::fast(NOW, 1), false).await.unwrap();
            }
            _ => {}
        }
    }
    let leads = compare(&platform).await;
    let units: BTreeMap<&str, &str> = leads
        .iter()
        .filter(|lead| lead.is_comparable)
        .map(|lead| (lead.unit.as_str(), lead.arm.as_str()))
        .collect();
    assert!(
        leads.len() > 150 && units.len() > 5,
        "{} {}",
        leads.len(),
        units.len()
    );
    assert!(
        leads
            .iter()
            .all(|lead| { !lead.is_comparable || units[lead.unit.as_str()] == lead.arm })
    );
    assert!(leads.iter().any(|lead| lead.is_crossed));
    assert!(leads.iter().any(|lead| !lead.is_comparable));
    assert!(leads.iter().any(|lead| lead.returned == 1));
    assert!(leads.iter().any(|lead| lead.covariate_1.is_none()));
    let ages = leads.iter().filter_map(|lead| lead.covariate_1);
    assert!(
        ages.clone().count() > 50
            && ages
                .clone()
                .all(|age| (20_000_000..70_000_000).contains(&age))
    );
    assert!(ages.clone().min() < ages.max());
    let readout = platform.control.experiment_readout("ab").await.unwrap();
    assert!(
        readout.notes.iter().any(|note| note.contains("2 versions")),
        "{readout:?}"
    );
    assert!(
        readout
            .arms
            .iter()
            .all(|arm| arm.leads == 0 && arm.waiting > 0)
    );
    platform.engine.stop(TIMEOUT).await.unwrap();
}

/// A bandit of two buyers that explores enough for each to be compared.
fn learned() -> Value {
    json!({
        "learned": {"kind": "bandit", "explore_ppm": 400_000, "arms": [{"to": "acme"}, {"to": "zenith"}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    })
}

#[tokio::test]
async fn arms_of_a_bandit_are_read_by_the_probabilities_that_their_decisions_hold() {
    let world = World::new().await;
    let platform = open(&world).await;
    let settings = json!({"price": "8.00"});
    world.put(&platform, "zenith", settings).await;
    publish(&platform, &learned(), "learned").await;
    let arms = vec!["acme".to_owned(), "zenith".to_owned()];
    let node = "learned".to_owned();
    let new = |name: &str, subject| NewExperiment {
        name: name.to_owned(),
        flow: "story".to_owned(),
        plan: Plan {
            subject,
            covariates: Vec::new(),
            window_hours: 0,
            secondary: Vec::new(),
            ..plan()
        },
        candidate: None,
        share_ppm: 0,
        by: "tests".to_owned(),
    };
    // A bandit is no split.
    let split = Subject::Split {
        node: node.clone(),
        arms: arms.clone(),
    };
    let refused = platform
        .control
        .create_experiment(new("split", split))
        .await;
    assert!(refused.is_err(), "{refused:?}");
    let subject = Subject::Bandit { node, arms };
    let control = &platform.control;
    control.create_experiment(new("ab", subject)).await.unwrap();
    control.start_experiment(step()).await.unwrap();
    for n in 0..700 {
        send(&platform, n, None).await;
    }
    let leads = compare(&platform).await;
    assert!(
        leads
            .iter()
            .all(|lead| lead.is_comparable && !lead.is_crossed)
    );
    let readout = control.experiment_readout("ab").await.unwrap();
    let effect = readout.primary("zenith").unwrap().effect.clone();
    let effect = effect.unwrap_or_else(|| panic!("{readout:?}"));
    assert_eq!(effect.method, Method::AdaptiveAipw);
    assert_eq!(effect.units, leads.len() as u64);
    assert!(
        effect.interval[0] < 3.0
            && 3.0 < effect.interval[1]
            && (effect.difference - 3.0).abs() < 0.5,
        "{effect:?}"
    );
    assert!(!readout.split.is_broken && readout.split.p_value.is_some());
    // What it learns sets its weights, and not a decision.
    let ship = Decision::Ship {
        arm: "zenith".to_owned(),
    };
    let promoted = control.conclude_experiment(step(), ship.clone(), true);
    assert!(promoted.await.is_err());
    let concluded = control
        .conclude_experiment(step(), ship, false)
        .await
        .unwrap();
    assert_eq!(concluded.state, ExperimentState::Concluded);
    platform.engine.stop(TIMEOUT).await.unwrap();
}

/// Two ways to sort leads by age between a buyer who pays 9 and one who pays 3.
fn by_age() -> Value {
    json!({
        "halves": {"kind": "split", "arms": [
            {"name": "from-46", "to": "old", "weight_ppm": 500_000}, {"name": "from-41", "to": "young", "weight_ppm": 500_000}]},
        "old": {"kind": "when", "if": "age > 45", "then": "dear", "otherwise": "cheap"},
        "young": {"kind": "when", "if": "age > 40", "then": "dear", "otherwise": "cheap"},
        "dear": {"kind": "destination", "destination": "acme"},
        "cheap": {"kind": "destination", "destination": "zenith"},
    })
}

fn sorted_by_age(covariates: &[&str]) -> NewExperiment {
    NewExperiment {
        name: "ab".to_owned(),
        flow: "story".to_owned(),
        plan: Plan {
            subject: Subject::Split {
                node: "halves".to_owned(),
                arms: vec!["from-46".to_owned(), "from-41".to_owned()],
            },
            covariates: covariates.iter().map(|it| (*it).to_owned()).collect(),
            secondary: Vec::new(),
            window_hours: 0,
            ..plan()
        },
        candidate: None,
        share_ppm: 0,
        by: "tests".to_owned(),
    }
}

#[tokio::test]
async fn what_a_field_explains_is_taken_out_of_a_difference() {
    let world = World::new().await;
    let platform = open(&world).await;
    for (name, price) in [("acme", "9.00"), ("zenith", "3.00")] {
        world.put(&platform, name, json!({"price": price})).await;
    }
    publish(&platform, &by_age(), "halves").await;
    let control = &platform.control;
    let refused = control
        .create_experiment(sorted_by_age(&["aeg", "email", "state", "aeg"]))
        .await;
    let Err(pointsman_control::Error::Problems(problems)) = refused else {
        panic!("{refused:?}");
    };
    let told: Vec<(&str, &str)> = problems
        .iter()
        .map(|it| (it.code.as_str(), it.path.as_str()))
        .collect();
    let expected = [
        ("duplicate", "covariates[3]"),
        ("unknown_field", "covariates[0]"),
        ("personal_field", "covariates[1]"),
        ("not_adjustable", "covariates[2]"),
        ("unknown_field", "covariates[3]"),
    ];
    assert_eq!(told, expected);
    assert_eq!(problems[1].hint.as_deref(), Some("those that fit are age"));

    control
        .create_experiment(sorted_by_age(&["age"]))
        .await
        .unwrap();
    control.start_experiment(step()).await.unwrap();
    for n in 0..1_600 {
        send(&platform, n, None).await;
    }
    let leads = compare(&platform).await;
    let readout = control.experiment_readout("ab").await.unwrap();
    let comparison = readout.primary("from-41").unwrap();
    let plain = comparison.effect.as_ref().unwrap();
    let adjusted = comparison
        .adjusted
        .as_ref()
        .unwrap_or_else(|| panic!("{comparison:?}"));
    // A fifth of the leads that have an age between the limits, six more each.
    let known = leads
        .iter()
        .filter(|lead| lead.covariate_1.is_some())
        .count();
    assert!(known < leads.len());
    assert_eq!(adjusted.by, ["age"]);
    assert!(adjusted.variance_removed > 0.4, "{adjusted:?}");
    assert!((adjusted.effect.se / plain.se).powi(2) < 0.6);
    // Leads of one age bring the same: a flow that kept people by it would need many times more.
    let sought = Sought {
        metric: Metric::Revenue,
        effect: 0.1,
        shares: [0.5, 0.5],
        confidence: 0.95,
        power: 0.8,
        window_days: 0.0,
    };
    let by_lead = control
        .experiment_size("story", &sought, 30, None)
        .await
        .unwrap();
    let by_age = control
        .experiment_size("story", &sought, 30, Some("age"))
        .await
        .unwrap();
    assert!(
        (by_lead.design_effect - 1.0).abs() < 1e-12 && by_age.design_effect > 4.0,
        "{by_age:?}"
    );
    assert!(by_age.leads > 4 * by_lead.leads);
    let unknown = control
        .experiment_size("story", &sought, 30, Some("aeg"))
        .await;
    let few = control
        .experiment_size("story", &sought, 30, Some("email"))
        .await;
    for (refused, code) in [(unknown, "unknown_field"), (few, "no_size")] {
        let Err(pointsman_control::Error::Problems(problems)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(problems[0].code, code);
    }
    let truth = 0.75 * 0.1 * 6.0;
    for [low, high] in [plain.interval, adjusted.effect.interval] {
        assert!(low < truth && truth < high, "{comparison:?}");
    }
    platform.engine.stop(TIMEOUT).await.unwrap();
}
