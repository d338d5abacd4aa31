//! What has become of a lead so far, and how its walk ended.

use std::sync::Arc;

use pointsman_flow::{DestinationIdx, Mask, OnUnknown};
use pointsman_lead::Answer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Context, auction::AuctionState};

/// Most offers a single lead may make.
pub const OFFERS_MAX: usize = 16;

/// What has become of the lead so far: the part of a walk that anybody can see from outside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Progress {
    pub(crate) offered: Mask,
    pub(crate) auction: AuctionState,
    pub(crate) last: Option<DestinationIdx>,
    pub(crate) n_offers: usize,
    pub(crate) n_sold: u8,
}

impl Progress {
    pub(crate) fn new(context: Context<'_>) -> Self {
        Self {
            offered: Mask::with_len(context.program.n_destinations()),
            auction: AuctionState::new(context.program.n_destinations()),
            last: None,
            n_offers: 0,
            n_sold: 0,
        }
    }

    pub(crate) fn offer(&mut self, destination: DestinationIdx) {
        self.offered.set(destination);
        self.last = Some(destination);
        self.n_offers += 1;
    }

    /// Takes in an answer; an end if the walk is over because of it.
    pub(crate) fn answer(&mut self, context: Context<'_>, answer: Answer) -> Option<End> {
        if answer == Answer::Accepted {
            self.n_sold += 1;
            if self.n_sold >= context.program.max_sold() {
                return Some(End::Sold);
            }
        }
        let holds = self.last.is_some_and(|last| {
            context.program.destinations()[usize::from(last.0)]
                .settings
                .on_unknown
                == OnUnknown::Hold
        });
        if answer == Answer::Unknown && holds {
            return Some(self.or_sold(End::Held));
        }
        (self.n_offers >= OFFERS_MAX).then(|| self.or_sold(End::Unsold))
    }

    /// A shared lead that somebody has taken is sold, however its walk ends.
    pub(crate) fn or_sold(&self, end: End) -> End {
        if self.n_sold > 0 { End::Sold } else { end }
    }

    /// The destinations that may be offered now.
    pub(crate) fn eligible(&self, context: Context<'_>, free: &Mask) -> Mask {
        let mut eligible = free.and(context.subject.criteria());
        eligible.remove(&self.offered);
        eligible
    }
}

/// How a walk ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum End {
    /// Somebody took the lead.
    Sold,
    /// A `reject` node said no.
    Declined {
        /// The reason that the node gives.
        #[serde(serialize_with = "write_text", deserialize_with = "read_text")]
        reason: Arc<str>,
    },
    /// Nobody took it.
    Unsold,
    /// An answer is unknown and the lead must not be sold twice.
    Held,
}

fn write_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

fn read_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(deserializer).map(Arc::from)
}

impl End {
    /// The word for it, as in the database and in GraphQL.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Declined { .. } => "declined",
            Self::Unsold => "unsold",
            Self::Held => "held",
        }
    }
}
