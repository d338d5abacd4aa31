//! Leads that no policy can tell apart: found column by column, so that a log of millions has a lead to look at for each kind alone.
//!
//! Each distinct value of a field is shown to the programs once, which tell it apart as they do for a lead that is routed live. A kind of
//! leads is then a row of numbers.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;
use pointsman_flow::{Mask, ValueClasses};
use pointsman_lead::{FieldIdx, Value, ValueRef};
use smallvec::SmallVec;

use super::{LogLead, fields::FieldReader, lead_batch::KindOfLead, row_read::RowRead};
use crate::{
    policy::{FlowPolicy, LoggedConditions, is_steady},
    weigh::Reading,
};

/// Kinds that are remembered for batches to come; those of further leads are found in each batch again.
const KEPT_MAX: usize = 1 << 15;
/// The number of a value that was not seen yet.
const NEW: u64 = u64::MAX;

/// What a kind is told by.
type Key = SmallVec<[u64; 14]>;

/// Tells leads apart as some policies do.
#[derive(Debug)]
pub(super) struct Alike<'a> {
    flows: Vec<&'a FlowPolicy>,
    reading: Reading<'a>,
    columns: Vec<Values>,
    /// When a lead came in, if a policy asks for that.
    received_at: Option<Values>,
    /// Flows whose destinations open and close by the clock.
    unsteady: Vec<&'a FlowPolicy>,
    masks: HashMap<Mask, u64, RandomState>,
    kinds: HashMap<Key, usize, RandomState>,
    kept: Vec<Arc<LogLead>>,
    /// Kinds that are too many to keep, until the batch ends.
    of_batch: HashMap<Key, usize, RandomState>,
    /// Where each kept kind stands among those of the batch, and which batch that was.
    places: Vec<(u64, usize)>,
    n_batches: u64,
    /// The values of the fields of the batch, row by row.
    values: Vec<u64>,
}

/// Numbers for the values of a field. Values that all policies are told the same of have the same number.
#[derive(Debug)]
struct Values {
    field: FieldIdx,
    missing: u64,
    /// By the place of the value in its column.
    by_place: Vec<u64>,
    numbers: HashMap<ValueClasses, u64, RandomState>,
    next: u64,
}

impl Values {
    fn new(field: FieldIdx) -> Self {
        Self {
            field,
            missing: NEW,
            by_place: Vec::new(),
            numbers: HashMap::default(),
            next: 0,
        }
    }

    fn number(&mut self, flows: &[&FlowPolicy], value: Option<(Option<usize>, &Value)>) -> u64 {
        let known = match value {
            None => self.missing,
            Some((Some(place), _)) => self.by_place.get(place).copied().unwrap_or(NEW),
            Some((None, _)) => NEW,
        };
        if known != NEW {
            return known;
        }
        let number = self.new_number(flows, value.map(|(_, value)| value.borrowed()));
        match value {
            None => self.missing = number,
            Some((Some(place), _)) => {
                if place >= self.by_place.len() {
                    self.by_place.resize(place + 1, NEW);
                }
                self.by_place[place] = number;
            }
            Some((None, _)) => {}
        }
        number
    }

    fn new_number(&mut self, flows: &[&FlowPolicy], value: Option<ValueRef<'_>>) -> u64 {
        let mut of_all = ValueClasses::new();
        let mut is_told = true;
        for flow in flows {
            match flow.program.classes_of_value(self.field, value) {
                Some(told) => of_all.extend(told),
                None => is_told = false,
            }
        }
        let next = self.next;
        // A value that a policy computes with is like no other one.
        let number = if is_told {
            *self.numbers.entry(of_all).or_insert(next)
        } else {
            next
        };
        self.next += u64::from(number == next);
        number
    }
}

impl<'a> Alike<'a> {
    /// * `flows`: all policies that are to weigh the leads.
    /// * `fields`: the columns that hold fields.
    pub(super) fn new(
        flows: Vec<&'a FlowPolicy>,
        fields: &FieldReader,
        reading: Reading<'a>,
    ) -> Self {
        // What no test asks for is told in no codes, whatever it is.
        let asks = |field: &FieldIdx| {
            let told = |flow: &&FlowPolicy| flow.program.classes_of_value(*field, None);
            flows
                .iter()
                .any(|flow| told(flow).is_none_or(|told| !told.is_empty()))
        };
        let received_at = fields.received_at().filter(asks).map(Values::new);
        let unsteady = flows.iter().filter(|flow| !is_steady(&flow.program));
        Self {
            unsteady: unsteady.copied().collect(),
            columns: fields.fields().map(Values::new).collect(),
            received_at,
            flows,
            reading,
            masks: HashMap::default(),
            kinds: HashMap::default(),
            kept: Vec::new(),
            of_batch: HashMap::default(),
            places: Vec::new(),
            n_batches: 0,
            values: Vec::new(),
        }
    }

    /// Begins a batch.
    pub(super) fn begin(&mut self) {
        self.n_batches += 1;
        self.of_batch.clear();
        self.values.clear();
    }

    /// Takes in the next value of a row; rows come one after the other, with all their columns.
    pub(super) fn see(&mut self, column: usize, value: Option<(Option<usize>, &Value)>) {
        let number = self.columns[column].number(&self.flows, value);
        self.values.push(number);
    }

    /// The place of a row's kind among those of the batch.
    ///
    /// * `copy`: the row as a lead; only called for a kind that is new.
    pub(super) fn kind(
        &mut self,
        row: &RowRead,
        kinds: &mut Vec<KindOfLead>,
        copy: impl FnOnce() -> Option<LogLead>,
    ) -> Option<usize> {
        let key = self.key(row);
        let place = kinds.len();
        if let Some(number) = self.kinds.get(&key).copied() {
            let known = &mut self.places[number];
            if known.0 == self.n_batches {
                return Some(known.1);
            }
            *known = (self.n_batches, place);
            kinds.push(KindOfLead {
                number: Some(number),
                lead: Arc::clone(&self.kept[number]),
            });
            return Some(place);
        }
        if let Some(place) = self.of_batch.get(&key) {
            return Some(*place);
        }
        let lead = Arc::new(copy()?);
        let number = self.kept.len();
        if number < KEPT_MAX {
            self.kinds.insert(key, number);
            self.kept.push(Arc::clone(&lead));
            self.places.push((self.n_batches, place));
        } else {
            self.of_batch.insert(key, place);
        }
        kinds.push(KindOfLead {
            number: Some(number).filter(|number| *number < KEPT_MAX),
            lead,
        });
        Some(place)
    }

    fn key(&mut self, row: &RowRead) -> Key {
        let n_columns = self.columns.len();
        let begin = row.position * n_columns;
        let mut key = Key::from_slice(&self.values[begin..begin + n_columns]);
        if let Some(times) = &mut self.received_at {
            let value = row.at.map(Value::Timestamp);
            key.push(times.number(&self.flows, value.as_ref().map(|value| (None, value))));
        }
        let offered = row.destination.is_some();
        let at = row.at.unwrap_or_default();
        for flow in &self.unsteady {
            let logged = LoggedConditions {
                available: row.available.as_ref().filter(|_| offered),
                orders: None,
            };
            let free = flow.conditions(logged, self.reading.known, at).free;
            let next = self.masks.len() as u64;
            key.push(*self.masks.entry(free).or_insert(next));
        }
        let destination = row.destination.map_or(NEW, |place| place as u64);
        let answer = row.answer.map_or(NEW, |answer| answer as u64);
        // A set is known by where it is: the lead of its kind holds it, so that no other one can come to stand there.
        let available = row
            .available
            .as_ref()
            .map_or(0, |set| Arc::as_ptr(set).cast::<()>() as usize as u64);
        key.extend([destination, row.propensity.to_bits(), answer, available]);
        key
    }
}
