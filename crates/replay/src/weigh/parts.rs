//! What steps of a log are in the terms of a program.

use pointsman_flow::{CapKind, Charge, DestinationIdx, Mask, Program};
use pointsman_router::{Bid, Outlook};

use super::logged::Logged;
use crate::log::LogPing;

/// The offers among what a log says nothing about; none where it does not tell what it could have done.
pub(super) fn lost_offers(
    logged: Option<Logged<'_>>,
    program: &Program,
    outlook: &Outlook,
) -> Vec<(DestinationIdx, f64)> {
    logged.map_or_else(Vec::new, |logged| {
        logged.lost_offers(program, outlook).collect()
    })
}

/// The destinations that a ping asked; `None` if the program does not have all of them.
pub(super) fn mask_of(program: &Program, ping: &LogPing) -> Option<Mask> {
    let n_destinations = u16::try_from(program.destinations().len()).unwrap_or(u16::MAX);
    let mut mask = Mask::with_len(n_destinations);
    for name in &ping.asked {
        mask.set(program.destination_idx(name)?);
    }
    Some(mask)
}

pub(super) fn bids_of(program: &Program, ping: &LogPing) -> Vec<Bid> {
    let bids = ping.bids.iter().filter_map(|(name, &amount)| {
        let destination = program.destination_idx(name)?;
        Some(Bid {
            destination,
            amount,
        })
    });
    bids.collect()
}

/// The kinds of a destination's caps of which an offer or its answer takes whole units, each once.
pub(super) fn kinds_of_caps(
    program: &Program,
    destination: DestinationIdx,
) -> impl Iterator<Item = CapKind> + '_ {
    let caps = &program.destinations()[usize::from(destination.0)]
        .settings
        .caps;
    let is_first = |position: usize| {
        let before = &caps[..position];
        before.iter().all(|cap| cap.kind != caps[position].kind)
    };
    let kinds = caps.iter().enumerate();
    kinds
        .filter(move |(position, _)| is_first(*position))
        .map(|(_, cap)| cap.kind)
        .filter(|kind| kind.charge() == Charge::Unit)
}
