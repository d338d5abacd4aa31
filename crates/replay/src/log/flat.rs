//! Foreign logs: one offer a row, several rows a lead where a column says so.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;
use pointsman_lead::{Fields, Timestamp};
use pointsman_router::{Answer, UnitHashes};

use super::{
    LogLead, LogOffer, Payment, RepeatedOffers,
    batch::Batch,
    cells::Cells,
    columns::{Columns, Names},
    fields::FieldReader,
    findings::{Findings, Noted},
    line::Line,
    times::Times,
};

/// One row of a flat log.
#[derive(Debug)]
pub(crate) struct FlatRow {
    pub(crate) lead_id: Option<String>,
    pub(crate) number: u64,
    order: Option<f64>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) cluster: Option<String>,
    answer: Option<Answer>,
    /// None for a lead that nobody was offered.
    pub(crate) offer: Option<LogOffer>,
    fields: Fields,
}

impl FlatRow {
    /// Who got the lead, if somebody did.
    pub(crate) fn destination(&self) -> Option<&str> {
        self.offer.as_ref().map(|offer| &*offer.destination)
    }
}

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
    pub(crate) fn read(
        &mut self,
        batch: &Batch,
        fields: &mut FieldReader,
        findings: &mut Findings,
    ) -> Vec<FlatRow> {
        let mapped = self.mapped(batch);
        let field_cells = fields.cells(batch);
        let mut rows = Vec::with_capacity(batch.numbers.len());
        for (row, &number) in batch.numbers.iter().enumerate() {
            let at = mapped.at.known_time(row, &self.times);
            let values = fields.read(&field_cells, row, at, Line::new(number, findings));
            let line = Line::new(number, findings).with_numbers(self.times.numbers);
            rows.extend(self.row(&mapped, row, values, line));
        }
        rows
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

    fn row(
        &mut self,
        batch: &Mapped<'_>,
        row: usize,
        fields: Fields,
        mut line: Line<'_>,
    ) -> Option<FlatRow> {
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
            String::new()
        } else {
            line.needed(batch.destination, row, &columns.destination, hint)
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
        let lead_id = columns
            .lead_id
            .as_ref()
            .map(|column| line.needed(batch.lead_id, row, column, "each row names its lead"));
        if !line.is_sound() {
            return None;
        }
        let has_no_reward = columns.reward.is_some() && reward.is_none() && !is_unsold;
        self.n_without_reward += u64::from(has_no_reward);
        let reward = worth(columns, answer, reward, cost);
        let offer = LogOffer {
            destination: self.names.name(&destination),
            propensity,
            answer: Answer::Accepted,
            reward,
            payments: payment_of(columns, reward, converted_at.or(at))
                .into_iter()
                .collect(),
            available,
            outlook: None,
            orders: None,
        };
        Some(FlatRow {
            lead_id,
            number: line.number(),
            order,
            at,
            cluster: batch.cluster.text(row).map(std::borrow::Cow::into_owned),
            answer,
            offer: (!is_unsold).then_some(offer),
            fields,
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

/// What came when, in a log that knows times of money. Money without a time of its own came with the answer.
fn payment_of(columns: &Columns, reward: f64, at: Option<Timestamp>) -> Option<Payment> {
    let at = at.filter(|_| columns.converted_at.is_some() && reward != 0.0)?;
    Some(Payment { at, reward })
}

/// What an offer brought, less what the lead cost.
fn worth(columns: &Columns, answer: Option<Answer>, reward: Option<f64>, cost: Option<f64>) -> f64 {
    let is_accepted = answer == Some(Answer::Accepted);
    let flat_rate = columns
        .accepted_reward
        .filter(|_| is_accepted && columns.reward.is_none());
    reward.or(flat_rate).unwrap_or(0.0) - cost.unwrap_or(0.0)
}

/// Puts the rows of a lead together, however far apart they are.
///
/// A lead is complete when its last row has come, which the survey has counted, so that only the
/// leads whose rows are spread out are held.
#[derive(Debug)]
pub(crate) struct Gatherer {
    rows_left: HashMap<Arc<str>, u32, RandomState>,
    open: HashMap<String, Vec<FlatRow>>,
    repeated: RepeatedOffers,
}

impl Gatherer {
    /// * `n_rows`: rows of each lead that has several.
    /// * `repeated`: what several rows with one destination are.
    pub(crate) fn new(
        n_rows: HashMap<Arc<str>, u32, RandomState>,
        repeated: RepeatedOffers,
    ) -> Self {
        Self {
            rows_left: n_rows,
            open: HashMap::new(),
            repeated,
        }
    }

    /// Takes a row, and gives the lead that it completes.
    pub(crate) fn take(&mut self, mut row: FlatRow) -> Option<LogLead> {
        let Some(lead_id) = row.lead_id.take() else {
            let lead_id = format!("row {}", row.number);
            return lead_of(lead_id, vec![row], self.repeated);
        };
        let Some(left) = self.rows_left.get_mut(lead_id.as_str()) else {
            return lead_of(lead_id, vec![row], self.repeated);
        };
        *left = left.saturating_sub(1);
        if *left > 0 {
            self.open.entry(lead_id).or_default().push(row);
            return None;
        }
        let mut rows = self.open.remove(&lead_id).unwrap_or_default();
        rows.push(row);
        lead_of(lead_id, rows, self.repeated)
    }
}

/// Makes one row of those with the same destination, in the order of the file.
fn merge_repeated(rows: &mut Vec<FlatRow>, repeated: RepeatedOffers) {
    if repeated == RepeatedOffers::Refuse || rows.len() < 2 {
        return;
    }
    let mut kept: Vec<FlatRow> = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        let same = kept
            .iter_mut()
            .find(|known| known.destination() == row.destination());
        let Some(same) = same else {
            kept.push(row);
            continue;
        };
        if let (Some(known), Some(more)) = (&mut same.offer, &row.offer)
            && repeated == RepeatedOffers::SumRewards
        {
            known.reward += more.reward;
            known.payments.extend(more.payments.iter().copied());
        }
    }
    *rows = kept;
}

/// A lead out of its rows: fields and times of the first offer, then all offers in order.
fn lead_of(lead_id: String, mut rows: Vec<FlatRow>, repeated: RepeatedOffers) -> Option<LogLead> {
    merge_repeated(&mut rows, repeated);
    rows.sort_by(|a, b| {
        let order = |row: &FlatRow| row.order.unwrap_or(f64::INFINITY);
        let by_order = order(a).total_cmp(&order(b));
        by_order.then(a.at.cmp(&b.at)).then(a.number.cmp(&b.number))
    });
    let offered = rows.iter().filter(|row| row.offer.is_some()).count();
    let mut offers = Vec::with_capacity(offered);
    let mut first = None;
    for row in rows {
        let FlatRow {
            at,
            cluster,
            answer,
            offer,
            fields,
            ..
        } = row;
        if let Some(offer) = offer {
            // Without a word from the log: somebody came after all but the last, so they had said no.
            let usual = if offers.len() + 1 < offered {
                Answer::Rejected
            } else {
                Answer::Accepted
            };
            let answer = answer.unwrap_or(usual);
            offers.push(LogOffer { answer, ..offer });
        }
        first.get_or_insert((at, cluster, fields));
    }
    let (at, cluster, fields) = first?;
    Some(LogLead {
        unit_key: lead_id.clone(),
        unit_hashes: UnitHashes::new(),
        lead_id,
        received_at: at.unwrap_or_default(),
        cluster,
        epoch: None,
        fields,
        offers,
        pings: Vec::new(),
        end: None,
        timeline: None,
    })
}
