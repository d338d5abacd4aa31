//! Caps: exact, also when everybody comes at once.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    buyer::{Buyer, Reply},
    restart::verify,
    site::{Destination, Site, one_after_the_other, open_to_all, solar_lead, token},
    wait::until,
};

/// Most leads that the capped buyer takes.
const CAP: usize = 10;

/// A buyer with a cap, and one who takes what is left.
async fn capped_site(capped: &Buyer, rest: &Buyer, kind: &str) -> Site {
    let cap = json!({"kind": kind, "max": CAP, "window": "lifetime"});
    site_with(capped, rest, json!({"caps": [cap]})).await
}

/// The same with all settings of the first.
async fn site_with(capped: &Buyer, rest: &Buyer, settings: Value) -> Site {
    let capped = Destination {
        settings,
        ..open_to_all("capped", capped)
    };
    let destinations = [capped, open_to_all("rest", rest)];
    Site::open(&one_after_the_other(&["capped", "rest"]), &destinations).await
}

/// Most leads that a group of two takes.
const BOTH: usize = 14;

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

#[tokio::test(flavor = "multi_thread")]
async fn no_more_offers_are_in_flight_than_a_cap_lets_through() {
    // Each answer takes a while, and some never come.
    let slowly = |n: usize| match n % 10 {
        3 => Reply::Reject,
        _ => Reply::AcceptLate(Duration::from_millis(20), "5"),
    };
    let (capped, rest) = (
        Buyer::scripted(slowly).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let settings = json!({"caps": [{"kind": "in_flight", "max": CAP}]});
    let mut site = site_with(&capped, &rest, settings).await;
    let mut answers = send(&site, 200).join_all().await;
    // However they came together: by now every place of before is free.
    answers.extend(send(&site, CAP).join_all().await);
    // The writer gives a place back when it stores the answer, and by then the buyer is done with it.
    assert!(capped.most_at_once() <= CAP, "{}", capped.most_at_once());
    assert!(capped.posts().len() > CAP, "places come back");
    let gauge = cap_use(&site, "capped").await;
    assert_eq!(
        (&gauge["kind"], &gauge["used"]),
        (&json!("IN_FLIGHT"), &json!(0))
    );
    site.server.stop();
    verify(&site.server.database(), answers.len());
}

/// How much of the only cap of a destination is used.
async fn cap_use(site: &Site, name: &str) -> Value {
    const QUERY: &str =
        "query($name: String!) { destination(name: $name) { availability { isAvailable caps {
        kind max used maxRevenue usedRevenue beyond reachedPercent } } } }";
    let found = site.admin.graphql(QUERY, &json!({"name": name})).await;
    found["destination"]["availability"]["caps"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn revenue_is_never_more_than_its_cap_where_the_price_is_fixed() {
    let script = |n: usize| match n % 3 {
        0 => Reply::Reject,
        _ => Reply::AcceptUnpriced,
    };
    let (capped, rest) = (
        Buyer::scripted(script).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let cap = json!({"kind": "revenue", "max": "26.00", "window": "lifetime"});
    let mut site = site_with(&capped, &rest, json!({"price": "2.50", "caps": [cap]})).await;
    let mut answers = send(&site, 60).join_all().await;
    for _ in 0..40 {
        answers.extend(send(&site, 1).join_all().await);
    }
    // Ten leads at 2.50 are 25; an eleventh would come to 27.50.
    assert_eq!(sold_to(&answers, "capped"), 10);
    let gauge = cap_use(&site, "capped").await;
    assert_eq!(gauge["usedRevenue"], "25.00");
    assert_eq!(gauge["maxRevenue"], "26.00");
    assert_eq!(
        (&gauge["used"], &gauge["reachedPercent"]),
        (&json!(25), &json!(90))
    );
    site.server.kill();
    site.start_again();
    assert_eq!(sold_to(&send(&site, 3).join_all().await, "capped"), 0);
    site.server.stop();
    verify(&site.server.database(), answers.len() + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn conversions_close_for_new_offers_and_what_was_sold_before_still_counts() {
    let (capped, rest) = (
        Buyer::always(Reply::Accept("1")).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let mut site = capped_site(&capped, &rest, "conversions").await;
    let sold = send(&site, 2 * CAP).join_all().await;
    assert_eq!(sold_to(&sold, "capped"), 2 * CAP, "nothing is reported yet");
    let clicks = capped.posts().into_iter();
    let clicks: Vec<String> = clicks
        .map(|post| post.body["click_id"].as_str().unwrap().to_owned())
        .collect();
    for (n, click) in clicks.iter().enumerate() {
        let offered = capped.posts().len();
        assert_eq!(
            site.postback(&format!("click_id={click}&payout=7"))
                .await
                .status,
            200
        );
        // Told twice, it counts once.
        assert_eq!(
            site.postback(&format!("click_id={click}&payout=7"))
                .await
                .status,
            200
        );
        let more = send(&site, 1).join_all().await;
        let is_open = n + 1 < CAP;
        assert_eq!(
            sold_to(&more, "capped"),
            usize::from(is_open),
            "after {}",
            n + 1
        );
        assert_eq!(capped.posts().len(), offered + usize::from(is_open));
    }
    let gauge = cap_use(&site, "capped").await;
    assert_eq!(
        (&gauge["used"], &gauge["beyond"]),
        (&json!(2 * CAP), &json!(CAP))
    );
    site.server.kill();
    site.start_again();
    assert_eq!(sold_to(&send(&site, 1).join_all().await, "capped"), 0);
    assert_eq!(cap_use(&site, "capped").await, gauge);
    site.server.stop();
    verify(&site.server.database(), 4 * CAP + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_shares_a_cap_and_each_source_has_its_own() {
    let script = |n: usize| match n % 4 {
        0 => Reply::Reject,
        _ => Reply::Accept("5"),
    };
    let (one, two) = (Buyer::scripted(script).await, Buyer::scripted(script).await);
    let rest = Buyer::always(Reply::Accept("1")).await;
    let group = json!({"kind": "accepted", "max": BOTH, "window": "lifetime", "group": "both"});
    let each = json!({"kind": "accepted", "max": 3, "window": "lifetime", "each_source": true});
    let capped = |name, buyer, caps: Value| Destination {
        settings: json!({ "caps": caps }),
        ..open_to_all(name, buyer)
    };
    let destinations = [
        capped("one", &one, json!([group, each])),
        capped("two", &two, json!([group])),
        open_to_all("rest", &rest),
    ];
    let mut site = Site::open(&one_after_the_other(&["one", "two", "rest"]), &destinations).await;
    let mut answers = Vec::new();
    let other = token(&site.admin, "SOURCE", json!({"source": "other"})).await;
    for round in 0..2 {
        let caller = if round == 0 {
            site.source()
        } else {
            site.server.caller(&other)
        };
        let mut leads = JoinSet::new();
        for _ in 0..6 {
            let caller = caller.clone();
            leads.spawn(async move { caller.lead(&solar_lead()).await.json() });
        }
        let mut own = leads.join_all().await;
        for _ in 0..6 {
            own.push(caller.lead(&solar_lead()).await.json());
        }
        // The first source leaves enough of the group; what the second finds is less than its own three.
        let n_own = sold_to(&own, "one");
        assert!(
            n_own == 3 || round == 1 && (1..3).contains(&n_own),
            "round {round}: {n_own}"
        );
        answers.extend(own);
    }
    let both = sold_to(&answers, "one") + sold_to(&answers, "two");
    assert_eq!(both, BOTH);
    assert_eq!(sold_to(&answers, "rest"), answers.len() - BOTH);
    site.server.kill();
    site.start_again();
    assert_eq!(sold_to(&send(&site, 2).join_all().await, "rest"), 2);
    site.server.stop();
    verify(&site.server.database(), answers.len() + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_cap_closes_nothing_and_is_listed() {
    const ALERTS: &str = "{ capAlerts { destination percent cap { isSoft used max beyond } } }";
    let (capped, rest) = (
        Buyer::always(Reply::Accept("5")).await,
        Buyer::always(Reply::Accept("1")).await,
    );
    let cap = json!({"kind": "accepted", "max": CAP, "window": "lifetime", "soft": true});
    let mut site = site_with(&capped, &rest, json!({"caps": [cap]})).await;
    for (n_more, percent, beyond) in [
        (4, None, 0),
        (1, Some(50), 0),
        (2, Some(70), 0),
        (8, Some(100), 5),
    ] {
        send(&site, n_more).join_all().await;
        let alerts = site.admin.graphql(ALERTS, &json!({})).await["capAlerts"].take();
        match percent {
            None => assert_eq!(alerts, json!([])),
            Some(percent) => {
                assert_eq!(alerts[0]["destination"], "capped");
                assert_eq!(alerts[0]["percent"], percent);
                assert_eq!(alerts[0]["cap"]["isSoft"], true);
                assert_eq!(alerts[0]["cap"]["beyond"], beyond);
            }
        }
    }
    assert_eq!((capped.posts().len(), rest.posts().len()), (15, 0));
    site.server.stop();
    verify(&site.server.database(), 15);
}
