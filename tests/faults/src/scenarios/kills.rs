//! R1: SIGKILL at random moments under load, also while a server is on its way up.

use std::time::{Duration, Instant};

use super::postgres;
use crate::{
    arena::{Arena, Ground},
    market::{market, market_flow},
    outcome::Outcome,
    plan::Plan,
    senders::{Pace, Seen, Senders},
};

/// Leads a second.
const A_SECOND: u32 = 200;
/// Leads that are acknowledged between two kills, at least.
const BETWEEN: usize = 40;
/// Beyond that, a kill comes within so many milliseconds.
const MOMENT_MS_MAX: u64 = 400;
/// One kill in this many is followed by one on the way up.
const ON_THE_WAY_UP_ONE_IN: u64 = 4;
/// One kill in this many is taken over by the other server, instead of by the one that starts again.
const TAKEN_OVER_ONE_IN: u64 = 5;
/// In which what a dead server had under way must be taken over.
const TAKEN_OVER_MAX: Duration = Duration::from_secs(35);
/// In which a server must listen again.
const READY_MAX: Duration = Duration::from_secs(2);
/// Units of the capped buyer for each kill: fewer than come, so that the cap is met.
const CAP_A_KILL: u64 = 15;

/// One server on SQLite.
pub(super) async fn on_sqlite(plan: Plan) -> Option<Outcome> {
    let mut outcome = Outcome::of("R1", "SQLite", &plan);
    let cap = CAP_A_KILL * plan.rounds;
    let mut arena = Arena::open(Ground::Sqlite, market(cap), &market_flow()).await;
    let senders = arena.send(Pace::steady("kill", A_SECOND));
    let mut slowest = Duration::ZERO;
    for round in 0..plan.rounds {
        moment(&senders, &plan, round).await;
        arena.kill(0);
        if plan.draw(round, 1, ON_THE_WAY_UP_ONE_IN) == 0 {
            let after = Duration::from_millis(plan.draw(round, 2, MOMENT_MS_MAX));
            arena.start_again_and_kill(0, after);
        }
        slowest = slowest.max(arena.start_again(0));
    }
    senders.wait_for(BETWEEN).await;
    let seen = senders.finish().await;
    tell(&seen, &mut outcome);
    outcome.within("a start listens", slowest, READY_MAX);
    let report = arena.close(&mut outcome).await;
    let counts = report.counts;
    let hit = counts.in_flight_at_kills > 0;
    outcome.must("kills hit posts under way", counts.in_flight_at_kills, hit);
    Some(outcome)
}

/// Two servers on PostgreSQL, of which one is killed at a time.
pub(super) async fn on_postgres(plan: Plan) -> Option<Outcome> {
    let ground = Ground::Postgres(postgres()?, 2);
    let mut outcome = Outcome::of("R1", "PostgreSQL", &plan);
    let cap = CAP_A_KILL * plan.rounds;
    let mut arena = Arena::open(ground, market(cap), &market_flow()).await;
    let senders = arena.send(Pace::steady("kill", A_SECOND / 2));
    let (mut slowest, mut slowest_takeover) = (Duration::ZERO, Duration::ZERO);
    for round in 0..plan.rounds {
        let victim = usize::from(plan.draw(round, 3, 2) == 1);
        moment(&senders, &plan, round).await;
        arena.kill(victim);
        let killed = Instant::now();
        // The other one answers meanwhile.
        senders.wait_for(BETWEEN).await;
        if round % TAKEN_OVER_ONE_IN == TAKEN_OVER_ONE_IN - 1 {
            while arena.open_leases().await > 1 && killed.elapsed() < 2 * TAKEN_OVER_MAX {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            slowest_takeover = slowest_takeover.max(killed.elapsed());
        }
        slowest = slowest.max(arena.start_again(victim));
    }
    senders.wait_for(BETWEEN).await;
    let seen = senders.finish().await;
    tell(&seen, &mut outcome);
    outcome.within("a start listens", slowest, READY_MAX);
    outcome.within(
        "a dead server is taken over",
        slowest_takeover,
        TAKEN_OVER_MAX,
    );
    outcome.within(
        "somebody is answered again",
        seen.longest_gap(),
        Duration::from_secs(5),
    );
    arena.close(&mut outcome).await;
    Some(outcome)
}

/// Waits for the moment of a kill.
async fn moment(senders: &Senders, plan: &Plan, round: u64) {
    senders.wait_for(BETWEEN).await;
    tokio::time::sleep(Duration::from_millis(plan.draw(round, 0, MOMENT_MS_MAX))).await;
}

/// What sources saw.
pub(super) fn tell(seen: &Seen, outcome: &mut Outcome) {
    let told = format!("{:?}", &seen.strange[..seen.strange.len().min(5)]);
    outcome.must(
        "sources get no answer that they do not expect",
        told,
        seen.strange.is_empty(),
    );
    outcome.must(
        "whoever is refused is told in whole seconds when to come again",
        format_args!(
            "{} of {} are not",
            seen.without_retry_after,
            seen.n_refused()
        ),
        seen.without_retry_after == 0,
    );
}
