//! What happens to one server of two, and what the other makes of it.

use std::{
    collections::BTreeMap,
    process::Command,
    sync::{Arc, RwLock},
};

use pointsman_store::{DeliveryState, LATE_ACCEPTANCE, LeadStatus};

use super::{
    pair::Pair,
    senders::{Acknowledged, Callers, Senders, longest_gap},
    *,
};

/// What the longest time without an answer may be, where one server is away. Clients give a server two seconds.
pub(super) const GAP_MAX: Duration = Duration::from_secs(5);
/// In which what a dead server had under way must be taken over.
pub(super) const TAKEN_OVER_MAX: Duration = Duration::from_secs(35);
/// Leads that are acknowledged before something happens.
pub(super) const BEFORE: usize = 60;

/// A pair whose leads are sold to one of two buyers, who take their time.
async fn market() -> Option<(Pair, [Buyer; 2])> {
    let pair = Pair::open().await?;
    let buyers = Box::pin(open_market(&pair)).await;
    Some((pair, buyers))
}

/// Two buyers who take their time, and a flow that offers each lead to one after the other.
pub(super) async fn open_market(pair: &Pair) -> [Buyer; 2] {
    let slow = |n: usize| match n % 10 {
        0 => Reply::Reject,
        n => Reply::AcceptLate(Duration::from_millis(10 * n as u64), "5"),
    };
    let buyers = [Buyer::scripted(slow).await, Buyer::scripted(slow).await];
    for (name, buyer) in ["first", "second"].into_iter().zip(&buyers) {
        pair.put(&Destination {
            settings: json!({"on_unknown": "hold"}),
            ..open_to_all(name, buyer)
        })
        .await;
    }
    publish(&pair.admin(0), &one_after_the_other(&["first", "second"])).await;
    buyers
}

pub(super) fn callers(pair: &Pair) -> Callers {
    Arc::new(RwLock::new([pair.source(0), pair.source(1)]))
}

pub(super) async fn wait_for(senders: &Senders, n_more: usize) {
    let goal = senders.n_acknowledged() + n_more;
    let deadline = Instant::now() + Duration::from_mins(1);
    while senders.n_acknowledged() < goal {
        assert!(Instant::now() < deadline, "no lead is answered any more");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Every acknowledged lead is there once, and nobody was offered it twice or has it beside another.
pub(super) async fn check(pair: &Pair, buyers: &[Buyer], acknowledged: &Acknowledged) -> String {
    let read = pair.store.read();
    let leads = read.leads_in_order(0, 1_000_000).await.unwrap();
    let mut by_key = BTreeMap::new();
    for lead in &leads {
        let before = by_key.insert(lead.idempotency_key.clone().unwrap(), lead);
        assert!(before.is_none(), "each key is one lead");
    }
    for (key, (_, answer)) in acknowledged {
        let lead = by_key.get(key);
        let lead = lead.unwrap_or_else(|| panic!("{key} was acknowledged and is lost"));
        assert_eq!(answer["lead_id"], *lead.id);
    }
    let deliveries = read
        .deliveries_reserved_in_order(0, 1_000_000)
        .await
        .unwrap();
    let posts: Vec<_> = buyers.iter().flat_map(Buyer::posts).collect();
    let mut keys: Vec<&String> = posts.iter().map(|post| &post.idempotency_key).collect();
    keys.sort_unstable();
    let n_posts = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), n_posts, "no offer is made twice");
    let mut accepted: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut n_held, mut n_late) = (0, 0);
    for delivery in &deliveries {
        let is_late = delivery
            .finding
            .as_deref()
            .is_some_and(|it| it.contains(LATE_ACCEPTANCE));
        let is_sold = delivery.state == DeliveryState::Accepted || is_late;
        *accepted.entry(&delivery.lead_id).or_default() += usize::from(is_sold);
        n_held += usize::from(delivery.state == DeliveryState::Held);
        n_late += usize::from(is_late);
    }
    assert!(accepted.values().all(|n| *n <= 1), "nothing is sold twice");
    let sold = leads.iter().filter(|lead| lead.status == LeadStatus::Sold);
    format!(
        "{} leads, {} acknowledged, {} sold, {n_held} unknown, {n_late} accepted late; longest gap {:?}",
        leads.len(),
        acknowledged.len(),
        sold.count(),
        longest_gap(acknowledged),
    )
}

/// How long it took until the killed one's leads were the other's.
pub(super) async fn taken_over(pair: &Pair, killed: Instant) -> Duration {
    loop {
        // A lease is open until it is taken over.
        if pair.store.read().open_leases().await.unwrap().len() == 1 {
            return killed.elapsed();
        }
        // On a machine that does other things too it may take longer.
        assert!(killed.elapsed() < 2 * TAKEN_OVER_MAX);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "the figures are the point of the long run"
)]
async fn what_a_killed_server_had_under_way_is_taken_over() {
    let Some((mut pair, buyers)) = market().await else {
        return;
    };
    let callers = callers(&pair);
    let mut acknowledged = Acknowledged::new();
    for round in 1..=rounds() {
        let victim = usize::try_from(round % 2).unwrap();
        let senders = Senders::start(&format!("kill-{round}"), &callers);
        wait_for(&senders, BEFORE).await;
        pair.servers[victim].kill();
        let killed = Instant::now();
        // The other one goes on while nobody has taken over yet.
        wait_for(&senders, BEFORE).await;
        let taken_over = taken_over(&pair, killed).await;
        wait_for(&senders, BEFORE).await;
        acknowledged.extend(senders.finish().await);
        pair.settled().await;
        eprintln!(
            "round {round}: taken over after {taken_over:?}; {}",
            check(&pair, &buyers, &acknowledged).await
        );
        pair.servers[victim].start_again();
        callers.write().unwrap()[victim] = pair.source(victim);
    }
    assert!(longest_gap_within_rounds(&acknowledged, rounds()) < GAP_MAX);
    pair.verify().await;
    pair.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "the figures are the point of the long run"
)]
async fn a_server_that_stands_still_holds_nobody_up_and_doubles_nothing() {
    let Some((pair, buyers)) = market().await else {
        return;
    };
    let callers = callers(&pair);
    let mut acknowledged = Acknowledged::new();
    for round in 1..=rounds() {
        let victim = usize::try_from(round % 2).unwrap();
        let senders = Senders::start(&format!("stop-{round}"), &callers);
        wait_for(&senders, BEFORE).await;
        signal(pair.servers[victim].process(), "STOP");
        let stopped = Instant::now();
        wait_for(&senders, BEFORE).await;
        // Every fourth is taken over before it goes on.
        let long = round % 4 == 1;
        if long {
            while stopped.elapsed() < TAKEN_OVER_MAX {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        signal(pair.servers[victim].process(), "CONT");
        wait_for(&senders, BEFORE).await;
        acknowledged.extend(senders.finish().await);
        pair.settled().await;
        eprintln!(
            "round {round}: still for {:?}; {}",
            stopped.elapsed(),
            check(&pair, &buyers, &acknowledged).await
        );
    }
    assert!(longest_gap_within_rounds(&acknowledged, rounds()) < GAP_MAX);
    pair.verify().await;
    pair.close().await;
}

/// Between rounds nobody sends.
pub(super) fn longest_gap_within_rounds(acknowledged: &Acknowledged, rounds: u64) -> Duration {
    let gaps = (1..=rounds).map(|round| {
        let of_round = acknowledged.iter();
        let of_round =
            of_round.filter(|(key, _)| key.split('-').nth(1) == Some(&round.to_string()));
        longest_gap(
            &of_round
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        )
    });
    gaps.max().unwrap_or_default()
}

fn signal(process: u32, signal: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{signal}"), &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}
