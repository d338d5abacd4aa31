//! R5: the same report a thousand times, reports in any order, too early, a month late, of nobody, and junk.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use acceptance::{caller::answer, site::solar_flow};
use checker::records::Event;
use serde_json::json;
use tokio::task::JoinSet;

use super::kills::tell;
use crate::{
    arena::{Arena, Ground, Stall},
    buyer::Sale,
    manner::Habits,
    now,
    outcome::Outcome,
    plan::Plan,
    senders::Pace,
};

/// Leads of each round.
const LEADS: usize = 60;
/// Connections that report side by side.
const CONNECTIONS: usize = 50;
/// How often the same is reported.
const TIMES: usize = 1_000;
/// What a report may take, for 99 of 100.
const REPORT_MAX: Duration = Duration::from_millis(100);
/// Queries of nobody who knows how to report.
const JUNK: [&str; 17] = [
    "",
    "?",
    "?click_id=",
    "?click_id=%00",
    "?click_id=%FF%FE&payout=1",
    "?click_id={c}&payout=NaN",
    "?click_id={c}&payout=1e400",
    "?click_id={c}&payout=-5",
    "?click_id={c}&payout=99999999999999999999999",
    "?click_id={c}&payout=1&currency=EUR",
    "?click_id={c}&payout=1&currency=%F0%9F%92%B0",
    "?click_id={c}&payout=1&status=%27%20OR%201%3D1",
    "?click_id={c}&payout=1,5,7",
    "?click_id={c}&click_id={c}x&payout=1",
    "?click_id={c}&payout=0x10",
    "?click_id={c}&payout=1%0D%0AX-Injected:1&txid=%0D%0A",
    "?click_id=../../{c}&payout=%2e%2e",
];

/// Each round has leads of its own.
pub(super) async fn run(plan: Plan) -> Option<Outcome> {
    let mut outcome = Outcome::of("R5", "SQLite", &plan);
    let payer = Habits {
        reports_early: true,
        ..Habits::pays(1_000_000)
    };
    let stall = |name, habits| Stall {
        name,
        habits,
        settings: json!({"on_unknown": "hold"}),
    };
    let nodes = json!({
        "learned": {"kind": "bandit", "explore_ppm": 400_000, "segment_by": ["roof"], "arms": [{"to": "early"}, {"to": "late"}]},
        "early": {"kind": "destination"}, "late": {"kind": "destination"},
    });
    let stalls = vec![stall("early", payer), stall("late", Habits::pays(500_000))];
    let arena = Arena::open(Ground::Sqlite, stalls, &solar_flow("learned", &nodes)).await;
    let arena = Arc::new(arena);
    let mut times = Vec::new();
    for round in 0..plan.rounds {
        let senders = arena.send(Pace::steady(&format!("sold-{round}"), 100));
        senders.wait_for(LEADS).await;
        tell(&senders.finish().await, &mut outcome);
        arena.settled().await;
        times.extend(the_same(&arena, round, &mut outcome).await);
        in_any_order(&arena, &plan, round).await;
        junk(&arena, &mut outcome).await;
    }
    times.sort_unstable();
    let p99 = times[(times.len() * 99).div_ceil(100) - 1];
    outcome.within("99 of 100 reports are answered", p99, REPORT_MAX);
    let arena = Arc::into_inner(arena).unwrap();
    let report = arena.close(&mut outcome).await;
    let early = report.counts.reports > 0 && report.counts.conversions > 0;
    outcome.must("reports came and count", report.counts.conversions, early);
    Some(outcome)
}

/// One is applied, and all others are told that it is known.
async fn the_same(arena: &Arc<Arena>, round: u64, outcome: &mut Outcome) -> Vec<Duration> {
    let click = arena.buyer("late").clicks().pop().unwrap();
    let mut connections = JoinSet::new();
    let (to, path) = (arena.stranger(0), arena.postbacks());
    for _ in 0..CONNECTIONS {
        let (arena, click) = (Arc::clone(arena), click.clone());
        let (to, path) = (to.clone(), path.clone());
        connections.spawn(async move {
            let txid = format!("same-{round}");
            let mut told = Vec::new();
            for _ in 0..TIMES / CONNECTIONS {
                let began = Instant::now();
                let sale = Sale {
                    click_id: &click,
                    txid: &txid,
                    event: Event::Sale,
                    amount: 41_500_000,
                    more: "",
                };
                let word = arena.buyer("late").report(&to, &path, &sale).await;
                told.push((word, began.elapsed()));
            }
            told
        });
    }
    let told = connections.join_all().await.concat();
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    for (word, _) in &told {
        *words.entry(word).or_default() += 1;
    }
    let expected = BTreeMap::from([("applied", 1), ("duplicate", TIMES - 1)]);
    let holds = words == expected;
    outcome.must(
        "of the same report a thousand times one counts",
        format!("{words:?}"),
        holds,
    );
    told.into_iter().map(|(_, took)| took).collect()
}

/// Several amounts of one sale, sales taken back before they were reported, all at once; and one that is a month old.
async fn in_any_order(arena: &Arc<Arena>, plan: &Plan, round: u64) {
    let clicks: Vec<(&'static str, String)> = ["early", "late"]
        .into_iter()
        .flat_map(|name| {
            arena
                .buyer(name)
                .clicks()
                .into_iter()
                .map(move |it| (name, it))
        })
        .collect();
    let (to, path) = (arena.stranger(0), arena.postbacks());
    let mut reports = JoinSet::new();
    for (n, (name, click)) in clicks.into_iter().enumerate() {
        for part in 0..6 {
            let drawn = plan.draw(round, 1_000 * n as u64 + part, 1_000);
            let (arena, click) = (Arc::clone(arena), click.clone());
            let (to, path) = (to.clone(), path.clone());
            reports.spawn(async move {
                // Not in the order in which they are made.
                tokio::time::sleep(Duration::from_millis(drawn % 50)).await;
                let own = ["order-0", "order-1"][n % 2];
                let (event, txid) = match part {
                    5 if n % 3 == 0 => (Event::Rejected, own),
                    4 => (Event::Sale, "month"),
                    _ => (Event::Sale, own),
                };
                let month = format!("&event_time={}", now() / 1_000_000 - 30 * 86_400);
                let sale = Sale {
                    click_id: &click,
                    txid,
                    event,
                    amount: i64::try_from(1_000_003 + 7_919 * drawn).unwrap(),
                    more: if txid == "month" { &month } else { "" },
                };
                arena.buyer(name).report(&to, &path, &sale).await;
            });
        }
    }
    reports.join_all().await;
}

/// What nobody understands is refused or parked, and never breaks anything.
async fn junk(arena: &Arena, outcome: &mut Outcome) {
    let click = arena.buyer("late").clicks().remove(0);
    let mut strange = Vec::new();
    for query in JUNK {
        let path = format!("{}{}", arena.postbacks(), query.replace("{c}", &click));
        for method in [reqwest::Method::GET, reqwest::Method::POST] {
            let got = answer(arena.stranger(0).request(method, &path)).await;
            // A sale of nothing, or of an amount that is read as another, would be money that nobody reported.
            if got.status >= 500 || got.status == 200 {
                strange.push(format!("{query}: {} {}", got.status, got.text));
            }
        }
    }
    outcome.must(
        "junk is refused or parked",
        strange.join("; "),
        strange.is_empty(),
    );
    let nobody = format!(
        "{}?click_id=clk_of_nobody&payout=1&txid=x",
        arena.postbacks()
    );
    let parked = arena.stranger(0).get(&nobody).await;
    outcome.must(
        "a report of nobody's lead is parked",
        parked.status,
        parked.status == 202,
    );
}
