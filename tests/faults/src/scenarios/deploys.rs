//! R11: servers that are asked to stop under load, one after the other, as a deployment does.

use std::time::{Duration, Instant};

use super::{kills::tell, postgres};
use crate::{
    arena::{Arena, Ground},
    market::{market, market_flow},
    outcome::Outcome,
    plan::Plan,
    senders::Pace,
};

/// Leads a second.
const A_SECOND: u32 = 80;
/// Leads that are acknowledged between two stops.
const BETWEEN: usize = 60;
/// In which a server must have ended.
const STOPPED_MAX: Duration = Duration::from_secs(25);

/// One server on SQLite.
pub(super) async fn on_sqlite(plan: Plan) -> Option<Outcome> {
    Some(Box::pin(rolling(Ground::Sqlite, plan)).await)
}

/// Two servers on PostgreSQL.
pub(super) async fn on_postgres(plan: Plan) -> Option<Outcome> {
    let ground = Ground::Postgres(postgres()?, 2);
    Some(Box::pin(rolling(ground, plan)).await)
}

async fn rolling(ground: Ground, plan: Plan) -> Outcome {
    let mut outcome = Outcome::of("R11", "", &plan);
    let mut stalls = market(20 * plan.rounds);
    for stall in &mut stalls {
        // A buyer that never answers holds a stop up for as long as it may, and says nothing of it.
        stall.habits.silent_one_in = 0;
    }
    let mut arena = Arena::open(ground, stalls, &market_flow()).await;
    let senders = arena.send(Pace::steady("deploy", A_SECOND));
    let mut slowest = Duration::ZERO;
    for round in 0..plan.rounds {
        senders.wait_for(BETWEEN).await;
        tokio::time::sleep(Duration::from_millis(plan.draw(round, 0, 300))).await;
        let at = usize::try_from(round).unwrap() % arena.servers.len();
        let began = Instant::now();
        arena.servers[at].stop_after_trouble();
        slowest = slowest.max(began.elapsed());
        arena.start_again(at);
    }
    senders.wait_for(BETWEEN).await;
    let seen = senders.finish().await;
    tell(&seen, &mut outcome);
    outcome.within(
        "a server that is asked to stop has ended",
        slowest,
        STOPPED_MAX,
    );
    arena.settled().await;
    // On a busy machine a buyer may be late by itself: only what a server left behind tells of its stop.
    let sql =
        "SELECT COUNT(*) AS number FROM attempt WHERE outcome = 'interrupted' OR outcome IS NULL";
    let n_cut = checker::number(arena.database(), sql).await.unwrap();
    outcome.must("no offer is cut off by a stop", n_cut, n_cut == 0);
    let report = arena.close(&mut outcome).await;
    let n_twice = report.counts.duplicates;
    outcome.must("no buyer gets anything twice", n_twice, n_twice == 0);
    outcome
}
