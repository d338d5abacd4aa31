//! A lead of a replay between its first step and the last report about it.

use std::sync::Arc;

use pointsman_bandit::Allocation;
use pointsman_flow::DestinationIdx;
use pointsman_router::{Bid, Context, RewardAttribution, Subject, Walk};

use super::{
    answers::Reply,
    paths::{Mark, subject},
};
use crate::{
    log::{CommitTime, LogLead},
    policy::FlowPolicy,
};

#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent of each other"
)]
pub(super) struct Active {
    pub(super) lead: Arc<LogLead>,
    pub(super) subject: Arc<Subject>,
    pub(super) walk: Walk,
    pub(super) attribution: RewardAttribution,
    /// The steps so far.
    pub(super) marks: Vec<Mark>,
    /// Whether all of them are those of the log.
    pub(super) follows: bool,
    /// Its source, as far as the log tells it.
    pub(super) source: String,
    /// Who was offered it, in order.
    pub(super) offered: Vec<DestinationIdx>,
    /// What the offer under way will be answered.
    pub(super) reply: Option<Reply>,
    /// What those will bid that were asked last.
    pub(super) bids: Vec<Bid>,
    /// Whether everything that was done with it has an answer that somebody knows.
    pub(super) is_known: bool,
    pub(super) is_sold: bool,
    /// Whether its walk goes on.
    pub(super) walks: bool,
    /// Reports that are still to come.
    pub(super) n_awaited: usize,
    /// Micro-units so far.
    pub(super) revenue: i64,
}

impl Active {
    pub(super) fn new(flow: &FlowPolicy, lead: &Arc<LogLead>, allocation: &Allocation) -> Self {
        let program = &flow.program;
        let subject = subject(flow, lead, allocation);
        let walk = Walk::new(Context {
            program,
            subject: &subject,
        });
        Self {
            lead: Arc::clone(lead),
            subject: Arc::new(subject),
            walk,
            attribution: RewardAttribution::new(program.flow()),
            marks: Vec::new(),
            follows: true,
            source: program.source_of(&lead.fields).to_owned(),
            offered: Vec::new(),
            reply: None,
            bids: Vec::new(),
            is_known: true,
            is_sold: false,
            walks: true,
            n_awaited: 0,
            revenue: 0,
        }
    }

    /// Offers so far.
    pub(super) fn n_offers(&self) -> usize {
        self.offered.len()
    }

    /// The next step of the log, while all steps so far were the log's.
    pub(super) fn next_moment(&self) -> Option<CommitTime> {
        let timeline = self.lead.timeline.as_ref()?;
        let next = timeline.steps.get(self.marks.len());
        next.filter(|_| self.follows).copied()
    }

    /// Whether the time of the lead was up at its next step.
    pub(super) fn has_expired(&self) -> bool {
        let timeline = self.lead.timeline.as_ref();
        self.follows
            && timeline.is_some_and(|timeline| {
                timeline.expired && timeline.steps.len() == self.marks.len() + 1
            })
    }
}
