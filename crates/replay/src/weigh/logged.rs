//! What else a log could have done at a step.

use std::{collections::BTreeSet, sync::Arc};

use pointsman_flow::{DestinationIdx, Mask, Program};
use pointsman_router::Outlook;

use crate::log::{LogEnd, LogOffer, LogOutlook, LogPing};

/// A propensity this near to 1 left no other outcome.
pub(super) const CERTAIN: f64 = 1.0 - 1e-12;

/// What the logged policy could have done at a step.
#[derive(Clone, Copy)]
pub(super) enum Logged<'a> {
    OnlyPing(&'a BTreeSet<Arc<str>>),
    OnlyOffer(&'a str),
    OnlyEnd,
    Outlook(&'a LogOutlook),
}

impl<'a> Logged<'a> {
    pub(super) fn of_ping(ping: &'a LogPing) -> Option<Self> {
        match &ping.outlook {
            _ if ping.propensity >= CERTAIN => Some(Self::OnlyPing(&ping.asked)),
            Some(outlook) => Some(Self::Outlook(outlook)),
            None => None,
        }
    }

    pub(super) fn of_offer(offer: &'a LogOffer) -> Option<Self> {
        match &offer.outlook {
            _ if offer.propensity >= CERTAIN => Some(Self::OnlyOffer(&offer.destination)),
            Some(outlook) => Some(Self::Outlook(outlook)),
            None => None,
        }
    }

    pub(super) fn of_end(end: &'a LogEnd) -> Option<Self> {
        match &end.outlook {
            _ if end.propensity >= CERTAIN => Some(Self::OnlyEnd),
            Some(outlook) => Some(Self::Outlook(outlook)),
            None => None,
        }
    }

    /// Whether the log could have ended the walk at this step.
    pub(super) fn may_end(self) -> bool {
        match self {
            Self::OnlyOffer(_) | Self::OnlyPing(_) => false,
            Self::OnlyEnd => true,
            Self::Outlook(logged) => logged.declined + logged.unsold > 0.0,
        }
    }

    /// The probability of what could not have happened in the log, but for an end: what that brings is known.
    pub(super) fn lost(self, program: &Program, outlook: &Outlook) -> f64 {
        let names = program.destinations();
        let could_ask = |asked: &Mask| {
            let asked: BTreeSet<&str> = asked
                .iter()
                .map(|idx| names[usize::from(idx.0)].name.as_str())
                .collect();
            let same = |logged: &BTreeSet<Arc<str>>| {
                logged.iter().map(|name| &**name).eq(asked.iter().copied())
            };
            match self {
                Self::OnlyPing(only) => same(only),
                Self::OnlyOffer(_) | Self::OnlyEnd => false,
                Self::Outlook(logged) => logged
                    .pings
                    .iter()
                    .any(|(logged, probability)| *probability > 0.0 && same(logged)),
            }
        };
        let pings: f64 = outlook
            .pings
            .iter()
            .filter(|(asked, _)| !could_ask(asked))
            .map(|(_, probability)| probability)
            .sum();
        let offers: f64 = self
            .lost_offers(program, outlook)
            .map(|(_, probability)| probability)
            .sum();
        offers + pings
    }

    /// The offers that the log could not have made at this step, each with its probability.
    pub(super) fn lost_offers(
        self,
        program: &Program,
        outlook: &Outlook,
    ) -> impl Iterator<Item = (DestinationIdx, f64)> {
        let names = program.destinations();
        let could_offer = move |name: &str| match self {
            Self::OnlyOffer(only) => only == name,
            Self::OnlyEnd | Self::OnlyPing(_) => false,
            Self::Outlook(logged) => logged
                .offers
                .get(name)
                .is_some_and(|&probability| probability > 0.0),
        };
        let offers = outlook.offers.iter().copied();
        offers.filter(move |(destination, _)| !could_offer(&names[usize::from(destination.0)].name))
    }
}
