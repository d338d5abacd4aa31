//! Caps: exact, also when everybody comes at once.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    buyer::{Buyer, Reply},
    site::{Destination, Site, one_after_the_other, open_to_all, solar_lead},
    wait::until,
};

/// Most leads that the capped buyer takes.
const CAP: usize = 10;

/// A buyer with a cap, and one who takes what is left.
async fn capped_site(capped: &Buyer, rest: &Buyer, kind: &str) -> Site {
    let cap = json!({"kind": kind, "max": CAP, "window": "lifetime"});
    let capped = Destination {
        settings: json!({"caps": [cap]}),
        ..open_to_all("capped", capped)
    };
    let destinations = [capped, open_to_all("rest", rest)];
    Site::open(&one_after_the_other(&["capped", "rest"]), &destinations).await
}

/// Sends leads all at once.
fn send(site: &Site, n_leads: usize) -> JoinSet<Value> {
    let mut leads = JoinSet::new();
    for _ in 0..n_leads {
        let source = site.source();
        leads.spawn(async move { source.lead(&solar_lead()).await.json() });
    }
    leads
}

fn sold_to(answers: &[Value], name: &str) -> usize {
    let sold = answers
        .iter()
        .filter(|answer| answer["destination"] == name);
    sold.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_never_exceed_a_cap_of_ten() {
    // It answers nobody before all fifty are decided, so that reservations must hold the line.
    let (capped, rest) = (
        Buyer::always(Reply::AcceptOnWord("5")).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let mut site = capped_site(&capped, &rest, "accepted").await;
    let leads = send(&site, 50);
    until("all fifty are offered", async || {
        (capped.posts().len() + rest.posts().len() == 50).then_some(())
    })
    .await;
    assert_eq!((capped.posts().len(), rest.posts().len()), (CAP, 40));
    capped.give_word(CAP);
    let answers = leads.join_all().await;
    assert_eq!(sold_to(&answers, "capped"), CAP);
    assert_eq!(sold_to(&answers, "rest"), 40);

    // The counts survive a crash.
    site.server.kill();
    site.start_again();
    let more = send(&site, 5).join_all().await;
    assert_eq!(sold_to(&more, "rest"), 5);
    assert_eq!(capped.posts().len(), CAP);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_gives_its_unit_back() {
    // Every other post is refused.
    let script = |n: usize| match n % 2 {
        0 => Reply::Accept("5"),
        _ => Reply::Reject,
    };
    let (capped, rest) = (
        Buyer::scripted(script).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let mut site = capped_site(&capped, &rest, "accepted").await;
    let mut answers = send(&site, 50).join_all().await;
    assert!(sold_to(&answers, "capped") <= CAP);
    // One at a time, so that no reservation is in the way: what is left of the cap is used up.
    for _ in 0..2 * CAP {
        answers.extend(send(&site, 1).join_all().await);
    }
    assert_eq!(sold_to(&answers, "capped"), CAP);
    assert_eq!(sold_to(&answers, "rest"), answers.len() - CAP);
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_of_offers_counts_refusals_too() {
    let (capped, rest) = (
        Buyer::always(Reply::Reject).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let mut site = capped_site(&capped, &rest, "offers").await;
    let answers = send(&site, 30).join_all().await;
    assert_eq!(sold_to(&answers, "rest"), 30);
    assert_eq!(capped.posts().len(), CAP);
    site.server.stop();
}
