//! The doctor, and a clock that was wrong once.

use std::{
    ffi::OsStr,
    path::Path,
    process::Output,
    time::{SystemTime, UNIX_EPOCH},
};

use pointsman_store::{BidsUpdate, DecisionStepRow, Options, Store};
use serde_json::Value;

use crate::{
    buyer::{Buyer, Reply},
    program::pointsman,
    site::{Site, one_after_the_other, open_to_all, solar_lead},
};

/// What the doctor says of one thing: its level and its messages.
pub(crate) fn diagnosis(database: impl AsRef<OsStr>, check: &str) -> (String, String) {
    let Output { stdout, .. } = pointsman()
        .args(["doctor", "--output", "json", "--db"])
        .arg(database)
        .output()
        .unwrap();
    let findings: Value = serde_json::from_slice(&stdout).unwrap();
    let findings = findings.as_array().unwrap();
    let of_it: Vec<&Value> = findings.iter().filter(|it| it["check"] == check).collect();
    let messages = of_it.iter().map(|it| it["message"].as_str().unwrap());
    let level = of_it.last().unwrap()["level"].as_str().unwrap();
    (level.to_owned(), messages.collect::<Vec<_>>().join("\n"))
}

/// Writes into the database of a server that does not run.
async fn damage(database: &Path) -> String {
    let url = format!("sqlite://{}", database.display());
    let store = Store::open(&url, &Options::default()).await.unwrap();
    let last = store.read().steps_in_order(0, 100).await.unwrap();
    let last = last.last().unwrap().clone();
    let days = 400 * 24 * 3_600 * 1_000_000;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let ahead = DecisionStepRow {
        n: last.n + 1,
        seq: store.read().max_seq().await.unwrap() + 1,
        at: i64::try_from(now.as_micros()).unwrap() + days,
        ..last.clone()
    };
    let unreadable = BidsUpdate {
        decision_id: last.decision_id.clone(),
        n: last.n,
        bids_body: "{".to_owned(),
    };
    let write = store.write(|tx| {
        Box::pin(async move {
            tx.insert_steps(vec![ahead]).await?;
            tx.update_bids(vec![unreadable]).await
        })
    });
    write.await.unwrap();
    store.close().await.unwrap();
    format!(
        "the bids of step {} of decision {}",
        last.n, last.decision_id
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_wrong_once_is_told_and_accepted_by_a_person() {
    let buyer = Buyer::always(Reply::Accept("1")).await;
    let flow = one_after_the_other(&["acme"]);
    let mut site = Site::open(&flow, &[open_to_all("acme", &buyer)]).await;
    let lead = site.source().lead(&solar_lead()).await;
    assert_eq!(lead.json()["status"], "sold");
    site.server.stop();
    let database = site.server.database();
    for check in [
        "clock",
        "rows",
        "integrity",
        "live_flows",
        "offers",
        "jobs",
        "rollups",
    ] {
        let (level, told) = diagnosis(&database, check);
        assert_eq!(level, "ok", "{check}: {told}");
    }

    let row = damage(&database).await;
    let (level, told) = diagnosis(&database, "clock");
    assert_eq!(level, "fail");
    assert!(told.contains("days before the last stored time"), "{told}");
    let (level, told) = diagnosis(&database, "rows");
    assert_eq!(level, "fail");
    assert!(told.starts_with(&row), "{told}");
    let refused = pointsman()
        .args(["serve", "--listen", "127.0.0.1:0", "--db"])
        .arg(&database)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.contains("--accept-clock"), "{told}");

    site.server.start_again_with(&["--accept-clock"]);
    let lead = site.source().lead(&solar_lead()).await;
    assert_eq!(lead.json()["status"], "sold");
    assert_eq!(diagnosis(&database, "clock").0, "ok");
    site.server.stop();
    site.server.start_again();
    site.server.stop();
}
