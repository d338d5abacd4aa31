use std::collections::BTreeMap;

use pointsman_history::{AttemptOutcome, Clock, ConversionDelta, LiveRoutes, record::DEADLINE};
use pointsman_store::{CatalogRow, NewFlowVersion, Options, Store};
use pointsman_testkit::{Postgres, Proxy, Trouble};
use serde_json::json;
use tempfile::TempDir;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{
    Advance, Command, NotStored, Sequencer, SequencerHandle,
    harness::{Harness, accept, accepted, rejected, settle},
};
use crate::{
    LeadRequest,
    LeadState::{self, Held, Sold, Unsold},
    Mode, Refused,
    snapshots::LogSize,
    step_result::OfferResult,
};

fn two_buyers() -> Harness {
    Harness::waterfall(&json!({"acme": {}, "zenith": {}}))
}

fn keyed(key: &str, mode: Mode) -> LeadRequest {
    LeadRequest {
        idempotency_key: Some(key.to_owned()),
        mode,
        ..LeadRequest::default()
    }
}

#[test]
fn a_refused_lead_goes_to_the_next_destination_and_is_sold_there() {
    let mut harness = two_buyers();
    let (rows, advance) = harness.accept_new();
    assert_eq!(rows.leads.len(), 1);
    let first = advance.on_its_way();
    let (rows, advance) = harness.settle(first, rejected());
    assert_eq!(rows.deliveries[0].destination, "zenith");
    let (rows, advance) = harness.settle(advance.on_its_way(), accepted(12_000_000));
    let outcome = advance.outcome();
    assert_eq!(
        (outcome.status, outcome.destination.as_deref()),
        (Sold, Some("zenith"))
    );
    assert_eq!(rows.decision_ends.len(), 1);
}

#[test]
fn a_cap_counts_each_lead_once_and_a_refusal_gives_its_unit_back() {
    let cap = json!([{"kind": "accepted", "max": 2, "window": "day"}]);
    let mut harness = Harness::waterfall(&json!({"acme": {"caps": cap}}));
    let (_, refused) = harness.accept_new();
    harness.settle(refused.on_its_way(), rejected());
    for _ in 0..2 {
        let (_, advance) = harness.accept_new();
        harness.settle(advance.on_its_way(), accepted(1));
    }
    let (_, advance) = harness.accept_new();
    assert_eq!(advance.outcome().status, Unsold);
    harness.pass(24 * 60 * 60);
    let (_, advance) = harness.accept_new();
    assert!(advance.on_its_way().current.is_some());
}

#[test]
fn two_caps_of_one_kind_and_window_count_apart_by_their_names() {
    let cap = |name, max| json!({"name": name, "kind": "accepted", "max": max, "window": "day"});
    let caps = json!([cap("team", 4), cap("house", 6)]);
    let mut harness = Harness::waterfall(&json!({"acme": {"caps": caps}}));
    let sell = |harness: &mut Harness| {
        let (_, advance) = harness.accept_new();
        match advance {
            Advance::OnItsWay(active) => harness.settle(active, accepted(1)).1.outcome().status,
            ended => ended.outcome().status,
        }
    };
    let statuses: Vec<_> = (0..5).map(|_| sell(&mut harness)).collect();
    assert_eq!(statuses, [Sold, Sold, Sold, Sold, Unsold]);
    harness.pass(24 * 60 * 60);
    assert_eq!(sell(&mut harness), Sold);
}

#[test]
fn a_shared_lead_earns_what_each_of_its_buyers_pays_and_keeps_what_was_reported_between() {
    let mut harness = Harness::shared_waterfall(2, &json!({"acme": {}, "zenith": {}}));
    let (_, advance) = harness.accept_new();
    let (rows, advance) = harness.settle(advance.on_its_way(), accepted(10_000_000));
    let active = advance.on_its_way();
    let lead_id = active.lead_id;
    assert_eq!(rows.revenue, BTreeMap::from([(lead_id, 10_000_000)]));
    // A sale of the first buyer is reported while the second one thinks.
    let reported = ConversionDelta {
        revenue: 20_000_000,
        sales: 1,
    };
    harness.report(&active, 0, reported);
    let (rows, advance) = harness.settle(active, accepted(11_500_000));
    let outcome = advance.outcome();
    assert_eq!(
        (outcome.status, outcome.destination.as_deref()),
        (Sold, Some("acme"))
    );
    // Each transaction adds what it alone brings; the status is found again from all that is stored.
    assert_eq!(rows.revenue, BTreeMap::from([(lead_id, 11_500_000)]));
    assert_eq!(rows.reported, [lead_id]);
    assert!(rows.lead_updates.contains_key(&lead_id));
    assert!(
        harness.reports_of(lead_id).is_none(),
        "a lead that ended is forgotten"
    );
}

#[test]
fn a_stored_response_that_cannot_be_read_is_an_error_that_names_its_lead() {
    let nodes = json!({"no": {"kind": "reject", "reason": "no"}});
    let mut harness = Harness::new("no", &nodes, &json!({}));
    let (rows, _) = harness.accept(harness.lead(keyed("k", Mode::Sync)));
    let mut lead = rows.leads[0].clone();
    harness.know(lead.clone());
    let (_, again) = harness.accept(harness.lead(keyed("k", Mode::Sync)));
    assert!(again.unwrap().outcome().replayed);
    lead.response_body = Some("{".to_owned());
    harness.know(lead.clone());
    let (rows, again) = harness.accept(harness.lead(keyed("k", Mode::Sync)));
    assert!(rows.leads.is_empty());
    let message = again.unwrap_err().to_string();
    assert_eq!(
        message,
        format!("the response of lead {} cannot be read", lead.id)
    );
}

#[test]
fn a_lead_whose_time_is_up_before_its_first_step_makes_no_offer() {
    let mut harness = two_buyers();
    let mut late = harness.lead(LeadRequest::default());
    late.deadline = std::time::Instant::now();
    let (rows, advance) = harness.accept(late);
    assert!(rows.deliveries.is_empty());
    let outcome = advance.unwrap().outcome();
    assert_eq!(
        (outcome.status, outcome.reason.as_deref()),
        (Unsold, Some(DEADLINE))
    );
}

#[test]
fn a_breaker_opens_by_what_a_destination_did_and_not_by_what_we_cut_off() {
    let cases = [
        (AttemptOutcome::NoTime, "acme"),
        (AttemptOutcome::NotSent, "zenith"),
    ];
    for (outcome, next) in cases {
        let mut harness = two_buyers();
        for _ in 0..pointsman_ledger::FAILURES_MAX {
            let (_, advance) = harness.accept_new();
            let result = OfferResult {
                outcome,
                ..OfferResult::interrupted()
            };
            let (_, advance) = harness.settle(advance.on_its_way(), result);
            harness.settle(advance.on_its_way(), rejected());
        }
        let (rows, _) = harness.accept_new();
        assert_eq!(rows.deliveries[0].destination, next, "{outcome:?}");
    }
}

#[test]
fn a_lead_that_its_source_does_not_wait_for_is_answered_the_same_to_the_same_key_at_once() {
    let mut harness = two_buyers();
    let (first, _) = accept(harness.lead(keyed("k", Mode::Async)));
    let (again, _) = accept(harness.lead(keyed("k", Mode::Async)));
    let (waits, _) = accept(harness.lead(keyed("w", Mode::Sync)));
    let (waits_again, _) = accept(harness.lead(keyed("w", Mode::Sync)));
    let decided = harness.decide(&[first, again, waits, waits_again]);
    assert_eq!(decided.rows.leads.len(), 2);
    let answers: Vec<String> = decided.answers.iter().map(|it| format!("{it:?}")).collect();
    assert!(
        answers[1].contains("Repeated") && answers[1].contains("Queued"),
        "{}",
        answers[1]
    );
    assert!(answers[1].contains(&decided.rows.leads[0].id));
    assert!(answers[3].contains("InProgress"), "{}", answers[3]);
}

#[test]
fn a_key_that_names_another_lead_is_refused_in_the_same_transaction_too() {
    let mut harness = two_buyers();
    let older = LeadRequest {
        fields: [("age".to_owned(), json!(40))].into_iter().collect(),
        ..keyed("k", Mode::Async)
    };
    let (first, _) = accept(harness.lead(keyed("k", Mode::Async)));
    let (other, _) = accept(harness.lead(older));
    let decided = harness.decide(&[first, other]);
    let answers = format!("{:?}", decided.answers[1]);
    assert!(answers.contains("KeyReused"), "{answers}");
}

/// Stores what decisions refer to.
async fn know(store: &Store, harness: &Harness) {
    let program = &harness.route.program;
    let version = NewFlowVersion {
        hash: program.flow_hash().to_string(),
        flow: program.flow().to_owned(),
        body: "{}".to_owned(),
        message: String::new(),
        author: "ann".to_owned(),
        at: 1,
        semantics: 2,
    };
    let catalog = CatalogRow {
        hash: program.catalog_hash().to_string(),
        body: "{}".to_owned(),
        created_at: 1,
    };
    let stored = store.note(|tx| {
        Box::pin(async move {
            tx.put_flow(&version.flow.clone(), "solar", 1).await?;
            tx.insert_flow_version(version).await?;
            tx.put_catalog(catalog).await
        })
    });
    stored.await.unwrap();
}

/// A sequencer at work on a database of its own.
struct AtWork {
    harness: Harness,
    store: Store,
    handle: SequencerHandle,
    task: JoinHandle<()>,
    closing: CancellationToken,
    _folder: TempDir,
}

impl AtWork {
    /// Starts it with commands that wait already, so that they share a transaction.
    async fn with(harness: Harness, url: Option<String>, commands: Vec<Command>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite://{}", folder.path().join("test.db").display());
        let url = url.unwrap_or(file);
        let store = Store::open(&url, &Options::default()).await.unwrap();
        know(&store, &harness).await;
        let (observations, observed) = mpsc::unbounded_channel();
        // Nobody learns here.
        drop(observed);
        let clock = Clock::fast(harness.at, 1);
        let (sequencer, handle) = Sequencer::new(
            store.clone(),
            (clock, LiveRoutes::default()),
            harness.memory.clone(),
            observations,
            (LogSize::uncounted(), crate::Figures::default()),
        );
        for command in commands {
            handle.offer(command).unwrap();
        }
        let closing = CancellationToken::new();
        let task = tokio::spawn(sequencer.run(closing.clone()));
        Self {
            harness,
            store,
            handle,
            task,
            closing,
            _folder: folder,
        }
    }

    async fn accept(&self, request: LeadRequest) -> Result<Advance, Refused> {
        let (command, answer) = accept(self.harness.lead(request));
        self.handle.offer(command).unwrap();
        answer.await.unwrap()
    }

    async fn n_leads(&self) -> usize {
        let leads = self.store.read().leads_in_order(0, 1_000).await.unwrap();
        leads.len()
    }

    /// Kind, subject and reason of everything that was refused for good.
    async fn refused(&self) -> Vec<(String, String, String)> {
        let page = self.store.read().refused_commands(None, 100).await.unwrap();
        let rows = page.items.into_iter();
        rows.map(|row| (row.kind, row.subject, row.reason))
            .collect()
    }

    async fn stop(self) {
        self.closing.cancel();
        self.task.await.unwrap();
        self.store.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_lead_that_cannot_be_stored_harms_only_itself() {
    let harness = two_buyers();
    let mut active_leads: Vec<_> = (0..10)
        .map(|_| harness.lead(LeadRequest::default()))
        .collect();
    active_leads[7].lead_id = active_leads[3].lead_id;
    let twice = active_leads[3].lead_id.to_string();
    let (commands, answers): (Vec<_>, Vec<_>) = active_leads.into_iter().map(accept).unzip();
    let work = AtWork::with(harness, None, commands).await;
    for (n, answer) in answers.into_iter().enumerate() {
        match answer.await.unwrap() {
            Ok(advance) => assert!(n != 7 && advance.on_its_way().current.is_some()),
            Err(Refused::Unstorable(_)) => assert_eq!(n, 7),
            Err(other) => panic!("{n}: {other}"),
        }
    }
    assert_eq!(work.n_leads().await, 9);
    let refused = work.refused().await;
    assert_eq!(refused.len(), 1);
    assert_eq!((&*refused[0].0, &*refused[0].1), ("lead", &*twice));
    // Nothing of what failed is remembered: numbers go on without a gap in what is stored.
    work.accept(LeadRequest::default()).await.unwrap();
    assert_eq!(work.n_leads().await, 10);
    work.stop().await;
}

#[tokio::test]
async fn a_transaction_that_fails_leaves_no_trace_in_the_ledger() {
    let caps = json!([{"kind": "offers", "max": 9, "window": "day", "zone": "UTC"}]);
    let work = AtWork::with(
        Harness::waterfall(&json!({"acme": {"caps": caps}})),
        None,
        Vec::new(),
    )
    .await;
    let stored = work.accept(LeadRequest::default()).await.unwrap();
    let stored = stored.on_its_way().lead_id;
    let before = work.handle.ledger().await.unwrap();
    for _ in 0..2 {
        let mut active = work.harness.lead(LeadRequest::default());
        active.lead_id = stored;
        let (command, answer) = accept(active);
        work.handle.offer(command).unwrap();
        assert!(matches!(answer.await.unwrap(), Err(Refused::Unstorable(_))));
    }
    assert_eq!(work.handle.ledger().await.unwrap(), before);
    work.stop().await;
}

#[tokio::test]
async fn a_command_that_makes_the_sequencer_panic_harms_only_itself() {
    let harness = two_buyers();
    let mut active_leads: Vec<_> = (0..4)
        .map(|_| harness.lead(LeadRequest::default()))
        .collect();
    // Prepared for one flow and sent on the way of another, which has more steps.
    let nodes = json!({"no": {"kind": "reject", "reason": "no"}});
    let elsewhere = Harness::new("no", &nodes, &json!({})).lead(LeadRequest::default());
    active_leads[1].walk = elsewhere.walk;
    active_leads[1].subject = elsewhere.subject;
    let (commands, answers): (Vec<_>, Vec<_>) = active_leads.into_iter().map(accept).unzip();
    let work = AtWork::with(harness, None, commands).await;
    let mut n_stored = 0;
    for answer in answers {
        n_stored += usize::from(answer.await.unwrap().is_ok());
    }
    assert_eq!(n_stored, work.n_leads().await);
    assert_eq!(n_stored, 3);
    let refused = work.refused().await;
    assert_eq!(refused.len(), 1);
    assert!(refused[0].2.contains("panic"), "{}", refused[0].2);
    work.accept(LeadRequest::default()).await.unwrap();
    work.stop().await;
}

#[tokio::test]
async fn the_sequencer_says_whether_a_lead_could_be_stored() {
    let work = AtWork::with(two_buyers(), None, Vec::new()).await;
    work.handle.ready().await.unwrap();
    // Somebody who keeps the turn is as good as a disk that hangs.
    let tx = work.store.begin().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert!(work.handle.ready().await.is_err());
    tx.rollback().await.unwrap();
    work.handle.ready().await.unwrap();
    work.stop().await;
}

/// A database on PostgreSQL behind a proxy, where a server was named.
async fn behind_a_proxy() -> Option<(Postgres, Proxy, String)> {
    let server = Postgres::named()?;
    let name = server.create().await.unwrap();
    let proxy = Proxy::before(server.host()).await.unwrap();
    Some((server, proxy, name))
}

#[tokio::test]
async fn an_answer_that_cannot_be_stored_ends_its_offer_as_unknown_and_nobody_elses() {
    let Some((server, proxy, name)) = behind_a_proxy().await else {
        return;
    };
    let url = server.url(&proxy.address(), &name);
    let work = AtWork::with(two_buyers(), Some(url), Vec::new()).await;
    let mut active_leads = Vec::new();
    for _ in 0..3 {
        let advance = work.accept(LeadRequest::default()).await.unwrap();
        active_leads.push(advance.on_its_way());
    }
    let ids: Vec<String> = active_leads
        .iter()
        .map(|active| active.lead_id.to_string())
        .collect();
    let odd = OfferResult {
        redirect_url: Some("https://buyer.example/\0".to_owned()),
        ..accepted(5)
    };
    let results = [accepted(1), odd, accepted(2)];
    let mut answers = Vec::new();
    for (active, result) in active_leads.into_iter().zip(results) {
        let (command, answer) = settle(active, result);
        work.handle.offer(command).unwrap();
        answers.push(answer);
    }
    let mut statuses = Vec::new();
    for answer in answers {
        statuses.push(answer.await.unwrap().unwrap().outcome().status);
    }
    assert_eq!(statuses, [Sold, Held, Sold]);
    let refused = work.refused().await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!((&*refused[0].0, &*refused[0].1), ("answer", &*ids[1]));
    assert!(refused[0].2.contains("22021"), "{}", refused[0].2);
    work.stop().await;
    server.remove(&name).await.unwrap();
}

#[tokio::test]
async fn lost_answers_of_commits_refuse_nobody_and_each_key_is_answered_truly() {
    let Some((server, proxy, name)) = behind_a_proxy().await else {
        return;
    };
    let url = server.url(&proxy.address(), &name);
    let work = AtWork::with(two_buyers(), Some(url), Vec::new()).await;
    let troubles = [
        Trouble::AnswerLost,
        Trouble::CutBefore,
        Trouble::CutAtOnce,
        Trouble::CutInside,
    ];
    let mut ids = BTreeMap::new();
    for (n, trouble) in troubles.into_iter().cycle().take(8).enumerate() {
        proxy.prepare(trouble);
        let request = keyed(&format!("key-{n}"), Mode::Async);
        let active = work.accept(request.clone()).await.unwrap().on_its_way();
        let again = work.accept(request).await.unwrap().outcome();
        assert_eq!((again.status, again.replayed), (LeadState::Queued, true));
        assert_eq!(again.lead_id, active.lead_id);
        proxy.prepare(trouble);
        let (command, answer) = settle(active, accepted(7_000_000));
        work.handle.offer(command).unwrap();
        let outcome = match answer.await.unwrap() {
            Ok(advance) => advance.outcome(),
            Err(error @ (NotStored::Yet(_) | NotStored::Ever)) => panic!("{trouble:?}: {error}"),
        };
        assert_eq!(outcome.status, Sold);
        ids.insert(outcome.lead_id, trouble);
    }
    proxy.met(16).await;
    assert_eq!(ids.len(), 8, "each is another lead");
    assert_eq!(work.n_leads().await, 8);
    work.stop().await;
    server.remove(&name).await.unwrap();
}
