//! What is kept of shadows is what decisions come to, and nothing else comes of them.

use std::collections::BTreeMap;

use pointsman_control::{NewShadow, Shadow};
use pointsman_history::{Library, OpenShadow, ShadowSums, hash_key};
use pointsman_store::ShadowCellRow;
use serde_json::{Map, Value, json};

use crate::platform::{Buyer, Platform, TIMEOUT, until};

/// Leads of Texas go to one of two buyers, those of California to nobody.
fn live(first_ppm: u32) -> Value {
    json!({
        "geo": {"kind": "when", "if": "state == \"CA\"", "then": "nobody", "otherwise": "halves"},
        "halves": {"kind": "split", "sticky": "email", "arms": [
            {"to": "acme", "weight_ppm": first_ppm}, {"to": "zenith", "weight_ppm": 1_000_000 - first_ppm}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
        "nobody": {"kind": "reject", "reason": "not in California"},
    })
}

/// The old go to a third buyer, of whom the live version knows nothing; California is asked, too.
fn candidate() -> Value {
    json!({
        "old": {"kind": "when", "if": "age >= 65", "then": "titan", "otherwise": "halves"},
        "halves": {"kind": "split", "sticky": "email", "arms": [
            {"to": "acme", "weight_ppm": 200_000}, {"to": "zenith", "weight_ppm": 800_000}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"}, "titan": {"kind": "destination"},
    })
}

async fn open(buyer: &Buyer) -> Platform {
    let platform = Platform::open().await;
    for name in ["acme", "zenith", "titan"] {
        let cap = json!({"kind": "accepted", "max": 90, "window": "lifetime"});
        let caps = if name == "acme" {
            json!([cap])
        } else {
            json!([])
        };
        let settings = json!({"price": "5.00", "caps": caps});
        platform.put(name, buyer, settings).await;
    }
    platform
}

async fn send(platform: &Platform, n: usize) {
    let state = ["TX", "NY", "CA", "TX"][n % 4];
    let fields = Map::from_iter([
        ("state".to_owned(), json!(state)),
        ("age".to_owned(), json!(20 + n % 60)),
        (
            "email".to_owned(),
            json!(format!("p{}@example.com", n * 7 % 150)),
        ),
    ]);
    platform
        .send(Some(format!("key-{n}")), fields, n % 31 == 7)
        .await;
}

pub(crate) async fn set(platform: &Platform, version: String, share_ppm: u32) -> Shadow {
    let new = NewShadow {
        flow: "story".to_owned(),
        version,
        share_ppm,
        note: None,
        by: "tests".to_owned(),
    };
    platform.control.set_shadow(new).await.unwrap()
}

/// Reports a sale of a late lead, and perhaps that it is taken back.
async fn report(platform: &Platform, n: usize) {
    let read = platform.engine.store().read();
    let deliveries = read.deliveries_reserved_in_order(0, 10_000).await.unwrap();
    let Some(delivery) = deliveries.iter().rev().nth(n % 20) else {
        return;
    };
    let status = ["sale", "returned", "pending", "sale"][n % 4];
    let params = [
        ("click_id", delivery.click_id.as_str()),
        ("payout", "7"),
        ("status", status),
        ("txid", "1"),
    ];
    let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let postbacks = platform.engine.postbacks();
    for _ in 0..2 {
        // A report that makes no sense is refused, and changes nothing.
        let _ = postbacks
            .report(&params.clone().into(), None, Vec::new())
            .await;
    }
}

/// Waits until all leads of a shadow are known, and compares its sums with what the decisions come to.
pub(crate) async fn compare(platform: &Platform, number: i64) -> ShadowSums {
    let read = platform.engine.store().read();
    until("all leads are known", async || {
        let last = read.order().await.unwrap().number;
        let row = read.find_shadow(number).await.unwrap().unwrap();
        (row.folded_seq >= row.until_seq.unwrap_or(last)).then_some(())
    })
    .await;
    let row = read.find_shadow(number).await.unwrap().unwrap();
    let mut library = Library::new(hash_key(&read).await.unwrap());
    let shadow = OpenShadow::of(&read, &row).await.unwrap();
    let rebuilt = shadow.rebuilt(&mut library, &read).await.unwrap();
    let stored = ShadowSums::stored(&read, &row).await.unwrap();
    assert_eq!(stored.row, rebuilt.row);
    assert!(stored.cells().eq(rebuilt.cells()), "{stored:#?}");
    let mut latest = read.shadow_leads(number, 1_000).await.unwrap();
    latest.reverse();
    assert_eq!(latest, rebuilt.latest());
    rebuilt
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_shadow_is_what_decisions_come_to() {
    let buyer = Buyer::takes(10).await;
    let mut platform = open(&buyer).await;
    platform.publish(&live(500_000), "geo").await;
    let candidate = platform.publish(&candidate(), "old").await;
    for n in 0..20 {
        send(&platform, n).await;
    }
    let shadow = set(&platform, candidate, 700_000).await;
    for n in 20..420 {
        send(&platform, n).await;
        if n % 7 == 0 {
            report(&platform, n).await;
        }
        match n {
            100 => {
                let version = platform.publish(&live(200_000), "geo").await;
                platform.live_is(&version).await;
            }
            // Another catalog: leads that come while nobody has noticed yet are decided by the old one.
            150 | 250 => {
                let settings = json!({"price": "5.00", "active": n == 250});
                platform.put("titan", &buyer, settings).await;
                let read = platform.engine.store().read();
                until("the shadow is compiled anew", async || {
                    let catalogs = read.shadow_catalogs(shadow.number).await;
                    (catalogs.unwrap().len() > n / 100).then_some(())
                })
                .await;
            }
            300 => platform = platform.restart().await,
            390 => {
                let control = &platform.control;
                let ended = control.clear_shadow("story", Some("enough".to_owned()), "tests");
                assert_eq!(ended.await.unwrap().until.unwrap().by, "tests");
            }
            _ => {}
        }
    }
    let sums = compare(&platform, shadow.number).await;
    // About seven of ten of the leads that are no tests: five standard errors.
    assert!((200..320).contains(&sums.row.leads), "{}", sums.row.leads);
    let cells: Vec<&ShadowCellRow> = sums.cells().collect();
    let total: i64 = cells.iter().map(|cell| cell.leads).sum();
    assert_eq!(total, sums.row.leads);
    let expected: i64 = cells.iter().map(|cell| cell.expected_ppm).sum();
    assert!(
        expected.abs_diff(total * 1_000_000) <= 1_000,
        "{expected} {total}"
    );
    let of = |live: &str, candidate: &str| {
        let mut found = cells.iter();
        let found = found.find(|cell| cell.live == live && cell.candidate == candidate);
        found.map_or((0, 0, 0), |cell| (cell.leads, cell.assumed, cell.revenue))
    };
    for key in ["acme", "zenith", "!declined"] {
        let (leads, assumed, _) = of(key, "titan");
        assert!(leads > 0 && assumed == leads, "{key}: {cells:#?}");
    }
    let declined = of("!declined", "zenith");
    assert!(declined.0 > 0 && declined.2 == 0, "{cells:#?}");
    assert!(
        of("acme", "acme").0 > 0 && of("acme", "zenith").0 > 0,
        "{cells:#?}"
    );
    assert!(of("zenith", "zenith").2 > 5_000_000);
    platform.engine.stop(TIMEOUT).await.unwrap();
}

/// Everything that is decided of leads, by their keys.
async fn decided(platform: &Platform) -> BTreeMap<String, String> {
    let read = platform.engine.store().read();
    let decisions = read.decisions_in_order(0, 10_000).await.unwrap();
    let ids: Vec<String> = decisions.iter().map(|it| it.id.clone()).collect();
    let mut found = BTreeMap::new();
    for decision in decisions {
        let told = format!("{} {:?}", decision.epoch, decision.end_state);
        found.insert(decision.id, (decision.unit_key, told));
    }
    for step in read.steps_of_decisions(&ids).await.unwrap() {
        let (_, told) = found.get_mut(&step.decision_id).unwrap();
        let step = format!(
            "; {} {} {:?} {} {}",
            step.availability,
            step.trace_body,
            step.destination,
            step.propensity,
            step.outlook_body
        );
        told.push_str(&step);
    }
    found.into_values().collect()
}

/// A flow whose draws depend on nothing that differs between databases.
fn plain(first_ppm: u32) -> Value {
    json!({
        "halves": {"kind": "split", "arms": [
            {"to": "acme", "weight_ppm": first_ppm}, {"to": "zenith", "weight_ppm": 1_000_000 - first_ppm}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shadow_changes_nothing_of_what_is_decided() {
    let buyer = Buyer::takes(10).await;
    let mut told = Vec::new();
    for has_shadow in [false, true] {
        let platform = open(&buyer).await;
        platform.publish(&plain(500_000), "halves").await;
        let other = platform.publish(&plain(100_000), "halves").await;
        let shadow = if has_shadow {
            Some(set(&platform, other, 1_000_000).await)
        } else {
            None
        };
        // More than the cap of acme holds.
        for n in 0..250 {
            send(&platform, n).await;
        }
        if let Some(shadow) = shadow {
            let sums = compare(&platform, shadow.number).await;
            assert!(sums.row.elsewhere > 50, "{:?}", sums.row);
        }
        let store = platform.engine.store().clone();
        let found = pointsman_history::verify(&store, &mut |_| ()).await;
        let found = found.unwrap();
        assert_eq!((found.reproduced, found.decisions), (250, 250), "{found:?}");
        told.push(decided(&platform).await);
        platform.engine.stop(TIMEOUT).await.unwrap();
    }
    assert_eq!(told[0].len(), 250);
    assert_eq!(told[0], told[1]);
}
