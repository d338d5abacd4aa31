//! What happens to offers, as far as a ledger cares.

use pointsman_flow::{Cap, CapKind, Charge, Destination, Window};
use pointsman_lead::{Answer, Micros, Timestamp};
use serde::{Deserialize, Serialize};

use crate::RotationArm;

/// One thing that happened to an offer. It holds all that a [`crate::Ledger`] needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LedgerEvent {
    /// It was made: it is charged to each cap, and one turn of each arm, until it is settled.
    Reserved {
        /// Id of the offer.
        offer: String,
        /// Name of the destination.
        destination: String,
        /// What it is charged to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        caps: Vec<CapScope>,
        /// What its destination pays at once for an accepted lead, where that is fixed, in micro-units: caps of revenue
        /// are charged that.
        #[serde(default, skip_serializing_if = "is_zero")]
        price: i64,
        /// The arms of rotations that it is below.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        turns: Vec<RotationArm>,
    },
    /// It ended: it keeps the units and turns that it holds or gives them back.
    Settled {
        /// Id of the offer.
        offer: String,
        /// The destination's answer.
        answer: Answer,
        /// Whether it speaks against the destination's health: a failure or a request to slow down, but
        /// not an offer that our own restart cut off.
        failed: bool,
        /// What was paid at once, in micro-units.
        #[serde(default, skip_serializing_if = "is_zero")]
        paid: i64,
    },
    /// Something was reported of it that counts for caps, in the window of that moment.
    Reported {
        /// Name of the destination.
        destination: String,
        /// What counts it.
        caps: Vec<CapScope>,
        /// Sales that it adds; negative for those that it takes back.
        #[serde(default, skip_serializing_if = "is_zero")]
        sales: i64,
        /// What it adds to what the offer has earned, in micro-units.
        #[serde(default, skip_serializing_if = "is_zero")]
        revenue: i64,
        /// Accepted leads that it adds in the window of the offer: -1 for one that is returned and gives its unit back, 1
        /// where such a return is reversed.
        #[serde(default, skip_serializing_if = "is_zero")]
        accepted: i64,
        /// When the offer was made, where that matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offered_at: Option<Timestamp>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// What a cap counts, in which windows, and under which name.
///
/// The limit is not part of it: a cap that is raised keeps what it has counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CapScope {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) kind: CapKind,
    pub(crate) window: Window,
    pub(crate) zone: String,
    /// The group of destinations that it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<String>,
    /// The source that it counts, where each is counted apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
}

impl CapScope {
    /// What a cap counts of the leads of a source; `None` if it is not about them.
    ///
    /// * `source`: `None`: no lead in particular.
    pub(crate) fn of(cap: &Cap, source: Option<&str>) -> Option<Self> {
        let Cap {
            name,
            kind,
            max: _,
            max_on: _,
            window,
            zone,
            paced: _,
            soft: _,
            group,
            sources: _,
            each_source,
        } = cap;
        cap.is_about(source).then(|| Self {
            name: name.clone(),
            kind: *kind,
            window: *window,
            zone: zone.clone(),
            group: group.clone(),
            source: source.filter(|_| *each_source).map(str::to_owned),
        })
    }

    /// What those of a destination's caps count that count what is reported of offers.
    ///
    /// * `source`: of the lead.
    /// * `is_return`: whether units of accepted leads are given back, or taken again.
    fn of_reports(caps: &[Cap], source: &str, is_return: bool) -> Vec<Self> {
        let caps = caps
            .iter()
            .filter(|cap| cap.kind.counts_reports() || (is_return && cap.kind.counts_returns()));
        caps.filter_map(|cap| Self::of(cap, Some(source))).collect()
    }
}

impl LedgerEvent {
    /// An offer of a destination with these settings was made.
    ///
    /// * `offer`: an id that no other offer has which is not settled.
    /// * `source`: of the lead.
    /// * `turns`: the arms of rotations that the offer is below.
    pub fn reserved(
        offer: &str,
        (destination, settings): (&str, &Destination),
        source: &str,
        turns: Vec<RotationArm>,
    ) -> Self {
        let caps = settings.caps.iter();
        let caps = caps.filter(|cap| cap.kind.charge() != Charge::Nothing);
        let price = settings.known_price();
        let has_revenue = settings.caps.iter().any(|cap| cap.kind == CapKind::Revenue);
        Self::Reserved {
            offer: offer.to_owned(),
            destination: destination.to_owned(),
            caps: caps
                .filter_map(|cap| CapScope::of(cap, Some(source)))
                .collect(),
            price: price
                .filter(|_| has_revenue)
                .map_or(0, |Micros(micros)| micros),
            turns,
        }
    }

    /// An offer ended.
    ///
    /// * `failed`: whether it speaks against the destination's health.
    /// * `paid`: what was paid at once; `None` where nothing was.
    pub fn settled(offer: &str, answer: Answer, failed: bool, paid: Option<Micros>) -> Self {
        Self::Settled {
            offer: offer.to_owned(),
            answer,
            failed,
            paid: paid.map_or(0, |Micros(micros)| micros),
        }
    }

    /// Something was reported of an offer; `None` where no cap counts it.
    ///
    /// * `caps`: of its destination.
    /// * `source`: of the lead.
    pub fn reported(
        (destination, caps): (&str, &[Cap]),
        source: &str,
        amounts: ReportedAmounts,
    ) -> Option<Self> {
        let ReportedAmounts {
            sales,
            revenue,
            accepted,
            offered_at,
        } = amounts;
        let caps = CapScope::of_reports(caps, source, accepted != 0);
        let counts = !caps.is_empty() && (sales, revenue, accepted) != (0, 0, 0);
        counts.then(|| Self::Reported {
            destination: destination.to_owned(),
            caps,
            sales,
            revenue,
            accepted,
            offered_at: Some(offered_at).filter(|_| accepted != 0),
        })
    }
}

/// What a report adds to what caps count, or takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportedAmounts {
    /// Sales.
    pub sales: i64,
    /// What the offer has earned, micro-units.
    pub revenue: i64,
    /// Accepted leads, in the window of the offer.
    pub accepted: i64,
    /// When the offer was made.
    pub offered_at: Timestamp,
}
