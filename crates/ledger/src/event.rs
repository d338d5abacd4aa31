//! What happens to offers, as far as a ledger cares.

use pointsman_flow::{Cap, CapKind, Destination, Window};
use pointsman_lead::Answer;
use serde::{Deserialize, Serialize};

use crate::RotationArm;

/// One thing that happened to an offer. It holds all that a [`crate::Ledger`] needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LedgerEvent {
    /// It was made: it is charged one unit of each cap and one turn of each arm until it is settled.
    Reserved {
        /// Id of the offer.
        offer: String,
        /// Name of the destination.
        destination: String,
        /// What it is charged to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        caps: Vec<CapScope>,
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
    },
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
}

impl CapScope {
    pub(crate) fn of(cap: &Cap) -> Self {
        let Cap {
            name,
            kind,
            max: _,
            window,
            zone,
        } = cap;
        Self {
            name: name.clone(),
            kind: *kind,
            window: *window,
            zone: zone.clone(),
        }
    }
}

impl LedgerEvent {
    /// An offer of a destination with these settings was made.
    ///
    /// * `offer`: an id that no other offer has which is not settled.
    /// * `turns`: the arms of rotations that the offer is below.
    pub fn reserved(
        offer: &str,
        destination: &str,
        settings: &Destination,
        turns: Vec<RotationArm>,
    ) -> Self {
        Self::Reserved {
            offer: offer.to_owned(),
            destination: destination.to_owned(),
            caps: settings.caps.iter().map(CapScope::of).collect(),
            turns,
        }
    }
}
