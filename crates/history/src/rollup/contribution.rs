//! What one lead adds to cells, as of a number in commit order.

use std::collections::BTreeMap;

use pointsman_store::{
    ConversionRow, ConversionStatus, DeliveryRow, DeliveryState, EndState, RollupCell, RollupKey,
};

use super::{NONE, hour_of, is, latency::range_of, sum};
use crate::{
    Error, LeadStatus, StoredWalk, duplicate_of, stored,
    totals::{is_taken_back, taken_back},
};

/// A million micro-units are a unit.
const MICROS: i128 = 1_000_000;

/// Something that a lead adds to a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contribution {
    /// The key, with the lead's status.
    pub(super) key: RollupKey,
    /// The number with which the lead came under this key, whatever its status.
    pub(super) since: i64,
    pub(super) sums: RollupCell,
}

/// A lead with what was measured of its offers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured<'a> {
    pub(super) walk: &'a StoredWalk,
    /// ISO 4217.
    pub(super) currency: &'a str,
    /// How long answers took, milliseconds, by delivery.
    pub(super) latencies: &'a BTreeMap<String, Vec<i64>>,
}

/// The first draw of a node for the lead.
struct Draw {
    node: String,
    arm: String,
    segment: Option<String>,
    /// The step that it was made in.
    n: i64,
    seq: i64,
}

/// What is known of an offer.
struct Offer<'a> {
    row: &'a DeliveryRow,
    /// `None` before it was settled.
    state: Option<DeliveryState>,
    conversions: Vec<&'a ConversionRow>,
}

impl Measured<'_> {
    /// What the lead adds; nothing before it was stored, and nothing if it is a test.
    ///
    /// * `until`: what was stored under a larger number does not count.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] for a step that this release cannot read.
    pub(super) fn as_of(&self, until: i64) -> Result<Vec<Contribution>, Error> {
        let StoredWalk { lead, decision, .. } = self.walk;
        if lead.is_test || lead.seq > until {
            return Ok(Vec::new());
        }
        let offers = self.offers(until);
        let status = self.status(&offers, until);
        let of = |destination: Option<&str>, draw: Option<&Draw>| RollupKey {
            hour: hour_of(lead.received_at),
            parts: [
                is(&decision.flow),
                is(&decision.version_hash),
                is(&lead.source),
                destination.map_or_else(|| NONE.to_owned(), is),
                draw.map_or_else(|| NONE.to_owned(), |draw| is(&draw.node)),
                draw.map_or_else(|| NONE.to_owned(), |draw| is(&draw.arm)),
                draw.and_then(|draw| draw.segment.as_deref())
                    .map_or_else(|| NONE.to_owned(), is),
                is(status.word()),
            ],
            currency: self.currency.to_owned(),
        };
        let all: Vec<&Offer<'_>> = offers.iter().collect();
        let mut added = vec![Contribution {
            key: of(None, None),
            since: lead.seq,
            sums: self.sums(&all),
        }];
        for offer in &offers {
            added.push(Contribution {
                key: of(Some(&offer.row.destination), None),
                since: offer.row.reserved_seq,
                sums: self.sums(&[offer]),
            });
        }
        for draw in self.draws(until)? {
            // What was offered before the node drew has nothing to do with what it drew.
            let later: Vec<&Offer<'_>> = offers.iter().filter(|it| it.row.n >= draw.n).collect();
            for offer in &later {
                added.push(Contribution {
                    key: of(Some(&offer.row.destination), Some(&draw)),
                    since: offer.row.reserved_seq,
                    sums: self.sums(&[offer]),
                });
            }
            added.push(Contribution {
                key: of(None, Some(&draw)),
                since: draw.seq,
                sums: self.sums(&later),
            });
        }
        Ok(added)
    }

    fn offers(&self, until: i64) -> Vec<Offer<'_>> {
        let rows = &self.walk.rows;
        let deliveries = rows.deliveries.iter();
        let stored = deliveries.filter(|row| row.reserved_seq <= until);
        stored
            .map(|row| Offer {
                row,
                state: self.state_of(row, until),
                conversions: rows
                    .conversions
                    .iter()
                    .filter(|it| it.delivery_id == row.id && it.seq <= until)
                    .collect(),
            })
            .collect()
    }

    /// How a delivery was settled; one whose answer became known was held until then.
    fn state_of(&self, row: &DeliveryRow, until: i64) -> Option<DeliveryState> {
        if row.settled_seq.is_some_and(|seq| seq <= until) {
            return Some(row.state);
        }
        let mut releases = self.walk.rows.releases.iter();
        let release = releases.find(|release| release.delivery_id == row.id)?;
        let was_held = release.held_seq.is_some_and(|seq| seq <= until);
        was_held.then_some(DeliveryState::Held)
    }

    fn draws(&self, until: i64) -> Result<Vec<Draw>, Error> {
        let mut draws: Vec<Draw> = Vec::new();
        for step in self.walk.rows.steps.iter().filter(|it| it.seq <= until) {
            for record in stored::trace_of(step)? {
                let is_known = draws.iter().any(|draw| draw.node == record.node);
                let Some(arm) = record.arm.filter(|_| !is_known) else {
                    continue;
                };
                draws.push(Draw {
                    node: record.node,
                    arm,
                    segment: record.bandit.map(|bandit| bandit.segment),
                    n: step.n,
                    seq: step.seq,
                });
            }
        }
        Ok(draws)
    }

    /// How far the lead had come. One that is held stays held, also where its buyer answers late.
    fn status(&self, offers: &[Offer<'_>], until: i64) -> LeadStatus {
        let decision = &self.walk.decision;
        let mut releases = self.walk.rows.releases.iter();
        let was_held = releases.any(|release| {
            release.ended_seq.is_some_and(|seq| seq <= until) && until < release.seq
        });
        if was_held {
            return LeadStatus::Held;
        }
        let has_ended = decision.ended_seq.is_some_and(|seq| seq <= until);
        if has_ended && duplicate_of(decision.end_reason.as_deref()).is_some() {
            return LeadStatus::Duplicate;
        }
        if has_ended && self.walk.lead.status == pointsman_store::LeadStatus::Suppressed {
            return LeadStatus::Suppressed;
        }
        match decision.end_state.filter(|_| has_ended) {
            None => LeadStatus::Queued,
            Some(EndState::Declined) => LeadStatus::Declined,
            Some(EndState::Unsold) => LeadStatus::Unsold,
            Some(EndState::Held) => LeadStatus::Held,
            Some(EndState::Sold) => {
                let reported = offers.iter().flat_map(|offer| &offer.conversions);
                let is_cancelled = |it: &ConversionRow| it.status == ConversionStatus::Cancelled;
                let is_reversed = is_taken_back(reported.copied(), is_cancelled);
                let earned: i128 = offers.iter().map(Offer::revenue).sum();
                if is_reversed && earned == 0 {
                    LeadStatus::Returned
                } else {
                    LeadStatus::Sold
                }
            }
        }
    }

    /// One lead, with what came of some of its offers.
    fn sums(&self, offers: &[&Offer<'_>]) -> RollupCell {
        let mut sums = [0; 43];
        sums[sum::LEADS] = 1;
        let (mut sales, mut revenue, mut taken) = (0, 0, 0);
        for offer in offers {
            sums[sum::OFFERS] += 1;
            if let Some(position) = offer.outcome() {
                sums[position] += 1;
                for ms in self.latencies.get(&offer.row.id).into_iter().flatten() {
                    sums[sum::LATENCY + range_of(*ms)] += 1;
                }
            }
            for row in &offer.conversions {
                if let Some(position) = report(row.status) {
                    sums[position] += 1;
                }
                sales += row.sales;
            }
            taken += taken_back(offer.conversions.iter().copied());
            let is_reversal = |row: &ConversionRow| row.revenue < 0 || row.sales < 0;
            let is_returned = is_taken_back(offer.conversions.iter().copied(), is_reversal);
            sums[sum::RETURNED] |= i64::from(is_returned);
            revenue += offer.revenue();
        }
        sums[sum::SOLD] = i64::from(sums[sum::ACCEPTED] > 0);
        sums[sum::CONVERTED] = i64::from(sales > 0);
        sums[sum::SALES] = sales;
        (sums[sum::REVENUE_UNITS], sums[sum::REVENUE_MICROS]) = parted(revenue);
        (sums[sum::TAKEN_UNITS], sums[sum::TAKEN_MICROS]) = parted(taken);
        sums
    }
}

impl Offer<'_> {
    /// Which sum its outcome is counted in; `None` while it has none.
    fn outcome(&self) -> Option<usize> {
        match self.state? {
            DeliveryState::Pending | DeliveryState::Sending => None,
            DeliveryState::Accepted => Some(sum::ACCEPTED),
            DeliveryState::Rejected => Some(sum::REJECTED),
            DeliveryState::NotSent => Some(sum::NOT_SENT),
            DeliveryState::Held => Some(sum::UNKNOWN),
        }
    }

    /// What it has brought, micro-units.
    fn revenue(&self) -> i128 {
        let is_accepted = self.outcome() == Some(sum::ACCEPTED);
        let price = self.row.price.filter(|_| is_accepted);
        let reported = self.conversions.iter().map(|it| i128::from(it.revenue));
        i128::from(price.unwrap_or(0)) + reported.sum::<i128>()
    }
}

/// In which sum a report is counted; the reversal of a return in none.
fn report(status: ConversionStatus) -> Option<usize> {
    match status {
        ConversionStatus::Pending => Some(sum::PENDING_REPORTS),
        ConversionStatus::Sale => Some(sum::SALE_REPORTS),
        ConversionStatus::Rebill => Some(sum::REBILL_REPORTS),
        ConversionStatus::Cancelled | ConversionStatus::Returned => Some(sum::CANCEL_REPORTS),
        ConversionStatus::Reinstated => None,
    }
}

/// Whole units, rounded down, and the micro-units beyond.
fn parted(micros: i128) -> (i64, i64) {
    let narrow = |part: i128| i64::try_from(part).unwrap_or(i64::MAX);
    (
        narrow(micros.div_euclid(MICROS)),
        narrow(micros.rem_euclid(MICROS)),
    )
}
