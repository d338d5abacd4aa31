//! Trackers that do not take what they are told.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{delivered, put, sold, timed, told};
use crate::{
    buyer::{Buyer, Reply},
    doctor::diagnosis,
    site::{Site, one_after_the_other, open_to_all, token},
    wait::until,
    wire::{Wire, said},
};

async fn site() -> (Site, Buyer) {
    let buyer = Buyer::always(Reply::Accept("20")).await;
    let flow = one_after_the_other(&["acme"]);
    let site = Site::open(&flow, &[open_to_all("acme", &buyer)]).await;
    (site, buyer)
}

/// A dead postback is sent again by a mutation, and no other.
async fn sent_again(site: &Site, lead: &str, (dead, done): (&Value, &Value)) {
    let (level, message) = diagnosis(site.server.database(), "source_postbacks");
    assert_eq!(level, "warn", "{message}");
    let again = json!({"id": dead, "note": "their campaign is back"});
    let resent = site
        .admin
        .change("resendSourcePostback", &again, "sourcePostback { id }")
        .await;
    assert_eq!(resent["sourcePostback"]["id"], *dead, "{resent}");
    let all = delivered(&site.admin, lead, 3).await;
    assert_eq!(
        (&all[1]["attempts"], &all[1]["error"]),
        (&json!(2), &json!(null))
    );
    for id in [dead, done] {
        let refused = site
            .admin
            .mutation(
                "resendSourcePostback",
                &json!({"id": id}),
                "sourcePostback { id }",
            )
            .await;
        assert_eq!(refused["userErrors"][0]["code"], "not_dead", "{refused}");
    }
    let unknown = json!({"id": "spb_01993df8d6307e8aa6ff000000000000"});
    let refused = site
        .admin
        .mutation("resendSourcePostback", &unknown, "sourcePostback { id }")
        .await;
    assert_eq!(refused["userErrors"][0]["code"], "not_found", "{refused}");
    let changes =
        "{ changes(filter: {kind: [SOURCE_POSTBACK_RESENT]}, first: 5) { nodes { object note } } }";
    let changes = site.admin.graphql(changes, &json!({})).await;
    assert_eq!(
        changes["changes"]["nodes"],
        json!([{"object": dead, "note": "their campaign is back"}])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_attempts_loses_nothing_and_repeats_nothing_that_was_noted() {
    let (times, answer) = timed(|n| match n {
        0 => (
            503,
            vec![("retry-after", "7".to_owned())],
            "later".to_owned(),
        ),
        _ => said(200, ""),
    });
    let busy = Wire::answering(answer).await;
    let gone = Wire::answering(|n, _| said(if n == 0 { 404 } else { 200 }, "no such click")).await;
    let good = Wire::answering(|_, _| said(200, "")).await;
    let (mut site, _buyer) = site().await;
    let at =
        |wire: &Wire| json!({"on": "sold", "url": format!("{}/?id={{postback_id}}", wire.base)});
    put(&site.admin, "web", json!([at(&busy), at(&gone), at(&good)])).await;
    let lead = sold(&site.source(), "c").await;
    let tried = until("each was tried once", async || {
        let told = told(&site.admin, &lead).await;
        (told.len() == 3 && told.iter().all(|it| it["attempts"] == 1)).then_some(told)
    })
    .await;
    let states: Vec<_> = tried
        .iter()
        .map(|it| (&it["state"], &it["status"]))
        .collect();
    assert_eq!(
        states,
        [
            (&json!("WAITING"), &json!(503)),
            (&json!("DEAD"), &json!(404)),
            (&json!("DELIVERED"), &json!(200)),
        ]
    );
    assert_eq!(tried[1]["error"], "status 404");
    assert_eq!(tried[1]["answerExcerpt"], "no such click");
    site.server.kill();
    site.start_again();
    until("the busy one takes it", async || {
        (told(&site.admin, &lead).await[0]["state"] == "DELIVERED").then_some(())
    })
    .await;
    {
        let times = times.lock().unwrap();
        assert_eq!(times.len(), 2);
        // It got the time that it had asked for.
        let between = times[1] - times[0];
        assert!(between >= Duration::from_secs(7), "{between:?}");
    }
    let same = |wire: &Wire| {
        let asked = wire.asked();
        asked
            .iter()
            .map(|it| it.path.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(same(&busy).len(), 1, "the same id at every attempt");
    assert_eq!((gone.asked().len(), good.asked().len()), (1, 1));

    sent_again(&site, &lead, (&tried[1]["id"], &tried[2]["id"])).await;
    assert_eq!((gone.asked().len(), same(&gone).len()), (2, 1));
    site.server.stop();
    let (level, message) = diagnosis(site.server.database(), "source_postbacks");
    assert_eq!(level, "ok", "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracker_that_hangs_holds_up_no_other_source() {
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", hanging.local_addr().unwrap());
    let good = Wire::answering(|_, _| said(200, "")).await;
    let (mut site, _buyer) = site().await;
    put(&site.admin, "slow", json!([{"on": "sold", "url": url}])).await;
    let postbacks = json!([{"on": "sold", "url": format!("{}/", good.base)}]);
    put(&site.admin, "web", postbacks).await;
    let secret = token(&site.admin, "SOURCE", json!({"source": "slow"})).await;
    let slow = site.server.caller(&secret);
    let mut stuck = Vec::new();
    for _ in 0..8 {
        stuck.push(sold(&slow, "s").await);
    }
    // It takes what one source may take at once, and no more.
    let mut held = Vec::new();
    for _ in 0..4 {
        let accepted = tokio::time::timeout(Duration::from_secs(30), hanging.accept()).await;
        held.push(accepted.unwrap().unwrap());
    }
    let lead = sold(&site.source(), "w").await;
    delivered(&site.admin, &lead, 1).await;
    for lead in &stuck {
        let told = told(&site.admin, lead).await;
        assert!(told.iter().all(|it| it["state"] == "WAITING"), "{told:?}");
    }
    let more = tokio::time::timeout(Duration::from_millis(1), hanging.accept()).await;
    let first_gave_up = told(&site.admin, &stuck[0]).await[0]["attempts"] != 0;
    assert!(more.is_err() || first_gave_up);
    drop((held, hanging));
    site.server.stop();
}
