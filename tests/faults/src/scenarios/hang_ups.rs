//! R7: callers that hang up at any moment, of which none may leave a session of the database in the middle of something.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use acceptance::caller::try_answer;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use super::{kills::tell, postgres};
use crate::{
    arena::{Arena, Ground},
    market::{market, market_flow},
    outcome::Outcome,
    plan::Plan,
    senders::Pace,
};

/// Callers of each round.
const CALLERS: u64 = 1_000;
/// Callers at a time.
const AT_ONCE: usize = 64;
/// They hang up within so many microseconds.
const TIME_OUT_US_MAX: u64 = 40_000;
/// Sessions that are in the middle of a transaction, and do nothing.
const IDLE: &str =
    "SELECT COUNT(*) AS number FROM pg_stat_activity WHERE datname = current_database()
    AND state LIKE 'idle in transaction%' AND now() - state_change > interval '1 second'";
const SESSIONS: &str =
    "SELECT COUNT(*) AS number FROM pg_stat_activity WHERE datname = current_database()";

/// Each round has a thousand callers.
pub(super) async fn run(plan: Plan) -> Option<Outcome> {
    let ground = Ground::Postgres(postgres()?, 1);
    let mut outcome = Outcome::of("R7", "PostgreSQL", &plan);
    let arena = Arena::open(ground, market(1_000_000), &market_flow()).await;
    let senders = arena.send(Pace::steady("before", 50));
    senders.wait_for(50).await;
    tell(&senders.finish().await, &mut outcome);
    let before = checker::number(arena.database(), SESSIONS).await.unwrap();
    let n_answered = Arc::<AtomicUsize>::default();
    let mut idle_max = 0;
    for round in 0..plan.rounds {
        hang_up(&arena, &plan, round, &n_answered).await;
        let idle = checker::number(arena.database(), IDLE).await.unwrap();
        idle_max = idle_max.max(idle);
    }
    let n = CALLERS * plan.rounds;
    let n_answered = u64::try_from(n_answered.load(Ordering::SeqCst)).unwrap();
    let told = format!("{} of {n}", n - n_answered);
    outcome.must(
        "callers hung up before they were answered",
        told,
        n_answered < n,
    );
    arena.settled().await;
    let idle = checker::number(arena.database(), IDLE).await.unwrap();
    idle_max = idle_max.max(idle);
    outcome.must(
        "no session is left within a transaction",
        idle_max,
        idle_max == 0,
    );
    let after = checker::number(arena.database(), SESSIONS).await.unwrap();
    let told = format!("{before} before, {after} after");
    outcome.must(
        "there are as many sessions as a pool has",
        told,
        after <= before + 20,
    );
    let log = arena.servers[0].log();
    let poisoned = log.contains("25P02") || log.contains("current transaction is aborted");
    outcome.must("no session is poisoned", poisoned, !poisoned);
    let senders = arena.send(Pace::steady("after", 50));
    senders.wait_for(100).await;
    let seen = senders.finish().await;
    tell(&seen, &mut outcome);
    let (refused, broken) = (seen.n_refused(), seen.broken);
    let told = format!("{refused} refused, {broken} broken off");
    outcome.must("every later lead is taken", told, refused + broken == 0);
    arena.close(&mut outcome).await;
    Some(outcome)
}

async fn hang_up(arena: &Arena, plan: &Plan, round: u64, n_answered: &Arc<AtomicUsize>) {
    let source = arena.source(0);
    let mut callers = JoinSet::new();
    for n in 0..CALLERS {
        while callers.len() >= AT_ONCE {
            callers.join_next().await;
        }
        let time_out = Duration::from_micros(plan.draw(round, n, TIME_OUT_US_MAX));
        let (source, n_answered) = (source.clone(), Arc::clone(n_answered));
        let roof = ["flat", "steep"][usize::try_from(n % 2).unwrap()];
        let lead = json!({
            "flow": "solar", "fields": {"home_owner": true, "roof": roof, "age": 41, "phone": "+12025550143"},
        });
        callers.spawn(async move {
            // Whoever drops the future closes the connection.
            let request = source.request(Method::POST, "/v1/leads").json(&lead);
            let answered = tokio::time::timeout(time_out, try_answer(request)).await;
            n_answered.fetch_add(usize::from(answered.is_ok()), Ordering::SeqCst);
        });
    }
    callers.join_all().await;
}
