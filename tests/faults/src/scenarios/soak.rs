//! R16: kills and buyers that misbehave, mixed, at half of what the server can do, for as many minutes as there are rounds.

use std::time::{Duration, Instant};

use super::kills::tell;
use crate::{
    arena::{Arena, Ground},
    manner::Manner,
    market::{market, market_flow},
    outcome::Outcome,
    plan::Plan,
    senders::Pace,
};

/// Leads a second.
const A_SECOND: u32 = 100;
/// Between two troubles.
const TROUBLE_EVERY: Duration = Duration::from_secs(20);
/// How much more memory the last third may hold than the second, in percent.
const GROWTH_PERCENT_MAX: u64 = 20;

const MANNERS: [Manner; 6] = [
    Manner::Usual,
    Manner::Hangs,
    Manner::Fails,
    Manner::Resets,
    Manner::Flaps,
    Manner::Late(Duration::from_millis(1_500)),
];

/// A round is a minute.
pub(super) async fn run(plan: Plan) -> Option<Outcome> {
    let mut outcome = Outcome::of("R16", "SQLite", &plan);
    let mut arena = Arena::open(Ground::Sqlite, market(600 * plan.rounds), &market_flow()).await;
    let senders = arena.send(Pace::steady("soak", A_SECOND));
    let began = Instant::now();
    let lasts = Duration::from_mins(plan.rounds);
    // Memory of each third, at its end: before its next kill.
    let mut kib = Vec::new();
    let mut n_kills = 0;
    for n in 0.. {
        if began.elapsed() >= lasts {
            break;
        }
        let drawn = plan.draw(n, 0, 4);
        let at = usize::try_from(plan.draw(n, 1, arena.buyers.len() as u64)).unwrap();
        let manner = MANNERS[usize::try_from(plan.draw(n, 2, MANNERS.len() as u64)).unwrap()];
        if drawn == 0 {
            arena.kill(0);
            arena.start_again(0);
            n_kills += 1;
        } else {
            arena.buyers[at].behave(manner);
        }
        let until = Instant::now() + TROUBLE_EVERY + Duration::from_millis(plan.draw(n, 3, 2_000));
        while Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        if drawn == 1 {
            arena.buyers[at].behave(Manner::Usual);
        }
        kib.push(arena.servers[0].resident_kib().unwrap_or(0));
    }
    let seen = senders.finish().await;
    tell(&seen, &mut outcome);
    outcome.must(
        "troubles came",
        format_args!("{} in all, {n_kills} kills", kib.len()),
        !kib.is_empty(),
    );
    let third = kib.len() / 3;
    let most = |part: &[u64]| part.iter().copied().max().unwrap_or(0);
    let (middle, last) = (most(&kib[third..2 * third]), most(&kib[2 * third..]));
    let holds = third == 0 || last * 100 <= middle * (100 + GROWTH_PERCENT_MAX);
    let told = format!("{} MiB, then {} MiB", middle / 1_024, last / 1_024);
    outcome.must("memory does not grow after a while", told, holds);
    for buyer in &arena.buyers {
        buyer.behave(Manner::Usual);
    }
    arena.close(&mut outcome).await;
    Some(outcome)
}
