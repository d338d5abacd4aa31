//! A lead that counts, as the sums of an evaluation see it.

use pointsman_lead::Timestamp;

use crate::{
    log::{
        LogLead,
        lead_batch::{BatchLead, LeadBatch, LikeLead},
    },
    weigh::Brought,
};

/// Leads as they come to an evaluation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Leads<'a> {
    Whole(&'a [LogLead]),
    Batch(&'a LeadBatch),
}

/// A lead that is old enough, with the money that counts.
#[derive(Debug, Clone)]
pub(crate) struct Ripe<'a> {
    /// The lead, or one that no policy can tell from it.
    pub(crate) like: &'a LogLead,
    /// What it has of its own, where `like` is another one.
    pub(crate) own: Option<&'a LikeLead>,
    pub(crate) received_at: Timestamp,
    pub(crate) brought: Brought<'a>,
}

impl<'a> Leads<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Whole(leads) => leads.len(),
            Self::Batch(batch) => batch.leads.len(),
        }
    }

    /// One of them, as if all money counted.
    pub(crate) fn get(self, at: usize) -> Ripe<'a> {
        match self {
            Self::Whole(leads) => Ripe::whole(&leads[at]),
            Self::Batch(batch) => match &batch.leads[at] {
                BatchLead::Whole(lead) => Ripe::whole(lead),
                BatchLead::Like(own) => Ripe {
                    like: &batch.kinds[own.kind].lead,
                    own: Some(own),
                    received_at: own.received_at,
                    brought: Brought::Once(own.reward),
                },
            },
        }
    }

    /// The name of one of its leads.
    pub(crate) fn name(self, lead: &Ripe<'_>) -> String {
        match (self, lead.own) {
            (Self::Batch(batch), Some(own)) => batch.name(own),
            _ => lead.like.lead_id.clone(),
        }
    }
}

impl<'a> Ripe<'a> {
    fn whole(lead: &'a LogLead) -> Self {
        Self {
            like: lead,
            own: None,
            received_at: lead.received_at,
            brought: Brought::All(lead),
        }
    }
}
