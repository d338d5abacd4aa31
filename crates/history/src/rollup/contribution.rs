//! What one lead adds to cells, as of a number in commit order.

use std::collections::BTreeMap;

use pointsman_lead::Currency;
use pointsman_store::{
    ConversionRow, ConversionStatus, DeliveryState, ROLLUP_SUMS, RollupCell, RollupKey,
};

use super::{NONE, hour_of, is, latency::range_of, sum};
use crate::{
    Error, StoredWalk,
    money::payouts::{Paid, Payable},
    stored,
    totals::{is_taken_back, taken_back},
    walk_as_of::{OfferAsOf, WalkAsOf},
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
    pub(super) currency: Option<Currency>,
    /// How long answers took, milliseconds, by delivery.
    pub(super) latencies: &'a BTreeMap<String, Vec<i64>>,
    /// The terms on which its source is paid for it.
    pub(super) payable: Payable<'a>,
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
        let walk = WalkAsOf::new(self.walk, until);
        let (offers, status) = (&walk.offers, walk.status());
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
            currency: self.currency.map_or_else(String::new, |it| it.to_string()),
        };
        let paid_for_lead = self.payable.for_lead(&walk);
        let all: Vec<&OfferAsOf<'_>> = offers.iter().collect();
        let mut added = vec![Contribution {
            key: of(None, None),
            since: lead.seq,
            sums: self.sums(&walk, &all, paid_for_lead),
        }];
        for offer in offers {
            added.push(Contribution {
                key: of(Some(&offer.row.destination), None),
                since: offer.row.reserved_seq,
                sums: self.sums(&walk, &[offer], Paid::default()),
            });
        }
        for draw in self.draws(until)? {
            // What was offered before the node drew has nothing to do with what it drew.
            let later: Vec<&OfferAsOf<'_>> =
                offers.iter().filter(|it| it.row.n >= draw.n).collect();
            for offer in &later {
                added.push(Contribution {
                    key: of(Some(&offer.row.destination), Some(&draw)),
                    since: offer.row.reserved_seq,
                    sums: self.sums(&walk, &[offer], Paid::default()),
                });
            }
            added.push(Contribution {
                key: of(None, Some(&draw)),
                since: draw.seq,
                sums: self.sums(&walk, &later, paid_for_lead),
            });
        }
        Ok(added)
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

    /// One lead, with what came of some of its offers.
    ///
    /// * `paid`: what the source is paid for the lead beside what these offers come to.
    fn sums(&self, walk: &WalkAsOf<'_>, offers: &[&OfferAsOf<'_>], mut paid: Paid) -> RollupCell {
        let mut sums = [0; ROLLUP_SUMS.len()];
        sums[sum::LEADS] = 1;
        let (mut sales, mut revenue, mut taken) = (0, 0, 0);
        for offer in offers {
            sums[sum::OFFERS] += 1;
            if let Some(position) = outcome(offer) {
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
            paid.add(self.payable.for_offer(walk, offer));
        }
        sums[sum::SOLD] = i64::from(sums[sum::ACCEPTED] > 0);
        sums[sum::CONVERTED] = i64::from(sales > 0);
        sums[sum::SALES] = sales;
        (sums[sum::REVENUE_UNITS], sums[sum::REVENUE_MICROS]) = parted(revenue);
        (sums[sum::TAKEN_UNITS], sums[sum::TAKEN_MICROS]) = parted(taken);
        let paid = self.payable.in_currency_of_flow(paid);
        (sums[sum::PAYOUT_UNITS], sums[sum::PAYOUT_MICROS]) = parted(paid);
        sums
    }
}

/// Which sum the outcome of an offer is counted in; `None` while it has none.
fn outcome(offer: &OfferAsOf<'_>) -> Option<usize> {
    match offer.state? {
        DeliveryState::Pending | DeliveryState::Sending => None,
        DeliveryState::Accepted => Some(sum::ACCEPTED),
        DeliveryState::Rejected => Some(sum::REJECTED),
        DeliveryState::NotSent => Some(sum::NOT_SENT),
        DeliveryState::Held => Some(sum::UNKNOWN),
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
