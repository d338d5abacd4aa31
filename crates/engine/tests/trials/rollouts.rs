//! Rollouts go on by their gates, stop where nothing can be believed, and turn back where something is harmed.

use pointsman_control::{Error, ExperimentStep, NewRollout, RolloutAsk, RolloutState};
use pointsman_experiment::{
    Exposure, Gate, Guardrail, Metric, Plan, RolloutPlan, RolloutStep, Subject,
};
use serde_json::{Map, Value, json};

use crate::platform::{Buyer, Platform, TIMEOUT, until};

fn to(name: &str) -> Value {
    json!({name: {"kind": "destination"}})
}

fn plan(name: &str, version: &str, steps: &[(Exposure, u64)]) -> NewRollout {
    let steps = steps.iter().map(|(exposure, min_leads)| RolloutStep {
        exposure: *exposure,
        gate: Gate {
            min_leads: *min_leads,
            ..Gate::default()
        },
    });
    NewRollout {
        name: name.to_owned(),
        flow: "story".to_owned(),
        version: version.to_owned(),
        steps: RolloutPlan {
            steps: steps.collect(),
            is_automatic: true,
        },
        watched: Plan {
            hypothesis: String::new(),
            subject: Subject::Version,
            primary: Metric::AcceptRate,
            smallest_effect_ppm: 50_000,
            guardrails: vec![Guardrail {
                metric: Metric::AcceptRate,
                worst_ppm: 200_000,
            }],
            secondary: Vec::new(),
            covariates: Vec::new(),
            slow_ms: pointsman_experiment::SLOW_MS,
            sticky: None,
            layer: None,
            window_hours: 0,
            confidence_ppm: 950_000,
        },
        reason: None,
        by: "tests".to_owned(),
    }
}

fn ask(name: &str) -> RolloutAsk {
    RolloutAsk {
        name: name.to_owned(),
        expected_revision: None,
        reason: None,
        by: "tests".to_owned(),
    }
}

async fn send(platform: &Platform, n_leads: usize) {
    for _ in 0..n_leads {
        let fields = Map::from_iter([("state".to_owned(), json!("TX"))]);
        platform.send(None, fields, false).await;
    }
}

/// Looks as the service does, until a rollout is somewhere.
async fn reached(platform: &Platform, name: &str, place: (RolloutState, usize)) {
    until(&format!("{name} at {place:?}"), async || {
        platform.control.move_rollouts_on().await;
        let found = platform.control.find_rollout(name).await.unwrap().unwrap();
        ((found.place.state, found.place.step) == place).then_some(())
    })
    .await;
}

/// What was changed: who, state and step.
async fn way(platform: &Platform, name: &str) -> Vec<(String, RolloutState, usize)> {
    let changes = platform.control.rollout_changes(name).await.unwrap();
    let way = changes
        .into_iter()
        .map(|it| (it.by, it.after.state, it.after.step));
    way.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_version_goes_from_a_shadow_to_all_leads() {
    let (good, better) = (Buyer::takes(6).await, Buyer::takes(9).await);
    let mut platform = Platform::open().await;
    platform.put("good", &good, json!({"price": "5.00"})).await;
    platform
        .put("better", &better, json!({"price": "5.00"}))
        .await;
    platform.publish(&to("good"), "good").await;
    let version = platform.publish(&to("better"), "better").await;
    let steps = [(Exposure::Shadow, 60), (Exposure::Canary(400_000), 120)];
    let new = plan("all", &version, &steps);
    platform.control.start_rollout(new).await.unwrap();
    send(&platform, 30).await;
    platform.control.move_rollouts_on().await;
    let started = ("tests".to_owned(), RolloutState::Running, 0);
    assert_eq!(way(&platform, "all").await, std::slice::from_ref(&started));
    // What it has come to is known after a restart.
    platform = platform.restart().await;
    send(&platform, 30).await;
    reached(&platform, "all", (RolloutState::Running, 1)).await;
    assert_eq!(better.n_posts(), 0);
    let shadow = platform
        .control
        .latest_shadow("story")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((shadow.leads, shadow.moved), (60, 60), "{shadow:?}");
    assert_eq!(shadow.until.unwrap().by, "rollout");
    // Its experiment is moved by nobody else.
    let step = ExperimentStep {
        name: "all".to_owned(),
        expected_revision: None,
        note: None,
        by: "tests".to_owned(),
    };
    let refused = platform.control.pause_experiment(step).await.unwrap_err();
    let Error::Problems(problems) = refused else {
        panic!("{refused}");
    };
    assert_eq!(problems[0].code, "rollout_running");
    send(&platform, 500).await;
    reached(&platform, "all", (RolloutState::Live, 1)).await;
    let moved = |state, step| ("rollout".to_owned(), state, step);
    let (on, live) = (
        moved(RolloutState::Running, 1),
        moved(RolloutState::Live, 1),
    );
    assert_eq!(way(&platform, "all").await, [started, on, live]);
    let n_good = good.n_posts();
    send(&platform, 10).await;
    assert_eq!(good.n_posts(), n_good);
    let ended = platform.control.roll_back_rollout(ask("all")).await;
    assert!(matches!(ended, Err(Error::Problems(_))));
    platform.engine.stop(TIMEOUT).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_harmful_version_is_taken_back_and_a_missing_one_stops() {
    let (good, bad) = (Buyer::takes(10).await, Buyer::takes(3).await);
    let platform = Platform::open().await;
    platform.put("good", &good, json!({"price": "5.00"})).await;
    platform.put("bad", &bad, json!({"price": "9.00"})).await;
    platform.publish(&to("good"), "good").await;
    let version = platform.publish(&to("bad"), "bad").await;
    let steps = [(Exposure::Canary(400_000), 100_000)];
    let control = &platform.control;
    control
        .start_rollout(plan("dear", &version, &steps))
        .await
        .unwrap();
    let other = control.start_rollout(plan("other", &version, &steps)).await;
    assert!(matches!(other, Err(Error::Problems(_))));
    send(&platform, 800).await;
    reached(&platform, "dear", (RolloutState::RolledBack, 0)).await;
    let changes = control.rollout_changes("dear").await.unwrap();
    let last = changes.last().unwrap();
    assert_eq!(last.by, "rollout");
    assert!(last.reason.contains("accept rate"), "{}", last.reason);
    assert!(last.evidence.as_ref().unwrap().readout.is_some());
    let n_bad = bad.n_posts();
    send(&platform, 50).await;
    assert_eq!(bad.n_posts(), n_bad);

    // By hand: on before the gate, a pause that takes all leads away, on again, and back.
    let steps = [
        (Exposure::Shadow, 1_000),
        (Exposure::Canary(500_000), 1_000),
    ];
    control
        .start_rollout(plan("slow", &version, &steps))
        .await
        .unwrap();
    control.advance_rollout(ask("slow")).await.unwrap();
    send(&platform, 40).await;
    assert!(bad.n_posts() > n_bad);
    control.pause_rollout(ask("slow")).await.unwrap();
    let n_bad = bad.n_posts();
    send(&platform, 20).await;
    assert_eq!(bad.n_posts(), n_bad);
    assert!(control.advance_rollout(ask("slow")).await.is_err());
    control.resume_rollout(ask("slow")).await.unwrap();
    control.roll_back_rollout(ask("slow")).await.unwrap();

    // The next step cannot begin where the version is live meanwhile: it stops, and says why.
    let steps = [(Exposure::Shadow, 5), (Exposure::Canary(500_000), 1_000)];
    control
        .start_rollout(plan("late", &version, &steps))
        .await
        .unwrap();
    send(&platform, 10).await;
    platform.live_is(&version).await;
    reached(&platform, "late", (RolloutState::Paused, 0)).await;
    let changes = control.rollout_changes("late").await.unwrap();
    let last = changes.last().unwrap();
    assert!(
        last.reason.contains("the next step cannot begin"),
        "{}",
        last.reason
    );
    platform.engine.stop(TIMEOUT).await.unwrap();
}
