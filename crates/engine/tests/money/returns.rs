//! Leads that their buyers give back: on their terms, late, twice, in the wrong order, and the money that goes with them.

use pointsman_engine::{PostbackOutcome, Refused, ReturnRequest, ReturnSubject, ReturnVerdict};
use pointsman_history::{Clock, LeadReturn, ManualClock, ReturnKind, ReturnState};
use pointsman_lead::{Id, Micros, Timestamp, kinds};
use pointsman_store::{LeadStatus, ParkedReason};
use serde_json::{Value, json};

use crate::platform::Platform;

/// A noon in UTC.
const NOON: Timestamp = Timestamp(1_764_331_200_000_000);
const DAY: i64 = 86_400_000_000;

impl Platform {
    /// Asks for a return with the token of a destination, or of nobody in particular.
    async fn give_back_as(
        &self,
        destination: Option<&str>,
        (click, key, reason): (&str, &str, &str),
        kind: ReturnKind,
    ) -> Result<LeadReturn, Vec<String>> {
        let request = ReturnRequest {
            subject: ReturnSubject::Click(click.to_owned()),
            key: key.to_owned(),
            reason: reason.to_owned(),
            kind,
            by: destination.unwrap_or("ann").to_owned(),
            destination: destination.map(str::to_owned),
        };
        codes(self.engine.returns().request(request).await)
    }

    async fn give_back(&self, click: &str, key: &str) -> Result<LeadReturn, Vec<String>> {
        let asked = (click, key, "wrong number");
        self.give_back_as(None, asked, ReturnKind::Return).await
    }

    async fn charge_back(&self, click: &str, key: &str) -> Result<LeadReturn, Vec<String>> {
        let asked = (click, key, "bank");
        self.give_back_as(None, asked, ReturnKind::Chargeback).await
    }

    async fn decide(
        &self,
        id: Id<kinds::Return>,
        verdict: ReturnVerdict,
    ) -> Result<LeadReturn, Vec<String>> {
        let returns = self.engine.returns();
        let decided = returns.decide(Some(id), verdict, "so", "bob");
        codes(decided.await)
    }

    /// What each conversion of a lead's first offer adds, in hundredths.
    async fn steps_of_money(&self, lead: &Id<kinds::Lead>) -> Vec<(String, i64)> {
        let offers: Vec<String> = self
            .offers(lead)
            .await
            .into_iter()
            .map(|it| it.id)
            .collect();
        let read = self.engine.store().read();
        let rows = read.conversions_of_deliveries(&offers).await.unwrap();
        rows.into_iter()
            .map(|row| (row.original_status, row.revenue / 10_000))
            .collect()
    }
}

fn codes(taken: Result<LeadReturn, Refused>) -> Result<LeadReturn, Vec<String>> {
    taken.map_err(|refused| match refused {
        Refused::Problems(problems) => {
            assert!(problems.iter().all(|it| it.hint.is_some()), "{problems:?}");
            problems.into_iter().map(|it| it.code).collect()
        }
        refused => panic!("{refused}"),
    })
}

fn refused(taken: Result<LeadReturn, Vec<String>>) -> Vec<String> {
    taken.unwrap_err()
}

fn terms(decision: &str) -> Value {
    json!({"price": "30", "returns": {"window_days": 2, "reasons": ["wrong number", "duplicate"],
        "decision": decision}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_is_requested_decided_and_reversed_and_its_money_goes_with_it() {
    let mut platform = Platform::open(1, terms("by_hand")).await;
    let (sold, click) = platform.sold("{}").await;
    let asked = platform.give_back(&click, "k1").await.unwrap();
    assert_eq!(
        (asked.state, asked.revenue),
        (ReturnState::Requested, Micros(0))
    );
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (3_000, LeadStatus::Sold)
    );
    // The same key is the same return; another reason under it is a mistake; another key comes too late.
    assert_eq!(platform.give_back(&click, "k1").await.unwrap(), asked);
    let other = (click.as_str(), "k1", "duplicate");
    let reused = platform.give_back_as(None, other, ReturnKind::Return).await;
    assert_eq!(refused(reused), ["idempotency_key_reused"]);
    assert_eq!(
        refused(platform.give_back(&click, "k2").await),
        ["requested"]
    );
    assert_eq!(
        refused(platform.decide(asked.id, ReturnVerdict::Reverse).await),
        ["wrong_state"]
    );

    let accepted = platform
        .decide(asked.id, ReturnVerdict::Accept)
        .await
        .unwrap();
    assert_eq!(
        (accepted.state, accepted.revenue),
        (ReturnState::Accepted, Micros(-30_000_000))
    );
    assert_eq!(
        platform
            .decide(asked.id, ReturnVerdict::Accept)
            .await
            .unwrap(),
        accepted
    );
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (0, LeadStatus::Returned)
    );
    assert_eq!(
        refused(platform.decide(asked.id, ReturnVerdict::Deny).await),
        ["wrong_state"]
    );
    assert_eq!(
        refused(platform.give_back(&click, "k2").await),
        ["returned"]
    );
    assert_eq!(
        refused(platform.charge_back(&click, "c1").await),
        ["returned"]
    );
    // What is sold meanwhile counts once the return is reversed.
    let sale = format!("click_id={click}&txid=1&payout=5");
    assert_eq!(platform.report(&sale).await, Ok(PostbackOutcome::Applied));
    assert_eq!(platform.earned(&sold.lead_id).await.0, 0);
    platform.verified().await;

    let reversed = platform
        .decide(asked.id, ReturnVerdict::Reverse)
        .await
        .unwrap();
    assert_eq!(reversed.state, ReturnState::Reversed);
    assert_eq!(reversed.reversed.as_ref().unwrap().0, "bob");
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (3_500, LeadStatus::Sold)
    );
    assert_eq!(
        platform.steps_of_money(&sold.lead_id).await,
        [
            ("returned".to_owned(), -3_000),
            ("sale".to_owned(), 0),
            ("return_reversed".to_owned(), 3_500)
        ]
    );
    // And once more, under another key.
    let again = platform.give_back(&click, "k2").await.unwrap();
    platform
        .decide(again.id, ReturnVerdict::Accept)
        .await
        .unwrap();
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (0, LeadStatus::Returned)
    );
    platform.verified().await;
    let before = platform.knows().await;
    platform = platform.restart().await;
    assert!(platform.knows().await == before);
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_return_moves_no_money_and_may_be_requested_again() {
    let mut platform = Platform::open(1, terms("by_hand")).await;
    let (sold, click) = platform.sold("{}").await;
    let asked = platform.give_back(&click, "k1").await.unwrap();
    let denied = platform
        .decide(asked.id, ReturnVerdict::Deny)
        .await
        .unwrap();
    assert_eq!(
        (denied.state, denied.note.as_deref()),
        (ReturnState::Denied, Some("so"))
    );
    assert_eq!(
        platform
            .decide(asked.id, ReturnVerdict::Deny)
            .await
            .unwrap(),
        denied
    );
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (3_000, LeadStatus::Sold)
    );
    assert_eq!(platform.steps_of_money(&sold.lead_id).await, []);
    let again = platform.give_back(&click, "k2").await.unwrap();
    // A chargeback does not wait for the decision.
    let charged = platform.charge_back(&click, "c1").await.unwrap();
    assert_eq!(
        (charged.kind, charged.state),
        (ReturnKind::Chargeback, ReturnState::Accepted)
    );
    let read = platform.engine.history();
    let overtaken = read.find_return(again.id).await.unwrap().unwrap();
    assert_eq!(overtaken.state, ReturnState::Denied);
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (0, LeadStatus::Returned)
    );
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_within_the_window_is_accepted_by_its_terms_and_a_late_one_only_as_a_chargeback() {
    let time = ManualClock::new(NOON);
    let mut platform =
        Platform::open_at(Clock::from(&time), 1, terms("automatic"), json!({})).await;
    let (first, one) = platform.sold("{}").await;
    let (second, two) = platform.sold("{}").await;
    let unlisted = platform
        .give_back_as(None, (&one, "k", "mood"), ReturnKind::Return)
        .await;
    assert_eq!(refused(unlisted), ["reason"]);
    time.set(Timestamp(NOON.0 + 2 * DAY));
    let accepted = platform.give_back(&one, "k").await.unwrap();
    assert_eq!(accepted.state, ReturnState::Accepted);
    assert_eq!(accepted.decided.unwrap().0, "terms");
    assert_eq!(
        platform.earned(&first.lead_id).await,
        (0, LeadStatus::Returned)
    );
    time.set(Timestamp(NOON.0 + 2 * DAY + 1));
    assert_eq!(refused(platform.give_back(&two, "k2").await), ["too_late"]);
    // The key was not used: nothing of what is refused is kept.
    let late = platform
        .give_back_as(None, (&two, "k2", "mood"), ReturnKind::Return)
        .await;
    assert_eq!(refused(late), ["too_late", "reason"]);
    let postback = format!("click_id={two}&status=returned&reason=duplicate");
    assert_eq!(
        platform.report(&postback).await,
        Ok(PostbackOutcome::Parked)
    );
    assert_eq!(
        platform.earned(&second.lead_id).await,
        (3_000, LeadStatus::Sold)
    );
    let charged = platform.charge_back(&two, "c").await.unwrap();
    assert_eq!(charged.revenue, Micros(-30_000_000));
    assert_eq!(platform.charge_back(&two, "c").await.unwrap(), charged);
    let back = platform
        .decide(charged.id, ReturnVerdict::Reverse)
        .await
        .unwrap();
    assert_eq!(back.state, ReturnState::Reversed);
    assert_eq!(
        platform.earned(&second.lead_id).await,
        (3_000, LeadStatus::Sold)
    );
    // The field's word for it takes money back after the window too.
    let postback = format!("click_id={two}&status=chargeback&payout=10");
    assert_eq!(
        platform.report(&postback).await,
        Ok(PostbackOutcome::Applied)
    );
    assert_eq!(
        platform.earned(&second.lead_id).await,
        (2_000, LeadStatus::Sold)
    );
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postback_asks_for_a_return_where_there_are_terms() {
    let mut platform = Platform::open(1, terms("by_hand")).await;
    let (sold, click) = platform.sold("{}").await;
    let back = |more: &str| format!("click_id={click}&status=returned{more}");
    assert_eq!(
        platform.report(&back("")).await,
        Ok(PostbackOutcome::Parked)
    );
    assert_eq!(
        platform.report(&back("&reason=mood")).await,
        Ok(PostbackOutcome::Parked)
    );
    assert_eq!(platform.reasons().await, [ParkedReason::Refused; 2]);
    let problems = platform.aside().await[0].problems_body.clone().unwrap();
    assert!(
        problems.contains("wrong number, duplicate")
            || problems.contains("duplicate, wrong number"),
        "{problems}"
    );
    let good = back("&reason=wrong number&txid=r1");
    assert_eq!(platform.report(&good).await, Ok(PostbackOutcome::Applied));
    assert_eq!(platform.report(&good).await, Ok(PostbackOutcome::Duplicate));
    // Under another id it is the same wish.
    let other = back("&reason=duplicate&txid=r2");
    assert_eq!(
        platform.report(&other).await,
        Ok(PostbackOutcome::Duplicate)
    );
    let wrong = platform
        .report(&back("&reason=duplicate&payout=30&currency=EUR"))
        .await;
    assert_eq!(wrong.unwrap_err()[0].code, "wrong_currency");
    let (history, filter) = (
        platform.engine.history(),
        pointsman_history::ReturnFilter::default(),
    );
    let page = history.returns(&filter, None, 10).await.unwrap();
    let [(_, asked)] = page.entries.as_slice() else {
        panic!("{page:?}");
    };
    assert_eq!(
        (asked.state, asked.reason.as_deref()),
        (ReturnState::Requested, Some("wrong number"))
    );
    platform
        .decide(asked.id, ReturnVerdict::Accept)
        .await
        .unwrap();
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (0, LeadStatus::Returned)
    );
    assert_eq!(platform.report(&good).await, Ok(PostbackOutcome::Duplicate));
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_sold_not_known_or_anothers_is_not_returned() {
    let mut platform = Platform::open(2, terms("automatic")).await;
    let lead = platform.send();
    let (first, offer) = platform.offered().await;
    let pending = offer.click.clone();
    assert_eq!(
        refused(platform.give_back(&pending, "k").await),
        ["not_sold"]
    );
    // What comes before the answer waits for it.
    let early = format!("click_id={pending}&status=returned&reason=duplicate");
    assert_eq!(platform.report(&early).await, Ok(PostbackOutcome::Parked));
    assert_eq!(platform.reasons().await, [ParkedReason::AwaitingAnswer]);
    offer.accept("{}");
    let (second, offer) = platform.offered().await;
    // While the walk goes on to the second buyer.
    assert_eq!(
        refused(platform.give_back(&pending, "k").await),
        ["returned"]
    );
    let rejected = offer.reject();
    let sold = lead.await.unwrap();
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (0, LeadStatus::Returned)
    );
    assert_eq!(
        refused(platform.give_back(&rejected, "k").await),
        ["not_sold"]
    );
    let asked = (pending.as_str(), "k", "duplicate");
    let theirs = platform
        .give_back_as(Some(second), asked, ReturnKind::Return)
        .await;
    assert_eq!(refused(theirs), ["not_found"]);
    let own = platform
        .give_back_as(Some(first), asked, ReturnKind::Return)
        .await;
    assert_eq!(refused(own), ["returned"]);
    for click in ["", "clk_0", "clk_00000000000000000000000000000000"] {
        assert_eq!(
            refused(platform.give_back(click, "k").await),
            ["not_found"],
            "{click}"
        );
    }
    let bad = platform
        .give_back_as(None, ("x", "", " "), ReturnKind::Return)
        .await;
    assert_eq!(refused(bad), ["not_found", "bad_key", "reason"]);
    let returns = platform.engine.returns();
    let unknown = returns.decide(None, ReturnVerdict::Deny, "", "bob");
    assert_eq!(refused(codes(unknown.await)), ["not_found"]);
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_sold_without_terms_is_taken_back_at_once_as_ever() {
    let mut platform = Platform::open(1, json!({"price": "30"})).await;
    let (sold, click) = platform.sold("{}").await;
    assert_eq!(
        refused(platform.give_back(&click, "k").await),
        ["no_returns"]
    );
    let back = format!("click_id={click}&status=returned");
    assert_eq!(platform.report(&back).await, Ok(PostbackOutcome::Applied));
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (0, LeadStatus::Returned)
    );
    let charged = platform.charge_back(&click, "c").await.unwrap();
    assert_eq!(charged.revenue, Micros(0), "nothing is left to take back");
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_return_at_once_return_once() {
    let mut platform = Platform::open(1, terms("automatic")).await;
    let (sold, click) = platform.sold("{}").await;
    let (one, two, three) = tokio::join!(
        platform.give_back(&click, "a"),
        platform.give_back(&click, "b"),
        platform.charge_back(&click, "c"),
    );
    let taken = [one, two, three];
    assert_eq!(taken.iter().filter(|it| it.is_ok()).count(), 1, "{taken:?}");
    assert_eq!(platform.steps_of_money(&sold.lead_id).await.len(), 1);
    assert_eq!(
        platform.earned(&sold.lead_id).await,
        (0, LeadStatus::Returned)
    );
    platform.verified().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_returned_lead_gives_its_cap_back_where_the_terms_say_so_and_takes_it_again() {
    let settings = |gives_back: bool| {
        json!({"price": "30", "caps": [
            {"kind": "accepted", "max": 1, "window": "lifetime"},
            {"kind": "revenue", "max": "1000", "window": "lifetime"}],
            "returns": {"window_days": 2, "decision": "automatic", "gives_back_cap": gives_back}})
    };
    for gives_back in [true, false] {
        let mut platform = Platform::open(1, settings(gives_back)).await;
        let (_, first) = platform.sold("{}").await;
        let (_, _) = platform.sold("{}").await;
        // Both buyers have what they want.
        assert_eq!(platform.send().await.unwrap().destination, None);
        let back = platform.give_back(&first, "k").await.unwrap();
        platform.verified().await;
        let next = platform.send();
        if gives_back {
            platform.offered().await.1.reject();
            next.await.unwrap();
            platform
                .decide(back.id, ReturnVerdict::Reverse)
                .await
                .unwrap();
            assert_eq!(platform.send().await.unwrap().destination, None);
        } else {
            assert_eq!(next.await.unwrap().destination, None);
        }
        platform.verified().await;
        let before = platform.knows().await;
        // The first start after that writes snapshots.
        platform = platform.restart().await;
        platform.has_snapshots().await;
        // Folded anew from the history, it is the same.
        platform.damage_snapshots().await;
        platform = platform.restart().await;
        assert!(platform.knows().await == before);
    }
}
