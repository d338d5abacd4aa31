//! What sources were told, what buyers took, and what is stored: held against each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use pointsman_store::{
    DecisionRow, DeliveryRow, DeliveryState, EndState, LeadRow, LeadStatus, Store,
};
use pointsman_testkit::{Answer, Received};
use serde_json::Value;

use super::{
    market::{CAPPED, Market},
    traffic::Acknowledged,
};

/// More rows than a round has.
const ALL: u64 = 1_000_000;

/// What the rounds so far have shown.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The last lead that was looked at, in commit order.
    seq: i64,
    /// Posts of each buyer that were looked at.
    n_posts: BTreeMap<&'static str, usize>,
    n_capped: u64,
    n_sold: usize,
    n_interrupted: usize,
}

/// What became of the leads of one round.
#[derive(Debug, Default)]
pub(super) struct Round {
    statuses: BTreeMap<&'static str, usize>,
    n_deliveries: usize,
    n_interrupted: usize,
    /// Held deliveries whose buyer has the lead all the same.
    n_taken_in_silence: usize,
}

impl fmt::Display for Round {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (status, n_leads) in &self.statuses {
            write!(formatter, "{n_leads} {status}, ")?;
        }
        let Self {
            statuses: _,
            n_deliveries,
            n_interrupted,
            n_taken_in_silence,
        } = self;
        write!(
            formatter,
            "{n_deliveries} deliveries, {n_interrupted} of them cut off by the kill, \
             {n_taken_in_silence} taken without an answer"
        )
    }
}

/// Everything that is stored about one lead.
struct Story<'a> {
    lead: &'a LeadRow,
    decision: &'a DecisionRow,
    deliveries: Vec<&'a DeliveryRow>,
}

impl Findings {
    /// Looks at all leads of a round.
    pub(super) async fn check_round(
        &mut self,
        store: &Store,
        market: &Market,
        acknowledged: &Acknowledged,
    ) -> Round {
        let read = store.read();
        let leads = read.leads_in_order(self.seq, ALL).await.unwrap();
        self.seq = leads.last().map_or(self.seq, |lead| lead.seq);
        let ids: Vec<String> = leads.iter().map(|lead| lead.id.clone()).collect();
        let decisions = read.decisions_of_leads(&ids).await.unwrap();
        let deliveries = read.deliveries_of_leads(&ids).await.unwrap();
        let posts = self.posts(market, &deliveries);

        // Each acknowledged lead once, and no other.
        let keys: BTreeSet<&String> = leads
            .iter()
            .filter_map(|lead| lead.idempotency_key.as_ref())
            .collect();
        assert_eq!(keys.len(), leads.len(), "each key is one lead");
        assert!(
            keys.into_iter().eq(acknowledged.keys()),
            "leads and acknowledgements"
        );
        assert_eq!(decisions.len(), leads.len(), "each lead has one decision");

        let mut round = Round {
            n_deliveries: deliveries.len(),
            ..Round::default()
        };
        let decisions: BTreeMap<&str, &DecisionRow> = decisions
            .iter()
            .map(|decision| (decision.lead_id.as_str(), decision))
            .collect();
        let mut of_lead: BTreeMap<&str, Vec<&DeliveryRow>> = BTreeMap::new();
        for delivery in &deliveries {
            of_lead.entry(&delivery.lead_id).or_default().push(delivery);
        }
        for lead in &leads {
            let story = Story {
                lead,
                decision: decisions[lead.id.as_str()],
                deliveries: of_lead.remove(lead.id.as_str()).unwrap_or_default(),
            };
            let key = lead.idempotency_key.as_deref().unwrap_or_default();
            check_acknowledgement(&story, &acknowledged[key]);
            check_ends(&story);
            check_buyers(&story, &posts, &mut round);
            *round.statuses.entry(word(lead.status)).or_default() += 1;
        }
        let charged = deliveries.iter().filter(|delivery| {
            delivery.destination == CAPPED
                && matches!(
                    delivery.state,
                    DeliveryState::Accepted | DeliveryState::Held
                )
        });
        self.n_capped += u64::try_from(charged.count()).unwrap();
        self.n_sold += round.statuses.get("sold").copied().unwrap_or(0);
        self.n_interrupted += round.n_interrupted;
        round
    }

    /// What the buyers received since the last round, by delivery. Fails for a post without a delivery,
    /// and for a delivery that was posted twice.
    fn posts(&mut self, market: &Market, deliveries: &[DeliveryRow]) -> BTreeMap<String, Received> {
        let known: BTreeMap<&str, &str> = deliveries
            .iter()
            .map(|delivery| (delivery.id.as_str(), delivery.destination.as_str()))
            .collect();
        let mut posts = BTreeMap::new();
        for buyer in &market.buyers {
            let n_known = self.n_posts.entry(buyer.name).or_default();
            for post in buyer.received_since(*n_known) {
                *n_known += 1;
                let delivery = known.get(post.idempotency_key.as_str());
                assert_eq!(
                    delivery,
                    Some(&buyer.name),
                    "on disk before the first byte: {post:?}"
                );
                assert_ne!(post.answer, Answer::Malformed, "{post:?}");
                let before = posts.insert(post.idempotency_key.clone(), post);
                assert!(before.is_none(), "posted twice: {before:?}");
            }
        }
        posts
    }

    /// Fails if the capped buyer has, or may have, more leads than it wanted; and if the kills hit
    /// nothing, so that the rounds have shown nothing.
    pub(super) fn check_all(&self, market: &Market, n_leads: usize) {
        let Self {
            n_capped,
            n_sold,
            n_interrupted,
            ..
        } = self;
        assert!(*n_capped <= market.cap, "{n_capped} of {}", market.cap);
        assert!(*n_sold >= n_leads / 4, "{n_sold} of {n_leads} are sold");
        assert!(*n_interrupted > 0, "no offer was on its way at any kill");
    }
}

pub(super) fn word(status: LeadStatus) -> &'static str {
    match status {
        LeadStatus::Sold => "sold",
        LeadStatus::Unsold => "unsold",
        LeadStatus::Declined => "declined",
        LeadStatus::Held => "held",
        _ => "of another status",
    }
}

/// What the source was told is what is stored.
fn check_acknowledgement(story: &Story<'_>, answer: &Value) {
    let Story {
        lead,
        decision,
        deliveries,
    } = story;
    assert_eq!(answer["lead_id"], *lead.id, "{answer}");
    assert_eq!(answer["decision_id"], *decision.id, "{answer}");
    let status = answer["status"].as_str().unwrap();
    // Whoever does not wait is told no more than that the lead is on disk.
    if status == "queued" {
        return;
    }
    assert_eq!(status, word(lead.status), "{answer}");
    let taken = deliveries
        .iter()
        .find(|delivery| delivery.state == DeliveryState::Accepted);
    let destination = taken.map(|delivery| delivery.destination.as_str());
    assert_eq!(answer["destination"].as_str(), destination, "{answer}");
}

/// Everything about the lead has come to its end, and the ends fit together.
fn check_ends(story: &Story<'_>) {
    let Story {
        lead,
        decision,
        deliveries,
    } = story;
    let of = |state: DeliveryState| {
        let those = deliveries.iter().filter(|delivery| delivery.state == state);
        those.count()
    };
    let (n_accepted, n_held) = (of(DeliveryState::Accepted), of(DeliveryState::Held));
    let n_refused = of(DeliveryState::Rejected) + of(DeliveryState::NotSent);
    assert_eq!(
        n_accepted + n_held + n_refused,
        deliveries.len(),
        "every delivery has ended: {deliveries:?}"
    );
    let expected = match lead.status {
        LeadStatus::Sold => (EndState::Sold, 1, 0),
        LeadStatus::Held => (EndState::Held, 0, 1),
        LeadStatus::Unsold => (EndState::Unsold, 0, 0),
        LeadStatus::Declined => (EndState::Declined, 0, 0),
        status => panic!("lead {} is {status:?}", lead.id),
    };
    let found = (decision.end_state.unwrap(), n_accepted, n_held);
    assert_eq!(found, expected, "lead {}", lead.id);
    let destinations: BTreeSet<&String> = deliveries.iter().map(|it| &it.destination).collect();
    assert_eq!(destinations.len(), deliveries.len(), "each at most once");
}

/// What the buyers did is what is stored, as far as they said so; and at most one of them has the lead.
fn check_buyers(story: &Story<'_>, posts: &BTreeMap<String, Received>, round: &mut Round) {
    let mut n_taken = 0;
    for delivery in &story.deliveries {
        let answer = posts.get(&delivery.id).map(|post| post.answer);
        let took = answer.is_some_and(Answer::took);
        n_taken += usize::from(took);
        let fits = match delivery.state {
            DeliveryState::Accepted => took,
            DeliveryState::Rejected => matches!(answer, Some(Answer::Rejected | Answer::Busy)),
            DeliveryState::NotSent => answer.is_none(),
            DeliveryState::Held => true,
            DeliveryState::Pending | DeliveryState::Sending => false,
        };
        assert!(fits, "{delivery:?} of a buyer who did {answer:?}");
        if delivery.state == DeliveryState::Held {
            round.n_taken_in_silence += usize::from(took);
            let reason = delivery.reason.as_deref().unwrap_or_default();
            round.n_interrupted += usize::from(reason.contains("restarted"));
        }
    }
    assert!(
        n_taken <= 1,
        "lead {} was taken {n_taken} times",
        story.lead.id
    );
}
