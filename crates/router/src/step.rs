//! What goes into a walk and what comes out of it.

use pointsman_flow::{DestinationIdx, Mask, NodeIdx};
use pointsman_lead::Answer;

use crate::{Bid, End, Outlook, Trace};

/// What moves a walk on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The lead has come in.
    Start,
    /// The destination of the last offer has answered.
    Answer(Answer),
    /// The wait for bids is over. Who was asked and is not here has not bid.
    Bids(Vec<Bid>),
}

/// Where a walk stands after an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Ask these destinations what they would pay, and come back with their bids.
    Ping(Ping),
    /// Hand the lead to this destination and come back with its answer.
    Offer(Offer),
    /// The walk is over.
    Done(Done),
}

/// Destinations to be asked for a bid, and how likely it was to ask just these.
///
/// A ping binds nobody: no cap is charged for it, and it may be made again.
#[derive(Debug, Clone, PartialEq)]
pub struct Ping {
    /// The auction.
    pub node: NodeIdx,
    /// Who is asked: its eligible bidders that were not asked before.
    pub destinations: Mask,
    /// How long their bids are waited for, in milliseconds.
    pub deadline_ms: u32,
    /// Probability in (0, 1] that just these destinations were asked next, given the fields, the
    /// availability and the answers so far, summed over all paths that lead to it.
    pub propensity: f64,
    /// The probabilities of all outcomes of this step.
    pub outlook: Outlook,
    /// The choices made since the last answer, without the auction itself: it has not chosen yet.
    pub trace: Trace,
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
