//! Kills in the middle of traffic: whatever was acknowledged is there once, and nobody is sold twice.
//!
//! `POINTSMAN_KILL_ROUNDS` says how many kills, `POINTSMAN_KILL_SEED` at which moments. The script
//! `tests/kill-rounds.sh` makes 20 rounds of it.

use std::time::{Duration, Instant};

use acceptance::chance::draw;
pub(crate) use acceptance::chance::setting;
use pointsman_testkit::World;

use crate::{restart::verify, server::Server};

mod check;
mod lost_commits;
mod market;
mod traffic;

use check::Findings;
use market::Market;
use traffic::Traffic;

/// Leads in each round, each of which ends in an acknowledgement.
const LEADS: usize = 2_000;
/// Rounds of an ordinary test run.
const ROUNDS: u64 = 3;
/// At most this long after an acknowledgement comes the kill, so that it hits every phase of a lead.
const AFTERWARDS_MS_MAX: u64 = 25;

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "who repeats a failure needs the moments"
)]
async fn what_was_acknowledged_survives_a_kill_once_and_nobody_is_sold_twice() {
    let rounds = setting("POINTSMAN_KILL_ROUNDS", ROUNDS);
    let seed = setting("POINTSMAN_KILL_SEED", 7);
    let n_leads = usize::try_from(rounds).unwrap() * LEADS;
    let world = World::new(seed);
    let leads: Vec<_> = world.leads(n_leads.try_into().unwrap()).collect();
    let mut market = Market::open(Server::start(), world, rounds).await;
    let store = market.server.store().await;
    let mut findings = Findings::default();
    for (round, leads) in (1..).zip(leads.chunks(LEADS)) {
        let n_acknowledged = 1 + draw(seed, round, 0, 9 * LEADS as u64 / 10);
        let afterwards = Duration::from_millis(draw(seed, round, 1, AFTERWARDS_MS_MAX));
        eprintln!("round {round}: a kill {afterwards:?} after acknowledgement {n_acknowledged}");
        let traffic = Traffic::start(leads, market.source());
        traffic
            .acknowledged(n_acknowledged.try_into().unwrap())
            .await;
        tokio::time::sleep(afterwards).await;
        market.server.kill();
        let started = Instant::now();
        market.server.start_again();
        eprintln!("  ready again after {:?}", started.elapsed());
        traffic.go_on(market.source());
        let acknowledged = traffic.finish().await;
        assert_eq!(acknowledged.len(), LEADS);
        market.settled(&store).await;
        let found = findings.check_round(&store, &market, &acknowledged).await;
        eprintln!("  {found}");
    }
    findings.check_all(&market, n_leads);
    market.server.stop();
    verify(&market.server.database(), n_leads);
    eprintln!("{n_leads} of {n_leads} decisions came out as stored");
}
