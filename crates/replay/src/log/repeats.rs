//! Rows that stand in a log twice: it was written twice, or joined with something that has several rows a lead.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, Hash, Hasher, RandomState},
};

use foldhash::fast;

use super::{
    Log, LogLead, Mapping, RepeatedOffers,
    batch::Batch,
    findings::{Findings, Noted},
    row_read::RowRead,
    shown,
};

/// Rows after which rows that nothing names are not remembered any more, so that memory does not grow with the file.
const ROWS_MAX: usize = 1 << 22;

/// Rows alike are told from one of so many on: fewer change no value.
const RARE: u64 = 1_000;

/// Looks for rows that stand in a log twice.
///
/// By hashes, so that a row costs 32 bytes. Their key is drawn anew for every run: no log can be made to collide.
#[derive(Debug)]
pub(super) struct Repeats {
    key: RandomState,
    // Hash of what must be there once → the row where it is.
    seen: HashMap<u64, u64, fast::RandomState>,
    // Hash of the name of a lead → its first row, and the place of who got it there.
    leads: HashMap<u64, (u64, Option<usize>), fast::RandomState>,
    rule: Rule,
    repeated: Noted,
    example: Option<(u64, u64)>,
    has_times_of_day: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// A lead stands in one row.
    Lead,
    /// A lead is offered to a destination once.
    Offer(RepeatedOffers),
    /// Nothing names leads: rows that are alike in everything, the time too, are odd.
    Row,
    /// Nothing can be told.
    None,
}

impl Repeats {
    pub(super) fn new(log: &Log) -> Self {
        let rule = match log.mapping() {
            Mapping::Own => Rule::Lead,
            Mapping::Flat(columns) => match (&columns.lead_id, &columns.at) {
                (Some(_), _) => Rule::Offer(log.format().repeated_offers),
                (None, Some(_)) => Rule::Row,
                (None, None) => Rule::None,
            },
        };
        Self {
            key: RandomState::new(),
            seen: HashMap::default(),
            leads: HashMap::default(),
            rule,
            repeated: Noted::default(),
            example: None,
            has_times_of_day: false,
        }
    }

    /// A lead of our own format, which has all of its offers in one row.
    pub(super) fn see_lead(&mut self, lead: &LogLead, row: u64, findings: &mut Findings) {
        if let Some(first) = self.find(&lead.lead_id, row) {
            let hint = "a lead is one row; take out the rows that were written twice";
            findings.note("lead_repeated", "lead_id", row, Some(hint), || {
                let lead_id = shown::value(&lead.lead_id);
                format!("lead {lead_id} stands in row {first} already")
            });
        }
        let again = (1..lead.offers.len()).find(|idx| {
            let earlier = &lead.offers[..*idx];
            let name = &lead.offers[*idx].destination;
            earlier.iter().any(|offer| offer.destination == *name)
        });
        if let Some(idx) = again {
            let hint = "a lead is offered to a destination at most once";
            findings.note(
                "offer_repeated",
                "offer_destination",
                row,
                Some(hint),
                || {
                    let name = shown::value(&lead.offers[idx].destination);
                    format!(
                        "lead {} is offered to {name} twice",
                        shown::value(&lead.lead_id)
                    )
                },
            );
        }
    }

    /// A row of a flat log that names its leads; whether it is the first of its lead.
    ///
    /// * `destination`: who got the lead, if somebody did: a number, and the name.
    pub(super) fn see_row(
        &mut self,
        number: u64,
        lead_id: &str,
        destination: Option<(usize, &str)>,
        findings: &mut Findings,
    ) -> bool {
        let Rule::Offer(repeated) = self.rule else {
            return true;
        };
        let place = destination.map(|(place, _)| place);
        let lead = self.key.hash_one(lead_id);
        let known = match self.leads.entry(lead) {
            Entry::Vacant(new) => {
                new.insert((number, place));
                return true;
            }
            Entry::Occupied(known) => *known.get(),
        };
        // Most leads have one row, so that what their first row offers stands with the lead.
        let first = if known.1 == place {
            Some(known.0)
        } else {
            self.find(&(lead, place), number)
        };
        let Some(first) = first else {
            return false;
        };
        if repeated != RepeatedOffers::Refuse {
            self.repeated.see(number);
            self.example.get_or_insert((number, first));
            return false;
        }
        let hint = "a lead is offered to a destination at most once: take out rows that were logged twice, or write repeated_offers = \"first\" above the tables of scenario.toml, or \"sum_rewards\" where a join has made a row of each sale";
        findings.note("offer_repeated", "rows", number, Some(hint), || {
            format!(
                "row {number} has the lead {} and the destination {} of row {first} again",
                shown::value(lead_id),
                shown::value(destination.map(|(_, name)| name).unwrap_or_default())
            )
        });
        false
    }

    /// Rows of a log that does not name its leads.
    pub(super) fn see_batch(&mut self, batch: &Batch, rows: &[RowRead]) {
        let is_full = self.seen.len() >= ROWS_MAX;
        if self.rule != Rule::Row || is_full || rows.len() != batch.numbers.len() {
            return;
        }
        for (idx, row) in rows.iter().enumerate() {
            let mut hasher = self.key.build_hasher();
            for (_, cells) in &batch.columns {
                cells.text(idx).hash(&mut hasher);
            }
            let is_midnight = row.at.is_none_or(|at| at.0.rem_euclid(86_400_000_000) == 0);
            self.has_times_of_day |= !is_midnight;
            if let Some(first) = self.find_hash(hasher.finish(), row.number) {
                self.repeated.see(row.number);
                self.example.get_or_insert((row.number, first));
            }
        }
    }

    /// What the reader of a report should know.
    ///
    /// * `n_rows`: rows of the log.
    pub(super) fn warnings(&self, n_rows: u64) -> Option<String> {
        let (row, first) = self.example?;
        let (count, places) = (self.repeated.count, self.repeated.places());
        match self.rule {
            Rule::Offer(repeated) => {
                let what = match repeated {
                    RepeatedOffers::SumRewards => "with the rewards of all",
                    RepeatedOffers::First | RepeatedOffers::Refuse => "and the others are left out",
                };
                Some(format!(
                    "{count} rows repeat an offer of an earlier row, {places}; the first row of an offer counts, {what}"
                ))
            }
            // Logs that know no more of a lead than its day have many rows alike, and in large ones some are so by chance.
            Rule::Row if self.has_times_of_day && count * RARE >= n_rows => Some(format!(
                "{count} rows are like an earlier one in every column that is read, {places}: row {row} is row {first} again. If they were logged twice, each counts twice; map columns.lead_id to tell"
            )),
            Rule::Row | Rule::Lead | Rule::None => None,
        }
    }

    /// The row where a value was seen first; none now.
    fn find(&mut self, value: &impl Hash, row: u64) -> Option<u64> {
        let hash = self.key.hash_one(value);
        self.find_hash(hash, row)
    }

    fn find_hash(&mut self, hash: u64, row: u64) -> Option<u64> {
        match self.seen.entry(hash) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(place) => {
                place.insert(row);
                None
            }
        }
    }
}
