//! Answers of commits that are lost under load: nobody is refused, and every lead is there once.
//!
//! `POINTSMAN_LOST_COMMITS` says how many. The script `tests/lost-commits.sh` loses 50.

use std::{sync::atomic::Ordering, time::Duration};

use pointsman_store::Store;
use pointsman_testkit::{Postgres, Proxy, Trouble, World};
use serde_json::Value;

use super::{
    check::{Findings, word},
    market::Market,
    setting,
    traffic::{Traffic, body},
};
use crate::{program::pointsman, server::Server};

/// Lost commits of an ordinary test run.
const LOST: u64 = 8;
/// Leads that are sent for each of them.
const LEADS_EACH: usize = 40;
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(30);

const TROUBLES: [Trouble; 4] = [
    Trouble::AnswerLost,
    Trouble::CutAtOnce,
    Trouble::CutBefore,
    Trouble::CutInside,
];

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "what was seen is the point of the long run"
)]
async fn a_commit_whose_answer_is_lost_refuses_nobody_and_every_lead_is_there_once() {
    let Some(postgres) = Postgres::named() else {
        return;
    };
    let n_lost = usize::try_from(setting("POINTSMAN_LOST_COMMITS", LOST)).unwrap();
    let name = postgres.create().await.unwrap();
    let proxy = Proxy::before(postgres.host()).await.unwrap();
    let url = postgres.url(&proxy.address(), &name);
    let server = Server::start_on(&url, pointsman);
    let world = World::new(setting("POINTSMAN_KILL_SEED", 7));
    let n_leads = n_lost * LEADS_EACH;
    let leads: Vec<_> = world.leads(n_leads.try_into().unwrap()).collect();
    let mut market = Market::open(server, world, 1 + u64::try_from(n_leads / 2_000).unwrap()).await;
    let store = Store::open_read_only(
        &postgres.url(postgres.host(), &name),
        &pointsman_store::Options::default(),
    )
    .await
    .unwrap();

    let traffic = Traffic::start(&leads, market.source());
    // Half of them lost on the way back, which is the worst: it is done, and nobody was told.
    let troubles = TROUBLES.into_iter().cycle().take(n_lost);
    for (n_before, trouble) in troubles.enumerate() {
        proxy.prepare(trouble);
        proxy.met(n_before + 1).await;
        tokio::time::sleep(PAUSE).await;
    }
    let n_refused = traffic.n_refused();
    let acknowledged = traffic.finish().await;
    let n_refused = n_refused.load(Ordering::SeqCst);
    eprintln!("{n_lost} commits cut off under load: {n_refused} requests refused");
    assert_eq!(n_refused, 0);
    assert_eq!(acknowledged.len(), n_leads);
    market.settled(&store).await;
    let found = Findings::default()
        .check_round(&store, &market, &acknowledged)
        .await;
    eprintln!("  {found}");

    // The same key again is told the same lead, and what has become of it.
    let source = market.source();
    for lead in leads.iter().step_by(LEADS_EACH / 4) {
        let again = source.lead_as(&lead.key, &body(lead)).await;
        assert_eq!(again.status, 200, "{again:?}");
        let stored = store.read().find_lead(&id_of(&again.json())).await.unwrap();
        let stored = stored.unwrap();
        assert_eq!(acknowledged[&lead.key]["lead_id"], *stored.id);
        assert_eq!(again.json()["status"], word(stored.status));
    }
    store.close().await.unwrap();
    market.server.stop_after_trouble();
    postgres.remove(&name).await.unwrap();
}

fn id_of(answer: &Value) -> String {
    answer["lead_id"].as_str().unwrap().to_owned()
}
