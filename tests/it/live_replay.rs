//! Live against replay: what a server came to, with caps, auctions, rotations and bandits that learn, a replay of its export
//! comes to as well, to the bit.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    buyer::{Bidding, Buyer, Reply},
    program::{pointsman, stdout_of},
    site::{Destination, Site, open_to_all, solar_fields, solar_flow, solar_lead},
    wait::until,
};

/// Leads of the story; 20,000 where somebody asks for them.
const LEADS: usize = 400;
/// Leads that are sent before what they brought is reported.
const ROUND: usize = 50;
/// Rounds after which the next one waits for other weights, so that the story has some however fast the machine is.
const ROUNDS_WAITED_FOR: usize = 4;
/// Leads under way at once.
const AT_ONCE: usize = 16;

fn n_leads() -> usize {
    let asked = std::env::var("LIVE_REPLAY_LEADS").ok();
    asked.map_or(LEADS, |asked| asked.parse().unwrap())
}

/// An auction, rotations of both kinds, a bandit with segments, and a fallback.
fn flow() -> Value {
    let nodes = json!({
        "first": {"kind": "waterfall", "to": ["trial", "rest"]},
        "trial": {"kind": "split", "arms": [
            {"name": "asked", "weight_ppm": 250_000, "to": "market"},
            {"name": "fair", "weight_ppm": 250_000, "to": "fair"},
            {"name": "learned", "weight_ppm": 500_000, "to": "learned"}]},
        "market": {"kind": "auction", "reserve": "1", "deadline_ms": 4_000, "bidders": [{"to": "bold"}, {"to": "shy"}]},
        "fair": {"kind": "rotate", "by": "deficit", "arms": [
            {"to": "picky", "daily": 50}, {"name": "turns", "to": "turns", "daily": 100}]},
        "turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "early"}, {"to": "late"}]},
        "learned": {"kind": "bandit", "explore_ppm": 100_000, "segment_by": ["roof"],
            "arms": [{"to": "early"}, {"to": "late"}, {"to": "picky"}]},
        "bold": {"kind": "destination"}, "shy": {"kind": "destination"}, "picky": {"kind": "destination"},
        "early": {"kind": "destination"}, "late": {"kind": "destination"}, "rest": {"kind": "destination"},
    });
    solar_flow("first", &nodes)
}

/// The buyers of the story.
struct Buyers {
    bold: Buyer,
    shy: Buyer,
    picky: Buyer,
    early: Buyer,
    late: Buyer,
    rest: Buyer,
}

impl Buyers {
    async fn open() -> Self {
        let bids = |amounts: [&'static str; 3]| move |n: usize| Bidding::Bids(amounts[n % 3]);
        let takes = |of: usize, price: &'static str| {
            move |n: usize| match n % of {
                0 => Reply::Reject,
                _ => Reply::Accept(price),
            }
        };
        Self {
            bold: Buyer::bidding(bids(["5", "3.5", "0.5"]), takes(3, "4")).await,
            shy: Buyer::bidding(bids(["2", "4", "3"]), takes(7, "3")).await,
            picky: Buyer::scripted(takes(2, "6.25")).await,
            early: Buyer::scripted(takes(5, "1.5")).await,
            late: Buyer::scripted(takes(4, "0")).await,
            rest: Buyer::scripted(takes(6, "0.75")).await,
        }
    }

    fn destinations(&self) -> [Destination<'_>; 6] {
        let capped = |name, buyer, max: usize| {
            let cap = json!({"kind": "accepted", "max": max, "window": "day"});
            Destination {
                settings: json!({"caps": [cap]}),
                ..open_to_all(name, buyer)
            }
        };
        [
            capped("bold", &self.bold, n_leads() / 40),
            open_to_all("shy", &self.shy),
            capped("picky", &self.picky, n_leads() / 8),
            Destination {
                settings: json!({"price": "1.50",
                    "returns": {"window_days": 30, "decision": "automatic", "gives_back_cap": true}, "caps": [
                    {"kind": "revenue", "max": format!("{}.00", n_leads() / 6), "window": "day"},
                    {"kind": "accepted", "max": n_leads() / 6, "window": "day", "name": "early-day"},
                    {"kind": "in_flight", "max": 3},
                    {"kind": "offers", "max": 9, "window": "minute", "soft": true}]}),
                ..open_to_all("early", &self.early)
            },
            Destination {
                settings: json!({"pays": "conversion", "caps": [
                    {"kind": "conversions", "max": n_leads() / 20, "window": "day"},
                    {"kind": "accepted", "max": n_leads() / 8, "window": "day", "group": "last"}]}),
                ..open_to_all("late", &self.late)
            },
            Destination {
                settings: json!({"caps": [
                    {"kind": "accepted", "max": n_leads() / 10, "window": "day", "each_source": true},
                    {"kind": "accepted", "max": n_leads() / 6, "window": "day", "group": "last"}]}),
                ..open_to_all("rest", &self.rest)
            },
        ]
    }

    /// The clicks of those that pay later.
    fn clicks(&self) -> Vec<String> {
        let posts = self.late.posts().into_iter().chain(self.early.posts());
        posts
            .map(|post| post.body["click_id"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Sends a round of leads, some at once.
async fn send(site: &Site, leads: std::ops::Range<usize>) {
    let mut under_way = JoinSet::new();
    for n in leads {
        if under_way.len() >= AT_ONCE {
            under_way.join_next().await.unwrap().unwrap();
        }
        let source = site.source();
        let mut lead = solar_lead();
        lead["fields"]["age"] = (16 + n % 40).into();
        lead["fields"]["roof"] = if n.is_multiple_of(3) { "flat" } else { "steep" }.into();
        under_way.spawn(async move {
            let answer = source.lead_as(&format!("lead-{n}"), &lead).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        });
    }
    under_way.join_all().await;
}

/// Reports sales of a part of the clicks that nobody reported of yet, and takes some back.
async fn report(site: &Site, buyers: &Buyers, told: &mut BTreeSet<String>) {
    for click in buyers.clicks() {
        let n = told.len();
        if !told.insert(click.clone()) || n.is_multiple_of(3) {
            continue;
        }
        let sale = format!("click_id={click}&txid=t{n}&payout=7.1&status=sale");
        let answer = site.postback(&sale).await;
        // A click that its buyer refused is parked.
        assert!(answer.status < 300, "{answer:?}");
        if n % 5 == 1 {
            // Where there are terms, this is a return that gives the unit of a cap back; elsewhere the sale is cancelled.
            let back = format!("click_id={click}&status=returned");
            assert!(site.postback(&back).await.status < 300);
        }
        if n % 10 == 2 {
            let back = format!("click_id={click}&txid=t{n}&payout=7.1&status=refunded");
            assert!(site.postback(&back).await.status < 300);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_of_an_export_comes_to_what_the_server_came_to() {
    let n_leads = n_leads();
    let buyers = Buyers::open().await;
    let mut site = Site::open(&flow(), &buyers.destinations()).await;
    let mut told = BTreeSet::new();
    for start in (0..n_leads).step_by(ROUND) {
        let round = start..(start + ROUND).min(n_leads);
        if start == n_leads / ROUND / 3 * ROUND {
            let mut fields = solar_fields();
            let more = json!({"name": "pool", "kind": "boolean"});
            fields.as_array_mut().unwrap().insert(0, more);
            let schema = json!({"vertical": "solar", "fields": fields});
            site.admin.change("putLeadSchema", &schema, "").await;
        }
        if start == n_leads / ROUND * 2 / 3 * ROUND {
            site.server.stop();
            site.start_again();
        }
        let before = site.epoch().await;
        send(&site, round).await;
        report(&site, &buyers, &mut told).await;
        if start < ROUND * ROUNDS_WAITED_FOR {
            until("the bandit has other weights", async || {
                (site.epoch().await > before).then_some(())
            })
            .await;
        }
    }
    site.server.stop();

    let database = site.server.database();
    let folder = database.parent().unwrap().join("exported");
    let mut export = pointsman();
    export.args(["export", "--flow", "solar", "--scenario", "--db"]);
    stdout_of(export.arg(&database).arg(&folder));
    let page = folder.join("report.html");
    let mut simulate = pointsman();
    simulate.args(["simulate", "--output", "json", "--html"]);
    let report = stdout_of(simulate.arg(&page).arg(&folder));
    let report: Value = serde_json::from_str(&report).unwrap();
    let stateful = &report["stateful"];
    let served = &stateful["service"];
    let what = format!("{served:#}");
    assert_eq!(served["leads"], n_leads, "{what}");
    assert_eq!(served["equal"], n_leads, "{what}");
    for part in ["caps", "arms", "allocations", "money"] {
        assert_eq!(served[part], true, "{part}: {what}");
    }
    // The story has what it is to show.
    assert!(served["epochs"].as_u64().unwrap() > 2, "{what}");
    let limited = stateful["candidate"]["limited"].as_array().unwrap();
    assert!(limited.len() >= 2, "{limited:?}");
    assert!(stateful["candidate"]["looks"].as_u64().unwrap() > 2);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("weights of solar/learned"));
}
