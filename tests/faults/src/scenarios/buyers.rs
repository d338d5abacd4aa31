//! R4: one of five buyers hangs, fails, breaks off, flaps or answers too late.

use std::time::{Duration, Instant};

use acceptance::site::solar_flow;
use checker::records::{self, BuyerEntry};
use serde_json::json;

use super::kills::tell;
use crate::{
    arena::{Arena, Ground, Stall},
    manner::{Habits, Manner},
    now,
    outcome::Outcome,
    plan::Plan,
    senders::Pace,
};

/// Leads a second, half of which are offered to the bad buyer first.
const A_SECOND: u32 = 40;
/// Leads of each half of the comparison.
const LEADS: usize = 240;
/// In which a breaker must have opened, unless no more than [`POSTS_MAX`] came.
const OPEN_MAX: Duration = Duration::from_secs(5);
const POSTS_MAX: usize = 10;
/// In which a buyer that is well again must be sold to: an open breaker rests for 30 s.
const CLOSED_MAX: Duration = Duration::from_secs(40);
/// What a machine that does other things adds to a time.
const NOISE: Duration = Duration::from_millis(20);

const MANNERS: [(&str, Manner); 5] = [
    ("hangs", Manner::Hangs),
    ("answers 500", Manner::Fails),
    ("breaks off", Manner::Resets),
    ("answers 500 every other time", Manner::Flaps),
    (
        "answers after its time",
        Manner::Late(Duration::from_millis(1_500)),
    ),
];

/// Each round is another way to misbehave.
pub(super) async fn run(plan: Plan) -> Option<Outcome> {
    let mut outcome = Outcome::of("R4", "SQLite", &plan);
    let first = plan.draw(0, 0, MANNERS.len() as u64);
    for round in 0..plan.rounds {
        let at = usize::try_from(first + round).unwrap() % MANNERS.len();
        let (word, manner) = MANNERS[at];
        let mut own = Outcome::of("R4", "SQLite", &plan);
        Box::pin(one(&plan, manner, &mut own)).await;
        for criterion in own.criteria {
            let promise = format!("a buyer {word}: {}", criterion.promise);
            outcome.must(promise, criterion.found, criterion.holds);
        }
        outcome.counts = own.counts;
    }
    Some(outcome)
}

fn stalls() -> Vec<Stall> {
    let stall = |name, habits| Stall {
        name,
        habits,
        settings: json!({"on_unknown": "hold"}),
    };
    let slow = Habits {
        delay: Duration::from_millis(100),
        ..Habits::pays(7_000_000)
    };
    let mut stalls = vec![stall("bad", slow)];
    let healthy = ["second", "east", "west", "north"].into_iter();
    stalls.extend(healthy.map(|name| stall(name, Habits::pays(3_000_000))));
    stalls
}

async fn one(plan: &Plan, manner: Manner, outcome: &mut Outcome) {
    let nodes = json!({
        "roofs": {"kind": "when", "if": "roof == \"flat\"", "then": "bad-first", "otherwise": "in-turn"},
        "bad-first": {"kind": "waterfall", "to": ["bad", "second"]},
        "in-turn": {"kind": "bandit", "explore_ppm": 300_000, "arms": [{"to": "east"}, {"to": "west"}, {"to": "north"}]},
        "bad": {"kind": "destination"}, "second": {"kind": "destination"}, "east": {"kind": "destination"},
        "west": {"kind": "destination"}, "north": {"kind": "destination"},
    });
    let arena = Arena::open(Ground::Sqlite, stalls(), &solar_flow("roofs", &nodes)).await;
    let senders = arena.send(Pace::steady("well", A_SECOND));
    senders.wait_for(LEADS).await;
    let before = senders.finish().await;

    let bad = arena.buyer("bad");
    let n_before = bad.n_posts();
    bad.behave(manner);
    let began = Instant::now();
    let senders = arena.send(Pace::steady("ill", A_SECOND));
    // When it last got a post, and how many it had by then.
    let (mut last, mut n_posts) = (began, n_before);
    let goal = senders.n_told() + LEADS;
    while senders.n_told() < goal {
        if bad.n_posts() != n_posts {
            (last, n_posts) = (Instant::now(), bad.n_posts());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let opened = now();
    let during = senders.finish().await;
    tell(&during, outcome);
    let (before, during) = (before.p99("steep"), during.p99("steep"));
    outcome.within(
        "p99 of leads that others get, before and",
        during,
        before + before / 10 + NOISE,
    );
    if manner != Manner::Flaps {
        let n_posts = n_posts - n_before;
        let took = last - began;
        let holds = n_posts <= POSTS_MAX || took <= OPEN_MAX || !plan.is_whole;
        let told = format!("{n_posts} posts in {took:?}");
        outcome.must("its breaker opens within 10 posts or 5 s", told, holds);
        bad.behave(Manner::Usual);
        if plan.is_whole {
            recovers(&arena, opened, outcome).await;
        }
    }
    arena.close(outcome).await;
}

/// It is tried by one post at a time, and gets leads again.
async fn recovers(arena: &Arena, opened: i64, outcome: &mut Outcome) {
    let began = Instant::now();
    let senders = arena.send(Pace::steady("again", A_SECOND / 2));
    let n_before = arena.buyer("bad").n_posts();
    while arena.buyer("bad").n_posts() < n_before + 10 && began.elapsed() < CLOSED_MAX {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = began.elapsed();
    tell(&senders.finish().await, outcome);
    outcome.within(
        "a buyer that is well again gets leads again",
        took,
        CLOSED_MAX,
    );
    let path = arena.folder().join(checker::BUYERS).join("bad.ndjson");
    let entries: Vec<BuyerEntry> = records::read(&path).unwrap();
    let later = entries.iter().filter(|it| at_of(it) > opened);
    let mut n_tries = 0;
    for entry in later {
        match entry {
            BuyerEntry::Received { .. } => n_tries += 1,
            BuyerEntry::Answered { .. } if n_tries > 0 => break,
            _ => {}
        }
    }
    outcome.must(
        "until it has answered it is tried by one post",
        n_tries,
        n_tries == 1,
    );
}

fn at_of(entry: &BuyerEntry) -> i64 {
    match entry {
        BuyerEntry::Received { at, .. }
        | BuyerEntry::Answered { at, .. }
        | BuyerEntry::Reported { at, .. } => *at,
    }
}
