//! Foreign logs: one offer a row, several rows a lead where a column says so.

use std::sync::Arc;

use pointsman_lead::Timestamp;
use pointsman_router::Answer;

use super::{
    alike::Alike,
    batch::Batch,
    cells::Cells,
    columns::{Columns, Names},
    fields::{FieldReader, SeenValue},
    findings::{Findings, Noted},
    gatherer::Gatherer,
    lead_batch::{BatchLead, LeadBatch},
    line::Line,
    row_read::{Copier, RowRead},
    times::Times,
};

/// Reads the rows of batches. Rows with a mistake are noted and left out.
#[derive(Debug)]
pub(crate) struct FlatReader {
    columns: Columns,
    names: Names,
    times: Times,
    /// Offers whose reward is not known.
    pub(crate) n_without_reward: u64,
    /// Rows whose time a clock change makes doubtful.
    pub(crate) doubtful_times: Noted,
}

/// The columns of one batch.
struct Mapped<'a> {
    destination: &'a Cells,
    propensity: &'a Cells,
    reward: &'a Cells,
    cost: &'a Cells,
    at: &'a Cells,
    lead_id: &'a Cells,
    offer: &'a Cells,
    answer: &'a Cells,
    cluster: &'a Cells,
    available: &'a Cells,
    converted_at: &'a Cells,
}

impl FlatReader {
    pub(crate) fn new(columns: Columns, times: Times) -> Self {
        let names = Names::new(columns.destinations.clone());
        Self {
            columns,
            names,
            times,
            n_without_reward: 0,
            doubtful_times: Noted::default(),
        }
    }

    /// Reads the rows of a batch.
    ///
    /// * `see`: gets the values of the fields of each row, as [`FieldReader::see`] gives them.
    pub(crate) fn read(
        &mut self,
        batch: &Batch,
        fields: &mut FieldReader,
        findings: &mut Findings,
        see: &mut dyn FnMut(usize, Option<SeenValue<'_>>),
    ) -> Vec<RowRead> {
        let mapped = self.mapped(batch);
        let field_cells = fields.cells(batch);
        let mut rows = Vec::with_capacity(batch.numbers.len());
        for (row, &number) in batch.numbers.iter().enumerate() {
            fields.see(&field_cells, row, Line::new(number, findings), see);
            let line = Line::new(number, findings).with_numbers(self.times.numbers);
            rows.extend(self.row(&mapped, row, line));
        }
        rows
    }

    /// The name of who got the lead of a row, if somebody did.
    pub(crate) fn destination(&self, row: &RowRead) -> Option<&Arc<str>> {
        row.destination.map(|place| self.names.at(place))
    }

    /// The lead that a row names, if leads have names.
    pub(crate) fn lead_ids<'a>(&self, batch: &'a Batch) -> &'a Cells {
        self.mapped(batch).lead_id
    }

    pub(crate) fn clusters<'a>(&self, batch: &'a Batch) -> &'a Cells {
        self.mapped(batch).cluster
    }

    /// The leads that rows complete: those of one row by their kinds, if these are asked for, and all others whole.
    pub(crate) fn leads(
        &self,
        batch: Batch,
        rows: &[RowRead],
        fields: &mut FieldReader,
        gatherer: &mut Gatherer,
        mut alike: Option<&mut Alike<'_>>,
    ) -> LeadBatch {
        let mut leads = Vec::with_capacity(rows.len());
        let mut kinds = Vec::new();
        let mut copier = Copier {
            names: &self.names,
            field_cells: fields.cells(&batch),
            lead_ids: self.lead_ids(&batch),
            clusters: self.clusters(&batch),
            fields,
        };
        for row in rows {
            let is_one = || {
                let lead_id = copier.lead_ids.text(row.position);
                !gatherer.has_several(lead_id.as_deref())
            };
            let lead = match alike.as_mut().filter(|_| is_one()) {
                None => {
                    let lead = gatherer.take(copier.copy(row));
                    lead.map(|lead| BatchLead::Whole(Box::new(lead)))
                }
                Some(alike) => {
                    let copy = || gatherer.take(copier.copy(row));
                    let kind = alike.kind(row, &mut kinds, copy);
                    kind.map(|kind| BatchLead::Like(row.like(kind)))
                }
            };
            leads.extend(lead);
        }
        LeadBatch {
            leads,
            kinds,
            rows: batch,
            lead_id: self.columns.lead_id.clone(),
            cluster: self.columns.cluster.clone(),
        }
    }

    fn mapped<'a>(&self, batch: &'a Batch) -> Mapped<'a> {
        let optional = |column: &Option<String>| match column {
            Some(column) => batch.cells(column),
            None => &Cells::Absent,
        };
        let columns = &self.columns;
        Mapped {
            destination: batch.cells(&columns.destination),
            propensity: optional(&columns.propensity),
            reward: optional(&columns.reward),
            cost: optional(&columns.cost),
            at: optional(&columns.at),
            lead_id: optional(&columns.lead_id),
            offer: optional(&columns.offer),
            answer: optional(&columns.answer),
            cluster: optional(&columns.cluster),
            available: optional(&columns.available),
            converted_at: optional(&columns.converted_at),
        }
    }

    fn row(&mut self, batch: &Mapped<'_>, row: usize, mut line: Line<'_>) -> Option<RowRead> {
        let columns = &self.columns;
        let [
            reward_name,
            cost_name,
            order_name,
            at_name,
            converted_name,
            answer_name,
            available_name,
        ] = names_of(columns);
        let is_unsold = columns.has_unsold_rows && batch.destination.text(row).is_none();
        let hint = "a flat log has one offer a row; if such rows are leads that nobody was offered, write unsold_rows = true below [columns]";
        let destination = if is_unsold {
            None
        } else {
            line.there(batch.destination, row, &columns.destination, hint)
        };
        let propensity = match &columns.propensity {
            Some(column) if !is_unsold => line.propensity(batch.propensity, row, column),
            _ => f64::NAN,
        };
        let reward = line.float(batch.reward, row, reward_name);
        let cost = line.float(batch.cost, row, cost_name);
        let order = line.float(batch.offer, row, order_name);
        let (times, doubtful) = (&self.times, &mut self.doubtful_times);
        let at = line.time(batch.at, row, at_name, times, doubtful);
        let converted_at = line.time(batch.converted_at, row, converted_name, times, doubtful);
        let answer = line.answer(batch.answer, row, answer_name, &columns.answers);
        let available = line.available(batch.available, row, available_name, &mut self.names);
        if let Some(column) = &columns.lead_id {
            line.there(batch.lead_id, row, column, "each row names its lead");
        }
        if !line.is_sound() {
            return None;
        }
        let has_no_reward = columns.reward.is_some() && reward.is_none() && !is_unsold;
        self.n_without_reward += u64::from(has_no_reward);
        let reward = worth(columns, answer, reward, cost);
        Some(RowRead {
            position: row,
            number: line.number(),
            order,
            at,
            answer,
            destination: destination.map(|text| self.names.place(&text)),
            propensity,
            reward,
            paid_at: paid_at(columns, reward, converted_at.or(at)),
            available,
        })
    }
}

/// What columns that may be missing are called, for messages: reward, cost, order, time, time of the money, answer, who was free.
fn names_of(columns: &Columns) -> [&str; 7] {
    [
        &columns.reward,
        &columns.cost,
        &columns.offer,
        &columns.at,
        &columns.converted_at,
        &columns.answer,
        &columns.available,
    ]
    .map(|column| column.as_deref().unwrap_or_default())
}

/// When a reward came, in a log that knows times of money. Money without a time of its own came with the answer.
fn paid_at(columns: &Columns, reward: f64, at: Option<Timestamp>) -> Option<Timestamp> {
    at.filter(|_| columns.converted_at.is_some() && reward != 0.0)
}

/// What an offer brought, less what the lead cost.
fn worth(columns: &Columns, answer: Option<Answer>, reward: Option<f64>, cost: Option<f64>) -> f64 {
    let is_accepted = answer == Some(Answer::Accepted);
    let flat_rate = columns
        .accepted_reward
        .filter(|_| is_accepted && columns.reward.is_none());
    reward.or(flat_rate).unwrap_or(0.0) - cost.unwrap_or(0.0)
}
