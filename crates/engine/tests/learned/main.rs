//! Thousands of things that happen to a service, drawn from a seed: what its bandits know must be what its database adds up to.
//!
//! In the suite it is 1,500 of them on SQLite and 600 on PostgreSQL. `POINTSMAN_TEST_SIMULATED=12000` makes it so many on both, which also
//! fills a node's segments; on two busy cores that takes more than ten minutes.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod site;

use std::collections::BTreeMap;

use pointsman_bandit::{SEGMENTS_MAX, State};
use pointsman_testkit::Postgres;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use site::{FLOW, NODE, Place, Site};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Things under way at once.
const AT_ONCE: usize = 48;

/// A small generator (Knuth's MMIX constants); the product's draws are not made with it.
struct Chance(u64);

impl Chance {
    /// A number below `n`.
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        let n = u64::try_from(list.len()).unwrap();
        list[usize::try_from(self.below(n)).unwrap()]
    }
}

/// What has happened so far, and how often.
#[derive(Debug, Default)]
struct Counts {
    leads: u64,
    reports: u64,
    edits: u64,
    restarts: u64,
    moves: u64,
}

/// A story of so many things.
struct Story {
    site: Site,
    chance: Chance,
    counts: Counts,
    under_way: JoinSet<()>,
    /// Reports that were made, of which some are made again.
    reported: Vec<String>,
}

impl Story {
    async fn run(&mut self, n: u64) {
        for _ in 0..n {
            while self.under_way.len() >= AT_ONCE {
                self.under_way.join_next().await;
            }
            match self.chance.below(1_000) {
                0..=619 => self.lead(),
                620..=969 => self.report(),
                970..=979 => self.edit().await,
                980..=997 => self.pass_time(),
                _ => self.restart().await,
            }
        }
        self.settle().await;
    }

    /// A lead, most with a value of the segment's field that no other has.
    fn lead(&mut self) {
        self.counts.leads += 1;
        let n = i64::try_from(self.counts.leads).unwrap();
        let age = if self.chance.below(20) == 0 {
            n % 7
        } else {
            100 + n
        };
        let submitted = self.site.submit(json!({"age": age}));
        self.under_way.spawn(submitted);
    }

    /// Something about a click: for the first time or again, early or late, for more or less.
    fn report(&mut self) {
        let n_known = self.site.n_clicks();
        if n_known == 0 {
            return;
        }
        self.counts.reports += 1;
        let is_again = self.chance.below(4) == 0 && !self.reported.is_empty();
        let query = if is_again {
            let n = u64::try_from(self.reported.len()).unwrap();
            self.reported[usize::try_from(self.chance.below(n)).unwrap()].clone()
        } else {
            // The latest clicks above all: their offers may not have been answered.
            let n = u64::try_from(n_known).unwrap();
            let back = if self.chance.below(2) == 0 {
                n.min(20)
            } else {
                n
            };
            let back = usize::try_from(self.chance.below(back)).unwrap();
            let click = self.site.click(n_known - 1 - back);
            let status = self.chance.of(&[
                "sale", "sale", "sale", "rebill", "returned", "refunded", "rejected",
            ]);
            let (txid, payout) = (self.chance.below(2), 1 + self.chance.below(90));
            format!("click_id={click}&status={status}&txid={txid}&payout={payout}")
        };
        self.reported.push(query.clone());
        self.under_way.spawn(self.site.report(&query));
    }

    /// Another version of the flow: other floors, ceilings and settings, and another thing to be raised.
    async fn edit(&mut self) {
        self.counts.edits += 1;
        let maximize = self.chance.of(&["net_revenue", "conversions", "accepted"]);
        let mut arms = vec![json!({"to": "one"}), json!({"to": "two"})];
        arms[0]["floor_ppm"] = json!(100_000 + self.chance.below(300_000));
        if self.chance.below(3) == 0 {
            arms[1]["ceiling_ppm"] = json!(700_000);
        }
        let hours = 1 + self.chance.below(2_000);
        let learning = match self.chance.below(3) {
            0 => json!({}),
            1 => json!({"half_life_hours": hours, "focus_percent": 100}),
            _ => {
                json!({"window_hours": hours, "accept_prior": {"rate_ppm": 500_000, "strength": 2}})
            }
        };
        self.site.publish(&bandit(maximize, &arms, &learning)).await;
    }

    /// Minutes, hours or days go by, or some minutes that the clock was ahead are taken back.
    fn pass_time(&mut self) {
        self.counts.moves += 1;
        let by = match self.chance.below(10) {
            0 => -10 * HOUR / 60,
            1..=4 => HOUR / 7,
            5..=7 => 5 * HOUR,
            _ => 12 * DAY,
        };
        self.site.pass(by);
    }

    /// An end in the middle of it all, and another start; before some, snapshots are written.
    async fn restart(&mut self) {
        self.counts.restarts += 1;
        let with_snapshots = self.chance.below(2) == 0;
        self.site.stop().await;
        self.settle().await;
        self.site.start_again(with_snapshots).await;
    }

    async fn settle(&mut self) {
        while self.under_way.join_next().await.is_some() {}
    }
}

fn bandit(maximize: &str, arms: &[Value], learning: &Value) -> Value {
    json!({"kind": "bandit", "explore_ppm": 50_000, "maximize": maximize, "segment_by": ["age"],
        "arms": arms, "learning": learning})
}

/// How much of everything a state holds, so that a story in which nothing happened is none.
fn held(state: &State) -> BTreeMap<&'static str, u64> {
    let mut held = BTreeMap::new();
    let node = state.node(FLOW, NODE).unwrap();
    held.insert("segments", u64::try_from(node.segments().len()).unwrap());
    for arm in node.all().values() {
        let mut last = i64::MIN;
        for (start, bucket) in &arm.buckets {
            let mut add = |what, n: u64| *held.entry(what).or_default() += n;
            // Two hours of one day cannot both begin a day.
            add(
                "days",
                u64::from(start % DAY == 0 && start.saturating_sub(last) >= DAY),
            );
            last = *start;
            add("trials", bucket.trials);
            add("unanswered", bucket.unanswered.unsigned_abs());
            add("converted", bucket.converted.unsigned_abs());
            add(
                "offsets",
                u64::from(bucket.offsets > u64::try_from(HOUR).unwrap() * bucket.trials.max(1)),
            );
            for ((_, kind), flow) in &bucket.streams {
                let what = match kind {
                    pointsman_bandit::Kind::AtOnce => "paid at once",
                    pointsman_bandit::Kind::Sale => "sales",
                    pointsman_bandit::Kind::Rebill => "rebills",
                    pointsman_bandit::Kind::Return => "returns",
                };
                add(what, flow.events);
            }
        }
    }
    held
}

#[expect(
    clippy::print_stderr,
    reason = "the figures are the point of the long run"
)]
async fn tell(place: Place, n: u64) {
    let site = Site::open(place).await;
    let mut story = Story {
        site,
        chance: Chance(20_261_130),
        counts: Counts::default(),
        under_way: JoinSet::new(),
        reported: Vec::new(),
    };
    let first = bandit(
        "net_revenue",
        &[json!({"to": "one"}), json!({"to": "two"})],
        &json!({}),
    );
    story.site.publish(&first).await;
    for _ in 0..3 {
        story.run(n / 3).await;
        story.site.learned_the_same().await;
    }
    // Whoever starts now, from the last snapshot and the log after it, knows the same again.
    let known = story.site.state();
    story.restart().await;
    assert_eq!(story.site.state(), known);
    story.site.learned_the_same().await;
    let (held, counts) = (held(&known), &story.counts);
    eprintln!("{counts:?}, {held:?}");
    assert!(counts.edits * 200 > n && counts.restarts > 0, "{counts:?}");
    for what in [
        "unanswered",
        "converted",
        "paid at once",
        "sales",
        "rebills",
        "returns",
    ] {
        assert!(held[what] > 0, "no {what} in {held:?}");
    }
    assert!(held["trials"] * 3 > n, "{held:?}");
    // A day's bucket has trials of later hours than its first.
    assert!(n < 1_500 || held["offsets"] > 0, "{held:?}");
    if n >= 12_000 {
        let most = u64::try_from(SEGMENTS_MAX).unwrap();
        assert_eq!(held["segments"], most, "{held:?}");
        assert!(held["trials"] > most, "{held:?}");
    }
    story.site.close().await;
}

fn how_many(usual: u64) -> u64 {
    let named = std::env::var("POINTSMAN_TEST_SIMULATED");
    named.map_or(usual, |n| n.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_bandits_know_is_what_history_adds_up_to_whatever_happens_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    tell(Place::Folder(folder), how_many(1_500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_bandits_know_is_what_history_adds_up_to_whatever_happens_on_postgresql() {
    let Some(server) = Postgres::named() else {
        return;
    };
    let name = server.create().await.unwrap();
    tell(Place::Server(server, name), how_many(600)).await;
}
