//! Leads as a log hands them over: most by what they have of their own alone.

use std::{borrow::Cow, sync::Arc};

use pointsman_lead::Timestamp;

use super::{LogLead, batch::Batch, cells::Cells};

/// The leads of a batch of rows, in the order in which their last rows stand in the file.
#[derive(Debug, Default)]
pub(crate) struct LeadBatch {
    pub(crate) leads: Vec<BatchLead>,
    /// The kinds of which some are, in the order in which they are first met.
    pub(crate) kinds: Vec<KindOfLead>,
    /// The rows that they were read from, with the columns for their names and clusters.
    pub(crate) rows: Batch,
    pub(crate) lead_id: Option<String>,
    pub(crate) cluster: Option<String>,
}

/// Leads that no policy can tell apart.
#[derive(Debug, Clone)]
pub(crate) struct KindOfLead {
    /// Its number in the log, if it keeps one.
    pub(crate) number: Option<usize>,
    /// One of them.
    pub(crate) lead: Arc<LogLead>,
}

/// A lead of a batch.
#[derive(Debug)]
pub(crate) enum BatchLead {
    Whole(Box<LogLead>),
    Like(LikeLead),
}

/// What a lead of one row has of its own, beside its kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LikeLead {
    /// The place of its kind in the batch.
    pub(crate) kind: usize,
    /// The position of its row in the batch.
    pub(crate) position: usize,
    /// The number of its row in the file.
    pub(crate) number: u64,
    pub(crate) received_at: Timestamp,
    /// What its offer brought.
    pub(crate) reward: f64,
    /// When that came; none if it is not known, or nothing came.
    pub(crate) paid_at: Option<Timestamp>,
}

impl LeadBatch {
    /// Leads that were read one by one.
    pub(crate) fn whole(leads: impl IntoIterator<Item = LogLead>) -> Self {
        let leads = leads.into_iter();
        Self {
            leads: leads.map(|lead| BatchLead::Whole(Box::new(lead))).collect(),
            ..Self::default()
        }
    }

    /// The column that holds clusters.
    pub(crate) fn clusters(&self) -> &Cells {
        let column = self.cluster.as_deref();
        column.map_or(&Cells::Absent, |column| self.rows.cells(column))
    }

    /// The name of a lead of one row.
    pub(crate) fn name(&self, lead: &LikeLead) -> String {
        let column = self.lead_id.as_deref();
        let cells = column.map_or(&Cells::Absent, |column| self.rows.cells(column));
        let name = cells.text(lead.position).map(Cow::into_owned);
        name.unwrap_or_else(|| row_name(lead.number))
    }
}

/// The name of a lead that its log gives none.
pub(super) fn row_name(number: u64) -> String {
    format!("row {number}")
}
