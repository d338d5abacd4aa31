//! A database that is away, answers of commits that are lost, and a clock that is wrong: with two servers.

use std::{
    path::PathBuf,
    process::Command,
    sync::atomic::Ordering,
    time::{SystemTime, UNIX_EPOCH},
};

use acceptance::own_postgres::OwnPostgres;
use pointsman_testkit::{Postgres, Proxy, Trouble};

use super::{
    faults::{
        BEFORE, GAP_MAX, callers, check, longest_gap_within_rounds, open_market, taken_over,
        wait_for,
    },
    pair::Pair,
    senders::{Acknowledged, Senders},
    *,
};
use crate::{program::pointsman, server::Program};

/// Longer than any lease runs.
const LONG: Duration = Duration::from_secs(40);
/// Lost answers of an ordinary test run.
const LOST: u64 = 8;
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(30);
/// How far a stored time may be from the true one: clocks are compared a few times a minute, over a network.
const TIME_ERROR_MAX: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "the figures are the point of the long run"
)]
async fn a_database_that_starts_again_under_both_loses_and_doubles_nothing() {
    let Some(own) = OwnPostgres::start() else {
        return;
    };
    let server = own.server();
    let host = server.host().to_owned();
    let pair = Box::pin(Pair::open_on(server, [&host; 2], [pointsman; 2])).await;
    let buyers = Box::pin(open_market(&pair)).await;
    let callers = callers(&pair);
    let mut acknowledged = Acknowledged::new();
    for round in 1..=rounds() {
        let senders = Senders::start(&format!("restart-{round}"), &callers);
        wait_for(&senders, BEFORE).await;
        let mode = if round % 2 == 1 { "immediate" } else { "fast" };
        own.stop(mode);
        // Every fifth time all leases run out meanwhile.
        if round % 5 == 0 {
            tokio::time::sleep(LONG).await;
        }
        own.go_on();
        let back = Instant::now();
        wait_for(&senders, BEFORE).await;
        let back = back.elapsed();
        acknowledged.extend(senders.finish().await);
        pair.settled().await;
        eprintln!(
            "round {round}: {mode} stop, {BEFORE} leads answered {back:?} after the start; {}",
            check(&pair, &buyers, &acknowledged).await
        );
    }
    pair.verify().await;
    pair.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "the figures are the point of the long run"
)]
async fn a_commit_whose_answer_is_lost_at_one_of_two_is_done_once() {
    let Some(postgres) = Postgres::named() else {
        return;
    };
    let n_lost = setting("POINTSMAN_LOST_COMMITS", LOST);
    let proxies = [
        Proxy::before(postgres.host()).await.unwrap(),
        Proxy::before(postgres.host()).await.unwrap(),
    ];
    let hosts = proxies.each_ref().map(Proxy::address);
    let pair = Box::pin(Pair::open_on(
        postgres,
        [&hosts[0], &hosts[1]],
        [pointsman; 2],
    ))
    .await;
    let buyers = Box::pin(open_market(&pair)).await;
    let senders = Senders::start("lost", &callers(&pair));
    wait_for(&senders, BEFORE).await;
    let troubles = [
        Trouble::AnswerLost,
        Trouble::CutAtOnce,
        Trouble::CutBefore,
        Trouble::CutInside,
    ];
    let mut n_met = [0, 0];
    for (n, trouble) in (0..n_lost).zip(troubles.into_iter().cycle()) {
        // Each kind of trouble comes to each server.
        let at = usize::try_from((n / 4 + n) % 2).unwrap();
        n_met[at] += 1;
        proxies[at].prepare(trouble);
        proxies[at].met(n_met[at]).await;
        tokio::time::sleep(PAUSE).await;
    }
    wait_for(&senders, BEFORE).await;
    let n_refused = senders.n_refused();
    let acknowledged = senders.finish().await;
    let n_refused = n_refused.load(Ordering::SeqCst);
    pair.settled().await;
    eprintln!(
        "{n_met:?} commits cut off at two servers: {n_refused} requests refused; {}",
        check(&pair, &buyers, &acknowledged).await
    );
    assert_eq!(n_refused, 0, "requests refused");
    pair.verify().await;
    pair.close().await;
}

/// The library that tells a process another time than the system's.
fn libfaketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten();
    let of_systems = folders.filter_map(|folder| Some(folder.ok()?.path()));
    let mut found = of_systems.map(|folder| folder.join("faketime/libfaketime.so.1"));
    let found = found.find(|library| library.exists());
    assert!(
        found.is_some() || std::env::var_os("CI").is_none(),
        "CI has to install faketime"
    );
    found
}

/// `pointsman` with a clock that is off by so many seconds.
fn with_clock(seconds: &str) -> Command {
    let mut command = pointsman();
    let library = libfaketime().unwrap_or_default();
    command.env("LD_PRELOAD", library).env("FAKETIME", seconds);
    // Time passes as it does, and what waits for files waits as long.
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    command.env("NO_FAKE_STAT", "1");
    command
}

fn ten_minutes_ahead() -> Command {
    with_clock("+600")
}

fn ten_minutes_behind() -> Command {
    with_clock("-600")
}

fn unix_micros() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_micros()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_ten_minutes_off_harms_nothing() {
    let programs: [Program; 2] = [ten_minutes_ahead, ten_minutes_behind];
    for program in programs
        .into_iter()
        .take(usize::try_from(rounds()).unwrap())
    {
        let (Some(postgres), Some(_)) = (Postgres::named(), libfaketime()) else {
            return;
        };
        let host = postgres.host().to_owned();
        let pair = Box::pin(Pair::open_on(postgres, [&host; 2], [pointsman, program])).await;
        Box::pin(kills_under_a_wrong_clock(pair)).await;
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the figures are the point of the long run"
)]
async fn kills_under_a_wrong_clock(mut pair: Pair) {
    let began = unix_micros();
    let buyers = Box::pin(open_market(&pair)).await;
    let callers = callers(&pair);
    let mut acknowledged = Acknowledged::new();
    // The one with the wrong clock takes over, and is taken over.
    let n_kills = rounds().min(2);
    for round in 1..=n_kills {
        let victim = usize::try_from(round - 1).unwrap();
        let senders = Senders::start(&format!("clock-{round}"), &callers);
        wait_for(&senders, BEFORE).await;
        pair.servers[victim].kill();
        let taken_over = taken_over(&pair, Instant::now()).await;
        wait_for(&senders, BEFORE).await;
        acknowledged.extend(senders.finish().await);
        pair.settled().await;
        eprintln!(
            "kill {round}: taken over after {taken_over:?}; {}",
            check(&pair, &buyers, &acknowledged).await
        );
        pair.servers[victim].start_again();
        callers.write().unwrap()[victim] = pair.source(victim);
    }
    assert!(longest_gap_within_rounds(&acknowledged, n_kills) < GAP_MAX);
    let error_max = i64::try_from(TIME_ERROR_MAX.as_micros()).unwrap();
    let times = began - error_max..unix_micros() + error_max;
    let leads = pair
        .store
        .read()
        .leads_in_order(0, 1_000_000)
        .await
        .unwrap();
    for lead in &leads {
        assert!(
            times.contains(&lead.received_at),
            "{lead:?} outside of {times:?}"
        );
    }
    pair.verify().await;
    pair.close().await;
}
