//! A walk as it was known at a number in commit order.

use pointsman_store::{ConversionRow, ConversionStatus, DeliveryRow, DeliveryState, EndState};

use crate::{LeadStatus, StoredWalk, duplicate_of, totals::is_taken_back};

/// A walk of which nothing counts that was stored under a larger number.
#[derive(Debug)]
pub(crate) struct WalkAsOf<'a> {
    pub(crate) walk: &'a StoredWalk,
    pub(crate) offers: Vec<OfferAsOf<'a>>,
    until: i64,
}

/// What is known of an offer.
#[derive(Debug)]
pub(crate) struct OfferAsOf<'a> {
    pub(crate) row: &'a DeliveryRow,
    /// `None` before it was settled.
    pub(crate) state: Option<DeliveryState>,
    pub(crate) conversions: Vec<&'a ConversionRow>,
}

impl<'a> WalkAsOf<'a> {
    /// * `until`: the last number that counts.
    pub(crate) fn new(walk: &'a StoredWalk, until: i64) -> Self {
        let rows = &walk.rows;
        let deliveries = rows.deliveries.iter();
        let stored = deliveries.filter(|row| row.reserved_seq <= until);
        let offers = stored.map(|row| OfferAsOf {
            row,
            state: state_of(walk, row, until),
            conversions: rows
                .conversions
                .iter()
                .filter(|it| it.delivery_id == row.id && it.seq <= until)
                .collect(),
        });
        Self {
            walk,
            offers: offers.collect(),
            until,
        }
    }

    /// How far the lead had come. One that is held stays held, also where its buyer answers late.
    pub(crate) fn status(&self) -> LeadStatus {
        let (decision, until) = (&self.walk.decision, self.until);
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
                let reported = self.offers.iter().flat_map(|offer| &offer.conversions);
                let is_cancelled = |it: &ConversionRow| it.status == ConversionStatus::Cancelled;
                let is_reversed = is_taken_back(reported.copied(), is_cancelled);
                let earned: i128 = self.offers.iter().map(OfferAsOf::revenue).sum();
                if is_reversed && earned == 0 {
                    LeadStatus::Returned
                } else {
                    LeadStatus::Sold
                }
            }
        }
    }

    /// Whether the walk has ended, also if it went on later.
    pub(crate) fn has_ended_once(&self) -> bool {
        let StoredWalk { decision, rows, .. } = self.walk;
        let ends = rows.releases.iter().map(|release| release.ended_seq);
        let mut ends = ends.chain([decision.ended_seq]).flatten();
        ends.any(|seq| seq <= self.until)
    }
}

/// How a delivery was settled; one whose answer became known was held until then.
fn state_of(walk: &StoredWalk, row: &DeliveryRow, until: i64) -> Option<DeliveryState> {
    if row.settled_seq.is_some_and(|seq| seq <= until) {
        return Some(row.state);
    }
    let mut releases = walk.rows.releases.iter();
    let release = releases.find(|release| release.delivery_id == row.id)?;
    let was_held = release.held_seq.is_some_and(|seq| seq <= until);
    was_held.then_some(DeliveryState::Held)
}

impl OfferAsOf<'_> {
    /// What it has brought, micro-units.
    pub(crate) fn revenue(&self) -> i128 {
        let is_accepted = self.state == Some(DeliveryState::Accepted);
        let price = self.row.price.filter(|_| is_accepted);
        let reported = self.conversions.iter().map(|it| i128::from(it.revenue));
        i128::from(price.unwrap_or(0)) + reported.sum::<i128>()
    }

    /// Sales that stand.
    pub(crate) fn sales(&self) -> i64 {
        self.conversions.iter().map(|row| row.sales).sum()
    }
}
