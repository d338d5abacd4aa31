//! A model of outcomes, fitted to a log: what came back in cases like this one, drawn again.
//!
//! For each destination, for first and for later offers of a lead, and for each segment of leads, the model keeps what came back:
//! answer, money, and the times of both. A draw takes one of these as a whole, so that accepting, paying and reporting stay
//! together. A segment with few offers borrows from all offers to the destination.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_lead::{FieldIdx, Micros, Schema, Value};

use super::{
    answers::{AnswerSource, AskedOffer, Reply, recorded},
    draws::{below, unit},
};
use crate::{log::LogLead, maturity::Maturity};

/// Offers to a destination that a segment counts as much as: with `n` offers of its own, it is drawn from with `n / (n + 50)`.
const STRENGTH: f64 = 50.0;
/// Replies that are kept of one kind of offers; of more, a sample.
const SAMPLES_MAX: usize = 4_096;
/// Kinds of offers that are told apart; those of more segments count for their destination alone.
const CELLS_MAX: usize = 20_000;

/// What a model is fitted by.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ModelPlan {
    /// Names of lead fields whose values make segments.
    pub(crate) segment_by: Vec<String>,
    /// Which leads are old enough to have brought what they bring; none: all.
    pub(crate) maturity: Option<Maturity>,
}

/// One kind of offers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct CellKey {
    destination: Arc<str>,
    /// Whether the lead was offered to others before, who did not take it.
    is_later: bool,
    /// None: all segments.
    segment: Option<Arc<str>>,
}

/// What came back, in cases of one kind.
#[derive(Debug, Clone)]
struct Cell<T> {
    n: u64,
    number: u64,
    samples: Vec<T>,
}

/// A fitted model of outcomes.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    segment_by: Vec<FieldIdx>,
    maturity: Option<Maturity>,
    offers: BTreeMap<CellKey, Cell<Reply>>,
    bids: BTreeMap<CellKey, Cell<Option<Micros>>>,
    names: BTreeSet<Arc<str>>,
    n_leads: u64,
    n_young: u64,
}

impl Model {
    /// A model of nothing yet.
    pub(crate) fn new(plan: &ModelPlan, schema: &Schema) -> Self {
        let names = plan.segment_by.iter();
        let fields = names.filter_map(|name| {
            let position = schema
                .fields()
                .iter()
                .position(|field| field.name == *name)?;
            u16::try_from(position).ok().map(FieldIdx)
        });
        Self {
            segment_by: fields.collect(),
            maturity: plan.maturity,
            offers: BTreeMap::new(),
            bids: BTreeMap::new(),
            names: BTreeSet::new(),
            n_leads: 0,
            n_young: 0,
        }
    }

    /// Learns from a lead of the log; one that may still bring something teaches nothing.
    pub(crate) fn fit(&mut self, lead: &LogLead) {
        self.n_leads += 1;
        if self
            .maturity
            .is_some_and(|maturity| maturity.is_young(lead.received_at))
        {
            self.n_young += 1;
            return;
        }
        let segment = self.segment(lead);
        let n = self.n_leads;
        for (position, offer) in lead.offers.iter().enumerate() {
            let mut reply = recorded(lead, position);
            reply.moment = None;
            for later in &mut reply.reports {
                later.moment = None;
                // What was reported before the answer was stored is told with it.
                later.after = later.after.max(reply.after);
            }
            let key = self.key(&offer.destination, position > 0, None);
            add(&mut self.offers, key, &reply, n);
            if segment.is_some() {
                let key = self.key(&offer.destination, position > 0, segment.clone());
                add(&mut self.offers, key, &reply, n);
            }
        }
        for ping in &lead.pings {
            for name in &ping.asked {
                let bid = ping.bids.get(name).copied();
                let key = self.key(name, ping.after_offers > 0, None);
                add(&mut self.bids, key, &bid, n);
                if segment.is_some() {
                    let key = self.key(name, ping.after_offers > 0, segment.clone());
                    add(&mut self.bids, key, &bid, n);
                }
            }
        }
    }

    fn key(
        &mut self,
        destination: &Arc<str>,
        is_later: bool,
        segment: Option<Arc<str>>,
    ) -> CellKey {
        if !self.names.contains(destination) {
            self.names.insert(Arc::clone(destination));
        }
        CellKey {
            destination: Arc::clone(destination),
            is_later,
            segment,
        }
    }

    /// What it was fitted to, for a reader.
    pub(crate) fn sentence(&self) -> String {
        format!(
            "the model was fitted to {} leads; {} younger ones taught nothing, since they may still bring something",
            self.n_leads - self.n_young,
            self.n_young
        )
    }

    /// The segment of a lead, such as `CA|mobile`.
    fn segment(&self, lead: &LogLead) -> Option<Arc<str>> {
        if self.segment_by.is_empty() {
            return None;
        }
        let mut text = String::new();
        for (position, field) in self.segment_by.iter().enumerate() {
            if position > 0 {
                text.push('|');
            }
            text.push_str(&shown(lead.fields.get(*field)));
        }
        Some(text.into())
    }

    /// Its answers under a seed.
    pub(super) fn seeded(self: &Arc<Self>, seed: u64) -> SeededModel {
        SeededModel {
            model: Arc::clone(self),
            seed,
        }
    }
}

fn add<T: Clone>(cells: &mut BTreeMap<CellKey, Cell<T>>, key: CellKey, sample: &T, lead: u64) {
    if key.segment.is_some() && cells.len() >= CELLS_MAX && !cells.contains_key(&key) {
        return;
    }
    let number = cells.len() as u64;
    let cell = cells.entry(key).or_insert_with(|| Cell {
        n: 0,
        number,
        samples: Vec::new(),
    });
    cell.n += 1;
    if cell.samples.len() < SAMPLES_MAX {
        cell.samples.push(sample.clone());
        return;
    }
    // Algorithm R: each of the n so far is kept with the same chance.
    let n = usize::try_from(cell.n).unwrap_or(usize::MAX);
    let place = below(n, lead, [cell.number, 0, 1]);
    if let Some(kept) = cell.samples.get_mut(place) {
        *kept = sample.clone();
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::Text(text)) => text.replace('\\', "\\\\").replace('|', "\\|"),
        Some(Value::Integer(number) | Value::Decimal(number)) => number.to_string(),
        Some(Value::Boolean(truth)) => truth.to_string(),
        Some(Value::Timestamp(at)) => at.0.to_string(),
        Some(Value::Date(date)) => date.to_string(),
    }
}

/// A model whose draws are made by one seed.
///
/// Each seed also draws the log anew that the model was fitted to: of the replies of a kind, each is there as often as in a sample
/// with replacement (a bootstrap). So replays of many seeds differ by what chance may do to leads, and by what little
/// the log knows.
#[derive(Debug, Clone)]
pub(super) struct SeededModel {
    model: Arc<Model>,
    seed: u64,
}

impl SeededModel {
    fn draw<'a, T>(
        &self,
        cells: &'a BTreeMap<CellKey, Cell<T>>,
        asked: &AskedOffer<'_>,
    ) -> Option<&'a T> {
        let name = self.model.names.get(asked.destination)?;
        let key = |segment, is_later| CellKey {
            destination: Arc::clone(name),
            is_later,
            segment,
        };
        let is_later = asked.n_before > 0;
        // Where nobody was ever asked second, what first offers brought is all that there is.
        let all = [is_later, !is_later].into_iter();
        let mut all = all.filter_map(|is_later| cells.get(&key(None, is_later)));
        let mut cell = all.next()?;
        let lead = asked.position as u64;
        if let Some(segment) = self.model.segment(asked.lead)
            && let Some(own) = cells.get(&key(Some(segment), is_later))
        {
            #[expect(clippy::cast_precision_loss, reason = "offers are far below 2^53")]
            let n = own.n as f64;
            if unit(self.seed, [lead, cell.number, 2]) < n / (n + STRENGTH) {
                cell = own;
            }
        }
        let n = cell.samples.len();
        let drawn = below(n, self.seed, [lead, cell.number, 3]);
        let again = below(n, self.seed, [drawn as u64, cell.number, 4]);
        cell.samples.get(again)
    }
}

impl AnswerSource for SeededModel {
    fn offer(&self, asked: &AskedOffer<'_>) -> Option<Reply> {
        self.draw(&self.model.offers, asked).cloned()
    }

    fn bid(&self, asked: &AskedOffer<'_>) -> Option<Option<Micros>> {
        self.draw(&self.model.bids, asked).copied()
    }
}
