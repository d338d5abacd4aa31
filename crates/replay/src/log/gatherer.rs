//! Leads of several rows: put together, however far apart the rows are.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;
use pointsman_lead::{Fields, Timestamp};
use pointsman_router::{Answer, UnitHashes};

use super::{LogLead, LogOffer, RepeatedOffers, lead_batch::row_name};

/// One row of a flat log.
#[derive(Debug)]
pub(crate) struct FlatRow {
    pub(super) lead_id: Option<String>,
    pub(super) number: u64,
    pub(super) order: Option<f64>,
    pub(super) at: Option<Timestamp>,
    pub(super) cluster: Option<String>,
    pub(super) answer: Option<Answer>,
    /// None for a lead that nobody was offered.
    pub(super) offer: Option<LogOffer>,
    pub(super) fields: Fields,
}

impl FlatRow {
    /// Who got the lead, if somebody did.
    fn destination(&self) -> Option<&str> {
        self.offer.as_ref().map(|offer| &*offer.destination)
    }
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

    /// Whether a lead has several rows.
    pub(crate) fn has_several(&self, lead_id: Option<&str>) -> bool {
        let lead_id = lead_id.filter(|_| !self.rows_left.is_empty());
        lead_id.is_some_and(|lead_id| self.rows_left.contains_key(lead_id))
    }

    /// Takes a row, and gives the lead that it completes.
    pub(crate) fn take(&mut self, mut row: FlatRow) -> Option<LogLead> {
        let Some(lead_id) = row.lead_id.take() else {
            return lead_of(row_name(row.number), vec![row], self.repeated);
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
