//! What goes into a walk and what comes out of it.

use std::sync::Arc;

use pointsman_flow::DestinationIdx;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Outlook, Trace};

/// What a destination made of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It took the lead.
    Accepted,
    /// It said no.
    Rejected,
    /// The offer never reached it.
    NotSent,
    /// It may or may not have taken the lead.
    Unknown,
}

/// What moves a walk on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The lead has come in.
    Start,
    /// The destination of the last offer has answered.
    Answer(Answer),
}

/// Where a walk stands after an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Hand the lead to this destination and come back with its answer.
    Offer(Offer),
    /// The walk is over.
    Done(Done),
}

/// The next destination, and how likely it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Who gets the lead.
    pub destination: DestinationIdx,
    /// Probability in (0, 1] that this destination was next, given the fields, the availability
    /// and the answers so far, summed over all paths that lead to it.
    pub propensity: f64,
    /// The probabilities of all outcomes of this step.
    pub outlook: Outlook,
    /// The choices made since the last answer.
    pub trace: Trace,
    /// The arms of rotations that this offer is below, made since the last answer or before.
    pub turns: Trace,
}

/// The end of a walk, and how likely it was to end here.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// How it ended.
    pub end: End,
    /// Probability in (0, 1] that the walk ended in this way at this step; 1 where it had to.
    pub propensity: f64,
    /// The probabilities of all outcomes of this step; empty where the walk had to end.
    pub outlook: Outlook,
    /// The choices made since the last answer.
    pub trace: Trace,
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
