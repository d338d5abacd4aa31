//! R3: PostgreSQL that crashes, stops or is away, and a server that stands still, with two servers.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use acceptance::own_postgres::OwnPostgres;

use super::kills::tell;
use crate::{
    arena::{Arena, Ground},
    market::{market, market_flow},
    outcome::Outcome,
    plan::Plan,
    senders::{Pace, Senders},
};

/// Leads a second.
const A_SECOND: u32 = 80;
/// Leads that are acknowledged between two troubles.
const BETWEEN: usize = 60;
/// Within this a lead must be answered once the database is back.
const BACK_MAX: Duration = Duration::from_secs(5);
/// How long it is away at the longest.
const AWAY: Duration = Duration::from_secs(20);
/// Longer than it takes until others take over.
const STILL: Duration = Duration::from_secs(36);

/// Rounds go through a crash, a stop, 20 seconds away, and a server that stands still until it is taken over.
pub(super) async fn run(plan: Plan) -> Option<Outcome> {
    let own = OwnPostgres::start()?;
    let mut outcome = Outcome::of("R3", "PostgreSQL", &plan);
    let cap = 20 * plan.rounds;
    let arena = Arena::open(
        Ground::Postgres(own.server(), 2),
        market(cap),
        &market_flow(),
    )
    .await;
    let senders = arena.send(Pace::steady("away", A_SECOND));
    let mut slowest = Duration::ZERO;
    for round in 0..plan.rounds {
        senders.wait_for(BETWEEN).await;
        let moment = Duration::from_millis(plan.draw(round, 0, 300));
        tokio::time::sleep(moment).await;
        if round % 4 == 3 {
            let victim = usize::from(plan.draw(round, 1, 2) == 1);
            stands_still(&arena, &senders, victim).await;
            continue;
        }
        own.stop(if round % 4 == 1 { "fast" } else { "immediate" });
        if round % 4 == 2 {
            tokio::time::sleep(AWAY).await;
        }
        own.go_on();
        let back = Instant::now();
        senders.wait_for(1).await;
        slowest = slowest.max(back.elapsed());
    }
    senders.wait_for(BETWEEN).await;
    let seen = senders.finish().await;
    tell(&seen, &mut outcome);
    let was_away = plan.rounds > 2;
    outcome.must(
        "who sends while the database is away is refused",
        seen.n_refused(),
        seen.n_refused() > 0 || !was_away,
    );
    outcome.within(
        "leads are answered once the database is back",
        slowest,
        BACK_MAX,
    );
    arena.close(&mut outcome).await;
    Some(outcome)
}

/// A server that stands still until the other has taken over, and goes on then: what it still says is not stored.
async fn stands_still(arena: &Arena, senders: &Senders, victim: usize) {
    let process = arena.servers[victim].process();
    signal(process, "STOP");
    let began = Instant::now();
    senders.wait_for(BETWEEN).await;
    while began.elapsed() < STILL {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    signal(process, "CONT");
    senders.wait_for(BETWEEN).await;
}

fn signal(process: u32, signal: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{signal}"), &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}
