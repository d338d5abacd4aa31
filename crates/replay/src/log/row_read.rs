//! A row of a flat log as it was read, and how it is copied out of its batch.

use std::{borrow::Cow, sync::Arc};

use pointsman_lead::Timestamp;
use pointsman_router::Answer;

use super::{
    Available, LogOffer, Payment, cells::Cells, columns::Names, fields::FieldReader,
    gatherer::FlatRow, lead_batch::LikeLead,
};

/// What the cells of a row say, without what is copied of them.
#[derive(Debug)]
pub(crate) struct RowRead {
    /// Its position in the batch.
    pub(crate) position: usize,
    pub(crate) number: u64,
    pub(super) order: Option<f64>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) answer: Option<Answer>,
    /// The place of the name of who got the lead; none if nobody was offered it.
    pub(crate) destination: Option<usize>,
    pub(crate) propensity: f64,
    pub(crate) reward: f64,
    /// When the reward came, where the log knows times of money and there is any.
    pub(crate) paid_at: Option<Timestamp>,
    pub(crate) available: Option<Available>,
}

impl RowRead {
    /// What it has of its own, as a lead of a kind.
    pub(super) fn like(&self, kind: usize) -> LikeLead {
        LikeLead {
            kind,
            position: self.position,
            number: self.number,
            received_at: self.at.unwrap_or_default(),
            reward: self.reward,
            paid_at: self.paid_at,
        }
    }

    fn payment(&self) -> Option<Payment> {
        self.paid_at.map(|at| Payment {
            at,
            reward: self.reward,
        })
    }
}

/// Copies rows out of their batch.
pub(crate) struct Copier<'a> {
    pub(super) names: &'a Names,
    pub(super) fields: &'a mut FieldReader,
    pub(super) field_cells: Vec<&'a Cells>,
    pub(super) lead_ids: &'a Cells,
    pub(super) clusters: &'a Cells,
}

impl Copier<'_> {
    pub(crate) fn copy(&mut self, row: &RowRead) -> FlatRow {
        let text = |cells: &Cells| cells.text(row.position).map(Cow::into_owned);
        let offer = row.destination.map(|place| LogOffer {
            destination: Arc::clone(self.names.at(place)),
            propensity: row.propensity,
            answer: Answer::Accepted,
            reward: row.reward,
            payments: row.payment().into_iter().collect(),
            available: row.available.clone(),
            outlook: None,
            orders: None,
        });
        FlatRow {
            lead_id: text(self.lead_ids),
            number: row.number,
            order: row.order,
            at: row.at,
            cluster: text(self.clusters),
            answer: row.answer,
            offer,
            fields: self.fields.copy(&self.field_cells, row.position, row.at),
        }
    }
}
