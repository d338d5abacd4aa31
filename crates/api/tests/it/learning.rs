//! What bandits learn, and when it reaches the weights.

use std::time::Duration;

use pointsman_bandit::BanditKey;
use pointsman_control::{ExpectedStage, StageMove};
use pointsman_history::Clock;
use pointsman_store::{BidsUpdate, LeadFilter};
use serde_json::{Value, json};

use crate::{
    clocks::{NOW, TIMEOUT, World, publish, send},
    platform::Platform,
    site::fields,
};

/// A bandit over two buyers who take every lead and pay when it converts.
fn bandit(maximize: &str) -> Value {
    json!({
        "best": {"kind": "bandit", "maximize": maximize, "explore_ppm": 20_000,
            "arms": [{"to": "acme"}, {"to": "zenith"}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    })
}

async fn open(world: &World, clock: Clock, maximize: &str) -> Platform {
    let platform = world.start_by(clock, false).await.unwrap();
    platform
        .control
        .put_schema("auto", &fields())
        .await
        .unwrap();
    for name in ["acme", "zenith"] {
        let settings = json!({"pays": "conversion", "price": "5.00"});
        world.put(&platform, name, settings).await;
    }
    publish(&platform, &bandit(maximize), "best").await;
    platform
}

/// Waits for something that a task of the service brings about.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), wait).await;
    found.unwrap_or_else(|_| panic!("{what} does not happen"))
}

/// Successes of both arms under the objective that the live flow has.
fn successes(platform: &Platform) -> Vec<i64> {
    let key = BanditKey::unsegmented("story", "best");
    let beliefs = platform.engine.learner().beliefs(&key);
    beliefs.values().map(|belief| belief.successes).collect()
}

#[tokio::test]
async fn weights_follow_the_time_that_passes_without_a_lead() {
    let world = World::new().await;
    // A day takes a seventh of a second: what the leads have not brought by then speaks against their arm.
    let platform = open(&world, Clock::fast(NOW, 600_000), "conversions").await;
    for _ in 0..9 {
        assert_eq!(send(&platform).await, "sold");
    }
    let store = platform.engine.store().clone();
    until("the last lead is learned from", async || {
        let rebuilt = pointsman_history::rebuild(&store).await.unwrap();
        (platform.engine.learner().state() == rebuilt).then_some(())
    })
    .await;
    // The learner publishes by its own clock as well, and may be the one that is first.
    let epoch = until("an allocation of all leads", async || {
        let published = platform.engine.learner().publish_allocation().await;
        published.ok()
    })
    .await;
    until("a new allocation", async || {
        (platform.engine.learner().allocation().epoch > epoch).then_some(())
    })
    .await;
    platform.engine.stop(TIMEOUT).await.unwrap();
}

#[tokio::test]
async fn a_changed_objective_counts_its_own_successes_and_rebuilds_to_the_same() {
    let world = World::new().await;
    let platform = open(&world, Clock::fast(NOW, 1), "accepted").await;
    for _ in 0..6 {
        assert_eq!(send(&platform).await, "sold");
    }
    let store = platform.engine.store().clone();
    let rebuilds = async || {
        let rebuilt = pointsman_history::rebuild(&store).await.unwrap();
        (platform.engine.learner().state() == rebuilt).then_some(())
    };
    until("all leads are learned from", rebuilds).await;
    assert_eq!(successes(&platform).iter().sum::<i64>(), 6);

    let version = publish(&platform, &bandit("conversions"), "best").await;
    let stage = StageMove {
        flow: "story".to_owned(),
        stage: "live".to_owned(),
        version,
        expected: ExpectedStage::Any,
        by: "tests".to_owned(),
    };
    platform.control.move_stage(stage).await.unwrap();
    assert_eq!(successes(&platform), [0, 0], "nothing is converted yet");

    let leads = store
        .read()
        .leads(&LeadFilter::default(), None, 10)
        .await
        .unwrap();
    let lead = leads.items[0].id.clone();
    let deliveries = store.read().deliveries_of_leads(&[lead]).await.unwrap();
    let click = deliveries[0].click_id.as_str();
    let params = [("click_id", click), ("payout", "7"), ("status", "sale")];
    let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let params = params.into();
    let reported = platform
        .engine
        .postbacks()
        .report(&params, None, Vec::new());
    reported.await.unwrap();
    assert_eq!(send(&platform).await, "sold");
    until("the sale is learned from", rebuilds).await;
    assert_eq!(successes(&platform).iter().sum::<i64>(), 1);
    platform.engine.stop(TIMEOUT).await.unwrap();
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named_by_whoever_needs_it() {
    let world = World::new().await;
    let platform = open(&world, Clock::fast(NOW, 1), "accepted").await;
    assert_eq!(send(&platform).await, "sold");
    let store = platform.engine.store().clone();
    let nothing = pointsman_history::unreadable(&store, &mut |_| ()).await;
    assert_eq!(nothing.unwrap(), Vec::<String>::new());
    let decision = store.read().decisions_in_order(0, 1).await.unwrap();
    let id = decision[0].id.clone();
    let damaged = BidsUpdate {
        decision_id: id.clone(),
        n: 0,
        bids_body: "{".to_owned(),
    };
    let write = store.write(|tx| Box::pin(async move { tx.update_bids(vec![damaged]).await }));
    write.await.unwrap();
    let row = format!("the bids of step 0 of decision {id}");
    let named = pointsman_history::unreadable(&store, &mut |_| ()).await;
    assert!(named.unwrap()[0].starts_with(&row));
    let refused = pointsman_history::explain(&store, id.parse().unwrap())
        .await
        .unwrap_err();
    let cause = std::error::Error::source(&refused).unwrap().to_string();
    assert!(cause.contains(&row), "{cause}");
    platform.engine.stop(TIMEOUT).await.unwrap();
}
