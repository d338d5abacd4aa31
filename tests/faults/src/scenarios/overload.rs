//! R8: many times more leads than can be stored, and then as many as usual.

use std::time::{Duration, Instant};

use super::kills::tell;
use crate::{
    arena::{Arena, Ground},
    market::{market, market_flow},
    outcome::Outcome,
    plan::Plan,
    senders::Pace,
};

/// Connections that send as fast as they are answered, in a full run: more than the queue of 4,096 has places, so that leads
/// are refused.
const CONNECTIONS: usize = 6_000;
/// The same in a test beside others.
const FEW_CONNECTIONS: usize = 600;
/// How long each round of it lasts.
const LASTS: Duration = Duration::from_secs(6);
/// In which a refusal comes: it stores nothing and asks nobody.
const REFUSED_MAX: Duration = Duration::from_secs(1);
/// In which a lead is answered again as before.
const BACK_MAX: Duration = Duration::from_mins(1);
/// What the server may hold.
const KIB_MAX: u64 = 600 * 1_024;

/// Rounds last six seconds each.
pub(super) async fn run(plan: Plan) -> Option<Outcome> {
    let mut outcome = Outcome::of("R8", "SQLite", &plan);
    let arena = Arena::open(Ground::Sqlite, market(1_000_000), &market_flow()).await;
    let senders = arena.send(Pace::steady("usual", 40));
    senders.wait_for(80).await;
    let usual = senders.finish().await.p99("steep");
    let flood = Pace {
        connections: if plan.is_whole {
            CONNECTIONS
        } else {
            FEW_CONNECTIONS
        },
        time_out: Duration::from_mins(1),
        ..Pace::steady("flood", 0)
    };
    let senders = arena.send(flood);
    let began = Instant::now();
    let mut most_kib = 0;
    while began.elapsed() < LASTS * u32::try_from(plan.rounds).unwrap() {
        most_kib = most_kib.max(arena.servers[0].resident_kib().unwrap_or(0));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let seen = senders.finish().await;
    let flooded = began.elapsed();
    tell(&seen, &mut outcome);
    let told = format!(
        "{} taken and {} refused in {flooded:?}",
        seen.told.len(),
        seen.n_refused()
    );
    outcome.must(
        "leads are taken while more come than can be",
        told,
        !seen.told.is_empty(),
    );
    outcome.within(
        "the slowest refusal comes",
        seen.slowest_refusal,
        REFUSED_MAX,
    );
    let told = format!("{} MiB", most_kib / 1_024);
    outcome.must("memory stays within 600 MiB", told, most_kib <= KIB_MAX);
    let over = Instant::now();
    arena.settled().await;
    outcome.within("everything has come to its end", over.elapsed(), BACK_MAX);
    let senders = arena.send(Pace::steady("afterwards", 40));
    senders.wait_for(80).await;
    let seen = senders.finish().await;
    tell(&seen, &mut outcome);
    outcome.must(
        "nobody is refused afterwards",
        seen.n_refused(),
        seen.n_refused() == 0,
    );
    let afterwards = seen.p99("steep");
    outcome.within(
        "p99 afterwards, beside before,",
        afterwards,
        2 * usual + Duration::from_millis(100),
    );
    arena.close(&mut outcome).await;
    Some(outcome)
}
