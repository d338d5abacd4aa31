//! What the writer is asked to do, and where leads stand after it.

use pointsman_delivery::QuoteEnd;
use pointsman_flow::ProgramDestination;
use pointsman_history::record::BidRecord;
use pointsman_ledger::Ledger;
use tokio::sync::oneshot;

use super::NotStored;
use crate::{
    LeadOutcome, PostbackOutcome, Refused,
    active_lead::{ActiveLead, Verdict},
    postback::Ready,
};

/// What the writer is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// Decide and store a new lead.
    Accept {
        active: Box<ActiveLead>,
        reply: oneshot::Sender<Result<Moved, Refused>>,
    },
    /// Store the answer to an offer or the bids of an auction, and take the next step.
    Settle {
        active: Box<ActiveLead>,
        news: News,
        reply: oneshot::Sender<Result<Moved, NotStored>>,
    },
    /// Store what a destination reports.
    Postback {
        ready: Ready,
        reply: oneshot::Sender<Result<PostbackOutcome, Refused>>,
    },
    /// Show caps, breakers and turns as they are; nothing is written.
    SnapshotLedger { reply: oneshot::Sender<Ledger> },
    /// Find out whether a lead could be stored.
    Probe {
        reply: oneshot::Sender<Result<(), Refused>>,
    },
}

/// What a lead's walk was waiting for.
#[derive(Debug, Clone)]
pub(crate) enum News {
    /// The answer to its offer.
    Answer(Report),
    /// What was bid for it.
    Bids(Vec<BidRecord>),
}

impl News {
    /// Nothing is known of what a lead's walk was waiting for.
    ///
    /// * `reason`: what happened to it here.
    pub(crate) fn nothing(active: &ActiveLead, reason: &str) -> Self {
        let Some(pinging) = &active.pinging else {
            return Self::Answer(Report {
                verdict: Verdict {
                    reason: Some(reason.to_owned()),
                    ..Verdict::interrupted()
                },
                ..Report::interrupted()
            });
        };
        let no_bid = |destination: &ProgramDestination| BidRecord {
            destination: destination.name.clone(),
            bid: None,
            ping_id: None,
            end: QuoteEnd::Failed,
            reason: Some(reason.to_owned()),
            status: None,
            latency_ms: 0,
            response_excerpt: None,
        };
        Self::Bids(pinging.destinations.iter().map(no_bid).collect())
    }
}

/// The answer to an offer, with the record of its exchange.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) verdict: Verdict,
    pub(crate) status: Option<u16>,
    pub(crate) latency_ms: u64,
    pub(crate) response_excerpt: Option<String>,
    /// What was odd about the answer.
    pub(crate) finding: Option<String>,
}

impl Report {
    /// For an offer whose process died before the answer.
    pub(crate) fn interrupted() -> Self {
        Self {
            verdict: Verdict::interrupted(),
            status: None,
            latency_ms: 0,
            response_excerpt: None,
            finding: None,
        }
    }
}

/// Where a lead stands after a commit.
#[derive(Debug)]
pub(crate) enum Moved {
    /// The next ping or offer is on disk and may be made.
    OnItsWay(Box<ActiveLead>),
    /// The walk is over.
    Done(Box<LeadOutcome>),
    /// This request was answered before.
    Replayed(Box<LeadOutcome>),
}
