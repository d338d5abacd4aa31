//! What the sequencer is asked to do, and how leads advance by it.

use pointsman_ledger::Ledger;
use tokio::sync::oneshot;

use super::NotStored;
use crate::{
    LeadOutcome, PostbackOutcome, Refused, active_lead::ActiveLead, postback::PreparedPostback,
    step_result::StepResult,
};

/// What the sequencer is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// Decide and store a new lead.
    Accept {
        active: Box<ActiveLead>,
        reply: oneshot::Sender<Result<Advance, Refused>>,
    },
    /// Store the answer to an offer or the bids of an auction, and take the next step.
    Settle {
        active: Box<ActiveLead>,
        result: StepResult,
        reply: oneshot::Sender<Result<Advance, NotStored>>,
    },
    /// Store what a destination reports.
    Postback {
        postback: PreparedPostback,
        reply: oneshot::Sender<Result<PostbackOutcome, Refused>>,
    },
    /// Show caps, breakers and turns as they are; nothing is written.
    SnapshotLedger { reply: oneshot::Sender<Ledger> },
    /// Find out whether a lead could be stored.
    Probe {
        reply: oneshot::Sender<Result<(), Refused>>,
    },
}

/// How a lead advanced by a step.
#[derive(Debug)]
pub(crate) enum Advance {
    /// To a ping or an offer that may be made once the step is on disk.
    OnItsWay(Box<ActiveLead>),
    /// To the end of its walk.
    Ended(Box<LeadOutcome>),
    /// Not at all: this request was answered before.
    Repeated(Box<LeadOutcome>),
}
